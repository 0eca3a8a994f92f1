//! What a script passed to an operation: its arguments in their order, and keywords from a table at the end.

use std::ffi::c_int;

use crate::api::{Arguments, Default, Op, Slots, Value};

use super::allowance::Allowance;
use super::context::Context;
use super::read;
use super::state::{Kind, State};

/// A call's arguments for `op`, which is called with `self` first where it is a method.
pub(super) fn collect(state: State, context: &Context, op: &'static Op) -> Arguments {
    let left = &mut Allowance::new(context);
    let top = state.top();
    let first = if op.takes_self() { 2 } else { 1 };
    let receiver = op.takes_self().then(|| read::argument(state, context, 1, left));
    let rest = op.params.iter().position(|param| param.default == Default::Rest);
    let mut last = top;
    let mut keywords = Vec::new();
    let before = usize::try_from(last - first).unwrap_or(0);
    if last >= first
        && rest.is_none()
        && op.may_be_keywords(before)
        && let Some(entries) = keyword_table(state, context, op, last, before, left)
    {
        keywords = entries;
        last -= 1;
    }
    let mut positional = Vec::with_capacity(8);
    for index in first..=last {
        let place = usize::try_from(index - first).unwrap_or(0);
        if rest == Some(place) {
            positional.push(Value::Rest(Slots {
                first: usize::try_from(index).unwrap_or(0),
                count: usize::try_from(last - index + 1).unwrap_or(0),
            }));
            break;
        }
        positional.push(if op.keeps(place) {
            Value::Given(usize::try_from(index).unwrap_or(0))
        } else if op.takes_data(place) {
            read::data(state, context, index, left)
        } else if op.takes_portable(place) {
            read::portable(state, context, index, left)
        } else if op.takes_shown(place) {
            read::shown(state, context, index, left)
        } else if op.takes_function(place) && is_callable(state, index) {
            Value::Function(usize::try_from(index).unwrap_or(0))
        } else {
            read::argument(state, context, index, left)
        });
    }
    if rest == Some(positional.len()) {
        positional.push(Value::Rest(Slots { first: 0, count: 0 }));
    }
    Arguments {
        receiver,
        positional,
        keywords,
    }
}

/// Whether it is a table that can be called like a function: Lua calls it as it calls any.
fn is_callable(state: State, index: c_int) -> bool {
    if state.kind(index) != Kind::Table || !state.has_room(4) || !state.get_metatable(index) {
        return false;
    }
    let metatable = state.top();
    let looked = state.protected_with(&[metatable], |building| {
        building.push_bytes(b"__call");
        building.state().raw_get(1);
    });
    let is_callable = looked.is_ok() && state.kind(-1) == Kind::Function;
    state.set_top(metatable - 1);
    is_callable
}

/// The pairs of a table behind `before` arguments that can only be meant as keywords: no items, no metatable, no keys but strings.
fn keyword_table(
    state: State,
    context: &Context,
    op: &Op,
    index: c_int,
    before: usize,
    left: &mut Allowance,
) -> Option<Vec<(String, Value)>> {
    if state.kind(index) != Kind::Table || !state.has_room(6) || state.raw_length(index) > 0 {
        return None;
    }
    if state.get_metatable(index) {
        state.pop(1);
        return None;
    }
    let index = state.absolute(index);
    let mut entries = read::keywords(state, context, index, left)?;
    let are_keywords = if entries.is_empty() {
        op.takes_empty_keywords(before)
    } else {
        op.are_keywords(before, entries.iter().map(|(name, _)| name.as_str()))
    };
    if !are_keywords {
        return None;
    }
    for (name, value) in &mut entries {
        // What is known by its place on the stack gets one above the arguments.
        if op.keeps_named(name) {
            *value = Value::Given(lift(state, index, name)?);
        } else if let Value::Function(place) = value {
            *place = lift(state, index, name)?;
        }
    }
    Some(entries)
}

/// Puts what a table has under a name on top; its place.
fn lift(state: State, table: c_int, name: &str) -> Option<usize> {
    let table = state.absolute(table);
    if !state.has_room(2) {
        return None;
    }
    let lifted = state.protected_with(&[table], |building| {
        building.push_bytes(name.as_bytes());
        building.state().raw_get(1);
    });
    lifted.ok()?;
    usize::try_from(state.top()).ok()
}
