//! Waiting for any of many: other tasks run meanwhile, what is closed wakes, cancelling and limits reach in, no limit on
//! numbers, and what a selector keeps is collected with it.

use std::process::Command;

use crate::script::{complaint, passes, report};
use crate::support::{LIMIT, Running};

/// Ways to wait until `a` can be read.
const WAYS: &[(&str, &str)] = &[
    ("select", "return #select.select({a}, {}, {}, ...)"),
    ("a number", "return #select.select({a:fileno()}, {}, {}, ...)"),
    (
        "poll",
        "local p = select.poll() p:register(a, select.POLLIN) return #p:poll(... and ... * 1000)",
    ),
    (
        "epoll",
        "local e <close> = select.epoll() e:register(a, select.EPOLLIN) return #e:poll(...)",
    ),
    (
        "SelectSelector",
        "local s <close> = selectors.SelectSelector() s:register(a, 1) return #s:select(...)",
    ),
    (
        "PollSelector",
        "local s <close> = selectors.PollSelector() s:register(a, 1) return #s:select(...)",
    ),
    (
        "EpollSelector",
        "local s <close> = selectors.EpollSelector() s:register(a, 1) return #s:select(...)",
    ),
];

#[test]
fn every_way_suspends_and_is_woken() {
    let mut problems = Vec::new();
    for (name, way) in WAYS {
        problems.extend(complaint(
            name,
            &format!(
                r#"
                local a, b = socket.socketpair()
                local function wait(...) {way} end
                assert(wait(0) == 0)
                local start = time.monotonic()
                assert(wait(0.02) == 0 and time.monotonic() - start >= 0.02)
                -- Alone and beside others, several at once.
                local waiters = {{}}
                for i = 1, 3 do waiters[i] = task.spawn(wait) end
                task.sleep(0.002)
                for _, t in ipairs(waiters) do assert(not t:done()) end
                b:send("x")
                for _, t in ipairs(waiters) do assert(t:join(10) == 1) end
                assert(wait() == 1 and a:recv(1) == "x")
                -- A task that receives on the same socket is in nobody's way.
                local watcher, reader = task.spawn(wait, 10), task.spawn(function() return a:recv(1) end)
                task.sleep(0.002)
                b:send("yz")
                assert(reader:join(10) == "y" and watcher:join(10) == 1)
                a:recv(1)
                -- Cancelling, a limit, a deadline.
                local t = task.spawn(wait)
                task.sleep(0.001)
                t:cancel()
                local ok, e = pcall(t.join, t)
                assert(not ok and e:is("CancelledError"), tostring(e))
                ok, e = pcall(task.timeout, 0.01, wait)
                assert(not ok and e.message:find("task.timeout"), tostring(e))
                assert(task.spawn(wait, 0.01):join(10) == 0)
                "#
            ),
        ));
    }
    report(&problems);
}

#[test]
fn a_socket_that_is_closed_meanwhile_wakes() {
    passes(
        r#"
        for _, named in ipairs {false, true} do
            local a, b = socket.socketpair()
            local key = named and a:fileno() or a
            local p = select.poll()
            p:register(key, select.POLLIN)
            local tasks = {
                task.spawn(function() return pcall(select.select, {key}, {}, {}) end),
                task.spawn(function() return p:poll() end),
                task.spawn(function() return pcall(a.recv, a, 1) end),
            }
            task.sleep(0.002)
            local fd = a:fileno()
            a:close()
            local ok, e = tasks[1]:join(10)
            assert(not ok and e.code == "EBADF" and e.op == "select", tostring(e))
            local ready = tasks[2]:join(10)
            assert(#ready == 1 and ready[1].fd == fd and ready[1].event == select.POLLNVAL)
            ok, e = tasks[3]:join(10)
            assert(not ok and e.code == "EBADF")
            -- The number is free for a socket that has nothing to do with it, and can be waited for.
            local c, d = socket.socketpair()
            assert(c:fileno() == fd)
            local t = task.spawn(function() return #select.select({fd}, {}, {}, 10)  end)
            task.sleep(0.002)
            d:send("x")
            assert(t:join(10) == 1)
        end
        local set = select.epoll()
        local t = task.spawn(function() return pcall(set.poll, set) end)
        task.sleep(0.002)
        set:close()
        local ok, e = t:join(10)
        assert(not ok and e.code == "EBADF", tostring(e))
        "#,
    );
}

/// The kernel takes it out of the set and says nothing.
#[test]
fn a_member_of_a_set_that_is_closed_meanwhile_wakes() {
    passes(
        r#"
        local function closing(c) task.spawn(function() task.sleep(0.002) c:close() end) end
        local a, b = socket.socketpair()
        for _, make in ipairs {selectors.DefaultSelector, selectors.PollSelector} do
            local c, d = socket.socketpair()
            local sel = make()
            sel:register(a, selectors.EVENT_READ)
            sel:register(c, selectors.EVENT_READ, "it")
            closing(c)
            local start = time.monotonic()
            local ready = sel:select(10)
            assert(#ready == 1 and ready[1].key.data == "it" and ready[1].events == selectors.EVENT_READ)
            assert(time.monotonic() - start < 5, "it was told at the end of its time")
            sel:unregister(c)
            assert(#sel:select(0) == 0)
            d:close()
        end
        local set = select.epoll()
        local c, d = socket.socketpair()
        set:register(c, select.EPOLLIN)
        set:register(a, select.EPOLLIN)
        local fd = c:fileno()
        closing(c)
        local ready = set:poll(10)
        assert(#ready == 1 and ready[1].fd == fd and ready[1].event == select.POLLNVAL and #set:poll(0) == 0)
        -- What is closed while nobody waits leaves in silence, and so does its number.
        set:register(d, select.EPOLLIN)
        local number = d:fileno()
        d:close()
        local e <close> = socket.socket()
        if e:fileno() == number then closing(e) end
        assert(#set:poll(0.01) == 0)
        -- Of two that wait one is told; what comes then is for the other.
        local f, g = socket.socketpair()
        set:register(f, select.EPOLLIN)
        local tasks = {task.spawn(set.poll, set, 10), task.spawn(set.poll, set, 10)}
        task.sleep(0.002)
        f:close()
        task.sleep(0.002)
        b:send("x")
        assert(#tasks[1]:join(10) == 1 and #tasks[2]:join(10) == 1)
        "#,
    );
}

#[test]
fn numbers_above_1024_are_as_good() {
    passes(
        r#"
        local kept, a, b = {}, socket.socketpair()
        local copy
        repeat copy = a:dup() kept[#kept + 1] = copy until copy:fileno() > 1100
        b:send("x")
        local r, w = select.select(kept, {copy}, {})
        assert(#r == #kept and w[1] == copy)
        local p = select.poll()
        for _, s in ipairs(kept) do p:register(s) end
        assert(#p:poll() == #kept)
        a:recv(1)
        local t = task.spawn(function() return #select.select(kept, {}, {}, 10) end)
        task.sleep(0.001)
        b:send("y")
        assert(t:join(10) == #kept)
        local s <close> = selectors.DefaultSelector()
        for n, copy in ipairs(kept) do s:register(copy, 1, n) end
        assert(#s:select() == #kept and s:get_key(copy).data == #kept)
        "#,
    );
}

#[test]
fn what_a_selector_keeps_is_collected_with_it() {
    passes(
        r#"
        local gone = 0
        for _ = 1, 5 do
            local s = selectors.PollSelector()
            local a = socket.socketpair()
            s:register(a, 1, {s, a, setmetatable({}, {__gc = function() gone = gone + 1 end})})
            a:close()
        end
        local s = selectors.DefaultSelector()
        local a = socket.socketpair()
        for _ = 1, 5 do
            s:register(a, 1, setmetatable({}, {__gc = function() gone = gone + 1 end}))
            s:unregister(a)
        end
        s:get_map()
        for _ = 1, 4 do collectgarbage() end
        assert(gone >= 9, gone)
        s:register(a, 1, {"stays"})
        collectgarbage() collectgarbage()
        assert(s:get_key(a).data[1] == "stays" and rawequal(s:get_key(a).fileobj, a))
        "#,
    );
}

#[test]
fn lua_keeps_its_own_select() {
    passes(
        r##"
        assert(select("#", nil, nil) == 2 and select(-1, 1, 2) == 2 and select(2, "a", "b") == "b")
        assert(require "select" == select and type(select.select) == "function")
        local ok, e = pcall(select, "x")
        assert(not ok and tostring(e):find("number expected"))
        local f = select
        assert(f("#") == 0)
        "##,
    );
}

/// Numbers that are no sockets of the script's own need the grant for foreign descriptors, whoever says them.
const FOREIGN_IN_LUA: &str = r#"
    local a, b = socket.socketpair()
    local function says(fd) return setmetatable({}, {__index = {fileno = function() return fd end}}) end
    local poll, set, sel = select.poll(), select.epoll(), selectors.DefaultSelector()
    local function ways(fd)
        return {
            function() return select.select({fd}, {}, {}, 0) end,
            function() return select.select({}, {fd}, {}, 0) end,
            function() poll:register(fd) poll:unregister(fd) end,
            function() set:register(fd, select.EPOLLIN) set:unregister(fd) end,
            function() sel:register(fd, selectors.EVENT_READ) sel:unregister(fd) end,
        }
    end
    for _, fd in ipairs {0, says(0)} do
        for place, way in ipairs(ways(fd)) do
            local ok, e = pcall(way)
            assert(not ok and e.name == "PermissionError", place .. " " .. tostring(e))
        end
    end
    local ok, e = pcall(select.epoll_fromfd, set:fileno())
    assert(not ok and e.name == "PermissionError", tostring(e))
    for _, fd in ipairs {a, a:fileno(), says(a:fileno())} do
        for _, way in ipairs(ways(fd)) do way() end
    end
    print("end")
"#;

#[cfg(feature = "rhai")]
const FOREIGN_IN_RHAI: &str = r#"
    let pair = socket::socketpair();
    let a = pair[0];
    let poll = select::poll();
    let set = select::epoll();
    let sel = selectors::DefaultSelector();
    let attempt = |place, fd| {
        if place == 0 { select::select([fd], [], [], 0); }
        if place == 1 { select::select([], [fd], [], 0); }
        if place == 2 { poll.register(fd, select::POLLIN); poll.unregister(fd); }
        if place == 3 { set.register(fd, select::EPOLLIN); set.unregister(fd); }
        if place == 4 { sel.register(fd, selectors::EVENT_READ); sel.unregister(fd); }
    };
    let Zero = socketserver::class(#{ fileno: || 0 });
    for fd in [0, #{ fileno: || 0 }, Zero.new()] {
        for place in 0..5 {
            let name = "none";
            try { attempt.call(place, fd); } catch (e) { name = e.name; }
            if name != "PermissionError" { throw `${place} ${name}` }
        }
    }
    let Own = socketserver::class(#{ fileno: || a.fileno() });
    for fd in [a, a.fileno(), #{ fileno: || a.fileno() }, Own.new()] {
        for place in 0..5 { attempt.call(place, fd); }
    }
    print("end");
"#;

#[test]
fn a_foreign_number_is_for_the_policy_to_judge() {
    let mut languages = vec![("lua", FOREIGN_IN_LUA)];
    #[cfg(feature = "rhai")]
    languages.push(("rhai", FOREIGN_IN_RHAI));
    for (language, source) in languages {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
        let command = command.args(["--sandbox", "--allow-unix", "--lang", language, "-e", source]);
        let done = Running::start(command).finish(LIMIT);
        assert_eq!(done.complaint(), None, "{language}");
        assert_eq!(done.stdout, "end\n", "{language}");
    }
}
