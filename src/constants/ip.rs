//! The Internet protocols: their numbers, ports and addresses with a name, and the options of IPv4 and IPv6.
//!
//! Numbers for macOS and the BSDs are those of KAME's `netinet/in.h` and `netinet6/in6.h`, which all of them kept.

use super::{Constant, Group, Platform, Value};

pub(super) static TABLE: &[Constant] = &[
    // Protocols.
    c!(IPPROTO_IP, Protocol),
    c!(IPPROTO_HOPOPTS, Protocol),
    c!(IPPROTO_ICMP, Protocol),
    c!(IPPROTO_IGMP, Protocol),
    c!(IPPROTO_IPIP, Protocol, Unix),
    c!(IPPROTO_TCP, Protocol),
    c!(IPPROTO_EGP, Protocol),
    c!(IPPROTO_PUP, Protocol),
    c!(IPPROTO_UDP, Protocol),
    c!(IPPROTO_IDP, Protocol),
    c!(IPPROTO_TP, Protocol, Unix),
    c!(IPPROTO_IPV6, Protocol),
    c!(IPPROTO_ROUTING, Protocol),
    c!(IPPROTO_FRAGMENT, Protocol),
    c!(IPPROTO_RSVP, Protocol, Unix),
    c!(IPPROTO_GRE, Protocol, Unix),
    c!(IPPROTO_ESP, Protocol),
    c!(IPPROTO_AH, Protocol),
    c!(IPPROTO_ICMPV6, Protocol),
    c!(IPPROTO_NONE, Protocol),
    c!(IPPROTO_DSTOPTS, Protocol),
    c!(IPPROTO_PIM, Protocol),
    c!(IPPROTO_SCTP, Protocol, All if not(any(target_os = "openbsd", target_os = "dragonfly"))),
    c!(IPPROTO_UDPLITE, Protocol, LinuxBsd if any(linux, target_os = "freebsd")),
    c!(IPPROTO_MPTCP, Protocol, Linux),
    c!(IPPROTO_RAW, Protocol),
    // Named on other systems only.
    c!(IPPROTO_GGP, Protocol, NotLinux),
    c!(IPPROTO_IPV4 = 4, Protocol, NotLinux),
    c!(IPPROTO_ND, Protocol, NotLinux if any(apple, target_os = "freebsd", target_os = "dragonfly")),
    c!(IPPROTO_MAX, Protocol, NotLinux),
    c!(IPPROTO_EON, Protocol, AppleBsd),
    c!(IPPROTO_HELLO, Protocol, AppleBsd if any(apple, target_os = "freebsd", target_os = "dragonfly")),
    c!(IPPROTO_IPCOMP, Protocol, AppleBsd),
    c!(IPPROTO_XTP, Protocol, AppleBsd if any(apple, target_os = "freebsd", target_os = "dragonfly")),
    c!(IPPROTO_BIP, Protocol, Bsd, absent),
    c!(IPPROTO_MOBILE, Protocol, Bsd),
    c!(IPPROTO_VRRP, Protocol, Bsd if target_os = "netbsd"),
    c!(IPPROTO_CBT, Protocol, Windows),
    c!(IPPROTO_ICLFXBM, Protocol, Windows),
    c!(IPPROTO_IGP, Protocol, Windows),
    c!(IPPROTO_L2TP, Protocol, Windows),
    c!(IPPROTO_PGM, Protocol, Windows),
    c!(IPPROTO_RDP, Protocol, Windows),
    c!(IPPROTO_ST, Protocol, Windows),
    // The protocol of an `AF_SYSTEM` socket.
    c!(SYSPROTO_CONTROL, Protocol, Apple),
    // Ports (netinet/in.h; CPython writes the same numbers).
    c!(IPPORT_RESERVED = 1024, Port),
    c!(IPPORT_USERRESERVED = 5000, Port),
    // IPv4 addresses as integers (netinet/in.h; the groups are not in libc).
    c!(INADDR_ANY, Address),
    c!(INADDR_BROADCAST, Address),
    c!(INADDR_LOOPBACK, Address),
    c!(INADDR_NONE, Address),
    c!(INADDR_UNSPEC_GROUP = 0xe000_0000, Address),
    c!(INADDR_ALLHOSTS_GROUP = 0xe000_0001, Address),
    c!(INADDR_MAX_LOCAL_GROUP = 0xe000_00ff, Address),
    // IPv4 options, at `IPPROTO_IP`. Where a number stands, it is from linux/in.h or the BSDs' netinet/in.h.
    #[cfg(linux)]
    c!(IP_OPTIONS, Ip),
    #[cfg(not(linux))]
    c!(IP_OPTIONS = 1, Ip),
    c!(IP_HDRINCL, Ip),
    c!(IP_TOS, Ip),
    c!(IP_TTL, Ip),
    #[cfg(linux)]
    c!(IP_RECVOPTS, Ip, Unix),
    #[cfg(not(linux))]
    c!(IP_RECVOPTS = 5, Ip, Unix),
    #[cfg(linux)]
    c!(IP_RECVRETOPTS = 7, Ip, Unix),
    #[cfg(not(linux))]
    c!(IP_RECVRETOPTS = 6, Ip, Unix),
    #[cfg(linux)]
    c!(IP_RETOPTS, Ip, Unix),
    #[cfg(not(linux))]
    c!(IP_RETOPTS = 8, Ip, Unix),
    c!(IP_RECVTOS, Ip, All if any(linux, apple, target_os = "freebsd")),
    c!(IP_RECVTTL, Ip, All if not(any(target_os = "netbsd", target_os = "openbsd"))),
    c!(IP_RECVERR, Ip, LinuxWindows),
    c!(IP_PKTINFO, Ip, All if any(linux, apple, target_os = "netbsd")),
    c!(IP_RECVDSTADDR, Ip, NotLinux),
    c!(IP_RECVORIGDSTADDR, Ip, LinuxBsd if any(linux, target_os = "freebsd")),
    c!(IP_FREEBIND, Ip, Linux),
    c!(IP_TRANSPARENT, Ip, Linux),
    c!(IP_BIND_ADDRESS_NO_PORT, Ip, Linux),
    // IPv4 multicast (the defaults and the maximum: bits/in.h).
    c!(IP_MULTICAST_IF, Ip),
    c!(IP_MULTICAST_TTL, Ip),
    c!(IP_MULTICAST_LOOP, Ip),
    c!(IP_ADD_MEMBERSHIP, Ip),
    c!(IP_DROP_MEMBERSHIP, Ip),
    c!(IP_ADD_SOURCE_MEMBERSHIP, Ip, All if any(linux, apple, target_os = "freebsd")),
    c!(IP_DROP_SOURCE_MEMBERSHIP, Ip, All if any(linux, apple, target_os = "freebsd")),
    c!(IP_BLOCK_SOURCE, Ip, All if any(linux, apple, target_os = "freebsd")),
    c!(IP_UNBLOCK_SOURCE, Ip, All if any(linux, apple, target_os = "freebsd")),
    c!(IP_DEFAULT_MULTICAST_TTL = 1, Ip, Unix),
    c!(IP_DEFAULT_MULTICAST_LOOP = 1, Ip, Unix),
    #[cfg(linux)]
    c!(IP_MAX_MEMBERSHIPS = 20, Ip, Unix),
    #[cfg(not(linux))]
    c!(IP_MAX_MEMBERSHIPS = 4095, Ip, Unix if apple),
    // IPv6 options, at `IPPROTO_IPV6` (numbers: bits/in.h, or netinet6/in6.h).
    c!(IPV6_UNICAST_HOPS, Ipv6),
    c!(IPV6_MULTICAST_IF, Ipv6),
    c!(IPV6_MULTICAST_HOPS, Ipv6),
    c!(IPV6_MULTICAST_LOOP, Ipv6),
    #[cfg(linux)]
    c!(IPV6_JOIN_GROUP = 20, Ipv6),
    #[cfg(not(linux))]
    c!(IPV6_JOIN_GROUP, Ipv6),
    #[cfg(linux)]
    c!(IPV6_LEAVE_GROUP = 21, Ipv6),
    #[cfg(not(linux))]
    c!(IPV6_LEAVE_GROUP, Ipv6),
    c!(IPV6_V6ONLY, Ipv6),
    c!(IPV6_CHECKSUM, Ipv6, All if not(any(target_os = "netbsd", target_os = "openbsd"))),
    c!(IPV6_DONTFRAG, Ipv6),
    c!(IPV6_HDRINCL, Ipv6, LinuxWindows),
    c!(IPV6_RECVERR, Ipv6, LinuxWindows),
    c!(IPV6_USE_MIN_MTU = 42, Ipv6, AppleBsd),
    // IPv6 ancillary data (RFC 3542).
    c!(IPV6_RECVPKTINFO, Ipv6, Unix),
    c!(IPV6_PKTINFO, Ipv6),
    c!(IPV6_RECVHOPLIMIT, Ipv6, Unix if not(any(target_os = "netbsd", target_os = "openbsd"))),
    c!(IPV6_HOPLIMIT, Ipv6, All if not(any(target_os = "netbsd", target_os = "openbsd"))),
    #[cfg(linux)]
    c!(IPV6_RECVHOPOPTS, Ipv6, Unix),
    #[cfg(not(linux))]
    c!(IPV6_RECVHOPOPTS = 39, Ipv6, Unix),
    #[cfg(linux)]
    c!(IPV6_HOPOPTS, Ipv6),
    #[cfg(not(linux))]
    c!(IPV6_HOPOPTS = 49, Ipv6),
    #[cfg(linux)]
    c!(IPV6_RECVDSTOPTS, Ipv6, Unix),
    #[cfg(not(linux))]
    c!(IPV6_RECVDSTOPTS = 40, Ipv6, Unix),
    #[cfg(linux)]
    c!(IPV6_DSTOPTS, Ipv6, Unix),
    #[cfg(not(linux))]
    c!(IPV6_DSTOPTS = 50, Ipv6, Unix),
    #[cfg(linux)]
    c!(IPV6_RTHDRDSTOPTS, Ipv6, Unix),
    #[cfg(not(linux))]
    c!(IPV6_RTHDRDSTOPTS = 57, Ipv6, Unix if apple),
    #[cfg(linux)]
    c!(IPV6_RECVRTHDR, Ipv6),
    #[cfg(not(linux))]
    c!(IPV6_RECVRTHDR = 38, Ipv6),
    #[cfg(linux)]
    c!(IPV6_RTHDR, Ipv6),
    #[cfg(not(linux))]
    c!(IPV6_RTHDR = 51, Ipv6),
    c!(IPV6_RTHDR_TYPE_0 = 0, Ipv6, Unix),
    #[cfg(linux)]
    c!(IPV6_RECVPATHMTU, Ipv6, Unix),
    #[cfg(not(linux))]
    c!(IPV6_RECVPATHMTU = 43, Ipv6, Unix),
    #[cfg(linux)]
    c!(IPV6_PATHMTU, Ipv6, Unix),
    #[cfg(not(linux))]
    c!(IPV6_PATHMTU = 44, Ipv6, Unix),
    c!(IPV6_RECVTCLASS, Ipv6),
    c!(IPV6_TCLASS, Ipv6),
    #[cfg(linux)]
    c!(IPV6_NEXTHOP, Ipv6, Unix),
    #[cfg(not(linux))]
    c!(IPV6_NEXTHOP = 48, Ipv6, Unix),
];
