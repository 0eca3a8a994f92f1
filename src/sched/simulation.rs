//! A simulation: a clock of its own, and an order in which the threads that take part in it run.
//!
//! The clock stands still while anybody can run. When every task of every thread waits it goes straight to the first deadline. One
//! thread at a time runs, the one that has the baton; whoever has nothing to do passes it to the next in a fixed order who was called. So
//! nothing depends on how fast the machine is, and a run is the same each time.
//!
//! What comes from outside (a program's pipe, a helper thread, a kernel's socket) cannot be known in advance. While a task waits for
//! such a thing the clock goes as fast as the real one, and so the outcome is still what it would be without a simulation.

use std::os::fd::RawFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::clock::{self, Moment};
use super::remote::Board;
use super::source::Interest;
use super::stop::Stop;

/// What an operation takes. Without it a loop that only looks, and never waits, would look for ever.
const STEP: Duration = Duration::from_micros(1);
/// How long a thread without the baton goes without looking whether it is to end.
const GLANCE: Duration = Duration::from_millis(20);
/// How long one of several threads that wait for something outside looks for it.
const SHARE: Duration = Duration::from_millis(2);

/// Something that a task may wait for has happened to a descriptor of the simulation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Notice {
    pub(crate) fd: RawFd,
    /// None is both: an end, an error.
    pub(crate) interest: Option<Interest>,
}

/// The clock and the order of all threads of one run.
pub(crate) struct Simulation {
    began: Instant,
    elapsed: AtomicU64,
    state: Mutex<State>,
    passed: Condvar,
}

#[derive(Default)]
struct State {
    threads: Vec<Thread>,
    /// Who runs.
    holder: usize,
    /// Nobody can run, and nothing will change that: whoever gets the baton now is to break it.
    stuck: bool,
}

/// One thread that takes part.
#[derive(Default)]
struct Thread {
    gone: bool,
    /// It has nothing to do until it is called, or until then.
    rests: bool,
    until: Option<Instant>,
    /// One of its tasks waits for something outside.
    outside: bool,
    notices: Vec<Notice>,
    board: Option<Arc<Board>>,
    stop: Option<Arc<Stop>>,
}

impl Thread {
    fn is_called(&self, now: Instant) -> bool {
        let summoned = |board: &Arc<Board>| !board.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
        !self.rests
            || self.until.is_some_and(|until| until <= now)
            || !self.notices.is_empty()
            || self.board.as_ref().is_some_and(summoned)
            || self.stop.as_ref().is_some_and(|stop| stop.asked().is_some())
    }
}

/// Why a thread that had nothing to do goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Turn {
    /// It was called, or its deadline has come.
    Go,
    /// It is to look outside, for so long.
    Outside(Duration),
    /// Every task of every thread waits for another.
    Stuck,
    /// It is to end, and does not wait for the baton.
    Ending,
}

impl Simulation {
    /// A simulation nobody takes part in yet.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            elapsed: AtomicU64::new(0),
            state: Mutex::default(),
            passed: Condvar::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one thread more. Given out by the thread that has the baton, so that the order is the same each time.
    pub(crate) fn enter(self: &Arc<Self>) -> Member {
        let mut state = self.lock();
        state.threads.push(Thread::default());
        Member {
            simulation: self.clone(),
            number: state.threads.len() - 1,
        }
    }

    pub(super) fn moment(&self) -> Moment {
        Moment {
            began: self.began,
            elapsed: Duration::from_nanos(self.elapsed.load(Ordering::SeqCst)),
        }
    }

    fn pass_time(&self, length: Duration) {
        let nanos = u64::try_from(length.as_nanos()).unwrap_or(u64::MAX);
        // It never goes over: 500 years would have to pass.
        let _ = self
            .elapsed
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |elapsed| {
                Some(elapsed.saturating_add(nanos))
            });
        if clock::simulated().is_some() {
            clock::set(Some(self.moment()));
        }
    }

    /// An operation of the thread that runs takes its microsecond.
    pub(crate) fn step(&self) {
        self.pass_time(STEP);
    }

    /// Tells the thread of that number what has happened.
    pub(crate) fn tell(&self, number: usize, notice: Notice) {
        let mut state = self.lock();
        if let Some(thread) = state.threads.get_mut(number)
            && !thread.gone
            && !thread.notices.contains(&notice)
        {
            thread.notices.push(notice);
        }
    }

    /// Decides who runs next, after `last`.
    fn choose(&self, state: &mut State, last: usize) {
        let (count, now) = (state.threads.len(), self.moment().instant());
        let mut order = (1..=count).map(|step| (last + step) % count);
        if let Some(next) = order.clone().find(|next| {
            let thread = &state.threads[*next];
            !thread.gone && thread.is_called(now)
        }) {
            state.holder = next;
            return;
        }
        // Who waits for something outside looks for it first; the clock does not jump meanwhile.
        if let Some(next) = order.find(|next| !state.threads[*next].gone && state.threads[*next].outside) {
            state.holder = next;
            return;
        }
        let waiting = state
            .threads
            .iter()
            .enumerate()
            .filter(|(_, thread)| !thread.gone);
        let first = waiting
            .clone()
            .filter_map(|(number, thread)| Some((thread.until?, number)))
            .min();
        match first {
            Some((until, number)) => {
                self.pass_time(until.saturating_duration_since(self.moment().instant()));
                state.holder = number;
            }
            None => {
                if let Some((number, _)) = waiting.clone().next() {
                    state.holder = number;
                    state.stuck = true;
                }
            }
        }
    }
}

/// The place of one thread in a simulation; given up when dropped.
pub(crate) struct Member {
    simulation: Arc<Simulation>,
    number: usize,
}

impl Member {
    /// Its number, in the order in which they came.
    pub(crate) const fn number(&self) -> usize {
        self.number
    }

    /// What it takes part in.
    pub(crate) const fn simulation(&self) -> &Arc<Simulation> {
        &self.simulation
    }

    /// Where the thread looks for what others tell it.
    pub(super) fn attend(&self, board: Arc<Board>, stop: Arc<Stop>) {
        let mut state = self.simulation.lock();
        let thread = &mut state.threads[self.number];
        (thread.board, thread.stop) = (Some(board), Some(stop));
    }

    /// Takes what has happened.
    pub(super) fn notices(&self) -> Vec<Notice> {
        std::mem::take(&mut self.simulation.lock().threads[self.number].notices)
    }

    /// Waits for the baton, for the first time.
    pub(crate) fn begin(&self) {
        let state = self.simulation.lock();
        drop(self.wait(state));
        clock::set(clock::simulated().map(|_| self.simulation.moment()));
    }

    fn wait<'a>(&'a self, mut state: MutexGuard<'a, State>) -> (MutexGuard<'a, State>, bool) {
        while state.holder != self.number {
            if state.threads[self.number]
                .stop
                .as_ref()
                .is_some_and(|stop| stop.asked().is_some())
            {
                return (state, false);
            }
            state = self
                .simulation
                .passed
                .wait_timeout(state, GLANCE)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        (state, true)
    }

    /// Nothing is left to do before `until`, or before something happens: others run.
    pub(super) fn rest(&self, until: Option<Instant>, outside: bool) -> Turn {
        let simulation = &*self.simulation;
        let mut state = simulation.lock();
        let thread = &mut state.threads[self.number];
        (thread.rests, thread.until, thread.outside) = (true, until, outside);
        if state.holder == self.number {
            simulation.choose(&mut state, self.number);
            if state.holder != self.number {
                simulation.passed.notify_all();
            }
        }
        let (mut state, has_baton) = self.wait(state);
        let due = |state: &State| {
            let limits = state.threads.iter().filter(|thread| !thread.gone && thread.rests);
            limits.filter_map(|thread| thread.until).min()
        };
        let turn = if !has_baton {
            Turn::Ending
        } else if std::mem::take(&mut state.stuck) {
            Turn::Stuck
        } else if state.threads[self.number].is_called(simulation.moment().instant()) {
            Turn::Go
        } else if outside {
            let left = due(&state).map(|due| due.saturating_duration_since(simulation.moment().instant()));
            let alone = state.threads.iter().filter(|thread| !thread.gone).count() == 1;
            Turn::Outside(
                left.unwrap_or(Duration::MAX)
                    .min(if alone { Duration::MAX } else { SHARE }),
            )
        } else {
            Turn::Go
        };
        let thread = &mut state.threads[self.number];
        (thread.rests, thread.until, thread.outside) = (false, None, false);
        drop(state);
        clock::set(clock::simulated().map(|_| simulation.moment()));
        turn
    }

    /// Others that were called, or whose deadline has come, run first.
    pub(super) fn step_aside(&self) {
        let mut state = self.simulation.lock();
        if state.holder == self.number {
            self.simulation.choose(&mut state, self.number);
            if state.holder != self.number {
                self.simulation.passed.notify_all();
            }
        }
        drop(self.wait(state));
        clock::set(clock::simulated().map(|_| self.simulation.moment()));
    }

    /// So much time has passed outside.
    pub(super) fn pass_time(&self, length: Duration) {
        self.simulation.pass_time(length);
    }

    /// It takes part no longer.
    pub(crate) fn leave(&self) {
        let mut state = self.simulation.lock();
        let thread = &mut state.threads[self.number];
        if thread.gone {
            return;
        }
        thread.gone = true;
        (thread.board, thread.stop) = (None, None);
        if state.holder == self.number {
            self.simulation.choose(&mut state, self.number);
            self.simulation.passed.notify_all();
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.leave();
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Member({} of {:?})", self.number, self.simulation)
    }
}

impl std::fmt::Debug for Simulation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Simulation({:?})", self.moment().elapsed)
    }
}
