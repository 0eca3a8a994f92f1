//! The matrix of stopping: whatever a script does, in both languages, in the main chunk, in a task, or in a loop that catches
//! every error, a deadline, a handle of another thread and Ctrl-C end it. The worst time of each way is printed.
#![cfg(all(feature = "cli", feature = "lua", feature = "rhai", target_os = "linux"))]

#[expect(dead_code, reason = "what other tests share and this one does not need")]
mod support;

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use support::{LIMIT, note};
use wirescript::{Policy, Runtime};

/// What is promised on an idle machine, and what a busy one may take.
const PROMISED: Duration = Duration::from_millis(50);
const ALLOWED: Duration = Duration::from_secs(2);
/// How long a script may run where its end is a deadline.
const TIME: Duration = Duration::from_millis(40);

/// One at a time: times are measured.
static ALONE: Mutex<()> = Mutex::new(());

/// What is under way: name, and the same in Lua and in Rhai; empty where a language has no such thing.
const OPERATIONS: &[(&str, &str, &str)] = &[
    ("a loop", "while true do end", "loop {}"),
    ("recv", "a:recv(1)", "a.recv(1)"),
    (
        "recv with a timeout",
        "a:settimeout(100) a:recv(1)",
        "a.settimeout(100); a.recv(1)",
    ),
    (
        "recv_into",
        "a:recv_into(bytearray(9))",
        "a.recv_into(bytearray(9))",
    ),
    ("recvmsg", "a:recvmsg(9, 64)", "a.recvmsg(9, 64)"),
    (
        "a file's readline",
        "a:makefile('rb'):readline()",
        "a.makefile(\"rb\").readline()",
    ),
    (
        "send",
        "while true do a:send(('x'):rep(65536)) end",
        "loop { a.send(blob(65536)); }",
    ),
    (
        "sendall",
        "a:sendall(('x'):rep(10000000))",
        "a.sendall(blob(4000000))",
    ),
    (
        "accept",
        "local s = socket.create_server({'127.0.0.1', 0}) s:accept()",
        "let s = socket::create_server([\"127.0.0.1\", 0]); s.accept()",
    ),
    (
        "connect",
        "local s, kept = socket.create_server({'127.0.0.1', 0}, {backlog = 0}), {}
        while true do local c = socket.socket() kept[#kept + 1] = c c:connect(s:getsockname()) end",
        "let s = socket::create_server([\"127.0.0.1\", 0], #{backlog: 0}); let kept = []; loop { let c = socket::socket(); kept.push(c); c.connect(s.getsockname()); }",
    ),
    (
        "getaddrinfo",
        "while true do pcall(socket.getaddrinfo, 'nowhere.invalid', 80) end",
        "loop { try { socket::getaddrinfo(\"nowhere.invalid\", 80); } catch {} }",
    ),
    ("task.sleep", "task.sleep(100)", "task::sleep(100)"),
    ("time.sleep", "time.sleep(100)", "time::sleep(100)"),
    ("sleep of the language", "", "sleep(100)"),
    (
        "join",
        "task.spawn(task.sleep, 100):join()",
        "task::spawn(|| task::sleep(100)).join()",
    ),
    (
        "a group",
        "task.group(function() task.spawn(task.sleep, 100) end)",
        "task::group(|| { task::spawn(|| task::sleep(100)); })",
    ),
    (
        "a relay",
        "local c, d = socket.socketpair() socket.relay(a, c)",
        "let p = socket::socketpair(); socket::relay(a, p[0])",
    ),
    (
        "select",
        "select.select({a}, {}, {})",
        "select::select([a], [], [])",
    ),
    (
        "poll",
        "local p = select.poll() p:register(a, select.POLLIN) p:poll()",
        "let q = select::poll(); q.register(a, select::POLLIN); q.poll()",
    ),
    (
        "epoll",
        "local p = select.epoll() p:register(a, select.EPOLLIN) p:poll()",
        "let q = select::epoll(); q.register(a, select::EPOLLIN); q.poll()",
    ),
    (
        "a selector",
        "local s = selectors.DefaultSelector() s:register(a, selectors.EVENT_READ) s:select()",
        "let s = selectors::DefaultSelector(); s.register(a, selectors::EVENT_READ); s.select()",
    ),
    (
        "a channel",
        "task.spawn(task.sleep, 100) task.channel():recv()",
        "task::spawn(|| task::sleep(100)); task::channel().recv()",
    ),
    (
        "a full channel",
        "task.spawn(task.sleep, 100) local c = task.channel(1) while true do c:send(1) end",
        "task::spawn(|| task::sleep(100)); let c = task::channel(1); loop { c.send(1); }",
    ),
    (
        "a channel between threads",
        "worker.channel():recv()",
        "worker::channel().recv()",
    ),
    (
        "a worker that waits",
        "worker.spawn('task.sleep(100)'):join()",
        "worker::spawn(\"task::sleep(100)\").join()",
    ),
    (
        "a worker that calculates",
        "worker.spawn('while true do end'):join()",
        "worker::spawn(\"loop {}\").join()",
    ),
    (
        "a handshake",
        "ssl.create_default_context():wrap_socket(a, {server_hostname = 'localhost'})",
        "ssl::create_default_context().wrap_socket(a, #{server_hostname: \"localhost\"})",
    ),
    (
        "operations that succeed",
        "while true do a:send('x') b:recv(1) end",
        "loop { a.send(\"x\"); b.recv(1); }",
    ),
    (
        "operations that fail",
        "while true do pcall(a.recv, 1) end",
        "loop { try { a.recv(-1); } catch {} }",
    ),
    (
        "a coroutine",
        "coroutine.wrap(function() while true do end end)()",
        "",
    ),
    (
        "short coroutines",
        "while true do coroutine.wrap(function() end)() end",
        "",
    ),
    (
        "a comparator",
        "local t = {} for i = 1, 9999 do t[i] = i end while true do table.sort(t, function(x, y) return x > y end) end",
        "let t = []; t.pad(9999, 1); loop { t.sort(|x, y| 1); }",
    ),
    (
        "a C comparator",
        "local t = setmetatable({}, {__len = function() return 2^31 - 2 end, __index = function() return 1 end}) table.sort(t, rawequal)",
        "",
    ),
    (
        "a pattern",
        "(('a'):rep(60)):find(('a?'):rep(60) .. ('a'):rep(60))",
        "",
    ),
    ("gmatch", "for _ in (('a'):rep(100000)):gmatch('.-b') do end", ""),
    ("gsub", "(('a'):rep(100000)):gsub('.-b', 'x')", ""),
    ("gsub's callback", "(('x'):rep(9999999)):gsub('x', type)", ""),
    ("a long table", "table.move({}, 1, 1e15, 2)", ""),
    (
        "a table that says so",
        "table.insert(setmetatable({}, {__len = function() return 1e15 end}), 1, 1)",
        "",
    ),
    (
        "another",
        "table.remove(setmetatable({}, {__len = function() return 1e15 end}), 1)",
        "",
    ),
    (
        "concat of C",
        "table.concat(setmetatable({}, {__index = type}), '', 1, 1e15)",
        "",
    ),
    (
        "unpack of C",
        "while true do pcall(table.unpack, setmetatable({}, {__index = type}), 1, 9e5) end",
        "",
    ),
    ("a reader of load", "load(math.random)", ""),
    // What is loaded and what is read of it fit into the memory there is.
    ("a long chunk", "while true do load((' '):rep(9999999)) end", ""),
    (
        "__close",
        "local x <close> = setmetatable({}, {__close = function() while true do end end})",
        "",
    ),
    (
        "a message handler",
        "xpcall(error, function() while true do end end)",
        "",
    ),
    (
        "strings",
        "while true do local s = ('x'):rep(9999999) end",
        "loop { let s = \"\"; s.pad(999999, \"x\"); }",
    ),
    (
        "joined strings",
        "while true do local s = 'x' for _ = 1, 24 do s = s .. s end end",
        "loop { let s = \"x\"; for i in 0..24 { s += s; } }",
    ),
    (
        "maps and arrays",
        "while true do local t = {} for i = 1, 99 do t[i] = {} end end",
        "loop { let a = []; for i in 0..99 { a.push(#{x: i}); } }",
    ),
];

/// What waits for standard input, which only the command has for itself.
const INPUT: &[(&str, &str, &str)] = &[
    ("input", "input()", "input()"),
    ("sys.stdin", "sys.stdin:readline()", "sys::stdin.readline()"),
    ("a pipe", "open(0, 'rb'):read(1)", "open(0, \"rb\").read(1)"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speech {
    Lua,
    Rhai,
}

#[derive(Clone, Copy, Debug)]
enum Standing {
    Main,
    Task,
    Loop,
}

/// The script: `mark` tells that it is about to begin.
fn script(speech: Speech, standing: Standing, operation: &str, mark: &str) -> String {
    match speech {
        Speech::Lua => {
            // A call stands alone in Lua only as a statement.
            let operation = if operation.starts_with('(') {
                format!("local _ = {operation}")
            } else {
                operation.to_owned()
            };
            let body = match standing {
                Standing::Main => operation,
                Standing::Task => format!("task.spawn(function() {operation} end):join()"),
                Standing::Loop => format!("while true do pcall(function() {operation} end) end"),
            };
            format!("local a, b = socket.socketpair() {mark} {body}")
        }
        Speech::Rhai => {
            let body = match standing {
                Standing::Main => operation.to_owned(),
                Standing::Task => format!("task::spawn(|| {{ {operation} }}).join()"),
                Standing::Loop => format!("loop {{ try {{ {operation}; }} catch {{}} }}"),
            };
            format!("let p = socket::socketpair(); let a = p[0]; let b = p[1]; {mark} {body}")
        }
    }
}

/// Runs every operation in every standing and language; `end` says how long the end took, or what went wrong.
fn matrix(
    way: &str,
    operations: &[&[(&str, &str, &str)]],
    mark: fn(Speech) -> &'static str,
    end: impl Fn(Speech, &str) -> Result<Duration, String>,
) {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut problems = Vec::new();
    let (mut worst, mut slow, mut count) = ((Duration::ZERO, String::new()), 0, 0);
    for (name, lua, rhai) in operations.iter().copied().flatten() {
        for (speech, operation) in [(Speech::Lua, lua), (Speech::Rhai, rhai)] {
            if operation.is_empty() {
                continue;
            }
            for standing in [Standing::Main, Standing::Task, Standing::Loop] {
                let place = format!("{name}, {speech:?}, {standing:?}");
                count += 1;
                match end(speech, &script(speech, standing, operation, mark(speech))) {
                    Ok(took) => {
                        slow += usize::from(took > PROMISED);
                        if took > ALLOWED {
                            problems.push(format!("{place}: after {took:?}"));
                        }
                        if took > worst.0 {
                            worst = (took, place);
                        }
                    }
                    Err(problem) => problems.push(format!("{place}: {problem}")),
                }
            }
        }
    }
    note(&format!(
        "{way}: the slowest of {count} took {:?} ({}), {slow} more than the {PROMISED:?} that are promised",
        worst.0, worst.1
    ));
    assert!(problems.is_empty(), "{way}:\n{}", problems.join("\n"));
}

/// Runs a script on a thread of its own; when it ended, and its error.
fn run(
    speech: Speech,
    code: &str,
    time: Option<Duration>,
    mark: impl Fn() + Send + 'static,
) -> (
    mpsc::Receiver<wirescript::Handle>,
    mpsc::Receiver<(Instant, Duration, String)>,
) {
    let (handles, handle) = mpsc::channel();
    let (ends, ended) = mpsc::channel();
    let code = code.to_owned();
    thread::spawn(move || {
        let builder = match speech {
            Speech::Lua => Runtime::builder().lua(),
            Speech::Rhai => Runtime::builder().rhai(),
        };
        let builder = builder.policy(Policy::allow_all()).memory_limit(64 << 20);
        let builder = builder.on_judgement(move |line| {
            if line.contains("host name") {
                mark();
            }
        });
        let builder = match time {
            Some(time) => builder.timeout(time),
            None => builder,
        };
        let mut runtime = builder.build().expect("a runtime");
        if time.is_none() {
            handles.send(runtime.handle()).expect("the test listens");
        }
        let start = Instant::now();
        let error = runtime
            .run("script", code)
            .map_or_else(|error| error.to_string(), |()| String::new());
        // Nobody listens any more when the time was up.
        let _ = ends.send((Instant::now(), start.elapsed(), error));
    });
    (handle, ended)
}

fn by_judgement(speech: Speech) -> &'static str {
    match speech {
        Speech::Lua => "socket.gethostname()",
        Speech::Rhai => "socket::gethostname();",
    }
}

#[test]
fn a_deadline_ends_everything() {
    matrix(
        "a deadline",
        &[OPERATIONS],
        |_| "",
        |speech, code| {
            let (_, ended) = run(speech, code, Some(TIME), || {});
            let (_, took, error) = ended.recv_timeout(LIMIT).map_err(|_| "it goes on".to_owned())?;
            if took < TIME || !error.contains("LimitError: the time limit of 0.04 seconds is over") {
                return Err(format!("after {took:?}: {error}"));
            }
            Ok(took - TIME)
        },
    );
}

#[test]
fn a_handle_ends_everything() {
    matrix("stop()", &[OPERATIONS], by_judgement, |speech, code| {
        let (marks, mark) = mpsc::channel();
        let (handle, ended) = run(speech, code, None, move || {
            let _ = marks.send(());
        });
        let handle = handle.recv_timeout(LIMIT).map_err(|_| "no handle".to_owned())?;
        mark.recv_timeout(LIMIT)
            .map_err(|_| "it never began".to_owned())?;
        // Time to get where it is to be ended; too little of it is no failure.
        let _ = mark.recv_timeout(Duration::from_millis(15));
        let start = Instant::now();
        handle.stop();
        let (stopped, _, error) = ended.recv_timeout(LIMIT).map_err(|_| "it goes on".to_owned())?;
        if !error.contains("CancelledError") {
            return Err(format!("it ended with {error:?}"));
        }
        Ok(stopped.saturating_duration_since(start))
    });
}

fn by_output(speech: Speech) -> &'static str {
    match speech {
        Speech::Lua => "print('r') sys.stdout:flush()",
        Speech::Rhai => "print(\"r\"); sys::stdout.flush();",
    }
}

/// The command, told to print when the operation is about to begin; its standard input stays open and empty.
fn command(speech: Speech, code: &str, options: &[&str]) -> Result<Child, String> {
    let language = if speech == Speech::Lua { "lua" } else { "rhai" };
    Command::new(env!("CARGO_BIN_EXE_wirescript"))
        .args(["--max-memory", "67108864", "--lang", language])
        .args(options)
        .args(["-e", code])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())
}

/// Waits for the end of a command; an error when its status is another.
fn expect_status(child: &mut Child, wanted: i32) -> Result<(), String> {
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.code() == Some(wanted) {
        return Ok(());
    }
    let mut text = String::new();
    let _ = child.stderr.take().map(|mut pipe| pipe.read_to_string(&mut text));
    Err(format!("{status}: {text}"))
}

#[test]
fn ctrl_c_ends_everything() {
    matrix("Ctrl-C", &[OPERATIONS, INPUT], by_output, |speech, code| {
        let mut child = command(speech, code, &[])?;
        // The shell is there before it is needed.
        let mut shell = Command::new("sh")
            .args(["-c", "read -r go; kill -INT \"$0\"", &child.id().to_string()])
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let kept = child.stdin.take();
        let mut stdout = child.stdout.take().ok_or("no pipe")?;
        let began = stdout.read_exact(&mut [0; 2]).is_ok();
        thread::yield_now();
        let start = Instant::now();
        let told = shell
            .stdin
            .take()
            .is_some_and(|mut pipe| pipe.write_all(b"\n").is_ok());
        // The script ends with its output.
        let _ = stdout.read_to_end(&mut Vec::new());
        let took = start.elapsed();
        let _ = shell.wait();
        drop(kept);
        expect_status(&mut child, 130)?;
        if began && told {
            Ok(took)
        } else {
            Err("it never began".to_owned())
        }
    });
}

#[test]
fn the_command_s_deadline_ends_what_waits_for_input() {
    matrix("--timeout", &[INPUT], by_output, |speech, code| {
        let start = Instant::now();
        let mut child = command(speech, code, &["--timeout", "0.2"])?;
        let kept = child.stdin.take();
        let mut stdout = child.stdout.take().ok_or("no pipe")?;
        stdout
            .read_exact(&mut [0; 2])
            .map_err(|error| error.to_string())?;
        let begun = Instant::now();
        let _ = stdout.read_to_end(&mut Vec::new());
        let (took, whole) = (begun.elapsed(), start.elapsed());
        drop(kept);
        expect_status(&mut child, 1)?;
        let length = Duration::from_millis(200);
        if whole < length {
            return Err(format!("after {whole:?}"));
        }
        Ok(took.saturating_sub(length))
    });
}
