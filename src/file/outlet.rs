//! `sys.stdout` and `sys.stderr` where the host takes what is written.

use std::fmt;

use crate::error::{Error, Result};
use crate::net::{Outlet, Patience, Stream};
use crate::sys::errno;

use super::mode::Mode;
use super::raw::{Direction, Load, Name, Raw, Room, Shut, closed_file};

/// A stream that ends in the host's hands.
pub(super) struct Taken {
    stream: Stream,
    outlet: Outlet,
    shut: Shut,
}

impl Taken {
    pub(super) fn new(stream: Stream, outlet: Outlet) -> Self {
        Self {
            stream,
            outlet,
            shut: Shut::default(),
        }
    }

    const fn name(&self) -> &'static str {
        match self.stream {
            Stream::Output => "<stdout>",
            Stream::Errors => "<stderr>",
        }
    }

    fn take(&self, data: &[u8]) -> usize {
        if !data.is_empty() {
            (self.outlet)(data);
        }
        data.len()
    }
}

impl Raw for Taken {
    fn read(&self, _: &'static str, _: Patience, _: &mut Room<'_>) -> Result<Option<usize>> {
        Err(self.unreadable())
    }

    fn write(&self, _: &'static str, _: Patience, load: &mut Load<'_>) -> Result<Option<usize>> {
        Ok(Some(load(&mut |data| Ok(self.take(data)))?))
    }

    fn write_now(&self, data: &[u8]) -> errno::Result<usize> {
        Ok(self.take(data))
    }

    fn patience(&self) -> Patience {
        Patience::Until(None)
    }

    fn direction(&self) -> Direction {
        Mode::WRITE.direction()
    }

    fn fileno(&self) -> i32 {
        -1
    }

    fn has_descriptor(&self) -> bool {
        false
    }

    fn shut(&self) -> &Shut {
        &self.shut
    }

    fn close(&self) -> Result<()> {
        self.shut.set(true);
        Ok(())
    }

    fn name(&self) -> Name {
        Name::Path(Self::name(self).into())
    }

    fn mode(&self) -> &'static str {
        "wb"
    }

    fn class(&self) -> &'static str {
        "_io.FileIO"
    }

    fn repr(&self) -> String {
        format!("<_io.FileIO name='{}' mode='wb' closefd=False>", Self::name(self))
    }

    fn closed_error(&self) -> Error {
        closed_file()
    }
}

impl fmt::Debug for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Taken({:?})", self.stream)
    }
}
