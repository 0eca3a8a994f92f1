//! epoll(7): a set of descriptors in the kernel that tells which of them are ready.

use std::os::fd::{OwnedFd, RawFd};
use std::time::Duration;

use super::errno::{Errno, Result, check};
use super::fd;

/// The bits of an event, by their names.
pub(crate) const EVENTS: &[(&str, i64)] = &[
    ("EPOLLIN", 0x1),
    ("EPOLLPRI", 0x2),
    ("EPOLLOUT", 0x4),
    ("EPOLLERR", 0x8),
    ("EPOLLHUP", 0x10),
    ("EPOLLRDNORM", 0x40),
    ("EPOLLRDBAND", 0x80),
    ("EPOLLWRNORM", 0x100),
    ("EPOLLWRBAND", 0x200),
    ("EPOLLMSG", 0x400),
    ("EPOLLRDHUP", 0x2000),
    ("EPOLLEXCLUSIVE", 1 << 28),
    ("EPOLLWAKEUP", 1 << 29),
    ("EPOLLONESHOT", 1 << 30),
    ("EPOLLET", 1 << 31),
];
/// Something to receive.
pub(crate) const IN: u32 = 0x1;
/// As [`IN`].
pub(crate) const RDNORM: u32 = 0x40;
/// Told of once, and then not before it is asked for again.
pub(crate) const ONCE: u32 = 1 << 30;
/// Told of once, and then not before something happens.
pub(crate) const EDGE: u32 = 1 << 31;
/// Who waits is alone in being woken, and keeps the machine awake: flags of a member, as the two above.
pub(crate) const EXCLUSIVE: u32 = 1 << 28;
/// As [`EXCLUSIVE`].
pub(crate) const WAKEUP: u32 = 1 << 29;
/// Something urgent to receive.
pub(crate) const PRI: u32 = 0x2;
/// Room to send.
pub(crate) const OUT: u32 = 0x4;
/// The flag of a set that is not inherited.
pub(crate) const CLOEXEC: i32 = 0o2_000_000;

/// What to do with a descriptor of a set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Change {
    Add,
    Modify,
    Remove,
}

/// A new set, not inherited.
#[cfg(linux)]
pub(crate) fn open() -> Result<OwnedFd> {
    const { assert!(CLOEXEC == libc::EPOLL_CLOEXEC) };
    // SAFETY: the call takes a flag and touches no memory.
    check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) }).map(fd::own)
}

/// Adds a descriptor to a set, changes what is waited for, or takes it out.
#[cfg(linux)]
pub(crate) fn change(set: RawFd, change: Change, fd: RawFd, events: u32) -> Result<()> {
    let op = match change {
        Change::Add => libc::EPOLL_CTL_ADD,
        Change::Modify => libc::EPOLL_CTL_MOD,
        Change::Remove => libc::EPOLL_CTL_DEL,
    };
    let mut event = libc::epoll_event {
        events,
        u64: u64::from(fd.cast_unsigned()),
    };
    // SAFETY: the event is valid and outlives the call, which reads it.
    check(unsafe { libc::epoll_ctl(set, op, fd, &raw mut event) }).map(drop)
}

/// The descriptors that are ready, `most` at once, each with its events; waits for ever without a timeout. EAGAIN when
/// none is ready in time. Timeouts are rounded up to milliseconds.
#[cfg(linux)]
pub(crate) fn wait(set: RawFd, most: usize, timeout: Option<Duration>) -> Result<Vec<(RawFd, u32)>> {
    let timeout = timeout.map_or(-1, |limit| {
        i32::try_from(limit.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX)
    });
    /// What is left is told of next time.
    const MOST: usize = 1 << 16;
    let most = i32::try_from(most.min(MOST)).unwrap_or(i32::MAX);
    let mut events: Vec<libc::epoll_event> = Vec::new();
    let room = usize::try_from(most).unwrap_or(0);
    if events.try_reserve_exact(room).is_err() {
        return Err(Errno::NOMEM);
    }
    // SAFETY: the vector has room for `most` events and outlives the call.
    let count = check(unsafe { libc::epoll_wait(set, events.as_mut_ptr(), most, timeout) })?;
    let count = usize::try_from(count).unwrap_or(0);
    // SAFETY: the call has written the first `count` events, no more than there was room for.
    unsafe { events.set_len(count.min(room)) };
    if count == 0 {
        return Err(Errno::AGAIN);
    }
    let shown = |event: &libc::epoll_event| {
        let fd = u32::try_from(event.u64).unwrap_or(u32::MAX);
        (fd.cast_signed(), event.events)
    };
    Ok(events.iter().map(shown).collect())
}

/// Only Linux has sets of this kind.
#[cfg(not(linux))]
pub(crate) fn open() -> Result<OwnedFd> {
    Err(Errno::OPNOTSUPP)
}

/// As [`open`].
#[cfg(not(linux))]
pub(crate) fn change(_: RawFd, _: Change, _: RawFd, _: u32) -> Result<()> {
    Err(Errno::OPNOTSUPP)
}

/// As [`open`].
#[cfg(not(linux))]
pub(crate) fn wait(_: RawFd, _: usize, _: Option<Duration>) -> Result<Vec<(RawFd, u32)>> {
    Err(Errno::OPNOTSUPP)
}
