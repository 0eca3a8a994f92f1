//! Names and addresses.

use crate::api::handler::{Any, Text, typed};
use crate::api::op::{Default, FUNCTION, Op, need, with};
use crate::api::record::ADDRINFO;
use crate::api::value::Record;
use crate::api::{Cx, Value, address};
use crate::error::{Class, Error, Result};
use crate::net::{Found, Lookup};
use crate::policy::Request;

pub(super) const OPS: &[Op] = &[
    Op {
        name: "getaddrinfo",
        params: &[
            need("host", "name, number or None"),
            need("port", "number, service name or None"),
            with("family", Default::Int(0), "only this AF_* family; 0 is any"),
            with("type", Default::Int(0), "only this SOCK_* type; 0 is any"),
            with("proto", Default::Int(0), "only this protocol; 0 is any"),
            with("flags", Default::Int(0), "AI_* bits"),
        ],
        returns: "list of (family, type, proto, canonname, sockaddr)",
        doc: "Look up everything needed to make a socket for a host and service. Only the calling task waits. Raises \
              gaierror. See getaddrinfo(3).",
        event: Some("socket.getaddrinfo"),
        run: &typed(getaddrinfo),
        ..FUNCTION
    },
    Op {
        name: "gethostname",
        returns: "str",
        doc: "This machine's name, as it calls itself. See gethostname(2).",
        event: Some("socket.gethostname"),
        run: &typed(gethostname),
        ..FUNCTION
    },
];

fn getaddrinfo(
    cx: &Cx<'_>,
    host: Option<Text>,
    port: Any,
    family: i32,
    kind: i32,
    protocol: i32,
    flags: i32,
) -> Result<Vec<Record>> {
    const OP: &str = "getaddrinfo";
    let host = host.map(|host| host.utf8("host name")).transpose()?;
    let service = address::read_service(OP, port.0)?;
    let lookup = Lookup {
        host,
        service,
        family,
        kind,
        protocol,
        flags,
    };
    Ok(cx.net.lookup(&lookup)?.into_iter().map(row).collect())
}

fn row(found: Found) -> Record {
    Record {
        kind: &ADDRINFO,
        items: vec![
            Value::Int(found.family.into()),
            Value::Int(found.kind.into()),
            Value::Int(found.protocol.into()),
            Value::text(found.canonical_name.unwrap_or_default()),
            address::show(&found.address),
        ],
    }
}

fn gethostname(cx: &Cx<'_>) -> Result<String> {
    const OP: &str = "gethostname";
    cx.net
        .guard(&Request::HostName)
        .map_err(|error| error.during(OP))?;
    let name = crate::sys::interface::host_name().map_err(|errno| Error::from(errno).during(OP))?;
    String::from_utf8(name)
        .map_err(|_| Error::new(Class::UnicodeDecodeError, "the host name is not valid UTF-8"))
}
