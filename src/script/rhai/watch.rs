//! The watch over running scripts, which Rhai calls at every step: it ends, bounds and slices their work.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rhai::{Dynamic, Position};

use crate::error::{Class, Error, Result};
use crate::sched::{Scheduler, Stop};
use crate::sys::allocator::{self, Note};
use crate::sys::memory;

/// Stack that must be left for native code below a script.
const STACK_RESERVE: usize = 128 << 10;
/// Steps between two looks at the clock; the stop flag is looked at in each.
const STRIDE: u32 = 128;
/// The same where the time is bounded.
const SHORT_STRIDE: u32 = 8;
/// Bytes that take as long as many steps.
const HEAVY: usize = 64 << 10;
/// When as many steps as lie between two looks took longer than this, the script works on large values: then every step
/// looks, for as long as they are slow.
const LONG: Duration = Duration::from_micros(500);
/// How often the program's memory is looked at, where nothing else bounds it.
const WEIGHED: Duration = Duration::from_millis(10);

/// What looks after running scripts: Rhai calls it at every step.
pub(super) struct Watch {
    sched: Rc<Scheduler>,
    pub(super) made: Cell<u64>,
    /// Number of the task that runs.
    pub(super) current: Cell<u64>,
    pub(super) killed: Cell<bool>,
    /// Lowest address the running task may use; the highest there is when it is being killed, so that every step looks.
    pub(super) floor: Cell<usize>,
    /// Steps left until the next look.
    stride: Cell<u32>,
    /// Tokens left until the next look.
    unread: Cell<u32>,
    /// Steps between the last look and the next.
    length: Cell<u32>,
    looked: Cell<Instant>,
    /// When the memory was looked at.
    weighed: Cell<Instant>,
    /// What the program may hold, where that is looked at.
    memory: Cell<Option<Guard>>,
    stop: Arc<Stop>,
    /// Tasks that were sent to the back of the queue in the middle of a calculation.
    preempted: Cell<usize>,
    /// The task whose next step is its last, by its number, and why.
    ends: Cell<Option<(u64, Ending)>>,
    /// Where the last operation was called.
    pub(super) spot: Cell<Spot>,
    /// Names of the scripts that were noted.
    pub(super) names: RefCell<Vec<Box<str>>>,
}

/// Bytes the program may hold, or this thread where those are counted.
#[derive(Clone, Copy)]
pub(super) struct Guard {
    pub(super) counted: bool,
    pub(super) most: usize,
    /// After a step that asked for something large: the next may double it, and holds both.
    pub(super) after_large: usize,
}

/// A place in a script, as cheap as can be: it is noted at every operation.
#[derive(Clone, Copy, Default)]
pub(super) struct Spot {
    /// Place of the script's name among the known ones.
    pub(super) source: usize,
    pub(super) position: Position,
}

impl Watch {
    pub(super) fn new(sched: Rc<Scheduler>) -> Rc<Self> {
        Rc::new(Self {
            stop: sched.stop_flag().clone(),
            length: Cell::new(STRIDE),
            looked: Cell::new(Instant::now()),
            weighed: Cell::new(Instant::now()),
            memory: Cell::new(None),
            sched,
            made: Cell::new(0),
            current: Cell::new(0),
            killed: Cell::new(false),
            floor: Cell::new(0),
            stride: Cell::new(STRIDE),
            unread: Cell::new(0),
            preempted: Cell::new(0),
            ends: Cell::default(),
            spot: Cell::default(),
            names: RefCell::default(),
        })
    }

    /// Notes where an operation is called.
    #[inline]
    pub(super) fn note(&self, source: Option<&str>, position: Position) {
        let source = source.unwrap_or_default();
        let last = self.spot.get().source;
        let mut names = self.names.borrow_mut();
        let place = if names.get(last).is_some_and(|known| **known == *source) {
            last
        } else if let Some(place) = names.iter().position(|known| **known == *source) {
            place
        } else {
            names.push(source.into());
            names.len() - 1
        };
        self.spot.set(Spot {
            source: place,
            position,
        });
    }

    /// Whether the running task is being killed.
    pub(super) fn is_killed(&self) -> bool {
        self.killed.get()
    }

    /// The running task's fiber is entered for the first time: the lowest address it may use.
    pub(super) fn begin(&self) -> Option<usize> {
        let left = self.sched.remaining_stack()?;
        let floor = (here() + STACK_RESERVE).saturating_sub(left);
        self.floor.set(floor);
        Some(floor)
    }

    /// Whether enough stack is left for one call more.
    #[inline]
    pub(super) fn has_room(&self) -> bool {
        here() > self.floor.get()
    }

    /// One step of the running script: what it is to die of, if it may not go on.
    #[inline]
    pub(super) fn step(&self) -> Option<Dynamic> {
        // Rhai's own count begins anew in every callback.
        let left = self.stride.get() - 1;
        self.stride.set(left);
        if here() > self.floor.get() && left > 0 && self.stop.asked().is_none() && !allocator::has_note() {
            None
        } else {
            self.look()
        }
    }

    /// Whether a text that is being compiled may be read on; asked for each of its tokens.
    #[inline]
    pub(super) fn may_compile(&self) -> bool {
        let left = self.unread.get();
        if left > 0 && self.stop.asked().is_none() {
            self.unread.set(left - 1);
            return true;
        }
        self.unread.set(SHORT_STRIDE);
        self.sched.check_stop();
        self.sched.death().is_none()
    }

    /// The step under way failed and could not say so: the next one does.
    pub(super) fn end_at_next_step(&self, ending: Ending) {
        self.ends.set(Some((self.current.get(), ending)));
        self.stride.set(1);
    }

    /// The step under way has worked on so many bytes: after many, the next one looks.
    pub(super) fn weigh(&self, bytes: usize) {
        if bytes > HEAVY {
            self.stride.set(1);
        }
    }

    /// Ends what makes the program hold too much memory.
    pub(super) fn guard_memory(&self, guard: Guard) {
        // A second engine counts from where the first did.
        if !(guard.counted && self.memory.get().is_some()) {
            self.memory.set(Some(guard));
        }
    }

    /// What a step is to die of after which the program has too much memory.
    fn weigh_program(&self, now: Instant, note: Note) -> Option<Error> {
        let guard = self.memory.get()?;
        if guard.counted {
            let held = allocator::held_here();
            return (held > guard.most).then(|| Error::memory("more: the limit is reached"));
        }
        if note == Note::Nothing && now.duration_since(self.weighed.get()) < WEIGHED {
            return None;
        }
        self.weighed.set(now);
        let held = memory::held()?;
        let most = if note == Note::Large {
            guard.after_large
        } else {
            guard.most
        };
        (held > most).then(|| Error::memory(format!("more: the program holds {held} bytes")))
    }

    #[cold]
    fn look(&self) -> Option<Dynamic> {
        let stride = self.length.get();
        self.sched
            .spend_instructions(stride.saturating_sub(self.stride.get()).into());
        let now = Instant::now();
        let stride = if now.duration_since(self.looked.replace(now)) > LONG {
            1
        } else if self.sched.is_timed() {
            SHORT_STRIDE
        } else {
            STRIDE
        };
        self.length.set(stride);
        self.stride.set(stride);
        self.sched.check_stop();
        if self.killed.get() {
            let death = self.sched.current().and_then(|task| task.death());
            return Some(Dynamic::from(Rc::new(
                death.unwrap_or_else(|| Error::runtime("the program is ending")),
            )));
        }
        let mut ending = (here() <= self.floor.get()).then_some(Ending::Deep);
        if let Some((task, noted)) = self.ends.get()
            && task == self.current.get()
        {
            self.ends.set(None);
            ending = Some(noted);
        }
        if let Some(ending) = ending {
            return Some(Dynamic::from(Rc::new(ending.error())));
        }
        if let Some(error) = self.weigh_program(now, allocator::take_note()) {
            return Some(Dynamic::from(Rc::new(error)));
        }
        self.slice();
        // A task may have been killed while the others ran.
        if self.killed.get() { self.look() } else { None }
    }

    /// Lets the others run when the task has had its turn.
    fn slice(&self) {
        self.preempted.set(self.preempted.get() + 1);
        self.sched.slice();
        self.preempted.set(self.preempted.get() - 1);
    }

    /// A variable is locked by another task: lets the others run if that can free it. False when it cannot: every
    /// lock is then held by a task that waits.
    pub(super) fn wait_for_lock(&self) -> Result<bool> {
        if self.preempted.get() == 0 {
            return Ok(false);
        }
        self.sched.yield_now()?;
        Ok(true)
    }
}

/// Why a step cannot be brought to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ending {
    /// No stack is left.
    Deep,
    /// What it makes is longer than a text may be.
    Long,
}

impl Ending {
    /// What the script is told.
    pub(super) fn error(self) -> Error {
        match self {
            Self::Deep => stack_overflow(),
            Self::Long => Error::memory("the text of a value"),
        }
    }
}

/// What a script is told whose stack is at its end.
pub(super) fn stack_overflow() -> Error {
    Error::new(Class::RecursionError, "stack overflow")
}

/// An address close to the caller's stack pointer.
#[inline(always)]
fn here() -> usize {
    let mark = 0u8;
    &raw const mark as usize
}
