//! The slot through which a run can be watched: one observer, told of every operation on a socket, and the scene it
//! happens in: which task, where in its script, which socket.

use std::fmt;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::time::Duration;

use crate::address::Address;
use crate::error::{Error, Place};
use crate::policy::Request;
use crate::sched::Task;
use crate::sys::flag::AF_UNIX;
use crate::sys::peer;

use super::context::Net;
use super::socket::Socket;
use super::transport::open;

/// What happened on a socket.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A script asks for something; its audit event is [`Request::event`].
    Asked {
        /// What it asks for.
        request: &'a Request<'a>,
        /// Whether the policy allows it. A hook of the script's may still refuse.
        allowed: bool,
    },
    /// It was made, accepted or adopted.
    Opened {
        /// Its descriptor.
        fd: RawFd,
        /// Address family.
        family: i32,
        /// Socket type.
        kind: i32,
        /// Protocol.
        protocol: i32,
    },
    /// Two sockets were made that are connected to each other.
    Paired {
        /// The descriptor of one.
        fd: RawFd,
        /// The other's.
        other: RawFd,
    },
    /// An operation with an address succeeded: bind, connect, accept.
    Named {
        /// The socket's descriptor.
        fd: RawFd,
        /// The operation.
        op: &'static str,
        /// Local address of a bind, the peer's otherwise.
        address: &'a Address,
    },
    /// Bytes were received.
    Received {
        /// The socket's descriptor.
        fd: RawFd,
        /// The bytes.
        data: &'a [u8],
        /// From whom, where the operation tells.
        from: Option<&'a Address>,
        /// They stay where they are: the next receive brings them again (`MSG_PEEK`).
        peeked: bool,
    },
    /// Bytes were sent.
    Sent {
        /// The socket's descriptor.
        fd: RawFd,
        /// The bytes.
        data: &'a [u8],
        /// To whom, where the operation says.
        to: Option<&'a Address>,
    },
    /// An option was set.
    Configured {
        /// The socket's descriptor.
        fd: RawFd,
        /// The option's level.
        level: i32,
        /// The option.
        name: i32,
        /// What it was set to.
        value: Setting<'a>,
    },
    /// One direction of the stream was ended, or both.
    Shut {
        /// The socket's descriptor.
        fd: RawFd,
        /// `SHUT_RD`, `SHUT_WR`, `SHUT_RDWR`.
        how: i32,
    },
    /// An operation without an address or data succeeded: listen, a handshake.
    Done {
        /// The socket's descriptor.
        fd: RawFd,
        /// The operation.
        op: &'static str,
    },
    /// An operation failed.
    Failed {
        /// The socket's descriptor.
        fd: RawFd,
        /// The error, which names the operation.
        error: &'a Error,
    },
    /// It was closed or detached.
    Closed {
        /// The descriptor it had.
        fd: RawFd,
    },
}

/// The value of an option.
///
/// ```
/// use wirescript::{Event, Setting};
///
/// /// What an option was set to, in words; none of other events.
/// fn told(event: &Event<'_>) -> Option<String> {
///     match event {
///         Event::Configured { value: Setting::Number(number), .. } => Some(number.to_string()),
///         Event::Configured { value: Setting::Bytes(bytes), .. } => Some(format!("{} bytes", bytes.len())),
///         Event::Configured { .. } => Some("nothing".into()),
///         _ => None,
///     }
/// }
/// let event = Event::Configured { fd: 3, level: 1, name: 9, value: Setting::Number(1) };
/// assert_eq!(told(&event).as_deref(), Some("1"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Setting<'a> {
    /// A number.
    Number(i64),
    /// Bytes, as for a structure.
    Bytes(&'a [u8]),
    /// No value: the null pointer some families ask for.
    Null,
}

/// Where an [`Event`] happens. What it tells is found out when it is asked for, and costs nothing before.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub(super) net: &'a Net,
    pub(super) socket: Option<&'a Socket>,
}

impl Scene<'_> {
    /// The number of the task that does it, unique in its runtime; the main chunk's is 1. None outside of tasks.
    pub fn task(&self) -> Option<u64> {
        self.net.sched().current_number()
    }

    /// The task's name.
    pub fn task_name(&self) -> Option<String> {
        self.current().map(|task| task.name())
    }

    /// Where in its script the task is.
    pub fn place(&self) -> Option<Place> {
        self.current()?.payload().place_of_call()
    }

    /// The name of the worker whose runtime this is, if it is one's.
    pub fn worker(&self) -> Option<&str> {
        self.net.worker_name()
    }

    /// The socket, of an event that is one's: not yet where it is being made.
    pub fn socket(&self) -> Option<&Socket> {
        self.socket
    }

    /// The socket's own address, if it has one.
    pub fn local_address(&self) -> Option<Address> {
        self.socket.and_then(Socket::own_name)
    }

    /// Its peer's address, if it has one.
    pub fn peer_address(&self) -> Option<Address> {
        self.socket.and_then(Socket::peer_name)
    }

    /// The process at the other end of a Unix socket.
    pub fn peer_process(&self) -> Option<i32> {
        self.socket.and_then(Socket::peer_process)
    }

    /// Whether the bytes are what travels inside TLS.
    pub fn is_plaintext(&self) -> bool {
        self.net.shows_plaintext() && self.socket.is_some_and(Socket::speaks_tls)
    }

    /// How long the simulation has run that it happens in, by the simulation's clock; none where there is none.
    pub(crate) fn simulated(&self) -> Option<Duration> {
        self.net.sched().simulated()
    }

    fn current(&self) -> Option<Rc<Task>> {
        self.net.sched().current()
    }
}

impl fmt::Debug for Scene<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scene")
            .field("task", &self.task())
            .field("place", &self.place())
            .finish_non_exhaustive()
    }
}

impl Socket {
    /// Tells the observer, if there is one.
    #[inline]
    pub(crate) fn observe<'a>(&self, event: impl FnOnce() -> Event<'a>) {
        self.net().observe(Some(self), event);
    }

    /// Whether who watches is to see the bytes it sends and receives.
    #[inline]
    pub(crate) fn shows_bytes(&self) -> bool {
        self.net().is_observed() && (self.net().shows_plaintext() || !self.speaks_tls())
    }

    /// Whether who watches is to be told who sent a datagram, though the script does not ask.
    #[inline]
    pub(super) fn shows_senders(&self) -> bool {
        self.net().is_observed() && !self.is_stream()
    }

    #[cfg(feature = "tls")]
    fn speaks_tls(&self) -> bool {
        self.is_wrapped() && self.secured().is_some_and(super::secured::Secured::is_speaking)
    }

    #[cfg(not(feature = "tls"))]
    fn speaks_tls(&self) -> bool {
        false
    }

    /// So many of these bytes have been sent: for who watches.
    #[inline(always)]
    pub(crate) fn show_moved(&self, count: usize, data: &[u8]) {
        if self.shows_bytes() {
            self.tell_sent(&data[..count.min(data.len())]);
        }
    }

    #[cold]
    #[inline(never)]
    fn tell_sent(&self, data: &[u8]) {
        self.observe(|| Event::Sent {
            fd: self.fd(),
            data,
            to: None,
        });
    }

    /// Its own address, for who watches: a failure is no event.
    fn own_name(&self) -> Option<Address> {
        self.lower().local_address(self.fd()).ok()
    }

    fn peer_name(&self) -> Option<Address> {
        self.lower().peer_address(self.fd()).ok()
    }

    fn peer_process(&self) -> Option<i32> {
        let fd = open(self.fd()).ok()?;
        (self.family() == AF_UNIX).then(|| peer::process(fd).ok())?
    }
}

/// Watches the operations of a runtime and of its workers. Called between an operation and its return to the script, on the
/// thread that does it; must not call back, nor change the slot it is in.
///
/// ```
/// # #[cfg(feature = "lua")] {
/// use std::sync::{Arc, Mutex};
/// use wirescript::{Event, Observer, Policy, Runtime, Scene};
///
/// /// Keeps what scripts send, and on which line they do it.
/// #[derive(Default)]
/// struct Sent(Mutex<Vec<(u32, Vec<u8>)>>);
///
/// impl Observer for Sent {
///     fn observe(&self, event: &Event<'_>, scene: &Scene<'_>) {
///         if let Event::Sent { data, .. } = event {
///             let line = scene.place().map_or(0, |place| place.line());
///             self.0.lock().unwrap().push((line, data.to_vec()));
///         }
///     }
/// }
///
/// let sent = Arc::new(Sent::default());
/// let mut runtime = Runtime::builder().policy(Policy::allow_all()).build()?;
/// runtime.net().set_observer(Some(sent.clone()));
/// runtime.run("pair", "local a, b = socket.socketpair()\na:send('one')\nb:sendall('two')")?;
/// assert_eq!(*sent.0.lock().unwrap(), [(2, b"one".to_vec()), (3, b"two".to_vec())]);
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
pub trait Observer: Send + Sync {
    /// One thing happened.
    fn observe(&self, event: &Event<'_>, scene: &Scene<'_>);

    /// Whether it is to see the bytes that scripts send and receive through TLS, and not the records that travel. Asked
    /// once, when it is put into the slot.
    fn wants_plaintext(&self) -> bool {
        false
    }

    /// The process is about to fork: threads of the observer's must have ended when this returns.
    fn before_fork(&self) {}

    /// The process has forked, or could not; `child` in the child, which ends without returning to the host.
    fn after_fork(&self, child: bool) {
        let _ = child;
    }

    /// A forked child is about to end.
    fn before_exit(&self) {}
}
