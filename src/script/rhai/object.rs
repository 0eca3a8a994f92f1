//! The handles as Rhai types: methods and properties from the table, and what every Rhai type is expected to do.

use std::any::{TypeId, type_name};
use std::rc::Rc;

use rhai::{Dynamic, Engine, EvalContext, ImmutableString, Module, NativeCallContext};

use crate::api::testing::Trial;
use crate::api::{self, Channel, Form, Owner, Selector, Steps, Type, Value};
use crate::bytes::{ByteArray, Pinned};
use crate::constants::Constant;
use crate::error::{Class, Error, Result};
use crate::file::File;
use crate::net::{Epoll, Poll, Socket};
use crate::sched::Task;
use crate::tls;
use crate::tools;
use crate::wire::packet::Schema;
use crate::wire::{NumberArray, Struct};
use crate::worker::{Link, Worker};

use super::bounded;
use super::class;
use super::error;
use super::host;
use super::kept;
use super::method;
use super::op::{self, Native, Site, arities, register};
use super::places::Places;
use super::value::{self, Absent, TlsSocket, type_id};

/// Names the types, and answers for what is missing.
pub(super) fn attend(engine: &mut Engine, site: &Rc<Site>, places: &Rc<Places>) {
    for kind in Type::ALL {
        engine.register_type_with_name_raw(path_of(kind), kind.name());
    }
    missing_functions(engine, site, places);
}

/// Registers the methods and properties of the types, and the global functions.
pub(super) fn install(functions: &mut Module, site: &Rc<Site>) {
    for kind in Type::ALL {
        printing(functions, type_id(kind), &shown(kind));
        unknown_members(functions, site, kind);
    }
    for op in api::ops() {
        let native = match op.on {
            Owner::Module("") | Owner::Type(_) => op::native(site, op),
            Owner::Module(_) => continue,
        };
        let owners: Vec<_> = Type::ALL.into_iter().filter(|kind| kind.has(op.on)).collect();
        if owners.is_empty() {
            member_of(functions, op, &[], &native);
        }
        for kind in owners {
            member_of(functions, op, &[type_id(kind)], &native);
        }
    }
    equality(functions);
    iteration(functions, site);
    absent_constants(functions, site);
}

/// Registers an operation for one type, or for none.
fn member_of(functions: &mut Module, op: &'static api::Op, types: &[TypeId], native: &Native) {
    if op.form == Form::Property {
        register(functions, &format!("get${}", op.name), types, native);
        return;
    }
    for arity in arities(op) {
        let mut types = types.to_vec();
        types.extend(std::iter::repeat_n(TypeId::of::<Dynamic>(), arity));
        register(functions, op.name, &types, native);
    }
}

/// The type of a handle as Rust writes it, which Rhai tells where it does not ask the engine.
pub(super) fn path_of(kind: Type) -> &'static str {
    match kind {
        Type::Socket => type_name::<Rc<Socket>>(),
        Type::TlsSocket => type_name::<TlsSocket>(),
        Type::TlsContext => type_name::<Rc<tls::Context>>(),
        Type::Task => type_name::<Rc<Task>>(),
        Type::Channel => type_name::<Rc<Channel>>(),
        Type::Worker => type_name::<Rc<Worker>>(),
        Type::Link => type_name::<Link>(),
        Type::Poll => type_name::<Rc<Poll>>(),
        Type::Epoll => type_name::<Rc<Epoll>>(),
        Type::Selector => type_name::<Rc<Selector>>(),
        Type::Tube => type_name::<Rc<tools::Tube>>(),
        Type::Listener => type_name::<Rc<tools::Listener>>(),
        Type::Pattern => type_name::<Rc<tools::Pattern>>(),
        Type::Trial => type_name::<Rc<Trial>>(),
        Type::File => type_name::<Rc<File>>(),
        Type::ByteArray => type_name::<Rc<ByteArray>>(),
        Type::View => type_name::<Pinned>(),
        Type::Numbers => type_name::<Rc<NumberArray>>(),
        Type::Schema => type_name::<Schema>(),
        Type::Struct => type_name::<Rc<Struct>>(),
        Type::Steps => type_name::<Rc<Steps>>(),
        Type::Error => type_name::<Rc<Error>>(),
        Type::Class => type_name::<Class>(),
        Type::Absent => type_name::<Absent>(),
    }
}

/// How a handle prints: an error as its text, all else as Python prints it.
fn shown(kind: Type) -> Native {
    Rc::new(move |_, args| {
        let value = args.first().map_or(Value::None, |object| value::glance(object));
        let text = match (kind, &value) {
            (Type::Error, Value::Error(error)) => error.to_string(),
            _ => api::repr(&value),
        };
        Ok(text.into())
    })
}

fn printing(functions: &mut Module, id: TypeId, native: &Native) {
    for name in ["to_string", "print", "to_debug", "debug"] {
        register(functions, name, &[id], native);
    }
}

/// An attribute that the table does not have, or that cannot be written: Python's `AttributeError`.
fn unknown_members(functions: &mut Module, site: &Rc<Site>, kind: Type) {
    let text = TypeId::of::<ImmutableString>();
    let reader = site.clone();
    let read: Native = Rc::new(move |context, args| {
        let name = args.get(1).map(ToString::to_string).unwrap_or_default();
        if let Some(Value::Trial(trial)) = args.first().map(|object| value::glance(object)) {
            match trial.field(&name) {
                Some(held) => return Ok(value::give(Value::Held(held))),
                None if trial.is_ending() && op::member(kind, &name).is_none() => return Ok(Dynamic::UNIT),
                None => {}
            }
        }
        let error = match op::member(kind, &name) {
            // A method where a property is written.
            Some(_) => Error::type_error(format!("'{name}' is a method of {}: call it", kind.name())),
            None => no_attribute(kind, &name),
        };
        Err(reader.raise(error, context.as_ref()))
    });
    register(functions, "index$get$", &[type_id(kind), text], &read);
    let writer = site.clone();
    let write: Native = Rc::new(move |context, args| {
        write(&writer, kind, args, context.as_ref()).map_err(|error| writer.raise(error, context.as_ref()))
    });
    register(
        functions,
        "index$set$",
        &[type_id(kind), text, TypeId::of::<Dynamic>()],
        &write,
    );
}

/// Refuses to write an attribute, but for a field of the script's own on a test. Rhai also writes back what `e.args[0]` has only read: that changes nothing and passes.
fn write(
    site: &Site,
    kind: Type,
    args: &mut [&mut Dynamic],
    context: Option<&NativeCallContext<'_>>,
) -> Result<Dynamic> {
    let [object, name, value] = args else {
        return Ok(Dynamic::UNIT);
    };
    let name = name.to_string();
    if let Some(op) = api::setter(kind, &name) {
        return site
            .run_with(
                op,
                Some(value::glance(object)),
                vec![value::read(value, 2, bounded::share(&site.net))],
            )
            .map(|_| Dynamic::UNIT);
    }
    let Some(op) = op::member(kind, &name) else {
        if let Value::Trial(trial) = value::glance(object) {
            trial.set_field(&name, kept::keep((**value).clone(), &site.core, context));
            return Ok(Dynamic::UNIT);
        }
        return Err(no_attribute(kind, &name));
    };
    if op.form == Form::Property {
        let current = site.run_alone(op, Some(value::glance(object)))?;
        let shown = |value: &Dynamic| api::repr(&value::read(value, 0, bounded::share(&site.net)));
        if shown(&value::give(current)) == shown(value) {
            return Ok(Dynamic::UNIT);
        }
    }
    Err(Error::new(
        Class::AttributeError,
        format!("'{}' object attribute '{name}' is read-only", kind.name()),
    ))
}

/// An attribute that is not there, with the one that may be meant.
fn no_attribute(kind: Type, name: &str) -> Error {
    api::no_attribute(kind.name(), name, Some(kind), "::")
}

/// A call that fits no registered function: a method or global of the table with another number of arguments tells what
/// is wrong with them; on a handle it is an unknown method.
fn missing_functions(engine: &mut Engine, site: &Rc<Site>, places: &Rc<Places>) {
    let (site, places) = (site.clone(), places.clone());
    #[allow(
        deprecated,
        reason = "volatile, says Rhai; the only way to answer for unknown names"
    )]
    engine.on_missing_function(move |name, args, is_method, context| {
        let source = context.source().unwrap_or_default();
        let position = || places.call(source, name, site.watch.current.get());
        if is_method && args.first().is_some_and(|object| class::is_handle(object)) {
            let caller = || {
                NativeCallContext::new_with_all_fields(
                    context.engine(),
                    name,
                    context.source(),
                    context.global_runtime_state(),
                    position(),
                )
            };
            let mut outcome = class::call(&site, name, args, caller);
            if let Some(Err(thrown)) = &mut outcome {
                method::set_caller(thrown, places.only_call(source, name));
            }
            return outcome.transpose();
        }
        if !is_method && let Some(function) = site.host.function(name) {
            return host::call(&site, name, &function, args, &context, position()).map(Some);
        }
        let kind = args.first().and_then(|object| value::handle_type(object));
        if kind.is_some() && tries_as_this(&site, name, args.len(), &context) {
            return Ok(None);
        }
        let op = match kind.and_then(|kind| op::member(kind, name)) {
            Some(method) => Some(method),
            None => api::globals().find(|op| op.name == name),
        };
        // Rhai asks as well when a function was there and failed.
        let is_missing = match op {
            Some(op) if op.form == Form::Property => true,
            Some(op) => !arities(op).contains(&(args.len() - usize::from(op.takes_self()))),
            None => is_method && kind.is_some() && !is_registered(context.engine(), name, args),
        };
        if !is_missing {
            return Ok(None);
        }
        let native = NativeCallContext::new_with_all_fields(
            context.engine(),
            name,
            context.source(),
            context.global_runtime_state(),
            position(),
        );
        match (op, kind) {
            (Some(op), _) if op.form == Form::Property => {
                let text = format!("{} is an attribute, which is not called", op.full_name());
                Err(site.raise(Error::type_error(text), Some(&native)))
            }
            (Some(op), _) => site.run(op, &native, args).map(Some),
            (None, Some(kind)) => Err(site.raise(no_attribute(kind, name), Some(&native))),
            (None, None) => Ok(None),
        }
    });
}

/// Whether this may be a callback of `map` and its kin and no method: Rhai calls one with the element as `this` first, and
/// only where no function is found with the element, and then with its place too, among the arguments.
fn tries_as_this(
    site: &Site,
    name: &str,
    count: usize,
    context: &EvalContext<'_, '_, '_, '_, '_, '_>,
) -> bool {
    if name.starts_with(error::NAMELESS) || site.host.function(name).is_some() {
        return true;
    }
    let mut scripts = context.global_runtime_state().lib.iter();
    scripts.any(|script| (count..=count + 1).any(|count| script.get_script_fn(name, count).is_some()))
}

/// Whether a native function of this name takes these arguments.
fn is_registered(engine: &Engine, name: &str, args: &[&mut Dynamic]) -> bool {
    let any = TypeId::of::<Dynamic>();
    let takes = |types: &[TypeId]| {
        let mut pairs = types.iter().zip(args);
        types.len() == args.len() && pairs.all(|(kind, argument)| *kind == any || *kind == argument.type_id())
    };
    let found = engine.collect_fn_metadata(
        None,
        |function| {
            let known = function.metadata;
            let is_global = function.namespace.is_empty();
            (is_global && known.name == name && takes(&known.param_types)).then_some(())
        },
        true,
    );
    !found.is_empty()
}

/// `for item in steps`, `for value in channel`.
fn iteration(functions: &mut Module, site: &Rc<Site>) {
    for kind in [Type::Steps, Type::Channel, Type::Link] {
        let site = site.clone();
        functions.set_iter_result(type_id(kind), move |walked| {
            let site = site.clone();
            let walked = value::glance(&walked);
            Box::new(std::iter::from_fn(move || {
                match api::next_of(&site.net, &walked)? {
                    Ok(item) => item.map(|item| Ok(value::give(item))),
                    Err(error) => Some(Err(site.raise(error, None))),
                }
            }))
        });
    }
}

/// `==` and `!=`: the same object, the same class.
fn equality(functions: &mut Module) {
    for kind in [
        Type::Socket,
        Type::TlsSocket,
        Type::TlsContext,
        Type::Task,
        Type::Channel,
        Type::Worker,
        Type::Link,
        Type::Poll,
        Type::Epoll,
        Type::Selector,
        Type::Tube,
        Type::Listener,
        Type::Pattern,
        Type::Trial,
        Type::File,
        Type::Error,
        Type::Class,
        Type::Schema,
        Type::Struct,
        Type::Steps,
    ] {
        for (operator, wanted) in [("==", true), ("!=", false)] {
            let native: Native = Rc::new(move |_, args| Ok((is_same(args) == wanted).into()));
            register(functions, operator, &[type_id(kind); 2], &native);
        }
    }
}

fn is_same(args: &[&mut Dynamic]) -> bool {
    let [one, other] = args else { return false };
    value::glance(one).is_same(&value::glance(other)) == Some(true)
}

/// A constant this platform does not have raises wherever it is calculated or compared with.
fn absent_constants(functions: &mut Module, site: &Rc<Site>) {
    let (absent, any) = (TypeId::of::<Absent>(), TypeId::of::<Dynamic>());
    let site = site.clone();
    let refuse: Native = Rc::new(move |context, args| {
        let constant = args
            .iter()
            .find_map(|argument| value::with(argument, |constant: &&'static Constant| *constant));
        let error = constant.map_or_else(|| Error::type_error("not a constant"), api::absent);
        Err(site.raise(error, context.as_ref()))
    });
    for operator in [
        "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "**", "|", "&", "^", "<<", ">>",
    ] {
        register(functions, operator, &[absent, any], &refuse);
        register(functions, operator, &[any, absent], &refuse);
    }
    // One of them is itself, and no other.
    let equal: Native = Rc::new(|_, args| Ok(is_same(args).into()));
    let differ: Native = Rc::new(|_, args| Ok((!is_same(args)).into()));
    register(functions, "==", &[absent, absent], &equal);
    register(functions, "!=", &[absent, absent], &differ);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fails, works};
    use crate::error::Class;

    #[test]
    fn callbacks_take_handles_as_elements() {
        works(
            r#"
            fn is_open(s) { s.fileno() > 0 }
            fn send(s, place) { s.fileno() > place }
            let p = socket::socketpair();
            let first = p[0];
            let second = p[1];
            check(p.map(|s| s.fileno() > 0) == [true, true]);
            check(p.map(|s, i| s.fileno() > 0 && i < 2) == [true, true]);
            check(p.map(|| this.fileno() > 0) == [true, true]);
            check(p.map(is_open) == [true, true] && p.map(Fn("is_open")) == [true, true]);
            // Also by the name of a method that takes more.
            check(p.map(send) == [true, true]);
            check(p.filter(|s| s.fileno() > 0).len() == 2 && p.filter(|s, i| i > 0) == [p[1]]);
            check(p.all(|s| s.fileno() > 0) && p.some(|s| s.fileno() > 0));
            check(p.find(|s| s == second) == p[1] && p.find_map(|s| s.fileno()) == p[0].fileno());
            check(p.index_of(|s| s == second) == 1 && p.index_of(p[1]) == 1);
            check(p.reduce(|sum, s| sum + s.fileno(), 0) == p[0].fileno() + p[1].fileno());
            p.for_each(|| check(this.fileno() > 0));
            let left = p;
            check(left.drain(|s| s == first) == [p[0]] && left == [p[1]]);
            check(left.retain(|s| s == first) == [p[1]] && left.is_empty());
            let map = #{ a: p[0], b: p[1] };
            check(map.filter(|k, v| v == second).keys() == ["b"]);
            let least = -1;
            check(p.map(|s| s.fileno() > least) == [true, true]);
            // And other handles.
            let tasks = [1, 2].map(|n| task::spawn(|n| n * n, n));
            check(tasks.map(|t| t.join()) == [1, 4]);
            check([bytearray("ab")].map(|b| b.len()) == [2]);
            check([p[0].makefile()].map(|f| f.closed) == [false]);
            check([errors::OSError(9, "x")].map(|e| e.errno) == [9]);
            "#,
        );
    }

    #[test]
    fn a_callback_that_takes_something_else_and_a_method_that_is_none_tell_so() {
        let (error, told) = fails("socket::socketpair().map(|a, b, c| a)");
        assert_eq!(error.class(), Class::TypeError, "{told}");
        for source in [
            "socket::socket().fileon()",
            "fn other(x) { x.fileon() } socket::socketpair().map(|s| s.fileon())",
            "fn fileon(a, b, c) { a } socket::socket().fileon()",
        ] {
            let (error, told) = fails(source);
            assert_eq!(error.class(), Class::AttributeError, "{told}");
            assert!(told.contains("'fileno'"), "{told}");
        }
    }
}
