//! The wire's side of a session: bytes that came and are no whole record yet, records handed to rustls, records that are due.
//!
//! Both boxes are as large as a session ever needs them and belong to it only while they hold something: connections that wait
//! have none.

use std::cell::RefCell;
use std::collections::VecDeque;

use crate::sys::errno::{self, Errno};

use super::machine::{Next, Outcome};
use super::session::{Session, Wire};
use super::{fault, verify};

/// Bytes taken from the wire at once.
pub(super) const ROOM: usize = 66 * 1024;
/// Bytes of a record's head.
const HEAD: usize = 5;
/// Most bytes a record may have after its head.
pub(super) const LARGEST_RECORD: usize = 16 * 1024 + 2048;
/// Spare rooms kept.
const SPARE: usize = 8;

thread_local! {
    /// Rooms that nobody uses.
    static ROOMS: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

fn take_room() -> Vec<u8> {
    let spare = ROOMS.try_with(|rooms| rooms.borrow_mut().pop());
    spare.ok().flatten().unwrap_or_else(|| vec![0; ROOM])
}

/// Takes back what was a room, if it is one.
fn give_room(room: Vec<u8>) {
    if room.len() == ROOM {
        // Where the thread ends there is nobody to keep it for.
        let _ = ROOMS.try_with(|rooms| {
            let mut rooms = rooms.borrow_mut();
            if rooms.len() < SPARE {
                rooms.push(room);
            }
        });
    }
}

/// The bytes a stream begins with, as many as a record's head has.
#[derive(Clone, Copy, Default)]
pub(super) struct Head {
    bytes: [u8; HEAD],
    length: usize,
}

impl Head {
    fn take(&mut self, bytes: &[u8]) {
        self.length = bytes.len().min(HEAD);
        self.bytes[..self.length].copy_from_slice(&bytes[..self.length]);
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Bytes of the wire that rustls has not done with.
#[derive(Default)]
pub(super) struct Inbox {
    bytes: Vec<u8>,
    /// `start..end` of them are there.
    start: usize,
    end: usize,
    /// So many of those were handed to rustls: a message that goes on in the next record.
    handed: usize,
}

impl Inbox {
    /// What was handed to rustls and is still here.
    pub(super) fn offered(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..self.start + self.handed]
    }

    /// The first record that was not handed over, if all of it is there: its length. What begins as no record does counts as
    /// one: rustls says why not.
    pub(super) fn record(&self) -> Option<usize> {
        let bytes = &self.bytes[self.start + self.handed..self.end];
        let head = bytes.get(..HEAD)?;
        let length = usize::from(u16::from_be_bytes([head[3], head[4]]));
        if !(20..=24).contains(&head[0]) || head[1] != 3 || length > LARGEST_RECORD {
            return Some(bytes.len());
        }
        (bytes.len() >= HEAD + length).then_some(HEAD + length)
    }

    /// So many bytes are done with.
    fn discard(&mut self, count: usize) {
        self.start += count;
        self.handed -= count;
    }

    /// Room for `wanted` more bytes, as far as there can be: none is left where a message in many records is larger than any
    /// may be.
    fn room(&mut self, wanted: usize) -> &mut [u8] {
        let held = self.end - self.start;
        if self.bytes.len() < ROOM {
            let mut room = take_room();
            room[..held].copy_from_slice(&self.bytes[self.start..self.end]);
            self.bytes = room;
        } else {
            self.bytes.copy_within(self.start..self.end, 0);
        }
        (self.start, self.end) = (0, held);
        let limit = ROOM.min(held + wanted.max(HEAD));
        &mut self.bytes[held..limit]
    }

    /// Nothing comes for a while: the room goes to others, what is half there stays.
    pub(super) fn settle(&mut self) {
        if self.bytes.len() == ROOM {
            let kept = self.bytes[self.start..self.end].to_vec();
            give_room(std::mem::replace(&mut self.bytes, kept));
            (self.start, self.end) = (0, self.bytes.len());
        }
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        give_room(std::mem::take(&mut self.bytes));
    }
}

/// Records that are due to the peer.
#[derive(Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    /// `start..end` of them have not left.
    start: usize,
    end: usize,
}

impl Outbox {
    fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// So many bytes have left.
    fn sent(&mut self, count: usize) {
        self.start += count;
        if self.is_empty() {
            give_room(std::mem::take(&mut self.bytes));
            (self.start, self.end) = (0, 0);
        }
    }
}

impl Outcome for Outbox {
    fn plain(&mut self, _: &[u8]) {}

    fn room(&mut self, length: usize) -> &mut [u8] {
        if self.bytes.is_empty() {
            self.bytes = take_room();
        }
        if self.bytes.len() - self.end < length.max(HEAD) {
            self.bytes.resize(self.end + length.max(ROOM), 0);
        }
        &mut self.bytes[self.end..]
    }

    fn filled(&mut self, length: usize) {
        self.end += length;
        self.sent(0);
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        give_room(std::mem::take(&mut self.bytes));
    }
}

/// Where the plain bytes of a record go: to who asked, and what is more is kept.
struct Taker<'a> {
    out: &'a mut [u8],
    got: usize,
    kept: &'a mut VecDeque<u8>,
    outbox: &'a mut Outbox,
}

impl Outcome for Taker<'_> {
    fn plain(&mut self, data: &[u8]) {
        let room = &mut self.out[self.got..];
        let (now, later) = data.split_at(data.len().min(room.len()));
        room[..now.len()].copy_from_slice(now);
        self.got += now.len();
        self.kept.extend(later);
    }

    fn room(&mut self, length: usize) -> &mut [u8] {
        self.outbox.room(length)
    }

    fn filled(&mut self, length: usize) {
        self.outbox.filled(length);
    }
}

impl Session {
    /// Sends the records that are due.
    pub(crate) fn flush(&mut self, wire: &mut dyn Wire) -> errno::Result<()> {
        while !self.outbox.is_empty() {
            match wire.send(&self.outbox.bytes[self.outbox.start..self.outbox.end])? {
                0 => return Err(Errno::PIPE),
                count => self.outbox.sent(count),
            }
        }
        Ok(())
    }

    /// The plain bytes that followed the end of TLS.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        self.inbox.bytes[self.inbox.start..self.inbox.end].to_vec()
    }

    /// Plain bytes that can be had without the wire.
    pub(crate) fn pending(&mut self) -> usize {
        self.plain.len()
    }

    /// Whether something came that a read would find without the wire: plain bytes, or a record that has yet to be decrypted.
    pub(crate) fn holds_input(&self) -> bool {
        !self.plain.is_empty() || !self.closed && self.inbox.record().is_some()
    }

    /// Takes of the plain bytes that are kept.
    pub(super) fn take_plain(&mut self, out: &mut [u8]) -> usize {
        let count = self.plain.len().min(out.len());
        let (first, second) = self.plain.as_slices();
        let split = first.len().min(count);
        out[..split].copy_from_slice(&first[..split]);
        out[split..count].copy_from_slice(&second[..count - split]);
        self.plain.drain(..count);
        if self.plain.is_empty() {
            self.plain = VecDeque::new();
        }
        count
    }

    /// Hands the next record to rustls; none where there is none. Its plain bytes go to `out`, as far as they fit: how many.
    pub(super) fn feed(&mut self, out: &mut [u8]) -> errno::Result<Option<usize>> {
        if self.closed {
            return Ok(None);
        }
        let Some(length) = self.inbox.record() else {
            return Ok(None);
        };
        if !self.greeted && self.head.length == 0 {
            let begin = self.inbox.start;
            self.head.take(&self.inbox.bytes[begin..begin + length.min(HEAD)]);
        }
        self.inbox.handed += length;
        let got = self.drive(out)?;
        self.greeted = true;
        Ok(Some(got))
    }

    /// Has rustls do all there is to do about what it was handed.
    pub(super) fn drive(&mut self, out: &mut [u8]) -> errno::Result<usize> {
        let mut taker = Taker {
            out,
            got: 0,
            kept: &mut self.plain,
            outbox: &mut self.outbox,
        };
        let error = loop {
            let turn = self.machine.turn(self.inbox.offered(), &mut taker);
            self.inbox.discard(turn.used);
            match turn.next {
                Ok(Next::More) => {}
                Ok(Next::Closed) => self.closed = true,
                Ok(Next::Rest) => return Ok(taker.got),
                Err(error) => break error,
            }
        };
        // The alert that tells the peer. More must not be asked of a machine that has failed.
        while self.machine.wants_write() {
            let turn = self.machine.turn(self.inbox.offered(), &mut taker);
            self.inbox.discard(turn.used);
            if turn.next.is_err() {
                break;
            }
        }
        let found = verify::take_finding();
        let server = self.is_server();
        let error = match found {
            Some(found) if matches!(error, rustls::Error::InvalidCertificate(_)) => found,
            _ => fault::of(&error, !self.greeted, self.head.bytes(), server),
        };
        self.fail(error)
    }

    /// Takes bytes from the wire, up to about as many as are wanted.
    pub(super) fn fill(&mut self, wire: &mut dyn Wire, wanted: usize) -> errno::Result<()> {
        let room = self.inbox.room(wanted);
        let most = room.len();
        if most == 0 {
            return self.fail(fault::reason("EXCESSIVE_MESSAGE_SIZE", "excessive message size"));
        }
        match wire.recv(room) {
            Ok(0) => {
                self.ended = true;
                self.inbox.settle();
                Ok(())
            }
            Ok(count) => {
                self.inbox.end += count.min(most);
                Ok(())
            }
            Err(errno) => {
                self.inbox.settle();
                Err(errno)
            }
        }
    }
}
