//! Any descriptor: blocking or not, inherited or not, duplicated, closed, and taken over from a bare number.

use std::ffi::c_int;
use std::os::fd::{AsRawFd as _, BorrowedFd, FromRawFd as _, IntoRawFd as _, OwnedFd, RawFd};

#[cfg(any(test, feature = "cli", not(linux)))]
use super::errno::Errno;
use super::errno::{Result, check};

/// Sets whether calls on the descriptor return EAGAIN instead of blocking; every duplicate shares the
/// setting.
pub(crate) fn set_nonblocking(fd: BorrowedFd<'_>, nonblocking: bool) -> Result<()> {
    let mut value = c_int::from(nonblocking);
    // SAFETY: FIONBIO reads one int, and `value` is one that outlives the call.
    check(unsafe { libc::ioctl(fd.as_raw_fd(), libc::FIONBIO, &raw mut value) }).map(drop)
}

/// Tells whether calls on the descriptor return EAGAIN instead of blocking.
pub(crate) fn is_nonblocking(fd: BorrowedFd<'_>) -> Result<bool> {
    // SAFETY: F_GETFL takes no argument and touches no memory.
    let flags = check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETFL) })?;
    Ok(flags & libc::O_NONBLOCK != 0)
}

/// Sets whether a program started by exec keeps the descriptor.
pub(crate) fn set_inheritable(fd: BorrowedFd<'_>, inheritable: bool) -> Result<()> {
    let request = if inheritable {
        libc::FIONCLEX
    } else {
        libc::FIOCLEX
    };
    // SAFETY: FIOCLEX and FIONCLEX take no argument and touch no memory.
    check(unsafe { libc::ioctl(fd.as_raw_fd(), request) }).map(drop)
}

/// Tells whether a program started by exec keeps the descriptor.
pub(crate) fn is_inheritable(fd: BorrowedFd<'_>) -> Result<bool> {
    Ok(descriptor_flags(fd.as_raw_fd())? & libc::FD_CLOEXEC == 0)
}

/// Makes a second descriptor, not inherited, for the same open file.
pub(crate) fn dup(fd: BorrowedFd<'_>) -> Result<OwnedFd> {
    // SAFETY: F_DUPFD_CLOEXEC takes an int and touches no memory.
    check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, 0) }).map(own)
}

/// Closes a descriptor by number. After EINTR it is closed on Linux all the same: never call this again for
/// it.
pub(crate) fn close(fd: RawFd) -> Result<()> {
    // SAFETY: close takes a number and touches no memory; the caller gives the descriptor up.
    check(unsafe { libc::close(fd) }).map(drop)
}

/// Tells whether the number stands for an open descriptor.
#[cfg(test)]
pub(crate) fn is_open(fd: RawFd) -> bool {
    descriptor_flags(fd).is_ok()
}

/// Takes over a descriptor known by number, or EBADF if none is open there. The script that names it says it
/// owns it.
pub(crate) fn adopt(fd: RawFd) -> Result<OwnedFd> {
    descriptor_flags(fd)?;
    Ok(own(fd))
}

/// Gives a descriptor up to its number.
pub(crate) fn into_raw(fd: OwnedFd) -> RawFd {
    fd.into_raw_fd()
}

/// Borrows a descriptor known by number; `None` for a negative one, which is a closed socket's. The caller
/// keeps it open while it uses the answer; a number that was closed in between makes the call EBADF, and
/// nothing worse.
pub(crate) fn borrow<'a>(fd: RawFd) -> Option<BorrowedFd<'a>> {
    if fd < 0 {
        return None;
    }
    // SAFETY: the number is not -1, and the caller keeps it open while it uses the answer.
    Some(unsafe { BorrowedFd::borrow_raw(fd) })
}

/// Opens a connected pair of pipe ends, not inherited: what is written to the second is read from the first.
#[cfg(any(test, feature = "cli", not(linux)))]
pub(crate) fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = std::io::pipe().map_err(Errno::from)?;
    Ok((reader.into(), writer.into()))
}

/// The flags of the descriptor itself; EBADF if it is not open.
fn descriptor_flags(fd: RawFd) -> Result<c_int> {
    // SAFETY: F_GETFD takes no argument and touches no memory.
    check(unsafe { libc::fcntl(fd, libc::F_GETFD) })
}

/// The owner of a descriptor that is open and that no other value owns.
pub(super) fn own(fd: RawFd) -> OwnedFd {
    // SAFETY: the callers pass a descriptor they just opened or saw open, so it is not -1, and hand it over.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd as _;

    use super::*;

    #[test]
    fn blocking_is_switched() -> Result<()> {
        let (reader, _writer) = pipe()?;
        assert!(!is_nonblocking(reader.as_fd())?);
        set_nonblocking(reader.as_fd(), true)?;
        assert!(is_nonblocking(reader.as_fd())?);
        set_nonblocking(reader.as_fd(), false)?;
        assert!(!is_nonblocking(reader.as_fd())?);
        Ok(())
    }

    #[test]
    fn a_duplicate_is_not_inherited_and_shares_the_blocking_mode() -> Result<()> {
        let (reader, _writer) = pipe()?;
        set_inheritable(reader.as_fd(), true)?;
        assert!(is_inheritable(reader.as_fd())?);
        let second = dup(reader.as_fd())?;
        assert!(!is_inheritable(second.as_fd())?);
        set_nonblocking(reader.as_fd(), true)?;
        assert!(is_nonblocking(second.as_fd())?);
        set_inheritable(reader.as_fd(), false)?;
        assert!(!is_inheritable(reader.as_fd())?);
        Ok(())
    }

    #[test]
    fn a_number_is_given_up_taken_over_and_closed() -> Result<()> {
        let (reader, writer) = pipe()?;
        let number = into_raw(reader);
        assert!(is_open(number));
        let owner = adopt(number)?;
        assert_eq!(owner.as_raw_fd(), number);
        close(into_raw(writer))?;
        Ok(())
    }

    #[test]
    fn a_number_that_is_not_open_is_refused() {
        // Far above any limit on open files, so no other test can open it.
        let closed = RawFd::MAX;
        assert!(!is_open(closed));
        assert!(!is_open(-1));
        assert_eq!(adopt(closed).err(), Some(Errno::BADF));
        assert_eq!(adopt(-1).err(), Some(Errno::BADF));
        assert_eq!(close(closed), Err(Errno::BADF));
        assert!(borrow(-1).is_none());
        assert_eq!(borrow(closed).map(is_nonblocking), Some(Err(Errno::BADF)));
    }
}
