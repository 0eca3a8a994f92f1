//! The hosts of the network: the one it is, by its names, and those the run was told of. There is no other to ask.

use std::ffi::CStr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::address::Address;
use crate::constants;
use crate::net::resolver::{code, found_at};
use crate::sys::flag::NI_NUMERICHOST;
use crate::sys::interface;
use crate::sys::netdb::Host;
use crate::sys::resolve::{self, AddrInfo, Hints, ResolveError};

use super::World;

impl World {
    /// As getaddrinfo.
    ///
    /// # Errors
    /// `EAI_NONAME` for a name nobody knows.
    pub(in crate::net) fn lookup(
        &self,
        name: &str,
        service: Option<&CStr>,
        hints: Hints,
    ) -> Result<Vec<AddrInfo>, ResolveError> {
        found_at(name, &self.addresses(name), service, hints)
    }

    /// As getnameinfo.
    ///
    /// # Errors
    /// `EAI_NONAME` where a name is asked for and there is none.
    pub(in crate::net) fn name_info(
        &self,
        address: &Address,
        flags: i32,
    ) -> Result<(String, String), ResolveError> {
        let (number, service) = resolve::name_info(address, flags | NI_NUMERICHOST)?;
        if flags & NI_NUMERICHOST != 0 {
            return Ok((number, service));
        }
        let wanted = constants::number("NI_NAMEREQD").is_some_and(|bit| i64::from(flags) & bit != 0);
        match address.ip().and_then(|ip| self.name_of(ip)) {
            Some(name) => Ok((name, service)),
            None if wanted => Err(ResolveError::Code(code("EAI_NONAME"))),
            None => Ok((number, service)),
        }
    }

    /// The addresses of a name, IPv6 first as the system has it; none for a name nobody knows.
    pub(crate) fn addresses(&self, name: &str) -> Vec<IpAddr> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        if let Some(known) = self.hosts.get(&name) {
            return known.clone();
        }
        let own = interface::host_name().unwrap_or_default();
        match name.as_str() {
            "localhost" => vec![Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()],
            "ip6-localhost" => vec![Ipv6Addr::LOCALHOST.into()],
            _ if name.as_bytes().eq_ignore_ascii_case(&own) => vec![Ipv4Addr::LOCALHOST.into()],
            _ => Vec::new(),
        }
    }

    /// What is known of a host.
    pub(in crate::net) fn host(&self, name: &str, addresses: Vec<IpAddr>) -> Host {
        Host {
            name: name.to_owned(),
            aliases: Vec::new(),
            addresses,
        }
    }

    /// The name of an address.
    pub(crate) fn name_of(&self, address: IpAddr) -> Option<String> {
        let told = self
            .hosts
            .iter()
            .find(|(_, addresses)| addresses.contains(&address));
        match told {
            Some((name, _)) => Some(name.clone()),
            None if address.is_loopback() => Some("localhost".to_owned()),
            None => None,
        }
    }
}
