//! What a file object says of itself: its class, name and mode, what it can do, what it stands on, how it prints.

use std::fmt;
use std::rc::Rc;

use crate::error::Result;

use super::object::{Body, File};
use super::raw::{Name, Raw, unsupported};
use super::text::Text;

/// Which of Python's four buffered files it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Reader,
    Writer,
    /// Both directions of a stream, each with its own buffer.
    Pair,
    /// Both directions of a file with one place in it.
    Random,
}

impl Kind {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Reader => "_io.BufferedReader",
            Self::Writer => "_io.BufferedWriter",
            Self::Pair => "_io.BufferedRWPair",
            Self::Random => "_io.BufferedRandom",
        }
    }

    pub(super) const fn reads(self) -> bool {
        !matches!(self, Self::Writer)
    }

    pub(super) const fn writes(self) -> bool {
        !matches!(self, Self::Reader)
    }
}

impl File {
    /// The descriptor's number.
    pub(crate) fn fileno(&self) -> Result<i32> {
        match &self.body {
            Body::Raw(raw) => Self::number(&**raw),
            Body::Buffered(buffered) => {
                let raw = buffered.raw()?;
                if buffered.kind == Kind::Pair {
                    return Err(unsupported("fileno"));
                }
                Self::number(&*raw)
            }
            Body::Text(text) => text.buffer()?.fileno(),
        }
    }

    fn number(raw: &dyn Raw) -> Result<i32> {
        Self::raw_open(raw)?;
        if raw.has_descriptor() {
            Ok(raw.fileno())
        } else {
            Err(unsupported("fileno"))
        }
    }

    pub(crate) fn is_terminal(&self) -> Result<bool> {
        match &self.body {
            Body::Raw(raw) => Self::raw_open(&**raw).map(|()| raw.is_terminal()),
            Body::Buffered(buffered) => {
                let raw = buffered.raw()?;
                Self::raw_open(&*raw).map(|()| raw.is_terminal())
            }
            Body::Text(text) => text.buffer()?.is_terminal(),
        }
    }

    fn asked(raw: &dyn Raw) -> Result<&dyn Raw> {
        if raw.is_closed() {
            Err(raw.closed_question())
        } else {
            Ok(raw)
        }
    }

    /// The descriptor that a read of it may be left to the kernel with, once it is known that it may be read; none where it cannot
    /// be read at all.
    pub(crate) fn begin_reading(&self) -> Result<Option<i32>> {
        let raw = match &self.body {
            Body::Raw(raw) => raw.clone(),
            Body::Buffered(buffered) if buffered.kind == Kind::Pair || !buffered.kind.reads() => {
                return Ok(None);
            }
            Body::Buffered(buffered) => buffered.raw()?,
            Body::Text(text) => return text.buffer()?.begin_reading(),
        };
        Self::raw_open(&*raw)?;
        if !raw.direction().reading {
            return Ok(None);
        }
        raw.begin_reading()?;
        Ok(Some(raw.fileno()))
    }

    /// Whether it can be read.
    pub(crate) fn is_readable(&self) -> Result<bool> {
        match &self.body {
            Body::Raw(raw) => Ok(Self::asked(&**raw)?.direction().reading),
            Body::Buffered(buffered) if !buffered.kind.reads() => Ok(false),
            Body::Buffered(buffered) => Ok(Self::asked(&*buffered.raw()?)?.direction().reading),
            Body::Text(text) => text.buffer()?.is_readable(),
        }
    }

    /// Whether it can be written.
    pub(crate) fn is_writable(&self) -> Result<bool> {
        match &self.body {
            Body::Raw(raw) => Ok(Self::asked(&**raw)?.direction().writing),
            Body::Buffered(buffered) if !buffered.kind.writes() => Ok(false),
            Body::Buffered(buffered) => Ok(Self::asked(&*buffered.raw()?)?.direction().writing),
            Body::Text(text) => text.buffer()?.is_writable(),
        }
    }

    /// Whether its place can be moved.
    pub(crate) fn is_seekable(&self) -> Result<bool> {
        match &self.body {
            Body::Raw(raw) => Ok(Self::asked(&**raw)?.is_seekable()),
            Body::Buffered(buffered) if buffered.kind == Kind::Pair => Ok(false),
            Body::Buffered(buffered) => Ok(Self::asked(&*buffered.raw()?)?.is_seekable()),
            Body::Text(text) => text.buffer()?.is_seekable(),
        }
    }

    /// Path or number.
    pub(crate) fn name(&self) -> Result<Name> {
        match &self.body {
            Body::Raw(raw) => Ok(raw.name()),
            Body::Buffered(buffered) if buffered.kind == Kind::Pair => Err(self.lacks("name")),
            Body::Buffered(buffered) => Ok(buffered.raw()?.name()),
            Body::Text(text) => text.buffer()?.name(),
        }
    }

    /// The mode it was opened in.
    pub(crate) fn mode(&self) -> Result<String> {
        match &self.body {
            Body::Raw(raw) => Ok(raw.mode().to_owned()),
            Body::Buffered(buffered) if buffered.kind == Kind::Pair => Err(self.lacks("mode")),
            Body::Buffered(buffered) => Ok(buffered.raw()?.mode().to_owned()),
            Body::Text(text) => Ok(text.mode.clone()),
        }
    }

    /// The text layer, or the complaint that this kind has none.
    fn text(&self, name: &'static str) -> Result<&Text> {
        match &self.body {
            Body::Text(text) => Ok(text),
            _ => Err(self.lacks(name)),
        }
    }

    pub(crate) fn encoding(&self) -> Result<String> {
        Ok(self.text("encoding")?.format.encoding_name.clone())
    }

    pub(crate) fn errors(&self) -> Result<String> {
        Ok(self.text("errors")?.format.errors.clone())
    }

    /// The line ends seen so far.
    pub(crate) fn newlines(&self) -> Result<Vec<&'static str>> {
        self.text("newlines")?.seen()
    }

    pub(crate) fn is_line_buffered(&self) -> Result<bool> {
        Ok(self.text("line_buffering")?.format.line_buffering)
    }

    /// The buffered file under a text file.
    pub(crate) fn buffer(&self) -> Result<Option<Rc<Self>>> {
        Ok(self.text("buffer")?.buffer_file())
    }

    /// The raw file under a buffered one.
    pub(crate) fn raw(&self) -> Result<Option<Rc<Self>>> {
        match &self.body {
            Body::Buffered(buffered) if buffered.kind != Kind::Pair => Ok(buffered.raw_file()),
            _ => Err(self.lacks("raw")),
        }
    }
}

impl fmt::Display for File {
    /// As CPython 3.11 prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.body {
            Body::Raw(raw) => f.write_str(&raw.repr()),
            Body::Buffered(buffered) => {
                let class = buffered.kind.class();
                match self.name() {
                    _ if buffered.kind == Kind::Pair => {
                        write!(f, "<{class} object at {:#x}>", std::ptr::from_ref(self) as usize)
                    }
                    Ok(name) => write!(f, "<{class} name={}>", name.repr()),
                    Err(_) => write!(f, "<{class}>"),
                }
            }
            Body::Text(text) => {
                f.write_str("<_io.TextIOWrapper")?;
                if let Ok(name) = self.name() {
                    write!(f, " name={}", name.repr())?;
                }
                write!(
                    f,
                    " mode='{}' encoding='{}'>",
                    text.mode, text.format.encoding_name
                )
            }
        }
    }
}
