//! The half of Lua's C API that can raise.
//!
//! A call that raises leaves by longjmp and runs no destructor. So [`Building`] is handed out only where that is harmless:
//! inside `State::protected`, to a closure that borrows everything it uses, and to C functions with nothing to drop.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

use mlua::ffi;

use super::state::{CFunction, State};

/// A thread on which calls may raise: only the closure of [`State::protected`] and C functions without anything to drop
/// hold one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Building(State);

macro_rules! raising {
    ($($name:ident($($arg:ident: $type:ty),*) = $c:ident;)*) => {$(
        pub(super) fn $name(self, $($arg: $type),*) {
            // SAFETY: the call may raise, which `new`'s contract makes harmless; the rest is as in `calls!`.
            unsafe { ffi::$c(self.0.as_ptr(), $($arg),*) };
        }
    )*};
}

impl Building {
    /// For C functions that Lua calls.
    ///
    /// # Safety
    /// While the result is used, nothing with a destructor may be alive in any frame between here and Lua.
    #[inline(always)]
    pub(super) const unsafe fn new(state: State) -> Self {
        Self(state)
    }

    #[inline(always)]
    pub(super) const fn state(self) -> State {
        self.0
    }

    raising! {
        raw_set(index: c_int) = lua_rawset;
        raw_set_index(index: c_int, place: i64) = lua_rawseti;
        raw_set_pointer(index: c_int, key: *const c_void) = lua_rawsetp;
        new_table(array: c_int, hash: c_int) = lua_createtable;
        get(index: c_int) = lua_gettable;
        call(arguments: c_int, results: c_int) = lua_call;
        push_where(level: c_int) = luaL_where;
        concat(count: c_int) = lua_concat;
    }

    /// Makes room or raises a stack overflow.
    pub(super) fn need_room(self, count: c_int) {
        // SAFETY: as in `raising!`.
        unsafe { ffi::luaL_checkstack(self.0.as_ptr(), count, ptr::null()) };
    }

    #[inline(always)]
    pub(super) fn push_bytes(self, bytes: &[u8]) {
        // SAFETY: as in `raising!`; Lua copies the bytes before it could raise.
        unsafe { ffi::lua_pushlstring(self.0.as_ptr(), bytes.as_ptr().cast(), bytes.len()) };
    }

    /// A string of these bytes, which are followed by a zero: `give_back` is told with `with` when Lua needs them no more.
    #[cfg(feature = "lua55")]
    pub(super) fn push_external(
        self,
        start: *const u8,
        length: usize,
        give_back: ffi::lua_Alloc,
        with: *mut c_void,
    ) {
        // SAFETY: as in `raising!`; the bytes stay as they are until they are given back, and a zero follows them.
        unsafe { ffi::lua_pushexternalstring(self.0.as_ptr(), start.cast(), length, Some(give_back), with) };
    }

    /// `table[name] = top`, with `table` at `index`.
    pub(super) fn set_named(self, index: c_int, name: &str) {
        let index = self.0.absolute(index);
        self.push_bytes(name.as_bytes());
        self.0.rotate(-2, 1);
        self.raw_set(index);
    }

    /// A new userdata of `T`'s size with room for `slots` values of the script.
    pub(super) fn new_userdata<T>(self, slots: c_int) -> *mut T {
        // SAFETY: as in `raising!`.
        unsafe { ffi::lua_newuserdatauv(self.0.as_ptr(), size_of::<T>(), slots) }.cast()
    }

    /// Pops a value into a slot of the userdata at `index`.
    pub(super) fn set_slot(self, index: c_int, slot: c_int) {
        // SAFETY: as in `raising!`.
        unsafe { ffi::lua_setiuservalue(self.0.as_ptr(), index, slot) };
    }

    pub(super) fn push_closure(self, function: CFunction, upvalues: c_int) {
        // SAFETY: as in `raising!`; the upvalues are on the stack.
        unsafe { ffi::lua_pushcclosure(self.0.as_ptr(), function, upvalues) };
    }

    pub(super) fn new_thread(self) -> State {
        // SAFETY: as in `raising!`.
        let thread = unsafe { ffi::lua_newthread(self.0.as_ptr()) };
        // SAFETY: the thread is new and on the stack.
        unsafe { State::from_raw(thread) }
    }

    pub(super) fn push_global(self, name: &CStr) {
        // SAFETY: as in `raising!`.
        unsafe { ffi::lua_getglobal(self.0.as_ptr(), name.as_ptr()) };
    }

    pub(super) fn get_named(self, index: c_int, name: &CStr) {
        // SAFETY: as in `raising!`.
        unsafe { ffi::lua_getfield(self.0.as_ptr(), index, name.as_ptr()) };
    }

    /// The text of any value, as `tostring` gives it; it is on top then.
    pub(super) fn push_text_of(self, index: c_int) {
        // SAFETY: as in `raising!`.
        unsafe { ffi::luaL_tolstring(self.0.as_ptr(), index, ptr::null_mut()) };
    }

    pub(super) fn push_traceback(self, of: State, level: c_int) {
        // SAFETY: as in `raising!`; both threads belong to one machine.
        unsafe { ffi::luaL_traceback(self.0.as_ptr(), of.as_ptr(), ptr::null::<c_char>(), level) };
    }

    /// Checks that an argument is of a kind, or raises Lua's own message.
    pub(super) fn check_kind(self, argument: c_int, kind: c_int) {
        // SAFETY: as in `raising!`.
        unsafe { ffi::luaL_checktype(self.0.as_ptr(), argument, kind) };
    }

    /// Raises Lua's own message about an argument.
    pub(super) fn argument_error(self, argument: c_int, message: &CStr) -> c_int {
        // SAFETY: as in `raising!`.
        unsafe { ffi::luaL_argerror(self.0.as_ptr(), argument, message.as_ptr()) }
    }

    /// Where warnings go, with what is handed to it.
    pub(super) fn set_warnings(self, function: ffi::lua_WarnFunction, with: *mut c_void) {
        // SAFETY: as in `raising!`; what is handed over outlives the machine.
        unsafe { ffi::lua_setwarnf(self.0.as_ptr(), Some(function), with) };
    }

    /// Calls a function in protected mode, keeping results; `handler` is the message handler's index. A yield inside goes
    /// on in `then`.
    pub(super) fn call_protected_to_be_continued(
        self,
        arguments: c_int,
        handler: c_int,
        then: ffi::lua_KFunction,
    ) -> c_int {
        let (state, extra) = (self.0.as_ptr(), handler as ffi::lua_KContext);
        // SAFETY: as in `raising!`: a yield inside leaves as an error does.
        unsafe { ffi::lua_pcallk(state, arguments, ffi::LUA_MULTRET, handler, extra, Some(then)) }
    }

    /// Yields `count` values to the resumer; `then` goes on when it is resumed.
    pub(super) fn give_to_be_continued(
        self,
        count: c_int,
        with: ffi::lua_KContext,
        then: ffi::lua_KFunction,
    ) -> c_int {
        // SAFETY: as in `raising!`: a yield leaves as an error does.
        unsafe { ffi::lua_yieldk(self.0.as_ptr(), count, with, Some(then)) }
    }

    /// Raises a text, with the caller's position before it.
    pub(super) fn raise_text(self, text: &[u8]) -> c_int {
        self.push_where(1);
        self.push_bytes(text);
        self.concat(2);
        self.raise()
    }

    /// Raises the value on top.
    pub(super) fn raise(self) -> c_int {
        // SAFETY: as in `raising!`: nothing is left to drop.
        unsafe { ffi::lua_error(self.0.as_ptr()) }
    }

    /// Yields `count` values to the resumer.
    pub(super) fn give(self, count: c_int) -> c_int {
        // SAFETY: as in `raising!`: a yield leaves as an error does.
        unsafe { ffi::lua_yield(self.0.as_ptr(), count) }
    }
}
