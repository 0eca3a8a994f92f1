//! Describing a runtime before it is made.

use std::cell::{Cell, OnceCell, RefCell};
use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::OsStringExt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::api::Environment;
use crate::error::{Error, Result, hosted};
use crate::net::{FaultPlan, Net, Observer, Outlets, Resolver};
use crate::policy::{Limits, Policy, Purse};
use crate::sched::Scheduler;
use crate::script::Language;
use crate::sys::fiber::Extent;
use crate::sys::process;
use crate::tools::trace::Recorder;

use super::audit::{AuditSink, listen};
use super::loan::Speaker;
use super::modules::Texts;
use super::network::Network;
use super::speech::{Speech, default_speech};
use super::worker::Crew;
use super::{Reporter, Runtime};

/// Bytes scripts may use that live under a policy or a time limit, and were given no limit of memory.
const BOUNDED_MEMORY: usize = 256 << 20;
/// Bytes of stack that it takes to drop what is nested in one byte of a script's memory, and a script may have more than it is limited
/// to: what the program holds is looked at, and that now and then.
const DROPPED: usize = 12;

/// Called with the line of each warning.
type Teller = Box<dyn Fn(&str)>;

/// A description of a [`Runtime`]: a language, a policy, limits. Nothing is allowed unless a policy says so.
///
/// ```
/// use std::time::Duration;
/// use wirescript::{Policy, Runtime};
///
/// let runtime = Runtime::builder()
///     .policy(Policy::deny_all().allow_net("127.0.0.1:8000-8999")?)
///     .memory_limit(64 << 20)
///     .timeout(Duration::from_secs(10))
///     .args(["--verbose"])
///     .on_failure(|report| eprintln!("{report}"))
///     .build()?;
/// assert_eq!(runtime.stats().tasks_started, 0);
/// # Ok::<(), wirescript::Error>(())
/// ```
#[must_use]
pub struct Builder {
    speech: Option<Speech>,
    /// None is the policy that allows nothing.
    policy: Option<Policy>,
    limits: Limits,
    argv: Vec<OsString>,
    name: Option<String>,
    reporter: Option<Reporter>,
    teller: Option<Teller>,
    judge: Option<Teller>,
    pub(super) outlets: Outlets,
    pub(super) resolver: Option<Resolver>,
    any_language: bool,
    #[cfg(feature = "cli")]
    suite: Option<Rc<crate::api::testing::Suite>>,
    sink: Option<Rc<dyn AuditSink>>,
    heir: Option<Heir>,
    observer: Option<Arc<dyn Observer>>,
    faults: Option<FaultPlan>,
    pub(super) network: Option<Network>,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            speech: None,
            policy: None,
            limits: Limits::default(),
            argv: Vec::new(),
            name: None,
            reporter: None,
            teller: None,
            judge: None,
            outlets: Outlets::default(),
            resolver: None,
            any_language: false,
            #[cfg(feature = "cli")]
            suite: None,
            sink: None,
            heir: None,
            observer: None,
            faults: None,
            network: None,
        }
    }

    /// Scripts are Lua: the default where Lua is compiled in.
    #[cfg(feature = "lua")]
    pub fn lua(mut self) -> Self {
        self.speech = Some(Speech::Lua);
        self
    }

    /// Scripts are Rhai.
    #[cfg(feature = "rhai")]
    pub fn rhai(mut self) -> Self {
        self.speech = Some(Speech::Rhai);
        self
    }

    /// Scripts are of this language.
    pub(crate) fn speech(mut self, speech: Speech) -> Self {
        self.speech = Some(speech);
        self
    }

    /// It is the runtime of a worker of this name, which inherits what is left of its starter's limits.
    pub(super) fn worker(mut self, name: String, heir: Heir) -> Self {
        self.name = Some(name);
        self.heir = Some(heir);
        self
    }

    /// What scripts may do. Without one, nothing.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Most bytes the engine may use. Without one 256 MiB under a policy or a time limit, and as many as the machine has
    /// otherwise.
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.limits.memory = Some(bytes);
        self
    }

    /// Limits on what scripts use; those set here come before those of the policy.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits.or(&self.limits);
        self
    }

    /// How long each run of a script may take, waits included: everything ends then, with a `LimitError`. The time begins
    /// with a call that finds no task alive: what is called beside a living job has what is left of the job's.
    pub fn timeout(mut self, length: Duration) -> Self {
        self.limits.timeout = Some(length);
        self
    }

    /// Has what the sockets do go wrong, as [`FaultPlan`] says.
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.faults = Some(plan);
        self
    }

    /// Whom to tell of each judgement of the policy: what was asked, whether it was allowed, and by which rule.
    pub fn on_judgement(mut self, tell: impl Fn(&str) + 'static) -> Self {
        self.judge = Some(Box::new(tell));
        self
    }

    /// The script's name and its arguments, as it sees them.
    pub fn argv(mut self, argv: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.argv = argv.into_iter().map(Into::into).collect();
        self
    }

    /// The script's arguments: `sys.argv` from its second place on, in Lua `arg` from 1 and `...`. The first place stays the
    /// script's name.
    ///
    /// ```
    /// # #[cfg(feature = "lua")] {
    /// let mut runtime = wirescript::Runtime::builder().args(["-v", "8080"]).build()?;
    /// let port: String = runtime.eval("sys.argv[3]")?;
    /// assert_eq!(port, "8080");
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn args(mut self, args: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.argv.truncate(1);
        if self.argv.is_empty() {
            self.argv.push(OsString::new());
        }
        self.argv.extend(args.into_iter().map(Into::into));
        self
    }

    /// Who is told of everything scripts ask for, before it is done, and of what the policy refuses: any
    /// `Fn(&AuditEvent)`, an [`AuditLog`](crate::AuditLog), [`JsonLines`](crate::JsonLines). What workers ask for is told as
    /// well, in its order and before it is done: a worker waits until this runtime's thread gets to it.
    ///
    /// ```
    /// # #[cfg(feature = "lua")] {
    /// use wirescript::{Policy, Runtime};
    ///
    /// let mut runtime = Runtime::builder()
    ///     .policy(Policy::allow_all())
    ///     .audit(|event: &wirescript::AuditEvent| eprintln!("{} {:?}", event.event, event.arguments))
    ///     .build()?;
    /// runtime.run("resolve", "socket.getaddrinfo('127.0.0.1', 80)")?;
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn audit(mut self, sink: impl AuditSink + 'static) -> Self {
        self.sink = Some(Rc::new(sink));
        self
    }

    /// Who records what its sockets do, and those of its workers.
    pub fn trace(mut self, recorder: &Recorder) -> Self {
        self.observer = Some(recorder.observer());
        self
    }

    /// Whom to tell when a task fails that nobody joins, the main chunk included: position, message and traceback.
    pub fn on_failure(mut self, report: impl Fn(&str) + 'static) -> Self {
        self.reporter = Some(Rc::new(report));
        self
    }

    /// Whom to tell of warnings, as of a socket nobody closed: place, class and text in one line. Without this they go to
    /// stderr.
    pub fn on_warning(mut self, tell: impl Fn(&str) + 'static) -> Self {
        self.teller = Some(Box::new(tell));
        self
    }

    /// The runtime may learn every language later.
    #[cfg(feature = "cli")]
    pub(crate) fn for_any_language(mut self) -> Self {
        self.any_language = true;
        self
    }

    /// Scripts declare their tests here.
    #[cfg(feature = "cli")]
    pub(crate) fn suite(mut self, suite: Rc<crate::api::testing::Suite>) -> Self {
        self.suite = Some(suite);
        self
    }

    /// Makes the runtime.
    ///
    /// # Errors
    /// `MemoryError` when the limit does not even hold the engine.
    pub fn build(self) -> Result<Runtime> {
        let policy = self.policy.unwrap_or_else(Policy::deny_all);
        let limits = self.limits.or(policy.limits());
        let policy = policy.with_limits(limits);
        // What copies gigabytes in one step is not ended in time.
        let bounded =
            !policy.allows_everything() || limits.timeout.is_some() || limits.instructions.is_some();
        let heir = self.heir.unwrap_or_default();
        let all = process::physical_memory();
        // What the machine cannot give ends the process and not the script.
        let memory_limit = match heir.memory.or(limits.memory) {
            Some(limit) => limit.min(all),
            None if bounded => all.min(BOUNDED_MEMORY),
            None => all,
        };
        let speech = self.speech.or_else(default_speech).ok_or_else(|| {
            Error::runtime("no language is compiled in: enable the feature lua54, lua55 or rhai")
        })?;
        let spoken = if self.any_language { Speech::ALL } else { &[speech] };
        let stack = spoken.iter().map(|speech| speech.stack());
        let mut stack = stack.fold(0.into(), Extent::max);
        if !process::has_addresses() {
            stack.reserve = 0;
        }
        if stack.reserve > 0 && (bounded || limits.memory.is_some()) {
            stack.reserve += memory_limit.saturating_mul(DROPPED).min(stack.reserve * 64);
        }
        let sched = Scheduler::new(stack);
        let net = Net::sharing(sched.clone(), policy, memory_limit, &heir.purse);
        if let Some(name) = &self.name {
            net.be_worker(name.clone());
        }
        sched.bound(&limits, &heir.purse, heir.deadline);
        if let Some(tell) = self.judge {
            net.on_judgement(Box::new(move |line: &str| hosted("on_judgement", || tell(line))));
        }
        if let Some(teller) = self.teller {
            net.on_warning(Box::new(move |line: &str| hosted("on_warning", || teller(line))));
        }
        net.set_outlets(self.outlets);
        if let Some(resolver) = self.resolver {
            net.set_resolver(resolver);
        }
        if self.observer.is_some() {
            net.set_observer(self.observer);
        }
        if self.faults.is_some() {
            net.set_faults(self.faults);
        }
        if let Some(network) = self.network {
            network.join(&net);
        }
        let school = School {
            ear: Rc::default(),
            net: net.clone(),
            argv: self.argv.into(),
            memory_limit,
            lends: bounded || limits.memory.is_some(),
            purse: heir.purse,
            texts: Rc::default(),
            reporter: self.reporter.clone(),
            name: self.name,
            started: Rc::default(),
            #[cfg(feature = "cli")]
            suite: self.suite,
        };
        if let Some(sink) = self.sink {
            school.listen(sink);
        }
        let language = school.teach(speech)?;
        Ok(Runtime::new(
            sched,
            net,
            school,
            (speech, language),
            self.reporter,
        ))
    }
}

/// What a language is made from.
pub(super) struct School {
    net: Rc<Net>,
    argv: Rc<[OsString]>,
    reporter: Option<Reporter>,
    ear: Ear,
    /// The worker's, where this is a worker's.
    name: Option<String>,
    /// Workers that were started.
    started: Rc<Cell<u64>>,
    /// Where scripts declare their tests, if not in a place of their own.
    #[cfg(feature = "cli")]
    suite: Option<Rc<crate::api::testing::Suite>>,
    #[cfg_attr(not(feature = "lua"), allow(dead_code, reason = "only Lua counts its memory"))]
    memory_limit: usize,
    /// Whether workers get their memory out of this runtime's.
    lends: bool,
    purse: Arc<Purse>,
    /// Modules that the host has given.
    pub(super) texts: Rc<RefCell<Texts>>,
}

/// What a worker inherits of its starter's limits.
#[derive(Default)]
pub(super) struct Heir {
    /// What both spend from.
    pub(super) purse: Arc<Purse>,
    /// A worker's: when the time is over, where it is limited.
    pub(super) deadline: Option<Option<Instant>>,
    /// Bytes it may use.
    pub(super) memory: Option<usize>,
}

/// Who is told of audit events, once somebody is.
pub(super) type Ear = Rc<OnceCell<Rc<dyn AuditSink>>>;

impl School {
    /// Has a sink told of what scripts and their workers ask for; the first one stays.
    pub(super) fn listen(&self, sink: Rc<dyn AuditSink>) {
        let sink = self.ear.get_or_init(|| sink);
        listen(&self.net, sink.clone());
    }

    /// Makes a language.
    ///
    /// # Errors
    /// As [`Builder::build`].
    pub(super) fn teach(&self, speech: Speech) -> Result<Rc<dyn Language>> {
        let speaker = Speaker::default();
        let crew = Crew {
            speech,
            speaker: speaker.clone(),
            lends: self.lends,
            purse: self.purse.clone(),
            texts: self.texts.clone(),
            argv: self.argv.clone(),
            reporter: self.reporter.clone(),
            ear: self.ear.clone(),
            name: self.name.clone(),
            started: self.started.clone(),
        };
        let environment = Rc::new(Environment {
            argv: self.argv.iter().cloned().map(OsStringExt::into_vec).collect(),
            first_place: speech.first_place(),
            workers: Some(Rc::new(crew)),
            #[cfg(feature = "cli")]
            suite: self.suite.clone().map(OnceCell::from).unwrap_or_default(),
            help: Some(match speech {
                #[cfg(feature = "lua")]
                Speech::Lua => crate::doc::help_in_lua,
                #[cfg(feature = "rhai")]
                Speech::Rhai => crate::doc::help_in_rhai,
            }),
            ..Environment::default()
        });
        let language: Rc<dyn Language> = match speech {
            #[cfg(feature = "lua")]
            Speech::Lua => Rc::new(crate::script::lua::LuaScript::new(
                &self.net,
                environment,
                self.memory_limit,
            )?),
            #[cfg(feature = "rhai")]
            Speech::Rhai => Rc::new(crate::script::rhai::RhaiScript::new(&self.net, environment)),
        };
        // It is made for this language alone.
        let _ = speaker.set(Rc::downgrade(&language));
        Ok(language)
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
