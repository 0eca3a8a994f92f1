//! Bytes in scripts: the literal `bytes("\x7f")`, and what `bytearray`, its views and `array` do as Rhai values beyond
//! their rows in the table: length, items by place (from 0; negative counts from the end), walking (blobs too), equality.

use std::any::TypeId;
use std::rc::Rc;

use rhai::{Array, Blob, Dynamic, ImmutableString, Module};

use crate::api::{Type, Value, element};
use crate::error::{Class, Error, Result};

use super::bounded;
use super::op::{Native, Site, register};
use super::value::{self, type_id};

/// Registers them.
pub(super) fn install(functions: &mut Module, site: &Rc<Site>) {
    literal(functions, site);
    for kind in [Type::ByteArray, Type::View, Type::Numbers] {
        length(functions, kind);
        places(functions, site, kind);
        items(functions, site, kind);
    }
    equality(functions);
    walk(functions);
}

/// `for byte in blob`: numbers as `blob[i]` has them. Rhai's own are of a type that nothing can be done with.
fn walk(functions: &mut Module) {
    functions.set_iter(TypeId::of::<Blob>(), |blob| {
        let bytes = blob.flatten().into_blob().unwrap_or_default();
        Box::new(bytes.into_iter().map(|byte| Dynamic::from_int(byte.into())))
    });
}

/// `bytes("…")`: one byte a character. Also a copy of a blob, and the bytes of a list of numbers.
fn literal(functions: &mut Module, site: &Rc<Site>) {
    let site = site.clone();
    let native: Native = Rc::new(move |context, args| {
        let value = args.first().map_or(Value::None, |argument| {
            value::read(argument, 0, bounded::share(&site.net))
        });
        bytes_of(value)
            .map(Dynamic::from_blob)
            .map_err(|error| site.raise(error, context.as_ref()))
    });
    for id in [
        TypeId::of::<ImmutableString>(),
        TypeId::of::<Blob>(),
        TypeId::of::<Array>(),
        TypeId::of::<char>(),
        type_id(Type::Numbers),
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
        Value::Numbers(numbers) => Ok(numbers.bytes().with(<[u8]>::to_vec)),
        Value::List(items) | Value::Several(items) => items.iter().map(element::byte).collect(),
        other => Err(Error::type_error(format!(
            "cannot convert '{}' object to bytes",
            other.kind()
        ))),
    }
}

fn length(functions: &mut Module, kind: Type) {
    let native: Native = Rc::new(|_, args| {
        let length = args
            .first()
            .and_then(|object| element::length(&value::glance(object)));
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
        item(kind, args)
            .map(value::give)
            .map_err(|error| reader.raise(error, context.as_ref()))
    });
    register(functions, "index$get$", &[type_id(kind), int], &get);
    let writer = site.clone();
    let set: Native = Rc::new(move |context, args| {
        set_item(kind, args)
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

fn item(kind: Type, args: &[&mut Dynamic]) -> Result<Value> {
    let [object, index, ..] = args else {
        return Err(out_of_range(kind));
    };
    let object = value::glance(object);
    place(&object, index)
        .map(|place| element::get(&object, place))
        .transpose()?
        .flatten()
        .ok_or_else(|| out_of_range(kind))
}

fn set_item(kind: Type, args: &[&mut Dynamic]) -> Result<()> {
    let [object, index, item] = args else {
        return Err(out_of_range(kind));
    };
    let object = value::glance(object);
    element::set(&object, place(&object, index), &value::glance(item))
}

/// The place an index means: negative ones count from the end.
fn place(object: &Value, index: &Dynamic) -> Option<usize> {
    let index = index.as_int().ok()?;
    if index < 0 {
        element::length(object)?.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
    } else {
        usize::try_from(index).ok()
    }
}

fn out_of_range(kind: Type) -> Error {
    Error::new(Class::IndexError, format!("{} index out of range", kind.name()))
}

/// `for item in buffer`: as many items as there were when it began.
fn items(functions: &mut Module, site: &Rc<Site>, kind: Type) {
    let site = site.clone();
    functions.set_iter_result(type_id(kind), move |buffer| {
        let site = site.clone();
        let buffer = value::glance(&buffer);
        let count = element::length(&buffer).unwrap_or(0);
        Box::new(
            (0..count).map_while(move |index| match element::get(&buffer, index) {
                Ok(item) => item.map(|item| Ok(value::give(item))),
                Err(error) => Some(Err(site.raise(error, None))),
            }),
        )
    });
}

/// Buffers are equal when their bytes are, arrays when their numbers are; also to a blob.
fn equality(functions: &mut Module) {
    let kinds = [
        TypeId::of::<Blob>(),
        type_id(Type::ByteArray),
        type_id(Type::View),
        type_id(Type::Numbers),
    ];
    for one in kinds {
        for other in kinds {
            if one == kinds[0] && other == kinds[0] {
                continue;
            }
            for (name, wanted) in [("==", true), ("!=", false)] {
                let native: Native = Rc::new(move |_, args| {
                    let equal = match args {
                        [one, other] => element::equal(&value::glance(one), &value::glance(other)),
                        _ => None,
                    };
                    Ok((equal.unwrap_or(false) == wanted).into())
                });
                register(functions, name, &[one, other], &native);
            }
        }
    }
}
