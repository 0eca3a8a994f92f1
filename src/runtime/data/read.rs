//! From a value to anything that serde can deserialize.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};

use crate::error::{Error, Result};

use super::super::value::Value;
use super::{OBJECT, Room, put, take};

/// Reads a value.
pub(super) struct Reader<'a>(pub(super) Value, pub(super) Room<'a>);

impl<'a> Reader<'a> {
    /// Not what was expected.
    fn mismatch<'de, V: Visitor<'de>>(&self, visitor: &V) -> Error {
        let found = match &self.0 {
            Value::None => Unexpected::Unit,
            Value::Bool(flag) => Unexpected::Bool(*flag),
            Value::Int(number) => Unexpected::Signed(*number),
            Value::Float(number) => Unexpected::Float(*number),
            Value::Text(text) => Unexpected::Str(text),
            Value::Bytes(_) => Unexpected::Other("bytes"),
            Value::List(_) => Unexpected::Seq,
            Value::Map(_) => Unexpected::Map,
            other => Unexpected::Other(other.kind()),
        };
        Error::invalid_type(found, visitor)
    }

    fn list<'de, V: Visitor<'de>>(room: Room<'a>, items: Vec<Value>, visitor: V) -> Result<V::Value> {
        let room = room.deeper()?;
        let items = items.into_iter().map(|item| Self(item, room));
        let mut items = SeqDeserializer::new(items);
        let read = visitor.visit_seq(&mut items)?;
        items.end()?;
        Ok(read)
    }

    fn map<'de, V: Visitor<'de>>(
        room: Room<'a>,
        entries: BTreeMap<String, Value>,
        visitor: V,
    ) -> Result<V::Value> {
        let room = room.deeper()?;
        let entries = entries
            .into_iter()
            .map(|(key, value)| (Key(key), Self(value, room)));
        let mut entries = MapDeserializer::new(entries);
        let read = visitor.visit_map(&mut entries)?;
        entries.end()?;
        Ok(read)
    }

    fn object<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let error = self.mismatch(&visitor);
        put(self.0);
        let read = visitor.visit_newtype_struct(Self(Value::None, self.1));
        // Whoever does not know objects took the newtype for one of its own.
        match take() {
            Some(_) => Err(error),
            None => read,
        }
    }
}

impl<'de> IntoDeserializer<'de, Error> for Reader<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! numbers {
    ($($name:ident)*) => {$(
        /// A whole float is a whole number, as for operations.
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.0 {
                Value::Float(number) => match whole(number) {
                    Some(number) => visitor.visit_i64(number),
                    None => visitor.visit_f64(number),
                },
                _ => self.deserialize_any(visitor),
            }
        }
    )*};
}

/// The whole number a float is.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the range is looked at before, and the fraction is none"
)]
fn whole(number: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (number.fract() == 0.0 && (-LIMIT..LIMIT).contains(&number)).then_some(number as i64)
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::None => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(flag),
            Value::Int(number) => visitor.visit_i64(number),
            Value::Float(number) => visitor.visit_f64(number),
            Value::Text(text) => visitor.visit_string(text),
            Value::Bytes(bytes) => visitor.visit_byte_buf(bytes),
            Value::List(items) => Self::list(self.1, items, visitor),
            Value::Map(entries) => Self::map(self.1, entries, visitor),
            _ => self.object(visitor),
        }
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Bytes(bytes) => match String::from_utf8(bytes) {
                Ok(text) => visitor.visit_string(text),
                Err(_) => Err(Error::invalid_type(
                    Unexpected::Other("bytes that are not UTF-8"),
                    &visitor,
                )),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Text(text) => visitor.visit_byte_buf(text.into_bytes()),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::None => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        debug_assert_ne!(name, OBJECT, "objects are read as any value");
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let bytes = match self.0 {
            Value::Bytes(bytes) => bytes,
            Value::Text(text) => text.into_bytes(),
            Value::Map(entries) if entries.is_empty() => Vec::new(),
            _ => return self.deserialize_any(visitor),
        };
        let mut bytes = SeqDeserializer::<_, Error>::new(bytes.into_iter());
        let read = visitor.visit_seq(&mut bytes)?;
        bytes.end()?;
        Ok(read)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::List(_) | Value::Bytes(_) => self.deserialize_seq(visitor),
            // One result is one, also where a tuple of one is asked for.
            one if length == 1 => Self::list(self.1, vec![one], visitor),
            _ => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            // Lua's empty table is both.
            Value::List(items) if items.is_empty() => Self::map(self.1, BTreeMap::new(), visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.0 {
            Value::Text(variant) => visitor.visit_enum(Variant {
                variant,
                data: Self(Value::None, self.1),
            }),
            Value::Map(mut entries) if entries.len() == 1 => match entries.pop_first() {
                Some((variant, data)) => visitor.visit_enum(Variant {
                    variant,
                    data: Self(data, self.1.deeper()?),
                }),
                None => Err(Error::custom("a map with one entry is expected")),
            },
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool f32 f64 char unit unit_struct identifier
    }
}

/// A map's key: text, or the number the text stands for where one is expected.
struct Key(String);

macro_rules! keys {
    ($($name:ident($type:ty) $visit:ident)*) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.0.parse::<$type>() {
                Ok(key) => visitor.$visit(key),
                Err(_) => visitor.visit_string(self.0),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Key {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_string(self.0)
    }

    keys! {
        deserialize_i8(i64) visit_i64
        deserialize_i16(i64) visit_i64
        deserialize_i32(i64) visit_i64
        deserialize_i64(i64) visit_i64
        deserialize_i128(i128) visit_i128
        deserialize_u8(i64) visit_i64
        deserialize_u16(i64) visit_i64
        deserialize_u32(i64) visit_i64
        deserialize_u64(u64) visit_u64
        deserialize_u128(u128) visit_u128
        deserialize_f32(f32) visit_f32
        deserialize_f64(f64) visit_f64
        deserialize_bool(bool) visit_bool
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_some(self)
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for Key {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A variant of an enumeration, with what it holds.
struct Variant<'a> {
    variant: String,
    data: Reader<'a>,
}

impl<'de, 'a> EnumAccess<'de> for Variant<'a> {
    type Error = Error;
    type Variant = Reader<'a>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Reader<'a>)> {
        let name = IntoDeserializer::<Error>::into_deserializer(self.variant);
        let variant = seed.deserialize(name)?;
        Ok((variant, self.data))
    }
}

impl<'de> VariantAccess<'de> for Reader<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        match self.0 {
            Value::None => Ok(()),
            other => Err(Error::custom(format!(
                "a variant without data, not {}",
                other.kind()
            ))),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_struct("", fields, visitor)
    }
}

/// Reads a value of any format, and objects from a [`Reader`].
pub(super) struct ToValue;

impl<'de> Visitor<'de> for ToValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Value, E> {
        i64::try_from(number).map(Value::Int).map_err(|_| {
            E::invalid_value(
                Unexpected::Unsigned(number),
                &"a whole number of 64 bits with a sign",
            )
        })
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Value, E> {
        Ok(Value::Bytes(bytes.to_vec()))
    }

    fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Value, E> {
        Ok(Value::Bytes(bytes))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((key, value)) = entries.next_entry::<String, Value>()? {
            map.insert(key, value);
        }
        Ok(Value::Map(map))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match take() {
            Some(object) => Ok(object),
            None => deserializer.deserialize_any(self),
        }
    }
}
