//! Tasks: the main chunk and what scripts spawn run on fibers, looked after by the `watch`.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rhai::{AST, Dynamic, Engine, FnPtr, NativeCallContext, Position};

use crate::api::Value;
use crate::error::{Place, Result};
use crate::sched::{Payload, Standing, Task};
use crate::sys::fiber::Extent;
use crate::sys::prefetch;

use super::Core;
use super::error::{Failure, Thrown};
use super::value;
use super::watch::{Spot, Watch};

/// A fiber's stack: the deepest recursion that is allowed fits. Rhai drops what is in a value by calling itself: what a script can
/// nest within the memory that a bounded one has fits into the reserve.
pub(crate) const STACK: Extent = Extent {
    usable: 4 << 20,
    reserve: 512 << 20,
};

/// How a task ended, for whoever joins it.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Returned(Dynamic),
    Failed(Failure),
}

/// Rhai's own part of a task.
pub(super) struct Strand {
    watch: Rc<Watch>,
    number: u64,
    killed: Cell<bool>,
    /// Lowest address scripts may use; 0 before the task has begun.
    floor: Cell<usize>,
    /// Where it was when its fiber was left.
    spot: Cell<Spot>,
    outcome: RefCell<Option<Outcome>>,
}

impl Payload for Strand {
    fn enter(&self) {
        self.watch.current.set(self.number);
        self.watch.killed.set(self.killed.get());
        self.watch.floor.set(if self.killed.get() {
            usize::MAX
        } else {
            self.floor.get()
        });
        self.watch.spot.set(self.spot.get());
    }

    fn fetch(&self) {
        prefetch::fetch(std::ptr::from_ref(self) as usize, size_of::<Self>());
    }

    fn leave(&self) {
        self.spot.set(self.watch.spot.get());
    }

    fn place(&self) -> Option<Place> {
        let spot = if self.watch.current.get() == self.number {
            self.watch.spot.get()
        } else {
            self.spot.get()
        };
        let line = u32::try_from(spot.position.line()?).ok()?;
        let names = self.watch.names.borrow();
        let name = names.get(spot.source).map_or("", |known| &**known);
        Some(Place::new(name.as_bytes(), line))
    }

    fn standing(&self) -> Result<Standing> {
        Ok(Standing::Suspend)
    }

    fn kill(&self) {
        self.killed.set(true);
        if self.watch.current.get() == self.number {
            self.watch.killed.set(true);
            self.watch.floor.set(usize::MAX);
        }
    }

    fn is_movable(&self) -> bool {
        true
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Strand {
    /// Notes how it ended.
    #[inline(never)]
    fn end(&self, outcome: Outcome) -> Result<()> {
        let end = match &outcome {
            Outcome::Returned(_) => Ok(()),
            Outcome::Failed(failure) => Err(failure.error.clone()),
        };
        *self.outcome.borrow_mut() = Some(outcome);
        end
    }
}

fn strand(task: &Task) -> Option<&Strand> {
    task.payload().as_any().downcast_ref()
}

/// How an ended task ended.
pub(super) fn outcome(task: &Task) -> Outcome {
    let known = strand(task).and_then(|strand| strand.outcome.borrow().clone());
    known.unwrap_or_else(|| match task.failure() {
        Some(error) => Outcome::Failed(Failure::of(error)),
        None => Outcome::Returned(Dynamic::UNIT),
    })
}

/// Position, message and traceback of a task that failed.
pub(super) fn report(task: &Task) -> String {
    match strand(task).map(|strand| strand.outcome.borrow()).as_deref() {
        Some(Some(Outcome::Failed(failure))) => failure.report.clone(),
        _ => task.failure().map(|error| error.to_string()).unwrap_or_default(),
    }
}

/// Starts a compiled script.
pub(super) fn start(core: &Rc<Core>, ast: Rc<AST>, name: String) -> Result<Rc<Task>> {
    let (inner, engine) = (core.clone(), core.engine()?);
    let source = ast.source().unwrap_or_default().to_owned();
    launch(core, name, source, move || {
        let mut scope = inner.site.host.scope();
        let outcome = engine.eval_ast_with_scope::<Dynamic>(&mut scope, &ast);
        // What a script still holds when it ends is no leak.
        inner.site.net.quietly(|| drop(scope));
        outcome
    })
}

/// Starts a worker's script: it finds the arguments as `args`, and what it returns is called with them if it is a function.
pub(super) fn start_called(core: &Rc<Core>, ast: Rc<AST>, arguments: Vec<Value>) -> Result<Rc<Task>> {
    let (inner, engine) = (core.clone(), core.engine()?);
    let source = ast.source().unwrap_or_default().to_owned();
    let arguments: Vec<Dynamic> = arguments.into_iter().map(value::give).collect();
    launch(core, "main".to_owned(), source, move || {
        let mut scope = inner.site.host.scope();
        scope.push_dynamic("args", Dynamic::from_array(arguments.clone()));
        let outcome = engine.eval_ast_with_scope::<Dynamic>(&mut scope, &ast);
        let outcome = outcome.and_then(|value| match value.try_cast_result::<FnPtr>() {
            Ok(function) => call(&engine, &ast, &function, arguments),
            Err(value) => Ok(value),
        });
        inner.site.net.quietly(|| drop(scope));
        outcome
    })
}

/// Calls a function of a script that has run. What `FnPtr::call` does but for the script's name, which errors then tell.
fn call(
    engine: &Engine,
    ast: &AST,
    function: &FnPtr,
    mut arguments: Vec<Dynamic>,
) -> Result<Dynamic, Thrown> {
    let mut global = engine.new_global_runtime_state();
    global.lib.push(ast.shared_lib().clone());
    global.source = ast.source().map(Into::into);
    let name = function.fn_name();
    let context = NativeCallContext::new_with_all_fields(engine, name, None, &global, Position::NONE);
    function.call_raw(&context, None, &mut arguments[..])
}

/// What an ended worker's script returned: nothing where it ended with `()`.
pub(super) fn results(task: &Task, most: usize) -> Vec<Value> {
    match outcome(task) {
        Outcome::Returned(value) if !value.is_unit() => vec![value::read(&value, 0, most)],
        _ => Vec::new(),
    }
}

/// Starts a function of a script with these arguments. What it sees of the script is what `context` sees.
pub(super) fn spawn(
    core: &Rc<Core>,
    context: &NativeCallContext<'_>,
    function: FnPtr,
    mut arguments: Vec<Dynamic>,
    name: String,
) -> Result<Rc<Task>> {
    #[allow(
        deprecated,
        reason = "volatile, says Rhai; there is no other way to call back later"
    )]
    let store = {
        let mut store = context.store_data();
        // A task begins a call stack of its own.
        store.global.level = 0;
        store
    };
    let (inner, engine) = (core.clone(), core.engine()?);
    let source = context.call_source().unwrap_or_default().to_owned();
    // On the heap: what waiting tasks have on their stacks is copied.
    let begun = Box::new((function, store));
    launch(core, name, source, move || {
        let (function, store) = &*begun;
        #[allow(deprecated, reason = "as above")]
        let context = store.create_context(&engine);
        let outcome = function.call_raw(&context, None, &mut arguments[..]);
        if inner.site.net.sched().live_count() <= 1 {
            // The program ends with it.
            inner.site.net.quietly(|| drop((begun, arguments)));
        }
        outcome
    })
}

/// Whether it is a task of this language.
pub(super) fn is_one(task: &Task) -> bool {
    strand(task).is_some()
}

/// Starts what `run` evaluates as a task.
pub(super) fn launch(
    core: &Rc<Core>,
    name: String,
    source: String,
    run: impl FnOnce() -> Result<Dynamic, Thrown> + 'static,
) -> Result<Rc<Task>> {
    let watch = &core.site.watch;
    let number = watch.made.get() + 1;
    watch.made.set(number);
    let payload = Strand {
        watch: watch.clone(),
        number,
        killed: Cell::new(false),
        floor: Cell::new(0),
        spot: Cell::default(),
        outcome: RefCell::default(),
    };
    let body = Box::new(move |task: &Rc<Task>| {
        let Some(strand) = strand(task) else { return Ok(()) };
        if let Some(floor) = strand.watch.begin() {
            strand.floor.set(floor);
        }
        let outcome = match run() {
            Ok(value) => Outcome::Returned(value.flatten()),
            Err(thrown) => outcome_of(*thrown, task, &source),
        };
        strand.end(outcome)
    });
    core.site.net.sched().spawn(name, Box::new(payload), body)
}

/// How a task ended in which this was thrown. Out of line, as all below are: what waiting tasks have on their stacks is copied.
#[inline(never)]
fn outcome_of(thrown: rhai::EvalAltResult, task: &Task, source: &str) -> Outcome {
    match thrown {
        // Rhai's own exit() ends the task and is no failure.
        rhai::EvalAltResult::Exit(value, _) => Outcome::Returned(value),
        thrown => {
            let mut failure = Failure::new(&thrown, source);
            if let Some(death) = task.death() {
                failure.error = death.located(failure.error.place().copied(), None);
            }
            Outcome::Failed(failure)
        }
    }
}
