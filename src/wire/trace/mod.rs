//! A recorded conversation: what a trace file holds, a [`Record`] a line as JSON, after a [`Header`].
//!
//! `lines` writes and reads such files, `decode` says what is in messages of protocols that are known, `text` tells a record in a line for people, `page` makes the page in which a whole
//! trace is looked at. What makes records of what sockets do is `tools::trace`; what makes packets of them is
//! `wire::capture`. `docs/trace.md` describes every field.

#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "only the command reads traces")
)]
mod decode;
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "only the command reads traces")
)]
mod lines;
mod page;
mod text;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::address::{Address, inet6_text};

pub(crate) use decode::Decoder;
#[cfg_attr(
    not(feature = "cli"),
    allow(unused_imports, reason = "only the command reads traces")
)]
pub(crate) use decode::Spoken;
pub(crate) use lines::Lines;
pub(crate) use lines::write_line;
pub(crate) use page::page;
pub(crate) use text::{describe, line};

/// The form of trace files that is written here; a reader refuses a greater number.
pub(crate) const FORMAT: u32 = 1;

/// The first line of a trace file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Header {
    /// [`FORMAT`]: by this name a reader knows what it reads.
    pub(crate) wirescript_trace: u32,
    /// The version that wrote it.
    pub(crate) version: String,
    /// When the trace began, in nanoseconds since 1970; a record's `ns` counts from there.
    pub(crate) started_ns: u64,
    /// The process.
    pub(crate) process: u32,
    /// Whether what TLS hides is shown in place of TLS's records.
    pub(crate) plaintext: bool,
}

/// What a record tells of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// A task or worker is seen for the first time: `name`.
    Task,
    /// A socket is there: `family`, `type`, `protocol`.
    Open,
    /// `socket` and `other` are connected to each other.
    Pair,
    /// `local`.
    Bind,
    Listen,
    /// `peer`, `local`.
    Connect,
    /// As `Connect`, of a socket that was accepted.
    Accept,
    /// The addresses of a socket whose connecting was not seen, at its first bytes.
    Ends,
    /// Bytes left: `text` or `base64`, `to`.
    Sent,
    /// Bytes came: `text` or `base64`, `from`, `peeked`. None at all on a stream is its end.
    Received,
    /// `level`, `option`, `value`.
    Option,
    /// `how`.
    Shutdown,
    Close,
    /// What has no kind of its own: `op`.
    Done,
    /// `op`, `class`, `errno`, `message`.
    Error,
    /// The policy refused: `message`.
    Refused,
}

/// An address: of IP a list, as scripts see it; of other families its text in Python.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Name {
    Inet(String, u16),
    Inet6(String, u16, u32, u32),
    Other(String),
}

/// What happened, flat: a field that says nothing is left out.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Record<'a> {
    /// Nanoseconds since the trace began.
    pub(crate) ns: u64,
    pub(crate) event: Kind,
    /// The worker in whose runtime it happened; none is the program's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) worker: Option<Cow<'a, str>>,
    /// The forked child in which it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) process: Option<u32>,
    /// The task's number in its runtime; the main chunk's is 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) task: Option<u64>,
    /// Where in the script: `echo.lua:12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<Cow<'a, str>>,
    /// The socket's number in the trace: descriptors are used again, these are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) socket: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fd: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) family: Option<Cow<'a, str>>,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub(crate) type_: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) protocol: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) other: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) local: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) peer: Option<Name>,
    /// The process at the other end of a Unix socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) peer_process: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) op: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) level: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) option: Option<i32>,
    /// A number, bytes as Python writes them, or `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Cow<'a, str>>,
    /// `SHUT_RD`, `SHUT_WR` or `SHUT_RDWR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) how: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) class: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) errno: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<Name>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) peeked: bool,
    /// The bytes travelled inside TLS.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) plaintext: bool,
    /// Bytes that are readable text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<Cow<'a, str>>,
    /// Bytes that are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) base64: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl<'a> Record<'a> {
    /// A record that tells nothing more yet.
    pub(crate) const fn new(ns: u64, event: Kind) -> Self {
        Self {
            ns,
            event,
            worker: None,
            process: None,
            task: None,
            at: None,
            socket: None,
            fd: None,
            name: None,
            family: None,
            type_: None,
            protocol: None,
            other: None,
            local: None,
            peer: None,
            peer_process: None,
            op: None,
            level: None,
            option: None,
            value: None,
            how: None,
            class: None,
            errno: None,
            message: None,
            from: None,
            to: None,
            peeked: false,
            plaintext: false,
            text: None,
            base64: None,
        }
    }

    /// The same, with these bytes: as text where they are readable.
    pub(crate) fn with_data(mut self, data: &'a [u8]) -> Self {
        match readable(data) {
            Some(text) => self.text = Some(Cow::Borrowed(text)),
            None => self.base64 = Some(STANDARD.encode(data)),
        }
        self
    }

    /// Its bytes.
    ///
    /// # Errors
    /// What is wrong with `base64`.
    pub(crate) fn data(&self) -> Result<Cow<'_, [u8]>, String> {
        match (&self.text, &self.base64) {
            (Some(text), _) => Ok(Cow::Borrowed(text.as_bytes())),
            (None, Some(coded)) => STANDARD
                .decode(coded)
                .map(Cow::Owned)
                .map_err(|error| format!("base64: {error}")),
            (None, None) => Ok(Cow::Borrowed(&[])),
        }
    }

    /// Whether it carries bytes that moved.
    pub(crate) fn is_message(&self) -> bool {
        matches!(self.event, Kind::Sent | Kind::Received)
    }

    /// One that borrows nothing.
    pub(crate) fn into_owned(self) -> Record<'static> {
        let own = |text: Option<Cow<'_, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        Record {
            ns: self.ns,
            event: self.event,
            worker: own(self.worker),
            process: self.process,
            task: self.task,
            at: own(self.at),
            socket: self.socket,
            fd: self.fd,
            name: own(self.name),
            family: own(self.family),
            type_: own(self.type_),
            protocol: self.protocol,
            other: self.other,
            local: self.local,
            peer: self.peer,
            peer_process: self.peer_process,
            op: own(self.op),
            level: self.level,
            option: self.option,
            value: own(self.value),
            how: own(self.how),
            class: own(self.class),
            errno: self.errno,
            message: own(self.message),
            from: self.from,
            to: self.to,
            peeked: self.peeked,
            plaintext: self.plaintext,
            text: own(self.text),
            base64: self.base64,
        }
    }
}

impl Name {
    /// The name of an address; none where there is none.
    pub(crate) fn of(address: &Address) -> Option<Self> {
        Some(match address {
            Address::None => return None,
            Address::Inet { ip, port } => Self::Inet(ip.to_string(), *port),
            Address::Inet6 {
                ip,
                port,
                flowinfo,
                scope_id,
            } => Self::Inet6(inet6_text(ip), *port, *flowinfo, *scope_id),
            other => Self::Other(other.to_string()),
        })
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Inet(host, port) => write!(f, "('{host}', {port})"),
            Self::Inet6(host, port, flowinfo, scope) => write!(f, "('{host}', {port}, {flowinfo}, {scope})"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// The bytes as text, if every character of it can be read.
fn readable(data: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(data).ok()?;
    let is_readable = |byte: &u8| (*byte >= b' ' && *byte != 0x7f) || matches!(byte, b'\t' | b'\n' | b'\r');
    // What is no ASCII may still be a control character: those of Latin 1 begin with this byte.
    (data.iter().all(is_readable) && !text.chars().any(|c| !c.is_ascii() && c.is_control())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_as_they_were() {
        for data in [
            &b""[..],
            b"GET / HTTP/1.1\r\n",
            b"\0\xff",
            "gr\u{fc}n".as_bytes(),
            b"\xc2\x85",
        ] {
            let record = Record::new(1, Kind::Sent).with_data(data);
            let line = serde_json::to_string(&record).expect("a line");
            let back: Record<'_> = serde_json::from_str(&line).expect("a record");
            assert_eq!(back.data().expect("bytes"), data, "{line}");
            assert_eq!(
                line.contains("base64"),
                data.contains(&0xff) || data.contains(&0x85),
                "{line}"
            );
        }
    }

    #[test]
    fn a_record_says_no_more_than_it_knows() {
        let mut record = Record::new(5, Kind::Connect);
        record.socket = Some(1);
        record.peer = Name::of(&Address::Inet {
            ip: [127, 0, 0, 1].into(),
            port: 80,
        });
        assert_eq!(
            serde_json::to_string(&record).expect("a line"),
            r#"{"ns":5,"event":"connect","socket":1,"peer":["127.0.0.1",80]}"#
        );
    }
}
