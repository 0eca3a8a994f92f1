//! The network as what a socket stands on: the same calls as the kernel's, each tried once.

use std::io::IoSlice;
use std::os::fd::{OwnedFd, RawFd};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::address::Address;
use crate::net::metered::Meter;
use crate::net::transport::{Transport, open};
use crate::sys::errno::{Errno, Result};
use crate::sys::flag::{MSG_ERRQUEUE, MSG_FASTOPEN, MSG_TRUNC, MSG_WAITALL, SOCK_STREAM};
use crate::sys::message::{Control, Received};
use crate::sys::poll::event;
use crate::sys::{fd, file};

use super::end::Role;
use super::{World, placeholder};

/// How long a connect waits for an answer that does not come, as Linux's with six tries.
const PATIENCE: Duration = Duration::from_secs(130);
/// Bytes of a file that are read at once.
const PIECE: usize = 64 * 1024;

/// One runtime's sockets in a network.
pub(in crate::net) struct Virtual {
    world: Arc<World>,
    member: usize,
    meter: Rc<Meter>,
}

impl Virtual {
    pub(in crate::net) fn new(world: &Arc<World>, member: usize, meter: &Rc<Meter>) -> Self {
        Self {
            world: world.clone(),
            member,
            meter: meter.clone(),
        }
    }

    /// Whether a call that asks for all of it waits: on a socket that blocks.
    fn waits(number: RawFd, flags: i32) -> bool {
        flags & MSG_WAITALL != 0
            && open(number)
                .and_then(fd::is_nonblocking)
                .is_ok_and(|nonblocking| !nonblocking)
    }

    /// How many of so many bytes may be sent.
    fn portion(&self, fd: RawFd, length: usize) -> Result<usize> {
        let kind = self.world.sort(fd).map(|(_, kind, _)| kind);
        self.meter.portion_of(length, || Ok(kind == Some(SOCK_STREAM)))
    }

    /// Sends, to an address or to the peer.
    fn put(&self, fd: RawFd, data: &[u8], flags: i32, address: Option<&Address>) -> Result<usize> {
        self.world.operate(fd, |inner, id| {
            let end = inner.end(id);
            match address {
                Some(_) if end.is_unix() => Err(Errno::ISCONN),
                Some(address) if end.is_stream() && flags & MSG_FASTOPEN != 0 => {
                    inner.connect(id, address)?;
                    inner.send_bytes(id, data, flags)
                }
                // A stream passes the address over.
                _ if end.is_stream() => inner.send_bytes(id, data, flags),
                address => inner.send_letter(id, data, address),
            }
        })
    }

    /// Receives, and tells how long the datagram was.
    fn receive(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<(usize, usize, Address)> {
        if flags & MSG_ERRQUEUE != 0 {
            return Err(Errno::AGAIN);
        }
        let whole = Self::waits(fd, flags);
        self.world.operate(fd, |inner, id| {
            if inner.end(id).is_stream() {
                let count = inner.receive_bytes(id, buffer, flags, whole)?;
                return Ok((count, count, Address::None));
            }
            let taken = inner.receive_letter(id, buffer, flags)?;
            Ok((taken.answer(flags), taken.length, taken.from))
        })
    }
}

impl Transport for Virtual {
    fn recv(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<usize> {
        self.recv_from(fd, buffer, flags).map(|(count, _)| count)
    }

    fn recv_from(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<(usize, Address)> {
        let room = self.meter.room(buffer.len())?;
        let (count, _, from) = self.receive(fd, &mut buffer[..room], flags)?;
        Ok((self.meter.count_received(count, flags), from))
    }

    fn send(&self, fd: RawFd, data: &[u8], flags: i32) -> Result<usize> {
        let portion = self.portion(fd, data.len())?;
        let sent = self.put(fd, &data[..portion], flags, None)?;
        Ok(self.meter.count_sent(sent))
    }

    fn send_to(&self, fd: RawFd, data: &[u8], flags: i32, address: &Address) -> Result<usize> {
        let portion = self.portion(fd, data.len())?;
        let sent = self.put(fd, &data[..portion], flags, Some(address))?;
        Ok(self.meter.count_sent(sent))
    }

    fn send_file(&self, fd: RawFd, from: RawFd, offset: i64, count: usize) -> Result<usize> {
        let mut data = vec![0; count.min(PIECE)];
        // The file's own place stays where it is.
        let place = file::seek(from, 0, file::SEEK_CUR)?;
        file::seek(from, offset, file::SEEK_SET)?;
        let read = file::read(from, &mut data);
        file::seek(from, i64::try_from(place).unwrap_or(i64::MAX), file::SEEK_SET)?;
        let length = read?;
        if length == 0 {
            return Ok(0);
        }
        self.send(fd, &data[..length], 0)
    }

    fn bind(&self, fd: RawFd, address: &Address) -> Result<()> {
        self.world.operate(fd, |inner, id| inner.bind(id, address))
    }

    fn listen(&self, fd: RawFd, backlog: i32) -> Result<()> {
        self.world.operate(fd, |inner, id| inner.listen(id, backlog))
    }

    fn accept(&self, fd: RawFd) -> Result<(OwnedFd, Address)> {
        // Most looks find nobody: a descriptor is asked for when somebody is there.
        let events = self.world.poll(fd).ok_or(Errno::BADF)?;
        let accepted = (events & event::READABLE != 0).then(placeholder).transpose();
        let accepted = accepted.map_err(|error| error.errno().map_or(Errno::MFILE, Errno))?;
        let address = self.world.operate(fd, |inner, id| match &accepted {
            Some(accepted) => inner.accept(id, accepted, self.member),
            None if !inner.end(id).is_stream() => Err(Errno::OPNOTSUPP),
            None if !inner.end(id).is_listening() => Err(Errno::INVAL),
            None => Err(Errno::AGAIN),
        })?;
        Ok((accepted.ok_or(Errno::AGAIN)?, address))
    }

    fn connect(&self, fd: RawFd, address: &Address) -> Result<()> {
        self.world.operate(fd, |inner, id| {
            if inner.end(id).is_stream() {
                inner.connect(id, address)
            } else {
                inner.connect_letters(id, address)
            }
        })
    }

    fn shutdown(&self, fd: RawFd, how: i32) -> Result<()> {
        self.world.operate(fd, |inner, id| inner.shutdown(id, how))
    }

    fn local_address(&self, fd: RawFd) -> Result<Address> {
        self.world.operate(fd, |inner, id| Ok(inner.address_of(id)))
    }

    fn peer_address(&self, fd: RawFd) -> Result<Address> {
        self.world.operate(fd, super::Inner::address_of_peer)
    }

    fn take_error(&self, fd: RawFd) -> Result<Option<Errno>> {
        self.world.operate(fd, |inner, id| {
            let end = inner.end(id);
            if let Role::Connected { told, .. } = &mut end.role {
                *told = true;
            }
            Ok(end.error.take())
        })
    }

    fn give_up(&self, fd: RawFd) {
        // One that is closed meanwhile has given up already.
        let _ = self.world.operate(fd, |inner, id| {
            inner.give_up(id);
            Ok(())
        });
    }

    fn has_ended(&self, fd: RawFd, writing: bool) -> bool {
        let gone = event::HANGUP | if writing { 0 } else { event::READ_ENDED };
        self.world.poll(fd).is_some_and(|events| events & gone != 0)
    }

    fn has_input(&self, fd: RawFd) -> Result<bool> {
        let events = self.world.poll(fd).ok_or(Errno::BADF)?;
        Ok(events & (event::READABLE | event::ERROR | event::HANGUP) != 0)
    }

    fn unread(&self, fd: RawFd) -> Result<usize> {
        self.world.operate(fd, |inner, id| Ok(inner.end(id).bytes.len()))
    }

    fn option(&self, fd: RawFd, level: i32, name: i32, length: usize) -> Result<Vec<u8>> {
        let mut value = self
            .world
            .operate(fd, |inner, id| inner.end(id).option(level, name))?;
        value.truncate(length);
        Ok(value)
    }

    fn set_option(&self, fd: RawFd, level: i32, name: i32, value: &[u8]) -> Result<()> {
        self.world
            .operate(fd, |inner, id| inner.end(id).set_option(level, name, value))
    }

    fn timeouts(&self, fd: RawFd) -> [Option<Duration>; 2] {
        let told = self
            .world
            .operate(fd, |inner, id| Ok(inner.end(id).options.timeouts()));
        told.unwrap_or_default()
    }

    fn send_message(
        &self,
        fd: RawFd,
        parts: &[IoSlice<'_>],
        control: &[Control],
        flags: i32,
        address: Option<&Address>,
    ) -> Result<usize> {
        if !control.is_empty() {
            return Err(Errno::OPNOTSUPP);
        }
        let data: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        self.put(fd, &data, flags, address)
    }

    fn recv_message(&self, fd: RawFd, buffer: &mut [u8], _: usize, flags: i32) -> Result<Received> {
        let room = buffer.len();
        let (count, length, from) = self.receive(fd, buffer, flags)?;
        Ok(Received {
            count: if flags & MSG_TRUNC != 0 {
                count
            } else {
                count.min(room)
            },
            control: Vec::new(),
            flags: if length > room { MSG_TRUNC } else { 0 },
            from,
            clipped: false,
        })
    }

    fn longest_connect(&self) -> Option<Duration> {
        Some(PATIENCE)
    }

    fn is_virtual(&self) -> bool {
        true
    }
}

impl std::fmt::Debug for Virtual {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Virtual({:?})", self.world)
    }
}
