//! Values of scripts as the data of declarations and packets, and back.

use crate::error::{Class, Error, Result};
use crate::wire::packet::{Datum, Schema};

use super::argument::{FromArg, Mismatch, PORTABLE};
use super::value::Value;

/// A declaration: tables are read whatever their keys are.
pub(super) struct Declaration(pub(super) Datum);

/// Values of fields, by name.
pub(super) struct Fields(pub(super) Datum);

impl FromArg for Declaration {
    const KIND: &'static str = PORTABLE;
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        Ok(Self(datum(value)))
    }
}

impl FromArg for Fields {
    const KIND: &'static str = "map";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        match datum(value) {
            map @ Datum::Map(_) => Ok(Self(map)),
            Datum::List(items) if items.is_empty() => Ok(Self(Datum::Map(Vec::new()))),
            _ => Err(Mismatch::Kind),
        }
    }
}

/// A value as data.
pub(super) fn datum(value: Value) -> Datum {
    match value {
        Value::None | Value::Null => Datum::None,
        Value::Bool(flag) => Datum::Bool(flag),
        Value::Int(number) => Datum::Int(number.into()),
        Value::Float(number) => Datum::Float(number),
        Value::Text(text) => Datum::Text(text.into_owned()),
        Value::Bytes(bytes) | Value::String(bytes) => Datum::Bytes(bytes.into_vec()),
        Value::Array(array) => Datum::Bytes(array.with(<[u8]>::to_vec)),
        Value::View(view) => Datum::Bytes(view.window_mut().to_vec()),
        Value::List(items) | Value::Several(items) => Datum::List(items.into_iter().map(datum).collect()),
        Value::Record(record) => Datum::List(record.items.into_iter().map(datum).collect()),
        Value::Map(entries) => Datum::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key, datum(value)))
                .collect(),
        ),
        Value::Table(pairs) => Datum::Pairs(
            pairs
                .into_iter()
                .map(|(key, value)| (datum(key), datum(value)))
                .collect(),
        ),
        Value::Schema(schema) => Datum::Schema(schema),
        other => Datum::Other(other.kind()),
    }
}

/// What scripts get of a packet's data.
///
/// # Errors
/// `OverflowError` for a number that their integers cannot hold, with its field.
pub(super) fn value(schema: &Schema, datum: Datum) -> Result<Value> {
    fn of(datum: Datum, path: &str) -> Result<Value> {
        Ok(match datum {
            Datum::None | Datum::Pairs(_) | Datum::Other(_) => Value::None,
            Datum::Bool(flag) => Value::Bool(flag),
            Datum::Int(number) => Value::Int(i64::try_from(number).map_err(|_| {
                Error::new(
                    Class::OverflowError,
                    format!(
                        "{path}: {number} is more than an integer of a script can hold (it has 64 bits with a sign): declare \
                         it as i64, as two numbers, or as bytes"
                    ),
                )
            })?),
            Datum::Float(number) => Value::Float(number),
            Datum::Text(text) => Value::text(text),
            Datum::Bytes(bytes) => Value::bytes(bytes),
            Datum::List(items) => Value::List(items.into_iter().map(|item| of(item, path)).collect::<Result<_>>()?),
            Datum::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| {
                        let value = of(value, &format!("{path}.{key}"))?;
                        Ok((key, value))
                    })
                    .collect::<Result<_>>()?,
            ),
            Datum::Schema(schema) => Value::Schema(schema),
        })
    }
    of(datum, schema.name())
}
