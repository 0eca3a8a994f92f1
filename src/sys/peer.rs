//! Processes as peers: who is at the other end of a Unix socket, and whether a process still lives.

use std::os::fd::{AsRawFd as _, BorrowedFd, OwnedFd};

use super::errno::{Errno, Result, check};

/// The process at the other end of a connected Unix socket: who connected, or who called listen.
#[cfg(linux)]
pub(crate) fn process(fd: BorrowedFd<'_>) -> Result<i32> {
    let data =
        super::option::option_bytes(fd, libc::SOL_SOCKET, libc::SO_PEERCRED, size_of::<libc::ucred>())?;
    // struct ucred begins with the process.
    let pid = data.first_chunk().ok_or(Errno::INVAL)?;
    Ok(i32::from_ne_bytes(*pid))
}

/// A descriptor that stands for a process as long as that lives, whoever has its number later; ESRCH if there is none.
#[cfg(linux)]
pub(crate) fn hold(process: i32) -> Result<OwnedFd> {
    // SAFETY: the call takes two numbers and touches no memory.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, process, 0) };
    check(i32::try_from(fd).unwrap_or(-1)).map(super::fd::own)
}

/// Whether a held process lives.
#[cfg(linux)]
pub(crate) fn lives(held: BorrowedFd<'_>) -> bool {
    let ended = super::poll::poll_one(held.as_raw_fd(), true, false, Some(std::time::Duration::ZERO));
    ended.is_ok_and(|ready| ready.timed_out)
}

/// The number of this process.
pub(crate) fn own_process() -> i32 {
    i32::try_from(std::process::id()).unwrap_or(0)
}

/// The process that credentials (a `ucred`: three numbers) name, where they are not this process's own: what root may claim.
pub(crate) fn foreign_credentials(data: &[u8]) -> Option<i32> {
    let mut numbers = data
        .chunks_exact(size_of::<i32>())
        .filter_map(|bytes| bytes.try_into().ok().map(i32::from_ne_bytes));
    let (process, user, group) = (numbers.next()?, numbers.next()?, numbers.next()?);
    // SAFETY: the call takes nothing and cannot fail.
    let own_user = unsafe { libc::geteuid() };
    // SAFETY: as above.
    let own_group = unsafe { libc::getegid() };
    let is_own =
        process == own_process() && user.cast_unsigned() == own_user && group.cast_unsigned() == own_group;
    (!is_own).then_some(process)
}

/// Elsewhere nobody can be asked.
#[cfg(not(linux))]
pub(crate) fn process(_: BorrowedFd<'_>) -> Result<i32> {
    Err(Errno::OPNOTSUPP)
}

/// As [`process`].
#[cfg(not(linux))]
pub(crate) fn hold(_: i32) -> Result<OwnedFd> {
    Err(Errno::OPNOTSUPP)
}

/// As [`process`].
#[cfg(not(linux))]
pub(crate) fn lives(_: BorrowedFd<'_>) -> bool {
    false
}

#[cfg(all(test, linux))]
mod tests {
    use std::os::fd::AsFd as _;

    use super::super::{flag, socket};
    use super::*;

    #[test]
    fn this_process_is_its_own_peer_and_lives() -> Result<()> {
        let (one, _other) = socket::pair(flag::AF_UNIX, flag::SOCK_STREAM, 0)?;
        assert_eq!(process(one.as_fd()), Ok(own_process()));
        assert!(lives(hold(own_process())?.as_fd()));
        assert_eq!(hold(i32::MAX).err(), Some(Errno::SRCH));
        Ok(())
    }
}
