//! A plain `recv` whose task leaves its stack to others while it waits (see `sched::parking`).

#![cfg(feature = "lua")]

use std::rc::Rc;

use crate::error::Result;
use crate::sched::{Interest, Parking, Wake};
use crate::sys;
use crate::sys::errno::Errno;
use crate::sys::flag::MSG_DONTWAIT;
use crate::sys::prefetch;

use super::ahead::Kept;
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
    /// What came of it before its task runs.
    ahead: Option<sys::errno::Result<Kept>>,
}

/// Bytes in a buffer of the runtime's, good until the next receive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Received {
    pub(crate) start: *const u8,
    pub(crate) length: usize,
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
            ahead: None,
        }))
    }

    fn in_scratch(&self, length: usize) -> Received {
        Received {
            start: self.net().scratch().start(),
            length,
        }
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
        prefetch::fetch_shared(&self.socket, Socket::HOT);
        self.parking.fetch();
    }

    /// Receives, if it can be done so early.
    #[inline]
    pub(crate) fn take_ahead(&mut self) {
        if self.ahead.is_none() {
            self.ahead = self.socket.receive_ahead(self.size);
        }
    }

    /// Ends the wait and receives.
    ///
    /// # Errors
    /// As [`Socket::recv`].
    pub(crate) fn receive(self) -> Result<Received> {
        let Self {
            socket,
            size,
            patience,
            parking,
            ahead,
        } = self;
        let sched = socket.net().sched();
        if let Some(outcome) = ahead {
            let concluded = sched.conclude(parking);
            socket.pass_on();
            concluded.map_err(|error| socket.failed("recv", error))?;
            let bytes = |kept: Kept| {
                kept.with(|bytes| Received {
                    start: bytes.as_ptr(),
                    length: bytes.len(),
                })
            };
            return outcome.map(bytes).map_err(|errno| socket.failed("recv", errno));
        }
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
            let received = socket.receive_in_scratch("recv", size, 0, patience, None, true);
            return received.map(|length| socket.in_scratch(length));
        }
        socket.pass_on();
        outcome
            .map(|length| socket.in_scratch(length))
            .map_err(|errno| socket.failed("recv", errno))
    }
}
