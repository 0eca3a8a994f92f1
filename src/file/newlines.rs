//! Line ends in text, as `io.TextIOWrapper` treats them: which end lines, which are translated, which were seen.

use crate::error::{Error, Result};

/// The `newline` a text file was opened with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Newline {
    /// None: `\n`, `\r` and `\r\n` end a line and are read as `\n`.
    Translated,
    /// The empty text: all three end a line and stay what they are.
    Untranslated,
    /// Only this ends a line, and stays what it is; `\n` is written as it.
    Exactly(&'static str),
}

impl Newline {
    /// Reads the parameter.
    ///
    /// # Errors
    /// `ValueError`.
    pub(super) fn parse(text: Option<&str>) -> Result<Self> {
        Ok(match text {
            None => Self::Translated,
            Some("") => Self::Untranslated,
            Some("\n") => Self::Exactly("\n"),
            Some("\r") => Self::Exactly("\r"),
            Some("\r\n") => Self::Exactly("\r\n"),
            Some(other) => {
                return Err(Error::value(format!("illegal newline value: {other}")));
            }
        })
    }

    /// Whether any of the three ends a line.
    pub(super) fn is_universal(self) -> bool {
        matches!(self, Self::Translated | Self::Untranslated)
    }

    /// What `\n` is written as, where that is something else.
    pub(super) fn written(self) -> Option<&'static str> {
        match self {
            Self::Exactly(end) if end != "\n" => Some(end),
            _ => None,
        }
    }

    /// The length of the first line in `text`, with its end. `searched` is how much holds no end, and is brought up to date.
    pub(super) fn line(self, text: &[u8], searched: &mut usize) -> Option<usize> {
        let fresh = text.get(*searched..).unwrap_or_default();
        let found = match self {
            Self::Translated | Self::Exactly("\n") => memchr::memchr(b'\n', fresh).map(|place| place + 1),
            Self::Exactly("\r") => memchr::memchr(b'\r', fresh).map(|place| place + 1),
            Self::Untranslated => memchr::memchr2(b'\n', b'\r', fresh).map(|place| {
                // The reader keeps a final \r back, so that \r\n is never torn.
                let pair = fresh[place] == b'\r' && fresh.get(place + 1) == Some(&b'\n');
                place + if pair { 2 } else { 1 }
            }),
            Self::Exactly(end) => memchr::memmem::find(fresh, end.as_bytes()).map(|place| place + end.len()),
        };
        match found {
            Some(length) => Some(*searched + length),
            None => {
                // Half of a \r\n may stand at the end.
                *searched = text.len().saturating_sub(1).max(*searched);
                None
            }
        }
    }
}

/// Which ends were seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    lf: bool,
    cr: bool,
    crlf: bool,
}

impl Seen {
    /// The ends, in Python's order.
    pub(super) fn ends(self) -> Vec<&'static str> {
        [(self.cr, "\r"), (self.lf, "\n"), (self.crlf, "\r\n")]
            .into_iter()
            .filter_map(|(seen, end)| seen.then_some(end))
            .collect()
    }
}

/// What sees to line ends behind a decoder: Python's `IncrementalNewlineDecoder`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ends {
    /// A `\r` whose `\n` may be still to come.
    pub(super) held: bool,
    pub(super) seen: Seen,
}

impl Ends {
    /// Treats the text from `start` on, which the decoder has just appended. `last` tells that nothing follows.
    pub(super) fn treat(&mut self, newline: Newline, text: &mut Vec<u8>, start: usize, last: bool) {
        if !newline.is_universal() {
            return;
        }
        if self.held && (last || text.len() > start) {
            text.insert(start, b'\r');
            self.held = false;
        }
        if !last && text.len() > start && text.last() == Some(&b'\r') {
            text.pop();
            self.held = true;
        }
        let fresh = &text[start..];
        if memchr::memchr(b'\r', fresh).is_none() {
            self.seen.lf |= !self.seen.lf && memchr::memchr(b'\n', fresh).is_some();
            return;
        }
        let mut treated = Vec::with_capacity(fresh.len());
        let mut rest = fresh;
        while let Some(place) = memchr::memchr2(b'\n', b'\r', rest) {
            let end: &[u8] = if rest[place] == b'\n' {
                self.seen.lf = true;
                b"\n"
            } else if rest.get(place + 1) == Some(&b'\n') {
                self.seen.crlf = true;
                b"\r\n"
            } else {
                self.seen.cr = true;
                b"\r"
            };
            treated.extend_from_slice(&rest[..place]);
            treated.extend_from_slice(if newline == Newline::Translated {
                b"\n"
            } else {
                end
            });
            rest = &rest[place + end.len()..];
        }
        treated.extend_from_slice(rest);
        text.truncate(start);
        text.append(&mut treated);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(newline: Newline, pieces: &[&str]) -> (String, Vec<&'static str>) {
        let mut ends = Ends::default();
        let mut text = Vec::new();
        for piece in pieces {
            let start = text.len();
            text.extend_from_slice(piece.as_bytes());
            ends.treat(newline, &mut text, start, false);
        }
        let start = text.len();
        ends.treat(newline, &mut text, start, true);
        (String::from_utf8(text).expect("text"), ends.seen.ends())
    }

    #[test]
    fn ends_are_translated_also_when_torn() {
        let pieces = ["a\r", "\nb\r", "c\n", "\r"];
        assert_eq!(
            through(Newline::Translated, &pieces),
            ("a\nb\nc\n\n".into(), vec!["\r", "\n", "\r\n"])
        );
        assert_eq!(through(Newline::Untranslated, &pieces).0, "a\r\nb\rc\n\r");
        assert_eq!(through(Newline::Exactly("\r"), &pieces).0, "a\r\nb\rc\n\r");
        assert_eq!(through(Newline::Exactly("\r"), &pieces).1, Vec::<&str>::new());
    }

    #[test]
    fn lines_end_where_the_parameter_says() {
        let text = b"a\nb\rc\r\nd";
        let first = |newline: Newline| newline.line(text, &mut 0);
        assert_eq!(first(Newline::Translated), Some(2));
        assert_eq!(first(Newline::Exactly("\r")), Some(4));
        assert_eq!(first(Newline::Exactly("\r\n")), Some(7));
        assert_eq!(Newline::Untranslated.line(b"x\r\ny", &mut 0), Some(3));
        let mut searched = 0;
        assert_eq!(Newline::Exactly("\r\n").line(b"ab\r", &mut searched), None);
        assert_eq!(Newline::Exactly("\r\n").line(b"ab\r\n", &mut searched), Some(4));
        assert!(Newline::parse(Some("x")).is_err());
    }
}
