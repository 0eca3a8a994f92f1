//! A socket as a file: Python's `socket.SocketIO`. It keeps the socket's descriptor open until it is closed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::net::{Event, Patience, Socket};
use crate::sched::Interest;
use crate::sys::errno;
use crate::sys::errno::Errno;
use crate::sys::flag::MSG_DONTWAIT;

use super::raw::{Direction, Load, Name, Raw, Room, Shut, closed_file, unsupported, would_wait};

/// A socket's file, without a buffer.
pub(super) struct SocketFile {
    socket: RefCell<Option<Rc<Socket>>>,
    direction: Direction,
    shut: Shut,
    /// Told in `repr` of unbuffered ones.
    identity: Cell<usize>,
}

impl SocketFile {
    pub(super) fn new(socket: &Rc<Socket>, direction: Direction) -> Rc<Self> {
        socket.add_file();
        let file = Rc::new(Self {
            socket: RefCell::new(Some(socket.clone())),
            direction,
            shut: Shut::default(),
            identity: Cell::new(0),
        });
        file.identity.set(Rc::as_ptr(&file).cast::<u8>() as usize);
        file
    }

    /// The socket, for the length of a call: closing the file meanwhile does not take it away.
    fn socket(&self) -> Result<Rc<Socket>> {
        self.socket.borrow().clone().ok_or_else(closed_file)
    }
}

impl Raw for SocketFile {
    fn read(&self, op: &'static str, patience: Patience, room: &mut Room<'_>) -> Result<Option<usize>> {
        let socket = self.socket()?;
        let observed = socket.shows_bytes();
        let mut seen = Vec::new();
        let received = socket.io_within(op, Interest::Read, patience, |fd, flags| {
            room(&mut |buffer| {
                let count = socket.receive_raw(fd, buffer, flags)?;
                if observed {
                    seen = buffer[..count].to_vec();
                }
                Ok(count)
            })
        });
        if received.is_ok() && observed {
            socket.observe(|| Event::Received {
                fd: socket.fd(),
                data: &seen,
                from: None,
                peeked: false,
            });
        }
        or_none(received)
    }

    fn write(&self, op: &'static str, patience: Patience, load: &mut Load<'_>) -> Result<Option<usize>> {
        let socket = self.socket()?;
        let observed = socket.shows_bytes();
        let mut seen = Vec::new();
        let sent = socket.io_within(op, Interest::Write, patience, |fd, flags| {
            load(&mut |data| {
                let count = socket.send_raw(fd, data, flags)?;
                if observed {
                    seen = data[..count].to_vec();
                }
                Ok(count)
            })
        });
        if sent.is_ok() && observed {
            socket.observe(|| Event::Sent {
                fd: socket.fd(),
                data: &seen,
                to: None,
            });
        }
        or_none(sent)
    }

    fn write_now(&self, data: &[u8]) -> errno::Result<usize> {
        match &*self.socket.borrow() {
            Some(socket) => {
                let sent = socket.send_raw(socket.fd(), data, MSG_DONTWAIT)?;
                socket.show_moved(sent, data);
                Ok(sent)
            }
            None => Err(Errno::BADF),
        }
    }

    fn patience(&self) -> Patience {
        self.socket
            .borrow()
            .as_ref()
            .map_or(Patience::Never, |socket| socket.timeout().into())
    }

    fn direction(&self) -> Direction {
        self.direction
    }

    fn fileno(&self) -> i32 {
        self.socket.borrow().as_ref().map_or(-1, |socket| socket.fd())
    }

    fn shut(&self) -> &Shut {
        &self.shut
    }

    fn close(&self) -> Result<()> {
        self.shut.set(true);
        let socket = self.socket.borrow_mut().take();
        socket.map_or(Ok(()), |socket| socket.remove_file())
    }

    fn name(&self) -> Name {
        Name::Number(self.fileno())
    }

    fn mode(&self) -> &'static str {
        match (self.direction.reading, self.direction.writing) {
            (true, true) => "rwb",
            (true, false) => "rb",
            (false, _) => "wb",
        }
    }

    fn class(&self) -> &'static str {
        "SocketIO"
    }

    fn repr(&self) -> String {
        format!("<socket.SocketIO object at {:#x}>", self.identity.get())
    }

    fn closed_error(&self) -> Error {
        closed_file()
    }

    fn closed_question(&self) -> Error {
        Error::value("I/O operation on closed socket.")
    }

    fn unreadable(&self) -> Error {
        unsupported("File or stream is not readable.")
    }

    fn unwritable(&self) -> Error {
        unsupported("File or stream is not writable.")
    }
}

/// What would have to wait and must not is no error to a file.
fn or_none(outcome: Result<usize>) -> Result<Option<usize>> {
    match outcome {
        Ok(count) => Ok(Some(count)),
        Err(error) if would_wait(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if let Some(socket) = self.socket.borrow_mut().take() {
            socket.abandon_file();
        }
    }
}
