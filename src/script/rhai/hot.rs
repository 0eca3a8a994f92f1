//! The plain case of the most frequent operations: a plain socket, one argument of the right kind. Who watches is told all the same. The
//! system call is tried at once; whatever it cannot finish goes the long way. On a socket that speaks TLS nothing is bound, and the loop
//! in `net` does the rest. The table's rows stay the truth.

use std::rc::Rc;

use rhai::Dynamic;

use crate::api::{Hot, Op, Value};
use crate::bytes::{ByteArray, Bytes};
use crate::error::Result;
use crate::net::{Net, Socket};
use crate::sched::Interest;
use crate::sys::errno::Errno;
use crate::sys::transfer;

use super::value;

/// Runs the operation, if this is its plain case.
#[inline]
pub(super) fn run(
    net: &Net,
    hot: Hot,
    op: &'static Op,
    socket: &Socket,
    argument: &Dynamic,
) -> Option<Result<Dynamic>> {
    if socket.is_wrapped() {
        return wrapped(net, hot, socket, argument);
    }
    let interest = match hot {
        Hot::Recv | Hot::RecvInto => Interest::Read,
        Hot::Send | Hot::SendAll => Interest::Write,
    };
    let flags = socket.direct_flags(interest, || true)?;
    match hot {
        Hot::Recv => return receive(net, socket, op, argument, flags),
        Hot::RecvInto => return receive_into(socket, op, argument, flags),
        Hot::Send | Hot::SendAll => {}
    }
    let (sent, all) = send(socket, argument, flags)?;
    match (sent, hot) {
        (Ok(count), Hot::SendAll) if count == all => Some(Ok(Dynamic::UNIT)),
        (Ok(count), Hot::SendAll) => Some(send_rest(socket, argument, count)),
        (Ok(count), _) => Some(Ok(i64::try_from(count).unwrap_or(i64::MAX).into())),
        (Err(errno), _) if is_for_the_loop(errno) => None,
        // What the kernel has told once it does not tell again.
        (Err(errno), Hot::SendAll) => Some(Err(socket.failed(op.name, errno).with_sent(0))),
        (Err(errno), _) => Some(Err(socket.failed(op.name, errno))),
    }
}

/// Bytes that are copied rather than bound, as what the script holds may change while this waits.
const FEW: usize = 4096;

/// As [`run`], on a socket that was wrapped to speak TLS.
fn wrapped(net: &Net, hot: Hot, socket: &Socket, argument: &Dynamic) -> Option<Result<Dynamic>> {
    match hot {
        Hot::Recv => {
            let size = usize::try_from(argument.as_int().ok()?).ok()?;
            if !(1..=net.largest_at_once()).contains(&size) {
                return None;
            }
            Some(socket.recv_in_scratch(size).map(|count| taken(net, count)))
        }
        Hot::SendAll => {
            let length = match argument.as_blob_ref() {
                Ok(bytes) => bytes.len(),
                Err(_) => argument.as_immutable_string_ref().ok()?.len(),
            };
            (length <= FEW).then(|| send_rest(socket, argument, 0))
        }
        Hot::RecvInto | Hot::Send => None,
    }
}

/// What was received into the runtime's buffer.
fn taken(net: &Net, count: usize) -> Dynamic {
    net.scratch().note(count);
    Dynamic::from_blob(Bytes::Scratch(net.scratch().clone(), count).into_vec())
}

/// What was received into memory of its own; of that it keeps no more than twice what it needs.
fn apart(net: &Net, mut bytes: Vec<u8>) -> Dynamic {
    net.scratch().note(bytes.len());
    if bytes.len() < bytes.capacity() / 2 {
        bytes.shrink_to_fit();
    }
    Dynamic::from_blob(bytes)
}

/// Whether the loop in `net` has to go on with it: the call would wait, or was interrupted.
fn is_for_the_loop(errno: Errno) -> bool {
    matches!(errno, Errno::AGAIN | Errno::INTR)
}

#[inline]
fn receive(net: &Net, socket: &Socket, op: &Op, size: &Dynamic, flags: i32) -> Option<Result<Dynamic>> {
    let size = usize::try_from(size.as_int().ok()?).ok()?;
    if !(1..=net.largest_at_once()).contains(&size) {
        return None;
    }
    let received = if net.expects_much(size) {
        socket
            .receive_new_at_once(size, flags)
            .map(|bytes| apart(net, bytes))
    } else {
        socket.receive_at_once(size, flags).map(|count| taken(net, count))
    };
    Some(match received {
        Ok(data) => Ok(data),
        Err(errno) if is_for_the_loop(errno) => socket.recv_in_scratch(size).map(|count| taken(net, count)),
        Err(errno) => Err(socket.failed(op.name, errno)),
    })
}

#[inline]
fn receive_into(socket: &Socket, op: &Op, array: &Dynamic, flags: i32) -> Option<Result<Dynamic>> {
    let receive =
        |array: &Rc<ByteArray>| (!array.is_empty()).then(|| socket.receive_into_at_once(array, flags));
    match value::with(array, receive)?? {
        Ok(count) => Some(Ok(i64::try_from(count).unwrap_or(i64::MAX).into())),
        Err(errno) if is_for_the_loop(errno) => None,
        Err(errno) => Some(Err(socket.failed(op.name, errno))),
    }
}

/// What was sent at once, and of how much.
#[inline]
fn send(socket: &Socket, data: &Dynamic, flags: i32) -> Option<(Result<usize, Errno>, usize)> {
    let send = |data: &[u8]| {
        let sent = transfer::send(socket.fd(), data, flags);
        if let Ok(count) = sent {
            socket.note_moved(count, data);
        }
        (sent, data.len())
    };
    match data.as_blob_ref() {
        Ok(bytes) => Some(send(&bytes)),
        Err(_) => Some(send(data.as_immutable_string_ref().ok()?.as_bytes())),
    }
}

/// Sends what is left where the first bytes have left.
fn send_rest(socket: &Socket, data: &Dynamic, sent: usize) -> Result<Dynamic> {
    let data = match value::take(&mut data.clone(), 1, 0) {
        Value::Text(text) => text.into_owned().into_bytes().into(),
        Value::Bytes(data) | Value::String(data) => data,
        _ => return Ok(Dynamic::UNIT),
    };
    socket.send_rest(&data, 0, sent)?;
    Ok(Dynamic::UNIT)
}
