//! Receiving and sending.

use std::rc::Rc;

use crate::address::Address;
use crate::api::argument::Any;
use crate::api::handler::typed;
use crate::api::op::{Default, Hot, METHOD, Op, need, with};
use crate::api::{Cx, address};
use crate::bytes::{Bytes, Pinned};
use crate::error::{Error, Result};
use crate::net::Socket;

const FLAGS: crate::api::Param = with("flags", Default::Int(0), "MSG_* bits");

pub(super) const OPS: &[Op] = &[
    Op {
        name: "recv",
        params: &[need("bufsize", "most bytes to return"), FLAGS],
        returns: "bytes",
        doc: "Receive up to `bufsize` bytes; an empty result means that the peer closed its side. Raises timeout (after \
              which nothing is lost), ConnectionResetError, BlockingIOError in non-blocking mode. See recv(2).",
        run: &typed(recv),
        hot: Some(Hot::Recv),
        ..METHOD
    },
    Op {
        name: "recv_into",
        params: &[
            need("buffer", "bytearray or view to fill"),
            with("nbytes", Default::Int(0), "most bytes; 0 is the buffer's length"),
            FLAGS,
        ],
        returns: "int",
        doc: "Receive into a buffer and return the number of bytes; 0 means that the peer closed its side. Raises as recv; \
              ValueError when the buffer is too small.",
        run: &typed(recv_into),
        hot: Some(Hot::RecvInto),
        ..METHOD
    },
    Op {
        name: "recvfrom",
        params: &[
            need(
                "bufsize",
                "most bytes to return; what is left of a longer datagram is lost",
            ),
            FLAGS,
        ],
        returns: "bytes, address",
        doc: "Receive a datagram and its sender's address (None on a connected stream). Raises as recv. See recvfrom(2).",
        run: &typed(recvfrom),
        ..METHOD
    },
    Op {
        name: "recvfrom_into",
        params: &[
            need("buffer", "bytearray or view to fill"),
            with("nbytes", Default::Int(0), "most bytes; 0 is the buffer's length"),
            FLAGS,
        ],
        returns: "int, address",
        doc: "Receive a datagram into a buffer; return the number of bytes and the sender's address. Raises as recv_into.",
        run: &typed(recvfrom_into),
        ..METHOD
    },
    Op {
        name: "send",
        params: &[need("data", "bytes to send"), FLAGS],
        returns: "int",
        doc: "Send what the kernel takes at once and return how many bytes that was. Raises BrokenPipeError, \
              ConnectionResetError, timeout, BlockingIOError in non-blocking mode. See send(2).",
        run: &typed(send),
        hot: Some(Hot::Send),
        ..METHOD
    },
    Op {
        name: "sendall",
        params: &[need("data", "bytes to send"), FLAGS],
        doc: "Send everything, within one timeout for the whole. Raises as send; the error's `sent` says how many bytes left.",
        run: &typed(sendall),
        hot: Some(Hot::SendAll),
        ..METHOD
    },
    Op {
        name: "sendto",
        params: &[
            need("data", "bytes to send"),
            with("flags", Default::Skipped(0), "MSG_* bits"),
            need("address", "where to: the family's form"),
        ],
        returns: "int",
        doc: "Send a datagram to an address and return the number of bytes. Raises as send; gaierror. See sendto(2).",
        event: Some("socket.sendto"),
        run: &typed(sendto),
        ..METHOD
    },
];

/// A size a script gave: not negative.
fn size(op: &str, number: i64) -> Result<usize> {
    usize::try_from(number).map_err(|_| Error::value(format!("negative buffersize in {op}")))
}

fn recv(_: &Cx<'_>, socket: Rc<Socket>, bufsize: i64, flags: i32) -> Result<Bytes> {
    socket.recv(size("recv", bufsize)?, flags)
}

fn recv_into(_: &Cx<'_>, socket: Rc<Socket>, buffer: Pinned, nbytes: i64, flags: i32) -> Result<usize> {
    let window = Socket::window(
        "recv_into",
        &buffer,
        nbytes,
        "buffer too small for requested bytes",
    )?;
    socket.recv_into(&window, flags)
}

fn recvfrom(_: &Cx<'_>, socket: Rc<Socket>, bufsize: i64, flags: i32) -> Result<(Bytes, Address)> {
    socket.recv_from(size("recvfrom", bufsize)?, flags)
}

fn recvfrom_into(
    _: &Cx<'_>,
    socket: Rc<Socket>,
    buffer: Pinned,
    nbytes: i64,
    flags: i32,
) -> Result<(usize, Address)> {
    let window = Socket::window(
        "recvfrom_into",
        &buffer,
        nbytes,
        "nbytes is greater than the length of the buffer",
    )?;
    socket.recv_from_into(&window, flags)
}

fn send(_: &Cx<'_>, socket: Rc<Socket>, data: Bytes, flags: i32) -> Result<usize> {
    socket.send(&data, flags)
}

fn sendall(_: &Cx<'_>, socket: Rc<Socket>, data: Bytes, flags: i32) -> Result<()> {
    socket.send_all(&data, flags)
}

fn sendto(_: &Cx<'_>, socket: Rc<Socket>, data: Bytes, flags: i32, address: Any) -> Result<usize> {
    #[cfg(feature = "tls")]
    socket.refuse_over_tls("sendto", flags)?;
    let endpoint = address::read_for("sendto", &socket, address.0)?;
    address::asked("sendto", &endpoint, socket.send_to(&data, flags, &endpoint))
}
