//! Faults made on purpose: what they break and what they do not, and that the same seed breaks the same.
#![cfg(feature = "cli")]

#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/runner.rs"]
mod runner;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::process::Command;

use support::{LIMIT, Running};

/// Runs a script of each language under faults, and returns what it prints.
fn run(faults: &str, seed: u32, language: &str, code: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    command
        .args(["--faults", faults, "--seed", &seed.to_string()])
        .args(["--lang", language, "-e", code]);
    let done = Running::start(&mut command).finish(LIMIT);
    assert!(
        done.status.is_some_and(|status| status.success()),
        "{faults} {language}\n{}{}",
        done.stdout,
        done.stderr
    );
    done.stdout
}

/// Both ends in one script: 1000 bytes, a client that asks once, one that counts, and a file that reads lines.
#[cfg(feature = "lua")]
const EXCHANGE: &str = r#"
local function pair() return socket.socketpair() end
local text = ("0123456789"):rep(100)
local a, b = pair()
local sender = task.spawn(function() a:sendall(text) a:close() end)
print("naive", #b:recv(1000) == 1000)
sender:join()
local a, b = pair()
sender = task.spawn(function() a:sendall(text) a:close() end)
print("exact", tube.wrap(b):recv_exactly(1000) == text)
sender:join()
local a, b = pair()
sender = task.spawn(function() a:sendall("one\ntwo\nthree\n") a:close() end)
for line in b:makefile("r"):lines() do io.write(line) end
sender:join()
"#;

#[cfg(feature = "rhai")]
const EXCHANGE_RHAI: &str = r#"
let text = "";
for i in 0..100 { text += "0123456789"; }
let p = socket::socketpair();
let a = p[0]; let b = p[1];
let sender = task::spawn(|| { a.sendall(text); a.close(); });
print("naive\t" + (b.recv(1000).len() == 1000));
sender.join();
let p = socket::socketpair();
let c = p[0]; let d = p[1];
sender = task::spawn(|| { c.sendall(text); c.close(); });
print("exact\t" + (tube::wrap(d).recv_exactly(1000) == text.to_blob()));
sender.join();
let p = socket::socketpair();
let e = p[0]; let f = p[1];
sender = task::spawn(|| { e.sendall("one\ntwo\nthree\n"); e.close(); });
let whole = "";
for line in f.makefile("r").lines() { whole += line; }
whole.trim();
print(whole);
sender.join();
"#;

fn languages() -> Vec<(&'static str, &'static str)> {
    vec![
        #[cfg(feature = "lua")]
        ("lua", EXCHANGE),
        #[cfg(feature = "rhai")]
        ("rhai", EXCHANGE_RHAI),
    ]
}

#[test]
fn short_pieces_break_who_asks_once_and_nobody_else() {
    for (language, code) in languages() {
        for faults in [
            "short-reads",
            "short-reads,short-writes,interrupts=0.5,stalls=0.5",
        ] {
            let told = run(faults, 1, language, code);
            assert_eq!(
                told.trim_end(),
                "naive\tfalse\nexact\ttrue\none\ntwo\nthree",
                "{faults} {language}"
            );
        }
        // What was sent in pieces may be whole again when somebody looks.
        let told = run(
            "short-writes,interrupts=0.5,stalls=0.5,rate=1M",
            1,
            language,
            code,
        );
        assert!(told.contains("exact\ttrue"), "{told}");
    }
}

#[cfg(feature = "lua")]
const SIZES: &str = r#"
local a, b = socket.socketpair()
task.spawn(function() a:sendall(("x"):rep(500)) a:close() end)
repeat local d = b:recv(400) io.write(#d, " ") until d == ""
local u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u:bind{"127.0.0.1", 0}
local v = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i = 1, 60 do v:sendto(tostring(i), u:getsockname()) end
u:settimeout(0.2)
pcall(function() while true do io.write(u:recv(10), " ") end end)
"#;

#[cfg(feature = "lua")]
#[test]
fn the_same_seed_gives_the_same_faults() {
    let faults = "short-reads=0.8,interrupts=0.2,stalls=0.2,drop=0.2,duplicate=0.2,reorder=0.3";
    let first = run(faults, 5, "lua", SIZES);
    assert_eq!(run(faults, 5, "lua", SIZES), first);
    assert_ne!(run(faults, 6, "lua", SIZES), first);
    let (_, numbers) = first.split_once(" 0 ").expect("the stream's end");
    let numbers: Vec<i32> = numbers
        .split(' ')
        .filter_map(|number| number.parse().ok())
        .collect();
    let sorted = numbers.windows(2).all(|pair| pair[0] <= pair[1]);
    assert!(!sorted, "{first}");
}

#[cfg(feature = "lua")]
#[test]
fn streams_break_where_they_are_to() {
    let told = run(
        "reset=5",
        0,
        "lua",
        r#"
        local a, b = socket.socketpair()
        print(a:send("abc"), a:send("def"))
        print(select(2, pcall(a.send, a, "x")).name, select(2, pcall(a.send, a, "x")).name)
        print(b:recv(100))
        local ok, e = pcall(b.recv, b, 100)
        print(e.name, b:recv(100) == "")
        "#,
    );
    assert_eq!(
        told,
        "3\t2\nConnectionResetError\tBrokenPipeError\nabcde\nConnectionResetError\ttrue\n"
    );
    let told = run(
        "half-close=4",
        0,
        "lua",
        r#"
        local a, b = socket.socketpair()
        local ok, e = pcall(a.sendall, a, "abcdef")
        print(e.name, e.sent, b:recv(100), b:recv(100) == "")
        b:sendall("back")
        print(a:recv(100))
        "#,
    );
    assert_eq!(told, "BrokenPipeError\t4\tabcd\ttrue\nback\n");
}

#[cfg(feature = "lua")]
#[test]
fn delays_count_against_timeouts_and_lose_nothing() {
    let told = run(
        "latency=100ms",
        0,
        "lua",
        r#"
        local a, b = socket.socketpair()
        a:sendall("late")
        b:settimeout(0.01)
        local start = time.monotonic()
        local ok, e = pcall(b.recv, b, 10)
        print(e.name, e:is(socket.timeout))
        b:setblocking(false)
        print(select(2, pcall(b.recv, b, 10)).name)
        b:settimeout(30)
        print(b:recv(10), time.monotonic() - start >= 0.1)
        "#,
    );
    assert_eq!(told, "TimeoutError\ttrue\nBlockingIOError\nlate\ttrue\n");
    let told = run(
        "resolver=30s",
        0,
        "lua",
        r#"
        local s = socket.socket()
        s:settimeout(0.05)
        print(select(2, pcall(s.connect, s, {"localhost", 9})).name)
        print(#socket.getaddrinfo("127.0.0.1", 9) > 0)
        "#,
    );
    assert_eq!(told, "TimeoutError\ttrue\n".replace("\ttrue", "\ntrue"));
}

/// What is there together arrives together, in however many pieces it is asked for: on the network of the kernel and on a virtual one.
#[test]
fn a_delay_belongs_to_what_arrives() {
    let lua = r#"
        local function took(make, read)
            local a, b = make()
            for i = 1, 10 do a:sendall(("%010d"):format(i)) end
            local start = time.monotonic()
            read(a, b)
            local passed = time.monotonic() - start
            return passed >= 0.1 and passed < 0.5
        end
        local function each(a, b) for i = 1, 10 do b:recv(10) end end
        local function ended(a, b) a:close() local n = 0 repeat local d = b:recv(7) n = n + #d until d == "" assert(n == 100) end
        print(took(socket.socketpair, each), took(socket.socketpair, ended))
        print(took(function() return socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) end, each))
    "#;
    let rhai = r#"
        let took = |p, read| {
            for i in 0..10 { p[0].sendall("0123456789"); }
            let start = time::monotonic();
            read.call(p);
            let passed = time::monotonic() - start;
            passed >= 0.1 && passed < 0.5
        };
        let each = |p| { for i in 0..10 { p[1].recv(10); } };
        let ended = |p| { p[0].close(); while p[1].recv(7).len() > 0 { } };
        print(`${took.call(socket::socketpair(), each)}	${took.call(socket::socketpair(), ended)}`);
        print(took.call(socket::socketpair(socket::AF_UNIX, socket::SOCK_DGRAM), each));
    "#;
    let languages: &[(&str, &str)] = &[
        #[cfg(feature = "lua")]
        ("lua", lua),
        #[cfg(feature = "rhai")]
        ("rhai", rhai),
    ];
    for (language, code) in languages {
        for faults in ["latency=100ms", "latency=100ms,jitter=20ms,short-reads=0.5"] {
            for network in [&[][..], &["--virtual"]] {
                let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
                command
                    .args(network)
                    .args(["--faults", faults, "--lang", language, "-e", code]);
                let done = Running::start(&mut command).finish(LIMIT);
                assert_eq!(
                    done.stdout, "true\ttrue\ntrue\n",
                    "{language} {faults} {network:?}\n{}",
                    done.stderr
                );
            }
        }
    }
    let _ = (lua, rhai);
}

/// A name that takes longer than a call may is a timeout, whatever the call.
#[test]
#[cfg(feature = "lua")]
fn a_slow_lookup_counts_against_the_timeout() {
    let code = r#"
        local l = socket.create_server({"127.0.0.1", 0})
        local there = {"localhost", l:getsockname()[2]}
        local function of(kind) local s = socket.socket(socket.AF_INET, kind) s:settimeout(0.2) return s end
        for _, call in ipairs {
            function() of(socket.SOCK_STREAM):connect(there) end,
            function() socket.create_connection(there, 0.2) end,
            function() tube.connect("tcp://localhost:" .. there[2], {timeout=0.2}) end,
            function() of(socket.SOCK_DGRAM):sendto("x", there) end,
            function() of(socket.SOCK_DGRAM):sendmsg({"x"}, {}, 0, there) end,
            function() of(socket.SOCK_STREAM):bind({"localhost", 0}) end,
        } do
            local start = time.monotonic()
            local ok, e = pcall(call)
            local passed = time.monotonic() - start
            print(e.name, passed >= 0.2 and passed < 5)
        end
    "#;
    for network in [&[][..], &["--virtual"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
        command
            .args(network)
            .args(["--faults", "resolver=30s", "-e", code]);
        let done = Running::start(&mut command).finish(LIMIT);
        assert_eq!(
            done.stdout,
            "TimeoutError\ttrue\n".repeat(6),
            "{network:?}\n{}",
            done.stderr
        );
    }
}

/// A stream that is read in pieces and datagrams that are lost: what `--trace` tells of them.
#[cfg(feature = "lua")]
const TRACED: &str = r#"
local a, b = socket.socketpair()
a:sendall(("0123456789"):rep(40)) a:close()
repeat local d = b:recv(64) until d == ""
b:close()
local c, d = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
for i = 1, 40 do c:send(tostring(i)) end
d:settimeout(0.1)
while pcall(d.recv, d, 10) do end
"#;

#[cfg(feature = "rhai")]
const TRACED_RHAI: &str = r#"
let p = socket::socketpair();
let a = p[0]; let b = p[1];
let text = "";
for i in 0..40 { text += "0123456789"; }
a.sendall(text); a.close();
loop { if b.recv(64).len() == 0 { break; } }
b.close();
let p = socket::socketpair(socket::AF_UNIX, socket::SOCK_DGRAM);
let c = p[0]; let d = p[1];
for i in 1..41 { c.send(i.to_string()); }
d.settimeout(0.1);
loop { try { d.recv(10); } catch { break; } }
"#;

#[test]
fn the_same_seed_gives_the_same_trace() {
    let languages: &[(&str, &str)] = &[
        #[cfg(feature = "lua")]
        ("lua", TRACED),
        #[cfg(feature = "rhai")]
        ("rhai", TRACED_RHAI),
    ];
    let room = runner::room("trace");
    for (language, code) in languages {
        let trace = |seed: u32, run: u32| {
            let file = room.join(format!("{language}_{seed}_{run}"));
            let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
            command.args(["--faults", "short-reads=0.7,short-writes=0.3,interrupts=0.2,stalls=0.2,drop=0.3,duplicate=0.2,reorder=0.3"]);
            command
                .args([
                    "--seed",
                    &seed.to_string(),
                    "--lang",
                    language,
                    "-e",
                    code,
                    "--trace",
                ])
                .arg(&file);
            let done = Running::start(&mut command).finish(LIMIT);
            assert!(
                done.status.is_some_and(|status| status.success()),
                "{}",
                done.stderr
            );
            let text = std::fs::read_to_string(&file).expect("the trace");
            // When it happened is no part of it: `{"ns":123,…`.
            let lines = text
                .lines()
                .skip(1)
                .map(|line| line.split_once(',').map_or(line, |(_, rest)| rest));
            lines.map(|line| format!("{line}\n")).collect::<String>()
        };
        let first = trace(7, 1);
        assert_eq!(trace(7, 2), first, "{language}");
        assert_ne!(trace(8, 1), first, "{language}");
        assert!(first.lines().count() > 60, "{first}");
    }
}

#[cfg(all(feature = "lua", feature = "tls"))]
const SECRET: &str = r#"
local folder = "CERTIFICATES/"
local function contexts()
  local server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
  server:load_cert_chain(folder .. "localhost.pem")
  local client = ssl.create_default_context()
  client:load_verify_locations(folder .. "ca.pem")
  return server, client
end
local server, client = contexts()
local a, b = socket.socketpair()
local text = ("0123456789"):rep(2000)
local answering = task.spawn(function()
  local s = server:wrap_socket(a, {server_side=true})
  local got = tube.wrap(s):recv_exactly(#text)
  s:sendall(got)
  s:close()
end)
local start = time.monotonic()
local ok, e = pcall(function()
  local s = client:wrap_socket(b, {server_hostname="localhost"})
  local waited = time.monotonic() - start >= 0.02
  s:sendall(text)
  print(waited, tube.wrap(s):recv_exactly(#text) == text)
  s:close()
end)
if not ok then print(e.name) end
pcall(answering.join, answering)
"#;

#[cfg(all(feature = "rhai", feature = "tls"))]
const SECRET_RHAI: &str = r#"
let folder = "CERTIFICATES/";
let server = ssl::SSLContext(ssl::PROTOCOL_TLS_SERVER);
server.load_cert_chain(folder + "localhost.pem");
let client = ssl::create_default_context();
client.load_verify_locations(folder + "ca.pem");
let p = socket::socketpair();
let a = p[0]; let b = p[1];
let text = "";
for i in 0..2000 { text += "0123456789"; }
let answering = task::spawn(|| {
  let s = server.wrap_socket(a, #{server_side: true});
  let got = tube::wrap(s).recv_exactly(20000);
  s.sendall(got);
  s.close();
});
let start = time::monotonic();
try {
  let s = client.wrap_socket(b, #{server_hostname: "localhost"});
  let waited = time::monotonic() - start >= 0.02;
  s.sendall(text);
  print(`${waited}	${tube::wrap(s).recv_exactly(20000) == text.to_blob()}`);
  s.close();
} catch (e) { print(e.name); }
try { answering.join(); } catch {}
"#;

/// What is wrapped keeps its faults: they are made to TLS's records.
#[cfg(feature = "tls")]
#[test]
fn faults_are_made_under_tls_too() {
    let languages: &[(&str, &str)] = &[
        #[cfg(feature = "lua")]
        ("lua", SECRET),
        #[cfg(feature = "rhai")]
        ("rhai", SECRET_RHAI),
    ];
    let certificates = support::folder("tests/certificates").display().to_string();
    for (language, code) in languages {
        let code = code.replace("CERTIFICATES", &certificates);
        let faults = "short-reads=0.2,short-writes=0.2,interrupts=0.2,stalls=0.2,latency=20ms";
        assert_eq!(run(faults, 3, language, &code), "true\ttrue\n", "{language}");
        let told = run("reset=9000", 3, language, &code);
        // TLS calls a stream that is gone when it writes once more an end without a goodbye.
        let broken = ["ConnectionResetError\n", "SSLEOFError\n"];
        assert!(broken.contains(&&*told), "{language}: {told}");
    }
}

#[test]
fn a_wrong_plan_is_wrong_usage() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    command.args(["--faults", "latancy=1", "-e", "x"]);
    let done = Running::start(&mut command).finish(LIMIT);
    assert_eq!(done.status.and_then(|status| status.code()), Some(2));
    assert_eq!(
        done.stderr,
        "wirescript: --faults: unknown fault 'latancy'. Did you mean: 'latency'?\n"
    );
}

#[test]
#[cfg(feature = "lua")]
fn datagrams_that_are_held_back_are_told_of() {
    let code = r##"
local function pair()
    local a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    a:bind {"127.0.0.1", 0}
    a:setblocking(false)
    local b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    b:connect(a:getsockname())
    b:send("news")
    return a, b
end
local function polled(a)
    local e = select.epoll()
    e:register(a, select.EPOLLIN)
    local count = #e:poll(5)
    e:close()
    return count
end
local function selected(a) return #select.select({a}, {}, {}, 5) end
for _, ready in ipairs {selected, polled} do
    local a, b = pair()
    assert(ready(a) == 1)
    -- The first lets the next go first, and none comes; or it comes twice.
    local ok, first = pcall(a.recv, a, 10)
    local begun = time.monotonic()
    assert(ready(a) == 1 and time.monotonic() - begun < 4)
    print(ok and first or first.name, a:recv(10), #select.select({a}, {}, {}, 0))
    a:close() b:close()
end
"##;
    assert_eq!(
        run("reorder=1", 1, "lua", code),
        "BlockingIOError\tnews\t0\n".repeat(2)
    );
    // Who sends sends twice, too.
    assert_eq!(run("duplicate=1", 1, "lua", code), "news\tnews\t1\n".repeat(2));
}

/// One end that waits for any of many and never in a call, until it has what the other sends in two parts; and one that asks
/// whether something is there without waiting at all.
#[cfg(feature = "lua")]
const WATCHED: &str = r##"
local function pair(kind)
    if kind == socket.SOCK_STREAM then return socket.socketpair() end
    local a = socket.socket(socket.AF_INET, kind)
    a:bind {"127.0.0.1", 0}
    local b = socket.socket(socket.AF_INET, kind)
    b:connect(a:getsockname())
    return b, a
end
for _, kind in ipairs {socket.SOCK_STREAM, socket.SOCK_DGRAM} do
    for _, how in ipairs {select.EPOLLET, select.EPOLLONESHOT, 0} do
        local a, b = pair(kind)
        b:setblocking(false)
        local set <close> = select.epoll()
        set:register(b, select.EPOLLIN | how)
        local got, refused = "", 0
        for _, part in ipairs {"one", "two"} do
            a:send(part)
            local whole = got .. part
            local begun = time.monotonic()
            repeat
                local told = set:poll(5)
                assert(#told == 1 and told[1][2] == select.EPOLLIN, "nothing is told of")
                local ok, data = pcall(b.recv, b, 10)
                while ok do got = got .. data ok, data = pcall(b.recv, b, 10) end
                refused = refused + (got == whole and 0 or 1)
                if how == select.EPOLLONESHOT then set:modify(b, select.EPOLLIN | how) end
            until got == whole
            assert(time.monotonic() - begun < 4)
        end
        assert(#set:poll(0) == 0)
        a:send("three")
        local begun, looks = time.monotonic(), 0
        while #select.select({b}, {}, {}, 0) == 0 do looks = looks + 1 time.sleep(0.005) end
        local late = time.monotonic() - begun >= 0.03
        local ok, data = pcall(b.recv, b, 10)
        print(got, refused > 0, looks > 0, late, ok and data or data.name)
        a:close() b:close()
    end
end
"##;

#[cfg(feature = "rhai")]
const WATCHED_RHAI: &str = r##"
for kind in [socket::SOCK_STREAM, socket::SOCK_DGRAM] {
    for how in [select::EPOLLET, select::EPOLLONESHOT, 0] {
        let a = ();
        let b = ();
        if kind == socket::SOCK_STREAM {
            let pair = socket::socketpair();
            a = pair[0];
            b = pair[1];
        } else {
            b = socket::socket(socket::AF_INET, kind);
            b.bind(["127.0.0.1", 0]);
            a = socket::socket(socket::AF_INET, kind);
            a.connect(b.getsockname());
        }
        b.setblocking(false);
        let set = select::epoll();
        set.register(b, select::EPOLLIN | how);
        let got = "";
        let refused = 0;
        for part in ["one", "two"] {
            a.send(part);
            let whole = got + part;
            while got != whole {
                let told = set.poll(5);
                if told.len() != 1 || told[0][1] != select::EPOLLIN { throw "nothing is told of"; }
                try { loop { got += b.recv(10).as_string(); } } catch (e) { if !e.is("BlockingIOError") { throw e; } }
                if got != whole { refused += 1; }
                if how == select::EPOLLONESHOT { set.modify(b, select::EPOLLIN | how); }
            }
        }
        if set.poll(0).len() != 0 { throw "something is told of"; }
        a.send("three");
        let begun = time::monotonic();
        let looks = 0;
        while select::select([b], [], [], 0)[0].len() == 0 { looks += 1; time::sleep(0.005); }
        let late = time::monotonic() - begun >= 0.03;
        let told = "";
        try { told = b.recv(10).as_string(); } catch (e) { told = e.name; }
        print(got + "\t" + (refused > 0) + "\t" + (looks > 0) + "\t" + late + "\t" + told);
        a.close();
        b.close();
        set.close();
    }
}
"##;

#[test]
fn what_is_held_back_is_told_of_when_it_is_due() {
    let codes = [
        #[cfg(feature = "lua")]
        ("lua", WATCHED),
        #[cfg(feature = "rhai")]
        ("rhai", WATCHED_RHAI),
    ];
    for (language, code) in codes {
        let told = run("latency=30ms", 1, language, code);
        let due = "onetwo\tfalse\ttrue\ttrue\tthree\n";
        assert_eq!(told, due.repeat(6), "{language}");
        // In its own time of a network inside the process, too.
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
        command.args([
            "--virtual",
            "--faults",
            "latency=30ms",
            "--lang",
            language,
            "-e",
            code,
        ]);
        let done = Running::start(&mut command).finish(LIMIT);
        assert_eq!(done.stdout, due.repeat(6), "{language}\n{}", done.stderr);
        // A call that finds nothing although there is something is no end of it: there is another edge.
        let told = run("stalls", 1, language, code);
        assert_eq!(
            told,
            "onetwo\ttrue\tfalse\tfalse\tBlockingIOError\n".repeat(6),
            "{language}"
        );
    }
}

#[test]
#[cfg(feature = "lua")]
fn a_limited_rate_is_told_of_in_both_directions() {
    let told = run(
        "rate=20k",
        1,
        "lua",
        r#"
        local a, b = socket.socketpair()
        a:setblocking(false) b:setblocking(false)
        local set = select.epoll()
        set:register(a, select.EPOLLOUT | select.EPOLLET)
        set:register(b, select.EPOLLIN | select.EPOLLET)
        local text, got, rounds = ("x"):rep(5000), "", 0
        while #got < 5000 do
            local told = set:poll(5)
            assert(#told > 0, "nothing is told of")
            rounds = rounds + 1
            for _, event in ipairs(told) do
                if event[1] == a:fileno() then
                    local ok, count = true
                    while ok and #text > 0 do
                        ok, count = pcall(a.send, a, text)
                        if ok then text = text:sub(count + 1) end
                    end
                else
                    local ok, data = true
                    while ok do
                        ok, data = pcall(b.recv, b, 5000)
                        if ok then got = got .. data end
                    end
                end
            end
        end
        -- It is not looked all the time, but whenever a part is due.
        print(#got, rounds < 50)
        "#,
    );
    assert_eq!(told, "5000\ttrue\n");
}

#[test]
#[cfg(all(feature = "lua", feature = "tls"))]
fn over_tls_what_is_held_back_is_told_of_too() {
    let code = r#"
local folder = "CERTIFICATES/"
local server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server:load_cert_chain(folder .. "localhost.pem")
local client = ssl.create_default_context()
client:load_verify_locations(folder .. "ca.pem")
local text = ("0123456789"):rep(3000)
for _, how in ipairs {"select", 0, select.EPOLLET} do
    local a, b = socket.socketpair()
    local answering = task.spawn(function()
        local s = server:wrap_socket(a, {server_side=true})
        s:sendall(text) task.sleep(0.02) s:sendall("more") task.sleep(0.05)
        s:close()
    end)
    local s = client:wrap_socket(b, {server_hostname="localhost"})
    s:setblocking(false)
    local set = select.epoll()
    if how ~= "select" then set:register(s, select.EPOLLIN | how) end
    local got = 0
    while got < #text + 4 do
        local told = how == "select" and select.select({s}, {}, {}, 5) or set:poll(5)
        assert(#told == 1, "nothing is told of")
        local ok, data = true
        while ok do
            ok, data = pcall(s.recv, s, 4096)
            if ok then got = got + #data end
        end
    end
    answering:join() s:close() set:close()
end
print("all")
"#;
    let code = code.replace(
        "CERTIFICATES",
        &support::folder("tests/certificates").display().to_string(),
    );
    for faults in ["latency=10ms", "stalls=0.5", "latency=5ms,stalls=0.3,rate=2M"] {
        assert_eq!(run(faults, 3, "lua", &code), "all\n", "{faults}");
    }
}

#[test]
#[cfg(feature = "lua")]
fn a_relay_passes_on_what_is_held_back() {
    for faults in [
        "latency=5ms",
        "jitter=5ms",
        "stalls",
        "rate=100k",
        "short-reads,short-writes",
    ] {
        let told = run(
            faults,
            3,
            "lua",
            r#"
            local a, b = socket.socketpair()
            local c, d = socket.socketpair()
            local relay = task.spawn(socket.relay, b, c)
            a:sendall("there") d:sendall("and back")
            a:shutdown(socket.SHUT_WR) d:shutdown(socket.SHUT_WR)
            local function whole(s) local text = "" repeat local data = s:recv(100) text = text .. data until data == "" return text end
            print(whole(d), whole(a))
            print(relay:join())
            b:close() c:close()
            -- The time that nothing moves counts from the last time that something did.
            local b, c = socket.socketpair(), socket.socketpair()
            b:settimeout(0.05)
            print(select(2, pcall(socket.relay, b, c)).name)
            "#,
        );
        assert_eq!(told, "there\tand back\n5\t8\nTimeoutError\n", "{faults}");
    }
}
