//! The scheduler: which task runs next, until when.

use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::os::fd::RawFd;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::sys::errno::Errno;
use crate::sys::fiber::{Extent, Fiber, Progress, StackPool};

use super::bounds::Bounds;
use super::ending::End;
use super::jobs::Jobs;
use super::parking;
use super::payload::Payload;
use super::queue::Queue;
use super::reactor::Reactor;
use super::remote::Remote;
use super::simulation::Member;
use super::slice::Slice;
use super::source::{Interest, Source};
use super::stop::{Handles, Stop};
use super::tally::Tally;
use super::task::{Body, Task};
use super::timers::Timers;
use super::turn::Turn;
use super::visit::Visit;
use super::wait::Wake;

/// Tasks that have stacks of their own, whatever they run: the caches hold so many, and those then need not be copied. Built with
/// `--cfg crowded` there are none, so that all that is tested is tested on the shared stack (`docs/reliability.md`).
const OWN_STACKS: usize = if cfg!(crowded) { 0 } else { 64 };

/// References to a source that nobody else has a use for: the reactor's and the caller's.
const OURS: usize = 2;

/// Told of each task that failed and that nobody joined.
type Reporter = Box<dyn Fn(&Rc<Task>)>;

/// A task that must not leave its stack: when this is dropped, it may as it could before.
struct Pinned {
    task: Rc<Task>,
    before: bool,
}

impl Drop for Pinned {
    fn drop(&mut self) {
        self.task.pinned.set(self.before);
    }
}

/// The tasks of one runtime, on one thread.
pub(crate) struct Scheduler {
    pub(super) queue: Queue,
    current: RefCell<Option<Rc<Task>>>,
    pub(super) live: RefCell<Vec<Rc<Task>>>,
    pub(super) timers: RefCell<Timers>,
    pub(super) reactor: OnceCell<Reactor>,
    jobs: Jobs,
    pub(super) remote: Remote,
    pub(super) stacks: StackPool,
    /// What parked tasks go on on: fibers with no task.
    pub(super) idle: RefCell<Vec<Rc<Fiber>>>,
    pub(super) me: Weak<Self>,
    pub(super) handles: Handles,
    pub(super) alone: Cell<bool>,
    /// Code of a host's stands on the stacks of tasks.
    hosts_code: Cell<bool>,
    pub(super) end: End,
    pub(super) bounds: Bounds,
    /// Tasks that live and are waited for by nobody.
    pub(super) daemons: Cell<usize>,
    /// Processes forked from this one that have not been reaped.
    pub(super) children: RefCell<Vec<i32>>,
    made: Cell<u64>,
    turn: Turn,
    pub(super) slice: Slice,
    reporter: RefCell<Option<Reporter>>,
    pub(super) tally: Arc<Tally>,
    pub(super) visit: Visit,
    pub(super) member: OnceCell<Arc<Member>>,
    /// Tasks that wait for a helper thread.
    pub(super) errands: Cell<usize>,
}

impl Scheduler {
    /// A scheduler whose fibers have such stacks.
    pub(crate) fn new(stack: impl Into<Extent>) -> Rc<Self> {
        let stacks = StackPool::new(stack);
        Rc::new_cyclic(|me| Self {
            queue: Queue::default(),
            current: RefCell::default(),
            live: RefCell::default(),
            timers: RefCell::default(),
            reactor: OnceCell::new(),
            jobs: Jobs::new(),
            remote: Remote::default(),
            stacks,
            idle: RefCell::default(),
            me: me.clone(),
            handles: Handles::default(),
            alone: Cell::new(true),
            hosts_code: Cell::new(false),
            end: End::default(),
            bounds: Bounds::default(),
            daemons: Cell::new(0),
            children: RefCell::default(),
            made: Cell::new(0),
            turn: Turn::default(),
            slice: Slice::default(),
            reporter: RefCell::default(),
            tally: Arc::default(),
            visit: Visit::default(),
            member: OnceCell::new(),
            errands: Cell::new(0),
        })
    }

    /// Whom to tell of failed tasks that nobody joined.
    pub(crate) fn on_failure(&self, report: Reporter) {
        *self.reporter.borrow_mut() = Some(report);
    }

    /// What is counted.
    pub(crate) fn tally(&self) -> &Arc<Tally> {
        &self.tally
    }

    /// The flag that signal handlers and handles set.
    pub(crate) fn stop_flag(&self) -> &Arc<Stop> {
        &self.end.stop
    }

    /// Starts a task; it runs when the caller waits.
    ///
    /// # Errors
    /// `MemoryError` when there is no address space for a stack; the task that is being killed starts nothing.
    pub(crate) fn spawn(&self, name: String, payload: Box<dyn Payload>, body: Body) -> Result<Rc<Task>> {
        self.check_home()?;
        if self.is_dying() {
            return Err(Error::runtime(
                "no task can be started while the program is ending",
            ));
        }
        self.afford_task()?;
        let id = self.made.get() + 1;
        self.made.set(id);
        let task = Rc::new(Task::new(id, name, payload));
        let inner = task.clone();
        let run = move || match inner.death() {
            Some(error) => inner.set_end(Err(error)),
            None => parking::step(&inner, body),
        };
        let shares = self.live_count() >= OWN_STACKS && task.payload.is_movable() && !self.hosts_code.get();
        let fiber = if shares {
            Fiber::sharing(&self.stacks, run)
        } else {
            Fiber::new(&self.stacks, run)
        };
        let fiber = fiber.map_err(|errno| {
            Error::memory("a stack for a task").in_context(&format!("{}: ", errno.text()))
        })?;
        task.set_fiber(Some(fiber));
        if let Some(parent) = self.current() {
            task.inherit(&parent);
        }
        let mut live = self.live.borrow_mut();
        task.slot.set(live.len());
        live.push(task.clone());
        let count = live.len();
        drop(live);
        self.recount();
        self.tally.started();
        if count > 1 {
            self.slice.ring();
        }
        self.queue.push(task.clone());
        Ok(task)
    }

    /// The task whose fiber the caller stands on.
    #[inline]
    pub(crate) fn current(&self) -> Option<Rc<Task>> {
        self.current.borrow().clone()
    }

    /// The number of the running task.
    #[inline]
    pub(crate) fn current_number(&self) -> Option<u64> {
        self.current.borrow().as_ref().map(|task| task.id)
    }

    /// Whether the thread belongs to one task, so that it may block.
    #[inline]
    pub(crate) fn is_alone(&self) -> bool {
        self.alone.get()
    }

    /// Whether a call may block the thread: it belongs to one task, which may wait where it is.
    #[inline]
    pub(crate) fn may_block(&self) -> bool {
        self.alone.get()
            && self
                .current
                .borrow()
                .as_ref()
                .is_none_or(|task| task.payload.standing().is_ok())
    }

    /// Functions of the host's may stand on the stacks of tasks, and lend to other threads what they have there: tasks share no
    /// stack from here on.
    pub(crate) fn expect_hosts_code(&self) {
        self.hosts_code.set(true);
    }

    /// Runs `call`, which comes back from the host's code to a script's. A task that shares its stack does not leave that meanwhile:
    /// its waits block the thread.
    pub(crate) fn below_host<T>(&self, call: impl FnOnce() -> T) -> T {
        let Some(task) = self.current().filter(|task| task.shares_stack()) else {
            return call();
        };
        let _pinned = Pinned {
            before: task.pinned.replace(true),
            task,
        };
        call()
    }

    /// Number of tasks that have not ended.
    pub(crate) fn live_count(&self) -> usize {
        self.live.borrow().len()
    }

    /// Bytes of stack left to the caller's fiber.
    #[inline]
    pub(crate) fn remaining_stack(&self) -> Option<usize> {
        let current = self.current.borrow();
        current.as_ref()?.with_fiber(Fiber::remaining_stack)?
    }

    #[inline]
    pub(super) fn enter(&self, task: &Rc<Task>) {
        let fiber = if task.parked.get() {
            self.unpark(task)
        } else {
            task.fiber()
        };
        let Some(fiber) = fiber else { return };
        *self.current.borrow_mut() = Some(task.clone());
        self.slice.begin();
        self.turn.begin();
        task.payload.enter();
        let progress = fiber.resume();
        task.payload.leave();
        self.current.borrow_mut().take();
        if progress == Progress::Finished {
            self.dismiss_fiber(task, &fiber);
            if !task.parked.get() {
                self.finish(task);
            }
        }
    }

    /// Leaves the current task's fiber; returns when the scheduler enters it again.
    #[inline]
    pub(super) fn leave(&self, task: &Rc<Task>) {
        if let Some(fiber) = task.fiber() {
            fiber.suspend();
        }
    }

    fn finish(&self, task: &Rc<Task>) {
        {
            let mut live = self.live.borrow_mut();
            let slot = task.slot.get();
            live.swap_remove(slot);
            if let Some(moved) = live.get(slot) {
                moved.slot.set(slot);
            }
        }
        self.recount();
        if task.daemon.get() {
            self.daemons.set(self.daemons.get() - 1);
        }
        self.note_exit(task);
        let is_told = self.leave_group(task);
        if !is_told && !task.is_observed() {
            self.report(task);
        }
        let joiners = std::mem::take(&mut *task.joiners.borrow_mut());
        for joiner in joiners {
            self.wake(&joiner, Wake::Ready);
        }
    }

    /// Tells of a task that failed, unless who set its limit is told, or it only ended as it was asked to.
    pub(super) fn report(&self, task: &Rc<Task>) {
        if task.failure().is_some()
            && !task.failed_by_limit()
            && !task.ended_as_asked()
            && let Some(report) = self.reporter.borrow().as_ref()
        {
            report(task);
        }
    }

    /// Who has held a task will not ask how it ended: it is a task like others, and reported if it has failed already.
    pub(crate) fn let_go(&self, task: &Rc<Task>) {
        task.be_let_go();
        if !task.is_observed() && !self.is_closed() {
            self.report(task);
        }
    }

    /// Makes a waiting task ready; one that is not waiting is left alone.
    #[inline]
    pub(super) fn wake(&self, task: &Rc<Task>, wake: Wake) {
        if task.waiting.replace(false) {
            task.wake.set(wake);
            self.queue.push(task.clone());
        }
    }

    /// As [`Self::wake`], for what an event or the clock says: such a task has waited, and goes before others.
    #[inline]
    pub(super) fn call(&self, task: &Rc<Task>, wake: Wake) {
        if task.patient.take() {
            self.wake(task, wake);
        } else if task.waiting.replace(false) {
            task.wake.set(wake);
            self.queue.push_woken(task.clone());
        }
    }

    /// The descriptor is about to be closed: whoever waits on it gets `EBADF`.
    pub(crate) fn forget(&self, source: &Source) {
        if let Some(reactor) = self.reactor.get() {
            for task in reactor.forget(source) {
                self.wake(&task, Wake::Ready);
            }
        }
    }

    /// As [`Self::forget`], for a descriptor closed by its number.
    pub(crate) fn forget_fd(&self, fd: RawFd) {
        if let Some(source) = self.reactor.get().and_then(|reactor| reactor.known(fd)) {
            self.forget(&source);
        }
    }

    /// Stops watching a descriptor that is not ours, unless somebody else has a use for it: nobody will say when it closes.
    pub(crate) fn unwatch(&self, source: &Rc<Source>) {
        let is_waited_for = [Interest::Read, Interest::Write]
            .into_iter()
            .any(|interest| source.has_waiters(interest));
        if Rc::strong_count(source) <= OURS && !is_waited_for {
            self.forget(source);
        }
    }

    /// One of those who waited for a descriptor has no more use for it, and leaves it open: who waits there looks again.
    pub(crate) fn part_with(&self, source: &Rc<Source>) {
        if Rc::strong_count(source) <= OURS {
            self.forget(source);
        } else if let Some(reactor) = self.reactor.get() {
            reactor.rouse(source, |task, wake| self.wake(task, wake));
        }
    }

    /// What watches descriptors, opened when first needed.
    #[inline]
    pub(super) fn reactor(&self) -> Result<&Reactor> {
        match self.reactor.get() {
            Some(reactor) => Ok(reactor),
            None => self.open_reactor(),
        }
    }

    #[cold]
    fn open_reactor(&self) -> Result<&Reactor> {
        let opened = Reactor::new().map_err(|error| Error::from(Errno::from(error)).during("wait"))?;
        Ok(self.reactor.get_or_init(|| opened))
    }

    /// Whether the runtime itself lives by this descriptor.
    pub(crate) fn owns_fd(&self, fd: RawFd) -> bool {
        self.reactor.get().is_some_and(|reactor| reactor.owns(fd))
    }

    pub(super) fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// Counts an operation; true when the task has had its turn.
    #[inline]
    pub(super) fn spend(&self) -> bool {
        self.turn.spend()
    }

    /// Counts an operation, unless it is the last of the task's turn: that one must go the way that lets others run.
    #[inline]
    pub(crate) fn has_turn(&self) -> bool {
        !self.turn.is_ending() && !self.turn.spend()
    }
}

impl Drop for Scheduler {
    fn drop(&mut self) {
        for fiber in self.idle.take() {
            fiber.retire(&self.stacks);
        }
    }
}

impl fmt::Debug for Scheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scheduler({} tasks)", self.live_count())
    }
}
