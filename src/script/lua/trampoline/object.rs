//! Our userdata: one layout for all types. `metatable` makes them look like Python's objects.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ffi::c_int;
use std::mem::ManuallyDrop;
use std::rc::Rc;

use crate::api::testing::Trial;
use crate::api::{Channel, Selector, Steps, Type, Value};
use crate::bytes::{ByteArray, Pinned};
use crate::constants::Constant;
use crate::error::{Class, Error};
use crate::file::File;
use crate::net::{Epoll, Poll, Socket};
use crate::sched::Task;
use crate::tls;
use crate::tools;
use crate::wire::packet::Schema;
use crate::wire::{NumberArray, Struct};
use crate::worker::{Link, Worker};

use super::building::Building;
use super::collecting;
use super::context::Context;
use super::kept::{self, Home};
use super::metatable;
use super::shape;
use super::state::State;

/// Marks a userdata as ours, beside its metatable.
const MAGIC: u64 = 0x7769_7265_7363_7274;

/// A userdata of ours. What it holds is gone once it has been collected, also when a script calls `__gc` by hand.
#[repr(C)]
pub(super) struct Object {
    magic: u64,
    held: Cell<Option<Held>>,
    /// It has the metatable of a shape.
    shaped: Cell<bool>,
}

/// What an object holds: plain pointers, so that reading one copies nothing.
#[derive(Clone, Copy)]
enum Held {
    Socket(*const Socket),
    TlsContext(*const tls::Context),
    Task(*const Task),
    Channel(*const Channel),
    Worker(*const Worker),
    Link(*const Link),
    Poll(*const Poll),
    Epoll(*const Epoll),
    Selector(*const Selector),
    Tube(*const tools::Tube),
    Listener(*const tools::Listener),
    Pattern(*const tools::Pattern),
    Trial(*const Trial),
    File(*const File),
    Array(*const ByteArray),
    View(*const Pinned),
    Numbers(*const NumberArray),
    Schema(*const Schema),
    Struct(*const Struct),
    Steps(*const Steps),
    Error(*const Error),
    Class(Class),
    Absent(&'static Constant),
}

impl Object {
    /// The object at an index.
    #[inline(always)]
    pub(super) fn at(state: State, index: c_int) -> Option<&'static Self> {
        if state.raw_length(index) < size_of::<Self>() {
            return None;
        }
        // Light userdata have no length, and what else has one (a string, a table) is no userdata: null.
        let object = state.userdata(index).cast::<Self>();
        // SAFETY: the userdata is at least as large as an object, so the mark can be read; other people's userdata do
        // not carry it. The script's stack keeps it alive while a C function uses it.
        let object = unsafe { object.as_ref() }?;
        (object.magic == MAGIC).then_some(object)
    }

    /// The socket it holds, without a new reference: for calls that cannot run other code meanwhile.
    #[inline(always)]
    pub(super) fn socket(&self) -> Option<&Socket> {
        match self.held.get() {
            // SAFETY: the pointer came from `Rc::into_raw` and is given back only when `held` is taken.
            Some(Held::Socket(socket)) => Some(unsafe { &*socket }),
            _ => None,
        }
    }

    /// The `bytearray` it holds, as [`Self::socket`].
    #[inline(always)]
    pub(super) fn array(&self) -> Option<&ByteArray> {
        match self.held.get() {
            // SAFETY: the pointer came from `Rc::into_raw` and is given back only when `held` is taken.
            Some(Held::Array(array)) => Some(unsafe { &*array }),
            _ => None,
        }
    }

    /// The file it holds, as [`Self::socket`].
    #[inline(always)]
    pub(super) fn file(&self) -> Option<&File> {
        match self.held.get() {
            // SAFETY: the pointer came from `Rc::into_raw` and is given back only when `held` is taken.
            Some(Held::File(file)) => Some(unsafe { &*file }),
            _ => None,
        }
    }

    /// Its value, with a reference of its own.
    pub(super) fn value(&self) -> Value {
        match self.held.get() {
            Some(Held::Socket(pointer)) => Value::Socket(shared(pointer)),
            Some(Held::TlsContext(pointer)) => Value::TlsContext(shared(pointer)),
            Some(Held::Task(pointer)) => Value::Task(shared(pointer)),
            Some(Held::Channel(pointer)) => Value::Channel(shared(pointer)),
            Some(Held::Worker(pointer)) => Value::Worker(shared(pointer)),
            Some(Held::Link(pointer)) => Value::Link((*shared(pointer)).clone()),
            Some(Held::Schema(pointer)) => Value::Schema((*shared(pointer)).clone()),
            Some(Held::Struct(pointer)) => Value::Struct(shared(pointer)),
            Some(Held::Poll(pointer)) => Value::Poll(shared(pointer)),
            Some(Held::Epoll(pointer)) => Value::Epoll(shared(pointer)),
            Some(Held::Selector(pointer)) => Value::Selector(shared(pointer)),
            Some(Held::Tube(pointer)) => Value::Tube(shared(pointer)),
            Some(Held::Listener(pointer)) => Value::Listener(shared(pointer)),
            Some(Held::Pattern(pointer)) => Value::Pattern(shared(pointer)),
            Some(Held::Trial(pointer)) => Value::Trial(shared(pointer)),
            Some(Held::File(pointer)) => Value::File(shared(pointer)),
            Some(Held::Array(pointer)) => Value::Array(shared(pointer)),
            Some(Held::View(pointer)) => Value::View((*shared(pointer)).clone()),
            Some(Held::Numbers(pointer)) => Value::Numbers(shared(pointer)),
            Some(Held::Steps(pointer)) => Value::Steps(shared(pointer)),
            Some(Held::Error(pointer)) => Value::Error(shared(pointer)),
            Some(Held::Class(class)) => Value::Class(class),
            Some(Held::Absent(constant)) => Value::Absent(constant),
            None => Value::Opaque("object that was collected"),
        }
    }

    /// Where it has the values it keeps for the script, where it keeps any.
    pub(super) fn home(&self) -> Option<Home> {
        match self.held.get() {
            Some(Held::Channel(channel)) => Some(Home::of(channel)),
            Some(Held::Selector(selector)) => Some(Home::of(selector)),
            _ => None,
        }
    }

    /// The socket it holds, where its metatable is that of a shape.
    #[inline]
    pub(super) fn shaped(&self) -> Option<&Socket> {
        if self.shaped.get() { self.socket() } else { None }
    }

    /// Notes whether it is.
    pub(super) fn set_shaped(&self, shaped: bool) {
        self.shaped.set(shaped);
    }

    /// Lets go of what it holds.
    pub(super) fn release(&self) {
        if let Some(socket) = self.shaped() {
            socket.show(false);
        }
        LATE.with_borrow_mut(|late| {
            if let Some(late) = &mut **late {
                late.remove(&std::ptr::from_ref(self));
            }
        });
        match self.held.take() {
            Some(Held::Socket(pointer)) => give_back(pointer),
            Some(Held::TlsContext(pointer)) => give_back(pointer),
            Some(Held::Task(pointer)) => give_back(pointer),
            Some(Held::Channel(pointer)) => give_back(pointer),
            Some(Held::Worker(pointer)) => give_back(pointer),
            Some(Held::Link(pointer)) => give_back(pointer),
            Some(Held::Schema(pointer)) => give_back(pointer),
            Some(Held::Struct(pointer)) => give_back(pointer),
            Some(Held::Poll(pointer)) => give_back(pointer),
            Some(Held::Epoll(pointer)) => give_back(pointer),
            Some(Held::Selector(pointer)) => give_back(pointer),
            Some(Held::Tube(pointer)) => give_back(pointer),
            Some(Held::Listener(pointer)) => give_back(pointer),
            Some(Held::Pattern(pointer)) => give_back(pointer),
            Some(Held::Trial(pointer)) => give_back(pointer),
            Some(Held::File(pointer)) => give_back(pointer),
            Some(Held::Array(pointer)) => give_back(pointer),
            Some(Held::View(pointer)) => give_back(pointer),
            Some(Held::Numbers(pointer)) => give_back(pointer),
            Some(Held::Steps(pointer)) => give_back(pointer),
            Some(Held::Error(pointer)) => give_back(pointer),
            Some(Held::Class(_) | Held::Absent(_)) | None => {}
        }
    }
}

/// Where the object of a value has the script's values that it keeps: they live as long as the object, and may refer to it.
fn home_of(value: &Value) -> Option<Home> {
    match value {
        Value::Channel(channel) => Some(Home::of(Rc::as_ptr(channel))),
        Value::Selector(selector) => Some(Home::of(Rc::as_ptr(selector))),
        _ => None,
    }
}

/// A second reference to what an object holds.
fn shared<T>(pointer: *const T) -> Rc<T> {
    // SAFETY: the pointer came from `Rc::into_raw`, and the object holds that reference still.
    unsafe { Rc::increment_strong_count(pointer) };
    // SAFETY: the count was raised for this reference.
    unsafe { Rc::from_raw(pointer) }
}

fn give_back<T>(pointer: *const T) {
    // SAFETY: the pointer came from `Rc::into_raw`, and the object held that one reference.
    drop(unsafe { Rc::from_raw(pointer) });
}

/// Pushes a value that has methods as an object; other values are not pushed.
pub(super) fn push(building: Building, context: &'static Context, value: &Value) {
    let Some(kind) = value.object_type() else { return };
    let home = home_of(value);
    let object = push_empty(building, c_int::from(kind == Type::Task || home.is_some()));
    let state = building.state();
    let shaped = match value {
        Value::Socket(socket) if kind == Type::Socket => shape::push(building, context, socket),
        _ => false,
    };
    if shaped {
        state.set_metatable(-2);
    } else {
        dress(building, kind);
    }
    if let Some(home) = home {
        kept::push_home(building, home);
        building.set_slot(-2, 1);
    }
    if let Value::Task(task) = value
        && let Some(thread) = super::task::thread_of(task)
        && super::task::push_thread(state, thread)
    {
        // The results live as long as somebody can ask for them.
        building.set_slot(-2, 1);
    }
    // From here on nothing can raise: the reference cannot be lost.
    let held = match value {
        Value::Socket(socket) => Held::Socket(Rc::into_raw(socket.clone())),
        Value::TlsContext(context) => Held::TlsContext(Rc::into_raw(context.clone())),
        Value::Task(task) => Held::Task(Rc::into_raw(task.clone())),
        Value::Channel(channel) => Held::Channel(Rc::into_raw(channel.clone())),
        Value::Worker(worker) => Held::Worker(Rc::into_raw(worker.clone())),
        Value::Link(channel) => Held::Link(Rc::into_raw(Rc::new(channel.clone()))),
        Value::Schema(schema) => Held::Schema(Rc::into_raw(Rc::new(schema.clone()))),
        Value::Struct(structure) => Held::Struct(Rc::into_raw(structure.clone())),
        Value::Poll(poll) => Held::Poll(Rc::into_raw(poll.clone())),
        Value::Epoll(set) => Held::Epoll(Rc::into_raw(set.clone())),
        Value::Selector(selector) => Held::Selector(Rc::into_raw(selector.clone())),
        Value::Tube(tube) => Held::Tube(Rc::into_raw(tube.clone())),
        Value::Listener(listener) => Held::Listener(Rc::into_raw(listener.clone())),
        Value::Pattern(pattern) => Held::Pattern(Rc::into_raw(pattern.clone())),
        Value::Trial(trial) => Held::Trial(Rc::into_raw(trial.clone())),
        Value::File(file) => Held::File(Rc::into_raw(file.clone())),
        Value::Array(array) => Held::Array(Rc::into_raw(array.clone())),
        Value::View(view) => Held::View(Rc::into_raw(Rc::new(view.clone()))),
        Value::Numbers(numbers) => Held::Numbers(Rc::into_raw(numbers.clone())),
        Value::Steps(steps) => Held::Steps(Rc::into_raw(steps.clone())),
        Value::Error(error) => Held::Error(Rc::into_raw(error.clone())),
        Value::Class(class) => Held::Class(*class),
        Value::Absent(constant) => Held::Absent(constant),
        _ => return,
    };
    fill(object, held);
    if shaped && let Value::Socket(socket) = value {
        // SAFETY: it is on the stack, so it is alive.
        unsafe { (*object).shaped.set(true) };
        socket.show(true);
    }
    if let Some(kib) = weight(kind) {
        collecting::weigh(state, context, kib);
    }
}

/// KiB that an object of this type holds outside of the machine, where that is much and counted nowhere else.
const fn weight(kind: Type) -> Option<usize> {
    match kind {
        Type::File | Type::Epoll | Type::Selector | Type::Listener => Some(collecting::FILE),
        // Several descriptors, and often a process.
        Type::Tube => Some(4 * collecting::FILE),
        // The system's certificates.
        Type::TlsContext => Some(16 * collecting::FILE),
        _ => None,
    }
}

/// Pushes a file as an object.
pub(super) fn push_file(building: Building, file: &Rc<File>) {
    let object = push_empty(building, 0);
    dress(building, Type::File);
    fill(object, Held::File(Rc::into_raw(file.clone())));
}

/// Pushes an object that holds nothing yet, with room for `slots` values of the script.
fn push_empty(building: Building, slots: c_int) -> *mut Object {
    let object = building.new_userdata::<Object>(slots);
    // SAFETY: the userdata is new, large enough, and Lua aligns it for pointers.
    unsafe {
        object.write(Object {
            magic: MAGIC,
            held: Cell::new(None),
            shaped: Cell::new(false),
        });
    };
    object
}

fn dress(building: Building, kind: Type) {
    metatable::push_of_type(building, kind);
    building.state().set_metatable(-2);
}

fn fill(object: *mut Object, held: Held) {
    // SAFETY: `push_empty` made it just now; it is on the stack, so it is alive.
    unsafe { (*object).held.set(Some(held)) };
    LATE.with_borrow_mut(|late| {
        if let Some(late) = &mut **late {
            late.insert(object.cast_const());
        }
    });
}

thread_local! {
    /// What is made while a machine of this thread closes: Lua calls the finalizers of what was made before, which may make more, and
    /// none for that. What is collected in the ordinary way is not in it any more. Nothing drops it, so that it is there also for a
    /// runtime that is itself a thread's and ends with it.
    static LATE: RefCell<ManuallyDrop<Option<HashSet<*const Object>>>> = const { RefCell::new(ManuallyDrop::new(None)) };
}

/// The machine is about to close.
pub(in super::super) fn begin_closing() {
    *LATE.replace(ManuallyDrop::new(Some(HashSet::new()))) = None;
}

/// The machine's last finalizer: what was made meanwhile lets go of what it holds.
pub(super) fn end_closing() {
    let late = LATE.replace(ManuallyDrop::new(None));
    for object in ManuallyDrop::into_inner(late).unwrap_or_default() {
        // SAFETY: Lua frees nothing of a machine that closes before its last finalizer has returned, and what it collected before
        // that has taken itself out.
        unsafe { &*object }.release();
    }
}
