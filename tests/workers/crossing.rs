//! Values, sockets, functions and errors on their way between threads.

use super::{command, command_passes, host_runs};
use wirescript::Runtime;

#[test]
fn plain_values_arrive_as_they_were() {
    command_passes(
        "lua",
        r#"
        local w = worker.spawn(function(...) return select('#', ...), ... end, nil, true, 7, 1.5, "a\xff\0b",
            {1, 2, {x = "y", [3] = 4, [true] = 0.5}, n = 3}, {}, {1, nil, 3})
        local r = table.pack(w:join())
        assert(r.n == 9 and r[1] == 8 and r[2] == nil and r[3] == true)
        assert(math.type(r[4]) == "integer" and r[4] == 7 and r[5] == 1.5 and r[6] == "a\xff\0b")
        local t = r[7]
        assert(t[1] == 1 and t[2] == 2 and t.n == 3 and t[3].x == "y" and t[3][3] == 4 and t[3][true] == 0.5)
        assert(next(r[8]) == nil and r[9][1] == 1 and r[9][2] == nil and r[9][3] == 3)
        -- A second join gives them again.
        assert(select('#', w:join()) == 9 and select(7, w:join())[3].x == "y")
        -- What the system gave keeps its fields and its print.
        local s <close> = socket.create_server {"127.0.0.1", 0}
        local name = worker.spawn("return ...", s:getsockname()):join()
        assert(name.port == s:getsockname().port and repr(name) == repr(s:getsockname()))
        -- JSON's null holds its place.
        local text = '[1, null, {"a": null}]'
        assert(json.encode(worker.spawn("return ...", json.decode(text)):join()) == json.encode(json.decode(text)))
        "#,
    );
    command_passes(
        "rhai",
        r#"
        let w = worker::spawn("|a, b, c| [a, b, c]", (), #{x: [1, 2.5, "text", true]}, bytes("\xff\x00"));
        let r = w.join();
        if r[0] != () || r[1].x != [1, 2.5, "text", true] || r[2] != bytes("\xff\x00") { throw repr(r); }
        if worker::spawn("args.len()", 1, 2, 3).join() != 3 { throw "args"; }
        "#,
    );
}

#[test]
fn what_cannot_cross_is_named_with_its_place() {
    let cases = [
        (
            "lua",
            "{1, {f = print}}",
            "argument 1 of the worker, at [2].f, is a function",
        ),
        (
            "lua",
            "setmetatable({}, {})",
            "argument 1 of the worker is a table with a metatable",
        ),
        (
            "lua",
            "{[{}] = 1}",
            "argument 1 of the worker is a table with a key that is neither",
        ),
        (
            "lua",
            "coroutine.create(print)",
            "argument 1 of the worker is a thread",
        ),
        ("lua", "bytearray(3)", "argument 1 of the worker is a bytearray"),
        ("lua", "io.stdout", "argument 1 of the worker is a file"),
        ("lua", "task.current()", "argument 1 of the worker is a Task"),
        (
            "lua",
            "(function() local t = {} t.t = t return t end)()",
            "at .t, is a cyclic table",
        ),
        (
            "lua",
            "(function() local s = socket.socket() s:close() return {s} end)()",
            "it is closed",
        ),
        (
            "rhai",
            "#{a: [1, |x| x]}",
            "argument 1 of the worker, at .a[1], is a function",
        ),
        ("rhai", "task::current()", "argument 1 of the worker is a Task"),
    ];
    for (lang, value, expected) in cases {
        let done = match lang {
            "lua" => command(lang, &format!("print(pcall(worker.spawn, 'return 1', {value}))")),
            _ => command(
                lang,
                &format!("try {{ worker::spawn(\"1\", {value}); }} catch (e) {{ print(e); }}"),
            ),
        };
        assert!(
            done.stdout.contains(expected),
            "{value}: {}{}",
            done.stdout,
            done.stderr
        );
        assert!(done.stdout.contains("Error: "), "{value}: {}", done.stdout);
    }
    let done = command(
        "lua",
        "print(pcall(function() worker.spawn('return 1, {x = print}'):join() end))",
    );
    assert!(
        done.stdout
            .contains("TypeError: result 2 of the worker, at .x, is a function"),
        "{}",
        done.stdout
    );
}

#[test]
fn a_function_goes_where_it_needs_nothing_of_its_surroundings() {
    command_passes(
        "lua",
        r#"
        local function refused(...) local ok, e = pcall(worker.spawn, ...) assert(not ok and e.name == "TypeError") return e.message end
        local up = 5
        assert(refused(function() return up end):find("'up'", 1, true))
        assert(refused(print):find("not written in Lua"))
        local other = load("return function() return x end", "other", "t", {x = 1})()
        assert(refused(other):find("environment"))
        assert(worker.spawn(function(n) local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end return fib(n) end, 10):join() == 55)
        -- A local that is a module is the worker's own module.
        local time, other = require "time", socket
        assert(worker.spawn(function(n) time.sleep(0) return other.AF_INET + n end, 1):join() == socket.AF_INET + 1)
        -- Its globals are the worker's own.
        global = "mine"
        assert(worker.spawn(function() return global end):join() == nil)
        "#,
    );
    // A policy that takes string.dump away, and code that is no text with it, does not take this.
    let policy = wirescript::Policy::deny_all().allow_worker();
    let mut runtime = Runtime::builder()
        .lua()
        .policy(policy)
        .build()
        .expect("a runtime");
    let source =
        "assert(string.dump == nil or true) assert(worker.spawn(function(x) return x + 1 end, 1):join() == 2)
        local ok, e = pcall(function() worker.spawn('\\27Lua'):join() end)
        assert(not ok and e.name == 'SyntaxError')";
    assert_eq!(
        runtime.run("script", source).err().map(|error| error.to_string()),
        None
    );
}

#[test]
fn text_and_paths_are_told_apart() {
    let room = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("workers");
    std::fs::create_dir_all(room.join("sub")).expect("a folder");
    std::fs::write(
        room.join("sub/double.lua"),
        "#!/usr/bin/env wirescript\nlocal x = ... return x * 2",
    )
    .expect("a file");
    std::fs::write(room.join("sub/triple.rhai"), "|x| x * 3").expect("a file");
    let main = "
        assert(worker.spawn('double.lua', 4):join() == 8, 'beside the script')
        assert(worker.spawn('triple.rhai', 4):join() == 12, 'in the other language')
        assert(worker.spawn('return ...', 4):join() == 4)
        assert(worker.spawn('function(x) return x + 1 end', 4):join() == 5)
        assert(worker.spawn('local x = ... return function(y) return x + y end', 4):join() == 8)
        local ok, e = pcall(worker.spawn, 'nowhere.lua')
        assert(not ok and e.name == 'FileNotFoundError' and e.filename == 'nowhere.lua')
        local ok, e = pcall(function() return worker.spawn('x x'):join() end)
        assert(not ok and e.name == 'SyntaxError')";
    std::fs::write(room.join("sub/main.lua"), main).expect("a file");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wirescript"));
    let done = super::Running::start(command.current_dir(&room).arg("sub/main.lua")).finish(super::LIMIT);
    assert_eq!(done.complaint(), None);
}

#[test]
fn sockets_move() {
    command_passes(
        "lua",
        r#"
        local a, b = socket.socketpair()
        a:settimeout(5)
        b:settimeout(4)
        local ch = worker.channel()
        local w = worker.spawn(function(ch, s)
            assert(s:gettimeout() == 4 and s:recv(10) == "there")
            s:sendall("and back")
            ch:send({kept = s, twice = {s}})
            assert(s:fileno() == -1)
        end, ch, b)
        assert(b:fileno() == -1 and tostring(b):find("closed"))
        a:sendall("there")
        assert(a:recv(10) == "and back")
        local r = ch:recv()
        assert(r.kept == r.twice[1] and r.kept:gettimeout() == 4)
        r.kept:sendall("x")
        assert(a:recv(1) == "x")
        w:join()
        -- One that a file was made of stays, and so do all others of that value.
        local f = a:makefile("rb")
        local ok, e = pcall(ch.send, ch, {r.kept, a})
        assert(not ok and e.name == "ValueError" and e.message:find("%[2%]") and r.kept:fileno() > 0, e)
        f:close() a:close() r.kept:close()
        -- A task that waits on a socket that moves is told; what nobody takes is closed.
        local a, b = socket.socketpair()
        local t = task.spawn(function() return pcall(b.recv, b, 1) end)
        task.sleep(0)
        do local lost = worker.channel() lost:send(b) end
        local ok, e = t:join()
        assert(not ok and e.errno == errno.EBADF)
        collectgarbage() collectgarbage()
        assert(a:recv(1) == "")
        a:close()
        "#,
    );
}

#[test]
fn a_full_channel_makes_its_sender_wait_and_nobody_else() {
    let script = r#"
        local ch = worker.channel(2)
        local ticks = 0
        local ticker = task.spawn(function() while true do task.sleep(0.001) ticks = ticks + 1 end end)
        local w = worker.spawn(function(ch) for i = 1, 200 do ch:send(i) end ch:close() return "sent" end, ch)
        local next = 0
        local ok, e
        repeat
            ok, e = pcall(function() next = next + 1 assert(ch:recv(10) == next) end)
        until not ok
        assert(e.name == "ShutDown" and next == 201, e)
        assert(w:join() == "sent")
        local late = worker.channel()
        local ok, e = pcall(late.recv, late, 0.01)
        assert(e.name == "TimeoutError" and e.op == "recv")
        -- Each value goes to one receiver, also when one that waited was cancelled.
        local first = task.spawn(function() return late:recv() end)
        local second = task.spawn(function() return late:recv() end)
        task.sleep(0)
        worker.spawn("local ch = ... ch:send(1)", late):join()
        first:cancel()
        local _, one = pcall(first.join, first)
        if type(one) ~= "number" then assert(second:join() == 1) else second:cancel() pcall(second.join, second) end
        local before = ticks
        worker.spawn("time.sleep(0.05)"):join()
        assert(ticks > before, "the other tasks run on")
        ticker:cancel()
        pcall(ticker.join, ticker)
    "#;
    command_passes("lua", script);
    host_runs(Runtime::builder().lua(), script).expect("it ends well");
}

#[test]
fn an_error_reaches_who_joins_with_its_class_and_way() {
    command_passes(
        "lua",
        r#"
        local function caught(...) local w = worker.spawn(...) local ok, e = pcall(w.join, w) assert(not ok) return e end
        local e = caught(function() local function deeper() socket.create_connection {"127.0.0.1", 1} end deeper() end)
        assert(e:is(errors.ConnectionRefusedError) and e.errno == errno.ECONNREFUSED and e.op == "connect")
        assert(e.address.port == 1 and e.traceback:find("-e:3"), e.traceback)
        local e = caught("local function f() error('text') end\nf()")
        assert(e.name == "RuntimeError" and e.message:find("worker%-2:1: text") and e.traceback:find("main chunk"), e.traceback)
        local e = caught("error(errors.ValueError('mine'))")
        assert(e.name == "ValueError" and e.message == "mine")
        local e = caught("task.spawn(function() errors = nil; x.y = 1 end)")
        assert(e.name == "RuntimeError" and e.message:find("nil value"))
        "#,
    );
    command_passes(
        "rhai",
        r#"
        let caught = ();
        try { worker::spawn("let x = 1;\nsocket::create_connection([\"127.0.0.1\", 1])").join(); } catch (e) { caught = e; }
        if !caught.is(errors::ConnectionRefusedError) || !caught.traceback.contains("worker-1:2") { throw caught.traceback; }
        try { worker::spawn("throw errors::ValueError(\"mine\")").join(); } catch (e) { caught = e; }
        if caught.name != "ValueError" || caught.message != "mine" { throw caught; }
        "#,
    );
}

#[test]
fn one_port_serves_from_several_threads() {
    for how in ["passed", "reused"] {
        let script = r#"
            local how = "HOW"
            local serve = function(ch, listener, port)
                local own = listener or socket.create_server({"127.0.0.1", port}, {reuse_port = true})
                if not listener then ch:send("ready") end
                own:settimeout(10)
                while true do
                    local conn = own:accept()
                    conn:sendall(ch == nil and "" or conn:recv(100))
                    conn:close()
                end
            end
            local main = socket.create_server({"127.0.0.1", 0}, {reuse_port = how == "reused"})
            local name, ch, workers = main:getsockname(), worker.channel(), {}
            for i = 1, 3 do
                workers[i] = worker.spawn(serve, ch, how == "passed" and main:dup() or nil, name.port)
                if how == "reused" then assert(ch:recv(10) == "ready") end
            end
            main:close()
            for i = 1, 60 do
                local c <close> = socket.create_connection(name)
                c:settimeout(10)
                c:sendall("x" .. i)
                assert(c:recv(100) == "x" .. i)
            end
            for _, w in ipairs(workers) do w:stop() assert(w:done()) end
        "#;
        command_passes("lua", &script.replace("HOW", how));
    }
}
