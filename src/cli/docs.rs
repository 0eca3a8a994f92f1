//! `wirescript doc`: the reference in the terminal, and the files that are made of it.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::Path;

use crate::doc::{self, Dress};

use super::args::Lang;
use super::complain;
use super::status::{FAILURE, SUCCESS, USAGE};

const HELP: &str = "\
usage: wirescript doc                   everything scripts can call
       wirescript doc NAME              one of it: socket.recv, recv, task, SO_REUSEADDR, OSError
       wirescript doc --luals           types for Lua's language servers
       wirescript doc --rhai-defs       definitions for Rhai's language server
       wirescript doc --markdown DIR    the reference as pages
With --rhai a name is told of as Rhai has it.
";

/// Does what the words after `doc` ask for.
pub(super) fn run(words: &[OsString], lang: Option<Lang>) -> u8 {
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let words: Vec<_> = words.iter().map(|word| &**word).collect();
    let (rhai, words): (Vec<_>, Vec<_>) = words.into_iter().partition(|word| *word == "--rhai");
    let dress = match lang {
        Some(Lang::Rhai) => Dress::Rhai,
        None if !rhai.is_empty() => Dress::Rhai,
        Some(Lang::Lua) | None => Dress::Lua,
    };
    match words[..] {
        [] => write(&doc::contents(is_colourful())),
        _ if words.iter().any(|word| ["-h", "--help"].contains(word)) => write(HELP),
        ["--luals"] => write(&doc::luals()),
        ["--rhai-defs"] => write(&doc::rhai_definitions()),
        ["--markdown", folder] => match write_pages(Path::new(folder)) {
            Ok(()) => SUCCESS,
            Err(error) => {
                complain(&format!("cannot write {folder}: {}", super::why(&error)));
                FAILURE
            }
        },
        [name] if !name.starts_with('-') => match doc::entry(name, dress, is_colourful()) {
            Ok(text) => write(&text),
            Err(text) => {
                complain(&text);
                FAILURE
            }
        },
        _ => {
            complain(HELP.trim_end());
            USAGE
        }
    }
}

/// Whether a person looks who wants colours: <https://no-color.org>.
fn is_colourful() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
    std::io::stdout().is_terminal() && !set("NO_COLOR") && !dumb
}

fn write(text: &str) -> u8 {
    super::print(text.as_bytes())
}

/// Writes the reference's pages into a folder.
fn write_pages(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (name, text) in doc::pages() {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(())
}
