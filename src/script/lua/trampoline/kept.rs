//! Values of a script that operations keep: functions they call later (audit hooks, taps), and what a channel carries.
//!
//! Each stands under the address of a key of its own: in the registry, or in the table of the object that keeps it (its
//! home). A home lives as long as its object, so that a value may refer to the object that keeps it, and both are
//! collected when nobody else does.

use std::any::Any;
use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::rc::Rc;

use crate::api::{Callback, Held, Value};
use crate::error::{Class, Error, Result};
use crate::sched::Task;

use super::building::Building;
use super::context::Context;
use super::state::{Kind, REGISTRY, State, Status};
use super::{failure, host, invoke, push as pushing, read};

/// Keys nobody needs any more, each with its home; the machine may be gone when one is put there.
pub(super) type Dropped = Rc<RefCell<Vec<(Option<Home>, Rc<u8>)>>>;

/// Names the table of an object's own values: by the address of what the object holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Home(*const c_void);

impl Home {
    pub(super) const fn of<T>(held: *const T) -> Self {
        Self(held.cast())
    }
}

/// A value of the script, under the address of its key.
pub(super) struct Kept {
    context: &'static Context,
    key: Rc<u8>,
    home: Option<Home>,
    dropped: Dropped,
}

/// The registry's key for the homes: a table that does not keep them alive.
static HOMES: u8 = 0;

fn homes() -> *const c_void {
    (&raw const HOMES).cast()
}

fn address(key: &Rc<u8>) -> *const c_void {
    Rc::as_ptr(key).cast()
}

/// Makes the table of homes.
pub(super) fn build(building: Building) {
    building.new_table(0, 0);
    building.new_table(0, 1);
    building.push_bytes(b"v");
    building.set_named(-2, "__mode");
    building.state().set_metatable(-2);
    building.raw_set_pointer(REGISTRY, homes());
}

/// Pushes a home, made when first asked for.
pub(super) fn push_home(building: Building, home: Home) {
    let state = building.state();
    building.need_room(4);
    state.raw_get_pointer(REGISTRY, homes());
    if state.raw_get_pointer(-1, home.0) == mlua::ffi::LUA_TNIL {
        state.pop(1);
        building.new_table(0, 1);
        state.copy_to_top(-1);
        building.raw_set_pointer(-3, home.0);
    }
    state.remove(-2);
}

/// Pushes the table a kept value stands in; nothing when that is gone.
fn push_place(state: State, home: Option<Home>) -> bool {
    let Some(home) = home else {
        state.copy_to_top(REGISTRY);
        return true;
    };
    state.raw_get_pointer(REGISTRY, homes());
    state.raw_get_pointer(-1, home.0);
    state.remove(-2);
    let is_there = state.kind(-1) == Kind::Table;
    if !is_there {
        state.pop(1);
    }
    is_there
}

/// Keeps the value at a place of the caller's frame, with the object whose home this is.
pub(super) fn keep(
    state: State,
    context: &'static Context,
    place: usize,
    home: Option<Home>,
) -> Result<Kept> {
    let place = c_int::try_from(place).unwrap_or(0);
    let key = Rc::new(0_u8);
    release(state, context);
    let kept = state.protected_with(&[place], |building| {
        building.need_room(4);
        match home {
            Some(home) => push_home(building, home),
            None => building.state().copy_to_top(REGISTRY),
        }
        building.state().rotate(-2, 1);
        building.raw_set_pointer(-2, address(&key));
        building.state().pop(1);
    });
    if kept.is_err() {
        return Err(Error::memory("a value that is kept"));
    }
    Ok(Kept {
        context,
        key,
        home,
        dropped: context.dropped.clone(),
    })
}

/// Keeps each item of the list at a place of the caller's frame; none where there is none.
pub(super) fn keep_items(
    state: State,
    context: &'static Context,
    place: usize,
) -> Result<Option<Vec<Rc<dyn Held>>>> {
    let index = c_int::try_from(place).unwrap_or(0);
    if state.kind(index) != Kind::Table || !state.has_room(4) {
        return Ok(None);
    }
    let length = read::list_length(state, index);
    if length == 0 {
        // A table by whose keys a script knows its sockets is no list of them.
        state.push_nil();
        let is_empty = !state.next(index);
        if !is_empty {
            state.pop(2);
        }
        return Ok(is_empty.then(Vec::new));
    }
    let mut items: Vec<Rc<dyn Held>> = Vec::new();
    for item in 1..=length {
        state.raw_get_index(index, i64::try_from(item).unwrap_or(0));
        let kept = keep(state, context, usize::try_from(state.top()).unwrap_or(0), None);
        state.pop(1);
        items.push(Rc::new(kept?));
    }
    Ok(Some(items))
}

/// Lets go of what nobody needs.
pub(super) fn release(state: State, context: &Context) {
    if context.dropped.borrow().is_empty() {
        return;
    }
    let dropped = std::mem::take(&mut *context.dropped.borrow_mut());
    for (home, key) in dropped {
        let top = state.top();
        // Setting a present key to nil needs no memory, so this does not fail.
        let _ = state.protected(|building| {
            building.need_room(4);
            if push_place(building.state(), home) {
                building.state().push_nil();
                building.raw_set_pointer(-2, address(&key));
                building.state().pop(1);
            }
        });
        state.set_top(top);
    }
}

/// Pushes a value that was kept: nil where there is no room.
pub(super) fn push(state: State, held: &dyn Held) {
    match held.as_any().downcast_ref::<Kept>() {
        Some(kept) if state.has_room(3) => kept.push(state),
        _ => state.push_nil(),
    }
}

impl Kept {
    fn push(&self, state: State) {
        if push_place(state, self.home) {
            state.raw_get_pointer(-1, address(&self.key));
            state.remove(-2);
        } else {
            state.push_nil();
        }
    }
}

impl Held for Kept {
    fn value(&self) -> Value {
        let state = self.context.current();
        if !state.has_room(4) {
            return Value::Opaque("object");
        }
        self.push(state);
        if state.kind(-1) == Kind::Table {
            state.pop(1);
            return Value::Opaque("table");
        }
        let value = match read::value(state, self.context, -1) {
            // It leaves the stack, which has kept it where it is.
            Value::String(bytes) => Value::String(crate::bytes::Bytes::Owned(bytes.to_vec())),
            Value::Function(_) => Value::Opaque("function"),
            value => value,
        };
        state.pop(1);
        value
    }

    fn ask(&self, method: &str) -> Result<Option<Value>> {
        let state = self.context.current();
        let top = state.top();
        if !state.has_room(6) {
            return Err(Error::memory("a call"));
        }
        self.push(state);
        let found = state.protected_with(&[-1], |building| {
            building.push_bytes(method.as_bytes());
            building.get(1);
        });
        // What has no such field, or no fields at all, has no such method.
        if found.is_err() || matches!(state.kind(-1), Kind::Nil | Kind::Absent) {
            state.set_top(top);
            return Ok(None);
        }
        state.rotate(-2, 1);
        let outcome = match state.call_protected(1, 1, 0) {
            Status::Error => Err(failure::error_at(state, -1)),
            Status::Ok | Status::Yield => Ok(Some(match read::value(state, self.context, -1) {
                number @ (Value::Int(_) | Value::Float(_) | Value::Bool(_)) => number,
                other => Value::Opaque(other.kind()),
            })),
        };
        state.set_top(top);
        outcome
    }

    fn identity(&self) -> Option<usize> {
        let state = self.context.current();
        if !state.has_room(4) {
            return None;
        }
        self.push(state);
        let pointer = state.pointer(-1) as usize;
        state.pop(1);
        (pointer != 0).then_some(pointer)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Kept {
    /// Calls it on the thread that runs, and does with it what is above `top` then.
    fn run<T>(&self, arguments: &[Value], results: c_int, then: impl FnOnce(State, c_int) -> T) -> Result<T> {
        let (context, state) = (self.context, self.context.current());
        let left = context.net.sched().remaining_stack();
        if left.is_some_and(|left| left < 2 * invoke::STACK_RESERVE) {
            return Err(Error::new(Class::RecursionError, "stack overflow"));
        }
        let count = c_int::try_from(arguments.len()).unwrap_or(0);
        let top = state.top();
        if !state.has_room(count + 4) {
            return Err(Error::memory("a call"));
        }
        self.push(state);
        let pushed = state.protected(|building| {
            building.need_room(count + 4);
            for argument in arguments {
                pushing::one(building, context, argument);
            }
        });
        let outcome = match pushed {
            Err(_) => Err(Error::memory("the arguments of a call")),
            Ok(()) => match state.call_protected(count, results, 0) {
                Status::Ok | Status::Yield => Ok(then(state, top)),
                Status::Error => Err(failure::error_at(state, -1)),
            },
        };
        state.set_top(top);
        outcome
    }
}

impl Callback for Kept {
    fn call(&self, arguments: Vec<Value>) -> Result<()> {
        self.run(&arguments, 0, |_, _| ())
    }

    fn ask(&self, arguments: Vec<Value>) -> Result<Vec<Value>> {
        self.run(&arguments, mlua::ffi::LUA_MULTRET, |state, top| {
            host::values(state, self.context, top + 1)
        })
    }

    fn start(&self, name: &str, arguments: Vec<Value>) -> Result<Rc<Task>> {
        host::start_with(self.context, name, &arguments, |state| self.push(state))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Pushes a function that is kept: nil where it is another machine's.
pub(super) fn push_function(state: State, context: &'static Context, function: &dyn Callback) {
    match function.as_any().downcast_ref::<Kept>() {
        Some(kept) if std::ptr::eq(kept.context, context) && state.has_room(3) => kept.push(state),
        _ => state.push_nil(),
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.dropped.borrow_mut().push((self.home, self.key.clone()));
    }
}
