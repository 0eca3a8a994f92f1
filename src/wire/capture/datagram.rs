//! Datagrams: each is a packet of UDP, and one whose sending and receiving are both in the trace is written once.
//!
//! Whichever of the two comes first writes it, and the other finds it written: ports and bytes are the same. Where
//! several sockets receive what was sent once, to a group, each further one is a packet of its own.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use super::packet::{Above, MOST_OF_DATAGRAM, Packet};
use super::{Capture, Known, Record, Told};

/// How long the other half of a datagram is waited for, in nanoseconds of the trace.
const PATIENCE: u64 = 10_000_000_000;

/// Datagrams of which one half was seen.
#[derive(Default)]
pub(super) struct Datagrams {
    /// How many more of each were sent (or, below zero, received).
    open: HashMap<u64, i32>,
    order: VecDeque<(u64, u64)>,
}

impl Datagrams {
    /// Whether the other half has been seen, and so the datagram written.
    fn is_written(&mut self, mark: u64, sent: bool, ns: u64) -> bool {
        while let Some((at, old)) = self.order.front().copied()
            && at + PATIENCE < ns
        {
            self.order.pop_front();
            self.open.remove(&old);
        }
        let step = if sent { 1 } else { -1 };
        let count = self.open.entry(mark).or_insert(0);
        let written = *count * step < 0;
        *count += step;
        if *count == 0 {
            self.open.remove(&mark);
        } else if !written {
            self.order.push_back((ns, mark));
        }
        written
    }
}

impl Capture {
    pub(super) fn add_datagram(
        &mut self,
        record: &Record<'_>,
        socket: u64,
        known: &Known,
        told: &Told<'_>,
    ) -> io::Result<()> {
        let data = record.data().map_err(io::Error::other)?;
        let (sent, from, to) = self.way(record, socket, known);
        let mut hasher = DefaultHasher::new();
        // Of IP the ports are enough: who is bound to no address is another at each end.
        match known.family.as_str() {
            "AF_INET" | "AF_INET6" => (from.port(), to.port()).hash(&mut hasher),
            _ => to.hash(&mut hasher),
        }
        data.hash(&mut hasher);
        if self.datagrams.is_written(hasher.finish(), sent, record.ns) {
            return Ok(());
        }
        self.write(
            told,
            &Packet {
                from,
                to,
                forth: sent,
                above: Above::Udp,
                data: &data[..data.len().min(MOST_OF_DATAGRAM)],
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_half_is_known_whichever_comes_first() {
        let mut all = Datagrams::default();
        assert!(!all.is_written(7, true, 0));
        assert!(!all.is_written(7, true, 1));
        assert!(all.is_written(7, false, 2));
        assert!(all.is_written(7, false, 3));
        assert!(!all.is_written(7, false, 4));
        assert!(all.is_written(7, true, 5));
        assert!(!all.is_written(8, true, 6));
        // Nobody waits for ever, and nothing is kept for ever.
        assert!(!all.is_written(9, true, PATIENCE * 2));
        assert!(!all.is_written(8, false, PATIENCE * 2));
    }
}
