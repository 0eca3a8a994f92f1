//! The metatables of plain sockets: one for each shape, which is a family, a type, a protocol and a timeout.
//!
//! Sockets have attributes that are no methods, so their type's metatable has a function find what stands after a dot or a colon.
//! That is a call for each, as long as all else in the call of a method. But for one shape the attributes are plain values: they
//! stand in a table beside the methods, and Lua finds both by itself.
//!
//! A shape is given to a socket's first object, and is another when the script sets the timeout by it. Whoever sets it in another way
//! (a second object, the Rust program, a tube) is heard before ([`Socket::is_shown`]), and then nobody has a shape any more.

use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};
use std::rc::Rc;

use mlua::ffi::lua_State;

use crate::api::{Form, Op, Type, Value, ops};
use crate::net::{Socket, Timeout};

use super::building::Building;
use super::context::Context;
use super::invoke::{self, Call};
use super::metatable;
use super::object::Object;
use super::read;
use super::state::{Kind, REGISTRY, State, upvalue};

/// Shapes that are made: a script that sets ever other timeouts has no more of them.
const MOST: usize = 16;

/// What is the same for all sockets of a shape.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Shape {
    family: i32,
    kind: i32,
    protocol: i32,
    timeout: Timeout,
}

impl Shape {
    fn of(socket: &Socket) -> Self {
        Self {
            family: socket.family(),
            kind: socket.kind(),
            protocol: socket.protocol(),
            timeout: socket.timeout(),
        }
    }
}

/// An attribute's value: nothing that has to be dropped, as Lua may raise meanwhile.
#[derive(Clone, Copy)]
enum Plain {
    Nothing,
    Integer(i64),
    Float(f64),
}

/// Attributes of sockets: a shape tells each.
const ATTRIBUTES: usize = 4;

/// Those of a socket; none where one is not plain.
fn attributes(
    state: State,
    context: &'static Context,
    socket: &Socket,
) -> Option<[(&'static str, Plain); ATTRIBUTES]> {
    let mut all = [("", Plain::Nothing); ATTRIBUTES];
    let mut ops = attribute_ops();
    for place in &mut all {
        let op = ops.next()?;
        let receiver = Value::Socket(socket.me()?);
        *place = match Call::new(state, context).property_of(receiver, op) {
            Ok(Value::None) => (op.name, Plain::Nothing),
            Ok(Value::Int(number)) => (op.name, Plain::Integer(number)),
            Ok(Value::Float(number)) => (op.name, Plain::Float(number)),
            _ => return None,
        };
    }
    ops.next().is_none().then_some(all)
}

fn attribute_ops() -> impl Iterator<Item = &'static Op> {
    ops().filter(|op| Type::Socket.has(op.on) && op.form == Form::Property)
}

/// The shapes of a machine.
#[derive(Default)]
pub(super) struct Shapes {
    are_on: Cell<bool>,
    made: RefCell<Vec<Shape>>,
}

/// The registry's keys: for the methods of sockets, for the function that finds them for who has no shape, for the name it
/// goes by, and for each shape.
static METHODS: u8 = 0;
static INDEX: u8 = 0;
static NAME: u8 = 0;
static KEYS: [u8; MOST] = [0; MOST];

fn key(of: &'static u8) -> *const c_void {
    std::ptr::from_ref(of).cast()
}

/// From here on sockets get shapes, if nobody else who sees this network's sockets gives them some.
pub(super) fn begin(context: &'static Context) {
    let is_ours = context.net.shown.begin(Rc::new(move || give_up(context)));
    context.shapes.are_on.set(is_ours);
}

/// The machine closes.
pub(super) fn end(context: &Context) {
    if context.shapes.are_on.get() || !context.shapes.made.borrow().is_empty() {
        context.net.shown.end();
    }
}

/// Keeps the table on top, with all that sockets have.
pub(super) fn keep_methods(building: Building) {
    building.state().copy_to_top(-1);
    building.raw_set_pointer(REGISTRY, key(&METHODS));
}

/// Keeps the function on top, which finds what stands in that table.
pub(super) fn keep_index(building: Building) {
    building.state().copy_to_top(-1);
    building.raw_set_pointer(REGISTRY, key(&INDEX));
    building.push_bytes(b"__index");
    building.raw_set_pointer(REGISTRY, key(&NAME));
}

/// Whether an operation changes the shape of the socket it is called on.
pub(super) fn is_changed_by(op: &Op) -> bool {
    op.alters && Type::Socket.has(op.on)
}

/// Pushes the metatable for a socket's first object; false, and nothing, where it has no shape.
pub(super) fn push(building: Building, context: &'static Context, socket: &Socket) -> bool {
    if !context.shapes.are_on.get() || socket.is_shown() {
        return false;
    }
    let shape = Shape::of(socket);
    if push_known(building, context, shape) {
        return true;
    }
    if context.shapes.made.borrow().len() >= MOST {
        return false;
    }
    let Some(attributes) = attributes(building.state(), context, socket) else {
        return false;
    };
    build(building, context, attributes);
    let place = context.shapes.made.borrow().len();
    // Finalizers of the script's may have run meanwhile, and have made shapes or set timeouts. From here on nothing is collected.
    let is_due = context.shapes.are_on.get() && !socket.is_shown() && shape == Shape::of(socket);
    let is_new = !context.shapes.made.borrow().contains(&shape);
    if !is_due || !is_new || place >= MOST {
        building.state().pop(1);
        return is_due && push_known(building, context, shape);
    }
    building.state().copy_to_top(-1);
    building.raw_set_pointer(REGISTRY, key(&KEYS[place]));
    // A longjmp out of a growing list would leave it borrowed: nothing raises from here on.
    context.shapes.made.borrow_mut().push(shape);
    true
}

/// Pushes the metatable of a shape that is made; false, and nothing, where it is not.
fn push_known(building: Building, context: &Context, shape: Shape) -> bool {
    let known = context
        .shapes
        .made
        .borrow()
        .iter()
        .position(|made| *made == shape);
    if let Some(place) = known {
        building.state().raw_get_pointer(REGISTRY, key(&KEYS[place]));
    }
    known.is_some()
}

/// Pushes a shape's metatable: as the type's, with another `__index`.
fn build(building: Building, context: &'static Context, attributes: [(&'static str, Plain); ATTRIBUTES]) {
    let state = building.state();
    building.need_room(10);
    building.new_table(0, 12);
    let metatable = state.top();
    metatable::push_of_type(building, Type::Socket);
    copy(building, metatable, |_| true);
    building.new_table(0, 96);
    let all = state.top();
    state.raw_get_pointer(REGISTRY, key(&METHODS));
    copy(building, all, |kind| kind == Kind::Function);
    for (name, value) in attributes {
        match value {
            Plain::Nothing => continue,
            Plain::Integer(number) => state.push_integer(number),
            Plain::Float(number) => state.push_float(number),
        }
        building.set_named(all, name);
    }
    building.new_table(0, 1);
    state.raw_get_pointer(REGISTRY, key(&METHODS));
    state.push_light(context.as_upvalue());
    building.push_closure(missing, 2);
    building.set_named(-2, "__index");
    state.set_metatable(all);
    building.set_named(metatable, "__index");
}

/// Moves what is in the table on top, and of this kind, to another, and takes that table down.
fn copy(building: Building, to: c_int, is_wanted: impl Fn(Kind) -> bool) {
    let state = building.state();
    let from = state.top();
    state.push_nil();
    while state.next(from) {
        if is_wanted(state.kind(-1)) {
            state.copy_to_top(-2);
            state.rotate(-2, 1);
            building.raw_set(to);
        } else {
            state.pop(1);
        }
    }
    state.pop(1);
}

/// What a shape's table does not have: an attribute that is nothing here, or there is no such name.
unsafe extern "C-unwind" fn missing(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    state.copy_to_top(2);
    if state.raw_get(upvalue(1)) != mlua::ffi::LUA_TNIL {
        state.push_nil();
        return 1;
    }
    let context = Context::behind(state, 2);
    invoke::answer(state, context, |_| {
        let name = read::value(state, context, 2);
        Err(metatable::no_attribute(
            Type::Socket.name(),
            &name,
            Some(Type::Socket),
        ))
    })
    .finish(state)
}

/// An operation that sets the timeout of the socket it is called on.
pub(super) unsafe extern "C-unwind" fn invoke(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 2);
    let shaped = Object::at(state, 1).filter(|object| object.shaped().is_some());
    if let Some(socket) = shaped.and_then(Object::shaped) {
        // This one knows.
        socket.show(false);
    }
    let answer = invoke::run(state, context);
    if let Some(object) = shaped
        && let Some(socket) = object.shaped()
    {
        reshape(state, context, object, socket);
    }
    answer.finish(state)
}

/// Gives the object at place 1 the metatable that its socket has by now.
fn reshape(state: State, context: &'static Context, object: &Object, socket: &Socket) {
    let (top, mut found) = (state.top(), false);
    let built = state.protected(|building| {
        building.need_room(2);
        found = push(building, context, socket);
    });
    found &= built.is_ok();
    if !found {
        // No memory, or no shape.
        state.set_top(top);
        state.raw_get_pointer(REGISTRY, Context::type_key(Type::Socket));
    }
    state.set_metatable(1);
    state.set_top(top);
    object.set_shaped(found);
    if found {
        socket.show(true);
    }
}

/// A timeout is about to be set in another way: the objects that have a shape have their attributes looked up from here on.
fn give_up(context: &'static Context) {
    let state = context.main;
    context.shapes.are_on.set(false);
    if !state.has_room(3) {
        return;
    }
    for made in &KEYS[..context.shapes.made.borrow().len()] {
        state.raw_get_pointer(REGISTRY, key(made));
        state.raw_get_pointer(REGISTRY, key(&NAME));
        state.raw_get_pointer(REGISTRY, key(&INDEX));
        // SAFETY: the name stands in the table, so that nothing is asked for and nothing raises.
        unsafe { Building::new(state) }.raw_set(-3);
        state.pop(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_tells_all_attributes_of_sockets() {
        assert_eq!(attribute_ops().count(), ATTRIBUTES);
        assert_eq!(ops().filter(|op| is_changed_by(op)).count(), 2);
    }
}
