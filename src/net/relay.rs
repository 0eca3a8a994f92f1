//! A relay: bytes from each of two streams to the other, both ways at once, until both have ended.

use std::os::fd::{AsFd as _, OwnedFd, RawFd};
use std::rc::Rc;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::sched::{Interest, Wake, Watch, deadline_after};
use crate::sys::errno::{self, Errno};
use crate::sys::flag::{MSG_DONTWAIT, SHUT_WR};
#[cfg(linux)]
use crate::sys::splice;

use super::observe::Event;
use super::socket::Socket;
use super::timeout::Timeout;

/// Bytes asked for at once.
const CHUNK: usize = 64 * 1024;
/// Pieces one direction may move before the other has its turn.
const IN_A_ROW: usize = 16;

/// Who looks at what is relayed: handed the side it came from, and the bytes. May wait, and end the relay by failing.
pub(super) type Tap<'a> = &'a mut dyn FnMut(Side, Vec<u8>) -> Result<()>;

/// One of the two streams.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    A,
    B,
}

/// Where bytes are on their way.
enum Held {
    /// In memory, from this place on.
    Memory(Vec<u8>, usize),
    /// In the kernel: a pipe's two ends, and how much is between them.
    #[cfg(linux)]
    Pipe(OwnedFd, OwnedFd, usize),
}

/// One direction.
struct Way<'a> {
    from: &'a Rc<Socket>,
    to: &'a Rc<Socket>,
    side: Side,
    held: Held,
    ended: bool,
    done: bool,
    moved: u64,
}

impl Socket {
    /// Copies what each of two streams receives to the other until both have ended; the end of one is passed on by
    /// shutting the other down for writing. Returns how many bytes went from `a` to `b` and back.
    ///
    /// # Errors
    /// `ValueError` for what is no stream in a waiting mode; a timeout when nothing moves for as long as the shorter of the
    /// two allows; the system's refusal, a reset for one; what `tap` raises. The sockets stay open.
    pub(crate) fn relay(a: &Rc<Self>, b: &Rc<Self>, mut tap: Option<Tap<'_>>) -> Result<(u64, u64)> {
        const OP: &str = "relay";
        if Rc::ptr_eq(a, b) {
            return Err(Error::value("relay() needs two sockets"));
        }
        for socket in [a, b] {
            if !socket.is_stream() {
                return Err(Error::value("only SOCK_STREAM type sockets are supported"));
            }
            if socket.timeout() == Timeout::NonBlocking {
                return Err(Error::value("non-blocking sockets are not supported"));
            }
            socket
                .force_nonblocking()
                .map_err(|error| socket.failed(OP, error))?;
        }
        let in_kernel =
            tap.is_none() && a.is_plain_transport() && b.is_plain_transport() && !a.net().is_observed();
        let mut ways = [
            Way::new(a, b, Side::A, in_kernel),
            Way::new(b, a, Side::B, in_kernel),
        ];
        let outcome = run(&mut ways, &mut tap);
        for socket in [a, b] {
            // One that was closed meanwhile has no mode to give back.
            let _ = socket.restore_blocking();
        }
        outcome.map_err(|error| a.failed(OP, error))?;
        Ok((ways[0].moved, ways[1].moved))
    }
}

/// The shorter of two patiences, from now on.
fn patience(ways: &[Way<'_>; 2]) -> Option<Instant> {
    let limits = ways.iter().filter_map(|way| match way.from.timeout() {
        Timeout::After(limit) => Some(limit),
        Timeout::Blocking | Timeout::NonBlocking => None,
    });
    limits.min().and_then(deadline_after)
}

fn run(ways: &mut [Way<'_>; 2], tap: &mut Option<Tap<'_>>) -> Result<()> {
    let sched = ways[0].from.net().sched().clone();
    let mut over = patience(ways);
    while !ways.iter().all(|way| way.done) {
        sched.tick()?;
        let mut progress = false;
        for way in ways.iter_mut() {
            progress |= way.step(tap)?;
        }
        // Only a round in which nobody could do anything, and nobody else ran, may be followed by a wait.
        if progress {
            over = patience(ways);
            continue;
        }
        // What is held back on purpose may lie in the kernel already, which would call it ready.
        let waiting = || ways.iter().filter(|way| !way.done);
        let due = waiting().filter_map(Way::due).min();
        let watches: Vec<_> = waiting()
            .filter(|way| way.due().is_none())
            .map(Way::watch)
            .collect();
        let until = over.into_iter().chain(due).min();
        if sched.wait_any(&watches, until)? == Wake::TimedOut && until == over {
            return Err(Error::timed_out());
        }
    }
    Ok(())
}

impl<'a> Way<'a> {
    fn new(from: &'a Rc<Socket>, to: &'a Rc<Socket>, side: Side, in_kernel: bool) -> Self {
        Self {
            from,
            to,
            side,
            held: if in_kernel {
                Held::in_kernel()
            } else {
                Held::in_memory()
            },
            ended: false,
            done: false,
            moved: 0,
        }
    }

    /// What it waits for.
    fn awaited(&self) -> (&Rc<Socket>, Interest) {
        if self.held.is_empty() {
            (self.from, Interest::Read)
        } else {
            (self.to, Interest::Write)
        }
    }

    fn watch(&self) -> Watch<'_> {
        let (socket, interest) = self.awaited();
        Watch::new(&socket.source, socket.fd(), interest)
    }

    /// Until when a layer of faults holds it back.
    fn due(&self) -> Option<Instant> {
        let (socket, interest) = self.awaited();
        socket.due(interest)
    }

    /// Moves what can be moved without waiting; false when that is nothing.
    fn step(&mut self, tap: &mut Option<Tap<'_>>) -> Result<bool> {
        let mut progress = false;
        for _ in 0..IN_A_ROW {
            if self.done {
                break;
            }
            let moved = if !self.held.is_empty() {
                self.give()
            } else if self.ended {
                self.done = true;
                // A peer that has closed already needs not be told.
                let _ = self.to.shutdown(SHUT_WR);
                progress = true;
                break;
            } else {
                self.take(tap)
            };
            match moved? {
                Ok(()) => progress = true,
                Err(Errno::AGAIN) => break,
                Err(Errno::INTR) => {
                    self.from.net().sched().check_doom()?;
                    progress = true;
                }
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(progress)
    }

    /// Receives; the inner result is the system's.
    fn take(&mut self, tap: &mut Option<Tap<'_>>) -> Result<errno::Result<()>> {
        let fd = self.from.open_fd()?;
        let count = match &mut self.held {
            #[cfg(linux)]
            Held::Pipe(_, writer, held) => match splice::fill(fd, writer.as_fd()) {
                Err(Errno::INVAL) => {
                    // This kind of socket cannot: its bytes go through memory.
                    self.held = Held::in_memory();
                    return Ok(Ok(()));
                }
                Err(errno) => return Ok(Err(errno)),
                Ok(count) => {
                    *held = count;
                    self.from.net().traffic().received(count);
                    count
                }
            },
            Held::Memory(bytes, start) => {
                bytes.clear();
                bytes.resize(CHUNK, 0);
                *start = 0;
                let received = self.from.receive_raw(fd, bytes, MSG_DONTWAIT);
                bytes.truncate(received.unwrap_or(0));
                match received {
                    Ok(count) => count,
                    Err(errno) => return Ok(Err(errno)),
                }
            }
        };
        self.ended = count == 0;
        if let Held::Memory(bytes, _) = &self.held {
            if self.from.shows_bytes() {
                self.from.observe(|| Event::Received {
                    fd,
                    data: bytes,
                    from: None,
                    peeked: false,
                });
            }
            if count > 0
                && let Some(tap) = tap
            {
                tap(self.side, bytes.clone())?;
            }
        }
        Ok(Ok(()))
    }

    /// Sends; the inner result is the system's.
    fn give(&mut self) -> Result<errno::Result<()>> {
        let fd = self.to.open_fd()?;
        Ok(self
            .held
            .give(self.to, fd)
            .map(|count| self.moved += count as u64))
    }
}

impl Held {
    fn in_memory() -> Self {
        Self::Memory(Vec::new(), 0)
    }

    /// In the kernel, where that can be had.
    fn in_kernel() -> Self {
        #[cfg(linux)]
        if let Ok((reader, writer)) = splice::pipe() {
            return Self::Pipe(reader, writer, 0);
        }
        Self::in_memory()
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Memory(bytes, start) => *start >= bytes.len(),
            #[cfg(linux)]
            Self::Pipe(_, _, held) => *held == 0,
        }
    }

    fn give(&mut self, to: &Socket, fd: RawFd) -> errno::Result<usize> {
        match self {
            Self::Memory(bytes, start) => {
                let rest = bytes.get(*start..).unwrap_or_default();
                let count = to.transport().send(fd, rest, MSG_DONTWAIT)?;
                if to.shows_bytes() {
                    to.observe(|| Event::Sent {
                        fd,
                        data: &rest[..count.min(rest.len())],
                        to: None,
                    });
                }
                *start += count;
                Ok(count)
            }
            #[cfg(linux)]
            Self::Pipe(reader, _, held) => {
                let count = splice::drain(reader.as_fd(), fd, *held)?;
                *held -= count.min(*held);
                to.net().traffic().sent(count);
                Ok(count)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Net;
    use crate::policy::Policy;
    use crate::sched::Scheduler;
    use crate::sys::flag::{AF_UNIX, SOCK_STREAM};
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    /// What the relay returned, what came out at each end, and how much the tap saw.
    struct Relayed {
        moved: (u64, u64),
        ends: [Vec<u8>; 2],
        seen: usize,
    }

    /// The byte a side sends at a place.
    fn byte(at: usize, side: u8) -> u8 {
        u8::try_from(at % 251).unwrap_or(0) ^ side
    }

    /// Relays between two streams whose other ends each send `size` bytes and read to the end; what came out where.
    fn relayed(size: usize, tapped: bool) -> Result<Relayed> {
        let net = Net::new(Scheduler::new(256 * 1024), Policy::allow_all(), 64 << 20);
        let mut relayed = Vec::new();
        let ends: Vec<_> = (0..2_u8)
            .map(|side| {
                let (mine, theirs) = UnixStream::pair().expect("a pair");
                let fd = std::os::fd::IntoRawFd::into_raw_fd(mine);
                relayed.push(Socket::adopt(&net, fd, Some(AF_UNIX), Some(SOCK_STREAM), Some(0)));
                std::thread::spawn(move || {
                    let mut writer = theirs.try_clone().expect("a duplicate");
                    let sending = std::thread::spawn(move || {
                        let bytes: Vec<u8> = (0..size).map(|at| byte(at, side)).collect();
                        writer.write_all(&bytes).expect("it goes out");
                        writer.shutdown(std::net::Shutdown::Write).expect("it ends");
                    });
                    let mut got = Vec::new();
                    (&theirs).read_to_end(&mut got).expect("it comes in");
                    sending.join().expect("all is sent");
                    got
                })
            })
            .collect();
        let mut relayed = relayed.into_iter();
        let (a, b) = (relayed.next().expect("one")?, relayed.next().expect("another")?);
        let mut seen = 0;
        let mut tap = |_: Side, bytes: Vec<u8>| {
            seen += bytes.len();
            Ok(())
        };
        let moved = Socket::relay(&a, &b, if tapped { Some(&mut tap) } else { None })?;
        let got = ends.into_iter().map(|end| end.join().expect("an end"));
        let got: Vec<_> = got.collect();
        let ends = <[Vec<u8>; 2]>::try_from(got).expect("two ends");
        Ok(Relayed { moved, ends, seen })
    }

    #[test]
    fn both_ways_arrive_whole_and_the_ends_are_passed_on() -> Result<()> {
        const SIZE: usize = 3_000_000;
        for tapped in [false, true] {
            let Relayed { moved, ends, seen } = relayed(SIZE, tapped)?;
            let [at_a, at_b] = ends;
            assert_eq!(moved, (SIZE as u64, SIZE as u64));
            assert_eq!(seen, if tapped { 2 * SIZE } else { 0 });
            let right = |got: &[u8], side: u8| {
                got.len() == SIZE && got.iter().enumerate().all(|(at, one)| *one == byte(at, side))
            };
            assert!(right(&at_a, 1) && right(&at_b, 0), "tapped: {tapped}");
        }
        Ok(())
    }
}
