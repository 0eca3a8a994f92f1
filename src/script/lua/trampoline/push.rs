//! From values to a script's stack.

use std::ffi::{c_int, c_void};

use crate::api::{Record, Value};

use super::building::Building;
use super::context::Context;
use super::object;
use super::state::State;
use super::{kept, lines, metatable};

/// What stands for nothing where nil would be a hole: a pointer to nothing that is used.
pub(super) fn null() -> *mut c_void {
    static NULL: u8 = 0;
    (&raw const NULL).cast_mut().cast()
}

/// Pushes results; says how many. On failure the error value is on top.
pub(super) fn results(
    state: State,
    context: &'static Context,
    value: Value,
) -> Result<c_int, super::state::Raised> {
    match value {
        Value::None => state.push_nil(),
        Value::Null => state.push_light(null()),
        Value::Bool(flag) => state.push_bool(flag),
        Value::Int(number) => state.push_integer(number),
        Value::Float(number) => state.push_float(number),
        Value::Held(held) => {
            kept::push(state, &*held);
            drop(held);
            kept::release(state, context);
        }
        Value::Outcome(task) => return super::task::push_outcome(state, &task),
        Value::Several(items) => {
            let count = c_int::try_from(items.len()).unwrap_or(0);
            state.protected(|building| {
                building.need_room(count + 4);
                for item in &items {
                    one(building, context, item);
                }
            })?;
            drop(items);
            kept::release(state, context);
            return Ok(count);
        }
        Value::Bearing(bearing) => {
            let (values, fds) = *bearing;
            let count = results(state, context, values)?;
            fds.deliver();
            return Ok(count);
        }
        value => state.protected(|building| one(building, context, &value))?,
    }
    Ok(1)
}

/// Pushes one value.
pub(super) fn one(building: Building, context: &'static Context, value: &Value) {
    let state = building.state();
    match value {
        Value::None
        | Value::Function(_)
        | Value::Given(_)
        | Value::Rest(_)
        | Value::Outcome(_)
        | Value::Opaque(_)
        | Value::Range(..)
        | Value::Thing { .. }
        | Value::Instance { .. }
        | Value::Bearing(_)
        | Value::Foreign(_) => {
            state.push_nil();
        }
        Value::Null => state.push_light(null()),
        Value::Bool(flag) => state.push_bool(*flag),
        Value::Int(number) => state.push_integer(*number),
        Value::Float(number) => state.push_float(*number),
        Value::Text(text) => building.push_bytes(text.as_bytes()),
        Value::Bytes(bytes) | Value::String(bytes) => {
            // A memory error would leave the borrow inside `with` standing: only the pointer goes out of it.
            let (start, length) = bytes.with(|bytes| (bytes.as_ptr(), bytes.len()));
            // SAFETY: the value is alive for the whole call and nobody changes it before Lua has copied the bytes.
            building.push_bytes(unsafe { std::slice::from_raw_parts(start, length) });
        }
        Value::List(items) | Value::Several(items) => list(building, context, items),
        Value::Map(entries) => {
            building.need_room(6);
            building.new_table(0, c_int::try_from(entries.len()).unwrap_or(0));
            for (key, value) in entries {
                one(building, context, value);
                building.set_named(-2, key);
            }
        }
        Value::Table(entries) => {
            building.need_room(6);
            building.new_table(0, c_int::try_from(entries.len()).unwrap_or(0));
            for (key, value) in entries {
                one(building, context, key);
                one(building, context, value);
                building.raw_set(-3);
            }
        }
        Value::Record(record) => push_record(building, context, record),
        Value::Held(held) => kept::push(state, &**held),
        Value::Kept(function) => kept::push_function(state, context, &**function),
        Value::Lines(file) => lines::push(building, context, file),
        value => object::push(building, context, value),
    }
}

fn list(building: Building, context: &'static Context, items: &[Value]) {
    building.need_room(6);
    building.new_table(c_int::try_from(items.len()).unwrap_or(0), 0);
    for (place, item) in (1..).zip(items) {
        one(building, context, item);
        building.raw_set_index(-2, place);
    }
}

fn push_record(building: Building, context: &'static Context, record: &Record) {
    list(building, context, &record.items);
    let state = building.state();
    metatable::push_of_record(building, context, record.kind);
    state.set_metatable(-2);
}
