//! Zeroed memory that costs nothing before it is touched, and how much of the machine's the program has.

use std::alloc::{Layout, alloc_zeroed};

/// So many zeros; none where the machine refuses them. A large block comes from the kernel, which makes its pages when
/// they are first written: a buffer for what may be large is as cheap as what really arrives.
pub(crate) fn zeroed(size: usize) -> Option<Vec<u8>> {
    let layout = Layout::array::<u8>(size).ok()?;
    if size == 0 {
        return Some(Vec::new());
    }
    // SAFETY: the layout is not of size zero.
    let start = unsafe { alloc_zeroed(layout) };
    if start.is_null() {
        return None;
    }
    // SAFETY: `start` was just allocated by the global allocator with this size and alignment 1, and all of it is
    // initialised.
    Some(unsafe { Vec::from_raw_parts(start, size, size) })
}

/// Bytes of memory the program holds: those it has touched, or all its addresses where these are limited; none where the system
/// does not tell.
#[cfg_attr(
    not(any(feature = "rhai", feature = "lua")),
    allow(dead_code, reason = "languages ask")
)]
pub(crate) fn held() -> Option<usize> {
    let told = std::fs::read_to_string("/proc/self/statm").ok()?;
    let field = usize::from(super::process::address_space() == usize::MAX);
    let pages: usize = told.split_whitespace().nth(field)?.parse().ok()?;
    Some(pages.saturating_mul(super::process::page_size()?))
}

/// Gives the system back what is free: the C library keeps it, and it counts as held.
#[cfg_attr(
    not(feature = "lua"),
    allow(dead_code, reason = "Lua's collector frees much at once")
)]
pub(crate) fn give_back() {
    #[cfg(glibc)]
    // SAFETY: it takes a number of bytes and touches nothing that is in use.
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_zero_and_grow() {
        let mut bytes = zeroed(100_000).expect("a little memory");
        assert!(bytes.iter().all(|byte| *byte == 0));
        bytes.push(1);
        assert_eq!((bytes.len(), zeroed(0)), (100_001, Some(Vec::new())));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_touched_is_counted() {
        let before = held().expect("Linux tells");
        // Not for the compiler to leave out.
        let touched = std::hint::black_box(vec![1_u8; 64 << 20]);
        assert!(held().expect("Linux tells") >= before + (48 << 20));
        drop(touched);
    }

    #[test]
    fn too_much_is_refused() {
        assert_eq!(zeroed(usize::MAX), None);
        assert_eq!(zeroed(usize::MAX / 2), None);
    }
}
