//! What the scheduler asks of the language whose script a task runs.

use std::any::Any;
use std::rc::Rc;

use crate::error::{Place, Result};

use super::task::Task;

/// How a wait may be done where the caller stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    /// The fiber may be left.
    Suspend,
    /// Foreign frames must not be left: the thread has to block.
    Block,
}

/// What a language keeps for a task of its own.
pub(crate) trait Payload {
    /// The task's fiber is about to be entered.
    #[inline]
    fn enter(&self) {}
    /// The task's fiber has been left.
    #[inline]
    fn leave(&self) {}
    /// How a wait may be done now; an error where waiting is impossible (a finalizer).
    #[inline]
    fn standing(&self) -> Result<Standing> {
        Ok(Standing::Suspend)
    }
    /// Makes the script raise at its next instruction, and at each one after.
    fn kill(&self) {}
    /// Asks for its own memory, ahead of its use.
    #[inline]
    fn fetch(&self) {}
    /// Asks for what it points to.
    #[inline]
    fn fetch_deep(&self) {}
    /// Asks for what [`Self::take_ahead`] will use.
    #[inline]
    fn fetch_wait(&self) {}
    /// What it waits for while it is parked may have come: it may take that now, some moments before it is entered.
    #[inline]
    fn take_ahead(&self) {}
    /// Makes the script look at the stop flag and the clock now and then, where it does not by itself.
    fn watch(&self) {}
    /// Where in its script the task is, if it runs.
    fn place(&self) -> Option<Place> {
        None
    }
    /// The same of the task that runs, where it has called something of ours.
    fn place_of_call(&self) -> Option<Place> {
        self.place()
    }
    /// Goes on with what it left when it parked (see [`Task::park`]); runs on a fiber, as the task's body does.
    ///
    /// # Errors
    /// What ended the task.
    fn go_on(&self, task: &Rc<Task>) -> Result<()> {
        let _ = task;
        Ok(())
    }
    /// Whether what it has on its stack may be elsewhere while the task waits: nobody then has a pointer to it.
    fn is_movable(&self) -> bool {
        false
    }
    /// For the language's own use.
    fn as_any(&self) -> &dyn Any;
}

/// What a task of no language keeps: nothing.
pub(crate) struct Plain;

impl Payload for Plain {
    fn as_any(&self) -> &dyn Any {
        self
    }
}
