//! No panic is reachable from a script: `tests/support/argument_fuzz.lua` and its twin in Rhai call every operation of the
//! table with every kind of value in every position, and every metamethod by hand, each target in a process of its own
//! with a limit on its memory. Whatever it is, a call gives results or raises an error object. Of all pairs of values for two
//! positions one in 19 is tried; `WIRESCRIPT_FUZZ_STRIDE=1` before the command tries all, which takes far longer.
//!
//! The names come from the rows of `src/api/ops`, read here as text, so that no row is left out.
#![cfg(all(feature = "cli", feature = "lua", target_os = "linux"))]

#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/runner.rs"]
mod runner;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::collections::BTreeSet;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use runner::{Told, capped, ended, room, tell, write};
use support::{Running, entries, folder, note};

/// Kilobytes of addresses a target may have, and bytes its engine may.
const ADDRESSES: u32 = 4_000_000;
const MEMORY: &str = "1000000000";
/// One of so many pairs of values is tried, if nothing else is said.
const STRIDE: u32 = 19;
/// How long one target may take with that.
const PATIENCE: Duration = Duration::from_secs(150);

/// A row of the table.
struct Row {
    owner: &'static str,
    /// The module of a function.
    #[cfg_attr(not(feature = "rhai"), allow(dead_code, reason = "only Rhai's calls need it"))]
    module: String,
    name: String,
    parameters: Vec<String>,
}

#[test]
fn every_operation_takes_every_value() {
    let told = run_targets("every", &[]);
    let called: BTreeSet<&str> = lines(&told, "called ").collect();
    let missed: Vec<String> = rows()
        .into_iter()
        // Only a test that runs has one of these.
        .filter(|row| row.module != "trial")
        .map(|row| row.name)
        .filter(|name| !called.contains(&**name))
        .collect();
    assert!(missed.is_empty(), "rows that were never called: {missed:?}");
    assert!(calls(&told) > 500_000, "only {} calls", calls(&told));
}

#[test]
fn every_metamethod_can_be_called_by_hand() {
    let told = run_targets("hand", &["hand"]);
    for event in [
        "__index",
        "__newindex",
        "__gc",
        "__close",
        "__tostring",
        "__eq",
        "__len",
        "__call",
        "__pairs",
    ] {
        assert!(
            lines(&told, "called ").any(|called| called == event),
            "{event} was never called"
        );
    }
    assert!(calls(&told) > 100_000, "only {} calls", calls(&told));
}

#[cfg(feature = "rhai")]
#[test]
fn every_operation_takes_every_value_in_rhai() {
    let home = room("rhai");
    let prelude =
        fs::read_to_string(folder("tests/support").join("argument_fuzz.rhai")).expect("it is there");
    let prelude = format!("const STRIDE = {};\n{prelude}", stride());
    let mut rows = rows();
    // The one that ends the script, and those that are values in Rhai.
    rows.retain(|row| !["exit", "argv", "stdin", "stdout", "stderr"].contains(&&*row.name));
    let jobs: Vec<Job> = rows
        // To begin takes as long as a thousand calls.
        .chunks(8)
        .enumerate()
        .map(|(number, rows)| {
            let name = format!("{number}_{}", rows[0].name);
            let calls: String = rows.iter().map(rhai_calls).collect();
            let script = write(&home, format!("{name}.rhai"), format!("{prelude}{calls}"));
            Job {
                name,
                arguments: vec![script.into()],
            }
        })
        .collect();
    let told = run_jobs("rhai", &home, jobs);
    assert!(calls(&told) > 100_000, "only {} calls", calls(&told));
}

/// A row's part of the Rhai script.
#[cfg(feature = "rhai")]
fn rhai_calls(row: &Row) -> String {
    let is_method = row.owner == "object";
    let callee = match row.owner {
        "object" => format!("o.{}", row.name),
        "global" => row.name.clone(),
        _ => format!("{}::{}", row.module, row.name),
    };
    let closures: Vec<String> = (0..=8)
        .map(|count| {
            let arguments: Vec<String> = (0..count).map(|place| format!("a{place}")).collect();
            let arguments = arguments.join(", ");
            if is_method {
                format!("    |o, {arguments}| {callee}({arguments}),\n")
            } else {
                format!("    |{arguments}| {callee}({arguments}),\n")
            }
        })
        .collect();
    // With an object, the first argument is the object.
    let none = if is_method { "    || (),\n" } else { "" };
    format!(
        "fuzz(\"{}\", {is_method}, {:?}, [\n{none}{}]);\n",
        callee.trim_start_matches("o."),
        row.parameters,
        closures.concat(),
    )
}

/// Runs all targets, a few at a time; fails with the problems of all of them.
fn run_targets(title: &str, mode: &[&str]) -> Vec<Told> {
    let home = room(title);
    let list = rows()
        .iter()
        .map(|row| format!("{} {} {}\n", row.owner, row.name, row.parameters.join(" ")))
        .collect::<String>();
    let names = write(&home, "names", list);
    let mut list = capped(ADDRESSES, [script()]);
    let listed = tell(list.args(mode).arg("list").arg(&names).current_dir(&home));
    assert_eq!(listed.status, 0, "{}", listed.stderr);
    let targets: Vec<String> = listed.stdout.lines().map(str::to_owned).collect();
    assert!(targets.len() > 12, "{targets:?}");
    let job = |target: String| Job {
        arguments: [script().as_os_str()]
            .into_iter()
            .chain(mode.iter().map(OsStr::new))
            .chain([OsStr::new(&target), names.as_os_str()])
            .map(OsStr::to_owned)
            .collect(),
        name: target,
    };
    run_jobs(title, &home, targets.into_iter().map(job).collect())
}

fn stride() -> u32 {
    match env::var("WIRESCRIPT_FUZZ_STRIDE") {
        Ok(said) => said.parse().expect("WIRESCRIPT_FUZZ_STRIDE is a number"),
        Err(_) => STRIDE,
    }
}

/// A process that calls one target.
struct Job {
    name: String,
    arguments: Vec<OsString>,
}

/// Runs all jobs, a few at a time; fails with the problems of all of them.
fn run_jobs(title: &str, home: &Path, jobs: Vec<Job>) -> Vec<Told> {
    let count = jobs.len();
    let (jobs, done) = (Mutex::new(jobs), Mutex::new(Vec::new()));
    let next = || jobs.lock().expect("no worker panics while it takes a job").pop();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(|| {
                while let Some(job) = next() {
                    let outcome = run_job(home, &job);
                    done.lock()
                        .expect("no worker panics while it tells")
                        .push((job.name, outcome));
                }
            });
        }
    });
    let (mut problems, mut all) = (String::new(), Vec::new());
    for (name, outcome) in done.into_inner().expect("the workers are done") {
        match outcome {
            Ok(told) => {
                for failure in lines(std::slice::from_ref(&told), "failure ") {
                    problems.push_str(&format!("{name}: {failure}\n"));
                }
                all.push(told);
            }
            Err(problem) => problems.push_str(&format!("{name}: {problem}\n")),
        }
    }
    note(&format!("{title}: {} calls of {count} targets", calls(&all)));
    assert!(problems.is_empty(), "{problems}");
    all
}

/// Runs one job in a folder of its own: results, or why it did not come to its end.
fn run_job(home: &Path, job: &Job) -> Result<Told, String> {
    let place = home.join(&job.name);
    fs::create_dir(&place).expect("a new folder");
    let mut command = capped(ADDRESSES, ["--max-memory", MEMORY]);
    command.args(&job.arguments).current_dir(&place);
    // Where a name server does not answer, it is soon given up.
    command.env("RES_OPTIONS", "timeout:1 attempts:1");
    command.env("WIRESCRIPT_FUZZ_STRIDE", stride().to_string());
    let done = Running::start(&mut command).finish(PATIENCE * (STRIDE / stride()).max(1));
    let last = || {
        let text = fs::read(place.join("last")).unwrap_or_default();
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        String::from_utf8_lossy(line).into_owned()
    };
    if done.status.and_then(|status| status.code()).is_none() {
        let how = done
            .status
            .map_or("had to be ended".to_owned(), |status| status.to_string());
        return Err(format!(
            "{how}; its last call was {}\n{}",
            last(),
            head(&done.stderr)
        ));
    }
    let told = ended(done, &job.name);
    // Tasks that failed and that nobody joined are told of, and give status 1.
    let through = told.stdout.contains("\ncalled ") && told.status <= 1;
    if through {
        Ok(told)
    } else {
        Err(format!("status {}\n{}", told.status, head(&told.stderr)))
    }
}

/// The beginning of a text.
fn head(text: &str) -> String {
    text.lines()
        .take(8)
        .map(|line| format!("    | {line}\n"))
        .collect()
}

/// What follows `word` in the lines that start with it.
fn lines<'a>(told: &'a [Told], word: &'a str) -> impl Iterator<Item = &'a str> {
    told.iter()
        .flat_map(|told| told.stdout.lines())
        .filter_map(move |line| line.strip_prefix(word))
}

/// How many calls were made.
fn calls(told: &[Told]) -> u64 {
    lines(told, "calls ")
        .filter_map(|rest| rest.split(' ').next()?.parse::<u64>().ok())
        .sum()
}

fn script() -> PathBuf {
    folder("tests/support").join("argument_fuzz.lua")
}

/// The rows of the table, from the text of the files that hold them.
fn rows() -> Vec<Row> {
    let rows: Vec<Row> = entries(&folder("src/api/ops"))
        .iter()
        // What rows of two files share is no row of its own.
        .filter(|path| path.file_stem() != Some(OsStr::new("channel")))
        .flat_map(|path| {
            let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            text.split("Op {")
                .skip(1)
                .filter_map(|row| parse(row, &text))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(
        rows.len() > 90,
        "the rows are written otherwise than this test expects: {}",
        rows.len()
    );
    rows
}

/// The parameters of a file that several rows share: the constant's name and the parameter's.
fn shared_parameters(file: &str) -> Vec<(&str, &str)> {
    file.split("const ")
        .filter_map(|text| {
            let (declared, rest) = text.split_once(" = ")?;
            let (name, kind) = declared.split_once(": ")?;
            kind.ends_with("Param").then_some(())?;
            (rest.starts_with("need(") || rest.starts_with("with(")).then_some(())?;
            Some((name, quoted(rest)?))
        })
        .collect()
}

/// Reads what follows `Op {`: a row, if it has a name. It ends with what it leaves unsaid: `..METHOD`. `file` is the whole
/// of the file it is in.
fn parse(text: &str, file: &str) -> Option<Row> {
    let (owner, end) = [
        "..FUNCTION",
        "..METHOD",
        "..PROPERTY",
        "..FIELD",
        "..CALL",
        "..STREAM",
    ]
    .into_iter()
    .filter_map(|rest| Some((rest, text.find(rest)?)))
    .min_by_key(|(_, end)| *end)?;
    let text = &text[..end];
    let (_, name) = text.split_once("name: \"")?;
    let mut parameters = Vec::new();
    let mut rest = text;
    let shared = shared_parameters(file);
    let mut marks = vec!["need(", "with("];
    marks.extend(shared.iter().map(|(constant, _)| *constant));
    while let Some((place, mark)) = marks
        .iter()
        .filter_map(|mark| Some((rest.find(mark)?, *mark)))
        .min()
    {
        rest = &rest[place + mark.len()..];
        match shared.iter().find(|(constant, _)| *constant == mark) {
            Some((_, name)) => parameters.push((*name).to_owned()),
            None => parameters.extend(quoted(rest).filter(|name| *name != "...").map(str::to_owned)),
        }
    }
    Some(Row {
        owner: match owner {
            "..FUNCTION" if text.contains("on: GLOBAL") => "global",
            "..FUNCTION" | "..STREAM" => "module",
            _ => "object",
        },
        module: module(text, file).unwrap_or_else(|| "socket".to_owned()),
        name: name.split('"').next()?.to_owned(),
        parameters,
    })
}

/// The module a row names with `on`, if it does: by a constant of the file.
fn module(row: &str, file: &str) -> Option<String> {
    let owner = row.split_once(" on: ")?.1.split(',').next()?;
    if owner.starts_with("Owner::Module(") {
        return quoted(owner).map(str::to_owned);
    }
    match file.split_once(&format!("const {owner}: Owner = Owner::Module(")) {
        Some((_, constant)) => quoted(constant).map(str::to_owned),
        // One of another file's is called as its module.
        None => Some(owner.to_lowercase()),
    }
}

/// The first text in quotes.
fn quoted(text: &str) -> Option<&str> {
    text.split('"').nth(1)
}
