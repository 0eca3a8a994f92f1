//! TLS as a socket's transport: plain bytes on the script's side, records on the kernel's. Each call tries once, as a
//! transport's must, so that waiting, timeouts and cancellation are the loop's here too.

use std::cell::{Cell, RefCell};
use std::os::fd::RawFd;
use std::rc::Rc;
use std::time::Instant;

use crate::address::Address;
use crate::error::Error;
use crate::sched::Interest;
use crate::sys::errno::{Errno, Result};
use crate::sys::flag::{MSG_DONTWAIT, MSG_PEEK, SHUT_RD};
use crate::tls::{Context, Seat, Session, Step, Wire};

use super::context::Net;
use super::holding::Held;
use super::observe::Event;
use super::transport::Transport;

/// How a socket is to speak TLS: what `wrap_socket` is told.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) context: Rc<Context>,
    pub(crate) server_side: bool,
    /// The peer's name: told to it, and looked for in its certificate.
    pub(crate) hostname: Option<String>,
    pub(crate) handshake_on_connect: bool,
    /// A stream that ends without a goodbye ends like any other, and is no error.
    pub(crate) suppress_ragged_eofs: bool,
}

/// TLS on one socket. Before it is connected, and after `unwrap`, bytes pass as they are.
pub(crate) struct Secured {
    pub(crate) terms: Terms,
    net: Rc<Net>,
    /// What the records travel by, where that is not the kernel.
    below: Option<Rc<dyn Transport>>,
    pub(super) session: RefCell<Seat>,
    /// Bytes that came after the end of TLS, for whoever reads next.
    rest: RefCell<Vec<u8>>,
    /// TLS was there and is over.
    pub(super) over: Cell<bool>,
    failure: RefCell<Option<Error>>,
    /// What was noted of bytes that lie here.
    held: Cell<Held>,
}

/// A descriptor as a session's wire.
struct Descriptor<'a> {
    fd: RawFd,
    flags: i32,
    net: &'a Net,
    below: &'a dyn Transport,
    /// Whether who watches is to see the records.
    shown: bool,
}

impl Wire for Descriptor<'_> {
    fn recv(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.below.recv(self.fd, buffer, self.flags)?;
        if self.shown {
            self.net.observe(None, || Event::Received {
                fd: self.fd,
                data: &buffer[..count.min(buffer.len())],
                from: None,
                peeked: false,
            });
        }
        Ok(count)
    }

    fn send(&mut self, data: &[u8]) -> Result<usize> {
        let count = self.below.send(self.fd, data, self.flags)?;
        if self.shown {
            self.net.observe(None, || Event::Sent {
                fd: self.fd,
                data: &data[..count.min(data.len())],
                to: None,
            });
        }
        Ok(count)
    }
}

impl Secured {
    pub(super) fn new(net: &Rc<Net>, terms: Terms, below: Option<Rc<dyn Transport>>) -> Rc<Self> {
        Rc::new(Self {
            terms,
            net: net.clone(),
            below,
            session: RefCell::default(),
            rest: RefCell::default(),
            over: Cell::new(false),
            failure: RefCell::new(None),
            held: Cell::default(),
        })
    }

    /// What the records travel by.
    fn below(&self) -> &dyn Transport {
        match &self.below {
            Some(below) => &**below,
            None => self.net.kernel(),
        }
    }

    /// TLS begins: the socket is connected.
    pub(super) fn begin(&self) -> crate::error::Result<()> {
        let terms = &self.terms;
        let session = self.net.sched().deep(|| {
            if terms.server_side {
                Session::server(&terms.context)
            } else {
                Session::client(&terms.context, terms.hostname.as_deref())
            }
        })?;
        self.session.borrow_mut().begin(session);
        Ok(())
    }

    /// Runs `step` on the session and the descriptor; none where bytes pass as they are.
    pub(super) fn on_session<T>(
        &self,
        fd: RawFd,
        flags: i32,
        step: impl FnOnce(&mut Session, &mut dyn Wire) -> Result<T>,
    ) -> Option<Result<T>> {
        let mut session = self.session.borrow_mut();
        let session = session.get()?;
        let mut wire = Descriptor {
            fd,
            flags: flags & MSG_DONTWAIT,
            net: &self.net,
            below: self.below(),
            shown: self.net.is_observed() && !self.net.shows_plaintext(),
        };
        // Cryptography is hungry: a task's own stack would keep what it had touched.
        let outcome = self.net.sched().deep(|| step(session, &mut wire));
        if outcome.is_err() {
            *self.failure.borrow_mut() = session.failure();
        }
        self.note(fd, session.holds_input());
        Some(outcome)
    }

    /// Tells something of the session; the default of it where there is none.
    pub(crate) fn ask<T: Default>(&self, question: impl FnOnce(&mut Session) -> T) -> T {
        self.session.borrow_mut().get().map(question).unwrap_or_default()
    }

    /// Whether TLS has begun and is not over.
    pub(crate) fn is_speaking(&self) -> bool {
        self.session.borrow().is_taken()
    }

    /// Whether bytes lie here that whoever waits for the descriptor is not told of by the kernel.
    #[inline]
    fn note(&self, fd: RawFd, holds: bool) {
        let held = if holds { Held::Something } else { Held::Nothing };
        self.net.holding.note(fd, &self.held, held);
    }

    /// TLS is over: from here on bytes pass as they are.
    pub(super) fn finish(&self, fd: RawFd) {
        let mut rest = self.rest.borrow_mut();
        if let Some(session) = self.session.take().get() {
            rest.extend(session.rest());
        }
        self.note(fd, !rest.is_empty());
        self.over.set(true);
    }

    /// The socket was closed: the session goes.
    pub(super) fn forget(&self) {
        // A step under way has it, and lets it go with the socket.
        if let Ok(mut session) = self.session.try_borrow_mut() {
            session.end();
        }
    }

    /// A whole handshake in one step, for calls on a socket that never made one.
    fn shake(session: &mut Session, wire: &mut dyn Wire) -> Result<()> {
        while session.is_handshaking() {
            match session.handshake(wire)? {
                Step::Done => break,
                Step::Work => session.work(wire)?,
                Step::Read | Step::Write => return Err(Errno::AGAIN),
            }
        }
        Ok(())
    }
}

impl Transport for Secured {
    fn recv(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<usize> {
        let through = self.on_session(fd, flags, |session, wire| {
            Self::shake(session, wire)?;
            session.read(wire, buffer)
        });
        match through {
            None => {
                let mut rest = self.rest.borrow_mut();
                if rest.is_empty() {
                    return self.below().recv(fd, buffer, flags);
                }
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                if flags & MSG_PEEK == 0 {
                    rest.drain(..count);
                }
                self.note(fd, !rest.is_empty());
                Ok(count)
            }
            Some(Err(_)) if self.ends_quietly() => Ok(0),
            Some(outcome) => outcome,
        }
    }

    fn recv_from(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<(usize, Address)> {
        self.recv(fd, buffer, flags).map(|count| (count, Address::None))
    }

    fn send(&self, fd: RawFd, data: &[u8], flags: i32) -> Result<usize> {
        let through = self.on_session(fd, flags, |session, wire| {
            Self::shake(session, wire)?;
            session.write(wire, data)
        });
        through.unwrap_or_else(|| self.below().send(fd, data, flags))
    }

    fn send_file(&self, fd: RawFd, file: RawFd, offset: i64, count: usize) -> Result<usize> {
        if self.is_speaking() {
            return Err(Errno::INVAL);
        }
        self.below().send_file(fd, file, offset, count)
    }

    /// Ending what goes out says goodbye first, where there is room; what comes in can still be read.
    fn shutdown(&self, fd: RawFd, how: i32) -> Result<()> {
        if how != SHUT_RD {
            let _ = self.on_session(fd, MSG_DONTWAIT, |session, wire| {
                if !session.is_handshaking() {
                    session.leave();
                }
                session.flush(wire)
            });
        }
        self.below().shutdown(fd, how)
    }

    fn due(&self, interest: Interest) -> Option<Instant> {
        self.below().due(interest)
    }

    fn failure(&self) -> Option<Error> {
        self.failure.borrow().clone()
    }

    fn class(&self) -> &'static str {
        "ssl.SSLSocket"
    }

    fn is_wrapped(&self) -> bool {
        true
    }

    fn secured(&self) -> Option<&Self> {
        Some(self)
    }
}

impl Secured {
    /// Whether what failed is only a stream's end without a goodbye, after the handshake, which is to be passed over.
    fn ends_quietly(&self) -> bool {
        let is_end = |error: &Error| error.class() == crate::error::Class::SSLEOFError;
        self.terms.suppress_ragged_eofs
            && self.failure.borrow().as_ref().is_some_and(is_end)
            && self
                .session
                .borrow()
                .look()
                .is_some_and(|session| !session.is_handshaking())
    }
}

impl std::fmt::Debug for Secured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secured")
            .field("terms", &self.terms)
            .finish_non_exhaustive()
    }
}
