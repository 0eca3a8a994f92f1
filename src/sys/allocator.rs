//! The command's allocator: the system's, which notes on each thread that something large was asked for.
//!
//! Whoever watches a script that may take all the memory there is learns so that its last step has taken much, and has not to
//! look at the clock or the memory after each.
#![cfg_attr(
    not(all(feature = "cli", feature = "rhai")),
    allow(dead_code, reason = "the command installs it, Rhai asks it")
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes that are noted.
const LARGE: usize = 16 << 20;

thread_local! {
    static NOTED: Cell<bool> = const { Cell::new(false) };
}

static IN_USE: AtomicBool = AtomicBool::new(false);

/// The system's allocator, with notes of what is large.
#[derive(Debug)]
#[cfg_attr(not(feature = "cli"), allow(unreachable_pub, reason = "the command shows it"))]
pub struct Noting;

/// Tells that [`Noting`] is this program's allocator.
#[cfg(feature = "cli")]
pub(crate) fn announce() {
    IN_USE.store(true, Ordering::Relaxed);
}

/// Whether large allocations are noted in this program.
pub(crate) fn notes() -> bool {
    IN_USE.load(Ordering::Relaxed)
}

/// Whether something large was asked for on this thread since the last note was taken.
#[inline(always)]
pub(crate) fn has_note() -> bool {
    NOTED.get()
}

/// Takes the note; whether there was one.
pub(crate) fn take_note() -> bool {
    NOTED.replace(false)
}

#[inline(always)]
fn note(size: usize) {
    if size >= LARGE {
        NOTED.set(true);
    }
}

// SAFETY: every call is handed on to the system's allocator as it came; what is noted allocates nothing.
unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract, which is the same; what is freed here came from there.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        // SAFETY: the caller keeps the contract, which is the same; what is moved here came from there.
        unsafe { System.realloc(place, layout, size) }
    }
}
