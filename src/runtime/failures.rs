//! The tasks that have failed with nobody to join them: a few of them, however many there were.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use crate::error::Error;
use crate::sched::Task;

/// Tasks that are kept, each with its engine's stack and all that its error holds.
const MOST: usize = 32;

/// What is known of failed tasks until the end of a run asks whether all went well.
#[derive(Default)]
pub(super) struct Failures {
    /// The latest: who holds a task may still join it.
    latest: RefCell<Vec<Rc<Task>>>,
    /// The first that so many failed after that nobody is waited for any more who might join it.
    first: RefCell<Option<Error>>,
}

impl Failures {
    /// Notes that a task has failed.
    pub(super) fn note(&self, task: &Rc<Task>) {
        let mut latest = self.latest.borrow_mut();
        if latest.len() >= MOST {
            latest.retain(|task| !task.is_observed());
        }
        if latest.len() >= MOST {
            let oldest = latest.remove(0);
            let mut first = self.first.borrow_mut();
            if first.is_none() {
                *first = oldest.failure();
            }
        }
        latest.push(task.clone());
    }

    /// Forgets them all; the error of the first that nobody has joined.
    pub(super) fn take(&self) -> Option<Error> {
        let (first, latest) = (self.first.take(), self.latest.take());
        first.or_else(|| latest.iter().find(|task| !task.is_observed())?.failure())
    }
}

impl fmt::Debug for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Failures({} kept)", self.latest.borrow().len())
    }
}
