//! The modes of `open` and `makefile`, with Python's complaints.

use crate::error::{Error, Result};
use crate::sys;
use crate::text::str_repr;

use super::raw::Direction;

/// What `open` was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode {
    pub(super) reading: bool,
    /// An existing file is emptied.
    pub(super) writing: bool,
    /// The file must not exist.
    pub(super) creating: bool,
    pub(super) appending: bool,
    /// The other direction too.
    pub(super) updating: bool,
    pub(super) binary: bool,
}

impl Mode {
    /// Read as bytes.
    pub(super) const READ: Self = Self {
        reading: true,
        writing: false,
        creating: false,
        appending: false,
        updating: false,
        binary: true,
    };
    /// Written as bytes.
    pub(super) const WRITE: Self = Self {
        reading: false,
        writing: true,
        ..Self::READ
    };

    /// Reads `open`'s mode.
    ///
    /// # Errors
    /// `ValueError`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let invalid = || Error::value(format!("invalid mode: {}", str_repr(text)));
        let has = |letter| text.contains(letter);
        let mut seen = Vec::new();
        for letter in text.chars() {
            if !"xrwa+tb".contains(letter) || seen.contains(&letter) {
                return Err(invalid());
            }
            seen.push(letter);
        }
        if has('t') && has('b') {
            return Err(Error::value("can't have text and binary mode at once"));
        }
        match ['x', 'r', 'w', 'a']
            .into_iter()
            .filter(|letter| has(*letter))
            .count()
        {
            0 => {
                return Err(Error::value(
                    "Must have exactly one of create/read/write/append mode and at most one plus",
                ));
            }
            1 => {}
            _ => {
                return Err(Error::value(
                    "must have exactly one of create/read/write/append mode",
                ));
            }
        }
        Ok(Self {
            reading: has('r'),
            writing: has('w'),
            creating: has('x'),
            appending: has('a'),
            updating: has('+'),
            binary: has('b'),
        })
    }

    pub(super) fn direction(self) -> Direction {
        Direction {
            reading: self.reading || self.updating,
            writing: !self.reading || self.updating,
        }
    }

    /// The mode without `b` or `t`, as audit events tell it.
    pub(super) fn letters(self) -> String {
        let direction = if self.creating {
            "x"
        } else if self.appending {
            "a"
        } else if self.writing {
            "w"
        } else {
            "r"
        };
        format!("{direction}{}", if self.updating { "+" } else { "" })
    }

    /// The flags of open(2) that stand for it.
    pub(super) fn flags(self) -> i32 {
        let Direction { reading, writing } = self.direction();
        sys::file::flags(reading, writing, self.writing, self.creating, self.appending)
    }

    /// The mode the raw file shows.
    pub(super) fn of_raw(self) -> &'static str {
        let both = self.updating;
        match self {
            Self { creating: true, .. } if both => "xb+",
            Self { creating: true, .. } => "xb",
            Self { appending: true, .. } if both => "ab+",
            Self { appending: true, .. } => "ab",
            _ if both => "rb+",
            Self { reading: true, .. } => "rb",
            _ => "wb",
        }
    }
}

/// What `makefile` was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SocketMode {
    pub(super) direction: Direction,
    pub(super) binary: bool,
}

impl SocketMode {
    /// Reads `makefile`'s mode.
    ///
    /// # Errors
    /// `ValueError`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        if text.chars().any(|letter| !"rwb".contains(letter)) {
            return Err(Error::value(format!(
                "invalid mode {} (only r, w, b allowed)",
                str_repr(text)
            )));
        }
        let writing = text.contains('w');
        Ok(Self {
            direction: Direction {
                reading: text.contains('r') || !writing,
                writing,
            },
            binary: text.contains('b'),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_pythons() {
        assert_eq!(Mode::parse("rb").ok(), Some(Mode::READ));
        assert_eq!(Mode::parse("w+").map(Mode::of_raw).ok(), Some("rb+"));
        assert_eq!(Mode::parse("ab+").map(Mode::of_raw).ok(), Some("ab+"));
        for wrong in ["", "rw", "rr", "q", "rU", "b", "r b"] {
            assert!(Mode::parse(wrong).is_err(), "{wrong:?}");
        }
        let both = SocketMode::parse("wbr").expect("all three");
        assert!(both.binary && both.direction.reading && both.direction.writing);
        assert!(SocketMode::parse("").is_ok_and(|mode| mode.direction.reading && !mode.binary));
        assert!(SocketMode::parse("a").is_err());
    }
}
