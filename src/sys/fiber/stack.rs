//! What fibers stand on: stacks with a guard below, and a pool that keeps them for the next fiber.

use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::num::NonZeroUsize;
use std::ptr;
use std::rc::Rc;

use corosensei::on_stack;
use corosensei::stack::{Stack as RawStack, StackPointer};

use super::super::errno::{Errno, Result};
use super::berth::Berth;

/// Bytes below every stack that no access may touch: an overflow faults instead of writing into a neighbour.
const GUARD: usize = 64 * 1024;
/// Stack tops differ by multiples of a cache line, so that the hot ends of many stacks do not share cache sets.
const COLOUR: usize = 64;
/// Colours before they repeat: 512 bytes of the first page at most.
const COLOURS: usize = 8;
/// `MADV_GUARD_INSTALL` (Linux 6.13, `asm-generic/mman-common.h`): guards without a mapping of their own.
#[cfg(linux)]
const MADV_GUARD_INSTALL: i32 = 102;

/// Bytes of a stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Extent {
    /// What a fiber may count on.
    pub(crate) usable: usize,
    /// What it has below that and is not told of: for native code that calls itself and does not ask how much is left.
    pub(crate) reserve: usize,
}

impl Extent {
    /// Without a reserve, which takes addresses where these are limited, and which a sanitizer would have to keep books on.
    fn plain(self) -> Self {
        Self { reserve: 0, ..self }
    }

    /// One that serves both.
    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            usable: self.usable.max(other.usable),
            reserve: self.reserve.max(other.reserve),
        }
    }

    fn length(self) -> usize {
        GUARD + self.reserve + self.usable
    }
}

impl From<usize> for Extent {
    fn from(usable: usize) -> Self {
        Self { usable, reserve: 0 }
    }
}

/// Address space for one fiber's stack; memory is committed as it is touched.
pub(crate) struct Stack {
    bottom: NonZeroUsize,
    extent: Extent,
    colour: usize,
}

impl Stack {
    pub(super) fn new(extent: Extent, colour: usize) -> Result<Self> {
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
                extent.length(),
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
            extent,
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
        unsafe { libc::madvise(usable, self.extent.length() - GUARD, libc::MADV_DONTNEED) };
    }

    /// Lowest address of the reserve, and top.
    pub(super) fn bounds(&self) -> (usize, usize) {
        (self.bottom.get() + GUARD, self.top())
    }

    /// Bytes above the lowest address that are kept in reserve.
    pub(super) fn reserve(&self) -> usize {
        self.extent.reserve
    }

    fn top(&self) -> usize {
        self.bottom.get() + self.extent.length()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: this stack's own mapping, made by `new`; its fiber is done or was abandoned for good.
        unsafe { libc::munmap(self.bottom.get() as *mut _, self.extent.length()) };
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

/// Does something on a stack of its own, or where it is if there is none to be had.
#[cfg_attr(
    not(any(feature = "lua", feature = "rhai")),
    allow(dead_code, reason = "no scripts")
)]
pub(crate) fn elsewhere<R>(extent: Extent, work: impl FnOnce() -> R) -> R {
    match Stack::new(extent, 0) {
        Ok(stack) => on_stack(stack, work),
        Err(_) => work(),
    }
}

/// What a fiber stands on.
#[derive(Debug)]
pub(super) enum Footing {
    /// A stack of its own.
    Own(Stack),
    /// One on which others stand, too, by turns.
    Shared(Rc<Stack>),
}

impl Footing {
    #[inline]
    fn stack(&self) -> &Stack {
        match self {
            Self::Own(stack) => stack,
            Self::Shared(stack) => stack,
        }
    }
}

// SAFETY: either is a stack as above, which stays where it is.
unsafe impl RawStack for Footing {
    #[inline]
    fn base(&self) -> StackPointer {
        self.stack().base()
    }

    #[inline]
    fn limit(&self) -> StackPointer {
        self.stack().limit()
    }
}

/// Stacks that are not in use, kept for the next fiber, which gets the one that came back last.
#[derive(Debug)]
pub(crate) struct StackPool {
    extent: Cell<Extent>,
    /// Whether one was made with it.
    is_tried: Cell<bool>,
    pub(super) free: RefCell<Vec<Stack>>,
    /// How many of them, from the longest unused on, have given their memory back.
    pub(super) trimmed: Cell<usize>,
    made: Cell<usize>,
    /// The one that fibers share.
    berth: OnceCell<Rc<Berth>>,
}

/// Stacks that keep their touched memory while they wait for reuse; beyond this many the longest unused gives it back.
pub(super) const WARM: usize = 64;
/// Stacks whose address space is kept for reuse.
const KEPT: usize = 4096;

impl StackPool {
    /// A pool of such stacks.
    pub(crate) fn new(extent: impl Into<Extent>) -> Self {
        Self {
            extent: Cell::new(extent.into()),
            is_tried: Cell::new(false),
            free: RefCell::default(),
            trimmed: Cell::new(0),
            made: Cell::new(0),
            berth: OnceCell::new(),
        }
    }

    /// The stack that fibers share, made when the first does.
    pub(super) fn berth(&self) -> Result<&Rc<Berth>> {
        if let Some(berth) = self.berth.get() {
            return Ok(berth);
        }
        let berth = Rc::new(Berth::new(self.make(0)?));
        Ok(self.berth.get_or_init(|| berth))
    }

    #[inline]
    pub(super) fn take(&self) -> Result<Stack> {
        let mut free = self.free.borrow_mut();
        if let Some(stack) = free.pop() {
            self.trimmed.set(self.trimmed.get().min(free.len()));
            return Ok(stack);
        }
        drop(free);
        let made = self.made.get();
        self.made.set(made.wrapping_add(1));
        self.make(made)
    }

    /// A new stack. Where the first finds no addresses for its reserve none has one; later nobody who may count on it gets a stack without.
    fn make(&self, colour: usize) -> Result<Stack> {
        let extent = self.extent.get();
        let is_first = !self.is_tried.replace(true);
        match Stack::new(extent, colour) {
            Err(_) if is_first && extent.reserve > 0 => {
                self.extent.set(extent.plain());
                Stack::new(extent.plain(), colour)
            }
            made => made,
        }
    }

    #[inline]
    pub(super) fn give(&self, stack: Stack) {
        let mut free = self.free.borrow_mut();
        if stack.extent != self.extent.get() || free.len() >= KEPT {
            return;
        }
        free.push(stack);
        let trimmed = self.trimmed.get();
        if free.len() - trimmed > WARM {
            free[trimmed].trim();
            self.trimmed.set(trimmed + 1);
        }
    }

    /// How many stacks it has made.
    #[cfg(test)]
    pub(crate) fn made(&self) -> usize {
        self.made.get()
    }
}
