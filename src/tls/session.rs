//! One connection's TLS: records in, plain bytes out, and the other way. It tries each call of the wire once and keeps what it
//! has, so that a call that would have to wait can be made again.
//!
//! Records are handed to rustls (`machine`) one at a time and never one beyond the peer's goodbye: what follows that is plain
//! again and belongs to whoever reads next.

use std::collections::VecDeque;

use rustls::ProtocolVersion;
use rustls::pki_types::{IpAddr, Ipv4Addr, ServerName};

use crate::error::{Error, Result};
use crate::sys::errno::{self, Errno};

use super::claims::Claims;
use super::context::{Context, VerifyMode};
use super::fault;
use super::machine::Machine;
use super::records::{Head, Inbox, LARGEST_RECORD, Outbox, ROOM};

/// What records come from and go to: each call tries once.
pub(crate) trait Wire {
    /// Takes bytes; 0 is the end.
    fn recv(&mut self, buffer: &mut [u8]) -> errno::Result<usize>;
    /// Sends some of the bytes.
    fn send(&mut self, data: &[u8]) -> errno::Result<usize>;
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

/// Bytes encrypted at once.
const LARGEST_PART: usize = 64 * 1024;

/// What a failed step leaves in place of a number: the session has the error.
pub(crate) const FAILED: Errno = Errno::IO;

/// One connection's state.
pub(crate) struct Session {
    pub(super) machine: Machine,
    pub(super) verifies: bool,
    pub(super) inbox: Inbox,
    pub(super) outbox: Outbox,
    /// Plain bytes that nobody has taken yet.
    pub(super) plain: VecDeque<u8>,
    /// How the peer's stream begins.
    pub(super) head: Head,
    /// Something of the peer was understood.
    pub(super) greeted: bool,
    /// The wire has ended.
    pub(super) ended: bool,
    /// The peer has said goodbye.
    pub(super) closed: bool,
    /// We have.
    pub(super) left: bool,
    /// Tickets for the next time are due, and nothing that anybody waits for: they leave with what is sent next.
    owes_tickets: bool,
    /// What ended it all: told to every later call.
    pub(super) failure: Option<Error>,
    /// What only one call failed by.
    pub(super) complaint: Option<Error>,
    /// Sends whose bytes were taken but had not left.
    claims: Claims,
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
                Err(_) => {
                    return Err(Error::value(format!(
                        "server_hostname {} is no host name",
                        crate::text::str_repr(name)
                    )));
                }
            },
        };
        let machine = Machine::client(context.client_config()?, name)
            .map_err(|error| fault::other(&error.to_string()))?;
        Ok(Self::new(machine, context))
    }

    /// The server's side.
    ///
    /// # Errors
    /// As [`Self::client`].
    pub(crate) fn server(context: &Context) -> Result<Self> {
        let machine =
            Machine::server(context.server_config()?).map_err(|error| fault::other(&error.to_string()))?;
        Ok(Self::new(machine, context))
    }

    fn new(machine: Machine, context: &Context) -> Self {
        Self {
            machine,
            verifies: context.verify_mode() != VerifyMode::None,
            inbox: Inbox::default(),
            outbox: Outbox::default(),
            plain: VecDeque::new(),
            head: Head::default(),
            greeted: false,
            ended: false,
            closed: false,
            left: false,
            owes_tickets: false,
            failure: None,
            complaint: None,
            claims: Claims::default(),
        }
    }

    pub(super) fn is_server(&self) -> bool {
        self.machine.is_server()
    }

    /// Whether the two sides have yet to agree.
    pub(crate) fn is_handshaking(&self) -> bool {
        self.machine.is_handshaking()
    }

    /// The error behind a step that failed with [`FAILED`].
    pub(crate) fn failure(&mut self) -> Option<Error> {
        self.complaint.take().or_else(|| self.failure.clone())
    }

    pub(super) fn fail<T>(&mut self, error: Error) -> errno::Result<T> {
        self.failure.get_or_insert(error);
        Err(FAILED)
    }

    /// After the handshake a lost connection is an end without a goodbye to CPython, whichever way it was lost: a peer that
    /// closes while a server's tickets are unread resets it.
    fn cut(&mut self, errno: Errno) -> Errno {
        if !matches!(errno, Errno::CONNRESET | Errno::PIPE) {
            return errno;
        }
        self.complaint = Some(fault::cut(errno));
        FAILED
    }

    /// A call was out of place: nothing else fails by that.
    fn complain<T>(&mut self, error: Error) -> errno::Result<T> {
        self.complaint = Some(error);
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
        // A client speaks first; what a server says answers something.
        if !self.is_server() {
            self.drive(&mut [])?;
        }
        loop {
            // The peer has asked already: an answer is about to go, and the tickets go with it.
            if self.ends_in_tickets() && !self.is_handshaking() && self.inbox.record().is_some() {
                self.owes_tickets = true;
                return Ok(Step::Done);
            }
            // What came already may have an answer as well, and one packet holds both: of two small ones the kernel keeps the second, and
            // what follows it, until the peer has confirmed the first.
            let answers_more = self.is_handshaking() && self.inbox.record().is_some();
            match if answers_more { Ok(()) } else { self.flush(wire) } {
                Ok(()) => {}
                Err(Errno::AGAIN) => return Ok(Step::Write),
                // What a server sends last, tickets for the next time, concerns nobody whose peer has left.
                Err(Errno::PIPE | Errno::CONNRESET) if !self.is_handshaking() => return Ok(Step::Done),
                // The peer may have said why it left.
                Err(Errno::PIPE | Errno::CONNRESET) if self.hears_more(wire) => {}
                Err(errno) => return Err(errno),
            }
            if !self.is_handshaking() {
                return Ok(Step::Done);
            }
            if self.inbox.record().is_some() {
                if self.ends_in_tickets() {
                    // The last of it takes no time to speak of.
                    self.work(wire)?;
                    continue;
                }
                // It may be a while until then.
                self.inbox.settle();
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

    /// Whether a record came of a peer that takes no more.
    fn hears_more(&mut self, wire: &mut dyn Wire) -> bool {
        !self.ended && self.fill(wire, ROOM).is_ok() && self.inbox.record().is_some()
    }

    /// Whether all that is left of the handshake, for this side, is the peer's last word, and then tickets: a server's in TLS 1.3
    /// that has agreed on keys and asked for no certificate.
    fn ends_in_tickets(&self) -> bool {
        self.is_server()
            && !self.verifies
            && self.machine.protocol_version() == Some(ProtocolVersion::TLSv1_3)
            && self.machine.negotiated_key_exchange_group().is_some()
    }

    /// Works on one record of the handshake: this is where the time goes. An alert that follows is sent, if there is room.
    pub(crate) fn work(&mut self, wire: &mut dyn Wire) -> errno::Result<()> {
        let worked = self.feed(&mut []);
        if worked.is_err() {
            let _ = self.flush(wire);
        }
        worked.map(drop)
    }

    /// Receives plain bytes; 0 is the end that the peer told of.
    pub(crate) fn read(&mut self, wire: &mut dyn Wire, out: &mut [u8]) -> errno::Result<usize> {
        // What is owed (an answer to a change of keys) goes out on the way; what does not fit does with the next call.
        if self.failure.is_none() && !self.owes_tickets {
            let _ = self.flush(wire);
        }
        let mut got = self.take_plain(out);
        loop {
            if got == out.len() {
                return Ok(got);
            }
            let fed = if self.failure.is_some() {
                Err(FAILED)
            } else {
                self.feed(&mut out[got..])
            };
            match fed {
                Ok(Some(count)) => {
                    got += count;
                    continue;
                }
                Ok(None) => {}
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
            if std::mem::take(&mut self.owes_tickets) {
                let _ = self.flush(wire);
            }
            self.fill(wire, out.len() + LARGEST_RECORD)
                .map_err(|errno| self.cut(errno))?;
        }
    }

    /// Sends plain bytes; returns how many were taken, once they have all left.
    ///
    /// Bytes that were encrypted cannot be taken back. Where they do not leave at once the call is to be made again with the
    /// same bytes, which are known again by then; a call that gave up ([`Self::give_up`]) has sent nothing if its bytes are sent
    /// again later, in whatever pieces.
    pub(crate) fn write(&mut self, wire: &mut dyn Wire, data: &[u8]) -> errno::Result<usize> {
        self.check()?;
        if self.left {
            return self.complain(fault::reason("PROTOCOL_IS_SHUTDOWN", "protocol is shutdown"));
        }
        if !std::mem::take(&mut self.owes_tickets) {
            self.flush(wire).map_err(|errno| self.cut(errno))?;
        }
        if let Some(count) = self.claims.reclaim(data) {
            return Ok(count);
        }
        let part = &data[..data.len().min(LARGEST_PART)];
        if part.is_empty() {
            return Ok(0);
        }
        if let Err(error) = self.machine.encrypt(self.inbox.offered(), part, &mut self.outbox) {
            return self.fail(fault::other(&error.to_string()));
        }
        match self.flush(wire) {
            Ok(()) => Ok(part.len()),
            Err(errno) => {
                if errno == Errno::AGAIN || errno == Errno::INTR {
                    self.claims.note(part);
                }
                Err(self.cut(errno))
            }
        }
    }

    /// A send of these bytes has failed for whoever asked for it.
    pub(crate) fn give_up(&mut self, data: &[u8]) {
        self.claims.give_up(data);
    }

    /// Says goodbye; that is sent by the next flush.
    pub(crate) fn leave(&mut self) {
        if !self.left && self.failure.is_none() {
            self.left = true;
            // Where none can be sent, none is owed.
            let _ = self.machine.leave(self.inbox.offered(), &mut self.outbox);
        }
    }

    /// Says goodbye and waits for the peer's.
    pub(crate) fn unwrap(&mut self, wire: &mut dyn Wire) -> errno::Result<Step> {
        self.check()?;
        if self.is_handshaking() {
            return self.complain(fault::reason("SHUTDOWN_WHILE_IN_INIT", "shutdown while in init"));
        }
        self.leave();
        match self.flush(wire) {
            Ok(()) => {}
            Err(Errno::AGAIN) => return Ok(Step::Write),
            Err(errno) => return Err(errno),
        }
        loop {
            if self.pending() > 0 {
                return self.complain(
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
            if self.feed(&mut [])?.is_some() {
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
}
