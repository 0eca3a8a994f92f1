//! A value of a script as Rust holds it: [`Value`], for what has no type known beforehand, and what a socket or function
//! of a script is in Rust's hands.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::{Rc, Weak};

use crate::api;
use crate::bytes::Bytes;
use crate::error::{Error, Result};
use crate::net::{Net, Socket};
use crate::script::Language;

use super::channel::Channel;
use super::data::Descriptor;
use super::function::Function;

/// A value of a script: what scripts give and take where no Rust type is known beforehand.
///
/// Anything that serde can serialize becomes one ([`Value::of`]), and becomes what serde can deserialize
/// ([`Value::to`]); [`Runtime`](crate::Runtime) does both wherever it takes or returns a value.
///
/// | `Value` | Lua | Rhai |
/// |---|---|---|
/// | `None` | `nil` (in a list `json.null`) | `()` |
/// | `Bool`, `Int`, `Float` | the same | the same |
/// | `Text` | string | string |
/// | `Bytes` | string (one that is not UTF-8, on its way out) | blob |
/// | `List` | table with the keys 1 to n | array |
/// | `Map` | any other table | map |
/// | `Socket`, `Channel`, `Error` | the object | the object |
/// | `Function` | function | function pointer, closure |
///
/// A table with keys that are no texts is a map whose keys are these as text. What only the script can use (a task, a
/// file, a thread) is `Other`.
///
/// ```
/// # #[cfg(feature = "lua")] {
/// use wirescript::{Runtime, Value};
///
/// let mut runtime = Runtime::builder().build()?;
/// let value: Value = runtime.eval("return {name = 'echo', ports = {7, 8007}}")?;
/// assert_eq!(value["name"], Value::from("echo"));
/// assert_eq!(value["ports"][1], Value::from(8007));
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Value {
    /// Nothing: Python's `None`.
    #[default]
    None,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text.
    Text(String),
    /// Bytes that need not be text.
    Bytes(Vec<u8>),
    /// Values in their order.
    List(Vec<Self>),
    /// Values by name.
    Map(BTreeMap<String, Self>),
    /// A socket of a script.
    Socket(Rc<Socket>),
    /// A channel between threads.
    Channel(Channel),
    /// A descriptor of the host's, on its way into a script.
    Descriptor(Descriptor),
    /// An error object.
    Error(Error),
    /// A function of a script, or of the host's on its way into one.
    Function(Function),
    /// What only the script can use: its kind.
    Other(&'static str),
}

const NOTHING: &Value = &Value::None;

impl Value {
    /// What it is, in a word, as error messages name it.
    ///
    /// ```
    /// # use wirescript::Value;
    /// assert_eq!(Value::from(1).kind(), "int");
    /// ```
    pub fn kind(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Socket(_) => "socket",
            Self::Channel(_) => "channel",
            Self::Descriptor(_) => "descriptor",
            Self::Error(_) => "error",
            Self::Function(_) => "function",
            Self::Other(kind) => kind,
        }
    }

    /// What a map has under a name.
    ///
    /// ```
    /// # use wirescript::Value;
    /// let value = Value::of(&std::collections::BTreeMap::from([("port", 80)]))?;
    /// assert_eq!(value.get("port"), Some(&Value::Int(80)));
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.get(name),
            _ => None,
        }
    }

    /// The text, if it is one.
    ///
    /// ```
    /// # use wirescript::Value;
    /// assert_eq!(Value::from("hi").as_str(), Some("hi"));
    /// ```
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The bytes of text or bytes.
    ///
    /// ```
    /// # use wirescript::Value;
    /// assert_eq!(Value::from("hi").as_bytes(), Some(&b"hi"[..]));
    /// ```
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text.as_bytes()),
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    ///
    /// ```
    /// # use wirescript::Value;
    /// assert_eq!(Value::from(7).as_int(), Some(7));
    /// ```
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }
}

/// From a script of this network to Rust. `language` is where functions come from, where there can be any.
pub(super) fn from_script(value: api::Value, language: Option<&Weak<dyn Language>>, net: &Rc<Net>) -> Value {
    if is_nested(&value) {
        net.sched().deep(|| read(value, language))
    } else {
        read(value, language)
    }
}

/// Whether a value holds others. These are turned around where there is stack enough: a script may be at the end of its own.
fn is_nested(value: &api::Value) -> bool {
    matches!(
        value,
        api::Value::List(_) | api::Value::Several(_) | api::Value::Record(_) | api::Value::Map(_)
    )
}

/// As [`from_script`], where there is stack enough.
pub(super) fn read(value: api::Value, language: Option<&Weak<dyn Language>>) -> Value {
    let list =
        |items: Vec<api::Value>| Value::List(items.into_iter().map(|item| read(item, language)).collect());
    match value {
        api::Value::None | api::Value::Null => Value::None,
        api::Value::Bool(flag) => Value::Bool(flag),
        api::Value::Int(number) => Value::Int(number),
        api::Value::Float(number) => Value::Float(number),
        api::Value::Text(text) => Value::Text(text.into_owned()),
        api::Value::Bytes(bytes) => Value::Bytes(bytes.into_vec()),
        api::Value::String(bytes) => text_or_bytes(bytes),
        api::Value::List(items) | api::Value::Several(items) => list(items),
        api::Value::Record(record) if record.kind.is_bare() && record.items.len() == 1 => record
            .items
            .into_iter()
            .next()
            .map_or(Value::None, |item| read(item, language)),
        api::Value::Record(record) => list(record.items),
        api::Value::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key, read(value, language)))
                .collect(),
        ),
        api::Value::Socket(socket) => Value::Socket(socket),
        api::Value::Link(link) => Value::Channel(Channel::of(link)),
        api::Value::Error(error) => Value::Error((*error).clone()),
        api::Value::Array(array) => Value::Bytes(array.with(<[u8]>::to_vec)),
        api::Value::View(view) => Value::Bytes(view.window_mut().to_vec()),
        api::Value::Kept(function) => language.map_or(Value::Other("function"), |language| {
            Value::Function(Function::of_script(function, language.clone()))
        }),
        other => Value::Other(other.kind()),
    }
}

/// Strings of a language that does not tell text from bytes are text where they can be.
fn text_or_bytes(bytes: Bytes) -> Value {
    String::from_utf8(bytes.into_vec()).map_or_else(|error| Value::Bytes(error.into_bytes()), Value::Text)
}

/// From Rust to a script of this network.
///
/// # Errors
/// `ENOTSOCK` for a descriptor that is no socket, `ValueError` for one that was handed over before and for what is another
/// runtime's; `RuntimeError` for a function whose runtime is gone; `TypeError` for what no script can have.
pub(super) fn to_script(value: Value, net: &Rc<Net>, language: &Weak<dyn Language>) -> Result<api::Value> {
    match value {
        Value::List(_) | Value::Map(_) => net.sched().deep(|| write(value, net, language)),
        value => write(value, net, language),
    }
}

fn write(value: Value, net: &Rc<Net>, language: &Weak<dyn Language>) -> Result<api::Value> {
    Ok(match value {
        Value::None => api::Value::None,
        Value::Bool(flag) => api::Value::Bool(flag),
        Value::Int(number) => api::Value::Int(number),
        Value::Float(number) => api::Value::Float(number),
        Value::Text(text) => api::Value::text(text),
        Value::Bytes(bytes) => api::Value::bytes(bytes),
        Value::List(items) => {
            let items = items.into_iter().map(|item| match write(item, net, language)? {
                // A list must not have holes.
                api::Value::None => Ok(api::Value::Null),
                item => Ok(item),
            });
            api::Value::List(items.collect::<Result<_>>()?)
        }
        Value::Map(entries) => {
            let entries = entries
                .into_iter()
                .map(|(key, value)| Ok((key, write(value, net, language)?)));
            api::Value::Map(entries.collect::<Result<_>>()?)
        }
        Value::Socket(socket) if Rc::ptr_eq(socket.net(), net) => api::Value::Socket(socket),
        Value::Socket(_) => {
            return Err(Error::value(
                "the socket belongs to another runtime: take it out as a Descriptor and hand that in",
            ));
        }
        Value::Descriptor(descriptor) => {
            let socket = Socket::from_host(net, descriptor.take()?)?;
            socket.give_to_script();
            api::Value::Socket(socket)
        }
        Value::Channel(channel) => api::Value::Link(channel.link()),
        Value::Error(error) => api::Value::Error(Rc::new(error)),
        Value::Function(function) => api::Value::Kept(function.kept_in(language)?),
        Value::Other(kind) => {
            return Err(Error::type_error(format!(
                "a value of kind {kind} cannot be handed to a script"
            )));
        }
    })
}

impl PartialEq for Value {
    /// Plain data by what it is; sockets and functions by which they are; errors never.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Int(one), Self::Int(other)) => one == other,
            (Self::Float(one), Self::Float(other)) => one == other,
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Bytes(one), Self::Bytes(other)) => one == other,
            (Self::List(one), Self::List(other)) => one == other,
            (Self::Map(one), Self::Map(other)) => one == other,
            (Self::Socket(one), Self::Socket(other)) => Rc::ptr_eq(one, other),
            (Self::Channel(one), Self::Channel(other)) => one.is(other),
            (Self::Function(one), Self::Function(other)) => one.is(other),
            (Self::Other(one), Self::Other(other)) => one == other,
            _ => false,
        }
    }
}

impl std::ops::Index<&str> for Value {
    type Output = Self;

    /// What a map has under a name; `None` where it has nothing.
    fn index(&self, name: &str) -> &Self {
        self.get(name).unwrap_or(NOTHING)
    }
}

impl std::ops::Index<usize> for Value {
    type Output = Self;

    /// A place of a list, from 0; `None` beyond its end.
    fn index(&self, place: usize) -> &Self {
        match self {
            Self::List(items) => items.get(place).unwrap_or(NOTHING),
            _ => NOTHING,
        }
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident($($convert:tt)*);)*) => {$(
        impl From<$type> for Value {
            fn from(given: $type) -> Self {
                Self::$variant(given$($convert)*)
            }
        }
    )*};
}

from! {
    bool => Bool();
    i64 => Int();
    i32 => Int(.into());
    u32 => Int(.into());
    u16 => Int(.into());
    f64 => Float();
    String => Text();
    &str => Text(.to_owned());
    Vec<u8> => Bytes();
    &[u8] => Bytes(.to_vec());
    Vec<Self> => List();
    BTreeMap<String, Self> => Map();
    Rc<Socket> => Socket();
    Channel => Channel();
    Descriptor => Descriptor();
    Error => Error();
    Function => Function();
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(flag) => flag.fmt(f),
            Self::Int(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::Bytes(bytes) => f.write_str(&crate::text::bytes_repr(bytes)),
            Self::List(items) => items.fmt(f),
            Self::Map(entries) => entries.fmt(f),
            Self::Socket(socket) => socket.fmt(f),
            Self::Channel(channel) => channel.fmt(f),
            Self::Descriptor(descriptor) => descriptor.fmt(f),
            Self::Error(error) => write!(f, "<{}>", error.headline()),
            Self::Function(function) => function.fmt(f),
            Self::Other(kind) => write!(f, "<{kind}>"),
        }
    }
}
