//! Every script under `examples/` prints what its last comment says, and so does its Python twin in
//! `examples/python`. Servers and clients are run together, also the scripts against the twins.
//!
//! An example says in comments of its own what is to be done with it:
//! ```text
//! -- Pair: CLIENT [HOST [HOST]]    a server: the client's file, the host to bind (127.0.0.1), the host to connect to (the
//! --                               same); <unix> is a name for a Unix socket
//! -- Against: NAME                it talks to the server tests/peers/NAME.py, at 127.0.0.1
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

#[path = "support/example.rs"]
mod example;
#[path = "support/peer.rs"]
mod peer;
#[path = "support/ports.rs"]
mod ports;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use example::{Example, Pair, examples, title, twin};
use peer::Peer;
use ports::{free_port, has_inet6, wait_for_server};
use support::{Finished, LIMIT, Running, diff, note};

#[test]
fn every_example_is_complete() {
    let list = fs::read_to_string(support::folder("examples/README.md")).expect("a list of the examples");
    let mut problems = Vec::new();
    for example in examples() {
        let name = title(&example.script);
        if example.prints.is_empty() {
            problems.push(format!("{name}: does not say what it prints\n"));
        }
        let listed = example
            .script
            .file_stem()
            .map(|stem| format!("`{}`", stem.display()));
        if listed.is_none_or(|listed| !list.contains(&listed)) {
            problems.push(format!("{name}: examples/README.md does not list it\n"));
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
        .filter(|example| !example.needy && example.against.is_none() && !paired(example))
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
                .then(|| TcpStream::connect(format!("127.0.0.1:{port}")).expect("a server that listens"));
            let done = running.finish(LIMIT);
            let complaint = example.complaint(&script, &done);
            problems.extend(check(&title(&script), example, &done, complaint));
        }
    }
    report(&problems);
}

#[test]
fn examples_that_talk_to_servers_of_others() {
    let python = support::python();
    let mut problems = Vec::new();
    for example in examples() {
        let Some(name) = example.against.as_deref() else {
            continue;
        };
        let Some((module, argument)) = OTHERS
            .iter()
            .find_map(|(known, module, argument)| (*known == name).then_some((module, argument)))
        else {
            problems.push(format!(
                "{}: no server is called {name}\n",
                title(&example.script)
            ));
            continue;
        };
        for (program, script) in ways(python.as_deref(), &example.script) {
            let Some(mut server) = peer::python_peer(name, module) else {
                break;
            };
            let server = Peer::start(server.arg(support::folder(argument)), "");
            let mut command = Command::new(program);
            let command = command.arg(&script).args(["127.0.0.1", &server.port]);
            let done = example.start(command).finish(LIMIT);
            let complaint = example.complaint(&script, &done);
            problems.extend(check(&title(&script), &example, &done, complaint));
        }
    }
    report(&problems);
}

/// The servers of others that examples talk to: the name, the Python module behind it, what it is handed.
const OTHERS: [(&str, &str, &str); 1] = [("smtp", "aiosmtpd.smtp", "examples/certificates/localhost.pem")];

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
