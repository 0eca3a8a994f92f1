//! What a worker asks the thread that started it, and waits for: may this be done?
//!
//! The host is told of what workers do as it is told of what its own scripts do: before it is done, in order, and it may
//! refuse. Its ear belongs to the starting thread, so the worker's task leaves its fiber until that thread has answered. A
//! question that is dropped without an answer is refused: nobody is left who could allow it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};
use crate::sched::{Scheduler, Summons};

use super::parcel::Content;

/// Something a worker's script asks for, as plain data.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) worker: String,
    pub(crate) event: &'static str,
    pub(crate) request: Option<String>,
    pub(crate) arguments: Vec<Content>,
    pub(crate) allowed: Option<bool>,
    pub(crate) rule: Option<String>,
}

/// It, on its way to whoever answers.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) asked: Asked,
    reply: Arc<Reply>,
}

#[derive(Debug, Default)]
struct Reply(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    answer: Option<Result<()>>,
    summons: Option<Arc<Summons>>,
}

impl Reply {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give(&self, answer: Result<()>) {
        let mut waiting = self.lock();
        waiting.answer.get_or_insert(answer);
        if let Some(summons) = &waiting.summons {
            summons.call();
        }
    }
}

impl Question {
    /// Asks by `send`, and waits for the answer.
    ///
    /// # Errors
    /// The refusal; what ends the wait.
    pub(crate) fn put(asked: Asked, sched: &Scheduler, send: impl FnOnce(Self)) -> Result<()> {
        let reply = Arc::new(Reply::default());
        send(Self {
            asked,
            reply: reply.clone(),
        });
        loop {
            if let Some(answer) = reply.lock().answer.take() {
                return answer;
            }
            sched.wait_for_thread(None, |summons| {
                let mut waiting = reply.lock();
                if waiting.answer.is_some() {
                    summons.call();
                }
                waiting.summons = Some(summons.clone());
            })?;
        }
    }

    /// Answers it.
    pub(crate) fn answer(&self, answer: Result<()>) {
        self.reply.give(answer);
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        self.reply
            .give(Err(Error::refused("nobody is left who could allow it")));
    }
}
