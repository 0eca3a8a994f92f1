//! `tube.spawn`: a program as the peer.

use std::rc::Rc;

use crate::api::argument::{Any, FromArg, Seconds, Text};
use crate::api::{Cx, Value, repr};
use crate::bytes::Bytes;
use crate::error::{Error, Result};
use crate::tools::{Complaints, Program, Tube};

use super::tube::settings;

/// A program's arguments: texts, and numbers as they print.
fn words(cx: &Cx<'_>, argv: Value) -> Result<Vec<Vec<u8>>> {
    let items = match argv {
        Value::List(items) => items,
        one @ (Value::String(_) | Value::Text(_)) => vec![one],
        other => {
            return Err(Error::type_error(format!(
                "tube.spawn() argument 'argv' must be list or str, not {}",
                other.kind()
            )));
        }
    };
    let word = |(place, item): (usize, Value)| match item {
        Value::Int(_) | Value::Float(_) => Ok(repr(&item).into_bytes()),
        item => {
            let kind = item.kind();
            Text::from_arg(item).map(|text| text.0).map_err(|_| {
                Error::type_error(format!(
                    "tube.spawn() argument 'argv': item {place} must be str or a number, not {kind}"
                ))
            })
        }
    };
    (cx.environment.first_place..).zip(items).map(word).collect()
}

#[allow(clippy::too_many_arguments, reason = "the row has seven parameters")]
pub(super) fn spawn(
    cx: &Cx<'_>,
    argv: Any,
    timeout: Option<Seconds>,
    limit: Option<i64>,
    newline: Option<Bytes>,
    cwd: Option<Text>,
    env: Any,
    stderr: Text,
) -> Result<Rc<Tube>> {
    let variables = match env.0 {
        Value::None => Vec::new(),
        Value::List(items) if items.is_empty() => Vec::new(),
        Value::Map(entries) => entries
            .into_iter()
            .map(|(name, value)| {
                let kind = value.kind();
                match Text::from_arg(value) {
                    Ok(Text(text)) if !text.contains(&0) => Ok((name, text)),
                    Ok(_) => Err(Error::value("embedded null byte")),
                    Err(_) => Err(Error::type_error(format!(
                        "tube.spawn() argument 'env' must hold str, not {kind} ('{name}')"
                    ))),
                }
            })
            .collect::<Result<_>>()?,
        other => {
            return Err(Error::type_error(format!(
                "tube.spawn() argument 'env' must be None or map, not {}",
                other.kind()
            )));
        }
    };
    let bad_name = |(name, _): &&(String, Vec<u8>)| name.is_empty() || name.contains(['=', '\0']);
    if let Some((name, _)) = variables.iter().find(bad_name) {
        return Err(Error::value(format!(
            "illegal environment variable name {name:?}"
        )));
    }
    if cwd.as_ref().is_some_and(|cwd| cwd.0.contains(&0)) {
        return Err(Error::value("embedded null byte"));
    }
    let complaints = match &*stderr.0 {
        b"inherit" => Complaints::Inherited,
        b"stdout" => Complaints::Joined,
        b"null" => Complaints::Dropped,
        other => {
            return Err(Error::value(format!(
                "tube.spawn() argument 'stderr' must be 'inherit', 'stdout' or 'null', not {}",
                crate::text::str_repr(&String::from_utf8_lossy(other))
            )));
        }
    };
    let program = Program {
        argv: words(cx, argv.0)?,
        folder: cwd.map(|cwd| cwd.0),
        variables,
        complaints,
    };
    Tube::spawn(cx.net, &program, settings(timeout, limit, newline)?)
}
