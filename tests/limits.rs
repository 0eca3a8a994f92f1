//! Limits: each is kept in both languages, whatever way a script goes, and in a worker it starts as well.
#![cfg(target_os = "linux")]
#![cfg_attr(
    not(all(feature = "lua", feature = "rhai")),
    allow(dead_code, reason = "half of it is for the other language")
)]

#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
#[path = "support/script.rs"]
mod script;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::time::{Duration, Instant};

use script::report;
use support::LIMIT;
use wirescript::policy::Limits;
use wirescript::{Policy, Runtime};

/// What every script here begins with: `a` and `b` are a pair; `exhaust(way)` goes a way until a limit ends it, which it
/// must; `arrived(s)` is how many bytes there are.
#[cfg(feature = "lua")]
const LUA: &str = "
    local function exhaust(way)
        for _ = 1, 99 do
            local ok, e = pcall(way)
            if not ok then assert(type(e) == 'userdata' and e.name == 'LimitError', tostring(e)) return end
        end
        error('it has no end')
    end
    local function arrived(s)
        s:setblocking(false)
        local count = 0
        while true do
            local ok, data = pcall(s.recv, s, 100)
            if not ok or data == '' then return count end
            count = count + #data
        end
    end
    local kept = {}
";
#[cfg(feature = "rhai")]
const RHAI: &str = "
    let exhaust = |way| {
        for i in 0..99 {
            try { way.call(); } catch (e) {
                if type_of(e) != \"error\" || e.name != \"LimitError\" { throw e; }
                return true;
            }
        }
        throw \"it has no end\";
    };
    let arrived = |s| {
        s.setblocking(false);
        let count = 0;
        loop {
            let data = ();
            try { data = s.recv(100); } catch { return count; }
            if data.is_empty() { return count; }
            count += data.len();
        }
    };
    let kept = [];
";
#[cfg(feature = "lua")]
const LUA_PAIR: &str = "local a, b = socket.socketpair()";
#[cfg(feature = "rhai")]
const RHAI_PAIR: &str = "let p = socket::socketpair(); let a = p[0]; let b = p[1];";

/// Runs a script under limits, or has a worker run it; the text of what went wrong.
fn run(language: &str, limits: Limits, in_a_worker: bool, code: &str) -> Result<(), String> {
    let builder = match language {
        #[cfg(feature = "lua")]
        "Lua" => Runtime::builder().lua(),
        #[cfg(feature = "rhai")]
        "Rhai" => Runtime::builder().rhai(),
        _ => unreachable!("a language of this build"),
    };
    let mut runtime = builder
        .policy(Policy::allow_all())
        .limits(limits)
        .build()
        .expect("a runtime");
    runtime.set("code", code).expect("a text is a value");
    let start = if language == "Lua" {
        "worker.spawn(code):join()"
    } else {
        "worker::spawn(code).join();"
    };
    runtime
        .run("script", if in_a_worker { start } else { code })
        .map_err(|error| error.to_string())
}

/// Runs each way, here and in a worker: name, and the same in both languages. All must end well.
fn all(limits: Limits, ways: &[(&str, &str, &str)], ends: impl Fn(Result<(), String>) -> Option<String>) {
    let mut problems = Vec::new();
    for (name, lua, rhai) in ways {
        let mut scripts: Vec<(&str, String)> = Vec::new();
        #[cfg(feature = "lua")]
        scripts.push(("Lua", format!("{LUA}\n{lua}")));
        #[cfg(feature = "rhai")]
        scripts.push(("Rhai", format!("{RHAI}\n{rhai}")));
        let _ = (lua, rhai);
        for (language, script) in &scripts {
            for in_a_worker in [false, true] {
                if let Some(problem) = ends(run(language, limits, in_a_worker, script)) {
                    let place = if in_a_worker { "in a worker" } else { "here" };
                    problems.push(format!("{name}, in {language}, {place}: {problem}"));
                }
            }
        }
    }
    report(&problems);
}

/// Bytes that may be sent, or received.
const BYTES: u64 = 10;

/// Ways that use a pair `a`, `b`, and what holds after them.
fn over_a_pair(limits: Limits, ways: &[(&str, &str, &str)], after: (&str, &str)) {
    let whole: Vec<(&str, String, String)> = ways
        .iter()
        .map(|(name, lua, rhai)| {
            let pair = |text: &str, ordinary: &str| text.replace("PAIR", ordinary);
            #[cfg(feature = "lua")]
            let lua = pair(lua, LUA_PAIR) + "\n" + after.0;
            #[cfg(feature = "rhai")]
            let rhai = pair(rhai, RHAI_PAIR) + "\n" + after.1;
            let _ = (&pair, after);
            // Of a language that is not there the text stays as it was.
            #[cfg(not(feature = "lua"))]
            let lua = (*lua).to_owned();
            #[cfg(not(feature = "rhai"))]
            let rhai = (*rhai).to_owned();
            (*name, lua, rhai)
        })
        .collect();
    let ways: Vec<(&str, &str, &str)> = whole
        .iter()
        .map(|(name, lua, rhai)| (*name, lua.as_str(), rhai.as_str()))
        .collect();
    all(limits, &ways, Result::err);
}

#[test]
fn bytes_sent_whatever_the_way() {
    let ways = [
        ("send", "PAIR exhaust(function() a:send(('x'):rep(64)) end)", "PAIR exhaust.call(|| a.send(blob(64)));"),
        ("sendall", "PAIR exhaust(function() a:sendall(('x'):rep(64)) end)", "PAIR exhaust.call(|| a.sendall(blob(64)));"),
        ("sendmsg", "PAIR exhaust(function() a:sendmsg({('x'):rep(6)}) end)", "PAIR exhaust.call(|| a.sendmsg([blob(6)]));"),
        ("send_fds", "PAIR exhaust(function() socket.send_fds(a, {('x'):rep(6)}, {b:fileno()}) end)", "PAIR exhaust.call(|| socket::send_fds(a, [blob(6)], [b.fileno()]));"),
        ("sendto", "local b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) b:bind({'127.0.0.1', 0}) local a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            exhaust(function() a:sendto(('x'):rep(6), b:getsockname()) end)",
         "let b = socket::socket(socket::AF_INET, socket::SOCK_DGRAM); b.bind([\"127.0.0.1\", 0]); let a = socket::socket(socket::AF_INET, socket::SOCK_DGRAM);
            exhaust.call(|| a.sendto(blob(6), b.getsockname()));"),
        ("a file", "PAIR local f = a:makefile('wb', 0) exhaust(function() f:write(('x'):rep(64)) end)", "PAIR let f = a.makefile(\"wb\", 0); exhaust.call(|| f.write(blob(64)));"),
        ("sendfile", "PAIR local f = open('/proc/self/exe', 'rb') exhaust(function() f:seek(0) a:sendfile(f, 0, 64) end) f:close()",
         "PAIR let f = open(\"/proc/self/exe\", \"rb\"); exhaust.call(|| { f.seek(0); a.sendfile(f, 0, 64) }); f.close();"),
        ("a relay", "PAIR local c, d = socket.socketpair() exhaust(function() c:send('xxxxxx') c:shutdown(socket.SHUT_WR) d:settimeout(1) socket.relay(d, a) error('it relayed all') end)",
         "PAIR let q = socket::socketpair(); let c = q[0]; let d = q[1]; exhaust.call(|| { c.send(\"xxxxxx\"); c.shutdown(socket::SHUT_WR); socket::relay(d, a); throw \"it relayed all\" });"),
        ("a tube", "PAIR local t = tube.wrap(a) exhaust(function() t:send(('x'):rep(64)) end)", "PAIR let t = tube::wrap(a); exhaust.call(|| t.send(blob(64)));"),
        ("a duplicate", "PAIR exhaust(function() a:dup():send('xxx') end)", "PAIR exhaust.call(|| a.dup().send(\"xxx\"));"),
        ("tasks by turns", "PAIR exhaust(function() task.spawn(function() a:send('xxx') end):join() end)", "PAIR exhaust.call(|| task::spawn(|| a.send(\"xxx\")).join());"),
        ("short pieces made on purpose", "socket.faults{short_writes = 1} PAIR exhaust(function() a:send(('x'):rep(64)) end)", "socket::faults(#{short_writes: 1}); PAIR exhaust.call(|| a.send(blob(64)));"),
        ("delays made on purpose", "socket.faults{latency = 0.001} PAIR exhaust(function() a:sendall(('x'):rep(64)) end)", "socket::faults(#{latency: 0.001}); PAIR exhaust.call(|| a.sendall(blob(64)));"),
        ("datagrams that are doubled on purpose", "socket.faults{duplicate = 1} local a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) exhaust(function() a:send('xxx') end)",
         "socket::faults(#{duplicate: 1}); let p = socket::socketpair(socket::AF_UNIX, socket::SOCK_DGRAM); let a = p[0]; let b = p[1]; exhaust.call(|| a.send(\"xxx\"));"),
    ];
    over_a_pair(
        Limits::default().sent(BYTES),
        &ways,
        (
            "local count = arrived(b) assert(count <= 10, count)",
            "let count = arrived.call(b); if count > 10 { throw count; }",
        ),
    );
}

#[test]
fn bytes_received_whatever_the_way() {
    const FED: &str = "PAIR b:sendall(('x'):rep(200))";
    const FED_RHAI: &str = "PAIR b.sendall(blob(200, 120));";
    let ways = [
        (
            "recv",
            "FED exhaust(function() a:recv(64) end)",
            "FED exhaust.call(|| a.recv(64));",
        ),
        (
            "recv_into",
            "FED exhaust(function() a:recv_into(bytearray(64)) end)",
            "FED exhaust.call(|| a.recv_into(bytearray(64)));",
        ),
        (
            "recvfrom",
            "FED exhaust(function() a:recvfrom(64) end)",
            "FED exhaust.call(|| a.recvfrom(64));",
        ),
        (
            "recvfrom_into",
            "FED exhaust(function() a:recvfrom_into(bytearray(64)) end)",
            "FED exhaust.call(|| a.recvfrom_into(bytearray(64)));",
        ),
        (
            "recvmsg",
            "FED exhaust(function() a:recvmsg(6) end)",
            "FED exhaust.call(|| a.recvmsg(6));",
        ),
        (
            "recvmsg_into",
            "FED exhaust(function() a:recvmsg_into({bytearray(6)}) end)",
            "FED exhaust.call(|| a.recvmsg_into([bytearray(6)]));",
        ),
        (
            "recv_fds",
            "FED exhaust(function() socket.recv_fds(a, 6, 1) end)",
            "FED exhaust.call(|| socket::recv_fds(a, 6, 1));",
        ),
        (
            "what is dropped",
            "FED exhaust(function() a:recv(64, socket.MSG_TRUNC) end)",
            "FED exhaust.call(|| a.recv(64, socket::MSG_TRUNC));",
        ),
        (
            "what is looked at",
            "FED exhaust(function() a:recv(64) end) exhaust(function() a:recv(64, socket.MSG_PEEK) end)",
            "FED exhaust.call(|| a.recv(64)); exhaust.call(|| a.recv(64, socket::MSG_PEEK));",
        ),
        (
            "a file",
            "FED local f = a:makefile('rb', 0) exhaust(function() f:read(64) end)",
            "FED let f = a.makefile(\"rb\", 0); exhaust.call(|| f.read(64));",
        ),
        (
            "lines",
            "FED local f = a:makefile('rb') exhaust(function() f:readline() end)",
            "FED let f = a.makefile(\"rb\"); exhaust.call(|| f.readline());",
        ),
        (
            "a tube",
            "FED local t = tube.wrap(a) exhaust(function() t:recv(64) end)",
            "FED let t = tube::wrap(a); exhaust.call(|| t.recv(64));",
        ),
        (
            "a relay",
            "FED b:shutdown(socket.SHUT_WR) local c, d = socket.socketpair() exhaust(function() socket.relay(a, c) error('it relayed all') end)",
            "FED b.shutdown(socket::SHUT_WR); let q = socket::socketpair(); let c = q[0]; let d = q[1]; exhaust.call(|| { socket::relay(a, c); throw \"it relayed all\" });",
        ),
        (
            "short pieces made on purpose",
            "socket.faults{short_reads = 1} FED exhaust(function() a:recv(64) end)",
            "socket::faults(#{short_reads: 1}); FED exhaust.call(|| a.recv(64));",
        ),
        (
            "delays made on purpose",
            "socket.faults{latency = 0.001} FED exhaust(function() a:recv(64) end)",
            "socket::faults(#{latency: 0.001}); FED exhaust.call(|| a.recv(64));",
        ),
    ];
    let fed: Vec<(&str, String, String)> = ways
        .iter()
        .map(|(name, lua, rhai)| (*name, lua.replace("FED", FED), rhai.replace("FED", FED_RHAI)))
        .collect();
    let ways: Vec<(&str, &str, &str)> = fed
        .iter()
        .map(|(name, lua, rhai)| (*name, lua.as_str(), rhai.as_str()))
        .collect();
    over_a_pair(Limits::default().received(BYTES), &ways, ("", ""));
}

#[test]
fn sockets_whatever_the_way() {
    let ways = [
        ("socket", "exhaust(function() kept[#kept + 1] = socket.socket() end) assert(#kept == 4, #kept)",
         "exhaust.call(|| kept.push(socket::socket())); if kept.len() != 4 { throw kept.len(); }"),
        ("socketpair", "exhaust(function() kept[#kept + 1] = {socket.socketpair()} end) assert(#kept == 2, #kept)",
         "exhaust.call(|| kept.push(socket::socketpair())); if kept.len() != 2 { throw kept.len(); }"),
        ("dup", "local s = socket.socket() exhaust(function() kept[#kept + 1] = s:dup() end) assert(#kept == 3, #kept)",
         "let s = socket::socket(); exhaust.call(|| kept.push(s.dup())); if kept.len() != 3 { throw kept.len(); }"),
        ("connecting and accepting", "local s = socket.create_server({'127.0.0.1', 0}) exhaust(function() kept[#kept + 1] = socket.create_connection(s:getsockname()) kept[#kept + 1] = s:accept() end) assert(#kept == 3, #kept)",
         "let s = socket::create_server([\"127.0.0.1\", 0]); exhaust.call(|| { kept.push(socket::create_connection(s.getsockname())); kept.push(s.accept()); }); if kept.len() != 3 { throw kept.len(); }"),
        ("detach", "exhaust(function() kept[#kept + 1] = socket.socket():detach() end) assert(#kept == 4, #kept)
            socket.close(kept[1]) local s = socket.socket{fileno = kept[2]} s:close() socket.socketpair()
            for place = 3, 4 do socket.close(kept[place]) end",
         "exhaust.call(|| kept.push(socket::socket().detach())); if kept.len() != 4 { throw kept.len(); }
            socket::close(kept[0]); let s = socket::socket(#{fileno: kept[1]}); s.close(); socket::socketpair();
            for place in 2..4 { socket::close(kept[place]); }"),
        ("bare duplicates", "local s = socket.socket() exhaust(function() kept[#kept + 1] = socket.dup(s:fileno()) end) assert(#kept == 3, #kept)
            socket.close(kept[1]) kept[1] = fcntl.fcntl(s, fcntl.F_DUPFD_CLOEXEC, 3) exhaust(function() fcntl.fcntl(s, fcntl.F_DUPFD, 3) end)
            for place = 1, 3 do socket.close(kept[place]) end socket.socketpair()",
         "let s = socket::socket(); exhaust.call(|| kept.push(socket::dup(s.fileno()))); if kept.len() != 3 { throw kept.len(); }
            socket::close(kept[0]); kept[0] = fcntl::fcntl(s, fcntl::F_DUPFD_CLOEXEC, 3); exhaust.call(|| fcntl::fcntl(s, fcntl::F_DUPFD, 3));
            for fd in kept { socket::close(fd); } socket::socketpair();"),
        ("received ones", "local a, b = socket.socketpair() local function pass(count) local fds = {}
              for i = 1, count do fds[i] = a:fileno() end socket.send_fds(a, {'x'}, fds) return select(2, socket.recv_fds(b, 1, count)) end
            kept = pass(2) assert(#kept == 2) exhaust(function() pass(1) end) socket.close(kept[1]) kept = pass(1) assert(#kept == 1)",
         "let pair = socket::socketpair(); let pass = |count, pair| { let fds = []; for i in 0..count { fds.push(pair[0].fileno()); }
              socket::send_fds(pair[0], [\"x\"], fds); socket::recv_fds(pair[1], 1, count)[1] };
            kept = pass.call(2, pair); if kept.len() != 2 { throw kept; } exhaust.call(|| pass.call(1, pair)); socket::close(kept[0]);
            kept = pass.call(1, pair); if kept.len() != 1 { throw kept; }"),
        ("sets", "exhaust(function() kept[#kept + 1] = select.epoll() end) assert(#kept == 4, #kept) kept[1]:close() socket.socket():close()",
         "exhaust.call(|| kept.push(select::epoll())); if kept.len() != 4 { throw kept.len(); } kept[0].close(); socket::socket().close();"),
        ("what was closed", "for _ = 1, 99 do socket.socket():close() select.epoll():close() end", "for i in 0..99 { socket::socket().close(); select::epoll().close(); }"),
    ];
    all(Limits::default().sockets(4), &ways, Result::err);
}

#[test]
fn tasks_and_buffers() {
    // In a worker the starter's main chunk is one of them.
    let ways = [
        (
            "spawn",
            "exhaust(function() kept[#kept + 1] = task.spawn(task.sleep, 0.05) end) assert(#kept <= 9)",
            "exhaust.call(|| kept.push(task::spawn(|| task::sleep(0.05)))); if kept.len() > 9 { throw kept.len(); }",
        ),
        (
            "tasks of tasks",
            "local function nest() return task.spawn(nest):join() end exhaust(nest)",
            "let nest = |n, nest| task::spawn(|| nest.call(n + 1, nest)).join(); exhaust.call(|| nest.call(1, nest));",
        ),
        (
            "what has ended",
            "for _ = 1, 99 do task.spawn(function() end):join() end",
            "for i in 0..99 { task::spawn(|| 1).join(); }",
        ),
    ];
    all(Limits::default().tasks(10), &ways, Result::err);
    let ways = [
        (
            "bytearray",
            "exhaust(function() bytearray(1001) end) assert(#bytearray(1000) == 1000)",
            "exhaust.call(|| bytearray(1001)); if bytearray(1000).len() != 1000 { throw 1; }",
        ),
        (
            "one that grows",
            "local b = bytearray(900) exhaust(function() b:extend(('x'):rep(90)) end) assert(#b <= 1000)",
            "let b = bytearray(900); exhaust.call(|| b.extend(blob(90))); if b.len() > 1000 { throw b.len(); }",
        ),
    ];
    over_a_pair(Limits::default().buffer(1000), &ways, ("", ""));
}

/// What asks for more at once than a buffer may have gets the limit's error, and not the memory.
#[test]
fn a_receive_asks_for_no_more_than_a_buffer_may_have() {
    let ways = [
        (
            "recv",
            "PAIR for _, n in ipairs {1001, 65536, 65537, 1 << 31} do exhaust(function() b:recv(n) end) end a:send('x') assert(b:recv(1000) == 'x')",
            "PAIR for n in [1001, 65536, 65537, 2147483648] { exhaust.call(|| b.recv(n)); } a.send(\"x\"); if b.recv(1000).len() != 1 { throw 1; }",
        ),
        (
            "recv with flags",
            "PAIR exhaust(function() b:recv(1 << 31, socket.MSG_WAITALL) end)",
            "PAIR exhaust.call(|| b.recv(2147483648, socket::MSG_WAITALL));",
        ),
        (
            "recvfrom",
            "PAIR exhaust(function() b:recvfrom(1 << 31) end)",
            "PAIR exhaust.call(|| b.recvfrom(2147483648));",
        ),
        (
            "recvmsg",
            "PAIR exhaust(function() b:recvmsg(1 << 31) end)",
            "PAIR exhaust.call(|| b.recvmsg(2147483648));",
        ),
        (
            "recv_exactly",
            "PAIR a:sendall(('x'):rep(5000)) exhaust(function() tube.wrap(b):recv_exactly(2000) end)",
            "PAIR a.sendall(blob(5000)); exhaust.call(|| tube::wrap(b).recv_exactly(2000));",
        ),
        (
            "a file's read",
            "PAIR a:sendall(('x'):rep(5000)) local f = b:makefile('rb') assert(#f:read(900) == 900) exhaust(function() f:read(1 << 31) end) assert(#f:read(1000) == 1000)",
            "PAIR a.sendall(blob(5000)); let f = b.makefile(\"rb\"); if f.read(900).len() != 900 { throw 1; } exhaust.call(|| f.read(2147483648)); if f.read(1000).len() != 1000 { throw 2; }",
        ),
    ];
    over_a_pair(Limits::default().buffer(1000), &ways, ("", ""));
}

/// What no script can catch: it ends everything.
#[test]
fn instructions_and_time() {
    let ways = [
        ("a loop", "while true do end", "loop {}"),
        (
            "a loop that catches",
            "while true do pcall(function() while true do end end) end",
            "loop { try { loop {} } catch {} }",
        ),
        (
            "a task",
            "task.spawn(function() while true do pcall(function() while true do end end) end end):join()",
            "task::spawn(|| loop { try { loop {} } catch {} }).join();",
        ),
        (
            "calls",
            "local function f() return f() end f()",
            "let f = |f| { let i = 0; while i < 1000000000 { i += 1; } i }; f.call(f);",
        ),
    ];
    for (limits, text) in [
        (
            Limits::default().instructions(100_000),
            "the limit of 100000 instructions is reached",
        ),
        (
            Limits::default().timeout(Duration::from_millis(20)),
            "the time limit of 0.02 seconds is over",
        ),
    ] {
        let start = Instant::now();
        all(limits, &ways, |outcome| match outcome {
            Err(told) if told.contains(text) && told.contains("LimitError") => None,
            other => Some(format!("{other:?}")),
        });
        assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
    }
}

#[test]
#[cfg(feature = "rhai")]
fn what_grows_by_push_is_ended_where_it_does() {
    let code = "let list = [];\nloop {\n    list.push(blob(10000));\n}";
    let limits = Limits::default().memory(16 << 20);
    let builder = Runtime::builder().rhai().policy(Policy::allow_all());
    let mut runtime = builder.limits(limits).build().expect("a runtime");
    let error = runtime.run("script", code).expect_err("a limit");
    assert_eq!(error.place().map(wirescript::Place::line), Some(3), "{error}");
}

#[test]
fn memory() {
    let ways = [
        (
            "a list",
            "local t = {} while true do t[#t + 1] = ('x'):rep(10000) .. #t end",
            "let t = []; loop { t.push(blob(10000)); }",
        ),
        (
            "a text",
            "local s = 'x' while true do s = s .. s end",
            "let s = \"x\"; loop { s += s; }",
        ),
        (
            "a text at once",
            "return ('x'):rep(1e9)",
            "let b = blob(1000000000);",
        ),
        ("a bytearray", "return bytearray(1e9)", "bytearray(1000000000)"),
        (
            "bytearrays",
            "while true do kept[#kept + 1] = bytearray(1000000) end",
            "loop { kept.push(bytearray(1000000)); }",
        ),
        (
            "a list of much",
            "for i = 1, 20000 do kept[i] = ('x'):rep(10000) .. i end",
            "for i in 0..20000 { kept.push(blob(10000)); }",
        ),
        (
            "a list beside a short one",
            "local short = {} for i = 1, 20000 do kept[i] = ('x'):rep(10000) .. i short[1] = i end",
            "let short = []; for i in 0..20000 { kept.push(blob(10000)); short.push(blob(90000)); short.pop(); }",
        ),
        (
            "a list of what holds more",
            "for i = 1, 20000 do kept[i] = {{a = {('x'):rep(10000) .. i}}} end",
            "for i in 0..20000 { kept.push([#{ a: [blob(10000)] }]); }",
        ),
        (
            "a list in a loop that catches",
            "while true do local ok, e = pcall(function() while true do kept[#kept + 1] = ('x'):rep(100000) .. #kept end end) if not ok then error(e, 0) end end",
            "loop { kept.push(blob(100000)); }",
        ),
    ];
    all(
        Limits::default().memory(16 << 20),
        &ways,
        |outcome| match outcome {
            Err(told) if told.to_lowercase().contains("memory") || told.contains("limit") => None,
            other => Some(format!("{other:?}")),
        },
    );
}
