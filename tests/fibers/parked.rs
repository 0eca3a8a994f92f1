//! A `recv` on a task's own thread leaves the stack to others while it waits. Nobody can tell, but by the memory.

use crate::script::run;

/// `feed(f)` runs `f(near)` as a task, lets it wait, and sends it `"byte"`s by `far` one at a time; returns what `f` returned.
const FEED: &str = r##"
    function feed(f, count)
        local near, far = socket.socketpair()
        local t = task.spawn(f, near)
        for _ = 1, count or 1 do
            task.sleep(0)
            assert(not t:done())
            far:sendall("b")
        end
        return t:join()
    end
"##;

fn passes(code: &str) {
    crate::script::passes(&format!("{FEED}{code}"));
}

#[test]
fn waiting_tasks_share_stacks() {
    passes(
        r##"
        -- Address space, as each stack has its own whether it is used or not.
        local function pages() local f <close> = io.open("/proc/self/statm") return f:read("n") end
        local pairs_, tasks, before = {}, {}, nil
        for i = 1, 200 do
            local near, far = socket.socketpair()
            pairs_[i] = far
            tasks[i] = task.spawn(function() return near:recv(1) .. near:recv(1) end)
            task.sleep(0)
            before = before or pages()
        end
        local grown = pages() - before
        assert(grown < 20 * 256, grown .. " pages more for 199 tasks")
        for _ = 1, 2 do for _, far in ipairs(pairs_) do far:sendall("x") end task.sleep(0) end
        for _, t in ipairs(tasks) do assert(t:join() == "xx") end
        "##,
    );
}

#[test]
fn errors_and_ends_are_those_of_any_wait() {
    passes(
        r##"
        -- Protected calls and variables to be closed stand where they stood.
        local closed = 0
        local function closing() return setmetatable({}, {__close = function() closed = closed + 1 end}) end
        assert(feed(function(s)
            local ok, e = pcall(function() local x <close> = closing() error(s:recv(1) .. s:recv(1), 0) end)
            assert(not ok and e == "bb" and closed == 1)
            local ok, e = xpcall(function() return nil + s:recv(1) end, function(e) return "handled " .. e end)
            assert(not ok and e:find("^handled .*attempt to add"), e)
            return select("#", pcall(s.recv, s, 1))
        end, 4) == 2)

        local near, far = socket.socketpair()
        local function ends(f, name)
            local t = task.spawn(function() return pcall(near.recv, near, 1) end)
            task.sleep(0)
            f(t)
            local ok, e = t:join()
            assert(not ok and e.name == name and e.op == "recv" or name == "CancelledError", tostring(e))
            return e
        end
        ends(function(t) t:cancel() end, "CancelledError")
        near:settimeout(0.01)
        ends(function() end, "TimeoutError")
        near:settimeout(nil)
        local ok, e = pcall(task.timeout, 0.01, function() return near:recv(1) end)
        assert(not ok and e.name == "TimeoutError")
        local ok, e = pcall(task.timeout, 0.01, function()
            return task.spawn(function() return near:recv(1) end):join()
        end)
        assert(not ok and e.name == "TimeoutError" and tostring(e):find("task.timeout"), tostring(e))
        assert(ends(function() near:close() end, "OSError").errno == errno.EBADF)

        -- The end of the stream, and a peer that resets it.
        local near, far = socket.socketpair()
        local t = task.spawn(function() return near:recv(1), near:recv(1) end)
        task.sleep(0)
        far:close()
        local one, two = t:join()
        assert(one == "" and two == "")
        "##,
    );
}

#[test]
fn what_came_ahead_is_nobody_elses() {
    passes(
        r##"
        -- All are woken together, and all have received before the first of them runs, and does something to the others.
        local near, far, tasks = {}, {}, {}
        local listener = socket.create_server({"127.0.0.1", 0})
        for i = 1, 8 do
            near[i] = socket.create_connection(listener:getsockname())
            far[i] = listener:accept()
        end
        local function twice(s) return function()
            local one = s:recv(4096)
            local ok, two = pcall(s.recv, s, 4096)
            return one, ok and two or two.name .. " " .. tostring(two.errno)
        end end
        tasks[1] = task.spawn(function()
            local data = near[1]:recv(10)
            tasks[2]:cancel()
            near[3]:close()
            near[4]:settimeout(0)
            near[5]:shutdown(socket.SHUT_RD)
            collectgarbage()
            return data
        end)
        for i = 2, 6 do tasks[i] = task.spawn(twice(near[i])) end
        tasks[7] = task.spawn(function() return pcall(near[7].recv, near[7], 65536) end)
        tasks[8] = task.spawn(function() return near[8]:recv(65536) end)
        task.sleep(0)
        for i = 1, 6 do far[i]:sendall("for " .. i) end
        far[6]:close()
        far[7]:setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        far[7]:close()
        far[8]:sendall(("x"):rep(30000))
        task.sleep(0.01)
        assert(tasks[1]:join() == "for 1")
        for i = 2, 6 do
            local second = ({nil, "CancelledError nil", "OSError " .. errno.EBADF, "BlockingIOError " .. errno.EAGAIN, "", ""})[i]
            local one, two = tasks[i]:join()
            assert(one == "for " .. i and two == second, i .. ": " .. tostring(one) .. ", " .. tostring(two))
        end
        local ok, e = tasks[7]:join()
        assert(not ok and e.name == "ConnectionResetError" and e.op == "recv", tostring(e))
        assert(#tasks[8]:join() == 30000)
        "##,
    );
}

#[test]
fn a_number_that_is_anothers_by_now_brings_nothing() {
    passes(
        r##"
        -- More are woken than receive before the first runs, which closes the last one's descriptor by its number.
        for _, how in ipairs {"number", "alias"} do
            local near, far, tasks = {}, {}, {}
            for i = 1, 20 do near[i], far[i] = socket.socketpair() end
            local alias = how == "alias" and socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, near[20]:fileno())
            local one, other
            for i = 1, 20 do
                tasks[i] = task.spawn(function()
                    local ok, data = pcall(near[i].recv, near[i], 100)
                    if i == 1 then
                        local fd = near[20]:fileno()
                        if alias then alias:close() else socket.close(fd) end
                        one, other = socket.socketpair()
                        if other:fileno() == fd then one, other = other, one end
                        assert(one:fileno() == fd)
                        other:sendall("of another socket")
                    end
                    return data
                end)
            end
            task.sleep(0)
            for i = 1, 20 do far[i]:sendall("for " .. i) end
            for i = 1, 19 do assert(tasks[i]:join() == "for " .. i) end
            assert(tasks[20]:join().errno == errno.EBADF)
            assert(one:recv(100) == "of another socket")
            near[20]:detach()
        end
        "##,
    );
}

#[test]
fn much_that_comes_for_many_is_in_order() {
    passes(
        r##"
        -- More at once than is received ahead, in sizes below and above, and other work in between.
        local readers, bytes = {}, 0
        for i = 1, 40 do
            local near, far = socket.socketpair()
            local size = 1 << (i % 17)
            readers[i] = task.spawn(function()
                local at = 0
                while true do
                    local data = near:recv(size)
                    if data == "" then return at end
                    for place = 1, #data, 997 do
                        assert(data:byte(place) == (at + place + i) % 251, i)
                    end
                    at = at + #data
                    if at % 7 == 0 then task.sleep(0) end
                end
            end)
            task.spawn(function()
                local pattern = {}
                for place = 1, 251 do pattern[place] = string.char((place + i) % 251) end
                local all = table.concat(pattern):rep(i % 17 < 6 and 8 or 400)
                bytes = bytes + #all
                local state, at = i, 1
                while at <= #all do
                    state = (state * 1103515245 + 12345) & 0x7fffffff
                    local count = 1 + state % (i % 17 < 6 and 50 or 20000)
                    far:sendall(all:sub(at, at + count - 1))
                    at = at + count
                    if state % 3 == 0 then task.sleep(0) end
                end
                far:close()
            end)
        end
        local got = 0
        for _, reader in ipairs(readers) do got = got + reader:join() end
        assert(got == bytes and got > 1000000, got)
        "##,
    );
}

#[test]
fn who_came_first_is_served_first() {
    passes(
        r##"
        local near, far = socket.socketpair()
        local order = {}
        local tasks = {}
        for i = 1, 4 do
            tasks[i] = task.spawn(function()
                for _ = 1, 2 do local byte = near:recv(1) order[#order + 1] = i .. byte end
            end)
        end
        task.sleep(0)
        for byte in ("abcdefgh"):gmatch(".") do far:sendall(byte) task.sleep(0) task.sleep(0) end
        for _, t in ipairs(tasks) do t:join() end
        local told = {}
        for i, word in ipairs(order) do told[i] = word:sub(2) end
        assert(table.concat(told) == "abcdefgh", table.concat(order, " "))
        assert(table.concat(order, " "):find("^1a 2b 3c 4d"), table.concat(order, " "))
        "##,
    );
}

#[test]
fn where_the_stack_is_needed_it_stays() {
    passes(
        r##"
        local waits = {
            function(s) return coroutine.wrap(function() return s:recv(1) end)() end,
            function(s) return (("x"):gsub("x", function() return s:recv(1) end)) end,
            function(s) local t = {2, 1} local got table.sort(t, function(x, y) got = got or s:recv(1) return x < y end) return got end,
            function(s) return setmetatable({}, {__index = function(_, k) return s:recv(1) end}).x end,
            function(s) for byte in function(_, last) return not last and s:recv(1) or nil end do return byte end end,
            function(s) return load("return (...):recv(1)")(s) end,
        }
        for i, wait in ipairs(waits) do
            assert(feed(wait) == "b", i)
            -- Between waits that leave it.
            local all = feed(function(s) return s:recv(1) .. wait(s) .. s:recv(1) .. wait(s) end, 4)
            assert(all == "bbbb", i)
        end
        -- The function itself may be the operation.
        local near, far = socket.socketpair()
        local t = task.spawn(near.recv, near, 1)
        task.sleep(0)
        far:sendall("z")
        assert(t:join() == "z")
        "##,
    );
}

#[test]
fn its_thread_can_be_looked_at_and_not_touched() {
    passes(
        r##"
        local thread
        local near, far = socket.socketpair()
        local other = task.spawn(function()
            thread = coroutine.running()
            assert(select(2, coroutine.running()) and not coroutine.isyieldable())
            assert(not pcall(coroutine.yield))
            return near:recv(1)
        end)
        task.sleep(0)
        assert(coroutine.status(thread) == "normal")
        local ok, e = coroutine.resume(thread, "forged")
        assert(not ok and e == "cannot resume non-suspended coroutine", e)
        assert(not pcall(coroutine.close, thread))
        assert(debug.traceback(thread):find("recv"))
        collectgarbage() collectgarbage("generational") collectgarbage() collectgarbage("incremental")
        far:sendall("7")
        assert(other:join() == "7")
        assert(coroutine.status(thread) == "dead")
        assert(not coroutine.resume(thread) and coroutine.close(thread))
        "##,
    );
}

#[test]
fn what_was_told_of_an_error_is_told() {
    let outcome = run(r##"
        local near, far = socket.socketpair()
        local function inner() local got = near:recv(1) error("it was " .. got) end
        task.spawn(function() inner() end)
        task.sleep(0)
        far:sendall("x")
        "##);
    assert_eq!(
        outcome.reports,
        [format!(
            "script:3: it was x\nstack traceback:\n\t[C]: in ?\n\t[C]: in {} 'error'\n\
             \tscript:3: in upvalue 'inner'\n\tscript:4: in function <script:4>",
            if cfg!(feature = "lua55") {
                "global"
            } else {
                "function"
            }
        )],
        "{outcome:?}"
    );
}

#[test]
fn the_program_ends_them() {
    let outcome = run(r##"
        local near = socket.socketpair()
        for _ = 1, 50 do
            task.spawn(function()
                local x <close> = setmetatable({}, {__close = function() pcall(near.recv, near, 1) end})
                while true do pcall(near.recv, near, 1) end
            end)
        end
        task.sleep(0)
        sys.exit(9)
        "##);
    assert_eq!(outcome.status, Some(9), "{outcome:?}");
}
