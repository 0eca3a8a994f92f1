//! Byte order and address texts, in plain Rust: the answers are C's, down to the odd forms `inet_aton` takes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::address::{inet6_text, numeric_ipv4};
use crate::error::{Class, Error, Result};
use crate::sys::errno::Errno;
use crate::sys::flag::{AF_INET, AF_INET6};

/// `htons` and `ntohs`: the same turn.
pub(crate) fn swap_16(op: &str, number: i64) -> Result<u16> {
    match u16::try_from(number) {
        Ok(short) => Ok(short.to_be()),
        Err(_) if number < 0 => Err(Error::overflow(format!(
            "{op}: can't convert negative Python int to C 16-bit unsigned integer"
        ))),
        Err(_) => Err(Error::overflow(format!(
            "{op}: Python int too large to convert to C 16-bit unsigned integer"
        ))),
    }
}

/// `htonl` and `ntohl`.
pub(crate) fn swap_32(number: i64) -> Result<u32> {
    match u32::try_from(number) {
        Ok(long) => Ok(long.to_be()),
        Err(_) if number < 0 => Err(Error::overflow("can't convert negative value to unsigned int")),
        Err(_) => Err(Error::overflow("int larger than 32 bits")),
    }
}

/// An address in its usual text form; no name, no zone.
pub(crate) fn parse_ip(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

/// C's `inet_aton`: one to four numbers, each decimal, octal or hexadecimal, the last filling what is left.
pub(crate) fn inet_aton(text: &str) -> Result<[u8; 4]> {
    let illegal = || Error::new(Class::OSError, "illegal IP address string passed to inet_aton");
    // C stops at white space and takes what stands before it.
    let text = text
        .split(|c: char| c.is_ascii_whitespace())
        .next()
        .unwrap_or_default();
    let ip = numeric_ipv4(text).ok_or_else(illegal)?;
    Ok(ip.octets())
}

/// `inet_ntoa`.
pub(crate) fn inet_ntoa(packed: &[u8]) -> Result<String> {
    let octets: [u8; 4] = packed
        .try_into()
        .map_err(|_| Error::new(Class::OSError, "packed IP wrong length for inet_ntoa"))?;
    Ok(Ipv4Addr::from(octets).to_string())
}

/// `inet_pton`.
pub(crate) fn inet_pton(family: i32, text: &str) -> Result<Vec<u8>> {
    let illegal = || Error::new(Class::OSError, "illegal IP address string passed to inet_pton");
    match family {
        AF_INET => text
            .parse()
            .map(|ip: Ipv4Addr| ip.octets().to_vec())
            .map_err(|_| illegal()),
        AF_INET6 => text
            .parse()
            .map(|ip: Ipv6Addr| ip.octets().to_vec())
            .map_err(|_| illegal()),
        _ => Err(Error::from(Errno::AFNOSUPPORT)),
    }
}

/// `inet_ntop`.
pub(crate) fn inet_ntop(family: i32, packed: &[u8]) -> Result<String> {
    let wrong_length = || Error::value("invalid length of packed IP address string");
    match family {
        AF_INET => {
            let octets: [u8; 4] = packed.try_into().map_err(|_| wrong_length())?;
            Ok(Ipv4Addr::from(octets).to_string())
        }
        AF_INET6 => {
            let octets: [u8; 16] = packed.try_into().map_err(|_| wrong_length())?;
            Ok(inet6_text(&Ipv6Addr::from(octets)))
        }
        _ => Err(Error::value(format!("unknown address family {family}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aton_takes_every_form_c_takes() {
        let cases = [
            ("127.0.0.1", Some([127, 0, 0, 1])),
            ("127.1", Some([127, 0, 0, 1])),
            ("0x7f.1", Some([127, 0, 0, 1])),
            ("0177.0.0.01", Some([127, 0, 0, 1])),
            ("2130706433", Some([127, 0, 0, 1])),
            ("1.2.3", Some([1, 2, 0, 3])),
            ("1.65536", Some([1, 1, 0, 0])),
            ("4294967295", Some([255; 4])),
            ("127.0.0.1 trailing", Some([127, 0, 0, 1])),
            ("4294967296", None),
            ("256.0.0.1", None),
            ("1.2.3.4.5", None),
            ("1.2.3.", None),
            ("", None),
            ("08.0.0.1", None),
            ("+1.0.0.1", None),
        ];
        for (text, expected) in cases {
            assert_eq!(inet_aton(text).ok(), expected, "{text:?}");
        }
    }

    #[test]
    fn numbers_out_of_range_overflow() {
        assert_eq!(swap_16("htons", 0x1234).ok(), Some(0x1234_u16.to_be()));
        assert_eq!(
            swap_16("htons", 65536).map_err(|error| error.class()),
            Err(Class::OverflowError)
        );
        assert_eq!(
            swap_32(-1).map_err(|error| error.class()),
            Err(Class::OverflowError)
        );
        assert_eq!(swap_32(1).map_err(|error| error.class()), Ok(1_u32.to_be()));
    }

    #[test]
    fn texts_and_bytes_are_turned_both_ways() {
        assert_eq!(inet_pton(AF_INET6, "::1").ok().map(|bytes| bytes[15]), Some(1));
        assert_eq!(inet_ntop(AF_INET6, &[0; 16]).ok().as_deref(), Some("::"));
        assert!(inet_pton(AF_INET, "127.1").is_err());
        assert_eq!(
            inet_pton(0, "x").map_err(|error| error.errno()),
            Err(Some(Errno::AFNOSUPPORT.0))
        );
    }
}
