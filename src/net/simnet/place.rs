//! Addresses and ports: who may have which, and who is found there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::ops::RangeInclusive;

use crate::address::{Address, UnixName};
use crate::sys::errno::{Errno, Result};
use crate::sys::flag::{AF_INET6, AF_UNIX};

use super::end::End;
use super::{Id, Inner, World};

/// Ports that are given to who asks for none: as Linux has them.
const GIVEN: RangeInclusive<u16> = 32_768..=60_999;

/// The address of a script's as the network knows it: a mapped one is the IPv4 it stands for.
pub(super) fn known(address: &Address) -> Result<SocketAddr> {
    match address {
        Address::Inet { ip, port } => Ok(SocketAddrV4::new(*ip, *port).into()),
        Address::Inet6 {
            ip,
            port,
            flowinfo,
            scope_id,
        } => Ok(match ip.to_ipv4_mapped() {
            Some(mapped) => SocketAddrV4::new(mapped, *port).into(),
            None => SocketAddrV6::new(*ip, *port, *flowinfo, *scope_id).into(),
        }),
        _ => Err(Errno::AFNOSUPPORT),
    }
}

/// An address as a socket of this family is told it.
pub(super) fn shown(family: i32, address: Option<SocketAddr>) -> Address {
    match (family, address) {
        (AF_UNIX, _) => Address::Unix(UnixName::Unnamed),
        (AF_INET6, None) => Address::from(SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0))),
        (AF_INET6, Some(SocketAddr::V4(address))) => {
            Address::from(SocketAddr::from((address.ip().to_ipv6_mapped(), address.port())))
        }
        (_, None) => Address::from(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))),
        (_, Some(address)) => Address::from(address),
    }
}

/// Whether the host itself is reached there.
pub(super) fn is_own(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified()
}

/// Whether everybody is meant, which a socket has to be allowed to.
pub(super) fn is_broadcast(ip: IpAddr) -> bool {
    const OF_LOOPBACK: Ipv4Addr = Ipv4Addr::new(127, 255, 255, 255);
    matches!(ip, IpAddr::V4(Ipv4Addr::BROADCAST | OF_LOOPBACK))
}

/// Whether many may be reached there at once.
pub(super) fn is_shared(ip: IpAddr) -> bool {
    ip.is_multicast() || is_broadcast(ip)
}

/// The address of the host's that the other one is reached from.
pub(super) fn source_for(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    }
}

/// Where one gets who connects or sends to no address in particular: to the host itself.
pub(super) fn meant(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        SocketAddr::new(source_for(address.ip()), address.port())
    } else {
        address
    }
}

impl End {
    /// Whether what is sent to this address comes to it.
    fn hears(&self, to: SocketAddr) -> bool {
        let Some(local) = self.local else { return false };
        if local.port() != to.port() {
            return false;
        }
        match (local.ip(), to.ip()) {
            (IpAddr::V6(own), IpAddr::V4(_)) => own.is_unspecified() && !self.options.is_v6_only(),
            (own, other) if own.is_ipv4() == other.is_ipv4() => own.is_unspecified() || own == other,
            _ => false,
        }
    }

    /// Whether both would hear some address.
    fn overlaps(&self, other: &Self) -> bool {
        let (Some(own), Some(theirs)) = (self.local, other.local) else {
            return false;
        };
        self.hears(SocketAddr::new(theirs.ip(), own.port()))
            || other.hears(SocketAddr::new(own.ip(), theirs.port()))
    }

    /// Whether the two can have one port.
    fn tolerates(&self, other: &Self) -> bool {
        if !self.overlaps(other) || self.options.reuses_port() && other.options.reuses_port() {
            return true;
        }
        let both = self.options.reuses_address() && other.options.reuses_address();
        both && !(self.is_stream() && (self.is_listening() || other.is_listening()))
    }
}

impl World {
    /// A port that nobody has, neither of a stream nor of a datagram socket.
    pub(in crate::net) fn free_port(&self) -> Result<u16> {
        self.change(|inner| {
            let port = inner.free_port_but(Inner::has_port)?;
            // It is handed out once, as whoever has it may bind it late.
            inner.given.insert(port);
            Ok(port)
        })
    }
}

impl Inner {
    fn has_port(&self, port: u16) -> bool {
        self.given.contains(&port)
            || [true, false]
                .iter()
                .any(|kind| self.ports.contains_key(&(*kind, port)))
    }

    /// Gives an end a local address.
    pub(super) fn bind(&mut self, id: Id, address: &Address) -> Result<()> {
        let end = self.end(id);
        if end.is_unix() {
            return Err(Errno::INVAL);
        }
        let wanted = known(address)?;
        let fits = is_own(wanted.ip()) || is_shared(wanted.ip()) && !end.is_stream();
        if !fits || end.options.is_v6_only() && wanted.is_ipv4() {
            return Err(Errno::ADDRNOTAVAIL);
        }
        if end.local.is_some() || end.is_connected() {
            return Err(Errno::INVAL);
        }
        let port = if wanted.port() == 0 {
            self.free_port(id)?
        } else {
            wanted.port()
        };
        self.claim(id, SocketAddr::new(wanted.ip(), port))?;
        self.end(id).bound = true;
        Ok(())
    }

    fn claim(&mut self, id: Id, local: SocketAddr) -> Result<()> {
        self.end(id).local = Some(local);
        if self.is_taken(id) {
            self.end(id).local = None;
            return Err(Errno::ADDRINUSE);
        }
        self.note_port(id);
        Ok(())
    }

    /// Whether somebody else has the end's address and does not share it.
    pub(super) fn is_taken(&self, id: Id) -> bool {
        let Some(end) = self.ends.get(&id) else {
            return false;
        };
        let Some(local) = end.local else { return false };
        let others = self.ports.get(&(end.is_stream(), local.port()));
        others
            .into_iter()
            .flatten()
            .filter(|other| **other != id)
            .filter_map(|other| self.ends.get(other))
            .any(|other| !end.tolerates(other))
    }

    /// Notes who has the end's port.
    pub(super) fn note_port(&mut self, id: Id) {
        let Some(end) = self.ends.get(&id) else { return };
        if let Some(local) = end.local {
            self.ports
                .entry((end.is_stream(), local.port()))
                .or_default()
                .push(id);
        }
    }

    /// The end's port is free again.
    pub(super) fn leave_port(&mut self, id: Id) {
        let Some(end) = self.ends.get(&id) else { return };
        let Some(local) = end.local else { return };
        let place = (end.is_stream(), local.port());
        if let Some(ids) = self.ports.get_mut(&place) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.ports.remove(&place);
            }
        }
    }

    /// A port nobody has.
    fn free_port(&mut self, id: Id) -> Result<u16> {
        let is_stream = self.end(id).is_stream();
        self.free_port_but(|inner, port| {
            inner.ports.contains_key(&(is_stream, port)) || inner.given.contains(&port)
        })
    }

    fn free_port_but(&mut self, is_taken: impl Fn(&Self, u16) -> bool) -> Result<u16> {
        let count = GIVEN.end() - GIVEN.start();
        let first = self.rng.u16(0..=count);
        (0..=count)
            .map(|step| GIVEN.start() + (first + step) % (count + 1))
            .find(|port| !is_taken(self, *port))
            .ok_or(Errno::ADDRINUSE)
    }

    /// Gives an end that has no port one, at this address of the host's.
    pub(super) fn bind_somewhere(&mut self, id: Id, ip: Option<IpAddr>) -> Result<()> {
        let (local, family) = (self.end(id).local, self.end(id).family);
        let any = if family == AF_INET6 {
            IpAddr::from(Ipv6Addr::UNSPECIFIED)
        } else {
            Ipv4Addr::UNSPECIFIED.into()
        };
        match (local, ip) {
            (None, _) => {
                let port = self.free_port(id)?;
                self.end(id).local = Some(SocketAddr::new(ip.unwrap_or(any), port));
                self.note_port(id);
            }
            (Some(local), Some(ip)) if local.ip().is_unspecified() => {
                self.end(id).local = Some(SocketAddr::new(ip, local.port()));
            }
            _ => {}
        }
        Ok(())
    }

    /// Everybody with this port who hears the address, those that were bound to it alone first.
    pub(super) fn listeners_at(&self, is_stream: bool, to: SocketAddr) -> Vec<Id> {
        let ids = self.ports.get(&(is_stream, to.port()));
        let mut heard: Vec<_> = ids
            .into_iter()
            .flatten()
            .filter_map(|id| Some((*id, self.ends.get(id)?)))
            .filter(|(_, end)| end.hears(to))
            .map(|(id, end)| {
                let local = end.local.map_or(to.ip(), |local| local.ip());
                (local.is_unspecified(), local.is_ipv4() != to.is_ipv4(), id)
            })
            .collect();
        heard.sort_unstable();
        let best = heard.first().map(|(any, foreign, _)| (*any, *foreign));
        heard
            .into_iter()
            .filter(|(any, foreign, _)| is_shared(to.ip()) || Some((*any, *foreign)) == best)
            .map(|(_, _, id)| id)
            .collect()
    }
}
