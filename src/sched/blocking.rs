//! Waits that keep the thread: for a descriptor, any of many, a time. They look at the stop flag now and then, and go on after
//! a signal.

use std::os::fd::RawFd;
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::sys::errno::Errno;
use crate::sys::poll;

use super::scheduler::Scheduler;
use super::source::Interest;
use super::wait::{Wake, Watch};

/// Longest time a blocked thread goes without looking at the stop flag.
pub(super) const GLANCE: Duration = Duration::from_millis(20);

impl Scheduler {
    pub(super) fn block_on_fd(
        &self,
        fd: RawFd,
        interest: Interest,
        deadline: Option<Instant>,
    ) -> Result<Wake> {
        if let Some(member) = self.member() {
            let outside = (!self.is_simulated(fd)).then_some((fd, interest));
            return self.block_simulated(member, outside, deadline);
        }
        let (readable, writable) = (interest == Interest::Read, interest == Interest::Write);
        loop {
            self.check_doom()?;
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            match poll::poll_one(fd, readable, writable, self.glance(left)) {
                Ok(ready) if !ready.timed_out => return Ok(Wake::Ready),
                Ok(_) if left.is_some_and(|left| left.is_zero()) => return Ok(Wake::TimedOut),
                Ok(_) | Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    pub(super) fn block_on_any(&self, watches: &[Watch<'_>], deadline: Option<Instant>) -> Result<Wake> {
        if let Some(member) = self.member() {
            let outside = watches.iter().find(|watch| !self.is_simulated(watch.fd));
            let outside = outside.map(|watch| (watch.fd, watch.interest));
            return self.block_simulated(member, outside, deadline);
        }
        loop {
            self.check_doom()?;
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let mut entries: Vec<_> = watches.iter().map(Watch::entry).collect();
            match poll::poll_many(&mut entries, self.glance(left)) {
                Ok(0) if left.is_some_and(|left| left.is_zero()) => return Ok(Wake::TimedOut),
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => return Ok(Wake::Ready),
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    pub(super) fn block_until(&self, deadline: Option<Instant>) -> Result<()> {
        if let Some(member) = self.member() {
            while self.block_simulated(member, None, deadline)? == Wake::Ready {}
            return Ok(());
        }
        loop {
            self.check_doom()?;
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(());
            }
            match poll::sleep(self.glance(left).unwrap_or(Duration::from_secs(3600))) {
                Ok(()) | Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// How long the thread may block at once: another thread's stop is looked for now and then, a signal interrupts.
    fn glance(&self, left: Option<Duration>) -> Option<Duration> {
        if self.has_handle() || self.is_timed() {
            Some(left.map_or(GLANCE, |left| left.min(GLANCE)))
        } else {
            left
        }
    }
}
