//! Where sessions live: places in memory that are used again. A session is large and comes and goes with each connection, and
//! what is so large the allocator looks for in its slow way.

use std::cell::RefCell;

use super::session::Session;

/// Places that nobody uses and that are kept.
const SPARE: usize = 8;

type Place = Box<Option<Session>>;

thread_local! {
    static FREE: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
}

/// A place for a session, had only while there is one.
#[derive(Default)]
pub(crate) struct Seat(Option<Place>);

impl Seat {
    /// The session begins.
    pub(crate) fn begin(&mut self, session: Session) {
        let free = FREE.try_with(|free| free.borrow_mut().pop()).ok().flatten();
        let mut place = free.unwrap_or_default();
        *place = Some(session);
        self.0 = Some(place);
    }

    pub(crate) fn is_taken(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn get(&mut self) -> Option<&mut Session> {
        self.0.as_mut()?.as_mut().as_mut()
    }

    pub(crate) fn look(&self) -> Option<&Session> {
        self.0.as_ref()?.as_ref().as_ref()
    }

    /// The session is over.
    pub(crate) fn end(&mut self) {
        let Some(mut place) = self.0.take() else { return };
        *place = None;
        // Where the thread ends there is nobody to keep it for.
        let _ = FREE.try_with(|free| {
            let mut free = free.borrow_mut();
            if free.len() < SPARE {
                free.push(place);
            }
        });
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::Context;

    /// `PROTOCOL_TLS_CLIENT`.
    const CLIENT: i64 = 16;

    #[test]
    fn places_are_used_again_and_few_are_kept() {
        let context = Context::new(CLIENT).expect("settings");
        let seated = || {
            let mut seat = Seat::default();
            assert!(seat.get().is_none() && !seat.is_taken());
            seat.begin(Session::client(&context, Some("localhost")).expect("a session"));
            seat
        };
        let place = |seat: &Seat| std::ptr::from_ref(seat.look().expect("a session"));
        let mut seat = seated();
        let first = place(&seat);
        seat.end();
        assert!(!seat.is_taken() && seat.look().is_none());
        assert_eq!(place(&seated()), first);
        drop((0..SPARE + 3).map(|_| seated()).collect::<Vec<_>>());
        assert_eq!(FREE.with_borrow(Vec::len), SPARE);
    }
}
