//! Lua's own files (`io.open`), as far as `sendfile` needs them.

use std::ffi::{c_int, c_void};
use std::fmt;
use std::os::fd::RawFd;

use crate::error::{Error, Result};
use crate::file::{Sendable, unreadable};
use crate::net::Stream as Standard;
use crate::sys::errno::Errno;

use super::building::Building;
use super::context::Context;
use super::state::{CFunction, REGISTRY, State};

/// As Lua's `luaL_Stream` is laid out.
#[repr(C)]
struct Handle {
    file: *mut libc::FILE,
    /// None once it is closed.
    close: Option<CFunction>,
}

/// A file of Lua's, good for the length of a call: it stands on the caller's stack. Another task may close it meanwhile,
/// so it is looked at anew each time.
pub(super) struct Stream(*const Handle);

/// The metatable of such files: null where Lua's library is not there.
pub(super) fn metatable(building: Building) -> *const c_void {
    building.get_named(REGISTRY, c"FILE*");
    let metatable = building.state().pointer(-1);
    building.state().pop(1);
    metatable
}

/// The file at an index, if there is one.
pub(super) fn at(state: State, context: &Context, index: c_int) -> Option<Stream> {
    let known = context.streams.get();
    if known.is_null() || !state.has_room(1) || !state.get_metatable(index) {
        return None;
    }
    let is_file = state.pointer(-1) == known;
    state.pop(1);
    let handle = state.userdata(index).cast::<Handle>();
    (is_file && state.raw_length(index) >= size_of::<Handle>()).then_some(Stream(handle))
}

impl Stream {
    fn file(&self) -> Option<*mut libc::FILE> {
        // SAFETY: `at` saw a handle of Lua's there, and the caller's stack keeps it.
        let handle = unsafe { &*self.0 };
        handle.close.is_some().then_some(handle.file)
    }

    fn open(&self) -> Result<*mut libc::FILE> {
        self.file()
            .ok_or_else(|| Error::value("I/O operation on closed file"))
    }
}

impl Stream {
    /// Which of the program's streams it is.
    pub(super) fn standard(&self) -> Option<Standard> {
        match self.descriptor()? {
            1 => Some(Standard::Output),
            2 => Some(Standard::Errors),
            _ => None,
        }
    }
}

impl Sendable for Stream {
    fn is_text(&self) -> bool {
        false
    }

    fn descriptor(&self) -> Option<RawFd> {
        let file = self.file()?;
        // SAFETY: the file is open.
        let fd = unsafe { libc::fileno(file) };
        (fd >= 0).then_some(fd)
    }

    fn begin_reading(&self) -> Result<Option<RawFd>> {
        match self.descriptor() {
            Some(fd) if !crate::sys::file::is_readable(fd) => Err(unreadable()),
            descriptor => Ok(descriptor),
        }
    }

    fn read(&self, size: usize) -> Result<Vec<u8>> {
        let file = self.open()?;
        let mut bytes = vec![0; size];
        // SAFETY: the file is open; pointer and length are those of `bytes`.
        let count = unsafe { libc::fread(bytes.as_mut_ptr().cast(), 1, size, file) };
        // SAFETY: the file is open.
        if count == 0 && unsafe { libc::ferror(file) } != 0 {
            return Err(Error::from(Errno::last()));
        }
        bytes.truncate(count);
        Ok(bytes)
    }

    fn seek(&self, place: i64) -> Result<()> {
        let file = self.open()?;
        // SAFETY: the file is open.
        let moved = unsafe { libc::fseeko(file, place, libc::SEEK_SET) };
        if moved == 0 {
            Ok(())
        } else {
            Err(Error::from(Errno::last()))
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream")
    }
}
