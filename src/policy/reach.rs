//! Where an address leads: one can be written inside another, stand for the machine itself, or be translated on the way.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address the kernel reaches by this one: an IPv4 address inside an IPv6 one is itself.
pub(super) fn canonical(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

/// The address a connection to this one ends at: the unspecified address is the machine itself.
pub(crate) fn destination(ip: IpAddr) -> IpAddr {
    match canonical(ip) {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    }
}

/// The IPv4 address a translator on the way would take it for, of one that is for translators (NAT64, 6to4).
pub(super) fn translated(ip: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(ip) = ip else { return None };
    let octets = ip.octets();
    let at = |place: usize| {
        Ipv4Addr::new(
            octets[place],
            octets[place + 1],
            octets[place + 2],
            octets[place + 3],
        )
    };
    match ip.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, _, _] => Some(at(12).into()),
        [0x2002, ..] => Some(at(2).into()),
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => Some(at(12).into()),
        _ => None,
    }
}

/// Every address that may be reached by this one: to deny one of them is to deny it.
pub(crate) fn faces(ip: IpAddr) -> impl Iterator<Item = IpAddr> {
    [Some(canonical(ip)), Some(destination(ip)), translated(ip)]
        .into_iter()
        .flatten()
}

pub(super) const fn width(ip: IpAddr) -> u8 {
    if ip.is_ipv4() { 32 } else { 128 }
}

/// The first address of the network that begins with so many bits of this one.
pub(super) fn first_of(ip: IpAddr, bits: u8) -> IpAddr {
    match ip {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0);
            Ipv4Addr::from_bits(ip.to_bits() & mask).into()
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0);
            Ipv6Addr::from_bits(ip.to_bits() & mask).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_seen_through_others() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert_eq!(canonical(ip("::ffff:10.0.0.1")), ip("10.0.0.1"));
        assert_eq!(destination(ip("::ffff:0.0.0.0")), Ipv4Addr::LOCALHOST);
        assert_eq!(destination(ip("::")), Ipv6Addr::LOCALHOST);
        assert_eq!(translated(ip("64:ff9b::a00:1")), Some(ip("10.0.0.1")));
        assert_eq!(translated(ip("2002:a00:1::")), Some(ip("10.0.0.1")));
        assert_eq!(translated(ip("2001:db8::1")), None);
        assert_eq!(
            (first_of(ip("10.9.9.9"), 0), first_of(ip("10.9.9.9"), 32)),
            (ip("0.0.0.0"), ip("10.9.9.9"))
        );
        assert_eq!(
            (first_of(ip("ff::1"), 0), first_of(ip("ff::1"), 128)),
            (ip("::"), ip("ff::1"))
        );
    }
}
