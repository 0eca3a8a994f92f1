//! `unicode_escape` and `raw_unicode_escape`: text as Python's source writes it between quotation marks. Bytes that begin no escape
//! are characters of Latin-1.

use std::fmt::Write as _;

use crate::error::Result;

use super::handler::{Handler, Undecodable};
use super::points::push;

/// Why a name of a character is not read: nobody here knows them.
const NO_NAMES: &str = "the names of characters are not known here";

/// How an escape came out.
enum Read {
    /// What it stands for, and where it ends.
    Text(Vec<u32>, usize),
    /// It is cut off here; why that is wrong at the end.
    Cut(usize, &'static str),
    /// It is wrong, up to here.
    Wrong(usize, &'static str),
}

/// Decodes as far as it can; what is cut off waits for the rest unless this is the `last` of the input.
pub(super) fn decode(
    raw: bool,
    input: &[u8],
    last: bool,
    handler: &Handler,
    text: &mut Vec<u8>,
) -> Result<usize> {
    let mut at = 0;
    while let Some(&byte) = input.get(at) {
        // A raw backslash at the end is one.
        if byte != b'\\' || raw && last && at + 1 == input.len() {
            push(text, u32::from(byte));
            at += 1;
            continue;
        }
        let read = if raw {
            raw_escape(input, at + 1)
        } else {
            escape(input, at + 1)
        };
        let (end, reason) = match read {
            Read::Text(points, end) => {
                points.into_iter().for_each(|point| push(text, point));
                at = end;
                continue;
            }
            Read::Cut(..) if !last => return Ok(at),
            Read::Cut(end, reason) | Read::Wrong(end, reason) => (end, reason),
        };
        let bad = Undecodable {
            encoding: if raw { "rawunicodeescape" } else { "unicodeescape" },
            input,
            start: at,
            end,
            reason,
        };
        at = handler.decode(&bad, text)?;
    }
    Ok(input.len())
}

/// The escape whose letter stands at a place.
fn escape(input: &[u8], at: usize) -> Read {
    let Some(&letter) = input.get(at) else {
        return Read::Cut(at, "\\ at end of string");
    };
    let after = at + 1;
    let point = match letter {
        b'\n' => return Read::Text(Vec::new(), after),
        b'\\' | b'\'' | b'"' => letter,
        b'b' => 8,
        b'f' => 12,
        b't' => b'\t',
        b'n' => b'\n',
        b'r' => b'\r',
        b'v' => 11,
        b'a' => 7,
        b'0'..=b'7' => {
            let digits = input[at..].iter().take(3);
            let digits = digits.take_while(|digit| matches!(digit, b'0'..=b'7'));
            let (count, point) = digits.fold((0, 0), |(count, point), digit| {
                (count + 1, point * 8 + u32::from(digit - b'0'))
            });
            return Read::Text(vec![point], at + count);
        }
        b'x' => return digits(input, after, 2, "truncated \\xXX escape", ILLEGAL),
        b'u' => return digits(input, after, 4, "truncated \\uXXXX escape", ILLEGAL),
        b'U' => return digits(input, after, 8, "truncated \\UXXXXXXXX escape", ILLEGAL),
        b'N' => return name(input, after),
        other => return Read::Text(vec![u32::from(b'\\'), u32::from(other)], after),
    };
    Read::Text(vec![u32::from(point)], after)
}

/// What is wrong with a number that is no character.
const ILLEGAL: &str = "illegal Unicode character";

fn raw_escape(input: &[u8], at: usize) -> Read {
    const RANGE: &str = "\\Uxxxxxxxx out of range";
    match input.get(at) {
        None => Read::Cut(at, "truncated \\uXXXX escape"),
        Some(b'u') => digits(input, at + 1, 4, "truncated \\uXXXX escape", RANGE),
        Some(b'U') => digits(input, at + 1, 8, "truncated \\UXXXXXXXX escape", RANGE),
        Some(&other) => Read::Text(vec![u32::from(b'\\'), u32::from(other)], at + 1),
    }
}

/// So many hexadecimal digits.
fn digits(input: &[u8], from: usize, count: usize, cut: &'static str, range: &'static str) -> Read {
    let mut point = 0_u32;
    for place in from..from + count {
        let Some(byte) = input.get(place) else {
            return Read::Cut(place, cut);
        };
        let Some(digit) = char::from(*byte).to_digit(16) else {
            return Read::Wrong(place, cut);
        };
        point = point << 4 | digit;
    }
    let end = from + count;
    if point > u32::from(char::MAX) {
        return Read::Wrong(end, range);
    }
    Read::Text(vec![point], end)
}

/// A character by its name.
fn name(input: &[u8], at: usize) -> Read {
    const MALFORMED: &str = "malformed \\N character escape";
    match input.get(at) {
        None => return Read::Cut(at, MALFORMED),
        Some(b'{') => {}
        Some(_) => return Read::Wrong(at, MALFORMED),
    }
    match input[at + 1..].iter().position(|byte| *byte == b'}') {
        None => Read::Cut(input.len(), MALFORMED),
        Some(0) => Read::Wrong(at + 1, MALFORMED),
        Some(length) => Read::Wrong(at + 1 + length + 1, NO_NAMES),
    }
}

/// Appends a character as it is written.
pub(super) fn encode(raw: bool, point: u32, bytes: &mut Vec<u8>) {
    let mut escape = String::new();
    // Writing to a text does not fail.
    let _ = match point {
        0x5c if !raw => write!(escape, "\\\\"),
        0x09 if !raw => write!(escape, "\\t"),
        0x0a if !raw => write!(escape, "\\n"),
        0x0d if !raw => write!(escape, "\\r"),
        0..=0xff if raw || matches!(point, 0x20..=0x7e) => {
            bytes.extend(u8::try_from(point));
            Ok(())
        }
        0..=0xff => write!(escape, "\\x{point:02x}"),
        0x100..=0xffff => write!(escape, "\\u{point:04x}"),
        _ => write!(escape, "\\U{point:08x}"),
    };
    bytes.extend_from_slice(escape.as_bytes());
}
