//! Values of a script as serde data: `write` makes one of anything that can be serialized, `read` makes anything of one that
//! can be deserialized, `descriptor` is a socket on its way into a script or out of one, where `claims` has all of a conversion's taken out or none, `room` bounds how deep both go.
//!
//! Sockets, errors and functions are no data. They pass serde in one slot of the thread, for the length of one call: the
//! newtype with the name [`OBJECT`] says that it is filled. Other formats do not know that name, and refuse.

mod claims;
mod descriptor;
mod read;
mod room;
mod write;

use std::cell::RefCell;
use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Unexpected};
use serde::ser::Serialize;

pub(super) use claims::all_or_nothing;
pub use descriptor::Descriptor;
pub(super) use room::Room;

use crate::error::{Class, Error, Result};

use super::value::Value;

/// Name of the newtype that stands for what is in the slot.
const OBJECT: &str = "$wirescript::Object";

thread_local! {
    static SLOT: RefCell<Option<Value>> = const { RefCell::new(None) };
}

fn put(value: Value) {
    // Where the thread ends, nobody takes it.
    let _ = SLOT.try_with(|slot| slot.replace(Some(value)));
}

fn take() -> Option<Value> {
    SLOT.try_with(RefCell::take).ok().flatten()
}

impl Value {
    /// Makes a value of anything that serde can serialize. A slice, array or `Vec` of `u8` becomes bytes, also where serde
    /// would take it for a list of numbers.
    ///
    /// # Errors
    /// `OverflowError` for whole numbers beyond 64 bits with a sign; `ValueError` for what is nested more than 100 levels
    /// deep; what the type's own serialization refuses.
    ///
    /// ```
    /// use wirescript::Value;
    ///
    /// assert_eq!(Value::of(&Some(3_u8))?, Value::Int(3));
    /// assert_eq!(Value::of(&vec![104_u8, 105])?, Value::Bytes(b"hi".to_vec()));
    /// assert_eq!(Value::of(&("a", 1.5))?, Value::List(vec!["a".into(), 1.5.into()]));
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn of<T: Serialize + ?Sized>(data: &T) -> Result<Self> {
        write::value_of(data, Room::anywhere())
    }

    /// As [`Value::of`], where the stack that is left is known.
    pub(super) fn of_in<T: Serialize + ?Sized>(data: &T, room: Room<'_>) -> Result<Self> {
        write::value_of(data, room)
    }

    /// Makes of it anything that serde can deserialize. Whole floats are accepted as whole numbers, text as bytes, and bytes
    /// as text where they are UTF-8.
    ///
    /// # Errors
    /// `TypeError` when it is something else, `OverflowError` when a number does not fit, `ValueError` when it is nested more
    /// than 100 levels deep.
    ///
    /// ```
    /// use wirescript::Value;
    ///
    /// let number: u16 = Value::Float(80.0).to()?;
    /// assert_eq!(number, 80);
    /// assert!(Value::from("eighty").to::<u16>().is_err());
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn to<T: DeserializeOwned>(self) -> Result<T> {
        self.convert_in(Room::anywhere())
    }

    /// As [`Value::to`], where the stack that is left is known.
    pub(super) fn convert_in<T: DeserializeOwned>(self, room: Room<'_>) -> Result<T> {
        all_or_nothing(|| T::deserialize(read::Reader(self, room)))
    }
}

impl serde::ser::Error for Error {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::type_error(text.to_string())
    }
}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::type_error(text.to_string())
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        let class = match unexpected {
            Unexpected::Signed(_) | Unexpected::Unsigned(_) => Class::OverflowError,
            _ => Class::ValueError,
        };
        Self::new(class, format!("invalid value: {unexpected}, expected {expected}"))
    }
}

impl Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Self::List(items) => items.serialize(serializer),
            Self::Map(entries) => entries.serialize(serializer),
            object => hand_over(object.clone(), serializer),
        }
    }
}

/// Passes what is no data to [`write`].
pub(super) fn hand_over<S: serde::Serializer>(object: Value, serializer: S) -> Result<S::Ok, S::Error> {
    let kind = object.kind();
    put(object);
    let written = serializer.serialize_newtype_struct(OBJECT, &())?;
    if take().is_some() {
        let text = format!("a value of kind {kind} is no data: only a script can have it");
        return Err(serde::ser::Error::custom(text));
    }
    Ok(written)
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(read::ToValue)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn through<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(data: &T) {
        let value = Value::of(data).expect("it becomes a value");
        assert_eq!(
            value.clone().to::<T>().expect("and what it was"),
            *data,
            "{value:?}"
        );
        assert_eq!(Value::of(&value).expect("a value is data"), value);
        assert_eq!(value.clone().to::<Value>().expect("and stays what it is"), value);
    }

    #[test]
    fn data_is_the_same_after_both_ways() {
        through(&());
        through(&true);
        through(&-5_i8);
        through(&u32::MAX);
        through(&i64::MIN);
        through(&1.5_f32);
        through(&'x');
        through(&String::from("né"));
        through(&Some(3));
        through(&None::<i32>);
        through(&vec![0_u8, 255]);
        through(&Vec::<u8>::new());
        through(&[1_u8, 2]);
        through(&(1, "a".to_owned(), vec![2.5]));
        through(&vec![Some(1), None]);
        through(&BTreeMap::from([
            (1_u16, "one".to_owned()),
            (2, "two".to_owned()),
        ]));
        through(&BTreeMap::from([("a".to_owned(), Vec::<i64>::new())]));
        through(&Ok::<i32, String>(1));
    }

    #[test]
    fn bytes_are_bytes_wherever_they_stand() {
        let value = Value::of(&(vec![1_u8], [&[2_u8][..]], Some([3_u8; 2]))).expect("data");
        let bytes = |bytes: &[u8]| Value::Bytes(bytes.to_vec());
        assert_eq!(
            value,
            Value::List(vec![bytes(&[1]), Value::List(vec![bytes(&[2])]), bytes(&[3, 3])])
        );
        // A list of numbers that happen to be small is none.
        assert_eq!(
            Value::of(&[1_i32]).expect("data"),
            Value::List(vec![Value::Int(1)])
        );
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_class() {
        let class = |error: Error| error.class();
        assert_eq!(Value::of(&u64::MAX).map_err(class), Err(Class::OverflowError));
        assert_eq!(
            Value::Int(300).to::<u8>().map_err(class),
            Err(Class::OverflowError)
        );
        assert_eq!(
            Value::Int(-1).to::<u64>().map_err(class),
            Err(Class::OverflowError)
        );
        assert_eq!(
            Value::Float(1.5).to::<i64>().map_err(class),
            Err(Class::TypeError)
        );
        assert_eq!(Value::from("1").to::<i64>().map_err(class), Err(Class::TypeError));
        assert_eq!(
            Value::Bytes(vec![255]).to::<String>().map_err(class),
            Err(Class::TypeError)
        );
        assert_eq!(
            Value::Other("Task").to::<i64>().map_err(class),
            Err(Class::TypeError)
        );
    }

    #[test]
    fn objects_pass_only_between_scripts_and_the_host() {
        let error = Value::from(Error::timed_out());
        let nested = BTreeMap::from([("e", vec![error.clone()])]);
        let back = Value::of(&nested)
            .and_then(Value::to::<Value>)
            .expect("it passes");
        assert!(matches!(back["e"][0], Value::Error(_)));
        assert!(serde_json::to_string(&error).is_err());
        assert!(take().is_none(), "nothing is left behind");
        let read: Value = serde_json::from_str("[1, {\"a\": null}]").expect("a value of JSON");
        assert_eq!(read[0], Value::Int(1));
    }
}
