//! The cost of entering a fiber and leaving it.
//!
//! Fibers are no part of the library's surface, so the file that makes them is compiled into this bench as it stands:
//! what is measured is the code the scheduler runs, its checks and its stacks included.

use std::cell::{Cell, OnceCell};
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use fiber::{Fiber, StackPool};

// Their tests are compiled out, what only these import is not.
#[path = "../../src/sys/errno.rs"]
#[allow(
    unsafe_code,
    dead_code,
    unused_imports,
    reason = "a file of src/sys, where unsafe is at home; fibers need little of it"
)]
mod errno;
#[path = "../../src/sys/fiber/mod.rs"]
#[allow(
    unsafe_code,
    dead_code,
    unused_imports,
    reason = "a file of src/sys, where unsafe is at home; only switches are measured"
)]
mod fiber;
#[path = "../../src/sys/prefetch.rs"]
#[allow(unsafe_code, dead_code, reason = "a file of src/sys, where unsafe is at home")]
mod prefetch;

/// As `script::lua::STACK_SIZE`.
const STACK_SIZE: usize = 1024 * 1024;

/// Enters two fibers in turn, `count` times in all. Each time one is entered and leaves again: what it takes to get
/// from one task to another.
pub(crate) fn run(count: u32) -> io::Result<Duration> {
    let pool = StackPool::new(STACK_SIZE);
    let done = Rc::new(Cell::new(false));
    let fibers = [restless(&pool, &done)?, restless(&pool, &done)?];
    let turn = || {
        for fiber in fibers.iter().filter_map(|fiber| fiber.get()) {
            fiber.resume();
        }
    };
    turn();
    let start = Instant::now();
    for _ in 0..count / 2 {
        turn();
    }
    let time = start.elapsed();
    done.set(true);
    turn();
    for fiber in fibers.iter().filter_map(|fiber| fiber.get()) {
        fiber.retire(&pool);
    }
    Ok(time)
}

/// A fiber that leaves whenever it is entered, until all is done.
fn restless(pool: &StackPool, done: &Rc<Cell<bool>>) -> io::Result<Rc<OnceCell<Rc<Fiber>>>> {
    let slot: Rc<OnceCell<Rc<Fiber>>> = Rc::default();
    let (inner, done) = (slot.clone(), done.clone());
    let body = move || {
        while !done.get() {
            if let Some(fiber) = inner.get() {
                fiber.suspend();
            }
        }
    };
    let fiber = Fiber::new(pool, Box::new(body)).map_err(|errno| io::Error::from_raw_os_error(errno.0))?;
    let _ = slot.set(fiber);
    Ok(slot)
}
