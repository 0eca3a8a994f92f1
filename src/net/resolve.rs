//! Names to addresses: on a helper thread, so that only the asking task waits; numbers at once.

use std::ffi::CString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Instant;

use crate::address::{Address, numeric_ipv4};
use crate::error::{Class, Error, Result};
use crate::policy::Request;
use crate::sched::deadline_after;
use crate::sys::flag::{
    AF_INET, AF_INET6, AF_UNSPEC, AI_NUMERICHOST, NI_NUMERICHOST, NI_NUMERICSERV, SOCK_DGRAM,
};
use crate::sys::resolve::{self, Hints, ResolveError};

use super::audit::Fact;
use super::context::Net;
use super::resolver::{consult, found_at};
use super::{convert, idna};

/// A host as a script names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host(pub(crate) String);

/// An address of which the host may still be a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Inet {
        host: Host,
        port: u16,
    },
    Inet6 {
        host: Host,
        port: u16,
        flowinfo: u32,
        scope_id: u32,
        /// How many of these the script gave, from the first on: 2 to 4.
        places: usize,
    },
    Address(Address),
    /// An `AF_PACKET` or `AF_CAN` address whose interface has a name and no number yet.
    Interface(Address),
}

impl Endpoint {
    /// The host as the script named it, where it did.
    pub(super) fn host(&self) -> Option<&str> {
        match self {
            Self::Inet { host, .. } | Self::Inet6 { host, .. } => Some(&host.0),
            Self::Address(_) | Self::Interface(_) => None,
        }
    }
}

/// A question to the resolver, as `getaddrinfo` takes it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lookup {
    pub(crate) host: Option<String>,
    pub(crate) service: Option<String>,
    /// The service is a port number, given as a number.
    pub(crate) numbered: bool,
    pub(crate) family: i32,
    pub(crate) kind: i32,
    pub(crate) protocol: i32,
    pub(crate) flags: i32,
}

pub(crate) use crate::sys::resolve::AddrInfo as Found;

/// Whether a host's name can be asked for.
///
/// # Errors
/// `UnicodeError` for a name that has no form in the domain name system.
pub(crate) fn check_host(host: &str) -> Result<()> {
    idna::encode(host).map(drop)
}

impl Net {
    /// All ways to reach what `lookup` names.
    ///
    /// # Errors
    /// `gaierror`; a refusal by the policy.
    pub(crate) fn lookup(&self, lookup: &Lookup) -> Result<Vec<Found>> {
        self.lookup_within(lookup, None)
    }

    /// As [`Self::lookup`], which fails when the deadline passes first.
    pub(crate) fn lookup_within(&self, lookup: &Lookup, deadline: Option<Instant>) -> Result<Vec<Found>> {
        const OP: &str = "getaddrinfo";
        let mut encoded = lookup.clone();
        if let Some(host) = &lookup.host {
            encoded.host = Some(idna::encode(host)?.into_owned());
        }
        self.guard_as(&asked(&encoded), || {
            let text = |text: &String| Fact::Text(text.clone());
            let port = match &lookup.service {
                Some(service) if lookup.numbered => service.parse().map_or(Fact::None, Fact::Int),
                service => service.as_ref().map_or(Fact::None, text),
            };
            let number = |number: i32| Fact::Int(number.into());
            vec![
                lookup.host.as_ref().map_or(Fact::None, text),
                port,
                number(lookup.family),
                number(lookup.kind),
                number(lookup.protocol),
            ]
        })
        .map_err(|error| error.during(OP))?;
        self.find(&encoded, deadline)
    }

    /// As [`Self::lookup`], as a step of something whose event has been raised or will be: Python raises none for it.
    pub(crate) fn lookup_unheard(&self, lookup: &Lookup) -> Result<Vec<Found>> {
        self.lookup_until(lookup, None)
    }

    fn lookup_until(&self, lookup: &Lookup, deadline: Option<Instant>) -> Result<Vec<Found>> {
        self.guard_unheard(&asked(lookup))
            .map_err(|error| error.during("getaddrinfo"))?;
        self.find(lookup, deadline)
    }

    /// Asks the resolver what the policy has allowed to be asked.
    pub(super) fn find(&self, lookup: &Lookup, deadline: Option<Instant>) -> Result<Vec<Found>> {
        const OP: &str = "getaddrinfo";
        let host = lookup.host.as_deref().map(c_string).transpose()?;
        let service_name = lookup.service.as_deref().map(c_string).transpose()?;
        let hints = Hints {
            family: lookup.family,
            kind: lookup.kind,
            protocol: lookup.protocol,
            flags: lookup.flags,
        };
        let at_once = is_numeric(lookup);
        if let Some(plan) = self.faults()
            && !at_once
        {
            let due = deadline_after(plan.resolver);
            // Without a moment it is for ever.
            let over = deadline.filter(|deadline| due.is_none_or(|due| *deadline < due));
            self.sched().sleep_until(over.or(due))?;
            if over.is_some() {
                return Err(Error::timed_out().during(OP));
            }
        }
        let world = self.world().filter(|_| !at_once).cloned();
        let own = self.resolver().filter(|_| !at_once).cloned();
        let is_name = |name: &String| hints.flags & AI_NUMERICHOST == 0 && !is_number(name);
        let named = lookup.host.clone().filter(is_name);
        let ask = move || {
            let service = service_name.as_deref();
            if let (Some(own), Some(name)) = (&own, &named)
                && let Some(addresses) = consult(own, name)?
            {
                return Ok(found_at(name, &addresses, service, hints)?);
            }
            Ok(match (world, named) {
                (Some(world), Some(name)) => world.lookup(&name, service, hints),
                _ => resolve::lookup(host.as_deref(), service, hints),
            }?)
        };
        // In a network inside the process nobody else is asked, but for the program, which may take its time.
        let answer = if at_once || (self.world().is_some() && self.resolver().is_none()) {
            Some(ask())
        } else {
            self.sched().off_thread(deadline, ask)?
        };
        let answer = answer.ok_or_else(|| Error::timed_out().during(OP))?;
        let found = answer.map_err(|error: Error| error.during(OP))?;
        let addresses = found.iter().filter_map(|found| found.address.ip());
        self.note_answer(lookup.host.as_deref(), addresses);
        Ok(found)
    }

    /// Host and service names of an address, as `getnameinfo`, whose event has been raised.
    ///
    /// # Errors
    /// `gaierror`.
    pub(crate) fn name_info(&self, address: &Address, flags: i32) -> Result<(String, String)> {
        const OP: &str = "getnameinfo";
        self.guard_unheard(&Request::ReverseResolve(address))
            .map_err(|error| error.during(OP).at(address))?;
        let numeric = NI_NUMERICHOST | NI_NUMERICSERV;
        let wanted = address.clone();
        if let Some(world) = self.world() {
            return world
                .name_info(address, flags)
                .map_err(|error| Error::from(error).during(OP).at(address));
        }
        let ask = move || resolve::name_info(&wanted, flags);
        let answer = if flags & numeric == numeric {
            Some(ask())
        } else {
            self.sched().off_thread(None, ask)?
        };
        answer
            .unwrap_or(Err(ResolveError::System(crate::sys::errno::Errno::TIMEDOUT)))
            .map_err(|error| Error::from(error).during(OP).at(address))
    }

    /// The address `endpoint` stands for; a name is looked up and its first address taken, as Python does.
    ///
    /// # Errors
    /// `gaierror`; a timeout at `deadline`.
    pub(crate) fn resolve(&self, endpoint: &Endpoint, deadline: Option<Instant>) -> Result<Address> {
        match endpoint {
            Endpoint::Address(address) => Ok(address.clone()),
            Endpoint::Interface(address) => numbered(address.clone()),
            Endpoint::Inet { host, port } => match self.host_address(&host.0, AF_INET, deadline)? {
                (IpAddr::V4(ip), _) => Ok(Address::Inet { ip, port: *port }),
                (IpAddr::V6(_), _) => Err(Error::new(Class::OSError, "address family mismatched")),
            },
            Endpoint::Inet6 {
                host,
                port,
                flowinfo,
                scope_id,
                ..
            } => match self.host_address(&host.0, AF_INET6, deadline)? {
                (IpAddr::V6(ip), zone) => Ok(Address::Inet6 {
                    ip,
                    port: *port,
                    flowinfo: *flowinfo,
                    scope_id: if *scope_id == 0 { zone } else { *scope_id },
                }),
                (IpAddr::V4(_), _) => Err(Error::new(Class::OSError, "address family mismatched")),
            },
        }
    }

    /// One address of a host in a family, and its zone.
    pub(super) fn host_address(
        &self,
        host: &str,
        family: i32,
        deadline: Option<Instant>,
    ) -> Result<(IpAddr, u32)> {
        match plain_address(host, family)? {
            Some(ip) => Ok((ip, 0)),
            None => first_of(&self.lookup_until(&name_of(host, family)?, deadline)?),
        }
    }

    /// As [`Self::host_address`], for a host that the policy has allowed to be asked for.
    pub(super) fn allowed_host_address(&self, host: &str, family: i32) -> Result<IpAddr> {
        match plain_address(host, family)? {
            Some(ip) => Ok(ip),
            None => first_of(&self.find(&name_of(host, family)?, None)?).map(|(ip, _)| ip),
        }
    }
}

/// The address of a host that is a number of this family, or one of the names CPython knows itself.
fn plain_address(host: &str, family: i32) -> Result<Option<IpAddr>> {
    Ok(Some(match (host, family) {
        ("", AF_INET) => Ipv4Addr::UNSPECIFIED.into(),
        ("", AF_INET6) => Ipv6Addr::UNSPECIFIED.into(),
        ("<broadcast>" | "255.255.255.255", AF_INET) => Ipv4Addr::BROADCAST.into(),
        ("<broadcast>" | "255.255.255.255", _) => {
            return Err(Error::new(Class::OSError, "address family mismatched"));
        }
        _ => return Ok(convert::parse_ip(host).filter(|ip| ip.is_ipv4() == (family == AF_INET))),
    }))
}

/// The question for a host of this family.
fn name_of(host: &str, family: i32) -> Result<Lookup> {
    Ok(Lookup {
        host: Some(idna::encode_in_address(host)?.into_owned()),
        family,
        kind: SOCK_DGRAM,
        ..Lookup::default()
    })
}

/// The first address of an answer, and its zone.
fn first_of(found: &[Found]) -> Result<(IpAddr, u32)> {
    match found.first().map(|found| &found.address) {
        Some(Address::Inet { ip, .. }) => Ok(((*ip).into(), 0)),
        Some(Address::Inet6 { ip, scope_id, .. }) => Ok(((*ip).into(), *scope_id)),
        _ => Err(Error::new(Class::OSError, "getaddrinfo returns an empty list")),
    }
}

/// The address with its interface's number; the empty name is every interface of `AF_CAN` and none of `AF_PACKET`.
fn numbered(mut address: Address) -> Result<Address> {
    let name = match &address {
        Address::Can { interface, .. } if !interface.name.is_empty() => interface.name.clone(),
        Address::Packet(name) => name.interface.name.clone(),
        _ => return Ok(address),
    };
    let name = CString::new(&*name).map_err(|_| Error::value("embedded null byte"))?;
    let number = crate::sys::interface::index_of(&name).map_err(|errno| Error::from(errno).at(&address))?;
    match &mut address {
        Address::Can { interface, .. } => interface.index = number,
        Address::Packet(name) => name.interface.index = number,
        _ => {}
    }
    Ok(address)
}

/// The request behind a question.
fn asked(lookup: &Lookup) -> Request<'_> {
    Request::Resolve {
        host: lookup.host.as_deref(),
        service: lookup.service.as_deref().unwrap_or(""),
    }
}

/// Whether the resolver answers this without asking anybody: a number in any form that C reads.
fn is_numeric(lookup: &Lookup) -> bool {
    let host = lookup.flags & AI_NUMERICHOST != 0 || lookup.host.as_deref().is_none_or(is_number);
    let service = lookup
        .service
        .as_deref()
        .is_none_or(|service| service.bytes().all(|byte| byte.is_ascii_digit()));
    host && service && matches!(lookup.family, AF_UNSPEC | AF_INET | AF_INET6)
}

/// Whether it is an address and no name.
pub(super) fn is_number(host: &str) -> bool {
    convert::parse_ip(host).is_some() || numeric_ipv4(host).is_some()
}

/// A C string, or Python's complaint about a NUL.
fn c_string(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error::value("embedded null character"))
}
