//! The API as data: one const table of operations over `net` and `sched`. Names no language.
//!
//! An [`Op`] (`op`) is a row: name, owner, parameters, documentation, and an ordinary typed Rust function behind a
//! [`handler::Handler`] (`handler`) that takes [`Value`]s (`value`); `argument` has the types it may take, `outcome` those it may return. `bind` turns what a script passed into what a row expects,
//! once for every language: defaults, keywords, arity and kind errors. `construct` makes the errors scripts ask for,
//! `held` is about values that are kept as they are, `selector` has Python's selectors, `descriptor` what scripts give for one, `packet` turns them into the data of packets, `parcel` packs values for other threads, `testing` has the tests that scripts declare, `address` reads and shows addresses as Python's
//! tuples, `record` names the fields of such tuples, `element` has the places of buffers, `json` reads and writes JSON, `repr` prints any value as Python does. `module` joins rows and
//! constants into the modules scripts see; `ops/` has the rows, by topic.

#![cfg_attr(
    not(feature = "lua"),
    allow(
        dead_code,
        unused_imports,
        reason = "what only the Lua adapter reads of the table"
    )
)]

#[cfg(test)]
mod absent;
mod address;
mod argument;
mod bind;
mod construct;
mod descriptor;
pub(crate) mod element;
mod handler;
mod held;
mod json;
mod module;
mod op;
mod ops;
mod outcome;
mod packet;
mod parcel;
mod record;
mod repr;
mod selector;
pub(crate) mod testing;
#[cfg(feature = "tls")]
mod tls;
mod value;

pub(crate) use bind::{Arguments, call};
pub(crate) use construct::construct;
pub(crate) use handler::absent;
pub(crate) use held::{Channel, Held, next_of};
pub(crate) use json::{CYCLIC, DEEPEST as DEEPEST_DATA, TOO_DEEP};
pub(crate) use module::{MODULES, Module, hint, is_module, no_attribute};
#[cfg(feature = "rhai")]
pub(crate) use module::{hint_of_bytes, hint_of_module};
pub(crate) use op::{Default, Form, Hot, Op, Owner, Param};
pub(crate) use ops::show_fact;
pub(crate) use outcome::IntoValue;
pub(crate) use record::{RecordKind, Shape};
pub(crate) use repr::{SAME_LIST, SAME_MAP, repr};
pub(crate) use selector::Selector;
pub(crate) use value::{Record, Slots, Steps, Type, Value};

use std::any::Any;
use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;
use std::sync::LazyLock;

#[cfg(feature = "rhai")]
pub(crate) use crate::wire::packet::TERMS;

use crate::error::Result;
use crate::file::Streams;
use crate::net::Net;
use crate::sched::Task;
use crate::worker::{Delivery, Draft, Worker};

/// What an operation may ask of the language that called it.
pub(crate) trait Host {
    /// Starts the function among the call's arguments as a task, with these other arguments.
    fn start(&self, function: usize, arguments: Slots, name: String) -> Result<Rc<Task>>;

    /// The function among the call's arguments as code that another machine of the language can load.
    ///
    /// # Errors
    /// `TypeError` for one that cannot be taken out of its surroundings.
    fn portable(&self, function: usize) -> Result<Vec<u8>>;

    /// Keeps the function among the call's arguments, to be called later.
    fn keep(&self, function: usize) -> Result<Rc<dyn Callback>>;

    /// Keeps the value at a place among the call's arguments, of whatever kind: for as long as the result lives, or the
    /// object the operation is called on, if that has values of its own.
    fn hold(&self, place: usize) -> Result<Rc<dyn Held>>;

    /// Keeps each item of the list at a place among the call's arguments; none where there is no list.
    fn hold_items(&self, place: usize) -> Result<Option<Vec<Rc<dyn Held>>>>;

    /// What the argument at a place is, where it is something of the API itself.
    fn name(&self, place: usize) -> Named;
}

/// What a script may ask help for.
pub(crate) enum Named {
    /// Nothing in particular.
    Nothing,
    /// A module.
    Module(&'static Module),
    /// An operation: a function of a module, a method.
    Op(&'static Op),
    /// A module that is written in the script's language, or a class, by its full name.
    Written { name: String, is_class: bool },
    /// Any other value.
    Value(Value),
}

impl Named {
    /// What Python prints for it, where it is something of the API itself.
    pub(crate) fn shown(&self) -> Option<String> {
        match self {
            Self::Module(module) => Some(format!("<module '{}'>", module.name)),
            Self::Op(op) => Some(format!("<built-in function {}>", op.name)),
            Self::Written { name, is_class } => Some(format!(
                "<{} '{name}'>",
                if *is_class { "class" } else { "module" }
            )),
            Self::Nothing | Self::Value(_) => None,
        }
    }
}

/// A function of a script that is kept.
pub(crate) trait Callback {
    /// Calls it on the fiber that runs; what it returns is left aside. It may wait, as any code of a script.
    ///
    /// # Errors
    /// What it raises.
    fn call(&self, arguments: Vec<Value>) -> Result<()>;

    /// As [`Self::call`], with what it returns, as values that outlive the call.
    ///
    /// # Errors
    /// What it raises.
    fn ask(&self, arguments: Vec<Value>) -> Result<Vec<Value>>;

    /// Starts it as a task of this name.
    ///
    /// # Errors
    /// `MemoryError`.
    fn start(&self, name: &str, arguments: Vec<Value>) -> Result<Rc<Task>>;

    /// For the language's own use.
    fn as_any(&self) -> &dyn Any;
}

impl fmt::Debug for dyn Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<function>")
    }
}

/// A function of the host's that scripts call: values in, a value out. What it raises reaches the script as it is.
pub(crate) type HostFunction = Rc<dyn Fn(Vec<Value>) -> Result<Value>>;

/// What a worker is to run.
#[derive(Debug)]
pub(crate) enum Order {
    /// A script file; its ending says in which language.
    File(std::path::PathBuf),
    /// Source text in the language of who asks.
    Text(Vec<u8>),
    /// What [`Host::portable`] made.
    Code(Vec<u8>),
}

/// Starts workers: only a runtime can, and only what is above this room knows runtimes.
pub(crate) trait Workers {
    /// Starts one with these arguments, whose sockets move.
    ///
    /// # Errors
    /// The door's refusal; a file that cannot be read; a thread that cannot be had; a socket that cannot go.
    fn start(&self, net: &Rc<Net>, order: Order, arguments: Draft) -> Result<Rc<Worker>>;
}

/// A worker's results, or what a script was started with, as values.
pub(crate) fn unpack(delivery: &Delivery) -> Vec<Value> {
    parcel::unpack(delivery)
}

/// A worker's results on their way to who joins it.
///
/// # Errors
/// As [`Workers::start`], for what is no plain data.
pub(crate) fn pack_results(values: &[Value], first_place: usize) -> Result<Draft> {
    parcel::pack(values, first_place, |place| {
        format!("result {place} of the worker")
    })
}

/// What every operation is handed besides its arguments.
pub(crate) struct Cx<'a> {
    pub(crate) net: &'a Rc<Net>,
    pub(crate) host: &'a dyn Host,
    pub(crate) environment: &'a Environment,
}

/// What a script may know of its surroundings.
#[derive(Default)]
pub(crate) struct Environment {
    /// The script's name, then its arguments.
    pub(crate) argv: Vec<Vec<u8>>,
    /// Standard input, output and error.
    pub(crate) streams: Streams,
    /// Writes help in the language at hand. It is handed in, as the text is made above this room.
    pub(crate) help: Option<fn(&Named) -> String>,
    /// Number of a list's first place in the language.
    pub(crate) first_place: usize,
    /// The tests that scripts declare: made with the first, unless a runner takes them.
    pub(crate) suite: OnceCell<Rc<testing::Suite>>,
    /// Who starts workers; nobody where there is no runtime.
    pub(crate) workers: Option<Rc<dyn Workers>>,
}

impl Environment {
    /// The tests that scripts declare.
    pub(crate) fn suite(&self) -> &Rc<testing::Suite> {
        self.suite.get_or_init(Rc::default)
    }
}

/// The operations by topic: those that are told of together.
pub(crate) fn topics() -> impl Iterator<Item = &'static [Op]> {
    ops::ALL.iter().copied()
}

/// What writing this attribute of such a value runs; none where it cannot be written.
pub(crate) fn setter(kind: Type, name: &str) -> Option<&'static Op> {
    ops::SETTERS
        .iter()
        .copied()
        .flatten()
        .find(|op| op.name == name && kind.has(op.on))
}

/// The operation that ends an object of this type at the end of a scope, where it has one.
pub(crate) fn closer(kind: Type) -> Option<&'static Op> {
    // Looking through the whole table for each object takes as long as closing it.
    static CLOSERS: LazyLock<[Option<&'static Op>; Type::ALL.len()]> =
        LazyLock::new(|| Type::ALL.map(|kind| ops().find(|op| kind.has(op.on) && op.name == "close")));
    CLOSERS[kind as usize]
}

/// The functions that every script has, in documentation order.
pub(crate) fn globals() -> impl Iterator<Item = &'static Op> {
    ops::WITH_GLOBALS
        .iter()
        .copied()
        .flatten()
        .filter(|op| op.on == Owner::Module(""))
}

/// Every operation, in documentation order.
pub(crate) fn ops() -> impl Iterator<Item = &'static Op> {
    ops::ALL.iter().copied().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_function_that_every_script_has_is_missed() {
        let all: Vec<_> = ops()
            .filter(|op| op.on == Owner::Module(""))
            .map(|op| op.name)
            .collect();
        let found: Vec<_> = globals().map(|op| op.name).collect();
        assert_eq!(found, all);
    }
}
