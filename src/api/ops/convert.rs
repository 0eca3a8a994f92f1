//! Byte order and address texts: no system call.

use crate::api::Cx;
use crate::api::argument::Text;
use crate::api::handler::typed;
use crate::api::op::{FUNCTION, Op, need};
use crate::bytes::Bytes;
use crate::constants::{self, Group};
use crate::error::{Error, Result};
use crate::net::convert;

pub(super) const OPS: &[Op] = &[
    Op {
        name: "htons",
        params: &[need("x", "0 to 65535")],
        returns: "int",
        doc: "A 16-bit number from host to network byte order. Raises OverflowError.",
        run: &typed(htons),
        ..FUNCTION
    },
    Op {
        name: "ntohs",
        params: &[need("x", "0 to 65535")],
        returns: "int",
        doc: "A 16-bit number from network to host byte order. Raises OverflowError.",
        run: &typed(ntohs),
        ..FUNCTION
    },
    Op {
        name: "htonl",
        params: &[need("x", "0 to 4294967295")],
        returns: "int",
        doc: "A 32-bit number from host to network byte order. Raises OverflowError.",
        run: &typed(swap_32),
        ..FUNCTION
    },
    Op {
        name: "ntohl",
        params: &[need("x", "0 to 4294967295")],
        returns: "int",
        doc: "A 32-bit number from network to host byte order. Raises OverflowError.",
        run: &typed(swap_32),
        ..FUNCTION
    },
    Op {
        name: "inet_aton",
        params: &[need("ip_string", "IPv4 address: dotted, or any form C takes")],
        returns: "bytes",
        doc: "An IPv4 address as its 4 bytes. Raises OSError. See inet_aton(3).",
        run: &typed(inet_aton),
        ..FUNCTION
    },
    Op {
        name: "inet_ntoa",
        params: &[need("packed_ip", "4 bytes")],
        returns: "str",
        doc: "The dotted text of 4 bytes. Raises OSError for another length.",
        run: &typed(inet_ntoa),
        ..FUNCTION
    },
    Op {
        name: "inet_pton",
        params: &[
            need("address_family", "AF_INET or AF_INET6"),
            need("ip_string", "address of that family"),
        ],
        returns: "bytes",
        doc: "An address as its 4 or 16 bytes. Raises OSError. See inet_pton(3).",
        run: &typed(inet_pton),
        ..FUNCTION
    },
    Op {
        name: "inet_ntop",
        params: &[
            need("address_family", "AF_INET or AF_INET6"),
            need("packed_ip", "4 or 16 bytes"),
        ],
        returns: "str",
        doc: "The text of 4 or 16 bytes. Raises ValueError for another length or family. See inet_ntop(3).",
        run: &typed(inet_ntop),
        ..FUNCTION
    },
    Op {
        name: "AddressFamily",
        params: &[need("value", "an AF_* number")],
        returns: "str",
        doc: "The name of an address family: `AddressFamily.AF_INET`. Raises ValueError for a number that is none.",
        run: &typed(address_family),
        ..FUNCTION
    },
    Op {
        name: "SocketKind",
        params: &[need("value", "a SOCK_* number")],
        returns: "str",
        doc: "The name of a socket type: `SocketKind.SOCK_STREAM`. Raises ValueError for a number that is none.",
        run: &typed(socket_kind),
        ..FUNCTION
    },
    Op {
        name: "MsgFlag",
        params: &[need("value", "MSG_* bits")],
        returns: "str",
        doc: "The names of message flags: `MsgFlag.MSG_OOB|MSG_PEEK`. Raises TypeError.",
        run: &typed(msg_flag),
        ..FUNCTION
    },
    Op {
        name: "AddressInfo",
        params: &[need("value", "AI_* bits")],
        returns: "str",
        doc: "The names of lookup flags: `AddressInfo.AI_PASSIVE`. Raises TypeError.",
        run: &typed(address_info),
        ..FUNCTION
    },
];

fn htons(_: &Cx<'_>, x: i64) -> Result<i64> {
    Ok(convert::swap_16("htons", x)?.into())
}

fn ntohs(_: &Cx<'_>, x: i64) -> Result<i64> {
    Ok(convert::swap_16("ntohs", x)?.into())
}

fn swap_32(_: &Cx<'_>, x: i64) -> Result<i64> {
    Ok(convert::swap_32(x)?.into())
}

fn inet_aton(_: &Cx<'_>, text: Text) -> Result<Vec<u8>> {
    Ok(convert::inet_aton(&without_nul(text)?)?.to_vec())
}

fn inet_ntoa(_: &Cx<'_>, packed: Bytes) -> Result<String> {
    packed.with(convert::inet_ntoa)
}

fn inet_pton(_: &Cx<'_>, family: i32, text: Text) -> Result<Vec<u8>> {
    convert::inet_pton(family, &without_nul(text)?)
}

fn inet_ntop(_: &Cx<'_>, family: i32, packed: Bytes) -> Result<String> {
    packed.with(|packed| convert::inet_ntop(family, packed))
}

fn without_nul(text: Text) -> Result<String> {
    if text.0.contains(&0) {
        return Err(Error::value("embedded null character"));
    }
    text.utf8("address")
}

/// The name of a number that has one, as CPython's enums insist.
fn member(group: Group, value: i64) -> Result<String> {
    match constants::name_of(group, value) {
        Some(_) => Ok(constants::enum_name(group, value)),
        None => Err(Error::value(format!(
            "{value} is not a valid {}",
            group.enum_class().unwrap_or("member")
        ))),
    }
}

fn address_family(_: &Cx<'_>, value: i64) -> Result<String> {
    member(Group::AddressFamily, value)
}

fn socket_kind(_: &Cx<'_>, value: i64) -> Result<String> {
    member(Group::SocketKind, value)
}

fn msg_flag(_: &Cx<'_>, value: i64) -> Result<String> {
    Ok(constants::enum_name(Group::MsgFlag, value))
}

fn address_info(_: &Cx<'_>, value: i64) -> Result<String> {
    Ok(constants::enum_name(Group::AddressInfo, value))
}
