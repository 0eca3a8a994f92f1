//! From what a script passed to what a row expects: defaults, keywords, arity and kind errors, once for every language.

use crate::error::{Class, Error, Result, nearest};

use super::Cx;
use super::address::TUPLE;
use super::handler::Failure;
use super::op::{Default, Op, Owner};
use super::parcel::article;
use super::value::Value;

/// What a script passed.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// The object the operation is called on, where it is a method or property.
    pub(crate) receiver: Option<Value>,
    pub(crate) positional: Vec<Value>,
    /// A trailing table or map, taken for keywords.
    pub(crate) keywords: Vec<(String, Value)>,
}

/// Runs `op` on `arguments`.
///
/// # Errors
/// `TypeError` for too few, too many, unknown or unfit arguments; what the operation raises.
pub(crate) fn call(op: &'static Op, cx: &Cx<'_>, arguments: Arguments) -> Result<Value> {
    let first = usize::from(op.takes_self());
    if let Some(error) = stranger(op, &arguments) {
        return Err(error);
    }
    let mut values = arrange(op, arguments)?;
    op.run.run(cx, &mut values).map_err(|failure| match failure {
        Failure::Error(error) => named(op, error),
        Failure::Kind {
            place,
            expected,
            given,
        } if place < first => misplaced(op, expected, given),
        Failure::Kind {
            place,
            expected,
            given,
        } => Error::type_error(format!(
            "{}() argument '{}' must be {}{expected}, not {given}",
            op.full_name(),
            name(op, place - first),
            if op
                .params
                .get(place - first)
                .is_some_and(|param| param.default == Default::None)
            {
                "None or "
            } else {
                ""
            },
        )),
        Failure::Range { place, value } => Error::overflow(format!(
            "{}() argument '{}': {value} is out of range",
            op.full_name(),
            name(op, place.saturating_sub(first)),
        )),
    })
}

/// A TypeError that does not say in its own words, which are CPython's, whose argument is wrong says it below them. One that has a
/// place was raised by a script.
#[cold]
fn named(op: &'static Op, error: Error) -> Error {
    if error.class() == Class::TypeError && error.place().is_none() && !error.message().contains(op.name) {
        return error.during(op.name);
    }
    error
}

/// The error of a method that is called on what does not have it, as Lua lets one do. Told before anything is said of the
/// arguments: `s.recv(1024)` has one, and it is in the object's place.
fn stranger(op: &Op, arguments: &Arguments) -> Option<Error> {
    let Owner::Type(owner) = op.on else { return None };
    let given = arguments.receiver.as_ref().unwrap_or(&Value::None);
    if given.object_type().is_some_and(|kind| kind.has(op.on)) {
        return None;
    }
    Some(misplaced(op, owner.name(), given.kind()))
}

fn misplaced(op: &Op, expected: &str, given: &str) -> Error {
    let (name, article) = (op.full_name(), article(expected));
    let text = format!("{name}() must be called on {article} {expected}, not {given}");
    let hint = format!("Write object:{}(…), with a colon and not a dot", op.name);
    Error::type_error(text).hinting(Some(hint))
}

fn name(op: &Op, place: usize) -> &'static str {
    op.params.get(place).map_or("?", |param| param.name)
}

/// One value for each parameter, the receiver first.
fn arrange(op: &'static Op, arguments: Arguments) -> Result<Vec<Value>> {
    let Arguments {
        receiver,
        mut positional,
        keywords,
    } = arguments;
    let most = op.params.len();
    if op.takes_values() && positional.len() >= most {
        let values = positional.split_off(most - 1);
        positional.push(Value::List(values));
    }
    if positional.len() > most.min(op.by_place) {
        return Err(too_many(op, positional.len()));
    }
    // What is asked of each parameter costs as much as a short call: only where it may matter.
    let count = positional.len();
    let skip = if count + 1 == most && keywords.is_empty() {
        op.params
            .iter()
            .position(|param| matches!(param.default, Default::Skipped(_)))
            .filter(|place| *place < count)
    } else {
        None
    };
    let mut given = [false; 16];
    given[..count].fill(true);
    if let Some(place) = skip {
        positional.insert(place, default(op.params[place].default));
        (given[place], given[count]) = (false, true);
    }
    // The list that the arguments came in takes the rest as well.
    let mut values = positional;
    let first = usize::from(op.takes_self());
    values.reserve(most + first - values.len());
    values.extend(
        op.params[values.len()..]
            .iter()
            .map(|param| default(param.default)),
    );
    if op.takes_self() {
        values.insert(0, receiver.unwrap_or(Value::None));
    }
    for (key, value) in keywords {
        let Some(place) = op.params.iter().position(|param| param.name == key) else {
            return Err(Error::type_error(format!(
                "'{key}' is an invalid keyword argument for {}()",
                op.full_name()
            ))
            .suggesting(nearest(&key, op.params.iter().map(|param| param.name))));
        };
        if given[place] {
            return Err(Error::type_error(format!(
                "argument for {}() given by name ('{key}') and position ({})",
                op.full_name(),
                place + 1
            )));
        }
        given[place] = true;
        values[first + place] = value;
    }
    for (place, param) in op.params.iter().enumerate().filter(|_| count < most) {
        if param.default == Default::Required && !given[place] {
            return Err(Error::type_error(format!(
                "{}() missing required argument '{}' (pos {})",
                op.full_name(),
                param.name,
                place + 1
            )));
        }
    }
    Ok(values)
}

fn too_many(op: &Op, given: usize) -> Error {
    let named = op.named();
    let most = op.params.len() - named.len();
    let least = op
        .params
        .iter()
        .filter(|param| param.default == Default::Required)
        .count();
    let bound = if least == most { "exactly" } else { "at most" };
    let positional = if named.is_empty() { "" } else { "positional " };
    let plural = if most == 1 { "" } else { "s" };
    let error = Error::type_error(format!(
        "{}() takes {bound} {most} {positional}argument{plural} ({given} given)",
        op.full_name()
    ));
    if named.is_empty() {
        let hint = match (op.name, most, op.params.first()) {
            // What is one tuple in Python comes as several results in Lua.
            ("repr", ..) => Some("Several results of a call are one value as {…} in Lua: repr({f()})"),
            (_, 1, Some(param)) if param.name == "address" && given == 2 => Some(TUPLE),
            _ => None,
        };
        return error.hinting(hint.map(str::to_owned));
    }
    let names: Vec<_> = named.iter().map(|param| param.name).collect();
    error.hinting(Some(format!("Given by name only: {}", names.join(", "))))
}

fn default(default: Default) -> Value {
    match default {
        Default::Required | Default::None | Default::Rest => Value::None,
        Default::Values => Value::List(Vec::new()),
        Default::Int(number) | Default::Skipped(number) => Value::Int(number),
        Default::Bool(flag) => Value::Bool(flag),
        Default::Text(text) => Value::Text(text.into()),
    }
}
