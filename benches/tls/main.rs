//! How near TLS in scripts comes to plain rustls: `cargo bench --bench tls`.
//!
//! The limit is this program itself: rustls over blocking sockets for bytes, over one thread and epoll(7) for handshakes, as
//! in `servers`. Bytes: a process of its own sends or takes 512 MiB and prints how long it took, the peer is the same for all.
//! Handshakes: a server on a core of its own, the clients on the other; they verify nothing, so that the server is what is
//! measured, and nothing is resumed. A ratio compares two figures of one round.
//!
//! Last, a thousand handshakes at once on one thread, both sides of each, beside two tasks that want a turn every
//! millisecond: how late they get it. `cargo bench --bench tls -- bytes` does one part (`bytes`, `handshakes`, `turns`).
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
#[path = "../servers/epoll.rs"]
mod epoll;
mod identity;
mod load;
#[path = "../limits/loopback.rs"]
mod loopback;
mod raw;
#[path = "../servers/server.rs"]
#[allow(dead_code, reason = "it serves the other bench too")]
mod server;
#[path = "../limits/table.rs"]
#[allow(dead_code, reason = "it serves the other benches too")]
mod table;

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use contest::peers::{NODE, PYTHON, Peer};
use contest::{Answering, Contestant, Spread, compete};
use identity::Identity;
use server::Server;
use table::Table;

/// Times each contestant runs; a ratio is the median of as many.
const ROUNDS: usize = 7;
/// What other languages have for bytes.
const PEERS: &[Peer] = &[
    ("CPython", PYTHON, "tls.py", &[]),
    ("node", NODE, "tls_node.js", &[]),
];
/// Handshakes at once where it is asked how late others get their turn.
const AT_ONCE: &str = "1000";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let outcome = match words.first().map(String::as_str) {
        Some(raw::WORD) => raw::run(&words[1..]),
        _ => bench(&words),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tls: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench(words: &[String]) -> io::Result<()> {
    loopback::settle();
    let all = words.is_empty();
    let does = |word: &str| all || words.iter().any(|other| other == word);
    // Asked before anything is pinned.
    let cores = affinity::cores()?;
    if cores.len() < 2 {
        println!("One core only: both sides share it, so the rates say little.");
    }
    let identity = Identity::make()?;
    println!("Medians of {ROUNDS} rounds [smallest..largest]. A ratio of 1 is plain rustls.\n");
    if does("bytes") {
        bytes(&identity)?;
    }
    if does("handshakes") {
        handshakes(&identity)?;
    }
    if does("turns") {
        turns(&identity)?;
    }
    Ok(())
}

/// The languages, with the endings of their scripts.
fn languages() -> impl Iterator<Item = (&'static str, &'static str)> {
    let rhai = cfg!(feature = "rhai").then_some(("Rhai", "rhai"));
    std::iter::once(("Lua", "lua")).chain(rhai)
}

fn bytes(identity: &Identity) -> io::Result<()> {
    let mut table = Table::begin();
    for (way, peer, heading) in [
        ("send", "sink", "A MiB sent by sendall, 64 KiB at a time"),
        ("take", "source", "A MiB taken by recv, 64 KiB at a time"),
    ] {
        let peer = Answering::start(raw([peer, identity.path()]))?;
        let count = raw::MEBIBYTES.to_string();
        let words = [way, identity.path(), peer.port(), &count];
        let mut scripts = languages()
            .map(|(name, ending)| {
                Ok(Contestant::new(name, script(&format!("bytes.{ending}"), words)?).with_target(0.9))
            })
            .collect::<io::Result<Vec<_>>>()?;
        scripts.extend(contest::peers_of(PEERS, &words));
        table.heading(heading);
        table.race(raw::MEBIBYTES, &compete(raw(words), scripts, ROUNDS)?);
    }
    Ok(())
}

fn handshakes(identity: &Identity) -> io::Result<()> {
    println!("\nFull handshakes of TLS 1.3 (ECDSA P-256), 32 connections at a time, a byte and back");
    println!(
        "  {:<10} {:>9} {:>7}  {:<14} {:>7}   {:>9} {:>7}  {:<14}",
        "", "a second", "ratio", "spread", "target", "cpu us", "ratio", "spread"
    );
    let mut contestants = vec![("limit", raw(["server", identity.path()]))];
    for (name, ending) in languages() {
        contestants.push((name, script(&format!("server.{ending}"), [identity.path()])?));
    }
    let mut samples: Vec<Vec<load::Sample>> = contestants.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for ((name, command), samples) in contestants.iter_mut().zip(&mut samples) {
            let server = Server::start(command)?;
            let sample =
                load::handshakes(&server).map_err(|error| io::Error::other(format!("{name}: {error}")))?;
            samples.push(sample);
        }
    }
    for ((name, _), own) in contestants.iter().zip(&samples) {
        let of = |value: fn(&load::Sample) -> f64| Spread::of(own.iter().map(value)).median;
        let against = |value: fn(&load::Sample) -> f64| {
            Spread::of(
                own.iter()
                    .zip(&samples[0])
                    .map(|(own, limit)| value(own) / value(limit)),
            )
        };
        let (rate, time) = (against(|sample| sample.rate), against(|sample| sample.processor));
        println!(
            "  {name:<10} {:>9.0} {:>7.3}  {:<14} {:>7}   {:>9.1} {:>7.3}  {:<14}",
            of(|sample| sample.rate),
            rate.median,
            rate.ends(2),
            if *name == "limit" { "-" } else { ">= 0.90" },
            of(|sample| sample.processor * 1e6),
            time.median,
            time.ends(2),
        );
    }
    Ok(())
}

/// How late others get their turn while a thousand shake hands.
fn turns(identity: &Identity) -> io::Result<()> {
    println!(
        "\n{AT_ONCE} handshakes at once on one thread, both sides of each: the latest turns of others, ms"
    );
    println!(
        "  {:<10} {:<22} {:<22} {:>8}   {:>10}",
        "", "sleep(0.001)", "a byte and back", "target", "handshakes/s"
    );
    for (name, ending) in languages() {
        let (mut runs, mut processor) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let mut command = script(&format!("turns.{ending}"), [identity.path(), AT_ONCE])?;
            let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let numbers: Vec<f64> = text
                .split_whitespace()
                .filter_map(|word| word.parse().ok())
                .collect();
            let (&[sleeper, asker, rate], used) = numbers
                .split_first_chunk()
                .ok_or_else(|| io::Error::other(format!("{command:?} printed {text:?}")))?;
            runs.push((sleeper * 1e3, asker * 1e3, rate));
            processor.extend(used.iter().map(|seconds| seconds * 1e3));
        }
        let sleeper = Spread::of(runs.iter().map(|run| run.0));
        let asker = Spread::of(runs.iter().map(|run| run.1));
        let shown = |spread: Spread| format!("{:.1} {}", spread.median, spread.ends(1));
        println!(
            "  {name:<10} {:<22} {:<22} {:>8}   {:>10.0}",
            shown(sleeper),
            shown(asker),
            "<= 20",
            Spread::of(runs.iter().map(|run| run.2)).median
        );
        // Lua alone can ask for it.
        if !processor.is_empty() {
            println!(
                "  {:<10} {} of the processor time in either",
                "",
                shown(Spread::of(processor))
            );
        }
    }
    Ok(())
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
        .join("benches/tls")
        .join(name)
}
