//! The address forms of the families only Linux has, read as CPython reads them.
//!
//! Where C takes an unsigned number, a negative one stands for its bits, as `VMADDR_CID_ANY` is often written -1. A
//! number too large for its place, which CPython cuts to fit, is an error here.

use crate::address::{
    Address, AlgName, BluetoothName, CanName, DeviceAddress, Interface, PacketName, TipcName, TipcTarget,
};
use crate::api::argument::{FromArg, Text, whole};
use crate::api::value::Value;
use crate::bytes::Bytes;
use crate::error::{Class, Error, Result};
use crate::net::Endpoint;
use crate::sys::flag::{
    BTPROTO_HCI, BTPROTO_L2CAP, BTPROTO_RFCOMM, BTPROTO_SCO, CAN_BCM, CAN_ISOTP, CAN_J1939, CAN_RAW,
};

use super::{items, parts};

/// The room for an interface's name with its NUL.
const INTERFACE_NAME: usize = 16;

pub(super) fn netlink(op: &str, value: Value) -> Result<Endpoint> {
    let shape = "AF_NETLINK address must be a pair (pid, groups)";
    let [pid, groups, ..] = parts(op, "AF_NETLINK", value, 2..=2, shape)?;
    Ok(Endpoint::Address(Address::Netlink {
        pid: bits(op, &pid)?,
        groups: bits(op, &groups)?,
    }))
}

pub(super) fn vsock(op: &str, value: Value) -> Result<Endpoint> {
    let shape = "AF_VSOCK address must be a pair (CID, port)";
    let [cid, port, ..] = parts(op, "AF_VSOCK", value, 2..=2, shape)?;
    Ok(Endpoint::Address(Address::Vsock {
        cid: bits(op, &cid)?,
        port: bits(op, &port)?,
    }))
}

pub(super) fn qipcrtr(op: &str, value: Value) -> Result<Endpoint> {
    let shape = "AF_QIPCRTR address must be a pair (node, port)";
    let [node, port, ..] = parts(op, "AF_QIPCRTR", value, 2..=2, shape)?;
    Ok(Endpoint::Address(Address::Qipcrtr {
        node: bits(op, &node)?,
        port: bits(op, &port)?,
    }))
}

pub(super) fn packet(op: &str, value: Value) -> Result<Endpoint> {
    let shape = "AF_PACKET address must be a tuple of two to five elements";
    let [name, protocol, pkttype, hatype, address] = parts(op, "AF_PACKET", value, 2..=5, shape)?;
    let name = text(name, "embedded null character")?;
    let unfit = || Error::overflow(format!("{op}(): address argument out of range"));
    let protocol = u16::try_from(number(&protocol)?)
        .map_err(|_| Error::overflow(format!("{op}(): proto must be 0-65535.")))?;
    let pkttype = u8::try_from(optional(&pkttype)?).map_err(|_| unfit())?;
    let hatype = u16::try_from(optional(&hatype)?).map_err(|_| unfit())?;
    let address = match address {
        Value::None => Vec::new(),
        value => {
            let given = value.kind();
            Bytes::from_arg(value)
                .map_err(|_| Error::type_error(format!("a bytes-like object is required, not '{given}'")))?
                .into_vec()
        }
    };
    if address.len() > 8 {
        return Err(Error::value("Hardware address must be 8 bytes or less"));
    }
    Ok(Endpoint::Interface(Address::Packet(Box::new(PacketName {
        interface: unnumbered(name),
        protocol,
        pkttype,
        hatype,
        address: address.into(),
    }))))
}

pub(super) fn can(op: &str, protocol: i32, value: Value) -> Result<Endpoint> {
    let (interface, name) = match protocol {
        CAN_RAW | CAN_BCM => {
            let shape = "AF_CAN address must be a tuple (interface, )";
            let [interface, ..] = parts(op, "AF_CAN", value, 1..=1, shape)?;
            (interface, CanName::Raw)
        }
        CAN_ISOTP => {
            let shape = "AF_CAN address must be a tuple (interface, rx_addr, tx_addr)";
            let [interface, rx, tx, ..] = parts(op, "AF_CAN", value, 3..=3, shape)?;
            let name = CanName::Isotp {
                rx: bits(op, &rx)?,
                tx: bits(op, &tx)?,
            };
            (interface, name)
        }
        CAN_J1939 => {
            let shape = "AF_CAN address must be a tuple (interface, name, pgn, addr)";
            let [interface, name, pgn, address, ..] = parts(op, "AF_CAN", value, 4..=4, shape)?;
            let name = CanName::J1939 {
                name: number(&name)?.cast_unsigned(),
                pgn: bits(op, &pgn)?,
                address: bits(op, &address)?,
            };
            (interface, name)
        }
        _ => {
            return Err(Error::new(
                Class::OSError,
                format!("{op}(): unsupported CAN protocol"),
            ));
        }
    };
    let interface = text(interface, "embedded null byte")?;
    if interface.len() >= INTERFACE_NAME {
        return Err(Error::new(Class::OSError, "AF_CAN interface name too long"));
    }
    let interface = unnumbered(interface);
    Ok(Endpoint::Interface(Address::Can { interface, name }))
}

pub(super) fn tipc(op: &str, value: Value) -> Result<Endpoint> {
    /// `TIPC_CLUSTER_SCOPE`.
    const CLUSTER: i8 = 2;
    let shape = "AF_TIPC address must be a tuple (addr_type, v1, v2, v3[, scope])";
    let [kind, v1, v2, v3, scope] = parts(op, "AF_TIPC", value, 4..=5, shape)?;
    let (kind, v1, v2, v3): (u32, _, _, _) =
        (bits(op, &kind)?, bits(op, &v1)?, bits(op, &v2)?, bits(op, &v3)?);
    let scope = match scope {
        Value::None => CLUSTER,
        scope => bits::<u8>(op, &scope)?.cast_signed(),
    };
    let target = match kind {
        1 => TipcTarget::Range {
            service: v1,
            lower: v2,
            upper: v3,
        },
        2 => TipcTarget::Service {
            service: v1,
            instance: v2,
        },
        3 => TipcTarget::Socket {
            node: v1,
            reference: v2,
        },
        _ => return Err(Error::type_error("Invalid address type")),
    };
    Ok(Endpoint::Address(Address::Tipc(TipcName { target, scope })))
}

pub(super) fn alg(op: &str, value: Value) -> Result<Endpoint> {
    let shape = "AF_ALG address must be a tuple (type, name[, feat[, mask]])";
    let [kind, name, feat, mask, ..] = parts(op, "AF_ALG", value, 2..=4, shape)?;
    let (kind, name) = (
        text(kind, "embedded null character")?,
        text(name, "embedded null character")?,
    );
    let feature = |value: &Value| match value {
        Value::None => Ok(0),
        value => bits(op, value),
    };
    let (feat, mask) = (feature(&feat)?, feature(&mask)?);
    if kind.len() >= 14 {
        return Err(Error::value("AF_ALG type too long."));
    }
    if name.len() >= 64 {
        return Err(Error::value("AF_ALG name too long."));
    }
    Ok(Endpoint::Address(Address::Alg(Box::new(AlgName {
        kind: kind.into(),
        name: name.into(),
        feat,
        mask,
    }))))
}

pub(super) fn bluetooth(op: &str, protocol: i32, value: Value) -> Result<Endpoint> {
    let wrong = || Error::new(Class::OSError, format!("{op}(): wrong format"));
    let part = |value: &Value| whole(value).ok_or_else(wrong);
    let name = match protocol {
        BTPROTO_L2CAP => {
            let mut items = items(value).ok_or_else(wrong)?.into_iter();
            let count = items.len();
            let (Some(device), Some(psm), 2..=4) = (items.next(), items.next(), count) else {
                return Err(wrong());
            };
            let mut rest = || items.next().map_or(Ok(0), |value| part(&value));
            let (cid, kind) = (rest()?, rest()?);
            BluetoothName::L2cap {
                psm: fit(op, part(&psm)?)?,
                cid: fit(op, cid)?,
                kind: fit(op, kind)?,
                device: device_address(text(device, "embedded null character").map_err(|_| wrong())?)?,
            }
        }
        BTPROTO_RFCOMM => {
            let Some(Ok([device, channel])) = items(value).map(<[Value; 2]>::try_from) else {
                return Err(wrong());
            };
            BluetoothName::Rfcomm {
                channel: fit(op, part(&channel)?)?,
                device: device_address(text(device, "embedded null character").map_err(|_| wrong())?)?,
            }
        }
        BTPROTO_HCI => {
            let (controller, channel) = match whole(&value) {
                Some(controller) => (controller, 0),
                None => match items(value).ok_or_else(wrong)?.as_slice() {
                    [controller] => (part(controller)?, 0),
                    [controller, channel] => (part(controller)?, part(channel)?),
                    _ => return Err(wrong()),
                },
            };
            BluetoothName::Hci {
                controller: fit(op, controller)?,
                channel: fit(op, channel)?,
            }
        }
        BTPROTO_SCO => {
            let bytes = Text::from_arg(value).map_err(|_| wrong())?.0;
            if bytes.contains(&0) {
                return Err(Error::value("embedded null byte"));
            }
            BluetoothName::Sco {
                device: device_address(bytes)?,
            }
        }
        _ => {
            return Err(Error::new(
                Class::OSError,
                format!("{op}(): unknown Bluetooth protocol"),
            ));
        }
    };
    Ok(Endpoint::Address(Address::Bluetooth(name)))
}

fn device_address(bytes: Vec<u8>) -> Result<DeviceAddress> {
    let text = String::from_utf8(bytes).ok();
    let device = text.and_then(|text| text.parse().ok());
    device.ok_or_else(|| Error::new(Class::OSError, "bad bluetooth address"))
}

fn unnumbered(name: Vec<u8>) -> Interface {
    Interface {
        index: 0,
        name: name.into(),
    }
}

/// A text without a NUL in it; `complaint` is CPython's about one.
fn text(value: Value, complaint: &'static str) -> Result<Vec<u8>> {
    let given = value.kind();
    let Ok(Text(bytes)) = Text::from_arg(value) else {
        return Err(Error::type_error(format!("expected str, not {given}")));
    };
    if bytes.contains(&0) {
        return Err(Error::value(complaint));
    }
    Ok(bytes)
}

fn number(value: &Value) -> Result<i64> {
    whole(value).ok_or_else(|| {
        Error::type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            value.kind()
        ))
    })
}

fn optional(value: &Value) -> Result<i64> {
    match value {
        Value::None => Ok(0),
        value => number(value),
    }
}

/// An unsigned number of C's, or the negative one that has the same bits.
fn bits<T: TryFrom<i64>>(op: &str, value: &Value) -> Result<T> {
    fit(op, number(value)?)
}

fn fit<T: TryFrom<i64>>(op: &str, number: i64) -> Result<T> {
    let width = 8 * u32::try_from(size_of::<T>()).unwrap_or(8);
    let span = 1_i64.checked_shl(width).unwrap_or(0);
    let unsigned = if number < 0 && number >= -(span / 2) {
        number + span
    } else {
        number
    };
    T::try_from(unsigned)
        .map_err(|_| Error::overflow(format!("{op}(): {number} does not fit in {width} bits")))
}
