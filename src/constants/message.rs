//! Flags of `send()` and `recv()`, and the kinds of control message `sendmsg()` and `recvmsg()` carry.

use super::{Constant, Group, Platform, Value};

pub(super) static TABLE: &[Constant] = &[
    // Flags.
    c!(MSG_OOB, MsgFlag),
    c!(MSG_PEEK, MsgFlag),
    c!(MSG_DONTROUTE, MsgFlag),
    c!(MSG_CTRUNC, MsgFlag),
    c!(MSG_TRUNC, MsgFlag),
    c!(MSG_DONTWAIT, MsgFlag, Unix),
    c!(MSG_EOR, MsgFlag, Unix),
    c!(MSG_WAITALL, MsgFlag),
    c!(MSG_CONFIRM, MsgFlag, Linux),
    c!(MSG_ERRQUEUE, MsgFlag, LinuxWindows),
    c!(MSG_NOSIGNAL, MsgFlag, Unix),
    c!(MSG_MORE, MsgFlag, Linux),
    c!(MSG_FASTOPEN, MsgFlag, Linux),
    c!(MSG_CMSG_CLOEXEC, MsgFlag, LinuxBsd),
    // Never on Linux, for CPython.
    c!(MSG_EOF, MsgFlag, AppleBsd if any(apple, target_os = "freebsd", target_os = "dragonfly")),
    c!(MSG_BCAST, MsgFlag, Windows),
    c!(MSG_MCAST, MsgFlag, Windows),
    c!(MSG_NOTIFICATION, MsgFlag, Bsd if any(target_os = "freebsd", target_os = "netbsd")),
    c!(MSG_BTAG, MsgFlag, Bsd, absent),
    c!(MSG_ETAG, MsgFlag, Bsd, absent),
    // Control messages at `SOL_SOCKET`.
    c!(SCM_RIGHTS, ControlMessage, Unix),
    c!(SCM_CREDENTIALS, ControlMessage, Linux),
    c!(SCM_CREDS, ControlMessage, AppleBsd if any(apple, target_os = "freebsd", target_os = "netbsd", target_os = "dragonfly")),
    c!(SCM_CREDS2, ControlMessage, Bsd if target_os = "freebsd"),
];
