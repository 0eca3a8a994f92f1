//! A descriptor as a file: Python's `io.FileIO`. A regular file is read and written where the call is made, as its calls
//! never wait for anybody; pipes and terminals wait as sockets do.

use std::cell::{Cell, OnceCell};
use std::os::fd::RawFd;
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::net::{Net, Patience, Watched};
use crate::sched::{Interest, Source};
use crate::sys;
use crate::sys::errno::{self, Errno};
use crate::sys::file::{Kind, SEEK_CUR};
use crate::sys::poll;

use super::mode::Mode;
use super::raw::{Direction, Load, Name, Raw, Room, Shut, unsupported};

/// What a pipe that is ready takes at once without making the writer wait.
const PIPE_PORTION: usize = 4096;

/// An open descriptor that is no socket of ours.
pub(super) struct Descriptor {
    net: Rc<Net>,
    fd: Cell<RawFd>,
    source: OnceCell<Rc<Source>>,
    name: Name,
    mode: Mode,
    shut: Shut,
    /// Whether closing the file closes the descriptor.
    owned: bool,
    regular: bool,
    seekable: bool,
    /// Others write there, too, and what they have written stays: standard error.
    is_shared: bool,
    /// Called before a read that may wait.
    before_read: Option<fn(&Net) -> Result<()>>,
}

impl Descriptor {
    /// A file of an open descriptor.
    ///
    /// # Errors
    /// `EBADF`; `EISDIR`.
    pub(super) fn new(net: &Rc<Net>, fd: RawFd, name: Name, mode: Mode, owned: bool) -> errno::Result<Self> {
        let info = sys::file::info(fd)?;
        if info.kind == Kind::Directory {
            return Err(Errno::ISDIR);
        }
        Ok(Self {
            net: net.clone(),
            fd: Cell::new(fd),
            source: OnceCell::new(),
            name,
            mode,
            shut: Shut::default(),
            owned,
            regular: info.kind == Kind::Regular,
            seekable: sys::file::seek(fd, 0, SEEK_CUR).is_ok(),
            is_shared: false,
            before_read: None,
        })
    }

    /// One of the program's own streams: it is never closed, and may not even be open.
    pub(super) fn standard(
        net: &Rc<Net>,
        fd: RawFd,
        name: &str,
        mode: Mode,
        before_read: Option<fn(&Net) -> Result<()>>,
    ) -> Self {
        Self {
            net: net.clone(),
            fd: Cell::new(fd),
            source: OnceCell::new(),
            name: Name::Path(name.into()),
            mode,
            shut: Shut::default(),
            owned: false,
            regular: sys::file::info(fd).is_ok_and(|info| info.kind == Kind::Regular),
            seekable: sys::file::seek(fd, 0, SEEK_CUR).is_ok(),
            is_shared: mode.direction().writing,
            before_read,
        }
    }

    fn run(
        &self,
        op: &'static str,
        interest: Interest,
        mut call: impl FnMut(RawFd, bool) -> errno::Result<usize>,
    ) -> Result<Option<usize>> {
        if self.is_closed() {
            return Err(self.closed_error());
        }
        let watched = Watched {
            sched: self.net.sched(),
            fd: &self.fd,
            source: &self.source,
            socket: None,
            reads_plainly: false,
            goes_first: false,
        };
        let done = watched.run(interest, Patience::Until(None), |fd, flags| {
            // Another program may share the descriptor, so it stays as it is: what must not block looks before it leaps.
            let must_not_block = flags != 0 && !self.regular;
            if must_not_block && !is_ready(fd, interest)? {
                return Err(Errno::AGAIN);
            }
            call(fd, must_not_block)
        });
        done.map(Some).map_err(|error| error.during(op))
    }

    fn put(&self, fd: RawFd, data: &[u8]) -> errno::Result<usize> {
        if self.regular || self.is_shared {
            sys::file::write(fd, data)
        } else {
            sys::file::write_to_pipe(fd, data)
        }
    }

    fn leave(&self) -> Option<RawFd> {
        let fd = self.fd.replace(-1);
        if fd < 0 {
            return None;
        }
        self.shut.set(true);
        let sched = self.net.sched();
        if self.owned {
            // Whoever waits for it by its number has a source that this file need not know.
            sched.forget_fd(fd);
            return Some(fd);
        }
        if let Some(source) = self.source.get() {
            sched.part_with(source);
        }
        None
    }
}

fn is_ready(fd: RawFd, interest: Interest) -> errno::Result<bool> {
    let (readable, writable) = (interest == Interest::Read, interest == Interest::Write);
    let ready = poll::poll_one(fd, readable, writable, Some(std::time::Duration::ZERO))?;
    Ok(!ready.timed_out)
}

impl Raw for Descriptor {
    fn read(&self, op: &'static str, _: Patience, room: &mut Room<'_>) -> Result<Option<usize>> {
        self.begin_reading().map_err(|error| error.during(op))?;
        self.run(op, Interest::Read, |fd, _| {
            room(&mut |buffer| sys::file::read(fd, buffer))
        })
    }

    fn write(&self, op: &'static str, _: Patience, load: &mut Load<'_>) -> Result<Option<usize>> {
        self.run(op, Interest::Write, |fd, must_not_block| {
            load(&mut |data| {
                let data = if must_not_block {
                    &data[..data.len().min(PIPE_PORTION)]
                } else {
                    data
                };
                self.put(fd, data)
            })
        })
    }

    fn write_now(&self, data: &[u8]) -> errno::Result<usize> {
        let fd = self.fd.get();
        if self.regular {
            return sys::file::write(fd, data);
        }
        if !is_ready(fd, Interest::Write)? {
            return Err(Errno::AGAIN);
        }
        self.put(fd, &data[..data.len().min(PIPE_PORTION)])
    }

    fn patience(&self) -> Patience {
        Patience::Until(None)
    }

    fn direction(&self) -> Direction {
        self.mode.direction()
    }

    fn is_seekable(&self) -> bool {
        self.seekable && !self.is_shared
    }

    fn seek(&self, offset: i64, whence: i32) -> Result<u64> {
        if self.is_shared {
            return Err(unsupported("seek"));
        }
        sys::file::seek(self.fd.get(), offset, whence).map_err(|errno| Error::from(errno).during("seek"))
    }

    fn truncate(&self, length: i64) -> Result<()> {
        if self.is_shared {
            return Err(unsupported("truncate"));
        }
        sys::file::truncate(self.fd.get(), length).map_err(|errno| Error::from(errno).during("truncate"))
    }

    fn fileno(&self) -> i32 {
        self.fd.get()
    }

    fn begin_reading(&self) -> Result<()> {
        self.before_read.map_or(Ok(()), |before| before(&self.net))
    }

    fn is_terminal(&self) -> bool {
        sys::file::is_terminal(self.fd.get())
    }

    fn shut(&self) -> &Shut {
        &self.shut
    }

    fn close(&self) -> Result<()> {
        match self.leave() {
            Some(fd) => sys::fd::close(fd).map_err(|errno| Error::from(errno).during("close")),
            None => Ok(()),
        }
    }

    fn name(&self) -> Name {
        self.name.clone()
    }

    fn mode(&self) -> &'static str {
        self.mode.of_raw()
    }

    fn class(&self) -> &'static str {
        "_io.FileIO"
    }

    fn repr(&self) -> String {
        if self.is_closed() {
            return "<_io.FileIO [closed]>".into();
        }
        let closes = if self.owned { "True" } else { "False" };
        format!(
            "<_io.FileIO name={} mode='{}' closefd={closes}>",
            self.name.repr(),
            self.mode()
        )
    }

    fn closed_error(&self) -> Error {
        Error::value("I/O operation on closed file")
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        if let Some(fd) = self.leave() {
            // A collected file has nobody to tell.
            let _ = sys::fd::close(fd);
        }
    }
}
