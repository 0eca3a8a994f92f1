//! Values on their way from Rhai to the table.

use std::ops::{Range, RangeInclusive};
use std::rc::Rc;

use rhai::{Array, Blob, Dynamic, FnPtr, Map};

use crate::api::testing::Trial;
use crate::api::{Channel, DEEPEST_DATA, Record, RecordKind, Selector, Steps, TOO_DEEP, Type, Value};
use crate::bytes::{ByteArray, Pinned};
use crate::error::{Class, Error};
use crate::file::File;
use crate::net::{Epoll, Poll, Socket};
use crate::sched::Task;
use crate::tls;
use crate::tools;
use crate::wire::packet::Schema;
use crate::wire::{NumberArray, Struct};
use crate::worker::{Link, Worker};

use super::value::{Absent, SEVERAL, Tag, TlsSocket, function, handle_type, with};

/// What is read in place of a text or blob for which nothing is left.
const TOO_MANY_BYTES: &str = "array or map of too many bytes";

/// An argument that may be used up. `place` is where it stands in the call; `most` is as in [`read`].
pub(super) fn take(value: &mut Dynamic, place: usize, most: usize) -> Value {
    if value.is_int() {
        return value.as_int().map_or(Value::None, Value::Int);
    }
    if value.is_fnptr() {
        return Value::Function(place);
    }
    if value.is_blob() {
        return owned_blob(value.take());
    }
    read(value, place, most)
}

/// Bytes that are nobody else's: they are moved, not copied.
fn owned_blob(value: Dynamic) -> Value {
    value.into_blob().map_or(Value::None, Value::bytes)
}

/// The value of something that stays where it is. `place` is where it stands in the call. Of the texts and blobs within arrays and
/// maps `most` bytes are copied: one text may stand there any number of times.
pub(super) fn read(value: &Dynamic, place: usize, most: usize) -> Value {
    // A function inside an array or map is no argument of the call.
    let functions = |_, depth| match depth {
        0 => Value::Function(place),
        _ => Value::Opaque("function"),
    };
    read_at(value, 0, &mut Reading::new(&functions, most))
}

/// As [`read`], for who is after a handle, a plain value or a kind.
pub(super) fn glance(value: &Dynamic) -> Value {
    read(value, 0, 0)
}

/// As [`read`], for who keeps each function in it.
pub(super) fn read_keeping(value: &Dynamic, keep: &dyn Fn(FnPtr) -> Value, most: usize) -> Value {
    let functions = |function: Option<FnPtr>, _| function.map_or(Value::Opaque("function"), keep);
    read_at(value, 0, &mut Reading::new(&functions, most))
}

/// How a value is read.
struct Reading<'a> {
    /// What becomes of a function, by how deep it stands.
    functions: &'a dyn Fn(Option<FnPtr>, usize) -> Value,
    /// Bytes within arrays and maps that may still be copied.
    left: usize,
}

impl<'a> Reading<'a> {
    fn new(functions: &'a dyn Fn(Option<FnPtr>, usize) -> Value, most: usize) -> Self {
        Self {
            functions,
            left: most,
        }
    }

    /// Whether the text or blob that a value is may be copied.
    fn affords(&mut self, value: &Dynamic, depth: usize) -> bool {
        if depth == 0 {
            return true;
        }
        let text = value.as_immutable_string_ref().map(|text| text.len());
        let size = text.or_else(|_| value.as_blob_ref().map(|blob| blob.len()));
        match self.left.checked_sub(size.unwrap_or(0)) {
            Some(left) => self.left = left,
            None => return false,
        }
        true
    }
}

fn read_at(value: &Dynamic, depth: usize, reading: &mut Reading<'_>) -> Value {
    if value.is_shared() {
        return read_at(&value.flatten_clone(), depth, reading);
    }
    if depth > DEEPEST_DATA {
        return Value::Opaque(TOO_DEEP);
    }
    if value.is_variant() {
        return read_handle(value).unwrap_or_else(|| read_own(value));
    }
    if !reading.affords(value, depth) {
        return Value::Opaque(TOO_MANY_BYTES);
    }
    if let Some(simple) = read_simple(value) {
        return simple;
    }
    if value.is_fnptr() {
        return (reading.functions)(function(value), depth);
    }
    if let Some(items) = value.read_lock::<Array>() {
        let items = items
            .iter()
            .map(|item| read_at(item, depth + 1, reading))
            .collect();
        return tuple(value.tag(), items);
    }
    if let Some(map) = value.read_lock::<Map>() {
        let entries = map.iter();
        return Value::Map(
            entries
                .map(|(key, value)| (key.to_string(), read_at(value, depth + 1, reading)))
                .collect(),
        );
    }
    Value::Opaque(if value.is_timestamp() {
        "timestamp"
    } else {
        "object"
    })
}

/// What is an object of Rhai's own, or of a class of the script's.
fn read_own(value: &Dynamic) -> Value {
    if let Some(range) = value.read_lock::<Range<i64>>() {
        return Value::Range(range.start, range.end);
    }
    let up_to = value
        .read_lock::<RangeInclusive<i64>>()
        .and_then(|range| Some(Value::Range(*range.start(), range.end().checked_add(1)?)));
    up_to
        .or_else(|| super::class::read(value))
        .unwrap_or(Value::Opaque("object"))
}

/// What a map of keywords holds, by name. Functions in it are told apart by their place among its values, from `first` on.
pub(super) fn keywords(map: &Map, first: usize, most: usize) -> Vec<(String, Value)> {
    map.iter()
        .zip(first..)
        .map(|((key, value), place)| (key.to_string(), read(value, place, most)))
        .collect()
}

fn read_simple(value: &Dynamic) -> Option<Value> {
    if value.is_unit() {
        return Some(Value::None);
    }
    if let Ok(number) = value.as_int() {
        return Some(Value::Int(number));
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return Some(Value::text(text.as_str().to_owned()));
    }
    if let Ok(flag) = value.as_bool() {
        return Some(Value::Bool(flag));
    }
    if let Ok(number) = value.as_float() {
        return Some(Value::Float(number));
    }
    if let Ok(letter) = value.as_char() {
        return Some(Value::text(letter.to_string()));
    }
    value.read_lock::<Blob>().map(|bytes| Value::bytes(bytes.clone()))
}

fn tuple(tag: Tag, items: Vec<Value>) -> Value {
    match tag {
        0 => Value::List(items),
        SEVERAL => Value::Several(items),
        kind => match usize::try_from(kind - SEVERAL - 1)
            .ok()
            .and_then(|place| RecordKind::all().get(place).copied())
        {
            Some(kind) => Value::Record(Box::new(Record { kind, items })),
            None => Value::List(items),
        },
    }
}

fn read_handle(value: &Dynamic) -> Option<Value> {
    Some(match handle_type(value)? {
        Type::Socket => Value::Socket(with(value, Rc::<Socket>::clone)?),
        Type::TlsSocket => Value::Socket(with(value, |socket: &TlsSocket| socket.0.clone())?),
        Type::TlsContext => Value::TlsContext(with(value, Rc::<tls::Context>::clone)?),
        Type::Task => Value::Task(with(value, Rc::<Task>::clone)?),
        Type::Channel => Value::Channel(with(value, Rc::<Channel>::clone)?),
        Type::Worker => Value::Worker(with(value, Rc::<Worker>::clone)?),
        Type::Link => Value::Link(with(value, Link::clone)?),
        Type::Poll => Value::Poll(with(value, Rc::<Poll>::clone)?),
        Type::Epoll => Value::Epoll(with(value, Rc::<Epoll>::clone)?),
        Type::Selector => Value::Selector(with(value, Rc::<Selector>::clone)?),
        Type::Tube => Value::Tube(with(value, Rc::<tools::Tube>::clone)?),
        Type::Listener => Value::Listener(with(value, Rc::<tools::Listener>::clone)?),
        Type::Pattern => Value::Pattern(with(value, Rc::<tools::Pattern>::clone)?),
        Type::Trial => Value::Trial(with(value, Rc::<Trial>::clone)?),
        Type::File => Value::File(with(value, Rc::<File>::clone)?),
        Type::ByteArray => Value::Array(with(value, Rc::<ByteArray>::clone)?),
        Type::View => Value::View(with(value, Pinned::clone)?),
        Type::Numbers => Value::Numbers(with(value, Rc::<NumberArray>::clone)?),
        Type::Schema => Value::Schema(with(value, Schema::clone)?),
        Type::Struct => Value::Struct(with(value, Rc::<Struct>::clone)?),
        Type::Steps => Value::Steps(with(value, Rc::<Steps>::clone)?),
        Type::Error => Value::Error(with(value, Rc::<Error>::clone)?),
        Type::Class => Value::Class(with(value, Class::clone)?),
        Type::Absent => Value::Absent(with(value, |constant: &Absent| *constant)?),
    })
}
