//! One run of a test, as its function has it: the `t` that hands out ports and folders, takes what is to be done at the
//! end, and carries what the hooks prepare for the test in fields of their own (`t.server = …`).

use std::cell::{Cell, RefCell};
use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::api::{Callback, Held};
use crate::error::{Error, Result};

/// A test that runs, or what is done around a group of them.
pub(crate) struct Trial {
    name: String,
    /// That of the group around it, whose fields it has too.
    outer: Option<Rc<Self>>,
    is_test: bool,
    /// What was not prepared is missing from here on: only what is done at the end still runs.
    ends: Cell<bool>,
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
        Self::within(name, None)
    }

    /// A run of the test of this name, in a group that has one of its own.
    pub(crate) fn within(name: &str, outer: Option<Rc<Self>>) -> Rc<Self> {
        Self::make(name, outer, true)
    }

    /// The run of a group; nothing is the name of the whole file.
    pub(crate) fn of_group(name: &str, outer: Option<Rc<Self>>) -> Rc<Self> {
        Self::make(name, outer, false)
    }

    fn make(name: &str, outer: Option<Rc<Self>>, is_test: bool) -> Rc<Self> {
        Rc::new(Self {
            name: name.to_owned(),
            outer,
            is_test,
            ends: Cell::new(false),
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

    /// What it is called where something is wrong with it.
    pub(crate) fn shown(&self) -> String {
        match (self.is_test, &*self.name) {
            (true, name) => format!("the test '{name}'"),
            (false, "") => "before_all".to_owned(),
            (false, name) => format!("before_all of '{name}'"),
        }
    }

    /// What is done at the end begins.
    pub(crate) fn end(&self) {
        self.ends.set(true);
    }

    /// Whether a field that nobody has set is nothing, and not a mistake.
    pub(crate) fn is_ending(&self) -> bool {
        self.ends.get()
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

    /// What was noted, for its group first.
    #[cfg(feature = "cli")]
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = self.outer.as_ref().map(|outer| outer.notes()).unwrap_or_default();
        notes.extend(self.notes.borrow().iter().cloned());
        notes
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
        let found = found.map(|(_, held)| held.clone());
        found.or_else(|| self.outer.as_ref()?.field(name))
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
        let kind = if self.is_test { "Test" } else { "Group" };
        write!(f, "<{kind} '{}'>", self.name)
    }
}
