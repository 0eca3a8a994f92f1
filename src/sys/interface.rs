//! The host's own names: its host name, and its network interfaces by index and by name.

use std::ffi::{CStr, c_uint};
#[cfg(linux)]
use std::os::fd::{AsRawFd as _, BorrowedFd};

use super::errno::{Errno, Result, check};

/// The host's name, as gethostname.
pub(crate) fn host_name() -> Result<Vec<u8>> {
    let mut buffer = [0_u8; 1024];
    // SAFETY: the pointer and the length are those of `buffer`, which outlives the call.
    check(unsafe { libc::gethostname(buffer.as_mut_ptr().cast(), buffer.len()) })?;
    Ok(until_nul(&buffer))
}

/// Renames the host; EPERM without the right to.
pub(crate) fn set_host_name(name: &[u8]) -> Result<()> {
    let length = fit(name.len())?;
    // SAFETY: the pointer and the length are those of `name`, which is borrowed for the call.
    check(unsafe { libc::sethostname(name.as_ptr().cast(), length) }).map(drop)
}

/// The index of the interface with this name; ENODEV or ENXIO if there is none.
pub(crate) fn index_of(name: &CStr) -> Result<u32> {
    // SAFETY: `name` is a C string that outlives the call.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(Errno::last()),
        index => Ok(index),
    }
}

/// The name of the interface with this index; ENXIO if there is none.
pub(crate) fn name_of(index: u32) -> Result<Vec<u8>> {
    let mut buffer = [0_u8; libc::IF_NAMESIZE];
    // SAFETY: the call writes at most IF_NAMESIZE bytes, which `buffer` has.
    let name = unsafe { libc::if_indextoname(c_uint::from(index), buffer.as_mut_ptr().cast()) };
    if name.is_null() {
        Err(Errno::last())
    } else {
        Ok(until_nul(&buffer))
    }
}

/// The name of the interface with this index in the network of a socket; ENODEV if there is none.
#[cfg(linux)]
pub(crate) fn name_at(socket: BorrowedFd<'_>, index: u32) -> Result<Vec<u8>> {
    let mut request = libc::ifreq {
        ifr_name: [0; libc::IF_NAMESIZE],
        ifr_ifru: libc::__c_anonymous_ifr_ifru {
            ifru_ifindex: index.cast_signed(),
        },
    };
    // SAFETY: SIOCGIFNAME reads and writes the one request it is given, which outlives the call.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCGIFNAME as _, &raw mut request) })?;
    // C's char is signed on some machines and not on others.
    Ok(until_nul(&request.ifr_name.map(|byte| byte.to_ne_bytes()[0])))
}

/// Every interface, index and name.
pub(crate) fn interfaces() -> Result<Vec<(u32, Vec<u8>)>> {
    let list = List::ask()?;
    Ok(list
        .entries()
        .map(|entry| (entry.if_index, name_in(entry)))
        .collect())
}

/// The interfaces as libc keeps them, freed with this value.
struct List(*mut libc::if_nameindex);

impl List {
    fn ask() -> Result<Self> {
        // SAFETY: the call takes nothing and answers NULL or a list that is freed by `drop`.
        let list = unsafe { libc::if_nameindex() };
        if list.is_null() {
            Err(Errno::last())
        } else {
            Ok(Self(list))
        }
    }

    /// The entries before the one with index 0, which ends the list.
    fn entries(&self) -> impl Iterator<Item = &libc::if_nameindex> {
        // SAFETY: the walk starts at the list and goes on only behind an entry that does not end it.
        let at = |place: *const libc::if_nameindex| unsafe { place.as_ref() };
        let mut place = self.0.cast_const();
        std::iter::from_fn(move || {
            let entry = at(place).filter(|entry| entry.if_index != 0)?;
            place = place.wrapping_add(1);
            Some(entry)
        })
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: the list came from if_nameindex, is not NULL, and is freed once, here.
        unsafe { libc::if_freenameindex(self.0) };
    }
}

/// The length in the type that this platform counts names with.
fn fit<T: TryFrom<usize>>(length: usize) -> Result<T> {
    T::try_from(length).map_err(|_| Errno::INVAL)
}

/// The name in an entry that does not end the list.
fn name_in(entry: &libc::if_nameindex) -> Vec<u8> {
    // SAFETY: the name of such an entry is a C string that lives as long as the list, and so as `entry`.
    unsafe { CStr::from_ptr(entry.if_name) }.to_bytes().to_vec()
}

/// The bytes before the first NUL, or all of them.
fn until_nul(buffer: &[u8]) -> Vec<u8> {
    buffer
        .split(|&byte| byte == 0)
        .next()
        .unwrap_or_default()
        .to_vec()
}

#[cfg(test)]
mod tests {
    use std::ffi::CString;

    use super::*;

    #[test]
    fn the_host_has_a_name() -> Result<()> {
        let name = host_name()?;
        assert!(!name.is_empty() && !name.contains(&0));
        Ok(())
    }

    #[test]
    fn a_name_no_host_may_have_is_refused() {
        // Too long for any system, so that even root renames nothing.
        let refused = set_host_name(&[b'x'; 1000]);
        assert!(
            matches!(refused, Err(Errno::INVAL | Errno::PERM | Errno::NAMETOOLONG)),
            "{refused:?}"
        );
    }

    #[test]
    fn every_interface_is_found_both_ways() -> Result<()> {
        let all = interfaces()?;
        assert!(!all.is_empty());
        for (index, name) in all {
            assert_eq!(name_of(index)?, name);
            assert_eq!(index_of(&CString::new(name).unwrap_or_default())?, index);
        }
        Ok(())
    }

    #[test]
    fn what_does_not_exist_is_an_error() {
        assert!(matches!(index_of(c"no-such-if"), Err(Errno::NODEV | Errno::NXIO)));
        assert_eq!(name_of(u32::MAX), Err(Errno::NXIO));
        assert!(index_of(c"a name longer than any interface's").is_err());
    }
}
