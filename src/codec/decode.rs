//! From bytes to text, all at once or in pieces.

use super::charmap::charmap;
use super::handler::{Handler, Undecodable};
use super::points::push;
use super::wide::{decode_16, decode_32, mark};
use super::{Encoding, Order, escape, idna, punycode};
use crate::error::{Class, Error, Result};

/// The mark that UTF-8 may begin with.
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// `bytes.decode`.
pub(super) fn whole(encoding: Encoding, bytes: &[u8], handler: &Handler) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    match encoding {
        // No codec is asked, whatever the handler.
        _ if bytes.is_empty() => {}
        Encoding::Utf8Sig => {
            let rest = bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes);
            step(Encoding::Utf8, rest, 0, true, handler, &mut text)?;
        }
        Encoding::Utf16(None) | Encoding::Utf32(None) => {
            let width = if encoding == Encoding::Utf16(None) { 2 } else { 4 };
            let order = mark(bytes, width);
            let start = order.map_or(0, |_| width);
            let ordered = in_order(encoding, order.unwrap_or(Order::NATIVE));
            step(ordered, bytes, start, true, handler, &mut text)?;
        }
        _ => {
            step(encoding, bytes, 0, true, handler, &mut text)?;
        }
    }
    Ok(text)
}

/// A decoder for bytes that come in pieces: what is cut through waits for the rest of it.
#[derive(Clone, Debug)]
pub(crate) struct Decoder {
    encoding: Encoding,
    handler: Handler,
    /// What it turned out to be once the mark was read.
    settled: Option<Encoding>,
    pending: Vec<u8>,
}

impl Decoder {
    pub(super) fn new(encoding: Encoding, handler: Handler) -> Self {
        Self {
            encoding,
            handler,
            settled: settled(encoding),
            pending: Vec::new(),
        }
    }

    /// Decodes the next piece and appends its text to `text`. With `last` nothing may be cut through. Raises
    /// UnicodeDecodeError, whose positions count from the front of what was pending; nothing is taken then.
    pub(crate) fn decode(&mut self, input: &[u8], last: bool, text: &mut Vec<u8>) -> Result<()> {
        if self.pending.is_empty() {
            let used = self.feed(input, last, text)?;
            self.pending.extend_from_slice(&input[used..]);
            return Ok(());
        }
        let mut joined = Vec::with_capacity(self.pending.len() + input.len());
        joined.extend_from_slice(&self.pending);
        joined.extend_from_slice(input);
        let used = self.feed(&joined, last, text)?;
        joined.drain(..used);
        self.pending = joined;
        Ok(())
    }

    /// Bytes that wait for the rest of their character.
    pub(crate) fn pending(&self) -> &[u8] {
        &self.pending
    }

    /// Begins anew.
    pub(crate) fn reset(&mut self) {
        self.pending.clear();
        self.settled = settled(self.encoding);
    }

    /// Begins anew in the middle of a text: no mark stands there, and the order of bytes is the one found before, if one was.
    pub(crate) fn resume(&mut self) {
        self.pending.clear();
    }

    /// Decodes what it can and says how many bytes that were.
    fn feed(&mut self, input: &[u8], last: bool, text: &mut Vec<u8>) -> Result<usize> {
        let length = text.len();
        let fed = match self.settled {
            Some(encoding) => step(encoding, input, 0, last, &self.handler, text),
            None => self.begin(input, last, text),
        };
        if fed.is_err() {
            text.truncate(length);
        }
        fed
    }

    /// `feed` while the mark has not been seen.
    fn begin(&mut self, input: &[u8], last: bool, text: &mut Vec<u8>) -> Result<usize> {
        let (width, what) = match self.encoding {
            Encoding::Utf16(_) => (2, "UTF-16"),
            Encoding::Utf32(_) => (4, "UTF-32"),
            // The front of a mark waits for the rest of it, even at the end.
            _ if input.len() < UTF8_MARK.len() && UTF8_MARK.starts_with(input) => return Ok(0),
            _ => {
                // After this mark Python counts positions anew, after those of the others it does not.
                let rest = input.strip_prefix(UTF8_MARK).unwrap_or(input);
                let used = step(Encoding::Utf8, rest, 0, last, &self.handler, text)?;
                self.settled = Some(Encoding::Utf8);
                return Ok(input.len() - rest.len() + used);
            }
        };
        if let Some(order) = mark(input, width) {
            let encoding = in_order(self.encoding, order);
            let used = step(encoding, input, width, last, &self.handler, text)?;
            self.settled = Some(encoding);
            return Ok(used);
        }
        // What is no text at all is reported as such; text without a mark is refused.
        let encoding = in_order(self.encoding, Order::NATIVE);
        let used = step(encoding, input, 0, last, &self.handler, text)?;
        if used < width {
            return Ok(used);
        }
        Err(Error::new(
            Class::UnicodeError,
            format!("{what} stream does not start with BOM"),
        ))
    }
}

/// The encoding, unless its first bytes decide it.
fn settled(encoding: Encoding) -> Option<Encoding> {
    let open = matches!(
        encoding,
        Encoding::Utf8Sig | Encoding::Utf16(None) | Encoding::Utf32(None)
    );
    (!open).then_some(encoding)
}

fn in_order(encoding: Encoding, order: Order) -> Encoding {
    match encoding {
        Encoding::Utf32(_) => Encoding::Utf32(Some(order)),
        _ => Encoding::Utf16(Some(order)),
    }
}

/// Decodes from `start` on and says how far it came.
fn step(
    encoding: Encoding,
    input: &[u8],
    start: usize,
    last: bool,
    handler: &Handler,
    text: &mut Vec<u8>,
) -> Result<usize> {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Sig => return utf8(input, last, handler, text),
        Encoding::Utf16(order) => {
            let order = order.unwrap_or(Order::NATIVE);
            return decode_16(input, start, order, last, handler, text);
        }
        Encoding::Utf32(order) => {
            let order = order.unwrap_or(Order::NATIVE);
            return decode_32(input, start, order, last, handler, text);
        }
        Encoding::UnicodeEscape => return escape::decode(false, input, last, handler, text),
        Encoding::RawUnicodeEscape => return escape::decode(true, input, last, handler, text),
        // These are of one piece.
        Encoding::Punycode | Encoding::Idna if !last => return Ok(0),
        Encoding::Punycode => text.extend(punycode::decode(input, handler)?),
        Encoding::Idna => text.extend(idna::decode(input, handler)?),
        Encoding::Ascii if input.is_ascii() => text.extend_from_slice(input),
        Encoding::Ascii => {
            let reason = "ordinal not in range(128)";
            bytewise(encoding, input, reason, handler, text, |byte| {
                Some(char::from(byte)).filter(char::is_ascii)
            })?;
        }
        Encoding::Latin1 => latin1(input, text),
        Encoding::Charmap(place) => {
            let map = charmap(place);
            let reason = "character maps to <undefined>";
            bytewise(encoding, input, reason, handler, text, |byte| map.character(byte))?;
        }
    }
    Ok(input.len())
}

fn utf8(input: &[u8], last: bool, handler: &Handler, text: &mut Vec<u8>) -> Result<usize> {
    let mut at = 0;
    loop {
        let error = match std::str::from_utf8(&input[at..]) {
            Ok(good) => {
                text.extend_from_slice(good.as_bytes());
                return Ok(input.len());
            }
            Err(error) => error,
        };
        let start = at + error.valid_up_to();
        text.extend_from_slice(&input[at..start]);
        let (end, reason) = match error.error_len() {
            None if !last => return Ok(start),
            // Half a surrogate waits, too: the handler may know what to do with a whole one.
            Some(_) if !last && matches!(input[start..], [0xed, 0xa0..=0xbf]) => return Ok(start),
            None => (input.len(), "unexpected end of data"),
            Some(length) if matches!(input[start], 0xc2..=0xf4) => {
                (start + length, "invalid continuation byte")
            }
            Some(length) => (start + length, "invalid start byte"),
        };
        let bad = Undecodable {
            encoding: "utf-8",
            input,
            start,
            end,
            reason,
        };
        at = handler.decode(&bad, text)?;
    }
}

fn latin1(input: &[u8], text: &mut Vec<u8>) {
    text.reserve(input.len());
    let mut rest = input;
    while !rest.is_empty() {
        let plain = rest.iter().take_while(|byte| byte.is_ascii()).count();
        text.extend_from_slice(&rest[..plain]);
        rest = &rest[plain..];
        let high = rest.iter().take_while(|byte| !byte.is_ascii()).count();
        text.extend(
            rest[..high]
                .iter()
                .flat_map(|byte| [0xc0 | byte >> 6, 0x80 | byte & 0x3f]),
        );
        rest = &rest[high..];
    }
}

/// Encodings where each byte is a character, or none.
fn bytewise(
    encoding: Encoding,
    input: &[u8],
    reason: &'static str,
    handler: &Handler,
    text: &mut Vec<u8>,
    character: impl Fn(u8) -> Option<char>,
) -> Result<()> {
    text.reserve(input.len());
    for (start, byte) in input.iter().enumerate() {
        match character(*byte) {
            Some(c) => push(text, u32::from(c)),
            None => {
                handler.decode(
                    &Undecodable {
                        encoding: encoding.error_name(),
                        input,
                        start,
                        end: start + 1,
                        reason,
                    },
                    text,
                )?;
            }
        }
    }
    Ok(())
}
