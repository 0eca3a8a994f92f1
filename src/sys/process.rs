//! This process, this thread and this machine: the pid, the terminal, processor time and memory.

use std::ffi::c_int;
use std::io::IsTerminal as _;
use std::os::fd::BorrowedFd;
use std::time::Duration;

/// The number of this process.
pub(crate) fn pid() -> u32 {
    std::process::id()
}

/// Tells whether a person sits at the other end.
pub(crate) fn is_terminal(fd: BorrowedFd<'_>) -> bool {
    fd.is_terminal()
}

/// The processor time this thread has used.
pub(crate) fn thread_cpu_time() -> Duration {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `now` is a timespec that outlives the call. The clock exists on every platform we build for,
    // and where it should not, `now` stays zero.
    let _ = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut now) };
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// The memory of this machine in bytes; the largest number there is where it does not tell.
pub(crate) fn physical_memory() -> usize {
    let pages = system_value(libc::_SC_PHYS_PAGES);
    let page = system_value(libc::_SC_PAGESIZE);
    pages
        .zip(page)
        .map_or(usize::MAX, |(pages, page)| pages.saturating_mul(page))
}

/// A value of `sysconf` that is not "unlimited" or unknown.
fn system_value(name: c_int) -> Option<usize> {
    // SAFETY: sysconf takes a number and touches no memory.
    let value = unsafe { libc::sysconf(name) };
    usize::try_from(value).ok().filter(|&value| value > 0)
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd as _;

    use super::super::fd;
    use super::*;

    #[test]
    fn a_pipe_is_no_terminal() -> super::super::errno::Result<()> {
        assert!(!is_terminal(fd::pipe()?.0.as_fd()));
        Ok(())
    }

    #[test]
    fn processor_time_grows_with_work_of_this_thread() {
        let start = thread_cpu_time();
        let mut sum = 0_u64;
        while thread_cpu_time() == start {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(thread_cpu_time() > start);
    }

    #[test]
    fn the_machine_has_memory_and_this_process_a_number() {
        assert!(physical_memory() >= 1 << 24);
        assert_eq!(pid(), std::process::id());
    }
}
