//! Names and addresses.

use std::ffi::CString;

use crate::address::Address;
use crate::api::argument::{Any, Text};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, Op, need, with};
use crate::api::record::{ADDRINFO, INTERFACE};
use crate::api::value::Record;
use crate::api::{Cx, Value, address, argument};
use crate::error::{Asked, Class, Error, Result};
use crate::net::{Endpoint, Fact, Found, Host, Lookup, check_host};
use crate::sys::flag::{AI_NUMERICHOST, SOCK_DGRAM};

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
        name: "getnameinfo",
        params: &[
            need("sockaddr", "(host, port), the host a number"),
            need("flags", "NI_* bits"),
        ],
        returns: "str, str",
        doc: "The names of a host and a service, or their numbers as `flags` ask. Raises gaierror. See getnameinfo(3).",
        event: Some("socket.getnameinfo"),
        run: &typed(getnameinfo),
        ..FUNCTION
    },
    Op {
        name: "sethostname",
        params: &[need("name", "the new name")],
        doc: "Change this machine's name. Raises PermissionError without privileges. See sethostname(2).",
        event: Some("socket.sethostname"),
        run: &typed(sethostname),
        ..FUNCTION
    },
    Op {
        name: "if_nameindex",
        returns: "list of (int, str)",
        doc: "Every network interface: its number and its name. Raises OSError. See if_nameindex(3).",
        run: &typed(if_nameindex),
        ..FUNCTION
    },
    Op {
        name: "if_nametoindex",
        params: &[need("if_name", "interface name")],
        returns: "int",
        doc: "The number of a network interface. Raises OSError when there is none of that name.",
        run: &typed(if_nametoindex),
        ..FUNCTION
    },
    Op {
        name: "if_indextoname",
        params: &[need("if_index", "interface number")],
        returns: "str",
        doc: "The name of a network interface. Raises OSError (ENXIO) when there is none of that number.",
        run: &typed(if_indextoname),
        ..FUNCTION
    },
    Op {
        name: "gethostname",
        returns: "str",
        doc: "This machine's name, as it calls itself. Raises OSError. See gethostname(2).",
        event: Some("socket.gethostname"),
        run: &typed(gethostname),
        ..FUNCTION
    },
];

/// An address whose host is a number, for `getnameinfo`.
fn numeric_address(cx: &Cx<'_>, value: Value) -> Result<Address> {
    const OP: &str = "getnameinfo";
    let Value::List(items) = &value else {
        if let Value::Record(record) = value {
            return numeric_address(cx, Value::List(record.items));
        }
        return Err(Error::type_error(format!(
            "{OP}() argument 1 must be a tuple, not {}",
            value.kind()
        )));
    };
    let places = items.len();
    if !(2..=4).contains(&places) || matches!(items[0], Value::None) || argument::whole(&items[1]).is_none() {
        return Err(Error::type_error(format!("{OP}(): illegal sockaddr argument")));
    }
    let extra = |place: usize| items.get(place).and_then(argument::whole).unwrap_or(0);
    let flowinfo = u32::try_from(extra(2))
        .ok()
        .filter(|flowinfo| *flowinfo <= 0xf_ffff)
        .ok_or_else(|| Error::overflow(format!("{OP}(): flowinfo must be 0-1048575.")))?;
    let scope_id =
        u32::try_from(extra(3)).map_err(|_| Error::overflow(format!("{OP}(): scope_id is out of range")))?;
    let port = items.get(1).and_then(argument::whole);
    let pair = address::read_pair(OP, value)?;
    cx.net.announce_to_scripts("socket.getnameinfo", || {
        let host = Host(pair.host.clone().unwrap_or_default());
        let port = port.and_then(|port| u16::try_from(port).ok()).unwrap_or(0);
        vec![Fact::Endpoint(if places == 2 {
            Endpoint::Inet { host, port }
        } else {
            Endpoint::Inet6 {
                host,
                port,
                flowinfo,
                scope_id,
                places,
            }
        })]
    })?;
    let lookup = Lookup {
        host: pair.host,
        service: pair.service,
        kind: SOCK_DGRAM,
        flags: AI_NUMERICHOST,
        ..Lookup::default()
    };
    let found = cx.net.lookup_unheard(&lookup).map_err(|error| {
        let host = lookup.host.clone().unwrap_or_default();
        let places = port
            .and_then(|port| u32::try_from(port).ok())
            .into_iter()
            .collect();
        error.called(OP).asking(Asked { host, places })
    })?;
    match found.into_iter().next().map(|found| found.address) {
        Some(Address::Inet { .. }) if places != 2 => {
            Err(Error::new(Class::OSError, "IPv4 sockaddr must be 2 tuple"))
        }
        // The zone is what the tuple says, also where the host names one: as in CPython.
        Some(Address::Inet6 { ip, port, .. }) => Ok(Address::Inet6 {
            ip,
            port,
            flowinfo,
            scope_id,
        }),
        Some(address) => Ok(address),
        None => Err(Error::new(Class::OSError, "getaddrinfo returns an empty list")),
    }
}

fn getnameinfo(cx: &Cx<'_>, sockaddr: Any, flags: i32) -> Result<(String, String)> {
    let address = numeric_address(cx, sockaddr.0)?;
    cx.net.name_info(&address, flags)
}

fn sethostname(cx: &Cx<'_>, name: Text) -> Result<()> {
    cx.net.set_host_name(&name.0)
}

fn if_nameindex(cx: &Cx<'_>) -> Result<Value> {
    let pair = |(index, name): (u32, Vec<u8>)| {
        let name = Value::text(String::from_utf8_lossy(&name).into_owned());
        let items = vec![Value::Int(index.into()), name];
        Value::Record(Box::new(Record {
            kind: &INTERFACE,
            items,
        }))
    };
    Ok(Value::List(cx.net.interfaces()?.into_iter().map(pair).collect()))
}

fn if_nametoindex(cx: &Cx<'_>, name: Text) -> Result<u32> {
    let name = CString::new(name.0).map_err(|_| Error::value("embedded null byte"))?;
    cx.net.interface_number(&name)
}

fn if_indextoname(cx: &Cx<'_>, index: u32) -> Result<String> {
    let name = cx.net.interface_name(index)?;
    Ok(String::from_utf8_lossy(&name).into_owned())
}

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
    // Of two faults CPython tells the host's.
    host.as_deref().map(check_host).transpose()?;
    let numbered = argument::whole(&port.0).is_some();
    let service = address::read_service(OP, port.0)?;
    let lookup = Lookup {
        host,
        service,
        numbered,
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
    cx.net.host_name()
}
