//! Addresses as the values scripts get: Python's tuples, and its bare texts and numbers where it has those.

use crate::address::{Address, BluetoothName, CanName, TipcName, UnixName, generic_data};
use crate::api::record::{self, RecordKind};
use crate::api::value::{Record, Value};
use crate::error::{Asked, Result};
use crate::net::Endpoint;

/// The value a script gets for an address.
pub(in crate::api) fn show(address: &Address) -> Value {
    let host = || Value::text(address.host().unwrap_or_default());
    match address {
        Address::Inet { port, .. } => record(&record::INET, vec![host(), number(*port)]),
        Address::Inet6 {
            port,
            flowinfo,
            scope_id,
            ..
        } => record(
            &record::INET6,
            vec![host(), number(*port), number(*flowinfo), number(*scope_id)],
        ),
        Address::Unix(UnixName::Unnamed) => record(&record::UNIX, vec![Value::text("")]),
        Address::Unix(UnixName::Path(path)) => record(&record::UNIX, vec![text(path)]),
        Address::Unix(name) => record(&record::UNIX, vec![Value::bytes(name.to_bytes())]),
        Address::Netlink { pid, groups } => record(&record::NETLINK, vec![number(*pid), number(*groups)]),
        Address::Packet(name) => record(
            &record::PACKET,
            vec![
                text(&name.interface.name),
                number(name.protocol),
                number(name.pkttype),
                number(name.hatype),
                Value::bytes(name.address.to_vec()),
            ],
        ),
        Address::Vsock { cid, port } => record(&record::VSOCK, vec![number(*cid), number(*port)]),
        Address::Can { interface, name } => can(text(&interface.name), *name),
        Address::Tipc(name) => tipc(*name),
        Address::Alg(name) => record(
            &record::ALG,
            vec![
                text(&name.kind),
                text(&name.name),
                number(name.feat),
                number(name.mask),
            ],
        ),
        Address::Qipcrtr { node, port } => record(&record::QIPCRTR, vec![number(*node), number(*port)]),
        Address::Bluetooth(name) => bluetooth(*name),
        Address::Other { family, data } => record(
            &record::OTHER,
            vec![
                Value::Int((*family).into()),
                Value::bytes(generic_data(data).to_vec()),
            ],
        ),
        _ => Value::None,
    }
}

/// The value a script gets for an address as a script gave it.
pub(in crate::api) fn show_endpoint(endpoint: &Endpoint) -> Value {
    match endpoint {
        Endpoint::Address(address) | Endpoint::Interface(address) => show(address),
        named => named_by(named).map_or(Value::None, |asked| show_asked(&asked)),
    }
}

/// The host that an address names, and what follows it; none where it names no host.
fn named_by(endpoint: &Endpoint) -> Option<Asked> {
    let (host, places) = match endpoint {
        Endpoint::Inet { host, port } => (host, vec![u32::from(*port)]),
        Endpoint::Inet6 {
            host,
            port,
            flowinfo,
            scope_id,
            places,
        } => {
            let mut all = vec![u32::from(*port), *flowinfo, *scope_id];
            all.truncate(places.saturating_sub(1));
            (host, all)
        }
        Endpoint::Address(_) | Endpoint::Interface(_) => return None,
    };
    Some(Asked {
        host: host.0.clone(),
        places,
    })
}

/// The value a script gets for an address whose host could not be resolved: as it was given.
pub(in crate::api) fn show_asked(asked: &Asked) -> Value {
    let host = Value::text(asked.host.clone());
    let items = std::iter::once(host).chain(asked.places.iter().copied().map(number));
    let kind = if asked.places.len() == 1 {
        &record::INET
    } else {
        &record::INET6
    };
    record(kind, items.collect())
}

/// What becomes of a call with an address that a script gave: an error names the call, and the address as it was given where it
/// could not be resolved.
pub(in crate::api) fn asked<T>(op: &'static str, endpoint: &Endpoint, outcome: Result<T>) -> Result<T> {
    outcome.map_err(|error| {
        let error = error.called(op);
        match named_by(endpoint) {
            Some(asked) => error.asking(asked),
            None => error,
        }
    })
}

fn can(interface: Value, name: CanName) -> Value {
    match name {
        CanName::Raw => record(&record::CAN, vec![interface]),
        CanName::Isotp { rx, tx } => record(&record::CAN_ISOTP, vec![interface, number(rx), number(tx)]),
        CanName::J1939 { name, pgn, address } => record(
            &record::CAN_J1939,
            // Scripts have 64 bits with a sign; the kind prints them without.
            vec![
                interface,
                Value::Int(name.cast_signed()),
                number(pgn),
                number(address),
            ],
        ),
    }
}

fn tipc(name: TipcName) -> Value {
    let [v1, v2, v3] = name.target.values();
    let scope = i32::from(name.scope).cast_unsigned();
    record(
        &record::TIPC,
        vec![
            number(name.target.kind()),
            number(v1),
            number(v2),
            number(v3),
            number(scope),
        ],
    )
}

/// As CPython 3.14: parts that say nothing are left out at the end, and what has one part is that part.
fn bluetooth(name: BluetoothName) -> Value {
    match name {
        BluetoothName::L2cap {
            device,
            psm,
            cid,
            kind,
        } => {
            let mut items = vec![Value::text(device.to_string()), number(psm)];
            if cid != 0 || kind != 0 {
                items.push(number(cid));
            }
            if kind != 0 {
                items.push(number(kind));
            }
            record(&record::L2CAP, items)
        }
        BluetoothName::Rfcomm { device, channel } => record(
            &record::RFCOMM,
            vec![Value::text(device.to_string()), number(channel)],
        ),
        BluetoothName::Hci {
            controller,
            channel: 0,
        } => number(controller),
        BluetoothName::Hci { controller, channel } => {
            record(&record::HCI, vec![number(controller), number(channel)])
        }
        BluetoothName::Sco { device } => Value::text(device.to_string()),
    }
}

fn number(number: impl Into<i64>) -> Value {
    Value::Int(number.into())
}

/// Text where it is some, bytes where not.
fn text(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => Value::text(text.to_owned()),
        Err(_) => Value::bytes(bytes.to_vec()),
    }
}

fn record(kind: &'static RecordKind, items: Vec<Value>) -> Value {
    Value::Record(Box::new(Record { kind, items }))
}
