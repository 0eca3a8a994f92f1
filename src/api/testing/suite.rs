//! The tests of one script: groups within groups, each with its hooks, and the tests in the order they were declared.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use crate::api::value::Value;
use crate::api::{Callback, Held};
use crate::error::{Class, Error, Place, Result};

use super::options::{Options, UNFORESEEN};
use super::trial::Trial;

/// When a hook is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hook {
    BeforeAll,
    BeforeEach,
    AfterEach,
    AfterAll,
}

/// A test.
pub(crate) struct Case {
    /// Its name after those of its groups: `server > echoes`.
    pub(crate) name: String,
    pub(crate) options: Options,
    /// Where it was declared.
    pub(crate) place: Option<Place>,
    group: usize,
    body: Rc<dyn Callback>,
    /// What it is handed beside its `t`, where it is one of a table's.
    row: Option<Rc<dyn Held>>,
}

impl Case {
    /// Its function.
    pub(crate) fn body(&self) -> &Rc<dyn Callback> {
        &self.body
    }

    /// What its function is called with.
    pub(crate) fn arguments(&self, trial: &Rc<Trial>) -> Vec<Value> {
        let mut arguments = vec![Value::Trial(trial.clone())];
        arguments.extend(self.row.clone().map(Value::Held));
        arguments
    }
}

/// What a group has, in order.
#[derive(Clone)]
pub(crate) enum Member {
    Case(Rc<Case>),
    /// A group, by its number.
    Group(usize),
}

/// A group of tests; the first one is the whole script.
#[derive(Default)]
struct Group {
    name: String,
    parent: Option<usize>,
    options: Options,
    members: Vec<Member>,
    hooks: Vec<(Hook, Rc<dyn Callback>)>,
    /// What the hooks around the whole of it are handed.
    trial: Option<Rc<Trial>>,
}

/// What a script has declared.
pub(crate) struct Suite {
    groups: RefCell<Vec<Group>>,
    /// The group that is being described.
    open: Cell<usize>,
    /// Whether a runner takes the tests when all are declared.
    collects: bool,
    /// Whether somebody calls what is to be done after the script.
    has_end: Cell<bool>,
    /// The test that runs.
    running: RefCell<Option<Rc<Trial>>>,
}

impl Default for Suite {
    /// Runs every test where it stands.
    fn default() -> Self {
        Self::new(false)
    }
}

impl Suite {
    fn new(collects: bool) -> Self {
        Self {
            groups: RefCell::new(vec![Group::default()]),
            open: Cell::new(0),
            collects,
            has_end: Cell::new(false),
            running: RefCell::default(),
        }
    }

    /// Keeps the tests for a runner.
    #[cfg(feature = "cli")]
    pub(crate) fn for_a_runner() -> Rc<Self> {
        Rc::new(Self::new(true))
    }

    /// Declares a test; runs it at once where there is no runner.
    ///
    /// # Errors
    /// `RuntimeError` inside another test; what the test raises, where it runs at once.
    pub(crate) fn declare(
        &self,
        name: &str,
        options: Options,
        place: Option<Place>,
        body: Rc<dyn Callback>,
        row: Option<Rc<dyn Held>>,
    ) -> Result<()> {
        self.check_outside("test")?;
        let group = self.open.get();
        let case = Rc::new(Case {
            name: self.full_name(group, name),
            options: self.groups.borrow()[group].options.for_inner(options),
            place,
            group,
            body,
            row,
        });
        if self.collects {
            self.groups.borrow_mut()[group].members.push(Member::Case(case));
            return Ok(());
        }
        self.run_here(&case)
    }

    /// Declares a group: what `body` declares is in it.
    ///
    /// # Errors
    /// `RuntimeError` inside a test; what `body` raises.
    pub(crate) fn describe(&self, name: &str, options: Options, body: &Rc<dyn Callback>) -> Result<()> {
        self.check_outside("describe")?;
        let parent = self.open.get();
        let number = {
            let mut groups = self.groups.borrow_mut();
            let number = groups.len();
            let group = Group {
                name: name.to_owned(),
                parent: Some(parent),
                options: groups[parent].options.for_inner(options),
                ..Group::default()
            };
            groups.push(group);
            groups[parent].members.push(Member::Group(number));
            number
        };
        self.open.set(number);
        let done = body.call(Vec::new());
        self.open.set(parent);
        if self.collects {
            return done;
        }
        let functions = self.after_all(number);
        let outcome = functions.into_iter().fold(done, |outcome, function| {
            outcome.and(function.call(self.around(number)))
        });
        self.forget_trial(number);
        outcome
    }

    /// What the hooks around a group are handed: the same `t` before its tests and after them.
    pub(crate) fn trial_of(&self, group: usize) -> Rc<Trial> {
        if let Some(trial) = self.groups.borrow()[group].trial.clone() {
            return trial;
        }
        let parent = self.groups.borrow()[group].parent;
        let outer = parent.map(|parent| self.trial_of(parent));
        let trial = Trial::of_group(&self.name_of(group), outer);
        self.groups.borrow_mut()[group].trial = Some(trial.clone());
        trial
    }

    fn around(&self, group: usize) -> Vec<Value> {
        vec![Value::Trial(self.trial_of(group))]
    }

    /// What is to be called after a group: its own hooks, and what was handed over for its end.
    fn after_all(&self, group: usize) -> Vec<Rc<dyn Callback>> {
        let trial = self.groups.borrow()[group].trial.clone();
        let mut functions = self.hooks_of(group, Hook::AfterAll);
        if let Some(trial) = trial {
            trial.end();
            functions.extend(std::iter::from_fn(|| trial.next_cleanup(0)));
        }
        functions
    }

    /// A run of a test.
    pub(crate) fn trial(&self, case: &Case) -> Rc<Trial> {
        Trial::within(&case.name, Some(self.trial_of(case.group)))
    }

    /// Says whether somebody will call what [`Self::take_end`] returns.
    pub(crate) fn set_end(&self, has_end: bool) {
        self.has_end.set(has_end);
    }

    /// What is to be done after a script that has run its own tests, each with what it is called with.
    pub(crate) fn take_end(&self) -> Vec<(Rc<dyn Callback>, Vec<Value>)> {
        if self.collects {
            return Vec::new();
        }
        let functions = self.after_all(0);
        self.groups.borrow_mut()[0]
            .hooks
            .retain(|(hook, _)| *hook != Hook::AfterAll);
        let calls = functions
            .into_iter()
            .map(|function| (function, self.around(0)))
            .collect();
        // Who calls them has it until then.
        self.groups.borrow_mut()[0].trial = None;
        calls
    }

    /// A group is over.
    pub(crate) fn forget_trial(&self, group: usize) {
        let trial = self.groups.borrow_mut()[group].trial.take();
        if let Some(trial) = trial {
            trial.forget_fields();
        }
    }

    /// Declares a hook of the group that is being described.
    ///
    /// # Errors
    /// `RuntimeError` inside a test, and for one that nobody will call; what it raises, where it is called at once.
    pub(crate) fn hook(&self, hook: Hook, name: &str, function: Rc<dyn Callback>) -> Result<()> {
        self.check_outside(name)?;
        let group = self.open.get();
        if !self.collects && hook == Hook::BeforeAll {
            return self.prepare_here(group, &function);
        }
        if !self.collects && hook == Hook::AfterAll && group == 0 && !self.has_end.get() {
            return Err(Error::runtime(
                "after_all() outside a describe() needs an end: of a script that is run, or of a file in the test runner \
                 (wirescript test FILE)",
            ));
        }
        self.groups.borrow_mut()[group].hooks.push((hook, function));
        Ok(())
    }

    /// Prepares a group where it stands: where that says so, what is declared in the group from here on is not run.
    fn prepare_here(&self, group: usize, function: &Rc<dyn Callback>) -> Result<()> {
        let trial = self.trial_of(group);
        self.set_running(Some(trial.clone()));
        let outcome = function.call(self.around(group));
        self.set_running(None);
        let Some(reason) = trial.skipped() else {
            return outcome;
        };
        self.groups.borrow_mut()[group].options.skip.get_or_insert(reason);
        Ok(())
    }

    /// The test that runs now, or what prepares a group.
    pub(crate) fn running(&self) -> Option<Rc<Trial>> {
        self.running.borrow().clone()
    }

    /// Says which test runs now.
    pub(crate) fn set_running(&self, trial: Option<Rc<Trial>>) {
        *self.running.borrow_mut() = trial;
    }

    /// What a group has; the whole script is group 0.
    #[cfg(feature = "cli")]
    pub(crate) fn members(&self, group: usize) -> Vec<Member> {
        self.groups.borrow()[group].members.clone()
    }

    /// Every test, in the order of declaration.
    #[cfg(feature = "cli")]
    pub(crate) fn cases(&self) -> Vec<Rc<Case>> {
        let mut cases = Vec::new();
        let mut open = vec![Member::Group(0)];
        while let Some(member) = open.pop() {
            match member {
                Member::Case(case) => cases.push(case),
                Member::Group(group) => open.extend(self.members(group).into_iter().rev()),
            }
        }
        cases
    }

    /// A group's own hooks of a kind, in the order they are to be called.
    pub(crate) fn hooks_of(&self, group: usize, kind: Hook) -> Vec<Rc<dyn Callback>> {
        let groups = self.groups.borrow();
        let hooks = groups[group].hooks.iter().filter(|(hook, _)| *hook == kind);
        let mut hooks: Vec<_> = hooks.map(|(_, function)| function.clone()).collect();
        if matches!(kind, Hook::AfterEach | Hook::AfterAll) {
            hooks.reverse();
        }
        hooks
    }

    /// The hooks around a test: those before it from the outermost group inwards, those after it the other way.
    pub(crate) fn hooks_around(&self, case: &Case, kind: Hook) -> Vec<Rc<dyn Callback>> {
        let mut chain = Vec::new();
        let mut group = Some(case.group);
        while let Some(number) = group {
            chain.push(number);
            group = self.groups.borrow()[number].parent;
        }
        if kind == Hook::BeforeEach {
            chain.reverse();
        }
        chain
            .into_iter()
            .flat_map(|group| self.hooks_of(group, kind))
            .collect()
    }

    /// A group's name after those of the groups around it; nothing for the whole script.
    pub(crate) fn name_of(&self, group: usize) -> String {
        let parent = self.groups.borrow()[group].parent;
        let name = self.groups.borrow()[group].name.clone();
        parent.map_or(String::new(), |parent| self.full_name(parent, &name))
    }

    /// Lets go of every function it keeps.
    #[cfg(feature = "cli")]
    pub(crate) fn clear(&self) {
        *self.groups.borrow_mut() = vec![Group::default()];
        self.running.borrow_mut().take();
    }

    fn full_name(&self, group: usize, name: &str) -> String {
        let groups = self.groups.borrow();
        let mut full = name.to_owned();
        let mut at = &groups[group];
        while let Some(parent) = at.parent {
            full = format!("{} > {full}", at.name);
            at = &groups[parent];
        }
        full
    }

    fn check_outside(&self, name: &str) -> Result<()> {
        match self.running() {
            None => Ok(()),
            Some(trial) => Err(Error::runtime(format!(
                "{name}() inside {}: tests, groups and hooks are declared outside of tests",
                trial.shown()
            ))),
        }
    }

    /// Runs a test where it stands, with its hooks. What fails first is raised; what is to be done at the end is done.
    fn run_here(&self, case: &Rc<Case>) -> Result<()> {
        if case.options.skip.is_some() {
            return Ok(());
        }
        let trial = self.trial(case);
        self.set_running(Some(trial.clone()));
        let argument = || vec![Value::Trial(trial.clone())];
        let mut before = self.hooks_around(case, Hook::BeforeEach).into_iter();
        let mut outcome = before.try_for_each(|hook| hook.call(argument()));
        let prepared = trial.cleanup_count();
        if outcome.is_ok() {
            outcome = case.body.call(case.arguments(&trial));
        }
        let is_skipped = trial.skipped().is_some();
        if is_skipped {
            outcome = Ok(());
        }
        let clean_up = |mut outcome: Result<()>, kept: usize| {
            while let Some(cleanup) = trial.next_cleanup(kept) {
                outcome = outcome.and(cleanup.call(Vec::new()));
            }
            outcome
        };
        trial.end();
        outcome = clean_up(outcome, prepared);
        for hook in self.hooks_around(case, Hook::AfterEach) {
            outcome = outcome.and(hook.call(argument()));
        }
        outcome = clean_up(outcome, 0);
        self.set_running(None);
        trial.forget_fields();
        match outcome {
            Ok(()) if case.options.xfail.is_some() && !is_skipped => {
                Err(Error::new(Class::AssertionError, UNFORESEEN))
            }
            // What ends the program is no failure.
            Err(error) if case.options.xfail.is_some() && error.class().is_a(Class::Exception) => Ok(()),
            outcome => outcome,
        }
    }
}

impl fmt::Debug for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Suite({} groups)", self.groups.borrow().len())
    }
}
