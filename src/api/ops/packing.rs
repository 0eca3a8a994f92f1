//! Module `struct`: values as packed bytes and back.

use std::rc::Rc;

use crate::api::argument::{FromArg, Text, Truth, Values};
use crate::api::element::{bytes, real, shown, wide};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, Op, Owner, need, with};
use crate::api::{Cx, Param, Steps, Value};
use crate::bytes::{Bytes, Pinned};
use crate::codec::{Encoding, Handler};
use crate::error::{Error, Result};
use crate::net::Net;
use crate::wire::{
    Code, Field, Kind, Layout, Number, Order, Struct, error, float_at, int_at, put_float, put_int,
    put_rounded, range,
};

const STRUCT: Owner = Owner::Module("struct");

const FORMAT: Param = need("format", "the format, as Python's struct reads it");
pub(super) const VALUES: Param = with(
    "...",
    Default::Values,
    "a value for each item: int, float, bool or bytes",
);
pub(super) const TARGET: Param = need("buffer", "where to, a bytearray, array or view");
const FROM: &str = "from which place, from 0; negative counts from the end";
pub(super) const PLACE: Param = need("offset", FROM);
pub(super) const WHOLE: Param = need("buffer", "bytes of exactly the format's size");
pub(super) const SOURCE: Param = need("buffer", "bytes");
pub(super) const BEGIN: Param = with("offset", Default::Int(0), FROM);
pub(super) const PIECES: Param = need("buffer", "bytes, a multiple of the format's size");

pub(super) const OPS: &[Op] = &[
    Op {
        name: "pack",
        on: STRUCT,
        params: &[FORMAT, VALUES],
        returns: "bytes",
        doc: "Pack values into bytes. Numbers that do not fit are errors, never cut. An unsigned number above what a \
              script's integers hold can be given as a whole float. Raises struct.error, OverflowError for floats.",
        run: &typed(pack),
        ..FUNCTION
    },
    Op {
        name: "pack_into",
        on: STRUCT,
        params: &[FORMAT, TARGET, PLACE, VALUES],
        doc: "Pack values into a buffer. Raises struct.error.",
        run: &typed(pack_into),
        ..FUNCTION
    },
    Op {
        name: "unpack",
        on: STRUCT,
        params: &[FORMAT, WHOLE],
        returns: "tuple",
        doc: "Unpack bytes: a result for each item. Raises struct.error for bytes of another size, OverflowError for an \
              unsigned number above 9223372036854775807, which a script's integers cannot hold.",
        run: &typed(unpack),
        ..FUNCTION
    },
    Op {
        name: "unpack_from",
        on: STRUCT,
        params: &[FORMAT, SOURCE, BEGIN],
        returns: "tuple",
        doc: "Unpack bytes at a place of a buffer. Raises as unpack.",
        run: &typed(unpack_from),
        ..FUNCTION
    },
    Op {
        name: "iter_unpack",
        on: STRUCT,
        params: &[FORMAT, PIECES],
        returns: "iterator",
        doc: "Unpack a buffer piece by piece, in a `for`. Raises as unpack. A format without values has no pieces in Lua, \
              where nothing ends a loop.",
        run: &typed(iter_unpack),
        ..FUNCTION
    },
    Op {
        name: "calcsize",
        on: STRUCT,
        params: &[FORMAT],
        returns: "int",
        doc: "Bytes a format packs into. Raises struct.error.",
        run: &typed(calcsize),
        ..FUNCTION
    },
    Op {
        name: "Struct",
        on: STRUCT,
        params: &[FORMAT],
        returns: "Struct",
        doc: "Read a format once and for all: what is made packs and unpacks by it. Raises struct.error.",
        run: &typed(structure),
        ..FUNCTION
    },
];

fn layout(format: &Text) -> Result<Layout> {
    if !format.0.is_ascii() {
        Encoding::Ascii.encode(&format.0, &Handler::Strict)?;
    }
    Layout::parse(&format.0)
}

fn calcsize(_: &Cx<'_>, format: Text) -> Result<usize> {
    Ok(layout(&format)?.size)
}

fn structure(_: &Cx<'_>, format: Text) -> Result<Rc<Struct>> {
    let layout = layout(&format)?;
    let format = format.utf8("format")?;
    Ok(Rc::new(Struct { format, layout }))
}

fn pack(cx: &Cx<'_>, format: Text, values: Values) -> Result<Vec<u8>> {
    packed(cx, "pack", &layout(&format)?, values.0)
}

pub(super) fn packed(cx: &Cx<'_>, op: &str, layout: &Layout, values: Vec<Value>) -> Result<Vec<u8>> {
    if values.len() != layout.items {
        return Err(error(format!(
            "{op} expected {} items for packing (got {})",
            layout.items,
            values.len()
        )));
    }
    let mut out = cx.net.buffer(layout.size)?;
    out.resize(layout.size, 0);
    let mut values = values.into_iter();
    for field in layout.fields() {
        let Field { code, count, start } = field;
        match code.kind {
            Kind::Pad => {}
            Kind::Text | Kind::Pascal => {
                let value = values.next().unwrap_or(Value::None);
                put_text(code, value, &mut out[start..start + count])?;
            }
            _ => {
                for place in out[start..start + count * code.size].chunks_exact_mut(code.size) {
                    put(layout, code, values.next().unwrap_or(Value::None), place)?;
                }
            }
        }
    }
    Ok(out)
}

fn put_text(code: Code, value: Value, place: &mut [u8]) -> Result<()> {
    let bytes = bytes(value)
        .ok_or_else(|| error(format!("argument for '{}' must be a bytes object", code.letter)))?;
    bytes.with(|bytes| {
        let place = match (code.kind, place) {
            (Kind::Pascal, [length, rest @ ..]) => {
                let most = bytes.len().min(rest.len()).min(255);
                *length = u8::try_from(most).unwrap_or(u8::MAX);
                rest
            }
            (_, place) => place,
        };
        let length = bytes.len().min(place.len());
        place[..length].copy_from_slice(&bytes[..length]);
    });
    Ok(())
}

fn put(layout: &Layout, code: Code, value: Value, place: &mut [u8]) -> Result<()> {
    match code.kind {
        Kind::Bool => {
            place[0] = u8::from(Truth::from_arg(value).is_ok_and(|truth| truth.0));
        }
        Kind::Char => match bytes(value).map(Bytes::into_vec).as_deref() {
            Some([byte]) => place[0] = *byte,
            _ => return Err(error("char format requires a bytes object of length 1")),
        },
        Kind::Float => {
            let number = real(&value).ok_or_else(|| error("required argument is not a float"))?;
            if code.letter == 'f' && layout.is_native() {
                // As C casts, which CPython does here.
                put_rounded(place, number);
            } else {
                put_float(place, layout.order, number).map_err(|_| {
                    Error::overflow(format!("float too large to pack with {} format", code.letter))
                })?;
            }
        }
        _ => {
            let number = wide(&value).ok_or_else(|| error("required argument is not an integer"))?;
            let signed = code.kind == Kind::Signed || code.kind == Kind::Pointer && number < 0;
            put_int(place, layout.order, signed, number).map_err(|_| error(misfit(layout, code, number)))?;
        }
    }
    Ok(())
}

/// CPython's words for a number that does not fit: it has others where bytes are not in this machine's order.
fn misfit(layout: &Layout, code: Code, number: i128) -> String {
    let (least, most) = range(code.size, code.kind == Kind::Signed);
    let swapped = layout.order != Order::NATIVE;
    let fits_c = if code.kind == Kind::Unsigned && (code.size > 2 || swapped && code.size == 2) {
        u64::try_from(number).is_ok()
    } else {
        i64::try_from(number).is_ok()
    };
    let name = match code.letter {
        'P' => return "int too large to convert".to_owned(),
        'q' | 'Q' if swapped => return "int too large to convert".to_owned(),
        _ if !fits_c => return "argument out of range".to_owned(),
        'b' => "byte".to_owned(),
        'B' => "ubyte".to_owned(),
        'h' if !swapped => "short".to_owned(),
        'H' if !swapped => "ushort".to_owned(),
        letter => format!("'{letter}'"),
    };
    format!("{name} format requires {least} <= number <= {most}")
}

fn pack_into(cx: &Cx<'_>, format: Text, buffer: Pinned, offset: i64, values: Values) -> Result<()> {
    put_into(cx, &layout(&format)?, &buffer, offset, values.0)
}

pub(super) fn put_into(
    cx: &Cx<'_>,
    layout: &Layout,
    buffer: &Pinned,
    offset: i64,
    values: Vec<Value>,
) -> Result<()> {
    let bytes = packed(cx, "pack_into", layout, values)?;
    let (size, length) = (layout.size, buffer.len());
    let start = begin(offset, size, length, "no space to pack")?;
    if start.saturating_add(size) > length {
        return Err(error(format!(
            "pack_into requires a buffer of at least {} bytes for packing {size} bytes at offset {start} (actual buffer \
             size is {length})",
            size.saturating_add(start)
        )));
    }
    buffer.window_mut()[start..start + size].copy_from_slice(&bytes);
    Ok(())
}

/// Where an offset points: negative ones count from the end.
fn begin(offset: i64, size: usize, length: usize, trouble: &str) -> Result<usize> {
    let Ok(back) = usize::try_from(offset.unsigned_abs()) else {
        return Err(error(format!(
            "offset {offset} out of range for {length}-byte buffer"
        )));
    };
    if offset >= 0 {
        return Ok(back);
    }
    if size > back {
        return Err(error(format!("{trouble} {size} bytes at offset {offset}")));
    }
    length
        .checked_sub(back)
        .ok_or_else(|| error(format!("offset {offset} out of range for {length}-byte buffer")))
}

fn unpack(cx: &Cx<'_>, format: Text, buffer: Bytes) -> Result<Value> {
    take_all(cx, &layout(&format)?, &buffer)
}

pub(super) fn take_all(cx: &Cx<'_>, layout: &Layout, buffer: &Bytes) -> Result<Value> {
    if buffer.len() != layout.size {
        return Err(error(format!(
            "unpack requires a buffer of {} bytes",
            layout.size
        )));
    }
    buffer.with(|bytes| unpacked(cx, layout, bytes))
}

fn unpack_from(cx: &Cx<'_>, format: Text, buffer: Bytes, offset: i64) -> Result<Value> {
    take_from(cx, &layout(&format)?, &buffer, offset)
}

pub(super) fn take_from(cx: &Cx<'_>, layout: &Layout, buffer: &Bytes, offset: i64) -> Result<Value> {
    let (size, length) = (layout.size, buffer.len());
    let start = begin(offset, size, length, "not enough data to unpack")?;
    if start.saturating_add(size) > length {
        return Err(error(format!(
            "unpack_from requires a buffer of at least {} bytes for unpacking {size} bytes at offset {start} (actual \
             buffer size is {length})",
            size.saturating_add(start)
        )));
    }
    buffer.with(|bytes| unpacked(cx, layout, &bytes[start..start + size]))
}

/// The values that fill `bytes`, which are of the layout's size.
fn unpacked(cx: &Cx<'_>, layout: &Layout, bytes: &[u8]) -> Result<Value> {
    afford(cx.net, layout)?;
    values(layout, bytes)
}

fn afford(net: &Net, layout: &Layout) -> Result<()> {
    let size = layout.items.saturating_mul(size_of::<Value>());
    net.afford(size, "the values of a struct")
}

fn values(layout: &Layout, bytes: &[u8]) -> Result<Value> {
    let mut values = Vec::with_capacity(layout.items);
    for Field { code, count, start } in layout.fields() {
        match code.kind {
            Kind::Pad => {}
            Kind::Text => values.push(Value::bytes(&bytes[start..start + count])),
            Kind::Pascal => values.push(Value::bytes(pascal(&bytes[start..start + count]))),
            _ => {
                for place in bytes[start..start + count * code.size].chunks_exact(code.size) {
                    values.push(value(layout.order, code, place)?);
                }
            }
        }
    }
    Ok(Value::Several(values))
}

fn pascal(bytes: &[u8]) -> &[u8] {
    match bytes {
        [] => bytes,
        [length, rest @ ..] => &rest[..usize::from(*length).min(rest.len())],
    }
}

fn value(order: Order, code: Code, place: &[u8]) -> Result<Value> {
    Ok(match code.kind {
        Kind::Bool => Value::Bool(place != [0]),
        Kind::Char => Value::bytes(place),
        Kind::Float => Value::Float(float_at(place, order)),
        kind => shown(Number::Int(int_at(place, order, kind == Kind::Signed)))?,
    })
}

fn iter_unpack(cx: &Cx<'_>, format: Text, buffer: Bytes) -> Result<Steps> {
    take_each(cx, layout(&format)?, buffer)
}

pub(super) fn take_each(cx: &Cx<'_>, layout: Layout, buffer: Bytes) -> Result<Steps> {
    if layout.size == 0 {
        return Err(error("cannot iteratively unpack with a struct of length 0"));
    }
    if !buffer.len().is_multiple_of(layout.size) {
        return Err(error(format!(
            "iterative unpacking requires a buffer of a multiple of {} bytes",
            layout.size
        )));
    }
    // What belongs to the script is only lent for this call.
    let buffer = match buffer {
        Bytes::Array(pinned) => Bytes::Array(pinned),
        other => Bytes::Owned(other.into_vec()),
    };
    let mut start = 0;
    let net = cx.net.clone();
    Ok(Steps::new(move || {
        buffer.with(|bytes| {
            let Some(piece) = bytes.get(start..start + layout.size) else {
                return Ok(None);
            };
            afford(&net, &layout)?;
            start += layout.size;
            values(&layout, piece).map(Some)
        })
    }))
}
