//! What an epoll object waits for on sockets of the network: the kernel's own set cannot hold them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::os::fd::RawFd;

use crate::sys::epoll::{Change, EDGE, ONCE};
use crate::sys::errno::{Errno, Result};
use crate::sys::poll::{PollEntry, event};

use super::World;

/// The sockets in one set.
#[derive(Debug, Default)]
pub(in crate::net) struct Interests(RefCell<BTreeMap<RawFd, Interest>>);

#[derive(Clone, Copy, Debug)]
struct Interest {
    events: u32,
    /// How much had happened when it was last told of, and how often a call was told to wait all the same.
    told: Option<(u64, u64)>,
    spent: bool,
}

impl Interests {
    pub(in crate::net) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// As `epoll_ctl`.
    ///
    /// # Errors
    /// `EEXIST`, `ENOENT`.
    pub(in crate::net) fn change(&self, change: Change, fd: RawFd, events: u32) -> Result<()> {
        let mut all = self.0.borrow_mut();
        match (change, all.contains_key(&fd)) {
            (Change::Add, true) => return Err(Errno::EXIST),
            (Change::Modify | Change::Remove, false) => return Err(Errno::NOENT),
            (Change::Remove, true) => {
                all.remove(&fd);
            }
            (Change::Add, false) | (Change::Modify, true) => {
                let fresh = Interest {
                    events,
                    told: None,
                    spent: false,
                };
                all.insert(fd, fresh);
            }
        }
        Ok(())
    }

    /// A descriptor is closed.
    pub(in crate::net) fn lose(&self, fd: RawFd) {
        self.0.borrow_mut().remove(&fd);
    }

    /// What poll(2) is to be asked in its place.
    pub(in crate::net) fn entries(&self) -> Vec<PollEntry> {
        let all = self.0.borrow();
        let live = all.iter().filter(|(_, interest)| !interest.spent);
        live.map(|(fd, interest)| PollEntry {
            fd: *fd,
            events: i16::try_from(interest.events & 0x7fff).unwrap_or(i16::MAX),
            revents: 0,
        })
        .collect()
    }

    /// Whether what poll(2) says of one is to be told; `refusals` counts the calls that faults have told to wait.
    pub(in crate::net) fn is_news(&self, world: &World, entry: &PollEntry, refusals: u64) -> bool {
        if entry.revents == 0 {
            return false;
        }
        let all = self.0.borrow();
        match all.get(&entry.fd) {
            Some(interest) if interest.events & EDGE != 0 => {
                interest.told != Some((world.occurrences(entry.fd), refusals))
            }
            Some(_) => true,
            // It was closed meanwhile.
            None => entry.revents & event::INVALID != 0,
        }
    }

    /// It is told of.
    pub(in crate::net) fn note_told(&self, world: &World, fd: RawFd, refusals: u64) {
        if let Some(interest) = self.0.borrow_mut().get_mut(&fd) {
            interest.told = Some((world.occurrences(fd), refusals));
            interest.spent = interest.events & ONCE != 0;
        }
    }
}
