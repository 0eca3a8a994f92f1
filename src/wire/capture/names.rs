//! Addresses for packets: IP's own as they are, and IPv6 addresses made for what is no IP.
//!
//! A name of another family becomes `fd77:7363:F::N` with the family's number F, N counting the names of a trace, and the
//! port 49152 + N: outside of what Wireshark takes for a protocol. The prefix is of the range that anybody may use at home.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::constants::{self, Value};

use super::Name;

/// Ports nobody has registered begin here.
const PORTS: u16 = 49_152;

/// Names that have got an address.
#[derive(Default)]
pub(super) struct Names(HashMap<(String, String), u16>);

impl Names {
    /// The address that stands for a name of a family.
    pub(super) fn of(&mut self, family: &str, name: &Name) -> SocketAddr {
        match name {
            Name::Inet(host, port) | Name::Inet6(host, port, ..) => {
                if let Ok(ip) = host.parse::<IpAddr>() {
                    return SocketAddr::new(plain(ip), *port);
                }
                self.made(family, host)
            }
            Name::Other(_) if family == "AF_INET" => (Ipv4Addr::UNSPECIFIED, 0).into(),
            Name::Other(_) if family == "AF_INET6" => (Ipv6Addr::UNSPECIFIED, 0).into(),
            Name::Other(text) => self.made(family, text),
        }
    }

    fn made(&mut self, family: &str, text: &str) -> SocketAddr {
        let next = u16::try_from(self.0.len() + 1).unwrap_or(u16::MAX);
        let number = *self.0.entry((family.to_owned(), text.to_owned())).or_insert(next);
        let ip = Ipv6Addr::new(0xfd77, 0x7363, family_number(family), 0, 0, 0, 0, number);
        (ip, PORTS + number % (u16::MAX - PORTS)).into()
    }
}

/// The family's number, of its name or of digits.
fn family_number(family: &str) -> u16 {
    let named = constants::all().find(|constant| constant.name == family);
    match named.map(|constant| constant.value) {
        Some(Value::Int(number)) => u16::try_from(number).unwrap_or(0),
        _ => family.parse().unwrap_or(0),
    }
}

/// Whether a name says nothing: that of a Unix socket bound to none.
pub(super) fn is_empty(name: &Name) -> bool {
    matches!(name, Name::Other(text) if matches!(text.as_str(), "" | "''" | "b''" | "None"))
}

/// IPv4 where IPv6 only carries it.
fn plain(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(ip) => ip.to_ipv4_mapped().map_or(IpAddr::V6(ip), IpAddr::V4),
        IpAddr::V4(_) => ip,
    }
}

/// Two addresses of one version: a socket bound to no address talks to itself on loopback, and is unknown elsewhere.
pub(super) fn alike(one: SocketAddr, other: SocketAddr) -> (SocketAddr, SocketAddr) {
    let fit = |mut address: SocketAddr, by: SocketAddr| {
        let is_open = address.ip().is_unspecified();
        if is_open && by.ip().is_loopback() {
            address.set_ip(by.ip());
        } else if is_open && address.is_ipv4() != by.is_ipv4() {
            address.set_ip(match by.ip() {
                IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
                IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
            });
        }
        address
    };
    let (one, other) = (fit(one, other), fit(other, one));
    match (one.ip(), other.ip()) {
        (IpAddr::V4(a), IpAddr::V6(_)) => ((a.to_ipv6_mapped(), one.port()).into(), other),
        (IpAddr::V6(_), IpAddr::V4(b)) => (one, (b.to_ipv6_mapped(), other.port()).into()),
        _ => (one, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_ip_has_an_address_of_its_own() {
        let mut names = Names::default();
        let unix = |text: &str| Name::Other(text.to_owned());
        let one = names.of("AF_UNIX", &unix("'/tmp/a'"));
        assert_eq!(one.to_string(), "[fd77:7363:1::1]:49153");
        assert_eq!(
            names.of("AF_UNIX", &unix("'/tmp/b'")).to_string(),
            "[fd77:7363:1::2]:49154"
        );
        assert_eq!(names.of("AF_UNIX", &unix("'/tmp/a'")), one);
        let mapped = Name::Inet6("::ffff:127.0.0.1".into(), 80, 0, 0);
        assert_eq!(names.of("AF_INET6", &mapped).to_string(), "127.0.0.1:80");
    }

    #[test]
    fn an_open_address_is_loopback_beside_it() {
        let at = |text: &str| text.parse::<SocketAddr>().expect("an address");
        assert_eq!(alike(at("0.0.0.0:5"), at("127.0.0.1:6")).0, at("127.0.0.1:5"));
        assert_eq!(alike(at("[::]:5"), at("10.0.0.1:6")).0, at("0.0.0.0:5"));
        assert_eq!(alike(at("[::1]:6"), at("[::]:5")).1, at("[::1]:5"));
    }
}
