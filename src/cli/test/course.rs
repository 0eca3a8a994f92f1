//! How far a file is. What exceeds a limit of the policy ends the machine with all in it, so what is left of the file goes on in
//! another: the course of the file knows what has been told, whichever machine it was in. What was under way when everything
//! was ended is kept, as nobody else could say it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Instant;

use crate::api::testing::{Case, Trial};
use crate::sched::Task;

use super::exchange::Exchange;
use super::verdict::Trouble;

/// What has come of a file's tests so far, by their number in it.
#[derive(Debug, Default)]
pub(super) struct Course(RefCell<HashMap<usize, Stand>>);

/// What has come of one test.
#[derive(Debug, Default)]
struct Stand {
    /// How often something was told of it.
    told: usize,
    /// How those of its tries failed that are not told yet.
    earlier: Vec<Vec<Trouble>>,
}

impl Course {
    /// How often something was told of a test.
    pub(super) fn told(&self, test: usize) -> usize {
        self.0.borrow().get(&test).map_or(0, |stand| stand.told)
    }

    /// Something is told of it now, so many times.
    pub(super) fn tell(&self, test: usize, times: usize) {
        self.0.borrow_mut().entry(test).or_default().told += times;
    }

    /// A try of the test failed, and there will be another one.
    pub(super) fn keep(&self, test: usize, troubles: Vec<Trouble>) {
        self.0
            .borrow_mut()
            .entry(test)
            .or_default()
            .earlier
            .push(troubles);
    }

    /// How many tries of the test have failed that are not told yet.
    pub(super) fn tries(&self, test: usize) -> usize {
        self.0.borrow().get(&test).map_or(0, |stand| stand.earlier.len())
    }

    /// How they failed: who asks tells it.
    pub(super) fn take_tries(&self, test: usize) -> Vec<Vec<Trouble>> {
        let mut stands = self.0.borrow_mut();
        let stand = stands.get_mut(&test);
        stand.map_or_else(Vec::new, |stand| std::mem::take(&mut stand.earlier))
    }
}

/// What a machine is in the middle of.
pub(super) struct UnderWay {
    pub(super) part: Part,
    pub(super) start: Instant,
    /// What is under way, where it is not the test's own function.
    pub(super) during: Option<&'static str>,
    /// The task that does it.
    pub(super) task: Option<Rc<Task>>,
}

/// A part of a file that can be under way.
pub(super) enum Part {
    /// A test, its `t`, and what its sockets say.
    Test(Rc<Case>, Rc<Trial>, Rc<Exchange>),
    /// What is called around tests, and those that cannot be run without it.
    Around(String, Vec<Rc<Case>>),
}

impl UnderWay {
    /// It begins now.
    pub(super) fn begin(part: Part) -> Self {
        Self {
            part,
            start: Instant::now(),
            during: None,
            task: None,
        }
    }
}
