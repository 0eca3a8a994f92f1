//! Strings of Lua 5.5 whose bytes are ours: what a receive has brought becomes one without a copy.
//!
//! The bytes lie in a block that is lent to the string and comes back when the collector frees it; a few are kept to be filled
//! again while the processor's cache still has them. Lent blocks count towards what a script may hold, and the collector,
//! which sees only the string's head, is told of each.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::ptr::{self, NonNull};
use std::rc::Rc;

use crate::bytes::Budget;
use crate::net::{Net, Socket};
use crate::sys::errno::Errno;

use super::building::Building;
use super::collecting;
use super::context::Context;
use super::state::State;

/// Blocks that are kept for the next receives.
const KEPT: usize = 8;

/// What stands before a block's bytes: how many there are.
type Head = usize;

/// Blocks of one machine that are not in use. It lives until its last string is gone.
#[derive(Debug)]
pub(super) struct Pool {
    free: RefCell<Vec<Block>>,
    budget: Rc<Budget>,
}

/// Memory that strings can be made of. It has a byte more than its size, for the zero that Lua wants at a string's end.
#[derive(Debug)]
struct Block(NonNull<Head>);

impl Block {
    /// One of so many bytes, if there is memory.
    fn new(size: usize) -> Option<Self> {
        let layout = Self::layout(size)?;
        // SAFETY: the layout is larger than nothing.
        let head = NonNull::new(unsafe { alloc_zeroed(layout) })?.cast::<Head>();
        // SAFETY: the block is new, aligned for its head and larger than that.
        unsafe { head.write(size) };
        Some(Self(head))
    }

    fn layout(size: usize) -> Option<Layout> {
        let (layout, _) = Layout::new::<Head>()
            .extend(Layout::array::<u8>(size.checked_add(1)?).ok()?)
            .ok()?;
        Some(layout)
    }

    fn size(&self) -> usize {
        // SAFETY: the head was written when the block was made, and is never written again.
        unsafe { self.0.read() }
    }

    fn start(&self) -> *mut u8 {
        // SAFETY: the bytes begin where the head ends, within the block.
        unsafe { self.0.add(1) }.as_ptr().cast()
    }

    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: so many bytes follow the head, all of them written since the block was made; nobody else has the block.
        unsafe { std::slice::from_raw_parts_mut(self.start(), self.size()) }
    }

    /// Gives it away as the address of its bytes.
    fn into_start(self) -> *mut u8 {
        let start = self.start();
        std::mem::forget(self);
        start
    }

    /// Takes it back.
    ///
    /// # Safety
    /// The address is one that [`Self::into_start`] gave, and is taken back once.
    unsafe fn from_start(start: *mut u8) -> Option<Self> {
        // SAFETY: the head stands right before the bytes.
        NonNull::new(unsafe { start.cast::<Head>().sub(1) }).map(Self)
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if let Some(layout) = Self::layout(self.size()) {
            // SAFETY: the block was made with this layout, and nobody has it any more.
            unsafe { dealloc(self.0.as_ptr().cast(), layout) };
        }
    }
}

impl Pool {
    pub(super) fn new(net: &Net) -> Rc<Self> {
        Rc::new(Self {
            free: RefCell::new(Vec::with_capacity(KEPT)),
            budget: net.budget().clone(),
        })
    }

    /// A block of at least so many bytes; none where a script may not hold as much more.
    fn block(&self, size: usize) -> Option<Block> {
        if !self.budget.allows(size) {
            return None;
        }
        let last = self.free.borrow_mut().pop();
        // One that is much larger is not held for little.
        last.filter(|block| (size..=size.saturating_mul(2)).contains(&block.size()))
            .or_else(|| Block::new(size))
    }

    /// Keeps a block for the next receive, instead of the oldest where there are enough.
    fn keep(&self, block: Block) {
        let mut free = self.free.borrow_mut();
        if free.len() == KEPT {
            free.swap_remove(0);
        }
        free.push(block);
    }

    /// A string's block comes back, and stays if there is room.
    fn take_back(&self, block: Block) {
        self.budget.recount(block.size(), 0);
        let mut free = self.free.borrow_mut();
        if free.len() < KEPT {
            free.push(block);
        }
    }
}

/// Receives at most `size` bytes on a plain transport and pushes them as a string, where they are likely to be many: how many
/// results there are. None where that is not so.
#[inline]
pub(super) fn receive(
    state: State,
    context: &Context,
    socket: &Socket,
    size: usize,
    flags: c_int,
) -> Option<Result<c_int, Errno>> {
    if !context.net.expects_much(size) {
        return None;
    }
    let mut block = context.blocks.block(size)?;
    match socket.receive_slice_at_once(&mut block.bytes()[..size], flags) {
        Ok(count) => {
            context.net.scratch().note(count);
            push(state, context, block, count);
            Some(Ok(1))
        }
        Err(errno) => {
            context.blocks.keep(block);
            Some(Err(errno))
        }
    }
}

/// Pushes the first bytes of a block as a string: of a block that would be mostly empty a copy.
fn push(state: State, context: &Context, block: Block, count: usize) {
    let pool = &context.blocks;
    let (start, size) = (block.start(), block.size());
    if count < size / 2 {
        pool.keep(block);
        // SAFETY: the pool has the block until the next one is asked for; what comes back meanwhile leaves it there.
        let bytes = unsafe { std::slice::from_raw_parts(start, count) };
        // SAFETY: nothing with a destructor is alive here.
        unsafe { Building::new(state) }.push_bytes(bytes);
        return;
    }
    let end = start.wrapping_add(count);
    // SAFETY: a block has a byte more than its size, and no more than that were received.
    unsafe { end.write(0) };
    pool.budget.recount(0, size);
    let (start, pool) = (block.into_start(), Rc::into_raw(pool.clone()));
    // SAFETY: nothing with a destructor is alive here: block and pool are addresses, of which Lua takes care from here on,
    // even where it has no memory for the string.
    unsafe { Building::new(state) }.push_external(start, count, give_back, pool.cast_mut().cast());
    collecting::tell(state, context, size);
}

/// Lua's word that a string is gone.
unsafe extern "C" fn give_back(pool: *mut c_void, start: *mut c_void, _: usize, _: usize) -> *mut c_void {
    // SAFETY: `push` has handed over a reference for this string, whose bytes these are; Lua says so once.
    let pool = unsafe { Rc::from_raw(pool.cast::<Pool>().cast_const()) };
    // SAFETY: as above.
    let block = unsafe { Block::from_start(start.cast()) };
    if let Some(block) = block {
        pool.take_back(block);
    }
    ptr::null_mut()
}
