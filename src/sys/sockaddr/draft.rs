//! The bytes of an address: written field by field, and read so that every length of them means something.

use std::mem::offset_of;
use std::ptr;

use socket2::{SockAddr, SockAddrStorage, socklen_t};

use super::super::errno::{Errno, Result};
use super::CAPACITY;

/// The bytes of an address under construction.
pub(super) struct Draft {
    pub(super) bytes: [u8; CAPACITY],
    pub(super) length: usize,
}

impl Draft {
    /// An address of `length` bytes, all zero.
    pub(super) fn new(length: usize) -> Self {
        Self {
            bytes: [0; CAPACITY],
            length,
        }
    }

    /// Writes a field; ENAMETOOLONG if it has no room.
    pub(super) fn put(&mut self, offset: usize, value: &[u8]) -> Result<()> {
        let room = self
            .bytes
            .get_mut(offset..)
            .and_then(|rest| rest.get_mut(..value.len()));
        room.ok_or(Errno::NAMETOOLONG)?.copy_from_slice(value);
        Ok(())
    }

    /// Writes the fields of an address that Linux alone has, each at its offset.
    #[cfg(linux)]
    pub(super) fn fields<const COUNT: usize>(length: usize, fields: [(usize, &[u8]); COUNT]) -> Result<Self> {
        let mut draft = Self::new(length);
        for (offset, value) in fields {
            draft.put(offset, value)?;
        }
        Ok(draft)
    }

    /// Writes the family, and on BSD the length before it.
    pub(super) fn family(&mut self, family: i32) -> Result<()> {
        let number = libc::sa_family_t::try_from(family).map_err(|_| Errno::AFNOSUPPORT)?;
        self.put(offset_of!(libc::sockaddr, sa_family), &number.to_ne_bytes())?;
        #[cfg(not(linux))]
        if let (Some(first), Ok(length)) = (self.bytes.first_mut(), u8::try_from(self.length)) {
            *first = length;
        }
        Ok(())
    }

    /// The finished address.
    pub(super) fn finish(&self) -> Result<SockAddr> {
        let length = socklen_t::try_from(self.length).map_err(|_| Errno::NAMETOOLONG)?;
        let storage = storage_of(&self.bytes);
        // SAFETY: the storage holds the family's own layout, written above, and `length` is within it.
        Ok(unsafe { SockAddr::new(storage, length) })
    }
}

/// The storage that holds these bytes.
fn storage_of(bytes: &[u8; CAPACITY]) -> SockAddrStorage {
    const { assert!(size_of::<SockAddrStorage>() == CAPACITY) };
    let mut storage = SockAddrStorage::zeroed();
    // SAFETY: both sides are CAPACITY bytes long, plain old data, and distinct.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), (&raw mut storage).cast::<u8>(), CAPACITY) };
    storage
}

/// The bytes of an address that count, at most its storage.
pub(super) fn bytes_of(address: &SockAddr) -> &[u8] {
    let length = usize::try_from(address.len()).map_or(CAPACITY, |length| length.min(CAPACITY));
    // SAFETY: the storage is CAPACITY initialized bytes without padding, and lives as long as `address`.
    unsafe { std::slice::from_raw_parts(address.as_ptr().cast(), length) }
}

/// The family number in the first bytes, if they are there.
pub(super) fn family_in(bytes: &[u8]) -> Option<i32> {
    let offset = offset_of!(libc::sockaddr, sa_family);
    let number = bytes.get(offset..)?.first_chunk()?;
    Some(libc::sa_family_t::from_ne_bytes(*number).into())
}

/// A field of fixed size; bytes that are missing count as zero.
pub(super) fn field<const SIZE: usize>(bytes: &[u8], offset: usize) -> [u8; SIZE] {
    let mut value = [0; SIZE];
    for (to, from) in value.iter_mut().zip(bytes.get(offset..).unwrap_or_default()) {
        *to = *from;
    }
    value
}
