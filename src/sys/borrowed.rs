//! A slice whose owner is the calling script.

/// Bytes that belong to a script's virtual machine and stay where they are until the operation that was handed them
/// returns: the machine keeps the string on the calling frame, and strings do not move.
#[derive(Clone, Copy, Debug)]
pub struct Borrowed {
    start: *const u8,
    length: usize,
}

impl Borrowed {
    /// Borrows `length` bytes at `start`.
    ///
    /// # Safety
    /// The bytes must be readable and unchanging for as long as this value or a copy of it is used.
    #[cfg(feature = "lua")]
    pub(crate) const unsafe fn new(start: *const u8, length: usize) -> Self {
        Self { start, length }
    }

    /// The bytes.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        if self.length == 0 {
            return &[];
        }
        // SAFETY: `new`'s contract: the bytes are readable and unchanging while this value is in use.
        unsafe { std::slice::from_raw_parts(self.start, self.length) }
    }
}
