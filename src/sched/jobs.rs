//! Threads for calls that block and that no descriptor can announce: the resolver, a lingering close.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::sys::wake::Waker;

use super::task::Task;

/// Most threads at once; more calls queue.
const MOST_THREADS: usize = 16;
/// How long a thread without work stays.
const IDLE: Duration = Duration::from_secs(10);

type Work = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Shared {
    queue: Vec<Work>,
    threads: usize,
    idle: usize,
    finished: Vec<u64>,
    closed: bool,
}

type Board = (Mutex<Shared>, Condvar);

fn lock(board: &Board) -> MutexGuard<'_, Shared> {
    board.0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The helper threads of one scheduler, started when first needed.
pub(super) struct Jobs {
    board: Arc<Board>,
    made: Cell<u64>,
    waiters: RefCell<HashMap<u64, Rc<Task>>>,
}

impl Jobs {
    pub(super) fn new() -> Self {
        Self {
            board: Arc::default(),
            made: Cell::new(0),
            waiters: RefCell::default(),
        }
    }

    /// Runs `work` on a helper thread; `task` is due to be woken when it is done. Returns the job's number.
    pub(super) fn submit(
        &self,
        task: Rc<Task>,
        waker: Arc<Waker>,
        work: impl FnOnce() + Send + 'static,
    ) -> u64 {
        let id = self.made.get() + 1;
        self.made.set(id);
        self.waiters.borrow_mut().insert(id, task);
        let board = self.board.clone();
        let job: Work = Box::new(move || {
            work();
            lock(&board).finished.push(id);
            waker.wake();
        });
        let mut shared = lock(&self.board);
        shared.queue.insert(0, job);
        if shared.idle > 0 || shared.threads >= MOST_THREADS {
            self.board.1.notify_one();
        } else {
            shared.threads += 1;
            let board = self.board.clone();
            let started = std::thread::Builder::new()
                .name("wirescript-helper".into())
                .stack_size(256 * 1024)
                .spawn(move || serve(&board));
            if started.is_err() {
                // No thread to be had: do the work here, late but done.
                shared.threads -= 1;
                let job = shared.queue.remove(0);
                drop(shared);
                job();
            }
        }
        id
    }

    /// Nobody waits for this job any more.
    pub(super) fn forget(&self, id: u64) {
        self.waiters.borrow_mut().remove(&id);
    }

    /// Whether tasks wait for jobs.
    pub(super) fn is_awaited(&self) -> bool {
        !self.waiters.borrow().is_empty()
    }

    /// The tasks whose jobs are done.
    pub(super) fn finished(&self) -> Vec<Rc<Task>> {
        let ids = std::mem::take(&mut lock(&self.board).finished);
        let mut waiters = self.waiters.borrow_mut();
        ids.iter().filter_map(|id| waiters.remove(id)).collect()
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        lock(&self.board).closed = true;
        self.board.1.notify_all();
    }
}

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jobs({} awaited)", self.waiters.borrow().len())
    }
}

fn serve(board: &Board) {
    crate::sys::signal::block_all();
    let mut shared = lock(board);
    loop {
        if let Some(work) = shared.queue.pop() {
            drop(shared);
            work();
            shared = lock(board);
            continue;
        }
        if shared.closed {
            break;
        }
        shared.idle += 1;
        let (guard, wait) = board
            .1
            .wait_timeout(shared, IDLE)
            .unwrap_or_else(PoisonError::into_inner);
        shared = guard;
        shared.idle -= 1;
        if wait.timed_out() && shared.queue.is_empty() {
            break;
        }
    }
    shared.threads -= 1;
}
