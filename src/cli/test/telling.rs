//! What the driver of a file tells: of a test, of tests that cannot be run, of what failed outside of tests, and of what was
//! under way when everything was ended.

use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::api::testing::{Case, Trial};
use crate::error::Result;

use super::course::{Part, UnderWay};
use super::driver::Driver;
use super::verdict::{Outcome, Trouble, Verdict};

/// What a file's main chunk is called in reports.
pub(super) const FILE: &str = "the file";

impl Driver {
    /// Tells of what was under way when everything was ended, if something was.
    ///
    /// # Errors
    /// The system's facility of waiting fails.
    pub(super) fn tell_of_the_end(&self) -> Result<()> {
        let sched = self.net.sched();
        let exit = sched.exit_status();
        let under_way = self.under_way.take();
        let is_test = matches!(
            &under_way,
            Some(UnderWay {
                part: Part::Test(..),
                ..
            })
        );
        let lost = if is_test { "the test" } else { "the tests" };
        let exit =
            exit.map(|status| format!("the program was ended with status {status}, and {lost} with it"));
        let Some(under_way) = under_way else {
            if let Some(text) = exit {
                self.tell_of(FILE, vec![Trouble::plain(text)]);
            }
            return Ok(());
        };
        let took = under_way.start.elapsed();
        let is_exit = exit.is_some();
        let limit = exit.or_else(|| sched.limit_error().map(|error| error.to_string()));
        let mut trouble = Trouble::plain("");
        if let Some(task) = under_way.task.as_ref().filter(|_| !is_exit) {
            // Where it was is known when it has ended.
            sched.run_until(|| task.is_done())?;
            if let Some(error) = task
                .failure()
                .filter(|error| Some(error.class()) == sched.killed_by())
            {
                trouble = Trouble::raised(&error, &self.language.report(task), &self.source);
            }
        }
        let ended = limit.clone();
        trouble.text = ended.unwrap_or_else(|| "it was still running when the run was ended".to_owned());
        trouble.during = under_way.during;
        match under_way.part {
            Part::Test(case, ..) if limit.is_some() && self.may_try_again(&case) => {
                self.course.keep(self.number(&case), vec![trouble]);
            }
            Part::Test(case, trial, exchange) => {
                let mut verdict = self.verdict(&case, Outcome::Failed(vec![trouble]), took, &trial);
                verdict.exchange = exchange.lines(&case.name);
                self.tell_test(&case, verdict);
            }
            Part::Around(_, cases) if limit.is_some() && !cases.is_empty() => {
                self.fail_all(&cases, &trouble, took);
            }
            Part::Around(name, _) if name == FILE => self.tell_of_file(trouble),
            Part::Around(name, _) => self.tell_of(&name, vec![trouble]),
        }
        // A file that does not get to its tests would not in another machine.
        self.found.borrow_mut().goes_on = limit.is_some() && !self.cases.borrow().is_empty();
        Ok(())
    }

    /// Tells that tests are not run, for this reason or their own.
    pub(super) fn skip_all(&self, cases: &[Rc<Case>], reason: &str) {
        for case in cases {
            self.course.tell(self.number(case), self.plan.repeat);
            let own = case.options.skip.clone();
            self.pass_over(case, own.unwrap_or_else(|| reason.to_owned()));
        }
    }

    pub(super) fn pass_over(&self, case: &Case, reason: String) {
        self.announce(self.untried(case, Outcome::Skipped(reason)));
    }

    /// Tells that tests cannot be run: what they need has failed. One that would have been skipped is.
    pub(super) fn fail_all(&self, cases: &[Rc<Case>], trouble: &Trouble, took: Duration) {
        for case in cases {
            if case.options.skip.is_some() {
                self.skip_all(std::slice::from_ref(case), "");
                continue;
            }
            self.course.tell(self.number(case), self.plan.repeat);
            let outcome = Outcome::Failed(vec![trouble.clone()]);
            self.announce(self.verdict(case, outcome, took, &self.suite.trial(case)));
        }
    }

    /// Tells what came of a test, and how it failed before.
    pub(super) fn tell_test(&self, case: &Rc<Case>, mut verdict: Verdict) {
        let number = self.number(case);
        verdict.earlier = self.course.take_tries(number);
        self.course.tell(number, 1);
        self.announce(verdict);
    }

    /// The file itself failed, before any of its tests: under the policy that some ask for, these fail.
    pub(super) fn tell_of_file(&self, trouble: Trouble) {
        if self.bound.is_empty() {
            return self.tell_of(FILE, vec![trouble]);
        }
        let trouble = trouble.during("the file, which is run under the test's policy");
        for (number, verdict) in &self.bound {
            if self.course.told(*number) < self.plan.repeat {
                self.course.tell(*number, self.plan.repeat);
                let mut verdict = verdict.clone();
                verdict.outcome = Outcome::Failed(vec![trouble.clone()]);
                self.announce(verdict);
            }
        }
    }

    /// Tells of what failed outside of tests.
    pub(super) fn tell_of(&self, name: &str, troubles: Vec<Trouble>) {
        self.announce(Verdict::outside(&self.file, name, troubles));
    }

    fn announce(&self, verdict: Verdict) {
        let failed = verdict.is_failed();
        (self.tell)(verdict);
        if failed && self.plan.fail_fast {
            self.halt.store(true, Ordering::SeqCst);
        }
    }

    /// Of a test that was not begun.
    pub(super) fn untried(&self, case: &Case, outcome: Outcome) -> Verdict {
        self.verdict(case, outcome, Duration::ZERO, &Trial::new(&case.name))
    }

    pub(super) fn verdict(&self, case: &Case, outcome: Outcome, took: Duration, trial: &Trial) -> Verdict {
        Verdict {
            file: self.file.number,
            name: case.name.clone(),
            tags: case.options.tags.clone(),
            line: case.place.map(|place| place.line()),
            outcome,
            took,
            earlier: Vec::new(),
            notes: trial.notes(),
            exchange: Vec::new(),
        }
    }
}
