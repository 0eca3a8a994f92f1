//! What came of a test.

use std::time::Duration;

use crate::api::testing::UNFORESEEN;
use crate::error::{Class, Error};

use super::find::File;

/// Characters of a source line that are shown.
const WIDEST: usize = 160;

/// One test, run as often as it took.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    /// The number of its file.
    pub(super) file: usize,
    /// Its name after those of its groups.
    pub(super) name: String,
    pub(super) tags: Vec<String>,
    /// Its line in the file.
    pub(super) line: Option<u32>,
    pub(super) outcome: Outcome,
    /// How long the last run took.
    pub(super) took: Duration,
    /// How the runs before the last one failed.
    pub(super) earlier: Vec<Vec<Trouble>>,
    /// What it noted.
    pub(super) notes: Vec<String>,
    /// What its sockets did last, where it failed.
    pub(super) exchange: Vec<String>,
}

/// How a test ended.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Passed,
    /// It was not run, or could not be: why.
    Skipped(String),
    Failed(Vec<Trouble>),
    /// It failed, as it is known to do: why it does, and how.
    Foreseen(String, Vec<Trouble>),
}

impl Outcome {
    /// What it means for a test of which it is known whether it fails.
    pub(super) fn against(self, xfail: Option<&String>) -> Self {
        match (self, xfail) {
            (Self::Failed(troubles), Some(reason)) if !troubles.iter().any(Trouble::ends_all) => {
                Self::Foreseen(reason.clone(), troubles)
            }
            (Self::Passed, Some(_)) => Self::Failed(vec![Trouble::plain(UNFORESEEN)]),
            (outcome, _) => outcome,
        }
    }
}

impl Verdict {
    /// Something that failed and is no test.
    pub(super) fn outside(file: &File, name: &str, troubles: Vec<Trouble>) -> Self {
        Self {
            file: file.number,
            name: name.to_owned(),
            tags: Vec::new(),
            line: None,
            outcome: Outcome::Failed(troubles),
            took: Duration::ZERO,
            earlier: Vec::new(),
            notes: Vec::new(),
            exchange: Vec::new(),
        }
    }

    pub(super) fn is_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_))
    }

    /// Whether it passed after it had failed.
    pub(super) fn is_flaky(&self) -> bool {
        matches!(self.outcome, Outcome::Passed) && !self.earlier.is_empty()
    }

    /// What is wrong with it, in its last run.
    pub(super) fn troubles(&self) -> &[Trouble] {
        match &self.outcome {
            Outcome::Failed(troubles) | Outcome::Foreseen(_, troubles) => troubles,
            Outcome::Passed | Outcome::Skipped(_) => &[],
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    /// What was under way, where it was not the test's own function: `after_each`.
    pub(super) during: Option<&'static str>,
    /// The class of the error, where one was raised.
    pub(super) class: Option<&'static str>,
    /// Class and text, the first line first.
    pub(super) text: String,
    /// The line of the test's file that it happened on, and what stands there.
    pub(super) line: Option<(u32, String)>,
    /// The calls that led there, innermost first.
    pub(super) calls: Vec<String>,
}

impl Trouble {
    /// Something that no code of the test raised.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self {
            during: None,
            class: None,
            text: text.into(),
            line: None,
            calls: Vec::new(),
        }
    }

    /// What a task of the test raised. `report` is what its language tells: place, message, traceback.
    pub(super) fn raised(error: &Error, report: &str, source: &Source) -> Self {
        let (told, traceback) = report.split_once("\nstack traceback:").unwrap_or((report, ""));
        let told = without_place(told, error);
        let own = error.place().filter(|place| source.is_of(&place.source()));
        let line = own
            .map(crate::error::Place::line)
            .or_else(|| source.line_in(report));
        // Lua's traceback, and what Rhai tells of calls below the message.
        let is_call = |line: &&str| line.starts_with("  in ") && line.contains(", called at ");
        let calls = told.lines().filter(is_call).chain(traceback.lines());
        let calls = calls
            .map(str::trim)
            .filter(|call| !call.is_empty() && !call.starts_with("[C]:"));
        let text: Vec<&str> = told.lines().filter(|line| !is_call(line)).collect();
        Self {
            during: None,
            class: Some(error.class().name()),
            text: text.join("\n"),
            line: line.map(|line| (line, source.text(line))),
            calls: calls.map(str::to_owned).collect(),
        }
    }

    /// Whether it would end a program, and not only the test.
    fn ends_all(&self) -> bool {
        let class = self.class.and_then(Class::by_name);
        class.is_some_and(|class| !class.is_a(Class::Exception))
    }

    pub(super) fn during(mut self, what: &'static str) -> Self {
        self.during = Some(what);
        self
    }

    /// Its first line.
    pub(super) fn headline(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }
}

/// A report without the place of the error before it, which Rhai tells with its column.
fn without_place<'a>(report: &'a str, error: &Error) -> &'a str {
    let place = error.place().map(ToString::to_string).unwrap_or_default();
    let Some(rest) = report
        .strip_prefix(&*place)
        .and_then(|rest| rest.strip_prefix(':'))
    else {
        return report;
    };
    let column = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = column.strip_prefix(':').unwrap_or(rest);
    rest.trim_start()
}

/// A file's text, to show lines of it.
#[derive(Debug)]
pub(super) struct Source {
    shown: String,
    lines: Vec<String>,
}

impl Source {
    pub(super) fn new(shown: &str, text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        Self {
            shown: shown.to_owned(),
            lines: text.lines().map(str::to_owned).collect(),
        }
    }

    /// Whether a place names this file. Long names are cut in places, and Lua shows a long one's end.
    fn is_of(&self, name: &str) -> bool {
        let end = name.strip_prefix("...");
        !name.is_empty() && (self.shown.starts_with(name) || end.is_some_and(|end| self.shown.ends_with(end)))
    }

    /// The first line of this file that a text names.
    fn line_in(&self, text: &str) -> Option<u32> {
        let start = text.find(&*self.shown)? + self.shown.len();
        let number = text[start..].strip_prefix(':')?;
        let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        number[..digits].parse().ok()
    }

    fn text(&self, line: u32) -> String {
        let place = usize::try_from(line).unwrap_or(0).checked_sub(1);
        let line = place.and_then(|place| self.lines.get(place));
        let line = line.map_or("", |line| line.trim());
        if line.chars().count() <= WIDEST {
            return line.to_owned();
        }
        line.chars().take(WIDEST - 3).chain("...".chars()).collect()
    }
}
