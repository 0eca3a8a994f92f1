//! One socket: its descriptor, what kind it is, how long its calls may wait, and how it ends.

use std::cell::{Cell, OnceCell};
#[cfg(feature = "lua")]
use std::mem::offset_of;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::rc::{Rc, Weak};
use std::time::Duration;

use crate::address::Address;
use crate::error::{Error, Result};
use crate::policy::Request;
use crate::sched::Source;
use crate::sys;
use crate::sys::errno::Errno;
use crate::sys::flag::{AF_INET, AF_INET6, AF_UNIX, IPPROTO_TCP, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM};

use super::audit::Fact;
use super::context::Net;
use super::missing;
use super::observe::Event;
use super::timeout::Timeout;
use super::transport::{Transport, open};

/// A socket. Cheap to share; closed when the last reference goes, or by [`Socket::close`].
///
/// ```
/// use wirescript::{Event, Scene, Socket};
///
/// /// What an observer may say of an event.
/// fn told(event: &Event<'_>, scene: &Scene<'_>) -> String {
///     format!("{event:?} on a socket of family {:?}", scene.socket().map(Socket::family))
/// }
/// # let _ = told;
/// ```
// What a plain receive touches comes first.
#[repr(C)]
pub struct Socket {
    net: Rc<Net>,
    me: Weak<Self>,
    /// Its place in the reactor, from the first wait on.
    pub(super) source: OnceCell<Rc<Source>>,
    fd: Cell<RawFd>,
    kind: i32,
    /// A short read has taken all there was, and what comes next is told by an event: so it is with TCP.
    pub(super) drains: Cell<bool>,
    /// The policy lets it hear some only.
    sifts: bool,
    /// The descriptor is non-blocking for our own purposes, though the socket's mode is not.
    pub(super) forced: Cell<bool>,
    /// Closing may block: it is done elsewhere.
    pub(super) lingers: Cell<bool>,
    /// `close` was called; with files left it is not yet done.
    pub(super) shut: Cell<bool>,
    /// A script holds it, or has held it.
    scripted: Cell<bool>,
    /// A script sees its timeout as a plain value.
    pub(super) shown: Cell<bool>,
    pub(super) transport: OnceCell<Rc<dyn Transport>>,
    pub(super) timeout: Cell<Timeout>,
    /// `SO_RCVTIMEO` and `SO_SNDTIMEO`, by which blocking calls give up.
    pub(super) kernel_timeouts: Cell<[Option<Duration>; 2]>,
    family: i32,
    protocol: i32,
    /// What it stands on in place of the kernel, under TLS and faults.
    pub(super) lower: OnceCell<Rc<dyn Transport>>,
    /// Files made of it, which keep its descriptor open.
    pub(super) files: Cell<usize>,
}

impl Socket {
    /// Bytes of it that a plain receive touches.
    #[cfg(feature = "lua")]
    pub(super) const HOT: usize = offset_of!(Self, family);

    /// A new socket. Flags in `kind` are honoured and do not show in [`Self::kind`].
    pub(crate) fn open(net: &Rc<Net>, family: i32, kind: i32, protocol: i32) -> Result<Rc<Self>> {
        let plain = kind & !(SOCK_NONBLOCK | SOCK_CLOEXEC);
        Self::guard_new(net, family, kind, protocol)?;
        net.afford_sockets(1).map_err(|error| error.during("socket"))?;
        let fd = match net.part.get() {
            Some((world, member)) if family != AF_UNIX => world
                .open(member, family, plain, protocol)
                .map_err(|error| error.during("socket"))?,
            _ => sys::socket::open(family, kind, protocol)
                .map_err(|errno| missing::explained(errno, family, plain, protocol).during("socket"))?,
        };
        let socket = Self::wrap(net, fd, family, plain, protocol);
        if kind & SOCK_NONBLOCK != 0 {
            socket.timeout.set(Timeout::NonBlocking);
        } else {
            socket.apply_default_timeout()?;
        }
        Ok(socket)
    }

    /// Two sockets connected to each other.
    pub(crate) fn pair(net: &Rc<Net>, family: i32, kind: i32, protocol: i32) -> Result<(Rc<Self>, Rc<Self>)> {
        let plain = kind & !(SOCK_NONBLOCK | SOCK_CLOEXEC);
        Self::guard_new(net, family, plain, protocol)?;
        Self::guard_new(net, family, plain, protocol)?;
        net.afford_sockets(2)
            .map_err(|error| error.during("socketpair"))?;
        let pair = match net.part.get() {
            Some((world, member)) => world.pair(member, family, plain, protocol),
            None => sys::socket::pair(family, kind, protocol).map_err(Error::from),
        };
        let (one, other) = pair.map_err(|error| error.during("socketpair"))?;
        let one = Self::wrap(net, one, family, plain, protocol);
        let other = Self::wrap(net, other, family, plain, protocol);
        one.observe(|| Event::Paired {
            fd: one.fd(),
            other: other.fd(),
        });
        for socket in [&one, &other] {
            if kind & SOCK_NONBLOCK != 0 {
                socket.timeout.set(Timeout::NonBlocking);
            } else {
                socket.apply_default_timeout()?;
            }
        }
        Ok((one, other))
    }

    /// The socket of a descriptor that somebody else made and that is now ours. What is not given is found out.
    pub(crate) fn adopt(
        net: &Rc<Net>,
        fd: RawFd,
        family: Option<i32>,
        kind: Option<i32>,
        protocol: Option<i32>,
    ) -> Result<Rc<Self>> {
        let refuse = |errno: Errno| Error::from(errno).during("socket");
        if fd < 0 {
            return Err(Error::value("negative file descriptor"));
        }
        net.guard_unheard(&Request::Adopt { fd })?;
        net.afford_sockets(1).map_err(|error| error.during("socket"))?;
        let told = |number: Option<i32>| number.unwrap_or(-1);
        Self::announce_new(net, told(family), told(kind), told(protocol))?;
        if net.sched().owns_fd(fd) {
            return Err(refuse(Errno::BADF));
        }
        let borrowed = open(fd).map_err(refuse)?;
        let (family, kind, protocol) = match net.world().and_then(|world| world.sort(fd)) {
            Some(own) => (
                family.or(Some(own.0)),
                kind.or(Some(own.1)),
                protocol.or(Some(own.2)),
            ),
            None => {
                sys::socket::local_address(borrowed).map_err(refuse)?;
                (family, kind, protocol)
            }
        };
        let family = family
            .map_or_else(|| sys::socket::domain(borrowed), Ok)
            .map_err(refuse)?;
        let kind = kind
            .map_or_else(|| sys::socket::kind(borrowed), Ok)
            .map_err(refuse)?;
        let protocol = protocol
            .map_or_else(|| sys::socket::protocol(borrowed), Ok)
            .map_err(refuse)?;
        let owned = sys::fd::adopt(fd).map_err(refuse)?;
        let socket = Self::wrap(
            net,
            owned,
            family,
            kind & !(SOCK_NONBLOCK | SOCK_CLOEXEC),
            protocol,
        );
        if kind & SOCK_NONBLOCK != 0 {
            socket.timeout.set(Timeout::NonBlocking);
        } else {
            socket.apply_default_timeout()?;
        }
        socket.learn_mode();
        Ok(socket)
    }

    /// A socket on a duplicate of a descriptor; blocking, as the default timeout says.
    pub(crate) fn from_fd(
        net: &Rc<Net>,
        fd: RawFd,
        family: i32,
        kind: i32,
        protocol: i32,
    ) -> Result<Rc<Self>> {
        net.guard_as(&Request::Adopt { fd }, || {
            [fd, family, kind, protocol]
                .into_iter()
                .map(|number| Fact::Int(number.into()))
                .collect()
        })?;
        let duplicate = open(fd)
            .and_then(sys::fd::dup)
            .map_err(|errno| Error::from(errno).during("fromfd"))?;
        let number = fd;
        let fd = sys::fd::into_raw(duplicate);
        net.note_duplicate(number, fd);
        Self::adopt(net, fd, Some(family), Some(kind), Some(protocol)).inspect_err(|_| {
            // A descriptor that is no socket is not kept; what failed is what the caller is told.
            let _ = net.close_number(fd);
        })
    }

    pub(super) fn wrap(net: &Rc<Net>, fd: OwnedFd, family: i32, kind: i32, protocol: i32) -> Rc<Self> {
        let fd = sys::fd::into_raw(fd);
        net.observe(None, || Event::Opened {
            fd,
            family,
            kind,
            protocol,
        });
        let socket = Self::hold(net, fd, family, kind, protocol);
        // A limit on bytes is kept by what stands in the same place, and comes first.
        if !net.meter.limits_bytes()
            && let Some(layer) = net
                .faults
                .layer(kind, socket.lower.get(), &net.holding, socket.fd())
        {
            // A socket made just now has no transport yet.
            let _ = socket.transport.set(layer);
        }
        if let Some(lower) = socket.lower.get() {
            // Unless faults have taken the place.
            let _ = socket.transport.set(lower.clone());
        }
        net.roster.note(net.sched(), &socket);
        socket
    }

    pub(super) fn hold(net: &Rc<Net>, fd: RawFd, family: i32, kind: i32, protocol: i32) -> Rc<Self> {
        net.meter.count_opened(fd);
        net.own_fds.add(fd);
        let socket = Rc::new_cyclic(|me| Self {
            me: me.clone(),
            net: net.clone(),
            fd: Cell::new(fd),
            family,
            kind,
            protocol,
            timeout: Cell::new(Timeout::Blocking),
            transport: OnceCell::new(),
            lower: OnceCell::new(),
            source: OnceCell::new(),
            forced: Cell::new(false),
            lingers: Cell::new(false),
            files: Cell::new(0),
            shut: Cell::new(false),
            scripted: Cell::new(false),
            shown: Cell::new(false),
            drains: Cell::new(
                cfg!(linux)
                    && matches!(family, AF_INET | AF_INET6)
                    && kind == SOCK_STREAM
                    && matches!(protocol, 0 | IPPROTO_TCP),
            ),
            sifts: net.must_sift(family, kind),
            kernel_timeouts: Cell::default(),
        });
        if let Some((world, member)) = net.part.get()
            && world.has(fd)
        {
            socket.stand_on(world, member);
        }
        socket
    }

    /// Whether it has to look at who sends.
    #[inline]
    pub(super) const fn sifts(&self) -> bool {
        self.sifts
    }

    /// A counted reference to itself; none while it is being dropped.
    pub(crate) fn me(&self) -> Option<Rc<Self>> {
        self.me.upgrade()
    }

    /// Notes that a script gets it: letting go of it while it is open is worth a warning then.
    pub(crate) fn give_to_script(&self) {
        self.scripted.set(true);
    }

    pub(super) fn is_scripted(&self) -> bool {
        self.scripted.get()
    }

    pub(super) fn apply_default_timeout(&self) -> Result<()> {
        match self.net.default_timeout() {
            Timeout::Blocking => Ok(()),
            timeout => self.set_timeout(timeout),
        }
    }

    /// The network it belongs to.
    #[inline]
    pub(crate) fn net(&self) -> &Rc<Net> {
        &self.net
    }

    /// Its descriptor; -1 once closed.
    #[inline]
    pub fn fd(&self) -> RawFd {
        self.fd.get()
    }

    pub(super) const fn fd_cell(&self) -> &Cell<RawFd> {
        &self.fd
    }

    /// Its descriptor, or `EBADF`.
    #[inline]
    pub(super) fn open_fd(&self) -> Result<RawFd> {
        match self.fd.get() {
            -1 => Err(Errno::BADF.into()),
            fd => Ok(fd),
        }
    }

    /// Whether a script has closed it; files made of it may keep its descriptor open.
    pub(super) fn is_shut(&self) -> bool {
        self.shut.get()
    }

    /// Takes the descriptor out of the socket, which is closed then; -1 when it was.
    pub(super) fn take_fd(&self) -> RawFd {
        let fd = self.fd.replace(-1);
        self.net.meter.count_closed(fd);
        fd
    }

    pub(super) fn borrowed(&self) -> Result<BorrowedFd<'_>> {
        Ok(open(self.fd.get())?)
    }

    /// A receive without flags brought less than it asked for.
    #[inline]
    pub(crate) fn note_short_read(&self) {
        if self.drains.get()
            && let Some(source) = self.source.get()
        {
            source.note_short_read();
        }
    }

    /// Whether a receive without flags would find nothing.
    #[inline]
    pub(crate) fn is_drained(&self) -> bool {
        self.source.get().is_some_and(|source| source.is_drained())
    }

    /// Whether it was wrapped to speak TLS, be it so now or not.
    pub(crate) fn is_wrapped(&self) -> bool {
        self.transport
            .get()
            .is_some_and(|transport| transport.is_wrapped())
    }

    /// Address family, as the system numbers it.
    pub fn family(&self) -> i32 {
        self.family
    }

    /// Socket type without flags.
    pub fn kind(&self) -> i32 {
        self.kind
    }

    /// Protocol number.
    pub fn protocol(&self) -> i32 {
        self.protocol
    }

    /// An address the system gave, with what only this socket can tell of it.
    #[inline]
    pub(super) fn read_by_protocol(&self, fd: RawFd, address: Address) -> Address {
        match open(fd) {
            Ok(fd) if matches!(address, Address::Other { .. }) => {
                sys::sockaddr::of_socket(address, fd, self.protocol)
            }
            _ => address,
        }
    }

    /// Whether it carries a stream.
    pub(super) fn is_stream(&self) -> bool {
        self.kind == SOCK_STREAM
    }
}
