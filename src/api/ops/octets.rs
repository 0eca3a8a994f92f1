//! Module `bytes`: what Python's `bytes` objects can do.

use crate::api::argument::{Any, Text};
use crate::api::element::byte;
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, Op, Owner, Python, need, with};
use crate::api::{Cx, Param, Value, repr};
use crate::bytes::Bytes;
use crate::codec::{Encoding, Handler};
use crate::error::{Error, Result};
use crate::wire::bytes;

const BYTES: Owner = Owner::Module("bytes");

const DATA: Param = need("data", "bytes");
const ENCODING: Param = with(
    "encoding",
    Default::Text("utf-8"),
    "a text encoding, by one of Python's names",
);
const ERRORS: Param = with(
    "errors",
    Default::Text("strict"),
    "what becomes of what cannot be converted: strict, ignore, replace, backslashreplace, surrogateescape, \
     surrogatepass, xmlcharrefreplace (encode only)",
);
const WIDTH: Param = need("width", "bytes the result should have at least");
const FILL: Param = with("fillchar", Default::Text(" "), "the byte that fills the rest");

pub(super) const OPS: &[Op] = &[
    Op {
        name: "hex",
        on: BYTES,
        params: &[
            DATA,
            with("sep", Default::None, "a character between groups"),
            with(
                "bytes_per_sep",
                Default::Int(1),
                "bytes of a group, counted from the end; from the front where negative",
            ),
        ],
        returns: "str",
        doc: "Two hexadecimal digits a byte. Raises ValueError for a separator that is not one ASCII character.",
        run: &typed(hex),
        ..FUNCTION
    },
    Op {
        name: "fromhex",
        on: BYTES,
        params: &[need("string", "pairs of digits, with blanks between pairs")],
        returns: "bytes",
        doc: "The bytes of hexadecimal digits. Raises ValueError, with the place of what is no digit.",
        run: &typed(fromhex),
        ..FUNCTION
    },
    Op {
        name: "hexdump",
        on: BYTES,
        python: Python::Nothing,
        params: &[DATA, with("width", Default::Int(16), "bytes of a line, 1 to 256")],
        returns: "str",
        doc: "Lines of offset, bytes and their characters, as `hexdump -C` prints them; the length comes last. Raises ValueError for a width out of range, MemoryError.",
        run: &typed(hexdump),
        ..FUNCTION
    },
    Op {
        name: "find",
        on: BYTES,
        params: &[
            DATA,
            need("sub", "bytes, or one byte as a number"),
            with(
                "start",
                Default::Int(0),
                "from which place, from 0; negative counts from the end",
            ),
            with("end", Default::None, "up to which place, exclusive"),
        ],
        returns: "int",
        doc: "Where bytes first stand, counted from 0 in every language; -1 where they do not. Raises ValueError for a \
              number that is no byte.",
        run: &typed(find),
        ..FUNCTION
    },
    Op {
        name: "split",
        on: BYTES,
        params: &[
            DATA,
            with(
                "sep",
                Default::None,
                "what stands between the parts; runs of blanks where None",
            ),
            with("maxsplit", Default::Int(-1), "most cuts; -1 is no limit"),
        ],
        returns: "list of bytes",
        doc: "The parts between separators. Raises ValueError for an empty separator.",
        run: &typed(split),
        ..FUNCTION
    },
    Op {
        name: "ljust",
        on: BYTES,
        params: &[DATA, WIDTH, FILL],
        returns: "bytes",
        doc: "The bytes, filled up on the right. Raises TypeError unless one byte fills, MemoryError.",
        run: &typed(ljust),
        ..FUNCTION
    },
    Op {
        name: "rjust",
        on: BYTES,
        params: &[DATA, WIDTH, FILL],
        returns: "bytes",
        doc: "The bytes, filled up on the left. Raises TypeError unless one byte fills, MemoryError.",
        run: &typed(rjust),
        ..FUNCTION
    },
    Op {
        name: "encode",
        on: BYTES,
        python: Python::Named("str.encode"),
        params: &[need("text", "text"), ENCODING, ERRORS],
        returns: "bytes",
        doc: "Text as bytes: Python's str.encode. Raises UnicodeEncodeError, LookupError for an unknown encoding: utf-7 and \
              those of East Asia with several bytes a character are not there, nor is the handler namereplace.",
        run: &typed(encode),
        ..FUNCTION
    },
    Op {
        name: "decode",
        on: BYTES,
        params: &[DATA, ENCODING, ERRORS],
        returns: "str",
        doc: "Bytes as text: Python's bytes.decode. Text is UTF-8; a lone surrogate, which surrogateescape and \
              surrogatepass make, is what Lua's utf8.char makes of it. Rhai's strings cannot hold one: such text is a \
              blob there, which encode takes back. Raises UnicodeDecodeError, LookupError for an unknown encoding.",
        run: &typed(decode),
        ..FUNCTION
    },
    Op {
        name: "repr",
        on: BYTES,
        python: Python::Named("repr"),
        params: &[DATA],
        returns: "str",
        doc: "The bytes as Python prints them: b'...'. Never fails.",
        run: &typed(repr_of),
        ..FUNCTION
    },
];

fn hex(cx: &Cx<'_>, data: Bytes, sep: Option<Text>, bytes_per_sep: i64) -> Result<String> {
    let separator = match sep {
        None => None,
        Some(text) => {
            let text = text.utf8("sep")?;
            let mut letters = text.chars();
            match (letters.next(), letters.next()) {
                (Some(letter), None) if letter.is_ascii() => Some(letter),
                (Some(_), None) => return Err(Error::value("sep must be ASCII.")),
                _ => return Err(Error::value("sep must be length 1.")),
            }
        }
    };
    cx.net.afford(data.len().saturating_mul(3), "the result")?;
    Ok(data.with(|data| bytes::hex(data, separator, bytes_per_sep)))
}

fn fromhex(_: &Cx<'_>, string: Text) -> Result<Vec<u8>> {
    bytes::from_hex(&String::from_utf8_lossy(&string.0))
}

fn hexdump(cx: &Cx<'_>, data: Bytes, width: i64) -> Result<String> {
    let width = usize::try_from(width)
        .ok()
        .filter(|width| (1..=256).contains(width))
        .ok_or_else(|| Error::value(format!("width must be in range(1, 257), not {width}")))?;
    // At most so many characters a byte, and a line.
    let lines = data.len() / width + 2;
    cx.net.afford(
        data.len().saturating_mul(5) + lines.saturating_mul(24 + 4 * width),
        "the result",
    )?;
    Ok(data.with(|data| bytes::dump(data, width)))
}

fn find(_: &Cx<'_>, data: Bytes, sub: Any, start: i64, end: Option<i64>) -> Result<i64> {
    let found = match sub.0 {
        number @ (Value::Int(_) | Value::Float(_) | Value::Bool(_)) => {
            let byte = byte(&number)?;
            data.with(|data| bytes::find(data, &[byte], start, end))
        }
        other => {
            let kind = other.kind();
            let sub = crate::api::element::bytes(other).ok_or_else(|| {
                Error::type_error(format!(
                    "argument should be integer or bytes-like object, not '{kind}'"
                ))
            })?;
            data.with(|data| sub.with(|sub| bytes::find(data, sub, start, end)))
        }
    };
    Ok(found.and_then(|place| i64::try_from(place).ok()).unwrap_or(-1))
}

fn split(cx: &Cx<'_>, data: Bytes, sep: Option<Bytes>, maxsplit: i64) -> Result<Vec<Vec<u8>>> {
    if sep.as_ref().is_some_and(Bytes::is_empty) {
        return Err(Error::value("empty separator"));
    }
    let separator = sep.map(Bytes::into_vec);
    data.with(|data| {
        // As many parts as there are bytes, if it comes to that.
        cx.net.afford(
            data.len().saturating_mul(size_of::<Value>() + size_of::<&[u8]>()),
            "the result",
        )?;
        let parts = bytes::split(data, separator.as_deref(), maxsplit);
        Ok(parts.into_iter().map(<[u8]>::to_vec).collect())
    })
}

fn ljust(cx: &Cx<'_>, data: Bytes, width: i64, fill: Bytes) -> Result<Vec<u8>> {
    justify(cx, "ljust", &data, width, &fill, false)
}

fn rjust(cx: &Cx<'_>, data: Bytes, width: i64, fill: Bytes) -> Result<Vec<u8>> {
    justify(cx, "rjust", &data, width, &fill, true)
}

fn justify(cx: &Cx<'_>, op: &str, data: &Bytes, width: i64, fill: &Bytes, right: bool) -> Result<Vec<u8>> {
    let [fill] = fill.to_vec()[..] else {
        return Err(Error::type_error(format!(
            "{op}() argument 2 must be a byte string of length 1, not bytes"
        )));
    };
    let width = usize::try_from(width).unwrap_or(0).max(data.len());
    let mut out = cx.net.buffer(width)?;
    if right {
        out.resize(width - data.len(), fill);
    }
    data.with(|data| out.extend_from_slice(data));
    out.resize(width, fill);
    Ok(out)
}

fn encode(cx: &Cx<'_>, text: Text, encoding: Text, errors: Text) -> Result<Vec<u8>> {
    // What one byte of text can become, an escape among them.
    cx.net.afford(text.0.len().saturating_mul(10), "the result")?;
    find_encoding(encoding)?.encode(&text.0, &handler(errors)?)
}

fn decode(cx: &Cx<'_>, data: Bytes, encoding: Text, errors: Text) -> Result<Value> {
    cx.net.afford(data.len().saturating_mul(4), "the result")?;
    let (encoding, handler) = (find_encoding(encoding)?, handler(errors)?);
    let text = data.with(|data| encoding.decode(data, &handler))?;
    Ok(match String::from_utf8(text) {
        Ok(text) => Value::text(text),
        Err(error) => Value::String(Bytes::Owned(error.into_bytes())),
    })
}

fn find_encoding(name: Text) -> Result<Encoding> {
    Encoding::by_name(&name.utf8("the encoding's name")?)
}

fn handler(name: Text) -> Result<Handler> {
    Ok(Handler::by_name(&name.utf8("the error handler's name")?))
}

fn repr_of(_: &Cx<'_>, data: Bytes) -> Result<String> {
    Ok(repr(&Value::Bytes(data)))
}
