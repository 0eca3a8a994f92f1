//! This process, this thread and this machine: the pid, the terminal, processor time and memory.

use std::ffi::c_int;
#[cfg(feature = "cli")]
use std::io::IsTerminal as _;
#[cfg(feature = "cli")]
use std::os::fd::BorrowedFd;

/// Tells whether a person sits at the other end.
#[cfg(feature = "cli")]
pub(crate) fn is_terminal(fd: BorrowedFd<'_>) -> bool {
    fd.is_terminal()
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
