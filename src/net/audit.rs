//! Audit events: what passes the door is told to whoever listens, before it is done.
//!
//! [`Net::guard`] is the door. It asks the policy, tells the observer, and then the hooks of scripts, each of which may
//! still refuse by raising. Events have CPython's names and arguments where CPython has the event. A task is not told of
//! what it does inside a hook: a hook may use the network without calling itself for ever.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use crate::address::Address;
use crate::error::{Error, Result};
use crate::policy::{self, Request, Verdict};
use crate::sched::Task;
use crate::sys::flag::{SOCK_CLOEXEC, SOCK_NONBLOCK};

use super::context::Net;
use super::idna;
use super::observe::Event;
use super::resolve::Endpoint;
use super::socket::Socket;

/// An argument of an audit event.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    None,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    Socket(Rc<Socket>),
    Address(Address),
    /// An address as the script gave it.
    Endpoint(Endpoint),
    List(Vec<Self>),
}

/// Somebody who is told of every event, and may refuse it.
pub(crate) trait Hook {
    /// Something is about to be done.
    ///
    /// # Errors
    /// What the caller of the operation gets instead.
    fn heard(&self, event: &'static str, facts: &[Fact]) -> Result<()>;
}

/// What the host is told of.
pub(crate) struct Heard<'a> {
    pub(crate) event: &'static str,
    pub(crate) facts: &'a [Fact],
    /// What is asked for, in words, where the policy has a say.
    pub(crate) request: Option<String>,
    /// Whether the policy allows it, and by which rule.
    pub(crate) verdict: Option<(bool, String)>,
}

/// The host's ear. What it fails with is what the script gets.
pub(crate) type Auditor = Box<dyn Fn(&Heard<'_>) -> Result<()>>;

/// The hooks of one runtime.
#[derive(Default)]
pub(super) struct Hooks {
    list: RefCell<Vec<Rc<dyn Hook>>>,
    any: Cell<bool>,
    /// Tasks that are inside a hook; none is where no task runs.
    inside: RefCell<Vec<Option<Rc<Task>>>>,
    /// The host's, which is told before them.
    auditor: OnceCell<Auditor>,
}

impl Net {
    /// The door: nothing is connected, bound, sent to, resolved, adopted or opened without passing it.
    ///
    /// # Errors
    /// `PermissionError` with `denied` set when the policy refuses; what a hook raises.
    pub(crate) fn guard(&self, request: &Request<'_>) -> Result<()> {
        self.guard_as(request, || facts(request))
    }

    /// As [`Self::guard`], with the event's arguments.
    pub(crate) fn guard_as(&self, request: &Request<'_>, facts: impl FnOnce() -> Vec<Fact>) -> Result<()> {
        self.guard_reached(request, None, facts)
    }

    /// As [`Self::guard_as`], for an address that was reached through a name.
    fn guard_reached(
        &self,
        request: &Request<'_>,
        name: Option<&str>,
        facts: impl FnOnce() -> Vec<Fact>,
    ) -> Result<()> {
        // Most often nobody listens.
        let heard = self.hooks.auditor.get().is_some() || self.hooks.any.get();
        let facts = if heard { facts() } else { Vec::new() };
        self.judge(request, name, || facts.clone())?;
        self.announce_to_scripts(request.event(), || facts)
    }

    /// As [`Self::guard`], for a step of an operation whose event scripts have heard already, or never do.
    pub(crate) fn guard_unheard(&self, request: &Request<'_>) -> Result<()> {
        self.judge(request, None, || facts(request))
    }

    /// Asks the policy, and tells whoever watches for the host.
    fn judge(
        &self,
        request: &Request<'_>,
        name: Option<&str>,
        facts: impl FnOnce() -> Vec<Fact>,
    ) -> Result<()> {
        let (verdict, name) = self.verdict(request, name);
        let allowed = verdict.is_allowed();
        self.tell_judgement(|| {
            let word = if allowed { "allowed" } else { "refused" };
            let through = name.map_or(String::new(), |name| format!(" ({name})"));
            format!("{word} {request}{through}: {verdict}")
        });
        self.observe(None, || Event::Asked { request, allowed });
        if let Some(auditor) = self.hooks.auditor.get() {
            auditor(&Heard {
                event: request.event(),
                facts: &facts(),
                request: Some(request.to_string()),
                verdict: Some((allowed, verdict.to_string())),
            })?;
        }
        if allowed {
            Ok(())
        } else {
            let error = Error::refused(policy::refusal(request, &verdict));
            // What a rule denies, no grant allows.
            let grant = match verdict {
                Verdict::Default(_) => request.grant(),
                _ => None,
            };
            Err(match grant {
                Some(grant) => error.because(format!("{grant} would allow it")),
                None => error,
            })
        }
    }

    /// Whether anybody would hear of an event.
    #[cfg(feature = "lua")]
    pub(crate) fn is_heard(&self) -> bool {
        self.hooks.auditor.get().is_some() || self.hooks.any.get()
    }

    /// Raises an audit event that the policy has no say in.
    ///
    /// # Errors
    /// What a hook raises; the hooks after it are not asked.
    pub(crate) fn announce(&self, event: &'static str, facts: impl FnOnce() -> Vec<Fact>) -> Result<()> {
        if let Some(auditor) = self.hooks.auditor.get() {
            let facts = facts();
            auditor(&Heard {
                event,
                facts: &facts,
                request: None,
                verdict: None,
            })?;
            return self.announce_to_scripts(event, || facts);
        }
        self.announce_to_scripts(event, facts)
    }

    /// Has one more listen: the host, once.
    pub(crate) fn set_auditor(&self, auditor: Auditor) {
        // The builder does so once.
        let _ = self.hooks.auditor.set(auditor);
    }

    /// As [`Self::announce`], where the host hears of the same from the policy's judgement.
    ///
    /// # Errors
    /// As [`Self::announce`].
    pub(crate) fn announce_to_scripts(
        &self,
        event: &'static str,
        facts: impl FnOnce() -> Vec<Fact>,
    ) -> Result<()> {
        if !self.hooks.any.get() {
            return Ok(());
        }
        let task = self.sched().current();
        let is_here = |other: &Option<Rc<Task>>| match (other, &task) {
            (Some(other), Some(task)) => Rc::ptr_eq(other, task),
            (None, None) => true,
            _ => false,
        };
        if self.hooks.inside.borrow().iter().any(is_here) {
            return Ok(());
        }
        self.hooks.inside.borrow_mut().push(task.clone());
        let facts = facts();
        let hooks = self.hooks.list.borrow().clone();
        let outcome = hooks.iter().try_for_each(|hook| hook.heard(event, &facts));
        let mut inside = self.hooks.inside.borrow_mut();
        if let Some(place) = inside.iter().position(is_here) {
            inside.remove(place);
        }
        outcome
    }

    /// Adds a hook. It stays for as long as the runtime: Python knows no way to take one out either.
    ///
    /// # Errors
    /// What an older hook raises at `sys.addaudithook`.
    pub(crate) fn add_hook(&self, hook: Rc<dyn Hook>) -> Result<()> {
        self.announce("sys.addaudithook", Vec::new)?;
        self.hooks.list.borrow_mut().push(hook);
        self.hooks.any.set(true);
        Ok(())
    }

    /// The engine that the hooks run in is about to close.
    pub(crate) fn forget_hooks(&self) {
        self.hooks.any.set(false);
        let hooks = std::mem::take(&mut *self.hooks.list.borrow_mut());
        drop(hooks);
    }
}

impl Socket {
    /// The door for what this socket is about to do: the event's first argument is the socket.
    pub(super) fn guard(&self, request: &Request<'_>) -> Result<()> {
        self.net().guard_as(request, || self.with_self(facts(request)))
    }

    /// As [`Self::guard`]; `shown` is the address as the script gave it, `name` what it was reached through.
    pub(super) fn guard_shown(
        &self,
        request: &Request<'_>,
        shown: Option<&Endpoint>,
        name: Option<&str>,
    ) -> Result<()> {
        let name = name.or_else(|| shown.and_then(Endpoint::host));
        let name = name.and_then(|name| idna::encode_in_address(name).ok());
        self.net().guard_reached(request, name.as_deref(), || {
            let facts = match shown {
                Some(shown) => vec![Fact::Endpoint(shown.clone())],
                None => facts(request),
            };
            self.with_self(facts)
        })
    }

    /// The door for a socket that is to be made.
    pub(super) fn guard_new(net: &Rc<Net>, family: i32, kind: i32, protocol: i32) -> Result<()> {
        let request = Request::Create {
            family,
            kind: kind & !(SOCK_NONBLOCK | SOCK_CLOEXEC),
            protocol,
        };
        net.guard_as(&request, || Self::new_facts(net, family, kind, protocol))
    }

    /// Raises `socket.__new__` for a socket that the policy has judged otherwise.
    pub(super) fn announce_new(net: &Rc<Net>, family: i32, kind: i32, protocol: i32) -> Result<()> {
        net.announce("socket.__new__", || Self::new_facts(net, family, kind, protocol))
    }

    /// The arguments of `socket.__new__`: the first is a socket that is not open yet.
    fn new_facts(net: &Rc<Net>, family: i32, kind: i32, protocol: i32) -> Vec<Fact> {
        let plain = kind & !(SOCK_NONBLOCK | SOCK_CLOEXEC);
        let unopened = Self::hold(net, -1, family, plain, protocol);
        let number = |number: i32| Fact::Int(number.into());
        vec![
            Fact::Socket(unopened),
            number(family),
            number(kind),
            number(protocol),
        ]
    }

    pub(super) fn with_self(&self, mut facts: Vec<Fact>) -> Vec<Fact> {
        facts.insert(0, self.me().map_or(Fact::None, Fact::Socket));
        facts
    }
}

/// What the request itself tells.
fn facts(request: &Request<'_>) -> Vec<Fact> {
    let text = |text: &str| Fact::Text(text.to_owned());
    let maybe = |given: Option<&str>| given.map_or(Fact::None, text);
    let int = |number: i32| Fact::Int(number.into());
    match request {
        Request::Create {
            family,
            kind,
            protocol,
        } => vec![int(*family), int(*kind), int(*protocol)],
        Request::Connect(address)
        | Request::Bind(address)
        | Request::Accept(address)
        | Request::SendTo(address)
        | Request::SendMessage(address)
        | Request::ReverseResolve(address) => vec![Fact::Address((*address).clone())],
        Request::Listen { backlog } => vec![int(*backlog)],
        Request::Resolve { host, service } => vec![maybe(*host), text(service)],
        Request::HostByName(host) | Request::HostByAddress(host) => vec![text(host)],
        Request::ServiceByName { name, protocol } => vec![text(name), maybe(*protocol)],
        Request::ServiceByPort { port, protocol } => vec![Fact::Int((*port).into()), maybe(*protocol)],
        Request::Protocol(name) => vec![text(name)],
        Request::HostName | Request::Interfaces | Request::BinaryCode | Request::Input | Request::Fork => {
            Vec::new()
        }
        Request::Import { module } => vec![text(module)],
        Request::Library { function } => vec![text(function)],
        Request::SetHostName(name) => vec![Fact::Bytes(name.to_vec())],
        Request::SetOption { level, name } => vec![int(*level), int(*name)],
        Request::Credentials { process } => vec![int(*process)],
        Request::Adopt { fd } | Request::CloseForeign { fd } => vec![int(*fd)],
        Request::Fcntl { fd, command } => vec![int(*fd), int(*command)],
        Request::Ioctl { fd, request } => vec![int(*fd), Fact::Int((*request).into())],
        Request::Share { process } | Request::FromShare { process } => vec![int(*process)],
        Request::Open { path, write } => vec![
            Fact::Text(path.to_string_lossy().into_owned()),
            text(if *write { "w" } else { "r" }),
        ],
        Request::Spawn { program } => vec![text(program)],
        Request::Variable { name } => vec![text(name)],
        Request::Worker { script } => vec![text(script)],
    }
}

impl std::fmt::Debug for Hooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hooks({})", self.list.borrow().len())
    }
}
