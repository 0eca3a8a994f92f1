//! What an embedder holds: a [`Runtime`] that runs scripts, made by a [`Builder`] (`builder`), and a [`Handle`]
//! (`handle`) by which other threads stop it and look at it (`stats`).
//!
//! `calls` is what crosses between the two: values, results, calls both ways; `value` has values whose type is not known,
//! `data` makes them of anything serde knows, `channel` carries values between threads, `function` has functions of either side as values, `callable` wraps the host's, `job` is a script that runs beside
//! the host, `failures` has those whose end nobody asked about, `closing` what a script's own tests have done at its end, `speech` its language. `turns` runs scripts inside an event loop of the host's; `audit` tells it what they ask for; a `network` inside the process may take the kernel's place, and the host what is `printed` and give `modules`. `worker` runs a script on a thread of its own, whose events come `upward` and whose memory is a `loan`.

mod audit;
mod builder;
mod callable;
mod calls;
mod channel;
mod closing;
mod data;
mod failures;
mod function;
mod handle;
mod job;
mod loan;
mod modules;
mod network;
mod printed;
mod speech;
mod stats;
mod turns;
mod upward;
mod value;
mod worker;

use std::cell::RefCell;
use std::fmt;
use std::path::Path;
use std::rc::Rc;

pub use audit::{AuditEvent, AuditLog, AuditSink, JsonLines};
pub use builder::Builder;
use builder::School;
pub use callable::{BlockingCallable, Callable};
pub use channel::Channel;
use closing::Closing;
pub use data::Descriptor;
use failures::Failures;
pub use function::Function;
pub use handle::Handle;
pub use job::Job;
pub(crate) use speech::Speech;
pub use stats::Stats;
pub use turns::Turn;
pub use value::Value;

use crate::error::{Class, Error, Result};
use crate::net::Net;
use crate::sched::{Scheduler, Task};
use crate::script::{Chunk, Language};
use crate::worker::Watcher;

/// A language, its tasks and its network, on one thread.
///
/// ```
/// use wirescript::{Policy, Runtime};
///
/// let mut runtime = Runtime::builder().policy(Policy::allow_all()).build()?;
/// # #[cfg(feature = "lua")]
/// runtime.run("hello", "local a, b = socket.socketpair() a:send('hi') assert(b:recv(10) == 'hi')")?;
/// # Ok::<(), wirescript::Error>(())
/// ```
pub struct Runtime {
    sched: Rc<Scheduler>,
    net: Rc<Net>,
    school: School,
    /// The languages it speaks, the first from the start. Empty only while the runtime is dropped.
    languages: Languages,
    failed: Rc<Failures>,
}

type Languages = Rc<RefCell<Vec<(Speech, Rc<dyn Language>)>>>;

/// Called with a report for each task that failed and that nobody joined.
type Reporter = Rc<dyn Fn(&str)>;

impl Runtime {
    /// Starts to describe a runtime.
    pub fn builder() -> Builder {
        Builder::new()
    }

    fn new(
        sched: Rc<Scheduler>,
        net: Rc<Net>,
        school: School,
        language: (Speech, Rc<dyn Language>),
        reporter: Option<Reporter>,
    ) -> Self {
        let failed: Rc<Failures> = Rc::default();
        let languages: Languages = Rc::new(RefCell::new(vec![language]));
        let (seen, speakers) = (failed.clone(), Rc::downgrade(&languages));
        sched.on_failure(Box::new(move |task| {
            if task.is_killed()
                || task
                    .failure()
                    .is_some_and(|error| error.class() == Class::SystemExit)
            {
                return;
            }
            seen.note(task);
            let Some(report) = &reporter else { return };
            if let Some(told) = Watcher::report(task) {
                told.iter().for_each(|told| report(told));
            } else if let Some(languages) = speakers.upgrade() {
                let speaker = languages
                    .borrow()
                    .iter()
                    .find(|(_, language)| language.knows(task))
                    .map(|(_, language)| language.clone());
                if let Some(language) = speaker {
                    report(&language.report(task));
                }
            }
        }));
        Self {
            sched,
            net,
            school,
            languages,
            failed,
        }
    }

    /// Runs a script to its end, and every task it started. `name` is what messages call it.
    ///
    /// # Errors
    /// What the script raised and did not catch; `SyntaxError`; `SystemExit` with a status when the script asked for the
    /// end; the error of a task that failed and that nobody joined.
    pub fn run(&mut self, name: &str, source: impl AsRef<[u8]>) -> Result<()> {
        self.run_chunk(&Chunk {
            name: &format!("={name}"),
            source: source.as_ref(),
            path: None,
        })
    }

    /// Runs a file to its end, and every task it started. Its neighbours can be loaded.
    ///
    /// # Errors
    /// As [`Runtime::run`]; `OSError` when the file cannot be read.
    pub fn run_file(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let source = std::fs::read(path).map_err(|error| Error::file(path, &error))?;
        let name = format!("@{}", path.display());
        self.run_chunk(&Chunk {
            name: &name,
            source: &source,
            path: Some(path),
        })
    }

    /// Runs a script that has been read.
    ///
    /// # Errors
    /// As [`Runtime::run`].
    pub(crate) fn run_chunk(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        let Some(language) = self.first_language() else {
            return Ok(());
        };
        self.failed.take();
        self.sched.revive();
        let main = language.start(chunk)?;
        self.drive(&*language, &main)
    }

    /// Runs what was started to its end, and every task it starts.
    fn drive(&self, language: &dyn Language, main: &Rc<Task>) -> Result<()> {
        let suite = language.environment().suite();
        suite.set_end(true);
        let closing = Closing::default();
        let outcome = self.sched.run_until(|| {
            // A script that asked for its end does not wait for its tasks; no script waits for daemons.
            if main.is_done() {
                let is_exit = main
                    .failure()
                    .is_some_and(|error| error.class() == Class::SystemExit);
                if is_exit || !closing.goes_on(suite) && self.sched.has_only_daemons() {
                    self.sched.kill_all(Class::SystemExit);
                }
            }
            false
        });
        suite.set_end(false);
        outcome?;
        if let Some(status) = self.sched.exit_status() {
            return Err(Error::exit(status));
        }
        if let Some(error) = language.failure(main) {
            return Err(error);
        }
        self.outcome()
    }

    /// How the tasks that have ended left things, if none was asked for: killed, or failed with nobody told.
    ///
    /// # Errors
    /// As [`Runtime::run`].
    pub(crate) fn outcome(&self) -> Result<()> {
        if let Some(error) = self.sched.limit_error() {
            return Err(error);
        }
        if let Some(class @ (Class::KeyboardInterrupt | Class::CancelledError)) = self.sched.killed_by() {
            return Err(Error::new(class, ""));
        }
        self.failed.take().map_or(Ok(()), Err)
    }

    /// A handle by which other threads, or signal handlers, end what runs. While one
    /// lives scripts look up now and then, which a tight loop notices.
    ///
    /// ```
    /// # use wirescript::Runtime;
    /// let runtime = Runtime::builder().build()?;
    /// let handle = runtime.handle();
    /// std::thread::spawn(move || handle.snapshot());
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn handle(&self) -> Handle {
        let (tally, traffic) = (self.sched.tally().clone(), self.net.traffic().clone());
        Handle::new(self.sched.handle(), tally, traffic)
    }

    /// What it is doing: tasks, waits, sockets, bytes.
    ///
    /// ```
    /// # use wirescript::Runtime;
    /// let runtime = Runtime::builder().build()?;
    /// assert_eq!(runtime.stats().tasks, 0);
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn stats(&self) -> Stats {
        Stats::of(self.sched.tally(), self.net.traffic())
    }

    /// The network its scripts use: to watch it, say.
    pub fn net(&self) -> &Rc<Net> {
        &self.net
    }

    /// Lets Ctrl-C end the scripts of this runtime: for a program's one runtime, on its main thread.
    ///
    /// # Errors
    /// The system refuses the handler.
    pub fn heed_interrupts(&self) -> Result<()> {
        use crate::sched::Stop;
        let stop: &'static std::sync::Arc<Stop> = Box::leak(Box::new(self.sched.stop_flag().clone()));
        crate::sys::signal::on_interrupt(stop.word(), Stop::INTERRUPT)?;
        crate::sys::signal::on_alarm()?;
        if let Some(language) = self.first_language() {
            language.heed_signals();
        }
        self.sched.ring_slices()
    }

    fn first_language(&self) -> Option<Rc<dyn Language>> {
        self.languages
            .borrow()
            .first()
            .map(|(_, language)| language.clone())
    }

    /// A language, which the runtime learns now if it does not speak it yet.
    ///
    /// # Errors
    /// As [`Builder::build`].
    #[cfg(feature = "cli")]
    pub(crate) fn speak(&self, speech: Speech) -> Result<Rc<dyn Language>> {
        let known = self
            .languages
            .borrow()
            .iter()
            .find(|(known, _)| *known == speech)
            .cloned();
        if let Some((_, language)) = known {
            return Ok(language);
        }
        let language = self.school.teach(speech)?;
        language.heed_signals();
        self.languages.borrow_mut().push((speech, language.clone()));
        Ok(language)
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        let leftover = self.sched.shut_down();
        // What the scheduler tells of failures holds these, and they hold their engine, which holds the scheduler.
        self.failed.take();
        self.net.forget_hooks();
        // The engine goes first: it may still look at the stacks of tasks that would not end.
        self.languages.borrow_mut().clear();
        for task in leftover {
            self.sched.abandon(&task);
        }
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("tasks", &self.sched.live_count())
            .finish_non_exhaustive()
    }
}
