//! A person takes over: what they type goes to the peer, what the peer says is shown, until the peer has ended.

use std::rc::Rc;
use std::time::Duration;

use crate::error::{Class, Result};
use crate::file::File;
use crate::sched::now;
use crate::sys::flag::SHUT_WR;

use super::super::errand;
use super::Tube;

impl Tube {
    /// Joins the tube and two files of bytes, until the peer has ended; the end of the input is passed on.
    ///
    /// # Errors
    /// `TimeoutError` when that takes longer than it may; what reading, writing, sending and receiving raise; `RuntimeError`
    /// where there are no tasks.
    pub(crate) fn interact(
        self: &Rc<Self>,
        input: &Rc<File>,
        output: &Rc<File>,
        timeout: Option<Duration>,
    ) -> Result<()> {
        const OP: &str = "interact";
        self.check_open(OP)?;
        let sched = self.net.sched().clone();
        let (tube, from) = (self.clone(), input.clone());
        let typist = errand::start(&sched, OP, move || tube.pass_on_input(&from))?;
        let shown = self.show_all(output, timeout);
        let failure = typist.failure();
        sched.cancel(&typist);
        sched.join(&typist, None)?;
        shown?;
        match failure {
            // The peer had ended, and left something unheard.
            Some(error) if !error.class().is_a(Class::ConnectionError) => Err(error.during(OP)),
            _ => Ok(()),
        }
    }

    /// Sends what is read, to its end, which is the end of what goes to the peer.
    fn pass_on_input(&self, input: &File) -> Result<()> {
        let passed = self.pass_on_all(input);
        // A peer that has ended already needs not be told.
        let _ = self.shutdown(SHUT_WR);
        passed
    }

    fn pass_on_all(&self, input: &File) -> Result<()> {
        loop {
            let data = input.read_some(None)?;
            if data.is_empty() {
                return Ok(());
            }
            self.send("interact", &data.into(), Some(Duration::MAX))?;
        }
    }

    /// Shows what comes, to the peer's end.
    fn show_all(&self, output: &File, timeout: Option<Duration>) -> Result<()> {
        let begun = now();
        loop {
            let left = timeout.map_or(Duration::MAX, |timeout| {
                timeout.saturating_sub(now().saturating_duration_since(begun))
            });
            let data = self.recv(None, Some(left))?;
            if data.is_empty() {
                return Ok(());
            }
            output.write(&data.into())?;
            output.flush()?;
        }
    }
}
