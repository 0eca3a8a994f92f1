//! Names CPython has on Windows alone: `Socket.ioctl()` codes and Hyper-V. Here those of Hyper-V are names
//! without a value; `ioctl()` works, with Windows' own numbers (mstcpip.h).

use super::{Constant, Group, Platform, Value};

pub(super) static TABLE: &[Constant] = &[
    // Codes of `ioctl()`, and what SIO_RCVALL takes.
    c!(SIO_RCVALL = 0x9800_0001, Ioctl, Windows),
    c!(SIO_KEEPALIVE_VALS = 0x9800_0004, Ioctl, Windows),
    c!(SIO_LOOPBACK_FAST_PATH = 0x9800_0010, Ioctl, Windows),
    c!(RCVALL_OFF = 0, Ioctl, Windows),
    c!(RCVALL_ON = 1, Ioctl, Windows),
    c!(RCVALL_SOCKETLEVELONLY = 2, Ioctl, Windows),
    c!(RCVALL_IPLEVEL = 3, Ioctl, Windows),
    c!(RCVALL_MAX = 3, Ioctl, Windows),
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
