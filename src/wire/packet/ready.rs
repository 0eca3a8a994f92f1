//! Schemas that come along: `ready/NAME.json`, in the form in which scripts declare theirs. And which of them fits what a
//! socket sent or received.

use std::sync::OnceLock;

use serde::Deserialize;

use super::declare::declare;
use super::{Datum, Declared, Schema, Source};

/// A schema that comes along.
pub(crate) struct Ready {
    /// Its name in the module.
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    text: &'static str,
    declared: OnceLock<Declared>,
}

macro_rules! ready {
    ($($name:literal $file:literal $doc:literal;)*) => {
        /// Every one, in documentation order.
        pub(crate) static READY: [Ready; 7] = [$(Ready {
            name: $name,
            doc: $doc,
            text: include_str!(concat!("ready/", $file, ".json")),
            declared: OnceLock::new(),
        }),*];
    };
}

ready! {
    "DNS" "dns" "A message of DNS (RFC 1035), as UDP carries it.";
    "NTP" "ntp" "A packet of NTP, versions 3 and 4 (RFC 5905), without extensions.";
    "ICMP" "icmp" "A message of ICMP for IPv4 (RFC 792).";
    "CAN" "can" "A frame of SocketCAN: `struct can_frame`, 16 bytes in this machine's order.";
    "CANFD" "canfd" "A frame of CAN FD: `struct canfd_frame`, 72 bytes in this machine's order.";
    "IPV4" "ipv4" "A packet of IPv4 (RFC 791), with what ICMP and UDP have in it.";
    "UDP" "udp" "A datagram of UDP (RFC 768); within packet.IPV4 its checksum is computed and verified.";
}

/// What JSON has of a schema.
#[derive(Deserialize)]
pub(super) struct Written {
    name: String,
    pub(super) fields: Datum,
    /// All else.
    #[serde(flatten)]
    pub(super) options: std::collections::BTreeMap<String, Datum>,
}

impl Ready {
    pub(crate) fn schema(&'static self) -> Schema {
        Schema(Source::Ready(self))
    }

    /// The schema of this name, as scripts write it.
    pub(crate) fn by_name(name: &str) -> Option<Schema> {
        READY.iter().find(|ready| ready.name == name).map(Self::schema)
    }

    /// As [`Self::by_name`], of a word that a person wrote.
    #[cfg(feature = "cli")]
    pub(crate) fn by_word(word: &str) -> Option<Schema> {
        let known = READY.iter().find(|ready| ready.name.eq_ignore_ascii_case(word));
        known.map(Self::schema)
    }

    /// Each field's name, and what is declared of it in words.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        // A test reads each of them.
        serde_json::from_str(self.text).map_or_else(|_| Vec::new(), |written| super::told::fields(&written))
    }

    /// What it declares, read once.
    pub(super) fn read(&self) -> &Declared {
        self.declared.get_or_init(|| {
            let read = serde_json::from_str(self.text).map_err(|error| error.to_string());
            match read.and_then(declared) {
                Ok(declared) => declared,
                // A test reads each of them.
                Err(text) => unreachable!("{}: {text}", self.name),
            }
        })
    }
}

fn declared(written: Written) -> Result<Declared, String> {
    let options = Datum::Map(written.options.into_iter().collect());
    declare(&written.name, &written.fields, &options, 0).map_err(|error| error.message().into_owned())
}

#[cfg(feature = "cli")]
impl Schema {
    /// One that is written as those that come along are.
    ///
    /// # Errors
    /// In words, for what is no JSON, or declares nothing.
    pub(crate) fn of_json(text: &str) -> Result<Self, String> {
        let written: Written = serde_json::from_str(text).map_err(|error| error.to_string())?;
        declared(written).map(|declared| Self::own(std::sync::Arc::new(declared)))
    }
}

/// What is known of a socket, in the names that constants have.
#[derive(Clone, Copy, Default)]
pub(crate) struct Socket<'a> {
    pub(crate) family: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) protocol: i32,
    /// Its port, its peer's, that of the message.
    pub(crate) ports: [Option<u16>; 3],
}

const ICMP: i32 = 1;
const UDP: i32 = 17;
/// Bytes of frames as CAN sockets have them.
const CAN_FRAME: usize = 16;
const CANFD_FRAME: usize = 72;

/// The schema that fits a message of a socket.
pub(crate) fn of_message(socket: Socket<'_>, sent: bool, data: &[u8]) -> Option<Schema> {
    let name = match (socket.family, socket.kind) {
        ("AF_CAN", "SOCK_RAW") if data.len() == CANFD_FRAME => "CANFD",
        ("AF_CAN", "SOCK_RAW") if data.len() == CAN_FRAME => "CAN",
        ("AF_INET" | "AF_INET6", "SOCK_DGRAM") if matches!(socket.protocol, 0 | UDP) => {
            let of_port = |port: &u16| match port {
                53 | 5353 | 5355 => Some("DNS"),
                123 => Some("NTP"),
                _ => None,
            };
            socket.ports.iter().flatten().find_map(of_port)?
        }
        // A raw socket sends what is in a packet of IP, and receives the whole.
        ("AF_INET", "SOCK_RAW") if socket.protocol == ICMP && !sent => "IPV4",
        ("AF_INET", "SOCK_RAW" | "SOCK_DGRAM") if socket.protocol == ICMP => "ICMP",
        _ => return None,
    };
    Ready::by_name(name)
}
