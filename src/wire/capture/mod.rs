//! A trace as packets: pcapng, which Wireshark and tshark open.
//!
//! What sockets did is known and what travelled is not, so the packets are made up around the bytes: Ethernet, IP, TCP or
//! UDP with addresses and ports as the sockets had them, sequence numbers and checksums that are right, a handshake where a
//! connection begins and FIN or RST where it ends (`packet`). What raw sockets carry is written as it is (`raw`). Each says in a comment which line of which script it
//! comes from. Where both ends of a connection are in the trace each byte is written once (`stream`, `datagram`). What is
//! no IP has addresses made for it (`names`). `docs/trace.md` tells users what to make of them.

mod datagram;
mod names;
mod packet;
mod raw;
mod stream;

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::{DataLink, PcapError};

use super::trace::{Header, Kind, Name, Record};
use datagram::Datagrams;
use names::Names;
use raw::Raw;
use stream::Streams;

/// Makes packets of records, one after the other, into a buffer that is emptied by [`Capture::take`].
pub(crate) struct Capture {
    writer: PcapNgWriter<Vec<u8>>,
    started: Duration,
    own_process: u32,
    sockets: HashMap<u64, Known>,
    names: Names,
    streams: Streams,
    datagrams: Datagrams,
}

/// What is known of a socket.
#[derive(Clone, Default)]
struct Known {
    family: String,
    is_stream: bool,
    raw: Option<Raw>,
    local: Option<Name>,
    peer: Option<Name>,
    pair: Option<u64>,
}

/// A packet that is to be written: which way it goes and what it says of itself.
struct Told<'a> {
    ns: u64,
    comment: &'a str,
}

impl Capture {
    /// A capture that begins as a trace does.
    ///
    /// # Errors
    /// None that a buffer in memory could have.
    pub(crate) fn begin(header: &Header) -> io::Result<Self> {
        let section = SectionHeaderBlock {
            options: vec![
                SectionHeaderOption::Comment(
                    "What a script's sockets did, as packets: bytes, addresses and times are real, headers are made up"
                        .into(),
                ),
                SectionHeaderOption::UserApplication(format!("wirescript {}", header.version).into()),
            ],
            ..SectionHeaderBlock::default()
        };
        let mut writer = PcapNgWriter::with_section_header(Vec::new(), section).map_err(failed)?;
        writer
            .write_pcapng_block(InterfaceDescriptionBlock {
                linktype: DataLink::ETHERNET,
                snaplen: 0,
                options: vec![
                    InterfaceDescriptionOption::IfName("wirescript".into()),
                    // The block's own times are in nanoseconds.
                    InterfaceDescriptionOption::IfTsResol(9),
                ],
            })
            .map_err(failed)?;
        Ok(Self {
            writer,
            started: Duration::from_nanos(header.started_ns),
            own_process: header.process,
            sockets: HashMap::new(),
            names: Names::default(),
            streams: Streams::default(),
            datagrams: Datagrams::default(),
        })
    }

    /// What has been written since the last time.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(self.writer.get_mut())
    }

    /// Writes the packets of a record, if it has any.
    ///
    /// # Errors
    /// Bytes in the record are not what they should be.
    pub(crate) fn add(&mut self, record: &Record<'_>) -> io::Result<()> {
        let Some(socket) = record.socket else {
            return Ok(());
        };
        match record.event {
            Kind::Open => {
                let family = record.family.as_deref().unwrap_or_default();
                let kind = record.type_.as_deref().unwrap_or_default();
                let known = Known {
                    family: family.to_owned(),
                    is_stream: kind == "SOCK_STREAM",
                    raw: Raw::of(family, kind, record.protocol),
                    ..Known::default()
                };
                self.sockets.insert(socket, known);
                return Ok(());
            }
            Kind::Pair => {
                let Some(other) = record.other else { return Ok(()) };
                for (one, other) in [(socket, other), (other, socket)] {
                    if let Some(known) = self.sockets.get_mut(&one) {
                        known.pair = Some(other);
                    }
                }
            }
            Kind::Bind | Kind::Connect | Kind::Accept | Kind::Ends => {
                if let Some(known) = self.sockets.get_mut(&socket) {
                    if record.local.is_some() {
                        known.local.clone_from(&record.local);
                    }
                    if record.peer.is_some() {
                        known.peer.clone_from(&record.peer);
                    }
                }
            }
            Kind::Sent | Kind::Received | Kind::Shutdown | Kind::Close | Kind::Error => {}
            Kind::Task | Kind::Listen | Kind::Option | Kind::Done | Kind::Refused => return Ok(()),
        }
        let Some(known) = self.sockets.get(&socket).cloned() else {
            return Ok(());
        };
        let comment = comment(record);
        let told = Told {
            ns: record.ns,
            comment: &comment,
        };
        if known.is_stream {
            self.add_to_stream(record, socket, &known, &told)?;
        } else if record.is_message() && !record.peeked {
            let is_written = match known.raw {
                Some(raw) => self.add_raw(raw, record, socket, &known, &told)?,
                None => false,
            };
            if !is_written {
                self.add_datagram(record, socket, &known, &told)?;
            }
        }
        if record.event == Kind::Close {
            self.sockets.remove(&socket);
        }
        Ok(())
    }

    fn write(&mut self, told: &Told<'_>, packet: &packet::Packet<'_>) -> io::Result<()> {
        self.write_frame(told, packet.build()?)
    }

    fn write_frame(&mut self, told: &Told<'_>, data: Vec<u8>) -> io::Result<()> {
        let length = u32::try_from(data.len()).map_err(io::Error::other)?;
        self.writer
            .write_pcapng_block(EnhancedPacketBlock {
                interface_id: 0,
                timestamp: self.started + Duration::from_nanos(told.ns),
                original_len: length,
                data: Cow::Owned(data),
                options: vec![EnhancedPacketOption::Comment(told.comment.into())],
            })
            .map_err(failed)?;
        Ok(())
    }

    /// Whether a message was sent, and from where to where it went.
    fn way(&mut self, record: &Record<'_>, socket: u64, known: &Known) -> (bool, SocketAddr, SocketAddr) {
        let sent = record.event == Kind::Sent;
        let far = if sent {
            record.to.as_ref()
        } else {
            record.from.as_ref()
        };
        let (local, peer) = self.ends(known, socket, far);
        if sent {
            (sent, local, peer)
        } else {
            (sent, peer, local)
        }
    }

    /// The two ends of a flow as packets show them, seen from a socket.
    fn ends(&mut self, known: &Known, socket: u64, peer: Option<&Name>) -> (SocketAddr, SocketAddr) {
        let peer = peer.or(known.peer.as_ref());
        let other = known
            .pair
            .map_or_else(|| "?".to_owned(), |other| format!("socket {other}"));
        let peer = match peer {
            Some(name) if !names::is_empty(name) => self.names.of(&known.family, name),
            _ => self.names.of(&known.family, &Name::Other(other)),
        };
        let local = match &known.local {
            Some(name) if !names::is_empty(name) => self.names.of(&known.family, name),
            _ => self
                .names
                .of(&known.family, &Name::Other(format!("socket {socket}"))),
        };
        names::alike(local, peer)
    }
}

/// What a packet says of itself: `echo.lua:12, task 1: fd 5 > b'hello'`.
fn comment(record: &Record<'_>) -> String {
    let mut out = String::new();
    if let Some(process) = record.process {
        out.push_str(&format!("process {process}, "));
    }
    if let Some(at) = &record.at {
        out.push_str(at);
        out.push_str(", ");
    }
    if let Some(worker) = &record.worker {
        out.push_str(worker);
        out.push_str(", ");
    }
    if let Some(task) = record.task {
        out.push_str(&format!("task {task}: "));
    }
    out.push_str(&super::trace::describe(record));
    out
}

fn failed(error: PcapError) -> io::Error {
    match error {
        PcapError::IoError(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

impl std::fmt::Debug for Capture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Capture({} sockets)", self.sockets.len())
    }
}
