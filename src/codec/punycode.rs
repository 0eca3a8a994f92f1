//! Punycode (RFC 3492), as Python's codec has it: its messages, and what it makes of lone surrogates.

use crate::error::Result;

use super::Encoding;
use super::handler::{Handler, failed};
use super::points::{Points, push};

/// The first character that is not ASCII.
const FIRST: u32 = 0x80;
/// What the bias begins with.
const BIAS: u64 = 72;
/// Digits of a number.
const DIGITS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// Its time grows with the square of the text: more than this, some seconds, no host name takes.
const MOST_WORK: usize = 1 << 31;
pub(super) const TOO_LONG: &str = "the text is too long";

/// The bytes of a text; none of one that is too long.
pub(super) fn encode(text: &[u8]) -> Option<Vec<u8>> {
    let points: Vec<u32> = Points(text).collect();
    let mut different: Vec<u32> = points.iter().copied().filter(|point| *point >= FIRST).collect();
    different.sort_unstable();
    different.dedup();
    if different.len().saturating_mul(points.len()) > MOST_WORK {
        return None;
    }
    let mut bytes: Vec<u8> = points
        .iter()
        .filter_map(|point| u8::try_from(*point).ok().filter(u8::is_ascii))
        .collect();
    let basic = bytes.len() as u64;
    if basic > 0 {
        bytes.push(b'-');
    }
    let (mut done, mut least, mut delta, mut bias) = (basic, FIRST, 0_u64, BIAS);
    while let Some(next) = points.iter().copied().filter(|point| *point >= least).min() {
        delta += u64::from(next - least) * (done + 1);
        for point in &points {
            if *point < next {
                delta += 1;
            } else if *point == next {
                put_number(delta, bias, &mut bytes);
                bias = adapted(delta, done + 1, done == basic);
                delta = 0;
                done += 1;
            }
        }
        delta += 1;
        least = next + 1;
    }
    Some(bytes)
}

fn put_number(mut number: u64, bias: u64, bytes: &mut Vec<u8>) {
    for place in 1.. {
        let threshold = threshold(place, bias);
        let digit = if number < threshold {
            number
        } else {
            threshold + (number - threshold) % (36 - threshold)
        };
        bytes.extend(usize::try_from(digit).ok().and_then(|digit| DIGITS.get(digit)));
        if number < threshold {
            return;
        }
        number = (number - threshold) / (36 - threshold);
    }
}

/// What a digit is less than that ends a number; places count from 1.
fn threshold(place: u64, bias: u64) -> u64 {
    (36 * place).saturating_sub(bias).clamp(1, 26)
}

fn adapted(delta: u64, count: u64, is_first: bool) -> u64 {
    let mut delta = delta / if is_first { 700 } else { 2 };
    delta += delta / count;
    let mut divisions = 0;
    while delta > 455 {
        delta /= 35;
        divisions += 36;
    }
    divisions + 36 * delta / (delta + 38)
}

/// The text of these bytes.
///
/// # Errors
/// `UnicodeError` in Python's words, `UnicodeDecodeError` for bytes that are no ASCII.
pub(super) fn decode(input: &[u8], handler: &Handler) -> Result<Vec<u8>> {
    let fail = |text: String| failed("decoding", "punycode", &text);
    let is_strict = *handler == Handler::Strict;
    if !is_strict && !matches!(handler, Handler::Replace | Handler::Ignore) {
        return Err(fail(format!("Unsupported error handling {}", handler.name())));
    }
    let dash = input.iter().rposition(|byte| *byte == b'-');
    let base = Encoding::Ascii.decode(&input[..dash.unwrap_or(0)], handler)?;
    let extended = &input[dash.map_or(0, |dash| dash + 1)..];
    Encoding::Ascii.decode(extended, &Handler::Strict)?;
    if base
        .len()
        .saturating_add(extended.len())
        .saturating_mul(extended.len())
        > MOST_WORK
    {
        return Err(fail(TOO_LONG.to_owned()));
    }
    let mut points: Vec<u32> = Points(&base).collect();
    let (mut point, mut place, mut bias) = (u64::from(FIRST), 0_u64, BIAS);
    let mut rest = extended;
    let mut is_first = true;
    while !rest.is_empty() {
        let delta = match number(&mut rest, bias) {
            Ok(delta) => delta,
            Err(text) if is_strict => return Err(fail(text)),
            // Nobody knows where the next would begin.
            Err(_) => break,
        };
        let count = points.len() as u64 + 1;
        // Behind the one before.
        place = place.saturating_add(delta);
        point = point.saturating_add(place / count);
        if point > u64::from(u32::from(char::MAX)) {
            if is_strict {
                return Err(fail(format!("Invalid character U+{point:x}")));
            }
            point = u64::from(b'?');
        }
        place %= count;
        points.insert(
            usize::try_from(place).unwrap_or(0),
            u32::try_from(point).unwrap_or(0),
        );
        place += 1;
        bias = adapted(delta, count, is_first);
        is_first = false;
    }
    let mut text = Vec::new();
    points.into_iter().for_each(|point| push(&mut text, point));
    Ok(text)
}

/// The next number; why there is none.
fn number(rest: &mut &[u8], bias: u64) -> Result<u64, String> {
    let (mut number, mut weight) = (0_u64, 1_u64);
    for place in 1.. {
        let Some((letter, others)) = rest.split_first() else {
            break;
        };
        *rest = others;
        let letter = letter.to_ascii_uppercase();
        let digit = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'0'..=b'9' => letter - b'0' + 26,
            _ => return Err(format!("Invalid extended code point '{}'", char::from(letter))),
        };
        let (digit, threshold) = (u64::from(digit), threshold(place, bias));
        number = number.saturating_add(digit.saturating_mul(weight));
        if digit < threshold {
            return Ok(number);
        }
        weight = weight.saturating_mul(36 - threshold);
    }
    Err("incomplete punicode string".to_owned())
}
