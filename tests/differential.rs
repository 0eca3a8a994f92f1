//! Random sequences of socket calls do the same under CPython and under the command, in both languages, outcome by
//! outcome: a short run of what `scripts/differential.sh` does at length. `tests/differential/main.py` makes the
//! sequences, runs, compares and shrinks them; what may differ stands in `docs/differences.md`.
#![cfg(all(feature = "cli", target_os = "linux"))]

#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::process::Command;
use std::time::Duration;

use support::{Running, folder, note};

/// Sequences of each seed: a few seconds' worth.
const SEQUENCES: u32 = 400;
const SEEDS: &str = "1,2,3";
/// How long the run may take where the machine is busy.
const PATIENCE: Duration = Duration::from_secs(240);

#[test]
fn sequences_do_what_they_do_in_cpython() {
    let Some(python) = support::python() else { return };
    let languages: Vec<&str> = [("lua", cfg!(feature = "lua")), ("rhai", cfg!(feature = "rhai"))]
        .into_iter()
        .filter_map(|(language, runs)| runs.then_some(language))
        .collect();
    let mut command = Command::new(python);
    command
        .arg(folder("tests/differential").join("main.py"))
        .args(["--wirescript", env!("CARGO_BIN_EXE_wirescript"), "--seeds", SEEDS])
        .args(["--sequences", &(SEQUENCES * 3).to_string(), "--jobs", "2"])
        .args(["--languages", &languages.join(",")]);
    let done = Running::start(&mut command).finish(PATIENCE);
    let passed = done.status.is_some_and(|status| status.success());
    let figures = done
        .stdout
        .lines()
        .find(|line| line.contains("sequences from seeds"));
    assert!(
        passed && figures.is_some(),
        "{:?}\n{}\n{}",
        done.status,
        done.stdout,
        done.stderr
    );
    note(figures.unwrap_or_default());
}

/// The comparison sees what it is to see: a rule that is gone, an outcome that is another.
#[test]
fn differences_are_found() {
    let Some(python) = support::python() else { return };
    let mut command = Command::new(python);
    command.arg(folder("tests/differential").join("self_test.py"));
    let done = Running::start(&mut command).finish(support::LIMIT);
    assert!(
        done.status.is_some_and(|status| status.success()),
        "{}\n{}",
        done.stdout,
        done.stderr
    );
}
