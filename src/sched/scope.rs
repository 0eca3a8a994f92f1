//! What holds tasks together: a time limit over a task and all it starts, and a group that leaves no task behind.
//!
//! A task started inside inherits both. A limit that has passed fails every wait below it; what calculates on is killed a
//! moment later. A group's first failure cancels its other members, and whoever waits for it goes on when all have ended.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::error::{Class, Error, Place, Result};

use super::clock::{deadline_after, now};
use super::scheduler::Scheduler;
use super::task::{Doom, Task, TaskId};
use super::wait::Wake;

/// How long a task may go on after its limit, to clean up.
const GRACE: Duration = Duration::from_millis(20);

/// Limits and groups within one another: more than an honest script has use for.
const DEEPEST: u32 = 1000;

/// A time limit over a task and what it starts.
#[derive(Debug)]
pub(crate) struct Limit {
    deadline: Instant,
    length: Duration,
    /// Where in the script it was set.
    place: Option<Place>,
}

impl Limit {
    pub(super) fn is_over(&self) -> bool {
        self.deadline <= now()
    }

    pub(super) const fn deadline(&self) -> Instant {
        self.deadline
    }

    /// What a wait fails with when it is over.
    pub(super) fn error(&self) -> Error {
        let seconds = self.length.as_secs_f64();
        let place = self
            .place
            .map_or(String::new(), |place| format!(" (set at {place})"));
        Error::new(
            Class::TimeoutError,
            format!("task.timeout: {seconds} seconds have passed{place}"),
        )
    }
}

/// Tasks that end together.
#[derive(Default)]
pub(crate) struct Group {
    members: RefCell<BTreeMap<TaskId, Rc<Task>>>,
    /// The first that failed.
    failed: RefCell<Option<Rc<Task>>>,
    /// They are to end: so is whoever joins them now.
    cancelled: Cell<bool>,
    /// Who waits for the end of all.
    waiter: RefCell<Option<Rc<Task>>>,
}

impl Group {
    pub(super) fn add(&self, task: &Rc<Task>) {
        self.members.borrow_mut().insert(task.id, task.clone());
        if self.cancelled.get() {
            task.doom.set(Doom::Cancelled);
        }
    }

    fn members(&self) -> Vec<Rc<Task>> {
        self.members.borrow().values().cloned().collect()
    }
}

impl Scheduler {
    /// Whether one more task may run in the place of the one that runs: each has a stack, so that a function that calls itself through
    /// limits or groups would take all memory.
    ///
    /// # Errors
    /// `RecursionError`.
    pub(crate) fn check_nesting(&self) -> Result<()> {
        match self.current() {
            Some(task) if task.depth.get() >= DEEPEST => {
                let text = format!("limits and groups are {DEEPEST} deep within one another");
                Err(Error::new(Class::RecursionError, text))
            }
            _ => Ok(()),
        }
    }

    fn have_stand_in(&self, task: &Task) {
        task.stands_in.set(true);
        let depth = self.current().map_or(0, |current| current.depth.get());
        task.depth.set(depth + 1);
    }

    /// Waits for a task that has just been started and must end within `length`, and everything it starts with it.
    ///
    /// # Errors
    /// What ends the caller's own wait: then the task has been cancelled, and has ended. Where it has an outcome that this did not
    /// change (it may hold what it received), that is returned, and the caller's next wait fails.
    pub(crate) fn run_limited(&self, task: &Rc<Task>, length: Duration) -> Result<()> {
        release(task);
        self.have_stand_in(task);
        let Some(deadline) = deadline_after(length) else {
            return self.see_off(task, None);
        };
        let place = self.current().and_then(|current| current.payload.place());
        let limit = Rc::new(Limit {
            deadline,
            length,
            place,
        });
        let sooner = task.limit().is_none_or(|outer| deadline < outer.deadline);
        if sooner {
            task.set_limit(limit.clone());
        }
        self.see_off(task, Some(&limit))
    }

    /// Waits for the end of a task. What ends the caller's wait cancels the task, whose end is awaited all the same.
    fn see_off(&self, task: &Rc<Task>, limit: Option<&Limit>) -> Result<()> {
        let mut last = limit.and_then(|limit| limit.deadline.checked_add(GRACE));
        let interrupted = loop {
            match self.join(task, last) {
                Ok(true) => return Ok(()),
                Ok(false) => {
                    last = None;
                    self.kill_overdue();
                }
                Err(error) => break error,
            }
        };
        task.observe();
        let was_done = task.is_done();
        self.cancel(task);
        while let Some(current) = self.survivor()
            && !task.is_done()
        {
            task.joiners.borrow_mut().push(current.clone());
            let wake = self.rest(&current, last);
            task.joiners
                .borrow_mut()
                .retain(|other| !Rc::ptr_eq(other, &current));
            match wake {
                Some(Wake::Ready) => {}
                Some(Wake::TimedOut) => {
                    last = None;
                    self.kill_overdue();
                }
                // Nobody will see it off.
                None => {
                    self.kill(task, Class::CancelledError);
                    return Err(interrupted);
                }
            }
        }
        if self.survivor().is_some() && (was_done || task.is_unmoved()) {
            self.put_off(interrupted);
            return Ok(());
        }
        Err(interrupted)
    }

    /// Waits until a task that has just been started, and every task it starts, has ended. Returns the one that says how:
    /// the first that failed, or the task itself.
    ///
    /// # Errors
    /// As those of [`Self::run_limited`].
    pub(crate) fn run_group(&self, task: &Rc<Task>) -> Result<Rc<Task>> {
        release(task);
        self.have_stand_in(task);
        let group = Rc::new(Group::default());
        group.add(task);
        task.set_group(group.clone());
        let mut interrupted = None;
        let mut was_done = false;
        while !group.members.borrow().is_empty() {
            let Some(current) = self.survivor() else {
                return Err(self.dies_of());
            };
            *group.waiter.borrow_mut() = Some(current.clone());
            // What ends the wait is told once; the members' end is awaited all the same.
            let waited = if interrupted.is_none() {
                self.wait_in(&current).map(Some)
            } else {
                Ok(self.rest(&current, None))
            };
            group.waiter.borrow_mut().take();
            match waited {
                Ok(Some(_)) => {}
                Ok(None) => {
                    self.kill_members(&group);
                    break;
                }
                Err(error) => {
                    was_done = group.members.borrow().is_empty();
                    self.cancel_members(&group);
                    interrupted = Some(error);
                }
            }
        }
        let failed = group.failed.borrow_mut().take();
        if let Some(error) = interrupted {
            if was_done || failed.is_none() && task.is_unmoved() {
                self.put_off(error);
                return Ok(failed.unwrap_or_else(|| task.clone()));
            }
            // What ended the wait is told, and not what a member made of its cancelling.
            if let Some(failed) = failed {
                self.report(&failed);
            }
            return Err(error);
        }
        Ok(failed.unwrap_or_else(|| task.clone()))
    }

    /// A wait of the running task's, which must leave its fiber.
    fn wait_in(&self, current: &Rc<Task>) -> Result<Wake> {
        match self.suspendable()? {
            Some(_) => self.suspend(current, None),
            None => Err(Error::runtime("only a task can wait for others here")),
        }
    }

    /// A member of a group has ended. Whether who waits for the group is told how: of the first that fails, and of those
    /// that only end as they were asked to.
    pub(super) fn leave_group(&self, task: &Rc<Task>) -> bool {
        let Some(group) = task.group() else { return false };
        if group.members.borrow_mut().remove(&task.id).is_none() {
            return false;
        }
        let failed = !task.is_exit_its_own()
            && task
                .failure()
                .is_some_and(|error| error.class() != Class::CancelledError);
        let is_first = group.failed.borrow().is_none();
        if failed && is_first {
            *group.failed.borrow_mut() = Some(task.clone());
            self.cancel_members(&group);
        }
        if group.members.borrow().is_empty()
            && let Some(waiter) = group.waiter.borrow().clone()
        {
            self.wake(&waiter, Wake::Ready);
        }
        is_first || !failed
    }

    fn cancel_members(&self, group: &Group) {
        group.cancelled.set(true);
        for member in group.members() {
            self.cancel(&member);
        }
    }

    /// Nobody will wait for them.
    fn kill_members(&self, group: &Group) {
        for member in group.members() {
            self.kill(&member, Class::CancelledError);
        }
    }

    /// Kills what goes on though its limit is over: each wait fails at once, the script raises at every instruction.
    fn kill_overdue(&self) {
        let overdue = |task: &&Rc<Task>| {
            let last = task.limit().and_then(|limit| limit.deadline.checked_add(GRACE));
            last.is_some_and(|last| last <= now()) && !task.is_killed()
        };
        let tasks: Vec<_> = self.live.borrow().iter().filter(overdue).cloned().collect();
        for task in tasks {
            self.kill_one(&task, Class::TimeoutError);
        }
    }

    /// What ends a task that is being killed.
    fn dies_of(&self) -> Error {
        let death = self.current().and_then(|task| task.death());
        death.unwrap_or_else(|| Error::runtime("only a task can wait for others"))
    }

    /// The running task, unless it is being killed and can wait for nobody.
    fn survivor(&self) -> Option<Rc<Task>> {
        self.current().filter(|task| !task.is_killed())
    }
}

impl Task {
    /// Whether it runs the function of a limit or of a group, whose caller waits for it.
    #[cfg(feature = "lua")]
    pub(crate) fn stands_in(&self) -> bool {
        self.stands_in.get()
    }

    /// Whether it has ended well without having met the cancelling that it was asked for.
    fn is_unmoved(&self) -> bool {
        // It is failed where a call of its own has put the cancelling off.
        let is_to_end = matches!(self.doom.get(), Doom::Cancelled | Doom::Failed);
        self.is_done() && self.failure().is_none() && is_to_end
    }

    /// Whether `other` waits for this task because of a limit or a group of its own.
    pub(super) fn is_charge_of(&self, other: &Rc<Self>) -> bool {
        let same = |limit: &Rc<Limit>| other.limit().is_some_and(|theirs| Rc::ptr_eq(limit, &theirs));
        let awaited = self
            .joiners
            .borrow()
            .iter()
            .any(|joiner| Rc::ptr_eq(joiner, other));
        let grouped = self.group().is_some_and(|group| {
            let waiter = group.waiter.borrow();
            waiter.as_ref().is_some_and(|waiter| Rc::ptr_eq(waiter, other))
        });
        grouped || awaited && self.limit().is_some_and(|limit| !same(&limit))
    }
}

/// Who has started it waits for it and is told how it ends: its group need not.
fn release(task: &Task) {
    if let Some(group) = task.group() {
        group.members.borrow_mut().remove(&task.id);
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Group({} tasks)", self.members.borrow().len())
    }
}
