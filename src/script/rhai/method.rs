//! Functions of scripts that are called from elsewhere: a class's methods, and closures on their way into another script.
//!
//! Rhai finds a closure in the script that runs, so one that is called by another script has to bring its own. A method is
//! called with its object as `this`. Like a function of Lua's it may be called with fewer arguments than it takes, the
//! others are `()`, and with more, which are left aside: a hook names what it needs. One of a library has a `signature`.

use std::rc::Rc;

#[allow(
    deprecated,
    reason = "volatile, says Rhai; there is no other way to call back later"
)]
use rhai::NativeCallContextStore;
use rhai::{Dynamic, EvalAltResult, FnPtr, ImmutableString, Map, NativeCallContext};

use crate::error::Error;

use super::class::{self, Class};
use super::error::{self, Thrown};
use super::op::Site;
use super::signature::Signature;
use super::{Core, callback, value};

/// A function in a class or an object, and the script it sees.
#[derive(Clone)]
pub(super) struct Method {
    function: FnPtr,
    /// Parameters it has; none where that cannot be known.
    parameters: Option<usize>,
    /// What it takes, where it is a library's.
    signature: Option<Rc<Signature>>,
    /// It has its object, and takes no other: a function that was passed on.
    is_bound: bool,
    #[allow(deprecated, reason = "as above")]
    context: Rc<NativeCallContextStore>,
}

/// Turns the functions of one script into methods.
pub(super) struct Methods {
    #[allow(deprecated, reason = "as above")]
    context: Rc<NativeCallContextStore>,
}

impl Methods {
    pub(super) fn new(context: &NativeCallContext<'_>) -> Self {
        #[allow(deprecated, reason = "as above")]
        let context = {
            let mut store = context.store_data();
            // A method begins a call stack of its own.
            store.global.level = 0;
            Rc::new(store)
        };
        Self { context }
    }

    pub(super) fn keep(&self, value: Dynamic) -> Dynamic {
        self.keep_as(value, |_| None)
    }

    /// The same of a library's, whose `signature` is made of its parameters' names.
    #[allow(deprecated, reason = "as above")]
    pub(super) fn keep_as(
        &self,
        value: Dynamic,
        signature: impl FnOnce(&[ImmutableString]) -> Option<Signature>,
    ) -> Dynamic {
        let value = value.flatten();
        let Some(function) = value::function(&value) else {
            return value;
        };
        let definition = callback::definition(&self.context, &function);
        Dynamic::from(Method {
            is_bound: function.fn_name().starts_with(BOUND),
            parameters: definition.map(|definition| callback::taken_by(definition, &function)),
            // What it has captured comes first.
            signature: definition.and_then(|definition| {
                let own = definition
                    .params
                    .get(function.curry().len()..)
                    .unwrap_or_default();
                signature(own).map(Rc::new)
            }),
            function,
            context: self.context.clone(),
        })
    }
}

/// The arguments of a call. The first may be a variable of the script's, which stays what it is.
pub(super) fn taken(args: &mut [&mut Dynamic]) -> Vec<Dynamic> {
    let mut args = args.iter_mut();
    let first = args.next().map(|first| first.flatten_clone());
    first
        .into_iter()
        .chain(args.map(|argument| argument.take()))
        .collect()
}

/// Arguments on their way into another script: closures are found in their own script only, so they are tied to it, and so
/// are those in a map, which becomes a class.
pub(super) fn adopt<'a>(
    site: &Rc<Site>,
    context: impl FnOnce() -> NativeCallContext<'a>,
    arguments: &mut [Dynamic],
) {
    let is_map_of_functions = |value: &Dynamic| {
        let map = value.read_lock::<Map>();
        map.is_some_and(|map| map.values().any(Dynamic::is_fnptr))
    };
    let concerns = |value: &Dynamic| value.is_fnptr() || is_map_of_functions(value);
    if !arguments.iter().any(concerns) {
        return;
    }
    let context = context();
    let methods = Methods::new(&context);
    for argument in arguments.iter_mut().filter(|argument| concerns(argument)) {
        let value = argument.take().flatten();
        *argument = match value::function(&value) {
            Some(function) if function.is_anonymous() => {
                shown(site, methods.keep(value), ANONYMOUS, Some(Dynamic::UNIT))
            }
            Some(_) => value,
            None => class::plain(&context, value.try_cast::<Map>().unwrap_or_default()),
        };
    }
}

/// What a closure that was passed on is called.
const ANONYMOUS: &str = "closure";
/// What the name of a function begins with that has its object.
const BOUND: &str = "bound_";

/// Calls what an object or class has under a name.
pub(super) fn invoke(
    core: &Core,
    callee: &Dynamic,
    this: &mut Dynamic,
    mut arguments: Vec<Dynamic>,
) -> Result<Dynamic, Thrown> {
    let method = callee.read_lock::<Method>().map(|method| method.clone());
    if let Some(method) = method {
        if let Some(signature) = &method.signature {
            arguments = signature
                .bind(arguments)
                .map_err(|error| error::thrown(error, rhai::Position::NONE))?;
        } else if let Some(count) = method.parameters {
            arguments.resize(count, Dynamic::UNIT);
        }
        let engine = core
            .engine()
            .map_err(|error| error::thrown(error, rhai::Position::NONE))?;
        #[allow(deprecated, reason = "as above")]
        let context = method.context.create_context(&engine);
        let this = (!method.is_bound).then_some(this);
        let mut outcome = method.function.call_raw(&context, this, &mut arguments[..]);
        if let Err(thrown) = &mut outcome {
            core.note_thrown(thrown, context.call_source().unwrap_or_default());
            // That is where the class was made.
            set_caller(thrown, rhai::Position::NONE);
        }
        return outcome;
    }
    let class = callee.read_lock::<Rc<Class>>().map(|class| class.clone());
    match class {
        Some(class) => class::instantiate(core, &class, arguments),
        None => Err(error::thrown(
            Error::type_error(format!(
                "'{}' object is not callable",
                value::glance(callee).kind()
            )),
            rhai::Position::NONE,
        )),
    }
}

/// Says where the call stands that has failed.
pub(super) fn set_caller(thrown: &mut EvalAltResult, caller: rhai::Position) {
    if let EvalAltResult::ErrorInFunctionCall(.., position) = thrown {
        *position = caller;
    }
}

/// A method as a function that scripts can pass on: bound to its object, or called with one.
pub(super) fn shown(site: &Rc<Site>, found: Dynamic, name: &str, object: Option<Dynamic>) -> Dynamic {
    if found.read_lock::<Method>().is_none() {
        return found;
    }
    let site = site.clone();
    let name = object
        .as_ref()
        .map_or_else(|| name.to_owned(), |_| format!("{BOUND}{name}"));
    #[allow(deprecated, reason = "volatile, says Rhai; there is no other way to make one")]
    let function = FnPtr::from_fn(name, move |context, args: &mut [&mut Dynamic]| {
        let core = alive(&site)?;
        let mut arguments = taken(args);
        adopt(&site, || context, &mut arguments);
        let mut arguments = arguments.into_iter();
        let mut this = match &object {
            Some(object) => object.clone(),
            None => arguments.next().unwrap_or(Dynamic::UNIT),
        };
        invoke(&core, &found, &mut this, arguments.collect())
    });
    function.map_or(Dynamic::UNIT, Dynamic::from)
}

/// What runs scripts, unless it is gone.
pub(super) fn alive(site: &Site) -> Result<Rc<Core>, Thrown> {
    site.core.upgrade().ok_or_else(|| "the program is ending".into())
}
