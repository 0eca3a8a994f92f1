//! The modes of the terminal at standard input: an editor of lines changes them, and whatever ends the process has to put them back.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// What ends a process at a terminal unless it is told otherwise.
const ENDINGS: [libc::c_int; 3] = [libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT];

/// What a signal's handler puts back.
static SAVED: AtomicPtr<libc::termios> = AtomicPtr::new(ptr::null_mut());

/// The modes a terminal had.
pub(crate) struct TerminalModes(libc::termios);

impl TerminalModes {
    /// The modes it has now; none if it is no terminal.
    pub(crate) fn now() -> Option<Self> {
        let mut modes = MaybeUninit::<libc::termios>::zeroed();
        // SAFETY: the struct is writable and of the right type.
        if unsafe { libc::tcgetattr(0, modes.as_mut_ptr()) } != 0 {
            return None;
        }
        // SAFETY: zeroed, and filled by the call above.
        Some(Self(unsafe { modes.assume_init() }))
    }

    /// Puts them back.
    pub(crate) fn restore(&self) {
        // SAFETY: the struct is a complete one; a terminal that is gone has no modes.
        unsafe { libc::tcsetattr(0, libc::TCSADRAIN, &raw const self.0) };
    }

    /// Has them put back when a signal ends the process.
    pub(crate) fn restore_at_signals(&self) {
        SAVED.store(Box::into_raw(Box::new(self.0)), Ordering::SeqCst);
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        let handler = handle as extern "C" fn(libc::c_int);
        // SAFETY: zeros are a sigaction: no flags, nothing blocked.
        let action = unsafe { action.assume_init_mut() };
        action.sa_sigaction = handler as usize;
        // The second one of its kind, which the handler raises, finds the default: it ends the process.
        action.sa_flags = libc::SA_RESETHAND | libc::SA_NODEFER;
        for signal in ENDINGS {
            let mut old = MaybeUninit::<libc::sigaction>::zeroed();
            // SAFETY: the place for the old action is writable, and no new one is given.
            unsafe { libc::sigaction(signal, ptr::null(), old.as_mut_ptr()) };
            // SAFETY: zeroed, and filled by the call above.
            let old = unsafe { old.assume_init() };
            // Who ignores it, as under nohup, goes on.
            if old.sa_sigaction == libc::SIG_DFL {
                // SAFETY: the action is complete, and its handler does what a handler may.
                unsafe { libc::sigaction(signal, ptr::from_ref(action), ptr::null_mut()) };
            }
        }
    }
}

extern "C" fn handle(signal: libc::c_int) {
    let saved = SAVED.load(Ordering::SeqCst);
    if !saved.is_null() {
        // SAFETY: it was stored before the handler was installed and is never freed; the call may be made in a handler.
        unsafe { libc::tcsetattr(0, libc::TCSANOW, saved) };
    }
    // SAFETY: raise takes a number; the signal's action is the default again.
    unsafe { libc::raise(signal) };
}
