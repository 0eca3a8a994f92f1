//! A queue of values between threads. Any task of any thread that has it may send and receive; one that has to wait lets the
//! other tasks of its thread run.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Class, Error, Result};
use crate::net::{Net, Underway};
use crate::sched::{Summons, Wake, strike};

use super::parcel::{Delivery, Draft, Parcel};

/// A channel between threads; copies are the same channel.
#[derive(Clone)]
pub(crate) struct Link(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Told of what comes: threads that have no tasks.
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    queue: Queue,
    /// Bytes in the queue.
    size: usize,
    /// Most values that wait; any number where there is none.
    capacity: Option<usize>,
    closed: bool,
    receivers: VecDeque<Arc<Summons>>,
    senders: VecDeque<Arc<Summons>>,
}

/// A value that nobody has received yet.
struct Waiting {
    parcel: Parcel,
    /// Its sender pays for it, where that is a script.
    _underway: Option<Underway>,
}

/// What waits in a channel.
#[derive(Default)]
struct Queue(VecDeque<Waiting>);

thread_local! {
    /// What channels held that have gone on this thread, while one of them goes: there may be a channel in a channel in a channel,
    /// further than a stack reaches.
    static LEFT: RefCell<Option<Vec<Waiting>>> = const { RefCell::new(None) };
}

impl Drop for Queue {
    fn drop(&mut self) {
        let mut rest: Vec<Waiting> = self.0.drain(..).collect();
        if rest.is_empty() {
            return;
        }
        let is_within = LEFT.try_with(|left| match &mut *left.borrow_mut() {
            Some(left) => {
                left.append(&mut rest);
                true
            }
            none => {
                *none = Some(Vec::new());
                false
            }
        });
        if is_within == Ok(true) {
            return;
        }
        while let Some(waiting) = rest.pop() {
            drop(waiting);
            // At a thread's very end there is no list: what is left goes as deep as it is.
            let _ = LEFT.try_with(|left| {
                if let Some(left) = &mut *left.borrow_mut() {
                    rest.append(left);
                }
            });
        }
        let _ = LEFT.try_with(RefCell::take);
    }
}

impl State {
    fn is_full(&self) -> bool {
        self.capacity
            .is_some_and(|capacity| self.queue.0.len() >= capacity)
    }

    /// Takes the first value, and calls those whom that concerns.
    fn take_first(&mut self) -> Option<Waiting> {
        let waiting = self.queue.0.pop_front()?;
        self.size -= waiting.parcel.size();
        call_first(&self.senders);
        if !self.queue.0.is_empty() {
            call_first(&self.receivers);
        }
        Some(waiting)
    }
}

/// Calls the first who waits; who cannot use it calls the next.
fn call_first(waiting: &VecDeque<Arc<Summons>>) {
    if let Some(first) = waiting.front() {
        first.call();
    }
}

fn take_out(waiting: &mut VecDeque<Arc<Summons>>, mine: Option<&Arc<Summons>>) {
    if let Some(mine) = mine {
        strike(waiting, |other| Arc::ptr_eq(other, mine));
    }
}

impl Link {
    /// A channel in which at most `capacity` values wait, or any number.
    pub(crate) fn new(capacity: Option<usize>) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::new(State {
                capacity,
                ..State::default()
            }),
            arrived: Condvar::new(),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether both are the same channel.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Sends; waits while the channel is full.
    ///
    /// # Errors
    /// `ShutDown` on a closed channel; `MemoryError` when more waits in it than the sender's limit allows for;
    /// `ValueError` for a socket that cannot go; what ends the wait.
    pub(crate) fn send(&self, net: &Net, draft: Draft) -> Result<()> {
        loop {
            {
                let mut state = self.lock();
                if state.closed {
                    return Err(shut_down("send: the channel is closed"));
                }
                if !state.is_full() {
                    let waiting = state.size.max(net.traffic().bytes_underway());
                    net.afford(waiting + draft.size(), "channels whose values nobody receives,")?;
                    let parcel = draft.seal()?;
                    state.size += parcel.size();
                    state.queue.0.push_back(Waiting {
                        _underway: Some(net.traffic().carry(parcel.size())),
                        parcel,
                    });
                    call_first(&state.receivers);
                    self.0.arrived.notify_one();
                    return Ok(());
                }
            }
            self.wait(net, None, |state| (&mut state.senders, state_has_room))?;
        }
    }

    /// Sends from a thread that has no tasks: never waits.
    ///
    /// # Errors
    /// `ShutDown` on a closed channel.
    pub(crate) fn post(&self, draft: Draft) -> Result<()> {
        let mut state = self.lock();
        if state.closed {
            return Err(shut_down("send: the channel is closed"));
        }
        let parcel = draft.seal()?;
        state.size += parcel.size();
        state.queue.0.push_back(Waiting {
            _underway: None,
            parcel,
        });
        call_first(&state.receivers);
        self.0.arrived.notify_one();
        Ok(())
    }

    /// Receives on a thread that has no tasks: blocks it while the channel is empty.
    ///
    /// # Errors
    /// `ShutDown` when it is closed and empty; `TimeoutError`; `TypeError` for what holds sockets, which close.
    pub(crate) fn take(&self, deadline: Option<Instant>) -> Result<Delivery> {
        let mut state = self.lock();
        let waiting = loop {
            if let Some(waiting) = state.take_first() {
                break waiting;
            }
            if state.closed {
                return Err(shut_down("recv: the channel is closed and empty"));
            }
            let arrived = &self.0.arrived;
            state = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                None => arrived.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => return Err(Error::timed_out()),
                Some(left) => {
                    let waited = arrived.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        };
        drop(state);
        waiting.parcel.open_plain()
    }

    /// Receives; waits while the channel is empty.
    ///
    /// # Errors
    /// `ShutDown` when it is closed and empty; `TimeoutError`; what ends the wait.
    pub(crate) fn receive(&self, net: &Rc<Net>, deadline: Option<Instant>) -> Result<Delivery> {
        let mut late = false;
        loop {
            let taken = {
                let mut state = self.lock();
                let taken = state.take_first();
                if taken.is_none() && state.closed {
                    return Err(shut_down("recv: the channel is closed and empty"));
                }
                taken
            };
            match taken {
                Some(waiting) => return Ok(waiting.parcel.open(net)),
                None if late => return Err(Error::timed_out()),
                None => {}
            }
            let wake = self.wait(net, deadline, |state| (&mut state.receivers, state_has_values))?;
            late = wake == Wake::TimedOut;
        }
    }

    /// Waits in one of the queues until `ready`.
    fn wait(
        &self,
        net: &Net,
        deadline: Option<Instant>,
        queue: impl Fn(&mut State) -> (&mut VecDeque<Arc<Summons>>, fn(&State) -> bool),
    ) -> Result<Wake> {
        let mut mine = None;
        let wake = net.sched().wait_for_thread(deadline, |summons| {
            let mut state = self.lock();
            let (waiting, ready) = queue(&mut state);
            waiting.push_back(summons.clone());
            mine = Some(summons.clone());
            if ready(&state) {
                summons.call();
            }
        });
        let mut state = self.lock();
        let (waiting, ready) = queue(&mut state);
        take_out(waiting, mine.as_ref());
        if wake.is_err() && ready(&state) {
            // What was meant for this one is for the next.
            call_first(queue(&mut state).0);
        }
        wake
    }

    /// Closes it: what waits in it can still be received.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        for summons in state.receivers.iter().chain(&state.senders) {
            summons.call();
        }
        self.0.arrived.notify_all();
    }

    /// Whether nothing more can be sent.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Values sent and not yet received.
    pub(crate) fn len(&self) -> usize {
        self.lock().queue.0.len()
    }
}

fn shut_down(text: &'static str) -> Error {
    Error::new(Class::ShutDown, text)
}

fn state_has_room(state: &State) -> bool {
    state.closed || !state.is_full()
}

fn state_has_values(state: &State) -> bool {
    state.closed || !state.queue.0.is_empty()
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        let closed = if state.closed { " closed" } else { "" };
        write!(f, "<WorkerChannel of {} values{closed}>", state.queue.0.len())
    }
}
