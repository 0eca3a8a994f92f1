//! From anything that serde can serialize to a value.

use std::any::type_name;
use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use crate::error::{Error, Result};

use super::super::value::Value;
use super::{OBJECT, Room, take};

/// The value of any data.
pub(super) fn value_of<T: Serialize + ?Sized>(data: &T, room: Room<'_>) -> Result<Value> {
    data.serialize(Writer {
        bytes: is_bytes::<T>(),
        room: room.deeper()?,
    })
}

/// Whether a type holds bytes, which serde does not tell from a list of numbers.
fn is_bytes<T: ?Sized>() -> bool {
    let mut name = type_name::<T>();
    while let Some(inner) = name.strip_prefix('&') {
        name = inner.strip_prefix("mut ").unwrap_or(inner);
    }
    name == type_name::<[u8]>()
        || name == type_name::<Vec<u8>>()
        || name == type_name::<Box<[u8]>>()
        || name == type_name::<Cow<'_, [u8]>>()
        || name.starts_with("[u8; ")
}

/// Makes one value.
struct Writer<'a> {
    /// The data are bytes.
    bytes: bool,
    room: Room<'a>,
}

fn whole<T: TryInto<i64> + Copy + std::fmt::Display>(number: T) -> Result<Value> {
    let beyond = |_| {
        Error::overflow(format!(
            "{number} is beyond a script's whole numbers, which have 64 bits"
        ))
    };
    number.try_into().map(Value::Int).map_err(beyond)
}

fn tagged(variant: &str, value: Value) -> Value {
    Value::Map(BTreeMap::from([(variant.to_owned(), value)]))
}

macro_rules! numbers {
    ($($name:ident($type:ty))*) => {$(
        fn $name(self, number: $type) -> Result<Value> {
            whole(number)
        }
    )*};
}

impl<'a> Serializer for Writer<'a> {
    type Ok = Value;
    type Error = Error;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = List<'a>;
    type SerializeTupleVariant = List<'a>;
    type SerializeMap = Map<'a>;
    type SerializeStruct = Map<'a>;
    type SerializeStructVariant = Map<'a>;

    numbers! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_u128(u128)
    }

    fn serialize_bool(self, flag: bool) -> Result<Value> {
        Ok(Value::Bool(flag))
    }

    fn serialize_f32(self, number: f32) -> Result<Value> {
        Ok(Value::Float(number.into()))
    }

    fn serialize_f64(self, number: f64) -> Result<Value> {
        Ok(Value::Float(number))
    }

    fn serialize_char(self, letter: char) -> Result<Value> {
        Ok(Value::Text(letter.into()))
    }

    fn serialize_str(self, text: &str) -> Result<Value> {
        Ok(Value::Text(text.to_owned()))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Value> {
        Ok(Value::Bytes(bytes.to_vec()))
    }

    fn serialize_none(self) -> Result<Value> {
        Ok(Value::None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, data: &T) -> Result<Value> {
        value_of(data, self.room)
    }

    fn serialize_unit(self) -> Result<Value> {
        Ok(Value::None)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value> {
        Ok(Value::None)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Value> {
        Ok(Value::Text(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, data: &T) -> Result<Value> {
        if name == OBJECT {
            return take().ok_or_else(|| Error::type_error("an object that is not there"));
        }
        value_of(data, self.room)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        data: &T,
    ) -> Result<Value> {
        Ok(tagged(variant, value_of(data, self.room)?))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<List<'a>> {
        Ok(List::new(self.room, self.bytes, length.unwrap_or(0), None))
    }

    fn serialize_tuple(self, length: usize) -> Result<List<'a>> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<List<'a>> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<List<'a>> {
        Ok(List::new(self.room, false, length, Some(variant)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Map<'a>> {
        Ok(Map::new(self.room, None))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Map<'a>> {
        Ok(Map::new(self.room, None))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Map<'a>> {
        Ok(Map::new(self.room, Some(variant)))
    }
}

/// A list, or bytes, in the making.
struct List<'a> {
    room: Room<'a>,
    items: Vec<Value>,
    bytes: Option<Vec<u8>>,
    variant: Option<&'static str>,
}

/// Most items that are made room for before they are there.
const TRUSTED: usize = 4096;

impl<'a> List<'a> {
    fn new(room: Room<'a>, bytes: bool, length: usize, variant: Option<&'static str>) -> Self {
        let length = length.min(TRUSTED);
        Self {
            room,
            items: Vec::with_capacity(if bytes { 0 } else { length }),
            bytes: bytes.then(|| Vec::with_capacity(length)),
            variant,
        }
    }

    fn add<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<()> {
        let item = value_of(item, self.room)?;
        match (&mut self.bytes, item) {
            (Some(bytes), Value::Int(number)) => {
                bytes.push(u8::try_from(number).map_err(|_| Error::overflow("a byte is 0 to 255"))?);
            }
            (_, item) => self.items.push(item),
        }
        Ok(())
    }

    fn finish(self) -> Value {
        let list = self.bytes.map_or(Value::List(self.items), Value::Bytes);
        match self.variant {
            Some(variant) => tagged(variant, list),
            None => list,
        }
    }
}

macro_rules! lists {
    ($($trait:ident $add:ident)*) => {$(
        impl $trait for List<'_> {
            type Ok = Value;
            type Error = Error;

            fn $add<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<()> {
                self.add(item)
            }

            fn end(self) -> Result<Value> {
                Ok(self.finish())
            }
        }
    )*};
}

lists! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

/// A map in the making.
struct Map<'a> {
    room: Room<'a>,
    entries: BTreeMap<String, Value>,
    key: String,
    variant: Option<&'static str>,
}

impl<'a> Map<'a> {
    const fn new(room: Room<'a>, variant: Option<&'static str>) -> Self {
        Self {
            room,
            entries: BTreeMap::new(),
            key: String::new(),
            variant,
        }
    }

    fn finish(self) -> Value {
        let map = Value::Map(self.entries);
        match self.variant {
            Some(variant) => tagged(variant, map),
            None => map,
        }
    }
}

impl SerializeMap for Map<'_> {
    type Ok = Value;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.key = match value_of(key, self.room)? {
            Value::Text(text) => text,
            Value::Int(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            other => {
                return Err(Error::type_error(format!(
                    "keys must be text, numbers or true and false, not {}",
                    other.kind()
                )));
            }
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, data: &T) -> Result<()> {
        let key = std::mem::take(&mut self.key);
        self.entries.insert(key, value_of(data, self.room)?);
        Ok(())
    }

    fn end(self) -> Result<Value> {
        Ok(self.finish())
    }
}

macro_rules! maps {
    ($($trait:ident)*) => {$(
        impl $trait for Map<'_> {
            type Ok = Value;
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, data: &T) -> Result<()> {
                self.entries.insert(key.to_owned(), value_of(data, self.room)?);
                Ok(())
            }

            fn end(self) -> Result<Value> {
                Ok(self.finish())
            }
        }
    )*};
}

maps! {
    SerializeStruct
    SerializeStructVariant
}
