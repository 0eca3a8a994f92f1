//! The last of what happened, kept in memory: what a failing test shows beside its error.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::wire::trace::{Decoder, Header, Record, line, page};

use super::recorder::Recorder;

/// Bytes of messages that are kept at most.
const BYTES: usize = 1024 * 1024;

/// The last events of a run, as many as [`Recorder::keep_last`] was told to keep.
///
/// ```
/// # #[cfg(feature = "lua")] {
/// use wirescript::{Policy, Recorder, Runtime};
///
/// let recorder = Recorder::new();
/// let tail = recorder.keep_last(100);
/// let mut runtime = Runtime::builder().policy(Policy::allow_all()).trace(&recorder).build()?;
/// runtime.run("pair", "local a, b = socket.socketpair() a:send('hi') b:recv(2)")?;
/// assert!(tail.text().contains("> b'hi'"));
/// assert!(tail.page("pair").starts_with("<!doctype html>"));
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
pub struct Tail {
    header: Header,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    records: VecDeque<Record<'static>>,
    bytes: usize,
    /// Events that had to make room.
    gone: usize,
}

impl Recorder {
    /// Keeps the last `count` events in memory, of at most a mebibyte of messages.
    pub fn keep_last(&self, count: usize) -> Tail {
        let kept: Arc<Mutex<Kept>> = Arc::default();
        let tail = Tail {
            header: self.header().clone(),
            kept: kept.clone(),
        };
        self.listen(Box::new(move |record| {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.add(record.clone().into_owned(), count);
        }));
        tail
    }
}

impl Kept {
    fn add(&mut self, record: Record<'static>, most: usize) {
        self.bytes += size(&record);
        self.records.push_back(record);
        while self.records.len() > most || self.bytes > BYTES {
            let Some(old) = self.records.pop_front() else {
                break;
            };
            self.bytes -= size(&old);
            self.gone += 1;
        }
    }
}

fn size(record: &Record<'_>) -> usize {
    record.text.as_ref().map_or(0, |text| text.len()) + record.base64.as_ref().map_or(0, String::len)
}

impl Tail {
    /// The events in words, a line each; empty where nothing happened.
    pub fn text(&self) -> String {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = String::new();
        if kept.gone > 0 {
            out.push_str(&format!("({} earlier events are not shown)\n", kept.gone));
        }
        for record in &kept.records {
            out.push_str(&line(record));
            out.push('\n');
        }
        out
    }

    /// The events as a page for a browser: one file that needs no other, nor a network.
    pub fn page(&self, title: &str) -> String {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let records: Vec<_> = kept.records.iter().cloned().collect();
        page(&self.header, &records, title, Decoder::default())
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.records.is_empty()
    }
}

impl fmt::Debug for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        write!(f, "Tail({} events)", kept.records.len())
    }
}
