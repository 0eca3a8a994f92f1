//! Faults made on purpose: what they break and what they do not, and that the same seed breaks the same.
#![cfg(feature = "cli")]

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
#[cfg(feature = "lua54")]
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
        #[cfg(feature = "lua54")]
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

#[cfg(feature = "lua54")]
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

#[cfg(feature = "lua54")]
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

#[cfg(feature = "lua54")]
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

#[cfg(feature = "lua54")]
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
