//! What a number means, from what it was asked for: `socket.AF_INET` is a family, `s:getsockopt(…, SO_TYPE)` a type of
//! socket, `socket.MSG_PEEK | socket.MSG_OOB` flags.

use crate::constants::{self, Constant, Group};
use crate::script::tokens::{Grammar, Kind};
use crate::sys::errno::Errno;

/// Options that are on or off.
const SWITCHES: &[&str] = &[
    "SO_REUSEADDR",
    "SO_REUSEPORT",
    "SO_KEEPALIVE",
    "SO_BROADCAST",
    "SO_ACCEPTCONN",
    "SO_DONTROUTE",
    "SO_OOBINLINE",
    "SO_PASSCRED",
    "SO_DEBUG",
    "TCP_NODELAY",
    "TCP_CORK",
    "TCP_QUICKACK",
    "IPV6_V6ONLY",
    "IP_RECVTOS",
    "IP_TRANSPARENT",
    "IP_MULTICAST_LOOP",
    "IPV6_MULTICAST_LOOP",
];
/// Options that count bytes.
const SIZES: &[&str] = &[
    "SO_RCVBUF",
    "SO_SNDBUF",
    "SO_RCVLOWAT",
    "SO_SNDLOWAT",
    "TCP_MAXSEG",
    "IP_MTU",
    "IPV6_MTU",
];
/// Options that count seconds.
const TIMES: &[&str] = &["TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_LINGER2", "TCP_DEFER_ACCEPT"];

/// The meaning of a number that `entry` gave, if it has one.
pub(super) fn meaning(entry: &str, grammar: Grammar, number: i64) -> Option<String> {
    let tokens = grammar.tokens(entry);
    let names: Vec<&str> = tokens
        .iter()
        .filter(|token| token.kind == Kind::Name)
        .map(|token| token.of(entry))
        .collect();
    let known: Vec<&Constant> = names.iter().filter_map(|name| constants::by_name(name)).collect();
    let calls = tokens.iter().any(|token| token.of(entry) == "(");
    if names.contains(&"getsockopt") {
        return option(known.last()?.name, number);
    }
    if !calls
        && !known.is_empty()
        && tokens.iter().all(|token| {
            let text = token.of(entry);
            matches!(token.kind, Kind::Name) && (text == "socket" || constants::by_name(text).is_some())
                || matches!(text, "." | "::" | "|" | "&" | "=" | "_")
        })
    {
        return by_group(known[0].group, number, known.len() == 1);
    }
    match *names.last()? {
        "family" if !calls => by_group(Group::AddressFamily, number, true),
        "type" if !calls => by_group(Group::SocketKind, number, true),
        "proto" if !calls => by_group(Group::Protocol, number, true),
        "errno" if !calls => errno(number),
        "connect_ex" => errno(number),
        _ => None,
    }
}

fn by_group(group: Group, number: i64, alone: bool) -> Option<String> {
    if group.is_flag() || !alone {
        let text = constants::enum_name(group, number);
        return text.split_once('.').map(|(_, names)| names.to_owned());
    }
    constants::name_of(group, number).map(str::to_owned)
}

fn option(name: &str, number: i64) -> Option<String> {
    match name {
        "SO_TYPE" => by_group(Group::SocketKind, number, true),
        "SO_DOMAIN" => by_group(Group::AddressFamily, number, true),
        "SO_PROTOCOL" => by_group(Group::Protocol, number, true),
        "SO_ERROR" => errno(number),
        name if SWITCHES.contains(&name) => Some(if number == 0 { "off" } else { "on" }.to_owned()),
        name if SIZES.contains(&name) => Some("bytes".to_owned()),
        name if TIMES.contains(&name) => Some("seconds".to_owned()),
        "TCP_USER_TIMEOUT" => Some("milliseconds".to_owned()),
        _ => None,
    }
}

fn errno(number: i64) -> Option<String> {
    if number == 0 {
        return Some("no error".to_owned());
    }
    let errno = Errno(i32::try_from(number).ok()?);
    Some(format!("{}: {}", errno.name()?, errno.text()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(name: &str) -> i64 {
        match constants::by_name(name).map(|constant| constant.value) {
            Some(constants::Value::Int(number)) => number,
            _ => -1,
        }
    }

    #[test]
    fn numbers_have_a_meaning_where_they_come_from() {
        let told = |entry: &str, number| meaning(entry, Grammar::Lua, number).unwrap_or_default();
        assert_eq!(told("socket.AF_INET", number("AF_INET")), "AF_INET");
        let flags = number("MSG_PEEK") | number("MSG_OOB");
        assert_eq!(
            told("socket.MSG_PEEK | socket.MSG_OOB", flags),
            "MSG_OOB|MSG_PEEK"
        );
        assert_eq!(told("s.type", number("SOCK_DGRAM")), "SOCK_DGRAM");
        assert_eq!(
            told("s:getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)", 1),
            "SOCK_STREAM"
        );
        assert_eq!(told("s:getsockopt(socket.SOL_TCP, socket.TCP_NODELAY)", 1), "on");
        assert_eq!(
            told("s:getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)", 4096),
            "bytes"
        );
        assert_eq!(told("1 + 1", 2), "");
        assert_eq!(told("e.errno", 2), "ENOENT: No such file or directory");
        assert_eq!(told("f(socket.AF_INET)", 2), "");
    }
}
