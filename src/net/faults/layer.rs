//! The transport between a socket and the kernel that makes the faults. Bytes and datagrams that go by `send` and `recv` in
//! all their forms, by files and by `sendfile` pass it; `sendmsg`, `recvmsg`, urgent bytes, and what is only looked at
//! (`MSG_PEEK`) go straight to the kernel.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::address::Address;
use crate::net::holding::{Held, Holding};
use crate::net::transport::{Kernel, Transport};
use crate::sched::Interest;
use crate::sys::errno::{Errno, Result};
use crate::sys::flag::{
    MSG_DONTWAIT, MSG_ERRQUEUE, MSG_OOB, MSG_PEEK, MSG_TRUNC, SHUT_WR, SO_LINGER, SOCK_DGRAM, SOCK_STREAM,
    SOL_SOCKET,
};

use super::lane::Lane;
use super::plan::Plan;

/// A datagram that waits for the next one waits so long.
const LONGEST_OVERTAKING: Duration = Duration::from_millis(10);
/// Bytes of the longest datagram.
const LONGEST: usize = 65_536;

/// The faults of one socket.
pub(in crate::net) struct Layer {
    plan: Rc<Plan>,
    below: Rc<dyn Transport>,
    is_stream: bool,
    incoming: RefCell<Lane>,
    outgoing: RefCell<Lane>,
    post: RefCell<Post>,
    /// Where what it holds is noted, and what was.
    holding: Rc<Holding>,
    held: Cell<Held>,
    /// The stream is broken, and whether the reader has been told.
    broken: Cell<bool>,
    told: Cell<bool>,
    half_closed: Cell<bool>,
}

/// A datagram and who sent it.
type Letter = (Vec<u8>, Address);

/// Datagrams between the kernel and the script.
#[derive(Default)]
struct Post {
    ready: VecDeque<Letter>,
    /// One that lets the next go first, and until when.
    late: Option<(Letter, Instant)>,
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
            post: RefCell::default(),
            holding,
            held: Cell::default(),
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
        if self.breaks(fd, lane.offset) {
            return if self.told.replace(true) {
                Ok(0)
            } else {
                Err(Errno::CONNRESET)
            };
        }
        lane.enter(&self.plan)?;
        lane.hold_back(&self.plan, || self.has_come(fd))?;
        let most = lane.piece(&self.plan, self.plan.short_reads, buffer.len());
        let count = self.below.recv(fd, &mut buffer[..most], flags | MSG_DONTWAIT)?;
        lane.passed(&self.plan, count, count as u64);
        Ok(count)
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
        lane.enter(&self.plan)?;
        Ok(lane.piece(&self.plan, self.plan.short_writes, wanted))
    }

    fn receive_letter(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<(usize, Address)> {
        let received = self.take_letter(fd, buffer, flags);
        let post = self.post.borrow();
        let held = match &post.late {
            _ if !post.ready.is_empty() => Held::Something,
            Some((_, until)) => Held::From(*until),
            None => Held::Nothing,
        };
        self.holding.note(fd, &self.held, held);
        received
    }

    fn take_letter(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<(usize, Address)> {
        let mut lane = self.incoming.borrow_mut();
        let mut post = self.post.borrow_mut();
        lane.enter(&self.plan)?;
        while post.ready.is_empty() {
            if post.late.is_none() {
                lane.hold_back(&self.plan, || self.has_come(fd))?;
            }
            self.fetch_letter(fd, &mut lane, &mut post)?;
        }
        let (data, from) = post.ready.pop_front().ok_or(Errno::AGAIN)?;
        let count = data.len().min(buffer.len());
        buffer[..count].copy_from_slice(&data[..count]);
        lane.passed(&self.plan, data.len(), 1);
        let told = if flags & MSG_TRUNC != 0 { data.len() } else { count };
        Ok((told, from))
    }

    /// Takes a datagram from the kernel, and decides what becomes of it.
    fn fetch_letter(&self, fd: RawFd, lane: &mut Lane, post: &mut Post) -> Result<()> {
        let mut data = vec![0; LONGEST];
        let (count, from) = match self.below.recv_from(fd, &mut data, MSG_DONTWAIT) {
            Ok(letter) => letter,
            Err(Errno::AGAIN) => {
                let Some((letter, until)) = post.late.take() else {
                    return Err(Errno::AGAIN);
                };
                if until <= crate::sched::now() {
                    post.ready.push_back(letter);
                    return Ok(());
                }
                lane.due = Some(until);
                post.late = Some((letter, until));
                return Err(Errno::AGAIN);
            }
            Err(errno) => return Err(errno),
        };
        data.truncate(count);
        let letter = (data, from);
        if lane.chance(self.plan.drop) {
            return Ok(());
        }
        if lane.chance(self.plan.duplicate) {
            post.ready.push_back(letter.clone());
        }
        if post.late.is_none() && lane.chance(self.plan.reorder) {
            post.late = Some((letter, crate::sched::now() + LONGEST_OVERTAKING));
            return Ok(());
        }
        post.ready.push_back(letter);
        post.ready.extend(post.late.take().map(|(letter, _)| letter));
        Ok(())
    }

    /// `EAGAIN` unless there is something to receive, be it the end.
    fn has_come(&self, fd: RawFd) -> Result<()> {
        self.below.recv(fd, &mut [0], MSG_PEEK | MSG_DONTWAIT).map(drop)
    }

    /// Sends a datagram by `send`: not at all, once or twice.
    fn send_letter(&self, length: usize, mut send: impl FnMut() -> Result<usize>) -> Result<usize> {
        let mut lane = self.outgoing.borrow_mut();
        lane.enter(&self.plan)?;
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
