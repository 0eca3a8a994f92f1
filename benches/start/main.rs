//! What a start costs: `cargo bench --bench start`.
//!
//! Three tables. A `Runtime` made in a program that runs already: the first of a process, which finds nothing in the
//! caches and the allocator, and further ones; with what it adds to the resident memory. Each first one is made by a process
//! of its own: this program, started again. Then the command as a whole with an empty script, against `lua5.4` where that is
//! installed, from `fork` to the end, run in turn. All is pinned to one core.
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

use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use wirescript::{Builder, Policy, Runtime};

/// Processes that make a first runtime, or runtimes after the first.
const ROUNDS: usize = 41;
/// Runs of each command.
const RUNS: usize = 201;
/// The word this program starts itself with.
const FIRST: &str = "first-runtime";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match words.as_slice() {
        [word, language, ..] if word == FIRST => first(language),
        _ => bench(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("start: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> io::Result<()> {
    match affinity::pin()? {
        Some(core) => println!("Medians, everything on core {core}.\n"),
        None => println!("Medians; not pinned: this system has no sched_setaffinity.\n"),
    }
    println!("  A runtime                           first      further    resident   target");
    for language in languages() {
        let firsts: Vec<Made> = (0..ROUNDS)
            .map(|_| in_a_process(language))
            .collect::<io::Result<_>>()?;
        let further = median(
            (0..ROUNDS)
                .map(|_| Ok(make(language)?.time))
                .collect::<io::Result<Vec<_>>>()?,
        );
        let first = median(firsts.iter().map(|made| made.time).collect());
        let resident = median(firsts.iter().map(|made| made.resident).collect());
        println!(
            "  {language:<32} {:>7.0} us {:>8.0} us {:>7} KiB   <= 400 us, <= 1024 KiB",
            micros(first),
            micros(further),
            resident / 1024,
        );
    }
    whole()
}

/// The languages that are compiled in.
fn languages() -> Vec<&'static str> {
    [("lua", cfg!(feature = "lua")), ("rhai", cfg!(feature = "rhai"))]
        .into_iter()
        .filter_map(|(name, is_there)| is_there.then_some(name))
        .collect()
}

fn builder(language: &str) -> Builder {
    let builder = Runtime::builder().policy(Policy::allow_all());
    match language {
        #[cfg(feature = "lua")]
        "lua" => builder.lua(),
        #[cfg(feature = "rhai")]
        "rhai" => builder.rhai(),
        _ => builder,
    }
}

/// What it took to make a runtime.
struct Made {
    time: Duration,
    /// Bytes of memory it made resident.
    resident: u64,
}

fn make(language: &str) -> io::Result<Made> {
    let before = resident("self")?;
    let start = Instant::now();
    let runtime = builder(language).build().map_err(io::Error::other)?;
    let time = start.elapsed();
    let resident = resident("self")?.saturating_sub(before);
    drop(runtime);
    Ok(Made { time, resident })
}

/// Makes the first runtime of this process, and prints what it took.
fn first(language: &str) -> io::Result<()> {
    let made = make(language)?;
    println!("{} {}", made.time.as_nanos(), made.resident);
    Ok(())
}

fn in_a_process(language: &str) -> io::Result<Made> {
    let output = Command::new(std::env::current_exe()?)
        .args([FIRST, language])
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<u64> = text.split_whitespace().flat_map(str::parse).collect();
    match numbers.as_slice() {
        [time, resident] => Ok(Made {
            time: Duration::from_nanos(*time),
            resident: *resident,
        }),
        _ => Err(io::Error::other(format!("a first runtime printed {text:?}"))),
    }
}

/// Bytes of a process in memory: by page tables, as the kernel's quick count lags behind.
fn resident(process: &str) -> io::Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Rss:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
        .map(|kib| kib * 1024)
        .ok_or_else(|| io::Error::other("smaps_rollup tells no Rss"))
}

/// The command with an empty script, against `lua5.4`: how long it takes, and what it has in memory while its script waits.
fn whole() -> io::Result<()> {
    let Some(wirescript) = option_env!("CARGO_BIN_EXE_wirescript").map(PathBuf::from) else {
        return Ok(());
    };
    let folder = std::env::temp_dir().join(format!("wirescript-start-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    println!(
        "\n  An empty script, whole process       time  of lua5.4's   target   resident  of lua5.4's   target"
    );
    let mut programs = Vec::new();
    for (language, waiting) in [("lua", WAITING_LUA), ("rhai", WAITING_RHAI)] {
        if languages().contains(&language) {
            let name = format!("wirescript, {language}");
            programs.push(Program::new(&folder, name, &wirescript, language, waiting)?);
        }
    }
    let peer = Program::new(
        &folder,
        "lua5.4".to_owned(),
        Path::new("lua5.4"),
        "lua",
        WAITING_LUA,
    )?;
    let has_peer = run(&mut peer.command(&peer.empty)).is_ok();
    if has_peer {
        programs.push(peer);
    }
    let mut times = vec![Vec::new(); programs.len()];
    for _ in 0..RUNS {
        for (program, times) in programs.iter().zip(&mut times) {
            times.push(run(&mut program.command(&program.empty))?);
        }
    }
    // Where libraries lie differs from run to run, and with it how many of their pages come along.
    let mut sizes = vec![Vec::new(); programs.len()];
    for _ in 0..ROUNDS {
        for (program, sizes) in programs.iter().zip(&mut sizes) {
            sizes.push(resident_while_waiting(&mut program.command(&program.waiting))?);
        }
    }
    let _ = std::fs::remove_dir_all(folder);
    let times: Vec<f64> = times.into_iter().map(|times| micros(median(times))).collect();
    let sizes: Vec<u64> = sizes.into_iter().map(median).collect();
    let of_peer = |value: f64, peer: Option<f64>| {
        peer.filter(|_| has_peer)
            .map_or_else(|| "-".to_owned(), |peer| format!("{:.2}", value / peer))
    };
    for ((program, time), size) in programs.iter().zip(&times).zip(&sizes) {
        let (most_time, most_size) = if program.name.ends_with("lua") {
            ("<= 1.20", "<= 1.50")
        } else {
            ("", "")
        };
        println!(
            "  {:<32} {time:>7.0} us {:>10}   {most_time:<7} {:>7} KiB {:>10}   {most_size}",
            program.name,
            of_peer(*time, times.last().copied()),
            size / 1024,
            of_peer(kib(*size), sizes.last().copied().map(kib)),
        );
    }
    if !has_peer {
        println!("\nlua5.4 is missing from the table: it is not installed here.");
    }
    Ok(())
}

/// Prints a line and waits for the end of its input.
const WAITING_LUA: &str = "print() io.stdout:flush() io.read()";
/// Prints a line and waits, in Rhai.
const WAITING_RHAI: &str = "print(\"\"); time::sleep(60);";

/// An interpreter with its two scripts.
struct Program {
    name: String,
    interpreter: PathBuf,
    empty: PathBuf,
    waiting: PathBuf,
}

impl Program {
    fn new(
        folder: &Path,
        name: String,
        interpreter: &Path,
        language: &str,
        waiting: &str,
    ) -> io::Result<Self> {
        let script = |kind: &str, text: &str| {
            let path = folder.join(format!("{kind}.{language}"));
            std::fs::write(&path, text).map(|()| path)
        };
        Ok(Self {
            name,
            interpreter: interpreter.to_owned(),
            empty: script("empty", "")?,
            waiting: script("waiting", waiting)?,
        })
    }

    fn command(&self, script: &Path) -> Command {
        let mut command = Command::new(&self.interpreter);
        command.arg(script);
        command
    }
}

/// Bytes of a program in memory when it has printed a line.
fn resident_while_waiting(command: &mut Command) -> io::Result<u64> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut line)?;
    }
    let size = resident(&child.id().to_string());
    child.kill()?;
    child.wait()?;
    size
}

/// How long a command takes from its start to its end.
fn run(command: &mut Command) -> io::Result<Duration> {
    let start = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    let time = start.elapsed();
    if status.success() {
        Ok(time)
    } else {
        Err(io::Error::other(format!("{command:?} ended with {status}")))
    }
}

fn median<T: Ord + Copy>(mut all: Vec<T>) -> T {
    all.sort_unstable();
    all[all.len() / 2]
}

/// Bytes as KiB.
fn kib(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX))
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
