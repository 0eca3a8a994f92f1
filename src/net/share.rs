//! Sockets shared with another process: what Python has on Windows, made of what Linux has.
//!
//! [`Socket::share`] duplicates the socket at once and offers the duplicate on a listening Unix socket of an abstract name
//! that the kernel chooses. A helper thread waits there; to the first caller that the kernel says is the named process it
//! passes the descriptor, and to nobody else. The process is held by a pidfd from the start, so that its number cannot
//! pass to another. What is returned names the offer and its maker, and [`Socket::from_share`] takes a descriptor only
//! from that process. An offer ends when it is taken, and when the runtime that made it ends.

use std::cell::RefCell;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::rc::Rc;
use std::sync::{Arc, Weak, mpsc};
use std::time::Duration;

use crate::address::{Address, UnixName};
use crate::error::{Class, Error, Result};
use crate::policy::Request;
use crate::sched::deadline_after;
use crate::sys::errno::{self, Errno};
use crate::sys::flag::{AF_UNIX, SHUT_RDWR, SOCK_STREAM};
use crate::sys::{fd, message as wire, peer, poll, signal, socket};

use super::context::Net;
use super::message::{descriptors, rights};
use super::socket::Socket;

/// How the bytes of an offer begin.
const MARK: &[u8] = b"wirescript share 1\0";
/// Offers that may wait to be taken at once.
const MOST_OFFERS: usize = 64;
/// How long the maker of an offer may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A socket that waits to be taken: the listener its helper thread holds.
#[derive(Debug)]
struct Offer(Weak<OwnedFd>);

impl Drop for Offer {
    fn drop(&mut self) {
        // Wakes the helper thread. One whose offer was taken is not there any more.
        if let Some(listener) = self.0.upgrade() {
            let _ = socket::shutdown(listener.as_fd(), SHUT_RDWR);
        }
    }
}

/// The offers of one runtime.
#[derive(Debug, Default)]
pub(super) struct Shares(RefCell<Vec<Offer>>);

/// What the bytes of an offer say.
struct Ticket {
    maker: i32,
    family: i32,
    kind: i32,
    protocol: i32,
    name: Vec<u8>,
}

impl Ticket {
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MARK.to_vec();
        for number in [self.maker, self.family, self.kind, self.protocol] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.name);
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MARK)?;
        let (numbers, name) = rest.split_at_checked(16)?;
        let mut numbers = numbers
            .chunks_exact(4)
            .filter_map(|four| four.try_into().ok().map(i32::from_le_bytes));
        let ticket = Self {
            maker: numbers.next()?,
            family: numbers.next()?,
            kind: numbers.next()?,
            protocol: numbers.next()?,
            name: name.to_vec(),
        };
        (ticket.name.first() == Some(&0)).then_some(ticket)
    }
}

impl Socket {
    /// Offers a duplicate of the socket to a process, which may take it once; this one may be closed at once.
    ///
    /// # Errors
    /// `ProcessLookupError` when there is no such process, `OSError` when too many offers wait to be taken.
    pub(crate) fn share(&self, process: i32) -> Result<Vec<u8>> {
        const OP: &str = "share";
        self.guard(&Request::Share { process })
            .map_err(|error| self.failed(OP, error))?;
        let offers = &self.net().shares.0;
        offers.borrow_mut().retain(|offer| offer.0.strong_count() > 0);
        if offers.borrow().len() >= MOST_OFFERS {
            let text = format!("{MOST_OFFERS} shared sockets wait to be taken");
            return Err(self.failed(OP, Error::os_with_text(Errno::MFILE.0, text)));
        }
        self.restore_blocking().map_err(|error| self.failed(OP, error))?;
        let duplicate = fd::dup(self.borrowed().map_err(|error| self.failed(OP, error))?)
            .map_err(|errno| self.failed(OP, errno))?;
        if process <= 0 {
            return Err(self.failed(OP, Errno::SRCH));
        }
        let (offer, name) = make(duplicate, process).map_err(|errno| self.failed(OP, errno))?;
        offers.borrow_mut().push(offer);
        Ok(Ticket {
            maker: peer::own_process(),
            family: self.family(),
            kind: self.kind(),
            protocol: self.protocol(),
            name,
        }
        .to_bytes())
    }

    /// Takes a socket that another process shared with this one.
    ///
    /// # Errors
    /// `ValueError` for bytes that are no offer, `OSError` when it was taken, is for another process, or its maker has
    /// ended; a refusal by the policy.
    pub(crate) fn from_share(net: &Rc<Net>, bytes: &[u8]) -> Result<Rc<Self>> {
        const OP: &str = "fromshare";
        let ticket = Ticket::read(bytes)
            .ok_or_else(|| Error::value("fromshare(): these are not the bytes of share()"))?;
        net.guard(&Request::FromShare {
            process: ticket.maker,
        })
        .map_err(|error| error.during(OP))?;
        let (maker, name) = (ticket.maker, ticket.name.clone());
        let deadline = deadline_after(PATIENCE);
        let taken = net
            .sched()
            .off_thread(deadline, move || take(maker, &name))?
            .unwrap_or(Err(Errno::TIMEDOUT));
        let taken = taken.map_err(|errno| {
            let text = match errno {
                Errno::CONNREFUSED => "the socket was taken, or the process that shared it has ended",
                Errno::ACCES => "the socket is shared with another process",
                _ => return Error::from(errno).during(OP),
            };
            Error::os_with_text(errno.0, text).during(OP)
        })?;
        // From here on as any descriptor that came from outside.
        net.guard_unheard(&Request::Adopt {
            fd: taken.as_raw_fd(),
        })
        .map_err(|error| error.during(OP))?;
        Self::announce_new(net, ticket.family, ticket.kind, ticket.protocol)?;
        let kind = socket::kind(taken.as_fd()).map_err(|errno| Error::from(errno).during(OP))?;
        if kind != ticket.kind {
            return Err(
                Error::new(Class::OSError, "the shared descriptor is another kind of socket").during(OP),
            );
        }
        let socket = Self::wrap(net, taken, ticket.family, ticket.kind, ticket.protocol);
        socket.apply_default_timeout()?;
        Ok(socket)
    }
}

/// Starts to offer a descriptor to a process.
fn make(offered: OwnedFd, process: i32) -> errno::Result<(Offer, Vec<u8>)> {
    let held = peer::hold(process)?;
    let listener = socket::open(AF_UNIX, SOCK_STREAM, 0)?;
    // Without a name of ours the kernel finds one that is free.
    socket::bind(listener.as_fd(), &Address::Unix(UnixName::Unnamed))?;
    socket::listen(listener.as_fd(), 8)?;
    let name = match socket::local_address(listener.as_fd())? {
        Address::Unix(name) => name.to_bytes(),
        _ => return Err(Errno::AFNOSUPPORT),
    };
    let listener = Arc::new(listener);
    let offer = Offer(Arc::downgrade(&listener));
    let (started, has_started) = mpsc::channel();
    std::thread::Builder::new()
        .name("wirescript-share".into())
        .stack_size(64 * 1024)
        .spawn(move || {
            signal::block_all();
            // Nobody hears it when `make` has failed, which it cannot once the thread runs.
            let _ = started.send(());
            while let Ok((caller, _)) = socket::accept(listener.as_fd()) {
                let is_named = peer::process(caller.as_fd()) == Ok(process) && peer::lives(held.as_fd());
                if is_named && hand_over(&caller, &offered) {
                    // The caller waits for its end of the line: nobody finds the listener after that.
                    drop(listener);
                    return;
                }
            }
        })
        .map_err(Errno::from)?;
    has_started.recv().map_err(|_| Errno::NOMEM)?;
    Ok((offer, name))
}

/// Passes the descriptor to the caller.
fn hand_over(caller: &OwnedFd, offered: &OwnedFd) -> bool {
    let byte = [std::io::IoSlice::new(b"s")];
    let control = [rights(&[offered.as_raw_fd()])];
    wire::send_message(caller.as_raw_fd(), &byte, &control, 0, None).is_ok()
}

/// Takes the descriptor offered under a name by a process; ECONNREFUSED when there is no such offer, EACCES when it is
/// not for us.
fn take(maker: i32, name: &[u8]) -> errno::Result<OwnedFd> {
    let caller = socket::open(AF_UNIX, SOCK_STREAM, 0)?;
    socket::connect(caller.as_fd(), &Address::Unix(UnixName::new(name)))?;
    if peer::process(caller.as_fd())? != maker {
        return Err(Errno::CONNREFUSED);
    }
    if poll::poll_one(caller.as_raw_fd(), true, false, Some(PATIENCE))?.timed_out {
        return Err(Errno::TIMEDOUT);
    }
    let mut byte = [0];
    let mut buffers = [std::io::IoSliceMut::new(&mut byte)];
    // Room for one and not, by what alignment adds, for a second.
    let space = wire::control_length(size_of::<i32>()).unwrap_or(0);
    let received = match wire::recv_message(caller.as_raw_fd(), &mut buffers, space, 0) {
        Err(Errno::CONNRESET) => return Err(Errno::ACCES),
        received => received?,
    };
    let number = descriptors(&received.control).into_iter().next();
    let taken = fd::adopt(number.ok_or(Errno::ACCES)?)?;
    fd::set_inheritable(taken.as_fd(), false)?;
    poll::poll_one(caller.as_raw_fd(), true, false, Some(PATIENCE))?;
    Ok(taken)
}

#[cfg(all(test, linux))]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::sched::Scheduler;
    use crate::sys::flag::AF_INET;

    fn net() -> Rc<Net> {
        Net::new(Scheduler::new(256 * 1024), Policy::allow_all(), 1 << 20)
    }

    #[test]
    fn a_closed_socket_is_taken_once_by_the_named_process() -> Result<()> {
        let net = net();
        let socket = Socket::open(&net, AF_INET, SOCK_STREAM, 0)?;
        socket.bind(&Address::Inet {
            ip: std::net::Ipv4Addr::LOCALHOST,
            port: 0,
        })?;
        let address = socket.local_address()?;
        let offer = socket.share(peer::own_process())?;
        socket.close()?;
        let taken = Socket::from_share(&net, &offer)?;
        assert_eq!(taken.local_address()?, address);
        assert!(!taken.is_inheritable()?);
        let again = Socket::from_share(&net, &offer).expect_err("it was taken");
        assert_eq!(again.errno(), Some(Errno::CONNREFUSED.0));
        Ok(())
    }

    #[test]
    fn nobody_else_gets_it_and_an_offer_ends_with_its_runtime() -> Result<()> {
        let parent = i32::try_from(std::os::unix::process::parent_id()).unwrap_or(1);
        let offering = net();
        let socket = Socket::open(&offering, AF_INET, SOCK_STREAM, 0)?;
        let offer = socket.share(parent)?;
        let refused = Socket::from_share(&net(), &offer).expect_err("it is not for us");
        assert_eq!(refused.errno(), Some(Errno::ACCES.0));
        drop((socket, offering));
        let late = Socket::from_share(&net(), &offer).expect_err("the runtime has ended");
        assert!(late.errno().is_some());
        Ok(())
    }

    #[test]
    fn what_makes_no_sense_is_refused() -> Result<()> {
        let net = net();
        let socket = Socket::open(&net, AF_INET, SOCK_STREAM, 0)?;
        for process in [i32::MAX, 0, -1] {
            let error = socket.share(process).expect_err("there is no such process");
            assert_eq!(error.class(), Class::ProcessLookupError);
        }
        for bytes in [&b""[..], b"nonsense", MARK, &[MARK, &[0; 15]].concat()] {
            let error = Socket::from_share(&net, bytes).expect_err("these are no offer");
            assert_eq!(error.class(), Class::ValueError);
        }
        Ok(())
    }
}
