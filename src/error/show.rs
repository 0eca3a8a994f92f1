//! How an error reads: Python's text of it, the line CPython prints last, and the line below with what led to it.

use std::borrow::Cow;
use std::fmt;

use crate::text::str_repr;

use super::{Class, Error, explain};

impl Error {
    /// Python's `str(e)`.
    pub fn message(&self) -> Cow<'_, str> {
        match self.0.errno {
            _ if self.rare().made.is_some() => self.text_as_made(),
            // The numbers of TLS are not the system's, and Python does not tell them.
            Some(_) if self.0.class.is_a(Class::SSLError) => self.text(),
            Some(number) => Cow::Owned(match &self.rare().filename {
                Some(name) => format!("[Errno {number}] {}: {}", self.text(), str_repr(name)),
                None => format!("[Errno {number}] {}", self.text()),
            }),
            None => self.text(),
        }
    }

    /// The first line of the text: what CPython prints last in a traceback.
    pub fn headline(&self) -> String {
        let message = self.advice();
        let name = self.0.class.qualified_name();
        if message.is_empty() {
            return name.to_owned();
        }
        format!("{name}: {message}")
    }

    /// The message, and the sentence that helps where there is one.
    pub(crate) fn advice(&self) -> Cow<'_, str> {
        let message = self.message();
        match &self.rare().hint {
            Some(hint) if !message.is_empty() => format!("{message}. {hint}").into(),
            _ => message,
        }
    }

    /// Operation, address and likely cause: the second line of the text, where there is something to say.
    pub fn context(&self) -> Option<String> {
        let asked = self.asked().map(ToString::to_string);
        let address = self.told_address().map(ToString::to_string).or(asked);
        let mut line = match (self.0.op, &address) {
            (Some(op), Some(address)) => format!("in {op}, address {address}"),
            (Some(op), None) => format!("in {op}"),
            (None, Some(address)) => format!("address {address}"),
            (None, None) => return self.rare().cause.clone(),
        };
        if let Some(cause) = self.rare().cause.clone().or_else(|| explain::likely_cause(self)) {
            line.push_str(": ");
            line.push_str(&cause);
        }
        Some(line)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline())?;
        match self.context() {
            Some(context) => write!(f, "\n  {context}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
