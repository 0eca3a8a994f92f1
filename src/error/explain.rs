//! The likely cause of a failed operation, in a few words: what someone who has seen the error often would say.

use super::{Class, Error};
use crate::address::{Address, UnixName};
use crate::sys::errno::Errno;

/// What usually leads to this error, when there is something to add to the system's own text.
pub(super) fn likely_cause(error: &Error) -> Option<String> {
    if error.denied() {
        // The policy refused, and says so: the system was not asked.
        return None;
    }
    let op = error.op().unwrap_or_default();
    if error.class() == Class::gaierror {
        let cause = match error.code()? {
            "EAI_NONAME" | "EAI_NODATA" => "the resolver knows no such name",
            "EAI_AGAIN" | "EAI_FAIL" => "the resolver does not answer: is the network up?",
            "EAI_SERVICE" => "the resolver knows no such service for this type of socket",
            "EAI_ADDRFAMILY" | "EAI_FAMILY" => "the host has no address of this family",
            _ => return None,
        };
        return Some(cause.into());
    }
    if error.class().is_a(Class::SSLError) {
        return None;
    }
    let errno = Errno(error.errno()?);
    let cause = match errno {
        Errno::CONNREFUSED => match error.told_address() {
            Some(Address::Unix(UnixName::Path(_))) => {
                "the socket file is there but nobody listens on it".into()
            }
            Some(Address::Unix(_)) => "nobody listens at that name".into(),
            Some(address) => match address.port() {
                Some(port) => format!("nothing listens on port {port} there"),
                None => "nothing listens there".into(),
            },
            None => "nothing listens there, or a datagram sent before was refused".into(),
        },
        Errno::ADDRINUSE => match error.told_address() {
            Some(Address::Unix(UnixName::Path(_))) => {
                "the file exists already; remove it before binding, also after a crash".into()
            }
            _ => "another socket holds it, or it is in TIME_WAIT (set SO_REUSEADDR before bind)".into(),
        },
        Errno::ADDRNOTAVAIL => "no interface of this machine has that address".into(),
        Errno::ACCES if op == "bind" => "ports below 1024 need privileges".into(),
        Errno::ACCES if op == "connect" || op == "sendto" => {
            "broadcasting needs SO_BROADCAST; or a firewall refuses".into()
        }
        Errno::PERM | Errno::ACCES if op == "socket" => "raw and packet sockets need privileges".into(),
        // A number of the script's own; the others are those of a socket.
        Errno::BADF
            if matches!(
                op,
                "open" | "close" | "fromfd" | "socket" | "fcntl" | "register" | "modify" | "unregister"
            ) =>
        {
            "no descriptor of that number is open".into()
        }
        Errno::BADF if op == "dup" || op == "ioctl" => "what it is asked of is closed".into(),
        Errno::BADF => "the socket is closed".into(),
        Errno::NOTCONN => "the socket is not connected".into(),
        Errno::DESTADDRREQ => "the socket has no peer; name one with sendto, or connect first".into(),
        Errno::ISCONN => "the socket is connected already".into(),
        Errno::PIPE => "the peer, or shutdown, has closed this direction".into(),
        Errno::CONNRESET => "the peer closed while data was on its way to it, or it crashed".into(),
        Errno::AFNOSUPPORT if op == "socket" => {
            "the kernel lacks this family or its module is not loaded".into()
        }
        Errno::MFILE => "this process has as many descriptors open as its limit allows".into(),
        Errno::MSGSIZE => "the datagram is larger than the protocol or the send buffer allows".into(),
        Errno::NETUNREACH | Errno::HOSTUNREACH => "there is no route to that address".into(),
        Errno::NOENT if matches!(error.told_address(), Some(Address::Unix(_))) => {
            "no socket file at that path".into()
        }
        Errno::NOENT if op == "open" => "there is no file of that name".into(),
        Errno::NOENT if matches!(error.told_address(), Some(Address::Alg(_))) => {
            "the kernel has no such algorithm (/proc/crypto lists those loaded), or lacks the module of its type: \
             algif_hash, algif_skcipher, algif_aead, algif_rng"
                .into()
        }
        Errno::NODEV if op != "socket" => "there is no such interface, or not of this family's kind".into(),
        Errno::NETDOWN => "the interface is down: `ip link set NAME up`".into(),
        Errno::NOPROTOOPT => "this kind of socket has no such option".into(),
        Errno::AGAIN => "the socket is in non-blocking mode and would have to wait".into(),
        _ => return None,
    };
    Some(cause)
}
