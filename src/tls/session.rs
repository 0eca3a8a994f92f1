//! One connection's TLS: records in, plain bytes out, and the other way. It tries each call of the wire once and keeps what it
//! has, so that a call that would have to wait can be made again.
//!
//! Records are handed to rustls one at a time and never one beyond the peer's goodbye: what follows that is plain again and
//! belongs to whoever reads next.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, IoSlice, Read as _, Write as _};

use rustls::pki_types::{IpAddr, Ipv4Addr, ServerName};
use rustls::{ClientConnection, Connection, HandshakeKind, ProtocolVersion, ServerConnection};

use crate::error::{Error, Result};
use crate::sys::errno::{self, Errno};

use super::context::{Context, VerifyMode};
use super::suites::{self, Cipher};
use super::{fault, verify};

/// What records come from and go to: each call tries once.
pub(crate) trait Wire {
    /// Takes bytes; 0 is the end.
    fn recv(&mut self, buffer: &mut [u8]) -> errno::Result<usize>;
    /// Sends some of the parts' bytes.
    fn send(&mut self, parts: &[IoSlice<'_>]) -> errno::Result<usize>;
}

/// How far a handshake has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    Done,
    /// There are records to work on: [`Session::work`].
    Work,
    /// It waits for the peer.
    Read,
    /// It waits for room.
    Write,
}

/// Bytes taken from the wire at once.
const ROOM: usize = 64 * 1024;
/// Bytes encrypted at once.
const LARGEST_PART: usize = 64 * 1024;
/// Bytes of a record's head.
const HEAD: usize = 5;
/// Most bytes a record may have after its head.
const LARGEST_RECORD: usize = 16 * 1024 + 2048;
/// Spare rooms kept.
const SPARE: usize = 4;
/// Sends that can be under way at once, one a task.
const MOST_CLAIMS: usize = 4096;

thread_local! {
    /// Rooms that nobody uses: connections that wait hold none.
    static ROOMS: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// What a failed step leaves in place of a number: the session has the error.
pub(crate) const FAILED: Errno = Errno::IO;

/// One connection's state.
pub(crate) struct Session {
    connection: Connection,
    verifies: bool,
    /// Bytes of the wire that rustls has not seen: `start..end`.
    inbox: Vec<u8>,
    start: usize,
    end: usize,
    /// How the peer's stream begins.
    head: Vec<u8>,
    /// Something of the peer was understood.
    greeted: bool,
    /// The wire has ended.
    ended: bool,
    /// The peer has said goodbye.
    closed: bool,
    /// We have.
    left: bool,
    /// What ended it all: told to every later call.
    failure: Option<Error>,
    /// What only one call failed by.
    complaint: Option<Error>,
    /// Sends whose bytes were taken but had not left: length and fingerprint.
    claims: VecDeque<(usize, u64)>,
}

impl Session {
    /// The client's side of a connection to `name`, which is not told where it is none.
    ///
    /// # Errors
    /// `SSLError` where the settings allow for no connection.
    pub(crate) fn client(context: &Context, name: Option<&str>) -> Result<Self> {
        let nobody = || ServerName::IpAddress(IpAddr::V4(Ipv4Addr::from([0; 4])));
        let name = match name {
            None => nobody(),
            Some(name) => match ServerName::try_from(name.to_owned()) {
                Ok(name) => name,
                Err(_) if !context.check_hostname() => nobody(),
                Err(_) => return Err(Error::value(format!("server_hostname '{name}' is no host name"))),
            },
        };
        let connection = ClientConnection::new(context.client_config()?, name)
            .map_err(|error| fault::other(&error.to_string()))?;
        Ok(Self::new(connection.into(), context))
    }

    /// The server's side.
    ///
    /// # Errors
    /// As [`Self::client`].
    pub(crate) fn server(context: &Context) -> Result<Self> {
        let connection = ServerConnection::new(context.server_config()?)
            .map_err(|error| fault::other(&error.to_string()))?;
        Ok(Self::new(connection.into(), context))
    }

    fn new(mut connection: Connection, context: &Context) -> Self {
        // What is taken is bounded here, a part at a time.
        connection.set_buffer_limit(None);
        Self {
            connection,
            verifies: context.verify_mode() != VerifyMode::None,
            inbox: Vec::new(),
            start: 0,
            end: 0,
            head: Vec::new(),
            greeted: false,
            ended: false,
            closed: false,
            left: false,
            failure: None,
            complaint: None,
            claims: VecDeque::new(),
        }
    }

    fn is_server(&self) -> bool {
        matches!(self.connection, Connection::Server(_))
    }

    /// Whether the two sides have yet to agree.
    pub(crate) fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    /// The error behind a step that failed with [`FAILED`].
    pub(crate) fn failure(&mut self) -> Option<Error> {
        self.complaint.take().or_else(|| self.failure.clone())
    }

    fn fail<T>(&mut self, error: Error) -> errno::Result<T> {
        self.failure.get_or_insert(error);
        Err(FAILED)
    }

    fn check(&self) -> errno::Result<()> {
        if self.failure.is_some() {
            Err(FAILED)
        } else {
            Ok(())
        }
    }

    /// Goes on with the handshake as far as the wire allows, without the work of it.
    pub(crate) fn handshake(&mut self, wire: &mut dyn Wire) -> errno::Result<Step> {
        self.check()?;
        loop {
            match self.flush(wire) {
                Ok(()) => {}
                Err(Errno::AGAIN) => return Ok(Step::Write),
                Err(errno) => return Err(errno),
            }
            if !self.is_handshaking() {
                return Ok(Step::Done);
            }
            if self.record().is_some() {
                return Ok(Step::Work);
            }
            if self.ended {
                return self.fail(fault::ended());
            }
            match self.fill(wire, ROOM) {
                Ok(()) => {}
                Err(Errno::AGAIN) => return Ok(Step::Read),
                Err(errno) => return Err(errno),
            }
        }
    }

    /// Works on one record of the handshake: this is where the time goes. An alert that follows is sent, if there is room.
    pub(crate) fn work(&mut self, wire: &mut dyn Wire) -> errno::Result<()> {
        let worked = self.feed();
        if worked.is_err() {
            let _ = self.flush(wire);
        }
        worked.map(drop)
    }

    /// Receives plain bytes; 0 is the end that the peer told of.
    pub(crate) fn read(&mut self, wire: &mut dyn Wire, out: &mut [u8]) -> errno::Result<usize> {
        // What is owed (an answer to a change of keys) goes out on the way; what does not fit does with the next call.
        if self.failure.is_none() && self.connection.wants_write() {
            let _ = self.flush(wire);
        }
        let mut got = 0;
        loop {
            match self.connection.reader().read(&mut out[got..]) {
                Ok(count) => got += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => self.ended = true,
            }
            if got == out.len() {
                return Ok(got);
            }
            let fed = if self.failure.is_some() {
                Err(FAILED)
            } else {
                self.feed()
            };
            match fed {
                Ok(true) => continue,
                Ok(false) => {}
                // What came before the failure is read first.
                Err(errno) => return if got > 0 { Ok(got) } else { Err(errno) },
            }
            if got > 0 || self.closed {
                return Ok(got);
            }
            if self.ended {
                // Only this direction has ended: what goes out may still.
                self.complaint = Some(fault::ended());
                return Err(FAILED);
            }
            self.fill(wire, out.len() + LARGEST_RECORD)?;
        }
    }

    /// Sends plain bytes; returns how many were taken, once they have all left.
    ///
    /// Bytes that were encrypted cannot be taken back. Where they do not leave at once the call is to be made again with the
    /// same bytes, which are known again by then; as in OpenSSL, a call that gave up has sent nothing if its bytes are sent
    /// again later.
    pub(crate) fn write(&mut self, wire: &mut dyn Wire, data: &[u8]) -> errno::Result<usize> {
        self.check()?;
        if self.left {
            return self.fail(fault::reason("PROTOCOL_IS_SHUTDOWN", "protocol is shutdown"));
        }
        self.flush(wire)?;
        if let Some(count) = self.reclaim(data) {
            return Ok(count);
        }
        let part = &data[..data.len().min(LARGEST_PART)];
        if part.is_empty() {
            return Ok(0);
        }
        let count = match self.connection.writer().write(part) {
            Ok(count) => count,
            Err(error) => return self.fail(fault::other(&error.to_string())),
        };
        match self.flush(wire) {
            Ok(()) => Ok(count),
            Err(errno) => {
                if errno == Errno::AGAIN || errno == Errno::INTR {
                    self.claims.truncate(MOST_CLAIMS - 1);
                    self.claims.push_back((count, fingerprint(&part[..count])));
                }
                Err(errno)
            }
        }
    }

    /// Whether these bytes begin with some that were taken before: how many.
    fn reclaim(&mut self, data: &[u8]) -> Option<usize> {
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

    /// Says goodbye; that is sent by the next flush.
    pub(crate) fn leave(&mut self) {
        if !self.left && self.failure.is_none() {
            self.left = true;
            self.connection.send_close_notify();
        }
    }

    /// Says goodbye and waits for the peer's.
    pub(crate) fn unwrap(&mut self, wire: &mut dyn Wire) -> errno::Result<Step> {
        self.check()?;
        if self.is_handshaking() {
            return self.fail(fault::reason("SHUTDOWN_WHILE_IN_INIT", "shutdown while in init"));
        }
        self.leave();
        match self.flush(wire) {
            Ok(()) => {}
            Err(Errno::AGAIN) => return Ok(Step::Write),
            Err(errno) => return Err(errno),
        }
        loop {
            if self.pending() > 0 {
                return self.fail(
                    fault::reason(
                        "APPLICATION_DATA_AFTER_CLOSE_NOTIFY",
                        "application data after close notify",
                    )
                    .because("the peer has sent more, which was not read before unwrap".to_owned()),
                );
            }
            if self.closed {
                return Ok(Step::Done);
            }
            if self.feed()? {
                continue;
            }
            if self.ended {
                return self.fail(fault::ended());
            }
            match self.fill(wire, LARGEST_RECORD) {
                Ok(()) => {}
                Err(Errno::AGAIN) => return Ok(Step::Read),
                Err(errno) => return Err(errno),
            }
        }
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
    fn record(&self) -> Option<usize> {
        let bytes = &self.inbox[self.start..self.end];
        let head = bytes.get(..HEAD)?;
        let length = usize::from(u16::from_be_bytes([head[3], head[4]]));
        if !(20..=24).contains(&head[0]) || head[1] != 3 || length > LARGEST_RECORD {
            return Some(bytes.len());
        }
        (bytes.len() >= HEAD + length).then_some(HEAD + length)
    }

    /// Hands the next record to rustls; false where there is none.
    fn feed(&mut self) -> errno::Result<bool> {
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
    fn fill(&mut self, wire: &mut dyn Wire, wanted: usize) -> errno::Result<()> {
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
    fn settle(&mut self) {
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

    /// Python's `version()`.
    pub(crate) fn version(&self) -> Option<&'static str> {
        match self.connection.protocol_version()? {
            ProtocolVersion::TLSv1_3 => Some("TLSv1.3"),
            ProtocolVersion::TLSv1_2 => Some("TLSv1.2"),
            _ => None,
        }
        .filter(|_| !self.is_handshaking())
    }

    /// Python's `cipher()`.
    pub(crate) fn cipher(&self) -> Option<Cipher> {
        self.connection.negotiated_cipher_suite().map(suites::cipher)
    }

    /// The application protocol that was agreed on.
    pub(crate) fn alpn(&self) -> Option<Vec<u8>> {
        self.connection.alpn_protocol().map(<[u8]>::to_vec)
    }

    /// The peer's certificate, and whether it was looked at.
    pub(crate) fn peer_certificate(&self) -> Option<(Vec<u8>, bool)> {
        let first = self.connection.peer_certificates()?.first()?;
        Some((first.to_vec(), self.verifies))
    }

    /// Whether an earlier session was taken up again.
    pub(crate) fn is_resumed(&self) -> bool {
        self.connection.handshake_kind() == Some(HandshakeKind::Resumed)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        (self.start, self.end) = (0, 0);
        self.settle();
    }
}

/// The wire as rustls writes to it.
struct Outlet<'a>(&'a mut dyn Wire);

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
fn fingerprint(data: &[u8]) -> u64 {
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
