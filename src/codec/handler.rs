//! What becomes of bytes that are no text, and of text that has no bytes: Python's error handlers.

use std::fmt::Write as _;
use std::ops::Range;

use crate::error::{Argument, Class, Error, Result};

use super::Order;
use super::points::{escaped, is_surrogate, push, unescaped};

/// An error handler.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Handler {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    SurrogateEscape,
    SurrogatePass,
    XmlCharRefReplace,
    /// A name no handler has: an error once a handler is needed, as in Python.
    Unknown(Box<str>),
}

/// Bytes that are no text.
pub(super) struct Undecodable<'a> {
    pub(super) encoding: &'static str,
    /// All of the input.
    pub(super) input: &'a [u8],
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) reason: &'static str,
}

/// Characters that have no bytes.
pub(super) struct Unencodable<'a> {
    pub(super) encoding: &'static str,
    /// All of the text.
    pub(super) text: &'a [u8],
    /// Those characters.
    pub(super) points: &'a [u32],
    /// The place of the first.
    pub(super) start: usize,
    pub(super) reason: &'static str,
}

/// What stands for characters that have no bytes.
pub(super) enum Substitute {
    /// Text, which the encoding still has to encode.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Handler {
    /// The handler of this name.
    pub(crate) fn by_name(name: &str) -> Self {
        match name {
            "strict" => Self::Strict,
            "ignore" => Self::Ignore,
            "replace" => Self::Replace,
            "backslashreplace" => Self::BackslashReplace,
            "surrogateescape" => Self::SurrogateEscape,
            "surrogatepass" => Self::SurrogatePass,
            "xmlcharrefreplace" => Self::XmlCharRefReplace,
            other => Self::Unknown(other.into()),
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Strict => "strict",
            Self::Ignore => "ignore",
            Self::Replace => "replace",
            Self::BackslashReplace => "backslashreplace",
            Self::SurrogateEscape => "surrogateescape",
            Self::SurrogatePass => "surrogatepass",
            Self::XmlCharRefReplace => "xmlcharrefreplace",
            Self::Unknown(name) => name,
        }
    }

    /// Puts what stands for the bytes into `text` and says where to go on.
    pub(super) fn decode(&self, bad: &Undecodable<'_>, text: &mut Vec<u8>) -> Result<usize> {
        let bytes = &bad.input[bad.start..bad.end];
        match self {
            Self::Strict => return Err(bad.error()),
            Self::Ignore => {}
            Self::Replace => push(text, 0xfffd),
            Self::BackslashReplace => {
                for byte in bytes {
                    text.extend_from_slice(format!("\\x{byte:02x}").as_bytes());
                }
            }
            Self::SurrogateEscape => {
                let escapable = bytes.iter().take(4).take_while(|byte| !byte.is_ascii()).count();
                if escapable == 0 {
                    return Err(bad.error());
                }
                for byte in &bytes[..escapable] {
                    push(text, escaped(*byte));
                }
                return Ok(bad.start + escapable);
            }
            Self::SurrogatePass => {
                let (point, length) = bad.surrogate().ok_or_else(|| bad.error())?;
                push(text, point);
                return Ok(bad.start + length);
            }
            Self::XmlCharRefReplace => {
                return Err(Error::type_error(
                    "don't know how to handle UnicodeDecodeError in error callback",
                ));
            }
            Self::Unknown(name) => return Err(unknown(name)),
        }
        Ok(bad.end)
    }

    /// What stands for the characters.
    pub(super) fn encode(&self, bad: &Unencodable<'_>) -> Result<Substitute> {
        let mut text = String::new();
        let each = |text: &mut String, f: &dyn Fn(&mut String, u32) -> std::fmt::Result| {
            let written = bad.points.iter().try_for_each(|point| f(text, *point));
            debug_assert!(written.is_ok(), "a String takes every write");
        };
        match self {
            Self::Strict => return Err(bad.error()),
            Self::Ignore => {}
            Self::Replace => each(&mut text, &|text, _| text.write_char('?')),
            Self::BackslashReplace => each(&mut text, &|text, point| match point {
                0..=0xff => write!(text, "\\x{point:02x}"),
                0x100..=0xffff => write!(text, "\\u{point:04x}"),
                _ => write!(text, "\\U{point:08x}"),
            }),
            Self::XmlCharRefReplace => each(&mut text, &|text, point| write!(text, "&#{point};")),
            Self::SurrogateEscape => {
                let bytes: Option<Vec<u8>> = bad.points.iter().map(|point| unescaped(*point)).collect();
                return bytes.map(Substitute::Bytes).ok_or_else(|| bad.error());
            }
            Self::SurrogatePass => return bad.surrogates().ok_or_else(|| bad.error()),
            Self::Unknown(name) => return Err(unknown(name)),
        }
        Ok(Substitute::Text(text))
    }
}

/// What Python says of a codec that is written in Python and fails.
pub(super) fn failed(what: &str, codec: &str, reason: &str) -> Error {
    Error::new(
        Class::UnicodeError,
        format!("{what} with '{codec}' codec failed (UnicodeError: {reason})"),
    )
}

fn unknown(name: &str) -> Error {
    Error::new(Class::LookupError, format!("unknown error handler name '{name}'"))
}

/// Bytes of a unit and their order, in the encodings that have surrogates.
fn unit(encoding: &str) -> Option<(usize, Order)> {
    Some(match encoding {
        "utf-8" => (1, Order::NATIVE),
        "utf-16" => (2, Order::NATIVE),
        "utf-16-le" => (2, Order::Little),
        "utf-16-be" => (2, Order::Big),
        "utf-32" => (4, Order::NATIVE),
        "utf-32-le" => (4, Order::Little),
        "utf-32-be" => (4, Order::Big),
        _ => return None,
    })
}

/// The error with Python's `e.args`: encoding, what was to be converted, where it could not be, and why. A whole input for which
/// there is no memory a second time is left out.
fn with_arguments(
    error: Error,
    encoding: &str,
    object: impl FnOnce(Vec<u8>) -> Argument,
    input: &[u8],
    place: Range<usize>,
    reason: &str,
) -> Error {
    let mut copy = Vec::new();
    if copy.try_reserve_exact(input.len()).is_err() {
        return error;
    }
    copy.extend_from_slice(input);
    let number = |place: usize| Argument::Int(i64::try_from(place).unwrap_or(i64::MAX));
    error.with_arguments(vec![
        Argument::Text(encoding.to_owned()),
        object(copy),
        number(place.start),
        number(place.end),
        Argument::Text(reason.to_owned()),
    ])
}

impl Undecodable<'_> {
    fn error(&self) -> Error {
        let Self {
            encoding,
            start,
            end,
            reason,
            ..
        } = self;
        let text = match &self.input[*start..*end] {
            [byte] => {
                format!("'{encoding}' codec can't decode byte 0x{byte:02x} in position {start}: {reason}")
            }
            _ => format!(
                "'{encoding}' codec can't decode bytes in position {start}-{}: {reason}",
                end - 1
            ),
        };
        let error = Error::new(Class::UnicodeDecodeError, text);
        with_arguments(error, encoding, Argument::Bytes, self.input, *start..*end, reason)
    }

    /// The surrogate that stands here, and its length in bytes.
    fn surrogate(&self) -> Option<(u32, usize)> {
        let rest = &self.input[self.start..];
        let (width, order) = unit(self.encoding)?;
        let (point, length) = match (width, rest) {
            (1, &[first @ 0xe0..=0xef, second @ 0x80..=0xbf, third @ 0x80..=0xbf, ..]) => (
                u32::from(first & 0x0f) << 12 | u32::from(second & 0x3f) << 6 | u32::from(third & 0x3f),
                3,
            ),
            (2, &[one, two, ..]) => (u32::from(order.two([one, two])), 2),
            (4, &[one, two, three, four, ..]) => (order.four([one, two, three, four]), 4),
            _ => return None,
        };
        is_surrogate(point).then_some((point, length))
    }
}

impl Unencodable<'_> {
    pub(super) fn error(&self) -> Error {
        let Self {
            encoding,
            start,
            reason,
            ..
        } = self;
        let text = match self.points {
            [point] => {
                let shown = match point {
                    0..=0xff => format!("\\x{point:02x}"),
                    0x100..=0xffff => format!("\\u{point:04x}"),
                    _ => format!("\\U{point:08x}"),
                };
                format!("'{encoding}' codec can't encode character '{shown}' in position {start}: {reason}")
            }
            points => format!(
                "'{encoding}' codec can't encode characters in position {start}-{}: {reason}",
                start + points.len() - 1
            ),
        };
        let error = Error::new(Class::UnicodeEncodeError, text);
        let object = |text| match String::from_utf8(text) {
            Ok(text) => Argument::Text(text),
            Err(text) => Argument::Bytes(text.into_bytes()),
        };
        let place = *start..start + self.points.len();
        with_arguments(error, encoding, object, self.text, place, reason)
    }

    /// The surrogates, each as if it were a character.
    fn surrogates(&self) -> Option<Substitute> {
        let (width, order) = unit(self.encoding)?;
        let mut bytes = Vec::new();
        for &point in self.points {
            if !is_surrogate(point) {
                return None;
            }
            match width {
                1 => push(&mut bytes, point),
                2 => bytes.extend_from_slice(&order.bytes_of_two(u16::try_from(point).ok()?)),
                _ => bytes.extend_from_slice(&order.bytes_of_four(point)),
            }
        }
        Some(Substitute::Bytes(bytes))
    }
}
