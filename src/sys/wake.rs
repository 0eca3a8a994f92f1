//! A descriptor that any thread, and any signal handler, can make readable: wakes a scheduler that waits.

use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use super::errno::{Errno, Result};
use super::fd;

/// Both ends of a wake-up: an eventfd on Linux, a pipe elsewhere.
#[derive(Debug)]
pub(crate) struct Waker {
    read: OwnedFd,
    #[cfg(not(linux))]
    write: OwnedFd,
}

impl Waker {
    /// A waker that nobody has used yet.
    #[cfg(linux)]
    pub(crate) fn new() -> Result<Self> {
        // SAFETY: eventfd takes no pointer.
        let raw = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if raw < 0 {
            return Err(Errno::last());
        }
        Ok(Self { read: fd::own(raw) })
    }

    /// A waker that nobody has used yet.
    #[cfg(not(linux))]
    pub(crate) fn new() -> Result<Self> {
        let (read, write) = fd::pipe()?;
        fd::set_nonblocking(read.as_fd(), true)?;
        fd::set_nonblocking(write.as_fd(), true)?;
        Ok(Self { read, write })
    }

    /// Makes the descriptor readable. One that is readable already stays so.
    pub(crate) fn wake(&self) {
        let one = 1_u64.to_ne_bytes();
        #[cfg(linux)]
        let target = self.read.as_raw_fd();
        #[cfg(not(linux))]
        let target = self.write.as_raw_fd();
        // SAFETY: eight readable bytes; a full counter or pipe is readable already, so a failure loses nothing.
        unsafe { libc::write(target, one.as_ptr().cast(), one.len()) };
    }

    /// Makes it unreadable again.
    pub(crate) fn drain(&self) {
        let mut bytes = [0_u8; 64];
        // SAFETY: the pointer and the length are those of `bytes`; the descriptor does not block.
        unsafe { libc::read(self.read.as_raw_fd(), bytes.as_mut_ptr().cast(), bytes.len()) };
    }

    /// The descriptor to watch.
    pub(crate) fn fd(&self) -> RawFd {
        self.read.as_fd().as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::poll::poll_one;
    use std::time::Duration;

    #[test]
    fn a_wake_is_seen_until_it_is_drained() -> Result<()> {
        let waker = Waker::new()?;
        let readable = || poll_one(waker.fd(), true, false, Some(Duration::ZERO)).map(|ready| ready.readable);
        assert!(!readable()?);
        waker.wake();
        waker.wake();
        assert!(readable()?);
        waker.drain();
        assert!(!readable()?);
        Ok(())
    }
}
