//! Fibers: functions with a stack of their own that can be left half way and entered again.
//!
//! The only room that knows the stack-switching crate. A [`Fiber`] runs one closure on one [`Stack`]; stacks come from
//! a [`StackPool`] and go back to it (`stack`), or many fibers share one (`berth`). Nothing here knows what runs on a fiber, nor who
//! decides which runs next.

mod berth;
mod stack;

use std::cell::{Cell, OnceCell, UnsafeCell};
use std::fmt;
use std::mem::ManuallyDrop;
use std::ptr;
use std::rc::Rc;

use corosensei::{Coroutine, CoroutineResult, Yielder};

use super::errno::Result;
use super::prefetch;

use berth::Guest;
pub(crate) use stack::{Extent, StackPool, elsewhere};
use stack::{Footing, Stack};

/// Bytes of a stack that are asked for ahead, and how many of them below where it was left: what the switch itself saves.
const FETCHED: usize = 2048;
const BELOW: usize = 192;
/// Bytes below the frame that leaves a fiber which the switch may use, in an unoptimised build too.
const SWITCH: usize = 512;

/// A coroutine that is never dropped by accident.
type Slot = UnsafeCell<ManuallyDrop<Option<Coroutine<(), (), (), Footing>>>>;

/// What a resumed fiber did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Progress {
    /// It suspended and can be resumed.
    Suspended,
    /// Its closure returned.
    Finished,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Suspended,
    Running,
    /// Its body has returned and can be run again.
    Rests,
    Finished,
}

/// One closure on a stack of its own, and the next one when it has ended.
///
/// Dropping a suspended fiber does not unwind it (foreign frames may stand on it): its stack is unmapped and what its
/// frames owned leaks. Owners drive fibers to their end and abandon them only as a last resort.
pub(crate) struct Fiber {
    coroutine: Slot,
    yielder: Cell<*const Yielder<(), ()>>,
    state: Cell<State>,
    /// About where its stack ends while it is left.
    left_at: Cell<usize>,
    /// Lowest address and top of the stack.
    bounds: Cell<(usize, usize)>,
    /// How much above the lowest address is a reserve, in KiB: a number this small takes no room of its own.
    reserve: Cell<u32>,
    /// Where it shares its stack.
    guest: OnceCell<Guest>,
    /// What it will run there when it is first on it.
    body: Cell<Option<Box<dyn FnOnce()>>>,
    /// Whether its body is run again and again.
    repeats: Cell<bool>,
}

impl Fiber {
    /// A fiber that will run `body` when first resumed.
    ///
    /// # Errors
    /// `ENOMEM` when there is no address space for a stack.
    pub(crate) fn new(pool: &StackPool, body: impl FnOnce() + 'static) -> Result<Rc<Self>> {
        let fiber = Self::idle();
        fiber.take_stack(pool, body)?;
        Ok(fiber)
    }

    /// As [`Self::new`], on a stack that it shares with others of the pool, where they have little on it: what it has there is
    /// elsewhere while it is suspended, so nobody else may then have a use for a pointer into its frames (see `berth`).
    ///
    /// # Errors
    /// As [`Self::new`].
    #[cfg_attr(
        not(feature = "rhai"),
        allow(dead_code, reason = "only Rhai's stacks can be moved")
    )]
    pub(crate) fn sharing(pool: &StackPool, body: impl FnOnce() + 'static) -> Result<Rc<Self>> {
        let berth = pool.berth()?;
        // A sanitizer watches each frame where it is.
        if cfg!(sanitized) || !berth.is_worth_while() {
            return Self::new(pool, body);
        }
        let fiber = Self::idle();
        let guest = Guest::new(berth);
        fiber.stand_on(guest.stack());
        let _ = fiber.guest.set(guest);
        fiber.body.set(Some(Box::new(body)));
        fiber.state.set(State::Suspended);
        Ok(fiber)
    }

    fn idle() -> Rc<Self> {
        Rc::new(Self {
            coroutine: UnsafeCell::new(ManuallyDrop::new(None)),
            yielder: Cell::new(ptr::null()),
            state: Cell::new(State::Finished),
            left_at: Cell::new(0),
            reserve: Cell::new(0),
            bounds: Cell::new((0, 0)),
            guest: OnceCell::new(),
            body: Cell::new(None),
            repeats: Cell::new(false),
        })
    }

    /// A fiber that runs `body` each time it is begun again ([`Self::repeat`]), and keeps its stack in between.
    ///
    /// # Errors
    /// As [`Self::new`].
    #[cfg_attr(
        not(feature = "lua"),
        allow(dead_code, reason = "only Lua's tasks leave their stacks")
    )]
    pub(crate) fn repeating(pool: &StackPool, body: impl Fn() + 'static) -> Result<Rc<Self>> {
        let fiber = Self::idle();
        fiber.repeats.set(true);
        let me: *const Self = &raw const *fiber;
        fiber.take_stack(pool, move || {
            // SAFETY: fibers do not move, and outlive every resume of this closure.
            let me = unsafe { &*me };
            while me.repeats.get() {
                body();
                me.state.set(State::Rests);
                me.switch();
            }
        })?;
        Ok(fiber)
    }

    /// Has a fiber's body run again when it is next resumed.
    ///
    /// # Panics
    /// When the fiber is not one that repeats, or its body has not returned.
    #[inline]
    pub(crate) fn repeat(&self) {
        assert!(
            self.state.get() == State::Rests,
            "a fiber was begun again that does not rest"
        );
        self.state.set(State::Suspended);
    }

    /// Whether it keeps its stack when its body has returned.
    #[inline]
    pub(crate) fn is_repeating(&self) -> bool {
        self.repeats.get()
    }

    fn stand_on(&self, stack: &Stack) {
        self.bounds.set(stack.bounds());
        self.reserve
            .set(u32::try_from(stack.reserve() >> 10).unwrap_or(u32::MAX));
    }

    fn take_stack(&self, pool: &StackPool, body: impl FnOnce() + 'static) -> Result<()> {
        let stack = pool.take()?;
        self.left_at.set(stack.bounds().1);
        self.stand_on(&stack);
        self.begin(Footing::Own(stack), body);
        Ok(())
    }

    /// Lays out a stack for `body`.
    #[inline]
    fn begin(&self, stack: Footing, body: impl FnOnce() + 'static) {
        let yielder: *const Cell<*const Yielder<(), ()>> = &raw const self.yielder;
        let coroutine = Coroutine::with_stack(stack, move |here: &Yielder<(), ()>, ()| {
            // SAFETY: fibers do not move, as they are made behind a pointer, and outlive every resume of this closure.
            unsafe { (*yielder).set(here) };
            body();
        });
        // SAFETY: the fiber is not running: nothing else refers to the slot.
        unsafe { *self.coroutine.get() = ManuallyDrop::new(Some(coroutine)) };
        self.state.set(State::Suspended);
    }

    /// Runs the fiber until it suspends or ends. A panic of its body goes on in the caller.
    ///
    /// # Panics
    /// When the fiber is running or has ended: the scheduler resumes only fibers it holds as suspended.
    #[inline]
    pub(crate) fn resume(&self) -> Progress {
        assert!(
            self.state.get() == State::Suspended,
            "a fiber was resumed that is not suspended"
        );
        if let Some(guest) = self.guest.get() {
            guest.enter();
            if let Some(body) = self.body.take() {
                self.begin(Footing::Shared(guest.stack().clone()), body);
            }
        }
        self.state.set(State::Running);
        // SAFETY: state was Suspended, so no other reference into the coroutine is alive.
        let slot = unsafe { &mut *self.coroutine.get() };
        let Some(coroutine) = slot.as_mut() else {
            return Progress::Finished;
        };
        match coroutine.resume(()) {
            CoroutineResult::Yield(()) if self.state.get() == State::Rests => Progress::Finished,
            CoroutineResult::Yield(()) => {
                self.state.set(State::Suspended);
                Progress::Suspended
            }
            CoroutineResult::Return(()) => {
                self.state.set(State::Finished);
                Progress::Finished
            }
        }
    }

    /// Leaves this fiber; returns when it is resumed. Must be called on the fiber itself.
    ///
    /// # Panics
    /// When called from anywhere but this fiber's own stack.
    #[inline]
    pub(crate) fn suspend(&self) {
        assert!(
            self.state.get() == State::Running && self.is_here(),
            "suspend() off its own fiber"
        );
        match self.guest.get() {
            None => {
                self.left_at.set(here());
                self.switch();
            }
            Some(guest) => self.leave(guest),
        }
    }

    /// Leaves a stack that is shared. A frame of its own, and a small one: its address tells how far down the stack is in use.
    #[inline(never)]
    fn leave(&self, guest: &Guest) {
        guest.leave(here() - SWITCH);
        self.switch();
    }

    #[inline(always)]
    fn switch(&self) {
        // SAFETY: who calls has seen to it that the fiber runs and that we stand on its stack, so the yielder its body was given is
        // alive.
        let yielder = unsafe { &*self.yielder.get() };
        yielder.suspend(());
    }

    /// Asks for its own memory.
    #[inline]
    pub(crate) fn fetch(&self) {
        prefetch::fetch(ptr::from_ref(self) as usize, size_of::<Self>());
    }

    /// Asks for the part of its stack that it will use first when it is entered again.
    #[inline]
    pub(crate) fn fetch_stack(&self) {
        if self.state.get() != State::Suspended {
            return;
        }
        if let Some(guest) = self.guest.get() {
            return guest.fetch();
        }
        let here = self.left_at.get() - BELOW.min(self.left_at.get());
        prefetch::fetch(here, (self.bounds.get().1 - here).min(FETCHED));
    }

    /// Runs `work` on the stack below this fiber's, the scheduler's, which is deep: for code whose need of stack is not ours to
    /// bound. It must not suspend the fiber.
    #[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "handshakes are such code"))]
    pub(crate) fn on_deep_stack<R>(&self, work: impl FnOnce() -> R) -> R {
        /// Lets what is not `Send` through a bound that is there to keep the yielder on its own stack.
        struct SameThread<T>(T);
        // SAFETY: nothing leaves the thread; only the stack changes, and `work` cannot reach the yielder.
        unsafe impl<T> Send for SameThread<T> {}
        impl<R, F: FnOnce() -> R> SameThread<F> {
            fn run(self) -> R {
                (self.0)()
            }
        }
        if self.state.get() != State::Running || !self.is_here() {
            return work();
        }
        let work = SameThread(work);
        // SAFETY: the fiber runs and we stand on its stack, so the yielder its body was given is alive.
        let yielder = unsafe { &*self.yielder.get() };
        yielder.on_parent_stack(move || work.run())
    }

    /// Whether it shares its stack with others.
    pub(crate) fn is_sharing(&self) -> bool {
        self.guest.get().is_some()
    }

    /// Whether the caller stands on this fiber's stack.
    #[inline]
    pub(crate) fn is_here(&self) -> bool {
        let (here, (lowest, top)) = (here(), self.bounds.get());
        here > lowest && here <= top
    }

    /// Bytes of stack left below the caller, without the reserve; `None` when the caller is not on this fiber.
    #[inline]
    pub(crate) fn remaining_stack(&self) -> Option<usize> {
        let floor = || self.bounds.get().0 + ((self.reserve.get() as usize) << 10);
        self.is_here().then(|| here().saturating_sub(floor()))
    }

    /// Whether the body has returned.
    #[cfg(test)]
    pub(crate) fn is_finished(&self) -> bool {
        self.state.get() == State::Finished
    }

    /// Ends the fiber's life: one that has finished gives its stack back to `pool`, a suspended one is abandoned (its frames
    /// are never unwound, its stack is unmapped).
    ///
    /// # Panics
    /// When the fiber is running.
    pub(crate) fn retire(&self, pool: &StackPool) {
        assert!(self.state.get() != State::Running, "a running fiber was retired");
        if self.state.get() == State::Rests {
            // Out of its loop, so that what its closure holds is dropped.
            self.repeats.set(false);
            self.repeat();
            self.resume();
        }
        drop(self.body.take());
        if let Some(guest) = self.guest.get() {
            guest.vacate();
        }
        // SAFETY: the fiber is not running: nothing else refers to the slot.
        let slot = unsafe { &mut *self.coroutine.get() };
        let state = self.state.replace(State::Finished);
        let Some(mut coroutine) = slot.take() else { return };
        if state == State::Finished {
            if let Footing::Own(stack) = coroutine.into_stack() {
                pool.give(stack);
            }
        } else {
            // SAFETY: the frames on the stack are given up for good; nothing outside points into them (owners have
            // dropped the task's record and closed its engine before they abandon a fiber).
            unsafe { coroutine.force_reset() };
            drop(coroutine.into_stack());
        }
    }
}

impl fmt::Debug for Fiber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fiber({:?})", self.state.get())
    }
}

/// An address close to the caller's stack pointer.
#[inline(always)]
fn here() -> usize {
    let mark = 0u8;
    &raw const mark as usize
}

#[cfg(test)]
mod tests;
