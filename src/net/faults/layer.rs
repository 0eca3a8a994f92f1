//! The transport between a socket and the kernel that makes the faults. Bytes and datagrams that go by `send` and `recv` in
//! all their forms, by files and by `sendfile` pass it; `sendmsg`, `recvmsg`, urgent bytes, and what is only looked at
//! (`MSG_PEEK`) go straight to the kernel.

use std::cell::{Cell, RefCell};
use std::os::fd::RawFd;
use std::rc::Rc;
use std::time::Instant;

use crate::address::Address;
use crate::net::holding::{Held, Holding, Late, Outlook};
use crate::net::transport::{Kernel, Transport};
use crate::sched::Interest;
use crate::sys::errno::{Errno, Result};
use crate::sys::flag::{
    MSG_DONTWAIT, MSG_ERRQUEUE, MSG_OOB, MSG_PEEK, MSG_TRUNC, SHUT_WR, SO_LINGER, SOCK_DGRAM, SOCK_STREAM,
    SOL_SOCKET,
};

use super::arrivals::Arrivals;
use super::lane::Lane;
use super::plan::Plan;
use super::post::{Letter, Post};

/// Bytes of the longest datagram.
const LONGEST: usize = 65_536;

/// The faults of one socket.
pub(in crate::net) struct Layer {
    plan: Rc<Plan>,
    below: Rc<dyn Transport>,
    is_stream: bool,
    incoming: RefCell<Lane>,
    outgoing: RefCell<Lane>,
    arrivals: RefCell<Arrivals>,
    post: RefCell<Post>,
    /// Where what it holds is noted, and what was.
    holding: Rc<Holding>,
    held: Cell<Held>,
    /// Calls that were told to wait though the kernel would not have made them.
    refusals: Cell<u64>,
    /// What went wrong when nobody received, for who does.
    failure: Cell<Option<Errno>>,
    /// The stream is broken, and whether the reader has been told.
    broken: Cell<bool>,
    told: Cell<bool>,
    half_closed: Cell<bool>,
}

impl Layer {
    /// The faults of the `number`-th socket; none for a type they do not concern.
    pub(super) fn new(
        plan: Rc<Plan>,
        kind: i32,
        number: u64,
        below: Option<Rc<dyn Transport>>,
        holding: Rc<Holding>,
    ) -> Option<Self> {
        if kind != SOCK_STREAM && kind != SOCK_DGRAM {
            return None;
        }
        let lane = |way: u64| {
            // Far apart, whatever the seed.
            let seed = plan.seed ^ (number * 2 + way + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            RefCell::new(Lane::new(seed))
        };
        Some(Self {
            is_stream: kind == SOCK_STREAM,
            incoming: lane(0),
            outgoing: lane(1),
            plan,
            below: below.unwrap_or_else(|| Rc::new(Kernel)),
            arrivals: RefCell::default(),
            post: RefCell::default(),
            holding,
            held: Cell::default(),
            refusals: Cell::default(),
            failure: Cell::default(),
            broken: Cell::new(false),
            told: Cell::new(false),
            half_closed: Cell::new(false),
        })
    }

    /// Whether a stream has come to the byte at which it is reset; the peer sees it when the socket is closed.
    fn breaks(&self, fd: RawFd, offset: u64) -> bool {
        if !self.broken.get() && self.plan.reset.is_some_and(|end| offset >= end) {
            self.broken.set(true);
            let linger = [1_i32.to_ne_bytes(), 0_i32.to_ne_bytes()].concat();
            // A socket that has no such option has no reset either.
            let _ = self.below.set_option(fd, SOL_SOCKET, SO_LINGER, &linger);
        }
        self.broken.get()
    }

    fn receive_bytes(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<usize> {
        let mut lane = self.incoming.borrow_mut();
        let taken = self.take_bytes(fd, &mut lane, buffer, flags);
        self.counted(&lane, taken)
    }

    /// Counts what was told to wait because of this layer, in the direction of `lane`.
    fn counted<T>(&self, lane: &Lane, outcome: Result<T>) -> Result<T> {
        if matches!(outcome, Err(Errno::AGAIN)) && lane.due.is_some() {
            self.refusals.set(self.refusals.get() + 1);
        }
        outcome
    }

    fn take_bytes(&self, fd: RawFd, lane: &mut Lane, buffer: &mut [u8], flags: i32) -> Result<usize> {
        if self.breaks(fd, lane.offset) {
            return if self.told.replace(true) {
                Ok(0)
            } else {
                Err(Errno::CONNRESET)
            };
        }
        // Looked at first: what has arrived begins to be late, whatever this call meets.
        self.look(fd, lane)?;
        lane.enter(&self.plan)?;
        let arrived = self.await_arrival(lane)?;
        let most = lane.piece(&self.plan, self.plan.short_reads, buffer.len().min(arrived));
        let count = self.below.recv(fd, &mut buffer[..most], flags | MSG_DONTWAIT)?;
        lane.passed(&self.plan, count, count as u64);
        self.arrivals.borrow_mut().take(count as u64);
        Ok(count)
    }

    /// Notes what has come since the last look, where what arrives is held back.
    fn look(&self, fd: RawFd, lane: &Lane) -> Result<()> {
        if !self.plan.delays() {
            return Ok(());
        }
        // Asked before the bytes are counted: an end that is there is behind them, and input without bytes is a failure.
        let (ended, some) = (self.below.has_ended(fd, false), self.below.has_input(fd)?);
        let unread = self.below.unread(fd)? as u64;
        let due = |ahead| lane.due_of_arrival(&self.plan, ahead);
        self.arrivals
            .borrow_mut()
            .note(unread, ended || some && unread == 0, due);
        Ok(())
    }

    /// How many bytes of a stream are not held back any more.
    ///
    /// # Errors
    /// `EAGAIN`, and then `due` says when to come again unless nothing has come.
    fn await_arrival(&self, lane: &mut Lane) -> Result<usize> {
        if !self.plan.delays() {
            return Ok(usize::MAX);
        }
        let now = crate::sched::now();
        let arrivals = self.arrivals.borrow();
        let next = arrivals.next().ok_or(Errno::AGAIN)?;
        if next > now {
            lane.due = Some(next);
            return Err(Errno::AGAIN);
        }
        match arrivals.ready(now) {
            // The end.
            0 => Ok(usize::MAX),
            count => Ok(usize::try_from(count).unwrap_or(usize::MAX)),
        }
    }

    /// Before bytes of a stream leave: how many of `wanted` may.
    fn departing(&self, fd: RawFd, lane: &mut Lane, wanted: usize) -> Result<usize> {
        if self.breaks(fd, lane.offset) {
            return Err(if self.told.replace(true) {
                Errno::PIPE
            } else {
                Errno::CONNRESET
            });
        }
        if self.plan.half_close.is_some_and(|end| lane.offset >= end) {
            if !self.half_closed.replace(true) {
                // What is not connected has no half to close.
                let _ = self.below.shutdown(fd, SHUT_WR);
            }
            return Err(Errno::PIPE);
        }
        let entered = lane.enter(&self.plan);
        self.counted(lane, entered)?;
        Ok(lane.piece(&self.plan, self.plan.short_writes, wanted))
    }

    fn receive_letter(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<(usize, Address)> {
        let received = self.take_letter(fd, buffer, flags);
        self.note_held(fd);
        self.counted(&self.incoming.borrow(), received)
    }

    /// Notes what can be received that the kernel knows nothing of.
    fn note_held(&self, fd: RawFd) {
        let held = match self.failure.get() {
            Some(_) => Held::Something,
            None => self.post.borrow().held(self.incoming.borrow().due),
        };
        self.holding.note(fd, &self.held, held);
    }

    fn take_letter(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<(usize, Address)> {
        let mut lane = self.incoming.borrow_mut();
        let mut post = self.post.borrow_mut();
        if let Some(errno) = self.failure.take() {
            return Err(errno);
        }
        // As with a stream, what has arrived begins to be late.
        self.fetch_letters(fd, &mut lane, &mut post)?;
        lane.enter(&self.plan)?;
        let Some((data, from)) = post.take() else {
            lane.due = post.next();
            return Err(Errno::AGAIN);
        };
        let count = data.len().min(buffer.len());
        buffer[..count].copy_from_slice(&data[..count]);
        lane.passed(&self.plan, data.len(), 1);
        let told = if flags & MSG_TRUNC != 0 { data.len() } else { count };
        Ok((told, from))
    }

    /// Takes datagrams from the kernel, as many as there are and is room for.
    fn fetch_letters(&self, fd: RawFd, lane: &mut Lane, post: &mut Post) -> Result<()> {
        let mut data = Vec::new();
        while post.has_room(&self.plan) {
            data.resize(LONGEST, 0);
            let (count, from) = match self.below.recv_from(fd, &mut data, MSG_DONTWAIT) {
                Ok(letter) => letter,
                Err(Errno::AGAIN) => break,
                Err(errno) => return Err(errno),
            };
            let letter: Letter = (data[..count].to_vec(), from);
            post.sort(&self.plan, lane, letter);
        }
        Ok(())
    }

    /// Sends a datagram by `send`: not at all, once or twice.
    fn send_letter(&self, length: usize, mut send: impl FnMut() -> Result<usize>) -> Result<usize> {
        let mut lane = self.outgoing.borrow_mut();
        let entered = lane.enter(&self.plan);
        self.counted(&lane, entered)?;
        let count = if lane.chance(self.plan.drop) {
            length
        } else {
            let count = send()?;
            if lane.chance(self.plan.duplicate) {
                // What the kernel does not take is lost, as it may be on a network.
                let _ = send();
            }
            count
        };
        lane.passed(&self.plan, count, 1);
        Ok(count)
    }
}

impl Late for Layer {
    fn outlook(&self, fd: RawFd) -> Outlook {
        let now = crate::sched::now();
        let later = |due: Option<Instant>| due.filter(|due| *due > now);
        let mut outlook = Outlook {
            write: later(self.outgoing.borrow().due),
            ..Outlook::default()
        };
        let mut lane = self.incoming.borrow_mut();
        outlook.read = later(lane.due);
        if !self.plan.delays() {
            return outlook;
        }
        if self.is_stream {
            // What cannot be counted is not held back: it is no stream yet, or never, as one that listens.
            if self.look(fd, &lane).is_ok() {
                outlook.read = outlook.read.max(later(self.arrivals.borrow().next()));
            }
            return outlook;
        }
        let mut post = self.post.borrow_mut();
        if self.failure.get().is_none()
            && let Err(errno) = self.fetch_letters(fd, &mut lane, &mut post)
        {
            self.failure.set(Some(errno));
        }
        outlook.is_empty = true;
        drop((lane, post));
        self.note_held(fd);
        if let Held::From(due) = self.held.get() {
            outlook.read = Some(due);
        }
        outlook
    }

    fn refusals(&self) -> u64 {
        self.refusals.get()
    }
}

/// Whether a call goes straight to the kernel.
fn passes(flags: i32) -> bool {
    flags & (MSG_PEEK | MSG_OOB | MSG_ERRQUEUE) != 0
}

impl Transport for Layer {
    fn recv(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<usize> {
        if passes(flags) {
            self.below.recv(fd, buffer, flags)
        } else if self.is_stream {
            self.receive_bytes(fd, buffer, flags)
        } else {
            self.receive_letter(fd, buffer, flags).map(|(count, _)| count)
        }
    }

    fn recv_from(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<(usize, Address)> {
        if passes(flags) {
            self.below.recv_from(fd, buffer, flags)
        } else if self.is_stream {
            Ok((self.receive_bytes(fd, buffer, flags)?, Address::None))
        } else {
            self.receive_letter(fd, buffer, flags)
        }
    }

    fn send(&self, fd: RawFd, data: &[u8], flags: i32) -> Result<usize> {
        if passes(flags) {
            return self.below.send(fd, data, flags);
        }
        if !self.is_stream {
            return self.send_letter(data.len(), || self.below.send(fd, data, flags | MSG_DONTWAIT));
        }
        let mut lane = self.outgoing.borrow_mut();
        let most = self.departing(fd, &mut lane, data.len())?;
        let count = self.below.send(fd, &data[..most], flags | MSG_DONTWAIT)?;
        lane.passed(&self.plan, count, count as u64);
        Ok(count)
    }

    fn send_to(&self, fd: RawFd, data: &[u8], flags: i32, address: &Address) -> Result<usize> {
        if self.is_stream {
            return self.below.send_to(fd, data, flags, address);
        }
        self.send_letter(data.len(), || {
            self.below.send_to(fd, data, flags | MSG_DONTWAIT, address)
        })
    }

    fn send_file(&self, fd: RawFd, from: RawFd, offset: i64, count: usize) -> Result<usize> {
        let mut lane = self.outgoing.borrow_mut();
        let most = self.departing(fd, &mut lane, count)?;
        let count = self.below.send_file(fd, from, offset, most)?;
        lane.passed(&self.plan, count, count as u64);
        Ok(count)
    }

    fn shutdown(&self, fd: RawFd, how: i32) -> Result<()> {
        self.below.shutdown(fd, how)
    }

    fn due(&self, interest: Interest) -> Option<Instant> {
        match interest {
            Interest::Read => self.incoming.borrow().due,
            Interest::Write => self.outgoing.borrow().due,
        }
    }
}
