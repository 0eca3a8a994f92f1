//! `task.timeout` bounds all inside it; `task.group` leaves no task behind.

use crate::script::passes;

#[test]
fn a_timeout_gives_what_the_function_returns_or_raises() {
    passes(
        r#"
        local a, b = task.timeout(5, function(x, y) task.sleep(0.001) return y, x end, 1, 2)
        assert(a == 2 and b == 1)
        local ok, e = pcall(task.timeout, 5, function() error(errors.ValueError("mine")) end)
        assert(not ok and e:is("ValueError") and e.message == "mine")
        "#,
    );
}

#[test]
fn a_timeout_ends_every_wait_inside_it() {
    passes(
        r#"
        local a, b = socket.socketpair()
        local waits = {
            function() a:recv(1) end,
            function() task.sleep(100) end,
            function() task.spawn(function() task.sleep(100) end):join() end,
            function() a:settimeout(50) a:recv(1) end,
            function() socket.create_server({"127.0.0.1", 0}):accept() end,
            function() while true do end end,
            function() while true do pcall(function() while true do end end) end end,
            function() while true do pcall(task.sleep, 100) end end,
            function() coroutine.wrap(function() while true do end end)() end,
        }
        for i, wait in ipairs(waits) do
            local start = time.monotonic()
            local ok, e = pcall(task.timeout, 0.02, wait)
            assert(not ok and e:is("TimeoutError") and e.message:find("task.timeout: 0.02 seconds"), i .. tostring(e))
            assert(time.monotonic() - start < 5, i)
        end
        b:send("x")
        a:settimeout(nil)
        assert(a:recv(1) == "x")
        "#,
    );
}

#[test]
fn what_calculates_on_closes_what_it_holds() {
    passes(
        r#"
        local endless = setmetatable({}, {__close = function() while true do end end})
        local ways = {
            function() while true do end end,
            function() while true do pcall(function() while true do end end) end end,
            function() while true do pcall(task.sleep, 100) end end,
            function() local held <close> = endless while true do end end,
            function() coroutine.wrap(function() while true do end end)() end,
            function() error(setmetatable({}, {__tostring = function() while true do end end})) end,
        }
        for i, way in ipairs(ways) do

            local a, b = socket.socketpair()
            local file, set = io.open("/dev/null"), select.epoll()
            pcall(task.timeout, 0.02, function()
                local first <close> = a
                pcall(function()
                    local second <close> = b
                    local third <close> = set
                    way()
                end)
                local last <close> = file
                way()
            end)
            assert(a:fileno() == -1 and b:fileno() == -1 and set.closed, i)
        end
        -- What a coroutine of its own holds, too.
        local a, b = socket.socketpair()
        local file = io.open("/dev/null")
        pcall(task.timeout, 0.02, function()
            local held <close> = a
            coroutine.wrap(function()
                local held <close> = b
                local also <close> = file
                while true do end
            end)()
        end)
        assert(a:fileno() == -1 and b:fileno() == -1 and io.type(file) == "closed file")
        "#,
    );
}

#[test]
fn what_was_received_inside_is_returned_though_the_time_is_over_meanwhile() {
    passes(
        r#"
        local function left(s) s:settimeout(0.02) local ok, data = pcall(s.recv, s, 100) return ok and data or "nothing" end
        -- Inner calls that have their bytes when an outer limit, or a cancelling, ends the wait for them.
        for round = 1, 40 do
            local a, b = socket.socketpair()
            local function work(seconds) local till = time.monotonic() + seconds while time.monotonic() < till do end end
            task.spawn(function()
                task.sleep(0.002)
                b:sendall("data")
                for i = 1, 4 do task.spawn(work, 0.001) end
                work(0.0005)
            end)
            local scope = round % 2 == 0 and function(...) return task.timeout(60, ...) end or task.group
            local ok, data = pcall(task.timeout, 0.004, scope, a.recv, a, 100)
            local rest = left(a)
            assert(ok and data == "data" or rest == "data", round .. tostring(data) .. rest)
            a:close() b:close()
        end
        for i, scope in ipairs { function(...) return task.timeout(60, ...) end, task.group } do
            local a, b = socket.socketpair()
            b:sendall("data")
            local t = task.spawn(function()
                task.current():cancel()
                local data = scope(a.recv, a, 100)
                -- The cancelling is met by the next wait, and by that one alone.
                local ok, e = pcall(task.sleep, 10)
                assert(not ok and e:is("CancelledError"), tostring(e))
                task.sleep(0)
                return data
            end)
            assert(t:join() == "data", i)
            local t = task.spawn(scope, a.recv, a, 100)
            task.sleep(0.001)
            b:sendall("more")
            task.sleep(0)
            t:cancel()
            local ok, data = pcall(t.join, t)
            local rest = left(a)
            assert(ok and data == "more" or rest == "more", i .. tostring(data) .. rest)
            -- Who was told of its end, and goes on, is ended all the same.
            local t = task.spawn(scope, function() pcall(task.sleep, 10) return "went on" end)
            task.sleep(0)
            t:cancel()
            local ok, e = pcall(t.join, t)
            assert(not ok and e:is("CancelledError"), i .. tostring(e))
        end
        "#,
    );
}

#[test]
fn what_was_received_inside_is_returned_though_the_caller_is_cancelled_meanwhile() {
    passes(
        r##"
        local function in_timeout(f) return task.timeout(5, f) end
        -- The function has bytes already and has yet to run when its caller is cancelled: by a task that was woken before it, as others
        -- were between them, so that the caller runs before it.
        for _, bounded in ipairs {in_timeout, task.group} do
            local near, far, got = {}, {}, nil
            for i = 1, 12 do near[i], far[i] = socket.socketpair() end
            local outer = task.spawn(function()
                local data = bounded(function() return near[12]:recv(100) end)
                local ok, e = pcall(task.sleep, 1)
                got = data .. " " .. (ok or e.name)
            end)
            for i = 1, 11 do
                task.spawn(function() near[i]:recv(100) if i == 1 then outer:cancel() end end)
            end
            task.sleep(0.01)
            for i = 1, 12 do far[i]:sendall("for " .. i) end
            outer:join()
            assert(got == "for 12 CancelledError", got)
        end
        -- However deep: each puts the cancelling off until its caller's next wait.
        for depth = 1, 3 do
            local near, far = socket.socketpair()
            local f = function()
                local data, over = near:recv(10), time.monotonic() + 0.05
                while time.monotonic() < over do end
                return data
            end
            for i = 1, depth do
                local inner = f
                f = function() return (i % 2 == 1 and in_timeout or task.group)(inner) end
            end
            local got
            local outer = task.spawn(function()
                local data = f()
                local ok, e = pcall(task.sleep, 1)
                got = data .. " " .. (ok or e.name)
            end)
            task.sleep(0.01)
            far:sendall("data")
            task.sleep(0.02)
            outer:cancel()
            outer:join()
            assert(got == "data CancelledError", depth .. ": " .. tostring(got))
        end
        "##,
    );
}

#[test]
fn the_sooner_of_two_timeouts_counts_and_the_outer_is_caught_outside() {
    passes(
        r#"
        local ok, e = pcall(task.timeout, 5, function()
            local ok, e = pcall(task.timeout, 0.01, task.sleep, 100)
            assert(not ok and e.message:find("0.01"), tostring(e))
            return "went on"
        end)
        assert(ok and e == "went on", tostring(e))
        local ok, e = pcall(task.timeout, 0.01, function() task.timeout(5, task.sleep, 100) end)
        assert(not ok and e.message:find("0.01"), tostring(e))
        "#,
    );
}

#[test]
fn a_group_ends_when_all_have_ended() {
    passes(
        r#"
        local ended = 0
        local result = task.group(function(n)
            for i = 1, n do
                task.spawn(function()
                    task.sleep(0.001 * i)
                    task.spawn(function() task.sleep(0.005) ended = ended + 1 end)
                end)
            end
            return "body"
        end, 10)
        assert(result == "body" and ended == 10, ended)
        "#,
    );
}

#[test]
fn the_first_failure_cancels_the_others() {
    passes(
        r#"
        local cancelled = 0
        local ok, e = pcall(task.group, function()
            for _ = 1, 5 do
                task.spawn(function()
                    local ok, e = pcall(task.sleep, 100)
                    if e:is("CancelledError") then cancelled = cancelled + 1 end
                    error(e)
                end)
            end
            task.spawn(function() task.sleep(0.001) error(errors.ValueError("first")) end)
            task.sleep(100)
        end)
        assert(not ok and e:is("ValueError") and e.message == "first", tostring(e))
        assert(cancelled == 5, cancelled)
        "#,
    );
}

#[test]
fn a_failure_that_is_caught_inside_cancels_nobody() {
    passes(
        r#"
        local done = 0
        task.group(function()
            task.spawn(function() task.sleep(0.005) done = done + 1 end)
            assert(not pcall(task.timeout, 0.001, task.sleep, 100))
            assert(not pcall(task.group, function() error("inner") end))
            done = done + 1
        end)
        assert(done == 2)
        "#,
    );
}

#[test]
fn who_waits_for_a_group_takes_it_along_when_cancelled() {
    passes(
        r#"
        local ended = 0
        local waiter = task.spawn(function()
            task.group(function()
                for _ = 1, 3 do
                    task.spawn(function() local ok = pcall(task.sleep, 100) ended = ended + 1 end)
                end
            end)
        end)
        task.sleep(0.005)
        waiter:cancel()
        local ok, e = pcall(waiter.join, waiter)
        assert(not ok and e:is("CancelledError") and ended == 3, ended)
        "#,
    );
}

#[test]
fn a_timeout_around_a_group_ends_it_with_all_inside() {
    for inside in [
        "task.sleep(100)",
        "while true do end",
        "while true do pcall(task.sleep, 100) end",
    ] {
        passes(&format!(
            r#"
            local children = {{}}
            local function child()
                children[#children + 1] = task.current()
                {inside}
            end
            local ok, e = pcall(task.timeout, 0.02, function()
                task.group(function()
                    for _ = 1, 3 do task.spawn(child) end
                    child()
                end)
            end)
            assert(not ok and e:is("TimeoutError"), tostring(e))
            task.sleep(0.01)
            assert(#children == 4)
            for _, child in ipairs(children) do assert(child:done()) end
            "#
        ));
    }
}

#[test]
fn a_timeout_in_a_timeout_leaves_nothing_behind() {
    passes(
        r#"
        local inner
        local ok, e = pcall(task.timeout, 0.02, function()
            task.timeout(50, function()
                inner = task.current()
                while true do pcall(task.sleep, 100) end
            end)
        end)
        assert(not ok and e.message:find("0.02"), tostring(e))
        task.sleep(0.01)
        assert(inner:done())
        "#,
    );
}

#[test]
fn who_is_cancelled_before_it_waits_for_a_group_takes_it_along() {
    passes(
        r#"
        local ended = 0
        local waiter
        waiter = task.spawn(function()
            waiter:cancel()
            task.group(function()
                for _ = 1, 3 do task.spawn(function() pcall(task.sleep, 100) ended = ended + 1 end) end
                pcall(task.sleep, 100)
            end)
        end)
        local ok, e = pcall(waiter.join, waiter)
        assert(not ok and e:is("CancelledError"), tostring(e))
        assert(ended == 0 or ended == 3, ended)
        "#,
    );
}

#[test]
fn a_busy_task_that_is_cancelled_still_lets_others_run() {
    passes(
        r#"
        local ran, caught = false, false
        local busy = task.spawn(function()
            local start = os.clock()
            while not ran do assert(os.clock() - start < 5, "nobody else ran") end
            local ok, e = pcall(task.sleep, 0)
            caught = not ok and e:is("CancelledError")
        end)
        busy:cancel()
        task.sleep(0.001)
        ran = true
        busy:join()
        assert(caught)
        "#,
    );
}
