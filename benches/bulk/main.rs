//! How near a script that moves much data comes to the system calls alone: `cargo bench --bench bulk`.
//!
//! A server sends or receives on one connection in chunks of 64 KiB, on a core of its own; this program is the other side, on
//! another, and counts. The limit is this program itself. A round runs each server once, anew. Who receives is the faster side and
//! sleeps now and then: there the server's processor time for a chunk says more than the rate.
//!
//! It fails when something cannot be run, never because something is slow.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints its table"
)]

#[path = "../limits/affinity.rs"]
#[allow(dead_code, reason = "it serves the other benches too")]
mod affinity;
#[path = "../limits/contest.rs"]
#[allow(dead_code, reason = "it serves the other benches too")]
mod contest;
mod limit;
#[path = "../limits/loopback.rs"]
mod loopback;
#[path = "../servers/server.rs"]
#[allow(dead_code, reason = "it serves the other bench too")]
mod server;

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use contest::Spread;
use contest::peers::{LUA, NODE, PYTHON, Peer};
use server::Server;

/// Bytes of a chunk.
const CHUNK: usize = 65_536;
/// Times each server runs; a figure is the median of as many. Rounds differ by a fifth, so it takes many short ones.
const ROUNDS: usize = 75;
/// Other languages and libraries.
const PEERS: &[Peer] = &[
    ("CPython", PYTHON, "bulk.py", &[]),
    ("LuaSocket", LUA, "bulk_luasocket.lua", &[]),
    ("node", NODE, "bulk_node.js", &[]),
];
/// Peers take part in one round of so many.
const PEER_ROUNDS: usize = 5;
/// How long it runs before it counts, and how long it counts.
const WARM_UP: Duration = Duration::from_millis(50);
const LENGTH: Duration = Duration::from_millis(150);

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let outcome = match words.next().as_deref() {
        Some(limit::WORD) => limit::run(words),
        _ => bench(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bulk: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What is wanted of a server: the smallest ratio of rates, or the greatest of processor time.
enum Target {
    Rate(f64),
    Time(f64),
}

struct Contestant {
    name: String,
    program: PathBuf,
    arguments: Vec<OsString>,
    /// Whether it is no program of this package.
    is_peer: bool,
}

impl Contestant {
    fn command(&self, way: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(way).stderr(Stdio::null());
        command
    }
}

fn bench() -> io::Result<()> {
    loopback::settle();
    let of_peers = ROUNDS / PEER_ROUNDS;
    println!(
        "Medians of {ROUNDS} rounds, of {of_peers} for peers [smallest..largest]. A ratio of 1 is the limit."
    );
    let contestants = contestants()?;
    for way in ["send", "recv", "recv_into"] {
        contest(way, &contestants)?;
    }
    Ok(())
}

fn contestants() -> io::Result<Vec<Contestant>> {
    let wirescript = option_env!("CARGO_BIN_EXE_wirescript").filter(|_| cfg!(feature = "cli"));
    let wirescript = PathBuf::from(
        wirescript.ok_or_else(|| io::Error::other("there is no command to measure: add the feature cli"))?,
    );
    let own = |name: &str, program: PathBuf, argument: OsString| Contestant {
        name: name.to_owned(),
        program,
        arguments: vec![argument],
        is_peer: false,
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/bulk");
    let mut list = vec![
        own("limit", std::env::current_exe()?, limit::WORD.into()),
        own("Lua", wirescript.clone(), folder.join("bulk.lua").into()),
    ];
    if cfg!(feature = "rhai") {
        list.push(own("Rhai", wirescript, folder.join("bulk.rhai").into()));
    }
    for (name, command) in contest::peers::installed(PEERS, |peer| Server::start(peer.arg("send")).is_ok()) {
        list.push(Contestant {
            name,
            program: command.get_program().into(),
            arguments: command.get_args().map(OsString::from).collect(),
            is_peer: true,
        });
    }
    Ok(list)
}

/// What is wanted of a language at one of the ways.
fn target(name: &str, way: &str) -> Option<Target> {
    match (name, way) {
        ("Lua", "send") | ("Lua" | "Rhai", "recv_into") => Some(Target::Rate(0.98)),
        ("Rhai", "send") => Some(Target::Rate(0.93)),
        ("Lua", "recv") => Some(Target::Time(1.45)),
        ("Rhai", "recv") => Some(Target::Time(1.20)),
        _ => None,
    }
}

/// Chunks a second, and the server's seconds of the processor for each.
#[derive(Clone, Copy)]
struct Sample {
    rate: f64,
    time: f64,
}

fn contest(way: &str, contestants: &[Contestant]) -> io::Result<()> {
    println!("\n{way} of 64 KiB chunks");
    println!(
        "  {:<30} {:>9} {:>7}  {:<14} {:>7}   {:>9} {:>7}  {:<14} {:>7}",
        "", "chunks/s", "ratio", "", "target", "cpu us", "ratio", "", "target"
    );
    let has_way =
        |name: &str| way != "recv_into" || !["(LuaSocket", "(node"].iter().any(|peer| name.starts_with(peer));
    let contestants: Vec<_> = contestants
        .iter()
        .filter(|contestant| has_way(&contestant.name))
        .collect();
    let mut samples: Vec<Vec<Sample>> = contestants.iter().map(|_| Vec::new()).collect();
    for round in 0..ROUNDS {
        for (contestant, samples) in contestants.iter().zip(&mut samples) {
            if contestant.is_peer && round % PEER_ROUNDS != 0 {
                continue;
            }
            let server = Server::start(&mut contestant.command(way))?;
            let sample = measure(&server, way)
                .map_err(|error| io::Error::other(format!("{}: {error}", contestant.name)))?;
            samples.push(sample);
        }
    }
    let limits = samples[0].clone();
    for (contestant, samples) in contestants.iter().zip(&samples) {
        let step = if contestant.is_peer { PEER_ROUNDS } else { 1 };
        let ratio = |value: fn(&Sample) -> f64| {
            Spread::of(
                samples
                    .iter()
                    .zip(limits.iter().step_by(step))
                    .map(|(sample, limit)| value(sample) / value(limit)),
            )
        };
        let (rate, time) = (ratio(|sample| sample.rate), ratio(|sample| sample.time));
        let (least, most) = match target(&contestant.name, way) {
            Some(Target::Rate(least)) => (format!("{least:.2}"), "-".into()),
            Some(Target::Time(most)) => ("-".into(), format!("{most:.2}")),
            None => ("-".into(), "-".into()),
        };
        println!(
            "  {:<30} {:>9.0} {:>7.3}  {:<14} {least:>7}   {:>9.2} {:>7.3}  {:<14} {most:>7}",
            contestant.name,
            Spread::of(samples.iter().map(|sample| sample.rate)).median,
            rate.median,
            rate.ends(2),
            Spread::of(samples.iter().map(|sample| sample.time * 1e6)).median,
            time.median,
            time.ends(2),
        );
    }
    Ok(())
}

/// Lets a reader sleep until a whole chunk is there: else the server pays for waking it, once or several times a chunk, and how
/// often depends on a few nanoseconds between two calls.
#[allow(unsafe_code, reason = "std and socket2 lack this option")]
fn await_whole_chunks(stream: &TcpStream) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    let least = libc::c_int::try_from(CHUNK).map_err(io::Error::other)?;
    let size = libc::socklen_t::try_from(size_of_val(&least)).map_err(io::Error::other)?;
    let value = (&raw const least).cast();
    // SAFETY: the pointer and the size are those of `least`, which outlives the call.
    let done = unsafe {
        libc::setsockopt(
            stream.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_RCVLOWAT,
            value,
            size,
        )
    };
    if done == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Is the other side of a server for a while.
fn measure(server: &Server, way: &str) -> io::Result<Sample> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port()))?;
    if way == "send" {
        await_whole_chunks(&stream)?;
    }
    let mut buffer = vec![b'b'; 4 * CHUNK];
    let mut counting: Option<(Instant, f64)> = None;
    let mut moved = 0_usize;
    let begin = Instant::now();
    loop {
        let length = if way == "send" {
            stream.read(&mut buffer)?
        } else {
            stream.write(&buffer[..CHUNK])?
        };
        if length == 0 {
            return Err(io::Error::other("the server closed the connection"));
        }
        moved += length;
        let now = Instant::now();
        match counting {
            None if now - begin >= WARM_UP => {
                counting = Some((now, server.processor_time()?));
                moved = 0;
            }
            Some((since, used)) if now - since >= LENGTH => {
                let chunks = f64::from(u32::try_from(moved / CHUNK).unwrap_or(u32::MAX)).max(1.0);
                return Ok(Sample {
                    rate: chunks / (now - since).as_secs_f64(),
                    time: (server.processor_time()? - used) / chunks,
                });
            }
            _ => {}
        }
    }
}
