//! Regular expressions over bytes. A byte that is no character stands for itself in a pattern, and `.` is any byte.

use std::cell::OnceCell;
use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use regex::bytes::{Regex, RegexBuilder};

use crate::error::{Error, Result};
use crate::net::Net;
use crate::sched::Scheduler;

use super::automaton::{Automaton, Effort, Threads, Walk};

/// Most memory a compiled pattern may take.
pub(super) const LARGEST: usize = 1 << 20;
/// Bytes of a pattern: read, each takes a hundred before the bound above is looked at.
const LONGEST: usize = 256 << 10;

/// Most places that are kept for the groups while a match is looked for: one for each end of a group in each of the pattern's states.
const MOST_SLOTS: usize = 1 << 19;
/// Steps that nobody need be able to end, some hundredths of a second.
const FEW_STEPS: usize = 1 << 22;

/// Where a match lies, and each of its groups that took part.
pub(crate) type Groups = Vec<Option<Range<usize>>>;

/// A compiled pattern.
pub(crate) struct Pattern {
    regex: Regex,
    /// The same, which begins to match where it begins to look.
    front: Automaton,
    /// And which finds every match there, not only the one that the pattern prefers.
    every: OnceCell<Rc<Automaton>>,
    /// And which can be stopped while it looks for a match and its groups.
    threads: OnceCell<Threads>,
    sched: Rc<Scheduler>,
    text: Vec<u8>,
}

impl Pattern {
    /// Compiles a pattern in the syntax of the crate `regex`.
    ///
    /// # Errors
    /// `ValueError` with its author's words for what is wrong.
    pub(crate) fn new(net: &Net, text: &[u8]) -> Result<Self> {
        if text.len() > LONGEST {
            return Err(refused(format_args!("it has more than {LONGEST} bytes")));
        }
        let shown = as_text(text);
        let mut builder = RegexBuilder::new(&shown);
        builder.unicode(false).size_limit(LARGEST).dfa_size_limit(LARGEST);
        // Patterns nest, and compiling follows them.
        let regex = net.sched().deep(|| builder.build()).map_err(refused)?;
        let front = net
            .sched()
            .deep(|| Automaton::new(&shown, false))
            .map_err(refused)?;
        // Captures add states, but none in which a byte is waited for.
        if front.states().saturating_mul(2 * regex.captures_len()) > MOST_SLOTS {
            return Err(refused("it has too many groups for its size"));
        }
        Ok(Self {
            regex,
            front,
            every: OnceCell::new(),
            threads: OnceCell::new(),
            sched: net.sched().clone(),
            text: text.to_vec(),
        })
    }

    /// What looking for a match takes, in however many pieces; it ends when the task is to. So all errors below are.
    pub(super) fn with_effort<T>(&self, look: impl FnOnce(&mut Effort<'_>) -> Result<T>) -> Result<T> {
        let stop = || self.sched.check_end();
        look(&mut Effort::new(&stop))
    }

    /// Whether the crate looks through so many bytes within a moment, whatever they are: it cannot be stopped.
    fn is_quick(&self, bytes: usize, slots: usize) -> bool {
        bytes.saturating_mul(self.front.states()).saturating_mul(slots) <= FEW_STEPS
    }

    fn threads(&self) -> Result<&Threads> {
        if let Some(threads) = self.threads.get() {
            return Ok(threads);
        }
        let threads = self.sched.deep(|| Threads::new(&as_text(&self.text)));
        let threads = threads.map_err(refused)?;
        Ok(self.threads.get_or_init(|| threads))
    }

    /// The first match: where it ends, and where its groups lie.
    fn find(&self, data: &[u8], effort: &mut Effort<'_>) -> Result<Option<(usize, Groups)>> {
        let groups: Groups = if self.is_quick(data.len(), 2 * self.regex.captures_len()) {
            let Some(found) = self.regex.captures(data) else {
                return Ok(None);
            };
            found.iter().map(|group| Some(group?.range())).collect()
        } else {
            self.threads()?.find(data, 0, effort)?.unwrap_or_default()
        };
        let end = groups.first().cloned().flatten().map(|range| range.end);
        Ok(end.map(|end| (end, groups)))
    }

    /// As [`Self::find`], of what grows from one call to the next: what `walk` knows is not looked at again.
    pub(super) fn find_on(&self, walk: &mut Walk, data: &[u8]) -> Result<Option<(usize, Groups)>> {
        self.with_effort(|effort| {
            // As a rule all is there at once, and this is the faster way.
            if walk.is_fresh()
                && self.is_quick(data.len(), 2 * self.regex.captures_len())
                && let Some(found) = self.find(data, effort)?
            {
                return Ok(Some(found));
            }
            match self.front.go_on(walk, data, true, effort)?.end {
                Some(_) => self.find(data, effort),
                None => Ok(None),
            }
        })
    }

    /// Where it first matches a byte at least, from a place on.
    pub(super) fn range_after(
        &self,
        data: &[u8],
        place: usize,
        effort: &mut Effort<'_>,
    ) -> Result<Option<Range<usize>>> {
        let mut from = place;
        while from <= data.len() {
            let range = if self.is_quick(data.len() - from, 2) {
                effort.take(1)?;
                self.regex.find_at(data, from).map(|found| found.range())
            } else {
                let groups = self.threads()?.find(data, from, effort)?;
                groups.and_then(|groups| groups.into_iter().next().flatten())
            };
            match range {
                Some(range) if range.is_empty() => from = range.end + 1,
                range => return Ok(range),
            }
        }
        Ok(None)
    }

    /// It, from a place on.
    pub(super) fn front(&self) -> &Automaton {
        &self.front
    }

    /// It with all its matches, from a place on.
    ///
    /// # Errors
    /// `ValueError` when that takes too much memory.
    pub(super) fn every(&self, net: &Net) -> Result<Rc<Automaton>> {
        if let Some(every) = self.every.get() {
            return Ok(every.clone());
        }
        let shown = as_text(&self.text);
        let every = net.sched().deep(|| Automaton::new(&shown, true));
        let every = Rc::new(every.map_err(refused)?);
        Ok(self.every.get_or_init(|| every).clone())
    }

    /// Whether it matches somewhere in these bytes.
    pub(crate) fn is_in(&self, data: &[u8]) -> Result<bool> {
        if self.is_quick(data.len(), 1) {
            return Ok(self.regex.is_match(data));
        }
        self.with_effort(|effort| {
            let known = self.front.go_on(&mut Walk::default(), data, true, effort)?;
            Ok(known.end.is_some())
        })
    }

    /// As it was written.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }
}

fn refused(why: impl fmt::Display) -> Error {
    Error::value(format!("not a pattern: {why}"))
}

/// The pattern as the text a compiler takes: a byte that belongs to no character becomes an escape.
fn as_text(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a text does not fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tube.pattern({})", crate::text::bytes_repr(&self.text))
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
