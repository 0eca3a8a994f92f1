//! Socket options.

use std::rc::Rc;

use crate::api::argument::{Any, FromArg};
use crate::api::handler::typed;
use crate::api::op::{Default, METHOD, Op, need, with};
use crate::api::{Cx, Value};
use crate::bytes::Bytes;
use crate::error::{Error, Result};
use crate::net::{OptionValue, Socket};
use crate::sys::flag::AF_VSOCK;

pub(super) const OPS: &[Op] = &[
    Op {
        name: "getsockopt",
        params: &[
            need("level", "SOL_* or IPPROTO_* level"),
            need("optname", "SO_*, IP_*, TCP_* … option"),
            with(
                "buflen",
                Default::Int(0),
                "0 to read a number, 1 to 1024 to read up to that many bytes",
            ),
        ],
        returns: "int or bytes",
        doc: "Read a socket option. Raises OSError (ENOPROTOOPT). See getsockopt(2).",
        run: &typed(getsockopt),
        ..METHOD
    },
    Op {
        name: "setsockopt",
        params: &[
            need("level", "SOL_* or IPPROTO_* level"),
            need("optname", "SO_*, IP_*, TCP_* … option"),
            need("value", "a number, bytes, or None with `optlen`"),
            with(
                "optlen",
                Default::None,
                "length of a value that is None: a null pointer with that length",
            ),
        ],
        doc: "Set a socket option. Raises OSError (ENOPROTOOPT). See setsockopt(2).",
        event: Some("socket.setsockopt"),
        run: &typed(setsockopt),
        ..METHOD
    },
];

fn getsockopt(_: &Cx<'_>, socket: Rc<Socket>, level: i32, name: i32, buflen: i32) -> Result<Value> {
    Ok(match socket.option(level, name, buflen)? {
        OptionValue::Int(number) => Value::Int(number.into()),
        OptionValue::Wide(number) => Value::Int(number.cast_signed()),
        OptionValue::Bytes(bytes) => Value::Bytes(bytes),
        OptionValue::Null(_) => Value::None,
    })
}

fn setsockopt(
    _: &Cx<'_>,
    socket: Rc<Socket>,
    level: i32,
    name: i32,
    value: Any,
    optlen: Option<u32>,
) -> Result<()> {
    let value = match (value.0, optlen) {
        (Value::None, Some(length)) => OptionValue::Null(length),
        (Value::None, None) => {
            return Err(Error::type_error(
                "socket.setsockopt() needs optlen when the value is None",
            ));
        }
        (_, Some(_)) => {
            return Err(Error::type_error(
                "socket.setsockopt() takes optlen only when the value is None",
            ));
        }
        (value, None) => match crate::api::argument::whole(&value) {
            // Every option of such a socket has 64 bits.
            Some(number) if socket.family() == AF_VSOCK => OptionValue::Wide(number.cast_unsigned()),
            Some(number) => OptionValue::Int(as_int(number)?),
            None => {
                let given = value.kind();
                // Text is no bytes here, as in Python: a language whose strings are bytes gives those.
                let bytes = match value {
                    Value::Text(_) => None,
                    value => Bytes::from_arg(value).ok(),
                };
                OptionValue::Bytes(bytes.ok_or_else(|| {
                    Error::type_error(format!(
                        "socket.setsockopt() argument 'value' must be int, bytes-like object or None, not {given}"
                    ))
                })?)
            }
        },
    };
    socket.set_option(level, name, &value)
}

/// A C int; its unsigned half is taken as its bits, as marks and addresses are written so.
fn as_int(number: i64) -> Result<i32> {
    i32::try_from(number).map_err(|_| {
        Error::overflow(format!(
            "socket.setsockopt() argument 'value': {number} is out of range"
        ))
    })
}
