//! Who waits for a descriptor to become ready, in the order of their coming. As a rule it is one, who needs no memory of its own.

use std::collections::VecDeque;
use std::rc::Rc;

use super::line::strike;
use super::task::Task;
use super::wait::Wake;

/// A line of waiting tasks. The first, who as a rule is the only one, lies at its beginning.
#[derive(Debug, Default)]
#[repr(C)]
pub(super) struct Waiters {
    /// None only where nobody waits at all.
    first: Option<Rc<Task>>,
    others: VecDeque<Rc<Task>>,
}

impl Waiters {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    #[inline]
    pub(super) fn first(&self) -> Option<&Rc<Task>> {
        self.first.as_ref()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Rc<Task>> {
        self.first.iter().chain(&self.others)
    }

    #[inline]
    pub(super) fn push_back(&mut self, task: Rc<Task>) {
        match &self.first {
            None => self.first = Some(task),
            Some(_) => self.others.push_back(task),
        }
    }

    #[inline]
    pub(super) fn push_front(&mut self, task: Rc<Task>) {
        if let Some(second) = self.first.replace(task) {
            self.others.push_front(second);
        }
    }

    /// Takes a task out, which is in it once: as a rule it is the first.
    #[inline(always)]
    pub(super) fn strike(&mut self, task: &Rc<Task>) {
        match &self.first {
            Some(first) if Rc::ptr_eq(first, task) => self.first = self.others.pop_front(),
            _ => self.strike_behind(task),
        }
    }

    #[cold]
    fn strike_behind(&mut self, task: &Rc<Task>) {
        strike(&mut self.others, |other| Rc::ptr_eq(other, task));
    }

    /// Wakes the first, or all where the connection is at its end.
    pub(super) fn wake_first(&self, all: bool, wake: &mut impl FnMut(&Rc<Task>, Wake)) {
        if all {
            self.iter().for_each(|task| wake(task, Wake::Ready));
        } else if let Some(first) = self.first() {
            wake(first, Wake::Ready);
        }
    }

    /// Wakes those who watch several descriptors.
    pub(super) fn wake_lookers(&self, wake: &mut impl FnMut(&Rc<Task>, Wake)) {
        self.iter()
            .filter(|task| task.looks.get())
            .for_each(|task| wake(task, Wake::Ready));
    }

    /// Takes all of them out.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Rc<Task>> + use<> {
        self.first
            .take()
            .into_iter()
            .chain(std::mem::take(&mut self.others))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sched::Plain;

    #[test]
    fn first_come_first_served() {
        let mut line = Waiters::default();
        let tasks: Vec<_> = (0..5)
            .map(|id| Rc::new(Task::new(id, String::new(), Box::new(Plain))))
            .collect();
        let ids = |line: &Waiters| line.iter().map(|task| task.id).collect::<Vec<_>>();
        assert!(line.is_empty() && line.first().is_none());
        for task in &tasks[1..4] {
            line.push_back(task.clone());
        }
        line.push_front(tasks[0].clone());
        assert_eq!(ids(&line), [0, 1, 2, 3]);
        line.strike(&tasks[2]);
        line.strike(&tasks[4]);
        line.strike(&tasks[0]);
        assert_eq!(ids(&line), [1, 3]);
        line.push_front(tasks[4].clone());
        assert_eq!(line.drain().map(|task| task.id).collect::<Vec<_>>(), [4, 1, 3]);
        assert!(line.is_empty());
    }
}
