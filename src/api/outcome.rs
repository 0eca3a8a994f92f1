//! The types results of an operation can have.

use std::rc::Rc;

use crate::address::Address;
use crate::bytes::{Bytes, Pinned};
use crate::net::{Socket, Timeout};

use super::address;
use super::held::Held;
use super::value::{Record, Steps, Value};

/// A type results can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the result of an operation",
    note = "return one of the types that implement IntoValue in api/outcome.rs"
)]
pub(crate) trait IntoValue {
    /// The value the script gets.
    fn into_value(self) -> Value;
}

impl IntoValue for Rc<Socket> {
    fn into_value(self) -> Value {
        self.give_to_script();
        Value::Socket(self)
    }
}

impl IntoValue for Rc<dyn Held> {
    fn into_value(self) -> Value {
        Value::Held(self)
    }
}

impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}

impl IntoValue for () {
    fn into_value(self) -> Value {
        Value::None
    }
}

impl IntoValue for bool {
    fn into_value(self) -> Value {
        Value::Bool(self)
    }
}

impl IntoValue for f64 {
    fn into_value(self) -> Value {
        Value::Float(self)
    }
}

impl IntoValue for String {
    fn into_value(self) -> Value {
        Value::Text(self.into())
    }
}

impl IntoValue for &'static str {
    fn into_value(self) -> Value {
        Value::Text(self.into())
    }
}

impl IntoValue for Bytes {
    fn into_value(self) -> Value {
        Value::Bytes(self)
    }
}

impl IntoValue for Vec<u8> {
    fn into_value(self) -> Value {
        Value::Bytes(Bytes::Owned(self))
    }
}

impl IntoValue for Pinned {
    fn into_value(self) -> Value {
        Value::View(self)
    }
}

impl IntoValue for Address {
    fn into_value(self) -> Value {
        address::show(&self)
    }
}

impl IntoValue for Record {
    fn into_value(self) -> Value {
        Value::Record(Box::new(self))
    }
}

impl IntoValue for Timeout {
    fn into_value(self) -> Value {
        match self {
            Self::Blocking => Value::None,
            Self::NonBlocking => Value::Float(0.0),
            Self::After(duration) => Value::Float(duration.as_secs_f64()),
        }
    }
}

impl IntoValue for Steps {
    fn into_value(self) -> Value {
        Value::Steps(Rc::new(self))
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Value {
        self.map_or(Value::None, T::into_value)
    }
}

impl<T: IntoValue> IntoValue for Vec<T>
where
    T: NotByte,
{
    fn into_value(self) -> Value {
        Value::List(self.into_iter().map(T::into_value).collect())
    }
}

/// What a list may hold: all but bytes, whose list is a value of its own.
pub(crate) trait NotByte {}
impl NotByte for Record {}
impl NotByte for String {}
impl NotByte for Value {}
impl NotByte for i64 {}
impl NotByte for Vec<u8> {}

impl<A: IntoValue, B: IntoValue> IntoValue for (A, B) {
    fn into_value(self) -> Value {
        Value::Several(vec![self.0.into_value(), self.1.into_value()])
    }
}
