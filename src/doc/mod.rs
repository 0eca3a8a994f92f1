//! The table as text, for people and for their tools.
//!
//! A name is looked up (`find`) and becomes a [`Topic`]; what is known of it (`entry` for operations, `known` for all else,
//! with `note` for what each constant is) becomes a [`Sheet`], blocks without a form; `terminal` prints a sheet in 80 columns. `signature` and `kind` write signatures and types in the dress of Python, Lua and Rhai, and
//! `written` tells of the modules that are scripts themselves (`socketserver`), which no row tells of.
//! `example` has the example of each operation. `names` has the words to complete at a prompt. Files that are generated: `pages`
//! are the reference, with sheets as `markdown` writes them, `luals` and `rhai_defs` types for language servers.

mod entry;
mod example;
mod find;
mod kind;
mod known;
#[cfg(feature = "cli")]
mod luals;
#[cfg(feature = "cli")]
mod markdown;
#[cfg(feature = "cli")]
#[cfg(any(feature = "cli", test))]
pub(crate) mod names;
mod note;
#[cfg(feature = "cli")]
mod pages;
#[cfg(feature = "cli")]
mod rhai_defs;
mod sheet;
mod signature;
mod socketserver;
mod terminal;
#[cfg(test)]
mod tests;
mod written;
#[cfg(feature = "cli")]
mod written_types;

#[cfg(feature = "cli")]
pub(crate) use luals::luals;
#[cfg(feature = "cli")]
pub(crate) use pages::pages;
#[cfg(feature = "cli")]
pub(crate) use rhai_defs::rhai_definitions;
pub(crate) use signature::Dress;

use crate::api::Named;

/// What to print of a name: its entries, or what was probably meant, as an error.
#[cfg(feature = "cli")]
pub(crate) fn entry(name: &str, dress: Dress, colour: bool) -> Result<String, String> {
    let topics = find::topics(name);
    if topics.is_empty() {
        return Err(find::unknown(name));
    }
    Ok(texts(&topics, dress, colour))
}

/// Everything there is, by module and type.
#[cfg(feature = "cli")]
pub(crate) fn contents(colour: bool) -> String {
    terminal::print(&known::contents(), colour)
}

/// What `help(…)` prints in Lua.
#[cfg(feature = "lua")]
pub(crate) fn help_in_lua(subject: &Named) -> String {
    help(subject, Dress::Lua)
}

/// What `help(…)` prints in Rhai.
#[cfg(feature = "rhai")]
pub(crate) fn help_in_rhai(subject: &Named) -> String {
    help(subject, Dress::Rhai)
}

/// Help in a language's dress, without colours.
pub(crate) fn help(subject: &Named, dress: Dress) -> String {
    match find::subject(subject) {
        Ok(topics) => texts(&topics, dress, false),
        Err(text) => terminal::wrapped(&text),
    }
}

fn texts(topics: &[find::Topic], dress: Dress, colour: bool) -> String {
    let texts: Vec<_> = topics
        .iter()
        .map(|topic| terminal::print(&known::sheet(topic, dress), colour))
        .collect();
    texts.join("\n")
}
