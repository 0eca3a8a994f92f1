//! Bytes that wait to be written. A write that does not fit goes in one piece, whatever other tasks write meanwhile.

use std::cell::{Cell, RefCell};

use crate::bytes::Bytes;
use crate::error::{Error, Result};
use crate::net::Net;
use crate::sched::{Gate, Pass};
use crate::sys::errno::Errno;

use super::raw::{self, Raw};

/// What has been written and has not left.
#[derive(Debug)]
pub(super) struct Output {
    pending: RefCell<Vec<u8>>,
    /// Bytes of `pending` that have left.
    gone: Cell<usize>,
    gate: Gate,
    size: usize,
}

impl Output {
    /// A buffer that holds up to `size` bytes back.
    pub(super) fn new(size: usize) -> Self {
        Self {
            pending: RefCell::default(),
            gone: Cell::new(0),
            gate: Gate::default(),
            size,
        }
    }

    /// Bytes that have not left.
    pub(super) fn len(&self) -> usize {
        self.pending.borrow().len() - self.gone.get()
    }

    /// Writes all of `data`, to the buffer where it has room.
    ///
    /// # Errors
    /// `raw`'s; the error's `sent` says how much of `data` was taken.
    pub(super) fn write(&self, net: &Net, raw: &dyn Raw, op: &'static str, data: &Bytes) -> Result<usize> {
        let length = data.len();
        if !self.gate.is_busy() && self.fits(length) {
            return self.keep(data, 0..length);
        }
        let _pass = self.enter(net, raw)?;
        if self.fits(length) {
            return self.keep(data, 0..length);
        }
        match self.drain(raw, op) {
            Ok(()) => {}
            Err(error) if error.errno() == Some(Errno::AGAIN.0) => {
                // As much as fits is taken all the same.
                let room = self.size.saturating_sub(self.len()).min(length);
                self.keep(data, 0..room)?;
                if room == length {
                    return Ok(length);
                }
                return Err(error.with_sent(room as u64));
            }
            Err(error) => return Err(error.with_sent(0)),
        }
        let mut written = 0;
        while length - written > self.size {
            let step = raw.write(op, raw.patience(), &mut |take| {
                data.with(|data| take(data.get(written..).unwrap_or_default()))
            });
            match step.map_err(|error| error.with_sent(written as u64))? {
                Some(count) => written += count,
                None => {
                    let end = (written + self.size).min(length);
                    self.keep(data, written..end)?;
                    if end == length {
                        return Ok(length);
                    }
                    return Err(refused(op, end));
                }
            }
        }
        self.keep(data, written..length)?;
        Ok(length)
    }

    /// Hands everything to `raw`.
    ///
    /// # Errors
    /// `raw`'s; what has not left stays.
    pub(super) fn flush(&self, net: &Net, raw: &dyn Raw, op: &'static str) -> Result<()> {
        if self.len() == 0 && !self.gate.is_busy() {
            return Ok(());
        }
        let _pass = self.enter(net, raw)?;
        self.drain(raw, op)
    }

    /// Hands over what is taken at once: nobody may wait here.
    pub(super) fn flush_now(&self, raw: &dyn Raw) {
        // A write that another task is in the middle of is that task's.
        if self.gate.is_busy() {
            return;
        }
        while self.len() > 0 {
            let taken = raw.write_now(&self.pending.borrow()[self.gone.get()..]);
            match taken {
                Ok(count) if count > 0 => self.gone.set(self.gone.get() + count),
                Err(Errno::INTR) => {}
                Ok(_) | Err(_) => return,
            }
        }
    }

    fn fits(&self, length: usize) -> bool {
        self.len() + length <= self.size
    }

    /// Takes bytes into the buffer, which has room for them.
    fn keep(&self, data: &Bytes, range: std::ops::Range<usize>) -> Result<usize> {
        let count = range.len();
        let mut pending = self.pending.borrow_mut();
        pending.drain(..self.gone.replace(0));
        if pending.try_reserve(count).is_err() {
            return Err(Error::memory(format!("a buffer of {count} bytes")));
        }
        data.with(|data| pending.extend_from_slice(data.get(range).unwrap_or_default()));
        Ok(count)
    }

    fn enter<'a>(&'a self, net: &'a Net, raw: &dyn Raw) -> Result<Pass<'a>> {
        raw::enter(net, &self.gate, raw)?.ok_or_else(|| refused("write", 0))
    }

    fn drain(&self, raw: &dyn Raw, op: &'static str) -> Result<()> {
        while self.len() > 0 {
            let step = raw.write(op, raw.patience(), &mut |take| {
                let pending = self.pending.borrow();
                let count = take(&pending[self.gone.get()..])?;
                self.gone.set(self.gone.get() + count);
                Ok(count)
            });
            if step?.is_none() {
                return Err(refused(op, 0));
            }
        }
        let mut pending = self.pending.borrow_mut();
        pending.clear();
        self.gone.set(0);
        Ok(())
    }
}

/// A non-blocking file did not take everything: `sent` says how much of this call's data was taken.
fn refused(op: &'static str, taken: usize) -> Error {
    Error::os_with_text(Errno::AGAIN.0, "write could not complete without blocking")
        .during(op)
        .with_sent(taken as u64)
}
