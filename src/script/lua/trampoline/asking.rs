//! What a person at a prompt asks of the machine: whether a text compiles, what came of it, what there is to be named.
//! Values are looked at with raw reads, bounded, and no code of a script runs.

use std::ffi::{CStr, c_int};

use crate::api::Value;
use crate::error::Class;
use crate::sched::Task;
use crate::script::{DEEPEST, Found, MOST_BYTES, MOST_IN_ALL, MOST_ITEMS, Picture};

use super::context::Context;
use super::library;
use super::object::Object;
use super::read;
use super::state::{Kind, REGISTRY, State, Status};
use super::task;

/// Where the registry has the globals.
const GLOBALS: i64 = mlua::ffi::LUA_RIDX_GLOBALS;
/// Tables that are asked one after the other for what the one before lacks.
const LONGEST_CHAIN: usize = 8;
/// Keys of one table that are counted.
const MOST_KEYS: usize = 1 << 20;

/// Why a text cannot be compiled, if it cannot.
pub(in crate::script::lua) fn complaint(
    context: &'static Context,
    source: &[u8],
    name: &CStr,
) -> Option<String> {
    let state = context.main;
    let top = state.top();
    let text_only = !context.net.is_unguarded();
    let failed = library::compile(context, state, source, name, text_only) == Status::Error;
    let text = failed.then(|| match state.kind(-1) {
        Kind::String => String::from_utf8_lossy(&state.string_copy(-1)).into_owned(),
        _ => String::new(),
    });
    state.set_top(top);
    text
}

/// What an ended task returned. The first value becomes the global `_`, where there is any.
pub(in crate::script::lua) fn results(context: &Context, task: &Task) -> Vec<Picture> {
    task::with_outcome(task, |state, places| {
        let top = state.top();
        let mut looking = Looking::new(context);
        let pictures = places.clone().map(|place| looking.at(state, place)).collect();
        let first = *places.start();
        if !places.is_empty() && state.kind(first) != Kind::Nil {
            // Without memory for it the last value stays what it was.
            let _ = state.protected_with(&[first], |building| {
                building.state().raw_get_index(REGISTRY, GLOBALS);
                building.state().copy_to_top(1);
                building.set_named(-2, "_");
            });
        }
        state.set_top(top);
        pictures
    })
    .unwrap_or_default()
}

/// What a script raised, where that is a value of its own.
pub(in crate::script::lua) fn thrown(context: &Context, task: &Task) -> Option<Picture> {
    let own = task.failure()?.class() == Class::RuntimeError && task.death().is_none();
    own.then(|| {
        task::with_outcome(task, |state, places| {
            let last = *places.end();
            let table = !places.is_empty() && state.kind(last) == Kind::Table;
            table.then(|| Looking::new(context).at(state, last))
        })
    })??
}

/// The names of the globals.
pub(in crate::script::lua) fn globals(context: &Context) -> Vec<String> {
    let state = context.main;
    let top = state.top();
    let mut names = Vec::new();
    if state.has_room(8) {
        state.raw_get_index(REGISTRY, GLOBALS);
        keys(state, -1, &mut names);
    }
    state.set_top(top);
    names.into_iter().map(|(name, _)| name).collect()
}

/// What stands behind a path of names.
pub(in crate::script::lua) fn find(context: &Context, path: &[&str]) -> Option<Found> {
    let state = context.main;
    let top = state.top();
    let found = follow(state, path);
    state.set_top(top);
    found
}

fn follow(state: State, path: &[&str]) -> Option<Found> {
    if !state.has_room(16) {
        return None;
    }
    state.raw_get_index(REGISTRY, GLOBALS);
    for name in path {
        if !step(state, name) {
            return None;
        }
    }
    match state.kind(-1) {
        Kind::Absent | Kind::Nil => None,
        Kind::String => Some(Found::Text),
        Kind::Userdata if Object::at(state, -1).is_some() => {
            let object = Object::at(state, -1)?.value().object_type();
            Some(object.map_or(Found::Other, Found::Object))
        }
        Kind::Table | Kind::Userdata => {
            let mut names = Vec::new();
            for _ in 0..LONGEST_CHAIN {
                if state.kind(-1) == Kind::Table {
                    keys(state, -1, &mut names);
                }
                if !into_index(state) {
                    break;
                }
            }
            Some(Found::Fields(names))
        }
        _ => Some(Found::Other),
    }
}

/// Puts what the value on top has under a name on top.
fn step(state: State, name: &str) -> bool {
    for _ in 0..LONGEST_CHAIN {
        if state.kind(-1) == Kind::Table {
            if state
                .protected(|building| building.push_bytes(name.as_bytes()))
                .is_err()
            {
                return false;
            }
            state.raw_get(-2);
            if state.kind(-1) != Kind::Nil {
                return true;
            }
            state.pop(1);
        }
        if !into_index(state) {
            return false;
        }
    }
    false
}

/// Puts the table that is asked for what the value on top lacks in its place.
fn into_index(state: State) -> bool {
    if !state.has_room(8) || !state.get_metatable(-1) {
        return false;
    }
    if state
        .protected(|building| building.push_bytes(b"__index"))
        .is_err()
    {
        return false;
    }
    state.raw_get(-2);
    state.kind(-1) == Kind::Table
}

/// The names among a table's keys, each with whether it is a function's.
fn keys(state: State, index: c_int, names: &mut Vec<(String, bool)>) {
    let index = state.absolute(index);
    state.push_nil();
    while state.next(index) {
        let is_function = state.kind(-1) == Kind::Function;
        state.pop(1);
        if names.len() >= MOST_KEYS {
            state.pop(1);
            return;
        }
        if state.kind(-1) == Kind::String
            && let Ok(name) = String::from_utf8(state.string_copy(-1))
        {
            names.push((name, is_function));
        }
    }
}

/// A look at values, with what may still be looked at.
struct Looking<'a> {
    context: &'a Context,
    left: usize,
    within: Vec<usize>,
}

impl<'a> Looking<'a> {
    const fn new(context: &'a Context) -> Self {
        Self {
            context,
            left: MOST_IN_ALL,
            within: Vec::new(),
        }
    }

    fn at(&mut self, state: State, index: c_int) -> Picture {
        if self.left == 0 || self.within.len() > DEEPEST || !state.has_room(8) {
            return Picture::More;
        }
        self.left -= 1;
        match state.kind(index) {
            Kind::String => beginning(state, index),
            Kind::Function => Picture::Named(match state.written_at(index) {
                Some(place) => format!("function ({place})"),
                None => "function (built in)".into(),
            }),
            Kind::Thread => Picture::Named("coroutine".into()),
            Kind::Table if read::record_kind(state, self.context, index).is_none() => {
                // Modules and classes are called by their names, as `repr` does.
                let named = read::named_table(state, self.context, index).and_then(|named| named.shown());
                match named {
                    Some(shown) => Picture::Named(shown.trim_matches(['<', '>']).to_owned()),
                    None => self.table(state, index),
                }
            }
            Kind::Userdata if Object::at(state, index).is_none() => Picture::Named("userdata".into()),
            Kind::LightUserdata if state.userdata(index) == super::push::null() => {
                Picture::Value(Value::Null)
            }
            Kind::LightUserdata => Picture::Named("light userdata".into()),
            _ => Picture::Value(read::value(state, self.context, index)),
        }
    }

    fn table(&mut self, state: State, index: c_int) -> Picture {
        let index = state.absolute(index);
        let itself = state.pointer(index) as usize;
        if self.within.contains(&itself) {
            return Picture::Cycle;
        }
        self.within.push(itself);
        let picture = self.contents(state, index);
        self.within.pop();
        picture
    }

    fn contents(&mut self, state: State, index: c_int) -> Picture {
        let length = state.raw_length(index);
        let mut named = Vec::new();
        let mut others = 0_usize;
        state.push_nil();
        while others < MOST_KEYS && state.next(index) {
            let is_item = state.kind(-2) == Kind::Integer
                && usize::try_from(state.integer(-2)).is_ok_and(|place| (1..=length).contains(&place));
            if is_item {
                state.pop(1);
                continue;
            }
            others += 1;
            if named.len() < MOST_ITEMS {
                let key = self.at(state, -2);
                named.push((key, self.at(state, -1)));
            }
            state.pop(1);
        }
        if others >= MOST_KEYS {
            state.pop(1);
        }
        let mut items = Vec::new();
        for place in 1..=length.min(MOST_ITEMS) {
            state.raw_get_index(index, i64::try_from(place).unwrap_or(0));
            items.push(self.at(state, -1));
            state.pop(1);
        }
        if others == 0 {
            return Picture::List(items, length);
        }
        named.sort_by_key(|(key, _)| format!("{key:?}"));
        let left = (length - items.len()) + (others - named.len());
        let numbered = (1..)
            .zip(items)
            .map(|(place, item)| (Picture::Value(Value::Int(place)), item));
        Picture::Map(numbered.chain(named).collect(), left)
    }
}

/// The beginning of a string.
fn beginning(state: State, index: c_int) -> Picture {
    let (_, length) = state.string(index);
    if length <= MOST_BYTES {
        return Picture::Bytes(state.string_copy(index), length);
    }
    Picture::Bytes(state.string_start(index, MOST_BYTES), length)
}
