//! THE adapter: collects the arguments of a call, binds and runs the operation, hands its result back.

use std::any::TypeId;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use rhai::{Dynamic, EvalAltResult, FuncRegistration, Map, Module, NativeCallContext, Position, RhaiFunc};

use crate::api::{self, Arguments, Cx, Default, Environment, Held, Named, Op, Slots, Type, Value};
use crate::error::{Error, Result};
use crate::net::Net;
use crate::sched::Task;

use super::error::{self, Thrown};
use super::host::Host;
use super::task::{self, Outcome};
use super::watch::Watch;
use super::wide::Exchanged;
use super::{Core, bounded, callback, hot, kept, named, value, with};

/// Arguments as Rhai hands them to a native function: an object or first argument may be the script's own variable,
/// the others are the call's to use up.
pub(super) type Slice<'a, 'b> = &'a mut [&'b mut Dynamic];

/// What every registered function needs.
pub(super) struct Site {
    pub(super) net: Rc<Net>,
    pub(super) environment: Rc<Environment>,
    pub(super) watch: Rc<Watch>,
    pub(super) core: Weak<Core>,
    pub(super) host: Host,
    /// Whether what is compiled was changed by `syntax`, whose marks mean something then.
    pub(super) reads_marks: Cell<bool>,
    /// Tokens of the text that is being compiled which stand for others.
    pub(super) exchanged: Exchanged,
    /// What the `with`s of the script hold.
    pub(super) held: with::Held,
}

impl Site {
    /// Runs `op` for a script.
    #[inline]
    pub(super) fn run(
        &self,
        op: &'static Op,
        context: &NativeCallContext<'_>,
        args: Slice<'_, '_>,
    ) -> Result<Dynamic, Thrown> {
        self.watch.note(context.call_source(), context.call_position());
        if let Some(hot) = op.hot
            && let [object, argument] = args
            && let Some(socket) = value::socket(object)
            && let Some(done) = hot::run(&self.net, hot, op, &socket, argument)
        {
            return done.map_err(|error| self.raise(error, Some(context)));
        }
        self.run_bound(op, context, args)
    }

    pub(super) fn run_bound(
        &self,
        op: &'static Op,
        context: &NativeCallContext<'_>,
        args: Slice<'_, '_>,
    ) -> Result<Dynamic, Thrown> {
        let arguments = collect(op, args, bounded::share(&self.net));
        let host = Call {
            site: self,
            context: Some(context),
            args: RefCell::new(args),
        };
        let cx = Cx {
            net: &self.net,
            host: &host,
            environment: &self.environment,
        };
        match api::call(op, &cx, arguments) {
            Ok(Value::Outcome(task)) => match task::outcome(&task) {
                Outcome::Returned(value) => Ok(value),
                // It ended itself, as a thread of Python's may.
                Outcome::Failed(_) if task.is_exit_its_own() => Ok(Dynamic::UNIT),
                Outcome::Failed(failure) => {
                    Err(EvalAltResult::ErrorRuntime(failure.value, context.call_position()).into())
                }
            },
            Ok(value) => Ok(value::give(value)),
            Err(error) => Err(self.raise(error, Some(context))),
        }
    }

    /// Runs `op` where no script calls it: on an object, with no arguments.
    pub(super) fn run_alone(&self, op: &'static Op, receiver: Option<Value>) -> Result<Value> {
        self.run_with(op, receiver, Vec::new())
    }

    /// As [`Self::run_alone`], with arguments.
    pub(super) fn run_with(
        &self,
        op: &'static Op,
        receiver: Option<Value>,
        positional: Vec<Value>,
    ) -> Result<Value> {
        let host = Call {
            site: self,
            context: None,
            args: RefCell::new(&mut []),
        };
        let cx = Cx {
            net: &self.net,
            host: &host,
            environment: &self.environment,
        };
        let arguments = Arguments {
            receiver,
            positional,
            ..Arguments::default()
        };
        api::call(op, &cx, arguments)
    }

    /// The error for the script; one that no script can catch when its task is being killed.
    #[cold]
    pub(super) fn raise(&self, error: Error, context: Option<&NativeCallContext<'_>>) -> Thrown {
        match context {
            _ if self.watch.is_killed() => error::fatal(error, context),
            Some(context) => error::raise(error, context),
            None => error::thrown(error, Position::NONE),
        }
    }
}

/// Arguments for the binder: the object, values in their order, and keywords from a trailing map.
fn collect(op: &'static Op, args: Slice<'_, '_>, most: usize) -> Arguments {
    let mut arguments = Arguments {
        // The binder adds what is missing.
        positional: Vec::with_capacity(op.params.len() + 1),
        ..Arguments::default()
    };
    let first = usize::from(op.takes_self());
    let mut end = args.len();
    if op.takes_self() {
        arguments.receiver = args.first().map(|object| value::read(object, 0, most));
    }
    if end > first
        && let Some(map) = args[end - 1].read_lock::<Map>()
        && op.are_keywords(end - 1 - first, map.keys().map(AsRef::as_ref))
    {
        arguments.keywords = value::keywords(&map, args.len(), most);
        for (place, (name, value)) in arguments.keywords.iter_mut().enumerate() {
            if op.keeps_named(name) {
                *value = Value::Given(args.len() + place);
            }
        }
        end -= 1;
    }
    let rest = op
        .params
        .iter()
        .position(|param| param.default == Default::Rest)
        .map(|place| first + place);
    for place in first..end {
        if rest.is_some_and(|rest| place >= rest) {
            break;
        }
        if op.keeps(place - first) {
            arguments.positional.push(Value::Given(place));
            continue;
        }
        // The first argument may be a variable of the script's, which must stay what it is.
        let value = if place == 0 {
            value::read(args[0], 0, most)
        } else {
            value::take(args[place], place, most)
        };
        match window(op, &value) {
            Some((from, to)) => arguments.positional.extend([from, to]),
            None => arguments.positional.push(value),
        }
    }
    if let Some(rest) = rest
        && end >= rest
    {
        let slots = Slots {
            first: rest,
            count: end - rest,
        };
        arguments.positional.push(Value::Rest(slots));
    }
    arguments
}

/// A Rhai range (from 0, Python's slice) as the two places (from 1, inclusive) that operations take.
fn window(op: &Op, value: &Value) -> Option<(Value, Value)> {
    let (from, to) = match value {
        Value::Range(from, to) if op.params.len() > 1 => (*from, *to),
        _ => return None,
    };
    let first = if from < 0 { from } else { from.checked_add(1)? };
    let last = if to < 0 { to.checked_sub(1)? } else { to };
    Some((Value::Int(first), Value::Int(last)))
}

/// One call under way: where an operation finds what it left in the language.
struct Call<'a, 'b, 'c> {
    site: &'a Site,
    /// Where the script calls from; none where no script does.
    context: Option<&'a NativeCallContext<'c>>,
    args: RefCell<Slice<'a, 'b>>,
}

impl Call<'_, '_, '_> {
    /// What a keyword holds, known by a place behind the arguments.
    fn keyword(&self, place: usize) -> Option<Dynamic> {
        let args = self.args.borrow();
        let place = place.checked_sub(args.len())?;
        let keywords = args.last()?.read_lock::<Map>()?;
        keywords.values().nth(place).cloned()
    }
}

impl api::Host for Call<'_, '_, '_> {
    fn keep(&self, function: usize) -> Result<Rc<dyn api::Callback>> {
        self.site.net.sched().check_home()?;
        let context = self
            .context
            .ok_or_else(|| Error::runtime("only a script has functions"))?;
        let function = match self.args.borrow().get(function) {
            Some(function) => value::function(function),
            None => self.keyword(function).and_then(|found| value::function(&found)),
        };
        let function = function.ok_or_else(|| Error::type_error("a function is needed"))?;
        Ok(callback::keep(&self.site.core, context, function))
    }

    fn name(&self, place: usize) -> Named {
        match self.args.borrow().get(place) {
            Some(argument) => named::read(argument, place, bounded::share(&self.site.net)),
            None => Named::Nothing,
        }
    }

    fn hold(&self, place: usize) -> Result<Rc<dyn Held>> {
        let named = self.keyword(place);
        let mut args = self.args.borrow_mut();
        let value = match args.get_mut(place) {
            // The first may be a variable of the script's, which must stay what it is.
            Some(argument) if place == 0 => argument.clone(),
            Some(argument) => argument.take(),
            None => named.ok_or_else(|| Error::runtime("only a script has values to keep"))?,
        };
        Ok(kept::keep(value, &self.site.core, self.context))
    }

    fn hold_items(&self, place: usize) -> Result<Option<Vec<Rc<dyn Held>>>> {
        let keep = |list: &Dynamic| kept::keep_items(list, &self.site.core, self.context);
        Ok(match self.args.borrow().get(place) {
            Some(list) => keep(list),
            None => self.keyword(place).and_then(|list| keep(&list)),
        })
    }

    fn portable(&self, _: usize) -> Result<Vec<u8>> {
        Err(Error::type_error(
            "worker.spawn() cannot take a function of Rhai's, which is bound to its script: give its source as a text, as \
             in worker::spawn(`|a, b| a + b`, 1, 2)",
        ))
    }

    fn start(&self, function: usize, arguments: Slots, name: String) -> Result<Rc<Task>> {
        self.site.net.sched().check_home()?;
        let core = self
            .site
            .core
            .upgrade()
            .ok_or_else(|| Error::runtime("the program is ending"))?;
        let context = self
            .context
            .ok_or_else(|| Error::runtime("only a script can start a task"))?;
        let mut args = self.args.borrow_mut();
        let function = args
            .get(function)
            .and_then(|argument| value::function(argument))
            .ok_or_else(|| Error::type_error("a task needs a function to run"))?;
        let values = args
            .iter_mut()
            .skip(arguments.first)
            .take(arguments.count)
            .map(|argument| argument.take())
            .collect();
        task::spawn(&core, context, function, values, name)
    }
}

/// The row for a method or property of this type.
pub(super) fn member(kind: Type, name: &str) -> Option<&'static Op> {
    api::ops().find(|op| kind.has(op.on) && op.name == name)
}

/// The numbers of arguments an operation is registered for, the object not counted: what is needed to what it takes
/// (and a map of keywords). Other numbers reach it where Rhai finds no function.
pub(super) fn arities(op: &Op) -> std::ops::RangeInclusive<usize> {
    /// Most arguments that Rhai finds a function for whatever they are. `wide` has more.
    const MOST_ANY: usize = 16;
    let needed = op
        .params
        .iter()
        .filter(|param| param.default == Default::Required)
        .count();
    let most = if op
        .params
        .last()
        .is_some_and(|last| matches!(last.default, Default::Rest | Default::Values))
    {
        MOST_ANY - usize::from(op.takes_self())
    } else {
        op.params.len() + usize::from(op.takes_keywords())
    };
    // Keywords can stand for all that is needed.
    let least = if op.takes_keywords() {
        needed.min(1)
    } else {
        needed
    };
    least..=most
}

/// A native function that Rhai can keep for every arity.
pub(super) type Native =
    Rc<dyn Fn(Option<NativeCallContext<'_>>, &mut [&mut Dynamic]) -> Result<Dynamic, Thrown>>;

/// The function behind an operation.
pub(super) fn native(site: &Rc<Site>, op: &'static Op) -> Native {
    let site = site.clone();
    Rc::new(move |context, args| match context {
        Some(context) => site.run(op, &context, args),
        None => Err("this function needs a script that calls it".into()),
    })
}

/// Puts a native function into a module for one list of argument types.
pub(super) fn register(module: &mut Module, name: &str, types: &[TypeId], native: &Native) {
    let function = RhaiFunc::Method {
        func: native.clone(),
        has_context: true,
        is_pure: true,
        is_volatile: true,
    };
    FuncRegistration::new(name).set_into_module_raw(module, types, function);
}
