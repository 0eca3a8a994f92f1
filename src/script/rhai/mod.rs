//! Rhai.
//!
//! [`RhaiScript`] builds one engine for all scripts of a runtime. `op` is the adapter every operation passes; `object`
//! (methods and properties of handles, global functions) and `module` (`socket::…`) register the table with it; `hot` is a shorter
//! way for the most frequent ones. `value`
//! and `error` carry values and errors over the border. `task` runs chunks and functions on fibers and looks after them
//! while they run, `host` does what the Rust program asks. `syntax` adds `with` and frees words that Rhai reserves, `variable` lets several tasks use what a
//! closure has captured, both helped by `places`; `named` has modules and functions as values; `import` loads neighbouring scripts, `library` the modules that are written in Rhai, whose classes and objects are `class`'s and whose functions `method`'s, `conversation` serves a person at a prompt, `lines` iterates over files, `kept` keeps values for operations. `bounded` keeps Rhai's own functions from holding
//! the thread or the memory of all. `buffer` and `own` add what buffers and Rhai's own values
//! are expected to do.

mod bounded;
mod buffer;
mod class;
#[cfg(feature = "cli")]
mod conversation;
mod direct;
mod error;
mod guest;
mod host;
mod hot;
mod import;
mod kept;
mod library;
mod lines;
mod method;
mod module;
mod named;
mod object;
mod op;
mod own;
mod places;
mod syntax;
mod task;
#[cfg(test)]
mod tests;
mod value;
mod variable;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use rhai::{AST, Engine, Map, Module};

use crate::api::{Environment, HostFunction, Value};
use crate::error::{Class, Error, Result};
use crate::net::Net;
use crate::sched::Task;

use super::{Chunk, Language, Manner};
use import::{Neighbours, Resolver};
use op::Site;
use places::Places;
use task::Watch;

pub use guest::register;
pub(crate) use task::STACK_SIZE;

/// Calls a script may nest: what fits on a fiber's stack.
const DEEPEST_CALLS: usize = 400;
/// Expressions and statements a script may nest.
const DEEPEST_EXPRESSION: usize = 64;

/// Rhai, as one runtime has it.
pub(crate) struct RhaiScript {
    core: Rc<Core>,
    /// What is kept between the entries of a person at a prompt.
    #[cfg(feature = "cli")]
    session: Rc<conversation::Session>,
}

/// What running scripts share.
struct Core {
    engine: Engine,
    site: Rc<Site>,
    places: Rc<Places>,
    neighbours: Rc<Neighbours>,
    /// Every script compiled: `places` knows names by their address.
    scripts: RefCell<Vec<Rc<AST>>>,
    /// What the libraries read so far have.
    libraries: RefCell<HashMap<&'static str, Map>>,
}

impl RhaiScript {
    /// An engine with everything the table has, on this network.
    ///
    /// # Errors
    /// A value of a module could not be had.
    pub(crate) fn new(net: &Rc<Net>, environment: Rc<Environment>) -> Result<Self> {
        let watch = Watch::new(net.sched().clone());
        let mut failure = None;
        let core = Rc::new_cyclic(|core| {
            let site = Rc::new(Site {
                net: net.clone(),
                environment,
                watch,
                core: core.clone(),
                host: host::Host::default(),
            });
            let places = Rc::new(Places::default());
            let neighbours = Rc::new(Neighbours::new(core.clone()));
            let mut engine = Engine::new();
            limits(&mut engine, &site.watch);
            engine.set_module_resolver(Resolver(neighbours.clone()));
            let mut functions = Module::new();
            object::install(&mut engine, &mut functions, &site, &places);
            buffer::install(&mut functions, &site);
            lines::install(&mut engine, &mut functions, &site);
            own::output(&mut engine);
            own::install(&mut functions);
            bounded::install(&mut engine, &mut functions, net);
            named::install(&mut engine, &mut functions);
            library::install(&mut engine, &mut functions, &site);
            engine.register_global_module(functions.into());
            syntax::install(&mut engine, &site);
            direct::install(&mut engine, &site);
            variable::install(&mut engine, places.clone(), site.clone());
            failure = module::install(&mut engine, &site).err();
            Core {
                engine,
                site,
                places,
                neighbours,
                scripts: RefCell::default(),
                libraries: RefCell::default(),
            }
        });
        match failure {
            None => Ok(Self {
                core,
                #[cfg(feature = "cli")]
                session: Rc::default(),
            }),
            Some(error) => Err(error),
        }
    }
}

/// Bounds recursion, and has every step looked at.
fn limits(engine: &mut Engine, watch: &Rc<Watch>) {
    engine.set_max_call_levels(DEEPEST_CALLS);
    engine.set_max_expr_depths(DEEPEST_EXPRESSION, DEEPEST_EXPRESSION);
    let watch = watch.clone();
    engine.on_progress(move |_| watch.step());
}

impl Core {
    /// Compiles a script and keeps it.
    fn compile(&self, name: &str, source: &[u8]) -> Result<Rc<AST>> {
        let text = std::str::from_utf8(source).map_err(|_| {
            Error::new(
                Class::SyntaxError,
                format!("{name}: the script is not valid UTF-8"),
            )
        })?;
        let lowered = syntax::lower(&self.engine, &without_first_comment(text));
        let mut ast = self
            .engine
            .compile(lowered)
            .map_err(|error| error::syntax(&error, name))?;
        ast.set_source(name);
        self.places.note(&ast);
        let ast = Rc::new(ast);
        self.scripts.borrow_mut().push(ast.clone());
        Ok(ast)
    }
}

/// The text without a byte-order mark, and with a first line that starts with `#!` made a comment of Rhai's.
fn without_first_comment(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.strip_prefix("#!") {
        Some(rest) => format!("//{rest}").into(),
        None => text.into(),
    }
}

/// A script's name as messages show it: without the mark that tells files from other texts.
fn shown_name(name: &str) -> &str {
    name.strip_prefix(['@', '=']).unwrap_or(name)
}

impl Language for RhaiScript {
    fn start(&self, chunk: &Chunk<'_>) -> Result<Rc<Task>> {
        if let Some(folder) = chunk.path.and_then(|path| path.parent()) {
            self.core.neighbours.set_folder(folder);
        }
        let ast = self.core.compile(shown_name(chunk.name), chunk.source)?;
        #[cfg(feature = "cli")]
        if self.session.keeps() {
            return self.evaluate(&ast, "main");
        }
        task::start(&self.core, ast, "main".to_owned())
    }

    #[cfg(feature = "cli")]
    fn conversation(&self) -> &dyn super::Conversation {
        self
    }

    fn knows(&self, task: &Task) -> bool {
        task::is_one(task)
    }

    fn start_global(&self, name: &str, arguments: Vec<Value>) -> Result<Rc<Task>> {
        host::start_global(&self.core, name, arguments)
    }

    fn results(&self, task: &Task) -> Vec<Value> {
        host::results(&self.core, task)
    }

    fn set_global(&self, name: &str, value: Value) -> Result<()> {
        self.core.site.host.set(name, value::give(value));
        Ok(())
    }

    fn register(&self, name: &str, function: HostFunction) -> Result<()> {
        self.core.site.host.register(name, function);
        Ok(())
    }

    fn net(&self) -> &Rc<Net> {
        &self.core.site.net
    }

    fn start_called(&self, chunk: &Chunk<'_>, _: Manner, arguments: Vec<Value>) -> Result<Rc<Task>> {
        if let Some(folder) = chunk.path.and_then(|path| path.parent()) {
            self.core.neighbours.set_folder(folder);
        }
        let ast = self.core.compile(shown_name(chunk.name), chunk.source)?;
        task::start_called(&self.core, ast, arguments)
    }

    fn portable_results(&self, task: &Task) -> Vec<Value> {
        task::results(task)
    }

    fn report(&self, task: &Task) -> String {
        task::report(task)
    }

    fn heed_signals(&self) {
        // Every step of a script looks at the stop flag.
    }
}

impl fmt::Debug for RhaiScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RhaiScript").finish_non_exhaustive()
    }
}
