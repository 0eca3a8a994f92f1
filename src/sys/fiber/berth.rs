//! One stack for many fibers, of which one is on it at a time.
//!
//! A stack of its own costs a fiber that waits some pages, and whoever wakes thousands of them finds all of these cold: the frames
//! above, and just as many lines below them that the next calls will use. On a [`Berth`] fibers stand by turns. What one has on the
//! stack is copied to the heap when another is to run, and back to the same addresses before it goes on, so every pointer into
//! it holds again. Two copies of some kilobytes in a row cost less than the lines of a cold stack, one by one. Whoever runs twice in
//! a row is not copied at all.
//!
//! While a fiber is away, what is at its addresses is another's. So nobody else may keep a pointer into its stack across a
//! suspension: no other thread, no queue, no system call under way. Whoever has a fiber stand on a berth promises that.

use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::mem::MaybeUninit;
use std::ptr;
use std::rc::Rc;
use std::slice;

use super::super::prefetch;
use super::here;
use super::stack::Stack;

/// What stacks are copied by.
type Word = MaybeUninit<u64>;
const WORD: usize = size_of::<Word>();
/// Words that the place for a copy grows by: the depth in which a fiber waits changes a little from time to time.
const STEP: usize = 64;
/// Bytes that fibers may have on the stack on average for it to be worth while: copying more costs as much as a cold stack does.
const WORTH: usize = 16 * 1024;
/// Of so many copies the average is, the last ones counting most.
const COPIES: usize = 16;
/// Bytes of a copy that are asked for ahead.
const FETCHED: usize = 8 * 1024;

/// A stack, and who is on it.
pub(crate) struct Berth {
    stack: Rc<Stack>,
    /// Null where nobody is.
    occupant: Cell<*const Guest>,
    /// Bytes that were lately copied for one to leave.
    average: Cell<usize>,
}

impl Berth {
    pub(super) fn new(stack: Stack) -> Self {
        Self {
            stack: Rc::new(stack),
            occupant: Cell::new(ptr::null()),
            average: Cell::new(0),
        }
    }

    /// Whether one more fiber had better stand here than on a stack of its own.
    pub(super) fn is_worth_while(self: &Rc<Self>) -> bool {
        // Nobody else holds it: what those did who are gone says nothing.
        if Rc::strong_count(self) == 1 {
            self.average.set(0);
        }
        self.average.get() <= WORTH
    }
}

/// A fiber's claim to a berth, and what it has on the stack while it is away. It stays where it is in memory once it has moved in.
pub(super) struct Guest {
    berth: Rc<Berth>,
    /// Lowest address of what it has on the stack.
    low: Cell<usize>,
    away: UnsafeCell<Vec<Word>>,
}

impl Guest {
    pub(super) fn new(berth: &Rc<Berth>) -> Self {
        Self {
            berth: berth.clone(),
            low: Cell::new(berth.stack.bounds().1),
            away: UnsafeCell::default(),
        }
    }

    /// The stack it stands on by turns.
    pub(super) fn stack(&self) -> &Rc<Stack> {
        &self.berth.stack
    }

    /// It is about to be left; nothing below `low` belongs to it then.
    #[inline]
    pub(super) fn leave(&self, low: usize) {
        self.low.set(low & !(WORD - 1));
    }

    /// Moves in; who was there before is put away.
    ///
    /// # Panics
    /// When the caller stands on the berth itself: its own frames would be overwritten.
    #[inline]
    pub(super) fn enter(&self) {
        let before = self.berth.occupant.get();
        if ptr::eq(before, self) {
            return;
        }
        let (lowest, top) = self.berth.stack.bounds();
        assert!(
            !(lowest..top).contains(&here()),
            "a berth was entered from itself"
        );
        // SAFETY: an occupant takes itself out of the berth before it is dropped.
        if let Some(before) = unsafe { before.as_ref() } {
            before.put_away(top);
        }
        self.berth.occupant.set(self);
        self.put_back(top);
    }

    fn put_away(&self, top: usize) {
        let low = self.low.get();
        let words = (top - low) / WORD;
        let average = &self.berth.average;
        average.set((average.get() * (COPIES - 1) + words * WORD) / COPIES);
        // SAFETY: guests stay on one thread, and no other reference to the copy lives as long as a call.
        let away = unsafe { &mut *self.away.get() };
        away.clear();
        if away.capacity() < words || away.capacity() - words > 2 * STEP {
            *away = Vec::with_capacity(words.next_multiple_of(STEP));
        }
        // SAFETY: aligned for words, which may be uninitialised, as parts of frames are. The part of the stack from `low` up is
        // mapped, and nobody stands on it now.
        let stack = unsafe { slice::from_raw_parts(low as *const Word, words) };
        away.extend_from_slice(stack);
    }

    fn put_back(&self, top: usize) {
        // SAFETY: as in `put_away`.
        let away = unsafe { &*self.away.get() };
        let low = top - away.len() * WORD;
        // SAFETY: the words go back to where they were taken from, in this stack's own mapping, on which nobody stands now.
        unsafe { ptr::copy_nonoverlapping(away.as_ptr(), low as *mut Word, away.len()) };
    }

    /// Asks for what it will find on the stack.
    #[inline]
    pub(super) fn fetch(&self) {
        if ptr::eq(self.berth.occupant.get(), self) {
            return;
        }
        // SAFETY: as in `put_away`.
        let away = unsafe { &*self.away.get() };
        prefetch::fetch(away.as_ptr() as usize, (away.len() * WORD).min(FETCHED));
    }

    /// Gives up what it has on the stack.
    pub(super) fn vacate(&self) {
        if ptr::eq(self.berth.occupant.get(), self) {
            self.berth.occupant.set(ptr::null());
        }
        // SAFETY: as in `put_away`.
        let away = unsafe { &mut *self.away.get() };
        *away = Vec::new();
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.vacate();
    }
}

impl fmt::Debug for Berth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Berth({:?})", self.stack)
    }
}

#[cfg(all(test, not(sanitized)))]
mod tests {
    use std::cell::RefCell;

    use super::super::{Fiber, Progress, StackPool};
    use super::*;

    const SIZE: usize = 256 * 1024;

    /// A fiber on the pool's berth whose body is handed the fiber itself.
    fn guest(pool: &StackPool, body: impl FnOnce(&Fiber) + 'static) -> Rc<Fiber> {
        let slot: Rc<Cell<*const Fiber>> = Rc::new(Cell::new(ptr::null()));
        let inner = slot.clone();
        let fiber = Fiber::sharing(pool, move || {
            // SAFETY: the test keeps the fiber while it runs.
            body(unsafe { &*inner.get() });
        })
        .expect("a stack");
        slot.set(&raw const *fiber);
        fiber
    }

    /// Goes down some frames, each with bytes of its own and a pointer to those of the frame above, and suspends there.
    #[inline(never)]
    fn descend(fiber: &Fiber, mark: u8, depth: usize, above: &[u8; 100]) {
        let bytes = [mark; 100];
        if depth == 0 {
            for _ in 0..3 {
                fiber.suspend();
                assert_eq!(*std::hint::black_box(&bytes), [mark; 100]);
            }
        } else {
            descend(fiber, mark, depth - 1, &bytes);
        }
        assert_eq!(*std::hint::black_box(above), [mark; 100]);
    }

    #[test]
    fn each_finds_on_the_stack_what_it_left_there() {
        let pool = StackPool::new(SIZE);
        let ended = Rc::new(RefCell::new(Vec::new()));
        let fibers: Vec<_> = (0..20_u8)
            .map(|mark| {
                let ended = ended.clone();
                guest(&pool, move |fiber| {
                    descend(fiber, mark, usize::from(mark) * 7, &[mark; 100]);
                    ended.borrow_mut().push(mark);
                })
            })
            .collect();
        for round in 0..4 {
            // Now in this order, now in that.
            for place in 0..fibers.len() {
                let place = if round % 2 == 0 {
                    place
                } else {
                    fibers.len() - 1 - place
                };
                let expected = if round == 3 {
                    Progress::Finished
                } else {
                    Progress::Suspended
                };
                assert_eq!(fibers[place].resume(), expected);
            }
        }
        for fiber in &fibers {
            fiber.retire(&pool);
        }
        assert_eq!(*ended.borrow(), (0..20).rev().collect::<Vec<u8>>());
        assert_eq!(pool.made(), 0);
    }

    #[test]
    fn leaving_uses_nothing_below_what_is_kept() {
        const PATTERN: u8 = 0xa5;
        let pool = StackPool::new(SIZE);
        let fiber = guest(&pool, |fiber| {
            for _ in 0..2 {
                fiber.suspend();
            }
        });
        assert_eq!(fiber.resume(), Progress::Suspended);
        let low = fiber.guest.get().expect("a guest").low.get();
        let below = low - 4096;
        // SAFETY: a part of the berth's mapping, on which nobody stands now.
        unsafe { ptr::write_bytes(below as *mut u8, PATTERN, low - below) };
        // Up out of `suspend`, and down into it again.
        assert_eq!(fiber.resume(), Progress::Suspended);
        // SAFETY: as above.
        let left = unsafe { slice::from_raw_parts(below as *const u8, low - below) };
        assert!(left.iter().all(|byte| *byte == PATTERN));
        assert_eq!(fiber.resume(), Progress::Finished);
    }

    #[test]
    fn who_runs_twice_in_a_row_is_not_copied() {
        let pool = StackPool::new(SIZE);
        let fibers: Vec<_> = (0..2)
            .map(|_| guest(&pool, |fiber| (0..2).for_each(|_| fiber.suspend())))
            .collect();
        let copied = |place: usize| {
            let guest = fibers[place].guest.get().expect("a guest");
            // SAFETY: nothing else refers to the copy now.
            unsafe { &*guest.away.get() }.len()
        };
        assert_eq!(fibers[0].resume(), Progress::Suspended);
        assert_eq!(fibers[0].resume(), Progress::Suspended);
        assert_eq!(copied(0), 0);
        assert_eq!(fibers[1].resume(), Progress::Suspended);
        assert!(copied(0) > 0);
        assert_eq!(copied(1), 0);
        assert_eq!(fibers[0].resume(), Progress::Finished);
        assert!(copied(1) > 0);
    }

    #[test]
    fn those_who_have_much_on_the_stack_are_soon_not_joined_by_others() {
        let pool = StackPool::new(SIZE);
        let deep: Vec<_> = (0..COPIES + 1)
            .map(|_| guest(&pool, |fiber| descend(fiber, 1, 200, &[1; 100])))
            .collect();
        assert!(deep.iter().all(|fiber| fiber.is_sharing()));
        let resume_all = || deep.iter().map(|fiber| fiber.resume()).collect::<Vec<_>>();
        resume_all();
        let other = guest(&pool, Fiber::suspend);
        assert!(!other.is_sharing());
        assert_eq!(pool.made(), 1);
        for _ in 0..3 {
            resume_all();
        }
        deep.iter().for_each(|fiber| fiber.retire(&pool));
        drop(deep);
        assert!(guest(&pool, |_| ()).is_sharing());
        other.retire(&pool);
    }

    #[test]
    fn whoever_is_given_up_leaves_the_stack_to_others() {
        let pool = StackPool::new(SIZE);
        let held = Rc::new(());
        let (first, second) = (held.clone(), held.clone());
        let begun = guest(&pool, move |fiber| {
            fiber.suspend();
            drop(first);
        });
        let not_begun = guest(&pool, move |_| drop(second));
        assert_eq!(begun.resume(), Progress::Suspended);
        begun.retire(&pool);
        not_begun.retire(&pool);
        // What stood on the stack leaks; what was only going to does not.
        assert_eq!(Rc::strong_count(&held), 2);
        drop((begun, not_begun));
        let ran = Rc::new(Cell::new(false));
        let inner = ran.clone();
        let last = guest(&pool, move |_| inner.set(true));
        assert_eq!(last.resume(), Progress::Finished);
        last.retire(&pool);
        assert!(ran.get());
    }

    #[test]
    fn a_panic_ends_one_and_leaves_the_others() {
        let pool = StackPool::new(SIZE);
        let calm = guest(&pool, |fiber| descend(fiber, 7, 3, &[7; 100]));
        let wild = guest(&pool, |fiber| {
            fiber.suspend();
            std::panic::resume_unwind(Box::new("wild"));
        });
        for fiber in [&calm, &wild, &calm] {
            assert_eq!(fiber.resume(), Progress::Suspended);
        }
        let end = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| wild.resume()));
        assert_eq!(end.expect_err("it panics").downcast_ref(), Some(&"wild"));
        assert_eq!(calm.resume(), Progress::Suspended);
        assert_eq!(calm.resume(), Progress::Finished);
    }

    #[test]
    fn nobody_enters_it_from_itself() {
        let pool = Rc::new(StackPool::new(SIZE));
        let inner = pool.clone();
        let fiber = guest(&pool, move |_| {
            let other = guest(&inner, |_| ());
            let end = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| other.resume()));
            assert!(end.is_err());
        });
        assert_eq!(fiber.resume(), Progress::Finished);
    }
}
