//! Threads for calls that block and that no descriptor can announce: the resolver, a lingering close, functions of the host's
//! that block.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Most threads at once; more calls queue.
const MOST_THREADS: usize = 16;
/// How long a thread without work stays.
const IDLE: Duration = Duration::from_secs(10);

/// Stack a thread has, of which the system gives what is used: a function of the host's may expect what Rust's threads have.
const STACK: usize = 2 * 1024 * 1024;

type Work = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Shared {
    queue: VecDeque<Work>,
    threads: usize,
    idle: usize,
    /// Calls that are queued or run.
    open: usize,
    closed: bool,
}

type Board = (Mutex<Shared>, Condvar);

fn lock(board: &Board) -> MutexGuard<'_, Shared> {
    board.0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The helper threads of one scheduler, started when first needed.
pub(super) struct Jobs {
    board: RefCell<Arc<Board>>,
}

impl Jobs {
    pub(super) fn new() -> Self {
        Self {
            board: RefCell::default(),
        }
    }

    /// Runs `work` on a helper thread.
    pub(super) fn submit(&self, work: impl FnOnce() + Send + 'static) {
        let board = self.board.borrow().clone();
        let inner = board.clone();
        let job: Work = Box::new(move || {
            work();
            lock(&inner).open -= 1;
        });
        let mut shared = lock(&board);
        shared.open += 1;
        shared.queue.push_back(job);
        // A thread counts as idle until it has woken, so there has to be one for each that is queued.
        if shared.idle >= shared.queue.len() || shared.threads >= MOST_THREADS {
            board.1.notify_one();
        } else {
            shared.threads += 1;
            let board = board.clone();
            let started = std::thread::Builder::new()
                .name("wirescript-helper".into())
                .stack_size(STACK)
                .spawn(move || serve(&board));
            if started.is_err() {
                // No thread to be had: do the work here, late but done.
                shared.threads -= 1;
                let job = shared.queue.pop_back();
                drop(shared);
                if let Some(job) = job {
                    job();
                }
            }
        }
    }

    /// Whether a thread is at work.
    pub(super) fn are_at_work(&self) -> bool {
        lock(&self.board.borrow()).open > 0
    }

    /// The threads there are, at work or not.
    pub(super) fn threads(&self) -> usize {
        lock(&self.board.borrow()).threads
    }

    /// In a forked child: none of the threads is there.
    pub(super) fn begin_anew(&self) {
        // Somebody who is gone may hold its lock.
        std::mem::forget(self.board.take());
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        let board = self.board.borrow();
        lock(&board).closed = true;
        board.1.notify_all();
    }
}

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jobs({} threads)", self.threads())
    }
}

fn serve(board: &Board) {
    crate::sys::signal::block_all();
    let mut shared = lock(board);
    loop {
        if let Some(work) = shared.queue.pop_front() {
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
