//! Trace files: a header, then a record a line. What reads one goes line by line, names the line that is no record, and
//! takes a last line that was cut off for the end, as a process that was killed leaves it.

use std::fmt;
use std::io::{self, BufRead, Write};

use super::{FORMAT, Header, Record};

/// Writes a header or a record and ends the line.
///
/// # Errors
/// The writer's.
pub(crate) fn write_line(out: &mut impl Write, line: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// Why a file is no trace.
#[derive(Debug)]
pub(crate) enum Trouble {
    Read(io::Error),
    /// It does not begin as a trace does.
    Foreign,
    /// It was written by a later version, in this form.
    Later(u32),
    /// This line is no record.
    Line(usize, String),
}

/// Reads a trace.
pub(crate) struct Lines<R> {
    reader: R,
    header: Header,
    number: usize,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// It is no trace, or one of a later version.
    pub(crate) fn open(mut reader: R) -> Result<Self, Trouble> {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).map_err(Trouble::Read)?;
        let header: Header = serde_json::from_slice(&line).map_err(|_| Trouble::Foreign)?;
        if header.wirescript_trace > FORMAT {
            return Err(Trouble::Later(header.wirescript_trace));
        }
        Ok(Self {
            reader,
            header,
            number: 1,
            line,
        })
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// The next record; none at the end.
    ///
    /// # Errors
    /// Reading fails, or the line is no record.
    pub(crate) fn next_record(&mut self) -> Result<Option<Record<'static>>, Trouble> {
        loop {
            self.line.clear();
            let count = self
                .reader
                .read_until(b'\n', &mut self.line)
                .map_err(Trouble::Read)?;
            self.number += 1;
            if count == 0 {
                return Ok(None);
            }
            if self.line.trim_ascii().is_empty() {
                continue;
            }
            return match serde_json::from_slice::<Record<'static>>(&self.line) {
                Ok(record) => Ok(Some(record)),
                Err(_) if self.line.last() != Some(&b'\n') => Ok(None),
                Err(error) => Err(Trouble::Line(self.number, error.to_string())),
            };
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Foreign => {
                f.write_str("this is no trace: its first line is not the one that wirescript --trace writes")
            }
            Self::Later(form) => write!(
                f,
                "the trace is of form {form}, written by a later wirescript; this one reads up to {FORMAT}"
            ),
            Self::Line(number, error) => write!(f, "line {number} is no record of a trace: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    const HEADER: &str =
        r#"{"wirescript_trace":1,"version":"0.1.0","started_ns":5,"process":7,"plaintext":false}"#;

    fn read(text: &str) -> Result<Vec<Record<'static>>, Trouble> {
        let mut lines = Lines::open(text.as_bytes())?;
        let mut records = Vec::new();
        while let Some(record) = lines.next_record()? {
            records.push(record);
        }
        Ok(records)
    }

    #[test]
    fn a_line_that_was_cut_off_is_the_end() {
        let whole = format!("{HEADER}\n{{\"ns\":1,\"event\":\"close\",\"socket\":2}}\n");
        assert_eq!(read(&whole).expect("a trace")[0].event, Kind::Close);
        assert_eq!(
            read(&format!("{whole}{{\"ns\":2,\"eve")).expect("a trace").len(),
            1
        );
        // What a later version adds to records of this form is passed over.
        let more = format!("{HEADER}\n{{\"ns\":1,\"event\":\"listen\",\"new\":[1]}}\n");
        assert_eq!(read(&more).expect("a trace")[0].event, Kind::Listen);
    }

    #[test]
    fn what_is_no_trace_is_told() {
        let told = |text: &str| read(text).expect_err("trouble").to_string();
        assert!(told("hello\n").contains("no trace"));
        assert!(told("").contains("no trace"));
        assert!(told(&HEADER.replace(":1,", ":99,")).contains("form 99"));
        assert!(told(&format!("{HEADER}\n{{\"ns\":1}}\n")).starts_with("line 2 "));
    }
}
