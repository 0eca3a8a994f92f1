//! How much is read of what a script passes.

use mlua::ffi;

use super::context::Context;
use super::state::State;

/// Most items that are read for one call, tables within tables included.
const MOST_ITEMS: usize = 1 << 20;

/// What may still be read of the arguments of one call, all together: one table may stand there, and within itself, any number of times.
pub(super) struct Allowance {
    pub(super) items: usize,
    /// Bytes of strings within tables, which are copied.
    pub(super) bytes: usize,
}

impl Allowance {
    pub(super) fn new(context: &Context) -> Self {
        Self {
            items: MOST_ITEMS,
            bytes: context.net.memory_limit(),
        }
    }

    /// For the host, which may read all that a script holds.
    pub(super) fn for_host(state: State, context: &Context) -> Self {
        /// Bytes that an item of a table takes at least.
        const ITEM: usize = 8;
        let kib = usize::try_from(state.collector(ffi::LUA_GCCOUNT)).unwrap_or(0);
        Self {
            items: MOST_ITEMS.max(kib.saturating_mul(1024 / ITEM)),
            ..Self::new(context)
        }
    }
}
