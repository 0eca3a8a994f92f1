//! `table.concat`, `insert`, `remove`, `move`, `sort` and `unpack`: with a metatable a table is as long as it says, and its elements
//! may come from C functions, which no hook sees.

use std::ffi::{CStr, c_int};
use std::mem::MaybeUninit;
use std::time::{SystemTime, UNIX_EPOCH};

use mlua::ffi::lua_State;

use super::super::building::Building;
use super::super::state::{CFunction, Kind, State};
use super::{Turns, original};

pub(super) const FUNCTIONS: &[(&CStr, CFunction)] = &[
    (c"concat", concat),
    (c"insert", insert),
    (c"remove", remove),
    (c"move", relocate),
    (c"sort", sort),
    (c"unpack", unpack),
];

/// Elements Lua's own functions may walk over in one go.
const MANY: i64 = 50_000;
/// Elements `table.sort` may sort in one go.
const MANY_SORTED: usize = 5000;
/// Arrays larger than this may use randomised pivots.
const LARGE: u32 = 100;

/// The thread, the half of its calls that may raise, and the length of a table without a metatable in the first argument:
/// nothing of a script's runs when it is asked for.
unsafe fn begin(raw: *mut lua_State) -> (State, Building, Option<i64>) {
    // SAFETY: the caller has a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive in the functions of this file.
    let building = unsafe { Building::new(state) };
    let plain = state.kind(1) == Kind::Table && !has_metatable(state);
    let length = plain.then(|| i64::try_from(state.raw_length(1)).unwrap_or(i64::MAX));
    (state, building, length)
}

fn has_metatable(state: State) -> bool {
    let has = state.has_room(1) && state.get_metatable(1);
    if has {
        state.pop(1);
    }
    has
}

unsafe extern "C-unwind" fn concat(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let (state, building, plain) = unsafe { begin(raw) };
    if state.kind(1) != Kind::Table
        || plain.is_some_and(|length| length <= MANY && state.kind(4) != Kind::Integer)
    {
        // SAFETY: Lua called us with this thread, and no argument has gone.
        return unsafe { original(raw) };
    }
    let mut last = building.length(1);
    let between: &[u8] = if matches!(state.kind(2), Kind::Absent | Kind::Nil) {
        b""
    } else {
        building.check_text(2);
        let (start, length) = state.string(2);
        // SAFETY: the string is an argument on this call's stack, and strings do not move.
        unsafe { std::slice::from_raw_parts(start, length) }
    };
    let mut place = building.integer_or(3, 1);
    last = building.integer_or(4, last);
    let mut turns = Turns::new(state);
    let mut buffer = MaybeUninit::uninit();
    let mut out = building.begin_text(&mut buffer);
    while place <= last {
        turns.turn();
        building.get_element(1, place);
        if !matches!(state.kind(-1), Kind::String | Kind::Integer | Kind::Float) {
            return building.raise_element(place);
        }
        out.add_value();
        if place == last {
            break;
        }
        out.add(between);
        place += 1;
    }
    out.finish();
    1
}

unsafe extern "C-unwind" fn insert(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let (state, building, plain) = unsafe { begin(raw) };
    if state.kind(1) != Kind::Table || plain.is_some_and(|length| length <= MANY) || state.top() != 3 {
        // SAFETY: Lua called us with this thread, and no argument has gone.
        return unsafe { original(raw) };
    }
    let end = building.length(1).wrapping_add(1);
    let place = building.integer(2);
    if place.wrapping_sub(1).cast_unsigned() >= end.cast_unsigned() {
        return building.argument_error(2, c"position out of bounds");
    }
    let mut turns = Turns::new(state);
    let mut at = end;
    while at > place {
        turns.turn();
        building.get_element(1, at - 1);
        building.set_element(1, at);
        at -= 1;
    }
    building.set_element(1, place);
    0
}

unsafe extern "C-unwind" fn remove(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let (state, building, plain) = unsafe { begin(raw) };
    if state.kind(1) != Kind::Table || plain.is_some_and(|length| length <= MANY) {
        // SAFETY: Lua called us with this thread, and no argument has gone.
        return unsafe { original(raw) };
    }
    let size = building.length(1);
    let mut place = building.integer_or(2, size);
    if place != size && place.wrapping_sub(1).cast_unsigned() > size.cast_unsigned() {
        return building.argument_error(2, c"position out of bounds");
    }
    building.get_element(1, place);
    let mut turns = Turns::new(state);
    while place < size {
        turns.turn();
        building.get_element(1, place + 1);
        building.set_element(1, place);
        place += 1;
    }
    state.push_nil();
    building.set_element(1, place);
    1
}

unsafe extern "C-unwind" fn relocate(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let (state, building, _) = unsafe { begin(raw) };
    let [from, end, to] = [2, 3, 4].map(|argument| building.integer(argument));
    let target = if matches!(state.kind(5), Kind::Absent | Kind::Nil) {
        1
    } else {
        5
    };
    let count = end.checked_sub(from).and_then(|count| count.checked_add(1));
    let is_table = |argument| state.kind(argument) == Kind::Table;
    match count {
        // What makes no sense is Lua's to tell; what is no table has a length of its own.
        Some(count)
            if count > MANY
                && is_table(1)
                && is_table(target)
                && to <= i64::MAX - count + 1
                && (from > 0 || end < i64::MAX.wrapping_add(from)) => {}
        // SAFETY: Lua called us with this thread, and no argument has gone.
        _ => return unsafe { original(raw) },
    }
    let mut turns = Turns::new(state);
    let mut carry = |index: i64| {
        turns.turn();
        building.get_element(1, from + index);
        building.set_element(target, to + index);
    };
    let count = count.unwrap_or(0);
    if to > end || to <= from || (target != 1 && !building.are_equal(1, target)) {
        (0..count).for_each(&mut carry);
    } else {
        (0..count).rev().for_each(&mut carry);
    }
    state.copy_to_top(target);
    1
}

unsafe extern "C-unwind" fn unpack(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let (state, building, plain) = unsafe { begin(raw) };
    let is_given = state.kind(3) == Kind::Integer && state.kind(2) == Kind::Integer;
    if state.kind(1) != Kind::Table || plain.is_some_and(|length| length <= MANY) && !is_given {
        // SAFETY: Lua called us with this thread, and no argument has gone.
        return unsafe { original(raw) };
    }
    let first = building.integer_or(2, 1);
    let last = if matches!(state.kind(3), Kind::Absent | Kind::Nil) {
        building.length(1)
    } else {
        building.integer(3)
    };
    if first > last {
        return 0;
    }
    let count = last
        .checked_sub(first)
        .and_then(|count| c_int::try_from(count).ok());
    let Some(count) = count
        .and_then(|count| count.checked_add(1))
        .filter(|count| state.has_room(*count))
    else {
        return building.raise_text(b"too many results to unpack");
    };
    let mut turns = Turns::new(state);
    let mut place = first;
    for _ in 0..count {
        turns.turn();
        building.get_element(1, place);
        place = place.wrapping_add(1);
    }
    count
}

unsafe extern "C-unwind" fn sort(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let (state, building, plain) = unsafe { begin(raw) };
    if state.kind(1) != Kind::Table
        || plain.is_some_and(|length| usize::try_from(length).is_ok_and(|length| length <= MANY_SORTED))
    {
        // SAFETY: Lua called us with this thread, and no argument has gone.
        return unsafe { original(raw) };
    }
    let length = building.length(1);
    if length > 1 {
        if length >= i64::from(c_int::MAX) {
            return building.argument_error(1, c"array too big");
        }
        if !matches!(state.kind(2), Kind::Absent | Kind::Nil) {
            building.check_kind(2, mlua::ffi::LUA_TFUNCTION);
        }
        state.set_top(2);
        let mut sorting = Sorting {
            state,
            building,
            turns: Turns::new(state),
        };
        sorting.sort(1, u32::try_from(length).unwrap_or(0), 0);
    }
    0
}

/// Quicksort as Lua's own does it, step for step: a comparison that makes no sense is found in the same place.
struct Sorting {
    state: State,
    building: Building,
    turns: Turns,
}

impl Sorting {
    fn get(&self, place: u32) {
        self.building.get_element(1, place.into());
    }

    /// The value on top goes to `one`, the one below it to `other`.
    fn set_two(&self, one: u32, other: u32) {
        self.building.set_element(1, one.into());
        self.building.set_element(1, other.into());
    }

    /// Whether the value at `one` comes before the value at `other`, both counted from the top.
    fn is_less(&mut self, one: c_int, other: c_int) -> bool {
        self.turns.turn();
        if self.state.kind(2) == Kind::Nil {
            return self.building.is_less(one, other);
        }
        self.state.copy_to_top(2);
        self.state.copy_to_top(one - 1);
        self.state.copy_to_top(other - 2);
        self.building.call(2, 1);
        let less = self.state.truth(-1);
        self.state.pop(1);
        less
    }

    fn sort(&mut self, mut low: u32, mut up: u32, mut random: u32) {
        self.building.need_room(40);
        while low < up {
            self.get(low);
            self.get(up);
            if self.is_less(-1, -2) {
                self.set_two(low, up);
            } else {
                self.state.pop(2);
            }
            if up - low == 1 {
                return;
            }
            let middle = if up - low < LARGE || random == 0 {
                u32::midpoint(low, up)
            } else {
                let quarter = (up - low) / 4;
                random % (quarter * 2) + (low + quarter)
            };
            self.get(middle);
            self.get(low);
            if self.is_less(-2, -1) {
                self.set_two(middle, low);
            } else {
                self.state.pop(1);
                self.get(up);
                if self.is_less(-1, -2) {
                    self.set_two(middle, up);
                } else {
                    self.state.pop(2);
                }
            }
            if up - low == 2 {
                return;
            }
            self.get(middle);
            self.state.copy_to_top(-1);
            self.get(up - 1);
            self.set_two(middle, up - 1);
            let pivot = self.partition(low, up);
            let smaller;
            if pivot - low < up - pivot {
                self.sort(low, pivot - 1, random);
                smaller = pivot - low;
                low = pivot + 1;
            } else {
                self.sort(pivot + 1, up, random);
                smaller = up - pivot;
                up = pivot - 1;
            }
            if up.wrapping_sub(low) / 128 > smaller {
                random = a_number();
            }
        }
    }

    /// Parts what is around the pivot, which is on top.
    fn partition(&mut self, low: u32, up: u32) -> u32 {
        let mut left = low;
        let mut right = up - 1;
        loop {
            loop {
                left += 1;
                self.get(left);
                if !self.is_less(-1, -2) {
                    break;
                }
                if left == up - 1 {
                    self.building.raise_text(b"invalid order function for sorting");
                }
                self.state.pop(1);
            }
            loop {
                right = right.wrapping_sub(1);
                self.get(right);
                if !self.is_less(-3, -1) {
                    break;
                }
                if right < left {
                    self.building.raise_text(b"invalid order function for sorting");
                }
                self.state.pop(1);
            }
            if right < left {
                self.state.pop(1);
                self.set_two(up - 1, left);
                return left;
            }
            self.set_two(left, right);
        }
    }
}

/// A number nobody can foresee well enough to arrange the worst order for it.
fn a_number() -> u32 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.subsec_nanos().wrapping_mul(2_654_435_761) | 1
}
