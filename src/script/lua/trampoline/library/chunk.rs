//! `load`, and all else that compiles: a chunk in pieces, so that compiling a long one can be ended, and functions that go on giving
//! pieces too.

use std::ffi::{CStr, c_char, c_int, c_void};

use mlua::ffi::{self, lua_State};

use crate::api::Value;
use crate::error::{Class, Error, Result};
use crate::policy::Request;
use crate::script::tokens::Grammar;
use crate::script::{Chunk, foreign};

use super::super::building::Building;
use super::super::context::Context;
use super::super::invoke::{self, Answer};
use super::super::state::{CFunction, Kind, State, Status};
use super::super::{failure, stop};
use super::must_stop;

pub(super) const FUNCTIONS: &[(&CStr, CFunction)] = &[(c"load", load)];

/// Bytes compiled between two looks. A few can take long: at each `elseif` Lua walks through all the ones before.
const PIECE: usize = 512;
/// Place on the stack of the piece a function has given.
const GIVEN: c_int = 5;

/// What is being read.
struct Reader {
    context: &'static Context,
    /// The text, where it is one; a function gives the pieces otherwise.
    text: Option<(*const u8, usize)>,
    /// Whether something has been read, and whether that began as compiled code begins.
    begun: bool,
    is_binary: bool,
    /// Whether a script reads, so that others may have their turn meanwhile.
    is_scripts: bool,
}

/// The first byte of compiled code.
const SIGNATURE: u8 = 0x1b;

/// Whether a chunk is one that the policy lets run: compiled code may do anything.
pub(in super::super) fn may_load(context: &Context, source: &[u8]) -> Result<()> {
    if source.first() == Some(&SIGNATURE) && !context.net.is_unguarded() {
        context.net.guard(&Request::BinaryCode)?;
    }
    Ok(())
}

/// Compiles a chunk for who is no script; it, or the error value, is on top then.
pub(in super::super) fn compile(
    context: &'static Context,
    state: State,
    source: &[u8],
    name: &CStr,
    text_only: bool,
) -> Status {
    let mut reader = Reader {
        context,
        text: Some((source.as_ptr().cast(), source.len())),
        begun: false,
        is_binary: false,
        is_scripts: false,
    };
    state.load(read, &mut reader, name, text_only)
}

/// Why this chunk was not compiled, which is on top: what Lua has against it, or what ends everything.
pub(in super::super) fn refusal(state: State, chunk: &Chunk<'_>) -> Error {
    let error = failure::error_at(state, -1);
    if error.class() != Class::RuntimeError || state.kind(-1) != Kind::String {
        return error;
    }
    let text = failure::describe(state, -1);
    let place = failure::place_in(&text, chunk.name);
    let hint = place.as_ref().and_then(|place| {
        let above = usize::try_from(place.line().checked_sub(1)?).ok()?;
        let mut lines = chunk
            .source
            .split(|byte| *byte == b'\n')
            .skip(above.saturating_sub(1));
        // What Lua stumbles over may be the word behind a line's end.
        let [before, here] = [(above > 0).then(|| lines.next()).flatten(), lines.next()];
        here.into_iter()
            .chain(before)
            .find_map(|line| foreign::hint_of_line(Grammar::Lua, &String::from_utf8_lossy(line), None, &text))
    });
    Error::new(Class::SyntaxError, text)
        .hinting(hint.map(str::to_owned))
        .located(place, None)
}

impl Reader {
    /// Looks at the first byte there is.
    fn note_first(&mut self, byte: impl FnOnce() -> Option<u8>) {
        if !self.begun
            && let Some(byte) = byte()
        {
            self.begun = true;
            self.is_binary = byte == SIGNATURE;
        }
    }
}

/// `load(chunk[, name[, mode[, env]]])`. Under a policy the mode is `t` whatever was asked for: what is compiled already may
/// do anything. In place of the message comes the policy's refusal then.
unsafe extern "C-unwind" fn load(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let context = Context::behind(state, 1);
    // An environment that is nil is one; only an absent one is not.
    let has_environment = state.kind(4) != Kind::Absent;
    let text = matches!(state.kind(1), Kind::String | Kind::Integer | Kind::Float).then(|| {
        building.check_text(1);
        state.string(1)
    });
    let mode = building.text_or(3, c"bt");
    let mode = if context.net.is_unguarded() {
        mode
    } else {
        c"t".as_ptr()
    };
    let name = match text {
        Some((start, _)) => building.text_or_pointer(2, start.cast()),
        None => {
            let name = building.text_or(2, c"=(load)");
            building.check_kind(1, ffi::LUA_TFUNCTION);
            name
        }
    };
    state.set_top(if has_environment { 4 } else { 3 });
    if !has_environment {
        state.push_nil();
    }
    state.push_nil();
    let mut reader = Reader {
        context,
        text,
        begun: false,
        is_binary: false,
        is_scripts: true,
    };
    if building.load(read, (&raw mut reader).cast(), name, mode) {
        if has_environment {
            building.set_environment(4);
        }
        return 1;
    }
    if reader.is_binary && !context.net.is_unguarded() {
        state.set_top(0);
        let refusal = invoke::answer(state, context, |_| {
            context.net.guard(&Request::BinaryCode)?;
            Ok(Value::None)
        });
        // A hook that took too much time or memory ends more than this call.
        if context.net.sched().is_dying() {
            return refusal.finish(state);
        }
    }
    state.push_nil();
    state.rotate(-2, 1);
    2
}

/// The next piece.
unsafe extern "C-unwind" fn read(raw: *mut lua_State, data: *mut c_void, size: *mut usize) -> *const c_char {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: `load` passes its reader, which lives until the call is over.
    let reader = unsafe { &mut *data.cast::<Reader>() };
    let is_over = match reader.is_scripts {
        true => must_stop(state, reader.context),
        false => stop::is_over_for_all(state, reader.context),
    };
    if is_over {
        Answer::Raise.finish(state);
    }
    if let Some((start, left)) = reader.text {
        let piece = left.min(PIECE);
        // SAFETY: there is a byte, and the stack holds the text.
        reader.note_first(|| (piece > 0).then(|| unsafe { *start }));
        // SAFETY: `piece` is no more than what is left of the text, which the stack holds.
        reader.text = Some((unsafe { start.add(piece) }, left - piece));
        // SAFETY: Lua passes room for one number.
        unsafe { *size = piece };
        return start.cast();
    }
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    building.need_room(2);
    state.copy_to_top(1);
    building.call(0, 1);
    match state.kind(-1) {
        Kind::Nil => {
            state.pop(1);
            // SAFETY: as above.
            unsafe { *size = 0 };
            std::ptr::null()
        }
        Kind::String | Kind::Integer | Kind::Float => {
            building.check_text(-1);
            // Kept until the next piece.
            state.replace(GIVEN);
            let (start, length) = state.string(GIVEN);
            // SAFETY: there is a byte, and the stack holds the piece.
            reader.note_first(|| (length > 0).then(|| unsafe { *start }));
            // SAFETY: as above.
            unsafe { *size = length };
            start.cast()
        }
        _ => {
            building.raise_text(b"reader function must return a string");
            std::ptr::null()
        }
    }
}
