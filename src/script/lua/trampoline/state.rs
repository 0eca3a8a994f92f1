//! The half of Lua's C API that cannot raise, so that the rest of this room is checked by the compiler. The other half is
//! in `building`.

use std::ffi::{CStr, c_int, c_void};
use std::ptr;

use mlua::ffi;

use super::building::Building;

/// A C function as Lua calls it.
pub(super) type CFunction = ffi::lua_CFunction;

/// The registry's index.
pub(super) const REGISTRY: c_int = ffi::LUA_REGISTRYINDEX;

/// One Lua thread. Copies are as good as the original; all die with the virtual machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct State(*mut ffi::lua_State);

/// What stands at an index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Absent,
    Nil,
    Boolean,
    Integer,
    Float,
    String,
    Table,
    Function,
    Userdata,
    LightUserdata,
    Thread,
}

/// How a protected call or a resume ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Status {
    Ok,
    Yield,
    /// The error value is on top of the stack.
    Error,
}

impl Status {
    fn from_c(status: c_int) -> Self {
        match status {
            ffi::LUA_OK => Self::Ok,
            ffi::LUA_YIELD => Self::Yield,
            _ => Self::Error,
        }
    }
}

macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) $(-> $out:ty)? = $c:ident;)*) => {$(
        $(#[$doc])*
        #[inline(always)]
        pub(super) fn $name(self, $($arg: $type),*) $(-> $out)? {
            // SAFETY: the thread is alive (`from_raw`), the call cannot raise, and indexes are those of values the
            // caller has put there.
            unsafe { ffi::$c(self.0, $($arg),*) }
        }
    )*};
}

impl State {
    /// Takes a thread Lua handed to us.
    ///
    /// # Safety
    /// It must be alive for as long as the result or a copy is used, on the thread that runs its machine.
    #[inline(always)]
    pub(super) const unsafe fn from_raw(state: *mut ffi::lua_State) -> Self {
        Self(state)
    }

    #[inline(always)]
    pub(super) const fn as_ptr(self) -> *mut ffi::lua_State {
        self.0
    }

    calls! {
        top() -> c_int = lua_gettop;
        /// Only downwards or to nil: never past what `has_room` granted.
        set_top(index: c_int) = lua_settop;
        copy_to_top(index: c_int) = lua_pushvalue;
        absolute(index: c_int) -> c_int = lua_absindex;
        raw_get(index: c_int) -> c_int = lua_rawget;
        raw_get_index(index: c_int, place: i64) -> c_int = lua_rawgeti;
        raw_get_pointer(index: c_int, key: *const c_void) -> c_int = lua_rawgetp;
        raw_length(index: c_int) -> usize = lua_rawlen;
        push_nil() = lua_pushnil;
        push_integer(number: i64) = lua_pushinteger;
        push_float(number: f64) = lua_pushnumber;
        push_light(pointer: *mut c_void) = lua_pushlightuserdata;
        pointer(index: c_int) -> *const c_void = lua_topointer;
        userdata(index: c_int) -> *mut c_void = lua_touserdata;
        set_metatable(index: c_int) -> c_int = lua_setmetatable;
        is_yieldable() -> c_int = lua_isyieldable;
    }

    pub(super) fn pop(self, count: c_int) {
        self.set_top(-count - 1);
    }

    pub(super) fn push_bool(self, flag: bool) {
        // SAFETY: as in `calls!`.
        unsafe { ffi::lua_pushboolean(self.0, c_int::from(flag)) };
    }

    /// A C function without upvalues: needs no memory.
    pub(super) fn push_function(self, function: CFunction) {
        // SAFETY: as in `calls!`; a light C function is not allocated.
        unsafe { ffi::lua_pushcclosure(self.0, function, 0) };
    }

    /// Room for `count` more values; false when there is no memory.
    #[inline(always)]
    pub(super) fn has_room(self, count: c_int) -> bool {
        // SAFETY: as in `calls!`; the call reports failure by its result.
        unsafe { ffi::lua_checkstack(self.0, count) != 0 }
    }

    #[inline(always)]
    pub(super) fn kind(self, index: c_int) -> Kind {
        // SAFETY: as in `calls!`.
        match unsafe { ffi::lua_type(self.0, index) } {
            ffi::LUA_TNIL => Kind::Nil,
            ffi::LUA_TBOOLEAN => Kind::Boolean,
            ffi::LUA_TNUMBER if self.is_integer(index) => Kind::Integer,
            ffi::LUA_TNUMBER => Kind::Float,
            ffi::LUA_TSTRING => Kind::String,
            ffi::LUA_TTABLE => Kind::Table,
            ffi::LUA_TFUNCTION => Kind::Function,
            ffi::LUA_TUSERDATA => Kind::Userdata,
            ffi::LUA_TLIGHTUSERDATA => Kind::LightUserdata,
            ffi::LUA_TTHREAD => Kind::Thread,
            _ => Kind::Absent,
        }
    }

    #[inline(always)]
    pub(super) fn is_integer(self, index: c_int) -> bool {
        // SAFETY: as in `calls!`.
        unsafe { ffi::lua_isinteger(self.0, index) != 0 }
    }

    pub(super) fn truth(self, index: c_int) -> bool {
        // SAFETY: as in `calls!`.
        unsafe { ffi::lua_toboolean(self.0, index) != 0 }
    }

    /// The integer at `index`, which holds one.
    #[inline(always)]
    pub(super) fn integer(self, index: c_int) -> i64 {
        // SAFETY: as in `calls!`; the conversion leaves the value as it is.
        unsafe { ffi::lua_tointegerx(self.0, index, ptr::null_mut()) }
    }

    /// The integer a number or a numeric string at `index` stands for, as Lua converts them.
    pub(super) fn as_integer(self, index: c_int) -> Option<i64> {
        let mut whole = 0;
        // SAFETY: as in `calls!`; the conversion leaves the value as it is.
        let number = unsafe { ffi::lua_tointegerx(self.0, index, &raw mut whole) };
        (whole != 0).then_some(number)
    }

    /// The number at `index`, which holds one.
    pub(super) fn float(self, index: c_int) -> f64 {
        // SAFETY: as in `calls!`; the conversion leaves the value as it is.
        unsafe { ffi::lua_tonumberx(self.0, index, ptr::null_mut()) }
    }

    /// Where the string at `index` lies, and its length; the index must hold a string and nothing else.
    #[inline(always)]
    pub(super) fn string(self, index: c_int) -> (*const u8, usize) {
        let mut length = 0;
        // SAFETY: the value is a string already, so nothing is converted and nothing can raise.
        let start = unsafe { ffi::lua_tolstring(self.0, index, &raw mut length) };
        (start.cast(), length)
    }

    /// A copy of the string at `index`, which holds one.
    pub(super) fn string_copy(self, index: c_int) -> Vec<u8> {
        let (start, length) = self.string(index);
        // SAFETY: Lua keeps the string while it is on the stack, and it is copied at once.
        unsafe { std::slice::from_raw_parts(start, length) }.to_vec()
    }

    /// A copy of the first bytes of the string at `index`, which holds one.
    pub(super) fn string_start(self, index: c_int, most: usize) -> Vec<u8> {
        let (start, length) = self.string(index);
        // SAFETY: as in `string_copy`, and no more bytes than there are.
        unsafe { std::slice::from_raw_parts(start, length.min(most)) }.to_vec()
    }

    /// The C function at an index.
    pub(super) fn function(self, index: c_int) -> Option<CFunction> {
        // SAFETY: as in `calls!`.
        unsafe { ffi::lua_tocfunction(self.0, index) }
    }

    /// The pointer that is an upvalue of the function at an index, which has one there. Needs room for a value.
    pub(super) fn upvalue_of(self, index: c_int, place: c_int) -> *mut c_void {
        // SAFETY: as in `calls!`; the upvalue is pushed and taken down again.
        let name = unsafe { ffi::lua_getupvalue(self.0, index, place) };
        if name.is_null() {
            return ptr::null_mut();
        }
        let pointer = self.userdata(-1);
        self.pop(1);
        pointer
    }

    pub(super) fn thread(self, index: c_int) -> Option<Self> {
        // SAFETY: as in `calls!`.
        let thread = unsafe { ffi::lua_tothread(self.0, index) };
        (!thread.is_null()).then_some(Self(thread))
    }

    /// The thread its machine was made with.
    pub(super) fn main_thread(self) -> Option<Self> {
        if !self.has_room(1) {
            return None;
        }
        self.raw_get_index(REGISTRY, ffi::LUA_RIDX_MAINTHREAD);
        let main = self.thread(-1);
        self.pop(1);
        main
    }

    /// Puts the metatable of the value at `index` on top, if it has one.
    pub(super) fn get_metatable(self, index: c_int) -> bool {
        // SAFETY: as in `calls!`.
        unsafe { ffi::lua_getmetatable(self.0, index) != 0 }
    }

    pub(super) fn raw_equal(self, one: c_int, other: c_int) -> bool {
        // SAFETY: as in `calls!`.
        unsafe { ffi::lua_rawequal(self.0, one, other) != 0 }
    }

    /// The next pair of a table that is not changed meanwhile; the key on top goes.
    pub(super) fn next(self, index: c_int) -> bool {
        // SAFETY: the key is nil or came from this table, which has not changed: the call cannot raise.
        unsafe { ffi::lua_next(self.0, index) != 0 }
    }

    /// Moves `count` values from the top of this thread to `other`, which has room for them.
    pub(super) fn move_to(self, other: Self, count: c_int) {
        // SAFETY: both threads belong to one machine, and the caller has checked both stacks.
        unsafe { ffi::lua_xmove(self.0, other.0, count) };
    }

    pub(super) fn rotate(self, index: c_int, count: c_int) {
        // SAFETY: as in `calls!`.
        unsafe { ffi::lua_rotate(self.0, index, count) };
    }

    /// Puts the value on top in the place of another.
    pub(super) fn replace(self, index: c_int) {
        // SAFETY: as in `calls!`.
        unsafe { ffi::lua_copy(self.0, -1, index) };
        self.pop(1);
    }

    /// Takes the value at an index out.
    pub(super) fn remove(self, index: c_int) {
        self.rotate(index, -1);
        self.pop(1);
    }

    /// Whether it runs, waits in a yield, or has ended.
    pub(super) fn status(self) -> Status {
        // SAFETY: as in `calls!`.
        Status::from_c(unsafe { ffi::lua_status(self.0) })
    }

    pub(super) fn set_hook(self, hook: Option<ffi::lua_Hook>, mask: c_int, count: c_int) {
        // SAFETY: setting a hook cannot raise, and the hook is a function of this room.
        unsafe { ffi::lua_sethook(self.0, hook, mask, count) };
    }

    /// Whether its hook is set for these events and this count.
    pub(super) fn has_hook(self, mask: c_int, count: c_int) -> bool {
        // SAFETY: reading the mask cannot raise.
        let has_mask = unsafe { ffi::lua_gethookmask(self.0) } == mask;
        // SAFETY: nor can reading the count.
        has_mask && unsafe { ffi::lua_gethookcount(self.0) } == count
    }

    /// Calls the function under `arguments` arguments; with a message handler at `handler` unless 0.
    pub(super) fn call_protected(self, arguments: c_int, results: c_int, handler: c_int) -> Status {
        // SAFETY: a protected call does not raise; function and arguments are on the stack.
        Status::from_c(unsafe { ffi::lua_pcall(self.0, arguments, results, handler) })
    }

    /// Resumes `self`, called from `from`; says how many values it left.
    pub(super) fn resume(self, from: Self, arguments: c_int) -> (Status, c_int) {
        let mut results = 0;
        // SAFETY: a resume does not raise in `from`; function and arguments are on this thread's stack.
        let status = unsafe { ffi::lua_resume(self.0, from.0, arguments, &raw mut results) };
        (Status::from_c(status), results)
    }

    /// Closes what is to be closed on a thread that does not run; the error, if any, stays on its top.
    pub(super) fn close_thread(self, from: Self) -> Status {
        // SAFETY: the thread is suspended or dead, as the caller has checked.
        Status::from_c(unsafe { ffi::lua_closethread(self.0, from.0) })
    }

    /// Compiles a chunk that `read` gives; it, or the error value, is on top then.
    pub(super) fn load<T>(self, read: ffi::lua_Reader, from: &mut T, name: &CStr, text: bool) -> Status {
        let mode = if text { c"t".as_ptr() } else { ptr::null() };
        let data = ptr::from_mut(from).cast();
        // SAFETY: the data and the name outlive the call, which is protected, also from what the reader raises.
        Status::from_c(unsafe { ffi::lua_load(self.0, read, data, name.as_ptr(), mode) })
    }

    /// Runs `build`, which may call what can raise, on a fresh stack frame. What it leaves there is left on this one; on
    /// failure the error value is on top. `build` must hold nothing that a skipped destructor would lose: what it uses
    /// it borrows.
    pub(super) fn protected(self, build: impl FnMut(Building)) -> Result<(), Raised> {
        self.protected_with(&[], build)
    }

    /// As [`Self::protected`], with copies of the values at these indexes on the frame, from 1 on.
    pub(super) fn protected_with(
        self,
        values: &[c_int],
        mut build: impl FnMut(Building),
    ) -> Result<(), Raised> {
        let count = c_int::try_from(values.len()).unwrap_or(0);
        if !self.has_room(count + 4) {
            return Err(Raised::Nothing);
        }
        let mut build: &mut dyn FnMut(Building) = &mut build;
        let top = self.top();
        self.push_function(run_protected);
        self.push_light((&raw mut build).cast());
        for index in values {
            self.copy_to_top(if *index < 0 { top + 1 + *index } else { *index });
        }
        match self.call_protected(count + 1, ffi::LUA_MULTRET, 0) {
            Status::Error => Err(Raised::Value),
            Status::Ok | Status::Yield => Ok(()),
        }
    }
}

/// A protected call failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Raised {
    /// The error value is on top of the stack.
    Value,
    /// There was no room even for that.
    Nothing,
}

unsafe extern "C-unwind" fn run_protected(state: *mut ffi::lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(state) };
    let build = state.userdata(1).cast::<&mut dyn FnMut(Building)>();
    state.remove(1);
    let given = state.top();
    // SAFETY: `protected` passes a pointer to its closure, which it keeps until this call is over.
    let build = unsafe { &mut *build };
    // SAFETY: the closure borrows what it uses, and this frame holds nothing to drop.
    build(unsafe { Building::new(state) });
    (state.top() - given).max(0)
}

/// The upvalue's index.
#[inline(always)]
pub(super) const fn upvalue(place: c_int) -> c_int {
    ffi::lua_upvalueindex(place)
}
