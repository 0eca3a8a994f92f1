//! `bytearray`: bytes that scripts and receives change in place.

use std::rc::Rc;

use crate::api::argument::Any;
use crate::api::element::byte;
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, METHOD, Op, Owner, need, with};
use crate::api::value::Type;
use crate::api::{Cx, Param, Value};
use crate::bytes::{ByteArray, Bytes, Pinned, Rigid};
use crate::error::{Class, Error, Result};

const GLOBAL: Owner = Owner::Module("");
const ARRAY: Owner = Owner::Type(Type::ByteArray);
const VIEW: Owner = Owner::Type(Type::View);

const FIRST: Param = with(
    "first",
    Default::Int(1),
    "first place, from 1; negative counts from the end",
);
const LAST: Param = with("last", Default::Int(-1), "last place, inclusive");

pub(super) const OPS: &[Op] = &[
    Op {
        name: "bytearray",
        on: GLOBAL,
        params: &[with(
            "source",
            Default::Text(""),
            "a length, bytes, or a list of numbers",
        )],
        returns: "bytearray",
        doc: "Make an array of bytes that can be changed: so many zeros, or a copy of what is given. Raises ValueError for \
              numbers that are no bytes, MemoryError.",
        run: &typed(bytearray),
        ..FUNCTION
    },
    Op {
        name: "bytes",
        on: ARRAY,
        returns: "bytes",
        doc: "The bytes, copied. Raises MemoryError.",
        run: &typed(to_bytes),
        ..METHOD
    },
    Op {
        name: "view",
        on: ARRAY,
        params: &[FIRST, LAST],
        returns: "memoryview",
        doc: "A window of the array, as string.sub takes it: what is received into it lands in the array. While it lives \
              the array cannot change its length. Raises TypeError.",
        run: &typed(view),
        ..METHOD
    },
    Op {
        name: "append",
        on: ARRAY,
        params: &[need("byte", "int: 0 to 255")],
        doc: "Add a byte at the end. Raises BufferError while a view lives.",
        run: &typed(append),
        ..METHOD
    },
    Op {
        name: "extend",
        on: ARRAY,
        params: &[need("data", "bytes to add")],
        doc: "Add bytes at the end. Raises BufferError while a view lives.",
        run: &typed(extend),
        ..METHOD
    },
    Op {
        name: "clear",
        on: ARRAY,
        doc: "Remove all bytes. Raises BufferError while a view lives.",
        run: &typed(clear),
        ..METHOD
    },
    Op {
        name: "bytes",
        on: VIEW,
        returns: "bytes",
        doc: "The window's bytes, copied. Raises MemoryError.",
        run: &typed(view_bytes),
        ..METHOD
    },
    Op {
        name: "view",
        on: VIEW,
        params: &[FIRST, LAST],
        returns: "memoryview",
        doc: "A window of the window. Raises IndexError, ValueError as `bytearray.view`.",
        run: &typed(view_view),
        ..METHOD
    },
];

fn bytearray(cx: &Cx<'_>, source: Any) -> Result<Rc<ByteArray>> {
    let bytes = match source.0 {
        Value::Text(text) => text.into_owned().into_bytes(),
        Value::String(bytes) | Value::Bytes(bytes) => bytes.into_vec(),
        Value::Array(array) => array.with(<[u8]>::to_vec),
        Value::View(view) => Bytes::Array(view).into_vec(),
        Value::Numbers(numbers) => numbers.bytes().with(<[u8]>::to_vec),
        Value::List(items) => items.iter().map(byte).collect::<Result<_>>()?,
        other => match crate::api::argument::whole(&other) {
            Some(length) => {
                let length = usize::try_from(length).map_err(|_| Error::value("negative count"))?;
                cx.net.zeros(length)?
            }
            None => {
                return Err(Error::type_error(format!(
                    "cannot convert '{}' object to bytearray",
                    other.kind()
                )));
            }
        },
    };
    cx.net.array(bytes)
}

fn to_bytes(_: &Cx<'_>, array: Rc<ByteArray>) -> Result<Vec<u8>> {
    Ok(array.with(<[u8]>::to_vec))
}

fn view_bytes(_: &Cx<'_>, view: Pinned) -> Result<Vec<u8>> {
    Ok(Bytes::Array(view).into_vec())
}

fn view(_: &Cx<'_>, array: Rc<ByteArray>, first: i64, last: i64) -> Result<Pinned> {
    let (start, count) = window(array.len(), first, last);
    Ok(array.pin(start, count))
}

fn view_view(_: &Cx<'_>, view: Pinned, first: i64, last: i64) -> Result<Pinned> {
    let (start, count) = window(view.len(), first, last);
    Ok(view.array().pin(view.start() + start, count))
}

/// Where a window of so much begins, and how long it is.
fn window(length: usize, first: i64, last: i64) -> (usize, usize) {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let place = |place: i64| {
        if place < 0 {
            place.saturating_add(length).saturating_add(1).max(0)
        } else {
            place
        }
    };
    let (first, last) = (
        place(first).max(1).min(length.saturating_add(1)),
        place(last).min(length),
    );
    let count = usize::try_from(last.saturating_sub(first).saturating_add(1)).unwrap_or(0);
    (usize::try_from(first - 1).unwrap_or(0), count)
}

fn append(_: &Cx<'_>, array: Rc<ByteArray>, number: Any) -> Result<()> {
    array.extend(&[byte(&number.0)?]).map_err(refusal)
}

fn extend(_: &Cx<'_>, array: Rc<ByteArray>, data: Bytes) -> Result<()> {
    match data.as_stable() {
        Some(data) => array.extend(data),
        // A window of the array itself pins it, so what is added must be a copy.
        None => {
            let data = data.into_vec();
            array.extend(&data)
        }
    }
    .map_err(refusal)
}

fn clear(_: &Cx<'_>, array: Rc<ByteArray>) -> Result<()> {
    array.clear().map_err(refusal)
}

fn refusal(why: Rigid) -> Error {
    match why {
        Rigid::Pinned => Error::new(
            Class::BufferError,
            "Existing exports of data: object cannot be re-sized",
        ),
        Rigid::NoMemory => Error::memory("more bytes for a bytearray"),
        Rigid::TooLarge(most) => Error::new(
            Class::LimitError,
            format!("more bytes for a bytearray: no buffer may have more than {most}"),
        ),
    }
}
