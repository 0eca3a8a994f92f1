//! Running a script in a runtime of its own inside the test's process, and telling what became of it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;

use wirescript::{Policy, Runtime};

use super::support::LIMIT;

/// What became of a script.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What `run` returned, as text.
    pub(crate) error: Option<String>,
    /// The status the script asked for.
    pub(crate) status: Option<i32>,
    /// What was told of tasks that failed.
    pub(crate) reports: Vec<String>,
}

/// Runs a script to its end. One that hangs fails the test; its thread is left behind.
pub(crate) fn run(script: &str) -> Outcome {
    run_all(&[script]).pop().expect("one outcome")
}

/// Runs scripts one after the other in the same runtime.
pub(crate) fn run_all(scripts: &[&str]) -> Vec<Outcome> {
    let owned: Vec<String> = scripts.iter().map(ToString::to_string).collect();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let reports: Rc<RefCell<Vec<String>>> = Rc::default();
        let seen = reports.clone();
        let mut runtime = Runtime::builder()
            .policy(Policy::allow_all())
            .on_failure(move |report| seen.borrow_mut().push(report.to_owned()))
            .build()
            .expect("a runtime");
        let outcomes: Vec<_> = owned
            .iter()
            .map(|script| {
                let error = runtime.run("script", script).err();
                Outcome {
                    status: error.as_ref().and_then(wirescript::Error::status),
                    error: error.map(|error| error.to_string()),
                    reports: reports.take(),
                }
            })
            .collect();
        drop(runtime);
        // Nobody listens any more when the time was up.
        let _ = sender.send(outcomes);
    });
    match receiver.recv_timeout(LIMIT) {
        Ok(outcomes) => outcomes,
        Err(mpsc::RecvTimeoutError::Timeout) => {
            panic!("did not end within {LIMIT:?}:\n{}", scripts.join("\n--\n"))
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => panic!("panicked:\n{}", scripts.join("\n--\n")),
    }
}

/// Runs a script that must end well; returns what is wrong with it.
pub(crate) fn complaint(name: &str, script: &str) -> Option<String> {
    let outcome = run(script);
    let error = outcome.error.or_else(|| outcome.reports.first().cloned())?;
    Some(format!("{name}: {error}"))
}

/// Runs a script that must end well.
pub(crate) fn passes(script: &str) {
    let outcome = run(script);
    assert!(
        outcome.error.is_none() && outcome.reports.is_empty(),
        "{:?}\n{script}",
        outcome
    );
}

/// Fails with all problems at once.
pub(crate) fn report(problems: &[String]) {
    assert!(
        problems.is_empty(),
        "{} problems\n\n{}",
        problems.len(),
        problems.join("\n")
    );
}
