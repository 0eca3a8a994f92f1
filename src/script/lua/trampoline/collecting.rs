//! When Lua's collector runs.
//!
//! It goes by bytes of Lua's: by generations, each time the heap has grown by a fifth, and over all of it when it has doubled. That is
//! too often in a small machine, where each chunk of 64 KiB that a script receives would have all objects looked at; so a machine
//! has a [`BALLAST`]. And it is too seldom where a small object of Lua's holds much that is not Lua's. Sockets and the bytes of arrays
//! are counted: before an operation runs, it is seen whether they have grown much ([`Load`]). Files and their like are weighed when they are
//! made ([`weigh`]).

use std::cell::Cell;
use std::ffi::{CStr, c_int};
use std::mem::MaybeUninit;

use mlua::Lua;
use mlua::ffi::{self, lua_State};
use mlua::state::{GcGenParams, GcMode};

use crate::error::{Error, Result};
use crate::net::Net;
use crate::script::bounds;
use crate::sys::{allocator, memory, process};

use super::context::Context;
use super::library::original;
use super::main_state;
use super::state::{CFunction, Kind, REGISTRY, State};

/// Bytes that a machine has besides what it uses, so that the collector takes it for a larger one. Nobody touches them, so no
/// memory stands behind them, and nobody is told of them. More of it would have chunks received into memory that has
/// left the processor's cache.
const BALLAST: usize = 1 << 20;
/// A limit of memory from which on a machine has it: below, garbage must not wait so long.
const ROOMY: usize = 4 * BALLAST;
/// Growth that is always left alone: bytes outside of the machine, and sockets.
const FEW_BYTES: usize = 16 << 20;
const FEW_SOCKETS: usize = 48;
/// Sockets that there may be before the system is asked how many descriptors it grants, which a start need not wait for.
const FIRST_SOCKETS: usize = 16;
/// Bytes of a machine that are worth as long a look as one socket.
const WORTH: usize = 64 << 10;
/// Operations between two looks at what the program holds, unless much is asked for at once.
const OPERATIONS: u32 = 1024;
/// KiB of files and their like after which everything is looked at, or as many as the machine has.
const FEW_WEIGHED: usize = 1024;

/// The registry's key for the ballast.
static KEY: u8 = 0;

pub(super) const FUNCTIONS: &[(&CStr, CFunction)] = &[(c"collectgarbage", collect_garbage)];
/// KiB that a file is taken for: so much the C library holds for each, and the kernel.
pub(super) const FILE: usize = 4;

/// Bytes of ballast of a machine with this limit.
pub(in super::super) const fn ballast(memory_limit: usize) -> usize {
    if memory_limit < ROOMY { 0 } else { BALLAST }
}

/// Has the collector, which was stopped, work by generations, with so much ballast.
pub(in super::super) fn begin(lua: &Lua, context: &Context, ballast: usize) -> Result<()> {
    let main = main_state(lua);
    if ballast > 0 {
        main.protected(|building| {
            let bytes = building.new_userdata::<[MaybeUninit<u8>; BALLAST]>(0);
            // SAFETY: the userdata is new, larger than a number, and aligned for pointers.
            unsafe { bytes.cast::<u64>().write(0) };
            building.raw_set_pointer(REGISTRY, (&raw const KEY).cast());
        })
        .map_err(|_| Error::memory("a Lua machine"))?;
        main.set_top(0);
    }
    context.load.ballast.set(ballast);
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
        let kib = state.float(-1) - Context::behind(state, 1).load.ballast.get() as f64 / 1024.0;
        state.pop(1);
        state.push_float(kib);
    }
    results
}

/// Something is made that holds so many KiB outside of the machine: the collector, which does not see them, comes so much earlier.
pub(super) fn weigh(state: State, context: &Context, kib: usize) {
    if !is_running(state) {
        return;
    }
    let load = &context.load;
    let weighed = load.weighed.get() + kib;
    load.weighed.set(weighed);
    if weighed > FEW_WEIGHED.max(load.machine.get() / 1024) {
        collect_all(state, context);
    } else {
        state.collector_step(kib * 1024);
    }
}

/// A string has come to hold so many bytes outside of the machine: the collector comes so much earlier, as for any string. What has
/// grown old it would leave, as it sees little of it.
#[cfg(feature = "lua55")]
pub(super) fn tell(state: State, context: &Context, bytes: usize) {
    if is_running(state) {
        state.collector_step(bytes);
        relieve(state, context);
    }
}

impl State {
    /// Whether the machine is running a finalizer.
    pub(super) fn is_finalizing(self) -> bool {
        // SAFETY: reading the count cannot raise; it is -1 while the collector is at work.
        unsafe { ffi::lua_gc(self.as_ptr(), ffi::LUA_GCCOUNT) == -1 }
    }

    /// Has the collector do something, or asks it. Finalizers may run; what goes wrong in them is a warning.
    pub(super) fn collector(self, what: c_int) -> c_int {
        // SAFETY: none of these raises, and those with arguments are not asked for.
        unsafe { ffi::lua_gc(self.as_ptr(), what) }
    }

    /// Tells the collector that so many bytes more are held, for which it may do its work; with none it does a step at once.
    pub(super) fn collector_step(self, bytes: usize) {
        #[cfg(not(feature = "lua55"))]
        let amount = c_int::try_from(bytes / 1024).unwrap_or(c_int::MAX);
        #[cfg(feature = "lua55")]
        let amount = bytes;
        // SAFETY: a step does not raise, and its argument is of the type that this Lua takes from the list.
        unsafe { ffi::lua_gc(self.as_ptr(), ffi::LUA_GCSTEP, amount) };
    }
}

/// How much a machine's objects may hold outside of it before the collector is to look for what nobody needs any more.
#[derive(Debug)]
pub(super) struct Load {
    bytes: Bound,
    sockets: Bound,
    /// KiB that were weighed since everything was looked at, and what the machine had then.
    weighed: Cell<usize>,
    machine: Cell<usize>,
    ballast: Cell<usize>,
    /// A task has ended as there was no memory left.
    exhausted: Cell<bool>,
    /// Bytes the program may hold; 0 where it is not looked at.
    program: usize,
    /// Operations until it is.
    operations: Cell<u32>,
}

/// How much there may be of something, until it is less than half of what there was when that was said.
#[derive(Debug, Default)]
struct Bound {
    most: Cell<usize>,
    few: Cell<usize>,
}

impl Bound {
    #[inline(always)]
    fn is_exceeded(&self, held: usize) -> bool {
        held > self.most.get()
    }

    #[inline(always)]
    fn has_fallen(&self, held: usize) -> bool {
        held < self.few.get()
    }

    /// Whether a little more would exceed it.
    fn is_near(&self, held: usize) -> bool {
        held > self.most.get() / 8 * 7
    }

    /// From what is held now it may double or grow by so much, as long as half of what the limit leaves stays free.
    fn allow(&self, held: usize, growth: usize, limit: usize) {
        let room = limit.saturating_sub(held) / 2;
        self.most.set(held.saturating_add(held.max(growth).min(room)));
        self.few.set(held / 2);
    }
}

impl Load {
    pub(super) fn new(net: &Net) -> Self {
        let load = Self {
            bytes: Bound::default(),
            sockets: Bound::default(),
            weighed: Cell::new(0),
            machine: Cell::new(0),
            ballast: Cell::new(0),
            exhausted: Cell::new(false),
            program: if allocator::notes() && bounds::is_bounded(net) {
                bounds::most_for_the_program(net)
            } else {
                0
            },
            operations: Cell::new(OPERATIONS),
        };
        load.allow_bytes(net);
        load.sockets.most.set(FIRST_SOCKETS.min(net.most_sockets() / 2));
        load
    }

    /// Whether there is more than there may be, or much less.
    #[inline(always)]
    fn is_off(&self, net: &Net) -> bool {
        let (bytes, sockets) = (net.bytes_held(), net.open_socket_count());
        self.bytes.is_exceeded(bytes)
            || self.sockets.is_exceeded(sockets)
            || self.bytes.has_fallen(bytes)
            || self.sockets.has_fallen(sockets)
    }

    fn is_exceeded(&self, net: &Net) -> bool {
        self.bytes.is_exceeded(net.bytes_held()) || self.sockets.is_exceeded(net.open_socket_count())
    }

    /// Whether little more may come: what is held then has to be known, not taken for needed.
    fn is_near(&self, net: &Net) -> bool {
        self.bytes.is_near(net.bytes_held()) || self.sockets.is_near(net.open_socket_count())
    }

    /// Says anew how many bytes there may be: the larger the machine, the more, as a look through it takes longer.
    pub(super) fn allow_bytes(&self, net: &Net) {
        self.bytes.allow(
            net.bytes_held(),
            self.machine.get().max(FEW_BYTES),
            net.memory_limit(),
        );
    }

    /// A task ends by a lack of memory.
    pub(super) fn note_exhausted(&self) {
        self.exhausted.set(true);
    }

    /// Whether one has.
    pub(super) fn is_exhausted(&self) -> bool {
        self.exhausted.get()
    }

    /// Whether the program is to be looked at.
    #[inline(always)]
    fn is_due(&self) -> bool {
        if self.program == 0 {
            return false;
        }
        let left = self.operations.get() - 1;
        self.operations.set(left);
        left == 0 || allocator::has_note()
    }

    fn allow_sockets(&self, net: &Net) {
        self.sockets.allow(
            net.open_socket_count(),
            (self.machine.get() / WORTH).max(FEW_SOCKETS),
            process::descriptor_limit().min(net.most_sockets()),
        );
    }
}

/// Looks for what nobody needs any more, where much is held outside of the machine. To be called before an operation of ours
/// looks at its arguments, as finalizers of the script's may run.
#[inline(always)]
pub(super) fn relieve(state: State, context: &Context) {
    if context.load.is_off(&context.net) {
        collect(state, context);
    }
}

/// Refuses an operation where the program holds too much, as it may through what lies outside of the machine and is not counted.
///
/// # Errors
/// `MemoryError`.
#[inline(always)]
pub(super) fn afford(state: State, context: &Context) -> Result<()> {
    if context.load.is_due() {
        look(state, context)
    } else {
        Ok(())
    }
}

#[cold]
fn look(state: State, context: &Context) -> Result<()> {
    let load = &context.load;
    load.operations.set(OPERATIONS);
    allocator::take_note();
    let is_too_much = || memory::held().filter(|held| *held > load.program);
    if is_too_much().is_none() || !is_running(state) {
        return Ok(());
    }
    collect_all(state, context);
    memory::give_back();
    match is_too_much() {
        None => Ok(()),
        // The next operation looks again.
        Some(held) => {
            load.operations.set(1);
            Err(Error::memory(format!("more: the program holds {held} bytes")))
        }
    }
}

/// A script is about to begin: what one that ran out of memory has left is no longer in its way. (Lua collects where it has no memory
/// for an object, but not where it has none for a buffer, as of `string.rep`.)
pub(super) fn recover(state: State, context: &Context) {
    if context.load.exhausted.get() && is_running(state) {
        context.load.exhausted.set(false);
        collect_all(state, context);
    }
}

/// Whether the collector works: a script may have stopped it, and in a finalizer it does not run.
fn is_running(state: State) -> bool {
    state.collector(ffi::LUA_GCISRUNNING) == 1
}

#[cold]
fn collect(state: State, context: &Context) {
    if !is_running(state) {
        return;
    }
    let (load, net) = (&context.load, &context.net);
    if load.is_exceeded(net) {
        // What was made of late first, which takes little.
        state.collector_step(0);
        if load.is_near(net) {
            collect_all(state, context);
        }
    }
    if load.bytes.has_fallen(net.bytes_held()) {
        load.allow_bytes(net);
    }
    if load.sockets.has_fallen(net.open_socket_count()) {
        load.allow_sockets(net);
    }
}

#[cold]
fn collect_all(state: State, context: &Context) {
    let (load, net) = (&context.load, &context.net);
    state.collector(ffi::LUA_GCCOLLECT);
    let kib = state.collector(ffi::LUA_GCCOUNT);
    let machine = usize::try_from(kib).unwrap_or(0).saturating_mul(1024);
    load.machine.set(machine.saturating_sub(load.ballast.get()));
    load.weighed.set(0);
    load.allow_bytes(net);
    load.allow_sockets(net);
}
