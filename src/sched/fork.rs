//! Forking: a child in which only the calling task exists, and waiting for children's ends.
//!
//! A child begins with a copy of everything, and must not touch what the copies share with the parent: the parent's set of
//! descriptors above all, from which a child that takes its own copies out takes the parent's. So it watches with a set of
//! its own. The other tasks' stacks, and what waits in queues, are left where they are: dropping them would run scripts. A
//! child leaves by `_exit`.

use std::cell::OnceCell;
use std::os::fd::AsRawFd;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::sys::{child, fork, peer, stdio};

use super::clock::{deadline_after, now};
use super::scheduler::Scheduler;
use super::source::Interest;
use super::timers::Timers;
use super::wait::{Wake, Watch};

/// How long helper threads may be at work before a fork gives up on them.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a thread that has left its work may take to be gone.
const LEAVING: Duration = Duration::from_millis(200);
/// Between two looks at what cannot be waited for.
const LULL: Duration = Duration::from_millis(2);

impl Scheduler {
    /// Forks: the child's number, or none in the child, which must end by [`fork::exit_now`]. Helper threads finish their
    /// work first, and buffered output is written.
    ///
    /// # Errors
    /// `RuntimeError` where other threads run, which could hold locks that nobody in the child would ever release, or where no
    /// task runs; what fork(2) reports; what ends the task while it waits.
    pub(crate) fn fork(&self) -> Result<Option<i32>> {
        const OP: &str = "fork";
        self.settle_threads().map_err(|error| error.during(OP))?;
        // Else what is buffered would be written twice. A closed stdout is no reason not to fork.
        let _ = stdio::flush();
        match fork::fork() {
            Ok(Some(child)) => {
                self.children.borrow_mut().push(child);
                Ok(Some(child))
            }
            Ok(None) => {
                self.begin_anew();
                Ok(None)
            }
            Err(errno) => Err(Error::from(errno).during(OP)),
        }
    }

    /// Waits until this thread is the only one that does anything.
    fn settle_threads(&self) -> Result<()> {
        if self.member().is_some() {
            return Err(Error::runtime(
                "cannot fork in a simulation (--virtual): a second process would have no part in its network and its clock",
            ));
        }
        if self.visit.is_hosted() {
            return Err(Error::runtime(
                "cannot fork where a host's own loop runs the tasks: the child would go on in the host's code",
            ));
        }
        let started = Instant::now();
        loop {
            if self.suspendable()?.is_none() {
                return Err(Error::runtime("only a task of a runtime can fork"));
            }
            let at_work = self.jobs().are_at_work();
            let workers = fork::workers();
            let threads = fork::threads().map_or(0, |all| all.saturating_sub(1 + self.jobs().threads()));
            let others = threads.saturating_sub(workers);
            if !at_work && workers == 0 && others == 0 {
                return Ok(());
            }
            let waited = started.elapsed();
            if waited < if at_work { PATIENCE } else { LEAVING } {
                self.sleep_until(deadline_after(LULL))?;
            } else {
                let who = if at_work {
                    "a helper thread is at work (a name is being resolved, say)".to_owned()
                } else if workers > 0 {
                    format!("workers live ({workers} in this process)")
                } else {
                    format!("{others} other threads run in this process (the host's)")
                };
                return Err(Error::runtime(format!(
                    "cannot fork while {who}: a lock it holds would stay locked in the child for ever"
                )));
            }
        }
    }

    /// In the child: the running task is the only one, and nothing is shared with the parent's waits.
    fn begin_anew(&self) {
        let current = self.current();
        let is_current = |task: &Rc<_>| current.as_ref().is_some_and(|current| Rc::ptr_eq(current, task));
        let mut others = self.live.take();
        if let Some(place) = others.iter().position(is_current) {
            let current = others.swap_remove(place);
            current.slot.set(0);
            self.live.borrow_mut().push(current);
        }
        for task in &others {
            // Nothing can make it ready any more.
            task.waiting.set(false);
        }
        std::mem::forget(others);
        std::mem::forget(self.queue.take_all());
        std::mem::forget(self.timers.replace(Timers::default()));
        self.daemons.set(0);
        self.children.take();
        self.jobs().begin_anew();
        self.remote.begin_anew();
        self.recount();
        // First, as that frees two numbers of descriptors.
        if let Some(reactor) = self.reactor.get() {
            reactor.begin_anew();
        }
        if !self.slice.renew() {
            // Nothing rings here: the language has to look by itself.
            self.look_often();
        } else if self.is_timed() {
            self.slice.ring();
        }
    }

    /// Those of the children that have ended, each told once, and those that were not forked here, whose ends are for others
    /// to ask about. With `wait` it waits until there is one.
    ///
    /// # Errors
    /// What waitpid(2) reports; what ends the task while it waits.
    pub(crate) fn reap(&self, children: &[i32], wait: bool) -> Result<Vec<i32>> {
        loop {
            let mut ended = Vec::new();
            for &child in children {
                if !self.children.borrow().contains(&child) {
                    ended.push(child);
                    continue;
                }
                match fork::has_ended(child) {
                    Ok(false) => {}
                    Ok(true) | Err(fork::NO_CHILD) => {
                        self.children.borrow_mut().retain(|known| *known != child);
                        ended.push(child);
                    }
                    Err(errno) => return Err(Error::from(errno).during("waitpid")),
                }
            }
            if !wait || !ended.is_empty() || children.is_empty() {
                return Ok(ended);
            }
            self.wait_for_any(children, None)?;
        }
    }

    /// Waits for a child's end: its exit status, or the signal that ended it as a negative number; none when the deadline
    /// passes first. It can be asked again, until the child is reaped.
    ///
    /// # Errors
    /// What waitid(2) reports; what ends the task while it waits.
    pub(crate) fn await_child(&self, process: i32, deadline: Option<Instant>) -> Result<Option<i32>> {
        loop {
            let ended = child::ended(process).map_err(|errno| Error::from(errno).during("waitid"))?;
            if ended.is_some() || deadline.is_some_and(|deadline| deadline <= now()) {
                return Ok(ended);
            }
            self.wait_for_any(&[process], deadline)?;
        }
    }

    /// Waits until one of the children may have ended, or the deadline passes.
    fn wait_for_any(&self, children: &[i32], deadline: Option<Instant>) -> Result<()> {
        let held: Result<Vec<_>, _> = children.iter().map(|&child| peer::hold(child)).collect();
        // Where no descriptor stands for a process there is nothing to wait for but time.
        let Ok(held) = held else {
            return self.sleep_until(deadline_after(LULL));
        };
        let sources: Vec<_> = held.iter().map(|_| OnceCell::new()).collect();
        let watches: Vec<_> = held
            .iter()
            .zip(&sources)
            .map(|(held, source)| Watch::new(source, held.as_raw_fd(), Interest::Read))
            .collect();
        let waited = self.wait_any(&watches, deadline);
        for source in sources.iter().filter_map(OnceCell::get) {
            self.forget(source);
        }
        waited.map(|_: Wake| ())
    }
}
