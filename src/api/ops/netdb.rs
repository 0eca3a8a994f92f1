//! Hosts, services and protocols by name and by number.

use std::ffi::CString;

use crate::api::argument::Text;
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, Op, need, with};
use crate::api::{Cx, Value};
use crate::error::{Error, Result};
use crate::sys::netdb::Host;

const PROTOCOL: crate::api::Param = with("protocolname", Default::None, "'tcp' or 'udp'; any");

pub(super) const OPS: &[Op] = &[
    Op {
        name: "gethostbyname",
        params: &[need("hostname", "name or IPv4 number")],
        returns: "str",
        doc: "An IPv4 address of a host. Raises gaierror. getaddrinfo knows IPv6 as well.",
        event: Some("socket.gethostbyname"),
        run: &typed(gethostbyname),
        ..FUNCTION
    },
    Op {
        name: "gethostbyname_ex",
        params: &[need("hostname", "name or IPv4 number")],
        returns: "str, list of str, list of str",
        doc: "A host's name, its other names, and its IPv4 addresses. Raises gaierror, herror. See gethostbyname(3).",
        event: Some("socket.gethostbyname"),
        run: &typed(gethostbyname_ex),
        ..FUNCTION
    },
    Op {
        name: "gethostbyaddr",
        params: &[need("ip_address", "IPv4 or IPv6 number, or a name")],
        returns: "str, list of str, list of str",
        doc: "The name of the host at an address, its other names, and its addresses. Raises herror when it has none, \
              gaierror. See gethostbyaddr(3).",
        event: Some("socket.gethostbyaddr"),
        run: &typed(gethostbyaddr),
        ..FUNCTION
    },
    Op {
        name: "getfqdn",
        params: &[with("name", Default::Text(""), "a host; empty is this one")],
        returns: "str",
        doc: "The host's name with its domain, or the name as given when no such name is known. Raises UnicodeError.",
        run: &typed(getfqdn),
        ..FUNCTION
    },
    Op {
        name: "getservbyname",
        params: &[need("servicename", "service, as 'http'"), PROTOCOL],
        returns: "int",
        doc: "The port of a service. Raises OSError when it is unknown. See getservbyname(3).",
        event: Some("socket.getservbyname"),
        run: &typed(getservbyname),
        ..FUNCTION
    },
    Op {
        name: "getservbyport",
        params: &[need("port", "0 to 65535"), PROTOCOL],
        returns: "str",
        doc: "The service on a port. Raises OSError when there is none, OverflowError. See getservbyport(3).",
        event: Some("socket.getservbyport"),
        run: &typed(getservbyport),
        ..FUNCTION
    },
    Op {
        name: "getprotobyname",
        params: &[need("protocolname", "protocol, as 'icmp'")],
        returns: "int",
        doc: "The number of a protocol. Raises OSError when it is unknown. See getprotobyname(3).",
        run: &typed(getprotobyname),
        ..FUNCTION
    },
];

fn name(text: Text) -> Result<String> {
    text.utf8("host name")
}

fn c_string(text: Text) -> Result<CString> {
    CString::new(text.0).map_err(|_| Error::value("embedded null character"))
}

fn triple(host: Host) -> Value {
    let texts = |texts: Vec<String>| Value::List(texts.into_iter().map(Value::text).collect());
    let addresses = host.addresses.iter().map(ToString::to_string).collect();
    Value::Several(vec![
        Value::text(host.name),
        texts(host.aliases),
        texts(addresses),
    ])
}

fn gethostbyname(cx: &Cx<'_>, hostname: Text) -> Result<String> {
    Ok(cx.net.host_address_of(&name(hostname)?)?.to_string())
}

fn gethostbyname_ex(cx: &Cx<'_>, hostname: Text) -> Result<Value> {
    Ok(triple(cx.net.host_by_name(&name(hostname)?)?))
}

fn gethostbyaddr(cx: &Cx<'_>, ip_address: Text) -> Result<Value> {
    Ok(triple(cx.net.host_by_address(&name(ip_address)?)?))
}

fn getfqdn(cx: &Cx<'_>, host: Text) -> Result<String> {
    cx.net.full_name(&name(host)?)
}

fn getservbyname(cx: &Cx<'_>, service: Text, protocol: Option<Text>) -> Result<u16> {
    cx.net
        .service_port(c_string(service)?, protocol.map(c_string).transpose()?)
}

fn getservbyport(cx: &Cx<'_>, port: i32, protocol: Option<Text>) -> Result<String> {
    let port = u16::try_from(port).map_err(|_| Error::overflow("getservbyport: port must be 0-65535."))?;
    cx.net.service_name(port, protocol.map(c_string).transpose()?)
}

fn getprotobyname(cx: &Cx<'_>, protocol: Text) -> Result<i32> {
    cx.net.protocol_number(c_string(protocol)?)
}
