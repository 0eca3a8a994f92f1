//! Streams: connections, whose bytes are counted so that each is written once, however many of its two ends are in the trace.
//!
//! Each direction has two readings of how far it has come, the sender's and the receiver's. Whichever reading is ahead of
//! what was written brings bytes that are new; the other, catching up, brings none. So it does not matter which end is seen,
//! nor in which order two threads told what they did.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;

use crate::sys::errno::Errno;

use super::names::is_empty;
use super::packet::{Above, Flags, MOST, Packet};
use super::{Capture, Kind, Known, Name, Record, Told};

/// Bytes one way after which the other side is made to answer.
const UNANSWERED: usize = 256 * 1024;
/// Connections that are over and kept for the case that their other end turns up.
const KEPT: usize = 4096;

/// Which end of a connection: the client is 0.
type Side = usize;

/// The connections of a trace.
#[derive(Default)]
pub(super) struct Streams {
    flows: HashMap<u64, Flow>,
    made: u64,
    of_socket: HashMap<u64, (u64, Side)>,
    /// By the addresses of client and server.
    by_ends: HashMap<[SocketAddr; 2], u64>,
    /// Connections to a name whose other end was not seen yet: those of clients that have no name.
    unaccepted: HashMap<Name, VecDeque<u64>>,
    over: VecDeque<u64>,
}

struct Flow {
    ends: [SocketAddr; 2],
    sides: [End; 2],
    reset: bool,
}

/// One end, and the bytes it sends.
#[derive(Default)]
struct End {
    sequence: u32,
    written: u64,
    /// How far the sender says it has come.
    told: u64,
    /// How far the receiver says it has.
    heard: u64,
    unanswered: usize,
    /// Sockets on it; a duplicate is one more.
    sockets: u32,
    /// There was one.
    seen: bool,
    finished: bool,
}

impl Streams {
    fn add(&mut self, ends: [SocketAddr; 2]) -> u64 {
        self.made += 1;
        self.by_ends.insert(ends, self.made);
        let flow = Flow {
            ends,
            sides: Default::default(),
            reset: false,
        };
        self.flows.insert(self.made, flow);
        self.made
    }

    fn join(&mut self, socket: u64, flow: u64, side: Side) {
        if let Some(found) = self.flows.get_mut(&flow) {
            found.sides[side].sockets += 1;
            found.sides[side].seen = true;
            self.of_socket.insert(socket, (flow, side));
        }
    }

    /// A connection between these two of which this side has not been seen.
    fn awaited(&self, ends: [SocketAddr; 2], side: Side) -> Option<u64> {
        let flow = *self.by_ends.get(&ends)?;
        let found = self.flows.get(&flow)?;
        (!found.sides[side].seen && !found.reset).then_some(flow)
    }

    fn close(&mut self, flow: u64) {
        self.over.push_back(flow);
        if self.over.len() > KEPT
            && let Some(old) = self.over.pop_front()
            && let Some(gone) = self.flows.remove(&old)
            && self.by_ends.get(&gone.ends) == Some(&old)
        {
            self.by_ends.remove(&gone.ends);
        }
    }
}

impl Capture {
    pub(super) fn add_to_stream(
        &mut self,
        record: &Record<'_>,
        socket: u64,
        known: &Known,
        told: &Told<'_>,
    ) -> io::Result<()> {
        match record.event {
            Kind::Pair => self.pair(record, socket, known, told),
            Kind::Connect | Kind::Accept | Kind::Ends => self.connect(record, socket, known, told),
            Kind::Sent | Kind::Received => {
                if !self.streams.of_socket.contains_key(&socket) {
                    self.connect(record, socket, known, told)?;
                }
                self.move_bytes(record, socket, told)
            }
            Kind::Shutdown if record.how.as_deref() != Some("SHUT_RD") => match self.side(socket) {
                Some((flow, side)) => self.finish(flow, side, told),
                None => Ok(()),
            },
            Kind::Error => self.fail(record, socket, known, told),
            Kind::Close => self.close(socket, told),
            _ => Ok(()),
        }
    }

    fn side(&self, socket: u64) -> Option<(u64, Side)> {
        self.streams.of_socket.get(&socket).copied()
    }

    fn pair(&mut self, record: &Record<'_>, socket: u64, known: &Known, told: &Told<'_>) -> io::Result<()> {
        let (one, other) = self.ends(known, socket, None);
        let flow = self.streams.add([one, other]);
        self.streams.join(socket, flow, 0);
        if let Some(other) = record.other {
            self.streams.join(other, flow, 1);
        }
        self.shake_hands(flow, told)
    }

    /// A socket takes its place at an end: of a connection whose other end is known, or of a new one.
    fn connect(
        &mut self,
        record: &Record<'_>,
        socket: u64,
        known: &Known,
        told: &Told<'_>,
    ) -> io::Result<()> {
        if self.side(socket).is_some() {
            return Ok(());
        }
        let (local, peer) = self.ends(known, socket, None);
        let named = |name: Option<&Name>| name.is_some_and(|name| !is_empty(name));
        let is_accepted = record.event == Kind::Accept;
        if named(known.local.as_ref()) && named(known.peer.as_ref()) {
            let sides: &[Side] = match record.event {
                Kind::Connect => &[0],
                Kind::Accept => &[1],
                _ => &[1, 0],
            };
            for side in sides {
                let ends = if *side == 0 { [local, peer] } else { [peer, local] };
                if let Some(flow) = self.streams.awaited(ends, *side) {
                    self.streams.join(socket, flow, *side);
                    return Ok(());
                }
            }
            // One that came in otherwise, as a duplicate does.
            for (side, ends) in [[local, peer], [peer, local]].into_iter().enumerate() {
                if record.event == Kind::Ends
                    && let Some(flow) = self.streams.by_ends.get(&ends).copied()
                {
                    self.streams.join(socket, flow, side);
                    return Ok(());
                }
            }
        } else if is_accepted
            && record
                .peer_process
                .is_some_and(|process| u32::try_from(process) == Ok(self.own_process))
            && let Some(name) = &known.local
            && let Some(flow) = self
                .streams
                .unaccepted
                .get_mut(name)
                .and_then(VecDeque::pop_front)
        {
            self.streams.join(socket, flow, 1);
            return Ok(());
        }
        let (ends, side) = if is_accepted {
            ([peer, local], 1)
        } else {
            ([local, peer], 0)
        };
        let flow = self.streams.add(ends);
        if side == 0
            && !named(known.local.as_ref())
            && let Some(name) = &known.peer
        {
            let waiting = self.streams.unaccepted.entry(name.clone()).or_default();
            waiting.push_back(flow);
            if waiting.len() > KEPT {
                waiting.pop_front();
            }
        }
        self.streams.join(socket, flow, side);
        self.shake_hands(flow, told)
    }

    fn move_bytes(&mut self, record: &Record<'_>, socket: u64, told: &Told<'_>) -> io::Result<()> {
        let Some((flow, side)) = self.side(socket) else {
            return Ok(());
        };
        if record.peeked {
            return Ok(());
        }
        let data = record.data().map_err(io::Error::other)?;
        let sent = record.event == Kind::Sent;
        let sender = if sent { side } else { 1 - side };
        if data.is_empty() {
            return if sent {
                Ok(())
            } else {
                self.finish(flow, sender, told)
            };
        }
        let Some(found) = self.streams.flows.get_mut(&flow) else {
            return Ok(());
        };
        let end = &mut found.sides[sender];
        let reading = if sent { &mut end.told } else { &mut end.heard };
        *reading += data.len() as u64;
        let fresh = usize::try_from(reading.saturating_sub(end.written)).unwrap_or(0);
        if fresh == 0 || end.finished || found.reset {
            return Ok(());
        }
        end.written += fresh as u64;
        for part in data[data.len() - fresh.min(data.len())..].chunks(MOST) {
            self.put(flow, sender, Flags::Push, part, told)?;
        }
        Ok(())
    }

    /// A packet of a connection.
    fn put(&mut self, flow: u64, sender: Side, flags: Flags, data: &[u8], told: &Told<'_>) -> io::Result<()> {
        let Some(found) = self.streams.flows.get_mut(&flow) else {
            return Ok(());
        };
        let answer = found.sides[1 - sender].sequence;
        let end = &mut found.sides[sender];
        let sequence = end.sequence;
        let counted = u32::from(matches!(flags, Flags::Syn | Flags::SynAck | Flags::Fin));
        // A part is smaller than a packet.
        let length = u32::try_from(data.len()).unwrap_or(0);
        end.sequence = sequence.wrapping_add(length).wrapping_add(counted);
        end.unanswered += data.len();
        let is_owed = end.unanswered > UNANSWERED;
        found.sides[1 - sender].unanswered = 0;
        let packet = Packet {
            from: found.ends[sender],
            to: found.ends[1 - sender],
            forth: sender == 0,
            above: Above::Tcp {
                flags,
                sequence,
                answer,
            },
            data,
        };
        self.write(told, &packet)?;
        if is_owed {
            self.put(flow, 1 - sender, Flags::Ack, &[], told)?;
        }
        Ok(())
    }

    fn shake_hands(&mut self, flow: u64, told: &Told<'_>) -> io::Result<()> {
        self.put(flow, 0, Flags::Syn, &[], told)?;
        self.put(flow, 1, Flags::SynAck, &[], told)?;
        self.put(flow, 0, Flags::Ack, &[], told)
    }

    /// A side sends nothing more.
    fn finish(&mut self, flow: u64, side: Side, told: &Told<'_>) -> io::Result<()> {
        match self.streams.flows.get_mut(&flow) {
            Some(found) if !found.sides[side].finished && !found.reset => {
                found.sides[side].finished = true;
            }
            _ => return Ok(()),
        }
        self.put(flow, side, Flags::Fin, &[], told)
    }

    fn close(&mut self, socket: u64, told: &Told<'_>) -> io::Result<()> {
        let Some((flow, side)) = self.streams.of_socket.remove(&socket) else {
            return Ok(());
        };
        let Some(found) = self.streams.flows.get_mut(&flow) else {
            return Ok(());
        };
        found.sides[side].sockets = found.sides[side].sockets.saturating_sub(1);
        if found.sides[side].sockets > 0 {
            return Ok(());
        }
        let is_over = found.sides[1 - side].sockets == 0;
        self.finish(flow, side, told)?;
        if is_over {
            self.streams.close(flow);
        }
        Ok(())
    }

    /// A refused connect is a packet and its answer; a connection that broke was reset by the other side.
    fn fail(&mut self, record: &Record<'_>, socket: u64, known: &Known, told: &Told<'_>) -> io::Result<()> {
        let errno = record.errno.map(Errno);
        if let Some((flow, side)) = self.side(socket) {
            if matches!(errno, Some(Errno::CONNRESET | Errno::PIPE)) {
                match self.streams.flows.get_mut(&flow) {
                    Some(found) if !found.reset && !found.sides[1 - side].seen => found.reset = true,
                    _ => return Ok(()),
                }
                return self.put(flow, 1 - side, Flags::Reset, &[], told);
            }
            return Ok(());
        }
        let is_refused = errno == Some(Errno::CONNREFUSED);
        if record.op.as_deref() != Some("connect") || !(is_refused || errno == Some(Errno::TIMEDOUT)) {
            return Ok(());
        }
        let ends = self.ends(known, socket, record.peer.as_ref());
        let flow = self.streams.add([ends.0, ends.1]);
        self.put(flow, 0, Flags::Syn, &[], told)?;
        if is_refused {
            self.put(flow, 1, Flags::Reset, &[], told)?;
        }
        self.streams.close(flow);
        Ok(())
    }
}
