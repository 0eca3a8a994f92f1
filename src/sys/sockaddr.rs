//! [`Address`] to the bytes of `struct sockaddr_*` and back.
//!
//! Everything goes through plain bytes at the offsets C gives the fields, so reading is total: a kernel's
//! answer of any length, with any family in it, becomes an address and never a panic.

use std::mem::offset_of;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ptr;

use socket2::{SockAddr, SockAddrStorage, socklen_t};

use super::errno::{Errno, Result};
use crate::address::{Address, UnixName};

/// The room any address has: `sizeof(struct sockaddr_storage)`.
pub(crate) const CAPACITY: usize = size_of::<libc::sockaddr_storage>();

/// Where the data of a family begins: `offsetof(struct sockaddr, sa_data)`.
const DATA: usize = offset_of!(libc::sockaddr, sa_data);
/// The longest Unix name: `sizeof(sun_path)`.
const UNIX_CAPACITY: usize = size_of::<libc::sockaddr_un>() - offset_of!(libc::sockaddr_un, sun_path);

/// The bytes of an address under construction.
struct Draft {
    bytes: [u8; CAPACITY],
    length: usize,
}

/// The `struct sockaddr_*` of an address. EAFNOSUPPORT for [`Address::None`] and a family that is no number
/// of the kernel's; ENAMETOOLONG for a Unix name (Python's `AF_UNIX path too long`) or raw data that has no
/// room.
pub(crate) fn encode(address: &Address) -> Result<SockAddr> {
    let mut draft = Draft {
        bytes: [0; CAPACITY],
        length: 0,
    };
    let family = family_of(address).ok_or(Errno::AFNOSUPPORT)?;
    match address {
        Address::Inet { ip, port } => {
            draft.length = size_of::<libc::sockaddr_in>();
            draft.put(offset_of!(libc::sockaddr_in, sin_port), &port.to_be_bytes())?;
            draft.put(offset_of!(libc::sockaddr_in, sin_addr), &ip.octets())?;
        }
        Address::Inet6 {
            ip,
            port,
            flowinfo,
            scope_id,
        } => {
            draft.length = size_of::<libc::sockaddr_in6>();
            draft.put(offset_of!(libc::sockaddr_in6, sin6_port), &port.to_be_bytes())?;
            draft.put(
                offset_of!(libc::sockaddr_in6, sin6_flowinfo),
                &flowinfo.to_be_bytes(),
            )?;
            draft.put(offset_of!(libc::sockaddr_in6, sin6_addr), &ip.octets())?;
            draft.put(
                offset_of!(libc::sockaddr_in6, sin6_scope_id),
                &scope_id.to_ne_bytes(),
            )?;
        }
        Address::Unix(name) => draft.unix(name)?,
        Address::None => return Err(Errno::AFNOSUPPORT),
        Address::Other { data, .. } => {
            draft.length = DATA + data.len();
            draft.put(DATA, data)?;
        }
    }
    draft.family(family)?;
    draft.finish()
}

/// The address a kernel's answer stands for.
pub(crate) fn decode(address: &SockAddr) -> Address {
    decode_bytes(bytes_of(address))
}

/// The address that the bytes of a `struct sockaddr_*` stand for; bytes that are missing count as zero, and
/// none at all, not even a family, is [`Address::None`].
pub(crate) fn decode_bytes(bytes: &[u8]) -> Address {
    let Some(family) = family_in(bytes) else {
        return Address::None;
    };
    match family {
        libc::AF_INET => Address::Inet {
            ip: Ipv4Addr::from(field(bytes, offset_of!(libc::sockaddr_in, sin_addr))),
            port: u16::from_be_bytes(field(bytes, offset_of!(libc::sockaddr_in, sin_port))),
        },
        libc::AF_INET6 => Address::Inet6 {
            ip: Ipv6Addr::from(field::<16>(bytes, offset_of!(libc::sockaddr_in6, sin6_addr))),
            port: u16::from_be_bytes(field(bytes, offset_of!(libc::sockaddr_in6, sin6_port))),
            flowinfo: u32::from_be_bytes(field(bytes, offset_of!(libc::sockaddr_in6, sin6_flowinfo))),
            scope_id: u32::from_ne_bytes(field(bytes, offset_of!(libc::sockaddr_in6, sin6_scope_id))),
        },
        libc::AF_UNIX => Address::Unix(unix_name(bytes.get(DATA..).unwrap_or_default())),
        _ => Address::Other {
            family,
            data: bytes.get(DATA..).unwrap_or_default().into(),
        },
    }
}

/// The family number of an address; `None` for [`Address::None`].
pub(crate) fn family_of(address: &Address) -> Option<i32> {
    match address {
        Address::Inet { .. } => Some(libc::AF_INET),
        Address::Inet6 { .. } => Some(libc::AF_INET6),
        Address::Unix(_) => Some(libc::AF_UNIX),
        Address::Other { family, .. } => Some(*family),
        Address::None => None,
    }
}

impl Draft {
    /// Writes a field; ENAMETOOLONG if it has no room.
    fn put(&mut self, offset: usize, value: &[u8]) -> Result<()> {
        let room = self
            .bytes
            .get_mut(offset..)
            .and_then(|rest| rest.get_mut(..value.len()));
        room.ok_or(Errno::NAMETOOLONG)?.copy_from_slice(value);
        Ok(())
    }

    /// Writes a Unix name. As in CPython a path needs room for its NUL (107 bytes on Linux) and an abstract
    /// name does not.
    fn unix(&mut self, name: &UnixName) -> Result<()> {
        let path = offset_of!(libc::sockaddr_un, sun_path);
        let (value, closing) = match name {
            UnixName::Unnamed => (Vec::new(), 0),
            UnixName::Path(_) => (name.to_bytes(), 1),
            UnixName::Abstract(_) => (name.to_bytes(), 0),
        };
        if value.len() + closing > UNIX_CAPACITY {
            return Err(Errno::NAMETOOLONG);
        }
        self.length = path + value.len() + closing;
        self.put(path, &value)
    }

    /// Writes the family, and on BSD the length before it.
    fn family(&mut self, family: i32) -> Result<()> {
        let number = libc::sa_family_t::try_from(family).map_err(|_| Errno::AFNOSUPPORT)?;
        self.put(offset_of!(libc::sockaddr, sa_family), &number.to_ne_bytes())?;
        #[cfg(not(linux))]
        if let (Some(first), Ok(length)) = (self.bytes.first_mut(), u8::try_from(self.length)) {
            *first = length;
        }
        Ok(())
    }

    /// The finished address.
    fn finish(&self) -> Result<SockAddr> {
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
fn bytes_of(address: &SockAddr) -> &[u8] {
    let length = usize::try_from(address.len()).map_or(CAPACITY, |length| length.min(CAPACITY));
    // SAFETY: the storage is CAPACITY initialized bytes without padding, and lives as long as `address`.
    unsafe { std::slice::from_raw_parts(address.as_ptr().cast(), length) }
}

/// The family number in the first bytes, if they are there.
fn family_in(bytes: &[u8]) -> Option<i32> {
    let offset = offset_of!(libc::sockaddr, sa_family);
    let number = bytes.get(offset..)?.first_chunk()?;
    Some(libc::sa_family_t::from_ne_bytes(*number).into())
}

/// A field of fixed size; bytes that are missing count as zero.
fn field<const SIZE: usize>(bytes: &[u8], offset: usize) -> [u8; SIZE] {
    let mut value = [0; SIZE];
    for (to, from) in value.iter_mut().zip(bytes.get(offset..).unwrap_or_default()) {
        *to = *from;
    }
    value
}

/// The name in `sun_path`: abstract with every byte that was counted, or a path up to its NUL.
fn unix_name(path: &[u8]) -> UnixName {
    match path {
        [] => UnixName::Unnamed,
        [0, rest @ ..] if cfg!(linux) => UnixName::Abstract(rest.into()),
        _ => UnixName::new(path.split(|&byte| byte == 0).next().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(address: &Address) -> Result<Vec<u8>> {
        encode(address).map(|address| bytes_of(&address).to_vec())
    }

    fn unix(name: &[u8]) -> Address {
        Address::Unix(UnixName::new(name))
    }

    #[cfg(linux)]
    #[test]
    fn bytes_are_laid_out_as_in_c() {
        let inet = Address::Inet {
            ip: Ipv4Addr::new(1, 2, 3, 4),
            port: 0x1234,
        };
        let head = libc::sa_family_t::try_from(libc::AF_INET)
            .unwrap_or_default()
            .to_ne_bytes();
        assert_eq!(
            bytes(&inet),
            Ok([&head[..], &[0x12, 0x34, 1, 2, 3, 4], &[0; 8]].concat())
        );

        let inet6 = Address::Inet6 {
            ip: Ipv6Addr::LOCALHOST,
            port: 0x1234,
            flowinfo: 0x0102_0304,
            scope_id: 0x0506_0708,
        };
        let head = libc::sa_family_t::try_from(libc::AF_INET6)
            .unwrap_or_default()
            .to_ne_bytes();
        let scope = 0x0506_0708_u32.to_ne_bytes();
        let expected = [&head[..], &[0x12, 0x34, 1, 2, 3, 4], &[0; 15], &[1], &scope].concat();
        assert_eq!(bytes(&inet6), Ok(expected));

        let head = libc::sa_family_t::try_from(libc::AF_UNIX)
            .unwrap_or_default()
            .to_ne_bytes();
        assert_eq!(bytes(&unix(b"")), Ok(head.to_vec()));
        assert_eq!(bytes(&unix(b"/x")), Ok([&head[..], b"/x\0"].concat()));
        assert_eq!(bytes(&unix(b"\0x")), Ok([&head[..], b"\0x"].concat()));

        let other = Address::Other {
            family: 16,
            data: Box::new([1, 2, 3]),
        };
        assert_eq!(
            bytes(&other),
            Ok([&16_u16.to_ne_bytes()[..], &[1, 2, 3]].concat())
        );
    }

    #[test]
    fn every_address_comes_back() -> Result<()> {
        let addresses = [
            Address::Inet {
                ip: Ipv4Addr::BROADCAST,
                port: u16::MAX,
            },
            Address::Inet6 {
                ip: Ipv6Addr::LOCALHOST,
                port: 1,
                flowinfo: 0xf_ffff,
                scope_id: u32::MAX,
            },
            unix(b""),
            unix(b"/tmp/x"),
            unix(&[b'p'; 107]),
            unix(b"\0"),
            unix(b"\0with\0nul"),
            unix(&[0; 108]),
            Address::Other {
                family: 40,
                data: Box::new([9; 126]),
            },
            Address::Other {
                family: 40,
                data: Box::new([]),
            },
        ];
        for address in addresses {
            assert_eq!(decode(&encode(&address)?), address);
        }
        Ok(())
    }

    #[test]
    fn names_without_room_are_refused() {
        // CPython's limits: a path keeps a byte for its NUL, an abstract name does not.
        assert_eq!(bytes(&unix(&[b'p'; UNIX_CAPACITY])), Err(Errno::NAMETOOLONG));
        assert_eq!(bytes(&unix(&[0; UNIX_CAPACITY + 1])), Err(Errno::NAMETOOLONG));
        let other = |family, length| Address::Other {
            family,
            data: vec![0; length].into(),
        };
        assert_eq!(bytes(&other(40, 127)), Err(Errno::NAMETOOLONG));
        assert_eq!(bytes(&other(-1, 2)), Err(Errno::AFNOSUPPORT));
        assert_eq!(bytes(&other(0x10000, 2)), Err(Errno::AFNOSUPPORT));
        assert_eq!(bytes(&Address::None), Err(Errno::AFNOSUPPORT));
    }

    #[test]
    fn a_path_ends_at_its_nul() {
        let head = bytes(&unix(b"")).unwrap_or_default();
        let path = [&head[..], b"/x\0rubbish"].concat();
        assert_eq!(decode_bytes(&path), unix(b"/x"));
        // A kernel may fill sun_path to its last byte, without a NUL.
        let full = [&head[..], &[b'p'; UNIX_CAPACITY]].concat();
        assert_eq!(decode_bytes(&full), unix(&[b'p'; UNIX_CAPACITY]));
    }

    #[test]
    fn bytes_of_any_length_are_an_address() {
        for family in 0..=u8::MAX {
            for fill in [0, b'x', 0xff] {
                let mut whole = [fill; CAPACITY + 8];
                let offset = offset_of!(libc::sockaddr, sa_family);
                let number = libc::sa_family_t::from(family).to_ne_bytes();
                whole[offset..offset + number.len()].copy_from_slice(&number);
                for length in 0..=whole.len() {
                    let address = decode_bytes(&whole[..length]);
                    assert_eq!(address == Address::None, length < DATA);
                    assert_eq!(family_of(&address).is_some(), length >= DATA);
                }
            }
        }
    }

    #[test]
    fn fields_that_were_cut_off_count_as_zero() -> Result<()> {
        let whole = bytes(&Address::Inet {
            ip: Ipv4Addr::new(1, 2, 3, 4),
            port: 80,
        })?;
        assert_eq!(
            decode_bytes(&whole[..6]),
            Address::Inet {
                ip: Ipv4Addr::new(1, 2, 0, 0),
                port: 80
            }
        );
        assert_eq!(
            decode_bytes(&whole[..DATA]),
            Address::Inet {
                ip: Ipv4Addr::UNSPECIFIED,
                port: 0
            }
        );
        Ok(())
    }
}
