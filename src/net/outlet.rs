//! Where what scripts print goes, where the host takes it: kept beside the sockets, as all that a runtime's scripts share.

use std::fmt;
use std::sync::Arc;

use super::context::Net;

/// Takes what is written, on the thread that writes it.
pub(crate) type Outlet = Arc<dyn Fn(&[u8]) + Send + Sync>;

/// A stream that scripts write to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Errors,
}

/// Who takes what is written to the streams; the program's own does where nobody is named.
#[derive(Clone, Default)]
pub(crate) struct Outlets {
    pub(crate) output: Option<Outlet>,
    pub(crate) errors: Option<Outlet>,
}

impl Net {
    /// Has what is written taken; the first who do so stay.
    pub(crate) fn set_outlets(&self, outlets: Outlets) {
        // The builder says so once.
        let _ = self.outlets.set(outlets);
    }

    /// Who takes what is written, for workers.
    pub(crate) fn outlets(&self) -> Outlets {
        self.outlets.get().cloned().unwrap_or_default()
    }

    /// Who takes what is written to a stream.
    pub(crate) fn outlet(&self, stream: Stream) -> Option<&Outlet> {
        let outlets = self.outlets.get()?;
        match stream {
            Stream::Output => outlets.output.as_ref(),
            Stream::Errors => outlets.errors.as_ref(),
        }
    }
}

impl fmt::Debug for Outlets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlets")
            .field("output", &self.output.is_some())
            .field("errors", &self.errors.is_some())
            .finish()
    }
}
