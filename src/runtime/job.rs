//! A script that runs beside the host's own work.

use std::fmt;
use std::rc::{Rc, Weak};

use crate::sched::{Scheduler, Task};

/// A script or call that was started and not waited for: [`Runtime::spawn`](crate::Runtime::spawn) and
/// [`Runtime::spawn_call`](crate::Runtime::spawn_call) return one. It runs whenever the runtime does, also when this is
/// dropped. A job that is dropped with its clones and was never waited for is as a task nobody joins: its failure is told
/// to [`Builder::on_failure`](crate::Builder::on_failure).
///
/// ```
/// # #[cfg(feature = "lua")] {
/// use wirescript::Runtime;
///
/// let mut runtime = Runtime::builder().build()?;
/// let job = runtime.spawn("answer", "task.sleep(0.001) return 42")?;
/// assert!(!job.is_done());
/// assert_eq!(runtime.wait::<i64>(&job)?, 42);
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone)]
pub struct Job(Rc<Held>);

/// What all clones share.
struct Held {
    task: Rc<Task>,
    sched: Weak<Scheduler>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(sched) = self.sched.upgrade() {
            sched.let_go(&self.task);
        }
    }
}

impl Job {
    pub(super) fn new(task: Rc<Task>, sched: &Rc<Scheduler>) -> Self {
        task.hold();
        let sched = Rc::downgrade(sched);
        Self(Rc::new(Held { task, sched }))
    }

    /// Its task, if that is one of this scheduler's.
    pub(super) fn task_of(&self, sched: &Rc<Scheduler>) -> Option<&Rc<Task>> {
        let is_ours = Weak::ptr_eq(&self.0.sched, &Rc::downgrade(sched));
        is_ours.then_some(&self.0.task)
    }

    /// Whether it has ended; [`Runtime::wait`](crate::Runtime::wait) has its result then at once.
    ///
    /// ```
    /// # #[cfg(feature = "rhai")] {
    /// # use wirescript::Runtime;
    /// let mut runtime = Runtime::builder().rhai().build()?;
    /// let job = runtime.spawn("nothing", "()")?;
    /// runtime.turn(std::time::Duration::from_millis(10))?;
    /// assert!(job.is_done());
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn is_done(&self) -> bool {
        self.0.task.is_done()
    }

    /// Makes its current or next wait fail once, with `CancelledError`. One that has ended is left alone.
    ///
    /// ```
    /// # #[cfg(feature = "lua")] {
    /// # use wirescript::{Class, Runtime};
    /// let mut runtime = Runtime::builder().build()?;
    /// let job = runtime.spawn("sleeper", "task.sleep(3600)")?;
    /// job.cancel();
    /// let error = runtime.wait::<()>(&job).expect_err("it was cancelled");
    /// assert_eq!(error.class(), Class::CancelledError);
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn cancel(&self) {
        if let Some(sched) = self.0.sched.upgrade() {
            sched.cancel(&self.0.task);
        }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Job({:?})", self.0.task)
    }
}
