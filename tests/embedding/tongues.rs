//! The same thing said in every language that is compiled in.

use wirescript::{Builder, Runtime};

/// For each language a builder, and which of the two texts it reads.
pub(crate) fn said(lua: &'static str, rhai: &'static str) -> Vec<(Builder, &'static str)> {
    let _ = (lua, rhai);
    vec![
        #[cfg(feature = "lua")]
        (Runtime::builder().lua(), lua),
        #[cfg(feature = "rhai")]
        (Runtime::builder().rhai(), rhai),
    ]
}
