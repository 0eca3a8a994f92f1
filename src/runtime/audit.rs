//! What scripts ask for, told to the host as it happens: to a closure, to a list in memory, or as lines of JSON.

use std::cell::RefCell;
use std::fmt;
use std::io::Write;
use std::rc::Rc;

use serde::Serialize;

use crate::api::{self, show_fact};
use crate::error::{Error, Result, hosted};
use crate::net::{Heard, Net};

use super::value::{Value, read};

/// Something a script asks for, before it is done or refused.
///
/// Events have the names and arguments of CPython's audit events where CPython has the event. Every address a name leads to
/// is an event of its own. As serde data it is a map of its fields; nothing in it is more than plain data.
///
/// ```
/// # #[cfg(feature = "lua")] {
/// use wirescript::{AuditLog, Policy, Runtime, Value};
///
/// let log = AuditLog::new();
/// let mut runtime = Runtime::builder().policy(Policy::deny_all()).audit(log.clone()).build()?;
/// runtime.run("curious", "pcall(open, '/etc/passwd')")?;
/// let event = &log.events()[0];
/// assert_eq!((event.event, event.allowed), ("open", Some(false)));
/// assert_eq!(event.request.as_deref(), Some("opening /etc/passwd for reading"));
/// assert_eq!(event.rule.as_deref(), Some("no rule allows it"));
/// assert_eq!(event.arguments[0], Value::Text("/etc/passwd".into()));
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
#[non_exhaustive]
pub struct AuditEvent {
    /// Its name: `socket.connect`.
    pub event: &'static str,
    /// What is asked for, in words: `connecting to ('127.0.0.1', 80)`.
    pub request: Option<String>,
    /// Its arguments: an address is a list, as in scripts; a socket is its text.
    pub arguments: Vec<Value>,
    /// Whether the policy allows it; none for what the policy has no say in.
    pub allowed: Option<bool>,
    /// The rule that decided.
    pub rule: Option<String>,
    /// The worker whose script asks, by its name: `worker-1`, and `worker-1.2` for the second that this one started.
    pub worker: Option<String>,
}

/// Who is told of [`AuditEvent`]s: any `Fn(&AuditEvent)`, an [`AuditLog`], [`JsonLines`]. Called on the thread of the
/// runtime, also for what its workers do, who wait for it.
///
/// ```
/// use wirescript::{AuditEvent, AuditSink, Error, Result};
///
/// /// Lets no script do more than so many things.
/// struct Counted(std::cell::Cell<u32>);
///
/// impl AuditSink for Counted {
///     fn event(&self, event: &AuditEvent) -> Result<()> {
///         let left = self.0.get().checked_sub(1);
///         self.0.set(left.ok_or_else(|| Error::refused(format!("no more, not even {}", event.event)))?);
///         Ok(())
///     }
/// }
/// ```
pub trait AuditSink {
    /// Something is about to be done, or was refused by the policy.
    ///
    /// # Errors
    /// What the script gets instead of what it asked for.
    fn event(&self, event: &AuditEvent) -> Result<()>;
}

impl<F: Fn(&AuditEvent)> AuditSink for F {
    fn event(&self, event: &AuditEvent) -> Result<()> {
        self(event);
        Ok(())
    }
}

/// An audit log in memory. Clones are the same log.
///
/// ```
/// # #[cfg(feature = "lua")] {
/// use wirescript::{AuditLog, Runtime};
///
/// let log = AuditLog::new();
/// let mut runtime = Runtime::builder().audit(log.clone()).build()?;
/// let refused = runtime.eval::<()>("socket.create_connection({'127.0.0.1', 80})").expect_err("no policy");
/// assert!(refused.denied());
/// let last = log.events().pop().expect("an event");
/// assert_eq!(last.allowed, Some(false));
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone, Default, Debug)]
pub struct AuditLog(Rc<RefCell<Vec<AuditEvent>>>);

impl AuditLog {
    /// An empty log.
    ///
    /// ```
    /// assert!(wirescript::AuditLog::new().events().is_empty());
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// What has happened so far, in its order.
    ///
    /// ```
    /// assert_eq!(wirescript::AuditLog::new().events(), []);
    /// ```
    pub fn events(&self) -> Vec<AuditEvent> {
        self.0.borrow().clone()
    }

    /// Takes what has happened out of the log.
    ///
    /// ```
    /// assert_eq!(wirescript::AuditLog::new().take(), []);
    /// ```
    pub fn take(&self) -> Vec<AuditEvent> {
        self.0.take()
    }
}

impl AuditSink for AuditLog {
    fn event(&self, event: &AuditEvent) -> Result<()> {
        self.0.borrow_mut().push(event.clone());
        Ok(())
    }
}

/// An audit log of one JSON object a line, flushed after each. What cannot be written down is not done: the script gets the
/// error.
///
/// ```
/// # #[cfg(feature = "rhai")] {
/// use wirescript::{JsonLines, Policy, Runtime};
///
/// let mut runtime = Runtime::builder()
///     .rhai()
///     .policy(Policy::allow_all())
///     .audit(JsonLines::new(std::io::sink()))
///     .build()?;
/// runtime.run("pair", "socket::socketpair();")?;
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
pub struct JsonLines<W>(RefCell<W>);

impl<W: Write> JsonLines<W> {
    /// Writes to a file, a pipe, a `Vec`.
    ///
    /// ```
    /// let log = wirescript::JsonLines::new(Vec::new());
    /// ```
    pub const fn new(to: W) -> Self {
        Self(RefCell::new(to))
    }
}

impl<W: Write> AuditSink for JsonLines<W> {
    fn event(&self, event: &AuditEvent) -> Result<()> {
        let failed = |error: std::io::Error| Error::from(error).during("audit");
        let mut line = serde_json::to_vec(event).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        let mut to = self.0.borrow_mut();
        to.write_all(&line).and_then(|()| to.flush()).map_err(failed)
    }
}

impl<W> fmt::Debug for JsonLines<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonLines")
    }
}

/// Has a sink told of what passes the door of a network.
pub(super) fn listen(net: &Net, sink: Rc<dyn AuditSink>) {
    net.set_auditor(Box::new(move |heard: &Heard<'_>| {
        let arguments = heard.facts.iter().map(|fact| plain(show_fact(fact))).collect();
        let event = AuditEvent {
            event: heard.event,
            request: heard.request.clone(),
            arguments,
            allowed: heard.verdict.as_ref().map(|(allowed, _)| *allowed),
            rule: heard.verdict.as_ref().map(|(_, rule)| rule.clone()),
            worker: None,
        };
        hosted("audit sink", || sink.event(&event))
    }));
}

/// A value as plain data: an object is its text.
fn plain(value: api::Value) -> Value {
    if value.object_type().is_some() {
        return Value::Text(api::repr(&value));
    }
    read(value, None)
}
