//! Values and calls between Rust and the scripts of a runtime.

use std::rc::Rc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api;
use crate::error::{Class, Error, Result};
use crate::sched::Task;
use crate::script::{Chunk, Language};

use super::Runtime;
use super::callable::{BlockingCallable, Callable, blocking, host_function};
use super::data::Room;
use super::function::{Function, arguments_of, result_of};
use super::job::Job;
use super::value::{Value, to_script};

impl Runtime {
    /// Runs a script to the end of its main chunk and returns what that returns: anything serde can deserialize, `()` for
    /// nothing, a tuple for several results, a [`Value`] for what is not known beforehand. The text may be an expression
    /// alone. Tasks it has started go on whenever the runtime runs.
    ///
    /// # Errors
    /// What the script raised and did not catch, with its place; `SyntaxError`; `SystemExit` with a status when the script
    /// asked for the end; `TypeError` when the result is no `T`; `CancelledError` when a [`Handle`](crate::Handle) stopped
    /// it.
    ///
    /// ```
    /// use std::collections::HashMap;
    /// use wirescript::Runtime;
    ///
    /// # #[cfg(feature = "lua")] {
    /// let mut lua = Runtime::builder().lua().build()?;
    /// let sum: i64 = lua.eval("1 + 2")?;
    /// let (name, port): (String, u16) = lua.eval("local p = 80 return 'http', p")?;
    /// let ages: HashMap<String, u8> = lua.eval("{ann = 31, bob = 29}")?;
    /// assert_eq!((sum, &*name, port, ages["bob"]), (3, "http", 80, 29));
    /// # }
    /// # #[cfg(feature = "rhai")] {
    /// let mut rhai = Runtime::builder().rhai().build()?;
    /// let list: Vec<i64> = rhai.eval("let a = [1, 2]; a.push(3); a")?;
    /// assert_eq!(list, [1, 2, 3]);
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn eval<T: DeserializeOwned>(&mut self, source: impl AsRef<[u8]>) -> Result<T> {
        let chunk = Chunk {
            name: "=eval",
            source: source.as_ref(),
            path: None,
        };
        self.begin();
        let task = self.language()?.start_expression(&chunk)?;
        self.see_through(&task)
    }

    /// Calls a function that a script has made global, and runs it to its end. The arguments are a tuple; any other sequence
    /// is spread as one is, bytes are not, and what is no sequence is one argument.
    ///
    /// # Errors
    /// `NameError` when there is no such function; as [`Runtime::eval`].
    ///
    /// ```
    /// use wirescript::Runtime;
    ///
    /// # #[cfg(feature = "lua")] {
    /// let mut lua = Runtime::builder().lua().build()?;
    /// lua.run("setup", "function greet(name, n) return ('hi ' .. name .. ' '):rep(n) end")?;
    /// assert_eq!(lua.call::<String>("greet", ("Ann", 2))?, "hi Ann hi Ann ");
    /// # }
    /// # #[cfg(feature = "rhai")] {
    /// let mut rhai = Runtime::builder().rhai().build()?;
    /// rhai.run("setup", "fn double(x) { x * 2 }")?;
    /// assert_eq!(rhai.call::<i64>("double", (21,))?, 42);
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn call<T: DeserializeOwned>(&mut self, name: &str, arguments: impl Serialize) -> Result<T> {
        self.begin();
        let language = self.language()?;
        let arguments = arguments_of(&arguments, &language)?;
        let task = language.start_global(name, arguments)?;
        self.see_through(&task)
    }

    /// Calls a function that a script has returned, or handed to a function of the host's, and runs it to its end.
    ///
    /// # Errors
    /// `ValueError` for a function of another runtime; as [`Runtime::eval`].
    ///
    /// ```
    /// # #[cfg(feature = "lua")] {
    /// use wirescript::{Function, Runtime};
    ///
    /// let mut runtime = Runtime::builder().build()?;
    /// let count: Function = runtime.eval("local n = 0 return function(by) n = n + by return n end")?;
    /// runtime.call_function::<i64>(&count, (2,))?;
    /// assert_eq!(runtime.call_function::<i64>(&count, (3,))?, 5);
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn call_function<T: DeserializeOwned>(
        &mut self,
        function: &Function,
        arguments: impl Serialize,
    ) -> Result<T> {
        self.begin();
        let language = self.language()?;
        let function = function.kept_in(&Rc::downgrade(&language))?;
        let arguments = arguments_of(&arguments, &language)?;
        let task = function.start("call", arguments)?;
        self.see_through(&task)
    }

    /// Starts a script beside what runs already; `name` is what messages call it. It runs whenever the runtime does: in
    /// [`Runtime::turn`], [`Runtime::wait`], or while another script runs.
    ///
    /// # Errors
    /// `SyntaxError`.
    ///
    /// ```
    /// # #[cfg(feature = "lua")] {
    /// use wirescript::Runtime;
    ///
    /// let mut runtime = Runtime::builder().build()?;
    /// let slow = runtime.spawn("slow", "task.sleep(0.02) return 'slow'")?;
    /// let fast = runtime.spawn("fast", "return 'fast'")?;
    /// assert_eq!(runtime.wait::<String>(&fast)?, "fast");
    /// assert!(!slow.is_done());
    /// assert_eq!(runtime.wait::<String>(&slow)?, "slow");
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn spawn(&mut self, name: &str, source: impl AsRef<[u8]>) -> Result<Job> {
        self.begin();
        let chunk = Chunk {
            name: &format!("={name}"),
            source: source.as_ref(),
            path: None,
        };
        let task = self.language()?.start(&chunk)?;
        Ok(Job::new(task, &self.sched))
    }

    /// Starts a call of a script's global function beside what runs already.
    ///
    /// # Errors
    /// `NameError` when there is no such function.
    ///
    /// ```
    /// # #[cfg(feature = "rhai")] {
    /// use wirescript::Runtime;
    ///
    /// let mut runtime = Runtime::builder().rhai().build()?;
    /// runtime.run("setup", "fn later(x) { task::sleep(0.001); x + 1 }")?;
    /// let jobs = [runtime.spawn_call("later", (1,))?, runtime.spawn_call("later", (2,))?];
    /// let sum: i64 = runtime.wait::<i64>(&jobs[0])? + runtime.wait::<i64>(&jobs[1])?;
    /// assert_eq!(sum, 5);
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn spawn_call(&mut self, name: &str, arguments: impl Serialize) -> Result<Job> {
        self.begin();
        let language = self.language()?;
        let arguments = arguments_of(&arguments, &language)?;
        let task = language.start_global(name, arguments)?;
        Ok(Job::new(task, &self.sched))
    }

    /// Runs until a job has ended, and returns its result; at once where it has ended, also when another script has ended
    /// them all since.
    ///
    /// # Errors
    /// `ValueError` for a job of another runtime; as [`Runtime::eval`].
    ///
    /// ```
    /// # #[cfg(feature = "lua")] {
    /// # use wirescript::Runtime;
    /// let mut runtime = Runtime::builder().build()?;
    /// let job = runtime.spawn("answer", "return 42")?;
    /// assert_eq!(runtime.wait::<i64>(&job)?, 42);
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn wait<T: DeserializeOwned>(&mut self, job: &Job) -> Result<T> {
        let task = job
            .task_of(&self.sched)
            .ok_or_else(|| Error::value("the job belongs to another runtime"))?;
        self.see_through(task)
    }

    /// Gives the scripts a global value: anything serde can serialize, a [`Value`], a
    /// [`Descriptor`](crate::Descriptor). Rhai's functions see it too, as a constant.
    ///
    /// # Errors
    /// `OverflowError` for whole numbers beyond 64 bits with a sign; `MemoryError`.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use wirescript::Runtime;
    ///
    /// # #[cfg(feature = "lua")] {
    /// let mut lua = Runtime::builder().lua().build()?;
    /// lua.set("limits", BTreeMap::from([("clients", 8)]))?;
    /// assert_eq!(lua.eval::<i64>("limits.clients")?, 8);
    /// # }
    /// # #[cfg(feature = "rhai")] {
    /// let mut rhai = Runtime::builder().rhai().build()?;
    /// rhai.set("key", vec![1_u8, 255])?;
    /// assert_eq!(rhai.eval::<i64>("fn last() { key[1] } last()")?, 255);
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn set(&mut self, name: &str, value: impl Serialize) -> Result<()> {
        let language = self.language()?;
        let value = to_script(Value::of(&value)?, &self.net, &Rc::downgrade(&language))?;
        language.set_global(name, value)
    }

    /// Gives the scripts a global function of Rust's; see [`Callable`] for what it may be. It is called on the fiber of
    /// the script that calls it, with a stack of at least 256 KiB, while other tasks of the runtime stand still (unless it
    /// calls a function of a Rhai script that waits: then they run). An error
    /// it returns is raised in the script as the object it is; one that came out of a script passes unchanged. A panic
    /// becomes a `RuntimeError` that names the function.
    ///
    /// In Rhai a script's own function of the same name and number of arguments, and one of Rhai's, goes first.
    ///
    /// # Errors
    /// `MemoryError`.
    ///
    /// ```
    /// use wirescript::{Error, Result, Runtime};
    ///
    /// # #[cfg(feature = "lua")] {
    /// let mut runtime = Runtime::builder().build()?;
    /// runtime.register("lookup", |name: String| -> Result<i64> {
    ///     match name.as_str() {
    ///         "answer" => Ok(42),
    ///         _ => Err(Error::value(format!("nothing is known of {name}"))),
    ///     }
    /// })?;
    /// assert_eq!(runtime.eval::<i64>("lookup 'answer'")?, 42);
    /// let caught: String = runtime.eval("local ok, e = pcall(lookup, 'x') return e.name")?;
    /// assert_eq!(caught, "ValueError");
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn register<A: 'static>(&mut self, name: &str, function: impl Callable<A>) -> Result<()> {
        let called = name.to_owned();
        let call = move |arguments: Vec<Value>, room: Room<'_>| function.call(&called, arguments, room);
        let language = self.language()?;
        language.register(name, host_function(name, call, &language))
    }

    /// As [`Runtime::register`], for a function that blocks: a query of a database, a request by a library, a
    /// `block_on` of a future's. It runs on a helper thread, and the task that has called it waits as for a socket: the other
    /// tasks go on, `task.timeout`, [`Job::cancel`](crate::Job::cancel) and [`Handle::stop`](crate::Handle::stop) end the
    /// wait. The function itself nothing ends: it goes on with nobody to hear of its result, also when the runtime has been
    /// dropped. Sixteen run at once in a runtime, names that are looked up among them; more wait for their turn.
    ///
    /// # Errors
    /// `MemoryError`.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use wirescript::{Result, Runtime};
    ///
    /// # #[cfg(feature = "lua")] {
    /// let mut runtime = Runtime::builder().build()?;
    /// runtime.register_blocking("query", |key: i64| -> Result<i64> {
    ///     std::thread::sleep(Duration::from_millis(250));
    ///     Ok(key * 2)
    /// })?;
    /// let begun = Instant::now();
    /// let jobs = (0..8).map(|key| runtime.spawn("query", format!("return query({key})")));
    /// let jobs = jobs.collect::<Result<Vec<_>>>()?;
    /// let mut sum = 0;
    /// for job in &jobs {
    ///     sum += runtime.wait::<i64>(job)?;
    /// }
    /// assert_eq!(sum, 56);
    /// assert!(begun.elapsed() < Duration::from_millis(8 * 250));
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn register_blocking<A: 'static>(
        &mut self,
        name: &str,
        function: impl BlockingCallable<A>,
    ) -> Result<()> {
        let call = blocking(name, function, &self.net);
        let language = self.language()?;
        language.register(name, host_function(name, call, &language))
    }

    pub(super) fn language(&self) -> Result<Rc<dyn Language>> {
        let gone = || Error::runtime("the runtime is being dropped");
        self.first_language().ok_or_else(gone)
    }

    /// A runtime whose scripts were stopped runs others.
    pub(super) fn begin(&self) {
        self.sched.revive();
    }

    fn see_through<T: DeserializeOwned>(&self, task: &Rc<Task>) -> Result<T> {
        see_through(&self.language()?, task)
    }
}

/// Runs a language's tasks until one of them has ended, and returns what that returned.
pub(super) fn see_through<T: DeserializeOwned>(language: &Rc<dyn Language>, task: &Rc<Task>) -> Result<T> {
    task.observe();
    language.net().sched().run_until(|| task.is_done())?;
    result_of(results_of(language, task)?, language)
}

/// What an ended task returned.
fn results_of(language: &Rc<dyn Language>, task: &Task) -> Result<Vec<api::Value>> {
    match language.failure(task) {
        // It was ended with all the others.
        Some(_) if let Some(status) = language.net().sched().exit_status() => Err(Error::exit(status)),
        Some(error) => Err(error),
        None if task.is_done() => Ok(language.results(task)),
        None => Err(Error::new(
            Class::CancelledError,
            "the task was not run to its end",
        )),
    }
}
