//! How near scripts come to raw system calls: `cargo bench --bench limits`.
//!
//! Every time in the table is taken by a process of its own, which runs one loop and prints how long it took: the
//! limit is this program itself, doing the work with `libc` alone (`raw`); a script is run by the `wirescript` command,
//! as its users run it; what is installed of the peers (`benches/peers`) runs the same loop. A round runs each of them once, so that what the
//! machine does meanwhile falls on all of them, and a ratio compares two times of one round. Everything, echo peers too,
//! is pinned to one core: waking another would cost more than what is measured.
//!
//! It fails when something cannot be run, never because something is slow.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints its table"
)]

mod affinity;
mod contest;
mod loopback;
mod raw;
mod switch;
mod table;
mod traced;

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use contest::peers::{LUA, NODE, PYTHON, Peer};
use contest::{Answering, Contestant, compete};
use table::Table;

/// Times each contestant runs; a ratio is the median of as many.
const ROUNDS: usize = 17;
/// What other languages and libraries have for a round trip.
const PING_PONG: &[Peer] = &[
    ("CPython", PYTHON, "pingpong.py", &[]),
    ("LuaSocket", LUA, "pingpong_luasocket.lua", &[]),
    ("luaposix", LUA, "pingpong_luaposix.lua", &[]),
    ("cqueues", LUA, "pingpong_cqueues.lua", &[]),
    ("luv", LUA, "pingpong_luv.lua", &[]),
    ("node", NODE, "pingpong_node.js", &[]),
];
/// The same for a socket pair.
const SOCKET_PAIR: &[Peer] = &[
    ("CPython", PYTHON, "socketpair.py", &[]),
    ("luaposix", LUA, "socketpair_luaposix.lua", &[]),
    ("cqueues", LUA, "socketpair_cqueues.lua", &[]),
];

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let outcome = match words.next().as_deref() {
        Some(raw::WORD) => raw::run(words),
        Some(traced::WORD) => traced::run(words),
        Some("trace") => trace_alone(),
        _ => bench(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("limits: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> io::Result<()> {
    loopback::settle();
    let place = match affinity::pin()? {
        Some(core) => format!("everything on core {core}"),
        None => "not pinned: this system has no sched_setaffinity, so latencies say little".into(),
    };
    println!("Medians of {ROUNDS} rounds [smallest..largest], {place}. A ratio of 1 is the limit.\n");
    let cast = Cast::find()?;
    let mut table = Table::begin();
    ping_pong(&cast, &mut table)?;
    recorded(&cast, &mut table)?;
    socket_pair(&cast, &mut table)?;
    costs(&cast, &mut table)?;
    if !cfg!(feature = "rhai") {
        println!("\nRhai is missing from the table: the feature rhai is off.");
    }
    Ok(())
}

/// One byte to an echo peer and back, over loopback.
fn ping_pong(cast: &Cast, table: &mut Table) -> io::Result<()> {
    const ROUND_TRIPS: u32 = 20_000;
    let peer = Answering::start(cast.raw(["echo"]))?;
    let lua_peer = Answering::start(cast.script("echo.lua", [""; 0]))?;
    let near = [peer.port(), &ROUND_TRIPS.to_string()];
    let far = [lua_peer.port(), &ROUND_TRIPS.to_string()];

    let limit = cast.raw(["pingpong", near[0], near[1]]);
    let mut scripts = vec![
        Contestant::new("Lua", cast.script("pingpong.lua", near)).with_target(0.97),
        Contestant::new("Lua at both ends", cast.script("pingpong.lua", far)),
    ];
    #[cfg(feature = "rhai")]
    scripts.push(Contestant::new("Rhai", cast.script("pingpong.rhai", near)).with_target(0.92));
    scripts.extend(contest::peers_of(PING_PONG, &near));

    table.heading("TCP round trip of 1 byte over loopback");
    table.race(ROUND_TRIPS, &compete(limit, scripts, ROUNDS)?);
    Ok(())
}

/// The same by Lua, recorded and not: the limit is the run that is not recorded. Rounds are many, as little is to be seen.
fn recorded(cast: &Cast, table: &mut Table) -> io::Result<()> {
    const ROUND_TRIPS: u32 = 20_000;
    let cores = affinity::cores()?;
    let own = cores.last().copied().unwrap_or(0);
    let other = cores.first().copied().unwrap_or(0);
    let peer = Answering::start(cast.raw(["echo"]))?;
    let trace = std::env::temp_dir().join(format!("wirescript-limits-{}", std::process::id()));
    let run = |other: usize, to: &Path| {
        let mut command = Command::new(&cast.myself);
        command.arg(traced::WORD).arg(beside("pingpong.lua"));
        command.args([own.to_string(), other.to_string()]).arg(to);
        command.args([peer.port(), &ROUND_TRIPS.to_string()]);
        command
    };
    let scripts = vec![
        Contestant::new("trace off, again", run(own, Path::new("-"))),
        Contestant::new("trace on", run(other, &trace)).with_target(0.97),
        Contestant::new("trace on, all on one core", run(own, &trace)),
    ];
    table.heading("The same by Lua, against itself with no trace");
    let results = compete(run(own, Path::new("-")), scripts, 3 * ROUNDS);
    let _ = std::fs::remove_file(&trace);
    table.race(ROUND_TRIPS, &results?);
    Ok(())
}

/// Only what recording costs: `cargo bench --bench limits trace`.
fn trace_alone() -> io::Result<()> {
    affinity::pin()?;
    recorded(&Cast::find()?, &mut Table::begin())
}

/// One byte in at one end of a Unix socket pair and out at the other, in one thread.
fn socket_pair(cast: &Cast, table: &mut Table) -> io::Result<()> {
    const BYTES: u32 = 200_000;
    let count = [&*BYTES.to_string()];

    let limit = cast.raw(["socketpair", count[0]]);
    let mut scripts = vec![Contestant::new("Lua", cast.script("socketpair.lua", count)).with_target(0.83)];
    #[cfg(feature = "rhai")]
    scripts.push(Contestant::new("Rhai", cast.script("socketpair.rhai", count)).with_target(0.62));
    scripts.extend(contest::peers_of(SOCKET_PAIR, &count));

    table.heading("Unix socketpair, send 1 byte + recv 1 byte");
    table.race(BYTES, &compete(limit, scripts, ROUNDS)?);
    Ok(())
}

/// What has no system call to be compared with: times of its own, and what they may be at most.
fn costs(cast: &Cast, table: &mut Table) -> io::Result<()> {
    const SCRIPTED: u32 = 50_000;
    const SWITCHES: u32 = 1_000_000;
    let times = SCRIPTED.to_string();
    let script = |name: &str| cast.script(name, [&*times]);

    table.heading("Inside");
    for (name, command, count, most) in [
        (
            "error raised and caught",
            script("raise.lua"),
            SCRIPTED,
            Some(600.0),
        ),
        (
            "empty task spawned and joined",
            script("spawn.lua"),
            SCRIPTED,
            Some(1500.0),
        ),
        ("turn of a task (sleep(0))", script("turn.lua"), SCRIPTED, None),
        (
            "fiber switch",
            cast.raw(["switch", &SWITCHES.to_string()]),
            SWITCHES,
            Some(50.0),
        ),
    ] {
        table.cost(name, count, &contest::times(command, ROUNDS)?, most);
    }
    println!(
        "\nFiber switch: a fiber entered until it leaves again, of two in turn; src/sys/fiber.rs itself, compiled into\n\
         this bench, on stacks as Lua's tasks have them. Turn of a task: the same through scheduler, timers and Lua."
    );
    Ok(())
}

/// The programs that run the loops.
struct Cast {
    myself: PathBuf,
    wirescript: PathBuf,
}

impl Cast {
    fn find() -> io::Result<Self> {
        // Without the feature an older build of the command may still lie there.
        let wirescript = option_env!("CARGO_BIN_EXE_wirescript")
            .filter(|_| cfg!(feature = "cli"))
            .map(PathBuf::from)
            .ok_or_else(|| io::Error::other("there is no command to measure: add the feature cli"))?;
        Ok(Self {
            myself: std::env::current_exe()?,
            wirescript,
        })
    }

    /// This program as the limit.
    fn raw<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(&self.myself);
        command.arg(raw::WORD).args(words);
        command
    }

    /// A script of this folder, in the language of its ending.
    fn script<'a>(&self, name: &str, words: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(&self.wirescript);
        command.arg(beside(name)).args(words);
        command
    }
}

/// A file of this folder.
fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("benches/limits")
        .join(name)
}
