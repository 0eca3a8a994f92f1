//! Tasks among each other: cancelling, joining, closing under a waiter, order, fairness, numbers.

use crate::script::{complaint, passes, report, run};

/// Waits a task can be cancelled in; `a`, `b` is a fresh pair.
const WAITS: &[(&str, &str)] = &[
    ("recv", "a:recv(1)"),
    ("recv with a timeout", "a:settimeout(100) a:recv(1)"),
    ("recv_into", "a:recv_into(bytearray(4))"),
    ("recvfrom", "a:recvfrom(1)"),
    ("send", "while true do a:send(('x'):rep(65536)) end"),
    ("sendall", "a:sendall(('x'):rep(1e8))"),
    ("accept", "socket.create_server({'127.0.0.1', 0}):accept()"),
    ("recvfrom of datagrams", "local s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) s:bind({'127.0.0.1', 0}) s:recvfrom(9)"),
    ("connect to a full Unix listener", "local s = socket.socket(socket.AF_UNIX) s:bind('') s:listen(0)
        local kept = {} while true do local c = socket.socket(socket.AF_UNIX) kept[#kept + 1] = c c:connect(s:getsockname()) end"),
    ("connect to a full TCP listener", "local s = socket.create_server({'127.0.0.1', 0}, {backlog = 0})
        local kept = {} while true do local c = socket.socket() kept[#kept + 1] = c c:connect(s:getsockname()) end"),
    ("sleep", "task.sleep(100)"),
    ("time.sleep", "time.sleep(100)"),
    ("join", "task.spawn(function() a:recv(1) end):join()"),
    ("a coroutine", "coroutine.wrap(function() a:recv(1) end)()"),
    ("a comparator", "table.sort({2, 1}, function() a:recv(1) end)"),
];

#[test]
fn cancel_fails_the_wait_once() {
    let mut problems = Vec::new();
    for (name, wait) in WAITS {
        problems.extend(complaint(
            name,
            &format!(
                r#"
                local a, b = socket.socketpair()
                local after
                local t = task.spawn(function()
                    local ok, e = pcall(function() {wait} end)
                    assert(not ok and e:is("CancelledError"), tostring(e))
                    -- The next wait works.
                    local c, d = socket.socketpair()
                    task.spawn(function() d:send("fine") end)
                    after = c:recv(4)
                    task.sleep(0.001)
                    return "ended"
                end)
                task.sleep(0.005)
                assert(not t:done(), "it did not wait")
                t:cancel()
                assert(t:join(10) == "ended" and after == "fine")
                t:cancel()
                assert(t:join() == "ended")
                b:close()
                "#
            ),
        ));
    }
    report(&problems);
}

#[test]
fn a_task_that_does_not_catch_its_cancelling_ends_by_it() {
    let outcome = run(r#"
        local t = task.spawn(task.sleep, 100)
        t:cancel()
        local ok, e = pcall(t.join, t)
        assert(not ok and e:is("CancelledError"))
        task.current():cancel()
        assert(not pcall(task.sleep, 0))
        task.sleep(0)
        "#);
    assert_eq!(outcome.error, None, "{outcome:?}");
}

#[test]
fn a_closed_socket_wakes_its_waiters_with_ebadf() {
    let mut problems = Vec::new();
    let waits = [
        ("recv", "local s, peer = socket.socketpair()", "s:recv(1)"),
        (
            "recv with a timeout",
            "local s, peer = socket.socketpair() s:settimeout(100)",
            "s:recv(1)",
        ),
        (
            "sendall",
            "local s, peer = socket.socketpair()",
            "s:sendall(('x'):rep(1e8))",
        ),
        (
            "accept",
            "local s = socket.create_server({'127.0.0.1', 0})",
            "s:accept()",
        ),
        (
            "recvfrom",
            "local s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) s:bind({'127.0.0.1', 0})",
            "s:recvfrom(1)",
        ),
        (
            "recv_into",
            "local s, peer = socket.socketpair() local buffer = bytearray(4)",
            "s:recv_into(buffer)",
        ),
    ];
    for (name, open, wait) in waits {
        for waiters in [1, 3] {
            problems.extend(complaint(
                &format!("{name}, {waiters} tasks"),
                &format!(
                    r#"
                    {open}
                    local tasks = {{}}
                    for i = 1, {waiters} do tasks[i] = task.spawn(function() return pcall(function() {wait} end) end) end
                    task.sleep(0.002)
                    for _, t in ipairs(tasks) do assert(not t:done()) end
                    s:close()
                    for _, t in ipairs(tasks) do
                        local ok, e = t:join(10)
                        assert(not ok and e.code == "EBADF", tostring(e))
                    end
                    -- The number is free for a socket that has nothing to do with it.
                    local c, d = socket.socketpair()
                    d:send("x") assert(c:recv(1) == "x")
                    "#
                ),
            ));
        }
    }
    report(&problems);
}

#[test]
fn who_came_first_is_served_first() {
    passes(
        r#"
        local a, b = socket.socketpair()
        local order = {}
        for i = 1, 8 do task.spawn(function() local got = a:recv(1) order[#order + 1] = i .. got end) end
        task.sleep(0.001)
        b:send("abcdefgh")
        task.sleep(0.01)
        assert(table.concat(order, " ") == "1a 2b 3c 4d 5e 6f 7g 8h", table.concat(order, " "))
        "#,
    );
    // Some give up: nobody's turn is lost with them.
    passes(
        r#"
        local a, b = socket.socketpair()
        local order, tasks = {}, {}
        for i = 1, 6 do
            tasks[i] = task.spawn(function()
                local ok, got = pcall(a.recv, a, 1)
                order[#order + 1] = i .. (ok and got or "-")
            end)
        end
        task.sleep(0.001)
        tasks[1]:cancel() tasks[4]:cancel()
        b:send("xyz")
        task.sleep(0.005)
        b:send("w")
        for _, t in ipairs(tasks) do t:join(10) end
        table.sort(order)
        assert(table.concat(order, " ") == "1- 2x 3y 4- 5z 6w", table.concat(order, " "))
        "#,
    );
    // Accepting in turns.
    passes(
        r#"
        local server = socket.create_server({"127.0.0.1", 0})
        local order = {}
        for i = 1, 4 do task.spawn(function() local c = server:accept() local got = c:recv(1) order[#order + 1] = i .. got end) end
        task.sleep(0.001)
        local clients = {}
        for i = 1, 4 do
            clients[i] = socket.create_connection(server:getsockname()) clients[i]:send(tostring(i))
            task.sleep(0.002)
        end
        assert(table.concat(order, " ") == "11 22 33 44", table.concat(order, " "))
        "#,
    );
}

#[test]
fn joins() {
    passes(
        r#"
        local t = task.spawn(function() task.sleep(0.02) return 1, 2 end)
        local start = time.monotonic()
        local ok, e = pcall(t.join, t, 0.005)
        assert(not ok and e:is(socket.timeout) and e.op == "join", tostring(e))
        assert(time.monotonic() - start >= 0.005)
        ok, e = pcall(t.join, t, 0)
        assert(not ok and e:is(socket.timeout))
        local a, b = t:join(10)
        assert(a == 1 and b == 2 and t:done())
        assert(t:join(0) == 1)
        -- Several wait for one.
        local slow = task.spawn(function() task.sleep(0.005) return "r" end)
        local others = {}
        for i = 1, 5 do others[i] = task.spawn(function() return slow:join() .. i end) end
        for i = 1, 5 do assert(others[i]:join() == "r" .. i) end
        "#,
    );
    passes(
        r#"
        local me = task.current()
        local ok, e = pcall(me.join, me)
        assert(not ok and tostring(e):find("itself"), tostring(e))
        local t t = task.spawn(function() return pcall(t.join, t) end)
        ok, e = t:join()
        assert(not ok and tostring(e):find("itself"), tostring(e))
        task.sleep(0.001)
        "#,
    );
}

#[test]
fn a_deadlock_is_an_error() {
    for script in [
        "local a, b a = task.spawn(function() b:join() end) b = task.spawn(function() a:join() end) a:join()",
        "local main = task.current() task.spawn(function() main:join() end):join()",
        "local ring = {} for i = 1, 50 do ring[i] = task.spawn(function() ring[i % 50 + 1]:join() end) end ring[1]:join()",
    ] {
        let outcome = run(script);
        let told = format!("{outcome:?}");
        assert!(outcome.error.is_some() && told.contains("deadlock"), "{told}");
    }
    // Whoever catches it goes on.
    passes(
        r#"
        local a, b
        a = task.spawn(function() pcall(b.join, b) return "a" end)
        b = task.spawn(function() pcall(a.join, a) return "b" end)
        local ok, e = pcall(a.join, a)
        assert(not ok and tostring(e):find("deadlock"), tostring(e))
        "#,
    );
}

#[test]
fn waiting_for_the_outside_is_no_deadlock() {
    passes(
        r#"
        local a, b = socket.socketpair()
        local reader = task.spawn(function() return a:recv(1) end)
        local sleeper = task.spawn(function() task.sleep(0.01) b:send("x") end)
        assert(reader:join() == "x")
        "#,
    );
}

#[test]
fn timeouts_fire_in_order() {
    passes(
        r#"
        local order, begun, delay, n = {}, {}, {}, 200
        local tasks = {}
        for i = 1, n do
            delay[i] = 0.005 + ((i * 37) % n) * 0.0005
            tasks[i] = task.spawn(function()
                local a, b = socket.socketpair()
                a:settimeout(delay[i])
                begun[i] = time.monotonic()
                local ok, e = pcall(a.recv, a, 1)
                assert(not ok and e:is(socket.timeout))
                assert(time.monotonic() - begun[i] >= delay[i] - 1e-6, "too early")
                order[#order + 1] = i
                b:close()
            end)
        end
        task.spawn(function() begun[n + 1] = time.monotonic() end)
        for _, t in ipairs(tasks) do t:join() end
        assert(#order == n)
        -- A deadline lies between what the clock said before it was taken and what the next task's clock said.
        local latest = 0
        for _, i in ipairs(order) do
            assert(latest <= begun[i + 1] + delay[i], "overtaken by one whose deadline is later")
            latest = math.max(latest, begun[i] + delay[i])
        end
        "#,
    );
}

#[test]
fn thousands_sleep_at_once() {
    passes(
        r#"
        local n, woken = 5000, 0
        local start = time.monotonic()
        local tasks = {}
        for i = 1, n do tasks[i] = task.spawn(function() task.sleep(0.2) woken = woken + 1 end) end
        task.sleep(0)
        assert(woken == 0 or time.monotonic() - start >= 0.2)
        for _, t in ipairs(tasks) do t:join() end
        assert(woken == n)
        -- One after the other it would take a quarter of an hour.
        assert(time.monotonic() - start < 10)
        "#,
    );
}

/// Floods a socket that is always ready; another task must get to run, and a timer to fire.
fn flood(flood: &str) -> String {
    format!(
        r#"
        local a, b = socket.socketpair()
        local ran, fired = false, false
        task.spawn(function() ran = true end)
        task.spawn(function() task.sleep(0.001) fired = true end)
        local n = 0
        while not (ran and fired) do
            {flood}
            n = n + 1
            assert(n < 500000, ran and "no timer fired" or "nobody else ran")
        end
        "#
    )
}

#[test]
fn a_flood_lets_others_run() {
    let floods = [
        ("send and recv", "b:send('x') a:recv(1)"),
        (
            "recv alone",
            "if n % 1000 == 0 then b:send(('x'):rep(1000)) end a:recv(1)",
        ),
        ("sendall and recvfrom", "b:sendall('x') a:recvfrom(1)"),
        (
            "a non-blocking socket",
            "b:setblocking(false) a:setblocking(false) b:send('x') a:recv(1)",
        ),
        ("a timeout", "a:settimeout(10) b:send('x') a:recv(1)"),
        ("errors", "a:setblocking(false) pcall(a.recv, a, 1)"),
    ];
    let mut problems = Vec::new();
    for (name, body) in floods {
        problems.extend(complaint(name, &flood(body)));
    }
    report(&problems);
}

#[test]
fn a_busy_coroutine_lets_others_run() {
    passes(
        "local ran task.spawn(function() task.sleep(0.001) ran = true end)
         coroutine.wrap(function() while not ran do end end)()",
    );
}

#[test]
fn a_busy_task_lets_others_run() {
    passes(
        "local ran task.spawn(function() ran = true end) local start = os.clock()
         while not ran do assert(os.clock() - start < 2, 'nobody else ran') end",
    );
}

#[test]
fn a_table_that_can_be_called_is_a_function_too() {
    passes(
        r#"
        local double = setmetatable({}, {__call = function(self, n) return 2 * n end})
        assert(task.spawn(double, 4):join() == 8)
        assert(task.timeout(10, double, 5) == 10 and task.group(double, 6) == 12)
        local Server = socketserver.class()
        function Server:__init__(n) self.n = n end
        assert(task.spawn(Server, 7):join().n == 7)
        for _, none in ipairs {{}, setmetatable({}, {}), setmetatable({}, {__call = 3})} do
            local ok, e = pcall(task.spawn, none)
            assert(not ok and e.name == "TypeError" and e.message:find("must be function"), tostring(e))
        end
        "#,
    );
}

#[test]
fn who_is_cancelled_in_a_servers_shutdown_is_so_once() {
    passes(
        r##"
        local Slow = socketserver.class(socketserver.BaseRequestHandler)
        function Slow:handle() time.sleep(0.02) end
        local server = socketserver.TCPServer({"127.0.0.1", 0}, Slow)
        local serving = task.spawn(server.serve_forever, server)
        local client <close> = socket.create_connection(server.server_address)
        local impatient = task.spawn(function()
            local ok, e = pcall(server.shutdown, server)
            assert(not ok and e:is("CancelledError"))
            -- What comes after is left alone when the server ends.
            serving:join()
            task.sleep(0.001)
        end)
        task.sleep(0.005)
        impatient:cancel()
        impatient:join()
        server:server_close()
        "##,
    );
}
