//! The example of each operation: the same few lines in Lua and in Rhai, what they print, and the Python where it prints the
//! same.
//!
//! They stand in Markdown beside this file (`examples/`), a section for each operation or for several that are best shown
//! together: three languages side by side read better there than as string literals in the rows, and one section may
//! serve several rows. `tests/reference.rs` runs every one of them.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::api::Op;

use super::signature::{self, Dress};

/// An example of one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Example {
    pub(crate) lua: &'static str,
    pub(crate) rhai: &'static str,
    /// What both print.
    pub(crate) prints: &'static str,
}

/// Every page of examples.
const PAGES: &[&str] = &[
    include_str!("examples/open.md"),
    include_str!("examples/transfer.md"),
    include_str!("examples/socket.md"),
    include_str!("examples/names.md"),
    include_str!("examples/select.md"),
    #[cfg(feature = "tls")]
    include_str!("examples/ssl.md"),
    include_str!("examples/task.md"),
    include_str!("examples/worker.md"),
    include_str!("examples/testing.md"),
    include_str!("examples/file.md"),
    include_str!("examples/program.md"),
    include_str!("examples/buffer.md"),
    include_str!("examples/data.md"),
    include_str!("examples/packet.md"),
    include_str!("examples/tube.md"),
    include_str!("examples/errors.md"),
];

/// The example of an operation, if it has one.
pub(crate) fn of(op: &Op) -> Option<Example> {
    static ALL: OnceLock<HashMap<&'static str, Example>> = OnceLock::new();
    let path = signature::path(op, Dress::Lua);
    ALL.get_or_init(|| PAGES.iter().copied().flat_map(read).collect())
        .get(&*path)
        .copied()
}

/// Every name a page has an example for.
#[cfg(test)]
pub(super) fn names() -> Vec<&'static str> {
    PAGES
        .iter()
        .copied()
        .flat_map(read)
        .map(|(name, _)| name)
        .collect()
}

/// The sections of a page: `## socket:recv, socket:send`, and below it fenced blocks by language; the one without a
/// language is what is printed.
fn read(page: &'static str) -> Vec<(&'static str, Example)> {
    let mut found = Vec::new();
    for section in page.split("\n## ").skip(1) {
        let (heading, body) = section.split_once('\n').unwrap_or((section, ""));
        let example = Example {
            lua: fenced(body, "```lua\n"),
            rhai: fenced(body, "```rhai\n"),
            prints: fenced(body, "```\n"),
        };
        found.extend(heading.split(", ").map(|name| (name.trim(), example)));
    }
    found
}

/// The text of the first block that opens with this fence.
fn fenced(body: &'static str, fence: &str) -> &'static str {
    let mut rest = body;
    // Fences close as a block without a language opens, so they are taken two by two.
    while let Some(start) = rest.find("```") {
        let block = &rest[start..];
        let Some((first, inside)) = block.split_once('\n') else {
            break;
        };
        let Some(end) = inside.find("```") else { break };
        if first == fence.trim_end() {
            return &inside[..end];
        }
        rest = &inside[end + 3..];
    }
    ""
}
