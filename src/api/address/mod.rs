//! Addresses as Python's tuples: read from a script by the socket's family and protocol, and shown to it (`show`).
//! `linux` reads the forms of the families only Linux has.

mod linux;
mod show;

use crate::address::{Address, UnixName};
use crate::error::{Class, Error, Result};
use crate::net::{Endpoint, Host, Socket};
use crate::sys::flag::{
    AF_ALG, AF_BLUETOOTH, AF_CAN, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_QIPCRTR, AF_RDS, AF_TIPC,
    AF_UNIX, AF_VSOCK,
};
use crate::text::str_repr;

use super::argument::{FromArg, Text, whole};
use super::repr::repr;
use super::value::Value;

pub(super) use show::{asked, show, show_asked, show_endpoint};

/// Longest path of a Unix socket, as CPython counts: a NUL must follow.
const LONGEST_PATH: usize = 107;
/// Longest abstract name, with its leading NUL.
const LONGEST_ABSTRACT: usize = 108;

/// Reads an address for a socket; `op` is the operation it is for.
pub(super) fn read_for(op: &str, socket: &Socket, value: Value) -> Result<Endpoint> {
    read(op, socket.family(), socket.protocol(), value)
}

/// Reads an address for a socket of `family` and `protocol`; `op` is the operation it is for.
pub(super) fn read(op: &str, family: i32, protocol: i32, value: Value) -> Result<Endpoint> {
    match family {
        // RDS has the addresses of IPv4.
        AF_INET | AF_RDS => {
            let [host, port, ..] = parts(
                op,
                "AF_INET",
                value,
                2..=2,
                "AF_INET address must be a pair (host, port)",
            )?;
            Ok(Endpoint::Inet {
                host: read_host(op, host)?,
                port: port_range(op, port_number(op, &port)?)?,
            })
        }
        AF_INET6 => {
            let shape = "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])";
            let places = match &value {
                Value::List(items) => items.len(),
                Value::Record(record) => record.items.len(),
                _ => 0,
            };
            let [host, port, flowinfo, scope_id, _] = parts(op, "AF_INET6", value, 2..=4, shape)?;
            // All kinds before any range, as CPython has it.
            let (host, port) = (read_host(op, host)?, port_number(op, &port)?);
            let (flowinfo, scope_id) = (optional(&flowinfo)?, optional(&scope_id)?);
            let port = port_range(op, port)?;
            if flowinfo > 0xf_ffff {
                return Err(Error::overflow(format!("{op}(): flowinfo must be 0-1048575.")));
            }
            Ok(Endpoint::Inet6 {
                host,
                port,
                flowinfo,
                scope_id,
                places,
            })
        }
        AF_UNIX => Ok(Endpoint::Address(Address::Unix(read_unix(value)?))),
        AF_NETLINK => linux::netlink(op, value),
        AF_PACKET => linux::packet(op, value),
        AF_VSOCK => linux::vsock(op, value),
        AF_CAN => linux::can(op, protocol, value),
        AF_TIPC => linux::tipc(op, value),
        AF_ALG => linux::alg(op, value),
        AF_QIPCRTR => linux::qipcrtr(op, value),
        AF_BLUETOOTH => linux::bluetooth(op, protocol, value),
        _ => Err(Error::new(Class::OSError, format!("{op}(): bad family"))),
    }
}

/// Reads an address of the internet, for a socket whose family is not yet known: both forms it may have, each of which may
/// be none.
pub(super) fn read_internet(op: &str, value: Value) -> impl Fn(i32) -> Result<Endpoint> + use<> {
    let long = read(op, AF_INET6, 0, value);
    move |family| match (long.clone()?, family) {
        (
            Endpoint::Inet6 {
                host,
                port,
                places: 2,
                ..
            },
            AF_INET,
        ) => Ok(Endpoint::Inet { host, port }),
        (_, AF_INET) => Err(Error::type_error("AF_INET address must be a pair (host, port)")),
        (endpoint, _) => Ok(endpoint),
    }
}

/// What to tell of an address that is no tuple, or of one whose parts stand as arguments of their own.
pub(super) const TUPLE: &str = "An address is one value: {host, port} in Lua, [host, port] in Rhai";

/// The items of a tuple.
fn items(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::List(items) => Some(items),
        Value::Record(record) => Some(record.items),
        _ => None,
    }
}

/// The places of a tuple, missing ones `None`.
fn parts(
    op: &str,
    family: &str,
    value: Value,
    count: std::ops::RangeInclusive<usize>,
    shape: &'static str,
) -> Result<[Value; 5]> {
    let given = value.kind();
    let Some(items) = items(value) else {
        let text = format!("{op}(): {family} address must be tuple, not {given}");
        return Err(Error::type_error(text).hinting(Some(TUPLE.to_owned())));
    };
    if !count.contains(&items.len()) {
        return Err(Error::type_error(shape));
    }
    let mut places = items.into_iter();
    Ok(std::array::from_fn(|_| places.next().unwrap_or(Value::None)))
}

fn read_host(op: &str, value: Value) -> Result<Host> {
    let given = value.kind();
    let Ok(Text(bytes)) = Text::from_arg(value) else {
        return Err(Error::type_error(format!(
            "{op}(): host must be str, bytes or bytearray, not {given}"
        )));
    };
    if bytes.contains(&0) {
        return Err(Error::value("host name must not contain null character"));
    }
    String::from_utf8(bytes).map(Host).map_err(|_| {
        Error::new(
            Class::UnicodeError,
            format!("{op}(): host name is not valid UTF-8"),
        )
    })
}

fn port_number(op: &str, value: &Value) -> Result<i32> {
    let port = whole(value)
        .ok_or_else(|| Error::type_error(format!("{op}(): port must be int, not {}", value.kind())))?;
    i32::try_from(port).map_err(|_| no_port(op))
}

fn port_range(op: &str, port: i32) -> Result<u16> {
    u16::try_from(port).map_err(|_| no_port(op))
}

fn no_port(op: &str) -> Error {
    Error::overflow(format!("{op}(): port must be 0-65535."))
}

fn optional(value: &Value) -> Result<u32> {
    let number = match value {
        Value::None => 0,
        value => whole(value)
            .ok_or_else(|| Error::type_error(format!("an integer is required, not {}", value.kind())))?,
    };
    u32::try_from(number).map_err(|_| Error::overflow(format!("{number} does not fit in 32 bits")))
}

fn read_unix(value: Value) -> Result<UnixName> {
    let value = match value {
        Value::Record(mut record) if record.items.len() == 1 => record.items.remove(0),
        value => value,
    };
    let given = value.kind();
    let Ok(Text(path)) = Text::from_arg(value) else {
        return Err(Error::type_error(format!(
            "a bytes-like object is required, not '{given}'"
        )));
    };
    let longest = if path.first() == Some(&0) {
        LONGEST_ABSTRACT
    } else {
        LONGEST_PATH
    };
    if path.len() > longest {
        return Err(Error::new(Class::OSError, "AF_UNIX path too long"));
    }
    if path.first() != Some(&0) && path.contains(&0) {
        return Err(Error::value("embedded null byte"));
    }
    Ok(UnixName::new(&path))
}

/// An address as a script gave it, in Python's words.
pub(super) fn spoken(value: &Value) -> String {
    match value {
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(spoken).collect();
            let comma = if items.len() == 1 { "," } else { "" };
            format!("({}{comma})", items.join(", "))
        }
        Value::String(bytes) => bytes.with(|bytes| str_repr(&String::from_utf8_lossy(bytes))),
        other => repr(other),
    }
}

/// A host and a service as lookups take them.
pub(super) struct Pair {
    pub(super) host: Option<String>,
    pub(super) service: Option<String>,
    /// The service was given as a number.
    pub(super) numbered: bool,
}

/// Reads a `(host, port)` pair whose host may be any name or none: for lookups.
pub(super) fn read_pair(op: &'static str, value: Value) -> Result<Pair> {
    let items = match value {
        Value::List(items) => items,
        Value::Record(record) => record.items,
        other => {
            let given = other.kind();
            let text = format!("{op}(): address must be a pair (host, port), not {given}");
            return Err(Error::type_error(text).hinting(Some(TUPLE.to_owned())));
        }
    };
    if items.len() < 2 {
        return Err(Error::type_error(format!(
            "{op}(): address must be a pair (host, port)"
        )));
    }
    let mut items = items.into_iter();
    let host = match items.next() {
        None | Some(Value::None) => None,
        Some(host) => Some(read_host(op, host)?.0),
    };
    let service = items.next().unwrap_or(Value::None);
    Ok(Pair {
        host,
        numbered: whole(&service).is_some(),
        service: read_service(op, service)?,
    })
}

/// As [`read_pair`], for calls that take it apart as Python does: a third part is one too many.
pub(super) fn unpack_pair(op: &'static str, value: Value) -> Result<Pair> {
    let count = match &value {
        Value::List(items) => items.len(),
        Value::Record(record) => record.items.len(),
        _ => 2,
    };
    match count {
        0 | 1 => Err(Error::value(format!(
            "not enough values to unpack (expected 2, got {count})"
        ))),
        2 => read_pair(op, value),
        _ => Err(Error::value("too many values to unpack (expected 2)")),
    }
}

/// A port number or service name, as text for the resolver.
pub(super) fn read_service(op: &'static str, value: Value) -> Result<Option<String>> {
    match value {
        Value::None => Ok(None),
        // CPython takes no bool for a port here, though it is a number elsewhere.
        value => match whole(&value).filter(|_| !matches!(value, Value::Bool(_))) {
            Some(number) => Ok(Some(number.to_string())),
            None => match Text::from_arg(value) {
                Ok(text) => text.utf8("service name").map(Some),
                Err(_) => Err(Error::new(Class::OSError, "Int or String expected").during(op)),
            },
        },
    }
}
