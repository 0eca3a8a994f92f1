//! The metatables of our userdata and of the tuples whose places have names.

use std::ffi::{c_int, c_void};
use std::rc::Rc;

use mlua::ffi::lua_State;

use crate::api::testing::is_equal;
use crate::api::{self, Form, Hot, Op, RecordKind, Type, Value, closer, element, ops, repr, setter};
use crate::error::{Class, Error};

use super::building::Building;
use super::context::Context;
use super::invoke::{self, Answer};
use super::kept;
use super::object::Object;
use super::read;
use super::shape;
use super::state::{CFunction, Kind, REGISTRY, State, upvalue};

/// Pushes the metatable of a type, which is built when the first object of the type is.
pub(super) fn push_of_type(building: Building, kind: Type) {
    let state = building.state();
    state.raw_get_pointer(REGISTRY, Context::type_key(kind));
    if state.kind(-1) != Kind::Nil {
        return;
    }
    state.pop(1);
    building.need_room(8);
    let Some(context) = Context::of(state) else {
        // No function of ours outlives the context.
        state.push_nil();
        return;
    };
    building.new_table(0, 12);
    let metatable = state.top();
    building.new_table(0, 32);
    for op in ops().filter(|op| kind.has(op.on)) {
        match op.form {
            Form::Property => state.push_light(op_pointer(op)),
            Form::Method | Form::Function => push_op(building, context, op),
        }
        building.set_named(-2, op.name);
    }
    if kind == Type::Socket {
        shape::keep_methods(building);
    }
    state.push_light(context.as_upvalue());
    building.push_closure(index, 2);
    if kind == Type::Socket {
        shape::keep_index(building);
    }
    building.set_named(metatable, "__index");
    for (name, function) in METAMETHODS {
        state.push_light(context.as_upvalue());
        building.push_closure(*function, 1);
        building.set_named(metatable, name);
    }
    if kind == Type::Absent {
        for name in ABSENT_USES {
            state.push_light(context.as_upvalue());
            building.push_closure(absent_use, 1);
            building.set_named(metatable, name);
        }
    }
    if kind == Type::Error {
        state.push_light(context.as_upvalue());
        building.push_closure(join_texts, 1);
        building.set_named(metatable, "__concat");
    }
    building.push_bytes(kind.name().as_bytes());
    building.set_named(metatable, "__name");
    state.push_bool(false);
    building.set_named(metatable, "__metatable");
    state.copy_to_top(metatable);
    building.raw_set_pointer(REGISTRY, Context::type_key(kind));
}

/// Pushes the metatable of a kind of record, built when it is first needed.
pub(super) fn push_of_record(building: Building, context: &'static Context, kind: &'static RecordKind) {
    let state = building.state();
    let key = std::ptr::from_ref(kind).cast();
    state.raw_get_pointer(REGISTRY, key);
    if state.kind(-1) != Kind::Nil {
        return;
    }
    state.pop(1);
    building.need_room(6);
    building.new_table(0, 8);
    for (name, function) in RECORD_METAMETHODS {
        state.push_light(context.as_upvalue());
        building.push_closure(*function, 1);
        building.set_named(-2, name);
    }
    building.push_bytes(kind.name.as_bytes());
    building.set_named(-2, "__name");
    state.push_bool(false);
    building.set_named(-2, "__metatable");
    state.copy_to_top(-1);
    building.raw_set_pointer(REGISTRY, key);
    // A longjmp out of a growing list would leave it borrowed: nothing raises from here on.
    context
        .records
        .borrow_mut()
        .push((state.pointer(-1) as usize, kind));
}

/// Pushes the function of an operation.
pub(super) fn push_op(building: Building, context: &'static Context, op: &'static Op) {
    let state = building.state();
    state.push_light(op_pointer(op));
    state.push_light(context.as_upvalue());
    building.push_closure(function_of(op), 2);
}

/// Whether the function at an index is an operation's.
pub(super) fn is_op(state: State, index: c_int) -> bool {
    state.function(index).is_some_and(|function| {
        let hot = Hot::ALL.map(hot_function);
        hot.into_iter()
            .chain([invoke::invoke as CFunction, shape::invoke])
            .any(|ours| std::ptr::fn_addr_eq(ours, function))
    })
}

/// The function that runs an operation: some have one of their own.
fn function_of(op: &Op) -> CFunction {
    match op.hot {
        Some(hot) => hot_function(hot),
        None if shape::is_changed_by(op) => shape::invoke,
        None => invoke::invoke,
    }
}

fn hot_function(hot: Hot) -> CFunction {
    match hot {
        Hot::Recv => invoke::recv,
        Hot::RecvInto => invoke::recv_into,
        Hot::Send => invoke::send,
        Hot::SendAll => invoke::sendall,
    }
}

fn op_pointer(op: &'static Op) -> *mut c_void {
    std::ptr::from_ref(op).cast_mut().cast()
}

/// The operation behind a pointer that `op_pointer` made.
pub(super) fn op_at(pointer: *mut c_void) -> &'static Op {
    // SAFETY: only pointers made by `op_pointer` get here: they point into the static table.
    unsafe { &*pointer.cast::<Op>() }
}

const METAMETHODS: &[(&str, CFunction)] = &[
    ("__gc", collect),
    ("__close", close),
    ("__tostring", text),
    ("__eq", equal),
    ("__len", length),
    ("__newindex", set_index),
    ("__call", invoke::call_object),
];

const RECORD_METAMETHODS: &[(&str, CFunction)] = &[
    ("__index", record_index),
    ("__newindex", record_set_index),
    ("__tostring", text),
    ("__eq", equal),
    ("__concat", join_texts),
];

const ABSENT_USES: &[&str] = &[
    "__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__idiv", "__band", "__bor", "__bxor",
    "__shl", "__shr", "__bnot", "__lt", "__le", "__concat",
];

/// `object.name`: a method, the value of a property, or a place of a `bytearray`.
unsafe extern "C-unwind" fn index(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    state.copy_to_top(2);
    if state.raw_get(upvalue(1)) == mlua::ffi::LUA_TFUNCTION {
        return 1;
    }
    let context = Context::behind(state, 2);
    invoke::answer(state, context, |call| {
        if state.kind(-1) == Kind::LightUserdata {
            let op = op_at(state.userdata(-1));
            return call.property(op);
        }
        let value = read::value(state, context, 1);
        if let (Some(length), Kind::Integer) = (element::length(&value), state.kind(2)) {
            let place = state.integer(2);
            let found = index_of(place, length)
                .map(|index| element::get(&value, index))
                .transpose()?;
            return Ok(found.flatten().unwrap_or(Value::None));
        }
        if let (Value::Trial(trial), Kind::String) = (&value, state.kind(2)) {
            match trial.field(&String::from_utf8_lossy(&state.string_copy(2))) {
                Some(held) => return Ok(Value::Held(held)),
                None if trial.is_ending() => return Ok(Value::None),
                None => {}
            }
        }
        Err(no_attribute(
            value.kind(),
            &read::value(state, context, 2),
            value.object_type(),
        ))
    })
    .finish(state)
}

/// `AttributeError`, with the name that was probably meant.
pub(super) fn no_attribute(kind: &str, key: &Value, owner: Option<Type>) -> Error {
    let key = match key {
        Value::String(bytes) => bytes.with(|bytes| String::from_utf8_lossy(bytes).into_owned()),
        other => repr(other),
    };
    api::no_attribute(kind, &key, owner, ".")
}

/// `object.name = value`: an attribute that can be written, a place of a `bytearray`.
unsafe extern "C-unwind" fn set_index(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    invoke::answer(state, context, |call| {
        let target = read::value(state, context, 1);
        let key = read::value(state, context, 2);
        if let (Some(kind), Value::String(name)) = (target.object_type(), &key) {
            let setter = name.with(|name| {
                let name = std::str::from_utf8(name).ok()?;
                setter(kind, name)
            });
            if let Some(op) = setter {
                return call.set_property(op, read::value(state, context, 3));
            }
        }
        let (Some(length), Value::Int(place)) = (element::length(&target), &key) else {
            let name = match &key {
                Value::String(bytes) => bytes.with(|bytes| String::from_utf8_lossy(bytes).into_owned()),
                other => repr(other),
            };
            let owner = target.object_type();
            if !ops().any(|op| op.name == name && owner.is_some_and(|owner| owner.has(op.on))) {
                if let (Value::Trial(trial), Value::String(_)) = (&target, &key) {
                    trial.set_field(&name, Rc::new(kept::keep(state, context, 3, None)?));
                    return Ok(Value::None);
                }
                return Err(no_attribute(target.kind(), &key, owner));
            }
            return Err(Error::new(
                Class::AttributeError,
                format!("'{}' object attribute '{name}' is read-only", target.kind()),
            ));
        };
        element::set(&target, index_of(*place, length), &read::value(state, context, 3))?;
        Ok(Value::None)
    })
    .finish(state)
}

/// The index, from 0, that a place from 1 means: negative ones count from the end.
fn index_of(place: i64, length: usize) -> Option<usize> {
    if place < 0 {
        length.checked_sub(usize::try_from(place.unsigned_abs()).ok()?)
    } else {
        usize::try_from(place).ok()?.checked_sub(1)
    }
}

/// `tostring(value)`.
unsafe extern "C-unwind" fn text(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    invoke::answer(state, context, |_| {
        let value = read::value(state, context, 1);
        if let Value::Error(error) = &value {
            context.tell(error);
        }
        Ok(text_of(&value))
    })
    .finish(state)
}

fn text_of(value: &Value) -> Value {
    match value {
        Value::Error(error) => Value::text(error.to_string()),
        Value::Record(record) if record.kind.is_bare() => match record.items.first() {
            Some(Value::String(bytes)) if bytes.with(|bytes| bytes.first() != Some(&0)) => {
                Value::bytes(bytes.to_vec())
            }
            _ => Value::text(repr(value)),
        },
        Value::String(bytes) => Value::bytes(bytes.to_vec()),
        other => Value::text(repr(other)),
    }
}

/// `address .. text`, `text .. error`.
unsafe extern "C-unwind" fn join_texts(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    invoke::answer(state, context, |_| {
        let mut joined = Vec::new();
        for place in 1..=2 {
            match text_of(&read::value(state, context, place)) {
                Value::Bytes(bytes) => bytes.with(|bytes| joined.extend_from_slice(bytes)),
                Value::Text(text) => joined.extend_from_slice(text.as_bytes()),
                _ => {}
            }
        }
        Ok(Value::bytes(joined))
    })
    .finish(state)
}

/// `one == other`: records by their items, classes and absent constants by what they are, the rest by identity.
unsafe extern "C-unwind" fn equal(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    invoke::answer(state, context, |_| {
        let (one, other) = (read::value(state, context, 1), read::value(state, context, 2));
        let equal = match (&one, &other) {
            (Value::Record(_), Value::Record(_) | Value::List(_)) | (Value::List(_), Value::Record(_)) => {
                Some(is_equal(&one, &other))
            }
            _ => one.is_same(&other).or_else(|| element::equal(&one, &other)),
        };
        Ok(Value::Bool(equal.unwrap_or_else(|| state.raw_equal(1, 2))))
    })
    .finish(state)
}

/// `#value`.
unsafe extern "C-unwind" fn length(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    invoke::answer(state, context, |_| {
        let value = read::value(state, context, 1);
        let length = element::length(&value)
            .ok_or_else(|| Error::type_error(format!("object of type '{}' has no len()", value.kind())))?;
        Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
    })
    .finish(state)
}

/// A record's field by its name.
unsafe extern "C-unwind" fn record_index(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    if state.kind(2) == Kind::String
        && let Some(kind) = read::record_kind(state, context, 1)
    {
        let place = {
            let name = state.string_copy(2);
            std::str::from_utf8(&name).ok().and_then(|name| kind.place(name))
        };
        if let Some(place) = place {
            state.raw_get_index(1, i64::try_from(place).unwrap_or(0) + 1);
            return 1;
        }
    }
    state.push_nil();
    1
}

/// Writing what a record does not have: its fields are there by number alone, and a tuple has no others.
unsafe extern "C-unwind" fn record_set_index(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    invoke::answer(state, context, |_| {
        let name = read::record_kind(state, context, 1).map_or("tuple", |kind| kind.name);
        let field = match read::value(state, context, 2) {
            Value::String(field) => field.with(|field| String::from_utf8_lossy(field).into_owned()),
            _ => {
                return Err(Error::type_error(
                    "'tuple' object does not support item assignment",
                ));
            }
        };
        let text = format!("'{name}' object attribute '{field}' is read-only");
        Err(Error::new(Class::AttributeError, text))
    })
    .finish(state)
}

/// Using a constant this platform does not have.
unsafe extern "C-unwind" fn absent_use(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    invoke::answer(state, context, |_| {
        for place in 1..=2 {
            if let Value::Absent(constant) = read::value(state, context, place) {
                return Err(api::absent(constant));
            }
        }
        Err(Error::type_error("unsupported operand"))
    })
    .finish(state)
}

/// Leaving the scope of a `<close>` variable: what has a method for it closes.
unsafe extern "C-unwind" fn close(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    let answer = invoke::answer(state, context, |call| {
        let kind = read::value(state, context, 1).object_type();
        kind.and_then(closer)
            .map_or(Ok(Value::None), |op| call.property(op))
    });
    match answer {
        // A task that is being killed leaves by its own error.
        Answer::Raise if context.net.sched().current().is_some_and(|task| task.is_killed()) => 0,
        answer => answer.finish(state),
    }
}

/// The collector, or a script, ends the object.
unsafe extern "C-unwind" fn collect(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    if let Some(object) = Object::at(state, 1) {
        object.release();
    }
    0
}
