//! Waiting works anywhere a script can call: in metamethods, callbacks of Lua's own libraries, loaded code, coroutines.

use crate::script::{complaint, passes, report};

/// `wait()` returns only after another task, which runs only if this one is left, has sent something.
pub(crate) const WAIT: &str = r#"
    waits = 0
    function wait(...)
        local a, b = socket.socketpair()
        local other = "not run"
        task.spawn(function() other = "run" b:sendall("x") end)
        assert(other == "not run")
        assert(a:recv(1) == "x" and other == "run")
        a:close() b:close()
        waits = waits + 1
        return ...
    end
    local meta = setmetatable
"#;

/// Where it waits, and a function's body that does so; `meta` is `setmetatable`.
const PLACES: &[(&str, &str)] = &[
    ("a plain call", "assert(wait(7) == 7)"),
    ("pcall", "local ok, a, b = pcall(wait, 1, 2) assert(ok and a == 1 and b == 2)"),
    ("pcall that fails", "local ok, e = pcall(function() wait() error('e', 0) end) assert(not ok and e == 'e')"),
    ("xpcall", "local ok, a = xpcall(wait, print, 5) assert(ok and a == 5)"),
    (
        "a message handler",
        "local ok, e = xpcall(error, function(e) return wait(e) .. '!' end, 'e') assert(not ok and e == 'e!')",
    ),
    (
        "a message handler of an error of ours",
        "local s = socket.socket() s:close()
         local ok, e = xpcall(s.recv, function(e) return wait(e) end, s, 1) assert(not ok and e.code == 'EBADF')",
    ),
    (
        "a comparator",
        "local t = {} for i = 1, 20 do t[i] = (i * 7) % 20 end
         table.sort(t, function(a, b) return wait(a < b) end)
         for i = 1, 20 do assert(t[i] == i - 1) end assert(waits > 20)",
    ),
    ("a comparator's __lt", "local m = {__lt = function(a, b) return wait(a.n < b.n) end}
         local t = {} for i = 1, 9 do t[i] = meta({n = -i}, m) end table.sort(t)
         for i = 1, 9 do assert(t[i].n == i - 10) end"),
    ("gsub's callback", "assert(('abc'):gsub('.', function(c) return wait(c:upper()) end) == 'ABC' and waits >= 3)"),
    ("gsub's table", "assert(('ab'):gsub('.', meta({}, {__index = function(_, c) return wait(c .. c) end})) == 'aabb')"),
    ("gmatch's loop", "local s = '' for w in ('a b c'):gmatch('%a') do s = s .. wait(w) end assert(s == 'abc')"),
    ("__index", "assert(meta({}, {__index = function(_, k) return wait(k .. '!') end}).x == 'x!')"),
    ("__index of self", "local o = meta({}, {__index = function() return wait end}) assert(o:method() == o)"),
    ("__newindex", "local got meta({}, {__newindex = function(_, k, v) wait() got = k .. v end}).x = 'y' assert(got == 'xy')"),
    ("__call", "assert(meta({}, {__call = function(_, x) return wait(x) end})(4) == 4)"),
    ("__close", "local done do local x <close> = meta({}, {__close = function() done = wait(true) end}) end assert(done)"),
    (
        "__close after an error",
        "local seen local ok, e = pcall(function()
            local x <close> = meta({}, {__close = function(_, e) seen = wait(e) end}) error('e', 0) end)
         assert(not ok and e == 'e' and seen == 'e')",
    ),
    (
        "__close at a break and at a return",
        "local n = 0 local m = {__close = function() n = n + wait(1) end}
         for i = 1, 9 do local x <close> = meta({}, m) break end
         local r = (function() local x <close> = meta({}, m) return 'r' end)() assert(n == 2 and r == 'r')",
    ),
    (
        "the closing value of a loop",
        "local closed for i in function(_, i) i = (i or 0) + 1 if i < 4 then return wait(i) end end, nil, nil,
            meta({}, {__close = function() closed = wait(true) end}) do end assert(closed and waits == 4)",
    ),
    ("__lt", "local m = {__lt = function(a, b) return wait(a.n < b.n) end} assert(meta({n = 1}, m) < meta({n = 2}, m))"),
    ("__le", "local m = {__le = function() return wait(true) end} assert(meta({}, m) <= meta({}, m))"),
    ("__eq", "local m = {__eq = function() return wait(true) end} assert(meta({}, m) == meta({}, m))"),
    ("__concat", "assert('a' .. 'b' .. meta({}, {__concat = function(a) return wait(a) .. 'z' end}) == 'abz')"),
    ("__add and __unm", "local m = {__add = function() return wait(3) end, __unm = function() return wait(4) end}
         assert(meta({}, m) + 1 == 3 and -meta({}, m) == 4)"),
    ("__len", "assert(#meta({}, {__len = function() return wait(3) end}) == 3)"),
    ("tostring", "assert(tostring(meta({}, {__tostring = function() return wait('t') end})) == 't')"),
    ("string.format", "assert(('%s-%d'):format(meta({}, {__tostring = function() return wait('t') end}), 1) == 't-1')"),
    ("pairs", "local t = {} for k, v in pairs(meta({}, {__pairs = function() return wait(next), {a = 1} end})) do t[k] = v end
         assert(t.a == 1)"),
    ("ipairs", "local n = 0 for i, v in ipairs(meta({}, {__index = function(_, i) if i < 4 then return wait(i) end end})) do
            n = n + v end assert(n == 6)"),
    ("an iterator", "local n = 0 for i in function(_, i) i = wait((i or 0) + 1) return i < 5 and i or nil end do n = n + i end
         assert(n == 10)"),
    ("table.concat", "local t = meta({}, {__index = function(_, i) return wait(tostring(i)) end}) assert(table.concat(t, ',', 1, 3) == '1,2,3')"),
    ("table.unpack", "assert(select('#', table.unpack(meta({}, {__index = wait}), 1, 3)) == 3)"),
    ("table.insert", "local t = meta({}, {__len = function() return wait(0) end}) table.insert(t, 'x') assert(t[1] == 'x')"),
    ("load", "assert(load('return wait(...)')(8) == 8)"),
    (
        "the reader of load",
        "local parts = {'return ', '4', '2'} local i = 0
         assert(load(function() i = i + 1 return wait(parts[i]) end)() == 42 and waits == 4)",
    ),
    ("a preloaded chunk", "package.loaded.m = nil package.preload.m = function(n) return wait({name = n}) end assert(require 'm'.name == 'm')"),
    (
        "a required file",
        "local name = os.tmpname() local file = io.open(name, 'w') file:write('wait() return {n = 5, name = ...}') file:close()
         local path = package.path package.path = name package.loaded.anything = nil
         local m = require 'anything' package.path = path os.remove(name) assert(m.n == 5 and m.name == 'anything')",
    ),
    (
        "dofile",
        "local name = os.tmpname() local file = io.open(name, 'w') file:write('return wait(6)') file:close()
         local n = dofile(name) os.remove(name) assert(n == 6)",
    ),
    (
        "a searcher",
        "package.loaded.strange = nil
         table.insert(package.searchers, 1, function(n) if n == 'strange' then return wait(function() return 'found' end) end end)
         local m = require 'strange' table.remove(package.searchers, 1) assert(m == 'found')",
    ),
    ("a hook", "local n = 0 debug.sethook(function() debug.sethook() n = wait(1) end, '', 1) for _ = 1, 9 do end assert(n == 1)"),
    ("a coroutine", "local co = coroutine.create(function(a) local b = coroutine.yield(wait(a)) return wait(b) end)
         local ok, v = coroutine.resume(co, 1) assert(ok and v == 1 and coroutine.status(co) == 'suspended')
         ok, v = coroutine.resume(co, 2) assert(ok and v == 2 and coroutine.status(co) == 'dead')"),
    ("a wrapped coroutine", "local f = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(wait(i)) end end)
         assert(f() == 1 and f() == 2 and f() == 3)"),
    (
        "coroutines in coroutines",
        "local function nest(n) if n == 0 then return wait('deep') end return coroutine.wrap(function()
            coroutine.yield(nest(n - 1)) end)() end assert(nest(30) == 'deep')",
    ),
    (
        "a coroutine that fails",
        "local ok, e = coroutine.resume(coroutine.create(function() wait() error({7}) end)) assert(not ok and e[1] == 7)",
    ),
    (
        "a coroutine's closing",
        "local seen local co = coroutine.create(function() local x <close> = meta({}, {__close = function() seen = wait(1) end})
            coroutine.yield() end) coroutine.resume(co) assert(coroutine.close(co) and seen == 1)",
    ),
    (
        "the closing of a wrapped coroutine that failed",
        "local seen local f = coroutine.wrap(function() local x <close> = meta({}, {__close = function() seen = wait(1) end})
            error('e', 0) end) local ok, e = pcall(f) assert(not ok and e == 'e' and seen == 1)",
    ),
    (
        "pcall in a coroutine in a comparator in gsub",
        "local s = ('x'):gsub('x', function() local t = {2, 1} table.sort(t, function(a, b)
            return coroutine.wrap(function() local _, r = pcall(wait, a < b) coroutine.yield(r) end)() end)
            return t[1] .. t[2] end) assert(s == '12')",
    ),
    ("a method of a record", "local a, b = socket.socketpair() b:send('x') wait() assert(a:recv(1) == 'x')"),
];

/// A script that runs one place's body in the main chunk, in a task, or in the script's own coroutine.
fn script(standing: &str, body: &str) -> String {
    format!(
        "{WAIT} local function place() {body} end {standing}
         assert(waits > 0, 'it never waited')"
    )
}

#[test]
fn a_call_may_wait_anywhere() {
    let standings = [
        ("the main chunk", "place()"),
        ("a task", "task.spawn(place):join()"),
        ("a coroutine", "coroutine.wrap(place)()"),
        (
            "a task's coroutine",
            "task.spawn(function() local ok, e = coroutine.resume(coroutine.create(place)) assert(ok, e) end):join()",
        ),
    ];
    let mut problems = Vec::new();
    for (place, body) in PLACES {
        for (where_, standing) in standings {
            problems.extend(complaint(
                &format!("{place}, in {where_}"),
                &script(standing, body),
            ));
        }
    }
    report(&problems);
}

#[test]
fn many_wait_everywhere_at_once() {
    // `waits` counts for everybody here, so the exact counts some places check are taken out.
    let mut all = format!("{WAIT} local tasks = {{}}\n");
    for (place, body) in PLACES {
        if body.contains("waits")
            || place.contains("require")
            || place.contains("search")
            || place.contains("hook")
        {
            continue;
        }
        all.push_str(&format!(
            "for _ = 1, 20 do tasks[#tasks + 1] = task.spawn(function() {body} end) end\n"
        ));
    }
    all.push_str("for _, t in ipairs(tasks) do t:join() end assert(waits >= #tasks)");
    report(&complaint("all at once", &all).into_iter().collect::<Vec<_>>());
}

#[test]
fn what_waits_on_one_thing_does_not_hold_up_another() {
    passes(
        r#"
        local log = {}
        local a, b = socket.socketpair()
        local slow = task.spawn(function() local got = a:recv(1) log[#log + 1] = got end)
        local quick = task.spawn(function() task.sleep(0.001) log[#log + 1] = "quick" end)
        quick:join()
        assert(not slow:done())
        b:send("s")
        slow:join()
        assert(table.concat(log, " ") == "quick s")
        "#,
    );
}

#[test]
fn who_does_not_wait_finds_what_is_there() {
    passes(
        r##"
        local server <close> = socket.create_server {"127.0.0.1", 0}
        local near <close> = socket.create_connection(server:getsockname())
        local far <close> = server:accept()
        local other = task.spawn(task.sleep, 3)
        near:settimeout(0.01)
        local ok, e = pcall(near.recv, near, 10)
        assert(not ok and e:is(socket.timeout))
        near:settimeout(nil)
        far:sendall("one")
        assert(near:recv(10) == "one")
        -- It is empty as far as known, and nobody looks for events meanwhile.
        near:setblocking(false)
        far:sendall("two")
        assert(#select.select({near}, {}, {}, 0) == 1)
        assert(near:recv(10) == "two")
        local ok, e = pcall(near.recv, near, 10)
        assert(not ok and e:is("BlockingIOError"))
        other:cancel()
        "##,
    );
}

#[test]
fn an_urgent_byte_is_told_to_who_watches_for_it() {
    // As in CPython, where the others are threads: whoever is in recv already does not keep it from select.
    for call in ["recv(10)", "recv(10, 0)"] {
        passes(&format!(
            r##"
            local server <close> = socket.create_server {{"127.0.0.1", 0}}
            local near <close> = socket.create_connection(server:getsockname())
            local far <close> = server:accept()
            local receiver = task.spawn(function() return near:{call} end)
            task.sleep(0)
            local polling = task.spawn(function()
                local p = select.poll()
                p:register(near, select.POLLPRI)
                return #p:poll(5000)
            end)
            local selecting = task.spawn(function()
                local _, _, urgent = select.select({{}}, {{}}, {{near}}, 5)
                return #urgent, near:recv(1, socket.MSG_OOB)
            end)
            task.sleep(0)
            far:send("!", socket.MSG_OOB)
            local count, byte = selecting:join()
            assert(count == 1 and byte == "!" and polling:join() == 1)
            assert(not receiver:done())
            far:sendall("plain")
            assert(receiver:join() == "plain")
            "##
        ));
    }
}

#[test]
fn who_is_woken_for_nothing_keeps_its_place() {
    // The flags decide whether a task leaves its stack.
    for call in ["recv(1)", "recv(1, 0)"] {
        passes(&format!(
            r##"
            local server <close> = socket.create_server {{"127.0.0.1", 0}}
            local near <close> = socket.create_connection(server:getsockname())
            local far <close> = server:accept()
            local first = task.spawn(function() return near:{call} end)
            local second = task.spawn(function() return near:{call} end)
            task.sleep(0)
            far:send("!", socket.MSG_OOB)
            -- Until the urgent byte has come, and has woken whoever it wakes.
            select.select({{}}, {{}}, {{near}})
            task.sleep(0)
            far:sendall("ab")
            assert(first:join() == "a" and second:join() == "b")
            "##
        ));
    }
}

#[test]
fn who_is_cancelled_half_way_keeps_what_has_come() {
    passes(
        r##"
        local near, far = socket.socketpair()
        local got, next_wait
        local t = task.spawn(function()
            got = near:recv(10, socket.MSG_WAITALL)
            next_wait = table.pack(pcall(task.sleep, 1))
        end)
        task.sleep(0)
        far:sendall("half")
        task.sleep(0.001)
        assert(not t:done())
        t:cancel()
        t:join()
        assert(got == "half" and not next_wait[1] and next_wait[2]:is("CancelledError"))
        "##,
    );
}

/// More than the scheduler takes at once.
#[test]
fn what_has_come_in_time_is_no_timeout() {
    passes(
        r#"
        local tasks, ends = {}, {}
        for i = 1, 400 do
            local a, b = socket.socketpair()
            ends[i] = b
            a:settimeout(0.3)
            tasks[i] = task.spawn(function()
                local got = a:recv(1)
                -- One more each, which does not come.
                local ok, more = pcall(a.recv, a, 1)
                return got, ok and more or more:is(socket.timeout) and "late"
            end)
        end
        task.sleep(0)
        for _, b in ipairs(ends) do b:send("x") end
        -- Nobody runs for longer than they wait.
        assert(os.execute("sleep 0.5"))
        for i = 1, 400 do
            local got, more = tasks[i]:join()
            assert(got == "x" and more == "late", tostring(got) .. more)
        end
        -- A sleep ends beside any number of events.
        local busy = true
        for _ = 1, 200 do
            local a, b = socket.socketpair()
            task.spawn(function() while busy do a:send("x") a:recv(1) end a:close() end)
            task.spawn(function()
                local data = b:recv(1)
                while data ~= "" do b:send(data) data = b:recv(1) end
            end)
        end
        local begin = time.monotonic()
        for _ = 1, 20 do task.sleep(0.01) end
        assert(time.monotonic() - begin < 5, time.monotonic() - begin)
        busy = false
        "#,
    );
}

#[test]
fn short_turns_hold_no_timer_up() {
    passes(
        r##"
        local there, back = task.channel(), task.channel()
        local function work() local since = os.clock() repeat until os.clock() - since > 0.002 end
        local a = task.spawn(function() while true do work() there:send(1) back:recv() end end)
        local b = task.spawn(function() while true do there:recv() work() back:send(1) end end)
        task.sleep(0)
        local since = os.clock()
        task.sleep(0.001)
        -- Two dozen turns and more where only their number is counted.
        local late = os.clock() - since
        assert(late < 0.06, late)
        a:cancel() b:cancel()
        "##,
    );
}

#[test]
fn a_connection_that_is_reset_at_once_was_one() {
    passes(
        r#"
        local server = socket.create_server{"127.0.0.1", 0}
        task.spawn(function()
            for _ = 1, 3 do
                local c = server:accept()
                c:sendall("hello")
                c:setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                c:close()
            end
        end)
        for _, timeout in ipairs{false, 5, 5} do
            local s = socket.socket()
            if timeout then s:settimeout(timeout) end
            s:connect(server:getsockname())
            assert(s:recv(100) == "hello")
            assert(select(2, pcall(s.recv, s, 100)).name == "ConnectionResetError")
        end
        "#,
    );
}
