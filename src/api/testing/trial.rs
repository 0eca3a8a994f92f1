//! One run of a test, as its function has it: the `t` that hands out ports and folders, takes what is to be done at the
//! end, and carries what the hooks prepare for the test in fields of their own (`t.server = …`).

use std::cell::RefCell;
use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::api::{Callback, Held};
use crate::error::{Error, Result};

/// A test that runs.
pub(crate) struct Trial {
    name: String,
    cleanups: RefCell<Vec<Rc<dyn Callback>>>,
    notes: RefCell<Vec<String>>,
    skipped: RefCell<Option<String>>,
    folder: RefCell<Option<PathBuf>>,
    /// What the script has put there.
    fields: RefCell<Vec<(String, Rc<dyn Held>)>>,
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
            fields: RefCell::default(),
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

    /// The function that was handed over last, but for the first `kept`: it is to be called now.
    pub(crate) fn next_cleanup(&self, kept: usize) -> Option<Rc<dyn Callback>> {
        let mut cleanups = self.cleanups.borrow_mut();
        (cleanups.len() > kept).then(|| cleanups.pop()).flatten()
    }

    /// How many have been handed over.
    pub(crate) fn cleanup_count(&self) -> usize {
        self.cleanups.borrow().len()
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

    /// What the script has put under a name of its own.
    pub(crate) fn field(&self, name: &str) -> Option<Rc<dyn Held>> {
        let fields = self.fields.borrow();
        let found = fields.iter().find(|(known, _)| known == name);
        found.map(|(_, held)| held.clone())
    }

    /// Puts something under a name of the script's own.
    pub(crate) fn set_field(&self, name: &str, held: Rc<dyn Held>) {
        let mut fields = self.fields.borrow_mut();
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = held,
            None => fields.push((name.to_owned(), held)),
        }
    }

    /// The test is over: what its fields hold may hold the test.
    pub(crate) fn forget_fields(&self) {
        self.fields.take();
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
