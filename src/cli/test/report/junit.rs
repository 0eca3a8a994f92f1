//! JUnit XML, as engines of continuous integration read it. A suite a file, so that the reports of the parts of a run can be
//! put side by side.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};

use crate::cli::test::verdict::{Outcome, Trouble, Verdict};

use super::Run;

/// The report.
///
/// # Errors
/// A text for the user: it could not be written.
pub(super) fn text(run: &Run<'_>) -> Result<String, String> {
    let mut report = Report::new("wirescript");
    report.set_time(run.summary.took);
    for (number, file) in run.files.iter().enumerate() {
        let mut suite = TestSuite::new(clean(file));
        let verdicts = run.verdicts.iter().filter(|verdict| verdict.file == number);
        let mut took = std::time::Duration::ZERO;
        for verdict in verdicts {
            took += verdict.took;
            suite.add_test_case(case(file, verdict));
        }
        if suite.test_cases.is_empty() {
            continue;
        }
        suite.set_time(took);
        if let Some(seed) = run.seed {
            suite.add_property(("seed", &*seed.to_string()));
        }
        report.add_test_suite(suite);
    }
    if let Some(reason) = &run.broken {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(clean(reason));
        let mut suite = TestSuite::new("wirescript");
        suite.add_test_case(TestCase::new("the whole run", status));
        report.add_test_suite(suite);
    }
    let text = report.to_string();
    let text = text.map_err(|error| format!("cannot write the JUnit report: {error}"))?;
    // The count of all suites together is in no schema, and some readers mind.
    let skipped = run.summary.skipped + run.summary.foreseen;
    Ok(text.replacen(&format!(" skipped=\"{skipped}\""), "", 1))
}

fn case(file: &str, verdict: &Verdict) -> TestCase {
    let status = match &verdict.outcome {
        Outcome::Passed => {
            let mut status = TestCaseStatus::success();
            for troubles in &verdict.earlier {
                let (message, kind, text) = words(file, troubles);
                let mut rerun = TestRerun::new(NonSuccessKind::Failure);
                rerun.set_message(message).set_type(kind).set_description(text);
                status.add_rerun(rerun);
            }
            status
        }
        // JUnit has no word for it; pytest tells it so, too.
        Outcome::Skipped(reason) | Outcome::Foreseen(reason, _) => {
            let mut status = TestCaseStatus::skipped();
            if let Outcome::Foreseen(..) = verdict.outcome {
                status.set_type("xfail");
            }
            if !reason.is_empty() {
                status.set_message(clean(reason));
            }
            status
        }
        Outcome::Failed(troubles) => {
            let (message, kind, text) = words(file, troubles);
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(message).set_type(kind).set_description(text);
            status
        }
    };
    let mut case = TestCase::new(clean(&verdict.name), status);
    case.set_classname(clean(file)).set_time(verdict.took);
    let said: Vec<&str> = verdict
        .notes
        .iter()
        .chain(&verdict.exchange)
        .map(String::as_str)
        .collect();
    if !said.is_empty() {
        case.set_system_out(clean(&said.join("\n")));
    }
    case
}

/// What went wrong: in a line, its class, and in full.
fn words(file: &str, troubles: &[Trouble]) -> (String, String, String) {
    let first = troubles.first().map_or("", Trouble::headline);
    // What nobody raised says in its text what it is, or is what the runner minds.
    let class = troubles.first().and_then(|trouble| trouble.class);
    let kind = class.unwrap_or_else(|| first.split_once(':').map_or("AssertionError", |(kind, _)| kind));
    let is_class = !kind.is_empty() && kind.chars().all(|c| c.is_alphanumeric() || c == '_');
    let mut text = String::new();
    for trouble in troubles {
        text.push_str(&super::pretty::plain(file, trouble));
        text.push('\n');
    }
    (
        clean(first),
        if is_class {
            kind.to_owned()
        } else {
            "Error".to_owned()
        },
        clean(&text),
    )
}

/// A text without what XML cannot hold.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' => c,
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => '\u{fffd}',
            c => c,
        })
        .collect()
}
