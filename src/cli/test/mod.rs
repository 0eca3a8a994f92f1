//! `wirescript test`: finds files of tests, runs them side by side, and reports.
//!
//! `options` is the command line, `find` finds the files, `plan` says which of their tests are run and in which order.
//! `crew` runs files on threads, `machine` one file in a runtime of its own, `driver` its tests and hooks one after the other, `telling` is what it says of them, and `course` knows how far it is;
//! `leaks` looks for what a test leaves behind, `exchange` keeps what its sockets said last. A `verdict` is what came of a test, `report` writes them down, `watch` waits
//! for files to change.

mod course;
mod crew;
mod driver;
mod exchange;
mod find;
mod leaks;
mod machine;
mod options;
mod plan;
mod report;
mod telling;
mod verdict;
mod watch;

use std::ffi::OsString;
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use clap::{CommandFactory as _, Parser};

use crate::sys::stdio;

use super::recording::Recording;
use super::status::{FAILURE, INTERRUPTED, USAGE};
use super::{complain, meant, refused};
use crew::{Crew, End};
use find::File;
use machine::{Shop, Told};
use options::Options;
use plan::Plan;
use report::{Ending, Reports};

/// Its command line.
pub(super) fn command() -> clap::Command {
    Options::command()
}

/// Runs `wirescript test` with these words after it.
pub(super) fn run(words: impl IntoIterator<Item = OsString>) -> u8 {
    let name = OsString::from("wirescript test");
    let options = match Options::try_parse_from(std::iter::once(name).chain(words)) {
        Ok(options) => options,
        Err(mut error) => {
            meant::suggest(&mut error);
            return refused(&error);
        }
    };
    stdio::unbuffer_terminal();
    stdio::heed_broken_pipes();
    let status = if options.watch {
        watch::run(&options)
    } else {
        run_once(&options)
    };
    status.unwrap_or_else(|text| {
        complain(&text);
        USAGE
    })
}

/// Runs the tests once. Returns the exit status.
///
/// # Errors
/// A text for the user: wrong usage, no files.
fn run_once(options: &Options) -> Result<u8, String> {
    let mut files = find::files(&options.paths)?;
    let plan = Plan::new(options)?;
    let (policy, timeout) = options.sandbox.policy_and_timeout()?;
    let mut reports = Reports::open(options, &files, &plan)?;
    plan.shuffle(&mut files, "");
    let deadline = timeout.and_then(|length| Instant::now().checked_add(length));
    let mut chosen = 0;
    let mut hear = |told: Option<Told>| {
        if let Some(Told::Ended { chosen: more, .. }) = &told {
            chosen += more;
        }
        reports.hear(told);
    };
    let explains = options.sandbox.explain_policy;
    let recording = options.recording.begin(plan.network.is_some())?;
    let watch = recording.has_files().then(|| recording.recorder().observer());
    let mut prompt_status = None;
    let end = if options.repl_on_failure {
        let told = Rc::new(std::cell::RefCell::new(Vec::new()));
        let shop = Shop {
            plan: Rc::new(plan.clone()),
            policy,
            halt: Arc::default(),
            explains,
            watch,
            obey: Box::new(|_| {}),
            tell: {
                let told = told.clone();
                Rc::new(move |news| told.borrow_mut().push(news))
            },
        };
        prompt_status = run_until_failure(&shop, &files, &recording, || {
            for news in told.take() {
                hear(Some(news));
            }
        });
        if prompt_status == Some(INTERRUPTED) {
            End::Interrupted
        } else {
            End::Done
        }
    } else {
        crew::heed_interrupts()?;
        let jobs = options.jobs.or_else(|| std::thread::available_parallelism().ok());
        let crew = Crew {
            plan: plan.clone(),
            policy,
            explains,
            watch,
            jobs: jobs.map_or(1, NonZero::get),
            deadline,
        };
        crew.run(files, hear)
    };
    let ending = Ending { end, timeout };
    recording.finish();
    let failed = reports.close(&ending)?;
    if end == End::Interrupted {
        return Ok(INTERRUPTED);
    }
    if plan.chooses() && chosen == 0 && !failed {
        return Err("no test has what --filter and --tag ask for".to_owned());
    }
    if chosen == 0 && !failed && end == End::Done {
        return Err("no tests were found: a file of tests calls test(name, function)".to_owned());
    }
    Ok(if failed || end == End::TimedOut || prompt_status.is_some() {
        FAILURE
    } else {
        0
    })
}

/// Runs one file after the other; at the first failure opens the prompt in what is left of it. Returns its status.
fn run_until_failure(
    shop: &Shop,
    files: &[File],
    recording: &Recording,
    mut hear: impl FnMut(),
) -> Option<u8> {
    for file in files {
        let kept = shop.run(file);
        hear();
        if kept.is_none() && shop.halt.load(Ordering::SeqCst) && !shop.plan.fail_fast {
            return Some(INTERRUPTED);
        }
        let Some(kept) = kept else { continue };
        complain("the prompt has what the test left: `t` is the test, :sockets its sockets, :quit ends");
        return Some(
            super::repl::run(kept.runtime, kept.speech, None, false, recording.clone()).unwrap_or_else(
                |error| {
                    complain(&error.to_string());
                    FAILURE
                },
            ),
        );
    }
    None
}
