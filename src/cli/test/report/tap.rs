//! TAP, version 14: a line a test, and what went wrong as YAML below it.

use std::fmt::Write as _;

use crate::cli::test::verdict::{Outcome, Trouble, Verdict};

use super::{Run, printable};

/// The report.
pub(super) fn text(run: &Run<'_>) -> String {
    let mut text = format!("TAP version 14\n1..{}\n", run.verdicts.len());
    if let Some(seed) = run.seed {
        push(&mut text, format_args!("# seed {seed}\n"));
    }
    for (number, verdict) in run.verdicts.iter().enumerate() {
        let name = description(&format!("{} > {}", run.file(verdict), verdict.name));
        let ok = if verdict.troubles().is_empty() {
            "ok"
        } else {
            "not ok"
        };
        push(&mut text, format_args!("{ok} {} - {name}", number + 1));
        match &verdict.outcome {
            Outcome::Skipped(reason) => push(&mut text, format_args!(" # SKIP {}", one_line(reason))),
            // What is not ok, and need not be.
            Outcome::Foreseen(reason, _) => push(&mut text, format_args!(" # TODO {}", one_line(reason))),
            Outcome::Passed | Outcome::Failed(_) => {}
        }
        let end = text.trim_end().len();
        text.truncate(end);
        text.push('\n');
        if verdict.is_failed() || verdict.is_flaky() {
            diagnostics(&mut text, run.file(verdict), verdict);
        }
    }
    if let Some(reason) = &run.broken {
        push(&mut text, format_args!("Bail out! {}\n", one_line(reason)));
    }
    text
}

/// What went wrong, as a YAML block.
fn diagnostics(text: &mut String, file: &str, verdict: &Verdict) {
    text.push_str("  ---\n");
    push(
        text,
        format_args!("  duration_ms: {:.3}\n", verdict.took.as_secs_f64() * 1e3),
    );
    if verdict.is_flaky() {
        push(
            text,
            format_args!("  flaky: true\n  attempts: {}\n", verdict.earlier.len() + 1),
        );
    }
    let troubles = verdict.troubles();
    if !troubles.is_empty() {
        text.push_str("  failures:\n");
    }
    for trouble in troubles {
        failure(text, file, trouble);
    }
    if !verdict.notes.is_empty() {
        text.push_str("  log:\n");
        for note in &verdict.notes {
            push(text, format_args!("    - {}\n", quoted(note)));
        }
    }
    text.push_str("  ...\n");
}

fn failure(text: &mut String, file: &str, trouble: &Trouble) {
    push(
        text,
        format_args!("    - message: {}\n", quoted(trouble.headline())),
    );
    if let Some(during) = trouble.during {
        push(text, format_args!("      during: {during}\n"));
    }
    if let Some((line, source)) = &trouble.line {
        push(
            text,
            format_args!(
                "      at: {}\n      source: {}\n",
                quoted(&format!("{file}:{line}")),
                quoted(source)
            ),
        );
    }
    let details: Vec<&str> = trouble.text.lines().skip(1).collect();
    if !details.is_empty() {
        // The text may begin with a blank, so the block says how far it is indented.
        text.push_str("      details: |2-\n");
        for line in details {
            push(text, format_args!("        {}\n", printable(line)));
        }
    }
}

/// A test's name on its line: `#` begins a directive there.
fn description(name: &str) -> String {
    one_line(name).replace('\\', "\\\\").replace('#', "\\#")
}

fn one_line(text: &str) -> String {
    printable(&text.replace(['\n', '\r'], " "))
}

/// A text as YAML reads it: JSON's strings are YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = text.write_fmt(arguments);
}
