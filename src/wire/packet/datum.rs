//! Plain data, as declarations are made of it and as packets hold it. Scripts' values become this and come from it; the
//! ready-made declarations are JSON, whose lists and maps these are.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::text::{bytes_repr, str_repr};

use super::Schema;

/// A value: of a declaration, or of a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Datum {
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
    /// A table whose keys are not all texts.
    Pairs(Vec<(Self, Self)>),
    /// A schema used within another.
    Schema(Schema),
    /// Something that is no data: its kind.
    Other(&'static str),
}

impl Datum {
    /// The kind's name in messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Pairs(_) => "table",
            Self::Schema(_) => "Schema",
            Self::Other(kind) => kind,
        }
    }

    /// A whole number, however it is written.
    pub(super) fn whole(&self) -> Option<i128> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Bool(flag) => Some(i128::from(*flag)),
            #[allow(
                clippy::cast_possible_truncation,
                reason = "saturates, and is out of every range then"
            )]
            Self::Float(number) if number.fract() == 0.0 => Some(*number as i128),
            _ => None,
        }
    }

    /// A number that may have a fraction.
    pub(super) fn real(&self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(*number),
            #[allow(clippy::cast_precision_loss, reason = "as Python's float() does")]
            other => other.whole().map(|number| number as f64),
        }
    }

    /// A size or a count.
    pub(super) fn size(&self) -> Option<usize> {
        self.whole().and_then(|number| usize::try_from(number).ok())
    }

    /// Text; bytes are text where they are UTF-8, as Lua's strings are both.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// Bytes; text is its UTF-8.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text.as_bytes()),
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The items of a list; Lua's empty table is one.
    pub(super) fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            Self::Map(entries) if entries.is_empty() => Some(&[]),
            _ => None,
        }
    }

    /// The entries of a map; Lua's empty table is one.
    pub(super) fn map(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Map(entries) => Some(entries),
            Self::List(items) if items.is_empty() => Some(&[]),
            _ => None,
        }
    }
}

/// As Python prints it.
impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(flag) => f.write_str(if *flag { "True" } else { "False" }),
            Self::Int(number) => number.fmt(f),
            Self::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => write!(f, "{number:.1}"),
            Self::Float(number) => number.fmt(f),
            Self::Text(text) => f.write_str(&str_repr(text)),
            Self::Bytes(bytes) => f.write_str(&bytes_repr(bytes)),
            other => write!(f, "<{}>", other.kind()),
        }
    }
}

impl<'de> Deserialize<'de> for Datum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Json)
    }
}

/// Reads JSON.
struct Json;

impl<'de> Visitor<'de> for Json {
    type Value = Datum;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Datum, E> {
        Ok(Datum::None)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Datum, E> {
        Ok(Datum::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Datum, E> {
        Ok(Datum::Int(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Datum, E> {
        Ok(Datum::Int(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Datum, E> {
        Ok(Datum::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Datum, E> {
        Ok(Datum::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Datum, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Datum::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Datum, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Datum::Map(entries))
    }
}
