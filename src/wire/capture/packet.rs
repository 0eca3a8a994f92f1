//! One packet: Ethernet, IP and TCP or UDP around some bytes, with lengths and checksums.

use std::io;
use std::net::{IpAddr, SocketAddr};

use etherparse::{
    EtherType, Ethernet2Header, IpHeaders, IpNumber, Ipv4Header, PacketBuilder, PacketBuilderStep, TcpHeader,
    TcpOptionElement, UdpHeader,
};

/// Most bytes a packet carries: with every header an IP packet still holds them.
pub(super) const MOST: usize = 32 * 1024;
/// Most bytes of a datagram that a packet carries.
pub(super) const MOST_OF_DATAGRAM: usize = 65_535 - 40 - 8;
/// Shift of the window: with it a side may send a gibibyte before an answer.
const SCALE: u8 = 14;

/// What stands over IP.
pub(super) enum Above {
    Tcp {
        flags: Flags,
        sequence: u32,
        answer: u32,
    },
    Udp,
}

/// TCP's flags, as far as they are needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Flags {
    Syn,
    SynAck,
    Ack,
    Push,
    Fin,
    Reset,
}

pub(super) struct Packet<'a> {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    /// Whether it goes to the server, which its Ethernet addresses show.
    pub(super) forth: bool,
    pub(super) above: Above,
    pub(super) data: &'a [u8],
}

impl Packet<'_> {
    /// Its bytes.
    ///
    /// # Errors
    /// There are more of them than fit.
    pub(super) fn build(&self) -> io::Result<Vec<u8>> {
        let ip = ip(self.forth, self.from.ip(), self.to.ip());
        let mut out = Vec::with_capacity(self.data.len() + 100);
        match self.above {
            Above::Udp => {
                let step: PacketBuilderStep<UdpHeader> = ip.udp(self.from.port(), self.to.port());
                step.write(&mut out, self.data).map_err(io::Error::other)?;
            }
            Above::Tcp {
                flags,
                sequence,
                answer,
            } => {
                let mut step: PacketBuilderStep<TcpHeader> =
                    ip.tcp(self.from.port(), self.to.port(), sequence, u16::MAX);
                step = match flags {
                    Flags::Syn => step.syn(),
                    Flags::SynAck => step.syn().ack(answer),
                    Flags::Ack => step.ack(answer),
                    Flags::Push => step.ack(answer).psh(),
                    Flags::Fin => step.ack(answer).fin(),
                    Flags::Reset => step.ack(answer).rst(),
                };
                if matches!(flags, Flags::Syn | Flags::SynAck) {
                    step = step
                        .options(&[TcpOptionElement::Noop, TcpOptionElement::WindowScale(SCALE)])
                        .map_err(|error| io::Error::other(format!("{error:?}")))?;
                }
                step.write(&mut out, self.data).map_err(io::Error::other)?;
            }
        }
        Ok(out)
    }
}

/// The Ethernet addresses a frame goes from and to. They belong to nobody: they are given out locally.
const fn places(forth: bool) -> ([u8; 6], [u8; 6]) {
    let (near, far) = ([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
    if forth { (near, far) } else { (far, near) }
}

/// The headers of Ethernet and IP.
fn ip(forth: bool, from: IpAddr, to: IpAddr) -> PacketBuilderStep<IpHeaders> {
    let (source, target) = places(forth);
    let ethernet = PacketBuilder::ethernet2(source, target);
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => ethernet.ipv4(from.octets(), to.octets(), 64),
        (from, to) => ethernet.ipv6(octets(from), octets(to), 64),
    }
}

/// A frame around what IP carries for a protocol, by its number.
///
/// # Errors
/// There is more of it than fits.
pub(super) fn around(
    forth: bool,
    from: IpAddr,
    to: IpAddr,
    protocol: u8,
    data: &[u8],
) -> io::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(data.len() + 60);
    ip(forth, from, to)
        .write(&mut out, IpNumber(protocol), data)
        .map_err(io::Error::other)?;
    Ok(out)
}

/// A frame around a packet that has its header of IP.
pub(super) fn linked(forth: bool, is_v4: bool, packet: &[u8]) -> Vec<u8> {
    let (source, destination) = places(forth);
    let ether_type = if is_v4 { EtherType::IPV4 } else { EtherType::IPV6 };
    let header = Ethernet2Header {
        source,
        destination,
        ether_type,
    };
    [&header.to_bytes()[..], packet].concat()
}

/// Whether these bytes are a packet of IPv4 with its header.
pub(super) fn is_whole(data: &[u8]) -> bool {
    Ipv4Header::from_slice(data).is_ok_and(|(header, _)| usize::from(header.total_len) == data.len())
}

fn octets(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}
