//! The server's side: bind, listen, accept.

use std::os::fd::AsRawFd as _;
use std::rc::Rc;
use std::time::Instant;

use crate::address::Address;
use crate::error::{Class, Error, Result};
use crate::policy::Request;
use crate::sched::Interest;
use crate::sys;
use crate::sys::errno::Errno;
use crate::sys::flag::{
    AF_ALG, AF_INET6, IPPROTO_IPV6, IPV6_V6ONLY, SO_REUSEADDR, SO_REUSEPORT, SOCK_STREAM, SOL_SOCKET,
};

use super::context::Net;
use super::io::Patience;
use super::observe::Event;
use super::resolve::Endpoint;
use super::socket::Socket;
use super::timeout::Timeout;
use super::transport::open;

/// What [`Socket::create_server`] is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ServerOptions {
    pub(crate) family: i32,
    pub(crate) backlog: Option<i32>,
    pub(crate) reuse_port: bool,
    pub(crate) dual_stack: bool,
}

/// The backlog of `listen()` without one, as CPython has it.
pub(crate) const DEFAULT_BACKLOG: i32 = 128;

impl Socket {
    /// Takes a local address.
    ///
    /// # Errors
    /// The system's refusal: the address is in use, is not ours, needs privileges.
    pub fn bind(&self, address: &Address) -> Result<()> {
        self.bind_shown(address, None)
    }

    /// As [`Socket::bind`], to what may still have to be looked up.
    pub(crate) fn bind_to(&self, endpoint: &Endpoint) -> Result<()> {
        let address = self
            .net()
            .resolve(endpoint, self.patience(Interest::Read, 0).end_of_lookup())
            .map_err(|error| error.during("bind"))?;
        self.bind_shown(&address, Some(endpoint))
    }

    /// `shown` is the address as the script gave it.
    fn bind_shown(&self, address: &Address, shown: Option<&Endpoint>) -> Result<()> {
        self.guard_shown(&Request::Bind(address), shown, None)
            .and_then(|()| self.open_fd())
            .and_then(|fd| Ok(self.lower().bind(fd, address)?))
            .map_err(|error| self.failed("bind", error.at(address)))?;
        self.observe(|| Event::Named {
            fd: self.fd(),
            op: "bind",
            address,
        });
        Ok(())
    }

    /// Waits until there is something to accept or to receive, or the end of what there is; false when the deadline passes
    /// first. The socket's own timeout does not count.
    ///
    /// # Errors
    /// `EBADF`; what ends the wait.
    pub(crate) fn await_input(&self, deadline: Option<Instant>) -> Result<bool> {
        let awaited = self.io_within("select", Interest::Read, Patience::Until(deadline), |fd, _| {
            if self.lower().has_input(fd)? {
                Ok(())
            } else {
                Err(Errno::AGAIN)
            }
        });
        match awaited {
            Ok(()) => Ok(true),
            // A limit over the task that passes at this very moment is told at the next wait.
            Err(error)
                if error.class() == Class::TimeoutError
                    && deadline.is_some_and(|deadline| deadline <= crate::sched::now()) =>
            {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Starts taking connections; at most `backlog` wait to be accepted (a negative number counts as 0).
    ///
    /// # Errors
    /// The system's refusal.
    pub fn listen(&self, backlog: i32) -> Result<()> {
        let backlog = backlog.max(0);
        self.guard(&Request::Listen { backlog })
            .and_then(|()| self.guard_unbound())
            .and_then(|()| self.open_fd())
            .and_then(|fd| Ok(self.lower().listen(fd, backlog)?))
            .map_err(|error| self.failed("listen", error))?;
        self.observe(|| Event::Done {
            fd: self.fd(),
            op: "listen",
        });
        Ok(())
    }

    /// A socket that listens without an address of its own hears every one of the machine's: that is a bind. So is it where
    /// the kernel has named it.
    fn guard_unbound(&self) -> Result<()> {
        let fd = self.open_fd()?;
        match self.lower().local_address(fd) {
            Ok(address) if address.port() == Some(0) => self.net().guard_unheard(&Request::Bind(&address)),
            Ok(address) if address.is_named_by_kernel() && !self.net().may_stand(&address) => {
                self.net().guard_unheard(&Request::Bind(&address))
            }
            // What cannot be judged is not done.
            Err(errno) if !self.net().is_unguarded() => Err(errno.into()),
            _ => Ok(()),
        }
    }

    /// Takes the next connection: its socket, with the default timeout, and the peer's address.
    ///
    /// # Errors
    /// The system's refusal; a timeout.
    pub fn accept(&self) -> Result<(Rc<Self>, Address)> {
        const OP: &str = "accept";
        self.net()
            .afford_sockets(1)
            .map_err(|error| self.failed(OP, error))?;
        let patience = self.patience(Interest::Read, 0);
        if patience != Patience::Until(None) || !self.net().sched().may_block() {
            // Between the event and the call another process may take the connection: the call must not block then.
            self.force_nonblocking().map_err(|error| self.failed(OP, error))?;
        }
        let mut is_spent = false;
        let accepted = self.io_within(OP, Interest::Read, patience, |fd, _| {
            // Others may have accepted while it waited.
            is_spent = self.net().afford_sockets(1).is_err();
            if is_spent {
                return Err(Errno::DQUOT);
            }
            if self.family() == AF_ALG {
                return sys::socket::accept_unnamed(open(fd)?);
            }
            self.lower().accept(fd)
        });
        if is_spent {
            self.net()
                .afford_sockets(1)
                .map_err(|error| self.failed(OP, error))?;
        }
        let (fd, address) = accepted?;
        let address = self.read_by_protocol(fd.as_raw_fd(), address);
        self.guard(&Request::Accept(&address))
            .map_err(|error| self.failed(OP, error.at(&address)))
            .and_then(|()| Self::announce_new(self.net(), self.family(), self.kind(), self.protocol()))
            .inspect_err(|_| self.net().forget_refused(fd.as_raw_fd()))?;
        let socket = Self::wrap(self.net(), fd, self.family(), self.kind(), self.protocol());
        if self.has_kernel_timeout() {
            socket.learn_kernel_timeouts();
        }
        socket.apply_default_timeout()?;
        self.observe(|| Event::Named {
            fd: socket.fd(),
            op: OP,
            address: &address,
        });
        #[cfg(feature = "tls")]
        let socket = self.after_accept(socket)?;
        Ok((socket, address))
    }

    /// A listening TCP socket, ready to accept. `endpoint` reads its address once the socket is there; errors of the bind
    /// show the address as it was `given`.
    pub(crate) fn create_server(
        net: &Rc<Net>,
        endpoint: impl FnOnce() -> Result<Endpoint>,
        given: &str,
        options: ServerOptions,
    ) -> Result<Rc<Self>> {
        const OP: &str = "create_server";
        if options.dual_stack && options.family != AF_INET6 {
            return Err(Error::value("dualstack_ipv6 requires AF_INET6 family"));
        }
        let socket = Self::open(net, options.family, SOCK_STREAM, 0)?;
        // Python waits in bind and listen no more than we do; only its accepts do.
        let set = |level, name| {
            socket
                .set_number(level, name, 1)
                .map_err(|error| socket.failed(OP, error))
        };
        // Without SO_REUSEADDR a restarted server waits for its old connections' TIME_WAIT.
        let _ = set(SOL_SOCKET, SO_REUSEADDR);
        if options.reuse_port {
            set(SOL_SOCKET, SO_REUSEPORT)?;
        }
        if options.family == AF_INET6 {
            let only = i32::from(!options.dual_stack);
            socket
                .set_number(IPPROTO_IPV6, IPV6_V6ONLY, only)
                .map_err(|error| socket.failed(OP, error))?;
        }
        endpoint()
            .and_then(|endpoint| socket.bind_to(&endpoint))
            .map_err(|error| in_words(&error, given))?;
        socket.listen(options.backlog.unwrap_or(DEFAULT_BACKLOG))?;
        Ok(socket)
    }

    /// Whether a server on this socket hears both IP versions can be had at all.
    pub(crate) fn has_dual_stack(net: &Rc<Net>) -> bool {
        Self::open(net, AF_INET6, SOCK_STREAM, 0)
            .is_ok_and(|socket| socket.set_number(IPPROTO_IPV6, IPV6_V6ONLY, 0).is_ok())
    }

    /// Whether its calls wait.
    pub(crate) fn is_blocking(&self) -> bool {
        self.timeout() != Timeout::NonBlocking
    }
}

/// CPython's `create_server` adds the address to the system's words.
fn in_words(error: &Error, given: &str) -> Error {
    match error.errno() {
        Some(number) if error.class().is_a(Class::OSError) && !error.denied() => {
            let text = error.strerror().unwrap_or_default();
            let text = format!("{text} (while attempting to bind on address {given})");
            let told = Error::os_with_text(number, text).during("bind");
            match error.address() {
                Some(address) => told.at(address),
                None => told,
            }
        }
        _ => error.clone(),
    }
}
