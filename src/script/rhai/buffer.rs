//! Bytes in scripts: the literal `bytes("\x7f")`, and what `bytearray` and its views do as Rhai values beyond their
//! rows in the table: length, single bytes by place (from 0; negative counts from the end), equality.

use std::any::TypeId;
use std::rc::Rc;

use rhai::{Array, Blob, Dynamic, ImmutableString, Module};

use crate::api::{Type, Value};
use crate::bytes::{ByteArray, Pinned};
use crate::error::{Class, Error, Result};

use super::op::{Native, Site, register};
use super::value::{self, type_id};

/// Registers them.
pub(super) fn install(functions: &mut Module, site: &Rc<Site>) {
    literal(functions, site);
    for kind in [Type::ByteArray, Type::View] {
        length(functions, kind);
        places(functions, site, kind);
    }
    equality(functions);
}

/// `bytes("…")`: one byte a character. Also a copy of a blob, and the bytes of a list of numbers.
fn literal(functions: &mut Module, site: &Rc<Site>) {
    let site = site.clone();
    let native: Native = Rc::new(move |context, args| {
        let value = args
            .first()
            .map_or(Value::None, |argument| value::read(argument, 0));
        bytes_of(value)
            .map(Dynamic::from_blob)
            .map_err(|error| site.raise(error, context.as_ref()))
    });
    for id in [
        TypeId::of::<ImmutableString>(),
        TypeId::of::<Blob>(),
        TypeId::of::<Array>(),
        TypeId::of::<char>(),
    ] {
        register(functions, "bytes", &[id], &native);
    }
}

fn bytes_of(value: Value) -> Result<Blob> {
    match value {
        Value::Text(text) => text
            .chars()
            .map(|letter| {
                u8::try_from(letter).map_err(|_| {
                    Error::value(format!(
                        "bytes() takes one byte a character: U+{:04X} is above U+00FF",
                        u32::from(letter)
                    ))
                })
            })
            .collect(),
        Value::Bytes(bytes) => Ok(bytes.into_vec()),
        Value::List(items) | Value::Several(items) => items.iter().map(byte).collect(),
        other => Err(Error::type_error(format!(
            "cannot convert '{}' object to bytes",
            other.kind()
        ))),
    }
}

fn byte(value: &Value) -> Result<u8> {
    match value {
        Value::Int(number) => {
            u8::try_from(*number).map_err(|_| Error::value("byte must be in range(0, 256)"))
        }
        other => Err(Error::type_error(format!(
            "a byte must be int, not {}",
            other.kind()
        ))),
    }
}

/// The bytes of an array or view, to be looked at.
fn look<R>(object: &Dynamic, f: impl FnOnce(&[u8]) -> R) -> Option<R> {
    if let Some(array) = value::with(object, Rc::<ByteArray>::clone) {
        return Some(array.with(f));
    }
    let view = value::with(object, Pinned::clone)?;
    let bytes = view.window_mut();
    Some(f(&bytes))
}

fn length(functions: &mut Module, kind: Type) {
    let native: Native = Rc::new(|_, args| {
        let length = args.first().and_then(|object| look(object, <[u8]>::len));
        Ok(length
            .and_then(|length| i64::try_from(length).ok())
            .unwrap_or(0)
            .into())
    });
    register(functions, "len", &[type_id(kind)], &native);
    register(functions, "get$len", &[type_id(kind)], &native);
}

/// `b[0]` and `b[0] = 1`.
fn places(functions: &mut Module, site: &Rc<Site>, kind: Type) {
    let int = TypeId::of::<i64>();
    let reader = site.clone();
    let get: Native = Rc::new(move |context, args| {
        let found = match args {
            [object, index, ..] => index.as_int().ok().and_then(|index| {
                look(object, |bytes| {
                    place(bytes.len(), index).and_then(|place| bytes.get(place).copied())
                })
                .flatten()
            }),
            _ => None,
        };
        found
            .map(|byte| i64::from(byte).into())
            .ok_or_else(|| reader.raise(out_of_range(kind), context.as_ref()))
    });
    register(functions, "index$get$", &[type_id(kind), int], &get);
    let writer = site.clone();
    let set: Native = Rc::new(move |context, args| {
        set_byte(kind, args)
            .map(|()| Dynamic::UNIT)
            .map_err(|error| writer.raise(error, context.as_ref()))
    });
    register(
        functions,
        "index$set$",
        &[type_id(kind), int, TypeId::of::<Dynamic>()],
        &set,
    );
}

fn set_byte(kind: Type, args: &mut [&mut Dynamic]) -> Result<()> {
    let [object, index, value] = args else {
        return Err(out_of_range(kind));
    };
    let byte = byte(&value::read(value, 2))?;
    let index = index.as_int().unwrap_or(i64::MAX);
    let done = if let Some(array) = value::with(object, Rc::<ByteArray>::clone) {
        place(array.len(), index).is_some_and(|place| array.set(place, byte))
    } else {
        value::with(object, Pinned::clone)
            .and_then(|view| {
                let place = place(view.len(), index)?;
                *view.window_mut().get_mut(place)? = byte;
                Some(())
            })
            .is_some()
    };
    if done { Ok(()) } else { Err(out_of_range(kind)) }
}

/// The place an index means: negative ones count from the end.
fn place(length: usize, index: i64) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    let place = if index < 0 {
        length.checked_add(index)?
    } else {
        index
    };
    usize::try_from(place).ok()
}

fn out_of_range(kind: Type) -> Error {
    Error::new(Class::IndexError, format!("{} index out of range", kind.name()))
}

/// Buffers are equal when their bytes are; also to a blob.
fn equality(functions: &mut Module) {
    let kinds = [
        type_id(Type::ByteArray),
        type_id(Type::View),
        TypeId::of::<Blob>(),
    ];
    for one in kinds {
        for other in kinds {
            if one == kinds[2] && other == kinds[2] {
                continue;
            }
            for (name, wanted) in [("==", true), ("!=", false)] {
                let native: Native = Rc::new(move |_, args| {
                    let mut bytes = args.iter().map(|argument| {
                        argument
                            .read_lock::<Blob>()
                            .map(|blob| blob.clone())
                            .or_else(|| look(argument, <[u8]>::to_vec))
                    });
                    Ok(((bytes.next() == bytes.next()) == wanted).into())
                });
                register(functions, name, &[one, other], &native);
            }
        }
    }
}
