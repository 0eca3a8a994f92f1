//! When the bytes of a stream have arrived that lie in the kernel. A delay belongs to what arrives and not to the call that
//! takes it: bytes that came together are due together, in however many pieces they are read.

use std::collections::VecDeque;
use std::time::Instant;

/// What lies there, in the order it came: how many bytes, and when they may be received.
#[derive(Default)]
pub(super) struct Arrivals {
    parts: VecDeque<(u64, Instant)>,
    /// Bytes of all parts.
    known: u64,
    /// When the end may be told, where one has come.
    end: Option<Instant>,
}

impl Arrivals {
    /// A look at what is there: so many bytes, and the end behind them. What no look has seen before has arrived just now, and is
    /// due when `due` says, which is handed the number of bytes before it.
    pub(super) fn note(&mut self, unread: u64, ended: bool, mut due: impl FnMut(u64) -> Option<Instant>) {
        // Some may have gone by a call that is not delayed.
        self.take(self.known.saturating_sub(unread));
        let last = self.parts.back().map(|(_, due)| *due);
        let mut later = |before| due(before).map(|due| last.map_or(due, |last| last.max(due)));
        if unread > self.known
            && let Some(due) = later(self.known)
        {
            self.parts.push_back((unread - self.known, due));
            self.known = unread;
        }
        if !ended {
            self.end = None;
        } else if self.end.is_none() {
            self.end = later(unread);
        }
    }

    /// So many bytes have been received.
    pub(super) fn take(&mut self, mut count: u64) {
        self.known = self.known.saturating_sub(count);
        while count > 0
            && let Some((length, _)) = self.parts.front_mut()
        {
            let taken = count.min(*length);
            *length -= taken;
            count -= taken;
            if *length == 0 {
                self.parts.pop_front();
            }
        }
    }

    /// How many bytes can be received at this moment.
    pub(super) fn ready(&self, now: Instant) -> u64 {
        let due = self.parts.iter().take_while(|(_, due)| *due <= now);
        due.map(|(length, _)| length).sum()
    }

    /// When what comes next can be received, be it the end; none where nothing has come.
    pub(super) fn next(&self) -> Option<Instant> {
        self.parts.front().map(|(_, due)| *due).or(self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_came_together_is_due_together() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut arrivals = Arrivals::default();
        assert_eq!((arrivals.next(), arrivals.ready(start)), (None, 0));
        arrivals.note(10, false, |_| Some(at(50)));
        arrivals.note(15, true, |before| {
            assert!(before == 10 || before == 15, "{before}");
            Some(at(40))
        });
        // Nothing overtakes what came before it.
        assert_eq!((arrivals.next(), arrivals.ready(at(49))), (Some(at(50)), 0));
        assert_eq!(arrivals.ready(at(50)), 15);
        arrivals.take(4);
        arrivals.note(11, true, |_| unreachable!("nothing is new"));
        assert_eq!(arrivals.ready(at(50)), 11);
        // Taken by another call.
        arrivals.note(2, true, |_| unreachable!("nothing is new"));
        assert_eq!(arrivals.ready(at(50)), 2);
        arrivals.take(2);
        assert_eq!((arrivals.next(), arrivals.ready(at(60))), (Some(at(50)), 0));
    }
}
