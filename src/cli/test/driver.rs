//! Running the tests of one file: a task of no language that starts the file, then its hooks and tests one after the other,
//! each on a task of its own, and waits for them.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::api::Callback;
use crate::api::Value;
use crate::api::testing::{Case, Hook, Member, Suite, Trial};
use crate::error::{Class, Error};
use crate::net::{Net, Observer};
use crate::policy::Policy;
use crate::sched::{Task, deadline_after, now};
use crate::script::Language;

use super::exchange::Exchange;
use super::find::File;
use super::leaks::Before;
use super::plan::Plan;
use super::verdict::{Outcome, Source, Trouble, Verdict};

/// What runs a file.
pub(super) struct Driver {
    pub(super) net: Rc<Net>,
    pub(super) language: Rc<dyn Language>,
    pub(super) suite: Rc<Suite>,
    pub(super) plan: Rc<Plan>,
    pub(super) file: File,
    pub(super) source: Source,
    /// The tests to be run here ask for this policy.
    pub(super) policy: Option<Policy>,
    /// Whether tests may ask for a policy of their own.
    pub(super) may_choose: bool,
    /// What other tasks than the tests' own have raised.
    pub(super) failures: Rc<RefCell<Vec<String>>>,
    /// Set when nothing more is to be run.
    pub(super) halt: Arc<AtomicBool>,
    /// What watches the whole run.
    pub(super) watch: Option<Arc<dyn Observer>>,
    pub(super) tell: Box<dyn Fn(Verdict)>,
    pub(super) found: RefCell<Found>,
}

/// What was found in a file beside its verdicts.
#[derive(Default)]
pub(super) struct Found {
    /// Tests that were chosen, by any part of the run.
    pub(super) chosen: usize,
    /// Policies that tests ask for.
    pub(super) policies: Vec<Policy>,
    /// The test that failed and was left as it was.
    pub(super) kept: Option<Rc<Trial>>,
}

/// Why the run of a file is given up: nothing is left to be told of it.
struct Over;

type Flow<T = ()> = Result<T, Over>;

impl Driver {
    /// Runs a file whose main chunk has been started.
    pub(super) fn run(&self, main: &Rc<Task>) {
        // What ends it has been told, or is told by who ended it.
        let _ = self.run_file(main);
    }

    fn run_file(&self, main: &Rc<Task>) -> Flow {
        if let Some(trouble) = self.await_task(main, self.plan.timeout)? {
            self.tell_of("the file", vec![trouble]);
            return Ok(());
        }
        let mut chosen = Vec::new();
        for (case, here) in self.plan.choose(&self.file, &self.suite.cases()) {
            self.found.borrow_mut().chosen += 1;
            if here && self.is_mine(&case) {
                chosen.push(case);
            }
        }
        if self.plan.lists {
            chosen.iter().for_each(|case| self.pass_over(case, String::new()));
            return Ok(());
        }
        self.run_group(0, &chosen)
    }

    /// Whether a test is to be run in this machine; one with a policy of its own is run in another.
    fn is_mine(&self, case: &Case) -> bool {
        if self.policy.is_none()
            && self.may_choose
            && let Some(policy) = &case.options.policy
        {
            let policies = &mut self.found.borrow_mut().policies;
            if !policies.contains(policy) {
                policies.push(policy.clone());
            }
            return false;
        }
        self.policy.is_none() || self.policy == case.options.policy
    }

    fn run_group(&self, group: usize, chosen: &[Rc<Case>]) -> Flow {
        let is_run = |case: &Rc<Case>| chosen.iter().any(|other| Rc::ptr_eq(case, other));
        let inside: Vec<Rc<Case>> = self.inside(group).into_iter().filter(is_run).collect();
        if inside.is_empty() || self.halt.load(Ordering::SeqCst) {
            return Ok(());
        }
        if inside.iter().all(|case| case.options.skip.is_some()) {
            inside.iter().for_each(|case| self.skip(case));
            return Ok(());
        }
        for hook in self.suite.hooks_of(group, Hook::BeforeAll) {
            if let Some(trouble) = self.call_hook(&hook, "before_all")? {
                for case in &inside {
                    self.tell_case(case, Outcome::Failed(vec![trouble.clone()]));
                }
                return self.end_group(group);
            }
        }
        let mut members = self.suite.members(group);
        self.plan
            .shuffle(&mut members, &format!("{} {group}", self.file.shown()));
        for member in members {
            match member {
                Member::Group(inner) => self.run_group(inner, chosen)?,
                Member::Case(case) if is_run(&case) => self.run_case(&case)?,
                Member::Case(_) => {}
            }
        }
        self.end_group(group)
    }

    fn end_group(&self, group: usize) -> Flow {
        let mut troubles = Vec::new();
        for hook in self.suite.hooks_of(group, Hook::AfterAll) {
            troubles.extend(self.call_hook(&hook, "after_all")?);
        }
        if !troubles.is_empty() {
            let name = self.suite.name_of(group);
            let name = if name.is_empty() {
                "after_all".to_owned()
            } else {
                format!("{name} > after_all")
            };
            self.tell_of(&name, troubles);
        }
        Ok(())
    }

    /// The tests in a group and in those within it.
    fn inside(&self, group: usize) -> Vec<Rc<Case>> {
        let members = self.suite.members(group).into_iter();
        members
            .flat_map(|member| match member {
                Member::Case(case) => vec![case],
                Member::Group(inner) => self.inside(inner),
            })
            .collect()
    }

    /// Calls a hook around a whole group. It sets no limit for the tasks it starts: they serve every test of the group.
    fn call_hook(&self, hook: &Rc<dyn Callback>, what: &'static str) -> Flow<Option<Trouble>> {
        let trouble = match hook.start(Vec::new()) {
            Ok(task) => self.await_task(&task, self.plan.timeout)?,
            Err(error) => Some(Trouble::plain(error.to_string())),
        };
        Ok(trouble.map(|trouble| trouble.during(what)))
    }

    fn run_case(&self, case: &Rc<Case>) -> Flow {
        for _ in 0..self.plan.repeat {
            if self.halt.load(Ordering::SeqCst) {
                return Ok(());
            }
            if case.options.skip.is_some() {
                self.skip(case);
                continue;
            }
            if case.options.policy.is_some() && self.policy.is_none() {
                let text = "the test asks for a policy of its own, and the run has one: leave --sandbox and --policy away";
                self.tell_case(case, Outcome::Failed(vec![Trouble::plain(text)]));
                continue;
            }
            let mut earlier = Vec::new();
            let most = case.options.retries.unwrap_or(self.plan.retries);
            loop {
                let mut verdict = self.attempt(case)?;
                if verdict.is_failed() && earlier.len() < most && self.found.borrow().kept.is_none() {
                    earlier.push(verdict.troubles().to_vec());
                    continue;
                }
                verdict.earlier = earlier;
                let failed = verdict.is_failed();
                (self.tell)(verdict);
                if failed && self.plan.fail_fast {
                    self.halt.store(true, Ordering::SeqCst);
                }
                if self.found.borrow().kept.is_some() {
                    return Err(Over);
                }
                break;
            }
        }
        Ok(())
    }

    /// Runs a test once, with all that belongs to it.
    fn attempt(&self, case: &Rc<Case>) -> Flow<Verdict> {
        let trial = Trial::new(&case.name);
        self.suite.set_running(Some(trial.clone()));
        self.failures.borrow_mut().clear();
        let before = Before::now(&self.net);
        let exchange = Exchange::begin(&self.net, self.watch.as_ref());
        let limit = case.options.timeout.unwrap_or(self.plan.timeout);
        let (start, begun) = (Instant::now(), now());
        let argument = || vec![Value::Trial(trial.clone())];
        let mut troubles = Vec::new();
        for hook in self.suite.hooks_around(case, Hook::BeforeEach) {
            if troubles.is_empty() {
                let left = limit.saturating_sub(since(begun));
                let trouble = self.call(&hook, argument(), left, limit)?;
                troubles.extend(trouble.map(|trouble| trouble.during("before_each")));
            }
        }
        if troubles.is_empty() {
            let left = limit.saturating_sub(since(begun));
            troubles.extend(self.call(case.body(), case.arguments(&trial), left, limit)?);
        }
        let skipped = trial.skipped();
        if skipped.is_some() {
            troubles.clear();
        }
        let took = start.elapsed();
        if !troubles.is_empty() && self.plan.keeps_failure {
            self.found.borrow_mut().kept = Some(trial.clone());
            let mut verdict = self.verdict(case, Outcome::Failed(troubles), took, &trial);
            verdict.exchange = exchange.lines();
            return Ok(verdict);
        }
        while let Some(cleanup) = trial.next_cleanup() {
            let trouble = self.call(&cleanup, Vec::new(), limit, limit)?;
            troubles.extend(trouble.map(|trouble| trouble.during("cleanup")));
        }
        for hook in self.suite.hooks_around(case, Hook::AfterEach) {
            let trouble = self.call(&hook, argument(), limit, limit)?;
            troubles.extend(trouble.map(|trouble| trouble.during("after_each")));
        }
        let leaks = before.leaks(&self.net).map_err(|_| Over)?;
        if case.options.leaks != Some(true) {
            troubles.extend(leaks);
        }
        for report in self.failures.take() {
            troubles.push(Trouble::plain(report).during("another task"));
        }
        self.suite.set_running(None);
        trial.forget_fields();
        self.net.set_observer(self.watch.clone());
        let outcome = match skipped {
            _ if !troubles.is_empty() => Outcome::Failed(troubles),
            Some(reason) => Outcome::Skipped(reason),
            None => Outcome::Passed,
        };
        let mut verdict = self.verdict(case, outcome, took, &trial);
        if verdict.is_failed() {
            verdict.exchange = exchange.lines();
        }
        Ok(verdict)
    }

    /// Calls a function of the test's on a task of its own that must end in time, with all it starts.
    fn call(
        &self,
        function: &Rc<dyn Callback>,
        arguments: Vec<Value>,
        left: Duration,
        limit: Duration,
    ) -> Flow<Option<Trouble>> {
        let task = match function.start(arguments) {
            Ok(task) => task,
            Err(error) => return Ok(Some(Trouble::plain(error.to_string()))),
        };
        let begun = now();
        self.net.sched().run_limited(&task, left).map_err(|_| Over)?;
        let is_late = since(begun) >= left;
        Ok(match task.failure() {
            None if is_late => Some(Trouble::plain(too_long(limit))),
            None => None,
            Some(error) => {
                let mut trouble = Trouble::raised(&error, &self.language.report(&task), &self.source);
                if is_late && error.class() == Class::TimeoutError {
                    trouble.text = too_long(limit);
                }
                Some(trouble)
            }
        })
    }

    /// Waits for a task that may start others which live longer.
    fn await_task(&self, task: &Rc<Task>, limit: Duration) -> Flow<Option<Trouble>> {
        let sched = self.net.sched();
        if !sched.join(task, deadline_after(limit)).map_err(|_| Over)? {
            sched.kill(task, Class::TimeoutError);
            sched.join(task, None).map_err(|_| Over)?;
            return Ok(Some(Trouble::plain(too_long(limit))));
        }
        let trouble = |error: Error| Trouble::raised(&error, &self.language.report(task), &self.source);
        Ok(task.failure().map(trouble))
    }

    fn skip(&self, case: &Rc<Case>) {
        self.pass_over(case, case.options.skip.clone().unwrap_or_default());
    }

    fn pass_over(&self, case: &Rc<Case>, reason: String) {
        self.tell_case(case, Outcome::Skipped(reason));
    }

    fn tell_case(&self, case: &Case, outcome: Outcome) {
        let failed = matches!(outcome, Outcome::Failed(_));
        (self.tell)(self.verdict(case, outcome, Duration::ZERO, &Trial::new(&case.name)));
        if failed && self.plan.fail_fast {
            self.halt.store(true, Ordering::SeqCst);
        }
    }

    fn verdict(&self, case: &Case, outcome: Outcome, took: Duration, trial: &Trial) -> Verdict {
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

    /// Tells of what failed outside of tests.
    fn tell_of(&self, name: &str, troubles: Vec<Trouble>) {
        (self.tell)(Verdict::outside(&self.file, name, troubles));
        if self.plan.fail_fast {
            self.halt.store(true, Ordering::SeqCst);
        }
    }
}

/// The time that has passed by the clock the tests go by.
fn since(begun: Instant) -> Duration {
    now().saturating_duration_since(begun)
}

fn too_long(limit: Duration) -> String {
    format!("TimeoutError: it took longer than {} s", limit.as_secs_f64())
}
