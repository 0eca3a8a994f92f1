//! The open sockets of a runtime, and where in its script each was made: kept for a person who asks, and only then.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

use crate::error::Place;
use crate::sched::Scheduler;

use super::socket::Socket;

/// Sockets known before those that are gone are forgotten.
const FEW: usize = 64;

/// The list: empty unless somebody asked for it.
#[derive(Default)]
pub(super) struct Roster {
    kept: Cell<bool>,
    rows: RefCell<Vec<Row>>,
    /// Rows at which those of closed sockets are thrown away.
    full: Cell<usize>,
    /// Those that were let go of while they were open; none where nobody asks.
    lost: RefCell<Option<Vec<Lost>>>,
}

/// A socket that nobody can reach any more and nobody closed: how it prints, and where it was made.
pub(crate) type Lost = (String, Option<Place>);

struct Row {
    socket: Weak<Socket>,
    made: Option<Place>,
}

impl Roster {
    /// A socket was made.
    #[inline]
    pub(super) fn note(&self, sched: &Scheduler, socket: &Rc<Socket>) {
        if self.kept.get() {
            self.add(sched, socket);
        }
    }

    /// A socket is let go of while it is open. Whether somebody asks for such sockets, and need not be warned.
    pub(super) fn note_lost(&self, socket: &Socket) -> bool {
        let mut lost = self.lost.borrow_mut();
        let Some(lost) = lost.as_mut() else { return false };
        let rows = self.rows.borrow();
        let row = rows.iter().find(|row| std::ptr::eq(row.socket.as_ptr(), socket));
        lost.push((socket.to_string(), row.and_then(|row| row.made)));
        true
    }

    #[cold]
    fn add(&self, sched: &Scheduler, socket: &Rc<Socket>) {
        let made = sched.current().and_then(|task| task.payload().place());
        let mut rows = self.rows.borrow_mut();
        if rows.len() >= self.full.get() {
            rows.retain(|row| row.socket.upgrade().is_some_and(|socket| socket.fd() >= 0));
            self.full.set((rows.len() * 2).max(FEW));
        }
        rows.push(Row {
            socket: Rc::downgrade(socket),
            made,
        });
    }
}

#[cfg(feature = "cli")]
impl super::context::Net {
    /// Keeps a list of the sockets that are made from here on.
    pub(crate) fn keep_roster(&self) {
        self.roster.kept.set(true);
    }

    /// Keeps those sockets too that are let go of while they are open, instead of warning of them.
    pub(crate) fn keep_lost(&self) {
        self.keep_roster();
        *self.roster.lost.borrow_mut() = Some(Vec::new());
    }

    /// The sockets that were let go of since the last time.
    pub(crate) fn take_lost(&self) -> Vec<Lost> {
        self.roster
            .lost
            .borrow_mut()
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// The open sockets on the list, in the order they were made, and where in a script that was.
    pub(crate) fn open_sockets(&self) -> Vec<(Rc<Socket>, Option<Place>)> {
        let rows = self.roster.rows.borrow();
        rows.iter()
            .filter_map(|row| Some((row.socket.upgrade()?, row.made)))
            .filter(|(socket, _)| socket.fd() >= 0)
            .collect()
    }
}

impl fmt::Debug for Roster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roster({})", self.rows.borrow().len())
    }
}
