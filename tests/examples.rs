//! Every script under `examples/` prints what its last comment says, and so does its Python twin in
//! `examples/python`. Servers and clients are run together, also the scripts against the twins.
//!
//! An example says in comments of its own what is to be done with it:
//! ```text
//! -- Pair: CLIENT [HOST [HOST]]    a server: the client's file, the host to bind (127.0.0.1), the host to connect to (the
//! --                               same); <unix> is a name for a Unix socket
//! -- Visited: once                 a server that needs no more than somebody who connects to <port>: the test does
//! -- Ends: interrupted             a server that never ends by itself: it gets SIGINT when the client is done
//! -- Needs: AF_ALG                what it needs that a machine may lack: tests/vm/inside runs it, and not this test
//! -- Args: 127.0.0.1 <port>        arguments of an example that stands alone; <port> is a free one
//! -- Input: TEXT                   a line to type
//! -- Raises: TEXT                  the error it ends with; the twin's own comment says what Python raises
//! -- Prints:                       from here to the end: what it prints
//! -- Or prints:                    the same on another machine
//! ```
//! In what it prints `<address>`, `<port>` and `<name>` stand for any such thing, and a tab, which Lua's `print` puts
//! between values, counts as the space that Python's puts there.
#![cfg(all(feature = "cli", target_os = "linux"))]

#[path = "support/ports.rs"]
mod ports;
mod support;

use std::ffi::OsStr;
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use ports::{free_port, has_inet6, wait_for_server};
use support::{Finished, LIMIT, Running, diff, entries, folder, note};

/// Folder (and ending), comment mark, and whether this build runs them.
const LANGUAGES: [(&str, &str, bool); 2] = [
    ("lua", "--", cfg!(feature = "lua54")),
    ("rhai", "//", cfg!(feature = "rhai")),
];

/// An example and what its comments say of it.
struct Example {
    script: PathBuf,
    pairs: Vec<Pair>,
    interrupted: bool,
    /// It needs what this machine may lack.
    needy: bool,
    args: Vec<String>,
    visited: bool,
    input: String,
    raises: Option<String>,
    /// What it may print.
    prints: Vec<String>,
}

/// A way to run a server together with a client.
struct Pair {
    client: String,
    bind: String,
    connect: String,
}

#[test]
fn every_example_is_complete() {
    let mut problems = Vec::new();
    for example in examples() {
        let name = title(&example.script);
        if example.prints.is_empty() {
            problems.push(format!("{name}: does not say what it prints\n"));
        }
        if !twin(&example.script).is_file() {
            problems.push(format!("{name}: {} is missing\n", title(&twin(&example.script))));
        }
        for pair in &example.pairs {
            if !example.script.with_file_name(&pair.client).is_file() {
                problems.push(format!("{name}: its client {} is missing\n", pair.client));
            }
        }
    }
    report(&problems);
}

#[test]
fn examples_that_stand_alone() {
    let examples = examples();
    let paired = |example: &Example| {
        !example.pairs.is_empty()
            || examples
                .iter()
                .any(|server| server.pairs.iter().any(|pair| example.is(server, pair)))
    };
    let python = support::python();
    let mut problems = Vec::new();
    for example in examples
        .iter()
        .filter(|example| !example.needy && !paired(example))
    {
        for (program, script) in ways(python.as_deref(), &example.script) {
            let port = free_port();
            let args = example
                .args
                .iter()
                .map(|arg| arg.replace("<port>", &port.to_string()));
            let mut command = Command::new(program);
            let mut running = example.start(command.arg(&script).args(args));
            // It stays until the program has ended.
            let _visitor = (example.visited && serves(&mut running, port))
                .then(|| TcpStream::connect(("127.0.0.1", port)).expect("a server that listens"));
            let done = running.finish(LIMIT);
            let complaint = example.complaint(&script, &done);
            problems.extend(check(&title(&script), example, &done, complaint));
        }
    }
    report(&problems);
}

#[test]
fn servers_and_clients_together() {
    let examples = examples();
    let python = support::python();
    let mut problems = Vec::new();
    for server in &examples {
        if server.interrupted && interrupts_are_ignored() {
            note(&format!(
                "interrupts are ignored here (a background job?): {} was NOT run",
                title(&server.script)
            ));
            continue;
        }
        for pair in &server.pairs {
            if pair.bind.contains(':') && !has_inet6() {
                note(&format!(
                    "no IPv6 here: {} was NOT run on {}",
                    title(&server.script),
                    pair.bind
                ));
                continue;
            }
            let client = examples
                .iter()
                .find(|client| client.is(server, pair))
                .expect("a client that exists");
            for server_way in ways(python.as_deref(), &server.script) {
                for client_way in ways(python.as_deref(), &client.script) {
                    problems.extend(together(server, client, pair, &server_way, &client_way));
                }
            }
        }
    }
    report(&problems);
}

/// Runs a server, and a client as soon as the server is there; tells what is wrong with either.
fn together(
    server: &Example,
    client: &Example,
    pair: &Pair,
    (server_program, server_script): &(PathBuf, PathBuf),
    (client_program, client_script): &(PathBuf, PathBuf),
) -> Vec<String> {
    let name = format!(
        "{} with {}, {:?}",
        title(server_script),
        title(client_script),
        pair.bind
    );
    let port = free_port();
    let command = |program: &Path, script: &Path, host: &str| {
        let mut command = Command::new(program);
        let host = host.replace("<unix>", &format!("example-{port}"));
        command.arg(script).arg(host).arg(port.to_string());
        command
    };
    let mut running = server.start(&mut command(server_program, server_script, &pair.bind));
    if !serves(&mut running, port) {
        let problem = running
            .finish(LIMIT)
            .complaint()
            .unwrap_or_else(|| "ended before it served\n".to_owned());
        return vec![format!("{name}: the server: {problem}")];
    }
    let client_done = client
        .start(&mut command(client_program, client_script, &pair.connect))
        .finish(LIMIT);
    if server.interrupted {
        interrupt(running.child.id());
    }
    let server_done = running.finish(LIMIT);

    let mut complaint = server.complaint(server_script, &server_done);
    let ours = server_program == Path::new(env!("CARGO_BIN_EXE_wirescript"));
    // Python lets the signal end it, the command exits with the shell's number for that.
    let interrupted = server_done
        .status
        .is_some_and(|status| !ours || status.code() == Some(130));
    if server.interrupted && interrupted {
        complaint = None;
    }
    let mut problems = check(
        &format!("{name}: the client"),
        client,
        &client_done,
        client.complaint(client_script, &client_done),
    );
    problems.extend(check(
        &format!("{name}: the server"),
        server,
        &server_done,
        complaint,
    ));
    problems
}

/// Waits for a server that was started; whether it serves.
fn serves(running: &mut Running, port: u32) -> bool {
    wait_for_server(port, || {
        running.child.try_wait().is_ok_and(|status| status.is_some())
    })
}

/// The programs and scripts that must all do the same: the command with the example, CPython with its twin.
fn ways(python: Option<&Path>, script: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut ways = vec![(PathBuf::from(env!("CARGO_BIN_EXE_wirescript")), script.to_owned())];
    ways.extend(python.map(|python| (python.to_owned(), twin(script))));
    ways
}

/// Compares what was printed with what the example says; at most one problem.
fn check(name: &str, example: &Example, done: &Finished, complaint: Option<String>) -> Vec<String> {
    let got = done.stdout.replace('\t', " ");
    let same = |expected: &String| {
        expected.lines().count() == got.lines().count()
            && expected
                .lines()
                .zip(got.lines())
                .all(|(expected, got)| fits(expected, got))
    };
    if complaint.is_none() && example.prints.iter().any(same) {
        return Vec::new();
    }
    let expected = example.prints.first().map_or("", String::as_str);
    let complaint = complaint.unwrap_or_else(|| "printed something else\n".to_owned());
    // A line that is as expected shows as expected, whatever its addresses.
    let shown = got.lines().map(|got| {
        expected
            .lines()
            .find(|expected| fits(expected, got))
            .unwrap_or(got)
    });
    vec![format!(
        "{name}: {complaint}{}",
        diff(expected, &shown.collect::<Vec<_>>().join("\n"))
    )]
}

/// Whether a printed line is what was expected, where `<address>`, `<port>` and `<name>` stand for any.
fn fits(expected: &str, got: &str) -> bool {
    let places = ["<address>", "<port>", "<name>"];
    let Some((at, place)) = places
        .iter()
        .filter_map(|place| Some((expected.find(place)?, *place)))
        .min()
    else {
        return expected == got;
    };
    let (before, after) = (&expected[..at], &expected[at + place.len()..]);
    let Some(got) = got.strip_prefix(before) else {
        return false;
    };
    let length = match place {
        "<address>" => address_length(got),
        "<port>" => got.find(|c: char| !c.is_ascii_digit()).unwrap_or(got.len()),
        _ => got
            .find(|c: char| c.is_whitespace() || "'\"(),".contains(c))
            .unwrap_or(got.len()),
    };
    length > 0 && fits(after, &got[length..])
}

/// How much of the text is an address as Python prints one: `('HOST', NUMBER…)`; 0 when it is none.
fn address_length(text: &str) -> usize {
    let parts = || {
        let (inside, _) = text.strip_prefix("('")?.split_once(')')?;
        let (host, numbers) = inside.split_once("', ")?;
        let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        (!host.is_empty() && numbers.split(", ").all(number)).then_some("('".len() + inside.len() + ")".len())
    };
    parts().unwrap_or(0)
}

impl Example {
    /// Reads the comments of a script.
    fn read(script: PathBuf, mark: &str) -> Self {
        let text = fs::read_to_string(&script)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", script.display()));
        let mut example = Self {
            script,
            pairs: Vec::new(),
            interrupted: false,
            needy: false,
            args: Vec::new(),
            visited: false,
            input: String::new(),
            raises: raises(&text, mark),
            prints: Vec::new(),
        };
        for line in text.lines() {
            let Some(comment) = line.strip_prefix(mark) else {
                assert!(
                    example.prints.is_empty(),
                    "{}: what it prints comes last",
                    title(&example.script)
                );
                continue;
            };
            let comment = comment.strip_prefix(' ').unwrap_or(comment);
            if comment == "Prints:" || comment == "Or prints:" {
                example.prints.push(String::new());
            } else if let Some(prints) = example.prints.last_mut() {
                prints.push_str(comment);
                prints.push('\n');
            } else if let Some(line) = comment.strip_prefix("Input:") {
                example.input.push_str(line.trim());
                example.input.push('\n');
            } else if comment.starts_with("Visited: ") {
                example.visited = true;
            } else if let Some(words) = comment.strip_prefix("Pair: ") {
                example.pairs.push(Pair::read(words));
            } else if let Some(words) = comment.strip_prefix("Args: ") {
                example.args = words.split_whitespace().map(str::to_owned).collect();
            } else if comment.starts_with("Needs: ") {
                example.needy = true;
            } else if comment == "Ends: interrupted" {
                example.interrupted = true;
            }
        }
        example
    }

    /// Starts a program that does what the example does, and types what there is to type.
    fn start(&self, command: &mut Command) -> Running {
        Running::start_with(command, &self.input)
    }

    /// Why a program that ran `script`, the example or its twin, did not end as it should.
    fn complaint(&self, script: &Path, done: &Finished) -> Option<String> {
        let Some(mut expected) = self.raises.clone() else {
            return done.complaint();
        };
        if script != self.script {
            let text = fs::read_to_string(script).unwrap_or_default();
            expected = raises(&text, "#").unwrap_or_else(|| "an error that its comment names".to_owned());
        }
        let raised = done.status.and_then(|status| status.code()) == Some(1)
            && done.stderr.lines().any(|line| line.contains(&expected));
        let ended = || done.complaint().unwrap_or_else(|| "ended well\n".to_owned());
        (!raised).then(|| format!("did not raise {expected}: {}", ended()))
    }

    /// Whether this is the client that `server` names in `pair`.
    fn is(&self, server: &Self, pair: &Pair) -> bool {
        self.script == server.script.with_file_name(&pair.client)
    }
}

impl Pair {
    /// Reads `CLIENT [HOST [HOST]]`, where `''` is no host.
    fn read(words: &str) -> Self {
        let mut words = words
            .split_whitespace()
            .map(|word| word.trim_matches('\'').to_owned());
        let client = words.next().unwrap_or_default();
        let bind = words.next().unwrap_or_else(|| "127.0.0.1".to_owned());
        let connect = words.next().unwrap_or_else(|| bind.clone());
        Self {
            client,
            bind,
            connect,
        }
    }
}

/// All examples this build can run.
fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    for (language, mark, runs) in LANGUAGES {
        let folder = folder("examples").join(language);
        if runs && folder.is_dir() {
            let scripts = entries(&folder)
                .into_iter()
                .filter(|path| path.extension() == Some(OsStr::new(language)));
            examples.extend(scripts.map(|script| Example::read(script, mark)));
        }
    }
    assert!(!examples.is_empty(), "there are no examples at all");
    examples
}

/// What a script says in a comment that it raises.
fn raises(text: &str, mark: &str) -> Option<String> {
    let comments = text.lines().filter_map(|line| line.strip_prefix(mark));
    comments
        .filter_map(|comment| comment.strip_prefix(" Raises: "))
        .map(str::to_owned)
        .next()
}

/// The Python an example comes from.
fn twin(script: &Path) -> PathBuf {
    folder("examples/python")
        .join(script.file_name().unwrap_or_default())
        .with_extension("py")
}

/// A path below `examples`, as it is spoken of.
fn title(path: &Path) -> String {
    path.strip_prefix(folder("examples"))
        .unwrap_or(path)
        .display()
        .to_string()
}

/// Does what Ctrl-C does in a terminal, to one process.
fn interrupt(process: u32) {
    let status = Command::new("sh")
        .args(["-c", r#"kill -INT "$1""#, "sh", &process.to_string()])
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "cannot interrupt {process}"
    );
}

/// Whether this process, and so every child of it, was started with SIGINT ignored.
fn interrupts_are_ignored() -> bool {
    const SIGINT_BIT: u64 = 1 << (2 - 1);
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & SIGINT_BIT != 0)
}

/// Fails with all problems at once.
fn report(problems: &[String]) {
    assert!(
        problems.is_empty(),
        "{} problems (- expected, + printed)\n\n{}",
        problems.len(),
        problems.join("\n")
    );
}
