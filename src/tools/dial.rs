//! Beginning conversations: connecting to a peer, or listening for peers. One deadline holds for all that it takes: the lookup
//! of a name, the connect, the handshake.
//!
//! Over UDP a listener makes a conversation of each peer that sends something: a socket of its own, on the same port and
//! connected to that peer, which the kernel then prefers for what comes from there.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::os::unix::ffi::OsStrExt as _;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::address::{Address, UnixName};
use crate::bytes::Scratch;
use crate::error::{Class, Error, Result};
#[cfg(feature = "tls")]
use crate::net::Terms;
use crate::net::{
    Attempt, DEFAULT_BACKLOG, Endpoint, Lookup, Net, OptionValue, ServerOptions, Socket, Timeout,
};
use crate::sched::{Gate, deadline_after, now};
use crate::sys::flag::{
    AF_INET, AF_UNIX, AI_PASSIVE, SO_RCVBUF, SO_REUSEADDR, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET,
};
use crate::tls;

use super::tube::{Settings, Tube};
use super::url::{Scheme, Url};

/// How TLS is to be spoken.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(feature = "tls"),
    allow(dead_code, reason = "without TLS there is nobody to be told")
)]
pub(crate) struct Secrets {
    pub(crate) context: Rc<tls::Context>,
    /// The name the peer has to prove, where it has to.
    pub(crate) hostname: Option<String>,
}

/// What a conversation begins with.
#[derive(Clone, Debug)]
pub(crate) struct Dial {
    pub(crate) url: Url,
    pub(crate) settings: Settings,
    #[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "only TLS has some"))]
    pub(crate) secrets: Option<Secrets>,
}

/// What the kernel needs for a datagram beside its bytes, at least.
const OVERHEAD: usize = 256;

/// Datagrams that came from peers nobody talks to yet.
type Post = VecDeque<(Address, Vec<u8>)>;

/// A place where peers begin conversations.
pub(crate) struct Listener {
    socket: Rc<Socket>,
    dial: Dial,
    address: Address,
    post: RefCell<Post>,
    gate: Gate,
    closed: Cell<bool>,
}

impl Dial {
    /// Connects.
    ///
    /// # Errors
    /// As connecting a socket, looking a name up, and shaking hands; `TimeoutError` when that takes too long.
    pub(crate) fn connect(&self, net: &Rc<Net>) -> Result<Rc<Tube>> {
        const OP: &str = "connect";
        let timeout = self.settings.timeout;
        let deadline = deadline_after(timeout);
        let socket = match &self.url {
            Url::Inet { scheme, .. } => {
                let attempt = Attempt {
                    lookup: self.lookup(*scheme, 0),
                    timeout: Some(Timeout::After(timeout)),
                    source: None,
                    all_errors: false,
                    race: None,
                    deadline,
                };
                Socket::create_connection(net, &attempt)
            }
            Url::Unix(path) => Socket::open(net, AF_UNIX, SOCK_STREAM, 0).and_then(|socket| {
                socket.set_timeout(left_until(deadline))?;
                socket.connect(&Address::Unix(UnixName::new(path)))?;
                Ok(socket)
            }),
        };
        let socket = socket
            .and_then(|socket| self.secure(socket, deadline, false))
            .map_err(|error| explained(error, &format!("no answer of {}", self.url), timeout))?;
        socket
            .set_timeout(Timeout::After(timeout))
            .map_err(|error| error.during(OP))?;
        Ok(Tube::wrap(socket, self.settings.clone(), self.url.to_string()))
    }

    fn lookup(&self, scheme: Scheme, flags: i32) -> Lookup {
        let Url::Inet { host, port, .. } = &self.url else {
            return Lookup::default();
        };
        Lookup {
            host: (!host.is_empty()).then(|| host.clone()),
            service: Some(port.to_string()),
            numbered: true,
            kind: if scheme == Scheme::Udp {
                SOCK_DGRAM
            } else {
                SOCK_STREAM
            },
            flags,
            ..Lookup::default()
        }
    }

    /// Speaks TLS on a connected socket, where the URL says so.
    #[cfg(feature = "tls")]
    fn secure(&self, socket: Rc<Socket>, deadline: Option<Instant>, server_side: bool) -> Result<Rc<Socket>> {
        let Some(secrets) = &self.secrets else {
            return Ok(socket);
        };
        socket.set_timeout(left_until(deadline))?;
        socket.secure(Terms {
            context: secrets.context.clone(),
            server_side,
            hostname: secrets.hostname.clone(),
            handshake_on_connect: true,
            suppress_ragged_eofs: true,
        })
    }

    #[cfg(not(feature = "tls"))]
    fn secure(&self, socket: Rc<Socket>, _: Option<Instant>, _: bool) -> Result<Rc<Socket>> {
        if self.url.scheme() == Scheme::Tls {
            let text = "this wirescript was built without TLS (feature `tls`)";
            return Err(Error::new(Class::NotImplementedError, text));
        }
        Ok(socket)
    }

    /// Begins to listen.
    ///
    /// # Errors
    /// As binding a socket, and looking a name up.
    pub(crate) fn listen(self, net: &Rc<Net>, backlog: Option<i32>) -> Result<Rc<Listener>> {
        let socket = match &self.url {
            Url::Inet { scheme, .. } => self.bind(net, *scheme, backlog)?,
            Url::Unix(path) => {
                let socket = Socket::open(net, AF_UNIX, SOCK_STREAM, 0)?;
                socket.bind(&Address::Unix(UnixName::new(path)))?;
                socket.listen(backlog.unwrap_or(DEFAULT_BACKLOG))?;
                socket
            }
        };
        let address = socket.local_address()?;
        Ok(Rc::new(Listener {
            socket,
            dial: self,
            address,
            post: RefCell::default(),
            gate: Gate::default(),
            closed: Cell::new(false),
        }))
    }

    fn bind(&self, net: &Rc<Net>, scheme: Scheme, backlog: Option<i32>) -> Result<Rc<Socket>> {
        let deadline = deadline_after(self.settings.timeout);
        let found = net.lookup_within(&self.lookup(scheme, AI_PASSIVE), deadline)?;
        // Where a machine has both, an empty host is every address of IPv4, as Python has it.
        let candidate = found
            .iter()
            .find(|found| found.family == AF_INET)
            .or(found.first())
            .ok_or_else(|| {
                Error::new(Class::OSError, "getaddrinfo returns an empty list").during("listen")
            })?;
        if scheme == Scheme::Udp {
            let socket = Socket::open(net, candidate.family, SOCK_DGRAM, 0)?;
            socket.bind(&candidate.address)?;
            return Ok(socket);
        }
        let endpoint = Endpoint::Address(candidate.address.clone());
        let options = ServerOptions {
            family: candidate.family,
            backlog,
            reuse_port: false,
            dual_stack: false,
        };
        Socket::create_server(net, || Ok(endpoint), &candidate.address.to_string(), options)
    }
}

impl Listener {
    /// Waits for a peer; over UDP for one that sends something.
    ///
    /// # Errors
    /// `TimeoutError`; the system's refusal; what the handshake raises, whose connection is closed then.
    pub(crate) fn accept(&self, timeout: Option<Duration>) -> Result<Rc<Tube>> {
        const OP: &str = "accept";
        if self.closed.get() {
            return Err(Error::value("the listener is closed").during(OP));
        }
        let timeout = timeout.unwrap_or(self.dial.settings.timeout);
        let deadline = deadline_after(timeout);
        let accepted = if self.dial.url.scheme() == Scheme::Udp {
            self.accept_datagram(deadline)
        } else {
            self.accept_stream(deadline)
        };
        accepted.map_err(|error| explained(error, "no peer", timeout))
    }

    fn accept_stream(&self, deadline: Option<Instant>) -> Result<Rc<Tube>> {
        // The call fixes its patience before it waits, so other tasks may set another.
        self.socket.set_timeout(left_until(deadline))?;
        let (socket, peer) = self.socket.accept()?;
        let socket = self.dial.secure(socket, deadline, true)?;
        socket.set_timeout(Timeout::After(self.dial.settings.timeout))?;
        Ok(self.tube(socket, &peer))
    }

    fn tube(&self, socket: Rc<Socket>, peer: &Address) -> Rc<Tube> {
        let told = match peer {
            Address::Inet { .. } | Address::Inet6 { .. } => {
                format!("{} from {peer}", self.dial.url.scheme())
            }
            _ => format!("{self} from a peer"),
        };
        Tube::wrap(socket, self.dial.settings.clone(), told)
    }

    fn accept_datagram(&self, deadline: Option<Instant>) -> Result<Rc<Tube>> {
        // One at a time: of what one has received another must not take the rest.
        let Some(_pass) = self.socket.net().sched().pass(&self.gate, deadline)? else {
            return Err(Error::timed_out());
        };
        let first = self.post.borrow_mut().pop_front();
        let (peer, data) = match first {
            Some(first) => first,
            None => {
                self.socket.set_timeout(left_until(deadline))?;
                let (bytes, peer) = self.socket.recv_from(Scratch::SIZE, 0)?;
                (peer, bytes.into_vec())
            }
        };
        let own = self.twin(&peer)?;
        // What is there by now came before the kernel knew of the new socket, or while that was not connected yet.
        let mut come = vec![data];
        self.post.borrow_mut().retain_mut(|(from, data)| {
            let is_of_another = *from != peer;
            if !is_of_another {
                come.push(std::mem::take(data));
            }
            is_of_another
        });
        for socket in [&self.socket, &own] {
            // Not into the post itself, which must not be borrowed where a task may wait.
            let mut others = Post::new();
            let sorted = sort(socket, &peer, &mut come, &mut others);
            self.post.borrow_mut().append(&mut others);
            sorted?;
        }
        own.set_timeout(Timeout::After(self.dial.settings.timeout))?;
        let tube = self.tube(own, &peer);
        tube.preload(&come)?;
        Ok(tube)
    }

    /// A socket on the same address, connected to one peer.
    fn twin(&self, peer: &Address) -> Result<Rc<Socket>> {
        let own = Socket::open(self.socket.net(), self.socket.family(), SOCK_DGRAM, 0)?;
        share_address(&self.socket, true)?;
        let bound = share_address(&own, true).and_then(|()| own.bind(&self.address));
        // Nobody else is to bind there.
        share_address(&self.socket, false)?;
        bound?;
        // It goes on sharing: the next peer's socket has to.
        own.connect(peer)?;
        Ok(own)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    pub(crate) fn socket(&self) -> &Rc<Socket> {
        &self.socket
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Ends listening; a Unix socket's file goes too. Conversations that have begun go on.
    ///
    /// # Errors
    /// What closing the socket reports.
    pub(crate) fn close(&self) -> Result<()> {
        if self.closed.replace(true) {
            return Ok(());
        }
        self.remove_file();
        self.socket.close()
    }

    fn remove_file(&self) {
        if let Address::Unix(UnixName::Path(path)) = &self.address {
            // Somebody may have removed it already.
            let _ = std::fs::remove_file(std::ffi::OsStr::from_bytes(path));
        }
    }
}

/// Takes what lies in a socket without waiting: what comes from `peer` goes one way, the rest the other. No more than its buffer
/// holds: what a fast peer sends meanwhile stays.
fn sort(socket: &Rc<Socket>, peer: &Address, come: &mut Vec<Vec<u8>>, post: &mut Post) -> Result<()> {
    let mut left = match socket.option(SOL_SOCKET, SO_RCVBUF, 0)? {
        OptionValue::Int(room) => usize::try_from(room).unwrap_or(0),
        _ => 0,
    };
    socket.set_timeout(Timeout::NonBlocking)?;
    while left > 0 {
        let (data, from) = match socket.recv_from(Scratch::SIZE, 0) {
            Ok((bytes, from)) => (bytes.into_vec(), from),
            Err(error) if error.class() == Class::BlockingIOError => break,
            Err(error) => return Err(error),
        };
        left = left.saturating_sub(data.len() + OVERHEAD);
        if from == *peer {
            come.push(data);
        } else {
            post.push_back((from, data));
        }
    }
    Ok(())
}

/// Lets another socket that allows it too take the same address, or no more.
fn share_address(socket: &Socket, shared: bool) -> Result<()> {
    socket.set_number(SOL_SOCKET, SO_REUSEADDR, i32::from(shared))
}

/// What is left of the time. A socket's timeout of none at all would be another mode.
fn left_until(deadline: Option<Instant>) -> Timeout {
    match deadline {
        None => Timeout::Blocking,
        Some(deadline) => {
            let left = deadline.saturating_duration_since(now());
            Timeout::After(left.max(Duration::from_nanos(1)))
        }
    }
}

/// A timeout with what did not come.
fn explained(error: Error, missing: &str, timeout: Duration) -> Error {
    if error.class() == Class::TimeoutError && error.errno().is_none() && error.message() == "timed out" {
        error.because(format!("{missing} in {} s", timeout.as_secs_f64()))
    } else {
        error
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if !self.closed.get() {
            self.remove_file();
        }
    }
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.dial.url, &self.address) {
            (Url::Inet { scheme, .. }, Address::Inet { .. } | Address::Inet6 { .. }) => {
                let host = self.address.host().unwrap_or_default();
                let port = self.address.port().unwrap_or(0);
                let url = Url::Inet {
                    scheme: *scheme,
                    host,
                    port,
                };
                url.fmt(f)
            }
            (url, _) => url.fmt(f),
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let closed = if self.closed.get() { "[closed] " } else { "" };
        write!(f, "<tube listener {closed}{self}>")
    }
}
