//! A plain `recv` whose task leaves its stack to others while it waits (see `sched::parking`).

#![cfg(feature = "lua")]

use std::rc::Rc;

use crate::error::Result;
use crate::sched::{Interest, Parking, Wake};
use crate::sys::errno::Errno;
use crate::sys::flag::MSG_DONTWAIT;
use crate::sys::prefetch;

use super::io::Patience;
use super::socket::Socket;

/// A receive that has begun to wait. Its task goes on with [`Self::receive`].
#[derive(Debug)]
pub(crate) struct Parked {
    /// A reference of its own: the script may let go of the socket meanwhile.
    socket: Rc<Socket>,
    size: usize,
    patience: Patience,
    parking: Parking,
}

impl Socket {
    /// Begins to wait for something to receive, after a try that found nothing; the task has to leave its stack then. None where the
    /// wait can only be done by [`Self::recv_in_scratch`].
    ///
    /// # Errors
    /// As [`Self::recv`].
    pub(crate) fn park(&self, size: usize) -> Result<Option<Parked>> {
        let patience = self.patience(Interest::Read, 0);
        let (Patience::Until(deadline), false) = (patience, self.ends_silently()) else {
            return Ok(None);
        };
        let Some(socket) = self.me() else { return Ok(None) };
        let parking = self
            .net()
            .sched()
            .park(&self.source, self.fd(), Interest::Read, deadline)
            .map_err(|error| self.failed("recv", error))?;
        Ok(parking.map(|parking| Parked {
            socket,
            size,
            patience,
            parking,
        }))
    }

    /// Whoever waits behind a receive that is done may try.
    fn pass_on(&self) {
        if let Some(source) = self.source.get() {
            self.net().sched().pass_on(source, Interest::Read);
        }
    }
}

impl Parked {
    /// Asks for the memory that the end of the wait will use.
    #[inline]
    pub(crate) fn fetch(&self) {
        prefetch::fetch(Rc::as_ptr(&self.socket) as usize, size_of::<Socket>());
        self.parking.fetch();
    }

    /// Ends the wait and receives, into the runtime's receive buffer; returns how many bytes.
    ///
    /// # Errors
    /// As [`Socket::recv`].
    pub(crate) fn receive(self) -> Result<usize> {
        let Self {
            socket,
            size,
            patience,
            parking,
        } = self;
        let sched = socket.net().sched();
        let woken = sched.end_parking(parking).and_then(|wake| match wake {
            Wake::Ready => Ok(()),
            Wake::TimedOut => Err(patience.expired(Errno::AGAIN)),
        });
        woken.map_err(|error| socket.failed("recv", error))?;
        // It may have begun to speak TLS, or to be watched.
        let is_plain = socket.is_plain_transport() && !socket.shows_senders();
        let outcome = loop {
            match is_plain.then(|| socket.receive_at_once(size, MSG_DONTWAIT)) {
                // Not behind those who wait: the bytes are there, and no event tells of them again.
                Some(Err(Errno::INTR)) => {
                    if let Err(error) = sched.check_doom() {
                        socket.pass_on();
                        return Err(socket.failed("recv", error));
                    }
                }
                Some(outcome) => break outcome,
                None => break Err(Errno::AGAIN),
            }
        };
        if outcome == Err(Errno::AGAIN) {
            // Woken for nothing: still before those who came later.
            return socket.receive_in_scratch("recv", size, 0, patience, None, true);
        }
        socket.pass_on();
        outcome.map_err(|errno| socket.failed("recv", errno))
    }
}
