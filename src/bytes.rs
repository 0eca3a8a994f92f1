//! Bytes on their way between a script and the network.
//!
//! [`Bytes`] is a cheap handle: bytes of ours, bytes that belong to the calling script for the length of a call, or a
//! [`ByteArray`] both sides can change. [`Scratch`] is the one receive buffer of a runtime.

use std::cell::{Cell, RefCell, RefMut};
use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use crate::sys::borrowed::Borrowed;

/// A cheap handle on bytes, wherever they live.
///
/// ```
/// use wirescript::bytes::Bytes;
///
/// let bytes = Bytes::from(b"a\x00".to_vec());
/// assert_eq!(bytes.with(|bytes| bytes.len()), 2);
/// assert_eq!(format!("{bytes:?}"), r"b'a\x00'");
/// ```
#[non_exhaustive]
pub enum Bytes {
    /// Bytes of our own.
    Owned(Vec<u8>),
    /// Bytes of the calling script, alive until its call returns.
    Script(Borrowed),
    /// The first `usize` bytes of the runtime's scratch buffer: valid until the next receive.
    Scratch(Rc<Scratch>, usize),
    /// A `bytearray`; while this handle lives, the array cannot be resized.
    Array(Pinned),
}

impl Bytes {
    /// Runs `f` on the bytes. They are looked up anew at each call, as a `bytearray` may change between calls.
    #[inline]
    pub fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Self::Owned(bytes) => f(bytes),
            Self::Script(bytes) => f(bytes.as_slice()),
            Self::Scratch(scratch, length) => f(&scratch.bytes.borrow()[..*length]),
            Self::Array(pinned) => f(&pinned.window()),
        }
    }

    /// The bytes, where they neither move nor change while the handle lives.
    pub(crate) fn as_stable(&self) -> Option<&[u8]> {
        match self {
            Self::Owned(bytes) => Some(bytes),
            Self::Script(bytes) => Some(bytes.as_slice()),
            Self::Scratch(..) | Self::Array(_) => None,
        }
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.with(<[u8]>::len)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes, copied.
    pub fn to_vec(&self) -> Vec<u8> {
        self.with(<[u8]>::to_vec)
    }

    /// The bytes without a copy where they are already ours.
    pub fn into_vec(self) -> Vec<u8> {
        match self {
            Self::Owned(bytes) => bytes,
            other => other.to_vec(),
        }
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with(|bytes| f.write_str(&crate::text::bytes_repr(bytes)))
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Owned(bytes)
    }
}

/// The receive buffer of a runtime: filled by one receive, copied out by the adapter before anything else can wait.
pub struct Scratch {
    bytes: RefCell<Vec<u8>>,
    /// Bytes that the last receive of an adapter's short way brought.
    #[cfg(any(feature = "rhai", feature = "lua55"))]
    last: Cell<usize>,
}

impl Scratch {
    /// Largest receive that goes through the scratch buffer.
    pub const SIZE: usize = 256 * 1024;

    /// A buffer that grows to [`Self::SIZE`] when first needed.
    pub fn new() -> Rc<Self> {
        Rc::new(Self {
            bytes: RefCell::new(Vec::new()),
            #[cfg(any(feature = "rhai", feature = "lua55"))]
            last: Cell::new(0),
        })
    }

    /// Lets `receive` fill up to `size` bytes (at most [`Self::SIZE`]) and says how many it filled.
    pub(crate) fn fill<E>(
        &self,
        size: usize,
        receive: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let mut bytes = self.bytes.borrow_mut();
        if bytes.len() < size {
            bytes.resize(size.next_power_of_two().clamp(64 * 1024, Self::SIZE), 0);
        }
        receive(&mut bytes[..size])
    }

    /// Shows the first `count` bytes, as they were just received.
    #[inline(always)]
    pub(crate) fn filled<T>(&self, count: usize, look: impl FnOnce(&[u8]) -> T) -> T {
        look(&self.bytes.borrow()[..count])
    }
}

#[cfg(any(feature = "rhai", feature = "lua55"))]
impl Scratch {
    /// Bytes that the last receive brought of those that are noted.
    pub(crate) fn last(&self) -> usize {
        self.last.get()
    }

    /// A receive, into this buffer or past it, has brought so many bytes.
    pub(crate) fn note(&self, count: usize) {
        self.last.set(count);
    }
}

impl Scratch {
    /// Where the buffer begins: good until the next receive.
    #[cfg(feature = "lua")]
    pub(crate) fn start(&self) -> *const u8 {
        self.bytes.borrow().as_ptr()
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scratch({} bytes)", self.bytes.borrow().len())
    }
}

/// Memory scripts may hold outside their engine.
#[derive(Debug)]
pub struct Budget {
    limit: Cell<usize>,
    used: Cell<usize>,
    /// Bytes that one buffer may grow to.
    largest: Cell<usize>,
}

impl Budget {
    /// A budget of so many bytes.
    pub(crate) fn new(limit: usize) -> Rc<Self> {
        Rc::new(Self {
            limit: Cell::new(limit),
            used: Cell::new(0),
            largest: Cell::new(usize::MAX),
        })
    }

    /// Whether `bytes` more may be held.
    pub(crate) fn allows(&self, bytes: usize) -> bool {
        self.used
            .get()
            .checked_add(bytes)
            .is_some_and(|sum| sum <= self.limit.get())
    }

    /// Bytes that may be held in all.
    pub(crate) fn limit(&self) -> usize {
        self.limit.get()
    }

    /// Another limit from here on.
    pub(crate) fn set_limit(&self, limit: usize) {
        self.limit.set(limit);
    }

    /// No buffer may grow beyond so many bytes from here on.
    pub(crate) fn set_largest(&self, bytes: usize) {
        self.largest.set(bytes);
    }

    /// Bytes that are held.
    #[cfg(feature = "lua")]
    pub(crate) fn used(&self) -> usize {
        self.used.get()
    }

    /// Bytes that may still be held.
    pub(crate) fn left(&self) -> usize {
        self.limit.get().saturating_sub(self.used.get())
    }

    /// What held so many bytes holds so many now.
    pub(crate) fn recount(&self, before: usize, now: usize) {
        self.used.set((self.used.get() - before).saturating_add(now));
    }
}

/// Python's `bytearray`: bytes that scripts and receives change in place.
#[derive(Debug)]
pub struct ByteArray {
    bytes: RefCell<Vec<u8>>,
    exports: Cell<usize>,
    budget: Rc<Budget>,
}

/// Why a `bytearray` cannot change its length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rigid {
    /// A handle pins it.
    Pinned,
    /// There is no memory for it.
    NoMemory,
    /// No buffer may have more than so many bytes.
    TooLarge(usize),
}

impl ByteArray {
    /// An array of these bytes, which count towards `budget`.
    pub(crate) fn new(bytes: Vec<u8>, budget: &Rc<Budget>) -> Rc<Self> {
        budget.recount(0, bytes.len());
        Rc::new(Self {
            bytes: RefCell::new(bytes),
            exports: Cell::new(0),
            budget: budget.clone(),
        })
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.bytes.borrow().len()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Runs `f` on the bytes.
    pub fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        f(&self.bytes.borrow())
    }

    /// Sets the byte at `index` (0-based); false when there is none.
    pub fn set(&self, index: usize, byte: u8) -> bool {
        self.bytes
            .borrow_mut()
            .get_mut(index)
            .map(|slot| *slot = byte)
            .is_some()
    }

    /// Adds bytes at the end.
    pub(crate) fn extend(&self, more: &[u8]) -> Result<(), Rigid> {
        self.replace(self.len()..self.len(), more)
    }

    /// Puts other bytes, as many as they are, in the place of some. The range must lie within the array.
    pub(crate) fn replace(&self, range: Range<usize>, with: &[u8]) -> Result<(), Rigid> {
        if self.exports.get() > 0 && range.len() != with.len() {
            return Err(Rigid::Pinned);
        }
        let mut bytes = self.bytes.borrow_mut();
        let more = with.len().saturating_sub(range.len());
        let largest = self.budget.largest.get();
        if more > 0 && bytes.len().saturating_add(more) > largest {
            return Err(Rigid::TooLarge(largest));
        }
        if !self.budget.allows(more) || bytes.try_reserve(more).is_err() {
            return Err(Rigid::NoMemory);
        }
        self.budget
            .recount(bytes.len(), bytes.len() - range.len() + with.len());
        // Moved in one piece each: an iterator's way of doing it takes the bytes one by one.
        let (length, end) = (bytes.len(), range.start + with.len());
        bytes.extend_from_slice(&with[with.len() - more..]);
        bytes.copy_within(range.end..length, end);
        bytes[range.start..end].copy_from_slice(with);
        bytes.truncate(length - range.len() + with.len());
        Ok(())
    }

    /// Lets `f` change the bytes in place.
    pub(crate) fn with_mut<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> R {
        f(&mut self.bytes.borrow_mut())
    }

    /// Removes all bytes.
    pub(crate) fn clear(&self) -> Result<(), Rigid> {
        if self.exports.get() > 0 {
            return Err(Rigid::Pinned);
        }
        let bytes = std::mem::take(&mut *self.bytes.borrow_mut());
        self.budget.recount(bytes.len(), 0);
        Ok(())
    }

    /// Pins `length` bytes from `start` (clamped to what there is): they can be read and written, not resized away.
    pub fn pin(self: &Rc<Self>, start: usize, length: usize) -> Pinned {
        self.exports.set(self.exports.get() + 1);
        let start = start.min(self.len());
        Pinned {
            array: self.clone(),
            start,
            length: length.min(self.len() - start),
        }
    }
}

impl Drop for ByteArray {
    fn drop(&mut self) {
        self.budget.recount(self.len(), 0);
    }
}

/// A window of a [`ByteArray`] that stays where it is while this lives.
#[derive(Debug)]
pub struct Pinned {
    array: Rc<ByteArray>,
    start: usize,
    length: usize,
}

impl Pinned {
    /// The array this is a window of.
    pub fn array(&self) -> &Rc<ByteArray> {
        &self.array
    }

    /// Where the window begins.
    pub fn start(&self) -> usize {
        self.start
    }

    /// The window's length in bytes.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether the window is empty.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    fn window(&self) -> std::cell::Ref<'_, [u8]> {
        std::cell::Ref::map(self.array.bytes.borrow(), |bytes| {
            &bytes[self.start..self.start + self.length]
        })
    }

    /// The window's bytes, to be filled. The borrow must not be held across a wait.
    pub fn window_mut(&self) -> RefMut<'_, [u8]> {
        RefMut::map(self.array.bytes.borrow_mut(), |bytes| {
            &mut bytes[self.start..self.start + self.length]
        })
    }
}

impl Clone for Pinned {
    fn clone(&self) -> Self {
        self.array.pin(self.start, self.length)
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        self.array.exports.set(self.array.exports.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pinned_array_is_written_but_not_resized() {
        let array = ByteArray::new(b"hello".to_vec(), &Budget::new(100));
        let pinned = array.pin(1, 100);
        assert_eq!(pinned.len(), 4);
        pinned.window_mut()[0] = b'E';
        assert_eq!(array.extend(b"!"), Err(Rigid::Pinned));
        drop(pinned);
        assert_eq!(array.extend(b"!"), Ok(()));
        assert_eq!(array.extend(&[0; 100]), Err(Rigid::NoMemory));
        assert_eq!(array.with(<[u8]>::to_vec), b"hEllo!");
        assert_eq!(array.replace(1..3, b"abc"), Ok(()));
        assert_eq!(array.with(<[u8]>::to_vec), b"habclo!");
        let pinned = array.pin(0, 1);
        assert_eq!(array.replace(0..2, b"xy"), Ok(()));
        assert_eq!(array.replace(0..2, b"x"), Err(Rigid::Pinned));
        drop(pinned);
    }

    #[test]
    fn scratch_grows_to_what_is_asked() {
        let scratch = Scratch::new();
        let filled = scratch.fill(100_000, |buffer| {
            buffer[99_999] = 7;
            Ok::<_, ()>(buffer.len())
        });
        assert_eq!(filled, Ok(100_000));
        assert_eq!(Bytes::Scratch(scratch, 100_000).with(|bytes| bytes[99_999]), 7);
    }
}
