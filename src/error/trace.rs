//! Where a script was when an error was raised: kept as it is found, put into words only when asked for.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Calls that are kept.
const DEPTH: usize = 4;
/// Longest name of a script that a place holds itself.
const NAME: usize = 60;
/// Longer names that are kept for good.
const MOST_LONG: usize = 1000;
/// Longest of them.
const LONGEST: usize = 4096;
/// What stands for the rest of a name of which there were too many, or too much.
const CUT: &[u8] = b"...";

/// The long names of scripts that places were made of: a place is copied about, and a name hardly ever another one.
static LONG: Mutex<Option<HashSet<&'static [u8]>>> = Mutex::new(None);

/// A place in a script.
///
/// ```
/// # #[cfg(feature = "lua")] {
/// let mut runtime = wirescript::Runtime::builder().build()?;
/// let error = runtime.run("settings", "\nnothing.at.all()").unwrap_err();
/// let place = error.place().expect("it was raised in a script");
/// assert_eq!((&*place.source(), place.line()), ("settings", 2));
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Place {
    name: Name,
    line: u32,
}

/// The name of a script.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    Short([u8; NAME], u8),
    Long(&'static [u8]),
}

impl Name {
    fn new(name: &[u8]) -> Self {
        if name.len() <= NAME {
            return Self::short(&[name]);
        }
        match long(name) {
            Some(name) => Self::Long(name),
            None => Self::short(&[&name[..NAME - CUT.len()], CUT]),
        }
    }

    fn short(parts: &[&[u8]]) -> Self {
        let (mut kept, mut length) = ([0; NAME], 0);
        for part in parts {
            kept[length..length + part.len()].copy_from_slice(part);
            length += part.len();
        }
        Self::Short(kept, u8::try_from(length).unwrap_or(0))
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Short(name, length) => &name[..usize::from(*length)],
            Self::Long(name) => name,
        }
    }
}

/// A long name as it is kept, unless there are too many.
fn long(name: &[u8]) -> Option<&'static [u8]> {
    if name.len() > LONGEST {
        return None;
    }
    let mut names = LONG.lock().unwrap_or_else(PoisonError::into_inner);
    let names = names.get_or_insert_default();
    if let Some(known) = names.get(name) {
        return Some(known);
    }
    if names.len() >= MOST_LONG {
        return None;
    }
    let kept: &'static [u8] = Box::leak(name.into());
    names.insert(kept);
    Some(kept)
}

impl Place {
    /// A place in the script of this name.
    pub(crate) fn new(name: &[u8], line: u32) -> Self {
        Self {
            name: Name::new(name),
            line,
        }
    }

    /// The script's name, as its messages show it: Lua itself cuts those of more than 59 bytes.
    pub fn source(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.name.bytes())
    }

    /// The line, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source(), self.line)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The script's innermost calls, innermost first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    first: Option<Place>,
    /// Those around it, of which most errors have none.
    around: Option<Box<[Option<Place>; DEPTH - 1]>>,
}

impl Trace {
    /// Nothing is known.
    pub(super) const NONE: Self = Self {
        first: None,
        around: None,
    };

    /// Adds the next call outwards; beyond [`DEPTH`] it is left out.
    pub(crate) fn push(&mut self, place: Place) {
        if self.first.is_none() {
            self.first = Some(place);
            return;
        }
        let around = self.around.get_or_insert_default();
        if let Some(slot) = around.iter_mut().find(|slot| slot.is_none()) {
            *slot = Some(place);
        }
    }

    /// The innermost place.
    pub(super) const fn first(&self) -> Option<&Place> {
        self.first.as_ref()
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let around = self.around.iter().flat_map(|around| around.iter());
        for (depth, place) in self.first.iter().chain(around.flatten()).enumerate() {
            let between = if depth == 0 { "" } else { "\n" };
            write!(f, "{between}{place}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_whole_unless_there_are_very_many() {
        let name = |length: usize| "n".repeat(length);
        for length in [0, 5, 60, 61, 300] {
            let (name, place) = (name(length), Place::new(name(length).as_bytes(), 7));
            assert_eq!((place.source().as_ref(), place.line()), (&*name, 7));
            assert_eq!(place, Place::new(name.as_bytes(), 7));
        }
        let cut = Place::new(name(LONGEST + 1).as_bytes(), 7);
        assert_eq!(cut.source(), format!("{}...", name(57)));
    }
}
