//! Workers: a thread each, with a runtime of its own that is bound by what binds the one that started it.
//!
//! [`Crew`] is what a runtime hands to the operations so that scripts can start workers. It reads and judges the script
//! on the starting thread; what goes to the new thread is plain data.

use std::cell::{Cell, RefCell};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use crate::api::{self, Order, Workers};
use crate::error::{Class, Error, Result};
use crate::file::{self, LARGEST_SCRIPT};
use crate::net::{FaultPlan, Net, Observer, Outlets, Resolver, World};
use crate::policy::{Policy, Purse, Request};
use crate::sched::Member;
use crate::script::{Chunk, Manner};
use crate::sys::signal;
use crate::worker::{Draft, Failure, Notice, Outcome, Parcel, Post, Worker};

use super::builder::{Builder, Ear, Heir};
use super::loan::{Loan, Speaker};
use super::modules::Texts;
use super::network::Network;
use super::speech::Speech;
use super::upward::{self, Upward};
use super::{Reporter, Runtime};

/// Starts the workers of one runtime.
pub(super) struct Crew {
    pub(super) speech: Speech,
    pub(super) speaker: Speaker,
    /// Whether workers get their memory out of this runtime's.
    pub(super) lends: bool,
    pub(super) purse: Arc<Purse>,
    /// Modules that the host has given, in this language.
    pub(super) texts: Rc<RefCell<Texts>>,
    pub(super) argv: Rc<[OsString]>,
    pub(super) reporter: Option<Reporter>,
    pub(super) ear: Ear,
    /// The name of the worker whose runtime this is, if it is one's.
    pub(super) name: Option<String>,
    pub(super) started: Rc<Cell<u64>>,
}

/// What a worker's thread gets to begin with.
struct Begin {
    speech: Speech,
    policy: Policy,
    /// Whether somebody is told of each judgement of the policy.
    judged: bool,
    /// Whether the host listens to what scripts ask for.
    heard: bool,
    argv: Vec<OsString>,
    observer: Option<Arc<dyn Observer>>,
    faults: Option<FaultPlan>,
    outlets: Outlets,
    texts: Texts,
    resolver: Option<Resolver>,
    world: Option<Arc<World>>,
    /// Whether signals may make its scripts look.
    signals: bool,
    name: String,
    source: Vec<u8>,
    path: Option<PathBuf>,
    manner: Manner,
    arguments: Parcel,
    heir: Heir,
}

impl Workers for Crew {
    fn start(&self, net: &Rc<Net>, order: Order, arguments: Draft) -> Result<Rc<Worker>> {
        let number = self.started.get() + 1;
        self.started.set(number);
        // Its own name, where this is a worker itself.
        let name = match &self.name {
            Some(own) => format!("{own}.{number}"),
            None => format!("worker-{number}"),
        };
        let (shown, path) = match &order {
            Order::File(path) => {
                let path = self.find(path);
                (path.to_string_lossy().into_owned(), Some(path))
            }
            Order::Text(_) => ("a text".to_owned(), None),
            Order::Code(_) => ("a function".to_owned(), None),
        };
        net.guard(&Request::Worker { script: &shown })?;
        let (speech, manner, source) = match order {
            Order::Text(text) => (self.speech, Manner::Text, text),
            Order::Code(code) => (self.speech, Manner::Code, code),
            Order::File(_) => {
                let path = path.as_deref().unwrap_or(Path::new(""));
                net.guard(&Request::Open { path, write: false })?;
                let source = file::whole(net, path, LARGEST_SCRIPT)?;
                (Speech::of_file(path)?, Manner::File, source)
            }
        };
        let loan = self.lends.then(|| Loan::take(net, &self.speaker)).transpose()?;
        let texts = match speech == self.speech {
            true => self.texts.borrow().clone(),
            false => Texts::new(),
        };
        let begin = Begin {
            heir: Heir {
                purse: self.purse.clone(),
                deadline: Some(net.sched().deadline()),
                memory: loan.as_ref().map(Loan::bytes),
            },
            speech,
            policy: net.policy().clone(),
            judged: net.tells_judgements(),
            heard: self.ear.get().is_some(),
            argv: self.argv.to_vec(),
            observer: net.observer(),
            faults: net.faults().map(|plan| (*plan).clone()),
            outlets: net.outlets(),
            resolver: net.resolver().cloned(),
            texts,
            world: net.world().cloned(),
            signals: net.sched().has_alarm(),
            name: match &path {
                Some(path) => format!("@{}", path.display()),
                None => format!("={name}"),
            },
            source,
            path,
            manner,
            arguments: arguments.seal()?,
        };
        Worker::start(net, name, self.hear(net, loan), move |post, member| {
            run(begin, post, member)
        })
    }
}

impl Crew {
    /// A relative path is looked for in the current folder, then beside the script that was started.
    fn find(&self, path: &Path) -> PathBuf {
        let beside = self
            .argv
            .first()
            .and_then(|script| Path::new(script).parent())
            .map(|folder| folder.join(path));
        match beside {
            Some(beside) if !path.is_file() && beside.is_file() => beside,
            _ => path.to_owned(),
        }
    }

    /// What is done with what a worker tells: as if a task here had been the cause.
    fn hear(&self, net: &Rc<Net>, loan: Option<Loan>) -> Rc<dyn Fn(Notice)> {
        let (reporter, ear, net) = (self.reporter.clone(), self.ear.clone(), Rc::downgrade(net));
        Rc::new(move |notice| {
            // The worker's memory is the runtime's again when nobody hears of it any more.
            let _kept = &loan;
            match notice {
                Notice::Failure(report) => {
                    if let Some(tell) = &reporter {
                        tell(&report);
                    }
                }
                Notice::Warning(line) => {
                    if let Some(net) = net.upgrade() {
                        net.tell_of(&line);
                    }
                }
                Notice::Judgement(line) => {
                    if let Some(net) = net.upgrade() {
                        net.tell_judgement(|| line);
                    }
                }
                Notice::Asked(question) => upward::answer(&question, ear.get().map(|ear| &**ear)),
            }
        })
    }
}

/// The worker's thread, from its first to its last step.
fn run(begin: Begin, post: &Rc<Post>, member: Option<&Arc<Member>>) -> Outcome {
    signal::block_all_but_alarms();
    let (sent, name) = (post.clone(), format!("{}: ", thread_name()));
    let warned = post.clone();
    let mut builder = Builder::new()
        .speech(begin.speech)
        .policy(begin.policy)
        .argv(begin.argv)
        .worker(thread_name(), begin.heir)
        .outlets(begin.outlets)
        .resolver_of(begin.resolver)
        .on_failure(move |report| sent.tell(Notice::Failure(format!("{name}{report}"))))
        .on_warning(move |line| warned.tell(Notice::Warning(line.to_owned())));
    if let (Some(world), Some(member)) = (begin.world, member) {
        builder = builder.network(Network::Shared(world, member.clone()));
    }
    if begin.judged {
        let judged = post.clone();
        builder = builder.on_judgement(move |line| judged.tell(Notice::Judgement(line.to_owned())));
    }
    let mut runtime = match builder.build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(error, None),
    };
    for (name, text) in begin.texts {
        if let Err(error) = runtime.add_module(&name, text) {
            return failed(error, None);
        }
    }
    if begin.heard {
        let ear = Upward::new(thread_name(), post, &runtime.sched);
        runtime.school.listen(Rc::new(ear));
    }
    runtime.net.set_observer(begin.observer);
    runtime.net.set_faults(begin.faults);
    if begin.signals
        && let Err(error) = runtime.heed_alarms()
    {
        return failed(error, None);
    }
    post.obey(runtime.sched.handle());
    let chunk = Chunk {
        name: &begin.name,
        source: &begin.source,
        path: begin.path.as_deref(),
    };
    let outcome = runtime.work(&chunk, begin.speech, begin.manner, begin.arguments);
    // What may still signal this thread must not find the machine half gone.
    post.disobey();
    drop(runtime);
    outcome
}

fn thread_name() -> String {
    std::thread::current().name().unwrap_or("worker").to_owned()
}

fn failed(error: Error, report: Option<String>) -> Outcome {
    let report = report.or_else(|| Some(error.to_string()));
    let report = report.map(|report| format!("{}: {report}", thread_name()));
    Outcome::Failed(Box::new(Failure { error, report }))
}

impl Runtime {
    /// Runs a worker's script to its end, and every task it started.
    fn work(&mut self, chunk: &Chunk<'_>, speech: Speech, manner: Manner, arguments: Parcel) -> Outcome {
        let Some(language) = self.first_language() else {
            return failed(Error::runtime("the program is ending"), None);
        };
        let arguments = api::unpack(&arguments.open(&self.net));
        let main = match language.start_called(chunk, manner, arguments) {
            Ok(main) => main,
            Err(error) => return failed(error, None),
        };
        // Who joins the worker is told of its main task's failure, and the report goes with it.
        main.observe();
        match self.drive(&*language, &main) {
            Ok(()) => {
                let values = language.portable_results(&main);
                match api::pack_results(&values, speech.first_place()).and_then(Draft::seal) {
                    Ok(parcel) => Outcome::Returned(parcel),
                    Err(error) => failed(error, None),
                }
            }
            Err(error) => match main.failure() {
                Some(own) if own.class() == error.class() => {
                    let report = language.report(&main);
                    failed(language.failure(&main).unwrap_or(own), Some(report))
                }
                // A task of the worker's, which was reported when it failed; or the end was asked for.
                _ => Outcome::Failed(Box::new(Failure { error, report: None })),
            },
        }
    }

    /// Lets alarms make this thread's scripts look at the clock and the stop flag.
    pub(crate) fn heed_alarms(&self) -> Result<()> {
        signal::on_alarm()?;
        if let Some(language) = self.first_language() {
            language.heed_signals();
        }
        self.sched.ring_slices()
    }
}

impl Speech {
    /// The language of a script file, by its ending.
    fn of_file(path: &Path) -> Result<Self> {
        match path.extension().and_then(OsStr::to_str) {
            #[cfg(feature = "lua")]
            Some("lua") => Ok(Self::Lua),
            #[cfg(feature = "rhai")]
            Some("rhai") => Ok(Self::Rhai),
            other => Err(Error::new(
                Class::RuntimeError,
                format!(
                    "{}: this program was built without the language of .{} scripts",
                    path.display(),
                    other.unwrap_or_default()
                ),
            )),
        }
    }
}
