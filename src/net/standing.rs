//! What a socket stands on: the kernel, or a network inside the process; and over that TLS, or faults made on purpose.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use crate::sched::Interest;

use super::simnet::{Virtual, World};
use super::socket::Socket;
use super::transport::Transport;

impl Socket {
    /// Whether its bytes move by the kernel's own calls, with nobody in the queue: what a fast path may rely on.
    #[inline]
    pub(crate) fn is_plain(&self, interest: Interest) -> bool {
        self.is_plain_transport()
            && self
                .source
                .get()
                .is_none_or(|source| !source.has_waiters(interest))
    }

    /// Whether its bytes move by the kernel's own calls, and from whoever sends them.
    pub(crate) fn is_plain_transport(&self) -> bool {
        self.transport.get().is_none() && !self.sifts() && !self.net().meter.limits_bytes()
    }

    /// Whether a file's bytes may go to it without passing through a buffer of ours.
    pub(crate) fn takes_files(&self) -> bool {
        let is_virtual = |transport: &Rc<dyn Transport>| transport.is_virtual();
        self.is_plain_transport() || self.transport.get().is_some_and(is_virtual)
    }

    /// When to try again, where no readiness tells.
    #[inline]
    pub(super) fn due(&self, interest: Interest) -> Option<Instant> {
        self.transport.get().and_then(|transport| transport.due(interest))
    }

    pub(super) fn transport(&self) -> &dyn Transport {
        match self.transport.get() {
            Some(transport) => &**transport,
            None => self.net().kernel(),
        }
    }

    /// What it stands on under TLS and faults: the kernel, or a network inside the process.
    pub(super) fn lower(&self) -> &dyn Transport {
        match self.lower.get() {
            Some(lower) => &**lower,
            None => self.net().kernel(),
        }
    }

    /// It is one of a network inside the process, of which the kernel knows nothing.
    pub(super) fn stand_on(&self, world: &Arc<World>, member: usize) {
        let fd = self.fd();
        world.take(fd, member);
        self.drains.set(false);
        // Both are a new socket's.
        let _ = self
            .lower
            .set(Rc::new(Virtual::new(world, member, &self.net().meter)));
        if let Ok(source) = self.net().sched().simulated_source(fd) {
            let _ = self.source.set(source);
        }
    }
}
