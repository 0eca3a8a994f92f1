//! What a policy costs: `cargo bench --bench policy`.
//!
//! The same loops run by a runtime that may do everything and by one under twenty rules, in turn; the difference of the two
//! medians is what judging adds. Bytes between two connected sockets, which were judged when they were connected, and
//! connecting, for which a datagram socket serves: it sends nothing. All in one process, on one core.
//!
//! It fails when something cannot be run, never because something is slow.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints its table"
)]

#[allow(dead_code, reason = "the other benches use more of it")]
#[path = "../limits/affinity.rs"]
mod affinity;

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use wirescript::{Builder, Policy, Runtime};

/// Runs of each loop under each policy.
const ROUNDS: usize = 41;

/// A loop: what it is, its turns, the most that judging may add to one, and the same in Lua and in Rhai.
struct Work {
    name: &'static str,
    turns: u32,
    most: f64,
    lua: &'static str,
    rhai: &'static str,
}

const WORKS: &[Work] = &[
    Work {
        name: "send and recv, connected",
        turns: 20_000,
        most: 2.0 * 30.0,
        lua: "local a, b = socket.socketpair() for _ = 1, 20000 do a:send('x') b:recv(1) end",
        rhai: "let p = socket::socketpair(); let a = p[0]; let b = p[1]; for i in 0..20000 { a.send(\"x\"); b.recv(1); }",
    },
    Work {
        name: "connect",
        turns: 10_000,
        most: 1000.0,
        lua: "local s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            local a = {'127.0.0.1', 9} for _ = 1, 10000 do s:connect(a) end",
        rhai: "let s = socket::socket(socket::AF_INET, socket::SOCK_DGRAM);
            let a = [\"127.0.0.1\", 9]; for i in 0..10000 { s.connect(a); }",
    },
];

fn main() -> ExitCode {
    match bench() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("policy: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> Result<(), Box<dyn Error>> {
    match affinity::pin()? {
        Some(core) => println!("Medians of {ROUNDS} rounds, everything on core {core}.\n"),
        None => println!("Medians of {ROUNDS} rounds, not pinned.\n"),
    }
    println!("  One turn                               free     judged      added   at most");
    for work in WORKS {
        for (language, code) in [("lua", work.lua), ("rhai", work.rhai)] {
            let (Some(free), Some(judged)) = (builder(language), builder(language)) else {
                continue;
            };
            let mut free = free.policy(Policy::allow_all()).build()?;
            let mut judged = judged.policy(twenty_rules()?).build()?;
            let (mut plain, mut ruled) = (Vec::new(), Vec::new());
            for _ in 0..ROUNDS {
                plain.push(run(&mut free, code)?);
                ruled.push(run(&mut judged, code)?);
            }
            let each = |times| median(times) * 1e9 / f64::from(work.turns);
            let (plain, ruled) = (each(plain), each(ruled));
            println!(
                "  {:<32} {plain:>7.0} ns {ruled:>7.0} ns {:>7.0} ns   {:.0} ns",
                format!("{}, {language}", work.name),
                ruled - plain,
                work.most,
            );
        }
    }
    println!("\nA turn of the first is two calls: what it may cost is twice 30 ns.");
    Ok(())
}

fn builder(language: &str) -> Option<Builder> {
    match language {
        #[cfg(feature = "lua")]
        "lua" => Some(Runtime::builder().lua()),
        #[cfg(feature = "rhai")]
        "rhai" => Some(Runtime::builder().rhai()),
        _ => None,
    }
}

/// Rules such as an application has, of which the last one is met.
fn twenty_rules() -> wirescript::Result<Policy> {
    let mut policy = Policy::deny_all();
    for number in 0..8 {
        policy = policy.deny_net(&format!("10.{number}.0.0/16"))?;
        policy = policy.allow_net(&format!("host{number}.example.com:443,8000-8999"))?;
    }
    policy
        .deny_net("169.254.0.0/16")?
        .allow_net("*.example.org")?
        .allow_unix("/run/app")?
        .allow_net("127.0.0.0/8")
}

fn run(runtime: &mut Runtime, code: &str) -> wirescript::Result<f64> {
    let start = Instant::now();
    runtime.run("bench", code)?;
    Ok(start.elapsed().as_secs_f64())
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
