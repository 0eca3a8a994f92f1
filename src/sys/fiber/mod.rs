//! Fibers: functions with a stack of their own that can be left half way and entered again.
//!
//! The only room that knows the stack-switching crate. A [`Fiber`] runs one closure on one [`Stack`]; stacks come from
//! a [`StackPool`] and go back to it (`stack`). Nothing here knows what runs on a fiber, nor who decides which runs next.

mod stack;

use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::mem::ManuallyDrop;
use std::ptr;

use corosensei::{Coroutine, CoroutineResult, Yielder};

use super::errno::Result;
use super::prefetch;

use stack::Stack;
pub(crate) use stack::StackPool;

/// Bytes of a stack that are asked for ahead, and how many of them below where it was left: what the switch itself saves.
const FETCHED: usize = 2048;
const BELOW: usize = 192;

/// A coroutine that is never dropped by accident.
type Slot = UnsafeCell<ManuallyDrop<Option<Coroutine<(), (), (), Stack>>>>;

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
    /// Lowest usable address and top of the stack.
    bounds: Cell<(usize, usize)>,
}

impl Fiber {
    /// A fiber that will run `body` when first resumed.
    ///
    /// # Errors
    /// `ENOMEM` when there is no address space for a stack.
    pub(crate) fn new(pool: &StackPool, body: impl FnOnce() + 'static) -> Result<Box<Self>> {
        let fiber = Box::new(Self {
            coroutine: UnsafeCell::new(ManuallyDrop::new(None)),
            yielder: Cell::new(ptr::null()),
            state: Cell::new(State::Finished),
            left_at: Cell::new(0),
            bounds: Cell::new((0, 0)),
        });
        fiber.renew(pool, body)?;
        Ok(fiber)
    }

    /// Gives a fiber that has ended, and was retired, a stack again: the one that came back last, which the processor is likely
    /// to have at hand. It will run `body` when next resumed.
    ///
    /// # Errors
    /// `ENOMEM` when there is no address space for a stack.
    ///
    /// # Panics
    /// When the fiber has not ended.
    #[inline]
    pub(crate) fn renew(&self, pool: &StackPool, body: impl FnOnce() + 'static) -> Result<()> {
        assert!(
            self.state.get() == State::Finished,
            "a fiber was begun anew that has not ended"
        );
        let stack = pool.take()?;
        let (lowest, top) = stack.bounds();
        self.left_at.set(top);
        self.bounds.set((lowest, top));
        let yielder: *const Cell<*const Yielder<(), ()>> = &raw const self.yielder;
        let coroutine = Coroutine::with_stack(stack, move |here: &Yielder<(), ()>, ()| {
            // SAFETY: fibers live in boxes, as only `new` makes them, and outlive every resume of this closure.
            unsafe { (*yielder).set(here) };
            body();
        });
        // SAFETY: the fiber is not running: nothing else refers to the slot.
        unsafe { *self.coroutine.get() = ManuallyDrop::new(Some(coroutine)) };
        self.state.set(State::Suspended);
        Ok(())
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
        self.state.set(State::Running);
        // SAFETY: state was Suspended, so no other reference into the coroutine is alive.
        let slot = unsafe { &mut *self.coroutine.get() };
        let Some(coroutine) = slot.as_mut() else {
            return Progress::Finished;
        };
        match coroutine.resume(()) {
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
        self.left_at.set(here());
        // SAFETY: the fiber runs and we stand on its stack, so the yielder its body was given is alive.
        let yielder = unsafe { &*self.yielder.get() };
        yielder.suspend(());
    }

    /// Asks for the part of its stack that it will use first when it is entered again.
    #[inline]
    pub(crate) fn fetch_stack(&self) {
        if self.state.get() != State::Suspended {
            return;
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

    /// Whether the caller stands on this fiber's stack.
    #[inline]
    pub(crate) fn is_here(&self) -> bool {
        let (here, (lowest, top)) = (here(), self.bounds.get());
        here > lowest && here <= top
    }

    /// Bytes of stack left below the caller; `None` when the caller is not on this fiber.
    #[inline]
    pub(crate) fn remaining_stack(&self) -> Option<usize> {
        self.is_here().then(|| here() - self.bounds.get().0)
    }

    /// Whether the body has returned.
    #[cfg(test)]
    pub(crate) fn is_finished(&self) -> bool {
        self.state.get() == State::Finished
    }

    /// Ends the fiber's life: a finished one gives its stack back to `pool`, a suspended one is abandoned (its frames
    /// are never unwound, its stack is unmapped).
    ///
    /// # Panics
    /// When the fiber is running.
    pub(crate) fn retire(&self, pool: &StackPool) {
        assert!(self.state.get() != State::Running, "a running fiber was retired");
        // SAFETY: the fiber is not running: nothing else refers to the slot.
        let slot = unsafe { &mut *self.coroutine.get() };
        let Some(mut coroutine) = slot.take() else { return };
        if self.state.replace(State::Finished) == State::Finished {
            pool.give(coroutine.into_stack());
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
mod tests {
    use super::stack::WARM;
    use super::*;
    use std::cell::RefCell;
    use std::rc::Rc;

    #[test]
    fn a_fiber_is_left_and_entered_again() {
        let pool = StackPool::new(256 * 1024);
        let log = Rc::new(RefCell::new(Vec::new()));
        let slot: Rc<Cell<*const Fiber>> = Rc::new(Cell::new(ptr::null()));
        let (inner_log, inner_slot) = (log.clone(), slot.clone());
        let fiber = Fiber::new(
            &pool,
            Box::new(move || {
                inner_log.borrow_mut().push(1);
                // SAFETY: the test keeps the fiber alive while it runs.
                let me = unsafe { &*inner_slot.get() };
                assert!(me.remaining_stack().expect("on the fiber") > 200 * 1024);
                me.suspend();
                inner_log.borrow_mut().push(2);
            }),
        )
        .expect("a stack");
        slot.set(&raw const *fiber);
        assert!(!fiber.is_here());
        assert_eq!(fiber.resume(), Progress::Suspended);
        log.borrow_mut().push(10);
        assert_eq!(fiber.resume(), Progress::Finished);
        assert!(fiber.is_finished());
        fiber.retire(&pool);
        assert_eq!(*log.borrow(), [1, 10, 2]);
        assert_eq!(pool.free.borrow().len(), 1);
    }

    #[test]
    fn an_abandoned_fiber_gives_its_stack_back() {
        let pool = StackPool::new(256 * 1024);
        let slot: Rc<Cell<*const Fiber>> = Rc::new(Cell::new(ptr::null()));
        let inner = slot.clone();
        let fiber = Fiber::new(
            &pool,
            Box::new(move || {
                // SAFETY: the test keeps the fiber alive while it runs.
                let me = unsafe { &*inner.get() };
                me.suspend();
                unreachable!("never resumed");
            }),
        )
        .expect("a stack");
        slot.set(&raw const *fiber);
        assert_eq!(fiber.resume(), Progress::Suspended);
        fiber.retire(&pool);
        assert!(pool.free.borrow().is_empty());
    }

    #[test]
    fn a_fiber_begins_anew_on_the_stack_that_came_back_last() {
        let pool = StackPool::new(256 * 1024);
        let ran = Rc::new(Cell::new(0));
        let body = |ran: &Rc<Cell<u32>>| {
            let ran = ran.clone();
            move || ran.set(ran.get() + 1)
        };
        let fibers: Vec<_> = (0..WARM + 6)
            .map(|_| Fiber::new(&pool, body(&ran)).expect("a stack"))
            .collect();
        for fiber in &fibers {
            assert_eq!(fiber.resume(), Progress::Finished);
            fiber.retire(&pool);
        }
        let made = pool.made();
        assert_eq!(
            (pool.free.borrow().len(), pool.trimmed.get()),
            (made, made - WARM)
        );
        for fiber in &fibers {
            fiber.renew(&pool, body(&ran)).expect("a stack");
            assert_eq!(fiber.resume(), Progress::Finished);
            fiber.retire(&pool);
        }
        assert_eq!((pool.made(), pool.trimmed.get()), (made, made - WARM));
        assert_eq!(ran.get() as usize, 2 * fibers.len());
        let taken: Vec<_> = (0..=WARM).map(|_| pool.take().expect("a stack")).collect();
        assert_eq!(pool.trimmed.get(), made - taken.len());
    }

    #[test]
    #[should_panic(expected = "off its own fiber")]
    fn suspending_off_the_fiber_is_refused() {
        let pool = StackPool::new(256 * 1024);
        let fiber = Fiber::new(&pool, Box::new(|| ())).expect("a stack");
        fiber.suspend();
    }
}
