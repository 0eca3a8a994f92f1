//! What Python's `bytes` objects can do: hexadecimal digits and back, finding, splitting, padding; and dumps.

use std::fmt::Write as _;

use memchr::memmem;

use crate::error::{Error, Result};

/// `bytes.hex`: two digits a byte; with a separator after every `group` bytes counted from the end, from the front where
/// it is negative.
pub(crate) fn hex(bytes: &[u8], separator: Option<char>, group: i64) -> String {
    let size = usize::try_from(group.unsigned_abs()).unwrap_or(usize::MAX);
    let mut text = String::with_capacity(bytes.len() * 2);
    for (at, byte) in bytes.iter().enumerate() {
        let place = if group < 0 { at } else { bytes.len() - at };
        if let Some(separator) = separator
            && at > 0
            && size > 0
            && place.is_multiple_of(size)
        {
            text.push(separator);
        }
        push_hex(&mut text, *byte);
    }
    text
}

pub(super) fn push_hex(text: &mut String, byte: u8) {
    for digit in [byte >> 4, byte & 0xf] {
        text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
    }
}

/// `bytes.fromhex`: the bytes of pairs of digits, with blanks between pairs. Raises ValueError.
pub(crate) fn from_hex(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    if let Some(at) = text.bytes().position(|byte| !byte.is_ascii()) {
        return Err(no_digit(at));
    }
    let mut digits = text.chars().enumerate();
    while let Some((at, c)) = digits.next() {
        if matches!(c, ' ' | '\t'..='\r') {
            continue;
        }
        let high = c.to_digit(16).ok_or_else(|| no_digit(at))?;
        let low = digits.next().and_then(|(_, c)| c.to_digit(16));
        let byte = u8::try_from(high << 4 | low.ok_or_else(|| no_digit(at + 1))?);
        bytes.push(byte.map_err(|_| no_digit(at))?);
    }
    Ok(bytes)
}

fn no_digit(at: usize) -> Error {
    Error::value(format!(
        "non-hexadecimal number found in fromhex() arg at position {at}"
    ))
}

/// Lines of offset, sixteen bytes and their characters, as `hexdump -C` prints them; the length comes last.
pub(crate) fn dump(bytes: &[u8], width: usize) -> String {
    let mut text = String::new();
    for (line, row) in bytes.chunks(width).enumerate() {
        push(&mut text, format_args!("{:08x} ", line * width));
        for place in 0..width {
            // A gap after every eight.
            if place % 8 == 0 {
                text.push(' ');
            }
            match row.get(place) {
                Some(byte) => {
                    push_hex(&mut text, *byte);
                    text.push(' ');
                }
                None => text.push_str("   "),
            }
        }
        text.push_str(" |");
        text.extend(row.iter().map(|byte| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '.',
        }));
        text.push_str("|\n");
    }
    if !bytes.is_empty() {
        push(&mut text, format_args!("{:08x}\n", bytes.len()));
    }
    text
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let written = text.write_fmt(arguments);
    debug_assert!(written.is_ok(), "a String takes every write");
}

/// Python's `start` and `end` as places of something of this length: negative ones count from its end.
pub(crate) fn slice(length: usize, start: i64, end: Option<i64>) -> (usize, usize) {
    let place = |place: i64| {
        if place < 0 {
            let back = usize::try_from(place.unsigned_abs()).unwrap_or(usize::MAX);
            length.saturating_sub(back)
        } else {
            usize::try_from(place).unwrap_or(usize::MAX)
        }
    };
    (place(start), end.map_or(length, place).min(length))
}

/// `bytes.find`: where `part` first stands, wholly between two places.
pub(crate) fn find(bytes: &[u8], part: &[u8], start: i64, end: Option<i64>) -> Option<usize> {
    let (start, end) = slice(bytes.len(), start, end);
    let window = bytes.get(start..end)?;
    memmem::find(window, part).map(|at| start + at)
}

/// `bytes.split`: the parts between separators, or between runs of blanks; at most `most` cuts.
pub(crate) fn split<'a>(bytes: &'a [u8], separator: Option<&[u8]>, most: i64) -> Vec<&'a [u8]> {
    let mut left = usize::try_from(most).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let mut rest = bytes;
    match separator {
        Some(separator) => {
            let mut start = 0;
            for at in memmem::find_iter(bytes, separator).take(left) {
                parts.push(&bytes[start..at]);
                start = at + separator.len();
            }
            parts.push(&bytes[start..]);
        }
        None => loop {
            let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
            rest = &rest[blanks..];
            if rest.is_empty() {
                break;
            }
            if left == 0 {
                parts.push(rest);
                break;
            }
            let word = rest.iter().take_while(|byte| !is_blank(**byte)).count();
            parts.push(&rest[..word]);
            rest = &rest[word..];
            left -= 1;
        },
    }
    parts
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_as_python_groups_them() {
        let bytes = b"\x01\x02\x03\x04\x05";
        assert_eq!(hex(bytes, None, 1), "0102030405");
        assert_eq!(hex(bytes, Some(':'), 1), "01:02:03:04:05");
        assert_eq!(hex(bytes, Some(' '), 2), "01 0203 0405");
        assert_eq!(hex(bytes, Some(' '), -2), "0102 0304 05");
        assert_eq!(hex(bytes, Some(' '), 0), "0102030405");
        assert_eq!(hex(b"", Some(' '), i64::MIN), "");
    }

    #[test]
    fn a_dump_has_offsets_bytes_and_characters() {
        let text = dump(b"0123456789abcdef\x00~\xff", 16);
        assert_eq!(
            text,
            "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n\
             00000010  00 7e ff                                          |.~.|\n\
             00000013\n"
        );
        assert_eq!(dump(b"", 16), "");
        assert_eq!(dump(b"ab", 1), "00000000  61  |a|\n00000001  62  |b|\n00000002\n");
    }

    #[test]
    fn parts_are_found_between_places() {
        assert_eq!(find(b"abcabc", b"ca", 0, None), Some(2));
        assert_eq!(find(b"abcabc", b"bc", -3, None), Some(4));
        assert_eq!(find(b"abcabc", b"bc", 0, Some(2)), None);
        assert_eq!(find(b"abc", b"", 3, None), Some(3));
        assert_eq!(find(b"abc", b"", 4, None), None);
        assert_eq!(find(b"aab", b"ab", i64::MIN, Some(i64::MAX)), Some(1));
        assert_eq!(find(b"", b"a", 0, None), None);
    }
}
