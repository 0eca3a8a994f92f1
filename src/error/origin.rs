//! Errors that begin as a number of the system's, of the resolver's, or as an error of Rust's own library.

use std::io::ErrorKind;

use crate::sys::errno::Errno;
use crate::sys::resolve::ResolveError;

use super::{Class, Error};

impl From<Errno> for Error {
    fn from(errno: Errno) -> Self {
        Self::make(Class::of_errno(errno), Some(errno.0), None)
    }
}

impl From<std::io::Error> for Error {
    /// `OSError` or the child of it for the system's number. One without a number has the class of its kind and keeps its
    /// text; one that carries an error of this type gives that back.
    fn from(error: std::io::Error) -> Self {
        if let Some(number) = error.raw_os_error() {
            return Self::os(number);
        }
        let carried = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>());
        carried
            .cloned()
            .unwrap_or_else(|| Self::new(class_of_kind(error.kind()), error.to_string()))
    }
}

/// The class Python has for what Rust's library tells by a kind.
fn class_of_kind(kind: ErrorKind) -> Class {
    match kind {
        ErrorKind::AlreadyExists => Class::FileExistsError,
        ErrorKind::BrokenPipe => Class::BrokenPipeError,
        ErrorKind::ConnectionAborted => Class::ConnectionAbortedError,
        ErrorKind::ConnectionRefused => Class::ConnectionRefusedError,
        ErrorKind::ConnectionReset => Class::ConnectionResetError,
        ErrorKind::Interrupted => Class::InterruptedError,
        ErrorKind::IsADirectory => Class::IsADirectoryError,
        ErrorKind::NotADirectory => Class::NotADirectoryError,
        ErrorKind::NotFound => Class::FileNotFoundError,
        ErrorKind::PermissionDenied => Class::PermissionError,
        ErrorKind::TimedOut => Class::TimeoutError,
        ErrorKind::UnexpectedEof => Class::EOFError,
        ErrorKind::WouldBlock => Class::BlockingIOError,
        _ => Class::OSError,
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

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn an_error_of_rusts_library_has_the_class_of_its_kind() {
        let of = |error: io::Error| Error::from(error);
        let refused = of(ErrorKind::ConnectionRefused.into());
        assert_eq!(
            (refused.class(), refused.errno()),
            (Class::ConnectionRefusedError, None)
        );
        assert_eq!(of(ErrorKind::UnexpectedEof.into()).class(), Class::EOFError);
        let own = of(io::Error::new(ErrorKind::TimedOut, "the shelf is far"));
        assert_eq!(own.headline(), "TimeoutError: the shelf is far");
        assert_eq!(of(io::Error::other("odd")).class(), Class::OSError);
        let numbered = of(io::Error::from_raw_os_error(Errno::PIPE.0));
        assert_eq!(
            (numbered.class(), numbered.errno()),
            (Class::BrokenPipeError, Some(Errno::PIPE.0))
        );
        let carried = of(io::Error::other(Error::os(Errno::MFILE.0).during("open")));
        assert_eq!(
            (carried.errno(), carried.op()),
            (Some(Errno::MFILE.0), Some("open"))
        );
    }
}
