//! `--virtual`: scripts in a network inside the process print what they print over the kernel's, wait for nothing, and run
//! the same each time for the same seed.
#![cfg(all(feature = "cli", target_os = "linux"))]

#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
#[path = "support/example.rs"]
mod example;
#[allow(dead_code, reason = "as above")]
#[path = "support/runner.rs"]
mod runner;
#[allow(dead_code, reason = "as above")]
mod support;

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use runner::{command, room, run, tell};
use support::{LIMIT, Running, diff, entries, folder};

/// Areas of `tests/cases` that are about what the network has: addresses, streams, datagrams, timeouts, waiting.
const AREAS: [&str; 11] = [
    "binding", "creation", "errors", "inet", "relay", "select", "tasks", "timeouts", "transfer", "udp",
    "unix",
];
/// Cases of theirs that need what it has not.
const ELSEWHERE: [(&str, &str); 2] = [
    ("binding/edges", "ioctl asks the kernel, whose socket is empty"),
    ("select/epoll", "an epoll object in another one"),
];

/// Languages of this build, by their endings.
const LANGUAGES: [&str; 2] = [
    if cfg!(feature = "lua") { "lua" } else { "" },
    if cfg!(feature = "rhai") { "rhai" } else { "" },
];

fn languages() -> impl Iterator<Item = &'static str> {
    LANGUAGES.into_iter().filter(|language| !language.is_empty())
}

#[test]
fn cases_print_what_cpython_printed_over_the_kernels_network() {
    let mut scripts = Vec::new();
    for area in AREAS {
        for case in entries(&folder("tests/cases").join(area)) {
            let name = format!("{area}/{}", case.file_name().unwrap_or_default().display());
            if ELSEWHERE.iter().all(|(other, _)| *other != name) {
                let found = languages().map(|ending| case.join("case").with_extension(ending));
                scripts.extend(found.filter(|script| script.is_file()));
            }
        }
    }
    let count = scripts.len();
    assert!(
        count >= 60 * languages().count(),
        "only {count} scripts are there"
    );
    let (scripts, problems) = (Mutex::new(scripts), Mutex::new(Vec::new()));
    let next = || scripts.lock().expect("nobody panics while it takes one").pop();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(script) = next() {
                    if let Some(problem) = problem(&script) {
                        problems
                            .lock()
                            .expect("nobody panics while it tells")
                            .push(problem);
                    }
                }
            });
        }
    });
    let problems = problems.into_inner().expect("all have ended");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What is wrong with a case's script in a virtual network.
fn problem(script: &Path) -> Option<String> {
    let title = script.strip_prefix(folder("tests/cases")).unwrap_or(script);
    let title = title.display().to_string();
    let expected = fs::read_to_string(script.with_file_name("expected.txt")).unwrap_or_default();
    let mut command = command(["--virtual"]);
    let room = room(&title.replace('/', "-"));
    let done = Running::start(command.arg(script).current_dir(room)).finish(LIMIT);
    let complaint = done.complaint();
    (complaint.is_some() || done.stdout != expected).then(|| {
        format!(
            "{title}: {}\n{}",
            complaint.unwrap_or_default(),
            diff(&expected, &done.stdout)
        )
    })
}

/// Examples that have both ends in one script, or only ask the module something.
const EXAMPLES: [&str; 4] = ["inet_calls", "nonblock_creation", "recvmsg_into", "socket_pair"];

#[test]
fn examples_that_fit_in_one_run_print_what_they_say() {
    let mut seen = 0;
    for example in example::examples() {
        let stem = example.script.file_stem().unwrap_or_default();
        if !EXAMPLES.iter().any(|name| stem == *name) {
            continue;
        }
        seen += 1;
        let args = example.args.iter().map(|arg| arg.replace("<port>", "20001"));
        let done = example
            .start(command(["--virtual"]).arg(&example.script).args(args))
            .finish(LIMIT);
        let complaint = example.complaint(&example.script, &done);
        let printed = done.stdout.replace('\t', " ");
        assert!(
            complaint.is_none() && example.prints.contains(&printed),
            "{}: {complaint:?}\n{}",
            example.script.display(),
            diff(&example.prints.concat(), &printed)
        );
    }
    assert_eq!(seen, EXAMPLES.len() * languages().count());
}

/// A report without what a clock has measured.
fn outcomes(text: &str) -> String {
    let kept = text.lines().filter(|line| !line.contains("duration_ms"));
    kept.fold(String::new(), |all, line| all + line + "\n")
}

#[test]
fn a_suite_of_timeouts_has_the_same_outcomes_fifty_times_faster() {
    let suite = |language: &str, simulated: bool| {
        let begun = Instant::now();
        let mut command = command(["test", "--report", "tap=-"]);
        if simulated {
            command.arg("--virtual");
        }
        let told = tell(command.arg(format!("tests/virtual_network/timeouts_test.{language}")));
        assert_eq!(told.status, 1, "{}{}", told.stdout, told.stderr);
        (outcomes(&told.stdout), begun.elapsed())
    };
    std::thread::scope(|scope| {
        for language in languages() {
            scope.spawn(move || {
                let (real, length) = suite(language, false);
                assert!(length >= Duration::from_secs(9), "{length:?}");
                assert_eq!(real.matches("\nok ").count(), 8, "{real}");
                assert_eq!(real.matches("\nnot ok ").count(), 2, "{real}");
                // A busy machine may hold one of them up.
                let mut fastest = Duration::MAX;
                for _ in 0..20 {
                    let (simulated, short) = suite(language, true);
                    assert_eq!(simulated, real, "{language}");
                    fastest = fastest.min(short);
                    if fastest * 50 <= length {
                        break;
                    }
                }
                let times = length.as_secs_f64() / fastest.as_secs_f64();
                println!("{language}: {length:?} by the kernel's clock, {fastest:?} in a simulation, {times:.0} times");
                assert!(times >= 50.0, "{language}: {length:?}, {fastest:?}");
            });
        }
    });
}

/// Runs a script twice and more, under faults, with a trace; what it printed, and the trace.
fn traced(script: &Path, seed: u32, place: &Path) -> (String, Vec<u8>) {
    let trace = place.join("trace.jsonl");
    let mut command = command(["--virtual", "--faults", "latency=200ms,jitter=50ms,drop=30%"]);
    command.args(["--seed", &seed.to_string(), "--trace"]).arg(&trace);
    let told = tell(command.arg(script));
    assert_eq!(told.status, 0, "{}{}", told.stdout, told.stderr);
    (told.stdout, fs::read(trace).expect("a trace"))
}

#[test]
fn the_same_seed_is_the_same_run_to_the_last_byte_of_its_trace() {
    for language in languages() {
        let script = folder("tests/virtual_network").join(format!("crowd.{language}"));
        let place = room(language);
        let begun = Instant::now();
        let first = traced(&script, 7, &place);
        for _ in 0..4 {
            let again = traced(&script, 7, &place);
            assert_eq!(again.0, first.0, "{language}");
            assert!(again.1 == first.1, "{language}: the traces differ");
        }
        let other = traced(&script, 8, &place);
        assert_ne!(other.1, first.1, "{language}");
        assert!(
            first.0.contains("worker 3 heard WORKER 3, ROUND 3"),
            "{}",
            first.0
        );
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
}

/// A script and what it prints.
fn prints(language: &str, code: &str, expected: &str) {
    let told = run([
        "--virtual",
        "--host",
        "db.test=127.0.0.7",
        "--lang",
        language,
        "-e",
        code,
    ]);
    assert_eq!(
        (told.status, told.stdout.as_str()),
        (0, expected),
        "{language}\n{}",
        told.stderr
    );
}

#[test]
#[cfg(feature = "lua")]
fn the_clock_waits_for_nothing_and_stands_still_for_nobody() {
    let code = r#"
local begun, date = time.monotonic(), time.time()
time.sleep(86400)
print(time.monotonic() - begun >= 86400, time.time() - date >= 86400)
-- Who waits by looking gets there.
local until_ = time.monotonic() + 0.01
while time.monotonic() < until_ do end
local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s:setblocking(false)
local ready = false
task.spawn(function() task.sleep(0.01) ready = true end)
while not ready do pcall(s.recv, s, 1) time.sleep(0) end
-- Nobody answers out there: as long as the kernel would try, and not longer.
local c = socket.socket()
begun = time.monotonic()
local ok, e = pcall(c.connect, c, {"192.0.2.1", 80})
print(e.name, e.errno, time.monotonic() - begun >= 100)
c:settimeout(3)
print(select(2, pcall(c.connect, c, {"192.0.2.1", 80})).name)
c:close()
-- Names: this host's, and those that were given.
print(socket.getaddrinfo("db.test", 5432, socket.AF_INET, socket.SOCK_STREAM)[1][5][1], socket.gethostbyname("localhost"))
print(select(2, pcall(socket.getaddrinfo, "example.test", 80)).code)
local server <close> = socket.create_server({"db.test", 0})
local client <close> = socket.create_connection({"db.test", server:getsockname()[2]})
print(client:getpeername()[1], server:accept():getpeername()[1])
print(select(2, pcall(socket.socket, socket.AF_PACKET, socket.SOCK_RAW)):message())
print(select(2, pcall(server.setsockopt, server, socket.SOL_SOCKET, 9999, 1)).code)
"#;
    let code = code.replace(":message()", ".strerror");
    prints(
        "lua",
        &code,
        "true\ttrue\nTimeoutError\t110\ttrue\nTimeoutError\n127.0.0.7\t127.0.0.1\nEAI_NONAME\n\
         127.0.0.7\t127.0.0.1\nAddress family not supported by protocol\nENOPROTOOPT\n",
    );
}

#[test]
#[cfg(feature = "lua")]
fn an_urgent_byte_is_told_to_who_watches_for_it() {
    let code = r#"
local server <close> = socket.create_server({"db.test", 0})
local near <close> = socket.create_connection(server:getsockname())
local far <close> = server:accept()
local receiver = task.spawn(near.recv, near, 10)
local watcher = task.spawn(select.select, {}, {}, {near}, 5)
task.sleep(0)
far:send("!", socket.MSG_OOB)
print(#({watcher:join()})[3], near:recv(1, socket.MSG_OOB), receiver:done())
far:sendall("plain")
print(receiver:join())
"#;
    prints("lua", code, "1\t!\tfalse\nplain\n");
}

#[test]
#[cfg(feature = "lua")]
fn half_a_connection_ends_under_faults_too() {
    let code = r#"
socket.faults("latency=1ms")
local server <close> = socket.create_server({"db.test", 0})
local near <close> = socket.create_connection(server:getsockname())
local far <close> = server:accept()
near:sendall("all")
near:shutdown(socket.SHUT_WR)
print(far:recv(10), #far:recv(10))
"#;
    prints("lua", code, "all\t0\n");
}

#[test]
#[cfg(feature = "rhai")]
fn the_clock_waits_for_nothing_in_rhai() {
    let code = r#"
let begun = time::monotonic();
time::sleep(86400);
print(time::monotonic() - begun >= 86400.0);
let last = time::monotonic() + 0.01;
while time::monotonic() < last { }
let c = socket::socket();
begun = time::monotonic();
try { c.connect(["192.0.2.1", 80]); } catch (e) { print(e.name + " " + e.errno + " " + (time::monotonic() - begun >= 100.0)); }
c.close();
print(socket::getaddrinfo("db.test", 5432, socket::AF_INET, socket::SOCK_STREAM)[0][4][0]);
let server = socket::create_server(["db.test", 0]);
let client = socket::create_connection(["db.test", server.getsockname()[1]]);
print(client.getpeername()[0]);
client.close();
server.close();
try { socket::socket(socket::AF_PACKET, socket::SOCK_RAW); } catch (e) { print(e.strerror); }
"#;
    prints(
        "rhai",
        code,
        "true\nTimeoutError 110 true\n127.0.0.7\n127.0.0.7\nAddress family not supported by protocol\n",
    );
}

#[test]
#[cfg(feature = "lua")]
fn what_can_never_go_on_is_told_also_of_workers() {
    let stuck = run(["--virtual", "-e", "local a, b = socket.socketpair() a:recv(1)"]);
    assert_eq!(stuck.status, 1, "{}", stuck.stderr);
    assert!(
        stuck
            .complaint()
            .contains("deadlock: every task waits for another"),
        "{}",
        stuck.stderr
    );
    let code = "local w = worker.spawn(function() local a, b = socket.socketpair() a:recv(1) end) w:join()";
    let stuck = run(["--virtual", "-e", code]);
    assert_eq!(stuck.status, 1, "{}", stuck.stderr);
    assert!(stuck.complaint().contains("deadlock"), "{}", stuck.stderr);
    let family = run([
        "--virtual",
        "-e",
        "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    ]);
    assert!(
        family
            .stderr
            .contains("a virtual network (--virtual) has AF_INET and AF_INET6"),
        "{}",
        family.stderr
    );
    let usage = run(["--host", "a=127.0.0.1", "-e", ""]);
    assert_eq!(usage.status, 2, "{}", usage.stderr);
    let usage = run(["--virtual", "--host", "a=b", "-e", ""]);
    assert!(
        usage.status == 2 && usage.stderr.contains("'b' is no address"),
        "{}",
        usage.stderr
    );
}

/// What a program outside does takes its real time, and comes to the same.
#[test]
#[cfg(feature = "lua")]
fn what_comes_from_outside_is_waited_for_by_the_real_clock() {
    let code = r#"
local begun = time.monotonic()
local p = tube.spawn({"sh", "-c", "sleep 0.3; echo late"})
print(p:recv_line(), time.monotonic() - begun >= 0.25)
p:close()
local p = tube.spawn({"sh", "-c", "sleep 30"})
begun = time.monotonic()
print(select(2, pcall(p.recv_line, p, nil, 0.3)).name, time.monotonic() - begun >= 0.3)
print(select(2, pcall(p.wait, p, {timeout = 0.2})).name)
p:close()
"#;
    let begun = Instant::now();
    let told = run(["--virtual", "-e", code]);
    assert_eq!(
        (told.status, told.stdout.as_str()),
        (0, "late\ttrue\nTimeoutError\ttrue\nTimeoutError\n"),
        "{}",
        told.stderr
    );
    assert!(begun.elapsed() >= Duration::from_millis(500));
}

/// A calculation takes no time there, but one without an end can be ended.
#[test]
#[cfg(feature = "lua")]
fn what_calculates_for_ever_can_be_ended() {
    let code = r#"
local w = worker.spawn(function() while true do end end)
print(select(2, pcall(task.timeout, 1, function() while true do end end)).name)
w:stop()
print("stopped")
"#;
    let told = run(["--virtual", "-e", code]);
    assert_eq!(
        (told.status, told.stdout.as_str()),
        (0, "TimeoutError\nstopped\n"),
        "{}",
        told.stderr
    );
}
