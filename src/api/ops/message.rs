//! Messages with control data, and descriptors passed with them.

use std::rc::Rc;

use crate::api::IntoValue;
use crate::api::argument::{Any, FromArg, Mismatch, whole};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, METHOD, Op, need, with};
use crate::api::record::CONTROL;
use crate::api::value::Record;
use crate::api::{Cx, Value, address};
use crate::bytes::{Bytes, Pinned};
use crate::error::{Class, Error, Result};
use crate::net::{Endpoint, Message, Socket, message};
use crate::sys::flag::{AF_ALG, ALG_SET_AEAD_ASSOCLEN, ALG_SET_IV, ALG_SET_OP, SOL_ALG};
use crate::sys::message::{Control, control_length, control_space};

const FLAGS: crate::api::Param = with("flags", Default::Int(0), "MSG_* bits");
const ANCBUFSIZE: crate::api::Param = with(
    "ancbufsize",
    Default::Int(0),
    "room for control data, in bytes: a sum of CMSG_SPACE",
);

pub(super) const OPS: &[Op] = &[
    Op {
        name: "sendmsg",
        params: &[
            need("buffers", "list of bytes, sent one after the other"),
            with("ancdata", Default::None, "list of (level, type, data)"),
            FLAGS,
            with("address", Default::None, "where to, for a socket without a peer"),
        ],
        returns: "int",
        doc: "Send buffers as one message with control data; return the number of bytes. Raises as send. See sendmsg(2).",
        event: Some("socket.sendmsg"),
        run: &typed(sendmsg),
        ..METHOD
    },
    Op {
        name: "sendmsg_afalg",
        params: &[
            with("msg", Default::None, "list of bytes, sent one after the other"),
            with(
                "op",
                Default::None,
                "int: ALG_OP_ENCRYPT or ALG_OP_DECRYPT; it must be given",
            ),
            with("iv", Default::None, "bytes of the initialization vector"),
            with(
                "assoclen",
                Default::None,
                "bytes at the start of the message that are authenticated only (AEAD)",
            ),
            with(
                "flags",
                Default::Int(0),
                "MSG_* bits; MSG_MORE where the message goes on",
            ),
        ],
        by_place: 1,
        returns: "int",
        doc: "Send to an operation of the kernel's crypto (AF_ALG) what to do, with what parameters, and the bytes to do \
              it to; return the number of bytes. Linux only. Raises OSError on a socket of another family, TypeError \
              without `op`; as sendmsg.",
        run: &typed(sendmsg_afalg),
        ..METHOD
    },
    Op {
        name: "recvmsg",
        params: &[need("bufsize", "most bytes to return"), ANCBUFSIZE, FLAGS],
        returns: "bytes, list of (level, type, data), int, address",
        doc: "Receive one message: its bytes, its control data, its MSG_* bits and the sender's address. Descriptors in \
              the control data belong to the caller. Raises as recv. See recvmsg(2).",
        run: &typed(recvmsg),
        ..METHOD
    },
    Op {
        name: "recvmsg_into",
        params: &[
            need(
                "buffers",
                "list of bytearrays or views to fill one after the other",
            ),
            ANCBUFSIZE,
            FLAGS,
        ],
        returns: "int, list of (level, type, data), int, address",
        doc: "As recvmsg, into buffers; the number of bytes comes first. Raises as recvmsg.",
        run: &typed(recvmsg_into),
        ..METHOD
    },
    Op {
        name: "send_fds",
        params: &[
            need("sock", "a Unix socket"),
            need("buffers", "list of bytes; at least one byte must be sent"),
            need("fds", "list of descriptors"),
            FLAGS,
            with("address", Default::None, "where to, for a socket without a peer"),
        ],
        returns: "int",
        doc: "Send descriptors to another process over a Unix socket, with some bytes. Raises as sendmsg. CPython leaves \
              `flags` and `address` aside; here they count.",
        event: Some("socket.sendmsg"),
        run: &typed(send_fds),
        ..FUNCTION
    },
    Op {
        name: "recv_fds",
        params: &[
            need("sock", "a Unix socket"),
            need("bufsize", "most bytes to return"),
            need("maxfds", "most descriptors to take"),
            FLAGS,
        ],
        returns: "bytes, list of int, int, address",
        doc: "Receive descriptors another process sent, with some bytes; they belong to the caller. Raises as recvmsg.",
        run: &typed(recv_fds),
        ..FUNCTION
    },
    Op {
        name: "CMSG_LEN",
        params: &[need("length", "bytes of data")],
        returns: "int",
        doc: "Bytes a control message takes without the padding after it. Raises OverflowError. See cmsg(3).",
        run: &typed(cmsg_len),
        ..FUNCTION
    },
    Op {
        name: "CMSG_SPACE",
        params: &[need("length", "bytes of data")],
        returns: "int",
        doc: "Bytes a control message takes with its padding. Raises OverflowError. See cmsg(3).",
        run: &typed(cmsg_space),
        ..FUNCTION
    },
];

/// The items of a list argument.
fn items(op: &str, name: &str, value: Value) -> Result<Vec<Value>> {
    match value {
        Value::List(items) | Value::Several(items) => Ok(items),
        Value::Record(record) => Ok(record.items),
        other => Err(Error::type_error(format!(
            "{op}() argument '{name}' must be a list, not {}",
            other.kind()
        ))),
    }
}

fn convert<T: FromArg>(op: &str, value: Value) -> Result<T> {
    let given = value.kind();
    T::from_arg(value).map_err(|mismatch| match mismatch {
        Mismatch::Kind => Error::type_error(format!("{op}(): a {} is required, not {given}", T::KIND)),
        Mismatch::Range(number) => Error::overflow(format!("{op}(): {number} is out of range")),
        Mismatch::Error(error) => error,
    })
}

fn convert_all<T: FromArg>(op: &str, name: &str, value: Value) -> Result<Vec<T>> {
    items(op, name, value)?
        .into_iter()
        .map(|item| convert(op, item))
        .collect()
}

fn read_control(op: &str, value: Value) -> Result<Vec<Control>> {
    if matches!(value, Value::None) {
        return Ok(Vec::new());
    }
    let control = items(op, "ancdata", value)?.into_iter().map(|item| {
        let parts = items(op, "ancdata", item)?;
        let count = parts.len();
        let [level, kind, data] = <[Value; 3]>::try_from(parts).map_err(|_| {
            Error::type_error(format!(
                "{op}(): an ancillary data item must have 3 parts, not {count}"
            ))
        })?;
        let data: Bytes = convert(op, data)?;
        Ok(Control {
            level: convert(op, level)?,
            kind: convert(op, kind)?,
            data: data.into_vec(),
        })
    });
    control.collect()
}

fn read_address(op: &'static str, socket: &Socket, value: Value) -> Result<Option<Endpoint>> {
    match value {
        Value::None => Ok(None),
        value => address::read_for(op, socket, value).map(Some),
    }
}

fn size(number: i64) -> Result<usize> {
    usize::try_from(number).map_err(|_| Error::value("negative buffer size in recvmsg()"))
}

fn control_size(number: i64) -> Result<usize> {
    let fits = i32::try_from(number)
        .ok()
        .and_then(|number| usize::try_from(number).ok());
    fits.ok_or_else(|| Error::value("invalid ancillary data buffer length"))
}

fn show(first: Value, message: Message) -> Value {
    let control = message.control.into_iter().map(|one| {
        let items = vec![
            Value::Int(one.level.into()),
            Value::Int(one.kind.into()),
            Value::bytes(one.data),
        ];
        Value::Record(Box::new(Record {
            kind: &CONTROL,
            items,
        }))
    });
    let results = Value::Several(vec![
        first,
        Value::List(control.collect()),
        Value::Int(message.flags.into()),
        message.from.into_value(),
    ]);
    Value::Bearing(Box::new((results, message.fds)))
}

fn sendmsg(
    _: &Cx<'_>,
    socket: Rc<Socket>,
    buffers: Any,
    control: Any,
    flags: i32,
    address: Any,
) -> Result<usize> {
    const OP: &str = "sendmsg";
    // In CPython's order: the first thing wrong is told.
    let address = read_address(OP, &socket, address.0)?;
    let buffers = convert_all(OP, "buffers", buffers.0)?;
    let control = read_control(OP, control.0)?;
    send_message(OP, &socket, buffers, &control, flags, address.as_ref())
}

/// Sends a message in the name of the call the script made.
fn send_message(
    op: &'static str,
    socket: &Socket,
    buffers: Vec<Bytes>,
    control: &[Control],
    flags: i32,
    address: Option<&Endpoint>,
) -> Result<usize> {
    let sent = socket.send_message(buffers, control, flags, address);
    match address {
        Some(endpoint) => address::asked(op, endpoint, sent),
        None => sent.map_err(|error| error.called(op)),
    }
}

fn sendmsg_afalg(
    _: &Cx<'_>,
    socket: Rc<Socket>,
    msg: Any,
    op: Any,
    iv: Option<Bytes>,
    assoclen: Option<i32>,
    flags: i32,
) -> Result<usize> {
    if socket.family() != AF_ALG {
        return Err(Error::new(Class::OSError, "algset is only supported for AF_ALG"));
    }
    let operation = whole(&op.0)
        .and_then(|op| i32::try_from(op).ok())
        .and_then(|op| u32::try_from(op).ok())
        .ok_or_else(|| Error::type_error("Invalid or missing argument 'op'"))?;
    let associated = assoclen
        .map(|length| u32::try_from(length).map_err(|_| Error::type_error("assoclen must be positive")))
        .transpose()?;
    let buffers = match msg.0 {
        Value::None => Vec::new(),
        buffers => convert_all("sendmsg_afalg", "msg", buffers)?,
    };
    let mut control = vec![crypto(ALG_SET_OP, operation.to_ne_bytes().to_vec())];
    if let Some(iv) = iv {
        let bytes = iv.into_vec();
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        control.push(crypto(ALG_SET_IV, [&length.to_ne_bytes()[..], &bytes].concat()));
    }
    if let Some(length) = associated {
        control.push(crypto(ALG_SET_AEAD_ASSOCLEN, length.to_ne_bytes().to_vec()));
    }
    send_message("sendmsg_afalg", &socket, buffers, &control, flags, None)
}

/// Control data to the kernel's crypto.
fn crypto(kind: i32, data: Vec<u8>) -> Control {
    Control {
        level: SOL_ALG,
        kind,
        data,
    }
}

fn recvmsg(_: &Cx<'_>, socket: Rc<Socket>, bufsize: i64, ancbufsize: i64, flags: i32) -> Result<Value> {
    let mut message = socket.recv_message(size(bufsize)?, control_size(ancbufsize)?, flags)?;
    let data = std::mem::take(&mut message.data);
    Ok(show(Value::bytes(data), message))
}

fn recvmsg_into(_: &Cx<'_>, socket: Rc<Socket>, buffers: Any, ancbufsize: i64, flags: i32) -> Result<Value> {
    let windows: Vec<Pinned> = convert_all("recvmsg_into", "buffers", buffers.0)?;
    let (count, message) = socket
        .recv_message_into(&windows, control_size(ancbufsize)?, flags)
        .map_err(|error| error.called("recvmsg_into"))?;
    Ok(show(count.into_value(), message))
}

fn send_fds(
    _: &Cx<'_>,
    socket: Rc<Socket>,
    buffers: Any,
    fds: Any,
    flags: i32,
    address: Any,
) -> Result<usize> {
    const OP: &str = "send_fds";
    let buffers = convert_all(OP, "buffers", buffers.0)?;
    let fds: Vec<i32> = convert_all(OP, "fds", fds.0)?;
    let address = read_address(OP, &socket, address.0)?;
    send_message(
        OP,
        &socket,
        buffers,
        &[message::rights(&fds)],
        flags,
        address.as_ref(),
    )
}

fn recv_fds(_: &Cx<'_>, socket: Rc<Socket>, bufsize: i64, maxfds: i64, flags: i32) -> Result<Value> {
    let bytes = maxfds.checked_mul(4).unwrap_or(-1);
    let space = message::room("recv_fds", bytes, control_length)?;
    let message = socket
        .recv_message(size(bufsize)?, space, flags)
        .map_err(|error| error.called("recv_fds"))?;
    let fds = message::descriptors(&message.control);
    let results = Value::Several(vec![
        Value::bytes(message.data),
        Value::List(fds.into_iter().map(|fd| Value::Int(fd.into())).collect()),
        Value::Int(message.flags.into()),
        message.from.into_value(),
    ]);
    Ok(Value::Bearing(Box::new((results, message.fds))))
}

fn cmsg_len(_: &Cx<'_>, length: i64) -> Result<usize> {
    message::room("CMSG_LEN", length, control_length)
}

fn cmsg_space(_: &Cx<'_>, length: i64) -> Result<usize> {
    message::room("CMSG_SPACE", length, control_space)
}
