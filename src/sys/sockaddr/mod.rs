//! [`Address`] to the bytes of `struct sockaddr_*` and back.
//!
//! Everything goes through plain bytes at the offsets C gives the fields (`draft`), so reading is total: a kernel's
//! answer of any length, with any family in it, becomes an address and never a panic. `linux` has the families only
//! Linux has, `bluetooth` the forms of that one.

#[cfg(linux)]
mod bluetooth;
mod draft;
#[cfg(all(test, linux))]
mod family_tests;
#[cfg(linux)]
mod linux;
#[cfg(test)]
mod tests;

use std::mem::offset_of;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::BorrowedFd;

use socket2::SockAddr;

use super::errno::{Errno, Result};
#[cfg(linux)]
use super::flag;
use crate::address::{Address, UnixName};
use draft::{Draft, bytes_of, family_in, field};

/// The room any address has: `sizeof(struct sockaddr_storage)`.
pub(crate) const CAPACITY: usize = size_of::<libc::sockaddr_storage>();

/// Where the data of a family begins: `offsetof(struct sockaddr, sa_data)`.
const DATA: usize = offset_of!(libc::sockaddr, sa_data);
/// The longest Unix name: `sizeof(sun_path)`.
const UNIX_CAPACITY: usize = size_of::<libc::sockaddr_un>() - offset_of!(libc::sockaddr_un, sun_path);

/// The `struct sockaddr_*` of an address. EAFNOSUPPORT for [`Address::None`], a family that is no number
/// of the kernel's or one this platform has not; ENAMETOOLONG for a name that has no room (Python's `AF_UNIX path too
/// long`).
pub(crate) fn encode(address: &Address) -> Result<SockAddr> {
    let family = family_of(address).ok_or(Errno::AFNOSUPPORT)?;
    let mut draft = match address {
        Address::Inet { ip, port } => {
            let mut draft = Draft::new(size_of::<libc::sockaddr_in>());
            draft.put(offset_of!(libc::sockaddr_in, sin_port), &port.to_be_bytes())?;
            draft.put(offset_of!(libc::sockaddr_in, sin_addr), &ip.octets())?;
            draft
        }
        Address::Inet6 {
            ip,
            port,
            flowinfo,
            scope_id,
        } => {
            let mut draft = Draft::new(size_of::<libc::sockaddr_in6>());
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
            draft
        }
        Address::Unix(name) => unix(name)?,
        Address::Other { data, .. } => {
            let mut draft = Draft::new(DATA + data.len());
            draft.put(DATA, data)?;
            draft
        }
        #[cfg(linux)]
        Address::Netlink { pid, groups } => linux::netlink(*pid, *groups)?,
        #[cfg(linux)]
        Address::Packet(name) => linux::packet(name)?,
        #[cfg(linux)]
        Address::Vsock { cid, port } => linux::vsock(*cid, *port)?,
        #[cfg(linux)]
        Address::Can { interface, name } => linux::can(interface, name)?,
        #[cfg(linux)]
        Address::Tipc(name) => linux::tipc(name)?,
        #[cfg(linux)]
        Address::Alg(name) => linux::alg(name)?,
        #[cfg(linux)]
        Address::Qipcrtr { node, port } => linux::qipcrtr(*node, *port)?,
        #[cfg(linux)]
        Address::Bluetooth(name) => bluetooth::encode(name)?,
        #[cfg_attr(
            linux,
            allow(unreachable_patterns, reason = "elsewhere it is the families above")
        )]
        _ => return Err(Errno::AFNOSUPPORT),
    };
    draft.family(family)?;
    draft.finish()
}

/// The address a kernel's answer stands for.
pub(crate) fn decode(address: &SockAddr) -> Address {
    decode_bytes(bytes_of(address))
}

/// The address that the bytes of a `struct sockaddr_*` stand for; bytes that are missing count as zero, and
/// none at all, not even a family, is [`Address::None`]. What only the socket can tell more of stays
/// [`Address::Other`] until [`of_socket`].
pub(crate) fn decode_bytes(bytes: &[u8]) -> Address {
    let Some(family) = family_in(bytes) else {
        return Address::None;
    };
    let known = match family {
        libc::AF_INET => Some(Address::Inet {
            ip: Ipv4Addr::from(field(bytes, offset_of!(libc::sockaddr_in, sin_addr))),
            port: u16::from_be_bytes(field(bytes, offset_of!(libc::sockaddr_in, sin_port))),
        }),
        libc::AF_INET6 => Some(Address::Inet6 {
            ip: Ipv6Addr::from(field::<16>(bytes, offset_of!(libc::sockaddr_in6, sin6_addr))),
            port: u16::from_be_bytes(field(bytes, offset_of!(libc::sockaddr_in6, sin6_port))),
            flowinfo: u32::from_be_bytes(field(bytes, offset_of!(libc::sockaddr_in6, sin6_flowinfo))),
            scope_id: u32::from_ne_bytes(field(bytes, offset_of!(libc::sockaddr_in6, sin6_scope_id))),
        }),
        libc::AF_UNIX => Some(Address::Unix(unix_name(bytes.get(DATA..).unwrap_or_default()))),
        #[cfg(linux)]
        flag::AF_NETLINK => {
            let (pid, groups) = linux::pair_in(bytes);
            Some(Address::Netlink { pid, groups })
        }
        #[cfg(linux)]
        flag::AF_VSOCK => {
            let (port, cid) = linux::pair_in(bytes);
            Some(Address::Vsock { cid, port })
        }
        #[cfg(linux)]
        flag::AF_QIPCRTR => {
            let (node, port) = linux::pair_in(bytes);
            Some(Address::Qipcrtr { node, port })
        }
        #[cfg(linux)]
        flag::AF_TIPC => linux::tipc_in(bytes),
        #[cfg(linux)]
        flag::AF_ALG => Some(linux::alg_in(bytes)),
        _ => None,
    };
    known.unwrap_or_else(|| Address::Other {
        family,
        data: bytes.get(DATA..).unwrap_or_default().into(),
    })
}

/// An address as the socket that gave it reads it: the interface of an `AF_PACKET` or `AF_CAN` address has its name in
/// the socket's network, and the form of an `AF_CAN` or `AF_BLUETOOTH` address is that of the socket's protocol.
pub(crate) fn of_socket(address: Address, socket: BorrowedFd<'_>, protocol: i32) -> Address {
    let Address::Other { family, data } = &address else {
        return address;
    };
    let mut bytes = vec![0; DATA];
    bytes.extend_from_slice(data);
    let known = match *family {
        #[cfg(linux)]
        flag::AF_PACKET => Some(linux::packet_in(&bytes, socket)),
        #[cfg(linux)]
        flag::AF_CAN => Some(linux::can_in(&bytes, socket, protocol)),
        #[cfg(linux)]
        flag::AF_BLUETOOTH => bluetooth::decode(&bytes, protocol),
        _ => {
            #[cfg(not(linux))]
            let _ = (socket, protocol);
            None
        }
    };
    known.unwrap_or(address)
}

/// The family number of an address; `None` for [`Address::None`] and families this platform has not.
pub(crate) fn family_of(address: &Address) -> Option<i32> {
    match address {
        Address::Inet { .. } => Some(libc::AF_INET),
        Address::Inet6 { .. } => Some(libc::AF_INET6),
        Address::Unix(_) => Some(libc::AF_UNIX),
        Address::Other { family, .. } => Some(*family),
        #[cfg(linux)]
        Address::Netlink { .. } => Some(flag::AF_NETLINK),
        #[cfg(linux)]
        Address::Packet(_) => Some(flag::AF_PACKET),
        #[cfg(linux)]
        Address::Vsock { .. } => Some(flag::AF_VSOCK),
        #[cfg(linux)]
        Address::Can { .. } => Some(flag::AF_CAN),
        #[cfg(linux)]
        Address::Tipc(_) => Some(flag::AF_TIPC),
        #[cfg(linux)]
        Address::Alg(_) => Some(flag::AF_ALG),
        #[cfg(linux)]
        Address::Qipcrtr { .. } => Some(flag::AF_QIPCRTR),
        #[cfg(linux)]
        Address::Bluetooth(_) => Some(flag::AF_BLUETOOTH),
        _ => None,
    }
}

/// Writes a Unix name. As in CPython a path needs room for its NUL (107 bytes on Linux) and an abstract
/// name does not.
fn unix(name: &UnixName) -> Result<Draft> {
    let path = offset_of!(libc::sockaddr_un, sun_path);
    let (value, closing) = match name {
        UnixName::Unnamed => (Vec::new(), 0),
        UnixName::Path(_) => (name.to_bytes(), 1),
        UnixName::Abstract(_) => (name.to_bytes(), 0),
    };
    if value.len() + closing > UNIX_CAPACITY {
        return Err(Errno::NAMETOOLONG);
    }
    let mut draft = Draft::new(path + value.len() + closing);
    draft.put(path, &value)?;
    Ok(draft)
}

/// The name in `sun_path`: abstract with every byte that was counted, or a path up to its NUL.
fn unix_name(path: &[u8]) -> UnixName {
    match path {
        [] => UnixName::Unnamed,
        [0, rest @ ..] if cfg!(linux) => UnixName::Abstract(rest.into()),
        _ => UnixName::new(path.split(|&byte| byte == 0).next().unwrap_or_default()),
    }
}
