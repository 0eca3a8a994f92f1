//! Sockets that speak TLS: wrapping one, the handshake, the way back, and what Python refuses on them.

use std::rc::Rc;

use crate::bytes::Bytes;
use crate::error::{Class, Error, Result};
use crate::sched::Interest;
use crate::sys;
use crate::sys::errno::Errno;
use crate::sys::flag::{MSG_DONTWAIT, SOCK_STREAM};
use crate::tls::{self, Step};

use super::idna;
use super::io::Patience;
use super::observe::Event;
use super::secured::{Secured, Terms};
use super::socket::Socket;
use super::timeout::Timeout;

const NO_NAME: &str = "server_hostname cannot be an empty string or start with a leading dot.";

impl Socket {
    /// Takes over the socket and speaks TLS on it; a connected one shakes hands at once, unless told not to. The socket it
    /// was made of is detached.
    ///
    /// # Errors
    /// `ValueError` for terms that make no sense together; what the handshake raises. The descriptor is closed then.
    pub(crate) fn secure(&self, mut terms: Terms) -> Result<Rc<Self>> {
        self.check_terms(&mut terms)?;
        let fd = self
            .open_fd()
            .map_err(|error| self.failed("wrap_socket", error))?;
        if let Some(source) = self.source.get() {
            self.net().sched().forget(source);
        }
        self.shut.set(true);
        self.take_fd();
        let socket = Self::hold(self.net(), fd, self.family(), self.kind(), self.protocol());
        socket.copy_timeout(self);
        socket.forced.set(self.forced.replace(false));
        socket.lingers.set(self.lingers.get());
        // What the kernel has not may lie here, decrypted.
        socket.drains.set(false);
        self.net().roster.note(self.net().sched(), &socket);
        let handshake = terms.handshake_on_connect;
        // Faults made on purpose stay below: they are made to the records.
        let plain = self.transport.get().filter(|below| !below.is_wrapped());
        let below = plain.or(socket.lower.get()).cloned();
        let secured = Secured::new(self.net(), terms, below);
        // A socket made just now has no transport yet.
        let _ = socket.transport.set(secured);
        let connected = match socket.lower().peer_address(fd) {
            Ok(_) => true,
            Err(Errno::NOTCONN | Errno::INVAL) => false,
            Err(errno) => return Err(socket.failed("wrap_socket", errno)),
        };
        if connected {
            socket.begin_tls(handshake).inspect_err(|_| {
                let _ = socket.close();
            })?;
        }
        Ok(socket)
    }

    fn check_terms(&self, terms: &mut Terms) -> Result<()> {
        if self.kind() != SOCK_STREAM {
            return Err(Error::new(
                Class::NotImplementedError,
                "only stream sockets are supported",
            ));
        }
        if terms.server_side {
            if terms.hostname.is_some() {
                return Err(Error::value(
                    "server_hostname can only be specified in client mode",
                ));
            }
            if terms.context.protocol == tls::Protocol::Client {
                return Err(tls_error(
                    "Cannot create a server socket with a PROTOCOL_TLS_CLIENT context",
                ));
            }
        } else if terms.context.protocol == tls::Protocol::Server {
            return Err(tls_error(
                "Cannot create a client socket with a PROTOCOL_TLS_SERVER context",
            ));
        }
        if terms.context.check_hostname()
            && !terms.server_side
            && terms.hostname.as_ref().is_none_or(String::is_empty)
        {
            return Err(Error::value("check_hostname requires server_hostname"));
        }
        if let Some(name) = &mut terms.hostname {
            if name.is_empty() || name.starts_with('.') {
                return Err(Error::value(NO_NAME));
            }
            *name = idna::encode(name)?.into_owned();
        }
        Ok(())
    }

    /// TLS begins on a connected socket.
    pub(super) fn begin_tls(&self, handshake: bool) -> Result<()> {
        let Some(secured) = self.secured() else {
            return Ok(());
        };
        // A client makes its first keys here, which takes long as well.
        if !secured.terms.server_side {
            self.net().sched().give_way()?;
        }
        secured
            .begin()
            .map_err(|error| self.failed("wrap_socket", error))?;
        if !handshake {
            return Ok(());
        }
        if self.timeout() == Timeout::NonBlocking {
            return Err(Error::value(
                "do_handshake_on_connect should not be specified for non-blocking sockets",
            ));
        }
        self.do_handshake()
    }

    /// Refuses to connect where TLS cannot be begun by it.
    pub(super) fn check_connect(&self) -> Result<()> {
        match self.secured() {
            Some(secured) if secured.terms.server_side => {
                Err(Error::value("can't connect in server-side mode"))
            }
            Some(secured) if secured.is_speaking() => {
                Err(Error::value("attempt to connect already-connected SSLSocket!"))
            }
            _ => Ok(()),
        }
    }

    /// After a connect: TLS begins, on a socket that was wrapped before.
    pub(super) fn after_connect(&self) -> Result<()> {
        match self.secured() {
            Some(secured) if !secured.over.get() => self.begin_tls(secured.terms.handshake_on_connect),
            _ => Ok(()),
        }
    }

    /// After an accept on a socket that was wrapped: the connection speaks TLS too.
    pub(super) fn after_accept(&self, connection: Rc<Self>) -> Result<Rc<Self>> {
        match self.secured() {
            Some(secured) => connection.secure(Terms {
                server_side: true,
                hostname: None,
                ..secured.terms.clone()
            }),
            None => Ok(connection),
        }
    }

    /// TLS on this socket, where it was wrapped.
    pub(crate) fn secured(&self) -> Option<&Secured> {
        self.transport().secured()
    }

    fn speaking(&self, op: &'static str) -> Result<&Secured> {
        match self.secured() {
            Some(secured) if secured.is_speaking() => Ok(secured),
            _ if op == "unwrap" => Err(Error::value(format!("No SSL wrapper around {self}"))),
            // As CPython finds out: by asking for the peer.
            _ => match self.peer_address() {
                Err(error) => Err(error),
                Ok(_) => Err(Error::value(format!("No SSL wrapper around {self}"))),
            },
        }
    }

    /// Shakes hands, within the socket's timeout. The work of it lets others run before each part.
    ///
    /// # Errors
    /// `SSLError` and its children; the system's refusal; a timeout.
    pub(crate) fn do_handshake(&self) -> Result<()> {
        self.shake("do_handshake")
    }

    /// A send finds a handshake that has not been made: that waits for the peer, and not for room.
    pub(super) fn shake_before(&self, op: &'static str) -> Result<()> {
        let is_due = |secured: &Secured| secured.ask(|session| session.is_handshaking());
        if self.secured().is_some_and(is_due) {
            self.shake(op)?;
        }
        Ok(())
    }

    fn shake(&self, op: &'static str) -> Result<()> {
        let secured = self.speaking(op)?;
        let patience = self.patience(Interest::Read, 0);
        let mut interest = Interest::Read;
        loop {
            let step = self.tls_step(op, interest, patience, secured, tls::Session::handshake)?;
            match step {
                Step::Done => break,
                Step::Read => interest = Interest::Read,
                Step::Write => interest = Interest::Write,
                Step::Work => {
                    self.net().sched().give_way()?;
                    let fd = self.open_fd().map_err(|error| self.failed(op, error))?;
                    let worked = secured.on_session(fd, MSG_DONTWAIT, tls::Session::work);
                    worked.unwrap_or(Ok(())).map_err(|errno| self.failed(op, errno))?;
                }
            }
        }
        self.observe(|| Event::Done {
            fd: self.fd(),
            op: "do_handshake",
        });
        Ok(())
    }

    /// Ends TLS in good order: says goodbye, waits for the peer's, and is a plain socket again.
    ///
    /// # Errors
    /// As [`Self::do_handshake`]; bytes of the peer that were not read.
    pub(crate) fn unwrap_tls(&self) -> Result<()> {
        const OP: &str = "unwrap";
        let secured = self.speaking(OP)?;
        let patience = self.patience(Interest::Read, 0);
        let mut interest = Interest::Write;
        loop {
            let step = self.tls_step(OP, interest, patience, secured, tls::Session::unwrap)?;
            match step {
                Step::Done | Step::Work => break,
                Step::Read => interest = Interest::Read,
                Step::Write => interest = Interest::Write,
            }
        }
        secured.finish(self.fd());
        self.observe(|| Event::Done {
            fd: self.fd(),
            op: OP,
        });
        Ok(())
    }

    /// One step in the loop, which waits where the step wants what the loop waits for, and returns where it wants the other.
    fn tls_step(
        &self,
        op: &'static str,
        interest: Interest,
        patience: Patience,
        secured: &Secured,
        step: fn(&mut tls::Session, &mut dyn tls::Wire) -> sys::errno::Result<Step>,
    ) -> Result<Step> {
        self.io_within(op, interest, patience, |fd, flags| {
            let step = secured.on_session(fd, flags, step).unwrap_or(Ok(Step::Done))?;
            match (step, interest) {
                (Step::Read, Interest::Read) | (Step::Write, Interest::Write) => Err(Errno::AGAIN),
                (step, _) => Ok(step),
            }
        })
    }

    /// A send has failed of what stands from `sent` on.
    #[cold]
    pub(super) fn give_up(&self, data: &Bytes, sent: usize) {
        if let Some(secured) = self.secured() {
            data.with(|data| secured.ask(|session| session.give_up(data.get(sent..).unwrap_or_default())));
        }
    }

    /// The error of a call that would have to wait, as Python's `ssl` tells it.
    pub(super) fn in_words_of_tls(&self, interest: Interest, error: Error) -> Error {
        if error.errno() != Some(Errno::AGAIN.0) || !self.secured().is_some_and(Secured::is_speaking) {
            return error;
        }
        match interest {
            Interest::Read => tls::want_read(),
            Interest::Write => tls::want_write(),
        }
    }

    /// The error of a call that has waited as long as the socket's timeout lets it, as Python's `ssl` tells it; none where no TLS is
    /// spoken.
    pub(super) fn timed_out_over_tls(&self, interest: Interest) -> Option<Error> {
        let secured = self.secured().filter(|secured| secured.is_speaking())?;
        let text = match interest {
            _ if secured.ask(|session| session.is_handshaking()) => "The handshake operation timed out",
            Interest::Read => "The read operation timed out",
            Interest::Write => "The write operation timed out",
        };
        Some(Error::new(Class::TimeoutError, text))
    }

    /// Refuses what Python refuses while TLS is spoken: calls that have no meaning there, and flags.
    ///
    /// # Errors
    /// `ValueError`, `NotImplementedError`.
    pub(crate) fn refuse_over_tls(&self, op: &str, flags: i32) -> Result<()> {
        if !self.secured().is_some_and(Secured::is_speaking) {
            return Ok(());
        }
        match op {
            "recv" | "recv_into" | "send" | "sendall" if flags != 0 => Err(Error::value(format!(
                "non-zero flags not allowed in calls to {op}() on <class 'ssl.SSLSocket'>"
            ))),
            "recv" | "recv_into" | "send" | "sendall" => Ok(()),
            _ => Err(Error::value(format!(
                "{op} not allowed on instances of <class 'ssl.SSLSocket'>"
            ))),
        }
    }

    /// As [`Self::refuse_over_tls`], for what is refused also where TLS is not spoken yet, or no more.
    pub(crate) fn refuse_on_wrapped(&self, op: &str) -> Result<()> {
        if self.secured().is_none() {
            return Ok(());
        }
        let text = match op {
            "dup" => "Can't dup() SSLSocket instances".to_owned(),
            _ => format!("{op} not allowed on instances of <class 'ssl.SSLSocket'>"),
        };
        Err(Error::new(Class::NotImplementedError, text))
    }
}

fn tls_error(text: &'static str) -> Error {
    Error::numbered(Class::SSLError, 1, format!("[SSL] {text}"))
}
