//! The one C function behind every operation, and a shorter way for the plain `recv`, `recv_into`, `send` and `sendall`. On a socket that speaks TLS
//! `recv` and `sendall` bind nothing, and the loop in `net` does the rest.
//!
//! A call goes: read the arguments (raw), bind and run them (Rust, may wait), push the results (protected), and only
//! then, with nothing left to drop, return or raise.

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use mlua::ffi::lua_State;

use crate::api::{
    Arguments, Callback, Cx, Held, Host, Named, Op, Owner, Slots, Value, call, construct, next_of,
};
use crate::error::{Class, Error, Result};
use crate::net::Socket;
use crate::sched::{Interest, Task};
use crate::sys::errno::Errno;
use crate::sys::transfer;

use super::allowance::Allowance;
use super::building::Building;
use super::collecting;
use super::context::Context;
#[cfg(feature = "lua55")]
use super::external;
pub(super) use super::failure::raise;
use super::frame::CALLER;
use super::metatable;
use super::object::Object;
use super::state::{Kind, State, upvalue};
use super::{failure, kept, parking, passed, push, read, task, worker};

/// Stack an operation must find: what is below is left to the system's own deep calls.
pub(super) const STACK_RESERVE: usize = 128 * 1024;

/// What a C function of ours is about to do, when everything of Rust's is dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// Return this many values.
    Results(c_int),
    /// Raise the value on top.
    Raise,
}

impl Answer {
    /// Does it. To be called as the last thing of a C function.
    #[inline(always)]
    pub(super) fn finish(self, state: State) -> c_int {
        match self {
            Self::Results(count) => count,
            // SAFETY: the caller has nothing left to drop: an answer is plain data.
            Self::Raise => unsafe { Building::new(state) }.raise(),
        }
    }
}

/// One call of a script.
pub(super) struct Call {
    state: State,
    context: &'static Context,
}

impl Call {
    pub(super) const fn new(state: State, context: &'static Context) -> Self {
        Self { state, context }
    }

    fn cx(&self) -> Cx<'_> {
        Cx {
            net: &self.context.net,
            host: self,
            environment: &self.context.environment,
        }
    }

    /// Runs an operation on the arguments on the stack.
    pub(super) fn run(&self, op: &'static Op) -> Result<Value> {
        let arguments = passed::collect(self.state, self.context, op);
        call(op, &self.cx(), arguments).map_err(|error| self.explain(op, error))
    }

    /// Says that a module's function was called as a method, where the module stands before the arguments.
    #[cold]
    fn explain(&self, op: &'static Op, error: Error) -> Error {
        let is_misplaced = error.class() == Class::TypeError
            && matches!(op.on, Owner::Module(name) if matches!(
                read::named(self.state, self.context, 1), Named::Module(module) if module.name == name
            ));
        error
            .hinting(is_misplaced.then(|| format!("Write {}(…), with a dot and not a colon", op.full_name())))
    }

    /// The value of a property of the first argument.
    pub(super) fn property(&self, op: &'static Op) -> Result<Value> {
        self.property_of(read::value(self.state, self.context, 1), op)
    }

    /// The value of a property.
    pub(super) fn property_of(&self, receiver: Value, op: &'static Op) -> Result<Value> {
        let arguments = Arguments {
            receiver: Some(receiver),
            ..Arguments::default()
        };
        call(op, &self.cx(), arguments)
    }

    /// Writes an attribute of the object at place 1.
    pub(super) fn set_property(&self, op: &'static Op, value: Value) -> Result<Value> {
        let receiver = Some(read::value(self.state, self.context, 1));
        call(
            op,
            &self.cx(),
            Arguments {
                receiver,
                positional: vec![value],
                ..Arguments::default()
            },
        )
    }

    /// The value of a module's property.
    pub(super) fn module_property(&self, op: &'static Op) -> Result<Value> {
        call(op, &self.cx(), Arguments::default())
    }
}

impl Host for Call {
    fn start(&self, function: usize, arguments: Slots, name: String) -> Result<Rc<Task>> {
        task::start_function(self.state, self.context, function, arguments, name)
    }

    fn portable(&self, function: usize) -> Result<Vec<u8>> {
        worker::portable(self.state, self.context, function)
    }

    fn keep(&self, function: usize) -> Result<Rc<dyn Callback>> {
        Ok(Rc::new(kept::keep(self.state, self.context, function, None)?))
    }

    fn hold(&self, place: usize) -> Result<Rc<dyn Held>> {
        let home = Object::at(self.state, 1).and_then(Object::home);
        Ok(Rc::new(kept::keep(self.state, self.context, place, home)?))
    }

    fn hold_items(&self, place: usize) -> Result<Option<Vec<Rc<dyn Held>>>> {
        kept::keep_items(self.state, self.context, place)
    }

    fn name(&self, place: usize) -> Named {
        read::named(self.state, self.context, c_int::try_from(place).unwrap_or(0))
    }
}

/// Runs `body` and pushes what it gives: its value's results, or its error. Panics become errors.
#[inline(never)]
pub(super) fn answer(
    state: State,
    context: &'static Context,
    body: impl FnOnce(&Call) -> Result<Value>,
) -> Answer {
    context.called_on(state);
    match guarded(context, || body(&Call { state, context })) {
        Ok(value) => match push::results(state, context, value) {
            Ok(count) => Answer::Results(count),
            Err(_) => Answer::Raise,
        },
        Err(error) => raise(state, context, error),
    }
}

/// Runs `body` where there is stack enough for it. Panics become errors.
#[inline(always)]
pub(super) fn guarded<T>(context: &Context, body: impl FnOnce() -> Result<T>) -> Result<T> {
    let left = context.net.sched().remaining_stack();
    if left.is_some_and(|left| left < STACK_RESERVE) {
        return Err(Error::new(Class::RecursionError, "stack overflow"));
    }
    caught(body)
}

/// Runs `body`, where there is stack enough for it in any case. Panics become errors.
#[inline(always)]
pub(super) fn caught<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| Err(Error::bug(&*panic)))
}

/// Any operation.
pub(super) unsafe extern "C-unwind" fn invoke(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    run(state, Context::behind(state, 2)).finish(state)
}

/// Runs the operation whose function was called.
pub(super) fn run(state: State, context: &'static Context) -> Answer {
    let op = metatable::op_at(state.userdata(upvalue(1)));
    collecting::relieve(state, context);
    answer(state, context, |call| {
        collecting::afford(state, context)?;
        call.run(op)
    })
}

/// `socket:recv(n)`: the plain case without a detour; all else as any operation.
pub(super) unsafe extern "C-unwind" fn recv(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 2);
    if state.top() == 2
        && state.is_integer(2)
        && let Some(socket) = Object::at(state, 1).and_then(Object::socket)
        && let Ok(size) = usize::try_from(state.integer(2))
        && (1..=context.net.largest_at_once()).contains(&size)
    {
        let Some(flags) = hot_flags(state, socket, Interest::Read) else {
            if socket.is_wrapped() {
                return match await_bytes(state, context, socket, size) {
                    Ok(count) => push_scratch(state, context, count),
                    Err(answer) => answer.finish(state),
                };
            }
            // SAFETY: Lua called us with this thread.
            return unsafe { invoke(raw) };
        };
        #[cfg(feature = "lua55")]
        let received = match external::receive(state, context, socket, size, flags) {
            Some(Ok(results)) => return results,
            Some(Err(errno)) => Err(errno),
            None => socket.receive_at_once(size, flags),
        };
        #[cfg(not(feature = "lua55"))]
        let received = socket.receive_at_once(size, flags);
        let count = match received {
            Ok(count) => count,
            Err(errno) if is_for_the_loop(errno) => {
                // What was interrupted may have bytes already, which no event tells of again.
                let parked = match errno {
                    Errno::AGAIN => parking::park(state, context, socket, size),
                    _ => Ok(false),
                };
                match parked {
                    // SAFETY: nothing with a destructor is alive here.
                    Ok(true) => return unsafe { parking::leave(state, context) },
                    Ok(false) => match await_bytes(state, context, socket, size) {
                        Ok(count) => count,
                        Err(answer) => return answer.finish(state),
                    },
                    Err(answer) => return answer.finish(state),
                }
            }
            // What the kernel has told once it does not tell again.
            Err(errno) => return fail(state, context, socket, errno).finish(state),
        };
        return push_scratch(state, context, count);
    }
    // SAFETY: Lua called us with this thread.
    unsafe { invoke(raw) }
}

/// Pushes what lies in the receive buffer.
#[inline(always)]
fn push_scratch(state: State, context: &Context, count: usize) -> c_int {
    #[cfg(feature = "lua55")]
    context.net.scratch().note(count);
    push_received(state, context.net.scratch().start(), count)
}

/// Pushes what lies in a receive buffer of the runtime's.
#[inline(always)]
pub(super) fn push_received(state: State, start: *const u8, count: usize) -> c_int {
    // SAFETY: the buffer holds `count` bytes just received, and nothing is received before Lua has copied them.
    let bytes = unsafe { std::slice::from_raw_parts(start, count) };
    // SAFETY: nothing with a destructor is alive here.
    unsafe { Building::new(state) }.push_bytes(bytes);
    1
}

/// A plain `recv` that has to wait: leaves the bytes in the receive buffer. Of its own it puts as little as it can on the
/// stack, which thousands of waiting tasks each have.
#[inline(never)]
fn await_bytes(
    state: State,
    context: &'static Context,
    socket: &Socket,
    size: usize,
) -> Result<usize, Answer> {
    context.called_on(state);
    let received = guarded(context, || {
        // A reference of its own: the script may let go of the socket meanwhile.
        let socket = socket.me().ok_or(Errno::BADF)?;
        socket.recv_in_scratch(size)
    });
    received.map_err(|error| raise(state, context, error))
}

/// `socket:recv_into(array)`: as [`recv`].
pub(super) unsafe extern "C-unwind" fn recv_into(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    match receive_into_at_once(state) {
        Some((_, Ok(count))) => {
            state.push_integer(i64::try_from(count).unwrap_or(i64::MAX));
            1
        }
        Some((socket, Err(errno))) if !is_for_the_loop(errno) => {
            fail(state, Context::behind(state, 2), socket, errno).finish(state)
        }
        // SAFETY: Lua called us with this thread.
        _ => unsafe { invoke(raw) },
    }
}

/// Tries to fill the only argument, where that is the plain case: the socket, and what came of it.
#[inline(always)]
fn receive_into_at_once<'a>(state: State) -> Option<(&'a Socket, Result<usize, Errno>)> {
    if state.top() != 2 {
        return None;
    }
    let socket = Object::at(state, 1).and_then(Object::socket)?;
    let array = Object::at(state, 2)
        .and_then(Object::array)
        .filter(|array| !array.is_empty())?;
    let flags = hot_flags(state, socket, Interest::Read)?;
    Some((socket, socket.receive_into_at_once(array, flags)))
}

/// `socket:send(data)`: as [`recv`].
pub(super) unsafe extern "C-unwind" fn send(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    match send_at_once(state) {
        Some((_, _, Ok(count))) => {
            state.push_integer(i64::try_from(count).unwrap_or(i64::MAX));
            1
        }
        Some((socket, _, Err(errno))) if !is_for_the_loop(errno) => {
            fail(state, Context::behind(state, 2), socket, errno).finish(state)
        }
        // SAFETY: Lua called us with this thread.
        _ => unsafe { invoke(raw) },
    }
}

/// `socket:sendall(data)`: as [`recv`]; what the kernel does not take at once goes the long way.
pub(super) unsafe extern "C-unwind" fn sendall(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    match send_at_once(state) {
        Some((_, length, Ok(count))) if count == length => {
            state.push_nil();
            1
        }
        Some((socket, _, Ok(count))) => send_rest(state, socket, count),
        Some((socket, _, Err(errno))) if !is_for_the_loop(errno) => {
            let op = metatable::op_at(state.userdata(upvalue(1)));
            let error = socket.failed(op.name, errno).with_sent(0);
            raise(state, Context::behind(state, 2), error).finish(state)
        }
        _ => match Object::at(state, 1).and_then(Object::socket) {
            Some(socket) if socket.is_wrapped() && state.top() == 2 && state.kind(2) == Kind::String => {
                send_rest(state, socket, 0)
            }
            // SAFETY: Lua called us with this thread.
            _ => unsafe { invoke(raw) },
        },
    }
}

/// Sends what is left of the only argument, a string, where so many bytes have left.
fn send_rest(state: State, socket: &Socket, sent: usize) -> c_int {
    let context = Context::behind(state, 2);
    answer(state, context, |_| {
        let socket = socket.me().ok_or(Errno::BADF)?;
        if let Value::String(data) | Value::Bytes(data) = read::value(state, context, 2) {
            socket.send_rest(&data, 0, sent)?;
        }
        Ok(Value::None)
    })
    .finish(state)
}

/// Tries to send the only argument, where that is the plain case: the socket, the argument's length, and what came of it.
#[inline(always)]
fn send_at_once<'a>(state: State) -> Option<(&'a Socket, usize, Result<usize, Errno>)> {
    if state.top() != 2 || state.kind(2) != Kind::String {
        return None;
    }
    let socket = Object::at(state, 1).and_then(Object::socket)?;
    let flags = hot_flags(state, socket, Interest::Write)?;
    let (start, length) = state.string(2);
    // SAFETY: the string is on the stack of the call, and strings do not move.
    let data = unsafe { std::slice::from_raw_parts(start, length) };
    let sent = transfer::send(socket.fd(), data, flags);
    if let Ok(count) = sent {
        socket.note_moved(count, data);
    }
    Some((socket, length, sent))
}

/// Whether the loop in `net` has to go on with it: the call would wait, or was interrupted.
fn is_for_the_loop(errno: Errno) -> bool {
    matches!(errno, Errno::AGAIN | Errno::INTR)
}

/// The plain case failed for good.
#[cold]
fn fail(state: State, context: &'static Context, socket: &Socket, errno: Errno) -> Answer {
    let op = metatable::op_at(state.userdata(upvalue(1)));
    raise(state, context, socket.failed(op.name, errno))
}

/// The flag for a direct try; none where the long way is due.
#[inline(always)]
fn hot_flags(state: State, socket: &Socket, interest: Interest) -> Option<c_int> {
    socket.direct_flags(interest, || !state.is_finalizing())
}

/// A call of an object: classes make errors, what a loop walks through gives its next item.
pub(super) unsafe extern "C-unwind" fn call_object(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    answer(state, context, |_| {
        collecting::afford(state, context)?;
        let class = match read::value(state, context, 1) {
            Value::Class(class) => class,
            other => {
                let next = next_of(&context.net, &other).unwrap_or_else(|| {
                    let text = format!("'{}' object is not callable", other.kind());
                    let lines = "A loop over the lines of a file is: for line in f:lines() do";
                    let is_file = matches!(other, Value::File(_));
                    Err(Error::type_error(text).hinting(is_file.then(|| lines.to_owned())))
                });
                return Ok(next?.unwrap_or(Value::None));
            }
        };
        let mut left = Allowance::new(context);
        let arguments: Vec<_> = (2..=state.top())
            .map(|place| read::argument(state, context, place, &mut left))
            .collect();
        let mut error = construct(class, &arguments)?;
        // It is raised where it is made, nearly always.
        failure::locate(state, &mut error, CALLER);
        Ok(Value::Error(Rc::new(error)))
    })
    .finish(state)
}
