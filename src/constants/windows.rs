//! Names CPython has on Windows alone: `Socket.ioctl()` codes and Hyper-V. Here they are names without a value.

use super::{Constant, Group, Platform, Value};

pub(super) static TABLE: &[Constant] = &[
    // Codes of `ioctl()`, and what SIO_RCVALL takes.
    c!(SIO_RCVALL, Ioctl, Windows),
    c!(SIO_KEEPALIVE_VALS, Ioctl, Windows),
    c!(SIO_LOOPBACK_FAST_PATH, Ioctl, Windows),
    c!(RCVALL_OFF, Ioctl, Windows),
    c!(RCVALL_ON, Ioctl, Windows),
    c!(RCVALL_SOCKETLEVELONLY, Ioctl, Windows),
    c!(RCVALL_IPLEVEL, Ioctl, Windows),
    c!(RCVALL_MAX, Ioctl, Windows),
    // Hyper-V sockets: protocol, options, and the identifiers of machines.
    c!(HV_PROTOCOL_RAW, HyperV, Windows),
    c!(HVSOCKET_CONNECT_TIMEOUT, HyperV, Windows),
    c!(HVSOCKET_CONNECT_TIMEOUT_MAX, HyperV, Windows),
    c!(HVSOCKET_CONNECTED_SUSPEND, HyperV, Windows),
    c!(HVSOCKET_ADDRESS_FLAG_PASSTHRU, HyperV, Windows),
    c!(HV_GUID_ZERO, HyperV, Windows),
    c!(HV_GUID_WILDCARD, HyperV, Windows),
    c!(HV_GUID_BROADCAST, HyperV, Windows),
    c!(HV_GUID_CHILDREN, HyperV, Windows),
    c!(HV_GUID_LOOPBACK, HyperV, Windows),
    c!(HV_GUID_PARENT, HyperV, Windows),
];
