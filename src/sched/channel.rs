//! A channel: values from tasks that send to tasks that receive, first come, first served on both sides.
//!
//! A value stays in the channel until the task that takes it runs and takes it: who is cancelled, or whose time is over,
//! has taken nothing. Nobody overtakes those who wait: a newcomer goes to the end of their queue.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::time::Instant;

use crate::error::{Class, Error, Result};

use super::line::Line;
use super::scheduler::Scheduler;
use super::wait::Wake;

/// A channel for values of one kind.
pub(crate) struct Channel<T> {
    /// Most values it holds; `None` is without bound.
    capacity: Option<usize>,
    values: RefCell<VecDeque<T>>,
    closed: Cell<bool>,
    senders: Line,
    receivers: Line,
}

impl<T> Channel<T> {
    /// A channel that holds this many values, or any number.
    pub(crate) fn new(capacity: Option<usize>) -> Self {
        Self {
            capacity,
            values: RefCell::default(),
            closed: Cell::new(false),
            senders: Line::default(),
            receivers: Line::default(),
        }
    }

    /// Whether nothing more can be sent.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Values sent and not yet received.
    pub(crate) fn len(&self) -> usize {
        self.values.borrow().len()
    }

    fn is_full(&self) -> bool {
        self.capacity.is_some_and(|most| self.len() >= most)
    }

    /// Whether a sender need not wait: there is room, or none will ever be needed.
    fn takes(&self) -> bool {
        self.is_closed() || !self.is_full()
    }

    /// Whether a receiver need not wait: something is there, or nothing will ever be.
    fn gives(&self) -> bool {
        self.is_closed() || self.len() > 0
    }
}

impl Scheduler {
    /// Sends a value, once there is room.
    ///
    /// # Errors
    /// `ShutDown` on a closed channel, also one that is closed meanwhile; cancellation. The value has not been sent then.
    pub(crate) fn send<T>(&self, channel: &Channel<T>, value: T) -> Result<()> {
        self.tick()?;
        self.stand_in(&channel.senders, None, || channel.takes())?;
        if channel.is_closed() {
            // The others in the line have nothing to wait for either.
            self.wake_first(&channel.senders, true);
            return Err(shut_down("send: the channel is closed"));
        }
        channel.values.borrow_mut().push_back(value);
        self.wake_first(&channel.receivers, channel.gives());
        self.wake_first(&channel.senders, channel.takes());
        Ok(())
    }

    /// Receives a value, as soon as one is there; `None` when the deadline passes first.
    ///
    /// # Errors
    /// `ShutDown` on a channel that is closed and empty; cancellation.
    pub(crate) fn receive<T>(&self, channel: &Channel<T>, deadline: Option<Instant>) -> Result<Option<T>> {
        self.tick()?;
        if !self.stand_in(&channel.receivers, deadline, || channel.gives())? {
            return Ok(None);
        }
        let value = channel.values.borrow_mut().pop_front();
        self.wake_first(&channel.senders, channel.takes());
        self.wake_first(&channel.receivers, channel.gives());
        match value {
            Some(value) => Ok(Some(value)),
            None => Err(shut_down("recv: the channel is closed and empty")),
        }
    }

    /// Closes a channel: what it holds can still be received, nothing can be sent.
    pub(crate) fn close<T>(&self, channel: &Channel<T>) {
        channel.closed.set(true);
        self.wake_first(&channel.senders, true);
        self.wake_first(&channel.receivers, true);
    }

    /// Waits at the end of a line until its turn has come and `may_go` says so; false when the deadline passes first.
    fn stand_in(&self, line: &Line, deadline: Option<Instant>, may_go: impl Fn() -> bool) -> Result<bool> {
        line.look_around();
        if line.is_empty() && may_go() {
            return Ok(true);
        }
        let Some(task) = self.suspendable()? else {
            return Err(Error::runtime("only a task can wait for another here"));
        };
        line.push_back(&task);
        let outcome = loop {
            match self.suspend(&task, deadline) {
                Err(error) => break Err(error),
                // Late, but nobody else was to have it.
                Ok(_) if line.is_first(&task) && may_go() => break Ok(true),
                Ok(Wake::TimedOut) => break Ok(false),
                Ok(Wake::Ready) => {}
            }
        };
        line.strike(&task);
        if !matches!(outcome, Ok(true)) {
            // What woke this one may be for the next.
            self.wake_first(line, may_go());
        }
        outcome
    }

    fn wake_first(&self, line: &Line, is_due: bool) {
        if is_due && let Some(first) = line.first() {
            self.wake(&first, Wake::Ready);
        }
    }
}

fn shut_down(text: &'static str) -> Error {
    Error::new(Class::ShutDown, text)
}

impl<T> fmt::Debug for Channel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<channel of {} values{}>",
            self.len(),
            if self.is_closed() { ", closed" } else { "" }
        )
    }
}
