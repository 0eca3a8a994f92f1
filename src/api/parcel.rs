//! Values into parcels for other threads and back: what may go, and where in a value something is that may not.

use std::fmt;
use std::rc::Rc;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::net::{Net, Socket};
use crate::text::str_repr;
use crate::worker::{Content, Delivery, Draft, Link};

use super::argument::{FromArg, Mismatch, PORTABLE, Text, Values};
use super::record::RecordKind;
use super::value::{Record, Value};
use super::{CYCLIC, TOO_DEEP};

/// A value for another thread: nothing of it is left out.
pub(crate) struct Portable(pub(crate) Value);

/// The arguments that are left, as values for another thread.
pub(crate) struct Portables(pub(crate) Vec<Value>);

/// A script for another thread.
pub(crate) enum Source {
    /// A function among the call's arguments.
    Function(usize),
    /// A path or source text.
    Text(Vec<u8>),
}

impl FromArg for Portable {
    const KIND: &'static str = PORTABLE;
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        Ok(Self(value))
    }
}

impl FromArg for Portables {
    const KIND: &'static str = PORTABLE;
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        Values::from_arg(value).map(|Values(values)| Self(values))
    }
}

impl FromArg for Source {
    const KIND: &'static str = "function or str";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::Function(place) => Ok(Self::Function(place)),
            Value::Text(_) | Value::String(_) => Text::from_arg(value).map(|Text(text)| Self::Text(text)),
            _ => Err(Mismatch::Kind),
        }
    }
}

/// Kind of a tuple that is several results; a record's kind follows as its place among all kinds.
const SEVERAL: usize = 0;

/// Values as a draft, which still names their sockets. `name` says what each is called in messages, `first` what number a
/// list's first place has for the script.
///
/// # Errors
/// `TypeError` for what is no plain data, with its place; `ValueError` for a socket that cannot go.
pub(super) fn pack(values: &[Value], first: usize, name: impl Fn(usize) -> String) -> Result<Draft> {
    let mut packing = Packing {
        sockets: Vec::new(),
        first,
    };
    let contents = (1..)
        .zip(values)
        .map(|(place, value)| packing.content(value, &Place::Top(&name(place))))
        .collect::<Result<_>>()?;
    Ok(Draft::new(contents, packing.sockets))
}

/// The values of a delivery.
pub(super) fn unpack(delivery: &Delivery) -> Vec<Value> {
    delivery
        .contents
        .iter()
        .map(|content| value(content, &delivery.sockets))
        .collect()
}

/// The next value of a channel between threads.
///
/// # Errors
/// As [`Link::receive`].
pub(super) fn receive(net: &Rc<Net>, channel: &Link, deadline: Option<Instant>) -> Result<Value> {
    let delivery = channel.receive(net, deadline)?;
    Ok(unpack(&delivery).pop().unwrap_or(Value::None))
}

/// Where in a value something is.
enum Place<'a> {
    Top(&'a str),
    Index(&'a Self, usize),
    Key(&'a Self, String),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top(_) => Ok(()),
            Self::Index(outer, index) => write!(f, "{outer}[{index}]"),
            Self::Key(outer, key) if is_word(key) => write!(f, "{outer}.{key}"),
            Self::Key(outer, key) => write!(f, "{outer}[{}]", str_repr(key)),
        }
    }
}

fn is_word(key: &str) -> bool {
    !key.is_empty()
        && key
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_')
}

impl Place<'_> {
    fn top(&self) -> &str {
        match self {
            Self::Top(name) => name,
            Self::Index(outer, _) | Self::Key(outer, _) => outer.top(),
        }
    }

    /// In words; what is very deep is shortened.
    fn told(&self) -> String {
        const MOST: usize = 60;
        let way = self.to_string();
        let end = way.char_indices().nth(MOST);
        match (self, end) {
            (Self::Top(name), _) => (*name).to_owned(),
            (_, None) => format!("{}, at {way},", self.top()),
            (_, Some((end, _))) => format!("{}, at {}...,", self.top(), &way[..end]),
        }
    }
}

/// What packing needs all the way.
struct Packing {
    sockets: Vec<Rc<Socket>>,
    first: usize,
}

impl Packing {
    fn content(&mut self, value: &Value, place: &Place<'_>) -> Result<Content> {
        Ok(match value {
            Value::None => Content::None,
            Value::Null => Content::Null,
            Value::Bool(flag) => Content::Bool(*flag),
            Value::Int(number) => Content::Int(*number),
            Value::Float(number) => Content::Float(*number),
            Value::Text(text) => Content::Text(text.clone().into_owned()),
            Value::Bytes(bytes) => Content::Bytes(bytes.to_vec()),
            Value::String(bytes) => Content::String(bytes.to_vec()),
            Value::List(items) => Content::List(self.list(items, place)?),
            Value::Several(items) => Content::Tuple(SEVERAL, self.list(items, place)?),
            Value::Record(record) => {
                let kind = RecordKind::all()
                    .iter()
                    .position(|known| std::ptr::eq(*known, record.kind))
                    .map_or(SEVERAL, |place| place + 1);
                Content::Tuple(kind, self.list(&record.items, place)?)
            }
            Value::Map(entries) => Content::Map(
                entries
                    .iter()
                    .map(|(key, value)| {
                        let place = Place::Key(place, key.clone());
                        Ok((key.clone(), self.content(value, &place)?))
                    })
                    .collect::<Result<_>>()?,
            ),
            Value::Table(entries) => Content::Table(
                entries
                    .iter()
                    .map(|(key, value)| {
                        let place = Place::Key(place, key_text(key));
                        Ok((self.content(key, &place)?, self.content(value, &place)?))
                    })
                    .collect::<Result<_>>()?,
            ),
            Value::Socket(socket) => {
                if let Some(reason) = socket.stays_because() {
                    return Err(Error::value(format!(
                        "{} is {socket}, which cannot go to another thread: {reason}",
                        place.told()
                    )));
                }
                let known = self.sockets.iter().position(|other| Rc::ptr_eq(other, socket));
                Content::Socket(known.unwrap_or_else(|| {
                    self.sockets.push(socket.clone());
                    self.sockets.len() - 1
                }))
            }
            Value::Link(channel) => Content::Link(channel.clone()),
            Value::Opaque(kind @ (CYCLIC | TOO_DEEP)) => {
                return Err(Error::value(format!(
                    "{} is a {kind}, which cannot go to another thread",
                    place.told()
                )));
            }
            other => {
                return Err(Error::type_error(format!(
                    "{} is {} {}, which cannot go to another thread: nothing but nil, booleans, numbers, strings, \
                 tables or arrays of these, sockets and worker channels can",
                    place.told(),
                    article(other.kind()),
                    other.kind()
                )));
            }
        })
    }

    fn list(&mut self, items: &[Value], place: &Place<'_>) -> Result<Vec<Content>> {
        (self.first..)
            .zip(items)
            .map(|(index, item)| self.content(item, &Place::Index(place, index)))
            .collect()
    }
}

/// A key of a table, as it stands between brackets.
fn key_text(key: &Value) -> String {
    match key {
        Value::Text(text) => text.clone().into_owned(),
        Value::String(bytes) => bytes.with(|bytes| String::from_utf8_lossy(bytes).into_owned()),
        other => super::repr(other),
    }
}

pub(super) fn article(kind: &str) -> &'static str {
    if kind.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    }
}

fn value(content: &Content, sockets: &[Rc<Socket>]) -> Value {
    let all = |items: &[Content]| items.iter().map(|item| value(item, sockets)).collect::<Vec<_>>();
    match content {
        Content::None => Value::None,
        Content::Null => Value::Null,
        Content::Bool(flag) => Value::Bool(*flag),
        Content::Int(number) => Value::Int(*number),
        Content::Float(number) => Value::Float(*number),
        Content::Text(text) => Value::text(text.clone()),
        Content::Bytes(bytes) => Value::bytes(bytes.clone()),
        Content::String(bytes) => Value::String(crate::bytes::Bytes::Owned(bytes.clone())),
        Content::List(items) => Value::List(all(items)),
        Content::Tuple(kind, items) => {
            let kind = kind
                .checked_sub(1)
                .and_then(|place| RecordKind::all().get(place).copied());
            match kind {
                Some(kind) => Value::Record(Box::new(Record {
                    kind,
                    items: all(items),
                })),
                None => Value::Several(all(items)),
            }
        }
        Content::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|(key, item)| (key.clone(), value(item, sockets)))
                .collect(),
        ),
        Content::Table(entries) => Value::Table(
            entries
                .iter()
                .map(|(key, item)| (value(key, sockets), value(item, sockets)))
                .collect(),
        ),
        Content::Socket(place) => sockets
            .get(*place)
            .map_or(Value::None, |socket| Value::Socket(socket.clone())),
        Content::Link(channel) => Value::Link(channel.clone()),
    }
}
