//! Fibers: functions with a stack of their own that can be left half way and entered again.
//!
//! The only file that knows the stack-switching crate. A [`Fiber`] runs one closure on one [`Stack`]; stacks come from
//! a [`StackPool`] and go back to it. Nothing here knows what runs on a fiber, nor who decides which runs next.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::fmt;
use std::mem::ManuallyDrop;
use std::num::NonZeroUsize;
use std::ptr;

use corosensei::stack::{Stack as RawStack, StackPointer};
use corosensei::{Coroutine, CoroutineResult, Yielder};

use super::errno::{Errno, Result};
use super::prefetch;

/// Bytes below every stack that no access may touch: an overflow faults instead of writing into a neighbour.
const GUARD: usize = 64 * 1024;
/// Stack tops differ by multiples of a cache line, so that the hot ends of many stacks do not share cache sets.
const COLOUR: usize = 64;
/// Colours before they repeat: 512 bytes of the first page at most.
const COLOURS: usize = 8;
/// `MADV_GUARD_INSTALL` (Linux 6.13, `asm-generic/mman-common.h`): guards without a mapping of their own.
#[cfg(linux)]
const MADV_GUARD_INSTALL: i32 = 102;

/// Address space for one fiber's stack; memory is committed as it is touched.
pub(crate) struct Stack {
    bottom: NonZeroUsize,
    length: usize,
    colour: usize,
}

impl Stack {
    fn new(size: usize, colour: usize) -> Result<Self> {
        let length = size + GUARD;
        #[cfg(linux)]
        let more = libc::MAP_NORESERVE | libc::MAP_STACK;
        #[cfg(apple)]
        let more = libc::MAP_NORESERVE;
        // The BSDs commit memory as it is touched without being asked.
        #[cfg(bsd)]
        let more = 0;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | more;
        // SAFETY: an anonymous mapping at an address of the kernel's choice touches no existing memory.
        let address = unsafe {
            libc::mmap(
                ptr::null_mut(),
                length,
                libc::PROT_READ | libc::PROT_WRITE,
                flags,
                -1,
                0,
            )
        };
        if address == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        let bottom = NonZeroUsize::new(address as usize).ok_or(Errno::NOMEM)?;
        let stack = Self {
            bottom,
            length,
            colour: (colour % COLOURS) * COLOUR,
        };
        stack.guard()?;
        Ok(stack)
    }

    #[cfg(linux)]
    fn guard(&self) -> Result<()> {
        // SAFETY: the first GUARD bytes of this stack's own mapping, which nothing uses.
        let done = unsafe { libc::madvise(self.bottom.get() as *mut _, GUARD, MADV_GUARD_INSTALL) };
        if done == 0 { Ok(()) } else { self.protect() }
    }

    #[cfg(not(linux))]
    fn guard(&self) -> Result<()> {
        self.protect()
    }

    fn protect(&self) -> Result<()> {
        // SAFETY: the first GUARD bytes of this stack's own mapping, which nothing uses.
        let done = unsafe { libc::mprotect(self.bottom.get() as *mut _, GUARD, libc::PROT_NONE) };
        if done == 0 { Ok(()) } else { Err(Errno::last()) }
    }

    /// Gives the memory back to the system and keeps the address space.
    fn trim(&self) {
        let usable = (self.bottom.get() + GUARD) as *mut _;
        // SAFETY: the part of this stack's own mapping above the guard; no fiber runs on it.
        unsafe { libc::madvise(usable, self.length - GUARD, libc::MADV_DONTNEED) };
    }

    fn top(&self) -> usize {
        self.bottom.get() + self.length
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: this stack's own mapping, made by `new`; its fiber is done or was abandoned for good.
        unsafe { libc::munmap(self.bottom.get() as *mut _, self.length) };
    }
}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stack({:#x}..{:#x})", self.bottom, self.top())
    }
}

// SAFETY: the mapping has a guard below, is larger than the crate's minimum, and both ends are 64-byte aligned.
unsafe impl RawStack for Stack {
    fn base(&self) -> StackPointer {
        // The top of a mapping minus a few cache lines is never zero.
        NonZeroUsize::new(self.top() - self.colour).unwrap_or(self.bottom)
    }

    fn limit(&self) -> StackPointer {
        self.bottom
    }
}

/// Stacks that are not in use, kept for the next fiber.
#[derive(Debug)]
pub(crate) struct StackPool {
    size: usize,
    free: RefCell<Vec<Stack>>,
    made: Cell<usize>,
}

/// Stacks that keep their touched memory while they wait for reuse; beyond this many they give it back.
const WARM: usize = 64;
/// Stacks whose address space is kept for reuse.
const KEPT: usize = 4096;

impl StackPool {
    /// A pool of stacks of `size` usable bytes.
    pub(crate) fn new(size: usize) -> Self {
        Self {
            size,
            free: RefCell::default(),
            made: Cell::new(0),
        }
    }

    fn take(&self) -> Result<Stack> {
        if let Some(stack) = self.free.borrow_mut().pop() {
            return Ok(stack);
        }
        let made = self.made.get();
        self.made.set(made.wrapping_add(1));
        Stack::new(self.size, made)
    }

    fn give(&self, stack: Stack) {
        let mut free = self.free.borrow_mut();
        if stack.length != self.size + GUARD || free.len() >= KEPT {
            return;
        }
        if free.len() >= WARM {
            stack.trim();
        }
        free.push(stack);
    }
}

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

/// One closure on a stack of its own.
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
    bounds: (usize, usize),
}

impl Fiber {
    /// A fiber that will run `body` when first resumed.
    ///
    /// # Errors
    /// `ENOMEM` when there is no address space for a stack.
    pub(crate) fn new(pool: &StackPool, body: Box<dyn FnOnce()>) -> Result<Box<Self>> {
        let stack = pool.take()?;
        let fiber = Box::new(Self {
            coroutine: UnsafeCell::new(ManuallyDrop::new(None)),
            yielder: Cell::new(ptr::null()),
            state: Cell::new(State::Suspended),
            left_at: Cell::new(stack.top()),
            bounds: (stack.bottom.get() + GUARD, stack.top()),
        });
        let yielder: *const Cell<*const Yielder<(), ()>> = &raw const fiber.yielder;
        let coroutine = Coroutine::with_stack(stack, move |here: &Yielder<(), ()>, ()| {
            // SAFETY: the cell lives in the boxed fiber, which outlives every resume of this closure.
            unsafe { (*yielder).set(here) };
            body();
        });
        // SAFETY: the fiber is not running: nothing else refers to the slot.
        unsafe { *fiber.coroutine.get() = ManuallyDrop::new(Some(coroutine)) };
        Ok(fiber)
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
        let here = self.left_at.get() - BELOW.min(self.left_at.get());
        prefetch::fetch(here, (self.bounds.1 - here).min(FETCHED));
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
        let here = here();
        here > self.bounds.0 && here <= self.bounds.1
    }

    /// Bytes of stack left below the caller; `None` when the caller is not on this fiber.
    #[inline]
    pub(crate) fn remaining_stack(&self) -> Option<usize> {
        self.is_here().then(|| here() - self.bounds.0)
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
    use super::*;
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
    #[should_panic(expected = "off its own fiber")]
    fn suspending_off_the_fiber_is_refused() {
        let pool = StackPool::new(256 * 1024);
        let fiber = Fiber::new(&pool, Box::new(|| ())).expect("a stack");
        fiber.suspend();
    }
}
