//! Module `json`.

use crate::api::argument::{Data, Text};
use crate::api::handler::typed;
use crate::api::json;
use crate::api::op::{FUNCTION, Op, Owner, Python, need};
use crate::api::{Cx, Value};
use crate::error::{Class, Error, Result};

const JSON: Owner = Owner::Module("json");

/// Stack that the deepest text or value may need.
const STACK: usize = 400 * 1024;

pub(super) const OPS: &[Op] = &[
    Op {
        name: "encode",
        on: JSON,
        python: Python::Named("json.dumps"),
        params: &[need(
            "value",
            "nothing, a boolean, a number, text, or lists and maps of these",
        )],
        returns: "str",
        doc: "The JSON text of a value: no blanks, keys sorted. None and json.null are null; an empty table of Lua is []; \
              a tuple is an array. Raises TypeError for anything else, a table that is neither list nor map and bytes \
              that are no UTF-8 among it, ValueError for a table that holds itself and for floats that are no numbers, \
              RecursionError beyond 100 levels.",
        run: &typed(encode),
        ..FUNCTION
    },
    Op {
        name: "decode",
        on: JSON,
        python: Python::Named("json.loads"),
        params: &[need("text", "JSON, as text or bytes of UTF-8")],
        returns: "any value",
        doc: "The value of a JSON text. null is None; in a list, where Lua's nil would be a hole, it is json.null. Whole \
              numbers beyond 64 bits are floats. Raises json.JSONDecodeError, a ValueError, with line, column and \
              character; RecursionError beyond 100 levels, MemoryError.",
        run: &typed(decode),
        ..FUNCTION
    },
];

fn encode(cx: &Cx<'_>, value: Data) -> Result<Value> {
    need_stack(cx)?;
    let text = json::encode(&value.0)?;
    Ok(match String::from_utf8(text) {
        Ok(text) => Value::text(text),
        Err(error) => Value::bytes(error.into_bytes()),
    })
}

fn decode(cx: &Cx<'_>, text: Text) -> Result<Value> {
    need_stack(cx)?;
    json::decode(&text.0, cx.net.left())
}

fn need_stack(cx: &Cx<'_>) -> Result<()> {
    match cx.net.sched().remaining_stack() {
        Some(left) if left < STACK => Err(Error::new(Class::RecursionError, "stack overflow")),
        _ => Ok(()),
    }
}
