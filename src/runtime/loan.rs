//! The memory of a worker: a part of what the runtime that starts it has left, which has so much less until the worker ends.

use std::cell::OnceCell;
use std::fmt;
use std::rc::{Rc, Weak};

use crate::error::{Error, Result};
use crate::net::Net;
use crate::script::Language;

/// The part of what is left that one worker gets.
const PART: usize = 4;
/// What a machine needs to run anything at all.
const LEAST: usize = 1 << 20;

/// The language of a runtime, once it is made.
pub(super) type Speaker = Rc<OnceCell<Weak<dyn Language>>>;

/// Memory that a worker has until this is dropped.
pub(super) struct Loan {
    net: Rc<Net>,
    speaker: Speaker,
    bytes: usize,
}

impl Loan {
    /// Takes a worker's memory out of what the runtime may use.
    ///
    /// # Errors
    /// `MemoryError` when too little is left for one more.
    pub(super) fn take(net: &Rc<Net>, speaker: &Speaker) -> Result<Self> {
        let used = language(speaker).map_or(0, |language| language.memory_used());
        let left = net.memory_limit().saturating_sub(used).min(net.left());
        let bytes = left / PART;
        if bytes < LEAST {
            return Err(Error::memory(format!("a worker, with {left} bytes left for all")));
        }
        let loan = Self {
            net: net.clone(),
            speaker: speaker.clone(),
            bytes,
        };
        loan.set_limit(net.memory_limit().saturating_sub(bytes));
        Ok(loan)
    }

    /// How much it is.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    fn set_limit(&self, bytes: usize) {
        self.net.limit_memory(bytes);
        if let Some(language) = language(&self.speaker) {
            language.limit_memory(bytes);
        }
    }
}

fn language(speaker: &Speaker) -> Option<Rc<dyn Language>> {
    speaker.get()?.upgrade()
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.set_limit(self.net.memory_limit().saturating_add(self.bytes));
    }
}

impl fmt::Debug for Loan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Loan({} bytes)", self.bytes)
    }
}
