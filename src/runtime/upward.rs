//! What a worker's scripts ask for, told to the host's ear on the thread that the host lives on.
//!
//! A sink need not be fit for other threads, and it may refuse. So each event of a worker becomes a question to the runtime
//! that started it, whose ear answers; one worker's ear may itself ask the thread above.

use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use crate::error::Result;
use crate::sched::Scheduler;
use crate::worker::{Asked, Content, Notice, Post, Question};

use super::audit::{AuditEvent, AuditSink};
use super::value::Value;

/// The ear of a worker's runtime.
pub(super) struct Upward {
    /// The worker's name.
    name: String,
    post: Rc<Post>,
    /// Weak: the runtime holds the ear.
    sched: Weak<Scheduler>,
}

impl Upward {
    pub(super) fn new(name: String, post: &Rc<Post>, sched: &Rc<Scheduler>) -> Self {
        Self {
            name,
            post: post.clone(),
            sched: Rc::downgrade(sched),
        }
    }
}

impl AuditSink for Upward {
    fn event(&self, event: &AuditEvent) -> Result<()> {
        let asked = Asked {
            // An event of a worker's own worker has its name already.
            worker: event.worker.clone().unwrap_or_else(|| self.name.clone()),
            event: event.event,
            request: event.request.clone(),
            arguments: event.arguments.iter().map(sealed).collect(),
            allowed: event.allowed,
            rule: event.rule.clone(),
        };
        match self.sched.upgrade() {
            Some(sched) => Question::put(asked, &sched, |question| self.post.tell(Notice::Asked(question))),
            None => Ok(()),
        }
    }
}

/// Answers a worker's question by what the ear says to it; without an ear, nobody minds.
pub(super) fn answer(question: &Question, ear: Option<&dyn AuditSink>) {
    let asked = question.asked.clone();
    let event = AuditEvent {
        event: asked.event,
        request: asked.request,
        arguments: asked.arguments.into_iter().map(opened).collect(),
        allowed: asked.allowed,
        rule: asked.rule,
        worker: Some(asked.worker),
    };
    question.answer(ear.map_or(Ok(()), |ear| ear.event(&event)));
}

/// An event's argument as data of no thread.
fn sealed(value: &Value) -> Content {
    match value {
        Value::None => Content::None,
        Value::Bool(flag) => Content::Bool(*flag),
        Value::Int(number) => Content::Int(*number),
        Value::Float(number) => Content::Float(*number),
        Value::Text(text) => Content::Text(text.clone()),
        Value::Bytes(bytes) => Content::Bytes(bytes.clone()),
        Value::List(items) => Content::List(items.iter().map(sealed).collect()),
        Value::Map(entries) => Content::Map(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), sealed(value)))
                .collect(),
        ),
        // An event has plain data only.
        other => Content::Text(other.kind().to_owned()),
    }
}

fn opened(content: Content) -> Value {
    let list = |items: Vec<Content>| Value::List(items.into_iter().map(opened).collect());
    match content {
        Content::Bool(flag) => Value::Bool(flag),
        Content::Int(number) => Value::Int(number),
        Content::Float(number) => Value::Float(number),
        Content::Text(text) => Value::Text(text),
        Content::Bytes(bytes) | Content::String(bytes) => Value::Bytes(bytes),
        Content::List(items) | Content::Tuple(_, items) => list(items),
        Content::Map(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (key, opened(value)));
            Value::Map(entries.collect::<BTreeMap<_, _>>())
        }
        Content::None | Content::Null | Content::Table(_) | Content::Socket(_) | Content::Link(_) => {
            Value::None
        }
    }
}
