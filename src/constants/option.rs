//! Levels and socket options: the first two arguments of `setsockopt()` and `getsockopt()`.

use super::{Constant, Group, Platform, Value};

pub(super) static TABLE: &[Constant] = &[
    // Levels.
    c!(SOL_SOCKET, Level),
    // No libc has these three everywhere; CPython writes the same numbers.
    c!(SOL_IP = 0, Level),
    c!(SOL_TCP = 6, Level),
    c!(SOL_UDP = 17, Level),
    // linux/can.h, linux/can/raw.h, linux/can/isotp.h: SOL_CAN_BASE plus the protocol.
    c!(SOL_CAN_BASE, Level, Linux),
    c!(SOL_CAN_RAW, Level, Linux),
    c!(SOL_CAN_ISOTP = 106, Level, Linux),
    // bits/socket.h.
    c!(SOL_ALG, Level, Linux),
    c!(SOL_TIPC, Level, Linux),
    c!(SOL_RDS = 276, Level, Linux),
    // netipx/ipx.h, netax25/ax25.h, netatalk/at.h, netrom/netrom.h, netrose/rose.h.
    c!(SOL_IPX = 256, Level, Linux),
    c!(SOL_AX25 = 257, Level, Linux),
    c!(SOL_ATALK = 258, Level, Linux),
    c!(SOL_NETROM = 259, Level, Linux),
    c!(SOL_ROSE = 260, Level, Linux),
    // bluetooth/bluetooth.h.
    c!(SOL_BLUETOOTH, Level, Linux),
    c!(SOL_HCI = 0, Level, LinuxBsd if linux),
    c!(SOL_L2CAP = 6, Level, Linux),
    c!(SOL_RFCOMM = 18, Level, LinuxWindows),
    c!(SOL_SCO = 17, Level, Linux),
    // Options of every socket, at `SOL_SOCKET`.
    c!(SO_ACCEPTCONN, SocketOption),
    c!(SO_BROADCAST, SocketOption),
    c!(SO_DEBUG, SocketOption),
    c!(SO_DONTROUTE, SocketOption),
    c!(SO_ERROR, SocketOption),
    c!(SO_KEEPALIVE, SocketOption),
    c!(SO_LINGER, SocketOption),
    c!(SO_OOBINLINE, SocketOption),
    c!(SO_RCVBUF, SocketOption),
    c!(SO_RCVLOWAT, SocketOption),
    c!(SO_RCVTIMEO, SocketOption),
    c!(SO_REUSEADDR, SocketOption),
    c!(SO_REUSEPORT, SocketOption, Unix),
    c!(SO_SNDBUF, SocketOption),
    c!(SO_SNDLOWAT, SocketOption),
    c!(SO_SNDTIMEO, SocketOption),
    c!(SO_TYPE, SocketOption),
    // Of Linux, and where another system took the name over.
    c!(SO_BINDTODEVICE, SocketOption, Linux),
    c!(SO_BINDTOIFINDEX, SocketOption, Linux),
    c!(SO_DOMAIN, SocketOption, LinuxBsd if any(linux, target_os = "freebsd", target_os = "openbsd")),
    c!(SO_INCOMING_CPU, SocketOption, Linux),
    c!(SO_MARK, SocketOption, Linux),
    c!(SO_PASSCRED, SocketOption, LinuxBsd if any(linux, target_os = "dragonfly")),
    c!(SO_PASSSEC, SocketOption, Linux),
    c!(SO_PEERCRED, SocketOption, LinuxBsd if any(linux, target_os = "openbsd")),
    c!(SO_PEERSEC, SocketOption, Linux),
    c!(SO_PRIORITY, SocketOption, Linux),
    c!(SO_PROTOCOL, SocketOption, LinuxBsd if any(linux, target_os = "freebsd", target_os = "openbsd")),
    // At `SOL_IP` (linux/netfilter_ipv4.h).
    c!(SO_ORIGINAL_DST, SocketOption, LinuxWindows),
    // Of other systems.
    c!(SO_EXCLUSIVEADDRUSE, SocketOption, Windows),
    c!(SO_REUSEPORT_LB, SocketOption, Bsd if target_os = "freebsd"),
    c!(SO_RTABLE, SocketOption, OpenBsd),
    c!(SO_SETFIB, SocketOption, Bsd if target_os = "freebsd"),
    c!(SO_USELOOPBACK, SocketOption, NotLinux),
    c!(SO_USER_COOKIE, SocketOption, Bsd if target_os = "freebsd"),
    // At the level of a Unix socket, on macOS and the BSDs.
    c!(LOCAL_PEERCRED, SocketOption, AppleBsd if any(apple, target_os = "freebsd", target_os = "dragonfly")),
    c!(LOCAL_CREDS, SocketOption, Bsd if any(target_os = "freebsd", target_os = "netbsd")),
    c!(LOCAL_CREDS_PERSISTENT, SocketOption, Bsd if target_os = "freebsd"),
    // netipx/ipx.h.
    c!(IPX_TYPE = 1, SocketOption, Linux),
];
