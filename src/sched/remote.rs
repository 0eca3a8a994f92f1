//! Wakes from other threads: what a helper thread, a worker or a channel between threads calls when it has something.
//!
//! A task that waits for another thread gives a [`Summons`] away and leaves its fiber. Calling the summons, from any
//! thread, notes its number on a board and writes to the reactor's wake descriptor; the scheduler finds the task by the
//! number. A number nobody waits for any more finds nobody.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::error::{Error, Result};
use crate::sys::wake::Waker;

use super::scheduler::Scheduler;
use super::source::Interest;
use super::task::Task;
use super::wait::Wake;

/// Numbers that have been called and not yet been looked at.
pub(super) type Board = Mutex<Vec<u64>>;

fn lock(board: &Board) -> MutexGuard<'_, Vec<u64>> {
    board.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Wakes one task that waits, from any thread; more than once does no harm.
#[derive(Debug)]
pub(crate) struct Summons {
    id: u64,
    board: Arc<Board>,
    waker: Arc<Waker>,
}

impl Summons {
    /// Has the task look again.
    pub(crate) fn call(&self) {
        lock(&self.board).push(self.id);
        self.waker.wake();
    }
}

/// The tasks of one scheduler that wait for other threads.
#[derive(Default)]
pub(super) struct Remote {
    made: Cell<u64>,
    waiting: RefCell<HashMap<u64, Rc<Task>>>,
    board: RefCell<Arc<Board>>,
}

impl Remote {
    fn issue(&self, task: Rc<Task>, waker: Arc<Waker>) -> Arc<Summons> {
        let id = self.made.get() + 1;
        self.made.set(id);
        self.waiting.borrow_mut().insert(id, task);
        Arc::new(Summons {
            id,
            board: self.board.borrow().clone(),
            waker,
        })
    }

    fn forget(&self, summons: &Summons) {
        self.waiting.borrow_mut().remove(&summons.id);
    }

    /// Whether tasks wait for other threads.
    pub(super) fn is_awaited(&self) -> bool {
        !self.waiting.borrow().is_empty()
    }

    /// In a forked child: nobody waits any more, and nobody calls.
    pub(super) fn begin_anew(&self) {
        std::mem::forget(self.waiting.take());
        std::mem::forget(self.board.take());
    }

    /// Where calls are noted.
    pub(super) fn board(&self) -> Arc<Board> {
        self.board.borrow().clone()
    }

    /// The tasks that have been called.
    pub(super) fn called(&self) -> Vec<Rc<Task>> {
        if !self.is_awaited() {
            // Calls that came too late find nobody later either.
            lock(&self.board.borrow()).clear();
            return Vec::new();
        }
        let numbers = std::mem::take(&mut *lock(&self.board.borrow()));
        let waiting = self.waiting.borrow();
        numbers.iter().filter_map(|id| waiting.get(id).cloned()).collect()
    }
}

impl Scheduler {
    /// Waits until another thread calls the summons that `offer` is handed; it may be called before this returns. Where the
    /// fiber cannot be left, the thread blocks.
    ///
    /// # Errors
    /// Cancellation; whatever ends the task.
    pub(crate) fn wait_for_thread(
        &self,
        deadline: Option<Instant>,
        offer: impl FnOnce(&Arc<Summons>),
    ) -> Result<Wake> {
        let Some(task) = self.suspendable()? else {
            let waker = Arc::new(Waker::new().map_err(|errno| Error::from(errno).during("wait"))?);
            offer(&Arc::new(Summons {
                id: 0,
                board: Arc::default(),
                waker: waker.clone(),
            }));
            return self.block_on_fd(waker.fd(), Interest::Read, deadline);
        };
        let summons = self.summon(&task)?;
        offer(&summons);
        let wake = self.suspend(&task, deadline);
        self.dismiss(&summons);
        wake
    }

    /// What wakes this task from another thread, until it is dismissed.
    pub(super) fn summon(&self, task: &Rc<Task>) -> Result<Arc<Summons>> {
        Ok(self.remote.issue(task.clone(), self.reactor()?.waker()?))
    }

    pub(super) fn dismiss(&self, summons: &Summons) {
        self.remote.forget(summons);
    }

    /// As [`Self::wait_for_thread`], whatever may be asked of the task meanwhile: for what has to be seen to its end. False
    /// where nothing can wait any more.
    pub(crate) fn outwait_thread(&self, until: Instant, offer: impl FnOnce(&Arc<Summons>)) -> bool {
        let (Some(task), false) = (self.current(), self.is_closed()) else {
            return false;
        };
        let Ok(summons) = self.summon(&task) else {
            return false;
        };
        offer(&summons);
        let wake = self.rest(&task, Some(until));
        self.dismiss(&summons);
        wake.is_some()
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Remote({} awaited)", self.waiting.borrow().len())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::sched::{Plain, deadline_after};

    #[test]
    fn a_task_wakes_when_another_thread_calls_it_and_not_before() -> Result<()> {
        let sched = Scheduler::new(256 * 1024);
        let inner = sched.clone();
        let ready = Arc::new(Mutex::new(false));
        let seen = ready.clone();
        let task = sched.spawn(
            String::new(),
            Box::new(Plain),
            Box::new(move |_| {
                let until = deadline_after(Duration::from_millis(20));
                assert_eq!(inner.wait_for_thread(until, |_| {})?, Wake::TimedOut);
                let wake = inner.wait_for_thread(None, |summons| {
                    let (summons, ready) = (summons.clone(), seen.clone());
                    std::thread::spawn(move || {
                        if let Ok(mut ready) = ready.lock() {
                            *ready = true;
                        }
                        summons.call();
                        summons.call();
                    });
                })?;
                assert!(seen.lock().is_ok_and(|ready| *ready));
                assert_eq!(wake, Wake::Ready);
                // A call before the wait is not lost.
                inner.wait_for_thread(None, |summons| summons.call())?;
                Ok(())
            }),
        )?;
        sched.run_until(|| false)?;
        assert!(task.is_done() && task.failure().is_none());
        assert!(!sched.remote.is_awaited());
        Ok(())
    }
}
