//! Standard output while a report that a program reads goes there: the report alone has it. What tests print, be it by a
//! language's own function, through `sys.stdout` or in a program they start, goes to standard error meanwhile.

use std::fs::File;
use std::io::{Write as _, stderr, stdout};
use std::os::fd::AsFd as _;

use crate::sys::stdio;

/// Standard output, taken away from everybody else; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Output(File);

impl Output {
    /// Takes it.
    ///
    /// # Errors
    /// A text for the user: no descriptor can be had.
    pub(super) fn take() -> Result<Self, String> {
        let told = |reason: String| format!("cannot write standard output: {reason}");
        // What was printed before stays where it was meant to go; a failed flush is told when the report is written.
        let _ = stdio::flush();
        let own = stdout().as_fd().try_clone_to_owned();
        let own = own.map_err(|error| told(error.to_string()))?;
        stdio::redirect(1, stderr().as_fd()).map_err(|errno| told(errno.text()))?;
        Ok(Self(File::from(own)))
    }

    pub(super) fn write(&self, text: &str) -> std::io::Result<()> {
        (&self.0).write_all(text.as_bytes())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // Where it cannot be had again, the program is at its end anyway.
        let _ = stdio::flush();
        let _ = stdio::redirect(1, self.0.as_fd());
    }
}
