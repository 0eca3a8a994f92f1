//! Modules whose text the host gives.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::MODULES;
use crate::error::{Error, Result};

use super::Runtime;

/// Texts by the names of their modules.
pub(super) type Texts = BTreeMap<String, Arc<[u8]>>;

impl Runtime {
    /// Gives the scripts a module out of memory, no file and no policy asked: Lua finds it by `require "name"`, Rhai by
    /// `import "name" as name`. It is run when a script first asks for it. Given again, it is what scripts find that ask from
    /// then on; those that have the older one keep it. Workers that start later have it too, where they speak the same
    /// language.
    ///
    /// # Errors
    /// `SyntaxError` with the place; `ValueError` for the name of a module that is there anyway; `MemoryError`.
    ///
    /// ```
    /// use wirescript::Runtime;
    ///
    /// # #[cfg(feature = "lua")] {
    /// let mut lua = Runtime::builder().lua().build()?;
    /// lua.add_module("rules", "return {limit = 8}")?;
    /// assert_eq!(lua.eval::<i64>("require('rules').limit")?, 8);
    /// # }
    /// # #[cfg(feature = "rhai")] {
    /// let mut rhai = Runtime::builder().rhai().build()?;
    /// rhai.add_module("rules", "export const LIMIT = 8; fn double(x) { 2 * x }")?;
    /// assert_eq!(rhai.eval::<i64>("import \"rules\" as rules; rules::double(rules::LIMIT)")?, 16);
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn add_module(&mut self, name: &str, source: impl AsRef<[u8]>) -> Result<()> {
        if MODULES.iter().any(|module| module.name == name) || name == "socketserver" {
            return Err(Error::value(format!(
                "'{name}' is one of the modules that are there anyway: give yours another name"
            )));
        }
        let source = source.as_ref();
        self.language()?.add_module(name, source)?;
        self.school
            .texts
            .borrow_mut()
            .insert(name.to_owned(), source.into());
        Ok(())
    }
}
