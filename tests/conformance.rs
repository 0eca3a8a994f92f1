//! Every case under `tests/cases/AREA/NAME` prints the same in every language: `case.py` under CPython, which wrote
//! `expected.txt` (`scripts/expected.py`), and `case.lua`, `case.rhai` under the built command. Cases are found by
//! walking; each runs in an empty folder of its own.
#![cfg(feature = "cli")]

mod support;

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use support::{LIMIT, Running, diff, entries, folder};

/// The endings a script may have, and whether this build runs them.
const LANGUAGES: [(&str, bool); 2] = [("lua", cfg!(feature = "lua")), ("rhai", cfg!(feature = "rhai"))];

#[test]
fn every_case_is_complete() {
    let mut problems = Vec::new();
    for case in cases() {
        for name in ["case.py", "case.lua", "expected.txt"] {
            if !case.join(name).is_file() {
                problems.push(format!("{}: {name} is missing\n", title(&case)));
            }
        }
        // A twin that cannot be says why.
        let reason = fs::read_to_string(case.join("case.rhai.skip")).unwrap_or_default();
        if case.join("case.rhai").is_file() != reason.trim().is_empty() {
            problems.push(format!(
                "{}: case.rhai, or the reason in case.rhai.skip\n",
                title(&case)
            ));
        }
    }
    report(&problems);
}

#[test]
fn scripts_print_what_cpython_printed() {
    let mut jobs = Vec::new();
    for case in cases() {
        for (ending, runs) in LANGUAGES {
            let script = case.join("case").with_extension(ending);
            if runs && script.is_file() {
                jobs.push((PathBuf::from(env!("CARGO_BIN_EXE_wirescript")), script));
            }
        }
    }
    report(&run_all(jobs));
}

#[test]
fn cpython_still_prints_the_same() {
    let Some(python) = support::python() else { return };
    let jobs = cases()
        .into_iter()
        .map(|case| (python.clone(), case.join("case.py")))
        .collect();
    report(&run_all(jobs));
}

/// The folders of all cases.
fn cases() -> Vec<PathBuf> {
    let cases: Vec<PathBuf> = entries(&folder("tests/cases"))
        .iter()
        .flat_map(|area| entries(area))
        .collect();
    assert!(!cases.is_empty(), "there are no cases at all");
    cases
}

/// Runs scripts, a few at a time, and tells what is wrong with each that fails.
fn run_all(jobs: Vec<(PathBuf, PathBuf)>) -> Vec<String> {
    let (jobs, problems) = (Mutex::new(jobs), Mutex::new(Vec::new()));
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let next = || jobs.lock().expect("no worker panics while it takes a job").pop();
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((program, script)) = next() {
                    if let Some(problem) = run(&program, &script) {
                        problems
                            .lock()
                            .expect("no worker panics while it tells")
                            .push(problem);
                    }
                }
            });
        }
    });
    let mut problems = problems.into_inner().expect("the workers are done");
    problems.sort();
    problems
}

/// Runs one script; the problem with it, if there is one.
fn run(program: &Path, script: &Path) -> Option<String> {
    let name = title(script);
    let expected = fs::read_to_string(script.with_file_name("expected.txt")).unwrap_or_default();
    let room = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("conformance")
        .join(name.replace('/', "-"));
    // The room of an earlier run; usually there is none.
    let _ = fs::remove_dir_all(&room);
    fs::create_dir_all(&room).unwrap_or_else(|error| panic!("cannot make {}: {error}", room.display()));
    let done = Running::start(Command::new(program).arg(script).current_dir(&room)).finish(LIMIT);
    let complaint = done.complaint();
    if complaint.is_none() && done.stdout == expected {
        return None;
    }
    let complaint = complaint.unwrap_or_else(|| "printed something else\n".to_owned());
    Some(format!("{name}: {complaint}{}", diff(&expected, &done.stdout)))
}

/// A path below `tests/cases`, as it is spoken of.
fn title(path: &Path) -> String {
    path.strip_prefix(folder("tests/cases"))
        .unwrap_or(path)
        .display()
        .to_string()
}

/// Fails with all problems at once.
fn report(problems: &[String]) {
    assert!(
        problems.is_empty(),
        "{} problems (- expected, + printed)\n\n{}",
        problems.len(),
        problems.join("\n")
    );
}
