//! A file of tests in a machine of its own: made, run to its end, thrown away.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::api::Value;
use crate::api::testing::Suite;
use crate::cli::complain;
use crate::error::{Class, Error, Result};
use crate::net::Observer;
use crate::policy::Policy;
use crate::runtime::{Runtime, Speech};
use crate::sched::{Plain, StopHandle};
use crate::script::Chunk;
use crate::sys::{process, stdio};

use super::course::Course;
use super::driver::{Driver, Found};
use super::find::File;
use super::plan::Plan;
use super::telling::FILE;
use super::verdict::{Source, Trouble, Verdict};

/// What every file is run with.
pub(super) struct Shop {
    pub(super) plan: Rc<Plan>,
    /// What the command line allows.
    pub(super) policy: Policy,
    /// Set when nothing more is to be run.
    pub(super) halt: Arc<AtomicBool>,
    /// What watches the whole run.
    pub(super) watch: Option<Arc<dyn Observer>>,
    /// Whether each judgement of the policy is told.
    pub(super) explains: bool,
    /// Called with what ends a machine from another thread, and with nothing when the machine is about to go.
    pub(super) obey: Box<dyn Fn(Option<StopHandle>)>,
    pub(super) tell: Rc<dyn Fn(Told)>,
}

/// What is told of a file.
#[derive(Debug)]
pub(super) enum Told {
    Began(usize),
    Test(Box<Verdict>),
    /// The prompt has the terminal from here on.
    Stopped,
    Ended {
        file: usize,
        took: Duration,
        /// Tests that were chosen, by any part of the run.
        chosen: usize,
    },
}

/// A machine whose test failed, left as it was.
pub(super) struct Kept {
    pub(super) runtime: Runtime,
    pub(super) speech: Speech,
}

impl Shop {
    /// Runs a file. Returns the machine where it was left at a failure.
    pub(super) fn run(&self, file: &File) -> Option<Kept> {
        let start = Instant::now();
        (self.tell)(Told::Began(file.number));
        let mut chosen = 0;
        let mut kept = None;
        match std::fs::read(&file.path) {
            Err(error) => self.fail(file, &Error::file(&file.path, &error)),
            Ok(source) => {
                let course = Rc::default();
                let (found, machine) = self.run_on(file, &source, None, &[], &course);
                chosen = found.chosen;
                kept = machine;
                for (policy, bound) in found.policies {
                    if kept.is_none() {
                        kept = self.run_on(file, &source, Some(&policy), &bound, &course).1;
                    }
                }
            }
        }
        (self.tell)(Told::Ended {
            file: file.number,
            took: start.elapsed(),
            chosen,
        });
        if kept.is_some() {
            (self.tell)(Told::Stopped);
        }
        kept
    }

    /// The policy that a test asks for: the command line's limits hold for it too.
    fn bounded(&self, policy: &Policy) -> Policy {
        let limits = policy.limits().within(self.policy.limits());
        policy.clone().with_limits(limits)
    }

    /// Runs a file under the policy that some of its tests ask for, or all others under the command line's: in as many machines
    /// as it takes, as what exceeds a limit ends the one it is in. Returns what the first one found.
    fn run_on(
        &self,
        file: &File,
        source: &[u8],
        policy: Option<&Policy>,
        bound: &[(usize, Verdict)],
        course: &Rc<Course>,
    ) -> (Found, Option<Kept>) {
        let (found, mut kept) = self.run_as(file, source, policy, bound, course);
        let mut goes_on = found.goes_on;
        while goes_on && !self.halt.load(Ordering::SeqCst) {
            let (more, machine) = self.run_as(file, source, policy, bound, course);
            goes_on = more.goes_on;
            kept = machine;
        }
        (found, kept)
    }

    /// Runs what is left of a file in one machine.
    fn run_as(
        &self,
        file: &File,
        source: &[u8],
        policy: Option<&Policy>,
        bound: &[(usize, Verdict)],
        course: &Rc<Course>,
    ) -> (Found, Option<Kept>) {
        let suite = Suite::for_a_runner();
        let failures: Rc<RefCell<Vec<String>>> = Rc::default();
        let machine = self.machine(file, &suite, &failures, policy);
        let (runtime, speech) = match machine {
            Ok(machine) => machine,
            Err(error) => {
                self.fail(file, &error);
                return (Found::default(), None);
            }
        };
        let net = runtime.net().clone();
        net.keep_lost();
        net.set_observer(self.watch.clone());
        (self.obey)(Some(net.sched().handle()));
        let (shown, tell) = (file.shown(), self.tell.clone());
        let chunk = Chunk {
            name: &format!("@{shown}"),
            source,
            path: Some(&file.path),
        };
        let outcome = runtime.speak(speech).and_then(|language| {
            let main = language.start(&chunk)?;
            let driver = Rc::new(Driver {
                net: net.clone(),
                language,
                suite: suite.clone(),
                plan: self.plan.clone(),
                file: file.clone(),
                source: Source::new(&shown, source),
                policy: policy.cloned(),
                bound: bound.to_vec(),
                may_choose: self.policy.allows_everything(),
                failures: failures.clone(),
                halt: self.halt.clone(),
                watch: self.watch.clone(),
                tell: Box::new(move |verdict| tell(Told::Test(Box::new(verdict)))),
                course: course.clone(),
                found: RefCell::default(),
                cases: RefCell::default(),
                under_way: RefCell::default(),
            });
            let seat = driver.clone();
            let body = Box::new(move |_: &_| {
                seat.run(&main);
                Ok(())
            });
            let task = net.sched().spawn("tests".to_owned(), Box::new(Plain), body)?;
            net.sched().run_until(|| task.is_done())?;
            driver.tell_of_the_end()?;
            Ok(driver.found.take())
        });
        (self.obey)(None);
        if net.sched().killed_by() == Some(Class::KeyboardInterrupt) {
            self.halt.store(true, Ordering::SeqCst);
        }
        let found = match outcome {
            Ok(found) => found,
            Err(error) => {
                self.fail(file, &error);
                Found::default()
            }
        };
        if let Some(trial) = found.kept.clone() {
            // The prompt has it as `t`. Where there is no room for a name, it does without.
            let _ = runtime
                .speak(speech)
                .and_then(|language| language.set_global("t", Value::Trial(trial)));
            return (found, Some(Kept { runtime, speech }));
        }
        suite.clear();
        drop(runtime);
        // Whatever was started for a whole group or file goes with it.
        process::children().into_iter().for_each(process::end);
        (found, None)
    }

    fn machine(
        &self,
        file: &File,
        suite: &Rc<Suite>,
        failures: &Rc<RefCell<Vec<String>>>,
        policy: Option<&Policy>,
    ) -> Result<(Runtime, Speech)> {
        let ending = file.path.extension().and_then(OsStr::to_str).unwrap_or_default();
        let speech = Speech::named(ending).ok_or_else(|| {
            Error::new(
                Class::RuntimeError,
                format!("this wirescript was built without {ending}"),
            )
        })?;
        let noted = failures.clone();
        let mut builder = Runtime::builder()
            .policy(policy.map_or_else(|| self.policy.clone(), |policy| self.bounded(policy)))
            .argv([file.path.as_os_str()])
            .suite(suite.clone())
            .on_failure(move |report| noted.borrow_mut().push(report.to_owned()))
            .on_warning(|line| {
                // What tests print comes before; a failed flush is told at the end.
                let _ = stdio::flush();
                complain(line);
            });
        if let Some(network) = &self.plan.network {
            builder = builder.virtual_network(network.clone());
        }
        if let Some(plan) = &self.plan.faults {
            builder = builder.faults(plan.clone());
        }
        if self.explains {
            builder = builder.on_judgement(complain);
        }
        if self.plan.keeps_failure {
            builder = builder.for_any_language();
        }
        let runtime = builder.speech(speech).build()?;
        if self.plan.keeps_failure {
            runtime.heed_interrupts()?;
        } else {
            runtime.heed_alarms()?;
        }
        Ok((runtime, speech))
    }

    /// Tells of a file that could not be run.
    fn fail(&self, file: &File, error: &Error) {
        let text = if error.class() == Class::SyntaxError {
            format!("SyntaxError: {}", error.advice())
        } else {
            error.to_string()
        };
        let verdict = Verdict::outside(file, FILE, vec![Trouble::plain(text)]);
        (self.tell)(Told::Test(Box::new(verdict)));
    }
}
