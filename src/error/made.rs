//! Errors that scripts make: their arguments, and the text Python makes of them.

use std::borrow::Cow;

#[cfg(feature = "tls")]
use crate::text::str_repr;

#[cfg(feature = "tls")]
use super::explain;
use super::{Class, Error};

/// An argument an error was made with, or has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Argument {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Self>),
    /// What is no plain data, as it prints.
    Other(String),
}

/// What an error has that a script made.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) arguments: Vec<Argument>,
    /// Python's `str(e)`.
    pub(crate) text: String,
    /// The system's text alone, where the error has a number.
    pub(crate) strerror: String,
    pub(crate) errno: Option<i32>,
    pub(crate) status: Option<i32>,
    /// The second file, where two are concerned.
    pub(crate) filename2: Option<String>,
}

impl Error {
    /// The error a script makes of a class.
    pub(crate) fn made(class: Class, made: Made) -> Self {
        let text = if made.errno.is_some() {
            made.strerror.clone()
        } else {
            made.text.clone()
        };
        let mut error = Self::new(class, text);
        error.detail().errno = made.errno;
        let rare = error.rare_mut();
        rare.status = made.status;
        rare.made = Some(made);
        error
    }

    /// Says what Python's `e.args` are, where they are not what the text is made of alone.
    #[must_use]
    pub(crate) fn with_arguments(mut self, arguments: Vec<Argument>) -> Self {
        self.rare_mut().arguments = Some(arguments);
        self
    }

    /// Python's `e.args`.
    pub(crate) fn arguments(&self) -> Vec<Argument> {
        if let Some(arguments) = &self.rare().arguments {
            return arguments.clone();
        }
        match (&self.rare().made, self.errno()) {
            (Some(made), _) => made.arguments.clone(),
            (None, Some(number)) => vec![
                Argument::Int(number.into()),
                Argument::Text(self.strerror().unwrap_or_default().into_owned()),
            ],
            (None, None) if self.message().is_empty() => Vec::new(),
            (None, None) => vec![Argument::Text(self.message().into_owned())],
        }
    }

    /// The other of two files that a script named.
    pub(crate) fn filename2(&self) -> Option<&str> {
        self.rare()
            .made
            .as_ref()
            .and_then(|made| made.filename2.as_deref())
    }

    /// Has the second line tell the file and not the first: CPython does not name one that OpenSSL was to read.
    #[must_use]
    #[cfg(feature = "tls")]
    pub(crate) fn naming_file_below(mut self) -> Self {
        let cause = explain::likely_cause(&self);
        let Some(name) = self.rare_mut().filename.take() else {
            return self;
        };
        let cause = cause.unwrap_or_else(|| "this is about the file".to_owned());
        self.because(format!("{cause}: {}", str_repr(&name)))
    }

    /// `str(e)` of an error a script made.
    pub(super) fn text_as_made(&self) -> Cow<'_, str> {
        let made = self.rare().made.as_ref();
        Cow::Borrowed(made.map_or("", |made| &made.text))
    }
}
