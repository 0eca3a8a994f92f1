//! Tasks of no language: what a tool does beside the script that asked for it.

use std::rc::Rc;

use crate::error::Result;
use crate::sched::{Plain, Scheduler, Task};

/// Starts a task whose failure is told by whoever asks it, and by nobody else.
///
/// # Errors
/// `MemoryError`; `RuntimeError` where there are no tasks.
pub(super) fn start(
    sched: &Scheduler,
    name: &str,
    work: impl FnOnce() -> Result<()> + 'static,
) -> Result<Rc<Task>> {
    let body = Box::new(move |_: &Rc<Task>| work());
    let task = sched.spawn(name.to_owned(), Box::new(Plain), body)?;
    task.observe();
    Ok(task)
}
