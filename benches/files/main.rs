//! How fast scripts read lines and send files: `cargo bench --bench files`.
//!
//! As in `limits`, every time is taken by a process of its own that runs one loop and prints how long it took, and a
//! ratio compares two times of one round. Lines are held against CPython: 1,000,000
//! different lines of 40 and of 64 bytes, off a TCP connection, by `for line in f`. Files are held against sendfile(2) as a C program
//! calls it: 1 GiB over loopback, until the reader has read it all. The other ends are this program itself. Nothing is pinned:
//! reader and writer have a core each where there are two.
//!
//! It fails when something cannot be run, never because something is slow.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints its table"
)]

#[allow(dead_code, reason = "it serves the other bench too")]
#[path = "../limits/contest.rs"]
mod contest;
#[path = "../limits/loopback.rs"]
mod loopback;
mod raw;
#[allow(dead_code, reason = "it serves the other bench too")]
#[path = "../limits/table.rs"]
mod table;

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use contest::peers::{LUA, NODE, PYTHON, Peer};
use contest::{Answering, Contestant, compete};
use table::Table;

/// Times each contestant runs; a ratio is the median of as many.
const ROUNDS: usize = 9;
/// Bytes of a line, its end included. Lua keeps each string of up to 40 bytes once only, for which it looks at every byte: 40 are
/// what takes it longest. Others keep any string by itself.
const LENGTHS: [usize; 2] = [40, 64];
/// What lines are held against.
const PYTHON_LINES: &[Peer] = &[("CPython", PYTHON, "lines.py", &[])];
/// What else reads lines.
const LINES: &[Peer] = &[
    ("LuaSocket", LUA, "lines_luasocket.lua", &[]),
    ("cqueues", LUA, "lines_cqueues.lua", &[]),
    ("node", NODE, "lines_node.js", &[]),
];

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let outcome = match words.next().as_deref() {
        Some(raw::WORD) => raw::run(words),
        _ => bench(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("files: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> io::Result<()> {
    loopback::settle();
    println!("Medians of {ROUNDS} rounds [smallest..largest]. A ratio of 1 is what it is held against.\n");
    let mut table = Table::begin();
    for length in LENGTHS {
        lines(&mut table, length)?;
    }
    send_file(&mut table)
}

fn lines(table: &mut Table, length: usize) -> io::Result<()> {
    let length = length.to_string();
    let peer = Answering::start(raw(["lines", &length]))?;
    let count = raw::LINES.to_string();
    let words = [peer.port(), &count, &length];
    let Some(limit) = contest::peers_of(PYTHON_LINES, &words).pop() else {
        println!("Lines are missing from the table: there is nothing to hold them against.");
        return Ok(());
    };
    let mut scripts =
        vec![Contestant::new("Lua, for line in f:lines()", script("lines.lua", words)?).with_target(0.75)];
    if cfg!(feature = "rhai") {
        scripts.push(Contestant::new(
            "Rhai, for line in f.lines()",
            script("lines.rhai", words)?,
        ));
    }
    scripts.push(Contestant::new(
        "Lua, f:lines() of text",
        script("lines.lua", [words[0], words[1], words[2], "text"])?,
    ));
    table.heading(&format!(
        "A line of {length} bytes off a makefile, against CPython's for line in f"
    ));
    scripts.extend(contest::peers_of(LINES, &words));
    table.race(raw::LINES, &compete(limit.into(), scripts, ROUNDS)?);
    Ok(())
}

fn send_file(table: &mut Table) -> io::Result<()> {
    let file = File::make(raw::BYTES)?;
    let peer = Answering::start(raw(["sink"]))?;
    let words = [peer.port(), &file.0.to_string_lossy()];
    let limit = raw(["sendfile", words[0], words[1]]);
    let mut scripts = vec![Contestant::new("Lua", script("sendfile.lua", words)?).with_target(0.95)];
    if cfg!(feature = "rhai") {
        scripts.push(Contestant::new("Rhai", script("sendfile.rhai", words)?).with_target(0.95));
    }
    scripts.push(Contestant::new(
        "Lua beside another task",
        script("sendfile.lua", [words[0], words[1], "beside"])?,
    ));
    table.heading("A MiB of sendfile, 1 GiB over loopback, against sendfile(2)");
    let mebibytes = u32::try_from(raw::BYTES >> 20).unwrap_or(1);
    table.race(mebibytes, &compete(limit, scripts, ROUNDS)?);
    Ok(())
}

/// A file that is gone when this is.
struct File(PathBuf);

impl File {
    fn make(length: u64) -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("wirescript-bench-{}", std::process::id()));
        let file = Self(path);
        std::fs::File::create(&file.0)?.set_len(length)?;
        // Whoever reads it first would have the system bring it into memory.
        io::copy(&mut std::fs::File::open(&file.0)?, &mut io::sink())?;
        Ok(file)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // What cannot be removed stays in the folder for temporary files.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// This program as limit or peer.
fn raw<'a>(words: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_default());
    command.arg(raw::WORD).args(words);
    command
}

/// A script of this folder, in the language of its ending.
fn script<'a>(name: &str, words: impl IntoIterator<Item = &'a str>) -> io::Result<Command> {
    let wirescript = option_env!("CARGO_BIN_EXE_wirescript")
        .filter(|_| cfg!(feature = "cli"))
        .ok_or_else(|| io::Error::other("there is no command to measure: add the feature cli"))?;
    let mut command = Command::new(wirescript);
    command.arg(beside(name)).args(words);
    Ok(command)
}

/// A file of this folder.
fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("benches/files")
        .join(name)
}
