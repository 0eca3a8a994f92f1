//! A sheet in a terminal of 80 columns. The only colour is bold, and none where it is not wanted.

use super::sheet::{Block, Sheet};

/// Columns there are.
const WIDTH: usize = 80;
/// How far what belongs to a heading stands in.
const INDENT: usize = 2;
/// The widest first column of rows; a longer word has its line to itself.
const WIDEST: usize = 24;

/// The sheet as text.
pub(super) fn print(sheet: &Sheet, colour: bool) -> String {
    let mut page = Page {
        text: String::new(),
        colour,
    };
    for block in &sheet.0 {
        page.block(block);
    }
    page.text
}

/// A text of its own, wrapped.
pub(super) fn wrapped(text: &str) -> String {
    lines(text, WIDTH)
        .into_iter()
        .map(|line| format!("{line}\n"))
        .collect()
}

struct Page {
    text: String,
    colour: bool,
}

impl Page {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Title { name, what } => {
                self.bold(name);
                let room = WIDTH.saturating_sub(name.chars().count() + 2);
                if what.chars().count() <= room {
                    self.text.push_str(&format!("  {what}\n"));
                } else {
                    self.text.push('\n');
                    self.indented(what, INDENT);
                }
            }
            Block::Calls(calls) => {
                self.text.push('\n');
                for (language, call) in calls {
                    self.row(language, call, 6);
                }
            }
            Block::Text(text) => {
                self.text.push('\n');
                self.indented(text, INDENT);
            }
            Block::Rows { heading, rows } => {
                self.heading(heading);
                let widest = rows.iter().map(|(word, _)| word.chars().count());
                let column = widest.filter(|width| *width <= WIDEST).max().unwrap_or(0);
                for (word, text) in rows {
                    if word.is_empty() {
                        self.indented(text, INDENT);
                    } else {
                        self.row(word, text, column);
                    }
                }
            }
            Block::Names { heading, names } => {
                self.heading(heading);
                self.indented(&names.join("  "), INDENT);
            }
            Block::Code { heading, text, .. } => {
                self.heading(heading);
                self.verbatim(text);
            }
            Block::Prints(text) => {
                if text.is_empty() {
                    return;
                }
                self.heading("prints");
                self.verbatim(text);
            }
        }
    }

    fn bold(&mut self, text: &str) {
        if self.colour {
            self.text.push_str(&format!("\x1b[1m{text}\x1b[0m"));
        } else {
            self.text.push_str(text);
        }
    }

    fn heading(&mut self, heading: &str) {
        self.text.push('\n');
        if !heading.is_empty() {
            self.bold(heading);
            self.text.push('\n');
        }
    }

    fn indented(&mut self, text: &str, indent: usize) {
        for line in lines(text, WIDTH - indent) {
            self.text.push_str(&format!("{:indent$}{line}\n", ""));
        }
    }

    fn verbatim(&mut self, text: &str) {
        for line in text.lines() {
            self.text.push_str(format!("{:INDENT$}{line}", "").trim_end());
            self.text.push('\n');
        }
    }

    /// A word, and beside it what is said of it.
    fn row(&mut self, word: &str, text: &str, column: usize) {
        let indent = INDENT + column + 2;
        let mut rest = lines(text, WIDTH - indent).into_iter();
        if word.chars().count() > column {
            self.indented(word, INDENT);
        } else {
            let first = rest.next().unwrap_or_default();
            let line = format!("{:INDENT$}{word:column$}  {first}", "");
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
        for line in rest {
            self.text.push_str(&format!("{:indent$}{line}\n", ""));
        }
    }
}

/// The text in lines of at most `width` columns, broken at blanks.
fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut used = 0;
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += length;
        }
        lines.push(line);
    }
    lines
}
