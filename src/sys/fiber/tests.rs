//! Fibers with a stack of their own; `berth` tests those that share one.

use super::stack::WARM;
use super::*;
use std::cell::{OnceCell, RefCell};
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
fn a_new_fiber_has_the_stack_that_came_back_last() {
    let pool = StackPool::new(256 * 1024);
    let fibers: Vec<_> = (0..WARM + 6)
        .map(|_| Fiber::new(&pool, || ()).expect("a stack"))
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
    let last = Fiber::new(&pool, || ()).expect("a stack");
    assert_eq!(last.bounds.get(), fibers[made - 1].bounds.get());
    assert_eq!(last.resume(), Progress::Finished);
    last.retire(&pool);
    let taken: Vec<_> = (0..=WARM).map(|_| pool.take().expect("a stack")).collect();
    assert_eq!(pool.trimmed.get(), made - taken.len());
}

#[test]
fn a_fiber_repeats_its_body_on_one_stack() {
    let pool = StackPool::new(256 * 1024);
    let slot: Rc<Cell<*const Fiber>> = Rc::new(Cell::new(ptr::null()));
    let (runs, inner) = (Rc::new(Cell::new(0)), slot.clone());
    let count = runs.clone();
    let fiber = Fiber::repeating(&pool, move || {
        count.set(count.get() + 1);
        if count.get() == 2 {
            // SAFETY: the test keeps the fiber alive while it runs.
            unsafe { &*inner.get() }.suspend();
        }
    })
    .expect("a stack");
    slot.set(&raw const *fiber);
    assert_eq!(fiber.resume(), Progress::Finished);
    fiber.repeat();
    assert_eq!(fiber.resume(), Progress::Suspended);
    assert_eq!(fiber.resume(), Progress::Finished);
    assert!(fiber.is_repeating());
    assert_eq!((runs.get(), pool.made(), pool.free.borrow().len()), (2, 1, 0));
    fiber.retire(&pool);
    assert_eq!((runs.get(), Rc::strong_count(&runs)), (2, 1));
    assert_eq!(pool.free.borrow().len(), 1);
}

#[test]
#[should_panic(expected = "off its own fiber")]
fn suspending_off_the_fiber_is_refused() {
    let pool = StackPool::new(256 * 1024);
    let fiber = Fiber::new(&pool, Box::new(|| ())).expect("a stack");
    fiber.suspend();
}

#[test]
fn a_reserve_lies_below_what_is_told_of() {
    // More than there are addresses for: it is done without.
    for reserve in [0, 64 << 20, 1 << 60] {
        let pool = StackPool::new(Extent {
            usable: 256 * 1024,
            reserve,
        });
        let fiber = Rc::new(OnceCell::<Rc<Fiber>>::new());
        let (inside, seen) = (fiber.clone(), Rc::new(Cell::new((0, false))));
        let told = seen.clone();
        let made = Fiber::new(&pool, move || {
            let me = inside.get().expect("it was set");
            let deep = if reserve == 64 << 20 && !cfg!(sanitized) {
                deeper(8 << 20)
            } else {
                0
            };
            told.set((me.remaining_stack().expect("on the fiber") + deep, me.is_here()));
        })
        .expect("a stack");
        let _ = fiber.set(made.clone());
        while made.resume() != Progress::Finished {}
        let (left, is_here) = seen.get();
        assert!(is_here && (200 << 10..=256 << 10).contains(&left), "{left}");
    }
    if !cfg!(sanitized) {
        let room = Extent {
            usable: 1 << 20,
            reserve: 64 << 20,
        };
        assert_eq!(elsewhere(room, || deeper(8 << 20)), 0);
    }
}

/// Goes down so many bytes and comes back with nothing.
fn deeper(bytes: usize) -> usize {
    let frame = std::hint::black_box([0_u8; 4096]);
    match bytes.checked_sub(frame.len()) {
        Some(left) => std::hint::black_box(deeper(left)) + usize::from(frame[0]),
        None => 0,
    }
}
