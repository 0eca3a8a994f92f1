//! splice(2): bytes from a descriptor to another inside the kernel, one of them a pipe.

use std::os::fd::{AsRawFd as _, BorrowedFd, OwnedFd, RawFd};
use std::ptr;

use super::errno::{Result, check, check_count};
use super::signal::without_broken_pipe;

/// Bytes a pipe is asked to hold: a large window's worth.
const CAPACITY: i32 = 1 << 20;

/// A pipe, not inherited, that never blocks: what goes into the second comes out of the first.
pub(crate) fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    let mut ends = [0; 2];
    // SAFETY: the call writes two descriptors into the array, which outlives it.
    check(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC | libc::O_NONBLOCK) })?;
    let [reader, writer] = ends.map(super::fd::own);
    // SAFETY: the command takes an int and touches no memory. Where the user's pipes hold too much the size stays.
    let _ = unsafe { libc::fcntl(writer.as_raw_fd(), libc::F_SETPIPE_SZ, CAPACITY) };
    Ok((reader, writer))
}

/// Moves bytes from a socket into a pipe; 0 is the end of the stream. EINVAL for a socket that cannot.
pub(crate) fn fill(from: RawFd, pipe: BorrowedFd<'_>) -> Result<usize> {
    splice(from, pipe.as_raw_fd(), usize::try_from(CAPACITY).unwrap_or(0))
}

/// Moves up to `count` bytes out of a pipe into a socket; a closed stream is EPIPE and never a signal.
pub(crate) fn drain(pipe: BorrowedFd<'_>, to: RawFd, count: usize) -> Result<usize> {
    without_broken_pipe(|| splice(pipe.as_raw_fd(), to, count))
}

fn splice(from: RawFd, to: RawFd, count: usize) -> Result<usize> {
    let flags = libc::SPLICE_F_MOVE | libc::SPLICE_F_NONBLOCK;
    // SAFETY: neither end has an offset, so no memory is touched.
    check_count(unsafe { libc::splice(from, ptr::null_mut(), to, ptr::null_mut(), count, flags) })
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd as _;

    use super::super::errno::Errno;
    use super::super::{flag, socket, transfer};
    use super::*;

    #[test]
    fn bytes_go_through_and_a_closed_stream_is_no_signal() -> Result<()> {
        let (a, b) = socket::pair(flag::AF_UNIX, flag::SOCK_STREAM, 0)?;
        let (c, d) = socket::pair(flag::AF_UNIX, flag::SOCK_STREAM, 0)?;
        let (reader, writer) = pipe()?;
        transfer::send(a.as_raw_fd(), b"hello", 0)?;
        assert_eq!(fill(b.as_raw_fd(), writer.as_fd()), Ok(5));
        assert_eq!(drain(reader.as_fd(), c.as_raw_fd(), 5), Ok(5));
        let mut bytes = [0; 8];
        assert_eq!(transfer::recv(d.as_raw_fd(), &mut bytes, 0), Ok(5));
        assert_eq!(&bytes[..5], b"hello");
        transfer::send(a.as_raw_fd(), b"x", 0)?;
        fill(b.as_raw_fd(), writer.as_fd())?;
        drop(d);
        assert_eq!(drain(reader.as_fd(), c.as_raw_fd(), 1), Err(Errno::PIPE));
        drop(a);
        assert_eq!(fill(b.as_raw_fd(), writer.as_fd()), Ok(0));
        Ok(())
    }
}
