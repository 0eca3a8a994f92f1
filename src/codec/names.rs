//! Finding an encoding by name, as Python's `encodings` package does.

use crate::error::{Class, Error, Result};

use super::tables::CHARMAPS;
use super::{Encoding, Order};

/// Encodings without a table: the name Python's module has, and its aliases.
const OTHERS: &[(Encoding, &str, &str)] = &[
    (Encoding::Utf8, "utf_8", "u8 utf utf8 utf8_ucs2 utf8_ucs4 cp65001"),
    (Encoding::Utf8Sig, "utf_8_sig", ""),
    (
        Encoding::Ascii,
        "ascii",
        "646 ansi_x3.4_1968 ansi_x3_4_1968 ansi_x3.4_1986 cp367 csascii ibm367 iso646_us iso_646.irv_1991 iso_ir_6 us \
         us_ascii",
    ),
    (
        Encoding::Latin1,
        "latin_1",
        "8859 cp819 csisolatin1 ibm819 iso8859 iso8859_1 iso_8859_1 iso_8859_1_1987 iso_ir_100 l1 latin latin1",
    ),
    (Encoding::Utf16(None), "utf_16", "u16 utf16"),
    (
        Encoding::Utf16(Some(Order::Little)),
        "utf_16_le",
        "unicodelittleunmarked utf_16le",
    ),
    (
        Encoding::Utf16(Some(Order::Big)),
        "utf_16_be",
        "unicodebigunmarked utf_16be",
    ),
    (Encoding::Utf32(None), "utf_32", "u32 utf32"),
    (Encoding::Utf32(Some(Order::Little)), "utf_32_le", "utf_32le"),
    (Encoding::Utf32(Some(Order::Big)), "utf_32_be", "utf_32be"),
    (Encoding::UnicodeEscape, "unicode_escape", ""),
    (Encoding::RawUnicodeEscape, "raw_unicode_escape", ""),
    (Encoding::Punycode, "punycode", ""),
    (Encoding::Idna, "idna", ""),
];

pub(super) fn by_name(name: &str) -> Result<Encoding> {
    // The two that nearly every call names.
    match name {
        "utf-8" => return Ok(Encoding::Utf8),
        "ascii" => return Ok(Encoding::Ascii),
        _ => {}
    }
    if name.contains('\0') {
        return Err(Error::value("embedded null character"));
    }
    let plain = normalize(name);
    find(&plain)
        .or_else(|| find(&plain.replace('.', "_")))
        .ok_or_else(|| Error::new(Class::LookupError, format!("unknown encoding: {name}")))
}

/// Lower case, and every run of what is neither letter nor digit nor point a single `_`.
fn normalize(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if c.is_alphanumeric() || c == '.' {
            if gap && !plain.is_empty() {
                plain.push('_');
            }
            if c.is_ascii() {
                plain.push(c.to_ascii_lowercase());
            }
            gap = false;
        } else {
            gap = true;
        }
    }
    plain
}

fn find(plain: &str) -> Option<Encoding> {
    let known = |name: &str, aliases: &str| name == plain || aliases.split(' ').any(|alias| alias == plain);
    if plain.is_empty() {
        return None;
    }
    OTHERS
        .iter()
        .find(|(_, name, aliases)| known(name, aliases))
        .map(|(encoding, ..)| *encoding)
        .or_else(|| {
            CHARMAPS
                .iter()
                .position(|(name, aliases, _)| known(&name.replace('-', "_"), aliases))
                .map(Encoding::Charmap)
        })
}
