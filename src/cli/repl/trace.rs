//! `:trace on`: what happens on the sockets, as it happens, from the recorder that `--trace` and `--pcap` use as well.

use std::cell::Cell;

use crate::cli::recording::Recording;
use crate::net::Net;
use crate::sys::stdio;

use super::color::{Tint, painted};

/// The recorder of a session, and whether it prints.
pub(super) struct Trace {
    recording: Recording,
    /// By what printing ends.
    printing: Cell<Option<u64>>,
}

impl Trace {
    pub(super) fn new(recording: Recording) -> Self {
        Self {
            recording,
            printing: Cell::new(None),
        }
    }

    /// Prints each event on a line from here on.
    pub(super) fn begin(&self, net: &Net, colored: bool) {
        if self.printing.get().is_some() {
            return;
        }
        let number = self.recording.recorder().tell(move |text| {
            let line = painted(colored, Tint::Faint, &format!("· {text}"));
            // A terminal that is gone shows nothing.
            let _ = stdio::write(format!("{line}\n").as_bytes());
            let _ = stdio::flush();
        });
        self.printing.set(Some(number));
        net.set_observer(Some(self.recording.recorder().observer()));
    }

    /// Prints no more. The slot is empty again, unless files are written.
    pub(super) fn end(&self, net: &Net) {
        if let Some(number) = self.printing.take() {
            self.recording.recorder().hush(number);
        }
        if !self.recording.has_files() {
            net.set_observer(None);
        }
    }
}
