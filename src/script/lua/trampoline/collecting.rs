//! When Lua's collector runs.
//!
//! It goes by bytes of Lua's: by generations, each time the heap has grown by a fifth, and over all of it when it has doubled. That is
//! too often in a small machine, where each chunk of 64 KiB that a script receives would have all objects looked at; so a machine
//! has a [`BALLAST`]. And it is too seldom where a small object of Lua's holds much that is not Lua's, a descriptor or a `bytearray`: so
//! before an operation runs, it is seen whether what is held so has grown much ([`Load`]).

use std::cell::Cell;
use std::ffi::{CStr, c_int};
use std::mem::MaybeUninit;

use mlua::Lua;
use mlua::ffi::{self, lua_State};
use mlua::state::{GcGenParams, GcMode};

use crate::error::{Error, Result};
use crate::net::Net;
use crate::sys::process;

use super::context::Context;
use super::library::original;
use super::main_state;
use super::state::{CFunction, Kind, REGISTRY, State};

/// Bytes that a machine has besides what it uses, so that the collector takes it for a larger one. Nobody touches them, so no
/// memory stands behind them, and nobody is told of them. More of it would have chunks received into memory that has
/// left the processor's cache.
pub(in super::super) const BALLAST: usize = 1 << 20;
/// Growth that is always left alone: bytes outside of the machine, and sockets.
const FEW_BYTES: usize = 16 << 20;
const FEW_SOCKETS: usize = 48;
/// Sockets that there may be before the system is asked how many descriptors it grants, which a start need not wait for.
const FIRST_SOCKETS: usize = 16;

/// The registry's key for the ballast.
static KEY: u8 = 0;

pub(super) const FUNCTIONS: &[(&CStr, CFunction)] = &[(c"collectgarbage", collect_garbage)];
/// Those of Lua's own that open files. They are often left to the collector.
pub(super) const FILES: &[(&CStr, CFunction)] = &[(c"open", open), (c"popen", open), (c"tmpfile", open)];
/// KiB that a file is taken for: so much the C library holds for each, and the kernel.
pub(super) const FILE: c_int = 4;

/// Has the collector, which was stopped, work by generations.
pub(in super::super) fn begin(lua: &Lua) -> Result<()> {
    let main = main_state(lua);
    main.protected(|building| {
        building.new_userdata::<[MaybeUninit<u8>; BALLAST]>(0);
        building.raw_set_pointer(REGISTRY, (&raw const KEY).cast());
    })
    .map_err(|_| Error::memory("a Lua machine"))?;
    main.set_top(0);
    lua.gc_restart();
    lua.gc_set_mode(GcMode::Generational(GcGenParams::default()));
    Ok(())
}

/// `collectgarbage`, whose count leaves the ballast out.
unsafe extern "C-unwind" fn collect_garbage(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: Lua called us with this thread and these arguments.
    let results = unsafe { original(raw) };
    if state.kind(1) == Kind::String && state.string_copy(1) == b"count" && state.kind(-1) == Kind::Float {
        let kib = state.float(-1) - BALLAST as f64 / 1024.0;
        state.pop(1);
        state.push_float(kib);
    }
    results
}

unsafe extern "C-unwind" fn open(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    weigh(unsafe { State::from_raw(raw) }, FILE);
    // SAFETY: Lua called us with this thread and these arguments.
    unsafe { original(raw) }
}

/// Something holds so many KiB outside of the machine: the collector, which does not see them, comes so much earlier.
pub(super) fn weigh(state: State, kib: c_int) {
    if state.collector(ffi::LUA_GCISRUNNING, 0) == 1 {
        state.collector(ffi::LUA_GCSTEP, kib);
    }
}

/// How much a machine's objects may hold outside of it before the collector is to look for what nobody needs any more.
#[derive(Debug)]
pub(super) struct Load {
    bytes: Cell<usize>,
    sockets: Cell<usize>,
    /// Bytes of which it is to be said anew how many there may be: half as many as when it was said.
    few: Cell<usize>,
}

impl Load {
    pub(super) fn new(net: &Net) -> Self {
        let load = Self {
            bytes: Cell::new(0),
            sockets: Cell::new(0),
            few: Cell::new(0),
        };
        load.allow_bytes(net, 0);
        load.sockets.set(FIRST_SOCKETS.min(net.most_sockets() / 2));
        load
    }

    #[inline(always)]
    fn is_exceeded(&self, net: &Net) -> bool {
        net.bytes_held() > self.bytes.get() || net.open_socket_count() > self.sockets.get()
    }

    #[inline(always)]
    fn has_fallen(&self, net: &Net) -> bool {
        net.bytes_held() < self.few.get()
    }

    /// From what is held now it may double, as long as half of what the limits leave stays free. A machine of so many bytes takes as
    /// long to look through as it is worth.
    fn allow_bytes(&self, net: &Net, machine: usize) {
        let bytes = net.bytes_held();
        let room = net.memory_limit().saturating_sub(bytes) / 2;
        self.bytes
            .set(bytes + bytes.max(machine).max(FEW_BYTES).min(room));
        self.few.set(bytes / 2);
    }

    /// As [`Self::allow_bytes`].
    fn allow_sockets(&self, net: &Net) {
        let sockets = net.open_socket_count();
        let most = process::descriptor_limit().min(net.most_sockets());
        let room = most.saturating_sub(sockets) / 2;
        self.sockets
            .set(sockets.saturating_add(sockets.max(FEW_SOCKETS).min(room)));
    }
}

/// Looks for what nobody needs any more, where much is held outside of the machine. To be called before an operation of ours
/// looks at its arguments, as finalizers of the script's may run.
#[inline(always)]
pub(super) fn relieve(state: State, context: &Context) {
    if context.load.is_exceeded(&context.net) || context.load.has_fallen(&context.net) {
        collect(state, context);
    }
}

#[cold]
fn collect(state: State, context: &Context) {
    // The script may have stopped it, and in a finalizer it does not run.
    if state.collector(ffi::LUA_GCISRUNNING, 0) != 1 {
        return;
    }
    // What was made of late first, which takes little.
    state.collector(ffi::LUA_GCSTEP, 0);
    let is_full = context.load.is_exceeded(&context.net);
    if is_full {
        state.collector(ffi::LUA_GCCOLLECT, 0);
    }
    if is_full || context.load.has_fallen(&context.net) {
        let kib = state.collector(ffi::LUA_GCCOUNT, 0);
        let machine = usize::try_from(kib).unwrap_or(0).saturating_mul(1024);
        context.load.allow_bytes(&context.net, machine);
        context.load.allow_sockets(&context.net);
    }
}
