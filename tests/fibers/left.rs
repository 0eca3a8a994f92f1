//! What is left when somebody leaves: a limit's caller that is cancelled, a file on a borrowed descriptor, a number that was closed
//! by another object, a wait that ended for nothing.

use crate::script::passes;

#[test]
fn a_limit_whose_caller_is_cancelled_knows_where_it_stands() {
    // In another coroutine than the last wait, which is gone by then: hooks run on the running coroutine.
    for scope in ["task.timeout(1, f)", "task.group(f)"] {
        passes(&format!(
            r#"
            local seen = {{}}
            sys.addaudithook(function(event) seen[#seen + 1] = coroutine.running() end)
            task.spawn(function()
                local co = coroutine.create(function() task.sleep(0.005) end)
                coroutine.resume(co)
                co = nil
                collectgarbage() collectgarbage()
                task.current():cancel()
                coroutine.wrap(function()
                    local function f() pcall(task.sleep, 0.02) end
                    pcall(function() {scope} end)
                    seen = {{}}
                    socket.socket():close()
                    assert(#seen > 0)
                    for _, one in ipairs(seen) do assert(one == coroutine.running()) end
                end)()
            end):join()
            "#
        ));
    }
}

#[test]
fn a_limit_in_a_finalizer_waits_for_nobody() {
    for scope in ["task.timeout, 1", "task.group"] {
        passes(&format!(
            r#"
            local told, ran
            task.spawn(function()
                task.current():cancel()
                setmetatable({{}}, {{__gc = function()
                    told = table.pack(pcall({scope}, function() pcall(task.sleep, 0.02) ran = true end))
                end}})
                collectgarbage()
            end):join()
            assert(told and not told[1])
            for _ = 1, 3 do task.sleep(0.001) end
            assert(not ran)
            "#
        ));
    }
}

#[test]
fn what_comes_while_a_wait_keeps_still_is_not_lost() {
    passes(
        r#"
        local listener = socket.create_server({"127.0.0.1", 0})
        local other = listener:dup()
        listener:settimeout(5)
        other:settimeout(5)
        local kept, sent, came = {}, nil, nil
        local loser = task.spawn(function()
            kept[#kept + 1] = listener:accept()
            came = time.monotonic()
        end)
        local winner = task.spawn(function()
            for _ = 1, 14 do kept[#kept + 1] = other:accept() end
            local c = socket.socket()
            task.sleep(0)
            sent = time.monotonic()
            c:connect(listener:getsockname())
            kept[#kept + 1] = c
        end)
        for _ = 1, 14 do
            task.sleep(0.005)
            kept[#kept + 1] = socket.create_connection(listener:getsockname())
        end
        loser:join()
        winner:join()
        assert(came - sent < 2, came - sent)
        "#,
    );
}

#[test]
fn a_file_on_a_borrowed_descriptor_leaves_it_to_the_others() {
    passes(
        r#"
        local a, b = socket.socketpair()
        a:settimeout(5)
        local file = open(a:fileno(), "rb", 0, {closefd = false})
        local function receive(byte)
            local waits = task.spawn(function() return a:recv(1) end)
            task.sleep(0.01)
            b:send(byte)
            assert(waits:join() == byte)
        end
        local reads = task.spawn(function() return file:read(1) end)
        task.sleep(0.01)
        b:send("h")
        assert(reads:join() == "h")
        receive("1")
        local blocked = task.spawn(function() return a:recv(1) end)
        local reader = task.spawn(function() return pcall(file.read, file, 1) end)
        task.sleep(0.01)
        file:close()
        -- Its own reader is told, the socket's is not.
        assert(reader:join() == false)
        b:send("2")
        assert(blocked:join() == "2")
        receive("3")
        -- The same where the socket has not waited before it is closed: the number's next owner is watched.
        local c, d = socket.socketpair()
        local number = c:fileno()
        local second = open(number, "rb", 0, {closefd = false})
        local waits = task.spawn(function() return pcall(second.read, second, 1) end)
        task.sleep(0.01)
        c:close()
        waits:join()
        local e, f = socket.socketpair()
        assert(e:fileno() == number)
        e:settimeout(5)
        local last = task.spawn(function() return e:recv_into(bytearray(1)) end)
        task.sleep(0.01)
        f:send("x")
        assert(last:join() == 1)
        "#,
    );
}

#[test]
fn who_selects_a_files_number_hears_of_its_closing() {
    passes(
        r#"
        local a, b = socket.socketpair()
        local file = open(a:detach(), "r+b", 0)
        local number = file:fileno()
        local poll = select.poll()
        poll:register(number, select.POLLIN)
        local waits = task.spawn(function() return poll:poll(5000) end)
        task.sleep(0.01)
        local begun = time.monotonic()
        file:close()
        local told = waits:join()
        assert(time.monotonic() - begun < 2)
        assert(#told == 1 and told[1][2] == select.POLLNVAL)
        local c, d = socket.socketpair()
        assert(c:fileno() == number)
        c:settimeout(5)
        local reads = task.spawn(function() return c:recv_into(bytearray(1)) end)
        task.sleep(0.01)
        d:send("x")
        assert(reads:join() == 1)
        "#,
    );
}

#[test]
fn a_pipe_that_broke_is_an_error_whoever_owns_it() {
    passes(
        r#"
        local a, b = socket.socketpair()
        b:close()
        local file = open(a:fileno(), "wb", 0, {closefd = false})
        local ok, e = pcall(file.write, file, "x")
        assert(not ok and e:is(errors.BrokenPipeError), e)
        "#,
    );
}

#[test]
fn threads_are_as_many_as_there_is_work() {
    passes(
        r#"
        local kept = {}
        local function full()
            local listener = socket.create_server({"127.0.0.1", 0})
            local c = socket.create_connection(listener:getsockname())
            kept[#kept + 1] = listener
            kept[#kept + 1] = listener:accept()
            c:setblocking(false)
            while pcall(c.send, c, ("x"):rep(65536)) do end
            c:setblocking(true)
            c:setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 1))
            return c
        end
        -- One helper is idle when four are needed: each close lingers for a second, one after the other they take four.
        socket.getaddrinfo("localhost", 80)
        local closing = {}
        for i = 1, 4 do closing[i] = full() end
        local begun = time.monotonic()
        local tasks = {}
        for i, c in ipairs(closing) do tasks[i] = task.spawn(c.close, c) end
        for _, one in ipairs(tasks) do one:join() end
        assert(time.monotonic() - begun < 3.5, time.monotonic() - begun)
        "#,
    );
}

#[test]
fn datagrams_are_sorted_while_others_accept() {
    passes(
        r#"
        local listener = tube.listen("udp://127.0.0.1:0")
        local port = tonumber(tostring(listener):match(":(%d+)"))
        local senders = {}
        for i = 1, 2 do
            senders[i] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            for k = 1, 80 do senders[i]:sendto(("%d %d"):format(i, k), {"127.0.0.1", port}) end
        end
        local tubes = {}
        for i = 1, 2 do tubes[i] = task.spawn(function() return listener:accept{timeout = 5} end) end
        for i = 1, 2 do
            local t = tubes[i]:join()
            local first = t:recv()
            local peer = first:match("^(%d) 1$")
            assert(peer, first)
            for k = 2, 80 do assert(t:recv() == peer .. " " .. k) end
        end
        "#,
    );
}
