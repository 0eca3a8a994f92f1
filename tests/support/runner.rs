//! Running the built command on scripts, and what must hold however a script goes wrong.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::support::{Finished, LIMIT, Running};

/// The built command.
pub(crate) const WIRESCRIPT: &str = env!("CARGO_BIN_EXE_wirescript");

/// What a run of the command gave.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The command with these arguments.
pub(crate) fn command(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(WIRESCRIPT);
    command.args(arguments);
    command
}

/// The command with these arguments, in a process that may have `kilobytes` of addresses and no more.
pub(crate) fn capped(kilobytes: u32, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            r#"ulimit -v "$0" && exec "$@""#,
            &kilobytes.to_string(),
            WIRESCRIPT,
        ])
        .args(arguments);
    command
}

/// Runs a command to its end, which must be an exit.
pub(crate) fn tell(command: &mut Command) -> Told {
    ended(Running::start(command).finish(LIMIT), &format!("{command:?}"))
}

/// Runs the command with these arguments.
pub(crate) fn run(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Told {
    tell(&mut command(arguments))
}

/// Runs a piece of code.
pub(crate) fn eval(code: &str) -> Told {
    run(["-e", code])
}

/// What a program that has ended gave. It exited by itself, in time, and without a word of Rust's own.
pub(crate) fn ended(done: Finished, what: &str) -> Told {
    let Some(status) = done.status else {
        panic!("{what} did not end within {LIMIT:?}\n{}", shortened(&done.stderr));
    };
    let Some(code) = status.code() else {
        panic!(
            "{what} was ended by signal {:?}\n{}",
            status.signal(),
            shortened(&done.stderr)
        );
    };
    for word in [
        "panicked at",
        "stack backtrace",
        "RUST_BACKTRACE",
        "bug in wirescript",
    ] {
        assert!(
            !done.stderr.contains(word),
            "{what}: a panic shows\n{}",
            shortened(&done.stderr)
        );
    }
    Told {
        status: code,
        stdout: done.stdout,
        stderr: done.stderr,
    }
}

impl Told {
    /// The first line of what was said on stderr.
    pub(crate) fn complaint(&self) -> &str {
        self.stderr.lines().next().unwrap_or_default()
    }
}

/// An empty folder for one test.
pub(crate) fn room(name: &str) -> PathBuf {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("rooms")
        .join(env!("CARGO_CRATE_NAME"))
        .join(name);
    // The room of an earlier run; usually there is none.
    let _ = fs::remove_dir_all(&room);
    fs::create_dir_all(&room).unwrap_or_else(|error| panic!("cannot make {}: {error}", room.display()));
    room
}

/// Writes a file into a folder.
pub(crate) fn write(folder: &Path, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    path
}

/// The parts a text must have, in this order.
pub(crate) fn in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some(at) = rest.find(part) else {
            panic!("{part:?} is not in what follows, or not there:\n{rest}\nall of it:\n{text}");
        };
        rest = &rest[at + part.len()..];
    }
}

/// The beginning of a long text.
fn shortened(text: &str) -> String {
    text.lines()
        .take(12)
        .map(|line| format!("    | {line}\n"))
        .collect()
}
