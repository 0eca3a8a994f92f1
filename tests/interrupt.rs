//! Ctrl-C: whatever a script does, the command ends within 50 ms of the signal, with status 130, its sockets closed and
//! what it printed printed.
#![cfg(all(feature = "cli", feature = "lua", target_os = "linux"))]

#[path = "support/script.rs"]
#[expect(dead_code, reason = "only the reporting is needed here")]
mod script;
#[expect(dead_code, reason = "what other tests share and this one does not need")]
mod support;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use script::report;
use support::{LIMIT, note, wait_until};

/// What the command promises on an idle machine, and what a busy one may take.
const PROMISED: Duration = Duration::from_millis(50);
const ALLOWED: Duration = Duration::from_millis(500);

/// One at a time: the time to the end is measured.
static ALONE: Mutex<()> = Mutex::new(());

/// `ready()` tells the test that what comes next is what is to be interrupted.
const READY: &str = "local peer = socket.create_connection({'127.0.0.1', tonumber(arg[1])})
    local function ready(...) peer:send('r') return ... end
    local a, b = socket.socketpair() ";

/// How a script was ended.
struct Ended {
    status: Option<i32>,
    stdout: String,
    stderr: String,
    took: Duration,
    /// What came over the script's connection after it was ready, up to its end.
    closed: bool,
}

/// Starts a script, interrupts it `times` times when it is ready and asleep or at work, and waits for its end.
fn interrupt(code: &str, times: usize) -> Ended {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    // The same number of bytes of pipe for whatever is printed: nobody reads before the end.
    let mut child = Command::new(env!("CARGO_BIN_EXE_wirescript"))
        .args(["-e", &format!("{READY}{code}"), &port.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let (mut peer, _) = listener.accept().expect("the script connects");
    peer.set_read_timeout(Some(LIMIT)).expect("a timeout");
    peer.read_exact(&mut [0])
        .expect("the script says when it is ready");
    settle(&child);
    let start = Instant::now();
    for turn in 0..times {
        if turn > 0 {
            // A person's second and third press come when the first has not helped.
            let _ = wait_until(Instant::now() + Duration::from_millis(30), || ended(&mut child));
        }
        signal(&child);
    }
    let status = wait_until(start + Duration::from_secs(5), || ended(&mut child));
    let took = start.elapsed();
    let _ = child.kill();
    let _ = child.wait();
    let text = |pipe: Option<&mut dyn Read>| {
        let mut text = String::new();
        if let Some(pipe) = pipe {
            let _ = pipe.read_to_string(&mut text);
        }
        text
    };
    Ended {
        status: status.flatten(),
        stdout: text(child.stdout.as_mut().map(|pipe| pipe as &mut dyn Read)),
        stderr: text(child.stderr.as_mut().map(|pipe| pipe as &mut dyn Read)),
        took,
        closed: is_closed(&mut peer),
    }
}

/// The status when it has ended; its inside is none when a signal ended it.
fn ended(child: &mut Child) -> Option<Option<i32>> {
    child
        .try_wait()
        .expect("a child can be waited for")
        .map(|status| status.code())
}

/// Waits until the process sleeps in the kernel, or has used some processor time since it said that it is ready: either
/// way it is at what it was to be interrupted in.
fn settle(child: &Child) {
    let stat = PathBuf::from(format!("/proc/{}/stat", child.id()));
    let look = || {
        let text = fs::read_to_string(&stat).unwrap_or_default();
        let fields: Vec<&str> = text
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let time = |place: usize| {
            fields
                .get(place)
                .and_then(|field| field.parse::<u64>().ok())
                .unwrap_or(0)
        };
        let asleep = fields.first() == Some(&"S");
        (asleep, time(11) + time(12))
    };
    let (_, before) = look();
    let settled = wait_until(Instant::now() + LIMIT, || {
        let (asleep, now) = look();
        (asleep || now >= before + 3).then_some(())
    });
    assert!(settled.is_some(), "the script neither sleeps nor works");
}

/// Sends SIGINT, as the shell's own kill does: no process is started for it, which would take longer than what is measured.
fn signal(child: &Child) {
    let mut shell = Command::new("sh")
        .args(["-c", "read -r go; kill -INT \"$0\"", &child.id().to_string()])
        .stdin(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut go: File = shell
        .stdin
        .take()
        .map(|pipe| std::os::fd::OwnedFd::from(pipe).into())
        .expect("a pipe");
    go.write_all(b"\n").expect("the shell reads");
    drop(go);
    // A process that has gone already is no failure of the test's.
    let _ = shell.wait();
}

/// Whether the other side has closed, after whatever it had sent.
fn is_closed(peer: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    peer.read_to_end(&mut rest).is_ok() || peer.take_error().is_ok_and(|error| error.is_some())
}

/// Interrupts each script once; it must end in time with status 130.
fn all_end(scripts: &[(&str, &str)]) {
    let mut problems = Vec::new();
    let mut worst = (Duration::ZERO, "");
    for (name, code) in scripts {
        let ended = interrupt(code, 1);
        worst = worst.max((ended.took, name));
        if ended.status != Some(130) || ended.took > ALLOWED || !ended.closed {
            problems.push(format!(
                "{name}: status {:?} after {:?}, {}\n{}",
                ended.status,
                ended.took,
                if ended.closed {
                    "sockets closed"
                } else {
                    "a socket still open"
                },
                ended.stderr
            ));
        }
    }
    note(&format!(
        "Ctrl-C: the slowest of {} took {:?} ({}); {PROMISED:?} is promised",
        scripts.len(),
        worst.0,
        worst.1
    ));
    report(&problems);
}

#[test]
fn a_blocked_call_ends() {
    all_end(&[
        ("recv", "ready() a:recv(1)"),
        ("recv with a timeout", "a:settimeout(100) ready() a:recv(1)"),
        ("recv beside tasks", "task.spawn(task.sleep, 100) ready() a:recv(1)"),
        ("recvfrom", "local s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) s:bind({'127.0.0.1', 0}) ready() s:recvfrom(9)"),
        ("send", "ready() while true do a:send(('x'):rep(65536)) end"),
        ("sendall", "local data = ('x'):rep(1e7) ready() a:sendall(data)"),
        ("accept", "local s = socket.create_server({'127.0.0.1', 0}) ready() s:accept()"),
        ("connect", "local s, kept = socket.create_server({'127.0.0.1', 0}, {backlog = 0}), {} ready()
            while true do local c = socket.socket() kept[#kept + 1] = c c:connect(s:getsockname()) end"),
        ("connect, Unix", "local s, kept = socket.socket(socket.AF_UNIX), {} s:bind('') s:listen(0) ready()
            while true do local c = socket.socket(socket.AF_UNIX) kept[#kept + 1] = c c:connect(s:getsockname()) end"),
        ("getaddrinfo", "ready() while true do pcall(socket.getaddrinfo, 'nowhere.invalid', 80) end"),
        ("task.sleep", "ready() task.sleep(100)"),
        ("task.sleep beside tasks", "task.spawn(a.recv, a, 1) ready() task.sleep(100)"),
        ("time.sleep", "ready() time.sleep(100)"),
        ("join", "local t = task.spawn(function() a:recv(1) end) ready() t:join()"),
        ("the end of the main chunk", "task.spawn(function() ready() a:recv(1) end)"),
        ("a pcall loop", "ready() while true do pcall(a.recv, a, 1) end"),
        ("a pcall loop in a task", "task.spawn(function() while true do pcall(a.recv, a, 1) end end) ready() while true do pcall(task.sleep, 9) end"),
        ("a comparator", "ready() table.sort({2, 1}, function() a:recv(1) end)"),
        ("a callback", "ready() print((('x'):gsub('x', function() a:recv(1) end)))"),
        ("__close", "local x <close> = setmetatable({}, {__close = function() ready() a:recv(1) end})"),
        ("a coroutine", "coroutine.wrap(function() ready() a:recv(1) end)()"),
        ("standard input", "ready() io.read()"),
        ("300 tasks", "for _ = 1, 300 do task.spawn(function() while true do pcall(task.sleep, 9) end end) end task.sleep(0) ready() a:recv(1)"),
    ]);
}

#[test]
fn a_busy_script_ends() {
    all_end(&[
        ("a loop", "ready() while true do end"),
        ("a goto", "ready() ::again:: goto again"),
        ("a pcall loop", "ready() while true do pcall(function() while true do end end) end"),
        ("a pcall of C", "ready() while true do pcall(math.abs) end"),
        ("a coroutine", "coroutine.wrap(function() ready() while true do end end)()"),
        ("coroutines without end", "ready() while true do pcall(coroutine.wrap(function() while true do end end)) end"),
        ("a coroutine in a coroutine", "local f = coroutine.wrap(function() pcall(coroutine.wrap(function() while true do end end)) while true do end end)
            ready() while true do pcall(f) end"),
        ("a task", "local t = task.spawn(function() ready() while true do end end) t:join()"),
        ("tasks that never wait", "for _ = 1, 9 do task.spawn(function() while true do task.sleep(0) end end) end ready() while true do pcall(task.sleep, 0) end"),
        ("a comparator", "local t = {} for i = 1, 1e5 do t[i] = i end ready() while true do pcall(table.sort, t, function(x, y) return x > y end) end"),
        ("a callback", "ready() local _ = (('x'):rep(1e7)):gsub('x', function() while true do end end)"),
        ("__close", "local x <close> = setmetatable({}, {__close = function() ready() while true do end end})"),
        ("a coroutine being closed", "local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() ready() while true do end end})
            coroutine.yield() end) coroutine.resume(co) coroutine.close(co)"),
        ("a hooked script", "debug.sethook(function() end, '', 1000) ready() while true do end"),
        ("a script that exits and does not", "ready() while true do pcall(sys.exit, 1) end"),
        ("a reader of load", "ready() load(function() while true do end end)"),
        ("a metamethod", "local m = setmetatable({}, {__index = function() while true do end end}) ready() local x = m.x"),
        ("collecting", "ready() while true do collectgarbage() end"),
    ]);
}

#[test]
fn a_wrapped_coroutine_that_failed_ends_in_its_closing() {
    all_end(&[(
        "__close",
        "pcall(coroutine.wrap(function() local x <close> = setmetatable({}, {__close = function() ready() while true do end end}) error('e') end))",
    )]);
}

#[test]
fn a_message_handler_ends() {
    all_end(&[
        (
            "a busy one",
            "xpcall(error, function() ready() while true do end end)",
        ),
        (
            "a busy one of a busy function",
            "xpcall(function() ready() while true do end end, function() while true do end end)",
        ),
        (
            "one that waits",
            "xpcall(error, function() ready() a:recv(1) end)",
        ),
    ]);
}

#[test]
fn the_text_of_an_error_ends() {
    all_end(&[(
        "__tostring",
        "error(setmetatable({}, {__tostring = function() ready() while true do end end}))",
    )]);
}

/// Where Lua lets no hook in, the third Ctrl-C ends the process.
#[test]
fn the_third_ends_what_cannot_be_interrupted() {
    for code in [
        "setmetatable({}, {__gc = function() ready() while true do end end}) collectgarbage()",
        "ready() print((('a'):rep(60)):find(('a?'):rep(60) .. ('a'):rep(60)))",
    ] {
        let ended = interrupt(code, 3);
        assert_eq!(ended.status, Some(130), "{code}: {:?}", ended.took);
        assert!(ended.took < ALLOWED, "{:?}", ended.took);
    }
}

#[test]
fn what_was_printed_is_kept() {
    let ended = interrupt("print('a line') io.write('half') ready() a:recv(1)", 1);
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(130), "a line\nhalf"));
    let ended = interrupt("print('a line') io.write('half') ready() while true do end", 1);
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(130), "a line\nhalf"));
}

#[test]
fn it_says_what_happened() {
    let ended = interrupt("ready() a:recv(1)", 1);
    assert!(ended.stderr.contains("KeyboardInterrupt"), "{:?}", ended.stderr);
    let ended = interrupt("ready() while true do end", 1);
    assert!(ended.stderr.contains("KeyboardInterrupt"), "{:?}", ended.stderr);
    assert_eq!(
        ended.stderr.matches("KeyboardInterrupt").count(),
        1,
        "once is enough"
    );
}

/// Setting a hook takes Lua a walk through all the calls under way: signals must not come faster than that.
#[test]
fn recursion_to_its_bound_again_and_again_goes_on_and_can_be_ended() {
    const RECURSION: &str = "local function f() return 1 + f() end";
    let run = |timeout: &str, rest: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wirescript"))
            .args(["--timeout", timeout, "-e", &format!("{RECURSION} {rest}")])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        if wait_until(Instant::now() + Duration::from_secs(100), || ended(&mut child)).is_none() {
            child.kill().expect("it can be killed");
        }
        let output = child.wait_with_output().expect("it has ended");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    assert_eq!(run("90", "for _ = 1, 3 do pcall(f) end print('end')"), "end\n");
    let told = run("1", "while true do pcall(f) end");
    assert!(told.contains("LimitError: the time limit of 1 seconds"), "{told}");
    let ended = interrupt(&format!("{RECURSION} ready() while true do pcall(f) end"), 1);
    assert_eq!(ended.status, Some(130));
}
