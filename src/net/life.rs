//! A socket's end, and what it says of itself: close, detach, dup, shutdown, its addresses, who inherits it.

use std::os::fd::{AsRawFd as _, RawFd};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::address::Address;
use crate::error::{Error, Result};
use crate::sys;
use crate::sys::errno::Errno;

use super::observe::Event;
use super::socket::Socket;

impl Socket {
    /// Closes it; a closed socket is left alone. Who waits on it gets `EBADF`. While files made of it are open it stays
    /// usable, and closes with the last of them.
    ///
    /// # Errors
    /// What close(2) reports; the descriptor is gone all the same.
    pub fn close(&self) -> Result<()> {
        self.shut.set(true);
        if self.files.get() > 0 {
            return Ok(());
        }
        let Some(fd) = self.leave() else { return Ok(()) };
        let closed = if self.lingers.get() && self.lower.get().is_none() {
            self.close_elsewhere(fd)?
        } else {
            self.net().close_number(fd)
        };
        match closed {
            // The connection was reset before: CPython keeps silent about it, and so do we.
            Ok(()) | Err(Errno::CONNRESET) => Ok(()),
            Err(errno) => Err(Error::from(errno).during("close")),
        }
    }

    /// A file is made of it.
    pub(crate) fn add_file(&self) {
        self.files.set(self.files.get() + 1);
    }

    /// A file made of it was closed.
    ///
    /// # Errors
    /// As [`Socket::close`], if that has waited for this file.
    pub(crate) fn remove_file(&self) -> Result<()> {
        self.files.set(self.files.get().saturating_sub(1));
        if self.shut.get() { self.close() } else { Ok(()) }
    }

    /// As [`Self::remove_file`] where nothing may wait and nobody can be told.
    pub(crate) fn abandon_file(&self) {
        self.files.set(self.files.get().saturating_sub(1));
        if self.shut.get() && self.files.get() == 0 {
            self.abandon();
        }
    }

    fn abandon(&self) {
        let Some(fd) = self.leave() else { return };
        if self.lingers.get() && self.lower.get().is_none() {
            close_detached(fd);
        } else {
            // A collected socket has nobody to tell.
            let _ = self.net().close_number(fd);
        }
    }

    /// Closes a descriptor whose closing may block, on a helper thread; only the calling task waits. Closed it is, also
    /// when the wait is cut short.
    fn close_elsewhere(&self, fd: RawFd) -> Result<sys::errno::Result<()>> {
        let begun = Arc::new(AtomicBool::new(false));
        let claim = begun.clone();
        let closing = move || {
            if claim.swap(true, Ordering::SeqCst) {
                Ok(())
            } else {
                sys::fd::close(fd)
            }
        };
        let waited = self.net().sched().off_thread(None, closing);
        if waited.is_err() && !begun.swap(true, Ordering::SeqCst) {
            close_detached(fd);
        }
        Ok(waited?.unwrap_or(Ok(())))
    }

    /// Ends the socket without closing its descriptor, which is returned (-1 when it was closed).
    pub fn detach(&self) -> RawFd {
        // The descriptor goes to somebody who expects the mode the socket showed.
        let _ = self.restore_blocking();
        self.shut.set(true);
        self.leave().unwrap_or(-1)
    }

    /// The descriptor is ours no more.
    pub(super) fn leave(&self) -> Option<RawFd> {
        let fd = self.take_fd();
        if fd < 0 {
            return None;
        }
        self.net().leave_fd(fd, &self.source);
        // What TLS keeps is large, and the script's object may be collected late.
        #[cfg(feature = "tls")]
        if let Some(secured) = self.secured() {
            secured.forget();
        }
        self.observe(|| Event::Closed { fd });
        Some(fd)
    }

    /// A second socket on a duplicate of its descriptor, with the same timeout.
    ///
    /// # Errors
    /// `EBADF` on a closed socket, `EMFILE`.
    pub fn dup(&self) -> Result<Rc<Self>> {
        #[cfg(feature = "tls")]
        self.refuse_on_wrapped("dup")?;
        self.net()
            .afford_sockets(1)
            .map_err(|error| self.failed("dup", error))?;
        let duplicate = self
            .borrowed()
            .and_then(|fd| Ok(sys::fd::dup(fd)?))
            .map_err(|error| self.failed("dup", error))?;
        Self::announce_new(self.net(), self.family(), self.kind(), self.protocol())?;
        self.net().note_duplicate(self.fd(), duplicate.as_raw_fd());
        let socket = Self::wrap(self.net(), duplicate, self.family(), self.kind(), self.protocol());
        socket.copy_timeout(self);
        Ok(socket)
    }

    /// Whether a program this one starts gets the descriptor.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    pub fn is_inheritable(&self) -> Result<bool> {
        self.borrowed()
            .and_then(|fd| Ok(sys::fd::is_inheritable(fd)?))
            .map_err(|error| self.failed("get_inheritable", error))
    }

    /// Sets whether a program this one starts gets the descriptor.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    pub fn set_inheritable(&self, inheritable: bool) -> Result<()> {
        self.restore_blocking()
            .map_err(|error| self.failed("set_inheritable", error))?;
        self.borrowed()
            .and_then(|fd| Ok(sys::fd::set_inheritable(fd, inheritable)?))
            .map_err(|error| self.failed("set_inheritable", error))
    }

    /// Its own address.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    pub fn local_address(&self) -> Result<Address> {
        self.open_fd()
            .and_then(|fd| Ok(self.read_by_protocol(fd, self.lower().local_address(fd)?)))
            .map_err(|error| self.failed("getsockname", error))
    }

    /// Its peer's address.
    ///
    /// # Errors
    /// `ENOTCONN` when it has no peer.
    pub fn peer_address(&self) -> Result<Address> {
        self.open_fd()
            .and_then(|fd| Ok(self.read_by_protocol(fd, self.lower().peer_address(fd)?)))
            .map_err(|error| self.failed("getpeername", error))
    }

    /// Ends one or both directions: `SHUT_RD`, `SHUT_WR`, `SHUT_RDWR`.
    ///
    /// # Errors
    /// `ENOTCONN` when it is not connected.
    pub fn shutdown(&self, how: i32) -> Result<()> {
        self.open_fd()
            .and_then(|fd| Ok(self.transport().shutdown(fd, how)?))
            .map_err(|error| self.failed("shutdown", error))?;
        self.observe(|| Event::Shut { fd: self.fd(), how });
        Ok(())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.warn_unclosed();
        self.abandon();
    }
}

/// Closes a descriptor where nobody can wait for it: what lingers does so on a thread of its own.
fn close_detached(fd: RawFd) {
    let spawned = std::thread::Builder::new().spawn(move || {
        sys::signal::block_all();
        sys::fd::close(fd)
    });
    if spawned.is_err() {
        let _ = sys::fd::close(fd);
    }
}
