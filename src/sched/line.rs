//! A line in which tasks stand for something that comes from other tasks. In a forked child it is empty: nobody in it came along.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use crate::sys::fork;

use super::task::Task;

/// Tasks in the order of their coming.
#[derive(Debug, Default)]
pub(super) struct Line {
    tasks: RefCell<VecDeque<Rc<Task>>>,
    /// Of the process whose tasks these are.
    generation: Cell<u32>,
}

impl Line {
    /// Forgets whoever did not come along into this process. Whether it is another than before.
    pub(super) fn look_around(&self) -> bool {
        let generation = fork::generation();
        let is_new = self.generation.replace(generation) != generation;
        if is_new {
            self.tasks.borrow_mut().clear();
        }
        is_new
    }

    /// Whether the tasks are of this process.
    #[inline]
    pub(super) fn is_of_here(&self) -> bool {
        self.generation.get() == fork::generation()
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.tasks.borrow().is_empty()
    }

    pub(super) fn first(&self) -> Option<Rc<Task>> {
        self.tasks.borrow().front().cloned()
    }

    pub(super) fn is_first(&self, task: &Rc<Task>) -> bool {
        self.tasks
            .borrow()
            .front()
            .is_some_and(|first| Rc::ptr_eq(first, task))
    }

    pub(super) fn push_back(&self, task: &Rc<Task>) {
        self.tasks.borrow_mut().push_back(task.clone());
    }

    pub(super) fn push_front(&self, task: &Rc<Task>) {
        self.tasks.borrow_mut().push_front(task.clone());
    }

    /// Takes a task out, which is in it once.
    pub(super) fn strike(&self, task: &Rc<Task>) {
        strike(&mut self.tasks.borrow_mut(), |other| Rc::ptr_eq(other, task));
    }
}

/// Takes out of a queue the one that is meant, which is in it once if at all. It is looked for from both ends: when all who wait
/// are told to end, one after the other, it is at one of them.
pub(crate) fn strike<T>(queue: &mut VecDeque<T>, is_meant: impl Fn(&T) -> bool) {
    let last = queue.len().wrapping_sub(1);
    let ends = (0..queue.len().div_ceil(2)).flat_map(|place| [place, last - place]);
    let found = ends.into_iter().find(|place| is_meant(&queue[*place]));
    if let Some(place) = found {
        queue.remove(place);
    }
}
