//! A scheduler in a simulation: what it does when it looks around, and how a call waits there that cannot leave its fiber.

use std::os::fd::RawFd;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::sys::errno::Errno;
use crate::sys::poll;

use super::clock::{self, Moment};
use super::scheduler::Scheduler;
use super::simulation::{Member, Turn};
use super::source::{Interest, Source};
use super::wait::Wake;

/// A calculation that takes longer than this takes its time in the simulation too, so that what limits it can end it.
pub(super) const SLOW: Duration = Duration::from_secs(1);

/// Puts the thread's clock back when tasks run no longer.
pub(super) struct Clocked(Option<Moment>);

impl Drop for Clocked {
    fn drop(&mut self) {
        clock::set(self.0);
    }
}

impl Scheduler {
    /// Takes part in a simulation from here on.
    pub(crate) fn simulate(&self, member: Arc<Member>) {
        member.attend(self.remote.board(), self.stop_flag().clone());
        // The first place stays.
        let _ = self.member.set(member);
        self.recount();
    }

    /// Its place in a simulation, if it takes part in one.
    #[inline]
    pub(crate) fn member(&self) -> Option<&Arc<Member>> {
        self.member.get()
    }

    /// How long its simulation has run.
    pub(crate) fn simulated(&self) -> Option<Duration> {
        let member = self.member()?;
        Some(member.simulation().moment().elapsed)
    }

    /// A place in the same simulation for a thread that is about to be started.
    pub(crate) fn invite(&self) -> Option<Arc<Member>> {
        let member = self.member()?;
        Some(Arc::new(member.simulation().enter()))
    }

    /// The thread goes by the simulation's clock while this lives.
    pub(super) fn go_by_clock(&self) -> Option<Clocked> {
        let member = self.member()?;
        Some(Clocked(clock::set(Some(member.simulation().moment()))))
    }

    /// The place where tasks wait for a descriptor of the simulation, which the kernel knows nothing of.
    ///
    /// # Errors
    /// The system has no descriptors left.
    pub(crate) fn simulated_source(&self, fd: RawFd) -> Result<Rc<Source>> {
        Ok(self.reactor()?.simulated(fd))
    }

    /// Whether the kernel knows nothing of this descriptor's readiness.
    pub(super) fn is_simulated(&self, fd: RawFd) -> bool {
        let source = self.reactor.get().and_then(|reactor| reactor.known(fd));
        source.is_some_and(|source| source.is_simulated())
    }

    /// Whether a task waits for something that is not part of the simulation.
    fn waits_outside(&self) -> bool {
        let waiters = self.reactor.get().map_or(0, |reactor| reactor.waiters.get());
        waiters > 0 || self.errands.get() > 0
    }

    /// [`Scheduler::look`] in a simulation.
    pub(super) fn look_simulated(&self, member: &Member, may_wait: bool) -> Result<()> {
        self.look_outside(Some(Duration::ZERO))?;
        self.take_news(member);
        if may_wait && self.is_idle() && self.stop_flag().asked().is_none() {
            let soonest = self.timers.borrow().soonest();
            match member.rest(soonest, self.waits_outside()) {
                Turn::Go | Turn::Ending => {}
                Turn::Stuck => self.break_deadlock(),
                Turn::Outside(limit) => {
                    let most = self
                        .deadline()
                        .map(|end| end.saturating_duration_since(Instant::now()));
                    let limit = most.map_or(limit, |most| limit.min(most));
                    let begun = Instant::now();
                    self.look_outside((limit != Duration::MAX).then_some(limit))?;
                    member.pass_time(begun.elapsed().min(limit));
                }
            }
            self.take_news(member);
        }
        self.check_stop();
        Ok(())
    }

    /// In a host's own loop: goes on in the simulation while every task waits; false when there is nothing to go on to.
    pub(super) fn turn_simulated(&self) -> Result<bool> {
        let Some(member) = self.member() else {
            return Ok(false);
        };
        if self.waits_outside() {
            // The host waits for it, and comes back now and then.
            member.pass_time(super::wait::LULL);
            self.take_news(member);
        } else {
            self.look_simulated(member, true)?;
        }
        Ok(!self.is_idle())
    }

    fn look_outside(&self, limit: Option<Duration>) -> Result<()> {
        if !(self.waits_outside() || self.has_handle() || self.visit.is_hosted()) {
            return Ok(());
        }
        self.take_events(limit, true)?;
        Ok(())
    }

    /// Wakes whom something has happened to that the simulation, another thread or the clock tells.
    fn take_news(&self, member: &Member) {
        if let Some(reactor) = self.reactor.get() {
            for notice in member.notices() {
                reactor.tell(notice, |task, wake| self.call(task, wake));
            }
        }
        for task in self.remote.called() {
            self.call(&task, Wake::Ready);
        }
        let now = clock::now();
        while let Some(task) = { self.timers.borrow_mut().pop_due(now) } {
            self.call(&task, Wake::TimedOut);
        }
    }

    /// Waits without leaving the fiber; `outside` is a descriptor of the kernel's that is waited for.
    pub(super) fn block_simulated(
        &self,
        member: &Member,
        outside: Option<(RawFd, Interest)>,
        deadline: Option<Instant>,
    ) -> Result<Wake> {
        let is_ready = |limit: Option<Duration>| match outside {
            None => Ok(false),
            Some((fd, interest)) => {
                let (reading, writing) = (interest == Interest::Read, interest == Interest::Write);
                match poll::poll_one(fd, reading, writing, limit) {
                    Ok(ready) => Ok(!ready.timed_out),
                    Err(Errno::INTR) => Ok(false),
                    Err(errno) => Err(Error::from(errno)),
                }
            }
        };
        let mut turn = None;
        loop {
            self.check_doom()?;
            if is_ready(Some(Duration::ZERO))?
                || turn == Some(Turn::Go) && deadline.is_none_or(|end| clock::now() < end)
            {
                self.take_news(member);
                return Ok(Wake::Ready);
            }
            if deadline.is_some_and(|deadline| deadline <= clock::now()) {
                return Ok(Wake::TimedOut);
            }
            let next = member.rest(deadline, outside.is_some());
            match next {
                Turn::Go | Turn::Ending => {}
                Turn::Stuck => return Err(Error::runtime("deadlock: every task waits for another")),
                Turn::Outside(limit) => {
                    let begun = Instant::now();
                    let limit = limit.min(super::blocking::GLANCE);
                    is_ready(Some(limit))?;
                    member.pass_time(begun.elapsed().min(limit));
                }
            }
            turn = Some(next);
        }
    }
}
