//! What a script's error values say: as errors of ours, as text, and the place a message begins with; and how an error of ours is raised.

use std::ffi::c_int;
use std::rc::Rc;

use mlua::ffi::lua_State;

use crate::api::{Value, repr};
use crate::error::{Class, Error, Place, Trace};

use super::allowance::Allowance;
use super::context::Context;
use super::frame::{CALLER, Frame};
use super::invoke::Answer;
use super::object::Object;
use super::state::{Kind, State, Status};
use super::{push, read};

/// Calls that are looked at for an error's trace.
const TRACED: c_int = 6;

/// The error value at an index as an error of ours.
pub(super) fn error_at(state: State, index: c_int) -> Error {
    match Object::at(state, index).map(Object::value) {
        Some(Value::Error(error)) => (*error).clone(),
        // As in Python, a class that is raised stands for an error of it that says nothing.
        Some(Value::Class(class)) => Error::new(class, ""),
        _ => match describe(state, index) {
            text if text == "not enough memory" => Error::new(Class::MemoryError, text),
            text => Error::runtime(text),
        },
    }
}

/// What an error value says.
pub(super) fn describe(state: State, index: c_int) -> String {
    let index = state.absolute(index);
    match state.kind(index) {
        Kind::String => String::from_utf8_lossy(&state.string_copy(index)).into_owned(),
        Kind::Nil | Kind::Absent => "nil".into(),
        _ => {
            let top = state.top();
            let text = text_of(state, index);
            state.set_top(top);
            let text = text.unwrap_or_else(|| "(an error value without a text)".into());
            contents(state, index)
                .filter(|_| text.starts_with("table: "))
                .unwrap_or(text)
        }
    }
}

/// What is in a table, which by itself says no more than where it lies.
fn contents(state: State, index: c_int) -> Option<String> {
    /// Characters that are shown.
    const MOST: usize = 500;
    if state.kind(index) != Kind::Table {
        return None;
    }
    let context = Context::of(state)?;
    let text = repr(&read::shown(state, context, index, &mut Allowance::new(context)));
    Some(match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    })
}

/// `tostring` of a value, where it gives one.
fn text_of(state: State, index: c_int) -> Option<String> {
    if !state.has_room(4) {
        return None;
    }
    state.push_function(to_text);
    state.copy_to_top(index);
    (state.call_protected(1, 1, 0) == Status::Ok && state.kind(-1) == Kind::String)
        .then(|| String::from_utf8_lossy(&state.string_copy(-1)).into_owned())
}

unsafe extern "C-unwind" fn to_text(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    unsafe { super::building::Building::new(state) }.push_text_of(1);
    1
}

/// The place a message of the compiler begins with.
pub(super) fn place_in(text: &str, name: &str) -> Option<Place> {
    let shown = name.strip_prefix(['@', '=']).unwrap_or(name);
    let (line, _) = text.strip_prefix(shown)?.strip_prefix(':')?.split_once(':')?;
    Some(Place::new(shown.as_bytes(), line.parse().ok()?))
}

/// Pushes an error with its place in the script: for a C function, or for who has said the place.
pub(super) fn raise(state: State, context: &'static Context, mut error: Error) -> Answer {
    if context.load.is_exhausted() && context.net.sched().is_dying() {
        // There is no memory for an error, and nobody who would see it.
        state.push_nil();
        return Answer::Raise;
    }
    if error.place().is_none() {
        locate(state, &mut error, CALLER);
    }
    let value = Value::Error(Rc::new(error));
    // Where not even the error can be had, Lua's own memory error is on top instead.
    let _ = state.protected(|building| push::one(building, context, &value));
    Answer::Raise
}

/// Notes where the script is, from a level of its calls on.
pub(super) fn locate(state: State, error: &mut Error, innermost: c_int) {
    let mut trace = Trace::default();
    for level in innermost..=TRACED {
        match state.place(level) {
            Frame::Script(place) => trace.push(place),
            Frame::Foreign => {}
            Frame::None => break,
        }
    }
    error.set_trace(trace);
}
