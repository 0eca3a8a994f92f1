//! One worker, from both sides: [`Worker`] is what the thread that started it holds, [`Post`] is by what the worker's own
//! thread tells of itself.
//!
//! In the starting runtime a task stands for the worker: it passes on what the worker tells, waits for its end, and ends as
//! it does. When that task is cancelled or killed it ends the worker first.

use std::any::Any;
use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::error::{Class, Error, Result};
use crate::net::Net;
use crate::sched::{Member, Payload, Scheduler, StopHandle, Summons, Task, deadline_after};
use crate::sys::fork::AtWork;
use crate::sys::process;

use super::parcel::{Delivery, Parcel};
use super::question::Question;

/// How often a worker that is to end is asked again: one signal may fall between two tasks.
const AGAIN: Duration = Duration::from_millis(10);
/// How long a worker that is to end is waited for. One that a foreign call holds longer goes on without us.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a worker tells before its end.
#[derive(Debug)]
pub(crate) enum Notice {
    /// One of its tasks failed and nobody joined it: the report.
    Failure(String),
    /// The line of a warning.
    Warning(String),
    /// A judgement of its policy, where somebody is told of them.
    Judgement(String),
    /// What a script of it asks for, where the host listens; it waits for the answer.
    Asked(Question),
}

/// How a worker failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// Position, message, traceback; none where a notice has told it.
    pub(crate) report: Option<String>,
}

/// How a worker ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    Returned(Parcel),
    Failed(Box<Failure>),
}

#[derive(Default)]
struct State {
    notices: Vec<Notice>,
    outcome: Option<Outcome>,
    ended: bool,
    /// Told of notices and of the end.
    summons: Option<Arc<Summons>>,
    stop: Option<StopHandle>,
    /// It was asked to end.
    stopping: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self) {
        let mut state = self.lock();
        state.stopping = true;
        if let Some(stop) = &state.stop {
            stop.stop();
        }
    }

    fn has_ended(&self) -> bool {
        self.lock().ended
    }

    /// Has the summons called at the next notice or at the end, at once if there is one already.
    fn announce_to(&self, summons: &Arc<Summons>) {
        let mut state = self.lock();
        state.summons = Some(summons.clone());
        if state.ended || !state.notices.is_empty() {
            summons.call();
        }
    }
}

/// The worker's own side.
pub(crate) struct Post(Arc<Shared>);

impl Post {
    /// Lets the other side end the worker from here on.
    pub(crate) fn obey(&self, stop: StopHandle) {
        let mut state = self.0.lock();
        if state.stopping {
            stop.stop();
        }
        state.stop = Some(stop);
    }

    /// Its runtime is about to go: nobody stops it any more.
    pub(crate) fn disobey(&self) {
        self.0.lock().stop = None;
    }

    /// Tells the other side.
    pub(crate) fn tell(&self, notice: Notice) {
        let mut state = self.0.lock();
        state.notices.push(notice);
        if let Some(summons) = &state.summons {
            summons.call();
        }
    }

    fn end(&self, outcome: Outcome) {
        let mut state = self.0.lock();
        state.stop = None;
        state.outcome = Some(outcome);
        state.ended = true;
        if let Some(summons) = &state.summons {
            summons.call();
        }
        self.0.changed.notify_all();
    }
}

/// The task that stands for a worker.
pub(crate) struct Watcher {
    shared: Arc<Shared>,
    /// How it failed, when it has.
    report: OnceCell<Option<String>>,
}

impl Watcher {
    /// What to tell of the failure of a task, if it stands for a worker: none within where all has been told.
    pub(crate) fn report(task: &Task) -> Option<Option<String>> {
        let watcher = task.payload().as_any().downcast_ref::<Self>()?;
        let report = watcher.report.get().cloned();
        Some(report.unwrap_or_else(|| task.failure().map(|error| error.to_string())))
    }
}

impl Payload for Watcher {
    fn kill(&self) {
        self.shared.stop();
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A worker, as the thread that started it has it.
pub(crate) struct Worker {
    name: String,
    net: Rc<Net>,
    shared: Arc<Shared>,
    task: Rc<Task>,
    results: OnceCell<Delivery>,
}

impl Worker {
    /// Starts a thread that runs `work`, and a task that stands for it and hands its notices to `hear`.
    ///
    /// # Errors
    /// `RuntimeError` when the system gives no thread, `MemoryError` when there is no stack for the task.
    pub(crate) fn start(
        net: &Rc<Net>,
        name: String,
        hear: Rc<dyn Fn(Notice)>,
        work: impl FnOnce(&Rc<Post>, Option<&Arc<Member>>) -> Outcome + Send + 'static,
    ) -> Result<Rc<Self>> {
        let shared = Arc::new(Shared::default());
        let there = shared.clone();
        let at_work = AtWork::begin();
        // Given out here, so that who comes in which order does not depend on the threads.
        let member = net.sched().invite();
        let thread = std::thread::Builder::new()
            .name(name.clone())
            .spawn(move || {
                let _at_work = at_work;
                if let Some(member) = &member {
                    member.begin();
                }
                let post = Rc::new(Post(there));
                let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    process::with_room(|| work(&post, member.as_ref()))
                }));
                post.end(caught.unwrap_or_else(|panic| {
                    Outcome::Failed(Box::new(Failure {
                        error: Error::bug(&*panic),
                        report: None,
                    }))
                }));
                // Others run when the end has been told, and not before.
                if let Some(member) = member {
                    member.leave();
                }
            })
            .map_err(|error| Error::runtime(format!("can't start new thread: {error}")))?;
        let watcher = Watcher {
            shared: shared.clone(),
            report: OnceCell::new(),
        };
        let watch = Watch {
            name: name.clone(),
            sched: net.sched().clone(),
            shared: shared.clone(),
            hear,
        };
        let body = Box::new(move |task: &Rc<Task>| watch.see_through(task, thread));
        let task = net.sched().spawn(name.clone(), Box::new(watcher), body);
        let task = task.inspect_err(|_| shared.stop())?;
        Ok(Rc::new(Self {
            name,
            net: net.clone(),
            shared,
            task,
            results: OnceCell::new(),
        }))
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it has ended.
    pub(crate) fn is_done(&self) -> bool {
        self.task.is_done()
    }

    /// Waits for its end; false when the deadline passes first.
    ///
    /// # Errors
    /// What ended it; what ends the wait.
    pub(crate) fn join(&self, deadline: Option<Instant>) -> Result<bool> {
        if !self.net.sched().join(&self.task, deadline)? {
            return Ok(false);
        }
        match self.task.failure() {
            Some(error) if error.class() != Class::SystemExit => Err(error),
            _ => Ok(true),
        }
    }

    /// Ends it, whatever it does, and waits until it has ended. Its end is no failure then that somebody must be told of.
    ///
    /// # Errors
    /// What ends the wait.
    pub(crate) fn stop(&self) -> Result<()> {
        self.task.observe();
        self.shared.stop();
        while !self.net.sched().join(&self.task, deadline_after(AGAIN))? {
            self.shared.stop();
        }
        Ok(())
    }

    /// What it returned.
    pub(crate) fn results(&self) -> Option<&Delivery> {
        if self.results.get().is_none()
            && let Some(Outcome::Returned(parcel)) = self.shared.lock().outcome.take()
        {
            let delivery = parcel.open(&self.net);
            return Some(self.results.get_or_init(|| delivery));
        }
        self.results.get()
    }
}

/// What the watching task needs.
struct Watch {
    name: String,
    sched: Rc<Scheduler>,
    shared: Arc<Shared>,
    hear: Rc<dyn Fn(Notice)>,
}

impl Watch {
    /// Waits for the worker's end, and ends as it did.
    fn see_through(&self, task: &Rc<Task>, thread: JoinHandle<()>) -> Result<()> {
        let mut interrupted = None;
        loop {
            self.pass_on();
            if self.shared.has_ended() {
                break;
            }
            if let Err(error) = self
                .sched
                .wait_for_thread(None, |summons| self.shared.announce_to(summons))
            {
                interrupted = Some(error);
                break;
            }
        }
        if let Some(error) = interrupted {
            if self.end() {
                let _ = thread.join();
            }
            self.pass_on();
            return Err(error);
        }
        // It is about to end: there is nothing left that it waits for.
        let _ = thread.join();
        self.pass_on();
        let mut state = self.shared.lock();
        match state.outcome.take() {
            Some(Outcome::Failed(failure)) => {
                let stopped = state.stopping && failure.error.class() == Class::CancelledError;
                if let Some(watcher) = task.payload().as_any().downcast_ref::<Watcher>() {
                    let _ = watcher.report.set(failure.report);
                }
                Err(if stopped {
                    Error::new(Class::CancelledError, format!("{} was stopped", self.name))
                } else {
                    failure.error
                })
            }
            outcome => {
                state.outcome = outcome;
                Ok(())
            }
        }
    }

    /// Ends the worker; false when it will not.
    fn end(&self) -> bool {
        let last = crate::sched::now() + PATIENCE;
        while !self.shared.has_ended() {
            let now = crate::sched::now();
            if now >= last {
                return false;
            }
            self.shared.stop();
            self.pass_on();
            if !self
                .sched
                .outwait_thread(now + AGAIN, |summons| self.shared.announce_to(summons))
            {
                // The runtime is being dropped: nobody else needs this thread.
                let state = self.shared.lock();
                if !state.ended {
                    drop(self.shared.changed.wait_timeout(state, AGAIN));
                }
            }
        }
        true
    }

    fn pass_on(&self) {
        let notices = std::mem::take(&mut self.shared.lock().notices);
        for notice in notices {
            (self.hear)(notice);
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = if self.is_done() { " done" } else { "" };
        write!(f, "<Worker '{}'{done}>", self.name)
    }
}
