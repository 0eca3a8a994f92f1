//! Control of sockets and descriptors: `socket.ioctl`, `share`, and the module `fcntl`.

use std::rc::Rc;

use crate::api::argument::{Any, FromArg, Truth, whole};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, METHOD, Op, Owner, need, with};
use crate::api::{Cx, Value};
use crate::bytes::{Bytes, Pinned};
use crate::constants;
use crate::error::{Error, Result};
use crate::net::{Controlled, Payload, Socket};
use crate::sys::errno::Errno;

const FCNTL: Owner = Owner::Module("fcntl");

pub(super) const OPS: &[Op] = &[
    Op {
        name: "ioctl",
        params: &[
            need(
                "control",
                "SIO_RCVALL, SIO_KEEPALIVE_VALS or SIO_LOOPBACK_FAST_PATH",
            ),
            need(
                "option",
                "int or list: an RCVALL_* number; for SIO_KEEPALIVE_VALS (on, idle, interval), the times in milliseconds",
            ),
        ],
        returns: "int",
        doc: "What Python has on Windows, by what this system has for it: SIO_KEEPALIVE_VALS sets SO_KEEPALIVE, \
              TCP_KEEPIDLE and TCP_KEEPINTVL, in whole seconds rounded up; SIO_RCVALL switches promiscuous mode of the \
              interface an AF_PACKET socket is bound to. Raises OSError (EOPNOTSUPP) for what has no counterpart, \
              ValueError for another control.",
        platform: "Linux for SIO_RCVALL, Unix otherwise; Windows' own numbers",
        run: &typed(ioctl),
        ..METHOD
    },
    Op {
        name: "share",
        params: &[need("process_id", "int: the process that may take the socket")],
        returns: "bytes",
        doc: "Offer the socket to another process, which takes it with fromshare, once. The socket is duplicated before \
              the call returns and may be closed then; the offer ends when it is taken or this program ends. Raises \
              ProcessLookupError when there is no such process, OSError.",
        event: Some("socket.share"),
        platform: "Linux 5.3 and later; Python has it on Windows",
        run: &typed(share),
        ..METHOD
    },
    Op {
        name: "fromshare",
        params: &[need("data", "bytes: what share returned in the other process")],
        returns: "socket",
        doc: "Take a socket that another process shares with this one. Raises ValueError for other bytes, OSError when the \
              socket was taken, is shared with another process, or that program has ended.",
        event: Some("socket.fromshare"),
        platform: "Linux 5.3 and later; Python has it on Windows",
        run: &typed(fromshare),
        ..FUNCTION
    },
    Op {
        name: "fcntl",
        on: FCNTL,
        params: &[
            need("fd", "socket or int: a socket or a descriptor"),
            need("cmd", "an F_* number"),
            with(
                "arg",
                Default::Int(0),
                "int, or bytes laid out as the command's C struct, at most 1024",
            ),
        ],
        returns: "int or bytes",
        doc: "Control a descriptor; bytes come back as the call left them. Only the calling task waits for a lock. Raises \
              OSError (EINVAL for a command that is not listed in the module), TypeError, ValueError. See fcntl(2).",
        event: Some("fcntl.fcntl"),
        run: &typed(fcntl),
        ..FUNCTION
    },
    Op {
        name: "ioctl",
        on: FCNTL,
        params: &[
            need("fd", "socket or int: a socket or a descriptor"),
            need("request", "an FIO*, SIOC*, TIOC* or TUN* number"),
            with(
                "arg",
                Default::Int(0),
                "int, or bytes, bytearray or array laid out as the request's C struct, at most 1024",
            ),
            with(
                "mutate_flag",
                Default::Bool(true),
                "whether a bytearray or array is changed in place and the call's number returned",
            ),
        ],
        returns: "int or bytes",
        doc: "Control a device or an interface; bytes come back as the call left them. Only requests without pointers in \
              their data can be made, the module lists them: others raise ValueError. Raises OSError, TypeError. See \
              ioctl(2).",
        event: Some("fcntl.ioctl"),
        run: &typed(ioctl_of),
        ..FUNCTION
    },
];

fn number(name: &str) -> Option<i64> {
    match constants::by_name(name)?.value {
        constants::Value::Int(number) => Some(number),
        _ => None,
    }
}

fn ioctl(_: &Cx<'_>, socket: Rc<Socket>, control: i64, option: Any) -> Result<i32> {
    let wrong = |what: &str| Error::type_error(format!("socket.ioctl() argument 'option' must be {what}"));
    if Some(control) == number("SIO_RCVALL") {
        let mode = whole(&option.0).ok_or_else(|| wrong("int for SIO_RCVALL"))?;
        socket.receive_all(mode != 0)?;
    } else if Some(control) == number("SIO_KEEPALIVE_VALS") {
        const SHAPE: &str = "a list (on, idle, interval) of three numbers for SIO_KEEPALIVE_VALS";
        let (Value::List(items) | Value::Several(items)) = option.0 else {
            return Err(wrong(SHAPE));
        };
        let numbers: Vec<i64> = items.iter().filter_map(whole).collect();
        let [on, idle, interval] = numbers[..] else {
            return Err(wrong(SHAPE));
        };
        let time = |number: i64| {
            u32::try_from(number).map_err(|_| {
                Error::overflow(format!("socket.ioctl(): {number} milliseconds are out of range"))
            })
        };
        socket.keep_alive(on != 0, time(idle)?, time(interval)?)?;
    } else if Some(control) == number("SIO_LOOPBACK_FAST_PATH") {
        let text = "SIO_LOOPBACK_FAST_PATH is Windows' own: loopback has no other path here";
        return Err(socket.failed("ioctl", Error::os_with_text(Errno::OPNOTSUPP.0, text)));
    } else {
        return Err(Error::value(format!("invalid ioctl command {control}")));
    }
    Ok(0)
}

fn share(_: &Cx<'_>, socket: Rc<Socket>, process: i32) -> Result<Vec<u8>> {
    socket.share(process)
}

fn fromshare(cx: &Cx<'_>, data: Bytes) -> Result<Rc<Socket>> {
    Socket::from_share(cx.net, &data.to_vec())
}

fn controlled(op: &str, value: Value) -> Result<Controlled> {
    match value {
        Value::Socket(socket) => Ok(Controlled::Socket(socket)),
        value => {
            let given = value.kind();
            let fd = i32::from_arg(value).map_err(|_| {
                Error::type_error(format!(
                    "{op}(): argument must be an int, or have a fileno() method, not {given}"
                ))
            })?;
            if fd < 0 {
                return Err(Error::value(format!(
                    "file descriptor cannot be a negative integer ({fd})"
                )));
            }
            Ok(Controlled::Number(fd))
        }
    }
}

fn payload(op: &str, value: &Value) -> Result<Payload> {
    if let Some(number) = whole(value) {
        // A number's bits are what counts: flags may be written unsigned.
        let bits = u32::try_from(number).map(u32::cast_signed);
        let number = i32::try_from(number).or(bits);
        return number
            .map(Payload::Number)
            .map_err(|_| Error::overflow(format!("{op}() argument 'arg' is out of range")));
    }
    let bytes = match value {
        Value::String(bytes) | Value::Bytes(bytes) => bytes.to_vec(),
        Value::Text(text) => text.as_bytes().to_vec(),
        Value::Array(array) => array.with(<[u8]>::to_vec),
        Value::View(view) => view.window_mut().to_vec(),
        Value::Numbers(numbers) => numbers.bytes().with(<[u8]>::to_vec),
        other => {
            return Err(Error::type_error(format!(
                "{op}() argument 'arg' must be int or bytes, not {}",
                other.kind()
            )));
        }
    };
    Ok(Payload::Data(bytes))
}

fn give(payload: Payload) -> Value {
    match payload {
        Payload::Number(number) => Value::Int(number.into()),
        Payload::Data(data) => Value::bytes(data),
    }
}

fn fcntl(cx: &Cx<'_>, fd: Any, cmd: i32, arg: Any) -> Result<Value> {
    let on = controlled("fcntl", fd.0)?;
    cx.net.fcntl(&on, cmd, payload("fcntl", &arg.0)?).map(give)
}

fn ioctl_of(cx: &Cx<'_>, fd: Any, request: i64, arg: Any, mutate: Truth) -> Result<Value> {
    let on = controlled("ioctl", fd.0)?;
    // The number's bits: it may be written as a signed one.
    let request = u32::try_from(request)
        .or_else(|_| i32::try_from(request).map(i32::cast_unsigned))
        .map_err(|_| Error::overflow(format!("ioctl() argument 'request': {request} is out of range")))?;
    let (answer, left) = cx.net.ioctl(&on, request, payload("ioctl", &arg.0)?)?;
    let window = match Pinned::from_arg(arg.0) {
        Ok(window) if mutate.0 => window,
        _ => return Ok(give(left)),
    };
    if let Payload::Data(data) = left {
        let mut window = window.window_mut();
        let length = window.len().min(data.len());
        window[..length].copy_from_slice(&data[..length]);
    }
    Ok(Value::Int(answer.into()))
}
