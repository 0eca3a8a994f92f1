//! The languages a runtime can speak, of those that are compiled in.

use crate::sys::fiber::Extent;

/// The languages a runtime can speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Speech {
    #[cfg(feature = "lua")]
    Lua,
    #[cfg(feature = "rhai")]
    Rhai,
}

impl Speech {
    /// The number of a list's first place.
    pub(super) const fn first_place(self) -> usize {
        match self {
            #[cfg(feature = "lua")]
            Self::Lua => 1,
            #[cfg(feature = "rhai")]
            Self::Rhai => 0,
        }
    }

    /// The language of this name, if it is compiled in.
    #[cfg(feature = "cli")]
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            #[cfg(feature = "lua")]
            "lua" => Some(Self::Lua),
            #[cfg(feature = "rhai")]
            "rhai" => Some(Self::Rhai),
            _ => None,
        }
    }

    /// Every language that is compiled in.
    pub(super) const ALL: &[Self] = &[
        #[cfg(feature = "lua")]
        Self::Lua,
        #[cfg(feature = "rhai")]
        Self::Rhai,
    ];

    /// The stack that its tasks need.
    pub(super) const fn stack(self) -> Extent {
        match self {
            #[cfg(feature = "lua")]
            Self::Lua => crate::script::lua::STACK,
            #[cfg(feature = "rhai")]
            Self::Rhai => crate::script::rhai::STACK,
        }
    }
}

/// The language of a runtime whose builder names none.
pub(super) fn default_speech() -> Option<Speech> {
    #[cfg(feature = "lua")]
    return Some(Speech::Lua);
    #[cfg(all(feature = "rhai", not(feature = "lua")))]
    return Some(Speech::Rhai);
    #[cfg(not(any(feature = "lua", feature = "rhai")))]
    return None;
}
