//! Python's `Class(arguments…)`: the error a script makes, once for every language.

use crate::error::{Argument, Class, Error, Made, Result};
use crate::sys::errno::Errno;

use super::repr::repr;
use super::value::Value;

/// Characters that an error keeps of one it is made of.
const LONGEST_ERROR: usize = 1000;

/// The error `class` makes of these arguments. `OSError` with a number becomes the child its number has.
///
/// # Errors
/// `TypeError` where Python asks for certain arguments: the `Unicode` errors.
pub(crate) fn construct(class: Class, arguments: &[Value]) -> Result<Error> {
    let mut made = Made {
        arguments: arguments.iter().map(argument).collect(),
        text: text(arguments),
        strerror: String::new(),
        errno: None,
        status: None,
        filename2: None,
    };
    let (mut class, mut filename) = (class, None);
    match (class, arguments) {
        (Class::UnicodeDecodeError | Class::UnicodeEncodeError, _) => {
            made.text = codec_text(class, arguments)?;
        }
        (Class::UnicodeTranslateError, _) => made.text = translate_text(arguments)?,
        (Class::JSONDecodeError, _) => {
            made.text = json_text(arguments)?;
            made.arguments = vec![Argument::Text(made.text.clone())];
        }
        (Class::SystemExit, [] | [Value::None]) => made.status = Some(0),
        // As the system sees it: the low eight bits.
        (Class::SystemExit, [status]) => {
            made.status = super::argument::whole(status).and_then(|status| i32::try_from(status & 0xff).ok());
        }
        (Class::KeyError, [key]) => made.text = repr(&plain(key)),
        (_, [number, reason, rest @ ..]) if class.is_a(Class::OSError) && rest.len() <= 3 => {
            if let Value::Int(number) = number {
                made.errno = i32::try_from(*number).ok();
            }
            if let (Class::OSError, Some(number)) = (class, made.errno) {
                class = Class::of_errno(Errno(number));
            }
            made.strerror = text(std::slice::from_ref(reason));
            made.text = format!("[Errno {}] {}", text(std::slice::from_ref(number)), made.strerror);
            match rest {
                // The numbers of TLS are not the system's.
                _ if class.is_a(Class::SSLError) => made.text.clone_from(&made.strerror),
                [] | [Value::None] => {}
                [Value::Int(_), ..] if class == Class::BlockingIOError => {}
                [file, _, other] => {
                    filename = Some(file);
                    made.filename2 = Some(text(std::slice::from_ref(other)));
                    made.text += &format!(": {} -> {}", repr(&plain(file)), repr(&plain(other)));
                    made.arguments.truncate(2);
                }
                [file, ..] => {
                    filename = Some(file);
                    made.text += &format!(": {}", repr(&plain(file)));
                    made.arguments.truncate(2);
                }
            }
        }
        _ => {}
    }
    let error = Error::made(class, made);
    Ok(match filename {
        Some(name) => error.with_filename(&text(std::slice::from_ref(name))),
        None => error,
    })
}

/// Python's `str(e)` for an ordinary error.
fn text(arguments: &[Value]) -> String {
    match arguments {
        [] => String::new(),
        [one] => match plain(one) {
            Value::Text(text) => text.into_owned(),
            Value::Error(error) => error.message().into_owned(),
            other => repr(&other),
        },
        many => repr(&Value::Several(many.iter().map(plain).collect())),
    }
}

/// The argument as Python would have it: a string that is text is text.
fn plain(value: &Value) -> Value {
    give(match value {
        Value::Error(error) => return Value::Error(error.clone()),
        value => argument(value),
    })
}

fn argument(value: &Value) -> Argument {
    match value {
        Value::None => Argument::None,
        Value::Bool(flag) => Argument::Bool(*flag),
        Value::Int(number) => Argument::Int(*number),
        Value::Float(number) => Argument::Float(*number),
        Value::Text(text) => Argument::Text(text.clone().into_owned()),
        Value::String(bytes) => match String::from_utf8(bytes.to_vec()) {
            Ok(text) => Argument::Text(text),
            Err(error) => Argument::Bytes(error.into_bytes()),
        },
        Value::Bytes(bytes) => Argument::Bytes(bytes.to_vec()),
        Value::List(items) => Argument::List(items.iter().map(argument).collect()),
        // Errors of errors would hold each other's words, quoted, twice as long with each.
        Value::Error(error) => {
            let mut words = repr(&Value::Error(error.clone()));
            if let Some((end, _)) = words.char_indices().nth(LONGEST_ERROR) {
                words.replace_range(end.., "...");
            }
            Argument::Other(words)
        }
        other => Argument::Other(repr(other)),
    }
}

/// An error's argument as a script gets it.
pub(super) fn give(argument: Argument) -> Value {
    match argument {
        Argument::None => Value::None,
        Argument::Bool(flag) => Value::Bool(flag),
        Argument::Int(number) => Value::Int(number),
        Argument::Float(number) => Value::Float(number),
        Argument::Text(text) | Argument::Other(text) => Value::text(text),
        Argument::Bytes(bytes) => Value::bytes(bytes),
        Argument::List(items) => Value::List(items.into_iter().map(give).collect()),
    }
}

fn wrong_count(wanted: usize, given: usize) -> Error {
    Error::type_error(format!(
        "function takes exactly {wanted} arguments ({given} given)"
    ))
}

/// `UnicodeDecodeError(encoding, object, start, end, reason)` and `UnicodeEncodeError` in words.
fn codec_text(class: Class, arguments: &[Value]) -> Result<String> {
    let [encoding, object, start, end, reason] = arguments else {
        return Err(wrong_count(5, arguments.len()));
    };
    let (encoding, reason) = (
        text(std::slice::from_ref(encoding)),
        text(std::slice::from_ref(reason)),
    );
    let (start, end) = (number(class, 3, start)?, number(class, 4, end)?);
    let last = end.saturating_sub(1);
    let at = usize::try_from(start).ok().filter(|_| start == last);
    if class == Class::UnicodeDecodeError {
        let byte = match object {
            Value::Bytes(bytes) | Value::String(bytes) => {
                bytes.with(|bytes| at.and_then(|at| bytes.get(at).copied()))
            }
            _ => return Err(wrong_kind(class, 2, object)),
        };
        return Ok(match byte {
            Some(byte) => {
                format!("'{encoding}' codec can't decode byte {byte:#04x} in position {start}: {reason}")
            }
            None => format!("'{encoding}' codec can't decode bytes in position {start}-{last}: {reason}"),
        });
    }
    let Value::Text(object) = plain(object) else {
        return Err(wrong_kind(class, 2, object));
    };
    Ok(match at.and_then(|at| object.chars().nth(at)) {
        Some(letter) => format!(
            "'{encoding}' codec can't encode character '{}' in position {start}: {reason}",
            escaped(letter)
        ),
        None => format!("'{encoding}' codec can't encode characters in position {start}-{last}: {reason}"),
    })
}

/// `UnicodeTranslateError(object, start, end, reason)` in words.
fn translate_text(arguments: &[Value]) -> Result<String> {
    const CLASS: Class = Class::UnicodeTranslateError;
    let [object, start, end, reason] = arguments else {
        return Err(wrong_count(4, arguments.len()));
    };
    let Value::Text(object) = plain(object) else {
        return Err(wrong_kind(CLASS, 1, object));
    };
    let (start, end) = (number(CLASS, 2, start)?, number(CLASS, 3, end)?);
    let last = end.saturating_sub(1);
    let at = usize::try_from(start).ok().filter(|_| start == last);
    let reason = text(std::slice::from_ref(reason));
    Ok(match at.and_then(|at| object.chars().nth(at)) {
        Some(letter) => format!(
            "can't translate character '{}' in position {start}: {reason}",
            escaped(letter)
        ),
        None => format!("can't translate characters in position {start}-{last}: {reason}"),
    })
}

/// `json.JSONDecodeError(msg, doc, pos)` in words.
fn json_text(arguments: &[Value]) -> Result<String> {
    const CLASS: Class = Class::JSONDecodeError;
    let [message, document, place] = arguments else {
        return Err(wrong_count(3, arguments.len()));
    };
    let Value::Text(document) = plain(document) else {
        return Err(wrong_kind(CLASS, 2, document));
    };
    let place = number(CLASS, 3, place)?;
    let before: Vec<char> = document
        .chars()
        .take(usize::try_from(place).unwrap_or(0))
        .collect();
    let line = before.iter().filter(|letter| **letter == '\n').count() + 1;
    let behind = before.iter().rposition(|letter| *letter == '\n');
    let column = place - behind.map_or(-1, |behind| i64::try_from(behind).unwrap_or(i64::MAX));
    let message = text(std::slice::from_ref(message));
    Ok(format!("{message}: line {line} column {column} (char {place})"))
}

fn number(class: Class, place: usize, value: &Value) -> Result<i64> {
    super::argument::whole(value).ok_or_else(|| wrong_kind(class, place, value))
}

fn wrong_kind(class: Class, place: usize, given: &Value) -> Error {
    Error::type_error(format!(
        "{}() argument {place} cannot be {}",
        class.name(),
        given.kind()
    ))
}

/// A letter as Python's codec errors show it.
fn escaped(letter: char) -> String {
    match u32::from(letter) {
        code @ 0..=0xff => format!("\\x{code:02x}"),
        code @ 0x100..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}
