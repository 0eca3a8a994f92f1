//! Errors that begin as a number of the system's, of the resolver's, or as an error of Rust's own library.

use crate::sys::errno::Errno;
use crate::sys::resolve::ResolveError;

use super::{Class, Error};

impl From<Errno> for Error {
    fn from(errno: Errno) -> Self {
        Self::make(Class::of_errno(errno), Some(errno.0), None)
    }
}

impl From<std::io::Error> for Error {
    /// `OSError` or the child of it for the system's number; an error without one keeps its text.
    fn from(error: std::io::Error) -> Self {
        match error.raw_os_error() {
            Some(number) => Self::os(number),
            None => Self::new(Class::OSError, error.to_string()),
        }
    }
}

impl From<ResolveError> for Error {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::System(errno) => errno.into(),
            ResolveError::Code(code) => Self::numbered(Class::gaierror, code, error.text()),
        }
    }
}
