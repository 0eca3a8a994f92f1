//! Socket options that are a socket's own business: they change how it waits, how much it holds, how long it lives. All
//! others may send packets elsewhere (source routes, devices, marks) or look into what is not the script's, and are for who
//! may use raw sockets.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::constants;

const LEVELS: &[(&str, &[&str])] = &[
    (
        "SOL_SOCKET",
        &[
            "SO_BROADCAST",
            "SO_BUSY_POLL",
            "SO_DEBUG",
            "SO_DONTROUTE",
            "SO_INCOMING_CPU",
            "SO_KEEPALIVE",
            "SO_LINGER",
            "SO_NOSIGPIPE",
            "SO_OOBINLINE",
            "SO_PASSCRED",
            "SO_PRIORITY",
            "SO_RCVBUF",
            "SO_RCVLOWAT",
            "SO_RCVTIMEO",
            "SO_REUSEADDR",
            "SO_REUSEPORT",
            "SO_SNDBUF",
            "SO_SNDLOWAT",
            "SO_SNDTIMEO",
            "SO_TIMESTAMP",
            "SO_TIMESTAMPNS",
            "SO_USELOOPBACK",
            "SO_EXCLUSIVEADDRUSE",
        ],
    ),
    (
        "IPPROTO_TCP",
        &[
            "TCP_CONGESTION",
            "TCP_CORK",
            "TCP_DEFER_ACCEPT",
            "TCP_FASTOPEN",
            "TCP_FASTOPEN_CONNECT",
            "TCP_INQ",
            "TCP_KEEPALIVE",
            "TCP_KEEPCNT",
            "TCP_KEEPIDLE",
            "TCP_KEEPINTVL",
            "TCP_LINGER2",
            "TCP_MAXSEG",
            "TCP_NODELAY",
            "TCP_NOPUSH",
            "TCP_NOTSENT_LOWAT",
            "TCP_QUICKACK",
            "TCP_SYNCNT",
            "TCP_THIN_DUPACK",
            "TCP_THIN_LINEAR_TIMEOUTS",
            "TCP_TIMESTAMP",
            "TCP_USER_TIMEOUT",
            "TCP_WINDOW_CLAMP",
        ],
    ),
    (
        "IPPROTO_IP",
        &[
            "IP_ADD_MEMBERSHIP",
            "IP_DROP_MEMBERSHIP",
            "IP_MTU_DISCOVER",
            "IP_MULTICAST_IF",
            "IP_MULTICAST_LOOP",
            "IP_MULTICAST_TTL",
            "IP_RECVERR",
            "IP_RECVTOS",
            "IP_RECVTTL",
            "IP_TOS",
            "IP_TTL",
        ],
    ),
    (
        "IPPROTO_IPV6",
        &[
            "IPV6_HOPLIMIT",
            "IPV6_JOIN_GROUP",
            "IPV6_LEAVE_GROUP",
            "IPV6_MTU_DISCOVER",
            "IPV6_MULTICAST_HOPS",
            "IPV6_MULTICAST_IF",
            "IPV6_MULTICAST_LOOP",
            "IPV6_RECVERR",
            "IPV6_RECVHOPLIMIT",
            "IPV6_RECVTCLASS",
            "IPV6_TCLASS",
            "IPV6_UNICAST_HOPS",
            "IPV6_V6ONLY",
        ],
    ),
    ("IPPROTO_UDP", &["UDP_CORK", "UDP_GRO", "UDP_SEGMENT"]),
];

/// Whole levels: a socket on which they mean anything has passed a grant for its family.
const FAMILIES: &[&str] = &[
    "SOL_ALG",
    "SOL_CAN_RAW",
    "SOL_CAN_ISOTP",
    "SOL_TIPC",
    "SOL_RDS",
    "SOL_BLUETOOTH",
    "AF_VSOCK",
];

/// Pairs of level and option, and whole levels.
type Known = (HashSet<(i32, i32)>, HashSet<i32>);

/// Whether an option, or control data of this kind, is the socket's own business.
pub(super) fn is_ordinary(level: i32, name: i32) -> bool {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    let number = |name: &&str| constants::number(name).and_then(|number| i32::try_from(number).ok());
    let (options, levels) = KNOWN.get_or_init(|| {
        let options = LEVELS
            .iter()
            .filter_map(|(level, names)| Some((number(level)?, names)))
            .flat_map(|(level, names)| names.iter().filter_map(number).map(move |name| (level, name)))
            .collect();
        (options, FAMILIES.iter().filter_map(number).collect())
    });
    options.contains(&(level, name)) || levels.contains(&level)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_leads_packets_elsewhere_is_not_ordinary() {
        for (level, name, ordinary) in [
            ("SOL_SOCKET", "SO_KEEPALIVE", true),
            ("IPPROTO_TCP", "TCP_NODELAY", true),
            ("SOL_SOCKET", "SO_BINDTODEVICE", false),
            ("SOL_SOCKET", "SO_MARK", false),
            ("IPPROTO_IP", "IP_OPTIONS", false),
            ("IPPROTO_IP", "IP_HDRINCL", false),
            ("IPPROTO_IP", "IP_TRANSPARENT", false),
            ("IPPROTO_IPV6", "IPV6_RTHDR", false),
        ] {
            let number = |name| i32::try_from(constants::number(name).expect(name)).expect("it fits");
            assert_eq!(is_ordinary(number(level), number(name)), ordinary, "{name}");
        }
    }
}
