//! Who runs next: tasks whose wait is over, tasks that are merely ready, tasks about to work long.
//!
//! Whoever waited for bytes or a moment goes before those who have just been started or let others go first: behind a
//! thousand new tasks it would come late. But not for ever: one in a few is taken from the others. Of those who are about to
//! work long few are entered in a round (`aside`).

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use crate::sys::fiber::Fiber;
use crate::sys::prefetch;

use super::task::Task;

/// So many tasks, with what the kernel has for them, leave the processor's own caches before they run again.
pub(super) const CROWD: usize = 128;
/// Tasks that may receive in a row, before the first of them runs.
const AHEAD: usize = 16;
/// Tasks that were waited for, entered in a row while others are ready.
const IN_A_ROW: u32 = 8;

type Line = RefCell<VecDeque<Rc<Task>>>;

/// The tasks that could run.
#[derive(Default)]
pub(super) struct Queue {
    /// Woken by an event or the clock.
    woken: Line,
    ready: Line,
    aside: Line,
    /// How many of the woken, from the first on, have taken what they waited for.
    ahead: Cell<usize>,
    /// How many of the woken went before those who are ready.
    in_a_row: Cell<u32>,
    /// Whether there are more tasks than the caches hold.
    crowded: Cell<bool>,
}

impl Queue {
    pub(super) fn push(&self, task: Rc<Task>) {
        self.ready.borrow_mut().push_back(task);
    }

    pub(super) fn push_woken(&self, task: Rc<Task>) {
        self.woken.borrow_mut().push_back(task);
    }

    pub(super) fn push_aside(&self, task: Rc<Task>) {
        self.aside.borrow_mut().push_back(task);
    }

    /// So many tasks live.
    #[inline]
    pub(super) fn expect(&self, tasks: usize) {
        self.crowded.set(tasks >= CROWD);
    }

    /// Whether it is worth while to ask ahead for the memory of those who run next.
    #[inline]
    pub(super) fn is_crowded(&self) -> bool {
        self.crowded.get()
    }

    /// How many could be entered in a round.
    pub(super) fn len(&self) -> usize {
        self.woken.borrow().len() + self.ready.borrow().len()
    }

    /// Whether nobody could be entered, but for who is about to work long.
    #[inline]
    pub(super) fn is_free(&self) -> bool {
        self.ready.borrow().is_empty() && self.woken.borrow().is_empty()
    }

    /// Whether somebody whom an event or the clock has woken has yet to run.
    #[inline]
    pub(super) fn has_woken(&self) -> bool {
        !self.woken.borrow().is_empty()
    }

    /// Whether somebody is about to work long.
    #[inline]
    pub(super) fn has_aside(&self) -> bool {
        !self.aside.borrow().is_empty()
    }

    /// Takes the next of those who work long.
    #[inline]
    pub(super) fn next_aside(&self) -> Option<Rc<Task>> {
        self.aside.borrow_mut().pop_front()
    }

    /// Takes the next task.
    #[inline]
    pub(super) fn next(&self) -> Option<Rc<Task>> {
        let passed = self.in_a_row.get();
        if passed < IN_A_ROW
            && let Some(task) = self.take_woken()
        {
            self.in_a_row.set(passed + 1);
            return Some(task);
        }
        self.in_a_row.set(0);
        self.take(&self.ready).or_else(|| self.take_woken())
    }

    /// Takes the first of the woken.
    #[inline]
    fn take_woken(&self) -> Option<Rc<Task>> {
        if self.ahead.get() == 0 {
            if !self.has_woken() {
                return None;
            }
            self.take_ahead();
        }
        let task = self.take(&self.woken)?;
        self.ahead.set(self.ahead.get() - 1);
        Some(task)
    }

    /// Lets the first of the woken take what they wait for, all before one of them runs: so the kernel's way of receiving stays in
    /// the processor's caches, and afterwards the script's own.
    #[inline(never)]
    fn take_ahead(&self) {
        let woken = self.woken.borrow();
        let first = || woken.iter().take(AHEAD).filter(|task| task.can_take_ahead());
        self.ahead.set(woken.len().min(AHEAD));
        if self.is_crowded() {
            first().for_each(|task| task.payload.fetch());
            first().for_each(|task| task.payload.fetch_wait());
        }
        first().for_each(|task| task.payload.take_ahead());
    }

    /// Takes the first of a line, and in a crowd has the memory of those behind it come nearer meanwhile: first the task, then what it
    /// points to, then the stack.
    #[inline]
    fn take(&self, line: &Line) -> Option<Rc<Task>> {
        let mut line = line.borrow_mut();
        let next = line.pop_front()?;
        if !self.is_crowded() {
            return Some(next);
        }
        if let Some(third) = line.get(2) {
            prefetch::fetch_shared(third, Task::HOT);
        }
        if let Some(second) = line.get(1) {
            second.with_fiber(Fiber::fetch);
            second.payload.fetch();
        }
        if let Some(first) = line.front() {
            first.with_fiber(Fiber::fetch_stack);
            first.payload.fetch_deep();
        }
        Some(next)
    }

    /// Nobody lets anybody go first any more.
    pub(super) fn level(&self) {
        let aside = self.aside.take();
        self.ready.borrow_mut().extend(aside);
    }

    /// Takes all there are.
    pub(super) fn take_all(&self) -> Vec<Rc<Task>> {
        self.ahead.set(0);
        let mut all = Vec::from(self.woken.take());
        all.extend(self.ready.take());
        all.extend(self.aside.take());
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sched::Plain;

    #[test]
    fn the_woken_go_first_and_hold_nobody_up() {
        let queue = Queue::default();
        let task = |id| Rc::new(Task::new(id, String::new(), Box::new(Plain)));
        (1..=3).for_each(|id| queue.push(task(id)));
        (11..=30).for_each(|id| queue.push_woken(task(id)));
        queue.push_aside(task(99));
        assert_eq!(queue.len(), 23);
        let order: Vec<u64> = std::iter::from_fn(|| queue.next()).map(|task| task.id).collect();
        let mut expected: Vec<u64> = (11..=18).collect();
        expected.push(1);
        expected.extend(19..=26);
        expected.push(2);
        expected.extend(27..=30);
        expected.push(3);
        assert_eq!(order, expected);
        assert!(queue.is_free() && queue.has_aside());
        queue.level();
        assert_eq!(queue.next().map(|task| task.id), Some(99));
        assert!(queue.is_free() && !queue.has_aside());
    }
}
