//! Patterns for hosts and ports: `example.com:443`, `*.example.com:*`, `10.0.0.0/8:80,8000-8999`, `[::1]:53`.
//!
//! A pattern is of a name or of addresses, never of both: the names of an address are not covered by a pattern that covers
//! the address, nor the address by a pattern for its name. Only `*` covers everything. Addresses are compared as the kernel
//! takes them: `::ffff:10.0.0.1` is 10.0.0.1.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use crate::address::numeric_ipv4;
use crate::error::{Error, Result};
use crate::text::str_repr;

use super::patterned;
use super::reach::{canonical, first_of, width};

/// Longest name the domain name system knows.
const LONGEST_NAME: usize = 253;

/// Which hosts a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    Any,
    /// This name and no other, in lower case.
    Name(String),
    /// Every name that ends with a dot and this.
    Below(String),
    /// Addresses that begin with so many of these bits.
    Network(IpAddr, u8),
}

/// A pattern for hosts without ports: a name, `*.` and a name, an address, a network, or `*`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct HostPattern {
    text: String,
    hosts: Hosts,
}

/// A pattern for hosts and ports.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct NetPattern {
    text: String,
    hosts: Hosts,
    ports: Ports,
}

/// Ranges of ports, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Ports(Vec<(u16, u16)>);

patterned!(HostPattern, NetPattern);

/// A host as a script names it: lower case and without the closing dot, or the address it is the text of.
pub(super) enum Named {
    Name(String),
    Numeric(IpAddr),
}

impl Named {
    pub(super) fn new(host: &str) -> Self {
        if let Ok(ip) = host.parse::<IpAddr>() {
            return Self::Numeric(ip);
        }
        if let Some(ip) = numeric_ipv4(host) {
            return Self::Numeric(ip.into());
        }
        // A link-local address with its zone.
        if let Some((ip, zone)) = host.split_once('%')
            && let Ok(ip) = ip.parse::<Ipv6Addr>()
            && !zone.is_empty()
        {
            return Self::Numeric(ip.into());
        }
        Self::Name(host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase())
    }
}

/// The name that a host is reached through; none where nobody is asked for it: a number in any form, Python's two words.
pub(crate) fn name_of(host: &str) -> Option<String> {
    match Named::new(host) {
        Named::Name(name) if !name.is_empty() && name != "<broadcast>" => Some(name),
        _ => None,
    }
}

impl Hosts {
    fn parse(text: &str) -> Result<Self, String> {
        let bare = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(text);
        if text == "*" {
            return Ok(Self::Any);
        }
        if text.is_empty() {
            return Err("a host is missing; '*' is every host".into());
        }
        if bare.contains('%') {
            return Err("a zone is no part of a pattern: it covers the address in every zone".into());
        }
        if let Some((address, bits)) = bare.split_once('/') {
            return Self::network(address, bits);
        }
        if let Ok(ip) = bare.parse::<IpAddr>() {
            let ip = canonical(ip);
            return Ok(Self::Network(ip, width(ip)));
        }
        if bare.contains(':') || bare.len() != text.len() {
            return Err(format!("{} is no IPv6 address", str_repr(bare)));
        }
        if let Some(ip) = numeric_ipv4(text) {
            return Err(format!(
                "{} is another way to write {ip}; write that",
                str_repr(text)
            ));
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        match name.strip_prefix("*.") {
            Some(parent) => check_name(parent).map(|()| Self::Below(parent.to_owned())),
            None => check_name(&name).map(|()| Self::Name(name)),
        }
    }

    fn network(address: &str, bits: &str) -> Result<Self, String> {
        let ip: IpAddr = address.parse().map_err(|_| {
            format!(
                "{} is no address: a network is written 10.0.0.0/8",
                str_repr(address)
            )
        })?;
        let bits: u8 = bits
            .parse()
            .ok()
            .filter(|bits| *bits <= width(ip))
            .ok_or_else(|| format!("/{bits} is no length of a network: 0 to {}", width(ip)))?;
        let first = first_of(ip, bits);
        if first != ip {
            return Err(format!(
                "{ip}/{bits} has bits beyond its length; did you mean {first}/{bits}?"
            ));
        }
        match (canonical(ip), bits) {
            (IpAddr::V4(v4), 96..) if ip.is_ipv6() => Ok(Self::Network(v4.into(), bits - 96)),
            _ => Ok(Self::Network(ip, bits)),
        }
    }

    fn has_name(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Name(known) => name == known,
            Self::Below(parent) => name
                .strip_suffix(parent.as_str())
                .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
            Self::Network(..) => false,
        }
    }

    fn has_address(&self, ip: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::Network(network, bits) => {
                let ip = canonical(ip);
                network.is_ipv4() == ip.is_ipv4() && first_of(ip, *bits) == *network
            }
            Self::Name(_) | Self::Below(_) => false,
        }
    }

    /// Whether it is about addresses at all, of the family of this one.
    fn is_of_family(&self, ip: IpAddr) -> bool {
        match self {
            Self::Any => true,
            // A socket on :: hears IPv4 as well.
            Self::Network(network, _) => ip.is_ipv6() || network.is_ipv4(),
            Self::Name(_) | Self::Below(_) => false,
        }
    }
}

impl HostPattern {
    pub(super) fn has_name(&self, name: &str) -> bool {
        self.hosts.has_name(name)
    }

    pub(super) fn has_address(&self, ip: IpAddr) -> bool {
        self.hosts.has_address(ip)
    }
}

impl NetPattern {
    pub(super) fn has_name(&self, name: &str) -> bool {
        self.hosts.has_name(name)
    }

    pub(super) fn has_address(&self, ip: IpAddr) -> bool {
        self.hosts.has_address(ip)
    }

    pub(super) fn has_port(&self, port: u16) -> bool {
        self.ports.has(port)
    }

    /// Whether it is about addresses of the family of this one: what a socket bound to all of them would have.
    pub(super) fn is_of_family(&self, ip: IpAddr) -> bool {
        self.hosts.is_of_family(ip)
    }

    pub(super) fn has_every_port(&self) -> bool {
        self.ports == Ports::every()
    }

    /// For the kernel's own wall, which knows ports and no hosts.
    #[cfg(all(feature = "cli", target_os = "linux"))]
    pub(super) fn ports(&self) -> &[(u16, u16)] {
        &self.ports.0
    }
}

impl Ports {
    fn every() -> Self {
        Self(vec![(0, u16::MAX)])
    }

    fn parse(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self::every());
        }
        let port = |text: &str| {
            text.parse::<u16>().map_err(|_| {
                format!(
                    "{} is no port: 0 to 65535, a range 8000-8999, or *",
                    str_repr(text)
                )
            })
        };
        let mut ranges = Vec::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (port(first)?, port(last)?);
            if first > last {
                return Err(format!("the range of ports {} is empty", str_repr(part)));
            }
            ranges.push((first, last));
        }
        Ok(Self(ranges))
    }

    fn has(&self, port: u16) -> bool {
        self.0
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&port))
    }
}

impl FromStr for HostPattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match Hosts::parse(text) {
            Ok(hosts) => Ok(Self {
                text: text.to_owned(),
                hosts,
            }),
            Err(problem) => Err(bad(text, "host", &problem)),
        }
    }
}

impl FromStr for NetPattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (host, ports) = split(text);
        let parsed =
            Hosts::parse(host).and_then(|hosts| Ok((hosts, ports.map_or(Ok(Ports::every()), Ports::parse)?)));
        match parsed {
            Ok((hosts, ports)) => Ok(Self {
                text: text.to_owned(),
                hosts,
                ports,
            }),
            Err(problem) => Err(bad(text, "HOST:PORT", &problem)),
        }
    }
}

/// The host of a pattern and its ports, if it has any.
fn split(text: &str) -> (&str, Option<&str>) {
    if text.starts_with('[') {
        return match text.rfind(']') {
            Some(end) => match text[end + 1..].strip_prefix(':') {
                Some(ports) => (&text[..=end], Some(ports)),
                None => (text, None),
            },
            None => (text, None),
        };
    }
    match text.rsplit_once(':') {
        Some((host, ports)) if !host.contains(':') => (host, Some(ports)),
        _ => (text, None),
    }
}

pub(super) fn bad(text: &str, kind: &str, problem: &str) -> Error {
    Error::value(format!("{} is no pattern for {kind}: {problem}", str_repr(text)))
}

fn check_name(name: &str) -> Result<(), String> {
    if !name.is_ascii() {
        return Err("a name is written as the domain name system has it: xn--…".into());
    }
    if name.len() > LONGEST_NAME {
        return Err(format!("no name is longer than {LONGEST_NAME} characters"));
    }
    for label in name.split('.') {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if label.contains('*') {
            return Err("a star stands alone, or as '*.' before a name".into());
        }
        if label.is_empty() || label.len() > 63 || !label.bytes().all(known) {
            return Err(format!("{} is no part of a name", str_repr(label)));
        }
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("{} looks like an address and is none", str_repr(name)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn net(text: &str) -> NetPattern {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_network_covers_its_addresses_however_they_are_written() {
        let pattern = net("10.0.0.0/8:80,8000-8999");
        for inside in ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"] {
            assert!(pattern.has_address(ip(inside)), "{inside}");
        }
        for outside in ["11.0.0.0", "9.255.255.255", "::10.1.2.3", "::1"] {
            assert!(!pattern.has_address(ip(outside)), "{outside}");
        }
        let ports = [80, 8000, 8999].map(|port| pattern.has_port(port));
        assert_eq!(
            (ports, pattern.has_port(81), pattern.has_port(9000)),
            ([true; 3], false, false)
        );
        assert!(net("[::ffff:10.0.0.0/104]:*").has_address(ip("10.9.9.9")));
        assert!(
            net("0.0.0.0/0").has_address(ip("255.255.255.255")) && !net("0.0.0.0/0").has_address(ip("::1"))
        );
        assert!(net("[::1]:53").has_address(ip("::1")) && net("::1").has_every_port());
        assert!(net("fd00::/8").has_address(ip("fdff::1")) && !net("fd00::/8").has_address(ip("fe00::1")));
    }

    #[test]
    fn a_name_covers_itself_and_a_star_what_is_below() {
        let below = net("*.Example.com.:443");
        assert!(below.has_name("a.example.com") && below.has_name("a.b.example.com"));
        assert!(
            !below.has_name("example.com")
                && !below.has_name("badexample.com")
                && !below.has_name(".example.com")
        );
        assert!(net("example.com").has_name("example.com") && !net("example.com").has_name("a.example.com"));
        assert!(!net("example.com").has_address(ip("127.0.0.1")) && !net("127.0.0.1").has_name("localhost"));
        assert!(net("*:80").has_name("anything") && net("*:80").has_address(ip("::1")));
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        for (text, problem) in [
            ("", "a host is missing"),
            (":80", "a host is missing"),
            ("10.0.0.1/8", "did you mean 10.0.0.0/8?"),
            ("10.0.0.0/33", "0 to 32"),
            ("010.0.0.1:80", "another way to write 8.0.0.1"),
            ("2130706433", "another way to write 127.0.0.1"),
            ("1.2.3.4.5", "looks like an address"),
            ("a*.example.com", "a star stands alone"),
            ("*.*.com", "a star stands alone"),
            ("a..b", "no part of a name"),
            ("bücher.example", "xn--"),
            ("host:http", "no port"),
            ("host:80-70", "is empty"),
            ("host:65536", "no port"),
            ("fe80::1%eth0", "every zone"),
            ("[::1:80", "no IPv6 address"),
            ("[localhost]:80", "no IPv6 address"),
        ] {
            let error = text.parse::<NetPattern>().expect_err(text).to_string();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }

    #[test]
    fn hosts_are_seen_through_their_texts() {
        for text in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "0x7f000001",
        ] {
            assert!(
                matches!(Named::new(text), Named::Numeric(ip) if ip == Ipv4Addr::LOCALHOST),
                "{text}"
            );
        }
        assert!(matches!(Named::new("fe80::1%eth0"), Named::Numeric(_)));
        for text in [
            "1.2.3.4.5",
            "999.1.1.1",
            "localhost",
            "127.0.0.1 x",
            "%eth0",
            "0x7f.g",
        ] {
            assert!(matches!(Named::new(text), Named::Name(_)), "{text}");
        }
    }
}
