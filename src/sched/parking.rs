//! Parking: a task that waits leaves not only the thread to others but its stack, too.
//!
//! A task whose language can keep what it needs elsewhere than on the stack (a Lua thread that yields) begins its wait, returns
//! from its fiber, and is entered again on whatever stack came back last. Ten thousand tasks that wait for bytes so share a
//! few stacks, which lie in the processor's caches; a stack for each costs memory, and a third of the time of a small request.
//! Tasks that cannot leave their stack suspend on it as ever (`wait`); one task may do now this and now that.

use std::cell::OnceCell;
use std::os::fd::RawFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::sys::errno::Errno;
use crate::sys::fiber::Fiber;
use crate::sys::poll;
use crate::sys::prefetch;

use super::scheduler::Scheduler;
use super::source::{Interest, Source};
use super::task::Task;
use super::wait::{LULL, Pause, Wake};

/// Fibers without a task that are kept for those who go on.
const MOST_IDLE: usize = 64;

/// A parked task's wait for a descriptor.
#[derive(Debug)]
pub(crate) struct Parking {
    source: Rc<Source>,
    interest: Interest,
    pause: Pause,
}

impl Scheduler {
    /// Begins to wait until `fd` may be ready, for a task that will leave its stack: its body has to return at once then
    /// ([`Task::park`]), and whoever goes on with it has to call [`Self::end_parking`] before all else. None where the wait
    /// can only be done by [`Self::wait_fd`].
    ///
    /// # Errors
    /// As those of [`Self::wait_fd`].
    #[cfg_attr(
        not(feature = "lua"),
        allow(dead_code, reason = "only Lua can leave its stack")
    )]
    pub(crate) fn park(
        &self,
        source: &OnceCell<Rc<Source>>,
        fd: RawFd,
        interest: Interest,
        deadline: Option<Instant>,
    ) -> Result<Option<Parking>> {
        let Some(task) = self.current().filter(|_| !self.is_alone()) else {
            return Ok(None);
        };
        if let Some(error) = task.doomed() {
            return Err(error);
        }
        let reactor = self.reactor()?;
        let Some(source) = reactor.watched(source, fd)?.cloned() else {
            return Ok(None);
        };
        let pause = self.begin_on_fd(reactor, &task, &source, interest, deadline, false)?;
        Ok(Some(Parking {
            source,
            interest,
            pause,
        }))
    }

    /// Whether so many tasks live that what a parked one will need is worth asking for ahead ([`Payload::fetch_deep`]).
    ///
    /// [`Payload::fetch_deep`]: super::Payload::fetch_deep
    #[cfg_attr(
        not(feature = "lua"),
        allow(dead_code, reason = "only Lua can leave its stack")
    )]
    #[inline]
    pub(crate) fn is_crowded(&self) -> bool {
        self.queue.is_crowded()
    }

    /// The end of a parked task's wait, in the task itself: why it ended.
    ///
    /// # Errors
    /// As those of [`Self::wait_fd`].
    #[cfg_attr(
        not(feature = "lua"),
        allow(dead_code, reason = "only Lua can leave its stack")
    )]
    pub(crate) fn end_parking(&self, parking: Parking) -> Result<Wake> {
        match self.current() {
            Some(task) => {
                let Parking {
                    source,
                    interest,
                    pause,
                } = parking;
                self.end_on_fd(self.reactor()?, &task, &source, interest, pause)
            }
            None => Err(Error::runtime("a wait was ended that no task is in")),
        }
    }

    /// As [`Self::end_parking`], where what was waited for has come already: what the wait was to fail with is left for the task's
    /// next one.
    ///
    /// # Errors
    /// What the task is being killed by.
    #[cfg_attr(
        not(feature = "lua"),
        allow(dead_code, reason = "only Lua can leave its stack")
    )]
    pub(crate) fn conclude(&self, parking: Parking) -> Result<()> {
        match self.end_parking(parking) {
            Err(_) if let Some(death) = self.death() => Err(death),
            Err(error) if error.errno() != Some(Errno::BADF.0) => {
                self.put_off(error);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A fiber for a parked task to go on, the one that came back last; none where there is no stack now, and it has to be
    /// tried again.
    #[inline]
    pub(super) fn unpark(&self, task: &Rc<Task>) -> Option<Rc<Fiber>> {
        let idle = self.idle.borrow_mut().pop();
        let fiber = match idle {
            Some(fiber) => {
                fiber.repeat();
                fiber
            }
            None => self.hire(task)?,
        };
        task.set_fiber(Some(fiber.clone()));
        Some(fiber)
    }

    /// A new fiber that goes on with whoever is current, again and again.
    #[cold]
    fn hire(&self, task: &Rc<Task>) -> Option<Rc<Fiber>> {
        let me = self.me.clone();
        let go_on = move || {
            let current = me.upgrade().and_then(|sched| sched.current());
            if let Some(task) = current {
                task.parked.set(false);
                step(&task, |task| task.payload.go_on(task));
            }
        };
        let hired = Fiber::repeating(&self.stacks, go_on).ok();
        if hired.is_none() {
            // Others may give theirs back, if they are let.
            let _ = poll::sleep(LULL);
            self.queue.push_aside(task.clone());
        }
        hired
    }

    /// Takes from a task that has ended or parked what it ran on.
    #[inline]
    pub(super) fn dismiss_fiber(&self, task: &Task, fiber: &Rc<Fiber>) {
        task.set_fiber(None);
        let mut idle = self.idle.borrow_mut();
        if fiber.is_repeating() && idle.len() < MOST_IDLE {
            idle.push(fiber.clone());
        } else {
            drop(idle);
            fiber.retire(&self.stacks);
        }
    }
}

impl Parking {
    /// Asks for the memory that the end of the wait will use.
    #[cfg_attr(
        not(feature = "lua"),
        allow(dead_code, reason = "only Lua can leave its stack")
    )]
    #[inline]
    pub(crate) fn fetch(&self) {
        prefetch::fetch_shared(&self.source, Source::HOT);
    }
}

/// A task's way on its fiber, until it ends or parks.
pub(super) fn step(task: &Rc<Task>, body: impl FnOnce(&Rc<Task>) -> Result<()>) {
    let end = catch_unwind(AssertUnwindSafe(|| body(task))).unwrap_or_else(|panic| Err(Error::bug(&*panic)));
    if end.is_err() || !task.parked.get() {
        task.parked.set(false);
        task.set_end(end);
    }
}
