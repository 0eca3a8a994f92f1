//! `array`: numbers of one kind, close together, as C programs have them.

use std::rc::Rc;

use crate::api::argument::{Any, Text};
use crate::api::element::{self, real, same, shown, wide};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, METHOD, Op, Owner, PROPERTY, Python, need, with};
use crate::api::value::Type;
use crate::api::{Cx, Value, absent};
use crate::bytes::{Bytes, Rigid};
use crate::error::{Class, Error, Result};
use crate::wire::{Code, Kind, Number, NumberArray};

const GLOBAL: Owner = Owner::Module("");
const ARRAY: Owner = Owner::Type(Type::Numbers);

/// A field of an array.
const FIELD: Op = Op {
    on: ARRAY,
    ..PROPERTY
};

pub(super) const OPS: &[Op] = &[
    Op {
        name: "array",
        on: GLOBAL,
        python: Python::Named("array.array"),
        params: &[
            need(
                "typecode",
                "the kind of number, as in `struct`: b, B, h, H, i, I, l, L, q, Q, f or d",
            ),
            with(
                "initializer",
                Default::None,
                "a list of numbers, another array, or bytes that are such numbers",
            ),
        ],
        returns: "array",
        doc: "Make an array of numbers of one kind: Python's array.array. It is accepted wherever bytes are, and printed, \
              compared and indexed as a list. Raises ValueError for an unknown kind, TypeError, OverflowError for a \
              number that does not fit.",
        run: &typed(array),
        ..FUNCTION
    },
    Op {
        name: "typecode",
        returns: "str",
        doc: "The letter of the kind.",
        run: &typed(typecode),
        ..FIELD
    },
    Op {
        name: "itemsize",
        returns: "int",
        doc: "Bytes of one item.",
        run: &typed(itemsize),
        ..FIELD
    },
    Op {
        name: "append",
        on: ARRAY,
        params: &[need("x", "a number")],
        doc: "Add a number at the end. Raises OverflowError, BufferError while the array is in use.",
        run: &typed(append),
        ..METHOD
    },
    Op {
        name: "extend",
        on: ARRAY,
        params: &[need(
            "iterable",
            "an array of the same kind, or a list of numbers",
        )],
        doc: "Add numbers at the end. Raises TypeError, OverflowError, BufferError.",
        run: &typed(extend),
        ..METHOD
    },
    Op {
        name: "fromlist",
        on: ARRAY,
        params: &[need("list", "a list of numbers")],
        doc: "Add the numbers of a list; all or none. Raises TypeError, OverflowError, BufferError.",
        run: &typed(fromlist),
        ..METHOD
    },
    Op {
        name: "frombytes",
        on: ARRAY,
        params: &[need("buffer", "bytes that are such numbers")],
        doc: "Add numbers that are given as bytes. Raises ValueError unless they are whole items, BufferError.",
        run: &typed(frombytes),
        ..METHOD
    },
    Op {
        name: "tobytes",
        on: ARRAY,
        returns: "bytes",
        doc: "The bytes of all items. Raises MemoryError.",
        run: &typed(tobytes),
        ..METHOD
    },
    Op {
        name: "tolist",
        on: ARRAY,
        returns: "list",
        doc: "The items as a list. Raises OverflowError for what an integer of a script cannot hold.",
        run: &typed(tolist),
        ..METHOD
    },
    Op {
        name: "insert",
        on: ARRAY,
        params: &[
            need("i", "a place from 0, as in Python; negative counts from the end"),
            need("v", "a number"),
        ],
        doc: "Put a number before a place. Raises OverflowError, BufferError.",
        run: &typed(insert),
        ..METHOD
    },
    Op {
        name: "pop",
        on: ARRAY,
        params: &[with(
            "i",
            Default::Int(-1),
            "a place from 0, as in Python; negative counts from the end",
        )],
        returns: "int or float",
        doc: "Take an item out and return it. Raises IndexError, BufferError.",
        run: &typed(pop),
        ..METHOD
    },
    Op {
        name: "remove",
        on: ARRAY,
        params: &[need("v", "a number")],
        doc: "Take the first item that equals a number out. Raises ValueError, BufferError.",
        run: &typed(remove),
        ..METHOD
    },
    Op {
        name: "index",
        on: ARRAY,
        params: &[
            need("v", "a number"),
            with("start", Default::Int(0), "where to begin, from 0"),
            with("stop", Default::Int(i64::MAX), "where to stop, exclusive"),
        ],
        returns: "int",
        doc: "The place, from 0, of the first item that equals a number. Raises ValueError.",
        run: &typed(index),
        ..METHOD
    },
    Op {
        name: "count",
        on: ARRAY,
        params: &[need("v", "a number")],
        returns: "int",
        doc: "How many items equal a number. Never fails.",
        run: &typed(count),
        ..METHOD
    },
    Op {
        name: "reverse",
        on: ARRAY,
        doc: "Turn the order of the items round. Never fails.",
        run: &typed(reverse),
        ..METHOD
    },
    Op {
        name: "byteswap",
        on: ARRAY,
        doc: "Turn the order of bytes round in every item. Never fails.",
        run: &typed(byteswap),
        ..METHOD
    },
];

fn array(cx: &Cx<'_>, typecode: Text, initializer: Any) -> Result<Value> {
    let code = NumberArray::code_of(&typecode.0)
        .ok_or_else(|| Error::value(format!("bad typecode (must be {})", NumberArray::CODES)))?;
    let bytes = match initializer.0 {
        Value::None => Vec::new(),
        Value::Numbers(other) => pack_all(cx, code, other.len(), other.numbers().map(Ok))?,
        Value::List(items) | Value::Several(items) => {
            pack_all(cx, code, items.len(), items.iter().map(|item| number(code, item)))?
        }
        Value::Text(_) => {
            return Err(Error::type_error(format!(
                "cannot use a str to initialize an array with typecode '{}'",
                code.letter
            )));
        }
        other => {
            let kind = other.kind();
            let bytes = element::bytes(other)
                .ok_or_else(|| Error::type_error(format!("'{kind}' object is not iterable")))?;
            whole_items(code, &bytes)?;
            bytes.into_vec()
        }
    };
    Ok(Value::Numbers(Rc::new(NumberArray::new(
        code,
        cx.net.array(bytes)?,
    ))))
}

fn whole_items(code: Code, bytes: &Bytes) -> Result<()> {
    if bytes.len().is_multiple_of(code.size) {
        Ok(())
    } else {
        Err(Error::value("bytes length not a multiple of item size"))
    }
}

/// The bytes of all numbers.
fn pack_all(
    cx: &Cx<'_>,
    code: Code,
    count: usize,
    numbers: impl Iterator<Item = Result<Number>>,
) -> Result<Vec<u8>> {
    let mut bytes = cx.net.buffer(count.saturating_mul(code.size))?;
    for number in numbers {
        let (packed, size) = pack(code, number?)?;
        bytes.extend_from_slice(&packed[..size]);
    }
    Ok(bytes)
}

/// The bytes of a script's value as an item of this kind.
pub(in crate::api) fn packed(code: Code, item: &Value) -> Result<([u8; 8], usize)> {
    pack(code, number(code, item)?)
}

/// The number a script's value is.
fn number(code: Code, value: &Value) -> Result<Number> {
    if code.kind == Kind::Float {
        real(value)
            .map(Number::Float)
            .ok_or_else(|| Error::type_error(format!("must be real number, not {}", value.kind())))
    } else if let Value::Absent(constant) = value {
        Err(absent(constant))
    } else {
        wide(value).map(Number::Int).ok_or_else(|| {
            Error::type_error(format!(
                "'{}' object cannot be interpreted as an integer",
                value.kind()
            ))
        })
    }
}

fn pack(code: Code, number: Number) -> Result<([u8; 8], usize)> {
    NumberArray::pack(code, number).map_err(|_| match number {
        Number::Int(number) => Error::overflow(misfit(code, number)),
        Number::Float(_) => Error::type_error("'float' object cannot be interpreted as an integer"),
    })
}

/// CPython's words for a number that does not fit.
fn misfit(code: Code, number: i128) -> String {
    let direction = if number < 0 {
        "less than minimum"
    } else {
        "greater than maximum"
    };
    let fits_long = i64::try_from(number).is_ok();
    let what = match code.letter {
        'q' => return "int too big to convert".to_owned(),
        'Q' if number < 0 => return "can't convert negative int to unsigned".to_owned(),
        'Q' => return "int too big to convert".to_owned(),
        'I' | 'L' if number < 0 => return "can't convert negative value to unsigned int".to_owned(),
        'I' if u64::try_from(number).is_ok() => "unsigned int",
        'I' | 'L' => return "Python int too large to convert to C unsigned long".to_owned(),
        _ if !fits_long => return "Python int too large to convert to C long".to_owned(),
        'b' if i16::try_from(number).is_ok() => "signed char",
        'b' | 'h' => "signed short integer",
        'B' => "unsigned byte integer",
        'H' if i32::try_from(number).is_ok() => "unsigned short",
        _ => "signed integer",
    };
    format!("{what} is {direction}")
}

fn refusal(why: Rigid) -> Error {
    match why {
        Rigid::Pinned => Error::new(
            Class::BufferError,
            "cannot resize an array that is exporting buffers",
        ),
        Rigid::NoMemory => Error::memory("more items for an array"),
        Rigid::TooLarge(most) => Error::new(
            Class::LimitError,
            format!("more items for an array: no buffer may have more than {most} bytes"),
        ),
    }
}

fn typecode(_: &Cx<'_>, array: Rc<NumberArray>) -> Result<String> {
    Ok(array.code().letter.into())
}

fn itemsize(_: &Cx<'_>, array: Rc<NumberArray>) -> Result<usize> {
    Ok(array.code().size)
}

fn append(_: &Cx<'_>, array: Rc<NumberArray>, x: Any) -> Result<()> {
    let (bytes, size) = element::packed(&array, &x.0)?;
    array.bytes().extend(&bytes[..size]).map_err(refusal)
}

fn extend(cx: &Cx<'_>, array: Rc<NumberArray>, iterable: Any) -> Result<()> {
    match iterable.0 {
        Value::Numbers(other) if other.code() == array.code() => {
            let bytes = other.bytes().with(<[u8]>::to_vec);
            array.bytes().extend(&bytes).map_err(refusal)
        }
        Value::Numbers(_) => Err(Error::type_error("can only extend with array of same kind")),
        Value::List(items) | Value::Several(items) => add(cx, &array, &items),
        other => Err(Error::type_error(format!(
            "'{}' object is not iterable",
            other.kind()
        ))),
    }
}

fn fromlist(cx: &Cx<'_>, array: Rc<NumberArray>, list: Any) -> Result<()> {
    match list.0 {
        Value::List(items) => add(cx, &array, &items),
        _ => Err(Error::type_error("arg must be list")),
    }
}

fn add(cx: &Cx<'_>, array: &NumberArray, items: &[Value]) -> Result<()> {
    let code = array.code();
    let numbers = items.iter().map(|item| number(code, item));
    let bytes = pack_all(cx, code, items.len(), numbers)?;
    array.bytes().extend(&bytes).map_err(refusal)
}

fn frombytes(_: &Cx<'_>, array: Rc<NumberArray>, buffer: Bytes) -> Result<()> {
    whole_items(array.code(), &buffer)?;
    // A window of the array itself pins it, so what is added must be a copy.
    let bytes = buffer.into_vec();
    array.bytes().extend(&bytes).map_err(refusal)
}

fn tobytes(_: &Cx<'_>, array: Rc<NumberArray>) -> Result<Vec<u8>> {
    Ok(array.bytes().with(<[u8]>::to_vec))
}

fn tolist(cx: &Cx<'_>, array: Rc<NumberArray>) -> Result<Vec<Value>> {
    cx.net.afford(
        array.len().saturating_mul(size_of::<Value>()),
        "the items of an array",
    )?;
    array.numbers().map(shown).collect()
}

/// The place an index means: negative ones count from the end.
fn place(length: usize, index: i64) -> Option<usize> {
    if index < 0 {
        length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
    } else {
        usize::try_from(index).ok()
    }
}

fn insert(_: &Cx<'_>, array: Rc<NumberArray>, index: i64, item: Any) -> Result<()> {
    let (bytes, size) = element::packed(&array, &item.0)?;
    let index = place(array.len(), index).unwrap_or(0).min(array.len());
    let start = index * size;
    array
        .bytes()
        .replace(start..start, &bytes[..size])
        .map_err(refusal)
}

fn pop(_: &Cx<'_>, array: Rc<NumberArray>, index: i64) -> Result<Value> {
    if array.len() == 0 {
        return Err(Error::new(Class::IndexError, "pop from empty array"));
    }
    let out_of_range = || Error::new(Class::IndexError, "pop index out of range");
    let index = place(array.len(), index).ok_or_else(out_of_range)?;
    let number = array.get(index).ok_or_else(out_of_range)?;
    let number = shown(number)?;
    take_out(&array, index)?;
    Ok(number)
}

fn take_out(array: &NumberArray, index: usize) -> Result<()> {
    let size = array.code().size;
    array
        .bytes()
        .replace(index * size..(index + 1) * size, &[])
        .map_err(refusal)
}

/// The places of the items that equal a value.
fn places(array: &NumberArray, value: &Value) -> impl Iterator<Item = usize> {
    let wanted = match value {
        Value::Float(number) => Some(Number::Float(*number)),
        other => wide(other).map(Number::Int),
    };
    array
        .numbers()
        .enumerate()
        .filter(move |(_, number)| wanted.is_some_and(|wanted| same((wanted, *number))))
        .map(|(place, _)| place)
}

fn remove(_: &Cx<'_>, array: Rc<NumberArray>, item: Any) -> Result<()> {
    let found = places(&array, &item.0).next();
    let index = found.ok_or_else(|| Error::value("array.remove(x): x not in array"))?;
    take_out(&array, index)
}

fn index(_: &Cx<'_>, array: Rc<NumberArray>, item: Any, start: i64, stop: i64) -> Result<usize> {
    let start = place(array.len(), start).unwrap_or(0);
    let stop = place(array.len(), stop).unwrap_or(0);
    places(&array, &item.0)
        .find(|place| (start..stop).contains(place))
        .ok_or_else(|| Error::value("array.index(x): x not in array"))
}

fn count(_: &Cx<'_>, array: Rc<NumberArray>, item: Any) -> Result<usize> {
    Ok(places(&array, &item.0).count())
}

fn reverse(_: &Cx<'_>, array: Rc<NumberArray>) -> Result<()> {
    let size = array.code().size;
    array.bytes().with_mut(|bytes| {
        bytes.reverse();
        bytes.chunks_mut(size).for_each(<[u8]>::reverse);
    });
    Ok(())
}

fn byteswap(_: &Cx<'_>, array: Rc<NumberArray>) -> Result<()> {
    let size = array.code().size;
    array
        .bytes()
        .with_mut(|bytes| bytes.chunks_mut(size).for_each(<[u8]>::reverse));
    Ok(())
}
