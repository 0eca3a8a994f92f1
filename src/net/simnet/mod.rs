//! A network inside the process: what the sockets of a simulated run are connected by instead of the kernel.
//!
//! [`World`] is one network for all runtimes of a run. Each socket in it is an `End`, found by the number of a descriptor that the
//! kernel has handed out for `/dev/null`: so numbers are unique, and closing, duplicating and leaks are as they always are, but
//! there is no kernel socket. `place` has addresses and ports, `stream` connections, `datagram` messages, `listener` who accepts, `option` what
//! getsockopt answers, `names` the hosts; `transport` is what a `Socket` stands on. Nothing in here waits: what happens to an end
//! is told to the simulation, which wakes who waits for it.

mod datagram;
mod end;
mod listener;
mod names;
mod option;
mod place;
mod set;
mod stream;
mod transport;

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::os::fd::{OwnedFd, RawFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fastrand::Rng;

use crate::error::{Error, Result};
use crate::sched::{Interest, Notice, Simulation};
use crate::sys;
use crate::sys::errno::{self, Errno};
use crate::sys::flag::{
    AF_INET, AF_INET6, AF_UNIX, IPPROTO_TCP, IPPROTO_UDP, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM,
};

use end::{End, Role};

pub(super) use set::Interests;
pub(super) use transport::Virtual;

/// Names an end: the number under which it was made.
type Id = u64;

/// A network inside the process, and the clock its run goes by: see [`Builder::virtual_network`](crate::Builder::virtual_network).
///
/// ```
/// use std::net::{IpAddr, Ipv4Addr};
/// use wirescript::VirtualNetwork;
///
/// let network = VirtualNetwork::new().seed(7).host("server.test", IpAddr::V4(Ipv4Addr::LOCALHOST));
/// assert_eq!(network, network.clone());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct VirtualNetwork {
    pub(super) seed: u64,
    pub(super) hosts: BTreeMap<String, Vec<IpAddr>>,
}

impl VirtualNetwork {
    /// A network with nothing in it but the host itself. What is chosen by chance (ports, who of several listeners on one port
    /// gets a connection) is chosen by seed 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// What chance begins with: the same seed gives the same run.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Has a name stand for an address: one of `127.0.0.0/8` or `::1` is the host itself, any other is one where nobody answers. A
    /// name may be given several.
    #[must_use]
    pub fn host(mut self, name: &str, address: IpAddr) -> Self {
        self.hosts
            .entry(name.to_ascii_lowercase())
            .or_default()
            .push(address);
        self
    }
}

/// The network of one run.
pub(crate) struct World {
    simulation: Arc<Simulation>,
    hosts: BTreeMap<String, Vec<IpAddr>>,
    inner: Mutex<Inner>,
}

struct Inner {
    ends: HashMap<Id, End>,
    holders: HashMap<RawFd, Holder>,
    /// Who has a port, by protocol and number.
    ports: BTreeMap<(bool, u16), Vec<Id>>,
    /// Ports that a script was told are free.
    given: HashSet<u16>,
    rng: Rng,
    made: Id,
    /// What has happened to whom, until the simulation is told.
    news: Vec<(Id, Option<Interest>)>,
}

/// A descriptor of an end, and whose thread has it.
#[derive(Clone, Copy, Debug)]
struct Holder {
    end: Id,
    member: usize,
}

impl World {
    pub(crate) fn new(plan: &VirtualNetwork) -> Arc<Self> {
        Arc::new(Self {
            simulation: Simulation::new(),
            hosts: plan.hosts.clone(),
            inner: Mutex::new(Inner {
                ends: HashMap::new(),
                holders: HashMap::new(),
                ports: BTreeMap::new(),
                given: HashSet::new(),
                rng: Rng::with_seed(plan.seed),
                made: 0,
                news: Vec::new(),
            }),
        })
    }

    /// The clock and the order of its threads.
    pub(crate) const fn simulation(&self) -> &Arc<Simulation> {
        &self.simulation
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something to the network, and has the simulation told of what happened by it.
    fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let mut inner = self.lock();
        let outcome = change(&mut inner);
        for (id, interest) in std::mem::take(&mut inner.news) {
            for holder in inner
                .ends
                .get(&id)
                .map(|end| &end.holders[..])
                .unwrap_or_default()
            {
                let (fd, member) = *holder;
                self.simulation.tell(member, Notice { fd, interest });
            }
        }
        outcome
    }

    /// As [`Self::change`], of the end behind a descriptor: an operation, which takes its time.
    fn operate<T>(
        &self,
        fd: RawFd,
        operation: impl FnOnce(&mut Inner, Id) -> errno::Result<T>,
    ) -> errno::Result<T> {
        self.simulation.step();
        self.change(|inner| {
            let id = inner.holders.get(&fd).ok_or(Errno::BADF)?.end;
            operation(inner, id)
        })
    }

    /// Whether the number is one of its sockets'.
    pub(crate) fn has(&self, fd: RawFd) -> bool {
        self.lock().holders.contains_key(&fd)
    }

    /// Family, type and protocol of the socket behind a descriptor.
    pub(super) fn sort(&self, fd: RawFd) -> Option<(i32, i32, i32)> {
        let inner = self.lock();
        let end = inner.ends.get(&inner.holders.get(&fd)?.end)?;
        Some((end.family, end.kind, end.protocol))
    }

    /// A new socket of the thread `member`.
    ///
    /// # Errors
    /// `EAFNOSUPPORT`, `ESOCKTNOSUPPORT`, `EPROTONOSUPPORT`, with a text; `EMFILE`.
    pub(super) fn open(&self, member: usize, family: i32, kind: i32, protocol: i32) -> Result<OwnedFd> {
        let protocol = check_sort(family, kind, protocol)?;
        let fd = placeholder()?;
        self.change(|inner| {
            let id = inner.add(End::new(family, kind, protocol));
            inner.hold(number(&fd), id, member);
        });
        Ok(fd)
    }

    /// Two that are connected to each other.
    ///
    /// # Errors
    /// As the kernel: only `AF_UNIX` has pairs.
    pub(super) fn pair(
        &self,
        member: usize,
        family: i32,
        kind: i32,
        protocol: i32,
    ) -> Result<(OwnedFd, OwnedFd)> {
        if family != AF_UNIX {
            let errno = if matches!(family, AF_INET | AF_INET6) {
                Errno::OPNOTSUPP
            } else {
                Errno::AFNOSUPPORT
            };
            return Err(errno.into());
        }
        if protocol != 0 && protocol != AF_UNIX {
            return Err(Errno::PROTONOSUPPORT.into());
        }
        if !matches!(kind, SOCK_STREAM | SOCK_DGRAM | SOCK_SEQPACKET) {
            return Err(Errno::SOCKTNOSUPPORT.into());
        }
        let (one, other) = (placeholder()?, placeholder()?);
        self.change(|inner| {
            let ids = [&one, &other].map(|fd| {
                let id = inner.add(End::new(family, kind, 0));
                inner.hold(number(fd), id, member);
                id
            });
            for (id, peer) in [(ids[0], ids[1]), (ids[1], ids[0])] {
                inner.end(id).role = Role::Connected {
                    peer: Some(peer),
                    told: true,
                };
            }
        });
        Ok((one, other))
    }

    /// A second descriptor of the same end.
    pub(super) fn dup(&self, fd: RawFd, duplicate: RawFd) {
        self.change(|inner| {
            if let Some(holder) = inner.holders.get(&fd).copied() {
                inner.hold(duplicate, holder.end, holder.member);
            }
        });
    }

    /// The descriptor belongs to another thread from here on.
    pub(super) fn take(&self, fd: RawFd, member: usize) {
        self.change(|inner| {
            if let Some(holder) = inner.holders.get(&fd).copied() {
                inner.hold(fd, holder.end, member);
            }
        });
    }

    /// The descriptor is about to be closed; with its last one an end is gone.
    pub(crate) fn close(&self, fd: RawFd) {
        self.change(|inner| {
            let Some(holder) = inner.holders.remove(&fd) else {
                return;
            };
            let end = inner.end(holder.end);
            end.holders.retain(|(other, _)| *other != fd);
            if end.holders.is_empty() {
                inner.finish(holder.end);
            }
        });
    }

    /// What poll(2) would tell of a descriptor, of all it can tell; none where it is not one of this network's.
    pub(super) fn poll(&self, fd: RawFd) -> Option<i16> {
        let inner = self.lock();
        let end = inner.ends.get(&inner.holders.get(&fd)?.end)?;
        Some(end.events(inner.room_of(end)))
    }

    /// How often something has happened to the end of a descriptor.
    pub(super) fn occurrences(&self, fd: RawFd) -> u64 {
        let inner = self.lock();
        let id = inner.holders.get(&fd).map(|holder| holder.end);
        id.and_then(|id| inner.ends.get(&id))
            .map_or(0, |end| end.occurrences)
    }
}

impl Inner {
    fn add(&mut self, end: End) -> Id {
        self.made += 1;
        self.ends.insert(self.made, end);
        self.made
    }

    fn hold(&mut self, fd: RawFd, end: Id, member: usize) {
        self.holders.insert(fd, Holder { end, member });
        let holders = &mut self.end(end).holders;
        holders.retain(|(other, _)| *other != fd);
        holders.push((fd, member));
    }

    /// The end of that number. One that is gone has a stand-in that nobody can reach, so that no caller need ask twice.
    fn end(&mut self, id: Id) -> &mut End {
        self.ends
            .entry(id)
            .or_insert_with(|| End::new(AF_UNIX, SOCK_STREAM, 0))
    }

    /// Something has happened to an end: in one direction, or in both where none is named.
    fn tell(&mut self, id: Id, interest: Option<Interest>) {
        if let Some(end) = self.ends.get_mut(&id) {
            end.occurrences += 1;
            self.news.push((id, interest));
        }
    }
}

fn number(fd: &OwnedFd) -> RawFd {
    std::os::fd::AsRawFd::as_raw_fd(fd)
}

/// A descriptor that is no socket, for its number.
fn placeholder() -> Result<OwnedFd> {
    let file = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null");
    Ok(file.map_err(|error| Error::from(Errno::from(error)))?.into())
}

/// The protocol of a socket that can be had here.
fn check_sort(family: i32, kind: i32, protocol: i32) -> Result<i32> {
    const ADVICE: &str = "a virtual network (--virtual) has AF_INET and AF_INET6 of the types SOCK_STREAM and SOCK_DGRAM, and pairs of \
                          AF_UNIX";
    let refuse = |errno: Errno| Err(Error::from(errno).because(ADVICE.to_owned()));
    if !matches!(family, AF_INET | AF_INET6) {
        return refuse(Errno::AFNOSUPPORT);
    }
    let own = match kind {
        SOCK_STREAM => IPPROTO_TCP,
        SOCK_DGRAM => IPPROTO_UDP,
        _ => return refuse(Errno::SOCKTNOSUPPORT),
    };
    if protocol == 0 || protocol == own {
        Ok(own)
    } else {
        refuse(Errno::PROTONOSUPPORT)
    }
}

/// A runtime's part in a network, if it has one.
#[derive(Default)]
pub(super) struct Part(OnceCell<(Arc<World>, usize)>);

impl Part {
    pub(super) fn join(&self, world: Arc<World>, member: usize) {
        // The first one stays.
        let _ = self.0.set((world, member));
    }

    /// The network, and the number of the thread in its simulation.
    #[inline]
    pub(super) fn get(&self) -> Option<(&Arc<World>, usize)> {
        self.0.get().map(|(world, member)| (world, *member))
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "World({} sockets, {:?})",
            self.lock().ends.len(),
            self.simulation
        )
    }
}

/// Closes a descriptor that may be one of the network's.
pub(super) fn close(world: Option<&World>, fd: RawFd) -> errno::Result<()> {
    if let Some(world) = world {
        world.close(fd);
    }
    sys::fd::close(fd)
}
