//! Turns: how many operations of a task may succeed in a row, without a wait, before the others are let run.

use std::cell::Cell;

/// Operations in a row that may succeed without waiting before the others get a turn.
const IN_A_ROW: u32 = 64;

/// Counts operations that did not wait.
#[derive(Debug)]
pub(super) struct Turn(Cell<u32>);

impl Default for Turn {
    fn default() -> Self {
        Self(Cell::new(IN_A_ROW))
    }
}

impl Turn {
    /// Another task runs from here on.
    #[inline]
    pub(super) fn begin(&self) {
        self.0.set(IN_A_ROW);
    }

    /// Whether the next operation is the turn's last.
    #[inline]
    pub(super) fn is_ending(&self) -> bool {
        self.0.get() == 1
    }

    /// Counts one; true when the turn is over.
    #[inline]
    pub(super) fn spend(&self) -> bool {
        let left = self.0.get() - 1;
        self.0.set(if left == 0 { IN_A_ROW } else { left });
        left == 0
    }
}
