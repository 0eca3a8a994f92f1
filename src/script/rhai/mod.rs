//! Rhai.
//!
//! [`RhaiScript`] runs the scripts of a runtime on engines that `stock` puts together. `op` is the adapter every operation passes; `object`
//! (methods and properties of handles, global functions) and `module` (`socket::…`) register the table with it; `hot` is a shorter
//! way for the most frequent ones (`direct`, with what scripts ask most of their own values in `container`; `marks` finds both in a text), `wide` one for calls with many arguments. `value` (with `reading`)
//! and `error` carry values and errors over the border, `caught` is what a script sees of Rhai's own errors. `task` runs chunks and functions on fibers, `watch` looks after them
//! while they run, `host` does what the Rust program asks. `syntax` adds `with` (which `with` runs) and frees words that Rhai reserves, `variable` lets several tasks use what a
//! closure has captured, both helped by `places`; `named` has modules and functions as values; `import` loads neighbouring scripts, `library` the modules that are written in Rhai, whose classes and objects are `class`'s and whose functions `method`'s (what they take is `signature`'s), `conversation` serves a person at a prompt, `lines` iterates over files, `kept` keeps values for operations, `callback` functions. `bounded` keeps Rhai's own functions from holding
//! the thread or the memory of all. `sorting` has what compares elements, `nested` compares and prints what is within others. `buffer` and `own` add what buffers and Rhai's own values
//! are expected to do.

mod bounded;
mod buffer;
mod callback;
mod caught;
mod class;
mod container;
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
mod marks;
mod method;
mod module;
mod named;
mod nested;
mod object;
mod op;
mod own;
mod places;
mod reading;
mod signature;
mod sorting;
mod stock;
mod syntax;
mod task;
#[cfg(test)]
mod tests;
mod value;
mod variable;
mod watch;
mod wide;
mod with;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use rhai::{AST, Engine, Map};

use crate::api::{Callback, Environment, HostFunction, Value};
use crate::error::{Class, Error, Result};
use crate::net::Net;
use crate::sched::Task;

use super::{Chunk, Language, Manner};
use import::Neighbours;
use op::Site;
use places::Places;
use stock::Stock;
use watch::Watch;

pub use guest::{error_of, register};
pub(crate) use task::STACK;

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
    stock: Stock,
    site: Rc<Site>,
    places: Rc<Places>,
    neighbours: Rc<Neighbours>,
    /// Every script compiled, the last one last: `places` knows names by their address.
    scripts: RefCell<Vec<Rc<AST>>>,
    /// Those by name and text: a program may have the same run again and again.
    by_text: RefCell<HashMap<(String, String), Rc<AST>>>,
    /// What the libraries read so far have.
    libraries: RefCell<HashMap<&'static str, Map>>,
    /// The plain value a method threw last, as text, and where: once it is caught, the value alone does not tell.
    thrown: RefCell<Option<(String, String)>>,
}

impl RhaiScript {
    /// Scripts will have what the table has, on this network.
    pub(crate) fn new(net: &Rc<Net>, environment: Rc<Environment>) -> Self {
        let watch = Watch::new(net.sched().clone());
        let core = Rc::new_cyclic(|core| {
            let site = Rc::new(Site {
                net: net.clone(),
                environment,
                watch,
                core: core.clone(),
                host: host::Host::default(),
                reads_marks: Cell::new(false),
                exchanged: wide::Exchanged::default(),
                held: with::Held::default(),
            });
            Core {
                stock: Stock::default(),
                site,
                places: Rc::default(),
                neighbours: Rc::new(Neighbours::new(core.clone())),
                scripts: RefCell::default(),
                by_text: RefCell::default(),
                libraries: RefCell::default(),
                thrown: RefCell::default(),
            }
        });
        Self {
            core,
            #[cfg(feature = "cli")]
            session: Rc::default(),
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
        let text = without_first_comment(text);
        let key = (name.to_owned(), text.to_string());
        if let Some(ast) = self.by_text.borrow().get(&key) {
            let mut scripts = self.scripts.borrow_mut();
            if let Some(place) = scripts.iter().rposition(|known| Rc::ptr_eq(known, ast)) {
                scripts[place..].rotate_left(1);
            }
            return Ok(ast.clone());
        }
        let engine = self.engine_for(&text)?;
        let mut ast = syntax::compile(&engine, &self.site, &text).map_err(|error| {
            let death = self.site.net.sched().death();
            death.unwrap_or_else(|| error::syntax(&error, name, &text))
        })?;
        ast.set_source(name);
        self.places.note(&ast);
        let ast = Rc::new(ast);
        self.scripts.borrow_mut().push(ast.clone());
        self.by_text.borrow_mut().insert(key, ast.clone());
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

    fn wrap(&self, name: &str, function: HostFunction) -> Result<Rc<dyn Callback>> {
        host::wrap(&self.core, name, function)
    }

    fn add_module(&self, name: &str, source: &[u8]) -> Result<()> {
        let ast = self.core.compile(name, source)?;
        self.core.neighbours.give(name, ast);
        Ok(())
    }

    fn net(&self) -> &Rc<Net> {
        &self.core.site.net
    }

    fn environment(&self) -> &Environment {
        &self.core.site.environment
    }

    fn start_called(&self, chunk: &Chunk<'_>, _: Manner, arguments: Vec<Value>) -> Result<Rc<Task>> {
        if let Some(folder) = chunk.path.and_then(|path| path.parent()) {
            self.core.neighbours.set_folder(folder);
        }
        let ast = self.core.compile(shown_name(chunk.name), chunk.source)?;
        task::start_called(&self.core, ast, arguments)
    }

    fn portable_results(&self, task: &Task) -> Vec<Value> {
        task::results(task, bounded::share(&self.core.site.net))
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
