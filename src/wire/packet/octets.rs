//! Addresses as text, and where bytes end.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::address::inet6_text;
use crate::codec::Encoding;

use super::Datum;
use super::field::What;

/// The bytes of an address given as text, or as they are.
pub(super) fn address(what: &What, value: &Datum) -> Result<Vec<u8>, String> {
    let (size, example) = match what {
        What::Ip4 => (4, "192.0.2.1"),
        What::Ip6 => (16, "2001:db8::1"),
        _ => (6, "02:00:5e:10:00:01"),
    };
    let parsed = value.text().and_then(|text| match what {
        What::Ip4 => text.parse::<Ipv4Addr>().ok().map(|ip| ip.octets().to_vec()),
        What::Ip6 => text.parse::<Ipv6Addr>().ok().map(|ip| ip.octets().to_vec()),
        _ => mac(text),
    });
    let raw = || {
        value
            .bytes()
            .filter(|bytes| bytes.len() == size)
            .map(<[u8]>::to_vec)
    };
    parsed
        .or_else(raw)
        .ok_or_else(|| format!("an address as '{example}' is needed, not {value}"))
}

fn mac(text: &str) -> Option<Vec<u8>> {
    let parts: Vec<_> = text.split([':', '-']).collect();
    let byte = |part: &&str| {
        (part.len() == 2)
            .then(|| u8::from_str_radix(part, 16).ok())
            .flatten()
    };
    (parts.len() == 6)
        .then(|| parts.iter().map(byte).collect())
        .flatten()
}

/// An address as text.
pub(super) fn address_text(what: &What, bytes: &[u8]) -> String {
    match what {
        What::Ip4 => {
            <[u8; 4]>::try_from(bytes).map_or_else(|_| String::new(), |ip| Ipv4Addr::from(ip).to_string())
        }
        What::Ip6 => {
            <[u8; 16]>::try_from(bytes).map_or_else(|_| String::new(), |ip| inet6_text(&Ipv6Addr::from(ip)))
        }
        _ => {
            let parts: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            parts.join(":")
        }
    }
}

/// Bytes of one character at least: an end lies between characters.
pub(super) fn step(what: &What) -> usize {
    match what {
        What::Text(Encoding::Utf16(_)) => 2,
        What::Text(Encoding::Utf32(_)) => 4,
        _ => 1,
    }
}

/// The first place of these bytes, at a multiple of `step`.
pub(super) fn find(bytes: &[u8], mark: &[u8], step: usize) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = super::super::bytes::find(bytes, mark, from, None)?;
        if at % step == 0 {
            return Some(at);
        }
        from = i64::try_from(at).ok()? + 1;
    }
}
