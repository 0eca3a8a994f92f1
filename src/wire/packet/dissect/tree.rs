//! A packet that was read: a tree of nodes, one a field, and the checksums met on the way.

use crate::error::Error;
use crate::wire::packet::field::{Field, Int};
use crate::wire::packet::{Datum, bits};

/// What was read of a field.
#[derive(Debug)]
pub(in crate::wire::packet) struct Node<'a> {
    pub(in crate::wire::packet) field: &'a Field,
    /// The bytes it is in.
    pub(in crate::wire::packet) start: usize,
    pub(in crate::wire::packet) end: usize,
    pub(in crate::wire::packet) content: Content<'a>,
    /// What its checksum should be.
    pub(in crate::wire::packet) due: Option<i128>,
}

#[derive(Debug)]
pub(in crate::wire::packet) enum Content<'a> {
    /// A value, and the field that it was read by: the case of a union, where it is one.
    Value(Datum, &'a Field),
    Map(Vec<Node<'a>>),
    List(Vec<Node<'a>>),
}

/// A packet, as far as it could be read.
pub(in crate::wire::packet) struct Dissection<'a> {
    pub(in crate::wire::packet) nodes: Vec<Node<'a>>,
    /// Where the fields end.
    pub(in crate::wire::packet) end: usize,
    /// Checksums, the innermost first: what mending one takes.
    pub(in crate::wire::packet) sums: Vec<SumAt<'a>>,
    pub(in crate::wire::packet) trouble: Option<Error>,
}

/// A checksum in a packet.
pub(in crate::wire::packet) struct SumAt<'a> {
    pub(in crate::wire::packet) field: &'a Field,
    pub(in crate::wire::packet) start: usize,
    pub(in crate::wire::packet) from: usize,
    pub(in crate::wire::packet) to: usize,
    pub(in crate::wire::packet) pseudo: Vec<u8>,
}

impl SumAt<'_> {
    /// What the checksum of this packet should be.
    pub(in crate::wire::packet) fn due(&self, data: &[u8], int: &Int) -> i128 {
        let Some(checksum) = &self.field.checksum else {
            return 0;
        };
        let mut bytes = self.pseudo.clone();
        let before = bytes.len();
        bytes.extend_from_slice(&data[self.from..self.to]);
        // Its own bytes count as zeros.
        if let Some(at) = self.start.checked_sub(self.from)
            && let Some(own) = bytes.get_mut(before + at..before + at + int.run)
        {
            bits::put(own, int, 0);
        }
        match (checksum.sum.of(&bytes).into(), checksum.zero) {
            (0, Some(zero)) => zero,
            (number, _) => number,
        }
    }
}

/// Whether an element is the one a list ends with.
pub(super) fn is_last(item: &Node<'_>, last: &Datum) -> bool {
    match (&item.content, last.map()) {
        (Content::Value(value, by), _) => by.is(value, last),
        (Content::Map(nodes), Some(wanted)) => wanted.iter().all(|(name, wanted)| {
            nodes.iter().any(|node| {
                node.field.name == *name
                    && matches!(&node.content, Content::Value(value, by) if by.is(value, wanted))
            })
        }),
        _ => false,
    }
}

impl Node<'_> {
    /// What scripts get of it; names in place of numbers that have one, if so asked for.
    pub(in crate::wire::packet) fn datum(&self, named: bool) -> Datum {
        match &self.content {
            Content::Value(value, by) if named => match by.name_of(value) {
                Some(name) => Datum::Text(name.to_owned()),
                None => value.clone(),
            },
            Content::Value(value, _) => value.clone(),
            Content::Map(nodes) => map(nodes, named),
            Content::List(items) => Datum::List(items.iter().map(|item| item.datum(named)).collect()),
        }
    }
}

/// The fields read, by name.
pub(in crate::wire::packet) fn map(nodes: &[Node<'_>], named: bool) -> Datum {
    let entries = nodes
        .iter()
        .map(|node| (node.field.name.clone(), node.datum(named)));
    Datum::Map(entries.collect())
}
