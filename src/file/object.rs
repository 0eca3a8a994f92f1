//! The file object scripts hold: one of Python's six kinds, and what each of them answers to.

use std::fmt;
use std::rc::Rc;

use crate::bytes::{Bytes, Pinned};
use crate::error::{Error, Result};
use crate::net::Net;
use crate::sys::errno::Errno;
use crate::sys::file::SEEK_CUR;

use super::buffered::Buffered;
use super::raw::{Raw, closed_file};
use super::text::Text;

/// A file object.
pub(crate) struct File {
    net: Rc<Net>,
    pub(super) body: Body,
}

/// Which kind of file it is.
pub(super) enum Body {
    Raw(Rc<dyn Raw>),
    Buffered(Box<Buffered>),
    Text(Box<Text>),
}

/// What is read from a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Data {
    Bytes(Vec<u8>),
    /// As `codec` has text.
    Text(Vec<u8>),
}

impl Data {
    /// Bytes, or characters of text.
    pub(crate) fn length(&self) -> usize {
        match self {
            Self::Bytes(data) => data.len(),
            Self::Text(data) => super::decoded::count(data),
        }
    }
}

impl File {
    pub(super) fn new(net: &Rc<Net>, body: Body) -> Rc<Self> {
        Rc::new(Self {
            net: net.clone(),
            body,
        })
    }

    pub(super) fn buffered(&self) -> Option<&Buffered> {
        match &self.body {
            Body::Buffered(buffered) => Some(buffered),
            _ => None,
        }
    }

    /// The network it belongs to.
    pub(crate) fn net(&self) -> &Rc<Net> {
        &self.net
    }

    /// Python's name of its class.
    pub(crate) fn class(&self) -> &'static str {
        match &self.body {
            Body::Raw(raw) => raw.class(),
            Body::Buffered(buffered) => buffered.kind.class(),
            Body::Text(_) => "_io.TextIOWrapper",
        }
    }

    /// `AttributeError`: this kind of file has no such method.
    pub(crate) fn lacks(&self, name: &'static str) -> Error {
        Error::no_attribute(self.class(), name)
    }

    /// Whether it is a buffer over a raw file.
    pub(crate) fn is_buffered(&self) -> bool {
        matches!(self.body, Body::Buffered(_))
    }

    /// Whether it holds text.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.body, Body::Text(_))
    }

    pub(super) fn raw_open(raw: &dyn Raw) -> Result<()> {
        if raw.is_closed() {
            Err(raw.closed_error())
        } else {
            Ok(())
        }
    }

    fn raw_reading(raw: &dyn Raw) -> Result<()> {
        Self::raw_open(raw)?;
        if raw.direction().reading {
            Ok(())
        } else {
            Err(raw.unreadable())
        }
    }

    /// One read of a raw file: up to `size` bytes.
    fn raw_read(&self, raw: &dyn Raw, size: usize) -> Result<Option<Vec<u8>>> {
        Self::raw_reading(raw)?;
        let mut bytes = self.net.buffer(size)?;
        bytes.resize(size, 0);
        let count = raw.read("read", raw.patience(), &mut |fill| fill(&mut bytes))?;
        Ok(count.map(|count| {
            bytes.truncate(count);
            bytes
        }))
    }

    fn raw_read_all(&self, raw: &dyn Raw) -> Result<Option<Vec<u8>>> {
        const PORTION: usize = 64 * 1024;
        let mut all = Vec::new();
        loop {
            let more = self
                .raw_read(raw, PORTION)
                .map_err(|error| error.with_partial(all.clone()))?;
            match more {
                Some(more) if more.is_empty() => return Ok(Some(all)),
                Some(more) => {
                    self.net.afford(all.len() + more.len(), "all of a file")?;
                    if all.try_reserve(more.len()).is_err() {
                        return Err(Error::memory("all of a file"));
                    }
                    all.extend_from_slice(&more);
                }
                None if all.is_empty() => return Ok(None),
                None => return Ok(Some(all)),
            }
        }
    }

    /// A raw file's line, a byte at a time: nothing behind it is taken.
    fn raw_line(&self, raw: &dyn Raw, limit: usize) -> Result<Vec<u8>> {
        let mut line = Vec::new();
        Self::raw_reading(raw)?;
        while line.len() < limit {
            let byte = self
                .raw_read(raw, 1)
                .map_err(|error| error.with_partial(line.clone()))?;
            match byte.as_deref() {
                Some([byte]) => line.push(*byte),
                None if line.is_empty() => return Err(Error::from(Errno::AGAIN).during("readline")),
                _ => break,
            }
            if line.last() == Some(&b'\n') {
                break;
            }
        }
        Ok(line)
    }

    /// Up to `size` bytes or characters; all to the end without a size. `None` where nothing is there and the file must
    /// not wait.
    pub(crate) fn read(&self, size: Option<usize>) -> Result<Option<Data>> {
        Ok(match &self.body {
            Body::Raw(raw) => match size {
                Some(size) => self.raw_read(&**raw, size)?,
                None => self.raw_read_all(&**raw)?,
            }
            .map(Data::Bytes),
            Body::Buffered(buffered) => buffered.read(size)?.map(Data::Bytes),
            Body::Text(text) => Some(Data::Text(text.read(size)?)),
        })
    }

    /// All to the end, of a raw file.
    pub(crate) fn read_all(&self) -> Result<Option<Data>> {
        match &self.body {
            Body::Raw(raw) => Ok(self.raw_read_all(&**raw)?.map(Data::Bytes)),
            _ => Err(self.lacks("readall")),
        }
    }

    /// What one read brings.
    pub(crate) fn read_some(&self, size: Option<usize>) -> Result<Vec<u8>> {
        match &self.body {
            Body::Buffered(buffered) => buffered.read_some("read1", size),
            _ => Err(self.lacks("read1")),
        }
    }

    /// What is read ahead.
    pub(crate) fn peek(&self) -> Result<Vec<u8>> {
        match &self.body {
            Body::Buffered(buffered) if buffered.kind.reads() => buffered.peek(),
            _ => Err(self.lacks("peek")),
        }
    }

    /// A line with its end, cut at `limit`; empty at the end.
    pub(crate) fn read_line(&self, limit: Option<usize>) -> Result<Data> {
        let most = limit.unwrap_or(usize::MAX);
        Ok(match &self.body {
            Body::Raw(raw) => Data::Bytes(self.raw_line(&**raw, most)?),
            Body::Buffered(buffered) => Data::Bytes(buffered.read_line(most)?),
            Body::Text(text) => Data::Text(text.read_line(limit)?),
        })
    }

    /// The next line of an iteration.
    pub(crate) fn next_line(&self) -> Result<Option<Data>> {
        if let Body::Text(text) = &self.body {
            return Ok(text.next_line()?.map(Data::Text));
        }
        let line = self.read_line(None)?;
        Ok((line.length() > 0).then_some(line))
    }

    /// Where the next line of an iteration lies, and its length, if a buffered file has it at hand; it counts as read. Good
    /// until the file is touched again.
    #[cfg(feature = "lua")]
    #[inline]
    pub(crate) fn line_at(&self) -> Option<(*const u8, usize)> {
        match &self.body {
            Body::Buffered(buffered) => buffered.line_at(),
            _ => None,
        }
    }

    /// Fills a window of a `bytearray`.
    pub(crate) fn read_into(&self, window: &Pinned, once: bool) -> Result<Option<usize>> {
        match &self.body {
            Body::Raw(raw) if !once => {
                Self::raw_reading(&**raw)?;
                raw.read("readinto", raw.patience(), &mut |fill| {
                    fill(&mut window.window_mut())
                })
            }
            Body::Buffered(buffered) => buffered.read_into(window, once),
            _ => Err(self.lacks(if once { "readinto1" } else { "readinto" })),
        }
    }

    /// Writes bytes; a raw file may take fewer than all, or none (`None`).
    pub(crate) fn write(&self, data: &Bytes) -> Result<Option<usize>> {
        match &self.body {
            Body::Raw(raw) => {
                Self::raw_open(&**raw)?;
                if !raw.direction().writing {
                    return Err(raw.unwritable());
                }
                raw.write("write", raw.patience(), &mut |take| data.with(|data| take(data)))
            }
            Body::Buffered(buffered) => buffered.write(data).map(Some),
            // Text that comes as bytes: a language without a type of its own for it.
            Body::Text(text) => match data.as_stable() {
                Some(data) => text.write(data).map(Some),
                None => text.write(&data.to_vec()).map(Some),
            },
        }
    }

    pub(crate) fn flush(&self) -> Result<()> {
        match &self.body {
            Body::Raw(raw) if raw.is_closed() => Err(closed_file()),
            Body::Raw(raw) => raw.flush(),
            Body::Buffered(buffered) => buffered.flush(),
            Body::Text(text) => text.flush(),
        }
    }

    /// As [`Self::flush`], of a file that may only be read as well.
    pub(super) fn flush_written(&self) -> Result<()> {
        match &self.body {
            Body::Buffered(buffered) if !buffered.kind.writes() => Ok(()),
            Body::Buffered(buffered) => buffered.flush_written(),
            _ => self.flush(),
        }
    }

    /// Flushes and closes; a closed one is left alone.
    pub(crate) fn close(&self) -> Result<()> {
        match &self.body {
            Body::Raw(raw) => raw.close(),
            Body::Buffered(buffered) => buffered.close(),
            Body::Text(text) => text.close(),
        }
    }

    /// Whether it is closed.
    pub(crate) fn is_closed(&self) -> Result<bool> {
        match &self.body {
            Body::Raw(raw) => Ok(raw.is_closed()),
            Body::Buffered(buffered) => Ok(buffered.raw()?.is_closed()),
            Body::Text(text) => text.buffer()?.is_closed(),
        }
    }

    /// Raises when it is closed, as iteration does.
    pub(crate) fn check_open(&self) -> Result<()> {
        if self.is_closed()? {
            Err(closed_file())
        } else {
            Ok(())
        }
    }

    /// Moves the place of the next read or write; returns it.
    pub(crate) fn seek(&self, offset: i64, whence: i32) -> Result<i64> {
        match &self.body {
            Body::Raw(raw) => {
                if raw.is_seekable() {
                    Self::raw_open(&**raw)?;
                }
                raw.seek(offset, whence)
                    .map(|place| i64::try_from(place).unwrap_or(i64::MAX))
            }
            Body::Buffered(buffered) => buffered.seek(offset, whence),
            Body::Text(text) => text.seek(offset, whence),
        }
    }

    /// The place of the next read or write.
    pub(crate) fn tell(&self) -> Result<i64> {
        match &self.body {
            Body::Raw(_) => self.seek(0, SEEK_CUR),
            Body::Buffered(buffered) => buffered.tell(),
            Body::Text(text) => text.tell(),
        }
    }

    /// Cuts the file at its place, or at `length`; returns that.
    pub(crate) fn truncate(&self, length: Option<i64>) -> Result<i64> {
        match &self.body {
            Body::Raw(raw) => {
                if raw.is_seekable() {
                    Self::raw_open(&**raw)?;
                    if !raw.direction().writing {
                        return Err(raw.unwritable());
                    }
                }
                let length = match length {
                    Some(length) => length,
                    None if raw.is_seekable() => self.tell()?,
                    None => 0,
                };
                raw.truncate(length).map(|()| length)
            }
            Body::Buffered(buffered) => buffered.truncate(length),
            Body::Text(text) => text.truncate(length),
        }
    }

    /// Gives away what it stands on.
    pub(crate) fn detach(&self) -> Result<Rc<Self>> {
        match &self.body {
            Body::Raw(_) => Err(self.lacks("detach")),
            Body::Buffered(buffered) => buffered.detach(),
            Body::Text(text) => text.detach(),
        }
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
