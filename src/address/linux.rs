//! The families only Linux has: their names and the text Python prints for them.

use std::fmt;

use crate::text;

/// A network interface: what the kernel counts it as, and its name when the address was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Interface {
    /// Its index; 0 stands for every interface.
    pub index: u32,
    /// Its name; empty where there is none.
    pub name: Box<[u8]>,
}

/// `AF_PACKET`: Python's `(ifname, proto, pkttype, hatype, addr)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PacketName {
    /// The interface.
    pub interface: Interface,
    /// The Ethernet protocol, in host order.
    pub protocol: u16,
    /// Whom a packet was for, `PACKET_*`.
    pub pkttype: u8,
    /// The ARP hardware type.
    pub hatype: u16,
    /// The hardware address.
    pub address: Box<[u8]>,
}

/// What an `AF_CAN` address says besides the interface; that depends on the socket's protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CanName {
    /// `CAN_RAW` and `CAN_BCM`: nothing. Python's `(interface,)`.
    Raw,
    /// `CAN_ISOTP`: Python's `(interface, rx_addr, tx_addr)`.
    Isotp {
        /// The identifier of frames received.
        rx: u32,
        /// The identifier of frames sent.
        tx: u32,
    },
    /// `CAN_J1939`: Python's `(interface, name, pgn, addr)`.
    J1939 {
        /// The NAME of the control unit, 0 for none.
        name: u64,
        /// The parameter group number.
        pgn: u32,
        /// The address on the bus, 255 for none.
        address: u8,
    },
}

/// `AF_TIPC`: Python's `(addr_type, v1, v2, v3, scope)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TipcName {
    /// What is named.
    pub target: TipcTarget,
    /// How far the name reaches, `TIPC_*_SCOPE`.
    pub scope: i8,
}

/// What an `AF_TIPC` address names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TipcTarget {
    /// `TIPC_ADDR_NAMESEQ`: a range of a service's instances.
    Range {
        /// The service's type.
        service: u32,
        /// The first instance.
        lower: u32,
        /// The last instance.
        upper: u32,
    },
    /// `TIPC_ADDR_NAME`: one instance of a service.
    Service {
        /// The service's type.
        service: u32,
        /// The instance.
        instance: u32,
    },
    /// `TIPC_ADDR_ID`: one socket.
    Socket {
        /// Its node.
        node: u32,
        /// Its number there.
        reference: u32,
    },
}

/// `AF_ALG`: Python's `(type, name, feat, mask)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AlgName {
    /// `hash`, `skcipher`, `aead`, `rng`: at most 13 bytes.
    pub kind: Box<[u8]>,
    /// The algorithm, as `/proc/crypto` names it: at most 63 bytes.
    pub name: Box<[u8]>,
    /// Bits of features asked for.
    pub feat: u32,
    /// Bits of features that matter.
    pub mask: u32,
}

impl TipcTarget {
    /// The `TIPC_ADDR_*` number of its form.
    #[must_use]
    pub fn kind(self) -> u8 {
        match self {
            Self::Range { .. } => 1,
            Self::Service { .. } => 2,
            Self::Socket { .. } => 3,
        }
    }

    /// Python's `v1`, `v2` and `v3`.
    #[must_use]
    pub fn values(self) -> [u32; 3] {
        match self {
            Self::Range {
                service,
                lower,
                upper,
            } => [service, lower, upper],
            Self::Service { service, instance } => [service, instance, instance],
            Self::Socket { node, reference } => [node, reference, 0],
        }
    }
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::path_repr(&self.name))
    }
}

impl fmt::Display for PacketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            interface,
            protocol,
            pkttype,
            hatype,
            address,
        } = self;
        let address = text::bytes_repr(address);
        write!(f, "({interface}, {protocol}, {pkttype}, {hatype}, {address})")
    }
}

impl CanName {
    /// Prints the address with its interface.
    pub(super) fn print(&self, interface: &Interface, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raw => write!(f, "({interface},)"),
            Self::Isotp { rx, tx } => write!(f, "({interface}, {rx}, {tx})"),
            Self::J1939 { name, pgn, address } => write!(f, "({interface}, {name}, {pgn}, {address})"),
        }
    }
}

impl fmt::Display for TipcName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [v1, v2, v3] = self.target.values();
        // C's signed char, printed as unsigned.
        let scope = i32::from(self.scope).cast_unsigned();
        write!(f, "({}, {v1}, {v2}, {v3}, {scope})", self.target.kind())
    }
}

impl fmt::Display for AlgName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, name) = (text::path_repr(&self.kind), text::path_repr(&self.name));
        write!(f, "({kind}, {name}, {}, {})", self.feat, self.mask)
    }
}
