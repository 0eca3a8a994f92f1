//! Datagrams between the kernel and the script: those that are held back, that go twice, and that let the next go first.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::address::Address;
use crate::net::holding::Held;

use super::lane::Lane;
use super::plan::Plan;

/// A datagram that waits for the next one waits so long.
const LONGEST_OVERTAKING: Duration = Duration::from_millis(10);
/// Most datagrams that are taken from the kernel before their time.
const MOST_HELD: usize = 1024;

/// A datagram and who sent it.
pub(super) type Letter = (Vec<u8>, Address);

#[derive(Default)]
pub(super) struct Post {
    /// Each with when it can be received.
    ready: VecDeque<(Letter, Instant)>,
    /// One that lets the next go first, and until when.
    late: Option<(Letter, Instant)>,
}

impl Post {
    /// Whether the kernel is to be asked for more. When datagrams arrive shows only when they are taken: where they are held back,
    /// all that are there are.
    pub(super) fn has_room(&self, plan: &Plan) -> bool {
        self.ready.is_empty() || plan.delays() && self.ready.len() < MOST_HELD
    }

    /// A datagram has arrived: decides what becomes of it.
    pub(super) fn sort(&mut self, plan: &Plan, lane: &mut Lane, letter: Letter) {
        let Some(due) = lane.due_of_arrival(plan, self.ready.len() as u64) else {
            // For ever.
            return;
        };
        // Nothing overtakes but what is to.
        let due = self.ready.back().map_or(due, |(_, last)| due.max(*last));
        if lane.chance(plan.drop) {
            return;
        }
        if lane.chance(plan.duplicate) {
            self.ready.push_back((letter.clone(), due));
        }
        if self.late.is_none() && lane.chance(plan.reorder) {
            let until = due.checked_add(LONGEST_OVERTAKING).unwrap_or(due);
            self.late = Some((letter, until));
            return;
        }
        self.ready.push_back((letter, due));
        self.ready
            .extend(self.late.take().map(|(letter, until)| (letter, due.min(until))));
    }

    /// The next datagram, if its time has come.
    pub(super) fn take(&mut self) -> Option<Letter> {
        let now = crate::sched::now();
        if self.late.as_ref().is_some_and(|(_, until)| *until <= now) {
            self.ready.extend(self.late.take());
        }
        let (letter, _) = self.ready.pop_front_if(|(_, due)| *due <= now)?;
        Some(letter)
    }

    /// When the next can be received, where nothing else arrives.
    pub(super) fn next(&self) -> Option<Instant> {
        let first = self.ready.front().or(self.late.as_ref());
        first.map(|(_, due)| *due)
    }

    /// What those are told who wait for any of many; nothing can be received before `due`.
    pub(super) fn held(&self, due: Option<Instant>) -> Held {
        match self.next().max(self.next().and(due)) {
            Some(due) if due > crate::sched::now() => Held::From(due),
            Some(_) => Held::Something,
            None => Held::Nothing,
        }
    }
}
