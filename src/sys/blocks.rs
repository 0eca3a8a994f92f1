//! Small blocks of memory that a thread has freed, for what it asks for next: lists of a size each, without a lock, a search or a
//! header. A collector frees blocks by the hundred and has them asked for one by one, more than the C library's own lists hold.
//!
//! Everything in a program that asks for memory does it here: the functions are called, as the C library's are, and not written out at
//! each place.
//!
//! Every block of a size has the same room, which is what the C library gives for it anyway, and is the C library's: it may go
//! back there, or be made larger there, at any time.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr;

use super::allocator::note;

/// Bytes by which the sizes grow, and which every block is aligned to.
const STEP: usize = 16;
/// Bytes in the smallest: the C library's blocks are of `STEP` bytes each, of which it takes eight.
const SMALLEST: usize = 24;
const SIZES: usize = 16;
const LARGEST: usize = SMALLEST + (SIZES - 1) * STEP;
/// Whether blocks are kept: where the C library aligns all to `STEP`, and no sanitizer has to see each come and go.
const IS_USED: bool = cfg!(all(target_pointer_width = "64", not(sanitized)));
/// Bytes that a thread keeps.
const MOST: usize = 1 << 20;

struct Blocks {
    /// Of each size the block freed last; each holds the address of the one before.
    first: [Cell<*mut u8>; SIZES],
    /// Bytes for which there is room.
    room: Cell<usize>,
}

thread_local! {
    static BLOCKS: Blocks = const {
        Blocks { first: [const { Cell::new(ptr::null_mut()) }; SIZES], room: Cell::new(MOST) }
    };
}

impl Blocks {
    #[inline(always)]
    fn take(&self, place: usize) -> Option<*mut u8> {
        let first = &self.first[place];
        let block = first.get();
        if block.is_null() {
            return None;
        }
        // SAFETY: a block in a list holds the next one's address, as `keep` wrote it, and is aligned for it.
        first.set(unsafe { block.cast::<*mut u8>().read() });
        self.room.set(self.room.get() + size_of(place));
        Some(block)
    }

    /// Puts a block into its list, where there is room for it.
    #[inline(always)]
    fn keep(&self, place: usize, block: *mut u8) -> bool {
        let Some(room) = self.room.get().checked_sub(size_of(place)) else {
            return false;
        };
        let first = &self.first[place];
        // SAFETY: the block is free, aligned for an address and large enough for it.
        unsafe { block.cast::<*mut u8>().write(first.get()) };
        first.set(block);
        self.room.set(room);
        true
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        for place in 0..SIZES {
            while let Some(block) = self.take(place) {
                // SAFETY: what is in a list has this layout, and nobody else has it.
                unsafe { System.dealloc(block, layout_of(place)) };
            }
        }
    }
}

/// The list a request belongs to.
#[inline(always)]
fn place_of(layout: Layout) -> Option<usize> {
    let size = layout.size();
    (size <= LARGEST && layout.align() <= STEP && IS_USED)
        .then(|| (size.max(SMALLEST) - SMALLEST).div_ceil(STEP))
}

#[inline(always)]
const fn size_of(place: usize) -> usize {
    SMALLEST + place * STEP
}

#[inline(always)]
fn layout_of(place: usize) -> Layout {
    // SAFETY: the size is small, and the alignment a power of two.
    unsafe { Layout::from_size_align_unchecked(size_of(place), STEP) }
}

/// Memory for this.
///
/// # Safety
/// As [`GlobalAlloc::alloc`].
#[inline(never)]
pub(super) unsafe fn alloc(layout: Layout) -> *mut u8 {
    let Some(place) = place_of(layout) else {
        note(layout.size());
        // SAFETY: the caller keeps the contract, which is the same.
        return unsafe { System.alloc(layout) };
    };
    if let Ok(Some(block)) = BLOCKS.try_with(|blocks| blocks.take(place)) {
        return block;
    }
    note(size_of(place));
    // SAFETY: the layout is not empty.
    unsafe { System.alloc(layout_of(place)) }
}

/// Memory for this, all of it zero.
///
/// # Safety
/// As [`GlobalAlloc::alloc_zeroed`].
pub(super) unsafe fn alloc_zeroed(layout: Layout) -> *mut u8 {
    let layout = place_of(layout).map_or(layout, layout_of);
    note(layout.size());
    // SAFETY: the caller keeps the contract, which is the same for a layout with more room.
    unsafe { System.alloc_zeroed(layout) }
}

/// Frees what came from here.
///
/// # Safety
/// As [`GlobalAlloc::dealloc`].
#[inline(never)]
pub(super) unsafe fn dealloc(block: *mut u8, layout: Layout) {
    let Some(place) = place_of(layout) else {
        // SAFETY: the caller keeps the contract, which is the same.
        return unsafe { System.dealloc(block, layout) };
    };
    let is_kept = BLOCKS.try_with(|blocks| blocks.keep(place, block));
    if is_kept != Ok(true) {
        // SAFETY: all memory of this size has this layout.
        unsafe { System.dealloc(block, layout_of(place)) };
    }
}

/// Makes it larger or smaller.
///
/// # Safety
/// As [`GlobalAlloc::realloc`].
#[inline(never)]
pub(super) unsafe fn realloc(block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
    // SAFETY: the caller promises that this is a layout.
    let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
    let (before, after) = (place_of(layout), place_of(wanted));
    if before.is_some() && before == after {
        return block;
    }
    let before = before.map_or(layout, layout_of);
    let size = after.map_or(size, |place| layout_of(place).size());
    note(size);
    // SAFETY: the block has this layout, and the new size is no less than what the caller asks for.
    unsafe { System.realloc(block, before, size) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).unwrap()
    }

    fn get(size: usize) -> *mut u8 {
        // SAFETY: no size here is 0.
        unsafe { alloc(layout(size)) }
    }

    fn give_back(block: *mut u8, size: usize) {
        // SAFETY: the tests give back what they got, once.
        unsafe { dealloc(block, layout(size)) };
    }

    #[test]
    #[cfg_attr(
        any(sanitized, not(target_pointer_width = "64")),
        ignore = "blocks are not kept there"
    )]
    fn what_was_freed_is_given_again_to_who_wants_as_much() {
        let block = get(90);
        give_back(block, 90);
        let other = get(60);
        assert_ne!(other, block, "of another size");
        assert_eq!(get(100), block, "89 to 104 bytes are one size");
        give_back(other, 60);
        give_back(block, 100);
    }

    #[test]
    fn each_size_has_the_room_it_needs() {
        for size in 1..LARGEST + 40 {
            if let Some(place) = place_of(layout(size)) {
                assert!(size_of(place) >= size);
                assert!(place < SIZES);
                assert!(place == 0 || size_of(place - 1) < size);
            }
        }
        assert_eq!(place_of(Layout::from_size_align(8, 32).unwrap()), None);
        assert_eq!(place_of(layout(LARGEST + 1)), None);
    }

    #[test]
    fn what_a_block_holds_stays_when_it_grows_and_shrinks() {
        let mut size = 1;
        let mut block = get(size);
        // SAFETY: the block has this many bytes.
        unsafe { block.write(7) };
        for wanted in (1..600).step_by(7).chain((1..600).rev().step_by(11)) {
            // SAFETY: the block came from here with this layout.
            block = unsafe { realloc(block, layout(size), wanted) };
            size = wanted;
            // SAFETY: it has a byte at least.
            assert_eq!(unsafe { block.read() }, 7);
        }
        give_back(block, size);
    }

    #[test]
    fn a_thread_keeps_no_more_than_it_may() {
        std::thread::spawn(|| {
            let blocks: Vec<_> = (0..2 * MOST / LARGEST).map(|_| get(LARGEST)).collect();
            for block in &blocks {
                give_back(*block, LARGEST);
            }
            let left = BLOCKS.with(|blocks| blocks.room.get());
            assert!(left < LARGEST || !IS_USED, "{left}");
        })
        .join()
        .unwrap();
    }

    #[test]
    fn zeroed_memory_is_zero_also_where_it_was_used() {
        let block = get(40);
        // SAFETY: the block has this many bytes.
        unsafe { block.write_bytes(1, 40) };
        give_back(block, 40);
        // SAFETY: the layout is not empty.
        let fresh = unsafe { alloc_zeroed(layout(40)) };
        // SAFETY: the block has this many bytes, all of them written.
        let bytes = unsafe { std::slice::from_raw_parts(fresh, 40) };
        assert_eq!(bytes, [0; 40]);
        give_back(fresh, 40);
    }
}
