//! Zeroed memory that costs nothing before it is touched.

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

    #[test]
    fn too_much_is_refused() {
        assert_eq!(zeroed(usize::MAX), None);
        assert_eq!(zeroed(usize::MAX / 2), None);
    }
}
