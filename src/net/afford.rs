//! What a runtime may still hold: buffers and arrays, under its limit of memory and that of one buffer.

use std::rc::Rc;

use crate::bytes::ByteArray;
use crate::error::{Class, Error, Result};
use crate::sys;

use super::context::Net;

impl Net {
    /// A `bytearray` of these bytes.
    ///
    /// # Errors
    /// `MemoryError` when the limit does not allow for it.
    pub(crate) fn array(&self, bytes: Vec<u8>) -> Result<Rc<ByteArray>> {
        self.afford(bytes.len(), "a bytearray")?;
        Ok(ByteArray::new(bytes, &self.budget))
    }

    /// Bytes that may still be had.
    pub(crate) fn left(&self) -> usize {
        self.budget.left()
    }

    /// Whether so many bytes may be held at all.
    ///
    /// # Errors
    /// `MemoryError` when the limit does not allow for it.
    pub(crate) fn afford(&self, size: usize, what: &str) -> Result<()> {
        self.afford_buffer(size, what)?;
        self.afford_together(size, what)
    }

    /// Whether so many bytes may be held in several buffers.
    ///
    /// # Errors
    /// As [`Self::afford`].
    pub(crate) fn afford_together(&self, size: usize, what: &str) -> Result<()> {
        if self.budget.allows(size) {
            Ok(())
        } else {
            Err(Error::memory(format!("{what} of {size} bytes")))
        }
    }

    /// Most bytes a plain `recv` may ask for that takes an adapter's short way: what fits the receive buffer as it is first
    /// made, and the limit on buffers.
    #[inline(always)]
    pub(crate) fn largest_at_once(&self) -> usize {
        self.largest_at_once
    }

    /// Most bytes that one buffer may have.
    pub(crate) fn largest_buffer(&self) -> usize {
        self.meter.largest_buffer().unwrap_or(usize::MAX)
    }

    /// Whether a buffer may have so many bytes.
    ///
    /// # Errors
    /// `LimitError` when it may not.
    pub(super) fn afford_buffer(&self, size: usize, what: &str) -> Result<()> {
        match self.meter.largest_buffer() {
            Some(most) if size > most => Err(Error::new(
                Class::LimitError,
                format!("{what} of {size} bytes: no buffer may have more than {most}"),
            )),
            _ => Ok(()),
        }
    }

    /// Room for `size` bytes, asked for and not trusted.
    ///
    /// # Errors
    /// `MemoryError` when the limit or the machine has not that much.
    pub(crate) fn buffer(&self, size: usize) -> Result<Vec<u8>> {
        self.afford_buffer(size, "a buffer")?;
        let mut bytes = Vec::new();
        if !self.budget.allows(size) || bytes.try_reserve_exact(size).is_err() {
            return Err(Error::memory(format!("a buffer of {size} bytes")));
        }
        Ok(bytes)
    }

    /// As [`Self::buffer`], filled with zeros, which cost nothing before they are touched.
    pub(crate) fn zeros(&self, size: usize) -> Result<Vec<u8>> {
        self.afford_buffer(size, "a buffer")?;
        let allowed = self.budget.allows(size);
        allowed
            .then(|| sys::memory::zeroed(size))
            .flatten()
            .ok_or_else(|| Error::memory(format!("a buffer of {size} bytes")))
    }
}
