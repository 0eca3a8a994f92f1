//! The tuples whose places have names.

use crate::constants::Group;

/// A kind of tuple: the names of its places and how each prints.
#[derive(Debug)]
pub(crate) struct RecordKind {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [(&'static str, Shape)],
}

/// How a place of a tuple prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As any value does.
    Plain,
    /// As text, though the language may not tell text from bytes.
    Text,
    /// As a number without a sign.
    Unsigned,
    /// As a member of this enumeration.
    Enum(Group),
}

pub(crate) static INET: RecordKind = RecordKind {
    name: "address",
    fields: &[("host", Shape::Text), ("port", Shape::Plain)],
};

pub(crate) static INET6: RecordKind = RecordKind {
    name: "address",
    fields: &[
        ("host", Shape::Text),
        ("port", Shape::Plain),
        ("flowinfo", Shape::Plain),
        ("scope_id", Shape::Plain),
    ],
};

/// A Unix address: prints as its path, not as a tuple.
pub(crate) static UNIX: RecordKind = RecordKind {
    name: "address",
    fields: &[("path", Shape::Text)],
};

pub(crate) static NETLINK: RecordKind = RecordKind {
    name: "address",
    fields: &[("pid", Shape::Plain), ("groups", Shape::Plain)],
};

pub(crate) static PACKET: RecordKind = RecordKind {
    name: "address",
    fields: &[
        ("ifname", Shape::Text),
        ("proto", Shape::Plain),
        ("pkttype", Shape::Plain),
        ("hatype", Shape::Plain),
        ("addr", Shape::Plain),
    ],
};

pub(crate) static VSOCK: RecordKind = RecordKind {
    name: "address",
    fields: &[("cid", Shape::Plain), ("port", Shape::Plain)],
};

pub(crate) static CAN: RecordKind = RecordKind {
    name: "address",
    fields: &[("interface", Shape::Text)],
};

pub(crate) static CAN_ISOTP: RecordKind = RecordKind {
    name: "address",
    fields: &[
        ("interface", Shape::Text),
        ("rx_addr", Shape::Plain),
        ("tx_addr", Shape::Plain),
    ],
};

pub(crate) static CAN_J1939: RecordKind = RecordKind {
    name: "address",
    fields: &[
        ("interface", Shape::Text),
        ("name", Shape::Unsigned),
        ("pgn", Shape::Plain),
        ("addr", Shape::Plain),
    ],
};

pub(crate) static TIPC: RecordKind = RecordKind {
    name: "address",
    fields: &[
        ("addr_type", Shape::Plain),
        ("v1", Shape::Plain),
        ("v2", Shape::Plain),
        ("v3", Shape::Plain),
        ("scope", Shape::Plain),
    ],
};

pub(crate) static ALG: RecordKind = RecordKind {
    name: "address",
    fields: &[
        ("type", Shape::Text),
        ("name", Shape::Text),
        ("feat", Shape::Plain),
        ("mask", Shape::Plain),
    ],
};

pub(crate) static QIPCRTR: RecordKind = RecordKind {
    name: "address",
    fields: &[("node", Shape::Plain), ("port", Shape::Plain)],
};

/// Some of its places may be missing at the end.
pub(crate) static L2CAP: RecordKind = RecordKind {
    name: "address",
    fields: &[
        ("bdaddr", Shape::Text),
        ("psm", Shape::Plain),
        ("cid", Shape::Plain),
        ("bdaddr_type", Shape::Plain),
    ],
};

pub(crate) static RFCOMM: RecordKind = RecordKind {
    name: "address",
    fields: &[("bdaddr", Shape::Text), ("channel", Shape::Plain)],
};

pub(crate) static HCI: RecordKind = RecordKind {
    name: "address",
    fields: &[("device_id", Shape::Plain), ("channel", Shape::Plain)],
};

pub(crate) static OTHER: RecordKind = RecordKind {
    name: "address",
    fields: &[("family", Shape::Plain), ("data", Shape::Plain)],
};

/// The line ends a text file has seen.
pub(crate) static NEWLINES: RecordKind = RecordKind {
    name: "newlines",
    fields: &[
        ("first", Shape::Text),
        ("second", Shape::Text),
        ("third", Shape::Text),
    ],
};

pub(crate) static ADDRINFO: RecordKind = RecordKind {
    name: "addrinfo",
    fields: &[
        ("family", Shape::Enum(Group::AddressFamily)),
        ("type", Shape::Enum(Group::SocketKind)),
        ("proto", Shape::Plain),
        ("canonname", Shape::Text),
        ("sockaddr", Shape::Plain),
    ],
};

/// A network interface.
pub(crate) static INTERFACE: RecordKind = RecordKind {
    name: "interface",
    fields: &[("index", Shape::Plain), ("name", Shape::Text)],
};

/// An attribute of a name in a certificate, an alternative name.
pub(crate) static PAIR: RecordKind = RecordKind {
    name: "pair",
    fields: &[("name", Shape::Text), ("value", Shape::Text)],
};

/// Any number of texts or tuples.
pub(crate) static TUPLE: RecordKind = RecordKind {
    name: "tuple",
    fields: &[],
};

/// What an error was made of.
pub(crate) static ARGUMENTS: RecordKind = RecordKind {
    name: "arguments",
    fields: &[],
};

/// A control message.
pub(crate) static CONTROL: RecordKind = RecordKind {
    name: "control",
    fields: &[
        ("level", Shape::Plain),
        ("type", Shape::Plain),
        ("data", Shape::Plain),
    ],
};

/// A descriptor that is ready, and what for.
pub(crate) static EVENT: RecordKind = RecordKind {
    name: "event",
    fields: &[("fd", Shape::Plain), ("event", Shape::Plain)],
};

/// What a selector knows of a file object: prints with the names of its places.
pub(crate) static SELECTOR_KEY: RecordKind = RecordKind {
    name: "SelectorKey",
    fields: &[
        ("fileobj", Shape::Plain),
        ("fd", Shape::Plain),
        ("events", Shape::Plain),
        ("data", Shape::Plain),
    ],
};

/// A selector's key that is ready, and what for.
pub(crate) static READY: RecordKind = RecordKind {
    name: "ready",
    fields: &[("key", Shape::Plain), ("events", Shape::Plain)],
};

impl RecordKind {
    /// Every kind, for adapters that have to recognise one.
    pub(crate) const fn all() -> [&'static Self; 26] {
        [
            &INET,
            &INET6,
            &UNIX,
            &NETLINK,
            &PACKET,
            &VSOCK,
            &CAN,
            &CAN_ISOTP,
            &CAN_J1939,
            &TIPC,
            &ALG,
            &QIPCRTR,
            &L2CAP,
            &RFCOMM,
            &HCI,
            &OTHER,
            &ADDRINFO,
            &NEWLINES,
            &INTERFACE,
            &CONTROL,
            &EVENT,
            &SELECTOR_KEY,
            &READY,
            &PAIR,
            &TUPLE,
            &ARGUMENTS,
        ]
    }

    /// The place of a field, from 0.
    pub(crate) fn place(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|(name, _)| *name == field)
    }

    /// Whether it stands for its only item, and prints as that.
    pub(crate) fn is_bare(&self) -> bool {
        std::ptr::eq(self, &raw const UNIX)
    }

    /// How many places it has whatever is in them: the last may be nothing, which no list of Lua's tells.
    pub(crate) fn least(&self) -> usize {
        if self.is_named() { self.fields.len() } else { 0 }
    }

    /// Whether it prints with its name and those of its places.
    pub(crate) fn is_named(&self) -> bool {
        std::ptr::eq(self, &raw const SELECTOR_KEY)
    }

    /// How the place `index` prints.
    pub(crate) fn shape(&self, index: usize) -> Shape {
        let all = if std::ptr::eq(self, &raw const ARGUMENTS) {
            Shape::Text
        } else {
            Shape::Plain
        };
        self.fields.get(index).map_or(all, |(_, shape)| *shape)
    }
}
