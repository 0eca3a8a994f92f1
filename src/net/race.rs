//! Happy Eyeballs (RFC 8305): a host's addresses are tried one after the other, each a little later than the one before and
//! without waiting for its failure; the first that answers wins.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::address::Address;
use crate::error::{Class, Error, Result};
use crate::policy::Request;
use crate::sched::{Interest, Watch, deadline_after};
use crate::sys::errno::Errno;

use super::connect::Attempt;
use super::context::Net;
use super::io::Patience;
use super::observe::Event;
use super::resolve::Found;
use super::socket::Socket;

/// A connect under way.
struct Runner {
    socket: Rc<Socket>,
    address: Address,
    deadline: Option<Instant>,
}

/// How a look at a connect came out.
enum Look {
    Pending,
    Connected,
    Failed(Error),
}

impl Socket {
    /// Connects to whichever of these addresses answers first; the next is begun `delay` after the last, or when that has
    /// failed.
    ///
    /// # Errors
    /// Those of all addresses, in the order in which they failed; the last one alone when it is no refusal of the system.
    pub(super) fn race(
        net: &Rc<Net>,
        attempt: &Attempt,
        found: &[Found],
        delay: Duration,
    ) -> Result<Rc<Self>, Vec<Error>> {
        let mut waiting = interleaved(found).into_iter().peekable();
        let mut running: Vec<Runner> = Vec::new();
        let mut errors = Vec::new();
        let mut next_start = None;
        loop {
            let due = running.is_empty() || next_start.is_none_or(|next| next <= crate::sched::now());
            if due && let Some(candidate) = waiting.next() {
                next_start = deadline_after(delay);
                match begin(net, attempt, candidate) {
                    Ok(runner) => running.push(runner),
                    Err(error) if error.class().is_a(Class::OSError) => {
                        errors.push(error);
                        next_start = None;
                        continue;
                    }
                    Err(error) => return Err(vec![error]),
                }
            }
            let mut still = Vec::new();
            for runner in running {
                match runner.look() {
                    Look::Pending => still.push(runner),
                    Look::Connected => return finish(runner).map_err(|error| vec![error]),
                    Look::Failed(error) => {
                        errors.push(runner.socket.failed("connect", error.at(&runner.address)));
                        next_start = None;
                    }
                }
            }
            running = still;
            if running.is_empty() {
                if waiting.peek().is_none() {
                    return Err(errors);
                }
                continue;
            }
            let start = next_start.filter(|_| waiting.peek().is_some());
            if start.is_none() && waiting.peek().is_some() {
                continue;
            }
            let until = running
                .iter()
                .filter_map(|runner| runner.deadline)
                .chain(start)
                .min();
            let watches: Vec<_> = running
                .iter()
                .map(|runner| Watch::new(&runner.socket.source, runner.socket.fd(), Interest::Write))
                .collect();
            // What woke it shows at the next look.
            net.sched()
                .wait_any(&watches, until)
                .map_err(|error| vec![error.during("connect")])?;
        }
    }
}

/// Starts to connect.
fn begin(net: &Rc<Net>, attempt: &Attempt, candidate: &Found) -> Result<Runner> {
    let socket = Socket::prepare(net, attempt, candidate)?;
    let address = candidate.address.clone();
    let fail = |error: Error| socket.failed("connect", error.at(&address));
    socket
        .guard_shown(&Request::Connect(&address), None, attempt.lookup.host.as_deref())
        .map_err(fail)?;
    socket.force_nonblocking().map_err(fail)?;
    let connected = socket
        .open_fd()
        .map_err(fail)
        .map(|fd| socket.lower().connect(fd, &address))?;
    let deadline = match (connected, Patience::from(socket.timeout())) {
        (Ok(()), _) => None,
        (Err(Errno::INPROGRESS | Errno::INTR), Patience::Until(deadline)) => deadline,
        (Err(errno), _) => return Err(fail(errno.into())),
    };
    Ok(Runner {
        socket,
        address,
        deadline,
    })
}

/// The winner, as a connect leaves a socket.
fn finish(runner: Runner) -> Result<Rc<Socket>> {
    let Runner { socket, address, .. } = runner;
    socket
        .restore_blocking()
        .map_err(|error| socket.failed("connect", error))?;
    socket.observe(|| Event::Named {
        fd: socket.fd(),
        op: "connect",
        address: &address,
    });
    Ok(socket)
}

impl Runner {
    fn look(&self) -> Look {
        let error =
            || -> Result<Option<Errno>> { Ok(self.socket.lower().take_error(self.socket.open_fd()?)?) };
        match error() {
            Err(error) => return Look::Failed(error),
            Ok(Some(errno)) => return Look::Failed(errno.into()),
            Ok(None) => {}
        }
        match self.socket.lower().peer_address(self.socket.fd()) {
            Ok(_) => Look::Connected,
            Err(Errno::NOTCONN)
                if self
                    .deadline
                    .is_some_and(|deadline| deadline <= crate::sched::now()) =>
            {
                Look::Failed(Error::timed_out())
            }
            Err(Errno::NOTCONN) => Look::Pending,
            Err(errno) => Look::Failed(errno.into()),
        }
    }
}

/// The candidates, their families taking turns, the first one's first.
fn interleaved(found: &[Found]) -> Vec<&Found> {
    let mut families: Vec<(i32, std::collections::VecDeque<&Found>)> = Vec::new();
    for candidate in found {
        match families
            .iter_mut()
            .find(|(family, _)| *family == candidate.family)
        {
            Some((_, list)) => list.push_back(candidate),
            None => families.push((candidate.family, [candidate].into())),
        }
    }
    let mut ordered = Vec::with_capacity(found.len());
    while ordered.len() < found.len() {
        ordered.extend(families.iter_mut().filter_map(|(_, list)| list.pop_front()));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{Lookup, ServerOptions, Timeout};
    use crate::policy::Policy;
    use crate::sched::Scheduler;
    use crate::sys::flag::{AF_INET, AF_INET6, SOCK_STREAM};
    use std::net::Ipv4Addr;

    fn found(address: Address, family: i32) -> Found {
        Found {
            family,
            kind: SOCK_STREAM,
            protocol: 0,
            canonical_name: None,
            address,
        }
    }

    fn listener(net: &Rc<Net>, backlog: i32) -> Result<(Rc<Socket>, Address)> {
        let options = ServerOptions {
            family: AF_INET,
            backlog: Some(backlog),
            reuse_port: false,
            dual_stack: false,
        };
        let any = Address::Inet {
            ip: Ipv4Addr::LOCALHOST,
            port: 0,
        };
        let server = Socket::create_server(net, || Ok(crate::net::Endpoint::Address(any)), "", options)?;
        let address = server.local_address()?;
        Ok((server, address))
    }

    fn attempt() -> Attempt {
        Attempt {
            lookup: Lookup::default(),
            timeout: Some(Timeout::After(Duration::from_secs(20))),
            source: None,
            all_errors: false,
            race: None,
            deadline: None,
        }
    }

    #[test]
    fn one_that_does_not_answer_does_not_hold_the_next_up() -> Result<()> {
        let net = Net::new(Scheduler::new(256 * 1024), Policy::allow_all(), 1 << 20);
        let (_full, silent) = listener(&net, 0)?;
        // A listener whose queue is full answers nobody.
        let crowd: Vec<_> = (0..4)
            .map(|_| {
                let socket = Socket::open(&net, AF_INET, SOCK_STREAM, 0)?;
                socket.set_timeout(Timeout::After(Duration::from_millis(30)))?;
                Ok(socket.connect(&silent).map(|()| socket))
            })
            .collect::<Result<_>>()?;
        assert!(crowd.iter().any(Result::is_err), "its queue is not full");
        let (_server, answering) = listener(&net, 8)?;
        let candidates = [found(silent, AF_INET), found(answering.clone(), AF_INET)];
        let begun = Instant::now();
        let socket = Socket::race(&net, &attempt(), &candidates, Duration::from_millis(20))
            .map_err(|errors| errors[0].clone())?;
        assert_eq!(socket.peer_address()?, answering);
        assert!(begun.elapsed() >= Duration::from_millis(20) && begun.elapsed() < Duration::from_secs(5));
        Ok(())
    }

    #[test]
    fn a_refusal_lets_the_next_begin_at_once_and_all_are_told() -> Result<()> {
        let net = Net::new(Scheduler::new(256 * 1024), Policy::allow_all(), 1 << 20);
        let (server, closed) = listener(&net, 1)?;
        server.close()?;
        let refusing = [found(closed.clone(), AF_INET), found(closed, AF_INET)];
        let begun = Instant::now();
        let errors = Socket::race(&net, &attempt(), &refusing, Duration::from_secs(30))
            .err()
            .unwrap_or_default();
        assert!(errors.len() == 2 && begun.elapsed() < Duration::from_secs(5));
        assert!(
            errors
                .iter()
                .all(|error| error.class() == Class::ConnectionRefusedError)
        );
        Ok(())
    }

    #[test]
    fn families_take_turns() {
        let families = [AF_INET6, AF_INET6, AF_INET6, AF_INET];
        let list: Vec<_> = families
            .into_iter()
            .map(|family| found(Address::None, family))
            .collect();
        let ordered: Vec<_> = interleaved(&list).iter().map(|found| found.family).collect();
        assert_eq!(ordered, [AF_INET6, AF_INET, AF_INET6, AF_INET6]);
    }
}
