//! Where a script was when an error was raised: kept as it is found, put into words only when asked for.

use std::fmt;

/// Calls that are kept.
const DEPTH: usize = 4;
/// Longest name of a script that is kept.
const NAME: usize = 60;

/// A place in a script.
///
/// ```
/// # #[cfg(feature = "lua54")] {
/// let mut runtime = wirescript::Runtime::builder().build()?;
/// let error = runtime.run("settings", "\nnothing.at.all()").unwrap_err();
/// let place = error.place().expect("it was raised in a script");
/// assert_eq!((&*place.source(), place.line()), ("settings", 2));
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Place {
    name: [u8; NAME],
    length: u8,
    line: u32,
}

impl Place {
    /// A place in the script of this name, shortened where it is long.
    pub(crate) fn new(name: &[u8], line: u32) -> Self {
        let mut kept = [0; NAME];
        let length = name.len().min(NAME);
        kept[..length].copy_from_slice(&name[..length]);
        Self {
            name: kept,
            length: u8::try_from(length).unwrap_or(0),
            line,
        }
    }

    /// The script's name, as its messages show it.
    pub fn source(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.name[..usize::from(self.length)])
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
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Trace([Option<Place>; DEPTH]);

impl Trace {
    /// Adds the next call outwards; beyond [`DEPTH`] it is left out.
    pub(crate) fn push(&mut self, place: Place) {
        if let Some(slot) = self.0.iter_mut().find(|slot| slot.is_none()) {
            *slot = Some(place);
        }
    }

    /// The innermost place.
    pub(super) fn first(&self) -> Option<&Place> {
        self.0[0].as_ref()
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, place) in self.0.iter().flatten().enumerate() {
            let between = if depth == 0 { "" } else { "\n" };
            write!(f, "{between}{place}")?;
        }
        Ok(())
    }
}
