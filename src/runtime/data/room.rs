//! Room to go deeper into data: levels that are left, and stack.

use std::fmt;

use crate::api::DEEPEST_DATA;
use crate::error::{Class, Error, Result};
use crate::sched::Scheduler;

/// Stack that one level more must find.
const STACK_RESERVE: usize = 64 * 1024;

/// How deep in some data a conversion is, and on whose stack. What serializes is the host's code, so every level looks.
#[derive(Clone, Copy)]
pub struct Room<'a> {
    depth: usize,
    /// Whose fiber it may stand on; none knows where nobody has said.
    sched: Option<&'a Scheduler>,
}

impl<'a> Room<'a> {
    /// At the top of data that is converted for a runtime's script.
    pub(in super::super) const fn of(sched: &'a Scheduler) -> Self {
        Self {
            depth: 0,
            sched: Some(sched),
        }
    }

    /// At the top of data, nobody knows where.
    pub(in super::super) const fn anywhere() -> Self {
        Self {
            depth: 0,
            sched: None,
        }
    }

    /// One level deeper.
    ///
    /// # Errors
    /// `ValueError` beyond what a script's own data may nest, `RecursionError` where the fiber's stack is at its end.
    pub(super) fn deeper(self) -> Result<Self> {
        if self.depth > DEEPEST_DATA {
            return Err(Error::value(format!(
                "the value is nested too deeply: more than {DEEPEST_DATA} levels"
            )));
        }
        let left = self.sched.and_then(Scheduler::remaining_stack);
        if left.is_some_and(|left| left < STACK_RESERVE) {
            return Err(Error::new(Class::RecursionError, "stack overflow"));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }
}

impl fmt::Debug for Room<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Room(level {})", self.depth)
    }
}
