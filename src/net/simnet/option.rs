//! Socket options: kept as they are set, given back as Linux gives them, with its defaults. Few do anything here: who shares
//! ports, how much fits on the way, who is in a group, how a close ends. An option nobody knows is `ENOPROTOOPT`.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use crate::constants;
use crate::sys::errno::{Errno, Result};
use crate::sys::flag::{
    AF_INET6, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, IPPROTO_UDP, IPV6_V6ONLY, SO_LINGER, SO_RCVTIMEO,
    SO_REUSEADDR, SO_REUSEPORT, SO_SNDTIMEO, SOL_SOCKET,
};

use super::end::End;

/// What is set, by level and name.
#[derive(Clone, Default)]
pub(super) struct Options {
    set: BTreeMap<(i32, i32), Vec<u8>>,
    groups: Vec<IpAddr>,
}

/// How a value is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// 0 or 1, whatever number is set.
    Flag,
    Number,
    /// Twice what is set, and not less than the least.
    Buffer,
    /// It can only be asked for.
    Told,
    /// So many bytes.
    Struct(usize),
    /// A group is joined or left.
    Group,
}

/// An option: its level, its name, how it is kept, its default.
type Row = (&'static str, &'static str, Sort, i32);

const ROWS: &[Row] = &[
    ("SOL_SOCKET", "SO_REUSEADDR", Sort::Flag, 0),
    ("SOL_SOCKET", "SO_REUSEPORT", Sort::Flag, 0),
    ("SOL_SOCKET", "SO_KEEPALIVE", Sort::Flag, 0),
    ("SOL_SOCKET", "SO_BROADCAST", Sort::Flag, 0),
    ("SOL_SOCKET", "SO_OOBINLINE", Sort::Flag, 0),
    ("SOL_SOCKET", "SO_DONTROUTE", Sort::Flag, 0),
    ("SOL_SOCKET", "SO_DEBUG", Sort::Flag, 0),
    ("SOL_SOCKET", "SO_PRIORITY", Sort::Number, 0),
    ("SOL_SOCKET", "SO_MARK", Sort::Number, 0),
    ("SOL_SOCKET", "SO_RCVLOWAT", Sort::Number, 1),
    ("SOL_SOCKET", "SO_SNDLOWAT", Sort::Told, 1),
    ("SOL_SOCKET", "SO_RCVBUF", Sort::Buffer, 212_992),
    ("SOL_SOCKET", "SO_SNDBUF", Sort::Buffer, 212_992),
    ("SOL_SOCKET", "SO_TYPE", Sort::Told, 0),
    ("SOL_SOCKET", "SO_DOMAIN", Sort::Told, 0),
    ("SOL_SOCKET", "SO_PROTOCOL", Sort::Told, 0),
    ("SOL_SOCKET", "SO_ACCEPTCONN", Sort::Told, 0),
    ("SOL_SOCKET", "SO_ERROR", Sort::Told, 0),
    ("SOL_SOCKET", "SO_LINGER", Sort::Struct(8), 0),
    ("SOL_SOCKET", "SO_RCVTIMEO", Sort::Struct(16), 0),
    ("SOL_SOCKET", "SO_SNDTIMEO", Sort::Struct(16), 0),
    ("IPPROTO_TCP", "TCP_NODELAY", Sort::Flag, 0),
    ("IPPROTO_TCP", "TCP_CORK", Sort::Flag, 0),
    ("IPPROTO_TCP", "TCP_QUICKACK", Sort::Flag, 1),
    ("IPPROTO_TCP", "TCP_KEEPIDLE", Sort::Number, 7200),
    ("IPPROTO_TCP", "TCP_KEEPINTVL", Sort::Number, 75),
    ("IPPROTO_TCP", "TCP_KEEPCNT", Sort::Number, 9),
    ("IPPROTO_TCP", "TCP_USER_TIMEOUT", Sort::Number, 0),
    ("IPPROTO_TCP", "TCP_SYNCNT", Sort::Number, 6),
    ("IPPROTO_TCP", "TCP_DEFER_ACCEPT", Sort::Number, 0),
    ("IPPROTO_TCP", "TCP_FASTOPEN", Sort::Number, 0),
    ("IPPROTO_TCP", "TCP_MAXSEG", Sort::Number, 536),
    ("IPPROTO_TCP", "TCP_LINGER2", Sort::Number, 60),
    ("IPPROTO_TCP", "TCP_NOTSENT_LOWAT", Sort::Number, 0),
    ("IPPROTO_IP", "IP_TTL", Sort::Number, 64),
    ("IPPROTO_IP", "IP_TOS", Sort::Number, 0),
    ("IPPROTO_IP", "IP_MULTICAST_TTL", Sort::Number, 1),
    ("IPPROTO_IP", "IP_MULTICAST_LOOP", Sort::Flag, 1),
    ("IPPROTO_IP", "IP_MULTICAST_IF", Sort::Struct(4), 0),
    ("IPPROTO_IP", "IP_ADD_MEMBERSHIP", Sort::Group, 1),
    ("IPPROTO_IP", "IP_DROP_MEMBERSHIP", Sort::Group, 0),
    ("IPPROTO_IPV6", "IPV6_V6ONLY", Sort::Flag, 0),
    ("IPPROTO_IPV6", "IPV6_UNICAST_HOPS", Sort::Number, 64),
    ("IPPROTO_IPV6", "IPV6_MULTICAST_HOPS", Sort::Number, 1),
    ("IPPROTO_IPV6", "IPV6_MULTICAST_LOOP", Sort::Flag, 1),
    ("IPPROTO_IPV6", "IPV6_MULTICAST_IF", Sort::Number, 0),
    ("IPPROTO_IPV6", "IPV6_JOIN_GROUP", Sort::Group, 1),
    ("IPPROTO_IPV6", "IPV6_LEAVE_GROUP", Sort::Group, 0),
];

/// The buffers of a TCP socket, as a script is told of them.
const TCP_RECEIVE: i32 = 131_072;
const TCP_SEND: i32 = 16_384;
/// The buffers of any other.
const BUFFER: usize = 212_992;
/// Bytes on the way of a connection whose buffers nobody has set: what Linux lets them grow to over loopback.
const ON_THE_WAY: usize = 2_500_000;
/// What is set for a buffer is at least this, and at most that.
const LEAST_BUFFER: i32 = 2_304;
const MOST_BUFFER: i32 = 212_992;

fn row(end: &End, level: i32, name: i32) -> Result<&'static Row> {
    let is = |text: &str, number: i32| constants::number(text) == Some(i64::from(number));
    let found = ROWS.iter().find(|row| is(row.1, name) && is(row.0, level));
    let fits = |row: &&Row| match row.0 {
        "IPPROTO_TCP" => end.is_stream() && !end.is_unix(),
        "IPPROTO_IP" => !end.is_unix(),
        "IPPROTO_IPV6" => end.family == AF_INET6,
        _ => true,
    };
    let knows = match level {
        SOL_SOCKET => true,
        IPPROTO_TCP => end.is_stream() && !end.is_unix(),
        IPPROTO_UDP => !end.is_stream() && !end.is_unix(),
        IPPROTO_IP => !end.is_unix(),
        IPPROTO_IPV6 => end.family == AF_INET6,
        _ => false,
    };
    let missing = if knows {
        Errno::NOPROTOOPT
    } else {
        Errno::OPNOTSUPP
    };
    found.filter(fits).ok_or(missing)
}

impl Options {
    fn number(&self, level: i32, name: i32) -> Option<i32> {
        let value = self.set.get(&(level, name))?;
        value.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes))
    }

    fn named(&self, level: &str, name: &str) -> Option<i32> {
        let number = |text| constants::number(text).and_then(|number| i32::try_from(number).ok());
        self.number(number(level)?, number(name)?)
    }

    pub(super) fn reuses_address(&self) -> bool {
        self.number(SOL_SOCKET, SO_REUSEADDR).unwrap_or(0) != 0
    }

    pub(super) fn reuses_port(&self) -> bool {
        self.number(SOL_SOCKET, SO_REUSEPORT).unwrap_or(0) != 0
    }

    pub(super) fn is_v6_only(&self) -> bool {
        self.number(IPPROTO_IPV6, IPV6_V6ONLY).unwrap_or(0) != 0
    }

    pub(super) fn may_broadcast(&self) -> bool {
        self.named("SOL_SOCKET", "SO_BROADCAST").unwrap_or(0) != 0
    }

    pub(super) fn has_urgent_inline(&self) -> bool {
        self.named("SOL_SOCKET", "SO_OOBINLINE").unwrap_or(0) != 0
    }

    pub(super) fn is_member(&self, group: IpAddr) -> bool {
        self.groups.contains(&group)
    }

    /// What an accepted connection has of its listener's.
    pub(super) fn inherited(&self) -> Self {
        Self {
            set: self.set.clone(),
            groups: Vec::new(),
        }
    }

    fn buffer(&self, name: &str) -> Option<usize> {
        self.named("SOL_SOCKET", name)
            .and_then(|size| usize::try_from(size).ok())
    }

    /// Bytes of datagrams that wait at a socket.
    pub(super) fn receive_buffer(&self) -> usize {
        self.buffer("SO_RCVBUF").unwrap_or(BUFFER)
    }

    /// Bytes between a sender and this receiver; those of a pair all count for the sender.
    pub(super) fn capacity(&self, sender: &Self, is_unix: bool) -> usize {
        match (self.buffer("SO_RCVBUF"), sender.buffer("SO_SNDBUF")) {
            (_, send) if is_unix => send.unwrap_or(BUFFER),
            (None, None) => ON_THE_WAY,
            (receive, send) => receive.unwrap_or(65_536) + send.unwrap_or(65_536),
        }
    }

    /// Whether a close resets the connection: it lingers for no time at all.
    pub(super) fn aborts(&self) -> bool {
        let value = self.set.get(&(SOL_SOCKET, SO_LINGER));
        value.is_some_and(|value| value[..4] != [0; 4] && value[4..] == [0; 4])
    }

    /// `SO_RCVTIMEO` or `SO_SNDTIMEO`, where it is set.
    fn timeout(&self, name: i32) -> Option<Duration> {
        let value = self.set.get(&(SOL_SOCKET, name))?;
        let part = |bytes: &[u8]| bytes.first_chunk().map(|bytes| u64::from_ne_bytes(*bytes));
        let (seconds, micros) = (part(value)?, part(&value[8..])?);
        let length = Duration::from_secs(seconds) + Duration::from_micros(micros);
        (!length.is_zero()).then_some(length)
    }

    /// How long blocking calls wait: to receive, to send.
    pub(super) fn timeouts(&self) -> [Option<Duration>; 2] {
        [self.timeout(SO_RCVTIMEO), self.timeout(SO_SNDTIMEO)]
    }

    fn change_group(&mut self, value: &[u8], joins: bool, six: bool) -> Result<()> {
        let group: IpAddr = if six {
            let bytes = value.first_chunk::<16>().ok_or(Errno::INVAL)?;
            Ipv6Addr::from(*bytes).into()
        } else {
            let bytes = value
                .first_chunk::<4>()
                .filter(|_| value.len() >= 8)
                .ok_or(Errno::INVAL)?;
            Ipv4Addr::from(*bytes).into()
        };
        if !group.is_multicast() {
            return Err(Errno::INVAL);
        }
        match (joins, self.groups.contains(&group)) {
            (true, true) => return Err(Errno::ADDRINUSE),
            (true, false) => self.groups.push(group),
            (false, true) => self.groups.retain(|other| *other != group),
            (false, false) => return Err(Errno::ADDRNOTAVAIL),
        }
        Ok(())
    }
}

impl End {
    /// An option's value, as bytes.
    ///
    /// # Errors
    /// `ENOPROTOOPT`.
    pub(super) fn option(&mut self, level: i32, name: i32) -> Result<Vec<u8>> {
        let row = row(self, level, name)?;
        let tcp = self.is_stream() && !self.is_unix();
        let number = match row.1 {
            "SO_TYPE" => self.kind,
            "SO_DOMAIN" => self.family,
            "SO_PROTOCOL" => self.protocol,
            "SO_ACCEPTCONN" => i32::from(self.is_listening()),
            "SO_ERROR" => self.error.take().map_or(0, |errno| errno.0),
            _ => match (self.options.set.get(&(level, name)), row.2, row.1) {
                (Some(value), _, _) => return Ok(value.clone()),
                (None, Sort::Struct(length), _) => return Ok(vec![0; length]),
                (None, _, "SO_RCVBUF") if tcp => TCP_RECEIVE,
                (None, _, "SO_SNDBUF") if tcp => TCP_SEND,
                (None, _, "TCP_MAXSEG") if self.is_connected() => 65_483,
                (None, Sort::Group, _) => return Err(Errno::NOPROTOOPT),
                (None, _, _) => row.3,
            },
        };
        Ok(number.to_ne_bytes().to_vec())
    }

    /// Sets an option.
    ///
    /// # Errors
    /// `ENOPROTOOPT`, `EINVAL`.
    pub(super) fn set_option(&mut self, level: i32, name: i32, value: &[u8]) -> Result<()> {
        let row = row(self, level, name)?;
        let number = || {
            value
                .first_chunk()
                .map(|bytes| i32::from_ne_bytes(*bytes))
                .ok_or(Errno::INVAL)
        };
        let kept = match row.2 {
            Sort::Told => return Err(Errno::NOPROTOOPT),
            Sort::Group => {
                return self
                    .options
                    .change_group(value, row.3 != 0, row.0 == "IPPROTO_IPV6");
            }
            Sort::Flag => i32::from(number()? != 0).to_ne_bytes().to_vec(),
            // A byte is enough for what the protocol has a byte for.
            Sort::Number if level != SOL_SOCKET && value.len() == 1 => {
                i32::from(value[0]).to_ne_bytes().to_vec()
            }
            Sort::Number => check_number(row.1, number()?)?.to_ne_bytes().to_vec(),
            Sort::Buffer => (number()?.clamp(LEAST_BUFFER / 2, MOST_BUFFER) * 2)
                .to_ne_bytes()
                .to_vec(),
            Sort::Struct(length) => {
                let whole = value.get(..length).ok_or(Errno::INVAL)?;
                whole.to_vec()
            }
        };
        if (level, name) == (IPPROTO_IPV6, IPV6_V6ONLY) && self.local.is_some() {
            return Err(Errno::INVAL);
        }
        self.options.set.insert((level, name), kept);
        Ok(())
    }
}

/// A number that the protocol takes.
fn check_number(name: &str, number: i32) -> Result<i32> {
    let fits = match name {
        "IP_TTL" => (1..=255).contains(&number) || number == -1,
        "IP_MULTICAST_TTL" | "IP_TOS" => (-1..=255).contains(&number),
        "TCP_KEEPIDLE" | "TCP_KEEPINTVL" => (1..=32_767).contains(&number),
        "TCP_KEEPCNT" | "TCP_SYNCNT" => (1..=127).contains(&number),
        _ => true,
    };
    match (fits, name, number) {
        (false, ..) => Err(Errno::INVAL),
        (true, "IP_TTL", -1) => Ok(64),
        (true, "SO_RCVLOWAT", 0) => Ok(1),
        _ => Ok(number),
    }
}
