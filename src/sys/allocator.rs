//! Allocators: the system's, which notes on each thread that much was asked for and keeps small blocks ([`Noting`], the command's), and counts besides
//! what each thread holds ([`Allocator`], for hosts that want it).
//!
//! Whoever watches a script that may take all the memory there is learns so that its last step has taken much, and has not to
//! look at the clock or the memory after each.
#![cfg_attr(
    not(all(feature = "cli", feature = "rhai")),
    allow(dead_code, reason = "the command installs one, Rhai asks both")
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

use super::blocks;

/// Bytes that are noted when they are asked for at once.
const LARGE: usize = 16 << 20;
/// Bytes that are noted when they were asked for in all.
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
    /// Bytes that were asked for since the last note.
    static SUM: Cell<usize> = const { Cell::new(0) };
    /// Bytes that were asked for on this thread, without those that were given back on it.
    static HELD: Cell<isize> = const { Cell::new(0) };
}

static IN_USE: AtomicBool = AtomicBool::new(false);

/// The system's allocator, with notes of what is much and small blocks at hand (`blocks`).
#[derive(Debug)]
#[cfg_attr(not(feature = "cli"), allow(unreachable_pub, reason = "the command shows it"))]
pub struct Noting;

/// The system's allocator, counting what each thread holds: for programs that run Rhai scripts under a limit of memory.
///
/// Rhai does not say how much memory a script has: the limit holds for each value when it is made, returned or changed by a method,
/// and a map or an array that is filled by its index passes it. Where this is the program's allocator, such a script ends with
/// `MemoryError`: when the thread holds more than it did when the engine was made, by twice the limit (the engine's memory, and
/// as much in buffers) and 8 MiB. What the program itself allocates on that thread meanwhile counts too. It costs one addition for
/// each allocation. Lua counts its own memory and needs none of this.
///
/// ```standalone_crate
/// #[global_allocator]
/// static ALLOCATOR: wirescript::Allocator = wirescript::Allocator;
///
/// fn main() -> wirescript::Result<()> {
///     # #[cfg(feature = "rhai")] {
///     let mut runtime = wirescript::Runtime::builder().rhai().memory_limit(4 << 20).build()?;
///     let filled = runtime.run("fill", "let m = #{}; let i = 0; loop { m[`key ${i}`] = i; i += 1; }");
///     assert_eq!(filled.unwrap_err().class(), wirescript::Class::MemoryError);
///     # }
///     Ok(())
/// }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Allocator;

/// Whether [`Allocator`] is this program's: one allocation tells.
pub(crate) fn counts() -> bool {
    let before = HELD.get();
    let probe = std::hint::black_box(Box::new(0_u64));
    let counted = HELD.get() != before;
    drop(probe);
    counted
}

/// Bytes this thread holds, where they are counted. What another thread has made and this one freed may make it less than it is.
pub(crate) fn held_here() -> usize {
    HELD.get().max(0).unsigned_abs()
}

#[inline(always)]
fn count(more: usize, less: usize) {
    let change = more.wrapping_sub(less).cast_signed();
    HELD.set(HELD.get().wrapping_add(change));
}

/// Tells that [`Noting`] is this program's allocator.
#[cfg(feature = "cli")]
pub(crate) fn announce() {
    IN_USE.store(true, Ordering::Relaxed);
    #[cfg(glibc)]
    keep_what_is_freed();
}

/// Bytes of a block that the C library maps by itself as it begins.
#[cfg(all(feature = "cli", glibc))]
const LARGE_BLOCK: usize = 2 << 20;

/// As it begins, the C library gives 128 KiB that are free at the heap's end back to the system: two chunks as scripts receive them,
/// which are asked for again, and filled with zeros, a moment later. One block that was mapped and freed has it keep twice as
/// much as that had, and it goes on learning (`mallopt(3)`); set by hand, the bounds would stay.
#[cfg(all(feature = "cli", glibc))]
fn keep_what_is_freed() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGE_BLOCK)));
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

/// So many bytes are asked of the system.
#[inline(always)]
pub(super) fn note(size: usize) {
    let sum = SUM.get().wrapping_add(size);
    SUM.set(sum);
    if size >= LARGE || sum >= MANY {
        tell(size);
    }
}

#[cold]
fn tell(size: usize) {
    SUM.set(0);
    if size >= LARGE {
        NOTED.set(Note::Large);
    } else if NOTED.get() == Note::Nothing {
        NOTED.set(Note::Many);
    }
}

// SAFETY: every call is handed on as it came, to `blocks`, whose memory is the system's and which notes what it asks for.
unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { blocks::alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { blocks::alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract, which is the same; what is freed here came from there.
        unsafe { blocks::dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the contract, which is the same; what is moved here came from there.
        unsafe { blocks::realloc(place, layout, size) }
    }
}

// SAFETY: every call is handed on to the system's allocator as it came; what is noted and counted allocates nothing.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        count(layout.size(), 0);
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        count(layout.size(), 0);
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: the caller keeps the contract, which is the same; what is freed here came from there.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        count(size, layout.size());
        // SAFETY: the caller keeps the contract, which is the same; what is moved here came from there.
        unsafe { System.realloc(place, layout, size) }
    }
}
