//! From text to bytes, all at once or in pieces.

use super::charmap::charmap;
use super::handler::{Handler, Substitute, Unencodable, failed};
use super::points::{Points, is_surrogate, push, unescaped};
use super::{Encoding, Order, escape, idna, punycode};
use crate::error::Result;

/// An encoder for text that comes in pieces.
#[derive(Clone, Debug)]
pub(crate) struct Encoder {
    encoding: Encoding,
    handler: Handler,
    started: bool,
}

impl Encoder {
    pub(super) fn new(encoding: Encoding, handler: Handler) -> Self {
        Self {
            encoding,
            handler,
            started: false,
        }
    }

    /// Leaves the byte order mark out: what is written is no beginning.
    pub(crate) fn set_started(&mut self) {
        self.started = true;
    }

    /// Encodes the next piece and appends its bytes to `bytes`. Raises UnicodeEncodeError; nothing is appended then.
    pub(crate) fn encode(&mut self, text: &[u8], bytes: &mut Vec<u8>) -> Result<()> {
        let length = bytes.len();
        if !self.started {
            match self.encoding {
                Encoding::Utf8Sig => bytes.extend_from_slice(b"\xef\xbb\xbf"),
                Encoding::Utf16(None) => bytes.extend_from_slice(&Order::NATIVE.bytes_of_two(0xfeff)),
                Encoding::Utf32(None) => bytes.extend_from_slice(&Order::NATIVE.bytes_of_four(0xfeff)),
                _ => {}
            }
        }
        match self.encode_plain(text, bytes) {
            Ok(()) => {
                self.started = true;
                Ok(())
            }
            Err(error) => {
                bytes.truncate(length);
                Err(error)
            }
        }
    }

    fn encode_plain(&self, text: &[u8], bytes: &mut Vec<u8>) -> Result<()> {
        let verbatim = match self.encoding {
            Encoding::Utf8 | Encoding::Utf8Sig => std::str::from_utf8(text).is_ok(),
            Encoding::Ascii | Encoding::Latin1 => text.is_ascii(),
            Encoding::Punycode => {
                let encoded = punycode::encode(text);
                bytes.extend(encoded.ok_or_else(|| failed("encoding", "punycode", punycode::TOO_LONG))?);
                return Ok(());
            }
            Encoding::Idna => {
                bytes.extend(idna::encode(text, &self.handler)?);
                return Ok(());
            }
            Encoding::Utf16(_)
            | Encoding::Utf32(_)
            | Encoding::Charmap(_)
            | Encoding::UnicodeEscape
            | Encoding::RawUnicodeEscape => false,
        };
        if verbatim {
            bytes.extend_from_slice(text);
            return Ok(());
        }
        let mut points = Points(text).peekable();
        let mut at = 0;
        while let Some(point) = points.next() {
            if self.put(point, bytes) {
                at += 1;
                continue;
            }
            let mut bad = vec![point];
            // UTF-16 and UTF-32 complain about each character by itself, the others about a run of them.
            if !matches!(self.encoding, Encoding::Utf16(_) | Encoding::Utf32(_)) {
                while let Some(point) = points.next_if(|point| !self.has(*point)) {
                    bad.push(point);
                }
            }
            self.substitute(text, &bad, at, bytes)?;
            at += bad.len();
        }
        Ok(())
    }

    /// Appends the bytes of a character, if it has any.
    fn put(&self, point: u32, bytes: &mut Vec<u8>) -> bool {
        match self.encoding {
            Encoding::Charmap(place) => match charmap(place).byte(point) {
                Some(byte) => bytes.push(byte),
                None => return false,
            },
            Encoding::Ascii | Encoding::Latin1 => match u8::try_from(point) {
                Ok(byte) if byte.is_ascii() || self.encoding == Encoding::Latin1 => bytes.push(byte),
                _ => return false,
            },
            Encoding::UnicodeEscape => escape::encode(false, point, bytes),
            Encoding::RawUnicodeEscape => escape::encode(true, point, bytes),
            _ if is_surrogate(point) => return false,
            Encoding::Utf8 | Encoding::Utf8Sig => push(bytes, point),
            Encoding::Utf16(order) => {
                let order = order.unwrap_or(Order::NATIVE);
                let mut units = [0; 2];
                for unit in char::from_u32(point)
                    .iter()
                    .flat_map(|c| c.encode_utf16(&mut units).to_vec())
                {
                    bytes.extend_from_slice(&order.bytes_of_two(unit));
                }
            }
            Encoding::Utf32(order) => {
                bytes.extend_from_slice(&order.unwrap_or(Order::NATIVE).bytes_of_four(point));
            }
            // Encoded as a whole.
            Encoding::Punycode | Encoding::Idna => return false,
        }
        true
    }

    /// Whether a character has bytes.
    fn has(&self, point: u32) -> bool {
        match self.encoding {
            Encoding::Charmap(place) => charmap(place).byte(point).is_some(),
            Encoding::Ascii => point < 0x80,
            Encoding::Latin1 => point < 0x100,
            _ => !is_surrogate(point),
        }
    }

    /// Appends what stands for characters that have no bytes.
    fn substitute(&self, text: &[u8], points: &[u32], start: usize, bytes: &mut Vec<u8>) -> Result<()> {
        let mut bad = Unencodable {
            encoding: self.encoding.error_name(),
            text,
            points,
            start,
            reason: match self.encoding {
                Encoding::Charmap(_) => "character maps to <undefined>",
                Encoding::Ascii => "ordinal not in range(128)",
                Encoding::Latin1 => "ordinal not in range(256)",
                _ => "surrogates not allowed",
            },
        };
        if self.handler == Handler::SurrogateEscape && !matches!(self.encoding, Encoding::Charmap(_)) {
            // These take what they can and complain about the rest.
            let unit = self.unit();
            let escaped = points.iter().map_while(|point| unescaped(*point)).count();
            if unit == 1 && escaped < points.len() {
                bad.points = &points[escaped..];
                bad.start += escaped;
            }
        }
        match self.handler.encode(&bad)? {
            // A byte alone is no unit of UTF-16.
            Substitute::Bytes(replacement) if replacement.len() % self.unit() != 0 => Err(bad.error()),
            Substitute::Bytes(replacement) => {
                bytes.extend_from_slice(&replacement);
                Ok(())
            }
            Substitute::Text(replacement) => {
                // Every handler writes ASCII, which not every table has.
                if replacement.chars().all(|c| self.put(u32::from(c), bytes)) {
                    Ok(())
                } else {
                    Err(bad.error())
                }
            }
        }
    }

    /// Bytes of a unit.
    fn unit(&self) -> usize {
        match self.encoding {
            Encoding::Utf16(_) => 2,
            Encoding::Utf32(_) => 4,
            _ => 1,
        }
    }
}
