//! This process, this thread and this machine: the pid, the terminal, processor time and memory.

use std::ffi::c_int;
#[cfg(feature = "cli")]
use std::io::IsTerminal as _;
#[cfg(feature = "cli")]
use std::os::fd::BorrowedFd;

use super::fiber::{Extent, elsewhere};

/// Tells whether a person sits at the other end.
#[cfg(feature = "cli")]
pub(crate) fn is_terminal(fd: BorrowedFd<'_>) -> bool {
    fd.is_terminal()
}

/// The memory this process may have at most in bytes: that of the machine, or less where its addresses are limited (`ulimit -v`): most
/// of those that are left. The largest number there is where the system does not tell.
pub(crate) fn physical_memory() -> usize {
    let pages = system_value(libc::_SC_PHYS_PAGES);
    let machine = pages
        .zip(page_size())
        .map_or(usize::MAX, |(pages, page)| pages.saturating_mul(page));
    match address_space() {
        usize::MAX => machine,
        // Some are for what no limit of a script's counts: stacks, the program's own.
        most => {
            let left = most.saturating_sub(super::memory::held().unwrap_or(0));
            machine.min(left / 8 * 7)
        }
    }
}

/// Whether addresses may be taken that are never used: they are limited nowhere, and no sanitizer keeps books on them.
#[cfg_attr(
    not(any(feature = "lua", feature = "rhai")),
    allow(dead_code, reason = "no scripts")
)]
pub(crate) fn has_addresses() -> bool {
    cfg!(all(target_pointer_width = "64", not(sanitized))) && address_space() == usize::MAX
}

/// Does something where there is more stack than threads begin with: what scripts leave behind is dropped there.
#[cfg_attr(
    not(any(feature = "lua", feature = "rhai")),
    allow(dead_code, reason = "no scripts")
)]
pub(crate) fn with_room<R>(work: impl FnOnce() -> R) -> R {
    const ROOM: Extent = Extent {
        usable: 8 << 20,
        reserve: if cfg!(target_pointer_width = "64") {
            1 << 32
        } else {
            0
        },
    };
    if has_addresses() {
        elsewhere(ROOM, work)
    } else {
        work()
    }
}

/// Bytes of addresses the process may use; the largest number there is where nobody has limited them.
pub(super) fn address_space() -> usize {
    // SAFETY: the record is of the type that is asked for, and outlives the call.
    limit_of(|limit| unsafe { libc::getrlimit(libc::RLIMIT_AS, limit) })
}

/// Descriptors the process may have open; the largest number there is where nobody has limited them.
#[cfg(feature = "lua")]
pub(crate) fn descriptor_limit() -> usize {
    // SAFETY: the record is of the type that is asked for, and outlives the call.
    limit_of(|limit| unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, limit) })
}

/// How much of something the process may have, by a call that fills in the limit.
fn limit_of(ask: impl FnOnce(&mut libc::rlimit) -> c_int) -> usize {
    let mut limit = libc::rlimit {
        rlim_cur: libc::RLIM_INFINITY,
        rlim_max: libc::RLIM_INFINITY,
    };
    if ask(&mut limit) != 0 || limit.rlim_cur == libc::RLIM_INFINITY {
        return usize::MAX;
    }
    usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX)
}

/// Bytes of a page.
pub(super) fn page_size() -> Option<usize> {
    system_value(libc::_SC_PAGESIZE)
}

/// A value of `sysconf` that is not "unlimited" or unknown.
fn system_value(name: c_int) -> Option<usize> {
    // SAFETY: sysconf takes a number and touches no memory.
    let value = unsafe { libc::sysconf(name) };
    usize::try_from(value).ok().filter(|&value| value > 0)
}

/// The processes that the calling thread has started and that run; none where the system does not tell.
#[cfg(feature = "cli")]
pub(crate) fn children() -> Vec<u32> {
    let told = std::fs::read_to_string("/proc/thread-self/children").unwrap_or_default();
    let children = told.split_whitespace().filter_map(|word| word.parse().ok());
    children.filter(|process| !has_ended(*process)).collect()
}

/// Whether a process has ended and waits to be asked how.
#[cfg(feature = "cli")]
fn has_ended(process: u32) -> bool {
    let told = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name before may hold anything.
    let state = told.rsplit_once(") ").map_or("", |(_, rest)| rest);
    state.is_empty() || state.starts_with(['Z', 'X'])
}

/// The name of a process's program.
#[cfg(feature = "cli")]
pub(crate) fn name(process: u32) -> Option<String> {
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).ok()?;
    Some(name.trim_end().to_owned())
}

/// Ends a process at once; one that has ended is left alone.
#[cfg(feature = "cli")]
pub(crate) fn end(process: u32) {
    if let Ok(number) = libc::pid_t::try_from(process)
        && number > 0
    {
        // SAFETY: kill takes two numbers and touches no memory.
        unsafe { libc::kill(number, libc::SIGKILL) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "cli")]
    #[test]
    fn a_pipe_is_no_terminal() -> super::super::errno::Result<()> {
        use std::os::fd::AsFd as _;

        use super::super::fd;

        assert!(!is_terminal(fd::pipe()?.0.as_fd()));
        Ok(())
    }

    #[test]
    fn the_machine_has_memory() {
        assert!(physical_memory() >= 1 << 24);
    }
}
