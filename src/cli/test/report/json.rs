//! Lines of JSON: one a test, as they end, and a last one for the run.

use serde::Serialize;

use crate::cli::test::verdict::{Outcome, Trouble, Verdict};

use super::Run;

#[derive(Serialize)]
#[serde(rename_all = "lowercase", tag = "event")]
enum Line<'a> {
    Test {
        file: &'a str,
        name: &'a str,
        line: Option<u32>,
        tags: &'a [String],
        outcome: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
        /// Seconds.
        duration: f64,
        attempts: usize,
        flaky: bool,
        failures: Vec<Failure<'a>>,
        /// Of the runs before the last one.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        earlier: Vec<Vec<Failure<'a>>>,
        log: &'a [String],
        /// What its sockets did last.
        #[serde(skip_serializing_if = "<[String]>::is_empty")]
        exchange: &'a [String],
    },
    End {
        passed: usize,
        failed: usize,
        skipped: usize,
        xfailed: usize,
        flaky: usize,
        duration: f64,
        seed: Option<u64>,
        broken: Option<&'a str>,
    },
}

#[derive(Serialize)]
struct Failure<'a> {
    message: &'a str,
    during: Option<&'static str>,
    line: Option<u32>,
    source: Option<&'a str>,
    calls: &'a [String],
}

impl<'a> From<&'a Trouble> for Failure<'a> {
    fn from(trouble: &'a Trouble) -> Self {
        Self {
            message: &trouble.text,
            during: trouble.during,
            line: trouble.line.as_ref().map(|(line, _)| *line),
            source: trouble.line.as_ref().map(|(_, text)| &**text),
            calls: &trouble.calls,
        }
    }
}

fn line(line: &Line<'_>) -> String {
    // Texts and numbers can always be written.
    let mut text = serde_json::to_string(line).unwrap_or_default();
    text.push('\n');
    text
}

/// The line of a test.
pub(super) fn test(file: &str, verdict: &Verdict) -> String {
    line(&Line::Test {
        file,
        name: &verdict.name,
        line: verdict.line,
        tags: &verdict.tags,
        outcome: match verdict.outcome {
            Outcome::Passed => "passed",
            Outcome::Skipped(_) => "skipped",
            Outcome::Foreseen(..) => "xfailed",
            Outcome::Failed(_) => "failed",
        },
        reason: match &verdict.outcome {
            Outcome::Skipped(reason) | Outcome::Foreseen(reason, _) => Some(reason),
            Outcome::Passed | Outcome::Failed(_) => None,
        },
        duration: verdict.took.as_secs_f64(),
        attempts: verdict.earlier.len() + 1,
        flaky: verdict.is_flaky(),
        failures: verdict.troubles().iter().map(Failure::from).collect(),
        earlier: verdict
            .earlier
            .iter()
            .map(|troubles| troubles.iter().map(Failure::from).collect())
            .collect(),
        log: &verdict.notes,
        exchange: &verdict.exchange,
    })
}

/// The last line.
pub(super) fn end(run: &Run<'_>) -> String {
    line(&Line::End {
        passed: run.summary.passed,
        failed: run.summary.failed,
        skipped: run.summary.skipped,
        xfailed: run.summary.foreseen,
        flaky: run.summary.flaky,
        duration: run.summary.took.as_secs_f64(),
        seed: run.seed,
        broken: run.broken.as_deref(),
    })
}
