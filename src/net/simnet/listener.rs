//! Who accepts, and who connects: a connection is there at once, unless the listener has no room for it.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd as _, OwnedFd};

use crate::address::Address;
use crate::sched::Interest;
use crate::sys::errno::{Errno, Result};

use super::end::{End, Role};
use super::place::{is_own, known, meant, shown, source_for};
use super::{Id, Inner};

/// Most connections that wait, whatever is asked for: as Linux has it.
const MOST_WAITING: usize = 4096;

impl Inner {
    pub(super) fn listen(&mut self, id: Id, backlog: i32) -> Result<()> {
        let end = self.end(id);
        if !end.is_stream() {
            return Err(Errno::OPNOTSUPP);
        }
        let room = usize::try_from(backlog).unwrap_or(0).min(MOST_WAITING);
        let is_unix = end.is_unix();
        match &mut end.role {
            Role::Listening { backlog, .. } => {
                *backlog = room;
                return Ok(());
            }
            Role::Idle if !is_unix => {}
            _ => return Err(Errno::INVAL),
        }
        self.bind_somewhere(id, None)?;
        let idle = std::mem::replace(
            &mut self.end(id).role,
            Role::Listening {
                queue: VecDeque::new(),
                waiting: VecDeque::new(),
                backlog: room,
            },
        );
        if self.is_taken(id) {
            self.end(id).role = idle;
            return Err(Errno::ADDRINUSE);
        }
        Ok(())
    }

    /// The next connection, for the descriptor `fd` of the thread that asks.
    pub(super) fn accept(&mut self, id: Id, fd: &OwnedFd, member: usize) -> Result<Address> {
        let end = self.end(id);
        if !end.is_stream() {
            return Err(Errno::OPNOTSUPP);
        }
        let family = end.family;
        let Role::Listening { queue, waiting, .. } = &mut end.role else {
            return Err(Errno::INVAL);
        };
        let next = queue.pop_front().ok_or(Errno::AGAIN)?;
        let late = waiting.pop_front();
        let more = !queue.is_empty();
        self.hold(fd.as_raw_fd(), next, member);
        if let Some(late) = late {
            self.establish(late, id);
        } else if more {
            self.tell(id, Some(Interest::Read));
        }
        Ok(shown(family, self.end(next).remote))
    }

    /// Connects a stream. It always takes a moment, as the kernel's does: the outcome is there when the caller looks again.
    pub(super) fn connect(&mut self, id: Id, address: &Address) -> Result<()> {
        let end = self.end(id);
        match &mut end.role {
            Role::Connected { told, .. } if !*told => {
                *told = true;
                return Ok(());
            }
            Role::Connected { .. } => return Err(Errno::ISCONN),
            Role::Connecting => return Err(Errno::ALREADY),
            Role::Listening { .. } => return Err(Errno::ISCONN),
            Role::Idle => {}
        }
        end.check()?;
        let to = meant(known(address)?);
        self.bind_somewhere(id, Some(source_for(to.ip())))?;
        self.end(id).remote = Some(to);
        if !is_own(to.ip()) {
            // Somewhere out there, where nobody answers.
            self.end(id).role = Role::Connecting;
            return Err(Errno::INPROGRESS);
        }
        let mut found = self.listeners_at(true, to);
        found.retain(|listener| self.ends.get(listener).is_some_and(End::is_listening));
        if found.is_empty() {
            self.refuse(id, Errno::CONNREFUSED);
            return Err(Errno::INPROGRESS);
        }
        let chosen = found[self.rng.usize(0..found.len())];
        if let Role::Listening {
            queue,
            waiting,
            backlog,
            ..
        } = &mut self.end(chosen).role
            && queue.len() > *backlog
        {
            waiting.push_back(id);
            self.end(id).role = Role::Connecting;
            return Err(Errno::INPROGRESS);
        }
        self.establish(id, chosen);
        Err(Errno::INPROGRESS)
    }

    /// A connect that came to nothing.
    fn refuse(&mut self, id: Id, errno: Errno) {
        self.give_up(id);
        self.end(id).error = Some(errno);
        self.tell(id, None);
    }

    /// A connect is over. A port that the script did not choose is free again.
    pub(super) fn give_up(&mut self, id: Id) {
        if !self.end(id).bound {
            self.leave_port(id);
            self.end(id).local = None;
        }
        let end = self.end(id);
        end.role = Role::Idle;
        end.remote = None;
    }

    /// Connects the two: the listener's side waits to be accepted.
    fn establish(&mut self, id: Id, listener: Id) {
        let Some(client) = self.ends.get(&id) else { return };
        let (from, to) = (client.local, client.remote);
        let of = self.end(listener);
        let mut accepted = End::new(of.family, of.kind, of.protocol);
        accepted.options = of.options.inherited();
        (accepted.local, accepted.remote) = (to, from);
        accepted.role = Role::Connected {
            peer: Some(id),
            told: true,
        };
        let accepted = self.add(accepted);
        self.note_port(accepted);
        self.end(id).role = Role::Connected {
            peer: Some(accepted),
            told: false,
        };
        if let Role::Listening { queue, .. } = &mut self.end(listener).role {
            queue.push_back(accepted);
        }
        self.tell(id, Some(Interest::Write));
        self.tell(listener, Some(Interest::Read));
    }

    /// The listener is gone: who waits there is told.
    pub(super) fn dismiss(&mut self, queue: VecDeque<Id>, waiting: VecDeque<Id>) {
        for id in waiting {
            self.refuse(id, Errno::CONNREFUSED);
        }
        for id in queue {
            self.abort(id);
            self.leave_port(id);
            self.ends.remove(&id);
        }
    }

    pub(super) fn address_of_peer(&mut self, id: Id) -> Result<Address> {
        let end = self.end(id);
        if !end.is_connected() || end.reset && !end.is_unix() {
            return Err(Errno::NOTCONN);
        }
        Ok(shown(end.family, end.remote))
    }

    pub(super) fn address_of(&mut self, id: Id) -> Address {
        let end = self.end(id);
        let local: Option<SocketAddr> = end.local;
        shown(end.family, local)
    }
}
