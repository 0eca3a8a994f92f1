//! The command's allocator: the system's, which notes on each thread that much was asked for.
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

/// Bytes that are noted when they are asked for at once.
const LARGE: usize = 16 << 20;
/// Bytes that count, and how many of them in all are noted.
const MIDDLING: usize = 64 << 10;
const MANY: usize = 64 << 20;

/// What was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Note {
    Nothing,
    /// Much, in many pieces.
    Many,
    /// Much at once.
    Large,
}

thread_local! {
    static NOTED: Cell<Note> = const { Cell::new(Note::Nothing) };
    static SUM: Cell<usize> = const { Cell::new(0) };
}

static IN_USE: AtomicBool = AtomicBool::new(false);

/// The system's allocator, with notes of what is much.
#[derive(Debug)]
#[cfg_attr(not(feature = "cli"), allow(unreachable_pub, reason = "the command shows it"))]
pub struct Noting;

/// Tells that [`Noting`] is this program's allocator.
#[cfg(feature = "cli")]
pub(crate) fn announce() {
    IN_USE.store(true, Ordering::Relaxed);
}

/// Whether that is noted in this program.
pub(crate) fn notes() -> bool {
    IN_USE.load(Ordering::Relaxed)
}

/// Whether much was asked for on this thread since the last note was taken.
#[inline(always)]
pub(crate) fn has_note() -> bool {
    NOTED.get() != Note::Nothing
}

/// Takes the note.
pub(crate) fn take_note() -> Note {
    let note = NOTED.replace(Note::Nothing);
    // Who looks often must not keep the sum from growing.
    if note != Note::Nothing {
        SUM.set(0);
    }
    note
}

#[inline(always)]
fn note(size: usize) {
    if size >= MIDDLING {
        add(size);
    }
}

#[cold]
fn add(size: usize) {
    if size >= LARGE {
        NOTED.set(Note::Large);
        return;
    }
    let sum = SUM.get() + size;
    SUM.set(sum);
    if sum >= MANY && NOTED.get() == Note::Nothing {
        NOTED.set(Note::Many);
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
