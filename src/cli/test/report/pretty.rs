//! What a person reads: a line a file, each failure with the line of the script, both sides and what was noted, and the sum.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::time::Duration;

use crate::sys::stdio;

use super::progress::Progress;
use super::{Outcome, Run, Summary, Verdict, printable};
use crate::cli::test::verdict::Trouble;

/// Failures that are shown in full; those after them by their first line.
const MOST: usize = 100;

/// The report on the terminal.
#[derive(Debug)]
pub(super) struct Pretty {
    colored: bool,
    verbose: bool,
    progress: Progress,
    failures: usize,
    /// What came of the tests of each file that runs.
    open: Vec<(String, Summary)>,
}

/// Colours.
#[derive(Clone, Copy)]
enum Tint {
    Good,
    Bad,
    Odd,
    Faint,
    Bold,
}

impl Pretty {
    pub(super) fn new(files: usize, verbose: bool) -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        Self {
            colored: std::io::stdout().is_terminal() && !refused && !dumb,
            verbose,
            progress: Progress::new(files),
            failures: 0,
            open: Vec::new(),
        }
    }

    /// Time has passed.
    /// Something else has the terminal from here on.
    pub(super) fn stopped(&mut self) {
        self.progress.clear();
    }

    pub(super) fn tick(&mut self, summary: &Summary) {
        self.progress.draw(summary);
    }

    pub(super) fn began(&mut self, file: &str, summary: &Summary) {
        self.open.push((file.to_owned(), Summary::default()));
        self.progress.began(file);
        self.progress.draw(summary);
    }

    pub(super) fn test(&mut self, file: &str, verdict: &Verdict) {
        if let Some((_, summary)) = self.open.iter_mut().find(|(open, _)| open == file) {
            summary.add(verdict);
        }
        let mut text = String::new();
        match &verdict.outcome {
            Outcome::Failed(troubles) => {
                self.failures += 1;
                let place = verdict.line.map_or(String::new(), |line| format!(":{line}"));
                let title = format!("{file}{place} > {}", verdict.name);
                push(
                    &mut text,
                    format_args!(
                        "{} {} {}\n",
                        self.paint(Tint::Bad, "FAIL"),
                        self.paint(Tint::Bold, &title),
                        self.paint(Tint::Faint, &time(verdict.took))
                    ),
                );
                if self.failures <= MOST {
                    for trouble in troubles {
                        self.trouble(&mut text, file, trouble);
                    }
                    for note in &verdict.notes {
                        push(&mut text, format_args!("    log: {}\n", printable(note)));
                    }
                    if !verdict.exchange.is_empty() {
                        text.push_str("    what its sockets did last:\n");
                    }
                    for line in &verdict.exchange {
                        push(&mut text, format_args!("    {}\n", self.paint(Tint::Faint, line)));
                    }
                    if !verdict.earlier.is_empty() {
                        push(
                            &mut text,
                            format_args!("    it was tried {} times\n", verdict.earlier.len() + 1),
                        );
                    }
                    text.push('\n');
                } else if let Some(trouble) = troubles.first() {
                    push(&mut text, format_args!("    {}\n", printable(trouble.headline())));
                }
            }
            Outcome::Passed if verdict.is_flaky() => {
                let tries = verdict.earlier.len() + 1;
                push(
                    &mut text,
                    format_args!(
                        "{} {file} > {}: passed when it was tried for the {} time\n",
                        self.paint(Tint::Odd, "FLAKY"),
                        printable(&verdict.name),
                        ordinal(tries)
                    ),
                );
                for trouble in verdict.earlier.iter().flatten() {
                    push(&mut text, format_args!("    {}\n", printable(trouble.headline())));
                }
            }
            Outcome::Passed if self.verbose => push(
                &mut text,
                format_args!(
                    "{} {file} > {} {}\n",
                    self.paint(Tint::Good, "ok  "),
                    printable(&verdict.name),
                    self.paint(Tint::Faint, &time(verdict.took))
                ),
            ),
            Outcome::Skipped(reason) | Outcome::Foreseen(reason, _) if self.verbose || !reason.is_empty() => {
                let word = match verdict.outcome {
                    Outcome::Skipped(_) => "skip",
                    _ => "xfail",
                };
                let reason = if reason.is_empty() {
                    String::new()
                } else {
                    format!(": {}", printable(reason))
                };
                push(
                    &mut text,
                    format_args!(
                        "{} {file} > {}{reason}\n",
                        self.paint(Tint::Odd, word),
                        printable(&verdict.name)
                    ),
                );
            }
            Outcome::Passed | Outcome::Skipped(_) | Outcome::Foreseen(..) => {}
        }
        self.print(&text);
    }

    pub(super) fn ended(&mut self, file: &str, took: Duration, summary: &Summary) {
        self.progress.ended();
        let Some(place) = self.open.iter().position(|(open, _)| open == file) else {
            return;
        };
        let (_, own) = self.open.remove(place);
        let word = if own.failed > 0 {
            self.paint(Tint::Bad, "FAIL")
        } else {
            self.paint(Tint::Good, "ok  ")
        };
        let counts = counts(&own).join(", ");
        // Where nothing of a file is run, it is not worth a line.
        if !counts.is_empty() {
            let text = format!(
                "{word} {file}: {counts} {}\n",
                self.paint(Tint::Faint, &time(took))
            );
            self.print(&text);
        }
        self.progress.draw(summary);
    }

    /// Prints the sum.
    ///
    /// # Errors
    /// A text for the user: standard output cannot be written.
    pub(super) fn close(&mut self, run: &Run<'_>) -> Result<(), String> {
        let mut text = String::new();
        if let Some(reason) = &run.broken {
            push(
                &mut text,
                format_args!("{} {reason}\n", self.paint(Tint::Bad, "stopped:")),
            );
        }
        let counts = counts(&run.summary);
        let sum = if counts.is_empty() {
            "no tests were run".to_owned()
        } else {
            counts.join(", ")
        };
        let tint = if run.summary.failed > 0 {
            Tint::Bad
        } else {
            Tint::Good
        };
        let seed = run.seed.map_or(String::new(), |seed| format!(", seed {seed}"));
        push(
            &mut text,
            format_args!(
                "{} in {}{seed}\n",
                self.paint(tint, &sum),
                length(run.summary.took)
            ),
        );
        self.print(&text);
        stdio::flush().map_err(|errno| format!("cannot write standard output: {}", errno.text()))
    }

    fn trouble(&self, text: &mut String, file: &str, trouble: &Trouble) {
        for line in plain(file, trouble).lines() {
            let shown = line.trim_start();
            let line = match shown.chars().next() {
                Some('-') if shown.starts_with("- ") => self.paint(Tint::Good, line),
                Some('+') if shown.starts_with("+ ") => self.paint(Tint::Bad, line),
                Some('^') => self.paint(Tint::Odd, line),
                _ => printable(line),
            };
            push(text, format_args!("    {line}\n"));
        }
    }

    fn paint(&self, tint: Tint, text: &str) -> String {
        let text = printable(text);
        if !self.colored {
            return text;
        }
        let code = match tint {
            Tint::Good => "32",
            Tint::Bad => "31",
            Tint::Odd => "33",
            Tint::Faint => "2",
            Tint::Bold => "1",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// Prints beside what the scripts print, in one order.
    fn print(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.progress.clear();
        // A closed output is told at the end.
        let _ = stdio::write(text.as_bytes());
        let _ = stdio::flush();
    }
}

/// What went wrong, in lines: where, what, and the calls that led there.
pub(super) fn plain(file: &str, trouble: &Trouble) -> String {
    let mut text = String::new();
    if let Some(during) = trouble.during {
        push(&mut text, format_args!("in {during}: "));
    }
    text.push_str(&trouble.text);
    if let Some((line, source)) = &trouble.line {
        push(&mut text, format_args!("\nat {file}:{line}: {source}"));
    }
    // One call alone is the line above.
    if trouble.calls.len() > 1 || trouble.line.is_none() {
        for call in &trouble.calls {
            push(&mut text, format_args!("\n  from {call}"));
        }
    }
    text
}

fn counts(summary: &Summary) -> Vec<String> {
    [
        (summary.passed, "passed"),
        (summary.failed, "failed"),
        (summary.skipped, "skipped"),
        (summary.foreseen, "xfailed"),
        (summary.flaky, "flaky"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect()
}

fn time(took: Duration) -> String {
    format!("({})", length(took))
}

fn length(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1.0 => format!("{:.1} ms", seconds * 1e3),
        seconds => format!("{seconds:.2} s"),
    }
}

/// Which of many: 2nd, 3rd, 11th.
fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = text.write_fmt(arguments);
}
