//! Values on their way between Rhai and the table; `reading` has the way there.
//!
//! A handle (socket, task, buffer, error, class, constant) is a Rhai custom type: the counted pointer itself. What
//! Python calls a tuple is an array here; the tag of its [`Dynamic`] remembers the kind, so that it still prints as
//! Python prints it and compares with any array.

use std::any::TypeId;
use std::rc::Rc;

use rhai::{Dynamic, FnPtr, ImmutableString, Map};

/// As wide on every platform as Rhai keeps it.
pub(super) type Tag = i32;

use crate::api::testing::Trial;
use crate::api::{Channel, Record, RecordKind, Selector, Steps, Type, Value};
use crate::bytes::{ByteArray, Bytes, Pinned};
use crate::constants::Constant;
use crate::error::{Class, Error};
use crate::file::File;
use crate::net::{Epoll, Poll, Socket};
use crate::sched::Task;
use crate::tls;
use crate::tools;
use crate::wire::packet::Schema;
use crate::wire::{NumberArray, Struct};
use crate::worker::{Link, Worker};

pub(super) use super::reading::{glance, keywords, read, read_keeping, take};
use super::{callback, kept};

/// Tag of an array that is several results; a record's kind follows as its place among all kinds.
pub(super) const SEVERAL: Tag = 1;

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
        Type::Struct => TypeId::of::<Rc<Struct>>(),
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

/// The kind of record an array stands for, if it is one.
pub(super) fn record_kind(value: &Dynamic) -> Option<&'static RecordKind> {
    let place = usize::try_from(value.tag() - SEVERAL - 1).ok()?;
    RecordKind::all().get(place).copied().filter(|_| value.is_array())
}

/// Whether an array stands for a Python tuple.
pub(super) fn is_tuple(value: &Dynamic) -> bool {
    value.tag() != 0 && value.is_array()
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
        Value::Struct(structure) => Dynamic::from(structure),
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
        assert_eq!(repr(&read(&give(several).into_shared(), 0, 1000)), text);
    }

    #[test]
    fn what_is_rhais_own_prints() {
        let shown = |value: Dynamic| repr(&read(&value, 0, 1000));
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
        assert_eq!(repr(&take(&mut blob, 1, 0)), r"b'\x00\xff'");
        assert!(blob.is_unit(), "an argument's bytes are moved");
        let function = Dynamic::from(FnPtr::new("f").expect("a name"));
        assert!(matches!(read(&function, 3, 0), Value::Function(3)));
        assert!(matches!(
            read(&Dynamic::from_array(vec![function]), 3, 0),
            Value::List(items) if matches!(items[..], [Value::Opaque("function")])
        ));
    }
}
