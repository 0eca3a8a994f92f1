//! Text encodings: Python's by their names and aliases, its error handlers, its messages.
//!
//! Text is UTF-8 in a `Vec<u8>`. What no UTF-8 can hold, the lone surrogates that Python's `surrogateescape` and
//! `surrogatepass` make, stands in it as the three bytes that Lua's `utf8.char(0xdc80)` writes; a byte that belongs to
//! no character counts as the surrogate `surrogateescape` would make of it, as in file names.
//!
//! `names` finds an encoding, `charmap` and `tables` have those of one byte a character, `decode` and `encode` do the
//! work (`wide` for UTF-16 and UTF-32, `escape` for Python's escapes, `punycode` and `idna` for host names), `handler` says what becomes of what cannot be converted, `points` walks text.
//! `tables` is written by `scripts/codecs.py`.

mod charmap;
mod decode;
mod encode;
mod escape;
mod handler;
mod idna;
mod names;
mod points;
mod punycode;
mod tables;
#[cfg(test)]
mod tests;
mod wide;

use crate::error::Result;

pub(crate) use decode::Decoder;
pub(crate) use encode::Encoder;
pub(crate) use handler::Handler;
pub(crate) use idna::to_ascii;

/// An encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Encoding {
    Utf8,
    /// UTF-8 that begins with a byte order mark.
    Utf8Sig,
    Ascii,
    Latin1,
    /// UTF-16; without an order it begins with a byte order mark.
    Utf16(Option<Order>),
    /// UTF-32; without an order it begins with a byte order mark.
    Utf32(Option<Order>),
    /// One byte a character, by a table: its place among the tables.
    Charmap(usize),
    /// Text as Python's source writes it.
    UnicodeEscape,
    /// The same where a backslash begins nothing but `\u`.
    RawUnicodeEscape,
    Punycode,
    /// Host names.
    Idna,
}

/// Order of bytes in UTF-16 and UTF-32.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    Little,
    Big,
}

impl Order {
    /// That of this machine.
    const NATIVE: Self = if cfg!(target_endian = "little") {
        Self::Little
    } else {
        Self::Big
    };
}

impl Encoding {
    /// The encoding of this name, as Python spells and misspells it (`UTF8`, `latin 1`, `windows-1252`).
    /// Raises LookupError.
    pub(crate) fn by_name(name: &str) -> Result<Self> {
        names::by_name(name)
    }

    /// Python's name for it: `codecs.lookup(…).name`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf8Sig => "utf-8-sig",
            Self::Ascii => "ascii",
            Self::Latin1 => "iso8859-1",
            Self::Utf16(None) => "utf-16",
            Self::Utf16(Some(Order::Little)) => "utf-16-le",
            Self::Utf16(Some(Order::Big)) => "utf-16-be",
            Self::Utf32(None) => "utf-32",
            Self::Utf32(Some(Order::Little)) => "utf-32-le",
            Self::Utf32(Some(Order::Big)) => "utf-32-be",
            Self::Charmap(place) => tables::CHARMAPS[place].0,
            Self::UnicodeEscape => "unicode-escape",
            Self::RawUnicodeEscape => "raw-unicode-escape",
            Self::Punycode => "punycode",
            Self::Idna => "idna",
        }
    }

    /// Its name in error texts.
    fn error_name(self) -> &'static str {
        match self {
            Self::Utf8Sig => "utf-8",
            Self::Latin1 => "latin-1",
            Self::Charmap(_) => "charmap",
            other => other.name(),
        }
    }

    /// The text these bytes are: Python's `bytes.decode`. Raises UnicodeDecodeError.
    pub(crate) fn decode(self, bytes: &[u8], handler: &Handler) -> Result<Vec<u8>> {
        decode::whole(self, bytes, handler)
    }

    /// The bytes of this text: Python's `str.encode`. Raises UnicodeEncodeError.
    pub(crate) fn encode(self, text: &[u8], handler: &Handler) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Encoder::new(self, handler.clone()).encode(text, &mut bytes)?;
        Ok(bytes)
    }

    /// A decoder for bytes that come in pieces.
    pub(crate) fn decoder(self, handler: Handler) -> Decoder {
        Decoder::new(self, handler)
    }

    /// An encoder for text that comes in pieces: a byte order mark stands before the first only.
    pub(crate) fn encoder(self, handler: Handler) -> Encoder {
        Encoder::new(self, handler)
    }
}
