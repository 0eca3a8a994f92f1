//! Ending: one task, all tasks, the program.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use crate::error::{Class, Error};

use super::scheduler::Scheduler;
use super::stop::{Reason, Stop};
use super::task::{Doom, Task};
use super::wait::Wake;

/// Times a dying task is entered before it is given up.
const LAST_RESUMES: usize = 1000;

/// How far the end has come.
#[derive(Debug, Default)]
pub(super) struct End {
    /// What signals and other threads have asked.
    pub(super) stop: Arc<Stop>,
    dying: Cell<bool>,
    /// Some task is being killed, or has been.
    pub(super) killing: Cell<bool>,
    /// What everything was last ended by.
    killed_by: Cell<Option<Class>>,
    /// The engines are being closed: nothing may wait any more.
    closed: Cell<bool>,
    /// The status the program was ended with.
    status: Cell<Option<i32>>,
    /// A script of the host's own that asked for its end, and of which the host has not been told.
    left: RefCell<Option<Rc<Task>>>,
    /// Where a person talks to the program: Ctrl-C ends one task, or nothing.
    conversation: RefCell<Option<Conversation>>,
}

/// A program that a person talks to.
#[derive(Debug, Default)]
struct Conversation {
    /// The task whose end the person waits for.
    foreground: Option<Rc<Task>>,
}

impl Scheduler {
    /// Fails the task's current or next wait once, with `CancelledError`.
    pub(crate) fn cancel(&self, task: &Rc<Task>) {
        if !task.is_done() && task.doom.get() == Doom::None {
            task.doom.set(Doom::Cancelled);
            task.cancelled.set(true);
            self.wake(task, Wake::Ready);
        }
    }

    /// A call that the running task was to end in by this error has something to return: the task meets it where it waits next.
    pub(crate) fn put_off(&self, error: Error) {
        if let Some(task) = self.current()
            && task.doom.get() == Doom::None
        {
            task.wake_with_error(error);
        }
    }

    /// The program ends without waiting for the task.
    pub(crate) fn make_daemon(&self, task: &Task) {
        if !task.is_done() && !task.daemon.replace(true) {
            self.daemons.set(self.daemons.get() + 1);
        }
    }

    /// Whether tasks live, but none that the program waits for.
    pub(crate) fn has_only_daemons(&self) -> bool {
        self.daemons.get() > 0 && self.daemons.get() == self.live_count()
    }

    /// Looks at the stop flag, and kills everything when it is set. Returns the class everything dies of.
    pub(crate) fn check_stop(&self) -> Option<Class> {
        self.check_deadline();
        let reason = self.end.stop.take()?;
        let class = match reason {
            Reason::Interrupt => {
                crate::sys::signal::acknowledge();
                Class::KeyboardInterrupt
            }
            Reason::Stop => Class::CancelledError,
        };
        if class == Class::KeyboardInterrupt && self.end.conversation.borrow().is_some() {
            if let Some(task) = self.foreground() {
                self.kill(&task, class);
            }
            return None;
        }
        self.kill_all(class);
        Some(class)
    }

    /// From here on Ctrl-C ends `foreground` alone, or nothing when there is none.
    #[cfg(feature = "cli")]
    pub(crate) fn converse(&self, foreground: Option<&Rc<Task>>) {
        *self.end.conversation.borrow_mut() = Some(Conversation {
            foreground: foreground.cloned(),
        });
    }

    /// The tasks that have not ended, in the order they were started.
    #[cfg(feature = "cli")]
    pub(crate) fn tasks(&self) -> Vec<Rc<Task>> {
        let mut tasks = self.live.borrow().clone();
        tasks.sort_by_key(|task| task.id);
        tasks
    }

    /// The task whose end a person waits for.
    pub(super) fn foreground(&self) -> Option<Rc<Task>> {
        let conversation = self.end.conversation.borrow();
        let foreground = conversation.as_ref()?.foreground.clone();
        foreground.filter(|task| !task.is_done())
    }

    /// Kills one task, and what it waits for because a limit or a group says so.
    pub(crate) fn kill(&self, task: &Rc<Task>, class: Class) {
        self.kill_one(task, class);
        let live: Vec<_> = self.live.borrow().clone();
        for other in live {
            if !other.is_killed() && other.is_charge_of(task) {
                self.kill(&other, class);
            }
        }
    }

    pub(super) fn kill_one(&self, task: &Rc<Task>, class: Class) {
        self.end.killing.set(true);
        if !task.is_killed() {
            task.doom.set(Doom::Killed(class));
            let alone = class == Class::CancelledError && !self.is_dying();
            let fate = self.fate().or_else(|| alone.then(|| task.cancellation()));
            task.set_fate(fate);
        }
        task.payload.kill();
        self.wake(task, Wake::Ready);
    }

    /// Whether everything is being ended.
    #[inline]
    pub(crate) fn is_dying(&self) -> bool {
        self.end.dying.get()
    }

    /// Whether some task is being killed, or has been.
    #[inline]
    #[cfg(feature = "lua")]
    pub(crate) fn is_killing(&self) -> bool {
        self.end.killing.get()
    }

    /// Whether nothing may wait any more: the engines are being closed.
    pub(super) fn is_closed(&self) -> bool {
        self.end.closed.get()
    }

    /// Ends the program with a status: every task is killed. Returns the error the caller ends by.
    #[cfg(feature = "lua")]
    pub(crate) fn exit(&self, status: i32) -> Error {
        self.end.status.set(Some(status));
        self.kill_all(Class::SystemExit);
        Error::exit(status)
    }

    /// The status the program was ended with.
    pub(crate) fn exit_status(&self) -> Option<i32> {
        self.end.status.get()
    }

    /// A task has ended. Where it is a script of the host's that asked for its end, the host's loop is to be told.
    pub(super) fn note_exit(&self, task: &Rc<Task>) {
        let asked = |error: Error| error.class() == Class::SystemExit;
        if task.is_job() && !task.is_killed() && task.failure().is_some_and(asked) {
            *self.end.left.borrow_mut() = Some(task.clone());
        }
    }

    /// How the last script of the host's ended that asked for its end, unless the host knows.
    pub(crate) fn take_exit(&self) -> Option<Error> {
        let left = self.end.left.take()?;
        if left.is_told() { None } else { left.failure() }
    }

    /// Makes every task end: each wait fails at once, each script raises at every instruction.
    pub(crate) fn kill_all(&self, class: Class) {
        self.end.dying.set(true);
        self.end.killing.set(true);
        self.end.killed_by.set(Some(class));
        let tasks: Vec<_> = self.live.borrow().clone();
        for task in tasks {
            self.kill_one(&task, class);
        }
        self.queue.level();
    }

    /// Kills and drives every task to its end, a bounded number of steps each. What does not end is returned: the
    /// caller closes the engine it runs in and then abandons it.
    pub(crate) fn shut_down(&self) -> Vec<Rc<Task>> {
        self.kill_all(Class::SystemExit);
        self.end.closed.set(true);
        let bound = LAST_RESUMES * self.live_count();
        for _ in 0..bound {
            let Some(task) = self.queue.next() else {
                break;
            };
            self.enter(&task);
        }
        drop(self.queue.take_all());
        // A task holds its engine, which holds this scheduler.
        self.end.left.take();
        std::mem::take(&mut *self.live.borrow_mut())
    }

    /// What the running task is to die of; outside of tasks, what everything dies of.
    pub(crate) fn death(&self) -> Option<Error> {
        if let Some(task) = self.current() {
            return task.death();
        }
        let class = self.killed_by().filter(|_| self.is_dying())?;
        Some(self.fate().unwrap_or_else(|| Error::new(class, "")))
    }

    /// Why something was not to be had: all is being ended, perhaps since just now, or else this error.
    #[cfg(feature = "lua")]
    pub(crate) fn death_or(&self, error: Error) -> Error {
        self.check_stop();
        self.death().unwrap_or(error)
    }

    /// What ends tasks beside its class: a limit, a script's own wish.
    fn fate(&self) -> Option<Error> {
        let exit = || self.exit_status().map(Error::exit);
        self.limit_error().or_else(exit)
    }

    /// What everything was ended by since the last [`Self::revive`].
    pub(crate) fn killed_by(&self) -> Option<Class> {
        self.end.killed_by.get()
    }

    /// Lets a runtime that was stopped run again. Its limits begin anew where nothing runs any more.
    pub(crate) fn revive(&self) {
        self.end.killed_by.set(None);
        self.end.status.set(None);
        self.end.dying.set(false);
        if self.live_count() == 0 {
            self.begin_run();
        }
    }

    /// Gives up the stack of a task that did not end. Its engine must be closed.
    pub(crate) fn abandon(&self, task: &Rc<Task>) {
        if let Some(fiber) = task.fiber() {
            fiber.retire(&self.stacks);
        }
    }
}
