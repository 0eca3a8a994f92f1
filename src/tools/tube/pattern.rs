//! Regular expressions over bytes. A byte that is no character stands for itself in a pattern, and `.` is any byte.

use std::fmt;
use std::ops::Range;

use regex::bytes::{Regex, RegexBuilder};

use crate::error::{Error, Result};
use crate::net::Net;

/// Most memory a compiled pattern may take.
const LARGEST: usize = 1 << 20;

/// A match's text, and that of each of its groups that took part.
pub(crate) type Groups = Vec<Option<Vec<u8>>>;

/// A compiled pattern.
pub(crate) struct Pattern {
    regex: Regex,
    /// The same, which begins to match where it begins to look.
    anchored: Regex,
    text: Vec<u8>,
}

impl Pattern {
    /// Compiles a pattern in the syntax of the crate `regex`.
    ///
    /// # Errors
    /// `ValueError` with its author's words for what is wrong.
    pub(crate) fn new(net: &Net, text: &[u8]) -> Result<Self> {
        let shown = as_text(text);
        let compile = |pattern: &str| {
            let mut builder = RegexBuilder::new(pattern);
            builder.unicode(false).size_limit(LARGEST).dfa_size_limit(LARGEST);
            // Patterns nest, and compiling follows them.
            net.sched().deep(|| builder.build())
        };
        let refuse = |error: regex::Error| Error::value(format!("not a pattern: {error}"));
        let regex = compile(&shown).map_err(refuse)?;
        // A comment at the end, as `(?x)` allows it, would take the parenthesis: it ends with a line.
        let anchored = compile(&format!("\\A(?:{shown})"))
            .or_else(|_| compile(&format!("\\A(?:{shown}\n)")))
            .map_err(refuse)?;
        Ok(Self {
            regex,
            anchored,
            text: text.to_vec(),
        })
    }

    /// The first match: where it ends, and its text and that of its groups.
    pub(super) fn find(&self, data: &[u8]) -> Option<(usize, Groups)> {
        let found = self.regex.captures(data)?;
        let end = found.get(0)?.end();
        let groups = found
            .iter()
            .map(|group| group.map(|group| group.as_bytes().to_vec()));
        Some((end, groups.collect()))
    }

    /// Where it first matches a byte at least, from a place on.
    pub(super) fn range_after(&self, data: &[u8], place: usize) -> Option<Range<usize>> {
        let mut found = self.regex.find_iter(data).map(|found| found.range());
        found.find(|range| range.start >= place && !range.is_empty())
    }

    /// How many bytes it matches from the first on.
    pub(super) fn matches_front(&self, data: &[u8]) -> Option<usize> {
        self.anchored.find(data).map(|found| found.end())
    }

    /// Whether it matches somewhere in these bytes.
    pub(crate) fn is_in(&self, data: &[u8]) -> bool {
        self.regex.is_match(data)
    }

    /// As it was written.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }
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
