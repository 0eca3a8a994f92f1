//! One run of a test, as its function has it: the `t` that hands out ports and folders and takes what is to be done at the
//! end.

use std::cell::RefCell;
use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::api::Callback;
use crate::error::{Error, Result};

/// A test that runs.
pub(crate) struct Trial {
    name: String,
    cleanups: RefCell<Vec<Rc<dyn Callback>>>,
    notes: RefCell<Vec<String>>,
    skipped: RefCell<Option<String>>,
    folder: RefCell<Option<PathBuf>>,
}

impl Trial {
    /// A run of the test of this name.
    pub(crate) fn new(name: &str) -> Rc<Self> {
        Rc::new(Self {
            name: name.to_owned(),
            cleanups: RefCell::default(),
            notes: RefCell::default(),
            skipped: RefCell::default(),
            folder: RefCell::default(),
        })
    }

    /// The test's name, after those of its groups.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Has a function called when the test is over, however it ends.
    pub(crate) fn add_cleanup(&self, function: Rc<dyn Callback>) {
        self.cleanups.borrow_mut().push(function);
    }

    /// Takes the function to be called next at the end: the last first.
    pub(crate) fn next_cleanup(&self) -> Option<Rc<dyn Callback>> {
        self.cleanups.borrow_mut().pop()
    }

    /// Notes a line for who reads of a failure.
    pub(crate) fn note(&self, line: String) {
        self.notes.borrow_mut().push(line);
    }

    /// What was noted.
    #[cfg(feature = "cli")]
    pub(crate) fn notes(&self) -> Vec<String> {
        self.notes.borrow().clone()
    }

    /// The test says that it cannot be run.
    pub(crate) fn skip(&self, reason: String) {
        *self.skipped.borrow_mut() = Some(reason);
    }

    /// Why the test could not be run, if it said so.
    pub(crate) fn skipped(&self) -> Option<String> {
        self.skipped.borrow().clone()
    }

    /// A new empty folder, the same each time, which goes with the test.
    ///
    /// # Errors
    /// `OSError` when it cannot be made.
    pub(crate) fn folder(&self) -> Result<PathBuf> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        if let Some(path) = &*self.folder.borrow() {
            return Ok(path.clone());
        }
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("wirescript-test-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).map_err(|error| Error::file(&path, &error))?;
        *self.folder.borrow_mut() = Some(path.clone());
        Ok(path)
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        if let Some(path) = self.folder.get_mut() {
            // What cannot be removed stays with what else lies there.
            let _ = std::fs::remove_dir_all(path);
        }
    }
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Test '{}'>", self.name)
    }
}
