//! `--trace` and `--pcap`: the recorder that a run is watched by.

use std::ffi::{OsStr, OsString};
use std::rc::Rc;
use std::sync::Arc;

use clap::Args;

use crate::error::Error;
use crate::runtime::Builder;
use crate::tools::trace::Recorder;

use super::complain;

/// What is to be recorded.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Recording")]
pub(super) struct Flags {
    /// Record what the sockets do to FILE, as lines of JSON: for `wirescript trace`
    #[arg(long, value_name = "FILE")]
    trace: Option<OsString>,

    /// Record what the sockets do to FILE as packets, which Wireshark opens (pcapng)
    #[arg(long, value_name = "FILE")]
    pcap: Option<OsString>,

    /// Record what goes through TLS as the script sees it, in place of what travels
    #[arg(long)]
    trace_plaintext: bool,
}

/// A recorder, and whether it writes files. The trace ends with the last copy.
#[derive(Clone)]
pub(super) struct Recording {
    recorder: Rc<Recorder>,
    files: bool,
}

impl Flags {
    /// Opens the files; `simulated` is whether the run has a clock of its own.
    ///
    /// # Errors
    /// Which file cannot be made, and why.
    pub(super) fn begin(&self, simulated: bool) -> Result<Recording, String> {
        for (option, path) in [("--trace", &self.trace), ("--pcap", &self.pcap)] {
            path.as_ref().map_or(Ok(()), |path| check_file(option, path))?;
        }
        // A device takes both; in a file one would write over the other.
        if let Some(path) = self
            .trace
            .as_ref()
            .filter(|path| self.pcap.as_ref() == Some(path))
            && std::fs::metadata(path).map_or(true, |found| found.is_file())
        {
            let name = path.display();
            return Err(format!(
                "--trace and --pcap write two forms of a record, and not into one file: '{name}'"
            ));
        }
        // The thread that writes says once that it cannot.
        let begin = if simulated {
            Recorder::of_simulation
        } else {
            Recorder::with
        };
        let recorder = begin(self.trace_plaintext, Some(Arc::new(complain)));
        let refuse = |error: Error| format!("cannot record: {}", error.message());
        if let Some(path) = &self.trace {
            recorder.lines_to(path).map_err(refuse)?;
        }
        if let Some(path) = &self.pcap {
            recorder.packets_to(path).map_err(refuse)?;
        }
        if self.trace_plaintext && self.trace.is_none() && self.pcap.is_none() {
            return Err("--trace-plaintext says how to record; add --trace FILE or --pcap FILE".into());
        }
        Ok(Recording {
            recorder: Rc::new(recorder),
            files: self.trace.is_some() || self.pcap.is_some(),
        })
    }
}

/// Elsewhere `-` is standard output.
///
/// # Errors
/// What to write in place of it.
pub(super) fn check_file(option: &str, path: &OsStr) -> Result<(), String> {
    if path == "-" {
        return Err(format!(
            "{option} records to a file, never to standard output; a file of that name is './-'"
        ));
    }
    Ok(())
}

impl Recording {
    pub(super) fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    pub(super) fn has_files(&self) -> bool {
        self.files
    }

    /// Has a runtime watched, if there is a file for it.
    pub(super) fn watch(&self, builder: Builder) -> Builder {
        if self.files {
            builder.trace(&self.recorder)
        } else {
            builder
        }
    }

    /// Has everything written. What cannot be has been told.
    pub(super) fn finish(&self) {
        let _ = self.recorder.finish();
    }
}
