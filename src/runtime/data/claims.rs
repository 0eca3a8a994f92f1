//! Sockets that a conversion takes out of a script: all that it asks for, once the whole of it has succeeded, or none.

use std::cell::{Cell, RefCell};

use crate::error::Result;

use super::Descriptor;

thread_local! {
    /// What the conversions under way have asked for, those of the outermost first.
    static CLAIMED: RefCell<Vec<Descriptor>> = const { RefCell::new(Vec::new()) };
    /// How many are within one another.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

fn with_claimed<R: Default>(run: impl FnOnce(&mut Vec<Descriptor>) -> R) -> R {
    // Where the thread ends, nothing is noted: whoever takes a descriptor then asks its socket at once.
    let ran = CLAIMED.try_with(|claimed| run(&mut claimed.borrow_mut()));
    ran.unwrap_or_default()
}

/// A conversion under way. Whatever ends it, what it has claimed and not got is forgotten.
struct Conversion {
    first: usize,
}

impl Conversion {
    fn begin() -> Self {
        DEPTH.set(DEPTH.get() + 1);
        Self {
            first: with_claimed(|claimed| claimed.len()),
        }
    }
}

impl Drop for Conversion {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        drop(with_claimed(|claimed| {
            claimed.split_off(self.first.min(claimed.len()))
        }));
    }
}

/// Notes that a descriptor is to be taken out of its script's socket.
pub(super) fn claim(descriptor: &Descriptor) {
    if DEPTH.get() > 0 {
        with_claimed(|claimed| claimed.push(descriptor.clone()));
    }
}

/// Converts, and takes the sockets out when all has succeeded: at the end of the outermost conversion.
///
/// # Errors
/// The conversion's; `EBADF` for a socket that is closed, `ValueError` for one that is asked for twice.
pub(in super::super) fn all_or_nothing<T>(convert: impl FnOnce() -> Result<T>) -> Result<T> {
    let conversion = Conversion::begin();
    let converted = convert()?;
    if DEPTH.get() > 1 {
        // The outer one ends what this one has begun.
        DEPTH.set(DEPTH.get() - 1);
        std::mem::forget(conversion);
        return Ok(converted);
    }
    let mut claimed = with_claimed(|claimed| claimed.split_off(conversion.first.min(claimed.len())));
    // What was tried and came to nothing, as a variant that did not fit, wants no socket.
    claimed.retain(Descriptor::is_wanted);
    for (place, descriptor) in claimed.iter().enumerate() {
        descriptor.check(&claimed[..place])?;
    }
    claimed.iter().try_for_each(Descriptor::settle)?;
    Ok(converted)
}
