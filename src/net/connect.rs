//! Connecting: one address, or a name whose addresses are tried in turn.

use std::cell::Cell;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::address::Address;
use crate::error::{Class, Error, Result};
use crate::policy::Request;
use crate::sched::{Interest, Wake};
use crate::sys::errno::{self, Errno};
use crate::sys::flag::{AF_INET, AF_INET6, MSG_DONTWAIT, MSG_FASTOPEN};

use super::context::Net;
use super::io::Patience;
use super::observe::Event;
use super::resolve::{Endpoint, Found, Lookup};
use super::socket::Socket;
use super::timeout::Timeout;

/// A send that opens the connection (`MSG_FASTOPEN`): where the kernel may not block and has no cookie for the peer, it has begun
/// to connect and sent nothing. A blocking socket waits for that, and sends as usual then.
pub(super) struct Opening {
    flags: Cell<i32>,
    waits: bool,
}

impl Opening {
    pub(super) fn new(socket: &Socket, flags: i32) -> Self {
        Self {
            flags: Cell::new(flags),
            waits: socket.timeout() == Timeout::Blocking && flags & MSG_DONTWAIT == 0,
        }
    }

    /// The flags of the next try.
    pub(super) const fn flags(&self) -> i32 {
        self.flags.get()
    }

    /// What a try came to.
    pub(super) fn awaited<T>(&self, sent: errno::Result<T>) -> errno::Result<T> {
        let flags = self.flags.get();
        match sent {
            Err(Errno::INPROGRESS) if self.waits && flags & MSG_FASTOPEN != 0 => {
                self.flags.set(flags & !MSG_FASTOPEN);
                Err(Errno::AGAIN)
            }
            sent => sent,
        }
    }
}

/// What [`Socket::create_connection`] is asked for.
pub(crate) struct Attempt {
    pub(crate) lookup: Lookup,
    /// `None` is the default timeout.
    pub(crate) timeout: Option<Timeout>,
    /// Where to connect from, for a family.
    pub(crate) source: Option<Box<dyn Fn(i32) -> Result<Endpoint>>>,
    /// The error tells of every address, and not of the first only.
    pub(crate) all_errors: bool,
    /// How long after one address the next is tried beside it; none waits for each to fail.
    pub(crate) race: Option<Duration>,
    /// The end of it all, the lookup included; without one each connect takes what time its socket allows.
    pub(crate) deadline: Option<Instant>,
}

/// How often a Unix connect looks again whether the listener has room: no event announces it.
const RETRY: Duration = Duration::from_millis(1);

impl Socket {
    /// Connects to `address`; on a datagram socket, fixes the peer.
    ///
    /// # Errors
    /// The system's refusal; `BlockingIOError` in non-blocking mode when it takes time; a timeout.
    pub fn connect(&self, address: &Address) -> Result<()> {
        self.connect_within(address, None, None, self.patience(Interest::Write, 0))
    }

    /// Connects to what may still have to be looked up; the socket's timeout covers both.
    pub(crate) fn connect_to(&self, endpoint: &Endpoint) -> Result<()> {
        let patience = self.patience(Interest::Write, 0);
        let address = self
            .net()
            .resolve(endpoint, patience.end_of_lookup())
            .map_err(|error| self.failed("connect", error))?;
        self.connect_within(&address, Some(endpoint), None, patience)
    }

    /// `shown` is the address as the script gave it, `name` what it was found by.
    fn connect_within(
        &self,
        address: &Address,
        shown: Option<&Endpoint>,
        name: Option<&str>,
        patience: Patience,
    ) -> Result<()> {
        #[cfg(feature = "tls")]
        self.check_connect()?;
        self.guard_shown(&Request::Connect(address), shown, name)
            .and_then(|()| self.try_connect(address, patience))
            .map_err(|error| self.failed("connect", error.at(address)))?;
        self.observe(|| Event::Named {
            fd: self.fd(),
            op: "connect",
            address,
        });
        #[cfg(feature = "tls")]
        self.after_connect()?;
        Ok(())
    }

    /// A connect that blocks and fails leaves the socket as new. One that was waited for does so when it is asked again, and would
    /// tell the next connect of its end instead of trying.
    fn forget_refusal(&self, fd: RawFd, address: &Address) {
        let is_tcp = self.is_stream() && matches!(self.family(), AF_INET | AF_INET6);
        if self.timeout() == Timeout::Blocking && is_tcp && !self.lower().is_virtual() {
            let _ = self.lower().connect(fd, address);
        }
    }

    fn try_connect(&self, address: &Address, patience: Patience) -> Result<()> {
        let sched = self.net().sched().clone();
        if patience != Patience::Until(None) || !sched.may_block() {
            self.force_nonblocking()?;
        }
        let longest = self
            .lower()
            .longest_connect()
            .and_then(crate::sched::deadline_after);
        let mut waited = false;
        loop {
            let fd = self.open_fd()?;
            let errno = match self.lower().connect(fd, address) {
                Ok(()) => break,
                // The second look at a connect under way.
                Err(Errno::ISCONN) if waited => break,
                Err(errno) => errno,
            };
            let Some(deadline) = patience.deadline() else {
                return Err(errno.into());
            };
            match errno {
                // A Unix listener whose queue is full.
                Errno::AGAIN => {
                    let soon = sched_deadline(deadline);
                    sched.sleep_until(soon)?;
                    if deadline.is_some_and(|deadline| deadline <= crate::sched::now()) {
                        return Err(patience.expired(errno));
                    }
                    continue;
                }
                Errno::INPROGRESS | Errno::INTR => {}
                Errno::ALREADY if waited => {}
                _ => return Err(errno.into()),
            }
            if errno == Errno::INTR {
                sched.check_doom()?;
            }
            // The connect goes on in the kernel: its end shows as writability, its outcome in SO_ERROR.
            loop {
                let end = deadline.map_or(longest, |end| {
                    Some(longest.map_or(end, |longest| longest.min(end)))
                });
                // On one machine it is there already: who accepts, and has its turn while this waits, may end it again.
                let is_there = !waited
                    && matches!(self.family(), AF_INET | AF_INET6)
                    && self.is_stream()
                    && self.lower().peer_address(fd).is_ok();
                if !is_there
                    && sched.wait_fd(&self.source, fd, Interest::Write, end, waited)? == Wake::TimedOut
                {
                    if end != deadline {
                        self.lower().give_up(fd);
                        return Err(Errno::TIMEDOUT.into());
                    }
                    return Err(patience.expired(Errno::INPROGRESS));
                }
                waited = true;
                if let Some(errno) = self.lower().take_error(fd)? {
                    self.forget_refusal(fd, address);
                    return Err(errno.into());
                }
                match self.lower().peer_address(fd) {
                    // One that is over already, as a socket shut down and connected to itself: it did connect.
                    Err(Errno::NOTCONN) if !self.lower().has_ended(fd, true) => {}
                    _ => {
                        // The kernel keeps it as under way until it is asked once more, and would tell the next connect of its end.
                        if self.timeout() == Timeout::Blocking {
                            match self.lower().connect(fd, address) {
                                Ok(()) | Err(Errno::ISCONN | Errno::INTR) => {}
                                Err(errno) => return Err(errno.into()),
                            }
                        }
                        return self.restore_blocking();
                    }
                }
            }
        }
        self.restore_blocking()
    }

    /// As [`Socket::connect_to`], with the system's refusal as a number: 0 is success.
    ///
    /// # Errors
    /// What is no refusal of the system: a policy's, a cancellation, a name that cannot be resolved.
    pub(crate) fn connect_ex(&self, endpoint: &Endpoint) -> Result<i32> {
        match self.connect_to(endpoint) {
            Ok(()) => Ok(0),
            Err(error) if error.denied() => Err(error),
            Err(error) => match (error.class(), error.errno()) {
                (Class::gaierror | Class::herror, _) => Err(error),
                (_, Some(number)) => Ok(number),
                (Class::TimeoutError, None) => Ok(Errno::AGAIN.0),
                _ => Err(error),
            },
        }
    }

    /// Connects to a host by name or number: each address it has is tried until one accepts.
    pub(crate) fn create_connection(net: &Rc<Net>, attempt: &Attempt) -> Result<Rc<Self>> {
        const OP: &str = "create_connection";
        let timeout = attempt.timeout.unwrap_or_else(|| net.default_timeout());
        let over = attempt
            .deadline
            .or_else(|| Patience::from(timeout).end_of_lookup());
        let found = net.lookup_within(&attempt.lookup, over)?;
        let errors = match attempt.race {
            Some(delay) => match Self::race(net, attempt, &found, delay) {
                Ok(socket) => return Ok(socket),
                Err(errors) => errors,
            },
            None => match Self::connect_in_turn(net, attempt, &found)? {
                Ok(socket) => return Ok(socket),
                Err(errors) => errors,
            },
        };
        let Some(first) = errors.first().cloned() else {
            return Err(Error::new(Class::OSError, "getaddrinfo returns an empty list").during(OP));
        };
        if !attempt.all_errors || errors.len() == 1 {
            return Err(first);
        }
        let all: Vec<_> = errors
            .iter()
            .map(|error| match error.address() {
                Some(address) => format!("{address}: {}", error.message()),
                None => error.message().into_owned(),
            })
            .collect();
        Err(Error::new(
            Class::OSError,
            format!("create_connection failed ({})", all.join("; ")),
        )
        .during(OP))
    }

    /// Tries one address after the other; the errors of all where none accepts.
    fn connect_in_turn(
        net: &Rc<Net>,
        attempt: &Attempt,
        found: &[Found],
    ) -> Result<std::result::Result<Rc<Self>, Vec<Error>>> {
        let mut errors = Vec::new();
        for candidate in found {
            let connected = Self::prepare(net, attempt, candidate).and_then(|socket| {
                let patience = match attempt.deadline {
                    Some(deadline) => Patience::Until(Some(deadline)),
                    None => socket.patience(Interest::Write, 0),
                };
                let name = attempt.lookup.host.as_deref();
                socket
                    .connect_within(&candidate.address, None, name, patience)
                    .map(|()| socket)
            });
            match connected {
                Ok(socket) => return Ok(Ok(socket)),
                Err(error) if error.class().is_a(Class::OSError) => errors.push(error),
                Err(error) => return Err(error),
            }
        }
        Ok(Err(errors))
    }

    /// A socket about to connect to one of a host's addresses.
    pub(super) fn prepare(net: &Rc<Net>, attempt: &Attempt, candidate: &Found) -> Result<Rc<Self>> {
        let socket = Self::open(net, candidate.family, candidate.kind, candidate.protocol)?;
        if let Some(timeout) = attempt.timeout {
            socket.set_timeout(timeout)?;
        }
        if let Some(source) = &attempt.source {
            // Its lookup raises no event of its own, as in Python.
            socket.bind_to(&source(candidate.family)?)?;
        }
        Ok(socket)
    }
}

/// The sooner of `deadline` and the next look.
fn sched_deadline(deadline: Option<Instant>) -> Option<Instant> {
    let soon = crate::sched::deadline_after(RETRY);
    match (deadline, soon) {
        (Some(deadline), Some(soon)) => Some(deadline.min(soon)),
        (deadline, soon) => soon.or(deadline),
    }
}
