//! The places of buffers: `bytearray`, its views, `array`. Indexes here count from 0; each language has its own way to
//! write them.

use crate::bytes::Bytes;
use crate::error::{Class, Error, Result};
use crate::wire::{Number, NumberArray};

use super::Value;
use super::argument::{FromArg, whole};

/// Number of items, where it is a buffer.
pub(crate) fn length(buffer: &Value) -> Option<usize> {
    match buffer {
        Value::Array(array) => Some(array.len()),
        Value::View(view) => Some(view.len()),
        Value::Numbers(numbers) => Some(numbers.len()),
        _ => None,
    }
}

/// The item at an index; none where there is none. Raises OverflowError.
pub(crate) fn get(buffer: &Value, index: usize) -> Result<Option<Value>> {
    let byte = match buffer {
        Value::Array(array) => array.with(|bytes| bytes.get(index).copied()),
        Value::View(view) => view.window_mut().get(index).copied(),
        Value::Numbers(numbers) => return numbers.get(index).map(shown).transpose(),
        _ => None,
    };
    Ok(byte.map(|byte| Value::Int(byte.into())))
}

/// Sets the item at an index. Raises IndexError, TypeError, ValueError, OverflowError.
pub(crate) fn set(buffer: &Value, index: Option<usize>, item: &Value) -> Result<()> {
    let done = match buffer {
        Value::Array(array) => {
            let byte = byte(item)?;
            index.is_some_and(|index| array.set(index, byte))
        }
        Value::View(view) => {
            let byte = byte(item)?;
            let mut window = view.window_mut();
            let slot = index.and_then(|index| window.get_mut(index));
            slot.map(|slot| *slot = byte).is_some()
        }
        Value::Numbers(numbers) => {
            let (bytes, size) = packed(numbers, item)?;
            match index.filter(|index| *index < numbers.len()) {
                Some(index) => {
                    let start = index * size;
                    numbers
                        .bytes()
                        .with_mut(|all| all[start..start + size].copy_from_slice(&bytes[..size]));
                    true
                }
                None => false,
            }
        }
        _ => false,
    };
    if done {
        Ok(())
    } else {
        let what = if matches!(buffer, Value::Numbers(_)) {
            "assignment "
        } else {
            ""
        };
        Err(Error::new(
            Class::IndexError,
            format!("{} {what}index out of range", buffer.kind()),
        ))
    }
}

/// The bytes of a value, as an item of this array. Raises TypeError, OverflowError.
pub(crate) fn packed(numbers: &NumberArray, item: &Value) -> Result<([u8; 8], usize)> {
    super::ops::packed(numbers.code(), item)
}

/// Whether two values that are buffers, or bytes, hold the same. None where one of them is neither.
pub(crate) fn equal(one: &Value, other: &Value) -> Option<bool> {
    if let (Value::Numbers(one), Value::Numbers(other)) = (one, other) {
        return Some(one.len() == other.len() && one.numbers().zip(other.numbers()).all(same));
    }
    let bytes = |value: &Value| match value {
        Value::Array(array) => Some(array.with(<[u8]>::to_vec)),
        Value::View(view) => Some(Bytes::Array(view.clone()).into_vec()),
        Value::Bytes(bytes) | Value::String(bytes) => Some(bytes.to_vec()),
        _ => None,
    };
    Some(bytes(one)? == bytes(other)?)
}

/// Whether two numbers are the same, of whatever kind.
pub(crate) fn same((one, other): (Number, Number)) -> bool {
    match (one, other) {
        (Number::Int(one), Number::Int(other)) => one == other,
        (Number::Float(one), Number::Float(other)) => one == other,
        (Number::Int(whole), Number::Float(float)) | (Number::Float(float), Number::Int(whole)) => {
            // A float is exactly some whole number, or it is none.
            #[allow(
                clippy::cast_possible_truncation,
                reason = "saturates far beyond the numbers here"
            )]
            let exact = float.fract() == 0.0 && float as i128 == whole;
            exact
        }
    }
}

/// A number as scripts have it. Raises OverflowError for what their integers cannot hold.
pub(crate) fn shown(number: Number) -> Result<Value> {
    match number {
        Number::Float(number) => Ok(Value::Float(number)),
        Number::Int(number) => i64::try_from(number).map(Value::Int).map_err(|_| {
            Error::overflow(format!(
                "{number} is more than an integer of a script can hold (it has 64 bits with a sign): read it as signed, \
                 or as bytes"
            ))
        }),
    }
}

/// A number that is a byte.
pub(crate) fn byte(value: &Value) -> Result<u8> {
    let number =
        whole(value).ok_or_else(|| Error::type_error(format!("a byte must be int, not {}", value.kind())))?;
    u8::try_from(number).map_err(|_| Error::value("byte must be in range(0, 256)"))
}

/// A whole number, also one that only a float of the script can hold.
pub(crate) fn wide(value: &Value) -> Option<i128> {
    match value {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "saturates, and is out of every range then"
        )]
        Value::Float(number) if number.fract() == 0.0 => Some(*number as i128),
        other => whole(other).map(i128::from),
    }
}

/// A number that may have a fraction.
pub(crate) fn real(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        #[allow(clippy::cast_precision_loss, reason = "as Python's float() does")]
        other => whole(other).map(|number| number as f64),
    }
}

/// The bytes of a buffer argument.
pub(crate) fn bytes(value: Value) -> Option<Bytes> {
    Bytes::from_arg(value).ok()
}
