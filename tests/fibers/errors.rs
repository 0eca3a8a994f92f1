//! Errors are values: whatever a task raises reaches whoever joins it as it was.

use crate::script::{passes, run};

#[test]
fn an_error_object_crosses_tasks_unchanged() {
    passes(
        r#"
        local made = errors.OSError(98, "mine")
        local t = task.spawn(function() task.sleep(0) error(made) end)
        local ok, e = pcall(t.join, t)
        assert(not ok and rawequal(e, made))
        assert(e.errno == 98 and e.name == "OSError" or e.code == "EADDRINUSE", tostring(e))
        -- Again, and from other tasks, in coroutines, through several joins.
        for _ = 1, 3 do assert(rawequal(select(2, pcall(t.join, t)), made)) end
        local far = task.spawn(function() return task.spawn(function() return coroutine.wrap(function() t:join() end)() end):join() end)
        ok, e = pcall(far.join, far)
        assert(not ok and rawequal(e, made))
        "#,
    );
}

#[test]
fn an_error_of_an_operation_crosses_with_all_its_fields() {
    passes(
        r#"
        local server = socket.create_server({"127.0.0.1", 0})
        local address = server:getsockname()
        server:close()
        local inside
        local t = task.spawn(function()
            local s = socket.socket()
            local ok, e = pcall(s.connect, s, address)
            assert(not ok)
            inside = e
            error(e)
        end)
        local ok, e = pcall(t.join, t)
        assert(not ok and rawequal(e, inside))
        assert(e.code == "ECONNREFUSED" and e.op == "connect" and e.address == address and e:is(socket.error))
        "#,
    );
}

#[test]
fn any_value_can_be_raised_across_tasks() {
    passes(
        r#"
        local values = { "text", 42, 1.5, true, false, {}, print, coroutine.create(print), io.stdout, socket.socket() }
        values.n = #values + (_VERSION == "Lua 5.4" and 1 or 0) -- nil is one too, for which Lua 5.5 has a text
        for i = 1, values.n do
            local t = task.spawn(function() task.sleep(0) error(values[i], 0) end)
            local got = table.pack(pcall(t.join, t))
            assert(got[1] == false and got.n == 2 and rawequal(got[2], values[i]), i)
            got = table.pack(pcall(t.join, t))
            assert(got[1] == false and rawequal(got[2], values[i]), i)
        end
        local t = task.spawn(function() error("placed") end)
        local ok, e = pcall(t.join, t)
        assert(e == "script:11: placed", e)
        "#,
    );
}

#[test]
fn errors_come_through_everything_in_between() {
    passes(
        r#"
        local mark = {}
        local function fail() task.sleep(0) error(mark) end
        local meta = setmetatable({}, {__index = fail, __lt = fail, __concat = fail, __tostring = fail, __len = fail})
        local ways = {
            function() table.sort({2, 1, 3}, fail) end,
            function() return (("x"):gsub("x", fail)) end,
            function() return meta.x end,
            function() return meta < meta end,
            function() return meta .. "" end,
            function() return tostring(meta) end,
            function() return #meta end,
            function() return load(fail) == nil and error(select(2, load(fail))) end,
            function() for _ in fail do end end,
            function() coroutine.wrap(fail)() end,
            function() local x <close> = setmetatable({}, {__close = fail}) end,
            function() local x <close> = setmetatable({}, {__close = fail}) error("replaced") end,
            function() package.preload.failing = fail require "failing" end,
            function() task.spawn(fail):join() end,
        }
        for i, way in ipairs(ways) do
            local ok, e = pcall(way)
            assert(not ok and rawequal(e, mark), i .. ": " .. tostring(e))
            local t = task.spawn(way)
            ok, e = pcall(t.join, t)
            assert(not ok and rawequal(e, mark), i .. " in a task: " .. tostring(e))
        end
        "#,
    );
}

#[test]
fn results_cross_unchanged_and_in_number() {
    passes(
        r#"
        local kept = {}
        local t = task.spawn(function(...) task.sleep(0) return kept, nil, ... end, 1, nil, kept, nil)
        for _ = 1, 2 do
            local got = table.pack(t:join())
            assert(got.n == 6 and rawequal(got[1], kept) and got[3] == 1 and rawequal(got[5], kept), got.n)
        end
        -- Lua's select is called through the module of that name: its complaints are Lua's all the same.
        for _, case in ipairs {
            {"select(0)", "index out of range"}, {"select(-3, 1)", "index out of range"}, {"select()", "number expected, got no value"},
            {"select('x')", "number expected, got string"}, {"select(1.5)", "number has no integer representation"},
            {"select(nil)", "number expected, got nil"},
        } do
            local ok, e = pcall(load(case[1], "=here"))
            assert(not ok and e == "here:1: bad argument #1 to 'select' (" .. case[2] .. ")", e)
        end
        local ok, e = pcall(select, 0)
        assert(not ok and e == "bad argument #1 to 'select' (index out of range)", e)
        local function all(...) return table.concat({...}, " ") end
        assert(all(select("2", 1, 2, 3)) == "2 3" and all(select(-1, 1, 2)) == "2" and all(select(9, 1)) == "")
        assert(all(select('#')) == "0" and all(select('#x', 1, nil)) == "2" and all(select(2.0, 1, 5)) == "5")
        assert(not pcall(select, math.mininteger, 1))
        assert(select('#', task.spawn(function() end):join()) == 0)
        assert(select('#', task.spawn(table.unpack, {}, 1, 2000):join()) == 2000)
        local arguments = table.pack(table.unpack({}, 1, 2000))
        assert(task.spawn(function(...) return select(...) end, '#', table.unpack(arguments, 1, 2000)):join() == 2000)
        "#,
    );
}

#[test]
fn failures_nobody_joins_are_told() {
    let outcome = run(r#"
        task.spawn(function() task.sleep(0) error("alone") end)
        task.spawn(function() error({}) end)
        task.spawn(function() error(nil) end)
        task.spawn(function() local s = socket.socket() s:close() s:recv(1) end)
        "#);
    assert_eq!(outcome.reports.len(), 4, "{outcome:?}");
    let all = outcome.reports.join("\n==\n");
    assert!(all.contains("script:2: alone\nstack traceback:"), "{all}");
    assert!(all.contains("OSError: [Errno 9] Bad file descriptor"), "{all}");
    assert!(outcome.error.is_some(), "the run must not count as a success");
}

#[test]
fn a_later_join_clears_a_failure() {
    let outcome = run(r#"
        local t = task.spawn(function() error("late") end)
        task.sleep(0.001)
        assert(t:done())
        local ok, e = pcall(t.join, t)
        assert(not ok and e == "script:2: late")
        "#);
    assert_eq!((outcome.reports.len(), outcome.error), (1, None));
    // Whoever is in join already is the one who is told.
    let outcome = run(r#"
        local t = task.spawn(function() task.sleep(0.001) error("awaited") end)
        assert(not pcall(t.join, t))
        "#);
    assert_eq!((outcome.reports.len(), outcome.error), (0, None));
    // One whose join timed out is nobody.
    let outcome = run(r#"
        local t = task.spawn(function() task.sleep(0.02) error("left") end)
        local ok, e = pcall(t.join, t, 0.001)
        assert(not ok and e:is(socket.timeout))
        "#);
    assert_eq!(outcome.reports.len(), 1);
    assert!(outcome.error.is_some());
}

#[test]
fn the_main_chunks_own_error_comes_first() {
    let outcome = run("task.spawn(function() task.sleep(0.001) error('second') end) error('first')");
    assert_eq!(outcome.error.as_deref(), Some("RuntimeError: script:1: first"));
    assert_eq!(outcome.reports.len(), 2, "both are told: {:?}", outcome.reports);
}

#[test]
fn a_text_of_an_error_may_wait_and_may_fail() {
    let outcome =
        run("error(setmetatable({}, {__tostring = function() task.sleep(0.001) return 'slow' end}))");
    assert_eq!(outcome.error.as_deref(), Some("RuntimeError: slow"));
    let outcome = run("error(setmetatable({}, {__tostring = function() error('no') end}))");
    assert!(outcome.error.is_some());
    let outcome = run("error(setmetatable({}, {__tostring = function() sys.exit(3) end}))");
    assert!(outcome.error.is_some());
}

#[test]
fn an_error_that_a_script_makes_knows_where() {
    passes(
        r#"local function fail() error(errors.ValueError("v")) end
        local function call() fail() end
        local ok, e = pcall(call)
        assert(e.traceback == "script:1\nscript:2\nscript:3", e.traceback)
        assert("failed: " .. e == "failed: ValueError: v" and e .. "!" == "ValueError: v!")
        -- One made of another keeps what it says, and no more than a part of it.
        for i = 1, 100 do e = errors.ValueError(e, e) end
        assert(#repr(e) < 20000, #repr(e))
        "#,
    );
}
