//! The wire's side of a session: bytes that came and are no whole record yet, records handed to rustls, records that are due.

use std::cell::RefCell;
use std::io::{self, IoSlice};

use crate::sys::errno::{self, Errno};

use super::session::{Session, Wire};
use super::{fault, verify};

/// Bytes taken from the wire at once.
pub(super) const ROOM: usize = 64 * 1024;
/// Bytes of a record's head.
const HEAD: usize = 5;
/// Most bytes a record may have after its head.
pub(super) const LARGEST_RECORD: usize = 16 * 1024 + 2048;
/// Spare rooms kept.
const SPARE: usize = 4;

thread_local! {
    /// Rooms that nobody uses: connections that wait hold none.
    static ROOMS: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

impl Session {
    /// Whether these bytes begin with some that were taken before: how many.
    pub(super) fn reclaim(&mut self, data: &[u8]) -> Option<usize> {
        let place = self
            .claims
            .iter()
            .position(|(count, print)| *count <= data.len() && fingerprint(&data[..*count]) == *print)?;
        self.claims.remove(place).map(|(count, _)| count)
    }

    /// Sends the records that are due.
    pub(crate) fn flush(&mut self, wire: &mut dyn Wire) -> errno::Result<()> {
        while self.connection.wants_write() {
            match self.connection.write_tls(&mut Outlet(wire)) {
                Ok(0) => return Err(Errno::PIPE),
                Ok(_) => {}
                Err(error) => return Err(Errno::from(error)),
            }
        }
        Ok(())
    }

    /// The plain bytes that followed the end of TLS.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let rest = self.inbox[self.start..self.end].to_vec();
        self.settle();
        rest
    }

    /// Plain bytes that can be had without the wire.
    pub(crate) fn pending(&mut self) -> usize {
        self.connection
            .process_new_packets()
            .map_or(0, |state| state.plaintext_bytes_to_read())
    }

    /// The first record of the inbox, if all of it is there. What begins as no record does counts as one: rustls says why not.
    pub(super) fn record(&self) -> Option<usize> {
        let bytes = &self.inbox[self.start..self.end];
        let head = bytes.get(..HEAD)?;
        let length = usize::from(u16::from_be_bytes([head[3], head[4]]));
        if !(20..=24).contains(&head[0]) || head[1] != 3 || length > LARGEST_RECORD {
            return Some(bytes.len());
        }
        (bytes.len() >= HEAD + length).then_some(HEAD + length)
    }

    /// Hands the next record to rustls; false where there is none.
    pub(super) fn feed(&mut self) -> errno::Result<bool> {
        if self.closed {
            return Ok(false);
        }
        let Some(length) = self.record() else {
            return Ok(false);
        };
        let mut record = &self.inbox[self.start..self.start + length];
        if !self.greeted && self.head.is_empty() {
            self.head = record[..record.len().min(HEAD)].to_vec();
        }
        while !record.is_empty() {
            match self.connection.read_tls(&mut record) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => return self.fail(fault::other(&error.to_string())),
            }
        }
        self.start += length;
        match self.connection.process_new_packets() {
            Ok(state) => {
                self.greeted = true;
                self.closed = state.peer_has_closed();
                Ok(true)
            }
            Err(error) => {
                let found = verify::take_finding();
                let server = self.is_server();
                let error = match found {
                    Some(found) if matches!(error, rustls::Error::InvalidCertificate(_)) => found,
                    _ => fault::of(&error, !self.greeted, &self.head, server),
                };
                self.fail(error)
            }
        }
    }

    /// Takes bytes from the wire, up to about as many as are wanted.
    pub(super) fn fill(&mut self, wire: &mut dyn Wire, wanted: usize) -> errno::Result<()> {
        let held = self.end - self.start;
        if self.inbox.len() < ROOM {
            let mut room = ROOMS.with_borrow_mut(Vec::pop).unwrap_or_else(|| vec![0; ROOM]);
            room[..held].copy_from_slice(&self.inbox[self.start..self.end]);
            self.inbox = room;
        } else {
            self.inbox.copy_within(self.start..self.end, 0);
        }
        (self.start, self.end) = (0, held);
        let limit = ROOM.min(held + wanted.max(HEAD));
        match wire.recv(&mut self.inbox[held..limit]) {
            Ok(0) => {
                self.ended = true;
                self.settle();
                Ok(())
            }
            Ok(count) => {
                self.end += count.min(limit - held);
                Ok(())
            }
            Err(errno) => {
                self.settle();
                Err(errno)
            }
        }
    }

    /// It waits from here, perhaps for long: the room goes to others, what is half there stays.
    pub(super) fn settle(&mut self) {
        if self.inbox.len() == ROOM {
            let kept = self.inbox[self.start..self.end].to_vec();
            let room = std::mem::replace(&mut self.inbox, kept);
            (self.start, self.end) = (0, self.inbox.len());
            ROOMS.with_borrow_mut(|rooms| {
                if rooms.len() < SPARE {
                    rooms.push(room);
                }
            });
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        (self.start, self.end) = (0, 0);
        self.settle();
    }
}

/// The wire as rustls writes to it.
pub(super) struct Outlet<'a>(&'a mut dyn Wire);

impl io::Write for Outlet<'_> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        Ok(self.0.send(&[IoSlice::new(data)])?)
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        Ok(self.0.send(parts)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A number by which bytes are known again, four words at a time.
pub(super) fn fingerprint(data: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |state: u64, word: u64| (state ^ word).wrapping_mul(FACTOR).rotate_left(29);
    let word = |bytes: &[u8]| {
        let mut eight = [0; 8];
        eight[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(eight)
    };
    let mut lanes = [1_u64, 2, 3, 4];
    let blocks = data.chunks_exact(32);
    let rest = blocks.remainder();
    for block in blocks {
        for (lane, bytes) in lanes.iter_mut().zip(block.chunks_exact(8)) {
            *lane = mix(*lane, word(bytes));
        }
    }
    let tail = rest
        .chunks(8)
        .fold(data.len() as u64, |state, bytes| mix(state, word(bytes)));
    lanes.into_iter().fold(tail, mix)
}
