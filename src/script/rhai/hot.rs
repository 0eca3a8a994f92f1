//! The plain case of the most frequent operations: a plain socket, one argument of the right kind, nobody watching. The
//! system call is tried at once; whatever it cannot finish goes the long way. The table's rows stay the truth.

use std::rc::Rc;

use rhai::Dynamic;

use crate::api::{Hot, Op};
use crate::error::Result;
use crate::net::{Net, Socket, Timeout};
use crate::sched::Interest;
use crate::sys::errno::Errno;
use crate::sys::flag::MSG_DONTWAIT;
use crate::sys::transfer;

use super::value;

/// Largest receive that goes this way: it fits the runtime's receive buffer.
const LARGEST: usize = 64 * 1024;

/// Runs the operation, if this is its plain case and the system does it at once.
#[inline]
pub(super) fn run(
    net: &Net,
    hot: Hot,
    op: &'static Op,
    args: &mut [&mut Dynamic],
) -> Option<Result<Dynamic>> {
    let [object, argument] = args else {
        return None;
    };
    let interest = match hot {
        Hot::Recv => Interest::Read,
        Hot::Send => Interest::Write,
    };
    let (socket, flags) = value::with(object, |socket: &Rc<Socket>| {
        flags(net, socket, interest).map(|flags| (socket.clone(), flags))
    })??;
    let done = match hot {
        Hot::Recv => receive(net, &socket, argument, flags)?,
        Hot::Send => send(&socket, argument, flags)?,
    };
    match done {
        Ok(value) => Some(Ok(value)),
        Err(Errno::AGAIN | Errno::INTR) => None,
        // What the kernel has told once it does not tell again.
        Err(errno) => Some(Err(socket.failed(op.name, errno))),
    }
}

type Done = Result<Dynamic, Errno>;

#[inline]
fn receive(net: &Net, socket: &Socket, size: &Dynamic, flags: i32) -> Option<Done> {
    let size = usize::try_from(size.as_int().ok()?).ok()?;
    if !(1..=LARGEST).contains(&size) {
        return None;
    }
    let mut bytes = Vec::new();
    let received = net.scratch().fill(size, |buffer| {
        let count = transfer::recv(socket.fd(), buffer, flags)?;
        bytes = buffer[..count.min(size)].to_vec();
        Ok(count)
    });
    Some(received.map(|_| Dynamic::from_blob(bytes)))
}

#[inline]
fn send(socket: &Socket, data: &Dynamic, flags: i32) -> Option<Done> {
    let sent = if let Ok(bytes) = data.as_blob_ref() {
        transfer::send(socket.fd(), &bytes, flags)
    } else {
        let text = data.as_immutable_string_ref().ok()?;
        transfer::send(socket.fd(), text.as_bytes(), flags)
    };
    Some(sent.map(|count| i64::try_from(count).unwrap_or(i64::MAX).into()))
}

/// The flag for a try on a plain socket that nobody else waits for and nobody watches; none where the long way is due.
#[inline]
fn flags(net: &Net, socket: &Socket, interest: Interest) -> Option<i32> {
    if socket.fd() < 0 || !socket.is_plain(interest) || net.is_observed() {
        return None;
    }
    let sched = net.sched();
    if sched.is_alone() {
        let block = socket.timeout() == Timeout::Blocking && !sched.is_dying();
        Some(if block { 0 } else { MSG_DONTWAIT })
    } else {
        // At the end of its turn the long way lets the others run.
        sched.has_turn().then_some(MSG_DONTWAIT)
    }
}
