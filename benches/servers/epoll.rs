//! epoll(7), level-triggered, as a C program uses it.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::Duration;

/// Descriptors that are watched; each has a number of the caller's.
pub(crate) struct Epoll(OwnedFd);

/// What [`Epoll::wait`] found.
pub(crate) struct Ready(Vec<libc::epoll_event>);

impl Ready {
    /// Room for this many at once.
    pub(crate) fn with_room(count: usize) -> Self {
        Self(vec![libc::epoll_event { events: 0, u64: 0 }; count])
    }
}

#[allow(unsafe_code, reason = "std has no epoll")]
impl Epoll {
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: it takes a flag and no memory.
        let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor is new and nobody else's.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Watches for something to read.
    pub(crate) fn add(&self, what: &impl AsRawFd, number: usize) -> io::Result<()> {
        let mut event = libc::epoll_event {
            events: libc::EPOLLIN.cast_unsigned(),
            u64: number as u64,
        };
        // SAFETY: both descriptors are open, and the event outlives the call.
        let done = unsafe {
            libc::epoll_ctl(
                self.0.as_raw_fd(),
                libc::EPOLL_CTL_ADD,
                what.as_raw_fd(),
                &raw mut event,
            )
        };
        if done < 0 {
            Err(io::Error::last_os_error())
        } else {
            Ok(())
        }
    }

    /// Waits at most this long; returns the numbers of what can be read.
    pub(crate) fn wait<'a>(
        &self,
        ready: &'a mut Ready,
        most: Option<Duration>,
    ) -> io::Result<impl Iterator<Item = usize> + use<'a>> {
        let most = most.map_or(-1, |most| i32::try_from(most.as_millis()).unwrap_or(i32::MAX));
        let room = i32::try_from(ready.0.len()).unwrap_or(i32::MAX);
        // SAFETY: the pointer and the length are those of a vector that outlives the call.
        let found = unsafe { libc::epoll_wait(self.0.as_raw_fd(), ready.0.as_mut_ptr(), room, most) };
        let found = match usize::try_from(found) {
            Ok(found) => found,
            Err(_) => {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
                0
            }
        };
        let numbers = ready.0[..found].iter();
        Ok(numbers.map(|event| usize::try_from(event.u64).unwrap_or(usize::MAX)))
    }
}
