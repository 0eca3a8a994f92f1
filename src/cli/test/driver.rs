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

use super::course::{Course, Part, UnderWay};
use super::exchange::Exchange;
use super::find::File;
use super::leaks::Before;
use super::plan::Plan;
use super::telling::FILE;
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
    /// Those tests, by their numbers: they fail where the file does.
    pub(super) bound: Vec<(usize, Verdict)>,
    /// Whether tests may ask for a policy of their own.
    pub(super) may_choose: bool,
    /// What other tasks than the tests' own have raised.
    pub(super) failures: Rc<RefCell<Vec<String>>>,
    /// Set when nothing more is to be run.
    pub(super) halt: Arc<AtomicBool>,
    /// What watches the whole run.
    pub(super) watch: Option<Arc<dyn Observer>>,
    pub(super) tell: Box<dyn Fn(Verdict)>,
    /// How far the file is, in whichever machine.
    pub(super) course: Rc<Course>,
    pub(super) found: RefCell<Found>,
    /// Every test of the file: its place here is a test's number.
    pub(super) cases: RefCell<Vec<Rc<Case>>>,
    /// What is being done; nothing between two tests.
    pub(super) under_way: RefCell<Option<UnderWay>>,
}

/// What was found in a file beside its verdicts.
#[derive(Default)]
pub(super) struct Found {
    /// Tests that were chosen, by any part of the run.
    pub(super) chosen: usize,
    /// Policies that tests ask for, and those tests.
    pub(super) policies: Vec<(Policy, Vec<(usize, Verdict)>)>,
    /// The test that failed and was left as it was.
    pub(super) kept: Option<Rc<Trial>>,
    /// A limit ended the machine: what is left of the file is to be run in another.
    pub(super) goes_on: bool,
}

/// Why the run of a file is given up: nothing is left to be told of it.
struct Over;

type Flow<T = ()> = Result<T, Over>;

impl Driver {
    /// Runs a file whose main chunk has been started.
    pub(super) fn run(&self, main: &Rc<Task>) {
        // What ends everything is told afterwards.
        let _ = self.run_file(main);
    }

    /// Something begins, and with it the time and the instructions that the policy's limits give it.
    fn begin(&self, part: Part) {
        self.net.sched().begin_run();
        *self.under_way.borrow_mut() = Some(UnderWay::begin(part));
    }

    /// What has begun is this task's now.
    fn go_on(&self, during: Option<&'static str>, task: &Rc<Task>) {
        if let Some(under_way) = &mut *self.under_way.borrow_mut() {
            under_way.during = during;
            under_way.task = Some(task.clone());
        }
    }

    fn run_file(&self, main: &Rc<Task>) -> Flow {
        self.begin(Part::Around(FILE.to_owned(), Vec::new()));
        self.go_on(None, main);
        if let Some(trouble) = self.await_task(main, self.plan.timeout)? {
            self.under_way.take();
            self.tell_of_file(trouble);
            return Ok(());
        }
        self.under_way.take();
        *self.cases.borrow_mut() = self.suite.cases();
        let mut chosen = Vec::new();
        for (case, here) in self.plan.choose(&self.file, &self.cases.borrow()) {
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
    fn is_mine(&self, case: &Rc<Case>) -> bool {
        if self.policy.is_none()
            && self.may_choose
            && let Some(policy) = &case.options.policy
        {
            let policies = &mut self.found.borrow_mut().policies;
            let bound = (self.number(case), self.untried(case, Outcome::Passed));
            match policies.iter_mut().find(|(known, _)| known == policy) {
                Some((_, tests)) => tests.push(bound),
                None => policies.push((policy.clone(), vec![bound])),
            }
            return false;
        }
        self.policy.is_none() || self.policy == case.options.policy
    }

    fn run_group(&self, group: usize, chosen: &[Rc<Case>]) -> Flow {
        let is_run =
            |case: &Rc<Case>| chosen.iter().any(|other| Rc::ptr_eq(case, other)) && self.is_due(case);
        let inside: Vec<Rc<Case>> = self.inside(group).into_iter().filter(is_run).collect();
        if inside.is_empty() || self.halt.load(Ordering::SeqCst) {
            return Ok(());
        }
        if inside.iter().all(|case| case.options.skip.is_some()) {
            self.skip_all(&inside, "");
            return Ok(());
        }
        let trial = self.suite.trial_of(group);
        for hook in self.suite.hooks_of(group, Hook::BeforeAll) {
            let start = Instant::now();
            self.suite.set_running(Some(trial.clone()));
            let trouble = self.call_hook(&hook, group, "before_all", &inside)?;
            self.suite.set_running(None);
            if let Some(reason) = trial.skipped() {
                self.skip_all(&inside, &reason);
                return self.end_group(group);
            }
            if let Some(trouble) = trouble {
                self.fail_all(&inside, &trouble, start.elapsed());
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
        let trial = self.suite.trial_of(group);
        trial.end();
        for hook in self.suite.hooks_of(group, Hook::AfterAll) {
            troubles.extend(self.call_hook(&hook, group, "after_all", &[])?);
        }
        while let Some(cleanup) = trial.next_cleanup(0) {
            troubles.extend(self.call_hook(&cleanup, group, "cleanup", &[])?);
        }
        self.suite.forget_trial(group);
        if !troubles.is_empty() {
            self.tell_of(&self.name_of(group, "after_all"), troubles);
        }
        Ok(())
    }

    /// What a hook around a group is called.
    fn name_of(&self, group: usize, hook: &str) -> String {
        let name = self.suite.name_of(group);
        if name.is_empty() {
            hook.to_owned()
        } else {
            format!("{name} > {hook}")
        }
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

    /// Calls a hook around a whole group, without which `needed_by` cannot be run. It sets no limit for the tasks it starts: they
    /// serve every test of the group.
    fn call_hook(
        &self,
        hook: &Rc<dyn Callback>,
        group: usize,
        what: &'static str,
        needed_by: &[Rc<Case>],
    ) -> Flow<Option<Trouble>> {
        self.begin(Part::Around(self.name_of(group, what), needed_by.to_vec()));
        let arguments = vec![Value::Trial(self.suite.trial_of(group))];
        let trouble = match hook.start(&self.name_of(group, what), arguments) {
            Ok(task) => {
                self.go_on(Some(what), &task);
                self.await_task(&task, self.plan.timeout)?
            }
            Err(error) => Some(Trouble::plain(error.to_string())),
        };
        self.under_way.take();
        Ok(trouble.map(|trouble| trouble.during(what)))
    }

    fn run_case(&self, case: &Rc<Case>) -> Flow {
        while self.is_due(case) {
            if self.halt.load(Ordering::SeqCst) {
                return Ok(());
            }
            let verdict = if let Some(reason) = &case.options.skip {
                self.untried(case, Outcome::Skipped(reason.clone()))
            } else if case.options.policy.is_some() && self.policy.is_none() {
                let text = "the test asks for a policy of its own, and the run has one: leave --sandbox and --policy away";
                self.untried(case, Outcome::Failed(vec![Trouble::plain(text)]))
            } else {
                self.attempt(case)?
            };
            let kept = self.found.borrow().kept.is_some();
            if verdict.is_failed() && !kept && self.may_try_again(case) {
                self.course.keep(self.number(case), verdict.troubles().to_vec());
                continue;
            }
            self.tell_test(case, verdict);
            if kept {
                return Err(Over);
            }
        }
        Ok(())
    }

    /// The number of a test in its file.
    pub(super) fn number(&self, case: &Rc<Case>) -> usize {
        let cases = self.cases.borrow();
        let place = cases.iter().position(|other| Rc::ptr_eq(case, other));
        place.unwrap_or(cases.len())
    }

    /// Whether a test has to be run once more, or the first time.
    fn is_due(&self, case: &Rc<Case>) -> bool {
        self.course.told(self.number(case)) < self.plan.repeat
    }

    /// Whether a test that failed is tried again.
    pub(super) fn may_try_again(&self, case: &Rc<Case>) -> bool {
        self.course.tries(self.number(case)) < case.options.retries.unwrap_or(self.plan.retries)
    }

    fn attempt(&self, case: &Rc<Case>) -> Flow<Verdict> {
        let trial = self.suite.trial(case);
        let exchange = Rc::new(Exchange::begin(&self.net, self.watch.as_ref()));
        self.begin(Part::Test(case.clone(), trial.clone(), exchange.clone()));
        let verdict = self.try_once(case, &trial, &exchange)?;
        self.under_way.take();
        Ok(verdict)
    }

    /// Runs a test once, with all that belongs to it.
    fn try_once(&self, case: &Case, trial: &Rc<Trial>, exchange: &Exchange) -> Flow<Verdict> {
        self.suite.set_running(Some(trial.clone()));
        self.failures.borrow_mut().clear();
        let before = Before::now(&self.net);
        let (default_timeout, faults) = (self.net.default_timeout(), self.net.faults());
        let limit = case.options.timeout.unwrap_or(self.plan.timeout);
        let (start, begun) = (Instant::now(), now());
        let argument = || vec![Value::Trial(trial.clone())];
        let mut troubles = Vec::new();
        for hook in self.suite.hooks_around(case, Hook::BeforeEach) {
            if troubles.is_empty() {
                let left = limit.saturating_sub(since(begun));
                troubles.extend(self.call(
                    &case.name,
                    Some("before_each"),
                    &hook,
                    argument(),
                    left,
                    limit,
                )?);
            }
        }
        let prepared = trial.cleanup_count();
        if troubles.is_empty() {
            let left = limit.saturating_sub(since(begun));
            troubles.extend(self.call(&case.name, None, case.body(), case.arguments(trial), left, limit)?);
        }
        let skipped = trial.skipped();
        if skipped.is_some() {
            troubles.clear();
        }
        let xfail = case.options.xfail.as_ref();
        if !troubles.is_empty() && self.plan.keeps_failure && xfail.is_none() {
            self.found.borrow_mut().kept = Some(trial.clone());
            let mut verdict = self.verdict(case, Outcome::Failed(troubles), start.elapsed(), trial);
            verdict.exchange = exchange.lines(&case.name);
            return Ok(verdict);
        }
        trial.end();
        let clean_up = |kept: usize| -> Flow<Vec<Trouble>> {
            let mut troubles = Vec::new();
            while let Some(cleanup) = trial.next_cleanup(kept) {
                troubles.extend(self.call(
                    &case.name,
                    Some("cleanup"),
                    &cleanup,
                    Vec::new(),
                    limit,
                    limit,
                )?);
            }
            Ok(troubles)
        };
        troubles.extend(clean_up(prepared)?);
        for hook in self.suite.hooks_around(case, Hook::AfterEach) {
            troubles.extend(self.call(&case.name, Some("after_each"), &hook, argument(), limit, limit)?);
        }
        troubles.extend(clean_up(0)?);
        self.net.set_default_timeout(default_timeout);
        self.net.put_back_faults(faults);
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
        let mut verdict = self.verdict(case, outcome.against(xfail), start.elapsed(), trial);
        if verdict.is_failed() {
            verdict.exchange = exchange.lines(&case.name);
        }
        Ok(verdict)
    }

    /// Calls a function of the test's on a task of its own that must end in time, with all it starts. `what` says which, where it
    /// is not the test's own.
    fn call(
        &self,
        test: &str,
        what: Option<&'static str>,
        function: &Rc<dyn Callback>,
        arguments: Vec<Value>,
        left: Duration,
        limit: Duration,
    ) -> Flow<Option<Trouble>> {
        let name = what.map_or_else(|| test.to_owned(), |what| format!("{test} > {what}"));
        let mut trouble = match function.start(&name, arguments) {
            Ok(task) => {
                self.go_on(what, &task);
                self.run_limited(&task, left, limit)?
            }
            Err(error) => Some(Trouble::plain(error.to_string())),
        };
        if let Some(trouble) = &mut trouble {
            trouble.during = what;
        }
        Ok(trouble)
    }

    fn run_limited(&self, task: &Rc<Task>, left: Duration, limit: Duration) -> Flow<Option<Trouble>> {
        let begun = now();
        self.net.sched().run_limited(task, left).map_err(|_| Over)?;
        let is_late = since(begun) >= left;
        Ok(match task.failure() {
            None if is_late => Some(Trouble::plain(too_long(limit))),
            None => None,
            Some(error) => {
                let mut trouble = Trouble::raised(&error, &self.language.report(task), &self.source);
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
}

/// The time that has passed by the clock the tests go by.
fn since(begun: Instant) -> Duration {
    now().saturating_duration_since(begun)
}

fn too_long(limit: Duration) -> String {
    format!("TimeoutError: it took longer than {} s", limit.as_secs_f64())
}
