//! Hosts, services and protocols by name and by number, as C's older calls have them: with aliases.

use std::ffi::CString;
use std::net::IpAddr;

use crate::address::Address;
use crate::error::{Class, Error, Result};
use crate::policy::Request;
use crate::sys::flag::{AF_INET, AF_UNSPEC};
use crate::sys::netdb::{self, Host, HostError};

use super::context::Net;
use super::resolve::Lookup;

impl Net {
    /// The first address of a host in a family (0: any), as Python's calls look for it before anything else.
    fn first_address(&self, op: &'static str, host: &str, family: i32) -> Result<IpAddr> {
        if family == AF_INET {
            let found = self.host_address(host, family, None);
            return found
                .map(|(address, _)| address)
                .map_err(|error| error.during(op));
        }
        let lookup = Lookup {
            host: Some(host.to_owned()),
            family,
            ..Lookup::default()
        };
        let found = self.lookup(&lookup).map_err(|error| error.during(op))?;
        found
            .iter()
            .find_map(|found| found.address.ip())
            .ok_or_else(|| Error::new(Class::OSError, "getaddrinfo returns an empty list").during(op))
    }

    /// `gethostbyname`: an IPv4 address of the host.
    pub(crate) fn host_address_of(&self, host: &str) -> Result<IpAddr> {
        self.first_address("gethostbyname", host, AF_INET)
    }

    /// `gethostbyname_ex`: everything known of the host.
    pub(crate) fn host_by_name(&self, host: &str) -> Result<Host> {
        const OP: &str = "gethostbyname_ex";
        self.first_address(OP, host, AF_INET)?;
        let name = CString::new(host).map_err(|_| Error::value("embedded null character"))?;
        self.ask(OP, move || netdb::host_by_name(&name))
    }

    /// `gethostbyaddr`: everything known of the host at an address, or of a host by its name.
    pub(crate) fn host_by_address(&self, host: &str) -> Result<Host> {
        const OP: &str = "gethostbyaddr";
        let address = self.first_address(OP, host, AF_UNSPEC)?;
        let socket_address = match address {
            IpAddr::V4(ip) => Address::Inet { ip, port: 0 },
            IpAddr::V6(ip) => Address::Inet6 {
                ip,
                port: 0,
                flowinfo: 0,
                scope_id: 0,
            },
        };
        self.guard(&Request::ReverseResolve(&socket_address))
            .map_err(|error| error.during(OP).at(&socket_address))?;
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
        answer.map_err(|error| Error::numbered(Class::herror, error.0, error.text()).during(op))
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
        let name = crate::sys::interface::host_name().map_err(|errno| Error::from(errno).during(OP))?;
        String::from_utf8(name)
            .map_err(|_| Error::new(Class::UnicodeDecodeError, "the host name is not valid UTF-8"))
    }

    fn guard_service(&self, op: &'static str, service: &str) -> Result<()> {
        self.guard(&Request::Resolve { host: None, service })
            .map_err(|error| error.during(op))
    }

    /// `getservbyname`: the port of a service.
    pub(crate) fn service_port(&self, name: CString, protocol: Option<CString>) -> Result<u16> {
        self.guard_service("getservbyname", &name.to_string_lossy())?;
        let found = self
            .sched()
            .off_thread(None, move || netdb::service_port(&name, protocol.as_deref()))?;
        let missing = || Error::new(Class::OSError, "service/proto not found").during("getservbyname");
        found.flatten().ok_or_else(missing)
    }

    /// `getservbyport`: the service on a port.
    pub(crate) fn service_name(&self, port: u16, protocol: Option<CString>) -> Result<String> {
        self.guard_service("getservbyport", &port.to_string())?;
        let found = self
            .sched()
            .off_thread(None, move || netdb::service_name(port, protocol.as_deref()))?;
        let missing = || Error::new(Class::OSError, "port/proto not found").during("getservbyport");
        found.flatten().ok_or_else(missing)
    }

    /// `getprotobyname`: the number of a protocol.
    pub(crate) fn protocol_number(&self, name: CString) -> Result<i32> {
        self.guard_service("getprotobyname", &name.to_string_lossy())?;
        let found = self
            .sched()
            .off_thread(None, move || netdb::protocol_number(&name))?;
        let missing = || Error::new(Class::OSError, "protocol not found").during("getprotobyname");
        found.flatten().ok_or_else(missing)
    }
}
