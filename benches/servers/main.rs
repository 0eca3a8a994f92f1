//! How near servers come to one that nothing stands in the way of: `cargo bench --bench servers`.
//!
//! A server and its clients, a core each. The limit is this program itself: one thread and epoll(7). Scripts are run by the
//! `wirescript` command, and beside them what is installed of their peers: CPython by hand, with selectors, asyncio, uvloop and
//! threads; node; luv, cqueues and copas (`benches/peers/setup` installs them). A round runs each server once, anew, and a ratio
//! compares two servers of one round. Last, what a second worker brings where answers take a calculation.
//!
//! The clients are as busy as the server, so the rate depends on both; the server's processor time for a request is the
//! steadier figure. `cargo bench --bench servers -- echo` does one part (`echo`, `idle`, `accept`, `workers`), `-- echo 1000` with
//! so many connections, `-- alone` leaves the peers out, `-- load 1000 5 PROGRAM ARG…` keeps one server busy for a profiler.
//!
//! It fails when something cannot be run, never because something is slow.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints its table"
)]

#[path = "../limits/affinity.rs"]
#[allow(dead_code, reason = "it serves the other bench too")]
mod affinity;
#[path = "../limits/contest.rs"]
#[allow(dead_code, reason = "it serves the other benches too")]
mod contest;
mod epoll;
mod limit;
mod load;
#[path = "../limits/loopback.rs"]
mod loopback;
mod server;
mod workers;

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use contest::Spread;
use contest::peers::{LUA, NODE, PYTHON, Peer};
use server::Server;

/// Times each server runs; a figure is the median of as many.
const ROUNDS: usize = 7;
/// Other languages and libraries.
const PEERS: &[Peer] = &[
    ("CPython, epoll by hand", PYTHON, "echo_epoll.py", &[]),
    ("CPython, selectors", PYTHON, "echo_selectors.py", &[]),
    ("CPython, asyncio", PYTHON, "echo_asyncio.py", &[]),
    ("CPython, uvloop", PYTHON, "echo_asyncio.py", &["uvloop"]),
    ("CPython, ThreadingTCPServer", PYTHON, "echo_threads.py", &[]),
    ("node", NODE, "echo_node.js", &[]),
    ("luv", LUA, "echo_luv.lua", &[]),
    ("cqueues", LUA, "echo_cqueues.lua", &[]),
    ("copas", LUA, "echo_copas.lua", &[]),
];
/// Those of them that accept and close.
const ACCEPTING: &[Peer] = &[
    ("CPython", PYTHON, "accept.py", &[]),
    ("LuaSocket", LUA, "accept_luasocket.lua", &[]),
    ("luaposix", LUA, "accept_luaposix.lua", &[]),
    ("cqueues", LUA, "accept_cqueues.lua", &[]),
    ("luv", LUA, "accept_luv.lua", &[]),
    ("node", NODE, "accept_node.js", &[]),
];
/// Times a peer runs.
const PEER_ROUNDS: usize = 3;
/// The greatest ratio of latencies that will do.
const MOST_P99: f64 = 1.5;
/// How long the requests of a run count.
const LENGTH: Duration = Duration::from_millis(1000);

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let outcome = match words.first().map(String::as_str) {
        Some(limit::WORD) => limit::run(words.into_iter().skip(1)),
        Some("load") => one(&words[1..]),
        _ => bench(&words),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("servers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench(words: &[String]) -> io::Result<()> {
    loopback::settle();
    let cores = affinity::cores()?;
    if cores.len() < 2 {
        println!("One core only: server and clients share it, so the rates say little.");
    }
    let said = |word: &str| words.iter().any(|other| other == word);
    let all = !["echo", "idle", "accept", "workers"]
        .iter()
        .any(|word| said(word));
    let mut contestants = contestants()?;
    if !said("alone") && (all || said("echo") || said("idle")) {
        contestants.extend(installed());
    }
    println!(
        "Medians of {ROUNDS} rounds, of {PEER_ROUNDS} for peers [smallest..largest]. A ratio of 1 is the limit.\n"
    );
    if all || said("echo") {
        let counts: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
        for (place, connections) in [100, 1_000, 5_000].into_iter().enumerate() {
            if counts.is_empty() || counts.contains(&connections) {
                echo(&mut contestants, connections, place)?;
            }
        }
    }
    if all || said("idle") {
        idle(&mut contestants)?;
    }
    if all || said("accept") {
        accept(!said("alone"))?;
    }
    if all || said("workers") {
        workers::bench(&working()?)?;
    }
    Ok(())
}

/// One server under load: for a profiler.
fn one(words: &[String]) -> io::Result<()> {
    loopback::settle();
    let [connections, seconds, program, arguments @ ..] = words else {
        return Err(io::Error::other("usage: load CONNECTIONS SECONDS PROGRAM [ARG…]"));
    };
    let number = |word: &str| {
        word.parse()
            .map_err(|_| io::Error::other(format!("{word:?} is no number")))
    };
    let server = Server::start(Command::new(program).args(arguments))?;
    let length = Duration::from_secs(number(seconds)?);
    let sample = load::echo(server, usize::try_from(number(connections)?).unwrap_or(0), length)?;
    println!(
        "{:.0} requests/s, p99 {:.2} ms, {:.2} us of the processor for each",
        sample.rate,
        sample.p99 * 1e3,
        sample.processor * 1e6
    );
    Ok(())
}

/// What serves, and what is wanted of it.
struct Contestant {
    name: String,
    echo: Command,
    rounds: usize,
    /// The smallest ratios of rates that will do, with 100, 1,000 and 5,000 connections.
    rates: Option<[f64; 3]>,
    /// The greatest ratios of processor time that will do.
    times: Option<[f64; 3]>,
    /// Kibibytes a connection may have.
    memory: Option<f64>,
}

/// The command with a script of this folder.
fn script(name: &str) -> io::Result<Command> {
    let wirescript = option_env!("CARGO_BIN_EXE_wirescript").filter(|_| cfg!(feature = "cli"));
    let mut command = Command::new(
        wirescript.ok_or_else(|| io::Error::other("there is no command to measure: add the feature cli"))?,
    );
    command.arg(beside(name));
    Ok(command)
}

/// The servers that calculate.
fn working() -> io::Result<Vec<(&'static str, Command)>> {
    let mut list = vec![("Lua", script("work.lua")?)];
    if cfg!(feature = "rhai") {
        list.push(("Rhai", script("work.rhai")?));
    }
    Ok(list)
}

/// The limit: this program itself.
fn limit(what: &str) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args([limit::WORD, what]);
    Ok(command)
}

fn contestants() -> io::Result<Vec<Contestant>> {
    let mut list = vec![
        Contestant {
            name: "limit".into(),
            echo: limit("echo")?,
            rounds: ROUNDS,
            rates: None,
            times: None,
            memory: None,
        },
        Contestant {
            name: "Lua".into(),
            echo: script("echo.lua")?,
            rounds: ROUNDS,
            rates: Some([0.93, 0.90, 0.88]),
            times: Some([1.10, 1.15, 1.25]),
            memory: Some(8.0),
        },
    ];
    if cfg!(feature = "rhai") {
        list.push(Contestant {
            name: "Rhai".into(),
            echo: script("echo.rhai")?,
            rounds: ROUNDS,
            rates: Some([0.72, 0.70, 0.60]),
            times: None,
            memory: Some(16.0),
        });
    }
    Ok(list)
}

/// What is installed of the peers.
fn installed() -> impl Iterator<Item = Contestant> {
    let peers = contest::peers::installed(PEERS, |echo| Server::start(echo).is_ok()).into_iter();
    peers.map(|(name, echo)| Contestant {
        name,
        echo,
        rounds: PEER_ROUNDS,
        rates: None,
        times: None,
        memory: None,
    })
}

/// Messages of 64 bytes and back.
fn echo(contestants: &mut [Contestant], connections: usize, place: usize) -> io::Result<()> {
    println!("\nEcho of 64 bytes, {connections} connections");
    println!(
        "  {:<46} {:>10} {:>7}  {:<14} {:>7}   {:>8} {:>7} {:>7}  {:>9} {:>7} {:>7}",
        "",
        "requests/s",
        "ratio",
        "spread",
        "target",
        "p99 ms",
        "ratio",
        "target",
        "cpu us",
        "ratio",
        "target"
    );
    let mut samples: Vec<Vec<load::Sample>> = contestants.iter().map(|_| Vec::new()).collect();
    for round in 0..ROUNDS {
        for (contestant, samples) in contestants.iter_mut().zip(&mut samples) {
            if round < contestant.rounds {
                let server = Server::start(&mut contestant.echo)?;
                match load::echo(server, connections, LENGTH) {
                    Ok(sample) => samples.push(sample),
                    // Some peers cannot hold so many: copas and its select end at 1,024 descriptors.
                    Err(error) if contestant.rounds == PEER_ROUNDS && samples.is_empty() => {
                        println!("  {} cannot: {error}", contestant.name);
                        contestant.rounds = 0;
                    }
                    Err(error) => return Err(named(&contestant.name, &error)),
                }
            }
        }
    }
    let limits = samples[0].clone();
    let measured = contestants.iter().zip(&samples);
    for (contestant, samples) in measured.filter(|(_, samples)| !samples.is_empty()) {
        let of = |value: fn(&load::Sample) -> f64| Spread::of(samples.iter().map(value));
        let against = |value: fn(&load::Sample) -> f64| {
            Spread::of(
                samples
                    .iter()
                    .zip(&limits)
                    .map(|(sample, limit)| value(sample) / value(limit)),
            )
        };
        let rate = against(|sample| sample.rate);
        println!(
            "  {:<46} {:>10.0} {:>7.3}  {:<14} {:>7}   {:>8.2} {:>7.2} {:>7}  {:>9.2} {:>7.3} {:>7}",
            contestant.name,
            of(|sample| sample.rate).median,
            rate.median,
            rate.ends(2),
            contestant
                .rates
                .map_or("-".into(), |rates| format!("{:.2}", rates[place])),
            of(|sample| sample.p99 * 1e3).median,
            against(|sample| sample.p99).median,
            contestant.rates.map_or("-".into(), |_| format!("{MOST_P99:.2}")),
            of(|sample| sample.processor * 1e6).median,
            against(|sample| sample.processor).median,
            contestant
                .times
                .map_or("-".into(), |times| format!("{:.2}", times[place])),
        );
    }
    Ok(())
}

/// What a connection costs that has been served and stays.
fn idle(contestants: &mut [Contestant]) -> io::Result<()> {
    println!("\nMemory of a connection (bytes of its own the process has more), and how many were held");
    for contestant in contestants {
        let counts: &[usize] = if contestant.memory.is_some() {
            &[10_000, 15_000]
        } else {
            &[10_000]
        };
        for &count in counts {
            // The interpreter of threads would need as many threads.
            if contestant.name.contains("Threading") {
                continue;
            }
            let server = Server::start(&mut contestant.echo)?;
            let (each, streams) = match load::idle(&server, count) {
                Ok(held) => held,
                Err(error) if contestant.memory.is_none() => {
                    println!("  {} cannot: {error}", contestant.name);
                    continue;
                }
                Err(error) => return Err(named(&contestant.name, &error)),
            };
            println!(
                "  {:<46} {:>7} connections {:>7.1} KiB each   {}",
                contestant.name,
                streams.len(),
                each / 1024.0,
                contestant
                    .memory
                    .map_or(String::new(), |most| format!("target <= {most:.0}")),
            );
        }
    }
    Ok(())
}

/// Connections accepted and closed.
fn accept(peers: bool) -> io::Result<()> {
    const CYCLES: u32 = 10_000;
    println!("\nAccept and close: the server's processor time for one");
    let mut servers = vec![
        ("limit".to_owned(), limit("accept")?),
        ("Lua".to_owned(), script("accept.lua")?),
    ];
    if cfg!(feature = "rhai") {
        servers.push(("Rhai".to_owned(), script("accept.rhai")?));
    }
    let own = servers.len();
    if peers {
        servers.extend(contest::peers::installed(ACCEPTING, |server| {
            Server::start(server).is_ok()
        }));
    }
    let mut times: Vec<Vec<f64>> = servers.iter().map(|_| Vec::new()).collect();
    for round in 0..ROUNDS {
        let all = if round < PEER_ROUNDS { servers.len() } else { own };
        for ((name, command), times) in servers[..all].iter_mut().zip(&mut times) {
            let server = Server::start(command)?;
            times.push(load::accept(&server, CYCLES).map_err(|error| named(name, &error))?);
        }
    }
    for (place, ((name, _), own_times)) in servers.iter().zip(&times).enumerate() {
        let ratio = Spread::of(own_times.iter().zip(&times[0]).map(|(time, limit)| time / limit));
        println!(
            "  {name:<46} {:>7.2} us {:>7.3}  {:<14} {}",
            Spread::of(own_times.iter().map(|time| time * 1e6)).median,
            ratio.median,
            ratio.ends(2),
            if (1..own).contains(&place) {
                "target <= 1.20"
            } else {
                ""
            },
        );
    }
    Ok(())
}

fn named(name: &str, error: &io::Error) -> io::Error {
    io::Error::other(format!("{name}: {error}"))
}

/// A file of this folder.
fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("benches/servers")
        .join(name)
}
