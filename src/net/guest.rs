//! Sockets and networks that come from a Rust program and not from a script: descriptors handed in and taken back, and
//! the network of an engine the program made itself.

use std::os::fd::{AsFd as _, OwnedFd};
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::policy::Policy;
use crate::sched::Scheduler;
use crate::sys;

use super::context::Net;
use super::socket::Socket;

impl Net {
    /// A network for an engine of the host's own, without a [`Runtime`](crate::Runtime): `wirescript::lua::register` and
    /// `wirescript::rhai::register` take it. Calls that wait block the thread, and there are no tasks.
    ///
    /// ```
    /// use wirescript::{Net, Policy};
    ///
    /// let net = Net::standalone(Policy::deny_all());
    /// ```
    pub fn standalone(policy: Policy) -> Rc<Self> {
        // No fiber ever runs on it, so the size of their stacks does not matter.
        let sched = Scheduler::new(64 << 10);
        sched.be_homeless();
        Self::new(sched, policy, sys::process::physical_memory())
    }
}

impl Socket {
    /// The socket of a descriptor that the host hands over. The policy is not asked: the host itself gives it.
    ///
    /// # Errors
    /// `ENOTSOCK` for what is no socket.
    pub(crate) fn from_host(net: &Rc<Net>, fd: OwnedFd) -> Result<Rc<Self>> {
        let told = |errno| Error::from(errno).during("socket");
        let family = sys::socket::domain(fd.as_fd()).map_err(told)?;
        let kind = sys::socket::kind(fd.as_fd()).map_err(told)?;
        let protocol = sys::socket::protocol(fd.as_fd()).map_err(told)?;
        let socket = Self::wrap(net, fd, family, kind, protocol);
        socket.learn_kernel_timeouts();
        // Also where the host had it non-blocking: a script's socket begins as Python's do.
        socket.set_timeout(net.default_timeout())?;
        Ok(socket)
    }

    /// Takes the descriptor back, in the mode the socket showed. The script's socket is closed then.
    ///
    /// # Errors
    /// `EBADF` when it was closed.
    pub(crate) fn hand_over(&self) -> Result<OwnedFd> {
        let fd = self.detach();
        if fd < 0 {
            return Err(Error::from(sys::errno::Errno::BADF).during("detach"));
        }
        sys::fd::adopt(fd).map_err(|errno| Error::from(errno).during("detach"))
    }
}
