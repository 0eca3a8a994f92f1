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

impl RecordKind {
    /// Every kind, for adapters that have to recognise one.
    pub(crate) const fn all() -> [&'static Self; 6] {
        [&INET, &INET6, &UNIX, &OTHER, &ADDRINFO, &NEWLINES]
    }

    /// The place of a field, from 0.
    pub(crate) fn place(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|(name, _)| *name == field)
    }

    /// Whether it stands for its only item, and prints as that.
    pub(crate) fn is_bare(&self) -> bool {
        std::ptr::eq(self, &raw const UNIX)
    }

    /// How the place `index` prints.
    pub(crate) fn shape(&self, index: usize) -> Shape {
        self.fields.get(index).map_or(Shape::Plain, |(_, shape)| *shape)
    }
}
