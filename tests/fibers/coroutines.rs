//! A script's coroutines are its own: what Lua's library says and does is what stock Lua says and does, also where
//! tasks wait in between.

use std::path::Path;
use std::process::Command;

use crate::script::passes;
use crate::support::{LIMIT, Running, diff, folder, note};

/// Runs `coroutine.lua` as `program`; returns what is wrong with what it printed.
fn complaint(program: &Path) -> Option<String> {
    let place = folder("tests/fibers");
    let expected = std::fs::read_to_string(place.join("coroutine.expected.txt")).expect("the expected text");
    let done = Running::start(Command::new(program).arg("coroutine.lua").current_dir(&place)).finish(LIMIT);
    done.complaint()
        .or_else(|| (done.stdout != expected).then(|| diff(&expected, &done.stdout)))
}

#[test]
fn the_library_says_what_stock_lua_says() {
    if let Some(complaint) = complaint(Path::new(env!("CARGO_BIN_EXE_wirescript"))) {
        panic!("- stock Lua, + wirescript\n{complaint}");
    }
}

#[test]
fn stock_lua_still_says_so() {
    let found = Command::new("lua5.4").arg("-v").output().is_ok();
    if !found {
        note("no lua5.4 here: what stock Lua prints was NOT compared");
        return;
    }
    if let Some(complaint) = complaint(Path::new("lua5.4")) {
        panic!("- expected, + lua5.4\n{complaint}");
    }
}

#[test]
fn two_tasks_cannot_be_in_one_coroutine() {
    passes(
        r#"
        local a, b = socket.socketpair()
        local co = coroutine.create(function() a:recv(1) coroutine.yield("one") return "two" end)
        local first = task.spawn(function() return coroutine.resume(co) end)
        task.sleep(0)
        assert(coroutine.status(co) == "normal")
        local ok, e = coroutine.resume(co)
        assert(not ok and e == "cannot resume non-suspended coroutine", e)
        ok, e = pcall(coroutine.close, co)
        assert(not ok and e == "cannot close a normal coroutine", e)
        b:send("x")
        local ok, v = first:join()
        assert(ok and v == "one")
        -- One task began it, another may go on with it.
        assert(select(2, task.spawn(coroutine.resume, co):join()) == "two")
        assert(coroutine.status(co) == "dead")
        "#,
    );
}

#[test]
fn a_waiting_tasks_thread_can_be_looked_at_and_not_touched() {
    passes(
        r#"
        local thread
        local other = task.spawn(function() thread = coroutine.running() task.sleep(0.02) return 7 end)
        task.sleep(0)
        assert(coroutine.status(thread) == "normal")
        local ok, e = coroutine.resume(thread)
        assert(not ok and e == "cannot resume non-suspended coroutine", e)
        assert(not pcall(coroutine.close, thread))
        -- Refused or answered, but harmless.
        pcall(debug.traceback, thread)
        pcall(debug.getlocal, thread, 1, 1)
        pcall(debug.getinfo, thread, 0)
        assert(other:join() == 7)
        "#,
    );
}

#[test]
fn an_ended_tasks_thread_is_dead() {
    for ending in [
        "return",
        "return print",
        "return function() coroutine.yield() end",
        "error('x')",
    ] {
        passes(&format!(
            r#"
            local thread
            local other = task.spawn(function() thread = coroutine.running() {ending} end)
            pcall(other.join, other)
            local before = table.pack(pcall(other.join, other))
            assert(coroutine.status(thread) == "dead", coroutine.status(thread))
            local ok, e = coroutine.resume(thread)
            assert(not ok and e == "cannot resume dead coroutine", e)
            coroutine.close(thread)
            local after = table.pack(pcall(other.join, other))
            assert(before.n == after.n)
            for i = 1, before.n do assert(rawequal(before[i], after[i])) end
            "#
        ));
    }
}

/// The same, where it ends the process: a child dies in the test's place.
#[test]
fn an_ended_tasks_thread_harms_nobody() {
    for touch in [
        "coroutine.resume(thread)",
        "coroutine.close(thread)",
        "debug.setlocal(thread, 1, 1, 1)",
    ] {
        let code = format!(
            "local thread local other = task.spawn(function() thread = coroutine.running() end) task.sleep(0)
             pcall(function() {touch} end) assert(select('#', other:join()) == 0)"
        );
        let done =
            Running::start(Command::new(env!("CARGO_BIN_EXE_wirescript")).args(["-e", &code])).finish(LIMIT);
        if let Some(complaint) = done.complaint() {
            panic!("{touch}: {complaint}");
        }
    }
}

#[test]
fn a_coroutine_left_half_way_is_collected() {
    passes(
        r#"
        local gone = 0
        for i = 1, 50 do
            local co = coroutine.wrap(function()
                local mark = setmetatable({}, {__gc = function() gone = gone + 1 end})
                task.sleep(0)
                coroutine.yield(mark)
            end)
            co()
        end
        collectgarbage() collectgarbage()
        assert(gone >= 49, gone)
        "#,
    );
}

#[test]
fn a_tasks_function_may_be_any_function() {
    passes(
        r#"
        local a, b = socket.socketpair()
        local reader = task.spawn(a.recv, a, 5)
        local wrapped = task.spawn(coroutine.wrap(function(x) task.sleep(0) coroutine.yield(x, "y") end), "x")
        task.sleep(0)
        b:send("hello")
        assert(reader:join() == "hello")
        local x, y = wrapped:join()
        assert(x == "x" and y == "y")
        local outside = task.spawn(coroutine.yield)
        local ok, e = pcall(outside.join, outside)
        assert(not ok and e == "attempt to yield from outside a coroutine", e)
        -- The function of a limit or a group is a task: its caller's coroutine is not within reach, and it says so.
        for _, call in ipairs {
            function() task.timeout(5, function() coroutine.yield(1) end) end,
            function() task.group(function() coroutine.yield(1) end) end,
        } do
            ok, e = pcall(coroutine.wrap(call))
            assert(not ok and tostring(e):find("attempt to yield out of task.timeout or task.group", 1, true), tostring(e))
        end
        -- A generator inside, and a limit within one, are as ever.
        local generator = coroutine.wrap(function()
            for i = 1, 2 do coroutine.yield(task.timeout(5, function() task.sleep(0) return i end)) end
        end)
        assert(task.timeout(5, function() return generator() + generator() end) == 3)
        ok, e = pcall(task.spawn, "no function")
        assert(not ok and e:is("TypeError"), tostring(e))
        "#,
    );
}
