//! What the parameters of `open` and `makefile` say of a file's text: encoding, error handler, line ends.

use crate::codec::{Encoding, Handler};
use crate::error::Result;

use super::newlines::Newline;

/// How bytes and text are turned into each other.
#[derive(Clone, Debug)]
pub(super) struct Format {
    pub(super) encoding: Encoding,
    /// The encoding and the error handler as the script named them.
    pub(super) encoding_name: String,
    pub(super) errors: String,
    pub(super) newline: Newline,
    /// A line's end that is written flushes.
    pub(super) line_buffering: bool,
}

impl Format {
    /// What the parameters of `open` and `makefile` say.
    ///
    /// # Errors
    /// `LookupError` for an encoding nobody knows; `ValueError`.
    pub(super) fn new(encoding: Option<&str>, errors: Option<&str>, newline: Option<&str>) -> Result<Self> {
        let newline = Newline::parse(newline)?;
        let name = match encoding {
            None | Some("locale") => "UTF-8",
            Some(name) => name,
        };
        Ok(Self {
            encoding: Encoding::by_name(name)?,
            encoding_name: name.to_owned(),
            errors: errors.unwrap_or("strict").to_owned(),
            newline,
            line_buffering: false,
        })
    }

    pub(super) fn handler(&self) -> Handler {
        Handler::by_name(&self.errors)
    }
}
