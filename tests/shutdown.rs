//! The end of a runtime: a handle of another thread stops whatever its scripts do, and when it is dropped, descriptors
//! and memory are back where they were.
#![cfg(all(feature = "lua", target_os = "linux"))]

#[path = "support/script.rs"]
#[expect(dead_code, reason = "only the reporting is needed here")]
mod script;
#[expect(dead_code, reason = "what other tests share and this one does not need")]
mod support;

use std::cell::RefCell;
use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use script::report;
use support::{LIMIT, note, wait_until};
use wirescript::{Policy, Runtime};

/// What is promised on an idle machine, and what a busy one may take.
const PROMISED: Duration = Duration::from_millis(50);
const ALLOWED: Duration = Duration::from_secs(1);
/// Runtimes made and dropped one after the other.
const ROUNDS: usize = 24;
/// How often that is done before it is said that something is left.
const SERIES: usize = 3;
/// Mappings that may be new after that: fewer than one a round, more than an allocator's whims.
const NEW_MAPPINGS: usize = 12;

/// One at a time: descriptors and mappings of the process are counted.
static ALONE: Mutex<()> = Mutex::new(());

/// `task_that(f)` starts a task; `ready()` lets all tasks get to their waits and tells the test to stop the runtime.
const PRELUDE: &str = "
    local sleep = task.sleep
    local function ready()
        for _ = 1, 3 do sleep(0.0003) end
        local peer = socket.create_connection({'127.0.0.1', PORT})
        peer:send('r')
        peer:close()
    end
    local a, b = socket.socketpair()
    local function busy(f) task.spawn(f) ready() a:recv(1) end
";

/// What a script is doing when it is stopped.
const BLOCKED: &[(&str, &str)] = &[
    ("recv", "ready() a:recv(1)"),
    ("recv in a task", "busy(function() b:recv(1) end)"),
    ("recv with a timeout", "a:settimeout(100) ready() a:recv(1)"),
    ("accept", "local s = socket.create_server({'127.0.0.1', 0}) busy(function() s:accept() end)"),
    ("connect", "local s, kept = socket.create_server({'127.0.0.1', 0}, {backlog = 0}), {}
        for i = 1, 4 do kept[i] = socket.socket() task.spawn(function() kept[i]:connect(s:getsockname()) end) end ready() a:recv(1)"),
    ("connect, Unix", "local s, kept = socket.socket(socket.AF_UNIX), {} s:bind('') s:listen(0)
        for i = 1, 4 do kept[i] = socket.socket(socket.AF_UNIX) task.spawn(function() kept[i]:connect(s:getsockname()) end) end ready() a:recv(1)"),
    ("send to a full socket", "busy(function() while true do b:send(('x'):rep(65536)) end end)"),
    ("sendall", "busy(function() b:sendall(('x'):rep(1e7)) end)"),
    ("recvfrom", "local s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) s:bind({'127.0.0.1', 0}) busy(function() s:recvfrom(9) end)"),
    ("recv_into", "busy(function() b:recv_into(bytearray(9)) end)"),
    ("sleep", "busy(function() task.sleep(100) end)"),
    ("sleep of the main chunk", "ready() time.sleep(100)"),
    ("join", "busy(function() task.spawn(task.sleep, 100):join() end)"),
    // One waits for a socket: else it is a deadlock, which is told at once, before the stop where the machine is busy.
    ("joins in a ring", "local x, y x = task.spawn(function() y:join() end) y = task.spawn(function() x:join() end)
        task.spawn(function() b:recv(1) end) ready() x:join()"),
    // A name of the hosts file: a server that is slow to answer would keep the helper thread, which is waited for.
    ("getaddrinfo", "busy(function() while true do pcall(socket.getaddrinfo, 'localhost', 80) end end)"),
    ("the end of the main chunk", "task.spawn(function() b:recv(1) end) ready()"),
    ("a comparator", "busy(function() table.sort({3, 2, 1}, function() b:recv(1) end) end)"),
    ("a callback", "busy(function() return (('x'):gsub('x', function() b:recv(1) end)) end)"),
    ("__close", "busy(function() local x <close> = setmetatable({}, {__close = function() b:recv(1) end}) end)"),
    ("__close of an error", "busy(function() local x <close> = setmetatable({}, {__close = function() b:recv(1) end}) error('e') end)"),
    ("a stack of things to close", "busy(function() local m = {__close = function() b:recv(1) end}
        local x <close> = setmetatable({}, m) local y <close> = setmetatable({}, m) local z <close> = setmetatable({}, m) end)"),
    ("a coroutine", "busy(coroutine.wrap(function() b:recv(1) end))"),
    ("coroutines in coroutines", "local function nest(n) if n == 0 then b:recv(1) end coroutine.wrap(nest)(n - 1) end busy(function() nest(50) end)"),
    ("a message handler", "busy(function() xpcall(error, function() b:recv(1) end) end)"),
    ("a reader of load", "busy(function() load(function() return b:recv(1) end) end)"),
    ("a required chunk", "package.preload.m = function() b:recv(1) end busy(function() require 'm' end)"),
    ("a pcall loop", "busy(function() while true do pcall(b.recv, b, 1) end end)"),
    ("a pcall loop of the main chunk", "ready() while true do pcall(a.recv, a, 1) end"),
    ("a pcall loop in a coroutine", "busy(coroutine.wrap(function() while true do pcall(b.recv, b, 1) pcall(task.sleep, 9) end end))"),
    ("a pcall loop that starts tasks", "busy(function() while true do pcall(task.spawn, b.recv, b, 1) pcall(b.recv, b, 1) end end)"),
    ("500 tasks", "for _ = 1, 500 do task.spawn(function() while true do pcall(task.sleep, 100) end end) end ready() a:recv(1)"),
    ("a finalizer at the end", "kept = setmetatable({}, {__gc = function() pcall(a.recv, a, 1) pcall(task.spawn, print) end}) ready() a:recv(1)"),
];

/// Scripts that never wait.
const BUSY: &[(&str, &str)] = &[
    ("a loop", "ready() while true do end"),
    (
        "a pcall loop",
        "ready() while true do pcall(function() while true do end end) end",
    ),
    (
        "a coroutine",
        "ready() coroutine.wrap(function() while true do end end)()",
    ),
    (
        "coroutines without end",
        "ready() while true do pcall(coroutine.wrap(function() while true do end end)) end",
    ),
    (
        "a coroutine made before",
        "local co = coroutine.wrap(function() coroutine.yield() while true do end end) co() ready() co()",
    ),
    (
        "a task",
        "task.spawn(function() ready() while true do end end):join()",
    ),
    (
        "a task in a pcall loop",
        "task.spawn(function() ready() while true do pcall(function() while true do end end) end end):join()",
    ),
    (
        "a comparator",
        "ready() while true do pcall(table.sort, {3, 2, 1}, function() while true do end end) end",
    ),
    (
        "a callback",
        "ready() return (('x'):gsub('x', function() while true do end end))",
    ),
    (
        "__close",
        "local x <close> = setmetatable({}, {__close = function() while true do end end}) ready()",
    ),
    (
        "operations that succeed",
        "ready() while true do a:send('x') b:recv(1) end",
    ),
    (
        "operations that fail",
        "ready() a:setblocking(false) while true do pcall(a.recv, a, 1) end",
    ),
    (
        "a message handler",
        "ready() xpcall(error, function() while true do end end)",
    ),
    (
        "a wrapped coroutine's closing",
        "ready() pcall(coroutine.wrap(function()
        local x <close> = setmetatable({}, {__close = function() while true do end end}) error('e') end))",
    ),
];

/// Starts a runtime on a thread of its own, stops it from another when the script is ready, drops it. How long `run` took
/// to return after the stop, and what it returned.
fn stopped(code: &str) -> Result<(Duration, String), String> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let script = format!("local PORT = {port} {PRELUDE} {code}");
    let (handles, handle) = mpsc::channel();
    let (ends, end) = mpsc::channel();
    let runner = thread::spawn(move || {
        let mut runtime = Runtime::builder()
            .policy(Policy::allow_all())
            .build()
            .expect("a runtime");
        handles.send(runtime.handle()).expect("the test listens");
        let outcome = runtime.run("script", script);
        // The test no longer listens when the time was up.
        let _ = ends.send((Instant::now(), outcome.err().map(|error| error.to_string())));
        drop(runtime);
    });
    let handle = handle.recv().expect("a handle");
    let (mut peer, _) = listener.accept().map_err(|error| error.to_string())?;
    peer.set_read_timeout(Some(LIMIT)).expect("a timeout");
    peer.read_exact(&mut [0]).map_err(|error| error.to_string())?;
    let start = Instant::now();
    handle.stop();
    let (stopped, error) = end.recv_timeout(LIMIT).map_err(|_| "it goes on".to_owned())?;
    runner.join().map_err(|_| "it panicked".to_owned())?;
    match error {
        Some(error) => Ok((stopped.duration_since(start), error)),
        None => Err("it ended well, and not by the stop".to_owned()),
    }
}

fn alone() -> std::sync::MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn all_stop(scripts: &[(&str, &str)]) {
    let _alone = alone();
    let mut problems = Vec::new();
    let mut worst = (Duration::ZERO, "");
    for (name, code) in scripts {
        match stopped(code) {
            Ok((took, error)) => {
                worst = worst.max((took, name));
                if took > ALLOWED || !error.contains("CancelledError") {
                    problems.push(format!("{name}: after {took:?}: {error}"));
                }
            }
            Err(problem) => problems.push(format!("{name}: {problem}")),
        }
    }
    note(&format!(
        "stop: the slowest of {} took {:?} ({}); {PROMISED:?} is promised",
        scripts.len(),
        worst.0,
        worst.1
    ));
    report(&problems);
}

#[test]
fn a_stop_ends_what_waits() {
    all_stop(BLOCKED);
}

#[test]
fn a_stop_ends_what_is_busy() {
    all_stop(BUSY);
}

/// Open descriptors and mappings of this process.
fn held() -> (usize, usize) {
    let descriptors = fs::read_dir("/proc/self/fd").expect("the descriptors").count();
    let maps = fs::read_to_string("/proc/self/maps").expect("the mappings");
    (descriptors, maps.lines().count())
}

/// Threads of ours that still run, by the beginning of their name.
fn helpers() -> usize {
    let threads = fs::read_dir("/proc/self/task").expect("the threads");
    let names = threads
        .flatten()
        .map(|thread| fs::read_to_string(thread.path().join("comm")));
    names
        .flatten()
        .filter(|name| name.starts_with("wirescript"))
        .count()
}

/// Does something again and again, after a first time that may keep things for later; nothing may be left.
fn leaves_nothing(mut something: impl FnMut()) -> Result<(), String> {
    let mut round = || {
        something();
        // A helper thread may still be asking the resolver: the next round shall find its stack free.
        let _ = wait_until(Instant::now() + LIMIT, || (helpers() == 0).then_some(()));
    };
    round();
    round();
    // The allocator has a heap more when more threads than ever ran at once, as on a busy machine: that happens in one series and
    // not in each. What a round leaves, each leaves.
    let mut told = String::new();
    for _ in 0..SERIES {
        let before = held();
        for _ in 0..ROUNDS {
            round();
        }
        // Helper threads end a little after the runtime that had them.
        let back = wait_until(Instant::now() + Duration::from_secs(15), || {
            let now = held();
            (now.0 <= before.0 && now.1 <= before.1 + NEW_MAPPINGS).then_some(())
        });
        if back.is_some() {
            return Ok(());
        }
        told = format!(
            "descriptors and mappings were {before:?}, and are {:?} now",
            held()
        );
    }
    Err(told)
}

#[test]
fn a_stopped_runtime_leaves_nothing() {
    let _alone = alone();
    let mut problems = Vec::new();
    for (name, code) in BLOCKED {
        let mut failure = None;
        let left = leaves_nothing(|| {
            if failure.is_none() {
                failure = stopped(code).err();
            }
        });
        problems.extend(failure.or(left.err()).map(|problem| format!("{name}: {problem}")));
    }
    report(&problems);
}

#[test]
fn a_runtime_that_ended_by_itself_leaves_nothing() {
    let _alone = alone();
    let ends = [
        (
            "well",
            "for _ = 1, 20 do task.spawn(function() task.sleep(0) end) end",
        ),
        (
            "with an error",
            "kept = {socket.socketpair()} task.spawn(error, 'e') error('e')",
        ),
        (
            "with an exit",
            "kept = {socket.socketpair()} for _ = 1, 20 do task.spawn(kept[1].recv, kept[1], 1) end task.sleep(0) os.exit(3)",
        ),
        (
            "with an exit that pcall catches",
            "local a = socket.socketpair() for _ = 1, 20 do task.spawn(function()
            while true do pcall(a.recv, a, 1) end end) end task.sleep(0) sys.exit(3)",
        ),
        (
            "with a deadlock",
            "local x, y x = task.spawn(function() y:join() end) y = task.spawn(function() x:join() end) x:join()",
        ),
        ("with a syntax error", "this is no Lua"),
        (
            "deep in C",
            "local function f() return (('x'):gsub('x', f)) end f()",
        ),
        (
            "with coroutines half way",
            "kept = {} for i = 1, 20 do kept[i] = coroutine.wrap(function()
            local s <close> = socket.socket() coroutine.yield() end) kept[i]() end",
        ),
        (
            "with a finalizer that opens more",
            "setmetatable({}, {__gc = function() more = {socket.socketpair()} pcall(socket.inet_aton, '?')
            more[3] = task.channel() setmetatable({}, {__gc = function() more[4] = socket.socket() end}) end})",
        ),
        (
            "in the middle of a handshake",
            "local context = ssl and ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if not context then return end
            local a, b = socket.socketpair() a:settimeout(0.001) b:send('?')
            s = context:wrap_socket(a, {server_hostname = 'localhost', do_handshake_on_connect = false})
            pcall(s.do_handshake, s) setmetatable({}, {__gc = function() pcall(s.do_handshake, s) s:close() end})",
        ),
        (
            "resolving",
            "pcall(socket.getaddrinfo, 'localhost', 80) pcall(socket.getaddrinfo, 'localhost', 'no such service')",
        ),
    ];
    thread_local! {
        static KEPT: RefCell<Option<Runtime>> = const { RefCell::new(None) };
    }
    let mut problems = Vec::new();
    for (name, code) in ends {
        for is_kept in [false, true] {
            let left = leaves_nothing(|| {
                let code = code.to_owned();
                let runner = thread::spawn(move || {
                    // What a thread keeps goes in the order it was first used, the last one first: ours before the runtime.
                    assert!(!is_kept || KEPT.with_borrow(Option::is_none));
                    let mut runtime = Runtime::builder()
                        .policy(Policy::allow_all())
                        .build()
                        .expect("a runtime");
                    // How it ends is for other tests; that it does is enough here.
                    let _ = runtime.run("script", code);
                    if is_kept {
                        KEPT.set(Some(runtime));
                    }
                });
                runner.join().expect("no panic");
            });
            let kept = if is_kept { ", kept by the thread" } else { "" };
            problems.extend(left.err().map(|problem| format!("{name}{kept}: {problem}")));
        }
    }
    report(&problems);
}

#[test]
fn a_runtime_that_never_ran_leaves_nothing() {
    let _alone = alone();
    let left = leaves_nothing(|| {
        let runtime = Runtime::builder().build().expect("a runtime");
        let handle = runtime.handle();
        drop(runtime);
        // Nobody is there any more, and that is no reason to fail.
        handle.stop();
    });
    report(&left.err().into_iter().collect::<Vec<_>>());
}

#[test]
fn memory_comes_back() {
    let _alone = alone();
    let resident = || -> usize {
        let text = fs::read_to_string("/proc/self/statm").expect("the memory");
        text.split_whitespace()
            .nth(1)
            .and_then(|pages| pages.parse().ok())
            .expect("a number")
    };
    let round = || {
        stopped(
            "for _ = 1, 200 do task.spawn(function() local t = {} for i = 1, 2000 do t[i] = {i} end
            while true do pcall(a.recv, a, 1) end end) end ready() a:recv(1)",
        )
        .expect("it stops");
    };
    // The allocator keeps what the largest round took, and rounds are ended at different points.
    for _ in 0..6 {
        round();
    }
    let before = resident();
    for _ in 0..10 {
        round();
    }
    // A round takes some thirty MiB; what ten of them leave must be about one at most, and not ten.
    let grown = resident().saturating_sub(before) * 4096;
    assert!(grown < 64 << 20, "{} MiB more after ten rounds", grown >> 20);
}

/// Does something on a thread of its own; one that hangs fails the test and is left behind.
fn within_limit(something: impl FnOnce() + Send + 'static) {
    let (ends, end) = mpsc::channel();
    thread::spawn(move || {
        something();
        // Nobody listens any more when the time was up.
        let _ = ends.send(());
    });
    end.recv_timeout(LIMIT).expect("it neither hangs nor panics");
}

#[test]
fn a_runtime_with_a_handle_ends_by_itself() {
    let _alone = alone();
    within_limit(|| {
        let mut runtime = Runtime::builder()
            .policy(Policy::allow_all())
            .build()
            .expect("a runtime");
        let handle = runtime.handle();
        runtime.run("script", "return").expect("it ends well");
        runtime
            .run("script", "task.spawn(task.sleep, 0.001)")
            .expect("it ends well");
        drop(handle);
        runtime
            .run("script", "task.spawn(task.sleep, 0.001):join()")
            .expect("it ends well");
    });
}

#[test]
fn a_runtime_that_was_stopped_can_run_again() {
    let _alone = alone();
    within_limit(stop_and_run_again);
}

fn stop_and_run_again() {
    let mut runtime = Runtime::builder()
        .policy(Policy::allow_all())
        .build()
        .expect("a runtime");
    for _ in 0..5 {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let handle = runtime.handle();
        let stopper = thread::spawn(move || {
            let (mut peer, _) = listener.accept().expect("the script connects");
            peer.read_exact(&mut [0])
                .expect("the script says when it is ready");
            handle.stop();
        });
        let error = runtime
            .run(
                "script",
                format!("local PORT = {port} {PRELUDE} task.spawn(b.recv, b, 1) ready() a:recv(1)"),
            )
            .expect_err("it was stopped");
        assert!(error.to_string().contains("CancelledError"), "{error}");
        stopper.join().expect("no panic");
        runtime
            .run(
                "script",
                "local ran task.spawn(function() task.sleep(0.001) ran = true end):join() assert(ran)",
            )
            .expect("it works again");
    }
}
