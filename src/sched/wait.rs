//! Waiting: for a descriptor, a time, a job, the end of a task.
//!
//! Each wait suspends the calling fiber and lets the others run. Where no fiber can be left (a host without a runtime,
//! a host's callback on the fiber) the thread blocks in poll(2) instead, and so it does when the caller is the only
//! task, since then nobody else could use the thread.

use std::cell::OnceCell;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::sys::errno::Errno;
use crate::sys::poll;

use super::clock::now;
use super::payload::Standing;
use super::reactor::Reactor;
use super::scheduler::Scheduler;
use super::scope::Limit;
use super::source::{Interest, Source};
use super::task::Task;
use super::timers::TimerId;

/// Why a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wake {
    /// What was waited for may have come: try again.
    Ready,
    /// The deadline has passed.
    TimedOut,
}

/// A wait that has begun: what its end needs.
#[derive(Debug)]
pub(super) struct Pause {
    timer: Option<TimerId>,
    limit: Option<Rc<Limit>>,
}

/// One descriptor among several that are waited for.
#[derive(Debug)]
pub(crate) struct Watch<'a> {
    /// Its place in the reactor, from the first wait on.
    pub(crate) source: &'a OnceCell<Rc<Source>>,
    pub(crate) fd: RawFd,
    pub(crate) interest: Interest,
    /// What exactly, in the bits of poll(2).
    pub(crate) events: i16,
}

impl<'a> Watch<'a> {
    /// Anything that lets the next call in this direction succeed or fail.
    pub(crate) const fn new(source: &'a OnceCell<Rc<Source>>, fd: RawFd, interest: Interest) -> Self {
        let events = match interest {
            Interest::Read => poll::event::READABLE,
            Interest::Write => poll::event::WRITABLE,
        };
        Self {
            source,
            fd,
            interest,
            events,
        }
    }

    pub(super) const fn entry(&self) -> poll::PollEntry {
        poll::PollEntry {
            fd: self.fd,
            events: self.events,
            revents: 0,
        }
    }
}

/// What a host that has to come back waits.
pub(super) const LULL: Duration = Duration::from_millis(1);

impl Scheduler {
    /// Waits until `fd` may be ready. `again` tells that this call has waited for it before and keeps its place.
    ///
    /// # Errors
    /// `EBADF` when the descriptor is closed meanwhile; cancellation; whatever ends the task.
    pub(crate) fn wait_fd(
        &self,
        source: &OnceCell<Rc<Source>>,
        fd: RawFd,
        interest: Interest,
        deadline: Option<Instant>,
        again: bool,
    ) -> Result<Wake> {
        let Some(task) = self.suspendable()? else {
            return self.block_on_fd(fd, interest, deadline);
        };
        if self.is_alone() {
            return self.block_on_fd(fd, interest, deadline);
        }
        let reactor = self.reactor()?;
        let Some(source) = reactor.watched(source, fd)? else {
            return Ok(Wake::Ready);
        };
        let pause = self.begin_on_fd(reactor, &task, source, interest, deadline, again)?;
        self.leave(&task);
        self.end_on_fd(reactor, &task, source, interest, pause)
    }

    /// The first half of a wait for a descriptor.
    #[inline(always)]
    pub(super) fn begin_on_fd(
        &self,
        reactor: &Reactor,
        task: &Rc<Task>,
        source: &Source,
        interest: Interest,
        deadline: Option<Instant>,
        again: bool,
    ) -> Result<Pause> {
        let pause = self.begin_pause(task, deadline)?;
        {
            let mut queue = source.queue(interest).borrow_mut();
            if again {
                queue.push_front(task.clone());
            } else {
                queue.push_back(task.clone());
            }
        }
        let waiters = &reactor.waiters;
        waiters.set(waiters.get() + usize::from(!source.is_simulated()));
        Ok(pause)
    }

    /// The second half of a wait for a descriptor.
    #[inline(always)]
    pub(super) fn end_on_fd(
        &self,
        reactor: &Reactor,
        task: &Rc<Task>,
        source: &Source,
        interest: Interest,
        pause: Pause,
    ) -> Result<Wake> {
        let waiters = &reactor.waiters;
        waiters.set(waiters.get() - usize::from(!source.is_simulated()));
        let wake = self.end_pause(task, pause);
        source.strike(interest, task);
        let wake = wake.inspect_err(|_| self.pass_on(source, interest))?;
        if source.is_closed() {
            return Err(Errno::BADF.into());
        }
        if wake == Wake::TimedOut {
            self.pass_on(source, interest);
        }
        Ok(wake)
    }

    /// Waits until any of several descriptors may be ready. Who calls has tried all of them since it last ran, and tries all
    /// of them after: which one it was is not told.
    ///
    /// # Errors
    /// As [`Self::wait_fd`], but a closed descriptor is only a reason to wake.
    pub(crate) fn wait_any(&self, watches: &[Watch<'_>], deadline: Option<Instant>) -> Result<Wake> {
        let Some(task) = self.suspendable()? else {
            return self.block_on_any(watches, deadline);
        };
        let is_endless = watches.is_empty() && deadline.is_none();
        if self.is_alone() && !is_endless {
            return self.block_on_any(watches, deadline);
        }
        let mut sources = Vec::with_capacity(watches.len());
        for watch in watches {
            let source = match watch.source.get() {
                Some(source) => match self.reactor()?.keep(source) {
                    Ok(()) => source.clone(),
                    Err(Errno::BADF) => return Ok(Wake::Ready),
                    Err(errno) => return Err(errno.into()),
                },
                None => match self.reactor()?.source(watch.fd) {
                    Ok(new) => watch.source.get_or_init(|| new).clone(),
                    // It is always ready for what it can be ready for at all.
                    Err(Errno::PERM) => continue,
                    Err(Errno::BADF) => return Ok(Wake::Ready),
                    Err(errno) => return Err(errno.into()),
                },
            };
            sources.push((source, watch.interest));
        }
        let waiters = &self.reactor()?.waiters;
        for (source, interest) in &sources {
            source.queue(*interest).borrow_mut().push_back(task.clone());
        }
        let counts = usize::from(sources.iter().any(|(source, _)| !source.is_simulated()));
        waiters.set(waiters.get() + counts);
        task.looks.set(true);
        let wake = self.suspend(&task, deadline);
        task.looks.set(false);
        waiters.set(waiters.get() - counts);
        for (source, interest) in &sources {
            source.strike(*interest, &task);
            // What it does not take may be for the next.
            self.pass_on(source, *interest);
        }
        wake
    }

    /// The caller is done with what it waited for on `source`: the next in the queue may try.
    #[inline(always)]
    pub(crate) fn pass_on(&self, source: &Source, interest: Interest) {
        let next = source.queue(interest).borrow().first().cloned();
        if let Some(next) = next {
            self.wake(&next, Wake::Ready);
        }
    }

    /// Sleeps until `deadline`; `None` sleeps until the task is cancelled.
    pub(crate) fn sleep_until(&self, deadline: Option<Instant>) -> Result<()> {
        let Some(task) = self.suspendable()? else {
            return self.block_until(deadline);
        };
        if self.is_alone() {
            return self.block_until(deadline);
        }
        let is_over = || deadline.is_some_and(|deadline| deadline <= now());
        loop {
            task.patient.set(is_over());
            let wake = self.suspend(&task, deadline);
            task.patient.set(false);
            match wake? {
                Wake::TimedOut => return Ok(()),
                Wake::Ready if is_over() => return Ok(()),
                Wake::Ready => {}
            }
        }
    }

    /// Waits for the end of `task`; false when the deadline passes first.
    pub(crate) fn join(&self, task: &Rc<Task>, deadline: Option<Instant>) -> Result<bool> {
        while !task.is_done() {
            let Some(current) = self.suspendable()? else {
                return Err(Error::runtime("join: only a task can wait for another here"));
            };
            if Rc::ptr_eq(&current, task) {
                return Err(Error::runtime("join: a task cannot wait for itself"));
            }
            task.joiners.borrow_mut().push(current.clone());
            let wake = self.suspend(&current, deadline);
            task.joiners
                .borrow_mut()
                .retain(|other| !Rc::ptr_eq(other, &current));
            if wake? == Wake::TimedOut && !task.is_done() {
                return Ok(false);
            }
        }
        task.observe();
        Ok(true)
    }

    /// Runs `work` on a helper thread and waits for its result; `None` when the deadline passes first (the work goes
    /// on unheeded). Off a fiber it runs where it is called.
    pub(crate) fn off_thread<T: Send + 'static>(
        &self,
        deadline: Option<Instant>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Option<T>> {
        let Some(task) = self.suspendable()? else {
            return Ok(Some(work()));
        };
        let result = Arc::new(Mutex::new(None));
        let slot = result.clone();
        let taken = || result.lock().unwrap_or_else(PoisonError::into_inner).take();
        let summons = self.summon(&task)?;
        let call = summons.clone();
        self.errands.set(self.errands.get() + 1);
        self.jobs().submit(move || {
            let value = work();
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
            call.call();
        });
        let outcome = loop {
            if let Some(value) = taken() {
                break Ok(Some(value));
            }
            match self.suspend(&task, deadline) {
                Ok(Wake::Ready) => {}
                Ok(Wake::TimedOut) => break Ok(taken()),
                Err(error) => break Err(error),
            }
        };
        self.errands.set(self.errands.get() - 1);
        self.dismiss(&summons);
        outcome
    }

    /// Lets the other tasks that can run do so.
    pub(crate) fn yield_now(&self) -> Result<()> {
        if let Some(task) = self.suspendable()?
            && !self.is_alone()
        {
            self.step_aside(&task);
            if let Some(error) = task.doomed() {
                return Err(error);
            }
        }
        Ok(())
    }

    /// As [`Self::yield_now`], for a calculation: what its task's next wait is to fail with is left for that wait. False
    /// where the fiber cannot be left.
    pub(super) fn preempt(&self) -> bool {
        let Some(task) = self.current().filter(|task| !task.is_killed()) else {
            return false;
        };
        let may_leave = matches!(task.standing(), Ok(Standing::Suspend));
        if may_leave {
            self.step_aside(&task);
        }
        may_leave
    }

    /// To the end of the queue.
    fn step_aside(&self, task: &Rc<Task>) {
        if let Some(member) = self.member() {
            member.simulation().step();
        }
        task.waiting.set(true);
        self.wake(task, Wake::Ready);
        self.leave(task);
    }

    /// Called before each operation: now and then lets the others run.
    #[inline]
    pub(crate) fn tick(&self) -> Result<()> {
        if self.is_alone() || !self.spend() {
            Ok(())
        } else {
            self.yield_now()
        }
    }

    /// The current task, if its fiber can be left here; fails where the task may not wait at all.
    pub(super) fn suspendable(&self) -> Result<Option<Rc<Task>>> {
        self.check_stop();
        let Some(task) = self.current() else {
            if self.is_closed() {
                return Err(Error::runtime("nothing can wait any more: the program is ending"));
            }
            return Ok(None);
        };
        // First, whatever comes of it: the language notes where the task stands, to find that when the fiber is entered again.
        let standing = task.standing();
        if let Some(error) = task.doomed() {
            return Err(error);
        }
        Ok(match standing? {
            Standing::Suspend => Some(task),
            Standing::Block => None,
        })
    }

    pub(super) fn suspend(&self, task: &Rc<Task>, deadline: Option<Instant>) -> Result<Wake> {
        let pause = self.begin_pause(task, deadline)?;
        self.leave(task);
        self.end_pause(task, pause)
    }

    #[inline(always)]
    fn begin_pause(&self, task: &Rc<Task>, deadline: Option<Instant>) -> Result<Pause> {
        let limit = task.limit();
        let until = match &limit {
            None => deadline,
            Some(limit) if limit.is_over() => return Err(limit.error()),
            Some(limit) => Some(deadline.map_or(limit.deadline(), |own| own.min(limit.deadline()))),
        };
        let timer = self.begin_rest(task, until);
        Ok(Pause { timer, limit })
    }

    #[inline(always)]
    fn end_pause(&self, task: &Rc<Task>, pause: Pause) -> Result<Wake> {
        let wake = self.end_rest(task, pause.timer);
        match (task.doomed(), pause.limit) {
            (Some(error), _) => Err(error),
            (None, Some(limit)) if wake == Wake::TimedOut && limit.is_over() => Err(limit.error()),
            (None, _) => Ok(wake),
        }
    }

    /// Leaves the task's fiber until it is woken or `until` has passed, whatever may be asked of the task meanwhile. `None` where
    /// the fiber cannot be left.
    pub(super) fn rest(&self, task: &Rc<Task>, until: Option<Instant>) -> Option<Wake> {
        if !matches!(task.standing(), Ok(Standing::Suspend)) {
            return None;
        }
        let timer = self.begin_rest(task, until);
        self.leave(task);
        Some(self.end_rest(task, timer))
    }

    #[inline(always)]
    fn begin_rest(&self, task: &Rc<Task>, until: Option<Instant>) -> Option<TimerId> {
        self.slice.ring();
        task.waiting.set(true);
        self.tally.waits(1);
        until.map(|deadline| self.add_timer(deadline, task.clone()))
    }

    #[inline(always)]
    fn end_rest(&self, task: &Rc<Task>, timer: Option<TimerId>) -> Wake {
        self.tally.waits(-1);
        if let Some(timer) = timer {
            self.remove_timer(timer);
        }
        task.wake.get()
    }

    /// Fails when everything is to end: for waits that block the thread.
    pub(crate) fn check_doom(&self) -> Result<()> {
        if let Some(reason) = self.check_stop()
            && self.current().is_none()
        {
            return Err(Error::new(reason, ""));
        }
        match self.current().and_then(|task| task.doomed()) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Fails when the running task is to end, for work that takes long and waits for nothing. A cancellation is left to its next
    /// wait, as that of any calculation.
    pub(crate) fn check_end(&self) -> Result<()> {
        self.check_stop();
        if let Some(error) = self.death() {
            return Err(error);
        }
        let limit = self.current().and_then(|task| task.limit());
        match limit.filter(|limit| limit.is_over()) {
            Some(limit) => Err(limit.error()),
            None => Ok(()),
        }
    }
}
