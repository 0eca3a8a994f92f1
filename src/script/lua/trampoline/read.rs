//! From a script's stack to values: raw reads only, which neither convert in place nor run a script's metamethods.

use std::ffi::c_int;
use std::rc::Rc;

use crate::api::{
    CYCLIC, DEEPEST_DATA, Named, Record, RecordKind, SAME_LIST, SAME_MAP, Shape, TOO_DEEP, Value, repr,
};
use crate::bytes::Bytes;
use crate::sys::borrowed::Borrowed;

use super::allowance::Allowance;
use super::context::Context;
use super::metatable;
use super::object::Object;
use super::state::{Kind, State};
use super::{kept, stream, written};

/// Where a class has its name.
const CLASS_NAME: &[u8] = b"__name";
/// Where it has those that it is made of.
const CLASS_ORDER: &[u8] = b"__mro__";
const LONGEST_KEY: usize = CLASS_ORDER.len();

/// Tables within tables that are looked into.
const DEEPEST: usize = 32;

/// What becomes of a table that is neither a list nor a map.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fidelity {
    /// What does not fit is left out.
    Loose,
    /// It is refused.
    Exact,
    /// It is read as it is, whatever its keys; within itself it is known again.
    Shown,
    /// It is read as it is, but an object of the script's, with a metatable, is refused.
    Whole,
}

/// How tables are read.
struct Reading<'a> {
    left: &'a mut Allowance,
    deepest: usize,
    fidelity: Fidelity,
    /// The host reads: any table, with keys that are no texts as texts, and functions are kept for it here.
    host: Option<&'static Context>,
    /// The tables being read, the outermost first.
    within: Vec<usize>,
}

impl<'a> Reading<'a> {
    const fn new(left: &'a mut Allowance, deepest: usize, fidelity: Fidelity) -> Self {
        Self {
            left,
            deepest,
            fidelity,
            host: None,
            within: Vec::new(),
        }
    }
}

/// The value at an index. Strings on the stack itself are borrowed for the length of the call; those inside tables are
/// copied, as a script could take them out meanwhile.
pub(super) fn value(state: State, context: &Context, index: c_int) -> Value {
    argument(state, context, index, &mut Allowance::new(context))
}

/// As [`value`], of one of several.
pub(super) fn argument(state: State, context: &Context, index: c_int, left: &mut Allowance) -> Value {
    let reading = &mut Reading::new(left, DEEPEST, Fidelity::Loose);
    read(state, context, index, reading)
}

/// The value at an index, as data that is read to its last key or refused.
pub(super) fn data(state: State, context: &Context, index: c_int, left: &mut Allowance) -> Value {
    let reading = &mut Reading::new(left, DEEPEST_DATA, Fidelity::Exact);
    read(state, context, index, reading)
}

/// The value at an index, for another thread.
pub(super) fn portable(state: State, context: &Context, index: c_int, left: &mut Allowance) -> Value {
    let reading = &mut Reading::new(left, DEEPEST_DATA, Fidelity::Whole);
    read(state, context, index, reading)
}

/// The value at an index, to be printed.
pub(super) fn shown(state: State, context: &Context, index: c_int, left: &mut Allowance) -> Value {
    let reading = &mut Reading::new(left, DEEPEST_DATA, Fidelity::Shown);
    read(state, context, index, reading)
}

/// The values from an index to the top, for the host: they outlive the call, and any table can be read.
pub(super) fn owned(state: State, context: &'static Context, first: c_int) -> Vec<Value> {
    let mut left = Allowance::for_host(state, context);
    let mut reading = Reading::new(&mut left, DEEPEST_DATA, Fidelity::Loose);
    reading.host = Some(context);
    // Nothing is borrowed from what is within a table.
    reading.within.push(0);
    let places = first..=state.top();
    places
        .map(|index| read(state, context, index, &mut reading))
        .collect()
}

fn read(state: State, context: &Context, index: c_int, reading: &mut Reading) -> Value {
    match state.kind(index) {
        Kind::Absent | Kind::Nil => Value::None,
        Kind::Boolean => Value::Bool(state.truth(index)),
        Kind::Integer => Value::Int(state.integer(index)),
        Kind::Float => Value::Float(state.float(index)),
        Kind::String if reading.within.is_empty() => {
            let (start, length) = state.string(index);
            // SAFETY: the string stands on the caller's frame, which keeps it while the operation runs; Lua's strings
            // neither move nor change.
            Value::String(Bytes::Script(unsafe { Borrowed::new(start, length) }))
        }
        Kind::String => match reading.left.bytes.checked_sub(state.raw_length(index)) {
            Some(rest) => {
                reading.left.bytes = rest;
                Value::String(Bytes::Owned(state.string_copy(index)))
            }
            None => Value::Opaque("table of too many bytes"),
        },
        Kind::Table => table(state, context, index, reading),
        Kind::Function if reading.fidelity == Fidelity::Whole => thing(state, index, "function"),
        Kind::Function => {
            let place = usize::try_from(state.absolute(index)).unwrap_or(0);
            match reading.host {
                Some(context) => kept::keep(state, context, place, None)
                    .map_or(Value::Opaque("function"), |kept| Value::Kept(Rc::new(kept))),
                None => Value::Function(place),
            }
        }
        Kind::Userdata => match Object::at(state, index) {
            Some(object) => object.value(),
            None if reading.fidelity == Fidelity::Whole => {
                let is_file = reading.within.is_empty() && stream::at(state, context, index).is_some();
                thing(state, index, if is_file { "file" } else { "userdata" })
            }
            None if reading.within.is_empty() => stream::at(state, context, index)
                .map_or(Value::Opaque("userdata"), |stream| {
                    Value::Foreign(Rc::new(stream))
                }),
            None => Value::Opaque("userdata"),
        },
        Kind::LightUserdata if state.userdata(index) == super::push::null() => Value::None,
        Kind::LightUserdata => Value::Opaque("userdata"),
        Kind::Thread if reading.fidelity == Fidelity::Whole => thing(state, index, "thread"),
        Kind::Thread => Value::Opaque("thread"),
    }
}

/// What is not looked into, and known by its address.
fn thing(state: State, index: c_int, kind: &'static str) -> Value {
    Value::Thing {
        kind,
        identity: state.pointer(index) as usize,
    }
}

fn table(state: State, context: &Context, index: c_int, reading: &mut Reading) -> Value {
    let index = state.absolute(index);
    let itself = state.pointer(index) as usize;
    if !state.has_room(6) {
        return Value::Opaque(TOO_DEEP);
    }
    if state.raw_length(index) > reading.left.items {
        return Value::Opaque("table of too many items");
    }
    let length = list_length(state, index);
    if reading.within.contains(&itself) {
        return Value::Opaque(match reading.fidelity {
            Fidelity::Shown if length > 0 && is_list(state, index, length) => SAME_LIST,
            Fidelity::Shown => SAME_MAP,
            _ => CYCLIC,
        });
    }
    if reading.within.len() >= reading.deepest {
        return Value::Opaque(TOO_DEEP);
    }
    match reading.left.items.checked_sub(length + 1) {
        Some(rest) => reading.left.items = rest,
        None => return Value::Opaque("table of too many items"),
    }
    reading.within.push(itself);
    let value = contents(state, context, index, length, reading);
    reading.within.pop();
    value
}

fn contents(state: State, context: &Context, index: c_int, length: usize, reading: &mut Reading) -> Value {
    let kind = record_kind(state, context, index);
    let whole = reading.fidelity == Fidelity::Whole;
    if whole && kind.is_none() && state.get_metatable(index) {
        state.pop(1);
        return thing(state, index, "table with a metatable");
    }
    if reading.fidelity == Fidelity::Shown
        && kind.is_none()
        && let Some(class) = class_name(state, index)
    {
        let identity = state.pointer(index) as usize;
        return Value::Instance { class, identity };
    }
    if length > 0 || kind.is_some() {
        if reading.host.is_some() && kind.is_none() && !is_list(state, index, length) {
            return entries(state, context, index, reading).map_or(Value::Opaque("table"), Value::Map);
        }
        if reading.fidelity != Fidelity::Loose && !is_list(state, index, length) {
            return if whole || reading.fidelity == Fidelity::Shown {
                pairs(state, context, index, reading)
            } else {
                Value::Opaque("table that is neither a list nor a map")
            };
        }
        let mut items = Vec::with_capacity(length.min(1024));
        for place in 1..=length {
            state.raw_get_index(index, i64::try_from(place).unwrap_or(0));
            items.push(read(state, context, -1, reading));
            state.pop(1);
        }
        return match kind {
            Some(kind) => record(kind, items),
            None => Value::List(items),
        };
    }
    match entries(state, context, index, reading) {
        Some(entries) if entries.is_empty() => Value::List(Vec::new()),
        Some(entries) => Value::Map(entries),
        None => match reading.fidelity {
            Fidelity::Whole | Fidelity::Shown => pairs(state, context, index, reading),
            Fidelity::Exact => Value::Opaque("table that is neither a list nor a map"),
            Fidelity::Loose => Value::Opaque("table"),
        },
    }
}

/// The name of the class, as `socketserver` makes them, that a table is an instance of: its metatable. Nothing is pushed that could
/// be refused memory.
fn class_name(state: State, index: c_int) -> Option<String> {
    if !state.get_metatable(index) {
        return None;
    }
    let (mut name, mut is_class) = (None, false);
    state.push_nil();
    while state.next(-2) {
        if state.kind(-2) == Kind::String {
            let key = state.string_start(-2, LONGEST_KEY + 1);
            match state.kind(-1) {
                Kind::String if key == CLASS_NAME => name = String::from_utf8(state.string_copy(-1)).ok(),
                Kind::Table if key == CLASS_ORDER => is_class = true,
                _ => {}
            }
        }
        state.pop(1);
    }
    state.pop(1);
    name.filter(|_| is_class)
}

/// The pairs of any table whose keys are plain values, or of any kind where they are only shown.
fn pairs(state: State, context: &Context, index: c_int, reading: &mut Reading) -> Value {
    let mut entries = Vec::new();
    state.push_nil();
    while state.next(index) {
        let refused = match state.kind(-2) {
            Kind::Boolean | Kind::Integer | Kind::Float | Kind::String => reading.left.items == 0,
            _ if reading.fidelity == Fidelity::Shown => reading.left.items == 0,
            _ => {
                state.pop(2);
                return Value::Opaque("table with a key that is neither boolean, number nor string");
            }
        };
        if refused {
            state.pop(2);
            return Value::Opaque("table of too many items");
        }
        reading.left.items -= 1;
        let key = read(state, context, -2, reading);
        entries.push((key, read(state, context, -1, reading)));
        state.pop(1);
    }
    Value::Table(entries)
}

/// How many places a table has as a list; needs room for a value.
#[cfg(not(feature = "lua55"))]
pub(super) fn list_length(state: State, index: c_int) -> usize {
    state.raw_length(index)
}

/// How many places a table has as a list; needs room for a value. Where items are missing, Lua 5.5 finds another end than 5.4: so
/// the first has to be there, and the list goes on as long as no more are missing than there are.
#[cfg(feature = "lua55")]
pub(super) fn list_length(state: State, index: c_int) -> usize {
    /// How many may be missing at most.
    const MOST_MISSING: usize = 64;

    let is_there = |place: usize| {
        state.raw_get_index(index, i64::try_from(place).unwrap_or(0));
        let is_there = state.kind(-1) != Kind::Nil;
        state.pop(1);
        is_there
    };
    if !is_there(1) {
        return 0;
    }
    let (mut last, mut missing) = (state.raw_length(index), 0);
    let mut items = last;
    for place in last + 1.. {
        if is_there(place) {
            (last, items) = (place, items + 1);
        } else {
            missing += 1;
            if missing > items.min(MOST_MISSING) {
                break;
            }
        }
    }
    last
}

/// Whether every key of a table is a place of a list of this length.
fn is_list(state: State, index: c_int, length: usize) -> bool {
    state.push_nil();
    while state.next(index) {
        state.pop(1);
        let is_place = state.kind(-1) == Kind::Integer
            && usize::try_from(state.integer(-1)).is_ok_and(|place| (1..=length).contains(&place));
        if !is_place {
            state.pop(1);
            return false;
        }
    }
    true
}

/// A record's items, text where the kind says so.
fn record(kind: &'static RecordKind, items: Vec<Value>) -> Value {
    let missing = kind.least().saturating_sub(items.len());
    let items = items
        .into_iter()
        .chain((0..missing).map(|_| Value::None))
        .enumerate()
        .map(|(place, item)| match (kind.shape(place), item) {
            (Shape::Text, Value::String(bytes)) if !kind.is_bare() => {
                match String::from_utf8(bytes.into_vec()) {
                    Ok(text) => Value::text(text),
                    Err(bytes) => Value::String(Bytes::Owned(bytes.into_bytes())),
                }
            }
            (_, item) => item,
        })
        .collect();
    Value::Record(Box::new(Record { kind, items }))
}

/// The pairs of a table whose keys are all strings.
fn entries(
    state: State,
    context: &Context,
    index: c_int,
    reading: &mut Reading,
) -> Option<Vec<(String, Value)>> {
    let mut entries = Vec::new();
    state.push_nil();
    while state.next(index) {
        let Some(key) = key_at(state, -2, reading.host.is_some()) else {
            state.pop(2);
            return None;
        };
        let Some(rest) = reading.left.items.checked_sub(1) else {
            state.pop(2);
            return None;
        };
        reading.left.items = rest;
        entries.push((key, read(state, context, -1, reading)));
        state.pop(1);
    }
    Some(entries)
}

/// The pairs of a table, if its keys are all strings.
pub(super) fn keywords(
    state: State,
    context: &Context,
    index: c_int,
    left: &mut Allowance,
) -> Option<Vec<(String, Value)>> {
    let mut reading = Reading::new(left, DEEPEST, Fidelity::Loose);
    // What it holds is within it.
    reading.within.push(state.pointer(index) as usize);
    entries(state, context, index, &mut reading)
}

/// A key as text.
fn key_at(state: State, index: c_int, loose: bool) -> Option<String> {
    match state.kind(index) {
        Kind::String => String::from_utf8(state.string_copy(index)).ok(),
        Kind::Integer if loose => Some(state.integer(index).to_string()),
        Kind::Float if loose => Some(repr(&Value::Float(state.float(index)))),
        Kind::Boolean if loose => Some(state.truth(index).to_string()),
        _ => None,
    }
}

/// What kind of record the table at an index is, if it is one.
pub(super) fn record_kind(state: State, context: &Context, index: c_int) -> Option<&'static RecordKind> {
    if state.kind(index) != Kind::Table || !state.has_room(2) || !state.get_metatable(index) {
        return None;
    }
    let metatable = state.pointer(-1) as usize;
    state.pop(1);
    context
        .records
        .borrow()
        .iter()
        .find(|(known, _)| *known == metatable)
        .map(|(_, kind)| *kind)
}

/// What stands at an index, where it is a module or a function of the table.
pub(super) fn named(state: State, context: &Context, index: c_int) -> Named {
    match state.kind(index) {
        Kind::Function if metatable::is_op(state, index) && state.has_room(1) => {
            Named::Op(metatable::op_at(state.upvalue_of(index, 1)))
        }
        Kind::Table => match named_table(state, context, index) {
            Some(named) => named,
            None => Named::Value(value(state, context, index)),
        },
        _ => Named::Value(value(state, context, index)),
    }
}

/// The module or class that a table is, if it is one.
pub(super) fn named_table(state: State, context: &Context, index: c_int) -> Option<Named> {
    let table = state.pointer(index) as usize;
    let modules = context.modules.borrow();
    match modules.iter().find(|(known, _)| *known == table) {
        Some((_, module)) => Some(Named::Module(module)),
        None => written::name_of(state, index).map(|(name, is_class)| Named::Written { name, is_class }),
    }
}
