//! Encodings of one byte a character.

use std::sync::OnceLock;

use super::tables::{CHARMAPS, UNDEFINED};

/// One encoding, ready for use.
pub(super) struct Charmap {
    /// The character of each byte.
    points: [Option<char>; 256],
    /// The byte of each character, in the order of the characters.
    bytes: Vec<(char, u8)>,
}

/// The encoding at this place of the tables.
pub(super) fn charmap(place: usize) -> &'static Charmap {
    static READY: [OnceLock<Box<Charmap>>; CHARMAPS.len()] = [const { OnceLock::new() }; CHARMAPS.len()];
    READY[place].get_or_init(|| Box::new(Charmap::new(CHARMAPS[place].2)))
}

impl Charmap {
    /// A table of 256 characters; one of 128 is the upper half of one that begins as ASCII does.
    fn new(table: &str) -> Self {
        let length = table.chars().count();
        let lower = (0..=127).map(char::from).take(256 - length);
        let mut points = [None; 256];
        for (slot, c) in points.iter_mut().zip(lower.chain(table.chars())) {
            *slot = Some(c).filter(|c| *c != UNDEFINED);
        }
        let mut bytes: Vec<(char, u8)> = (0..=255)
            .filter_map(|byte: u8| points[usize::from(byte)].map(|c| (c, byte)))
            .collect();
        // Of several bytes for one character the last counts.
        bytes.sort_by_key(|(c, byte)| (*c, std::cmp::Reverse(*byte)));
        bytes.dedup_by_key(|(c, _)| *c);
        Self { points, bytes }
    }

    /// The character of a byte.
    pub(super) fn character(&self, byte: u8) -> Option<char> {
        self.points[usize::from(byte)]
    }

    /// The byte of a code point.
    pub(super) fn byte(&self, point: u32) -> Option<u8> {
        let c = char::from_u32(point)?;
        let place = self.bytes.binary_search_by_key(&c, |(c, _)| *c).ok()?;
        Some(self.bytes[place].1)
    }
}
