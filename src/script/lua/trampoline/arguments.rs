//! What the replacements of Lua's own library functions need of its C API: arguments as its library reads them, elements with
//! metamethods, and `luaL_Buffer`. All of it may raise, as the rest of [`Building`].

use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use mlua::ffi;

use super::building::Building;
use super::state::Kind;

impl Building {
    /// Checks that an argument is a string, or makes one of a number in its place.
    pub(super) fn check_text(self, argument: c_int) {
        // SAFETY: as in `raising!`.
        unsafe { ffi::luaL_checklstring(self.state().as_ptr(), argument, ptr::null_mut()) };
    }

    /// An integer argument.
    pub(super) fn integer(self, argument: c_int) -> i64 {
        // SAFETY: as in `raising!`.
        unsafe { ffi::luaL_checkinteger(self.state().as_ptr(), argument) }
    }

    /// An integer argument that may be left out.
    pub(super) fn integer_or(self, argument: c_int, other: i64) -> i64 {
        // SAFETY: as in `raising!`.
        unsafe { ffi::luaL_optinteger(self.state().as_ptr(), argument, other) }
    }

    /// A text argument that may be left out, as C sees it.
    pub(super) fn text_or(self, argument: c_int, other: &'static CStr) -> *const c_char {
        self.text_or_pointer(argument, other.as_ptr())
    }

    /// As [`Self::text_or`]; the other text is one of this call's arguments.
    pub(super) fn text_or_pointer(self, argument: c_int, other: *const c_char) -> *const c_char {
        // SAFETY: as in `raising!`; the other text is handed back as it is.
        unsafe { ffi::luaL_optlstring(self.state().as_ptr(), argument, other, ptr::null_mut()) }
    }

    /// `#value`, with its metamethod.
    pub(super) fn length(self, index: c_int) -> i64 {
        // SAFETY: as in `raising!`.
        unsafe { ffi::luaL_len(self.state().as_ptr(), index) }
    }

    /// Pushes `value[place]`, with its metamethod.
    #[inline]
    pub(super) fn get_element(self, index: c_int, place: i64) {
        // SAFETY: as in `raising!`.
        unsafe { ffi::lua_geti(self.state().as_ptr(), index, place) };
    }

    /// `value[place] = top`, with its metamethod.
    #[inline]
    pub(super) fn set_element(self, index: c_int, place: i64) {
        // SAFETY: as in `raising!`.
        unsafe { ffi::lua_seti(self.state().as_ptr(), index, place) };
    }

    /// Replaces the key on top by `value[key]`, with its metamethod.
    pub(super) fn get_indexed(self, index: c_int) {
        // SAFETY: as in `raising!`.
        unsafe { ffi::lua_gettable(self.state().as_ptr(), index) };
    }

    /// `one < other`, with its metamethod.
    pub(super) fn is_less(self, one: c_int, other: c_int) -> bool {
        // SAFETY: as in `raising!`.
        unsafe { ffi::lua_compare(self.state().as_ptr(), one, other, ffi::LUA_OPLT) != 0 }
    }

    /// `one == other`, with its metamethod.
    pub(super) fn are_equal(self, one: c_int, other: c_int) -> bool {
        // SAFETY: as in `raising!`.
        unsafe { ffi::lua_compare(self.state().as_ptr(), one, other, ffi::LUA_OPEQ) != 0 }
    }

    /// Compiles what `reader` gives; the function is on top then, or the message.
    pub(super) fn load(
        self,
        reader: ffi::lua_Reader,
        data: *mut c_void,
        name: *const c_char,
        mode: *const c_char,
    ) -> bool {
        // SAFETY: as in `raising!`: name and mode are arguments of the running call, and the data outlives it.
        unsafe { ffi::lua_load(self.state().as_ptr(), reader, data, name, mode) == ffi::LUA_OK }
    }

    /// Gives the function on top the environment at an index, if it uses one.
    pub(super) fn set_environment(self, index: c_int) {
        self.state().copy_to_top(index);
        // SAFETY: as in `raising!`; a chunk has one upvalue or none.
        let set = unsafe { ffi::lua_setupvalue(self.state().as_ptr(), -2, 1) };
        if set.is_null() {
            self.state().pop(1);
        }
    }

    /// Raises what is told of an element that `table.concat` cannot take, which is on top.
    pub(super) fn raise_element(self, place: i64) -> c_int {
        self.push_where(1);
        self.push_bytes(b"invalid value (");
        self.push_kind(-3);
        self.push_bytes(b") at index ");
        self.state().push_integer(place);
        self.push_bytes(b" in table for 'concat'");
        self.concat(6);
        self.raise()
    }

    /// Raises what is told of a value that `string.gsub` cannot take, which is on top.
    pub(super) fn raise_replacement(self) -> c_int {
        self.push_where(1);
        self.push_bytes(b"invalid replacement value (a ");
        self.push_kind(-3);
        self.push_bytes(b")");
        self.concat(4);
        self.raise()
    }

    /// Raises what is told of the argument at an index, by which `select` cannot choose.
    pub(super) fn raise_unselectable(self, index: c_int) -> c_int {
        let state = self.state();
        // SAFETY: as in `raising!`; any index may be asked about.
        let is_number = unsafe { ffi::lua_isnumber(state.as_ptr(), index) } != 0;
        let reason: &[u8] = match state.as_integer(index) {
            Some(_) => b"index out of range",
            None if is_number => b"number has no integer representation",
            None => b"number expected, got ",
        };
        let is_absent = state.kind(index) == Kind::Absent;
        self.push_where(1);
        self.push_bytes(b"bad argument #1 to 'select' (");
        self.push_bytes(reason);
        if is_number {
            self.push_bytes(b"");
        } else if is_absent {
            self.push_bytes(b"no value");
        } else {
            self.push_kind(index);
        }
        self.push_bytes(b")");
        self.concat(5);
        self.raise()
    }

    /// Pushes the name of a value's kind.
    fn push_kind(self, index: c_int) {
        let state = self.state().as_ptr();
        // SAFETY: the index is that of a value; a kind's name cannot raise.
        let name = unsafe { ffi::luaL_typename(state, index) };
        // SAFETY: as in `raising!`; the name is a C string of Lua's own.
        unsafe { ffi::lua_pushstring(state, name) };
    }

    /// Begins a text that is put together on Lua's own memory: an error loses nothing. While it grows, what is pushed must be
    /// popped again before the next piece.
    pub(super) fn begin_text(self, room: &mut MaybeUninit<ffi::luaL_Buffer>) -> TextBuffer<'_> {
        // SAFETY: as in `raising!`; the room is of its type.
        unsafe { ffi::luaL_buffinit(self.state().as_ptr(), room.as_mut_ptr()) };
        // SAFETY: the call above has filled it. It points into itself and stays where it is: it is borrowed from here on.
        let raw = unsafe { room.assume_init_mut() };
        TextBuffer { building: self, raw }
    }
}

/// A text that grows.
pub(super) struct TextBuffer<'a> {
    building: Building,
    raw: &'a mut ffi::luaL_Buffer,
}

impl TextBuffer<'_> {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        // SAFETY: as in `raising!`; Lua copies the bytes.
        unsafe { ffi::luaL_addlstring(&raw mut *self.raw, bytes.as_ptr().cast(), bytes.len()) };
    }

    /// Takes the string or number on top.
    pub(super) fn add_value(&mut self) {
        debug_assert!(matches!(
            self.building.state().kind(-1),
            Kind::String | Kind::Integer | Kind::Float
        ));
        // SAFETY: as in `raising!`; what is on top can be a string.
        unsafe { ffi::luaL_addvalue(&raw mut *self.raw) };
    }

    /// Adds the first `count` bytes of the text once more, of which there are `most`.
    pub(super) fn repeat_front(&mut self, count: usize, most: usize) {
        let count = count.min(most);
        // SAFETY: as in `raising!`.
        let room = unsafe { ffi::luaL_prepbuffsize(&raw mut *self.raw, count) };
        let front = self.raw.b;
        // SAFETY: the front has `most` bytes or more, and the room behind all bytes has `count`: they do not overlap.
        unsafe { ptr::copy_nonoverlapping(front, room, count) };
        self.raw.n += count;
    }

    /// Pushes the text.
    pub(super) fn finish(self) {
        // SAFETY: as in `raising!`.
        unsafe { ffi::luaL_pushresult(&raw mut *self.raw) };
    }
}
