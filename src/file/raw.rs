//! What a file stands on: something bytes come from and go to, one system call at a time.

use std::cell::Cell;
use std::rc::Rc;

use crate::error::{Class, Error, Result};
use crate::net::{Net, Patience};
use crate::sched::{Gate, Pass};
use crate::sys::errno;
use crate::text::str_repr;

/// Hands the room for a read to whoever fills it, and notes how much was filled. Looked up anew at each try, since other
/// tasks may have used it meanwhile.
pub(super) type Room<'a> =
    dyn FnMut(&mut dyn FnMut(&mut [u8]) -> errno::Result<usize>) -> errno::Result<usize> + 'a;

/// Hands the bytes for a write to whoever takes them, and notes how many were taken.
pub(super) type Load<'a> =
    dyn FnMut(&mut dyn FnMut(&[u8]) -> errno::Result<usize>) -> errno::Result<usize> + 'a;

/// What a file is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// A descriptor's number.
    Number(i32),
    /// A path.
    Path(Vec<u8>),
}

impl Name {
    /// As Python prints it.
    pub(super) fn repr(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Path(path) => str_repr(&String::from_utf8_lossy(path)),
        }
    }
}

/// What a file was opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Direction {
    pub(super) reading: bool,
    pub(super) writing: bool,
}

/// A source and sink of bytes. `op` is the script's call, for errors.
pub(super) trait Raw {
    /// Reads once; `Some(0)` at the end, `None` where it would have to wait and must not.
    fn read(&self, op: &'static str, patience: Patience, room: &mut Room<'_>) -> Result<Option<usize>>;
    /// Writes once; `None` where it would have to wait and must not.
    fn write(&self, op: &'static str, patience: Patience, load: &mut Load<'_>) -> Result<Option<usize>>;
    /// Writes what is taken at once: where nothing may wait and nobody can be told.
    fn write_now(&self, data: &[u8]) -> errno::Result<usize>;
    /// Hands on what was written and has not left yet.
    fn flush(&self) -> Result<()> {
        Ok(())
    }
    /// How long a call may wait, from now on.
    fn patience(&self) -> Patience;
    fn direction(&self) -> Direction;
    fn is_seekable(&self) -> bool {
        false
    }
    fn seek(&self, _offset: i64, _whence: i32) -> Result<u64> {
        Err(unsupported("seek"))
    }
    fn truncate(&self, _length: i64) -> Result<()> {
        Err(unsupported("truncate"))
    }
    /// Its descriptor's number; -1 where it has given that away.
    fn fileno(&self) -> i32;
    /// Whether it stands for a descriptor at all.
    fn has_descriptor(&self) -> bool {
        true
    }
    /// What a read does first: asks whether it may.
    fn begin_reading(&self) -> Result<()> {
        Ok(())
    }
    fn is_terminal(&self) -> bool {
        false
    }
    fn is_closed(&self) -> bool {
        self.shut().get()
    }
    /// Whether it is closed, for those above that ask at every line.
    fn shut(&self) -> &Shut;
    /// Closes; a closed one is left alone.
    fn close(&self) -> Result<()>;
    fn name(&self) -> Name;
    fn mode(&self) -> &'static str;
    /// The class's name, as Python's errors say it.
    fn class(&self) -> &'static str;
    /// As Python prints it.
    fn repr(&self) -> String;
    /// What calls on a closed one raise.
    fn closed_error(&self) -> Error;
    /// What questions to a closed one raise (`readable` and its like).
    fn closed_question(&self) -> Error {
        self.closed_error()
    }
    /// What reading raises when it is open for writing only.
    fn unreadable(&self) -> Error {
        unsupported("File not open for reading")
    }
    /// What writing raises when it is open for reading only.
    fn unwritable(&self) -> Error {
        unsupported("File not open for writing")
    }
}

/// Set once a file is closed.
pub(super) type Shut = Rc<Cell<bool>>;

/// `io.UnsupportedOperation`.
pub(super) fn unsupported(text: &'static str) -> Error {
    Error::new(Class::UnsupportedOperation, text)
}

/// What a file is told of that was not opened for reading, where CPython finds that out by itself.
#[cfg(feature = "lua")]
pub(crate) fn unreadable() -> Error {
    unsupported("read")
}

/// Passes a gate of a file, as soon as no other task is in the middle of what it guards, within the file's patience; `None` where
/// that would have to wait and must not.
///
/// # Errors
/// `TimeoutError`; whatever ends the task.
pub(super) fn enter<'a>(net: &'a Net, gate: &'a Gate, raw: &dyn Raw) -> Result<Option<Pass<'a>>> {
    let deadline = match gate.is_busy().then(|| raw.patience()) {
        None => None,
        Some(Patience::Never) => return Ok(None),
        Some(Patience::Until(deadline)) => deadline,
        Some(Patience::Kernel(deadline)) => Some(deadline),
    };
    let pass = net.sched().pass(gate, deadline)?;
    pass.map(Some).ok_or_else(Error::timed_out)
}

/// Python's `I/O operation on closed file.`
pub(super) fn closed_file() -> Error {
    Error::value("I/O operation on closed file.")
}

/// Whether the error only says that the call would have to wait.
pub(super) fn would_wait(error: &Error) -> bool {
    error.errno() == Some(errno::Errno::AGAIN.0) && error.class() == Class::BlockingIOError
}
