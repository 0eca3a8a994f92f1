//! What is noted of an event when it happens: as little as can be, in chunks that go to the writer.
//!
//! A chunk is written by one core and read by another, and what costs a run most is the memory that goes between them. So an
//! entry is half a cache line; what only few events have stands apart.

use std::sync::Arc;

use crate::error::Place;
use crate::wire::trace::{Kind, Name, Record};

/// Entries of a full chunk.
const ENTRIES: usize = 2048;
/// Bytes of a full chunk.
const BYTES: usize = 64 * 1024;
/// Places in scripts that a chunk speaks of.
const PLACES: usize = 128;
/// The number of no place.
const NOWHERE: u16 = u16::MAX;

/// One event, as it is handed in.
pub(super) struct Note {
    pub(super) ns: u64,
    /// The task's number; 0 for none.
    pub(super) task: u64,
    pub(super) place: Option<Place>,
    pub(super) worker: Option<Arc<str>>,
    pub(super) process: Option<u32>,
    pub(super) what: What,
}

pub(super) enum What {
    /// Bytes that moved; they are handed in beside it.
    Moved(Moved),
    /// Anything else, which is rare: its record, in which the note's own fields are still to be set.
    Told(Box<Record<'static>>),
}

pub(super) struct Moved {
    pub(super) sent: bool,
    pub(super) peeked: bool,
    pub(super) plaintext: bool,
    pub(super) socket: u64,
    pub(super) fd: i32,
    /// To whom, or from whom.
    pub(super) far: Option<Box<Name>>,
}

/// Notes, packed, with the bytes they speak of one after the other.
#[derive(Default)]
pub(super) struct Chunk {
    entries: Vec<Entry>,
    bytes: Vec<u8>,
    places: Vec<Place>,
    rare: Vec<Rare>,
}

struct Entry {
    ns: u64,
    socket: u64,
    task: u32,
    length: u32,
    fd: i32,
    place: u16,
    marks: u8,
}

/// What few events have, in the order of the entries that are marked for it.
struct Rare {
    worker: Option<Arc<str>>,
    process: Option<u32>,
    far: Option<Box<Name>>,
    told: Option<Box<Record<'static>>>,
}

/// Marks of an entry.
const SENT: u8 = 1;
const PEEKED: u8 = 2;
const PLAINTEXT: u8 = 4;
const RARE: u8 = 8;

impl Chunk {
    /// Adds a note with its bytes, which are copied.
    #[inline]
    pub(super) fn add(&mut self, note: Note, data: &[u8]) {
        let place = self.number(note.place.as_ref());
        // Nothing that a system call moves is longer.
        let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
        let mut entry = Entry {
            ns: note.ns,
            socket: 0,
            task: u32::try_from(note.task).unwrap_or(u32::MAX),
            length,
            fd: -1,
            place,
            marks: 0,
        };
        self.bytes.extend_from_slice(&data[..length as usize]);
        let (far, told) = match note.what {
            What::Told(record) => (None, Some(record)),
            What::Moved(moved) => {
                entry.socket = moved.socket;
                entry.fd = moved.fd;
                entry.marks = u8::from(moved.sent) * SENT
                    + u8::from(moved.peeked) * PEEKED
                    + u8::from(moved.plaintext) * PLAINTEXT;
                (moved.far, None)
            }
        };
        if far.is_some() || told.is_some() || note.worker.is_some() || note.process.is_some() {
            entry.marks |= RARE;
            self.rare.push(Rare {
                worker: note.worker,
                process: note.process,
                far,
                told,
            });
        }
        self.entries.push(entry);
    }

    /// The number of a place, which most often is one of the last.
    #[inline]
    fn number(&mut self, place: Option<&Place>) -> u16 {
        let Some(place) = place else { return NOWHERE };
        let is_known = |known: &Place| known.line() == place.line() && known == place;
        let number = self.places.iter().rposition(is_known).unwrap_or_else(|| {
            self.places.push(*place);
            self.places.len() - 1
        });
        u16::try_from(number).unwrap_or(NOWHERE)
    }

    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= ENTRIES || self.bytes.len() >= BYTES || self.places.len() >= PLACES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Forgets what is in it and keeps the memory, unless one message has made it large.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.bytes.clear();
        self.bytes.shrink_to(2 * BYTES);
        self.places.clear();
        self.rare.clear();
    }

    /// Hands out each note as a record.
    pub(super) fn for_each(&self, mut tell: impl FnMut(&Record<'_>)) {
        let places: Vec<String> = self.places.iter().map(ToString::to_string).collect();
        let mut rare = self.rare.iter();
        let mut rest = &self.bytes[..];
        for entry in &self.entries {
            let (data, later) = rest.split_at((entry.length as usize).min(rest.len()));
            rest = later;
            let has_more = entry.marks & RARE != 0;
            let more = if has_more { rare.next() } else { None };
            let mut record = match more.and_then(|more| more.told.as_deref()) {
                Some(told) => told.clone(),
                None => entry.moved(data),
            };
            record.ns = entry.ns;
            record.task = (entry.task > 0).then_some(entry.task.into());
            record.at = places.get(usize::from(entry.place)).map(|at| at.as_str().into());
            if let Some(more) = more {
                record.worker = more.worker.as_deref().map(Into::into);
                record.process = more.process;
                let far = more.far.as_deref().cloned();
                if record.event == Kind::Sent {
                    record.to = far;
                } else {
                    record.from = far;
                }
            }
            tell(&record);
        }
    }
}

impl Entry {
    fn moved<'a>(&self, data: &'a [u8]) -> Record<'a> {
        let kind = if self.marks & SENT != 0 {
            Kind::Sent
        } else {
            Kind::Received
        };
        let mut record = Record::new(self.ns, kind).with_data(data);
        record.socket = Some(self.socket);
        record.fd = Some(self.fd);
        record.peeked = self.marks & PEEKED != 0;
        record.plaintext = self.marks & PLAINTEXT != 0;
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(ns: u64, line: u32, what: What) -> Note {
        Note {
            ns,
            task: 1,
            place: Some(Place::new(b"a.lua", line)),
            worker: None,
            process: None,
            what,
        }
    }

    fn moved(far: Option<Box<Name>>) -> What {
        What::Moved(Moved {
            sent: true,
            peeked: false,
            plaintext: false,
            socket: 3,
            fd: 4,
            far,
        })
    }

    #[test]
    fn entries_come_out_as_the_notes_that_went_in() {
        assert_eq!(size_of::<Entry>(), 32);
        let mut chunk = Chunk::default();
        let far = Name::Inet("::1".into(), 5);
        chunk.add(note(1, 7, moved(None)), b"one");
        chunk.add(note(2, 8, What::Told(Box::new(Record::new(0, Kind::Close)))), b"");
        chunk.add(note(3, 7, moved(Some(Box::new(far.clone())))), b"two");
        let mut seen = Vec::new();
        chunk.for_each(|record| seen.push(record.clone().into_owned()));
        let told: Vec<_> = seen
            .iter()
            .map(|record| {
                (
                    record.ns,
                    record.event,
                    record.at.as_deref(),
                    record.text.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (1, Kind::Sent, Some("a.lua:7"), Some("one")),
                (2, Kind::Close, Some("a.lua:8"), None),
                (3, Kind::Sent, Some("a.lua:7"), Some("two"))
            ]
        );
        assert_eq!((&seen[0].to, &seen[2].to), (&None, &Some(far)));
        chunk.clear();
        assert!(chunk.is_empty());
    }
}
