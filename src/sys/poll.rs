//! Waiting in the kernel, on one descriptor, many or none. Timeouts are kept to the nanosecond or rounded up:
//! nothing expires early. A signal ends a wait with EINTR, and the caller's loop decides.

use std::os::fd::RawFd;
use std::time::Duration;

use super::errno::{Errno, Result, check};

/// Bits of [`PollEntry::events`] and [`PollEntry::revents`].
pub(crate) mod event {
    pub(crate) const READABLE: i16 = libc::POLLIN;
    pub(crate) const WRITABLE: i16 = libc::POLLOUT;
    pub(crate) const ERROR: i16 = libc::POLLERR;
    pub(crate) const HANGUP: i16 = libc::POLLHUP;
    /// Nothing more will come in.
    #[cfg(linux)]
    pub(crate) const READ_ENDED: i16 = libc::POLLRDHUP;
    #[cfg(not(linux))]
    pub(crate) const READ_ENDED: i16 = libc::POLLHUP;
    /// The descriptor is not open.
    pub(crate) const INVALID: i16 = libc::POLLNVAL;
    /// Something urgent to receive.
    pub(crate) const URGENT: i16 = libc::POLLPRI;
    /// Plain data and data of a priority, where the system tells them apart.
    pub(crate) const READABLE_NORMAL: i16 = libc::POLLRDNORM;
    pub(crate) const READABLE_BAND: i16 = libc::POLLRDBAND;
    pub(crate) const WRITABLE_NORMAL: i16 = libc::POLLWRNORM;
    pub(crate) const WRITABLE_BAND: i16 = libc::POLLWRBAND;

    /// Their names.
    pub(crate) const NAMES: &[(&str, i16)] = &[
        ("POLLIN", READABLE),
        ("POLLPRI", URGENT),
        ("POLLOUT", WRITABLE),
        ("POLLERR", ERROR),
        ("POLLHUP", HANGUP),
        ("POLLNVAL", INVALID),
        ("POLLRDNORM", READABLE_NORMAL),
        ("POLLRDBAND", READABLE_BAND),
        ("POLLWRNORM", WRITABLE_NORMAL),
        ("POLLWRBAND", WRITABLE_BAND),
        #[cfg(linux)]
        ("POLLMSG", 0x400),
        #[cfg(linux)]
        ("POLLRDHUP", READ_ENDED),
    ];
}

/// Bytes that go into a pipe in one piece.
#[allow(clippy::cast_possible_wrap, reason = "it is a page: 4096 bytes")]
pub(crate) const PIPE_BUF: i64 = libc::PIPE_BUF as i64;

/// A descriptor to wait on, what for, and what came; laid out as C's `struct pollfd`. A negative `fd` is left
/// alone.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PollEntry {
    pub(crate) fd: RawFd,
    pub(crate) events: i16,
    pub(crate) revents: i16,
}

/// What [`poll_one`] saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ready {
    pub(crate) readable: bool,
    pub(crate) writable: bool,
    pub(crate) hangup: bool,
    pub(crate) error: bool,
    /// Nothing happened in the time given.
    pub(crate) timed_out: bool,
}

/// Waits for one descriptor, for ever without a timeout. EBADF if it is not open.
pub(crate) fn poll_one(
    fd: RawFd,
    readable: bool,
    writable: bool,
    timeout: Option<Duration>,
) -> Result<Ready> {
    let wanted = |wanted: bool, bit: i16| if wanted { bit } else { 0 };
    let events = wanted(readable, event::READABLE) | wanted(writable, event::WRITABLE);
    // poll(2) passes over a negative descriptor, and would wait for nothing.
    if fd < 0 {
        return Err(Errno::BADF);
    }
    let mut entries = [PollEntry {
        fd,
        events,
        revents: 0,
    }];
    let timed_out = poll_many(&mut entries, timeout)? == 0;
    let has = |bit: i16| entries[0].revents & bit != 0;
    if has(event::INVALID) {
        return Err(Errno::BADF);
    }
    Ok(Ready {
        readable: has(event::READABLE),
        writable: has(event::WRITABLE),
        hangup: has(event::HANGUP),
        error: has(event::ERROR),
        timed_out,
    })
}

/// Whether a direction of a descriptor is over: no call for it blocks any more.
pub(crate) fn has_ended(fd: RawFd, writing: bool) -> bool {
    let gone = event::HANGUP | if writing { 0 } else { event::READ_ENDED };
    let mut entries = [PollEntry {
        fd,
        events: gone,
        revents: 0,
    }];
    poll_many(&mut entries, Some(Duration::ZERO)).is_ok() && entries[0].revents & gone != 0
}

/// Waits for any of many descriptors, for ever without a timeout; how many have something in `revents`, 0 for
/// none in time.
#[cfg(not(apple))]
pub(crate) fn poll_many(entries: &mut [PollEntry], timeout: Option<Duration>) -> Result<usize> {
    let timeout = timeout.map(timespec);
    let limit = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    let (list, length) = raw_list(entries)?;
    // SAFETY: `list` and `length` are those of `entries`, `limit` is NULL or `timeout`, and all outlive the
    // call.
    let count = check(unsafe { libc::ppoll(list, length, limit, std::ptr::null()) })?;
    usize::try_from(count).map_err(|_| Errno::INVAL)
}

/// Waits for any of many descriptors, for ever without a timeout; how many have something in `revents`, 0 for
/// none in time.
#[cfg(apple)]
pub(crate) fn poll_many(entries: &mut [PollEntry], timeout: Option<Duration>) -> Result<usize> {
    let limit = timeout.map_or(-1, milliseconds);
    let (list, length) = raw_list(entries)?;
    // SAFETY: `list` and `length` are those of `entries`, which is borrowed for the call.
    let count = check(unsafe { libc::poll(list, length, limit) })?;
    usize::try_from(count).map_err(|_| Errno::INVAL)
}

/// Sleeps, unless a signal comes first: EINTR.
pub(crate) fn sleep(duration: Duration) -> Result<()> {
    poll_many(&mut [], Some(duration)).map(drop)
}

/// The entries as C's array.
fn raw_list(entries: &mut [PollEntry]) -> Result<(*mut libc::pollfd, libc::nfds_t)> {
    const {
        assert!(size_of::<PollEntry>() == size_of::<libc::pollfd>());
        assert!(align_of::<PollEntry>() == align_of::<libc::pollfd>());
    }
    let length = libc::nfds_t::try_from(entries.len()).map_err(|_| Errno::INVAL)?;
    Ok((entries.as_mut_ptr().cast(), length))
}

/// The duration as C's struct; one too long for it is as good as for ever.
#[cfg(not(apple))]
fn timespec(duration: Duration) -> libc::timespec {
    libc::timespec {
        tv_sec: libc::time_t::try_from(duration.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: duration.subsec_nanos().cast_signed().into(),
    }
}

/// The duration in milliseconds, rounded up; one too long is as long as C can say.
#[cfg(apple)]
fn milliseconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use std::os::fd::{AsRawFd as _, OwnedFd};
    use std::time::Instant;

    use super::super::{flag, socket, transfer};
    use super::*;

    fn streams() -> Result<(OwnedFd, OwnedFd)> {
        socket::pair(flag::AF_UNIX, flag::SOCK_STREAM, 0)
    }

    #[test]
    fn readiness_is_told_apart() -> Result<()> {
        let (a, b) = streams()?;
        let fd = a.as_raw_fd();
        let writable = Ready {
            writable: true,
            ..Ready::default()
        };
        assert_eq!(poll_one(fd, true, true, None), Ok(writable));
        transfer::send(b.as_raw_fd(), b"x", 0)?;
        assert_eq!(
            poll_one(fd, true, true, None),
            Ok(Ready {
                readable: true,
                ..writable
            })
        );
        drop(b);
        assert_eq!(
            poll_one(fd, true, true, None),
            Ok(Ready {
                readable: true,
                hangup: true,
                ..writable
            })
        );
        Ok(())
    }

    #[test]
    fn nothing_expires_early() -> Result<()> {
        let (a, _b) = streams()?;
        let late = Ready {
            timed_out: true,
            ..Ready::default()
        };
        for wait in [
            Duration::ZERO,
            Duration::from_nanos(1),
            Duration::from_micros(1700),
        ] {
            let start = Instant::now();
            assert_eq!(poll_one(a.as_raw_fd(), true, false, Some(wait)), Ok(late));
            assert!(start.elapsed() >= wait);
            let start = Instant::now();
            sleep(wait)?;
            assert!(start.elapsed() >= wait);
        }
        Ok(())
    }

    #[test]
    fn the_longest_timeout_is_taken() -> Result<()> {
        let (a, _b) = streams()?;
        assert!(poll_one(a.as_raw_fd(), false, true, Some(Duration::MAX))?.writable);
        Ok(())
    }

    #[test]
    fn a_closed_descriptor_is_an_error() {
        assert_eq!(poll_one(-1, true, true, None), Err(Errno::BADF));
        assert_eq!(poll_one(RawFd::MAX, true, true, None), Err(Errno::BADF));
    }

    #[test]
    fn many_are_counted_and_a_negative_one_is_left_alone() -> Result<()> {
        let (a, b) = streams()?;
        let entry = |fd, events| PollEntry {
            fd,
            events,
            revents: 0,
        };
        let mut entries = [
            entry(a.as_raw_fd(), event::WRITABLE),
            entry(b.as_raw_fd(), event::READABLE),
            entry(-1, event::READABLE),
            entry(RawFd::MAX, event::READABLE),
        ];
        assert_eq!(poll_many(&mut entries, Some(Duration::ZERO)), Ok(2));
        assert_eq!(
            entries.map(|entry| entry.revents),
            [event::WRITABLE, 0, 0, event::INVALID]
        );
        Ok(())
    }
}
