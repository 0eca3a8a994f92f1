//! Asking the processor for memory that will be needed soon.
//!
//! A server wakes thousands of tasks whose stacks and records have long left the caches. Who knows the next ones asks for
//! them while the one before still runs.

use std::rc::Rc;

/// Bytes the processor fetches at once.
const LINE: usize = 64;

/// Asks for `length` bytes from `address` on. Any address will do: nothing is read that the program sees.
#[inline(always)]
pub(crate) fn fetch(address: usize, length: usize) {
    let first = address & !(LINE - 1);
    // As many lines as so many bytes can lie in: a number that the compiler knows.
    for offset in (0..length + LINE - 1).step_by(LINE) {
        fetch_line(first.wrapping_add(offset));
    }
}

/// The same of what is shared, with the counts of who refers to it, which lie before it.
#[inline(always)]
pub(crate) fn fetch_shared<T>(shared: &Rc<T>, length: usize) {
    const COUNTS: usize = 2 * size_of::<usize>();
    fetch(
        (Rc::as_ptr(shared) as usize).wrapping_sub(COUNTS),
        COUNTS + length,
    );
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn fetch_line(address: usize) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: a prefetch neither faults nor changes anything, wherever it points.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(address as *const i8) };
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn fetch_line(_: usize) {}
