//! A socket on its way to another thread: the descriptor with what only we know of it. The sender's socket is closed then.

use std::os::fd::{OwnedFd, RawFd};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Result;
use crate::policy::Purse;
use crate::sys;

use super::context::Net;
use super::simnet::World;
use super::socket::Socket;
use super::timeout::Timeout;

/// A socket that belongs to no thread. Closed when nobody takes it.
#[derive(Debug)]
pub(crate) struct Passed {
    /// Before the descriptor, so that it goes first.
    ride: Ride,
    fd: OwnedFd,
    family: i32,
    kind: i32,
    protocol: i32,
    timeout: Timeout,
    kernel_timeouts: [Option<Duration>; 2],
    forced: bool,
    lingers: bool,
    /// It counts as open on its way.
    _seat: Seat,
}

/// One of the sockets that may be open.
#[derive(Debug)]
struct Seat(Arc<Purse>);

impl Seat {
    fn take(purse: &Arc<Purse>) -> Self {
        purse.sockets.add(1);
        Self(purse.clone())
    }
}

/// Closes it in a network inside the process, if it is one of its sockets and nobody takes it.
#[derive(Debug)]
struct Ride(Option<(Arc<World>, RawFd)>);

impl Drop for Ride {
    fn drop(&mut self) {
        if let Some((world, fd)) = &self.0 {
            world.close(*fd);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.sockets.give_back(1);
    }
}

impl Socket {
    /// Why it cannot go to another thread, if so.
    pub(crate) fn stays_because(&self) -> Option<&'static str> {
        if self.fd() < 0 || self.shut.get() {
            Some("it is closed")
        } else if self.files.get() > 0 {
            Some("a file made of it is open: close that first")
        } else if self
            .transport
            .get()
            .is_some_and(|transport| !transport.is_virtual())
        {
            Some("its bytes do not move by the kernel alone")
        } else {
            None
        }
    }

    /// Takes the descriptor out of the socket, which is closed then; who waits on it gets `EBADF`.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    pub(crate) fn pass(&self) -> Result<Passed> {
        let refuse = |error| self.failed("send", error);
        self.open_fd().map_err(refuse)?;
        self.shut.set(true);
        let number = self.fd();
        let fd = self.leave().map_or(Err(sys::errno::Errno::BADF), sys::fd::adopt);
        Ok(Passed {
            ride: Ride(self.net().world().map(|world| (world.clone(), number))),
            fd: fd.map_err(|errno| refuse(errno.into()))?,
            family: self.family(),
            kind: self.kind(),
            protocol: self.protocol(),
            timeout: self.timeout(),
            kernel_timeouts: self.kernel_timeouts.get(),
            // The descriptor's mode is its duplicates' as well: it stays.
            forced: self.is_forced(),
            lingers: self.lingers.get(),
            _seat: Seat::take(self.net().meter.purse()),
        })
    }

    /// The sockets again, on the thread of this network. They counted as open all the time.
    pub(crate) fn take_all(net: &Rc<Net>, passed: Vec<Passed>) -> Vec<Rc<Self>> {
        passed.into_iter().map(|passed| Self::take(net, passed)).collect()
    }

    fn take(net: &Rc<Net>, mut passed: Passed) -> Rc<Self> {
        passed.ride.0 = None;
        let socket = Self::wrap(net, passed.fd, passed.family, passed.kind, passed.protocol);
        socket.resume(passed.timeout, passed.kernel_timeouts, passed.forced);
        socket.lingers.set(passed.lingers);
        socket.give_to_script();
        socket
    }
}
