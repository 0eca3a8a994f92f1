//! The types a field can have by name.

use crate::codec::Encoding;
use crate::error::nearest;
use crate::wire::Order;

use super::Datum;
use super::field::{Extent, Int, What};

/// For messages.
pub(super) const HELP: &str = "types are u1 to u64, i2 to i64, f16, f32, f64 (with le or be behind), flag, bytes, str, cstr, \
                               ip4, ip6, mac, dns_name, union, those of the schema's types, schemas, and lists of fields";

/// Names that a misspelt one may have meant.
pub(super) const NAMES: [&str; 21] = [
    "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f16", "f32", "f64", "flag", "bytes", "str",
    "cstr", "ip4", "ip6", "mac", "dns_name", "union", "u24",
];

/// What a name was probably meant to be. Numbers have other names elsewhere: `uint8`, `int16`, `float32`.
pub(super) fn meant<'a>(word: &'a str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let other = [("uint", 'u'), ("int", 'i'), ("float", 'f')]
        .into_iter()
        .find_map(|(start, letter)| {
            let name = format!("{letter}{}", word.strip_prefix(start)?);
            matches!(builtin(&name, Order::Big), Some(Ok(_))).then_some(name)
        });
    other.or_else(|| nearest(word, NAMES.into_iter().chain(known)).map(str::to_owned))
}

/// The type of this name, if there is one; what is wrong with a number of so many bits.
pub(super) fn builtin(word: &str, order: Order) -> Option<Result<(What, Extent), String>> {
    let what = match word {
        "flag" => return Some(Ok((integer(1, false, true, order), Extent::Open))),
        "bytes" => What::Bytes,
        "str" => What::Text(Encoding::Utf8),
        "cstr" => return Some(Ok((What::Text(Encoding::Utf8), Extent::Terminated(vec![0])))),
        "ip4" => What::Ip4,
        "ip6" => What::Ip6,
        "mac" => What::Mac,
        "dns_name" => What::Name { compress: true },
        word => return number(word, order),
    };
    Some(Ok((what, Extent::Open)))
}

/// `u16`, `i24le`, `f64`.
pub(super) fn number(word: &str, order: Order) -> Option<Result<(What, Extent), String>> {
    let (plain, order) = match (word.strip_suffix("le"), word.strip_suffix("be")) {
        (Some(plain), _) => (plain, Order::Little),
        (_, Some(plain)) => (plain, Order::Big),
        _ => (word, order),
    };
    let digits = plain.get(1..)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let bits: u32 = digits.parse().unwrap_or(u32::MAX);
    let what = match plain.as_bytes()[0] {
        b'u' | b'i' if !(1..=64).contains(&bits) => {
            return Some(Err(format!(
                "{word}: whole numbers have 1 to 64 bits; what is wider is bytes"
            )));
        }
        b'u' => integer(bits, false, false, order),
        b'i' if bits == 1 => return Some(Err("i1 would be a sign and nothing else".to_owned())),
        b'i' => integer(bits, true, false, order),
        b'f' if matches!(bits, 16 | 32 | 64) => What::Float {
            bytes: bits as usize / 8,
            order,
        },
        _ => return None,
    };
    Some(Ok((what, Extent::Open)))
}

fn integer(bits: u32, signed: bool, flag: bool, order: Order) -> What {
    What::Int(Int {
        bits,
        signed,
        flag,
        order,
        scale: None,
        run: bits as usize / 8,
        shift: 0,
        first: true,
        last: true,
    })
}

/// A key of a map that stands for a number where it can: Rhai's and JSON's are texts.
pub(super) fn key(text: String) -> Datum {
    let (digits, radix) = match text.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (text.as_str(), 10),
    };
    match i128::from_str_radix(digits, radix) {
        Ok(number) => Datum::Int(number),
        Err(_) => Datum::Text(text),
    }
}
