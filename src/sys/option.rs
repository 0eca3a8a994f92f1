//! Socket options: as an int, as bytes, and as the NULL that AF_ALG wants.

use std::os::fd::{AsRawFd as _, BorrowedFd};
use std::ptr;
use std::time::Duration;

use libc::socklen_t;

use super::errno::{Errno, Result, check};

/// The longest option [`option_bytes`] reads, as in CPython.
pub(crate) const LONGEST: usize = 1024;

/// Reads an option whose value is an int.
pub(crate) fn option_int(fd: BorrowedFd<'_>, level: i32, name: i32) -> Result<i32> {
    let mut value = [0; size_of::<i32>()];
    read(fd, level, name, &mut value)?;
    Ok(i32::from_ne_bytes(value))
}

/// Reads an option as bytes, at most `length` (1 to [`LONGEST`], else EINVAL).
pub(crate) fn option_bytes(fd: BorrowedFd<'_>, level: i32, name: i32, length: usize) -> Result<Vec<u8>> {
    if !(1..=LONGEST).contains(&length) {
        return Err(Errno::INVAL);
    }
    let mut value = vec![0; length];
    let written = read(fd, level, name, &mut value)?;
    value.truncate(written);
    Ok(value)
}

/// Reads an option whose value is a `struct timeval`.
pub(crate) fn option_duration(fd: BorrowedFd<'_>, level: i32, name: i32) -> Result<Duration> {
    let mut value = [0; size_of::<libc::timeval>()];
    if read(fd, level, name, &mut value)? != value.len() {
        return Err(Errno::INVAL);
    }
    let (seconds, micros) = value.split_at(value.len() / 2);
    // Two numbers as long as a word of the system's.
    let number = |bytes: &[u8]| match bytes.try_into() {
        Ok(bytes) => u64::from_ne_bytes(bytes),
        Err(_) => bytes
            .try_into()
            .map_or(0, |bytes| u32::from_ne_bytes(bytes).into()),
    };
    Ok(Duration::from_secs(number(seconds)) + Duration::from_micros(number(micros)))
}

/// Sets an option to bytes, laid out as its C struct.
pub(crate) fn set_option_bytes(fd: BorrowedFd<'_>, level: i32, name: i32, value: &[u8]) -> Result<()> {
    let length = socklen_t::try_from(value.len()).map_err(|_| Errno::INVAL)?;
    // SAFETY: the pointer and the length are those of `value`, which is borrowed for the call.
    check(unsafe { libc::setsockopt(fd.as_raw_fd(), level, name, value.as_ptr().cast(), length) }).map(drop)
}

/// Sets an option that has a length and no value: Python's `setsockopt(level, name, None, length)`.
pub(crate) fn set_option_null(fd: BorrowedFd<'_>, level: i32, name: i32, length: u32) -> Result<()> {
    // SAFETY: the kernel reads nothing through a NULL pointer; where it would, it answers EFAULT.
    check(unsafe { libc::setsockopt(fd.as_raw_fd(), level, name, ptr::null(), length) }).map(drop)
}

/// Reads an option into `value`; how many bytes were written.
fn read(fd: BorrowedFd<'_>, level: i32, name: i32, value: &mut [u8]) -> Result<usize> {
    let mut length = socklen_t::try_from(value.len()).map_err(|_| Errno::INVAL)?;
    let (fd, data) = (fd.as_raw_fd(), value.as_mut_ptr().cast());
    // SAFETY: `data` and `length` are those of `value`, which is borrowed for the call.
    check(unsafe { libc::getsockopt(fd, level, name, data, &raw mut length) })?;
    Ok(usize::try_from(length).map_or(value.len(), |length| length.min(value.len())))
}

#[cfg(test)]
mod tests {
    use std::os::fd::{AsFd as _, OwnedFd};

    use super::super::{flag, socket};
    use super::*;

    fn stream() -> Result<OwnedFd> {
        socket::open(flag::AF_INET, flag::SOCK_STREAM, 0)
    }

    #[test]
    fn an_int_is_set_and_read() -> Result<()> {
        let socket = stream()?;
        assert_eq!(
            option_int(socket.as_fd(), flag::SOL_SOCKET, flag::SO_REUSEADDR)?,
            0
        );
        set_option_bytes(
            socket.as_fd(),
            flag::SOL_SOCKET,
            flag::SO_REUSEADDR,
            &1_i32.to_ne_bytes(),
        )?;
        assert_ne!(
            option_int(socket.as_fd(), flag::SOL_SOCKET, flag::SO_REUSEADDR)?,
            0
        );
        Ok(())
    }

    #[test]
    fn bytes_are_as_many_as_the_kernel_gave() -> Result<()> {
        let socket = stream()?;
        let linger = [1_i32.to_ne_bytes(), 7_i32.to_ne_bytes()].concat();
        set_option_bytes(socket.as_fd(), flag::SOL_SOCKET, flag::SO_LINGER, &linger)?;
        let read = |length| option_bytes(socket.as_fd(), flag::SOL_SOCKET, flag::SO_LINGER, length);
        assert_eq!(read(linger.len())?, linger);
        assert_eq!(read(LONGEST)?, linger);
        assert_eq!(read(4)?, linger[..4]);
        assert_eq!(read(0), Err(Errno::INVAL));
        assert_eq!(read(LONGEST + 1), Err(Errno::INVAL));
        Ok(())
    }

    #[test]
    fn what_the_kernel_refuses_is_an_error() -> Result<()> {
        let socket = stream()?;
        assert_eq!(
            option_int(socket.as_fd(), flag::SOL_SOCKET, 9999),
            Err(Errno::NOPROTOOPT)
        );
        let short = set_option_bytes(socket.as_fd(), flag::SOL_SOCKET, flag::SO_LINGER, &[1]);
        assert_eq!(short, Err(Errno::INVAL));
        let null = set_option_null(socket.as_fd(), flag::SOL_SOCKET, flag::SO_REUSEADDR, 4);
        assert_eq!(null, Err(Errno::FAULT));
        Ok(())
    }
}
