//! A buffer over a raw file: Python's `BufferedReader`, `BufferedWriter`, `BufferedRWPair` and `BufferedRandom`.

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

use crate::bytes::{Bytes, Pinned};
use crate::error::{Error, Result};
use crate::net::{Net, Patience};
use crate::sched::{Gate, Pass};
use crate::sys::errno::Errno;
use crate::sys::file::SEEK_CUR;

use super::input::{DEFAULT_SIZE, Input};
use super::nature::Kind;
use super::object::File;
use super::output::Output;
use super::raw::{self, Raw, Shut, closed_file, unsupported};

/// A buffered file.
pub(super) struct Buffered {
    net: Rc<Net>,
    pub(super) kind: Kind,
    /// None once it is detached: who has it then may close it by dropping it.
    below: RefCell<Option<Below>>,
    /// The raw file's own mark.
    shut: Shut,
    pub(super) input: RefCell<Input>,
    /// One task at a time reads: what comes may be all that another one waits for, whom no event would tell.
    gate: Gate,
    output: Output,
    size: usize,
}

/// What a buffered file stands on.
struct Below {
    raw: Rc<dyn Raw>,
    /// As a script gets it.
    file: Rc<File>,
}

impl Buffered {
    /// `size` is what a script asked for: to be read ahead at most, and to be held back of what is written.
    pub(super) fn new(
        net: &Rc<Net>,
        kind: Kind,
        raw: Rc<dyn Raw>,
        raw_file: Rc<File>,
        size: Option<usize>,
    ) -> Self {
        Self::holding(net, kind, raw, raw_file, size, size.unwrap_or(DEFAULT_SIZE))
    }

    /// As [`Self::new`], holding back `held` bytes of what is written.
    pub(super) fn holding(
        net: &Rc<Net>,
        kind: Kind,
        raw: Rc<dyn Raw>,
        raw_file: Rc<File>,
        size: Option<usize>,
        held: usize,
    ) -> Self {
        Self {
            net: net.clone(),
            kind,
            shut: raw.shut().clone(),
            below: RefCell::new(Some(Below { raw, file: raw_file })),
            input: RefCell::new(Input::new(size)),
            gate: Gate::default(),
            output: Output::new(held),
            size: size.unwrap_or(DEFAULT_SIZE),
        }
    }

    /// What it stands on.
    ///
    /// # Errors
    /// `ValueError` once that is detached.
    pub(super) fn raw(&self) -> Result<Rc<dyn Raw>> {
        match &*self.below.borrow() {
            Some(below) => Ok(below.raw.clone()),
            None => Err(Error::value("raw stream has been detached")),
        }
    }

    pub(super) fn raw_file(&self) -> Option<Rc<File>> {
        self.below.borrow().as_ref().map(|below| below.file.clone())
    }

    fn open(&self, closed: &'static str) -> Result<Rc<dyn Raw>> {
        let raw = self.raw()?;
        if raw.is_closed() {
            return Err(Error::value(closed));
        }
        Ok(raw)
    }

    /// What stands ready for reading: `what` is the call, for the complaint about one that is written only.
    fn reading(&self, what: &'static str, closed: &'static str) -> Result<Rc<dyn Raw>> {
        if !self.kind.reads() {
            return Err(unsupported(what));
        }
        let raw = self.open(closed)?;
        if self.kind == Kind::Random && self.output.len() > 0 {
            self.output.flush(&self.net, &*raw, what)?;
        }
        Ok(raw)
    }

    /// As [`Self::reading`], once no other task is in the middle of a read. `None` where it would have to wait and must not.
    fn enter(&self, what: &'static str, closed: &'static str) -> Result<Option<(Rc<dyn Raw>, Pass<'_>)>> {
        let mut raw = self.reading(what, closed)?;
        let was_busy = self.gate.is_busy();
        let Some(pass) = raw::enter(&self.net, &self.gate, &*raw).map_err(|error| error.during(what))? else {
            return Ok(None);
        };
        // It may have been closed meanwhile.
        if was_busy {
            raw = self.reading(what, closed)?;
        }
        Ok(Some((raw, pass)))
    }

    /// Reads once more. `Some(0)` is the end, `None` that it would have to wait.
    fn fill(
        &self,
        raw: &dyn Raw,
        op: &'static str,
        patience: Patience,
        need: usize,
    ) -> Result<Option<usize>> {
        // What is always ready never waits, and would not see that it is to end.
        self.net.sched().check_stop();
        if let Some(death) = self.net.sched().death() {
            return Err(death.during(op));
        }
        let starved = Cell::new(None);
        let filled = raw.read(op, patience, &mut |fill| {
            let mut input = self.input.borrow_mut();
            let room = input.room(&self.net, need).map_err(|error| {
                starved.set(Some(error));
                Errno::NOMEM
            })?;
            let size = room.len();
            let count = fill(room)?;
            input.filled(count, size);
            Ok(count)
        });
        // The system's own ENOMEM is an error of the call and stays one.
        filled.map_err(|error| starved.take().unwrap_or(error))
    }

    /// Keeps what has been read of a call that fails.
    fn with_partial(&self, error: Error) -> Error {
        let input = self.input.borrow();
        if input.is_empty() || error.partial().is_some() {
            error
        } else {
            error.with_partial(input.data().to_vec())
        }
    }

    /// Up to `size` bytes, waiting until as many have come or the end; all to the end without a size. `None` where
    /// there is nothing and it would have to wait.
    pub(super) fn read(&self, size: Option<usize>) -> Result<Option<Vec<u8>>> {
        const OP: &str = "read";
        let Some((raw, _pass)) = self.enter(OP, "read of closed file")? else {
            return Ok(None);
        };
        let wanted = size.unwrap_or(usize::MAX);
        loop {
            let held = self.input.borrow().len();
            if held >= wanted {
                break;
            }
            // A size may take many receives: each has the socket's whole timeout, as in Python.
            let need = if size.is_some() { wanted - held } else { 1 };
            match self.fill(&*raw, OP, raw.patience(), need) {
                Ok(Some(0)) => break,
                Ok(Some(_)) => {}
                Ok(None) if held == 0 => return Ok(None),
                Ok(None) => break,
                Err(error) => return Err(self.with_partial(error)),
            }
        }
        Ok(Some(self.input.borrow_mut().take(wanted)))
    }

    /// A line with its end, cut at `limit` bytes; the rest at the end of the stream. The whole line must come within
    /// the timeout.
    pub(super) fn read_line(&self, limit: usize) -> Result<Vec<u8>> {
        const OP: &str = "readline";
        if let Some((mut input, length)) = self.at_hand(limit) {
            return Ok(input.take(length));
        }
        let closed = if self.kind == Kind::Pair {
            "peek of closed file"
        } else {
            "readline of closed file"
        };
        let (raw, _pass) = self.enter("read", closed)?.ok_or_else(|| must_wait(OP))?;
        let mut patience = None;
        loop {
            let length = self.input.borrow_mut().line(limit);
            if let Some(length) = length {
                return Ok(self.input.borrow_mut().take(length));
            }
            let patience = *patience.get_or_insert_with(|| raw.patience());
            match self.fill(&*raw, OP, patience, 1) {
                Ok(Some(0)) => return Ok(self.input.borrow_mut().take(limit)),
                Ok(Some(_)) => {}
                Ok(None) => return Err(self.with_partial(must_wait(OP))),
                Err(error) => return Err(self.with_partial(error)),
            }
        }
    }

    /// What is read ahead and the length of the next line in it, if a line is at hand and no task is in the middle of a read.
    #[inline]
    fn at_hand(&self, limit: usize) -> Option<(RefMut<'_, Input>, usize)> {
        // One that is detached, or only written, has nothing read ahead.
        if self.shut.get() || self.gate.is_busy() {
            return None;
        }
        let mut input = self.input.borrow_mut();
        let length = input.line(limit).filter(|&length| length > 0)?;
        Some((input, length))
    }

    /// Where the next line lies, and its length, if it is at hand; it counts as read.
    #[cfg(feature = "lua")]
    #[inline]
    pub(super) fn line_at(&self) -> Option<(*const u8, usize)> {
        let (mut input, length) = self.at_hand(usize::MAX)?;
        let start = input.data().as_ptr();
        input.consume(length);
        Some((start, length))
    }

    /// What is there without another read, or what one read brings; at most `size` bytes.
    pub(super) fn read_some(&self, op: &'static str, size: Option<usize>) -> Result<Vec<u8>> {
        let (raw, _pass) = self
            .enter(op, "read of closed file")?
            .ok_or_else(|| must_wait(op))?;
        let size = size.unwrap_or(self.size);
        if size == 0 {
            return Ok(Vec::new());
        }
        if self.input.borrow().is_empty() && self.fill(&*raw, op, raw.patience(), 1)?.is_none() {
            return Err(must_wait(op));
        }
        Ok(self.input.borrow_mut().take(size))
    }

    /// What is read ahead, or what one read brings; it stays.
    pub(super) fn peek(&self) -> Result<Vec<u8>> {
        const OP: &str = "peek";
        let (raw, _pass) = self
            .enter(OP, "peek of closed file")?
            .ok_or_else(|| must_wait(OP))?;
        if self.input.borrow().is_empty() && self.fill(&*raw, OP, raw.patience(), 1)?.is_none() {
            return Err(must_wait(OP));
        }
        Ok(self.input.borrow().data().to_vec())
    }

    /// Fills the window, or what is left of the stream; with `once`, as much as one read brings.
    pub(super) fn read_into(&self, window: &Pinned, once: bool) -> Result<Option<usize>> {
        let op = if once { "readinto1" } else { "readinto" };
        let what = if once { "read1" } else { "read" };
        let Some((raw, _pass)) = self.enter(what, "readinto of closed file")? else {
            return Ok(None);
        };
        let mut written = 0;
        while written < window.len() {
            let held = {
                let mut input = self.input.borrow_mut();
                let count = input.len().min(window.len() - written);
                window.window_mut()[written..written + count].copy_from_slice(&input.data()[..count]);
                input.consume(count);
                count
            };
            written += held;
            if written == window.len() || (once && written > 0) {
                break;
            }
            let outcome = if window.len() - written > self.size {
                raw.read(op, raw.patience(), &mut |fill| {
                    fill(&mut window.window_mut()[written..])
                })
                .inspect(|count| written += count.unwrap_or(0))
            } else {
                self.fill(&*raw, op, raw.patience(), 1)
            };
            match outcome {
                Ok(Some(0)) => break,
                Ok(Some(_)) if once && written > 0 => break,
                Ok(Some(_)) => {}
                Ok(None) if written == 0 => return Ok(None),
                Ok(None) => break,
                Err(error) => {
                    // What came goes back to the front: the next call gets it.
                    let mut input = self.input.borrow_mut();
                    input.give_back(&window.window_mut()[..written]);
                    drop(input);
                    return Err(self.with_partial(error));
                }
            }
        }
        Ok(Some(written))
    }

    /// Writes all of `data`, to the buffer where it has room.
    pub(super) fn write(&self, data: &Bytes) -> Result<usize> {
        if !self.kind.writes() {
            return Err(unsupported("write"));
        }
        let raw = self.open("write to closed file")?;
        self.rewind(&*raw)?;
        self.output.write(&self.net, &*raw, "write", data)
    }

    /// Before a write, moves a file's place back to where the script believes it to be.
    fn rewind(&self, raw: &dyn Raw) -> Result<()> {
        let ahead = self.input.borrow().len();
        if self.kind == Kind::Random && ahead > 0 {
            raw.seek(-i64::try_from(ahead).unwrap_or(0), SEEK_CUR)?;
            self.input.borrow_mut().clear();
        }
        Ok(())
    }

    /// Hands everything that was written to what lies below.
    pub(super) fn flush(&self) -> Result<()> {
        let raw = self.raw()?;
        if raw.is_closed() {
            return Err(if self.kind.writes() {
                Error::value("flush of closed file")
            } else {
                closed_file()
            });
        }
        self.output.flush(&self.net, &*raw, "flush")?;
        if self.kind == Kind::Random {
            self.rewind(&*raw)?;
        }
        raw.flush()
    }

    /// Flushes and closes; closed it is, also when that fails.
    pub(super) fn close(&self) -> Result<()> {
        let raw = self.raw()?;
        if raw.is_closed() {
            return Ok(());
        }
        let flushed = self.output.flush(&self.net, &*raw, "close");
        let flushed = flushed.and_then(|()| raw.flush());
        let closed = raw.close();
        flushed.and(closed)
    }

    /// Hands what was written to the raw file.
    pub(super) fn flush_written(&self) -> Result<()> {
        self.output.flush(&self.net, &*self.raw()?, "flush")
    }

    pub(super) fn tell(&self) -> Result<i64> {
        let raw = self.raw()?;
        if self.kind == Kind::Pair {
            return Err(unsupported("seek"));
        }
        if raw.is_closed() && raw.is_seekable() {
            return Err(raw.closed_error());
        }
        let place = i64::try_from(raw.seek(0, SEEK_CUR)?).unwrap_or(i64::MAX);
        let ahead = i64::try_from(self.input.borrow().len()).unwrap_or(0);
        let behind = i64::try_from(self.output.len()).unwrap_or(0);
        Ok(place - ahead + behind)
    }

    pub(super) fn seek(&self, offset: i64, whence: i32) -> Result<i64> {
        if self.kind == Kind::Pair {
            return Err(unsupported("seek"));
        }
        if !(0..=2).contains(&whence) {
            return Err(Error::value(format!("whence value {whence} unsupported")));
        }
        let raw = self.open("seek of closed file")?;
        if !raw.is_seekable() {
            return Err(unsupported("File or stream is not seekable."));
        }
        self.output.flush(&self.net, &*raw, "seek")?;
        let ahead = i64::try_from(self.input.borrow().len()).unwrap_or(0);
        let offset = if whence == SEEK_CUR {
            offset - ahead
        } else {
            offset
        };
        let place = raw.seek(offset, whence)?;
        self.input.borrow_mut().clear();
        Ok(i64::try_from(place).unwrap_or(i64::MAX))
    }

    pub(super) fn truncate(&self, length: Option<i64>) -> Result<i64> {
        if self.kind == Kind::Pair {
            return Err(unsupported("truncate"));
        }
        let raw = self.open("truncate of closed file")?;
        if !self.kind.writes() {
            return Err(unsupported("truncate"));
        }
        self.output.flush(&self.net, &*raw, "truncate")?;
        self.rewind(&*raw)?;
        let length = match length {
            Some(length) => length,
            None if raw.is_seekable() => self.tell()?,
            None => 0,
        };
        raw.truncate(length)?;
        Ok(length)
    }

    /// Gives the raw file away; nothing can be done with this one any more.
    pub(super) fn detach(&self) -> Result<Rc<File>> {
        if self.kind == Kind::Pair {
            return Err(unsupported("detach"));
        }
        self.flush()?;
        self.input.borrow_mut().clear();
        let below = self.below.borrow_mut().take();
        below
            .map(|below| below.file)
            .ok_or_else(|| Error::value("raw stream has been detached"))
    }
}

/// The complaint of a read that would have to wait and must not.
fn must_wait(op: &'static str) -> Error {
    Error::from(Errno::AGAIN).during(op)
}

impl Drop for Buffered {
    fn drop(&mut self) {
        // A collected file has written what it could without waiting.
        if let Some(Below { raw, .. }) = self.below.get_mut()
            && !raw.is_closed()
        {
            self.output.flush_now(&**raw);
        }
    }
}
