//! Address families, socket kinds and the few constants that belong to no family: what `socket.socket()`
//! and `shutdown()` take.

use super::{Constant, Group, Platform, Value};

pub(super) static TABLE: &[Constant] = &[
    // Address families.
    c!(AF_UNSPEC, AddressFamily),
    c!(AF_UNIX, AddressFamily, Unix),
    c!(AF_LOCAL, AddressFamily, Unix),
    c!(AF_INET, AddressFamily),
    c!(AF_INET6, AddressFamily),
    // Linux: kernel interfaces, buses and virtual machines.
    c!(AF_NETLINK, AddressFamily, Linux),
    c!(AF_PACKET, AddressFamily, Linux),
    c!(AF_CAN, AddressFamily, Linux),
    c!(AF_TIPC, AddressFamily, Linux),
    c!(AF_RDS, AddressFamily, Linux),
    c!(AF_ALG, AddressFamily, Linux),
    c!(AF_VSOCK, AddressFamily, Linux),
    c!(AF_QIPCRTR = 42, AddressFamily, Linux),
    c!(AF_BLUETOOTH, AddressFamily, NotApple),
    // Routing, keys and links.
    c!(AF_ROUTE, AddressFamily, Unix),
    c!(AF_KEY, AddressFamily, LinuxBsd if any(linux, target_os = "openbsd")),
    c!(AF_LINK, AddressFamily, NotLinux),
    // The protocols of other decades.
    c!(AF_APPLETALK, AddressFamily),
    c!(AF_ASH, AddressFamily, Linux),
    c!(AF_ATMPVC, AddressFamily, Linux),
    c!(AF_ATMSVC, AddressFamily, Linux),
    c!(AF_AX25, AddressFamily, Linux),
    c!(AF_BRIDGE, AddressFamily, Linux),
    c!(AF_DECnet, AddressFamily),
    c!(AF_ECONET, AddressFamily, Linux),
    c!(AF_IPX, AddressFamily),
    c!(AF_IRDA, AddressFamily, LinuxWindows),
    c!(AF_LLC, AddressFamily, Linux),
    c!(AF_NETBEUI, AddressFamily, Linux),
    c!(AF_NETROM, AddressFamily, Linux),
    c!(AF_PPPOX, AddressFamily, Linux),
    c!(AF_ROSE, AddressFamily, Linux),
    c!(AF_SECURITY, AddressFamily, Linux),
    c!(AF_SNA, AddressFamily),
    c!(AF_WANPIPE, AddressFamily, Linux),
    c!(AF_X25, AddressFamily, Linux),
    // Never on Linux.
    c!(AF_SYSTEM, AddressFamily, Apple),
    c!(AF_DIVERT = 44, AddressFamily, Bsd if target_os = "freebsd"),
    c!(AF_HYPERV, AddressFamily, Windows),
    // The same families as protocol families.
    c!(PF_PACKET, ProtocolFamily, Linux),
    c!(PF_CAN, ProtocolFamily, Linux),
    c!(PF_RDS, ProtocolFamily, Linux),
    c!(PF_SYSTEM, ProtocolFamily, Apple),
    c!(PF_DIVERT = 44, ProtocolFamily, Bsd if target_os = "freebsd"),
    // Socket kinds; the last two are bits to add to the others.
    c!(SOCK_STREAM, SocketKind),
    c!(SOCK_DGRAM, SocketKind),
    c!(SOCK_RAW, SocketKind),
    c!(SOCK_RDM, SocketKind),
    c!(SOCK_SEQPACKET, SocketKind),
    c!(SOCK_NONBLOCK, SocketKind, LinuxBsd),
    c!(SOCK_CLOEXEC, SocketKind, LinuxBsd),
    // Which halves `shutdown()` closes.
    c!(SHUT_RD, Shutdown),
    c!(SHUT_WR, Shutdown),
    c!(SHUT_RDWR, Shutdown),
    // The largest backlog `listen()` asks for.
    c!(SOMAXCONN, Other),
    // Whether this build speaks IPv6.
    c!(has_ipv6: Bool(true), Other, All),
    // The error numbers `socket` exports by itself.
    c!(EBADF, Errno),
    c!(EAGAIN, Errno),
    c!(EWOULDBLOCK, Errno),
];
