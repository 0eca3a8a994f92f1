//! Control of a socket or a descriptor: Windows' `ioctl` codes by what Linux has for them, fcntl(2) and ioctl(2).

use std::os::fd::RawFd;
use std::rc::Rc;

use crate::error::{Class, Error, Result};
use crate::policy::Request;
use crate::sys::control::{self, LONGEST, Shape};
use crate::sys::errno::Errno;
use crate::sys::flag::{IPPROTO_TCP, SO_KEEPALIVE, SOL_SOCKET, TCP_KEEPIDLE, TCP_KEEPINTVL};

use super::audit::Fact;
use super::context::Net;
use super::socket::Socket;

/// What fcntl and ioctl are asked about.
pub(crate) enum Controlled {
    Socket(Rc<Socket>),
    /// A descriptor by its number, which need not be ours.
    Number(RawFd),
}

/// What a command or request is given, and what it leaves.
#[derive(Debug)]
pub(crate) enum Payload {
    Number(i32),
    Data(Vec<u8>),
}

impl Socket {
    /// `SIO_RCVALL`: switches promiscuous mode of the interface an `AF_PACKET` socket is bound to.
    pub(crate) fn receive_all(&self, on: bool) -> Result<()> {
        const OP: &str = "ioctl";
        let set = self
            .open_fd()
            .and_then(|fd| Ok(control::set_promiscuous(fd, on)?));
        set.map_err(|error| {
            let text = match error.errno().map(Errno) {
                Some(number @ Errno::OPNOTSUPP) => (number, "SIO_RCVALL needs an AF_PACKET socket here"),
                Some(number @ Errno::NXIO) => (number, "SIO_RCVALL: bind the socket to an interface first"),
                _ => return self.failed(OP, error),
            };
            self.failed(OP, Error::os_with_text(text.0.0, text.1))
        })
    }

    /// `SIO_KEEPALIVE_VALS`: keepalive on or off, the idle time before the first probe and the time between probes, in
    /// milliseconds. The system counts seconds: they are rounded up.
    pub(crate) fn keep_alive(&self, on: bool, idle: u32, interval: u32) -> Result<()> {
        const OP: &str = "ioctl";
        let seconds =
            |milliseconds: u32| i32::try_from(milliseconds.div_ceil(1000).max(1)).unwrap_or(i32::MAX);
        let options = [
            (SOL_SOCKET, SO_KEEPALIVE, i32::from(on)),
            (IPPROTO_TCP, TCP_KEEPIDLE, seconds(idle)),
            (IPPROTO_TCP, TCP_KEEPINTVL, seconds(interval)),
        ];
        let wanted = if on { &options[..] } else { &options[..1] };
        for (level, name, value) in wanted {
            self.set_number(*level, *name, *value)
                .map_err(|error| self.failed(OP, error))?;
        }
        Ok(())
    }
}

impl Net {
    /// fcntl(2). Data comes back as long as it was given.
    pub(crate) fn fcntl(&self, on: &Controlled, command: i32, payload: Payload) -> Result<Payload> {
        const OP: &str = "fcntl";
        let request = |fd| Request::Fcntl { fd, command };
        let fd = self.controlled(on, request, OP, &payload)?;
        let refuse = |errno: Errno| Error::from(errno).during(OP);
        match (
            payload,
            control::shape_of(control::COMMANDS, command.cast_unsigned()),
        ) {
            (Payload::Number(number), Some(Shape::Number)) => {
                let duplicates = control::DUPLICATING.contains(&command);
                if duplicates {
                    self.afford_sockets(1)?;
                }
                let answer = control::command(fd, command, number).map_err(refuse)?;
                if duplicates {
                    self.note_loose(answer);
                }
                if let Controlled::Socket(socket) = on {
                    // What the call has set is the script's own choice.
                    socket.learn_mode();
                }
                Ok(Payload::Number(answer))
            }
            (Payload::Data(data), Some(Shape::Data)) => {
                let (mut room, length) = room(OP, &data)?;
                // A lock may be long in coming: only the calling task waits.
                let done = self.sched().off_thread(None, move || {
                    control::command_on(fd, command, &mut room).map(|_| room)
                })?;
                let room = done.unwrap_or(Err(Errno::TIMEDOUT)).map_err(refuse)?;
                Ok(Payload::Data(room[..length].to_vec()))
            }
            (_, None) => Err(refuse(Errno::INVAL)),
            (Payload::Number(_), Some(Shape::Data)) => Err(wants_data(OP)),
            (Payload::Data(_), Some(Shape::Number)) => Err(Error::type_error(
                "fcntl(): this command takes a number, not bytes",
            )),
        }
    }

    /// ioctl(2). Data comes back as long as it was given; the number the call returned beside it.
    pub(crate) fn ioctl(&self, on: &Controlled, request: u32, payload: Payload) -> Result<(i32, Payload)> {
        const OP: &str = "ioctl";
        let fd = self.controlled(on, |fd| Request::Ioctl { fd, request }, OP, &payload)?;
        let refuse = |errno: Errno| Error::from(errno).during(OP);
        match (payload, control::shape_of(control::REQUESTS, request)) {
            (Payload::Number(number), Some(Shape::Number)) => {
                let answer = control::request(fd, request, number).map_err(refuse)?;
                Ok((answer, Payload::Number(answer)))
            }
            (Payload::Data(data), Some(_)) => {
                let (mut room, length) = room(OP, &data)?;
                let answer = control::request_on(fd, request, Some(&mut room)).map_err(refuse)?;
                if let Controlled::Socket(socket) = on {
                    socket.learn_mode();
                }
                Ok((answer, Payload::Data(room[..length].to_vec())))
            }
            (Payload::Number(0), Some(Shape::Data)) => {
                let answer = control::request_on(fd, request, None).map_err(refuse)?;
                Ok((answer, Payload::Number(answer)))
            }
            (Payload::Number(_), Some(Shape::Data)) => Err(wants_data(OP)),
            (_, None) => Err(Error::value(format!(
                "ioctl(): request {request:#x} is not among those known to be safe; the module lists them"
            ))
            .during(OP)),
        }
    }

    /// The descriptor, judged where a script names it by number and where the call reaches beyond it. The event is raised
    /// either way.
    fn controlled<'a>(
        &self,
        on: &Controlled,
        request: impl Fn(RawFd) -> Request<'a>,
        op: &'static str,
        payload: &Payload,
    ) -> Result<RawFd> {
        let fd = match on {
            Controlled::Socket(socket) => socket.open_fd().map_err(|error| socket.failed(op, error))?,
            Controlled::Number(fd) => *fd,
        };
        let request = request(fd);
        let facts = || {
            let mut facts = vec![Fact::Int(fd.into())];
            match request {
                Request::Fcntl { command, .. } => facts.push(Fact::Int(command.into())),
                Request::Ioctl { request, .. } => facts.push(Fact::Int(request.into())),
                _ => {}
            }
            facts.push(match payload {
                Payload::Number(number) => Fact::Int((*number).into()),
                Payload::Data(data) => Fact::Bytes(data.clone()),
            });
            facts
        };
        let number = match payload {
            Payload::Number(number) => Some(*number),
            Payload::Data(_) => None,
        };
        let reaches_out = match request {
            Request::Fcntl { command, .. } => control::command_reaches_out(command, number),
            Request::Ioctl { request, .. } => control::request_reaches_out(request),
            _ => true,
        };
        if let Request::Ioctl { request, .. } = request
            && control::tells_of_interfaces(request)
        {
            self.guard_unheard(&Request::Interfaces)
                .map_err(|error| error.during(op))?;
        }
        match on {
            Controlled::Socket(_) if !reaches_out => self.announce(request.event(), facts),
            Controlled::Socket(_) | Controlled::Number(_) => self.guard_as(&request, facts),
        }
        .map_err(|error| error.during(op))?;
        if self.sched().owns_fd(fd) {
            return Err(Error::from(Errno::BADF).during(op));
        }
        Ok(fd)
    }
}

/// The data in a buffer of the one size the kernel is handed.
fn room(op: &str, data: &[u8]) -> Result<([u8; LONGEST], usize)> {
    if data.len() > LONGEST {
        return Err(Error::value(format!("{op} string arg too long")));
    }
    let mut room = [0; LONGEST];
    room[..data.len()].copy_from_slice(data);
    Ok((room, data.len()))
}

fn wants_data(op: &str) -> Error {
    Error::new(
        Class::TypeError,
        format!("{op}(): this one takes bytes, laid out as its C struct, not a number"),
    )
}
