//! The limit: the same calculation in the engine as it comes, in this program itself. No runtime, no hook, no alarm.

use std::io;
use std::path::Path;

/// The first argument of this program where it is the limit.
pub(crate) const WORD: &str = "plain";

/// Before the script's name: Rhai with a hook at every step that does nothing, the only way it has to be stopped.
pub(crate) const HOOKED: &str = "hooked";

/// Runs a script to its end.
pub(crate) fn run(mut words: impl Iterator<Item = String>) -> io::Result<()> {
    let first = words.next();
    let hooked = first.as_deref() == Some(HOOKED);
    let path = if hooked { words.next() } else { first };
    let path = path.ok_or_else(|| io::Error::other("no script"))?;
    let source = std::fs::read_to_string(&path)?;
    let told: Result<(), String> = match Path::new(&path).extension().and_then(|ending| ending.to_str()) {
        #[cfg(feature = "rhai")]
        Some("rhai") => in_rhai(&source, hooked),
        _ => in_lua(&source),
    };
    told.map_err(io::Error::other)
}

fn in_lua(source: &str) -> Result<(), String> {
    let lua = mlua::Lua::new();
    lua.load(source).exec().map_err(|error| error.to_string())
}

#[cfg(feature = "rhai")]
fn in_rhai(source: &str, hooked: bool) -> Result<(), String> {
    let mut engine = rhai::Engine::new();
    engine.set_max_expr_depths(0, 0);
    if hooked {
        engine.on_progress(|_| None);
    }
    engine.run(source).map_err(|error| error.to_string())
}
