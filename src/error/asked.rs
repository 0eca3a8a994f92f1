//! What the script asked for, where the step that failed knows no more than its part of it: the call, and an address whose host
//! could not be resolved.

use std::fmt;

use crate::text::str_repr;

use super::Error;

/// An address as a script gave it: the host, then port, flow and zone as far as they were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) host: String,
    pub(crate) places: Vec<u32>,
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}", str_repr(&self.host))?;
        for place in &self.places {
            write!(f, ", {place}")?;
        }
        f.write_str(")")
    }
}

impl Error {
    /// Names the call the script made in place of the step of it that failed; an error of no operation stays one.
    #[must_use]
    pub(crate) fn called(mut self, op: &'static str) -> Self {
        if self.0.op.is_some() {
            self.detail().op = Some(op);
        }
        self
    }

    /// Keeps the address as it was given, unless the one it stands for is known.
    #[must_use]
    pub(crate) fn asking(mut self, asked: Asked) -> Self {
        if self.0.op.is_some() && self.0.address.is_none() {
            self.detail().asked = Some(Box::new(asked));
        }
        self
    }

    /// The address as a script gave it, where nothing more is known of it.
    pub(crate) fn asked(&self) -> Option<&Asked> {
        self.0.asked.as_deref()
    }
}
