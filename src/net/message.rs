//! Messages with control data: sendmsg and recvmsg, and descriptors passed with them.

use std::io::IoSlice;

use crate::address::Address;
use crate::bytes::{Bytes, Pinned};
use crate::error::{Class, Error, Result};
use crate::policy::Request;
use crate::sched::Interest;
use crate::sys::errno::Errno;
use crate::sys::flag::{MSG_PEEK, SCM_CREDENTIALS, SCM_RIGHTS, SOL_SOCKET};
use crate::sys::message::{Control, Received};
use crate::sys::peer;

use super::audit::Fact;
use super::connect::Opening;
use super::observe::Event;
use super::resolve::Endpoint;
use super::socket::Socket;

/// A received message.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) data: Vec<u8>,
    pub(crate) control: Vec<Control>,
    pub(crate) flags: i32,
    pub(crate) from: Address,
    /// The descriptors that `control` tells of.
    pub(crate) fds: Undelivered,
}

/// Descriptors that came with a message and that no script has yet: closed, unless they are handed on.
#[derive(Debug)]
pub(crate) struct Undelivered(Vec<i32>);

impl Undelivered {
    fn of(control: &[Control]) -> Self {
        Self(descriptors(control))
    }

    /// The script has the numbers now; the descriptors are its own.
    pub(crate) fn deliver(mut self) {
        self.0.clear();
    }
}

impl Drop for Undelivered {
    fn drop(&mut self) {
        for fd in self.0.drain(..) {
            // They have nobody to tell of a failed close.
            let _ = crate::sys::fd::close(fd);
        }
    }
}

/// Bytes of one descriptor in control data.
const DESCRIPTOR: usize = size_of::<i32>();

impl Socket {
    /// Sends the buffers as one message with control data; returns how many bytes left.
    ///
    /// # Errors
    /// As [`Socket::send`]; a control message too large to be one.
    pub(crate) fn send_message(
        &self,
        buffers: Vec<Bytes>,
        control: &[Control],
        flags: i32,
        endpoint: Option<&Endpoint>,
    ) -> Result<usize> {
        const OP: &str = "sendmsg";
        #[cfg(feature = "tls")]
        self.refuse_on_wrapped(OP)?;
        let patience = self.patience(Interest::Write, flags);
        let address = endpoint
            .map(|endpoint| self.net().resolve(endpoint, patience.end_of_lookup()))
            .transpose()
            .map_err(|error| error.during(OP))?;
        let address = address.as_ref();
        match address {
            Some(address) => self
                .guard_shown(&Request::SendMessage(address), endpoint, None)
                .map_err(|error| self.failed(OP, error.at(address))),
            None => self
                .net()
                .announce("socket.sendmsg", || self.with_self(vec![Fact::None]))
                .map_err(|error| self.failed(OP, error)),
        }?;
        self.guard_control(control)
            .map_err(|error| self.failed(OP, error))?;
        // What could change while the call waits is copied.
        let copied = buffers.iter().filter(|bytes| bytes.as_stable().is_none());
        self.net()
            .afford(copied.map(Bytes::len).sum(), "a copy")
            .map_err(|error| self.failed(OP, error))?;
        let buffers: Vec<Bytes> = buffers
            .into_iter()
            .map(|bytes| {
                if bytes.as_stable().is_some() {
                    bytes
                } else {
                    Bytes::Owned(bytes.into_vec())
                }
            })
            .collect();
        let length = buffers.iter().map(Bytes::len).sum();
        self.net()
            .afford_message(length)
            .map_err(|error| self.failed(OP, error))?;
        let slices: Vec<IoSlice<'_>> = buffers
            .iter()
            .filter_map(Bytes::as_stable)
            .map(IoSlice::new)
            .collect();
        let opening = Opening::new(self, flags);
        let sent = self.io_within(OP, Interest::Write, patience, |fd, extra| {
            // Others may have sent while it waited.
            self.net().allow_message(length)?;
            let flags = opening.flags() | extra;
            opening.awaited(self.lower().send_message(fd, &slices, control, flags, address))
        });
        let sent = match (sent, address) {
            (Err(error), Some(address)) => Err(error.at(address)),
            // The socket is open: the number that is none is in what was to go with the message.
            (Err(error), None)
                if error.errno() == Some(Errno::BADF.0)
                    && self.fd() >= 0
                    && !descriptors(control).is_empty() =>
            {
                Err(error.because("a descriptor that is to be sent is not open".to_owned()))
            }
            (sent, _) => sent,
        }?;
        self.net().note_sent_message(sent);
        if self.net().is_observed() {
            let mut data: Vec<u8> = buffers.iter().flat_map(Bytes::to_vec).collect();
            data.truncate(sent);
            self.observe(|| Event::Sent {
                fd: self.fd(),
                data: &data,
                to: address,
            });
        }
        Ok(sent)
    }

    /// Receives one message of up to `size` bytes, with up to `control_space` bytes of control data. Descriptors that
    /// come with it belong to the caller, once they are delivered.
    ///
    /// # Errors
    /// As [`Socket::recv`]; a refusal by the policy, which closes the descriptors.
    pub(crate) fn recv_message(&self, size: usize, control_space: usize, flags: i32) -> Result<Message> {
        const OP: &str = "recvmsg";
        #[cfg(feature = "tls")]
        self.refuse_on_wrapped(OP)?;
        self.net()
            .afford_receiving()
            .map_err(|error| self.failed(OP, error))?;
        let mut data = self.net().zeros(size).map_err(|error| self.failed(OP, error))?;
        // The room is tried before the kernel hands anything over.
        self.net()
            .buffer(control_space)
            .map_err(|error| self.failed(OP, error))?;
        let received = self.io(OP, Interest::Read, flags, |fd, extra| {
            let step = || {
                self.net().allow_receiving()?;
                self.lower()
                    .recv_message(fd, &mut data, control_space, flags | extra)
            };
            self.sift(fd, flags, step, |received| &received.from)
        })?;
        let fds = Undelivered::of(&received.control);
        self.net().note_received_message(received.count, flags);
        self.judge(&fds).map_err(|error| self.failed(OP, error))?;
        if received.clipped {
            let text = "received malformed or improperly-truncated ancillary data";
            self.net()
                .warn(Class::RuntimeWarning, text)
                .map_err(|error| self.failed(OP, error))?;
        }
        data.truncate(received.count);
        data.shrink_to_fit();
        let Received {
            control, flags, from, ..
        } = received;
        let from = self.read_by_protocol(self.fd(), from);
        if self.net().is_observed() {
            let known = (from != Address::None).then_some(&from);
            self.observe(|| Event::Received {
                fd: self.fd(),
                data: &data,
                from: known,
                peeked: flags & MSG_PEEK != 0,
            });
        }
        Ok(Message {
            data,
            control,
            flags,
            from,
            fds,
        })
    }

    /// As [`Self::recv_message`], into windows of `bytearray`s, one after the other; `data` of the result is empty, the
    /// number of bytes is returned beside it.
    pub(crate) fn recv_message_into(
        &self,
        windows: &[Pinned],
        control_space: usize,
        flags: i32,
    ) -> Result<(usize, Message)> {
        #[cfg(feature = "tls")]
        self.refuse_on_wrapped("recvmsg_into")?;
        let size = windows.iter().map(Pinned::len).sum();
        let mut message = self.recv_message(size, control_space, flags)?;
        let data = std::mem::take(&mut message.data);
        let mut rest = &data[..];
        for window in windows {
            let (now, later) = rest.split_at(window.len().min(rest.len()));
            window.window_mut()[..now.len()].copy_from_slice(now);
            rest = later;
        }
        Ok((data.len(), message))
    }

    /// Asks the policy for what goes with a message: descriptors would leave the process, and what is no ordinary option of
    /// a socket may lead the packet elsewhere.
    fn guard_control(&self, control: &[Control]) -> Result<()> {
        for one in control {
            let (level, name) = (one.level, one.kind);
            if (level, name) != (SOL_SOCKET, SCM_RIGHTS) {
                self.net().guard_unheard(&Request::SetOption { level, name })?;
            }
            if let Some(process) = foreign_credentials(one) {
                self.net().guard_unheard(&Request::Credentials { process })?;
            }
        }
        descriptors(control)
            .into_iter()
            .try_for_each(|fd| self.net().guard_unheard(&Request::Adopt { fd }))
    }

    /// Asks the policy for each received descriptor; none is delivered when one is refused.
    fn judge(&self, fds: &Undelivered) -> Result<()> {
        self.net().afford_sockets(fds.0.len())?;
        fds.0
            .iter()
            .try_for_each(|fd| self.net().guard(&Request::Adopt { fd: *fd }))?;
        fds.0.iter().for_each(|fd| self.net().note_loose(*fd));
        Ok(())
    }
}

/// The descriptors in control data; a trailing part of one is left out.
pub(crate) fn descriptors(control: &[Control]) -> Vec<i32> {
    control
        .iter()
        .filter(|one| (one.level, one.kind) == (SOL_SOCKET, SCM_RIGHTS))
        .flat_map(|one| one.data.chunks_exact(DESCRIPTOR))
        .filter_map(|bytes| bytes.try_into().ok().map(i32::from_ne_bytes))
        .collect()
}

/// The process that control data says the message is from, where that is not this one as its own user.
fn foreign_credentials(control: &Control) -> Option<i32> {
    let is_claim = Some((control.level, control.kind)) == SCM_CREDENTIALS.map(|kind| (SOL_SOCKET, kind));
    is_claim
        .then(|| peer::foreign_credentials(&control.data))
        .flatten()
}

/// Control data that carries descriptors.
pub(crate) fn rights(fds: &[i32]) -> Control {
    let data = fds.iter().flat_map(|fd| fd.to_ne_bytes()).collect();
    Control {
        level: SOL_SOCKET,
        kind: SCM_RIGHTS,
        data,
    }
}

/// The room `CMSG_LEN` or `CMSG_SPACE` asks for, or Python's complaint.
pub(crate) fn room(op: &str, length: i64, measure: fn(usize) -> Option<usize>) -> Result<usize> {
    usize::try_from(length)
        .ok()
        .and_then(measure)
        .ok_or_else(|| Error::overflow(format!("{op}() argument out of range")))
}
