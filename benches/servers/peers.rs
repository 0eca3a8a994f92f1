//! The peers that are installed: servers in other languages and libraries, `benches/peers`.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::server::Server;

/// Name, programs that may run it (the first that can does), file, arguments.
type Peer = (
    &'static str,
    &'static [&'static str],
    &'static str,
    &'static [&'static str],
);

// Debian's own build is the faster one where a pyenv stands beside it.
const PYTHON: &[&str] = &["/usr/bin/python3", "python3"];
const LUA: &[&str] = &["luajit", "lua5.4", "lua5.1", "lua"];
const PEERS: &[Peer] = &[
    ("CPython, epoll by hand", PYTHON, "echo_epoll.py", &[]),
    ("CPython, selectors", PYTHON, "echo_selectors.py", &[]),
    ("CPython, asyncio", PYTHON, "echo_asyncio.py", &[]),
    ("CPython, uvloop", PYTHON, "echo_asyncio.py", &["uvloop"]),
    ("CPython, ThreadingTCPServer", PYTHON, "echo_threads.py", &[]),
    ("node", &["node"], "echo_node.js", &[]),
    ("luv", LUA, "echo_luv.lua", &[]),
    ("cqueues", LUA, "echo_cqueues.lua", &[]),
    ("copas", LUA, "echo_copas.lua", &[]),
];

/// Every peer that runs here, with its name; tells of the others.
pub(crate) fn installed() -> Vec<(String, Command)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers");
    let mut list = Vec::new();
    for (name, programs, file, arguments) in PEERS {
        let command = |program: &str| {
            let mut command = Command::new(program);
            command
                .arg(folder.join(file))
                .args(*arguments)
                .stderr(Stdio::null());
            command
        };
        let found = programs
            .iter()
            .find(|program| Server::start(&mut command(program)).is_ok());
        match found {
            Some(program) => list.push((format!("({name}, {})", short(program)), command(program))),
            None => println!("{name} is missing: benches/peers/setup installs it."),
        }
    }
    list
}

/// A program's name without its folder.
fn short(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}
