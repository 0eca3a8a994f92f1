//! Hosts, services and protocols by name and by number, as C's older calls have them: with aliases.

use std::ffi::{CStr, CString};
use std::net::{IpAddr, Ipv4Addr};

use crate::address::Address;
use crate::error::{Class, Error, Result};
use crate::policy::Request;
use crate::sys::flag::{AF_INET, AF_UNSPEC, SOCK_DGRAM};
use crate::sys::interface;
use crate::sys::netdb::{self, Host, HostError};

use super::audit::Fact;
use super::context::Net;
use super::idna;
use super::resolve::Lookup;

impl Net {
    /// The first address of a host in a family (0: any), as Python's calls look for it before anything else. The policy has
    /// been asked about the host, and whoever listens was told.
    fn first_address(&self, op: &'static str, host: &str, family: i32) -> Result<IpAddr> {
        if family == AF_INET {
            return self
                .allowed_host_address(host, family)
                .map_err(|error| error.called(op).during(op));
        }
        // As CPython has it: any address is one of each family, and the broadcast address is of the older one.
        match host {
            "" => return Err(Error::new(Class::OSError, "wildcard resolved to multiple address").during(op)),
            "<broadcast>" => return Ok(Ipv4Addr::BROADCAST.into()),
            _ => {}
        }
        let lookup = Lookup {
            host: Some(host.to_owned()),
            family,
            ..Lookup::default()
        };
        let found = self.find(&lookup, None).map_err(|error| error.called(op))?;
        found
            .iter()
            .find_map(|found| found.address.ip())
            .ok_or_else(|| Error::new(Class::OSError, "getaddrinfo returns an empty list").during(op))
    }

    /// `gethostbyname`: an IPv4 address of the host.
    pub(crate) fn host_address_of(&self, host: &str) -> Result<IpAddr> {
        const OP: &str = "gethostbyname";
        let encoded = idna::encode(host)?;
        self.guard_as(&Request::HostByName(&encoded), || {
            vec![Fact::Text(host.to_owned())]
        })
        .map_err(|error| error.during(OP))?;
        self.first_address(OP, &encoded, AF_INET)
    }

    /// `gethostbyname_ex`: everything known of the host.
    pub(crate) fn host_by_name(&self, host: &str) -> Result<Host> {
        const OP: &str = "gethostbyname_ex";
        let encoded = idna::encode(host)?;
        self.guard_as(&Request::HostByName(&encoded), || {
            vec![Fact::Text(host.to_owned())]
        })
        .map_err(|error| error.during(OP))?;
        if let Some(addresses) = self.own_addresses(OP, &encoded, AF_INET)? {
            return Ok(Host {
                name: encoded.into_owned(),
                aliases: Vec::new(),
                addresses,
            });
        }
        self.first_address(OP, &encoded, AF_INET)?;
        if let Some(world) = self.world() {
            let all = Lookup {
                host: Some(encoded.clone().into_owned()),
                family: AF_INET,
                kind: SOCK_DGRAM,
                ..Lookup::default()
            };
            let addresses = self.find(&all, None).map_err(|error| error.called(OP))?;
            return Ok(world.host(
                &encoded,
                addresses.iter().filter_map(|found| found.address.ip()).collect(),
            ));
        }
        let name = CString::new(&*encoded).map_err(|_| Error::value("embedded null character"))?;
        let known = self.ask(OP, move || netdb::host_by_name(&name))?;
        self.note_answer(Some(&encoded), known.addresses.iter().copied());
        Ok(known)
    }

    /// `gethostbyaddr`: everything known of the host at an address, or of a host by its name.
    pub(crate) fn host_by_address(&self, host: &str) -> Result<Host> {
        const OP: &str = "gethostbyaddr";
        let encoded = idna::encode(host)?;
        self.guard_as(&Request::HostByAddress(&encoded), || {
            vec![Fact::Text(host.to_owned())]
        })
        .map_err(|error| error.during(OP))?;
        let address = self.first_address(OP, &encoded, AF_UNSPEC)?;
        let socket_address = match address {
            IpAddr::V4(ip) => Address::Inet { ip, port: 0 },
            IpAddr::V6(ip) => Address::Inet6 {
                ip,
                port: 0,
                flowinfo: 0,
                scope_id: 0,
            },
        };
        self.guard_unheard(&Request::ReverseResolve(&socket_address))
            .map_err(|error| error.during(OP).at(&socket_address))?;
        if let Some(world) = self.world() {
            return match world.name_of(address) {
                Some(name) => Ok(world.host(&name, vec![address])),
                None => Err(not_found(HostError(1)).during(OP)),
            };
        }
        self.ask(OP, move || netdb::host_by_address(address))
    }

    fn ask(
        &self,
        op: &'static str,
        question: impl FnOnce() -> Result<Host, HostError> + Send + 'static,
    ) -> Result<Host> {
        let answer = self
            .sched()
            .off_thread(None, question)?
            .unwrap_or(Err(HostError(2)));
        answer.map_err(|error| not_found(error).during(op))
    }

    /// `getfqdn`: the host's name with its domain, where one is known.
    pub(crate) fn full_name(&self, host: &str) -> Result<String> {
        let host = host.trim();
        let name = if matches!(host, "" | "0.0.0.0" | "::") {
            self.host_name()?
        } else {
            host.to_owned()
        };
        match self.host_by_address(&name) {
            Ok(known) => {
                let dotted = std::iter::once(&known.name)
                    .chain(&known.aliases)
                    .find(|name| name.contains('.'));
                Ok(dotted.unwrap_or(&known.name).clone())
            }
            Err(error) if error.denied() || !error.class().is_a(Class::OSError) => Err(error),
            Err(_) => Ok(name),
        }
    }

    /// `gethostname`.
    pub(crate) fn host_name(&self) -> Result<String> {
        const OP: &str = "gethostname";
        self.guard(&Request::HostName).map_err(|error| error.during(OP))?;
        let name = interface::host_name().map_err(|errno| Error::from(errno).during(OP))?;
        String::from_utf8(name)
            .map_err(|_| Error::new(Class::UnicodeDecodeError, "the host name is not valid UTF-8"))
    }

    /// `getservbyname`: the port of a service.
    pub(crate) fn service_port(&self, name: CString, protocol: Option<CString>) -> Result<u16> {
        const OP: &str = "getservbyname";
        let of = protocol.as_deref().map(CStr::to_string_lossy);
        self.guard(&Request::ServiceByName {
            name: &name.to_string_lossy(),
            protocol: of.as_deref(),
        })
        .map_err(|error| error.during(OP))?;
        let found = self
            .sched()
            .off_thread(None, move || netdb::service_port(&name, protocol.as_deref()))?;
        let missing = || Error::new(Class::OSError, "service/proto not found").during(OP);
        found.flatten().ok_or_else(missing)
    }

    /// `getservbyport`: the service on a port.
    pub(crate) fn service_name(&self, port: u16, protocol: Option<CString>) -> Result<String> {
        const OP: &str = "getservbyport";
        let of = protocol.as_deref().map(CStr::to_string_lossy);
        self.guard(&Request::ServiceByPort {
            port,
            protocol: of.as_deref(),
        })
        .map_err(|error| error.during(OP))?;
        let found = self
            .sched()
            .off_thread(None, move || netdb::service_name(port, protocol.as_deref()))?;
        let missing = || Error::new(Class::OSError, "port/proto not found").during(OP);
        found.flatten().ok_or_else(missing)
    }

    /// `getprotobyname`: the number of a protocol.
    pub(crate) fn protocol_number(&self, name: CString) -> Result<i32> {
        const OP: &str = "getprotobyname";
        self.guard(&Request::Protocol(&name.to_string_lossy()))
            .map_err(|error| error.during(OP))?;
        let found = self
            .sched()
            .off_thread(None, move || netdb::protocol_number(&name))?;
        let missing = || Error::new(Class::OSError, "protocol not found").during(OP);
        found.flatten().ok_or_else(missing)
    }

    /// `if_nameindex`: every network interface.
    pub(crate) fn interfaces(&self) -> Result<Vec<(u32, Vec<u8>)>> {
        const OP: &str = "if_nameindex";
        self.guard(&Request::Interfaces)
            .map_err(|error| error.during(OP))?;
        interface::interfaces().map_err(|errno| Error::from(errno).during(OP))
    }

    /// `if_nametoindex`: the number of an interface.
    pub(crate) fn interface_number(&self, name: &CStr) -> Result<u32> {
        const OP: &str = "if_nametoindex";
        self.guard_unheard(&Request::Interfaces)
            .map_err(|error| error.during(OP))?;
        interface::index_of(name)
            .map_err(|_| Error::new(Class::OSError, "no interface with this name").during(OP))
    }

    /// `if_indextoname`: the name of an interface.
    pub(crate) fn interface_name(&self, index: u32) -> Result<Vec<u8>> {
        const OP: &str = "if_indextoname";
        self.guard_unheard(&Request::Interfaces)
            .map_err(|error| error.during(OP))?;
        interface::name_of(index).map_err(|errno| Error::from(errno).during(OP))
    }

    /// `sethostname`.
    pub(crate) fn set_host_name(&self, name: &[u8]) -> Result<()> {
        const OP: &str = "sethostname";
        if name.contains(&0) {
            // The kernel takes it, and everybody else sees what is before it.
            return Err(Error::value("embedded null byte"));
        }
        self.guard(&Request::SetHostName(name))
            .map_err(|error| error.during(OP))?;
        interface::set_host_name(name).map_err(|errno| Error::from(errno).during(OP))
    }
}

fn not_found(error: HostError) -> Error {
    Error::numbered(Class::herror, error.0, error.text())
}
