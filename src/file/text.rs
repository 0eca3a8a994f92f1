//! Text over a buffered file: Python's `TextIOWrapper`. Text is what `codec` makes of bytes: UTF-8, with lone surrogates
//! where an error handler makes them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::bytes::Bytes;
use crate::codec::{Encoder, Encoding};
use crate::error::{Class, Error, Result};
use crate::net::Net;
use crate::sched::{Gate, Pass};
use crate::sys::errno::Errno;
use crate::sys::file::{SEEK_CUR, SEEK_END, SEEK_SET};

use super::buffered::Buffered;
use super::decoded::{State, count};
use super::format::Format;
use super::object::File;
use super::raw::{self, closed_file, unsupported};

/// Bytes decoded at once.
const PORTION: usize = 8192;

/// A text file.
pub(super) struct Text {
    net: Rc<Net>,
    buffer: RefCell<Option<Rc<File>>>,
    pub(super) format: Format,
    pub(super) mode: String,
    seekable: bool,
    /// Whether `tell` may be asked: not in the middle of an iteration.
    telling: Cell<bool>,
    state: RefCell<State>,
    /// One task at a time reads, as one of a buffered file does: what is decoded may be all that another waits for.
    gate: Gate,
    encoder: RefCell<Encoder>,
}

impl Text {
    pub(super) fn new(buffer: Rc<File>, format: Format, mode: String) -> Self {
        let decoder = format.encoding.decoder(format.handler());
        let mut encoder = format.encoding.encoder(format.handler());
        let seekable = buffer.is_seekable().unwrap_or(false);
        // As in Python: no mark in the middle of a file, and none of UTF-16 and UTF-32 in a stream.
        let begun = if seekable {
            buffer.is_writable().unwrap_or(false) && buffer.tell().is_ok_and(|place| place != 0)
        } else {
            matches!(format.encoding, Encoding::Utf16(None) | Encoding::Utf32(None))
        };
        if begun {
            encoder.set_started();
        }
        Self {
            net: buffer.net().clone(),
            buffer: RefCell::new(Some(buffer)),
            format,
            mode,
            seekable,
            telling: Cell::new(seekable),
            state: RefCell::new(State::new(decoder)),
            gate: Gate::default(),
            encoder: RefCell::new(encoder),
        }
    }

    /// The buffered file below.
    ///
    /// # Errors
    /// `ValueError` once it is detached.
    pub(super) fn buffer(&self) -> Result<Rc<File>> {
        self.buffer
            .borrow()
            .clone()
            .ok_or_else(|| Error::value("underlying buffer has been detached"))
    }

    pub(super) fn buffer_file(&self) -> Option<Rc<File>> {
        self.buffer.borrow().clone()
    }

    fn open(&self) -> Result<Rc<File>> {
        let buffer = self.buffer()?;
        if buffer.is_closed()? {
            return Err(closed_file());
        }
        Ok(buffer)
    }

    /// Runs `f` on the buffer below, open for reading. What fails keeps the text that has come, which is there for the next call, too.
    fn reading<R>(&self, f: impl FnOnce(&Buffered) -> Result<R>) -> Result<R> {
        let file = self.open()?;
        match file.buffered() {
            Some(buffered) if buffered.kind.reads() => f(buffered).map_err(|error| {
                let state = self.state.borrow();
                let text = &state.text[state.used..];
                if text.is_empty() {
                    return error;
                }
                let whole = [text, error.partial().unwrap_or_default()].concat();
                error.with_partial(whole)
            }),
            _ => Err(unsupported("not readable")),
        }
    }

    /// Begins to read, once no other task is in the middle of that.
    fn enter(&self, op: &'static str) -> Result<Pass<'_>> {
        let raw = self.reading(Buffered::raw)?;
        let was_busy = self.gate.is_busy();
        let pass = raw::enter(&self.net, &self.gate, &*raw).map_err(|error| error.during(op))?;
        if was_busy {
            // It may have been closed meanwhile.
            self.reading(|_| Ok(()))?;
        }
        pass.ok_or_else(|| Error::from(Errno::AGAIN).during(op))
    }

    /// Reads and decodes one portion more; false at the end. What waits for its end is a buffer as others are.
    fn read_portion(&self, op: &'static str) -> Result<bool> {
        let waiting = self.state.borrow().waiting().len();
        let room = self.net.largest_buffer().saturating_sub(waiting).max(1);
        let bytes = self.reading(|buffered| {
            self.net.afford(waiting + 1, "a file's text")?;
            buffered.read_some(op, Some(PORTION.min(room)))
        })?;
        let last = bytes.is_empty();
        let mut state = self.state.borrow_mut();
        state.add(self.format.newline, &bytes, last, self.telling.get())?;
        Ok(!last)
    }

    /// Up to `size` characters; all to the end without a size.
    pub(super) fn read(&self, size: Option<usize>) -> Result<Vec<u8>> {
        let _pass = self.enter("read")?;
        let Some(size) = size else {
            let bytes = self.reading(|buffered| buffered.read(None))?;
            let bytes = bytes.ok_or_else(|| Error::from(Errno::AGAIN).during("read"))?;
            let mut state = self.state.borrow_mut();
            state.add(self.format.newline, &bytes, true, false)?;
            let length = state.waiting().len();
            let text = state.take(length);
            state.forget();
            return Ok(text);
        };
        loop {
            {
                let mut state = self.state.borrow_mut();
                if let Some(length) = state.cut(size) {
                    return Ok(state.take(length));
                }
            }
            if !self.read_portion("read")? {
                let mut state = self.state.borrow_mut();
                let length = state.cut(size).unwrap_or(state.waiting().len());
                return Ok(state.take(length));
            }
        }
    }

    /// A line with its end, cut at `limit` characters.
    pub(super) fn read_line(&self, limit: Option<usize>) -> Result<Vec<u8>> {
        let _pass = self.enter("readline")?;
        loop {
            {
                let mut state = self.state.borrow_mut();
                let state = &mut *state;
                let waiting = &state.text[state.used..];
                let end = self.format.newline.line(waiting, &mut state.searched);
                let cut = limit.and_then(|limit| state.cut(limit));
                match (end, cut) {
                    (Some(end), cut) => return Ok(state.take(cut.map_or(end, |cut| cut.min(end)))),
                    (None, Some(cut)) => return Ok(state.take(cut)),
                    (None, None) => {}
                }
            }
            if !self.read_portion("readline")? {
                let mut state = self.state.borrow_mut();
                let waiting = state.waiting();
                // The last portion may have brought a held-back end.
                let end = self.format.newline.line(waiting, &mut 0);
                let length = end.unwrap_or(waiting.len());
                let cut = limit.and_then(|limit| state.cut(limit));
                return Ok(state.take(cut.map_or(length, |cut| cut.min(length))));
            }
        }
    }

    /// The next line of an iteration; none at the end.
    pub(super) fn next_line(&self) -> Result<Option<Vec<u8>>> {
        self.telling.set(false);
        let line = self.read_line(None)?;
        if line.is_empty() {
            self.telling.set(self.seekable);
            return Ok(None);
        }
        Ok(Some(line))
    }

    /// Writes a text; returns its length in characters.
    pub(super) fn write(&self, text: &[u8]) -> Result<usize> {
        let file = self.open()?;
        let buffered = match file.buffered() {
            Some(buffered) if buffered.kind.writes() => buffered,
            _ => return Err(unsupported("not writable")),
        };
        let has_line = memchr::memchr(b'\n', text).is_some();
        let mut bytes = Vec::new();
        match self.format.newline.written().filter(|_| has_line) {
            None => self.encoder.borrow_mut().encode(text, &mut bytes)?,
            Some(end) => {
                let mut lines = text.split(|byte| *byte == b'\n');
                let mut translated = lines.next().unwrap_or_default().to_vec();
                for line in lines {
                    translated.extend_from_slice(end.as_bytes());
                    translated.extend_from_slice(line);
                }
                self.encoder.borrow_mut().encode(&translated, &mut bytes)?;
            }
        }
        if self.seekable {
            // The place of what was read ahead is not where the next read is to go on.
            let mut state = self.state.borrow_mut();
            state.forget();
            state.decoder.reset();
        }
        buffered.write(&Bytes::Owned(bytes))?;
        if self.format.line_buffering && (has_line || memchr::memchr(b'\r', text).is_some()) {
            buffered.flush()?;
        }
        Ok(count(text))
    }

    pub(super) fn flush(&self) -> Result<()> {
        let file = self.open()?;
        self.telling.set(self.seekable);
        file.flush()
    }

    pub(super) fn close(&self) -> Result<()> {
        let file = self.buffer()?;
        if file.is_closed()? { Ok(()) } else { file.close() }
    }

    pub(super) fn detach(&self) -> Result<Rc<File>> {
        self.flush()?;
        let buffer = self.buffer.borrow_mut().take();
        buffer.ok_or_else(|| Error::value("underlying buffer has been detached"))
    }

    /// The line ends seen so far.
    pub(super) fn seen(&self) -> Result<Vec<&'static str>> {
        self.buffer()?;
        Ok(self.state.borrow().ends.seen.ends())
    }

    /// The place in the file, good for `seek` alone: a number of bytes.
    pub(super) fn tell(&self) -> Result<i64> {
        let file = self.open()?;
        if !self.seekable {
            return Err(unsupported("underlying stream is not seekable"));
        }
        if !self.telling.get() {
            return Err(Error::new(
                Class::OSError,
                "telling position disabled by next() call",
            ));
        }
        file.flush_written()?;
        let place = file.tell()?;
        let state = self.state.borrow();
        let Some(snapshot) = &state.snapshot else {
            return Ok(place);
        };
        let lost = || Error::new(Class::OSError, "can't reconstruct logical file position");
        let delivered = state.used.checked_sub(state.portion_start).ok_or_else(lost)?;
        let begin = place - signed(snapshot.bytes.len());
        // From the snapshot on, byte by byte, until as much text has come as was handed out.
        let mut decoder = snapshot.decoder.clone();
        let mut ends = snapshot.ends;
        let mut text = Vec::new();
        let mut fed = 0;
        while text.len() < delivered {
            let last = fed == snapshot.bytes.len();
            let byte = snapshot.bytes.get(fed..=fed).unwrap_or_default();
            let start = text.len();
            decoder.decode(byte, last, &mut text)?;
            ends.treat(self.format.newline, &mut text, start, last);
            if last {
                break;
            }
            fed += 1;
        }
        if text.len() < delivered {
            return Err(lost());
        }
        let unfinished = decoder.pending().len() + usize::from(ends.held);
        Ok(begin + signed(fed) - signed(unfinished))
    }

    pub(super) fn seek(&self, cookie: i64, whence: i32) -> Result<i64> {
        let file = self.open()?;
        if !self.seekable {
            return Err(unsupported("underlying stream is not seekable"));
        }
        let cookie = match whence {
            SEEK_SET if cookie < 0 => {
                return Err(Error::value(format!("negative seek position {cookie}")));
            }
            SEEK_SET => cookie,
            SEEK_CUR if cookie != 0 => return Err(unsupported("can't do nonzero cur-relative seeks")),
            SEEK_CUR => self.tell()?,
            SEEK_END if cookie != 0 => return Err(unsupported("can't do nonzero end-relative seeks")),
            SEEK_END => 0,
            _ => {
                return Err(Error::value(format!(
                    "invalid whence ({whence}, should be 0, 1 or 2)"
                )));
            }
        };
        file.flush_written()?;
        self.telling.set(true);
        let whence = if whence == SEEK_END { SEEK_END } else { SEEK_SET };
        let place = file.seek(cookie, whence)?;
        let mut state = self.state.borrow_mut();
        state.forget();
        state.ends.held = false;
        if place == 0 || whence == SEEK_END {
            state.decoder.reset();
        } else {
            state.decoder.resume();
        }
        let mut encoder = self.format.encoding.encoder(self.format.handler());
        if place != 0 {
            encoder.set_started();
        }
        *self.encoder.borrow_mut() = encoder;
        Ok(place)
    }

    pub(super) fn truncate(&self, length: Option<i64>) -> Result<i64> {
        let file = self.open()?;
        self.flush()?;
        let length = match length {
            None if self.seekable && file.is_writable()? => Some(self.tell()?),
            length => length,
        };
        file.truncate(length)
    }
}

fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
