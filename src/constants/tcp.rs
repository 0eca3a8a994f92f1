//! Options of TCP, at `IPPROTO_TCP`, and of UDP-Lite, at `IPPROTO_UDPLITE`.

use super::{Constant, Group, Platform, Value};

pub(super) static TABLE: &[Constant] = &[
    // Everyday options.
    c!(TCP_NODELAY, Tcp),
    c!(TCP_MAXSEG, Tcp),
    c!(TCP_CORK, Tcp, Linux),
    c!(TCP_KEEPIDLE, Tcp, NotApple if any(linux, target_os = "freebsd", target_os = "netbsd", target_os = "dragonfly")),
    c!(TCP_KEEPINTVL, Tcp, All if not(target_os = "openbsd")),
    c!(TCP_KEEPCNT, Tcp, All if not(target_os = "openbsd")),
    c!(TCP_SYNCNT, Tcp, Linux),
    c!(TCP_LINGER2, Tcp, Linux),
    c!(TCP_DEFER_ACCEPT, Tcp, Linux),
    c!(TCP_WINDOW_CLAMP, Tcp, Linux),
    c!(TCP_INFO, Tcp, LinuxBsd if any(linux, target_os = "freebsd", target_os = "netbsd", target_os = "openbsd")),
    c!(TCP_QUICKACK, Tcp, LinuxWindows),
    c!(TCP_CONGESTION, Tcp, LinuxBsd if any(linux, target_os = "freebsd")),
    c!(TCP_USER_TIMEOUT, Tcp, Linux),
    #[cfg(linux)]
    c!(TCP_NOTSENT_LOWAT, Tcp, Unix),
    #[cfg(not(linux))]
    c!(TCP_NOTSENT_LOWAT = 0x201, Tcp, Unix if apple),
    c!(TCP_FASTOPEN, Tcp, All if any(linux, apple, target_os = "freebsd")),
    // Linux alone (3.12); numbers: linux/tcp.h.
    c!(TCP_MD5SIG, Tcp, LinuxBsd if any(linux, target_os = "freebsd", target_os = "netbsd", target_os = "openbsd")),
    c!(TCP_THIN_LINEAR_TIMEOUTS, Tcp, Linux),
    c!(TCP_THIN_DUPACK, Tcp, Linux),
    c!(TCP_REPAIR, Tcp, Linux),
    c!(TCP_REPAIR_QUEUE, Tcp, Linux),
    c!(TCP_QUEUE_SEQ, Tcp, Linux),
    c!(TCP_REPAIR_OPTIONS, Tcp, Linux),
    c!(TCP_TIMESTAMP, Tcp, Linux),
    c!(TCP_CC_INFO, Tcp, Linux),
    c!(TCP_SAVE_SYN, Tcp, Linux),
    c!(TCP_SAVED_SYN, Tcp, Linux),
    c!(TCP_REPAIR_WINDOW, Tcp, Linux),
    c!(TCP_FASTOPEN_CONNECT, Tcp, Linux),
    c!(TCP_ULP, Tcp, Linux),
    c!(TCP_MD5SIG_EXT, Tcp, Linux),
    c!(TCP_FASTOPEN_KEY, Tcp, Linux),
    c!(TCP_FASTOPEN_NO_COOKIE, Tcp, Linux),
    c!(TCP_ZEROCOPY_RECEIVE, Tcp, Linux),
    c!(TCP_INQ, Tcp, Linux),
    c!(TCP_TX_DELAY = 37, Tcp, Linux),
    // macOS alone.
    c!(TCP_KEEPALIVE, Tcp, Apple),
    c!(TCP_CONNECTION_INFO, Tcp, Apple),
    // UDP-Lite (linux/udp.h, net/udplite.h).
    c!(UDPLITE_SEND_CSCOV = 10, Udplite, LinuxBsd if linux),
    c!(UDPLITE_RECV_CSCOV = 11, Udplite, LinuxBsd if linux),
];
