//! A copy of this process, its end, and the end of children: fork(2), _exit(2), waitpid(2).

use std::ffi::c_int;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use super::errno::{Errno, Result, check};

/// Forks: the child's number, or none in the child, where only the calling thread goes on.
pub(crate) fn fork() -> Result<Option<i32>> {
    // SAFETY: the caller has seen to it that no other thread is in the middle of anything.
    let process = check(unsafe { libc::fork() })?;
    if process == 0 {
        GENERATION.fetch_add(1, Ordering::Relaxed);
    }
    Ok((process != 0).then_some(process))
}

/// How many forks lie between the first process and this one.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// A number that is another in a child than in its parent: what a task holds that is not in this process nobody holds.
#[inline]
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Ends the process at once: nothing is dropped, flushed or told.
pub(crate) fn exit_now(status: u8) -> ! {
    // SAFETY: takes a number and does not return.
    unsafe { libc::_exit(c_int::from(status)) }
}

/// Whether a child has ended, which is told once; ECHILD for what is no child of ours, or has been told.
pub(crate) fn has_ended(child: i32) -> Result<bool> {
    let mut status = 0;
    // SAFETY: the status is writable.
    let ended = check(unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) })?;
    Ok(ended == child)
}

/// Threads of ours that run scripts beside the one that started them.
static WORKERS: AtomicUsize = AtomicUsize::new(0);

/// Counts a thread as a worker for as long as it is there.
#[derive(Debug)]
pub(crate) struct AtWork(());

impl AtWork {
    pub(crate) fn begin() -> Self {
        WORKERS.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        WORKERS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Workers that live in this process.
pub(crate) fn workers() -> usize {
    WORKERS.load(Ordering::SeqCst)
}

/// The threads of this process; none where the system does not tell.
pub(crate) fn threads() -> Option<usize> {
    #[cfg(linux)]
    return Some(std::fs::read_dir("/proc/self/task").ok()?.count());
    #[cfg(not(linux))]
    return None;
}

/// The error for a child that is none.
pub(crate) const NO_CHILD: Errno = Errno(libc::ECHILD);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_no_child_is_told_apart() {
        assert_eq!(has_ended(1), Err(NO_CHILD));
    }

    #[cfg(linux)]
    #[test]
    fn threads_are_counted() {
        let stop = std::sync::Arc::new(std::sync::Barrier::new(2));
        let inner = stop.clone();
        let other = std::thread::spawn(move || inner.wait());
        assert!(threads() >= Some(2));
        stop.wait();
        other.join().expect("it ends");
    }
}
