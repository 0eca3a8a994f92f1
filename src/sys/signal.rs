//! Ctrl-C, as the command wants it: one flag, one poke, and no call left blocked.
//!
//! The handler sets a word, pokes the engine that runs (so that a busy script notices), and asks the kernel to repeat
//! the signal every 10 ms until [`acknowledge`]: one that lands between a check and a blocking call is followed by
//! another that interrupts the call. Handlers are installed without `SA_RESTART`.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, AtomicUsize, Ordering};

use super::errno::{Errno, Result};

/// How often the signal is repeated until it is acknowledged, in microseconds.
const REPEAT: libc::suseconds_t = 10_000;
/// After this many Ctrl-C without an acknowledgement the process ends at once.
const PATIENCE: u32 = 3;

static WORD: AtomicPtr<AtomicU32> = AtomicPtr::new(ptr::null_mut());
static VALUE: AtomicU32 = AtomicU32::new(0);
static PRESSED: AtomicU32 = AtomicU32::new(0);
/// Which other signal asked for the end.
static TERMINATED: AtomicI32 = AtomicI32::new(0);
/// Address of an `extern "C" fn()`, or 0.
static POKE: AtomicUsize = AtomicUsize::new(0);

/// What a handler may run: async-signal-safe code only.
pub(crate) type Poke = extern "C" fn();

/// Lets Ctrl-C set `word` to `value`. For the command, once; the word must live as long as the process.
pub(crate) fn on_interrupt(word: &'static AtomicU32, value: u32) -> Result<()> {
    WORD.store(ptr::from_ref(word).cast_mut(), Ordering::SeqCst);
    VALUE.store(value, Ordering::SeqCst);
    install(libc::SIGINT, 0)?;
    install(libc::SIGALRM, 0)
}

/// Lets SIGTERM and SIGHUP end things as Ctrl-C does, so that programs that were started end, too, and files are written; then
/// [`die_as_asked`] ends the process by the signal. For who heeds interrupts. One that is ignored (`nohup`) stays so.
///
/// # Errors
/// The system refuses a handler.
#[cfg(feature = "cli")]
pub(crate) fn on_termination() -> Result<()> {
    for signal in [libc::SIGTERM, libc::SIGHUP] {
        if !is_ignored(signal) {
            install(signal, 0)?;
        }
    }
    Ok(())
}

/// The same for SIGPIPE, for who has something to write before.
///
/// # Errors
/// The system refuses the handler.
#[cfg(feature = "cli")]
pub(crate) fn on_broken_pipe() -> Result<()> {
    install(libc::SIGPIPE, 0)
}

#[cfg(feature = "cli")]
fn is_ignored(signal: i32) -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: the record is of the right type, and no action is given.
    let done = unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) };
    // SAFETY: zero bytes are a valid record.
    done == 0 && unsafe { action.assume_init() }.sa_sigaction == libc::SIG_IGN
}

/// Whether one of them has asked for the end.
#[cfg(feature = "cli")]
pub(crate) fn is_terminated() -> bool {
    TERMINATED.load(Ordering::SeqCst) != 0
}

/// Ends the process by the one that has, so that who started it sees what it would have seen.
#[cfg(feature = "cli")]
pub(crate) fn die_as_asked() {
    let asked = TERMINATED.load(Ordering::SeqCst);
    // SAFETY: the default action takes no handler.
    unsafe { libc::signal(asked, libc::SIG_DFL) };
    // SAFETY: it takes a number and touches no memory.
    unsafe { libc::raise(asked) };
}

/// What the handler calls besides: makes a busy engine look at the word.
#[cfg(feature = "lua")]
pub(crate) fn set_poke(poke: Poke) {
    POKE.store(poke as usize, Ordering::SeqCst);
}

/// Lets alarms (`alarm`) poke the engine that runs. They interrupt no call.
pub(crate) fn on_alarm() -> Result<()> {
    install(libc::SIGVTALRM, libc::SA_RESTART)
}

/// The request has been seen: stops repeating the signal.
pub(crate) fn acknowledge() {
    PRESSED.store(0, Ordering::SeqCst);
    repeat_every(0);
}

/// Blocks every signal in the calling thread: helper threads leave them to the thread that runs scripts.
pub(crate) fn block_all() {
    let mut set = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the set is writable memory of the right type.
    unsafe { libc::sigfillset(set.as_mut_ptr()) };
    // SAFETY: the set was filled by the call above.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), ptr::null_mut()) };
}

/// As [`block_all`], but for the alarm: for a thread that runs scripts while another one has the signals.
pub(crate) fn block_all_but_alarms() {
    block_all();
    let mut set = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the set is writable memory of the right type.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    // SAFETY: the set was made by the call above.
    unsafe { libc::sigaddset(set.as_mut_ptr(), libc::SIGVTALRM) };
    // SAFETY: the set is complete.
    unsafe { libc::pthread_sigmask(libc::SIG_UNBLOCK, set.as_ptr(), ptr::null_mut()) };
}

/// A thread that the alarm's handler can be run on, from any other: the engine that runs there is poked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target(#[cfg_attr(not(linux), allow(dead_code, reason = "never made"))] libc::pid_t);

impl Target {
    /// The calling thread, for which [`on_alarm`] has been called; none where one thread cannot be aimed at safely.
    #[cfg(linux)]
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
    pub(crate) fn this_thread() -> Option<Self> {
        Some(Self(super::alarm::thread_number()))
    }

    /// The calling thread, for which [`on_alarm`] has been called; none where one thread cannot be aimed at safely.
    #[cfg(not(linux))]
    pub(crate) fn this_thread() -> Option<Self> {
        None
    }

    /// Runs the handler on the thread. One that has ended is not missed: its number finds nobody, or a thread of this
    /// process that is poked for nothing.
    pub(crate) fn poke(self) {
        #[cfg(linux)]
        {
            let process = std::process::id();
            // SAFETY: tgkill takes numbers only, and the signal has a handler in this process.
            unsafe { libc::syscall(libc::SYS_tgkill, process, self.0, libc::SIGVTALRM) };
        }
    }
}

/// Runs a call that may break a pipe and has no flag against the signal: EPIPE is its answer, whatever the program does
/// about SIGPIPE.
pub(crate) fn without_broken_pipe<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    let mut pipe = MaybeUninit::<libc::sigset_t>::uninit();
    let mut before = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the set is writable memory of the right type.
    unsafe { libc::sigemptyset(pipe.as_mut_ptr()) };
    // SAFETY: the set was made by the call above.
    unsafe { libc::sigaddset(pipe.as_mut_ptr(), libc::SIGPIPE) };
    // SAFETY: the one set is made, the other is written by the call.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, pipe.as_ptr(), before.as_mut_ptr()) };
    let outcome = call();
    // SAFETY: the call above has filled the set.
    let was_blocked = unsafe { libc::sigismember(before.as_ptr(), libc::SIGPIPE) } == 1;
    if matches!(outcome, Err(Errno::PIPE)) && !was_blocked {
        take_pending(&pipe);
    }
    // SAFETY: as above.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut()) };
    outcome
}

/// Takes a blocked signal of the set out of the thread's queue, if one is there.
fn take_pending(set: &MaybeUninit<libc::sigset_t>) {
    let mut pending = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the set is writable memory of the right type.
    unsafe { libc::sigpending(pending.as_mut_ptr()) };
    // SAFETY: the call above has filled the set.
    if unsafe { libc::sigismember(pending.as_ptr(), libc::SIGPIPE) } == 1 {
        let mut signal = 0;
        // SAFETY: the caller has made the set, and one of it is pending: the call does not wait.
        unsafe { libc::sigwait(set.as_ptr(), &raw mut signal) };
    }
}

fn install(signal: i32, flags: i32) -> Result<()> {
    // SAFETY: all-zero bytes are a valid sigaction: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_flags = flags;
    action.sa_sigaction = handle as extern "C" fn(i32) as usize;
    // SAFETY: the action is complete, and the handler does only what a handler may.
    let done = unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
    if done == 0 { Ok(()) } else { Err(Errno::last()) }
}

fn repeat_every(microseconds: libc::suseconds_t) {
    let interval = libc::timeval {
        tv_sec: 0,
        tv_usec: microseconds,
    };
    let timer = libc::itimerval {
        it_interval: interval,
        it_value: interval,
    };
    // SAFETY: the timer is a valid value and the old one is not asked for.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &raw const timer, ptr::null_mut()) };
}

extern "C" fn handle(signal: i32) {
    let errno = Errno::last();
    let word = WORD.load(Ordering::SeqCst);
    // SAFETY: `on_interrupt` stored a reference to a static word, or nothing yet.
    let word = unsafe { word.as_ref() };
    if let Some(word) = word
        && matches!(
            signal,
            libc::SIGINT | libc::SIGTERM | libc::SIGHUP | libc::SIGPIPE
        )
    {
        if signal != libc::SIGINT {
            TERMINATED.store(signal, Ordering::SeqCst);
        }
        word.store(VALUE.load(Ordering::SeqCst), Ordering::SeqCst);
        // Each text that is printed into a closed pipe is another of those.
        if signal != libc::SIGPIPE && PRESSED.fetch_add(1, Ordering::SeqCst) + 1 >= PATIENCE {
            // SAFETY: `_exit` may be called in a handler and does not return.
            unsafe { libc::_exit(130) };
        }
        repeat_every(REPEAT);
    }
    let poke = POKE.load(Ordering::SeqCst);
    if poke != 0 {
        // SAFETY: `set_poke` stored the address of a function of exactly this type.
        let poke: Poke = unsafe { std::mem::transmute::<usize, Poke>(poke) };
        poke();
    }
    // The interrupted code finds its errno unchanged.
    errno.restore();
}
