//! Judging: which rule a request meets. Deny is looked at first and wins; then allow; then what the policy does by default.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;

use crate::address::{Address, UnixName};
use crate::sys::flag::{
    AF_INET, AF_INET6, AF_PACKET, AF_UNIX, IPPROTO_MPTCP, IPPROTO_RAW, IPPROTO_TCP, IPPROTO_UDP,
    IPPROTO_UDPLITE, SOCK_DGRAM, SOCK_PACKET, SOCK_RAW, SOCK_STREAM,
};

use super::host::{Named, NetPattern, name_of};
use super::path::{PathPattern, path_of, where_it_leads};
use super::reach::{canonical, destination, faces};
use super::rules::Rules;
use super::{Policy, Request, option};

/// Why a request is allowed or refused.
#[derive(Debug)]
pub(crate) enum Verdict<'a> {
    /// No rule is about it.
    Default(bool),
    Allowed(Rule<'a>),
    Denied(Rule<'a>),
}

/// A rule as it was written: `net 127.0.0.1:*`.
pub(crate) struct Rule<'a> {
    grant: &'static str,
    pattern: Option<&'a dyn fmt::Display>,
}

impl Rule<'_> {
    /// A rule that is yes or no.
    pub(super) const fn of(grant: &'static str) -> Self {
        Self { grant, pattern: None }
    }
}

impl fmt::Debug for Rule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Rule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pattern {
            Some(pattern) => write!(f, "{} {pattern}", self.grant),
            None => f.write_str(self.grant),
        }
    }
}

impl Verdict<'_> {
    pub(crate) const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_) | Self::Default(true))
    }
}

impl fmt::Display for Verdict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default(true) => f.write_str("no rule denies it"),
            Self::Default(false) => f.write_str("no rule allows it"),
            Self::Allowed(rule) => write!(f, "allow {rule}"),
            Self::Denied(rule) => write!(f, "deny {rule}"),
        }
    }
}

/// What a set of rules says to a request.
type Found<'a> = Option<Rule<'a>>;

fn rule<'a>(grant: &'static str, pattern: &'a dyn fmt::Display) -> Rule<'a> {
    Rule {
        grant,
        pattern: Some(pattern),
    }
}

fn flag<'a>(grant: &'static str, on: bool) -> Found<'a> {
    on.then_some(Rule::of(grant))
}

/// The first of a list, whatever it says: the kind of request is allowed somewhere.
fn any<'a, T: fmt::Display>(grant: &'static str, list: &'a [T]) -> Found<'a> {
    list.first().map(|pattern| rule(grant, pattern))
}

fn first<'a, T: fmt::Display>(grant: &'static str, list: &'a [T], meets: impl Fn(&T) -> bool) -> Found<'a> {
    list.iter()
        .find(|pattern| meets(pattern))
        .map(|pattern| rule(grant, pattern))
}

impl Policy {
    /// Judges a request for what is reached through a name, where there is one.
    pub(crate) fn verdict(&self, request: &Request<'_>, name: Option<&str>) -> Verdict<'_> {
        if self.allows_everything() {
            return Verdict::Default(true);
        }
        if let Request::Open { path, write } = request
            && let Some(refused) = self.refuses_special(path, *write)
        {
            return refused;
        }
        let name = name.and_then(name_of);
        let name = name.as_deref();
        if let Some(denied) = self.deny.denies(request, name) {
            return Verdict::Denied(denied);
        }
        match self.allow.allows(request, name) {
            Some(allowed) => Verdict::Allowed(allowed),
            None if leads_anywhere(request) => Verdict::Default(self.may_lead_anywhere()),
            // None of these can be judged by what it will do.
            None if matches!(
                request,
                Request::Import { .. } | Request::Library { .. } | Request::BinaryCode
            ) =>
            {
                Verdict::Default(false)
            }
            None => Verdict::Default(self.open),
        }
    }

    /// Whether what may lead packets to any address is allowed: not where some are denied.
    fn may_lead_anywhere(&self) -> bool {
        self.open && self.deny.net.is_empty()
    }
}

impl Rules {
    fn allows(&self, request: &Request<'_>, name: Option<&str>) -> Found<'_> {
        match request {
            Request::Create {
                family,
                kind,
                protocol,
            } => self.allows_socket(*family, *kind, *protocol),
            Request::Connect(address) | Request::SendTo(address) | Request::SendMessage(address) => {
                self.allows_address("net", &self.net, address, name, destination)
            }
            Request::Bind(address) => self.allows_address("listen", &self.listen, address, name, canonical),
            Request::Listen { .. } => any("listen", &self.listen)
                .or_else(|| any("unix", &self.unix))
                .or_else(|| any("family", &self.family))
                .or_else(|| flag("fd", self.fd)),
            // Who listens has been judged.
            Request::Accept(_) => Some(Rule::of("listen")),
            Request::Resolve { host: Some(host), .. }
            | Request::HostByName(host)
            | Request::HostByAddress(host) => self.allows_name(host),
            Request::Resolve { host: None, .. }
            | Request::ServiceByName { .. }
            | Request::ServiceByPort { .. }
            | Request::Protocol(_) => self.allows_asking(),
            Request::ReverseResolve(address) => self.allows_reverse(address),
            Request::HostName | Request::Interfaces => flag("info", self.info),
            Request::SetHostName(_) => flag("sethostname", self.sethostname),
            Request::SetOption { level, name } => {
                flag("ordinary options", option::is_ordinary(*level, *name)).or_else(|| flag("raw", self.raw))
            }
            Request::Credentials { .. } => flag("raw", self.raw),
            Request::Adopt { .. }
            | Request::CloseForeign { .. }
            | Request::Share { .. }
            | Request::FromShare { .. }
            | Request::Fcntl { .. }
            | Request::Ioctl { .. } => flag("fd", self.fd),
            Request::Open { path, write: true } => of_path("write", &self.write, path),
            Request::Open { path, write: false } => of_path("read", &self.read, path),
            Request::Import { .. } | Request::Library { .. } | Request::BinaryCode => None,
            Request::Input => flag("input", self.input),
            Request::Worker { .. } => flag("worker", self.worker),
            Request::Fork => flag("fork", self.fork),
            Request::Spawn { program } => first("run", &self.run, |known| known.allows(program)),
            Request::Variable { name } => first("env", &self.env, |known| known.has(name)),
        }
    }

    fn denies(&self, request: &Request<'_>, name: Option<&str>) -> Found<'_> {
        match request {
            Request::Create {
                family,
                kind,
                protocol,
            } => first("family", &self.family, |known| known.is(*family))
                .or_else(|| first("type", &self.kind, |known| known.is(*kind)))
                .or_else(|| flag("raw", self.raw && is_raw(*family, *kind, *protocol))),
            Request::Connect(address) | Request::SendTo(address) | Request::SendMessage(address) => {
                self.denies_address("net", &self.net, address, name)
            }
            Request::Bind(address) => self.denies_address("listen", &self.listen, address, name),
            Request::Resolve { host: Some(host), .. }
            | Request::HostByName(host)
            | Request::HostByAddress(host) => self.denies_name(host),
            Request::ReverseResolve(address) => {
                let ip = address.ip()?;
                first("resolve", &self.resolve, |known| known.has_address(ip))
            }
            Request::HostName | Request::Interfaces => flag("info", self.info),
            Request::SetHostName(_) => flag("sethostname", self.sethostname),
            Request::SetOption { level, name } => {
                flag("raw", self.raw && !option::is_ordinary(*level, *name))
            }
            Request::Credentials { .. } => flag("raw", self.raw),
            // A duplicate reads as well as the descriptor itself.
            Request::Adopt { fd: 0 } | Request::Fcntl { fd: 0, .. } | Request::Ioctl { fd: 0, .. } => {
                flag("input", self.input).or_else(|| flag("fd", self.fd))
            }
            Request::Adopt { .. }
            | Request::CloseForeign { .. }
            | Request::Share { .. }
            | Request::FromShare { .. }
            | Request::Fcntl { .. }
            | Request::Ioctl { .. } => flag("fd", self.fd),
            Request::Open { path, write } => {
                // A file may be read by who opens it to write, too.
                let read = of_denied_path("read", &self.read, path);
                if *write {
                    of_denied_path("write", &self.write, path).or(read)
                } else {
                    read
                }
            }
            Request::Input => flag("input", self.input),
            Request::Worker { .. } => flag("worker", self.worker),
            Request::Fork => flag("fork", self.fork),
            Request::Spawn { program } => first("run", &self.run, |known| known.denies(program)),
            Request::Variable { name } => first("env", &self.env, |known| known.has(name)),
            Request::Listen { .. }
            | Request::Accept(_)
            | Request::Resolve { host: None, .. }
            | Request::ServiceByName { .. }
            | Request::ServiceByPort { .. }
            | Request::Protocol(_)
            | Request::Import { .. }
            | Request::Library { .. }
            | Request::BinaryCode => None,
        }
    }

    fn allows_socket(&self, family: i32, kind: i32, protocol: i32) -> Found<'_> {
        let granted = first("family", &self.family, |known| known.is(family));
        if is_raw(family, kind, protocol) {
            return flag("raw", self.raw);
        }
        match family {
            AF_INET | AF_INET6 => any("net", &self.net).or_else(|| any("listen", &self.listen)),
            // Where it leads is judged when it is used; a pair leads nowhere.
            AF_UNIX => any("unix", &self.unix)
                .or_else(|| any("net", &self.net))
                .or_else(|| any("listen", &self.listen)),
            _ => None,
        }
        .or(granted)
    }

    fn allows_address<'a>(
        &'a self,
        grant: &'static str,
        list: &'a [NetPattern],
        address: &Address,
        name: Option<&str>,
        seen_as: fn(IpAddr) -> IpAddr,
    ) -> Found<'a> {
        match (address, address.ip(), address.port()) {
            (_, Some(ip), Some(port)) => {
                let ip = seen_as(ip);
                let meets = |known: &NetPattern| {
                    known.has_port(port)
                        && (known.has_address(ip) || name.is_some_and(|name| known.has_name(name)))
                };
                first(grant, list, meets)
            }
            (Address::Unix(unix), ..) => of_unix(&self.unix, unix),
            (Address::Packet(_), ..) => flag("raw", self.raw),
            // Without a family of its own: of the socket's, which has been judged.
            (Address::None, ..) => any("family", &self.family),
            _ => first("family", &self.family, |known| known.is(family_of(address))),
        }
    }

    fn denies_address<'a>(
        &'a self,
        grant: &'static str,
        list: &'a [NetPattern],
        address: &Address,
        name: Option<&str>,
    ) -> Found<'a> {
        match (address, address.ip(), address.port()) {
            (_, Some(ip), Some(port)) => {
                let everywhere = grant == "listen" && canonical(ip).is_unspecified();
                let meets = |known: &NetPattern| {
                    known.has_port(port)
                        && (faces(ip).any(|face| known.has_address(face))
                            || name.is_some_and(|name| known.has_name(name))
                            || (everywhere && known.is_of_family(ip)))
                };
                first(grant, list, meets)
            }
            (Address::Unix(unix), ..) => denies_unix(&self.unix, unix),
            (Address::Packet(_), ..) => flag("raw", self.raw),
            _ => first("family", &self.family, |known| known.is(family_of(address))),
        }
    }

    fn allows_name(&self, host: &str) -> Found<'_> {
        match Named::new(host) {
            Named::Name(name) if !name.is_empty() => {
                first("resolve", &self.resolve, |known| known.has_name(&name))
                    .or_else(|| first("net", &self.net, |known| known.has_name(&name)))
                    .or_else(|| first("listen", &self.listen, |known| known.has_name(&name)))
            }
            // Nobody is asked; what comes of it is judged where it is used.
            _ => self.allows_asking(),
        }
    }

    fn denies_name(&self, host: &str) -> Found<'_> {
        match Named::new(host) {
            Named::Name(name) => {
                first("resolve", &self.resolve, |known| known.has_name(&name)).or_else(|| {
                    first("net", &self.net, |known| {
                        known.has_every_port() && known.has_name(&name)
                    })
                })
            }
            Named::Numeric(ip) => first("resolve", &self.resolve, |known| known.has_address(ip)),
        }
    }

    /// What needs no name: the machine's own tables, numbers.
    fn allows_asking(&self) -> Found<'_> {
        any("resolve", &self.resolve)
            .or_else(|| any("net", &self.net))
            .or_else(|| any("listen", &self.listen))
    }

    fn allows_reverse(&self, address: &Address) -> Found<'_> {
        let ip = address.ip()?;
        first("resolve", &self.resolve, |known| known.has_address(ip))
            .or_else(|| first("net", &self.net, |known| known.has_address(ip)))
            .or_else(|| first("listen", &self.listen, |known| known.has_address(ip)))
    }
}

/// Whether packets may go elsewhere than the address that is judged says: by an option, by a header of the script's own.
fn leads_anywhere(request: &Request<'_>) -> bool {
    match request {
        Request::SetOption { .. } => true,
        Request::Create {
            family,
            kind,
            protocol,
        } => {
            // SOCK_PACKET is how packet sockets were made once, of any family.
            *family == AF_PACKET
                || *kind == SOCK_PACKET
                || (matches!(*family, AF_INET | AF_INET6) && *protocol == IPPROTO_RAW)
        }
        _ => false,
    }
}

/// Whether a socket sends what it likes, and not what its protocol makes of it.
fn is_raw(family: i32, kind: i32, protocol: i32) -> bool {
    match family {
        AF_PACKET => true,
        AF_INET | AF_INET6 => {
            let ordinary = [0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_MPTCP];
            !matches!(kind, SOCK_STREAM | SOCK_DGRAM) || !ordinary.contains(&protocol)
        }
        _ => kind == SOCK_RAW && family == AF_UNIX,
    }
}

fn of_path<'a>(grant: &'static str, list: &'a [PathPattern], path: &Path) -> Found<'a> {
    if list.is_empty() {
        return None;
    }
    let path = where_it_leads(path)?;
    first(grant, list, |known| known.has_path(&path))
}

/// As [`of_path`]; a path of which nobody knows where it leads may lead to what is denied.
fn of_denied_path<'a>(grant: &'static str, list: &'a [PathPattern], path: &Path) -> Found<'a> {
    if list.is_empty() {
        return None;
    }
    match where_it_leads(path) {
        Some(path) => first(grant, list, |known| known.has_path(&path)),
        None => any(grant, list),
    }
}

fn of_unix<'a>(list: &'a [PathPattern], name: &UnixName) -> Found<'a> {
    match name {
        UnixName::Path(path) => of_path("unix", list, &path_of(path)),
        UnixName::Abstract(name) => first("unix", list, |known| known.has_abstract(name)),
        // The kernel chooses an abstract name.
        UnixName::Unnamed => first("unix", list, |known| known.has_abstract(b"")),
    }
}

fn denies_unix<'a>(list: &'a [PathPattern], name: &UnixName) -> Found<'a> {
    match name {
        UnixName::Path(path) => of_denied_path("unix", list, &path_of(path)),
        _ => of_unix(list, name),
    }
}

fn family_of(address: &Address) -> i32 {
    use crate::sys::flag;
    match address {
        Address::Inet { .. } => AF_INET,
        Address::Inet6 { .. } => AF_INET6,
        Address::Unix(_) => AF_UNIX,
        Address::Netlink { .. } => flag::AF_NETLINK,
        Address::Packet(_) => AF_PACKET,
        Address::Vsock { .. } => flag::AF_VSOCK,
        Address::Can { .. } => flag::AF_CAN,
        Address::Tipc(_) => flag::AF_TIPC,
        Address::Alg(_) => flag::AF_ALG,
        Address::Qipcrtr { .. } => flag::AF_QIPCRTR,
        Address::Bluetooth(_) => flag::AF_BLUETOOTH,
        Address::Other { family, .. } => *family,
        Address::None => flag::AF_UNSPEC,
    }
}
