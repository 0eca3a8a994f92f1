//! Values on their way between Rhai and the table.
//!
//! A handle (socket, task, buffer, error, class, constant) is a Rhai custom type: the counted pointer itself. What
//! Python calls a tuple is an array here; the tag of its [`Dynamic`] remembers the kind, so that it still prints as
//! Python prints it and compares with any array.

use std::any::TypeId;
use std::ops::{Range, RangeInclusive};
use std::rc::Rc;

use rhai::{Array, Blob, Dynamic, FnPtr, ImmutableString, Map};

/// As wide on every platform as Rhai keeps it.
type Tag = i32;

use crate::api::testing::Trial;
use crate::api::{Channel, DEEPEST_DATA, Record, RecordKind, Selector, Steps, TOO_DEEP, Type, Value};
use crate::bytes::{ByteArray, Bytes, Pinned};
use crate::constants::Constant;
use crate::error::{Class, Error};
use crate::file::File;
use crate::net::{Epoll, Poll, Socket};
use crate::sched::Task;
use crate::tls;
use crate::tools;
use crate::wire::NumberArray;
use crate::wire::packet::Schema;
use crate::worker::{Link, Worker};

use super::callback;
use super::kept;

/// Tag of an array that is several results; a record's kind follows as its place among all kinds.
const SEVERAL: Tag = 1;

/// The Rhai type of a constant this platform does not have.
pub(super) type Absent = &'static Constant;

/// The Rhai type of a socket that speaks TLS.
#[derive(Clone)]
pub(super) struct TlsSocket(pub(super) Rc<Socket>);

/// The Rhai type of an iteration over a file's lines.
#[derive(Clone)]
pub(super) struct Lines(pub(super) Rc<File>);

/// The Rhai type behind each kind of handle.
pub(super) fn type_id(kind: Type) -> TypeId {
    match kind {
        Type::Socket => TypeId::of::<Rc<Socket>>(),
        Type::TlsSocket => TypeId::of::<TlsSocket>(),
        Type::TlsContext => TypeId::of::<Rc<tls::Context>>(),
        Type::Task => TypeId::of::<Rc<Task>>(),
        Type::Channel => TypeId::of::<Rc<Channel>>(),
        Type::Worker => TypeId::of::<Rc<Worker>>(),
        Type::Link => TypeId::of::<Link>(),
        Type::Poll => TypeId::of::<Rc<Poll>>(),
        Type::Epoll => TypeId::of::<Rc<Epoll>>(),
        Type::Selector => TypeId::of::<Rc<Selector>>(),
        Type::Tube => TypeId::of::<Rc<tools::Tube>>(),
        Type::Listener => TypeId::of::<Rc<tools::Listener>>(),
        Type::Pattern => TypeId::of::<Rc<tools::Pattern>>(),
        Type::Trial => TypeId::of::<Rc<Trial>>(),
        Type::File => TypeId::of::<Rc<File>>(),
        Type::ByteArray => TypeId::of::<Rc<ByteArray>>(),
        Type::View => TypeId::of::<Pinned>(),
        Type::Numbers => TypeId::of::<Rc<NumberArray>>(),
        Type::Schema => TypeId::of::<Schema>(),
        Type::Steps => TypeId::of::<Rc<Steps>>(),
        Type::Error => TypeId::of::<Rc<Error>>(),
        Type::Class => TypeId::of::<Class>(),
        Type::Absent => TypeId::of::<Absent>(),
    }
}

/// The kind of handle a value is. A shared value must not be locked.
pub(super) fn handle_type(value: &Dynamic) -> Option<Type> {
    let id = value.type_id();
    Type::ALL.into_iter().find(|kind| type_id(*kind) == id)
}

/// The socket a value is, be it one that speaks TLS or not.
#[inline]
pub(super) fn socket(value: &Dynamic) -> Option<Rc<Socket>> {
    with(value, Rc::<Socket>::clone).or_else(|| with(value, |socket: &TlsSocket| socket.0.clone()))
}

/// Runs `f` on a handle's pointer, if the value is one of this type.
#[inline]
pub(super) fn with<T: Clone + 'static, R>(value: &Dynamic, f: impl FnOnce(&T) -> R) -> Option<R> {
    value.read_lock::<T>().map(|handle| f(&handle))
}

/// An argument that may be used up. `place` is where it stands in the call.
pub(super) fn take(value: &mut Dynamic, place: usize) -> Value {
    if value.is_int() {
        return value.as_int().map_or(Value::None, Value::Int);
    }
    if value.is_fnptr() {
        return Value::Function(place);
    }
    if value.is_blob() {
        return owned_blob(value.take());
    }
    read(value, place)
}

/// Bytes that are nobody else's: they are moved, not copied.
fn owned_blob(value: Dynamic) -> Value {
    value.into_blob().map_or(Value::None, Value::bytes)
}

/// The value of something that stays where it is. `place` is where it stands in the call.
pub(super) fn read(value: &Dynamic, place: usize) -> Value {
    // A function inside an array or map is no argument of the call.
    read_at(value, 0, &|_, depth| match depth {
        0 => Value::Function(place),
        _ => Value::Opaque("function"),
    })
}

/// As [`read`], for who keeps each function in it.
pub(super) fn read_keeping(value: &Dynamic, keep: &dyn Fn(FnPtr) -> Value) -> Value {
    read_at(value, 0, &|function, _| {
        function.map_or(Value::Opaque("function"), keep)
    })
}

/// What becomes of a function, by how deep it stands.
type Functions<'a> = &'a dyn Fn(Option<FnPtr>, usize) -> Value;

fn read_at(value: &Dynamic, depth: usize, functions: Functions<'_>) -> Value {
    if value.is_shared() {
        return read_at(&value.flatten_clone(), depth, functions);
    }
    if depth > DEEPEST_DATA {
        return Value::Opaque(TOO_DEEP);
    }
    if value.is_variant() {
        return read_handle(value).unwrap_or_else(|| read_own(value));
    }
    if let Some(simple) = read_simple(value) {
        return simple;
    }
    if value.is_fnptr() {
        return functions(function(value), depth);
    }
    if let Some(items) = value.read_lock::<Array>() {
        let items = items
            .iter()
            .map(|item| read_at(item, depth + 1, functions))
            .collect();
        return tuple(value.tag(), items);
    }
    if let Some(map) = value.read_lock::<Map>() {
        let entries = map.iter();
        return Value::Map(
            entries
                .map(|(key, value)| (key.to_string(), read_at(value, depth + 1, functions)))
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
pub(super) fn keywords(map: &Map, first: usize) -> Vec<(String, Value)> {
    map.iter()
        .zip(first..)
        .map(|((key, value), place)| (key.to_string(), read(value, place)))
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

/// The kind of record an array stands for, if it is one.
pub(super) fn record_kind(value: &Dynamic) -> Option<&'static RecordKind> {
    let place = usize::try_from(value.tag() - SEVERAL - 1).ok()?;
    RecordKind::all().get(place).copied().filter(|_| value.is_array())
}

/// Whether an array stands for a Python tuple.
pub(super) fn is_tuple(value: &Dynamic) -> bool {
    value.tag() != 0 && value.is_array()
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
        Type::Steps => Value::Steps(with(value, Rc::<Steps>::clone)?),
        Type::Error => Value::Error(with(value, Rc::<Error>::clone)?),
        Type::Class => Value::Class(with(value, Class::clone)?),
        Type::Absent => Value::Absent(with(value, |constant: &Absent| *constant)?),
    })
}

/// What a script gets for a value. Results of an ended task and functions have no form of their own here: `()`.
pub(super) fn give(value: Value) -> Dynamic {
    match value {
        Value::None
        | Value::Null
        | Value::Function(_)
        | Value::Given(_)
        | Value::Rest(_)
        | Value::Outcome(_)
        | Value::Opaque(_)
        | Value::Thing { .. }
        | Value::Instance { .. }
        | Value::Foreign(_) => Dynamic::UNIT,
        Value::Kept(function) => callback::kept(&*function).map_or(Dynamic::UNIT, Dynamic::from),
        Value::Range(from, to) => Dynamic::from(from..to),
        Value::Bool(flag) => flag.into(),
        Value::Int(number) => number.into(),
        Value::Float(number) => number.into(),
        Value::Text(text) => ImmutableString::from(&*text).into(),
        Value::Bytes(bytes) => give_bytes(bytes),
        // Lua's: text where it is text.
        Value::String(bytes) => match String::from_utf8(bytes.into_vec()) {
            Ok(text) => text.into(),
            Err(error) => Dynamic::from_blob(error.into_bytes()),
        },
        Value::List(items) => array(items, 0),
        Value::Several(items) => array(items, SEVERAL),
        Value::Bearing(bearing) => {
            let (results, fds) = *bearing;
            let given = give(results);
            fds.deliver();
            given
        }
        Value::Record(record) => give_record(*record),
        Value::Map(entries) => entries
            .into_iter()
            .map(|(key, value)| (key.into(), give(value)))
            .collect::<Map>()
            .into(),
        Value::Table(entries) => entries
            .into_iter()
            .map(|(key, value)| (table_key(key).into(), give(value)))
            .collect::<Map>()
            .into(),
        Value::Socket(socket) if socket.is_wrapped() => Dynamic::from(TlsSocket(socket)),
        Value::Socket(socket) => Dynamic::from(socket),
        Value::TlsContext(context) => Dynamic::from(context),
        Value::Task(task) => Dynamic::from(task),
        Value::Channel(channel) => Dynamic::from(channel),
        Value::Worker(worker) => Dynamic::from(worker),
        Value::Link(channel) => Dynamic::from(channel),
        Value::Poll(poll) => Dynamic::from(poll),
        Value::Epoll(set) => Dynamic::from(set),
        Value::Selector(selector) => Dynamic::from(selector),
        Value::Tube(tube) => Dynamic::from(tube),
        Value::Listener(listener) => Dynamic::from(listener),
        Value::Pattern(pattern) => Dynamic::from(pattern),
        Value::Trial(trial) => Dynamic::from(trial),
        Value::Held(held) => kept::give(&*held),
        Value::File(file) => Dynamic::from(file),
        Value::Lines(file) => Dynamic::from(Lines(file)),
        Value::Array(array) => Dynamic::from(array),
        Value::View(view) => Dynamic::from(view),
        Value::Numbers(numbers) => Dynamic::from(numbers),
        Value::Schema(schema) => Dynamic::from(schema),
        Value::Steps(steps) => Dynamic::from(steps),
        Value::Class(class) => Dynamic::from(class),
        Value::Error(error) => Dynamic::from(error),
        Value::Absent(constant) => Dynamic::from(constant),
    }
}

/// A key of a Lua table as the key of a map, which is a text.
fn table_key(key: Value) -> String {
    match key {
        Value::Text(text) => text.into_owned(),
        Value::String(bytes) | Value::Bytes(bytes) => String::from_utf8_lossy(&bytes.into_vec()).into_owned(),
        Value::Int(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        other => crate::api::repr(&other),
    }
}

/// A blob of these bytes: one copy out of the scratch buffer, none of bytes that are ours.
fn give_bytes(bytes: Bytes) -> Dynamic {
    Dynamic::from_blob(bytes.into_vec())
}

fn give_record(record: Record) -> Dynamic {
    let Record { kind, mut items } = record;
    if kind.is_bare() && items.len() == 1 {
        return give(items.remove(0));
    }
    let place = RecordKind::all()
        .iter()
        .position(|known| std::ptr::eq(*known, kind))
        .and_then(|place| Tag::try_from(place).ok());
    array(items, place.map_or(SEVERAL, |place| SEVERAL + 1 + place))
}

fn array(items: Vec<Value>, tag: Tag) -> Dynamic {
    let mut array = Dynamic::from_array(items.into_iter().map(give).collect());
    array.set_tag(tag);
    array
}

/// The function an argument is.
pub(super) fn function(value: &Dynamic) -> Option<FnPtr> {
    value.read_lock::<FnPtr>().map(|function| function.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::repr;

    #[test]
    fn tuples_stay_tuples_on_their_way_through_rhai() {
        let [inet, ..] = RecordKind::all();
        let record = Value::Record(Box::new(Record {
            kind: inet,
            items: vec![Value::text("::1"), Value::Int(80)],
        }));
        let several = Value::Several(vec![record, Value::List(vec![Value::None])]);
        let text = repr(&several);
        assert_eq!(text, "(('::1', 80), [None])");
        assert_eq!(repr(&read(&give(several).into_shared(), 0)), text);
    }

    #[test]
    fn what_is_rhais_own_prints() {
        let shown = |value: Dynamic| repr(&read(&value, 0));
        assert_eq!(shown(Dynamic::from(1_i64..5)), "range(1, 5)");
        assert_eq!(
            shown(Dynamic::from_array(vec![Dynamic::from(1_i64..=5)])),
            "[range(1, 6)]"
        );
        assert_eq!(
            shown(Dynamic::from_timestamp(rhai::Instant::now())),
            "<timestamp>"
        );
    }

    #[test]
    fn bytes_and_functions_keep_their_kind() {
        let mut blob = Dynamic::from_blob(vec![0, 255]);
        assert_eq!(repr(&take(&mut blob, 1)), r"b'\x00\xff'");
        assert!(blob.is_unit(), "an argument's bytes are moved");
        let function = Dynamic::from(FnPtr::new("f").expect("a name"));
        assert!(matches!(read(&function, 3), Value::Function(3)));
        assert!(matches!(
            read(&Dynamic::from_array(vec![function]), 3),
            Value::List(items) if matches!(items[..], [Value::Opaque("function")])
        ));
    }
}
