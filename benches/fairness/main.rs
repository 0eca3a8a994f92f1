//! What it costs that nobody can keep the thread, and how well it works: `cargo bench --bench fairness`.
//!
//! First, how late a timer of one millisecond is beside a task that calculates for ever. Then what a calculation pays: alone on
//! its thread, beside a task that waits for a time, and under a limit. The limit is the same engine without wirescript, in this
//! program itself; `lua5.4` runs along where it is installed. Everything is pinned to one core.
//!
//! It fails when something cannot be run, never because something is slow.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints its table"
)]

#[path = "../limits/affinity.rs"]
mod affinity;
#[path = "../limits/contest.rs"]
#[allow(dead_code, reason = "it serves the other benches too")]
mod contest;
mod plain;

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use contest::{Contestant, Spread, compete};

/// Times each contestant runs; a ratio is the median of as many.
const ROUNDS: usize = 7;
/// Timers that are measured.
const TIMERS: u32 = 300;
/// Milliseconds a timer may be late.
const LATEST: f64 = 12.0;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let outcome = match words.next().as_deref() {
        Some(plain::WORD) => plain::run(words),
        _ => bench(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fairness: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> io::Result<()> {
    affinity::pin()?;
    let Some(wirescript) = option_env!("CARGO_BIN_EXE_wirescript").filter(|_| cfg!(feature = "cli")) else {
        return Err(io::Error::other(
            "there is no command to measure: add the feature cli",
        ));
    };
    let mut languages = vec![("Lua", "lua")];
    if cfg!(feature = "rhai") {
        languages.push(("Rhai", "rhai"));
    }
    println!(
        "How late a timer of 1 ms is beside a task that calculates for ever, in milliseconds, {TIMERS} timers"
    );
    for (name, ending) in &languages {
        let mut command = Command::new(wirescript);
        command.arg(beside(&format!("delay.{ending}")));
        delay(name, command.arg(TIMERS.to_string()))?;
    }
    println!(
        "\nA calculation's time against the plain engine's: 1 is the limit, medians of {ROUNDS} rounds [smallest..largest]"
    );
    for (name, ending) in &languages {
        cost(name, ending, wirescript)?;
    }
    Ok(())
}

fn delay(name: &str, command: &mut Command) -> io::Result<()> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut late: Vec<f64> = text
        .lines()
        .filter_map(|line| Some(line.trim().parse::<f64>().ok()? * 1e3))
        .collect();
    if late.is_empty() || !output.status.success() {
        return Err(io::Error::other(format!("{command:?} measured nothing")));
    }
    late.sort_by(f64::total_cmp);
    let spread = Spread::of(late.iter().copied());
    println!(
        "  {name:<28} median {:>6.2}   99 of 100 within {:>6.2}   latest {:>6.2}   target <= {LATEST:.0}",
        spread.median,
        late[late.len() * 99 / 100],
        spread.largest,
    );
    Ok(())
}

fn cost(language: &str, ending: &str, wirescript: &str) -> io::Result<()> {
    let work = beside(&format!("work.{ending}"));
    let mut limit = Command::new(std::env::current_exe()?);
    limit.arg(plain::WORD).arg(&work);
    let ours = |options: &[&str]| {
        let mut command = Command::new(wirescript);
        command.args(options).arg(&work);
        command
    };
    let source = std::fs::read_to_string(&work)?;
    let sleeper = match ending {
        "rhai" => "task::spawn(|| task::sleep(600));\n",
        _ => "task.spawn(task.sleep, 600)\n",
    };
    let exit = if ending == "rhai" {
        "sys::exit();"
    } else {
        "sys.exit()"
    };
    let mut beside_one = Command::new(wirescript);
    beside_one.args(["--lang", ending, "-e", &format!("{sleeper}{source}\n{exit}")]);
    let mut contestants = vec![
        Contestant::new(format!("{language}, alone"), ours(&[])).with_target(1.0 / 1.02),
        Contestant::new(format!("{language}, beside a task that sleeps"), beside_one),
        Contestant::new(
            format!("{language}, under a limit of time"),
            ours(&["--timeout", "600"]),
        ),
    ];
    if ending == "rhai" {
        let mut hooked = Command::new(std::env::current_exe()?);
        hooked.args([plain::WORD, plain::HOOKED]).arg(&work);
        contestants.push(Contestant::new("(Rhai, with a hook that does nothing)", hooked));
    }
    if ending == "lua" && runs("lua5.4") {
        let mut command = Command::new("lua5.4");
        command.arg(&work);
        contestants.push(Contestant::new("(lua5.4, as packaged)", command));
    }
    for result in compete(limit, contestants, ROUNDS)? {
        // Ratios of times: how many times as long it took.
        println!(
            "  {:<36} {:>7.3}  [{:.3}..{:.3}]   {:>7.1} ms   {}",
            result.name,
            1.0 / result.ratio.median,
            1.0 / result.ratio.largest,
            1.0 / result.ratio.smallest,
            result.script.median * 1e3,
            result
                .target
                .map_or(String::new(), |target| format!("target <= {:.2}", 1.0 / target)),
        );
    }
    Ok(())
}

fn runs(program: &str) -> bool {
    let status = Command::new(program)
        .arg("-v")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// A file of this folder.
fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("benches/fairness")
        .join(name)
}
