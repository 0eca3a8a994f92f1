//! IPv4 addresses in all the ways C takes for one: `127.0.0.1`, `127.1`, `0x7f.1`, `2130706433`.

use std::net::Ipv4Addr;

/// The address that C's `inet_aton` reads: one to four numbers, each decimal, octal or hexadecimal, the last filling what is
/// left. White space, which `inet_aton` stops at, is no part of it.
pub(crate) fn numeric_ipv4(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u32> = text.split('.').map(c_number).collect::<Option<_>>()?;
    let (last, leading) = parts.split_last()?;
    if leading.len() > 3 || leading.iter().any(|part| *part > 255) {
        return None;
    }
    let room = 32 - 8 * leading.len();
    if u64::from(*last) >= 1_u64 << room {
        return None;
    }
    let mut address = *last;
    for (place, part) in leading.iter().enumerate() {
        address |= part << (24 - 8 * place);
    }
    Some(Ipv4Addr::from_bits(address))
}

/// A number as C writes it: `0x1f`, `017`, `15`.
fn c_number(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = match lower.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None if lower.len() > 1 && lower.starts_with('0') => (&lower[1..], 8),
        None => (&*lower, 10),
    };
    if digits.starts_with('+') {
        return None;
    }
    u32::from_str_radix(digits, radix).ok()
}
