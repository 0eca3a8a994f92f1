//! `string.find`, `match`, `gmatch`, `gsub` and `rep`.

use std::ffi::{CStr, c_int};
use std::mem::MaybeUninit;

use memchr::memmem;
use mlua::ffi::lua_State;

use super::super::arguments::TextBuffer;
use super::super::building::Building;
use super::super::context::Context;
use super::super::invoke::Answer;
use super::super::state::{CFunction, Kind, State, upvalue};
use super::pattern::{Capture, Fault, Matcher, is_quick};
use super::{must_stop, original};

pub(super) const FUNCTIONS: &[(&CStr, CFunction)] = &[
    (c"find", find),
    (c"match", matches),
    (c"gmatch", gmatch),
    (c"gsub", gsub),
    (c"rep", rep),
];

/// Copies `string.rep` may make in one go.
const MANY: i64 = 100_000;
/// Bytes `string.gsub` may write in one go.
const LARGE: usize = 4 << 20;

/// A string argument, numbers as Lua writes them; raises Lua's own message for anything else. The bytes live as long as the
/// argument stays on the stack.
fn text(building: Building, argument: c_int) -> &'static [u8] {
    building.check_text(argument);
    let (start, length) = building.state().string(argument);
    // SAFETY: the value is a string on this call's stack, and strings do not move.
    unsafe { std::slice::from_raw_parts(start, length) }
}

/// A position as Lua counts them, from the front or from the back, as an offset.
fn offset(position: i64, length: usize) -> usize {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let from_front = match position {
        1.. => position - 1,
        0 => 0,
        _ if position < -length => 0,
        _ => length + position,
    };
    usize::try_from(from_front).unwrap_or(usize::MAX)
}

/// The pattern without its anchor, and whether it had one.
fn anchored(pattern: &'static [u8]) -> (bool, &'static [u8]) {
    match pattern.strip_prefix(b"^") {
        Some(rest) => (true, rest),
        None => (false, pattern),
    }
}

unsafe extern "C-unwind" fn find(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua called us with this thread.
    unsafe { search(raw, true) }
}

unsafe extern "C-unwind" fn matches(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua called us with this thread.
    unsafe { search(raw, false) }
}

/// # Safety
/// As [`original`].
unsafe fn search(raw: *mut lua_State, places: bool) -> c_int {
    // SAFETY: the caller has a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let (subject, pattern) = (text(building, 1), text(building, 2));
    let plain = places && (state.truth(4) || !pattern.iter().any(|byte| b"^$*+?.([%-".contains(byte)));
    if if plain {
        subject.len() < 4096
    } else {
        is_quick(subject, pattern)
    } {
        // SAFETY: Lua called us with this thread, and no argument has gone.
        return unsafe { original(raw) };
    }
    let init = offset(building.integer_or(3, 1), subject.len());
    if init > subject.len() {
        state.push_nil();
        return 1;
    }
    if plain {
        return match memmem::find(&subject[init..], pattern) {
            Some(place) => {
                push_place(state, init + place + 1);
                push_place(state, init + place + pattern.len());
                2
            }
            None => {
                state.push_nil();
                1
            }
        };
    }
    let context = Context::behind(state, 1);
    let look = || must_stop(state, context);
    let (anchor, pattern) = anchored(pattern);
    let mut matcher = Matcher::new(subject, pattern, &look);
    let mut start = init;
    loop {
        match matcher.match_at(start) {
            Err(fault) => return raise(building, fault),
            Ok(Some(end)) => {
                let mut count = 0;
                if places {
                    push_place(state, start + 1);
                    push_place(state, end);
                    count = 2;
                }
                return match push_captures(building, &matcher, start, end, !places) {
                    Ok(captures) => count + captures,
                    Err(fault) => raise(building, fault),
                };
            }
            Ok(None) if anchor || start >= subject.len() => break,
            Ok(None) => start += 1,
        }
    }
    state.push_nil();
    1
}

fn push_place(state: State, place: usize) {
    state.push_integer(i64::try_from(place).unwrap_or(i64::MAX));
}

fn push_capture(building: Building, capture: Capture<'_>) {
    match capture {
        Capture::Text(text) => building.push_bytes(text),
        Capture::Position(place) => push_place(building.state(), place),
    }
}

/// Pushes all captures, or the whole match where there are none and it is wanted.
fn push_captures(
    building: Building,
    matcher: &Matcher<'_>,
    start: usize,
    end: usize,
    whole: bool,
) -> Result<c_int, Fault> {
    let count = matcher.count(whole);
    building.need_room(c_int::try_from(count).unwrap_or(0) + 2);
    for index in 0..count {
        push_capture(building, matcher.capture(index, start, end)?);
    }
    Ok(c_int::try_from(count).unwrap_or(0))
}

/// Raises what a match failed with, in Lua's words.
fn raise(building: Building, fault: Fault) -> c_int {
    match fault {
        Fault::Stopped => Answer::Raise.finish(building.state()),
        Fault::Text(text) => building.raise_text(text.as_bytes()),
        Fault::Capture(number) => {
            building.push_where(1);
            building.push_bytes(b"invalid capture index %");
            building.state().push_integer(number);
            building.concat(3);
            building.raise()
        }
    }
}

unsafe extern "C-unwind" fn gmatch(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let (subject, pattern) = (text(building, 1), text(building, 2));
    if is_quick(subject, pattern) {
        // SAFETY: Lua called us with this thread, and no argument has gone.
        return unsafe { original(raw) };
    }
    let init = offset(building.integer_or(3, 1), subject.len()).min(subject.len() + 1);
    state.set_top(2);
    // Upvalues: the context, the text, the pattern, the place, the end of the last match.
    state.push_light(Context::behind(state, 1).as_upvalue());
    state.rotate(1, 1);
    push_place(state, init);
    state.push_integer(-1);
    building.push_closure(next_match, 5);
    1
}

unsafe extern "C-unwind" fn next_match(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let context = Context::behind(state, 1);
    let of_upvalue = |place| {
        let (start, length) = state.string(upvalue(place));
        // SAFETY: the string is held by the function that runs, and strings do not move.
        unsafe { std::slice::from_raw_parts(start, length) }
    };
    let (subject, pattern): (&[u8], &[u8]) = (of_upvalue(2), of_upvalue(3));
    let mut start = usize::try_from(state.integer(upvalue(4))).unwrap_or(usize::MAX);
    let last = usize::try_from(state.integer(upvalue(5))).ok();
    let look = || must_stop(state, context);
    let mut matcher = Matcher::new(subject, pattern, &look);
    while start <= subject.len() {
        match matcher.match_at(start) {
            Err(fault) => return raise(building, fault),
            Ok(Some(end)) if Some(end) != last => {
                for place in [4, 5] {
                    push_place(state, end);
                    state.replace(upvalue(place));
                }
                return match push_captures(building, &matcher, start, end, true) {
                    Ok(count) => count,
                    Err(fault) => raise(building, fault),
                };
            }
            Ok(_) => start += 1,
        }
    }
    0
}

unsafe extern "C-unwind" fn gsub(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let (subject, pattern) = (text(building, 1), text(building, 2));
    let with = state.kind(3);
    let replacement = if with == Kind::String {
        state.string(3).1
    } else {
        0
    };
    let is_large = subject.len().saturating_add(1).saturating_mul(replacement) > LARGE;
    let is_known = matches!(
        with,
        Kind::String | Kind::Integer | Kind::Float | Kind::Function | Kind::Table
    );
    if !is_known || (is_quick(subject, pattern) && !is_large) {
        // SAFETY: Lua called us with this thread, and no argument has gone.
        return unsafe { original(raw) };
    }
    let most = building.integer_or(
        4,
        i64::try_from(subject.len()).unwrap_or(i64::MAX).saturating_add(1),
    );
    let (anchor, pattern) = anchored(pattern);
    let context = Context::behind(state, 1);
    let look = || must_stop(state, context);
    let mut matcher = Matcher::new(subject, pattern, &look);
    let mut buffer = MaybeUninit::uninit();
    let mut out = building.begin_text(&mut buffer);
    let (mut start, mut last, mut count, mut changed) = (0, None, 0, false);
    while count < most {
        match matcher.match_at(start) {
            Err(fault) => return raise(building, fault),
            Ok(Some(end)) if Some(end) != last => {
                count += 1;
                match substitute(building, &mut out, &mut matcher, with, start, end) {
                    Ok(one) => changed |= one,
                    Err(fault) => return raise(building, fault),
                }
                (start, last) = (end, Some(end));
            }
            Ok(_) => match subject.get(start..=start) {
                Some(byte) => {
                    out.add(byte);
                    start += 1;
                }
                None => break,
            },
        }
        if anchor {
            break;
        }
    }
    if changed {
        out.add(subject.get(start..).unwrap_or_default());
        out.finish();
    } else {
        state.copy_to_top(1);
    }
    state.push_integer(count);
    2
}

/// Adds what takes a match's place; whether anything has changed.
fn substitute(
    building: Building,
    out: &mut TextBuffer<'_>,
    matcher: &mut Matcher<'_>,
    with: Kind,
    start: usize,
    end: usize,
) -> Result<bool, Fault> {
    let state = building.state();
    match with {
        Kind::Function => {
            state.copy_to_top(3);
            let count = push_captures(building, matcher, start, end, true)?;
            building.call(count, 1);
        }
        Kind::Table => {
            push_capture(building, matcher.capture(0, start, end)?);
            building.get_indexed(3);
        }
        _ => {
            let news = text(building, 3);
            matcher.spend(news.len() / 64)?;
            expand(building, out, matcher, news, start, end)?;
            return Ok(true);
        }
    }
    if !state.truth(-1) {
        state.pop(1);
        if let Capture::Text(same) = matcher.whole(start, end) {
            out.add(same);
        }
        return Ok(false);
    }
    match state.kind(-1) {
        Kind::String | Kind::Integer | Kind::Float => {
            out.add_value();
            Ok(true)
        }
        _ => {
            building.raise_replacement();
            Ok(true)
        }
    }
}

/// Adds a replacement text with its `%1` and `%%`.
fn expand(
    building: Building,
    out: &mut TextBuffer<'_>,
    matcher: &Matcher<'_>,
    mut news: &[u8],
    start: usize,
    end: usize,
) -> Result<(), Fault> {
    while let Some(place) = memchr::memchr(b'%', news) {
        out.add(&news[..place]);
        let next = news.get(place + 1).copied().unwrap_or(0);
        let capture = match next {
            b'%' => Capture::Text(b"%"),
            b'0' => matcher.whole(start, end),
            b'1'..=b'9' => matcher.capture(usize::from(next - b'1'), start, end)?,
            _ => return Err(Fault::Text("invalid use of '%' in replacement string")),
        };
        match capture {
            Capture::Text(text) => out.add(text),
            Capture::Position(_) => {
                push_capture(building, capture);
                out.add_value();
            }
        }
        news = news.get(place + 2..).unwrap_or_default();
    }
    out.add(news);
    Ok(())
}

unsafe extern "C-unwind" fn rep(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let one = text(building, 1);
    let count = building.integer(2);
    let between: &[u8] = if matches!(state.kind(3), Kind::Absent | Kind::Nil) {
        b""
    } else {
        text(building, 3)
    };
    let size = one.len() + between.len();
    if count > 0 && size == 0 {
        building.push_bytes(b"");
        return 1;
    }
    let total = i64::try_from(size).ok().and_then(|size| size.checked_mul(count));
    match total {
        Some(total) if count > MANY && total < i64::from(c_int::MAX) => {}
        // SAFETY: Lua called us with this thread, and no argument has gone.
        _ => return unsafe { original(raw) },
    }
    let context = Context::behind(state, 1);
    // One block of many copies, and then the block many times.
    let block = (LARGE / 4 / size).max(1);
    let rest = usize::try_from(count).unwrap_or(0) - 1;
    let mut buffer = MaybeUninit::uninit();
    let mut out = building.begin_text(&mut buffer);
    for _ in 0..block.min(rest) {
        out.add(one);
        out.add(between);
    }
    let length = block.min(rest) * size;
    let mut left = rest - block.min(rest);
    while left > 0 {
        if must_stop(state, context) {
            return Answer::Raise.finish(state);
        }
        let now = left.min(block);
        out.repeat_front(now * size, length);
        left -= now;
    }
    out.add(one);
    out.finish();
    1
}
