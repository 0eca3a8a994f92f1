//! What raw sockets carry is a packet already, or all of one but its header: it is written as it is, and only what the kernel
//! adds or takes away is made up.

use std::io;
use std::net::SocketAddr;

use super::packet::{self, MOST_OF_DATAGRAM};
use super::{Capture, Known, Record, Told};

/// `IPPROTO_RAW`: what is sent has its header.
const WITH_HEADER: u8 = 255;
/// Ping sockets are datagram sockets of these protocols, without headers either way.
const PINGS: [u8; 2] = [1, 58];

/// What a socket's bytes are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Raw {
    /// A whole frame: packet sockets.
    Frame,
    /// A frame without its Ethernet header: cooked packet sockets.
    Cooked,
    /// What IP carries, by the protocol's number.
    Above(u8),
}

impl Raw {
    /// What a socket of a family, type and protocol carries; none if it is no raw one.
    pub(super) fn of(family: &str, kind: &str, protocol: Option<i32>) -> Option<Self> {
        match (family, kind) {
            ("AF_PACKET", "SOCK_RAW") => Some(Self::Frame),
            ("AF_PACKET", "SOCK_DGRAM") => Some(Self::Cooked),
            ("AF_INET" | "AF_INET6", kind) => {
                let protocol = u8::try_from(protocol?).ok()?;
                (kind == "SOCK_RAW" || (kind == "SOCK_DGRAM" && PINGS.contains(&protocol)))
                    .then_some(Self::Above(protocol))
            }
            _ => None,
        }
    }

    /// The frame around what was sent or received; none where nobody can know what it is.
    fn frame(
        self,
        data: &[u8],
        sent: bool,
        (from, to): (SocketAddr, SocketAddr),
    ) -> io::Result<Option<Vec<u8>>> {
        Ok(match self {
            Self::Frame => Some(data.to_vec()),
            Self::Cooked => match data.first().map(|first| first >> 4) {
                Some(4) => Some(packet::linked(sent, true, data)),
                Some(6) => Some(packet::linked(sent, false, data)),
                _ => None,
            },
            Self::Above(WITH_HEADER) => Some(packet::linked(sent, from.is_ipv4(), data)),
            // As raw sockets receive it, and send it with IP_HDRINCL.
            Self::Above(_) if from.is_ipv4() && packet::is_whole(data) => {
                Some(packet::linked(sent, true, data))
            }
            Self::Above(protocol) => Some(packet::around(sent, from.ip(), to.ip(), protocol, data)?),
        })
    }
}

impl Capture {
    /// Writes what a raw socket sent or received; false where nobody can know what it is.
    pub(super) fn add_raw(
        &mut self,
        raw: Raw,
        record: &Record<'_>,
        socket: u64,
        known: &Known,
        told: &Told<'_>,
    ) -> io::Result<bool> {
        let data = record.data().map_err(io::Error::other)?;
        let (sent, from, to) = self.way(record, socket, known);
        let data = &data[..data.len().min(MOST_OF_DATAGRAM)];
        match raw.frame(data, sent, (from, to))? {
            Some(frame) => self.write_frame(told, frame).map(|()| true),
            None => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use etherparse::{NetSlice, PacketBuilder, SlicedPacket, TransportSlice};

    use super::*;

    fn ends() -> (SocketAddr, SocketAddr) {
        (([127, 0, 0, 1], 0).into(), ([127, 0, 0, 2], 0).into())
    }

    const PING: [u8; 12] = [8, 0, 0xf7, 0xff, 0, 0, 0, 0, 0, 0, 0, 0];

    #[test]
    fn what_a_raw_socket_sends_gets_the_header_of_its_protocol() -> io::Result<()> {
        let raw = Raw::of("AF_INET", "SOCK_RAW", Some(1)).expect("it is one");
        let frame = raw.frame(&PING, true, ends())?.expect("it is known");
        let packet = SlicedPacket::from_ethernet(&frame).map_err(io::Error::other)?;
        assert!(
            matches!(packet.transport, Some(TransportSlice::Icmpv4(_))),
            "{packet:?}"
        );
        // It is received with that header, and written without a second one.
        let received = raw.frame(&frame[14..], false, ends())?.expect("it is known");
        assert_eq!(received[14..], frame[14..]);
        Ok(())
    }

    #[test]
    fn frames_are_written_as_they_are() -> io::Result<()> {
        let raw = Raw::of("AF_PACKET", "SOCK_RAW", Some(768)).expect("it is one");
        let frame = [1; 60];
        assert_eq!(raw.frame(&frame, true, ends())?, Some(frame.to_vec()));
        let cooked = Raw::of("AF_PACKET", "SOCK_DGRAM", Some(8)).expect("it is one");
        let mut packet = Vec::new();
        PacketBuilder::ipv4([127, 0, 0, 1], [127, 0, 0, 2], 64)
            .udp(1, 2)
            .write(&mut packet, b"x")
            .map_err(io::Error::other)?;
        let frame = cooked.frame(&packet, true, ends())?.expect("it is known");
        let sliced = SlicedPacket::from_ethernet(&frame).map_err(io::Error::other)?;
        assert!(matches!(sliced.net, Some(NetSlice::Ipv4(_))));
        Ok(())
    }

    #[test]
    fn others_are_none() {
        assert_eq!(Raw::of("AF_INET", "SOCK_DGRAM", Some(17)), None);
        assert_eq!(Raw::of("AF_UNIX", "SOCK_RAW", Some(0)), None);
        assert_eq!(Raw::of("AF_INET6", "SOCK_DGRAM", Some(58)), Some(Raw::Above(58)));
    }
}
