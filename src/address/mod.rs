//! [`Address`]: the name of a socket, of any family, and the text Python prints for it. Pure data, no system
//! call: `crate::sys::sockaddr` turns it into `struct sockaddr_*` and back. What has more than two parts has a type of
//! its own: in `linux` for the families only Linux has, in `bluetooth`.

mod bluetooth;
mod linux;
mod numeric;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

pub use bluetooth::{BadDeviceAddress, BluetoothName, DeviceAddress};
pub use linux::{AlgName, CanName, Interface, PacketName, TipcName, TipcTarget};
pub(crate) use numeric::numeric_ipv4;

use crate::text;

/// The address of a socket, of any family.
///
/// It prints as Python prints the same address: `('127.0.0.1', 80)`, `('::1', 80, 0, 0)`, `'/tmp/x'`,
/// `b'\x00name'`, `None`.
///
/// ```
/// use std::net::SocketAddr;
/// use wirescript::address::Address;
///
/// let address = Address::from("[::1]:80".parse::<SocketAddr>().unwrap());
/// assert_eq!(address.to_string(), "('::1', 80, 0, 0)");
/// assert_eq!((address.port(), address.host().as_deref()), (Some(80), Some("::1")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Address {
    /// `AF_INET`: Python's `(host, port)`.
    Inet {
        /// The host.
        ip: Ipv4Addr,
        /// The port, in host order.
        port: u16,
    },
    /// `AF_INET6`: Python's `(host, port, flowinfo, scope_id)`.
    Inet6 {
        /// The host.
        ip: Ipv6Addr,
        /// The port, in host order.
        port: u16,
        /// Traffic class and flow label, in host order as Python shows it.
        flowinfo: u32,
        /// The index of the interface a link-local address belongs to; 0 for none.
        scope_id: u32,
    },
    /// `AF_UNIX`: Python's path or bytes.
    Unix(UnixName),
    /// `AF_NETLINK`: Python's `(pid, groups)`.
    Netlink {
        /// The socket's number, often the process's; 0 is the kernel.
        pid: u32,
        /// Bits of the multicast groups.
        groups: u32,
    },
    /// `AF_PACKET`: Python's `(ifname, proto, pkttype, hatype, addr)`.
    Packet(Box<PacketName>),
    /// `AF_VSOCK`: Python's `(cid, port)`.
    Vsock {
        /// The machine.
        cid: u32,
        /// The port.
        port: u32,
    },
    /// `AF_CAN`: Python's `(interface,)`, and more for some protocols.
    Can {
        /// The interface.
        interface: Interface,
        /// What else the protocol has.
        name: CanName,
    },
    /// `AF_TIPC`: Python's `(addr_type, v1, v2, v3, scope)`.
    Tipc(TipcName),
    /// `AF_ALG`: Python's `(type, name, feat, mask)`.
    Alg(Box<AlgName>),
    /// `AF_QIPCRTR`: Python's `(node, port)`.
    Qipcrtr {
        /// The node.
        node: u32,
        /// The port.
        port: u32,
    },
    /// `AF_BLUETOOTH`, in the form of the protocol.
    Bluetooth(BluetoothName),
    /// No address was given: Python's `None`, as from `recvfrom` on a connected stream.
    None,
    /// A family with no text form of its own: Python's `(family, bytes)`.
    Other {
        /// The `AF_*` number.
        family: i32,
        /// What stands after `sa_family`.
        data: Box<[u8]>,
    },
}

/// The name of a Unix socket.
///
/// ```
/// use wirescript::address::{Address, UnixName};
///
/// let path = Address::Unix(UnixName::Path(Box::from(*b"/run/app.sock")));
/// assert_eq!(path.to_string(), "'/run/app.sock'");
/// let name = Address::Unix(UnixName::Abstract(Box::from(*b"app")));
/// assert_eq!(name.to_string(), r"b'\x00app'");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UnixName {
    /// Not bound to any name. Binding to it lets Linux choose an abstract name.
    Unnamed,
    /// A file, without the closing NUL.
    Path(Box<[u8]>),
    /// A Linux abstract name, without the leading NUL.
    Abstract(Box<[u8]>),
}

impl Address {
    /// The port, of a family that has one.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        match self {
            Self::Inet { port, .. } | Self::Inet6 { port, .. } => Some(*port),
            _ => None,
        }
    }

    /// The host, of a family that has one.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Inet { ip, .. } => Some(IpAddr::V4(*ip)),
            Self::Inet6 { ip, .. } => Some(IpAddr::V6(*ip)),
            _ => None,
        }
    }

    /// The host as `inet_ntop` writes it, of a family that has one.
    #[must_use]
    pub fn host(&self) -> Option<String> {
        match self {
            Self::Inet { ip, .. } => Some(inet4_text(*ip)),
            Self::Inet6 { ip, .. } => Some(inet6_text(ip)),
            _ => None,
        }
    }

    /// Whether it is a name as Linux makes them up for Unix sockets that have none: five hexadecimal digits.
    pub(crate) fn is_named_by_kernel(&self) -> bool {
        matches!(self, Self::Unix(UnixName::Abstract(name))
            if name.len() == 5 && name.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
    }
}

/// As `to_string`, in a tenth of the time: every connection that is accepted has its peer's.
fn inet4_text(ip: Ipv4Addr) -> String {
    const LONGEST: usize = 15;
    let mut text = String::with_capacity(LONGEST);
    let digit = |number: u8| char::from(b'0' + number % 10);
    for (place, octet) in ip.octets().into_iter().enumerate() {
        if place > 0 {
            text.push('.');
        }
        if octet >= 100 {
            text.push(digit(octet / 100));
        }
        if octet >= 10 {
            text.push(digit(octet / 10));
        }
        text.push(digit(octet));
    }
    text
}

/// The IPv6 address as C's `inet_ntop` writes it. Rust differs for one range: `::1.2.3.4` against
/// `::102:304`.
pub(crate) fn inet6_text(ip: &Ipv6Addr) -> String {
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => {
            let [.., a, b, c, d] = ip.octets();
            format!("::{}", Ipv4Addr::new(a, b, c, d))
        }
        _ => ip.to_string(),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet { ip, port } => write!(f, "('{ip}', {port})"),
            Self::Inet6 {
                ip,
                port,
                flowinfo,
                scope_id,
            } => {
                write!(f, "('{}', {port}, {flowinfo}, {scope_id})", inet6_text(ip))
            }
            Self::Unix(name) => name.fmt(f),
            Self::Netlink { pid: a, groups: b }
            | Self::Vsock { cid: a, port: b }
            | Self::Qipcrtr { node: a, port: b } => write!(f, "({a}, {b})"),
            Self::Packet(name) => name.fmt(f),
            Self::Can { interface, name } => name.print(interface, f),
            Self::Tipc(name) => name.fmt(f),
            Self::Alg(name) => name.fmt(f),
            Self::Bluetooth(name) => name.fmt(f),
            Self::None => f.write_str("None"),
            Self::Other { family, data } => {
                write!(f, "({family}, {})", text::bytes_repr(&generic_data(data)))
            }
        }
    }
}

/// The data of a family with no text form, in the 14 bytes C's `struct sockaddr` has for it: what Python shows.
pub(crate) fn generic_data(data: &[u8]) -> [u8; 14] {
    let mut shown = [0; 14];
    for (to, from) in shown.iter_mut().zip(data) {
        *to = *from;
    }
    shown
}

impl UnixName {
    /// Reads a name as Python does: bytes with a leading NUL are abstract, none at all is the unnamed socket.
    #[must_use]
    pub fn new(name: &[u8]) -> Self {
        match name {
            [] => Self::Unnamed,
            [0, rest @ ..] => Self::Abstract(rest.into()),
            path => Self::Path(path.into()),
        }
    }

    /// The name as Python's bytes: an abstract one with its leading NUL.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Unnamed => Vec::new(),
            Self::Path(path) => path.to_vec(),
            Self::Abstract(name) => [b"\0", name.as_ref()].concat(),
        }
    }
}

impl fmt::Display for UnixName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.to_bytes();
        f.write_str(&match self {
            Self::Abstract(_) => text::bytes_repr(&bytes),
            Self::Unnamed | Self::Path(_) => text::path_repr(&bytes),
        })
    }
}

impl From<SocketAddrV4> for Address {
    fn from(address: SocketAddrV4) -> Self {
        Self::Inet {
            ip: *address.ip(),
            port: address.port(),
        }
    }
}

impl From<SocketAddrV6> for Address {
    fn from(address: SocketAddrV6) -> Self {
        Self::Inet6 {
            ip: *address.ip(),
            port: address.port(),
            flowinfo: address.flowinfo(),
            scope_id: address.scope_id(),
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        match address {
            SocketAddr::V4(address) => address.into(),
            SocketAddr::V6(address) => address.into(),
        }
    }
}
