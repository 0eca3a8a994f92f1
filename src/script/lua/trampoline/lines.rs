//! `for line in f:lines()`: the function Lua calls for each line. A line that is at hand goes from the file's buffer to Lua
//! in one copy, with nothing looked up on the way.

use std::ffi::c_int;
use std::rc::Rc;

use mlua::ffi::lua_State;

use crate::api::{IntoValue as _, Value};
use crate::file::{Data, File};

use super::building::Building;
use super::context::Context;
use super::invoke;
use super::object::{self, Object};
use super::state::{State, upvalue};

/// Pushes the iterator over a file's lines.
pub(super) fn push(building: Building, context: &'static Context, file: &Rc<File>) {
    object::push_file(building, file);
    building.state().push_light(context.as_upvalue());
    building.push_closure(next, 2);
}

/// The next line, or nil at the end.
unsafe extern "C-unwind" fn next(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    if let Some(file) = Object::at(state, upvalue(1)).and_then(Object::file)
        && let Some((start, length)) = file.line_at()
    {
        // SAFETY: the file's buffer holds the line, and nothing touches the file before Lua has copied it.
        let line = unsafe { std::slice::from_raw_parts(start, length) };
        // SAFETY: nothing with a destructor is alive here.
        unsafe { Building::new(state) }.push_bytes(line);
        return 1;
    }
    read_on(state).finish(state)
}

/// The next line when it has to be read first, or is text.
#[cold]
#[inline(never)]
fn read_on(state: State) -> invoke::Answer {
    let context = Context::behind(state, 2);
    invoke::answer(state, context, |_| {
        let Some(Value::File(file)) = Object::at(state, upvalue(1)).map(Object::value) else {
            return Ok(Value::None);
        };
        Ok(file.next_line()?.map_or(Value::None, Data::into_value))
    })
}
