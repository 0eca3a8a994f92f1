//! A file that a trace is written to: as lines of JSON, or as packets.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::wire::capture::Capture;
use crate::wire::trace::{Header, Record, write_line};

/// A file, what it is to hold, and what of it was not yet written.
pub(super) struct Sink {
    path: PathBuf,
    file: File,
    form: Form,
    pending: Vec<u8>,
}

enum Form {
    Lines,
    Packets(Box<Capture>),
}

impl Sink {
    /// A file of lines, which begin with a header.
    ///
    /// # Errors
    /// The file cannot be made.
    pub(super) fn lines(path: &Path, header: &Header) -> io::Result<Self> {
        let mut sink = Self::open(path, Form::Lines)?;
        write_line(&mut sink.pending, header)?;
        Ok(sink)
    }

    /// A file of packets.
    ///
    /// # Errors
    /// The file cannot be made.
    pub(super) fn packets(path: &Path, header: &Header) -> io::Result<Self> {
        Self::open(path, Form::Packets(Box::new(Capture::begin(header)?)))
    }

    fn open(path: &Path, form: Form) -> io::Result<Self> {
        let mut file = File::create(path)?;
        if file.metadata()?.is_file() {
            // Forked children write to its end too.
            file = OpenOptions::new().append(true).open(path)?;
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            form,
            pending: Vec::new(),
        })
    }

    /// Adds a record, in memory.
    ///
    /// # Errors
    /// It cannot be put into this form.
    pub(super) fn add(&mut self, record: &Record<'_>) -> io::Result<()> {
        match &mut self.form {
            Form::Lines => write_line(&mut self.pending, record),
            Form::Packets(capture) => capture.add(record),
        }
    }

    /// Writes out what was added, in one call where the system lets it be one.
    ///
    /// # Errors
    /// The file's.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if let Form::Packets(capture) = &mut self.form {
            self.pending = capture.take();
        }
        let written = self.file.write_all(&self.pending);
        self.pending.clear();
        written
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether several processes may write to it, each its own lines.
    pub(super) fn can_be_shared(&self) -> bool {
        matches!(self.form, Form::Lines)
    }
}
