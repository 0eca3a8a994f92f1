//! What is noted of an event when it happens: as little as can be, in chunks that go to the writer.

use std::sync::Arc;

use crate::error::Place;
use crate::wire::trace::{Kind, Name, Record};

/// Entries of a full chunk.
const ENTRIES: usize = 512;
/// Bytes of a full chunk.
const BYTES: usize = 64 * 1024;

/// One event.
pub(super) struct Entry {
    pub(super) ns: u64,
    /// The task's number; 0 for none.
    pub(super) task: u64,
    pub(super) place: Option<Place>,
    pub(super) worker: Option<Arc<str>>,
    pub(super) process: Option<u32>,
    pub(super) what: What,
}

pub(super) enum What {
    /// Bytes that moved; they stand in the chunk.
    Moved(Moved),
    /// Anything else, which is rare: its record, in which the entry's own fields are still to be set.
    Told(Box<Record<'static>>),
}

pub(super) struct Moved {
    pub(super) sent: bool,
    pub(super) peeked: bool,
    pub(super) plaintext: bool,
    pub(super) socket: u64,
    pub(super) fd: i32,
    pub(super) length: usize,
    /// To whom, or from whom.
    pub(super) far: Option<Box<Name>>,
}

/// Entries, and the bytes they speak of one after the other.
#[derive(Default)]
pub(super) struct Chunk {
    entries: Vec<Entry>,
    bytes: Vec<u8>,
}

impl Chunk {
    /// Adds an entry with its bytes, which are copied.
    #[inline]
    pub(super) fn add(&mut self, entry: Entry, data: &[u8]) {
        self.bytes.extend_from_slice(data);
        self.entries.push(entry);
    }

    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= ENTRIES || self.bytes.len() >= BYTES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Forgets what is in it and keeps the memory, unless one entry has made it large.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.bytes.clear();
        self.bytes.shrink_to(2 * BYTES);
    }

    /// Hands out each entry as a record.
    pub(super) fn for_each(&self, mut tell: impl FnMut(&Record<'_>)) {
        let mut rest = &self.bytes[..];
        let mut at = String::new();
        let mut last = None;
        for entry in &self.entries {
            let length = match &entry.what {
                What::Moved(moved) => moved.length,
                What::Told(_) => 0,
            };
            let (data, later) = rest.split_at(length.min(rest.len()));
            rest = later;
            if last != entry.place {
                last = entry.place;
                at = entry.place.map_or(String::new(), |place| place.to_string());
            }
            tell(&entry.record(data, &at));
        }
    }
}

impl Entry {
    /// The entry as a record; `at` is its place in words.
    pub(super) fn record<'a>(&'a self, data: &'a [u8], at: &'a str) -> Record<'a> {
        let mut record = match &self.what {
            What::Told(record) => Record::clone(record),
            What::Moved(moved) => {
                let kind = if moved.sent { Kind::Sent } else { Kind::Received };
                let mut record = Record::new(self.ns, kind).with_data(data);
                record.socket = Some(moved.socket);
                record.fd = Some(moved.fd);
                record.peeked = moved.peeked;
                record.plaintext = moved.plaintext;
                let far = moved.far.as_deref().cloned();
                if moved.sent {
                    record.to = far;
                } else {
                    record.from = far;
                }
                record
            }
        };
        record.ns = self.ns;
        record.task = (self.task > 0).then_some(self.task);
        record.worker = self.worker.as_deref().map(Into::into);
        record.process = self.process;
        record.at = self.place.map(|_| at.into());
        record
    }
}
