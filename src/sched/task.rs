//! One task: a fiber, what it waits for, and how it ended.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::mem::offset_of;
use std::rc::Rc;

use crate::error::{Class, Error, Result};
use crate::sys::fiber::Fiber;

use super::payload::{Payload, Standing};
use super::scope::{Group, Limit};
use super::wait::Wake;

/// Number of a task, unique in its runtime; the main chunk is 1.
pub(super) type TaskId = u64;

/// What a task does: runs on the fiber and says how it ended, if it has not parked.
pub(crate) type Body = Box<dyn FnOnce(&Rc<Task>) -> Result<()>>;

/// How a task is to end before its time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Doom {
    None,
    /// Its wait fails once, with the error kept for it.
    Failed,
    /// `cancel()`: its wait fails once with `CancelledError`.
    Cancelled,
    /// Killed: every wait fails with this class, and the script raises at every instruction.
    Killed(Class),
}

/// A task: the main chunk, or what `task.spawn` started.
///
/// What each wait of it touches comes first, in as few of the processor's lines as may be: in that order, and with it the counts of
/// who refers to it, which lie before.
#[repr(C)]
pub(crate) struct Task {
    pub(super) payload: Box<dyn Payload>,
    /// None while it is parked.
    fiber: RefCell<Option<Rc<Fiber>>>,
    pub(super) waiting: Cell<bool>,
    /// It waits and has left its fiber, whose stack others may use meanwhile.
    pub(super) parked: Cell<bool>,
    /// What it waits for was there when it began to wait: it only lets the others go first.
    pub(super) patient: Cell<bool>,
    /// It waits for several descriptors, and perhaps for what those before it in a queue do not take: urgent bytes.
    pub(super) looks: Cell<bool>,
    pub(super) wake: Cell<Wake>,
    pub(super) doom: Cell<Doom>,
    /// It must not leave its stack now.
    pub(super) pinned: Cell<bool>,
    /// Whoever started it stands still until it ends: it runs in that one's place (`task.timeout`, `task.group`).
    pub(super) stands_in: Cell<bool>,
    /// How many do so for one another, from the one that stands in for nobody.
    pub(super) depth: Cell<u32>,
    /// The time limit it is under.
    limit: RefCell<Option<Rc<Limit>>>,
    end: RefCell<Option<Result<()>>>,
    pub(super) id: TaskId,
    /// Place in the scheduler's list of live tasks.
    pub(super) slot: Cell<usize>,
    name: RefCell<String>,
    pub(super) joiners: RefCell<Vec<Rc<Self>>>,
    /// An error its current wait is to fail with.
    wait_error: RefCell<Option<Error>>,
    /// The limit of the runtime it is being killed by.
    fate: RefCell<Option<Error>>,
    /// The group it belongs to.
    group: RefCell<Option<Rc<Group>>>,
    /// Somebody has asked for its end.
    pub(super) cancelled: Cell<bool>,
    observed: Cell<bool>,
    /// Whether somebody holds it who may yet ask how it ended.
    held: Cell<bool>,
    /// Whether the host has started it beside its own work.
    is_job: Cell<bool>,
    /// Whether the program ends without waiting for it.
    pub(super) daemon: Cell<bool>,
}

impl Task {
    /// Bytes of it that each wait touches.
    pub(super) const HOT: usize = offset_of!(Self, id);

    /// Whether it has ended by itself alone, as a thread of Python's may: nobody else is to end by that.
    pub(crate) fn is_exit_its_own(&self) -> bool {
        !self.stands_in.get()
            && self
                .failure()
                .is_some_and(|error| error.class() == Class::SystemExit)
    }

    pub(super) fn new(id: TaskId, name: String, payload: Box<dyn Payload>) -> Self {
        Self {
            id,
            name: RefCell::new(name),
            fiber: RefCell::default(),
            payload,
            waiting: Cell::new(false),
            parked: Cell::new(false),
            pinned: Cell::new(false),
            patient: Cell::new(false),
            stands_in: Cell::new(false),
            depth: Cell::new(0),
            looks: Cell::new(false),
            wake: Cell::new(Wake::Ready),
            doom: Cell::new(Doom::None),
            cancelled: Cell::new(false),
            joiners: RefCell::default(),
            slot: Cell::new(0),
            wait_error: RefCell::default(),
            fate: RefCell::default(),
            end: RefCell::new(None),
            observed: Cell::new(false),
            held: Cell::new(false),
            is_job: Cell::new(false),
            daemon: Cell::new(false),
            limit: RefCell::default(),
            group: RefCell::default(),
        }
    }

    /// The task was started by this one: it is bound by what binds it.
    pub(super) fn inherit(self: &Rc<Self>, parent: &Self) {
        if let Some(limit) = parent.limit() {
            self.set_limit(limit);
        }
        if let Some(group) = parent.group() {
            group.add(self);
            self.set_group(group);
        }
    }

    /// The time limit it is under.
    pub(super) fn limit(&self) -> Option<Rc<Limit>> {
        self.limit.borrow().clone()
    }

    pub(super) fn set_limit(&self, limit: Rc<Limit>) {
        *self.limit.borrow_mut() = Some(limit);
    }

    /// Whether it failed because its limit was over: who set the limit is told.
    pub(super) fn failed_by_limit(&self) -> bool {
        let class = self.failure().map(|error| error.class());
        class == Some(Class::TimeoutError) && self.limit().is_some_and(|limit| limit.is_over())
    }

    /// The group it belongs to.
    pub(super) fn group(&self) -> Option<Rc<Group>> {
        self.group.borrow().clone()
    }

    pub(super) fn set_group(&self, group: Rc<Group>) {
        *self.group.borrow_mut() = Some(group);
    }

    /// The task's name: given at its start, or `task-N`.
    pub(crate) fn name(&self) -> String {
        let name = self.name.borrow();
        if name.is_empty() {
            format!("task-{}", self.id)
        } else {
            name.clone()
        }
    }

    /// Its name and where in its script it is, for who wants to know what it waits for.
    pub(super) fn whereabouts(&self) -> String {
        match self.payload.place() {
            Some(place) => format!("'{}' at {place}", self.name()),
            None => format!("'{}'", self.name()),
        }
    }

    /// Its number in its runtime.
    #[cfg(feature = "cli")]
    pub(crate) fn number(&self) -> TaskId {
        self.id
    }

    /// Its body is about to return though it has not ended: it has begun to wait ([`Scheduler::park`]) and has kept all it
    /// needs elsewhere than on the stack. When it is woken, its payload goes on.
    ///
    /// [`Scheduler::park`]: super::Scheduler::park
    #[cfg_attr(
        not(feature = "lua"),
        allow(dead_code, reason = "only Lua can leave its stack")
    )]
    pub(crate) fn park(&self) {
        self.parked.set(true);
    }

    /// What it runs on.
    #[inline]
    pub(super) fn fiber(&self) -> Option<Rc<Fiber>> {
        self.fiber.borrow().clone()
    }

    /// As [`Self::fiber`], for a look.
    #[inline]
    pub(super) fn with_fiber<R>(&self, look: impl FnOnce(&Fiber) -> R) -> Option<R> {
        self.fiber.borrow().as_deref().map(look)
    }

    #[inline]
    pub(super) fn set_fiber(&self, fiber: Option<Rc<Fiber>>) {
        *self.fiber.borrow_mut() = fiber;
    }

    /// Whether others stand on its stack while it waits.
    pub(super) fn shares_stack(&self) -> bool {
        self.with_fiber(Fiber::is_sharing) == Some(true)
    }

    /// How a wait may be done now.
    ///
    /// # Errors
    /// Where waiting is impossible.
    pub(super) fn standing(&self) -> Result<Standing> {
        let standing = self.payload.standing()?;
        Ok(if self.pinned.get() {
            Standing::Block
        } else {
            standing
        })
    }

    /// Whether it is parked, what it waits for may have come, and nobody has asked for its end.
    #[inline]
    pub(super) fn can_take_ahead(&self) -> bool {
        self.parked.get() && self.wake.get() == Wake::Ready && self.doom.get() == Doom::None
    }

    /// Whether it waits for something.
    #[cfg(feature = "cli")]
    pub(crate) fn is_waiting(&self) -> bool {
        self.waiting.get()
    }

    /// Whether it ended by the cancelling it was asked for: that is no failure to tell of.
    pub(super) fn ended_as_asked(&self) -> bool {
        let class = self.failure().map(|error| error.class());
        self.cancelled.get() && class == Some(Class::CancelledError)
    }

    /// Whether it has ended.
    pub(crate) fn is_done(&self) -> bool {
        self.end.borrow().is_some()
    }

    /// The error it ended with.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.end
            .borrow()
            .as_ref()
            .and_then(|end| end.as_ref().err().cloned())
    }

    /// Whether somebody has asked how it ended, or is about to, so that a failure need not be reported.
    pub(crate) fn is_observed(&self) -> bool {
        self.observed.get() || self.held.get() || !self.joiners.borrow().is_empty()
    }

    /// It is a job of the host's, who may ask how it ended, and says [`Scheduler::let_go`] when that is over.
    ///
    /// [`Scheduler::let_go`]: super::Scheduler::let_go
    pub(crate) fn hold(&self) {
        self.held.set(true);
        self.is_job.set(true);
    }

    /// Notes that somebody knows how it ended.
    pub(crate) fn observe(&self) {
        self.observed.set(true);
    }

    /// The language's own part.
    pub(crate) fn payload(&self) -> &dyn Payload {
        &*self.payload
    }

    pub(super) fn be_let_go(&self) {
        self.held.set(false);
    }

    /// Whether the host has started it beside its own work.
    pub(super) fn is_job(&self) -> bool {
        self.is_job.get()
    }

    /// Whether somebody has asked how it ended.
    pub(super) fn is_told(&self) -> bool {
        self.observed.get()
    }

    pub(super) fn set_end(&self, end: Result<()>) {
        *self.end.borrow_mut() = Some(end);
    }

    pub(super) fn set_fate(&self, error: Option<Error>) {
        *self.fate.borrow_mut() = error;
    }

    pub(super) fn wake_with_error(&self, error: Error) {
        *self.wait_error.borrow_mut() = Some(error);
        self.doom.set(Doom::Failed);
    }

    /// The error a wait of this task must fail with, if it may not go on.
    #[inline]
    pub(super) fn doomed(&self) -> Option<Error> {
        match self.doom.get() {
            Doom::None => None,
            doom => self.failing(doom),
        }
    }

    #[cold]
    fn failing(&self, doom: Doom) -> Option<Error> {
        match doom {
            Doom::None => None,
            Doom::Failed => {
                self.doom.set(Doom::None);
                self.wait_error.borrow_mut().take()
            }
            Doom::Cancelled => {
                self.doom.set(Doom::None);
                Some(self.cancellation())
            }
            Doom::Killed(class) => Some(self.killed(class)),
        }
    }

    /// Whether the task is being killed: nothing it does may go on.
    pub(crate) fn is_killed(&self) -> bool {
        matches!(self.doom.get(), Doom::Killed(_))
    }

    /// The error that ends the task while it is being killed.
    pub(crate) fn death(&self) -> Option<Error> {
        match self.doom.get() {
            Doom::Killed(class) => Some(self.killed(class)),
            _ => None,
        }
    }

    pub(super) fn cancellation(&self) -> Error {
        Error::new(
            Class::CancelledError,
            format!("task '{}' was cancelled", self.name()),
        )
    }

    fn killed(&self, class: Class) -> Error {
        if let Some(fate) = &*self.fate.borrow()
            && fate.class() == class
        {
            return fate.clone();
        }
        match self.limit() {
            Some(limit) if class == Class::TimeoutError => limit.error(),
            _ => killed(class),
        }
    }
}

fn killed(class: Class) -> Error {
    match class {
        Class::SystemExit => Error::exit(0),
        Class::KeyboardInterrupt => Error::new(class, ""),
        class => Error::new(class, "the program is ending"),
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<Task {} '{}'{}>",
            self.id,
            self.name(),
            if self.is_done() { " done" } else { "" }
        )
    }
}
