//! What the Rust program that holds the engine gives it and asks of it: global values, functions of its own, calls of the
//! script's functions, and what they return.
//!
//! A script's functions see no variables of its main chunk, as Rhai has it; what the program makes global they see.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use rhai::{AST, CallFnOptions, Dynamic, EvalContext, FnPtr, Map, NativeCallContext, Position, Scope};

use crate::api::{Callback, HostFunction, Value};
use crate::error::{Class, Error, Result};
use crate::sched::Task;

use super::error::Thrown;
use super::op::Site;
use super::task::{self, Outcome};
use super::{Core, bounded, callback, value};

/// What the program has made global.
#[derive(Default)]
pub(super) struct Host {
    values: RefCell<Vec<(String, Dynamic)>>,
    functions: RefCell<HashMap<String, HostFunction>>,
    /// Functions that were made values.
    wrapped: Cell<u64>,
}

impl Host {
    pub(super) fn set(&self, name: &str, given: Dynamic) {
        let mut values = self.values.borrow_mut();
        match values.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = given,
            None => values.push((name.to_owned(), given)),
        }
    }

    pub(super) fn register(&self, name: &str, function: HostFunction) {
        self.functions.borrow_mut().insert(name.to_owned(), function);
    }

    /// Whether something of the program's has this name, which scripts may write then although Rhai reserves it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.functions.borrow().contains_key(name)
            || self.values.borrow().iter().any(|(known, _)| known == name)
    }

    /// The variables a script begins with.
    pub(super) fn scope(&self) -> Scope<'static> {
        let mut scope = Scope::new();
        for (name, given) in self.values.borrow().iter() {
            scope.push_dynamic(name.as_str(), given.clone());
        }
        scope
    }

    /// The value of a name that a script uses and has not.
    pub(super) fn value(&self, name: &str) -> Option<Dynamic> {
        let values = self.values.borrow();
        let known = values.iter().find(|(known, _)| known == name);
        known.map(|(_, given)| given.clone())
    }

    pub(super) fn function(&self, name: &str) -> Option<HostFunction> {
        self.functions.borrow().get(name).cloned()
    }
}

/// A script calls a function of the program's.
pub(super) fn call(
    site: &Site,
    name: &str,
    function: &HostFunction,
    args: &mut [&mut Dynamic],
    context: &EvalContext<'_, '_, '_, '_, '_, '_>,
    position: Position,
) -> Result<Dynamic, Thrown> {
    let native = NativeCallContext::new_with_all_fields(
        context.engine(),
        name,
        context.source(),
        context.global_runtime_state(),
        position,
    );
    called(site, function, args, &native)
}

fn called(
    site: &Site,
    function: &HostFunction,
    args: &[&mut Dynamic],
    native: &NativeCallContext<'_>,
) -> Result<Dynamic, Thrown> {
    let arguments = args
        .iter()
        .map(|argument| {
            let keep = |function| Value::Kept(callback::keep(&site.core, native, function));
            let read = || value::read_keeping(argument, &keep, bounded::share(&site.net));
            site.net.sched().deep(read)
        })
        .collect();
    match function(arguments) {
        // However deep it is: the script may be at the end of its stack.
        Ok(result) => Ok(site.net.sched().deep(|| value::give(result))),
        Err(error) => Err(site.raise(error, Some(native))),
    }
}

/// Makes a function of the program's a value.
pub(super) fn wrap(core: &Rc<Core>, name: &str, function: HostFunction) -> Result<Rc<dyn Callback>> {
    let engine = core.engine()?;
    // No other function may have this name, a script's neither: what is known of a pointer is its name.
    let number = core.site.host.wrapped.get() + 1;
    core.site.host.wrapped.set(number);
    let fits = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '_';
    let letters: String = name.chars().filter(fits).collect();
    let name = format!("host_{letters}_{number}");
    let (own, weak) = (name.clone(), Rc::downgrade(core));
    #[allow(deprecated, reason = "volatile, says Rhai; there is no other way to make one")]
    let pointer = FnPtr::from_fn(name.as_str(), move |context, args: &mut [&mut Dynamic]| {
        let core = weak.upgrade().ok_or("the program is ending")?;
        // `object.name(x)`: Rhai hands over the object that the function stands in, which has captured what it needs. A call by
        // `call(object, x)` looks the same.
        let is_within = args.first().is_some_and(|object| holds(object, &own));
        called(&core.site, &function, &args[usize::from(is_within)..], &context)
    });
    let pointer = pointer.map_err(|error| Error::value(error.to_string()))?;
    let global = engine.new_global_runtime_state();
    let context = NativeCallContext::new_with_all_fields(&engine, &name, None, &global, Position::NONE);
    Ok(callback::keep(&Rc::downgrade(core), &context, pointer))
}

/// Whether a function of this name stands in a map.
fn holds(object: &Dynamic, name: &str) -> bool {
    let is_it = |value: &Dynamic| {
        let function = value.read_lock::<FnPtr>();
        function.is_some_and(|function| function.fn_name() == name)
    };
    let map = object.read_lock::<Map>();
    map.is_some_and(|map| map.values().any(is_it))
}

/// Starts a function of a script as a task: the one of the script that was compiled last.
pub(super) fn start_global(core: &Rc<Core>, name: &str, arguments: Vec<Value>) -> Result<Rc<Task>> {
    let arguments: Vec<Dynamic> = arguments.into_iter().map(value::give).collect();
    let has = |ast: &&Rc<AST>| {
        ast.iter_functions()
            .any(|known| known.name == name && known.params.len() == arguments.len())
    };
    let scripts = core.scripts.borrow();
    let ast = scripts.iter().rev().find(has).cloned();
    drop(scripts);
    let Some(ast) = ast else {
        let count = arguments.len();
        let text = format!("there is no function '{name}' that takes {count} arguments");
        return Err(Error::new(Class::NameError, text));
    };
    let (inner, engine, called) = (core.clone(), core.engine()?, name.to_owned());
    let source = ast.source().unwrap_or_default().to_owned();
    task::launch(core, name.to_owned(), source, move || {
        let mut scope = inner.site.host.scope();
        let options = CallFnOptions::new().eval_ast(false);
        engine.call_fn_with_options::<Dynamic>(options, &mut scope, &ast, called, arguments)
    })
}

/// What an ended task returned.
pub(super) fn results(core: &Rc<Core>, task: &Task) -> Vec<Value> {
    match task::outcome(task) {
        Outcome::Returned(result) => vec![owned(core, &result)],
        Outcome::Failed(_) => Vec::new(),
    }
}

/// A value as the program gets it; functions in it are kept.
pub(super) fn owned(core: &Rc<Core>, given: &Dynamic) -> Value {
    let keep = |function: FnPtr| {
        let Ok(engine) = core.engine() else {
            return Value::Opaque("function");
        };
        // It may call the functions of whatever script it comes from.
        let mut global = engine.new_global_runtime_state();
        for ast in core.scripts.borrow().iter() {
            global.lib.push(ast.shared_lib().clone());
        }
        let name = function.fn_name();
        let context = NativeCallContext::new_with_all_fields(&engine, name, None, &global, Position::NONE);
        Value::Kept(callback::keep(&Rc::downgrade(core), &context, function.clone()))
    };
    value::read_keeping(given, &keep, bounded::share(&core.site.net))
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (values, functions) = (self.values.borrow(), self.functions.borrow());
        write!(f, "Host({} values, {} functions)", values.len(), functions.len())
    }
}
