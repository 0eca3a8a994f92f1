//! What a test leaves behind: open sockets, tasks that go on, processes that it started.

use std::rc::{Rc, Weak};
use std::time::Duration;

use crate::error::{Class, Result};
use crate::net::{Net, Socket};
use crate::sys::process;

use super::verdict::Trouble;

/// How long a task may take to notice that its test is over.
const GRACE: Duration = Duration::from_millis(250);
/// How long a task that is being ended is waited for.
const LAST: Duration = Duration::from_secs(1);

/// What was there before a test began.
pub(super) struct Before {
    sockets: Vec<Weak<Socket>>,
    /// Number of the task that was started last.
    task: u64,
    processes: Vec<u32>,
}

impl Before {
    /// What there is now.
    pub(super) fn now(net: &Net) -> Self {
        net.take_lost();
        let sockets = net.open_sockets();
        Self {
            sockets: sockets.iter().map(|(socket, _)| Rc::downgrade(socket)).collect(),
            task: net.sched().tasks().last().map_or(0, |task| task.number()),
            processes: process::children(),
        }
    }

    /// What there is now that was not there before. It is ended, so that the next test begins as this one did.
    ///
    /// # Errors
    /// What ends the wait.
    pub(super) fn leaks(&self, net: &Net) -> Result<Vec<Trouble>> {
        let mut troubles = self.tasks(net)?;
        for (socket, place) in net.open_sockets() {
            let known = self
                .sockets
                .iter()
                .any(|known| std::ptr::eq(known.as_ptr(), &*socket));
            if !known {
                troubles.push(told("a socket was left open", &socket.to_string(), place));
                // What cannot be closed is gone already.
                let _ = socket.close();
            }
        }
        for (socket, place) in net.take_lost() {
            troubles.push(told("a socket was never closed", &socket, place));
        }
        for process in process::children() {
            if !self.processes.contains(&process) {
                let name = process::name(process).unwrap_or_default();
                troubles.push(Trouble::plain(format!(
                    "Leak: process {process} ({name}) was left running"
                )));
                process::end(process);
            }
        }
        Ok(troubles)
    }

    fn tasks(&self, net: &Net) -> Result<Vec<Trouble>> {
        let sched = net.sched();
        let left = || {
            let mut tasks = sched.tasks();
            tasks.retain(|task| task.number() > self.task);
            tasks
        };
        let last = crate::sched::now() + GRACE;
        let mut pause = Duration::ZERO;
        while !left().is_empty() && crate::sched::now() < last {
            sched.sleep_until(Some(crate::sched::now() + pause))?;
            pause = (pause * 2).clamp(Duration::from_micros(100), Duration::from_millis(20));
        }
        let mut troubles = Vec::new();
        for task in left() {
            if task.is_done() {
                continue;
            }
            let place = task.payload().place();
            troubles.push(told(
                "a task was left running",
                &format!("'{}'", task.name()),
                place,
            ));
            task.observe();
            sched.kill(&task, Class::CancelledError);
            sched.join(&task, Some(crate::sched::now() + LAST))?;
        }
        Ok(troubles)
    }
}

fn told(what: &str, which: &str, place: Option<crate::error::Place>) -> Trouble {
    let place = place.map_or(String::new(), |place| format!(", from {place}"));
    Trouble::plain(format!("Leak: {what}: {which}{place}"))
}
