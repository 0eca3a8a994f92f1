//! The bar at the foot of a terminal while tests run.

use std::io::{IsTerminal, Write};

use super::Summary;

/// Columns of the bar itself.
const WIDTH: usize = 24;

/// The bar; nothing where nobody looks.
#[derive(Debug)]
pub(super) struct Progress {
    shown: bool,
    files: usize,
    done: usize,
    /// The file that was begun last.
    at: String,
    drawn: bool,
}

impl Progress {
    pub(super) fn new(files: usize) -> Self {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        Self {
            shown: std::io::stderr().is_terminal() && std::io::stdout().is_terminal() && !dumb && files > 1,
            files,
            done: 0,
            at: String::new(),
            drawn: false,
        }
    }

    pub(super) fn began(&mut self, file: &str) {
        file.clone_into(&mut self.at);
    }

    pub(super) fn ended(&mut self) {
        self.done += 1;
    }

    /// Takes it away, so that something else can be printed.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.drawn) {
            put("\r\x1b[K");
        }
    }

    pub(super) fn draw(&mut self, summary: &Summary) {
        if !self.shown {
            return;
        }
        let full = WIDTH * self.done / self.files.max(1);
        let failed = if summary.failed > 0 {
            format!(", \x1b[31m{} failed\x1b[0m", summary.failed)
        } else {
            String::new()
        };
        let at: String = self
            .at
            .chars()
            .rev()
            .take(30)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        put(&format!(
            "\r\x1b[K[{}{}] {}/{} files{failed}  \x1b[2m{at}\x1b[0m",
            "=".repeat(full),
            " ".repeat(WIDTH - full),
            self.done,
            self.files,
        ));
        self.drawn = true;
    }
}

fn put(text: &str) {
    let mut stderr = std::io::stderr().lock();
    // A closed stderr shows no bar.
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}
