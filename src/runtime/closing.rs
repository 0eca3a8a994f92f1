//! The end of a script that has run its own tests: `after_all` outside of groups, called when the main chunk has ended and before
//! the script's tasks are waited for, as these may serve what is closed there.

use std::cell::{OnceCell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use crate::api::testing::Suite;
use crate::api::{Callback, Value};
use crate::sched::Task;

/// How far the end of one script is.
#[derive(Default)]
pub(super) struct Closing {
    left: OnceCell<RefCell<Calls>>,
    task: RefCell<Option<Rc<Task>>>,
}

/// Functions, and what they are called with.
type Calls = VecDeque<(Rc<dyn Callback>, Vec<Value>)>;

impl Closing {
    /// Calls what is left, one after the other. False when all have ended; what fails is told as of any task.
    pub(super) fn goes_on(&self, suite: &Suite) -> bool {
        if self.task.borrow().as_ref().is_some_and(|task| !task.is_done()) {
            return true;
        }
        let left = self.left.get_or_init(|| RefCell::new(suite.take_end().into()));
        let next = left.borrow_mut().pop_front();
        // One that cannot be started for want of memory is left out.
        let task = next.and_then(|(function, arguments)| function.start("after_all", arguments).ok());
        let goes_on = task.is_some();
        *self.task.borrow_mut() = task;
        goes_on
    }
}
