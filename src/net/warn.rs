//! Warnings: something doubtful that is no failure. Each is told once a place, or raised, or passed over, as the script
//! has chosen.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::io::Write;

use crate::error::{Class, Error, Place, Result};

use super::context::Net;
use super::outlet::Stream;
use super::socket::Socket;

/// What is done with warnings: Python's actions of the same names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum WarningAction {
    /// Told the first time at each place.
    #[default]
    Default,
    Ignore,
    /// Raised as an error.
    Error,
}

/// Whom to tell of a warning: its line.
type Teller = Box<dyn Fn(&str)>;

/// The warnings of one runtime.
#[derive(Default)]
pub(super) struct Warnings {
    action: Cell<WarningAction>,
    told: RefCell<HashSet<(Class, String)>>,
    teller: RefCell<Option<Teller>>,
    quiet: Cell<bool>,
}

impl Net {
    /// Chooses what is done with warnings. What was told before is told again.
    pub(crate) fn set_warnings(&self, action: WarningAction) {
        self.warnings.action.set(action);
        self.warnings.told.borrow_mut().clear();
    }

    /// Whom to tell of warnings; without one they go to stderr.
    pub(crate) fn on_warning(&self, teller: impl Fn(&str) + 'static) {
        *self.warnings.teller.borrow_mut() = Some(Box::new(teller));
    }

    /// Warns.
    ///
    /// # Errors
    /// The warning itself, where the script has asked for that.
    pub(crate) fn warn(&self, class: Class, text: &str) -> Result<()> {
        match self.warnings.action.get() {
            WarningAction::Ignore => {}
            WarningAction::Error => return Err(Error::new(class, text.to_owned())),
            WarningAction::Default => {
                let place = self.place();
                if self.warnings.told.borrow_mut().insert((class, place.clone())) {
                    self.tell_of(&format!("{place}: {}: {text}", class.name()));
                }
            }
        }
        Ok(())
    }

    /// Where the running script is, as warnings say it.
    fn place(&self) -> String {
        let task = self.sched().current();
        let place = task.and_then(|task| task.payload().place());
        place.map_or_else(|| "sys:1".to_owned(), |place: Place| place.to_string())
    }

    /// Runs what may let go of open sockets that nobody is to be warned of.
    #[cfg(feature = "rhai")]
    pub(crate) fn quietly(&self, act: impl FnOnce()) {
        let before = self.warnings.quiet.replace(true);
        act();
        self.warnings.quiet.set(before);
    }

    /// Tells of a warning.
    pub(crate) fn tell_of(&self, line: &str) {
        match &*self.warnings.teller.borrow() {
            Some(tell) => tell(line),
            None => self.complain(format!("{line}\n")),
        }
    }
}

impl Net {
    /// Writes to stderr, or to who takes that.
    pub(crate) fn complain(&self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        match self.outlet(Stream::Errors) {
            Some(outlet) => outlet(text),
            // A closed stderr leaves nobody to tell.
            None => drop(std::io::stderr().lock().write_all(text)),
        }
    }
}

impl Socket {
    /// The last reference is gone and the socket is open: a script should have closed it. What is open when the program
    /// ends is not told of.
    pub(super) fn warn_unclosed(&self) {
        let net = self.net();
        let ending = || net.sched().is_dying() || net.sched().current().is_none();
        if self.fd() < 0 || !self.is_scripted() || net.warnings.quiet.get() || ending() {
            return;
        }
        if net.roster.note_lost(self) {
            return;
        }
        if let Err(error) = net.warn(Class::ResourceWarning, &format!("unclosed {self}")) {
            // Nobody called: as Python says it of an error in a finalizer.
            net.tell_of(&format!(
                "Exception ignored in: {self}\n  at {}\n{}",
                net.place(),
                error.headline()
            ));
        }
    }
}

impl std::fmt::Debug for Warnings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Warnings({:?})", self.action.get())
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::policy::Policy;
    use crate::sched::Scheduler;

    #[test]
    fn a_warning_is_told_once_a_place_raised_or_passed_over() {
        let net = Net::new(Scheduler::new(256 * 1024), Policy::allow_all(), 1 << 20);
        let lines: Rc<RefCell<Vec<String>>> = Rc::default();
        let seen = lines.clone();
        net.on_warning(move |line| seen.borrow_mut().push(line.to_owned()));
        for _ in 0..2 {
            assert!(net.warn(Class::RuntimeWarning, "doubtful").is_ok());
        }
        assert_eq!(*lines.borrow(), ["sys:1: RuntimeWarning: doubtful"]);
        net.set_warnings(WarningAction::Ignore);
        assert!(net.warn(Class::RuntimeWarning, "doubtful").is_ok());
        net.set_warnings(WarningAction::Error);
        let raised = net.warn(Class::RuntimeWarning, "doubtful");
        assert_eq!(
            raised.err().map(|error| error.class()),
            Some(Class::RuntimeWarning)
        );
        assert_eq!(lines.borrow().len(), 1);
    }
}
