//! The calls under way on a thread, where in a script they are, and where functions were written.

use std::ffi::{CStr, c_int};
use std::mem::{MaybeUninit, offset_of};

use mlua::ffi::{self, lua_Debug};

use crate::error::Place;

use super::state::State;

/// Calls that are looked at for the script's own place.
const FRAMES: c_int = 8;
/// The level of who calls a C function.
pub(super) const CALLER: c_int = 1;

/// A call on a thread.
pub(super) enum Frame {
    /// A script's, and where it is.
    Script(Place),
    /// C code's.
    Foreign,
    /// There are no more.
    None,
}

impl State {
    /// What Lua knows of the call `level` levels above this one.
    #[inline]
    fn frame(self, level: c_int) -> Option<MaybeUninit<lua_Debug>> {
        let mut frame = MaybeUninit::uninit();
        // SAFETY: lua_getstack only writes to the record.
        let is_there = unsafe { ffi::lua_getstack(self.as_ptr(), level, frame.as_mut_ptr()) } != 0;
        is_there.then_some(frame)
    }

    /// Whether a function is active on it.
    pub(super) fn has_frames(self) -> bool {
        self.frame(0).is_some()
    }

    /// Where the call `level` levels above this one is.
    pub(super) fn place(self, level: c_int) -> Frame {
        let Some(mut frame) = self.frame(level) else {
            return Frame::None;
        };
        // SAFETY: lua_getstack has filled the record; these options push nothing and cannot raise.
        unsafe { ffi::lua_getinfo(self.as_ptr(), c"Sl".as_ptr(), frame.as_mut_ptr()) };
        let part = |offset| frame.as_ptr().wrapping_byte_add(offset);
        let line = part(offset_of!(lua_Debug, currentline)).cast::<c_int>();
        // SAFETY: the option `l` has written this part of the record.
        let line = unsafe { line.read() };
        let Some(line) = u32::try_from(line).ok().filter(|line| *line > 0) else {
            return Frame::Foreign;
        };
        let source = part(offset_of!(lua_Debug, short_src)).cast();
        // SAFETY: the option `S` has written a name there and closed it with a NUL.
        let source = unsafe { CStr::from_ptr(source) };
        Frame::Script(Place::new(source.to_bytes(), line))
    }

    /// The innermost place of a script's own, from a level of the calls on.
    pub(super) fn first_place(self, innermost: c_int) -> Option<Place> {
        for level in innermost..FRAMES {
            match self.place(level) {
                Frame::Script(place) => return Some(place),
                Frame::Foreign => {}
                Frame::None => break,
            }
        }
        None
    }

    /// Where Lua keeps what it knows of the call `level` levels above this one; 0 where there is none. For who asks for memory ahead.
    #[inline]
    pub(super) fn call_address(self, level: c_int) -> usize {
        const PLACE: usize = size_of::<lua_Debug>() - size_of::<usize>();
        let Some(frame) = self.frame(level) else { return 0 };
        let address = frame.as_ptr().wrapping_byte_add(PLACE).cast::<usize>();
        // SAFETY: the record's last word is the address (lua.h), which lua_getstack has written.
        unsafe { address.read() }
    }

    /// Where the function at `index` was written, if a script did.
    #[cfg(feature = "cli")]
    pub(super) fn written_at(self, index: c_int) -> Option<Place> {
        self.copy_to_top(index);
        let mut frame = MaybeUninit::<lua_Debug>::zeroed();
        // SAFETY: the record is writable, the function on top is taken, and these options can not raise.
        unsafe { ffi::lua_getinfo(self.as_ptr(), c">S".as_ptr(), frame.as_mut_ptr()) };
        // SAFETY: zeroed and then filled.
        let frame = unsafe { frame.assume_init() };
        let line = u32::try_from(frame.linedefined).ok().filter(|line| *line > 0)?;
        // SAFETY: short_src is an array Lua closes with a NUL.
        let source = unsafe { CStr::from_ptr(frame.short_src.as_ptr()) };
        Some(Place::new(source.to_bytes(), line))
    }
}
