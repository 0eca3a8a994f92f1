//! The types arguments of an operation can have; handles can be results too.

use std::rc::Rc;
use std::time::Duration;

use crate::bytes::{ByteArray, Bytes, Pinned};
use crate::error::{Class, Error, Result};
use crate::file::File;
use crate::net::{Epoll, Poll, Socket, Timeout};
use crate::sched::Task;
use crate::tls;
use crate::tools;
use crate::wire::packet::Schema;
use crate::wire::{NumberArray, Struct};
use crate::worker::{Link, Worker};

use super::handler::absent;
use super::held::Channel;
use super::outcome::IntoValue;
use super::selector::Selector;
use super::testing::Trial;
use super::value::{Slots, Value};

/// Why a value cannot be an argument.
pub(crate) enum Mismatch {
    Kind,
    /// As it prints.
    Range(String),
    Error(Error),
}

/// A type arguments can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of an operation",
    note = "take one of the types that implement FromArg in api/handler.rs"
)]
pub(crate) trait FromArg: Sized {
    /// Its name in messages and documentation.
    const KIND: &'static str;
    /// Whether it takes a constant that this platform does not have, which any other use raises for.
    const TAKES_ABSENT: bool = false;
    /// Reads the value.
    fn from_arg(value: Value) -> Result<Self, Mismatch>;
}

/// The kind of a parameter that takes data of any kind: adapters read it to the last key.
pub(crate) const DATA: &str = "value";

/// The kind of a parameter that takes a value of any kind to keep it.
pub(crate) const GIVEN: &str = "object";
/// The kind of a parameter that takes what has a descriptor: a number, a socket, a file, an object with a method `fileno`.
pub(crate) const FILE_LIKE: &str = "file object";
/// What a parameter is called that takes something to call.
pub(crate) const FUNCTION_KIND: &str = "function";
/// The kind of a parameter that takes what can go to another thread: adapters read all of it, whatever its keys.
pub(crate) const PORTABLE: &str = "portable value";

/// The kind of a parameter whose value is printed: adapters read all of it, whatever its keys and wherever it leads.
pub(crate) const SHOWN: &str = "anything";

/// Whether Python takes the value for true: nothing, zero and what is empty are not.
pub(crate) struct Truth(pub(crate) bool);

/// Any value at all.
pub(crate) struct Any(pub(crate) Value);

/// Any value, read to be printed.
pub(crate) struct Shown(pub(crate) Value);

/// Text given as a string or as bytes; bytes that are no UTF-8 stay as they are.
pub(crate) struct Text(pub(crate) Vec<u8>);

/// A value of any kind that the operation keeps (`Host::hold`), known by its place in the call.
pub(crate) struct Given(pub(crate) usize);

/// Something with a descriptor, known by its place in the call.
pub(crate) struct FileLike(pub(crate) usize);

/// A function of the script.
pub(crate) struct Function(pub(crate) usize);

/// The arguments that are left, as values.
pub(crate) struct Values(pub(crate) Vec<Value>);

/// A value that is data through and through: a table that is no list and no map is refused, not shortened.
pub(crate) struct Data(pub(crate) Value);

/// The arguments that are left.
pub(crate) struct Rest(pub(crate) Slots);

/// A number of seconds, whole or not.
#[derive(Clone, Copy)]
pub(crate) struct Seconds(pub(crate) Duration);

impl Text {
    /// The text as UTF-8.
    pub(crate) fn utf8(self, what: &str) -> Result<String> {
        String::from_utf8(self.0)
            .map_err(|_| Error::new(Class::UnicodeDecodeError, format!("{what} is not valid UTF-8")))
    }
}

macro_rules! integer {
    ($($type:ty),*) => {$(
        impl FromArg for $type {
            const KIND: &'static str = "int";
            fn from_arg(value: Value) -> Result<Self, Mismatch> {
                let wide = whole(&value).ok_or_else(|| too_wide(&value).map_or(Mismatch::Kind, Mismatch::Range))?;
                Self::try_from(wide).map_err(|_| Mismatch::Range(wide.to_string()))
            }
        }

        impl IntoValue for $type {
            fn into_value(self) -> Value {
                i64::try_from(self).map_or(Value::None, Value::Int)
            }
        }
    )*};
}

integer!(i64, i32, u32, u16, usize);

/// A whole number, however it is written.
pub(super) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Bool(flag) => Some(i64::from(*flag)),
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the guard keeps it within what i64 holds"
        )]
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 9_223_372_036_854_775_808.0 => {
            Some(*number as i64)
        }
        _ => None,
    }
}

/// The error of a value that this platform does not have.
fn absent_of(value: &Value) -> Option<Error> {
    match value {
        Value::Absent(constant) => Some(absent(constant)),
        _ => None,
    }
}

/// A whole number that is none of 64 bits, as it prints: only a float holds it.
fn too_wide(value: &Value) -> Option<String> {
    match value {
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 1e38 => Some(format!("{number:.0}")),
        Value::Float(number) if number.fract() == 0.0 => Some(format!("{number:e}")),
        _ => None,
    }
}

impl FromArg for f64 {
    const KIND: &'static str = "float";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::Float(number) => Ok(number),
            #[allow(clippy::cast_precision_loss, reason = "as Python's float() does")]
            Value::Int(number) => Ok(number as Self),
            Value::Bool(flag) => Ok(Self::from(u8::from(flag))),
            _ => Err(Mismatch::Kind),
        }
    }
}

impl FromArg for Truth {
    const KIND: &'static str = "bool";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        Ok(Self(match &value {
            Value::None => false,
            Value::Bool(flag) => *flag,
            Value::Int(number) => *number != 0,
            Value::Float(number) => *number != 0.0,
            Value::Text(text) => !text.is_empty(),
            Value::Bytes(bytes) | Value::String(bytes) => !bytes.is_empty(),
            Value::List(items) => !items.is_empty(),
            Value::Map(entries) => !entries.is_empty(),
            _ => true,
        }))
    }
}

impl FromArg for Any {
    const KIND: &'static str = "any";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        Ok(Self(value))
    }
}

impl FromArg for Shown {
    const KIND: &'static str = SHOWN;
    const TAKES_ABSENT: bool = true;
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        Ok(Self(value))
    }
}

impl FromArg for Data {
    const KIND: &'static str = DATA;
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        Ok(Self(value))
    }
}

impl FromArg for Values {
    const KIND: &'static str = "any";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::List(values) => match values.iter().find_map(absent_of) {
                Some(error) => Err(Mismatch::Error(error)),
                None => Ok(Self(values)),
            },
            _ => Err(Mismatch::Kind),
        }
    }
}

impl FromArg for Text {
    const KIND: &'static str = "str";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::Text(text) => Ok(Self(text.into_owned().into_bytes())),
            Value::String(bytes) | Value::Bytes(bytes) => Ok(Self(bytes.into_vec())),
            other => Bytes::from_arg(other).map(|bytes| Self(bytes.into_vec())),
        }
    }
}

impl FromArg for Bytes {
    const KIND: &'static str = "bytes-like object";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::String(bytes) | Value::Bytes(bytes) => Ok(bytes),
            Value::Text(text) => Ok(Self::Owned(text.into_owned().into_bytes())),
            other => Pinned::from_arg(other).map(Self::Array),
        }
    }
}

impl FromArg for Pinned {
    const KIND: &'static str = "read-write bytes-like object";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::Array(array) => Ok(array.pin(0, array.len())),
            Value::View(view) => Ok(view),
            Value::Numbers(numbers) => Ok(numbers.bytes().pin(0, numbers.bytes().len())),
            _ => Err(Mismatch::Kind),
        }
    }
}

impl FromArg for Function {
    const KIND: &'static str = FUNCTION_KIND;
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::Function(place) => Ok(Self(place)),
            _ => Err(Mismatch::Kind),
        }
    }
}

impl FromArg for Given {
    const KIND: &'static str = GIVEN;
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::Given(place) => Ok(Self(place)),
            _ => Err(Mismatch::Kind),
        }
    }
}

impl FromArg for FileLike {
    const KIND: &'static str = FILE_LIKE;
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        Given::from_arg(value).map(|Given(place)| Self(place))
    }
}

impl FromArg for Rest {
    const KIND: &'static str = "...";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::Rest(slots) => Ok(Self(slots)),
            _ => Err(Mismatch::Kind),
        }
    }
}

/// A number of seconds to sleep.
pub(crate) struct Sleep(pub(crate) Duration);

impl FromArg for Sleep {
    const KIND: &'static str = "float";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        let is_negative = match value {
            Value::Int(number) => number < 0,
            Value::Float(number) => number < 0.0,
            _ => false,
        };
        if is_negative {
            return Err(Mismatch::Error(Error::value("sleep length must be non-negative")));
        }
        Seconds::from_arg(value).map(|Seconds(duration)| Self(duration))
    }
}

/// Seconds that 64 bits of nanoseconds do not hold: where CPython draws the line.
const LONGEST_SECONDS: f64 = 9_223_372_036.854_775;

impl FromArg for Seconds {
    const KIND: &'static str = "float";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        let number = f64::from_arg(value)?;
        if number.is_nan() {
            return Err(Mismatch::Error(Error::value("Invalid value NaN (not a number)")));
        }
        if number < 0.0 {
            return Err(Mismatch::Error(Error::value("Timeout value out of range")));
        }
        if number >= LONGEST_SECONDS {
            return Err(Mismatch::Error(Error::overflow(
                "timestamp too large to convert to C PyTime_t",
            )));
        }
        let duration = Duration::try_from_secs_f64(number).map_err(|_| Mismatch::Kind)?;
        // Less than the clock can tell is still more than no time.
        let least = if number > 0.0 {
            Duration::from_nanos(1)
        } else {
            Duration::ZERO
        };
        Ok(Self(duration.max(least)))
    }
}

impl FromArg for Timeout {
    const KIND: &'static str = "float or None";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        if matches!(value, Value::None) {
            return Ok(Self::Blocking);
        }
        let Seconds(duration) = Seconds::from_arg(value)?;
        Ok(if duration.is_zero() {
            Self::NonBlocking
        } else {
            Self::After(duration)
        })
    }
}

impl<T: FromArg> FromArg for Option<T> {
    const KIND: &'static str = T::KIND;
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::None => Ok(None),
            value => T::from_arg(value).map(Some),
        }
    }
}

macro_rules! objects {
    ($($variant:ident $type:ty, $kind:literal;)*) => {$(
        impl FromArg for $type {
            const KIND: &'static str = $kind;
            fn from_arg(value: Value) -> Result<Self, Mismatch> {
                match value {
                    Value::$variant(object) => Ok(object),
                    _ => Err(Mismatch::Kind),
                }
            }
        }

        impl IntoValue for $type {
            fn into_value(self) -> Value {
                Value::$variant(self)
            }
        }
    )*};
}

objects! {
    TlsContext Rc<tls::Context>, "SSLContext";
    Task Rc<Task>, "Task";
    Channel Rc<Channel>, "channel";
    Worker Rc<Worker>, "Worker";
    Link Link, "WorkerChannel";
    Poll Rc<Poll>, "poll";
    Epoll Rc<Epoll>, "epoll";
    Selector Rc<Selector>, "selector";
    Tube Rc<tools::Tube>, "tube";
    Listener Rc<tools::Listener>, "TubeListener";
    Pattern Rc<tools::Pattern>, "pattern";
    Trial Rc<Trial>, "Test";
    File Rc<File>, "file";
    Array Rc<ByteArray>, "bytearray";
    Numbers Rc<NumberArray>, "array";
    Schema Schema, "Schema";
    Struct Rc<Struct>, "Struct";
    Class Class, "error class";
    Error Rc<Error>, "error";
}

impl FromArg for Rc<Socket> {
    const KIND: &'static str = "socket";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::Socket(socket) => Ok(socket),
            _ => Err(Mismatch::Kind),
        }
    }
}
