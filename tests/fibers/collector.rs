//! The collector runs whenever it likes, and so do finalizers, which must not wait.

use std::process::Command;

use crate::script::{complaint, passes, report};
use crate::support::{LIMIT, Running};

#[test]
fn collection_between_suspensions() {
    let modes = [
        ("full", "", "collectgarbage()"),
        (
            "generational",
            "collectgarbage('generational', 5, 20)",
            "collectgarbage('step')",
        ),
        (
            "incremental",
            "collectgarbage('incremental', 1, 1, 0)",
            "collectgarbage('step', 1)",
        ),
        (
            "both by turns",
            "",
            "collectgarbage('incremental') collectgarbage('step', 1) collectgarbage('generational')",
        ),
    ];
    let mut problems = Vec::new();
    for (name, mode, step) in modes {
        problems.extend(complaint(
            name,
            &format!(
                r#"
                {mode}
                local live, sum = 300, 0
                local tasks = {{}}
                for i = 1, live do
                    tasks[i] = task.spawn(function(mark, ...)
                        local a, b = socket.socketpair()
                        local kept = {{ mark = mark .. i }}
                        local weak = setmetatable({{ kept }}, {{ __mode = "v" }})
                        local co = coroutine.wrap(function(x)
                            while true do
                                local got = ("%s-%s"):format(x, a:recv(10))
                                task.sleep(0)
                                x = coroutine.yield(got)
                            end
                        end)
                        for round = 1, 4 do
                            b:send("r" .. round)
                            local got = co(mark .. i)
                            assert(got == "m" .. i .. "-r" .. round, got)
                            local junk = {{}} for j = 1, 20 do junk[j] = {{ ("x"):rep(j) .. i }} end
                            task.sleep(0)
                            assert(weak[1] == kept and kept.mark == "m" .. i)
                        end
                        a:close() b:close()
                        return {{ i }}, ...
                    end, "m", i, "extra")
                end
                local collecting = task.spawn(function() for _ = 1, 30 do {step} task.sleep(0) end end)
                for i, t in ipairs(tasks) do
                    local r, n, extra = t:join()
                    assert(r[1] == i and n == i and extra == "extra")
                    sum = sum + r[1]
                end
                collecting:join()
                assert(sum == live * (live + 1) // 2)
                "#
            ),
        ));
    }
    report(&problems);
}

#[test]
fn what_a_suspended_task_holds_is_kept_and_let_go_after() {
    passes(
        r#"
        local gone = false
        local a, b = socket.socketpair()
        local t = task.spawn(function()
            local mark <const> = setmetatable({}, {__gc = function() gone = true end})
            a:recv(1)
            return mark ~= nil
        end)
        task.sleep(0)
        collectgarbage() collectgarbage()
        assert(not gone, "collected under a waiting task")
        b:send("x")
        assert(t:join())
        t = nil
        task.spawn(function() end):join()
        collectgarbage() collectgarbage()
        assert(gone, "kept after the task's end")
        "#,
    );
}

#[test]
fn ended_tasks_are_forgotten() {
    passes(
        r#"
        local function churn(n)
            for _ = 1, n do task.spawn(function() task.sleep(0) end):join() end
            collectgarbage() collectgarbage()
            return collectgarbage("count")
        end
        local before = churn(500)
        local after = churn(5000)
        assert(after < before + 200, before .. " KiB, then " .. after)
        "#,
    );
}

#[test]
fn an_unreachable_task_goes_on_and_an_unreachable_socket_closes() {
    passes(
        r#"
        local a, b = socket.socketpair()
        do local c, d = socket.socketpair() task.spawn(function() a:send(d:recv(1)) end) task.sleep(0) c:send("x") end
        collectgarbage() collectgarbage()
        assert(b:recv(1) == "x")
        do local c, d = socket.socketpair() b = d end
        collectgarbage() collectgarbage()
        assert(b:recv(1) == "")
        "#,
    );
}

#[test]
fn waiting_in_a_finalizer_raises() {
    let waits = [
        "task.sleep(0.01)",
        "local a = socket.socketpair() a:recv(1)",
        "task.spawn(function() end):join()",
        "coroutine.wrap(function() task.sleep(0.01) end)()",
        "table.sort({2, 1}, function() task.sleep(0.01) end)",
        "socket.create_server({'127.0.0.1', 0}):accept()",
        "socket.getaddrinfo('localhost.invalid', 80)",
    ];
    let ways = [
        ("alone", ""),
        (
            "beside another task",
            "task.spawn(function() task.sleep(0.02) end)",
        ),
    ];
    let mut problems = Vec::new();
    for wait in waits {
        for (way, before) in ways {
            problems.extend(complaint(
                &format!("{wait}, {way}"),
                &format!(
                    r#"
                    {before}
                    local ok, e
                    setmetatable({{}}, {{__gc = function() ok, e = pcall(function() {wait} end) end}})
                    collectgarbage()
                    assert(ok == false, "it did not raise")
                    assert(tostring(e):find("__gc", 1, true), tostring(e))
                    -- The collector still works, and so does waiting.
                    local again setmetatable({{}}, {{__gc = function() again = true end}})
                    task.sleep(0.001)
                    collectgarbage()
                    assert(again)
                    "#
                ),
            ));
        }
    }
    report(&problems);
}

#[test]
fn what_needs_no_wait_works_in_a_finalizer() {
    passes(
        r#"
        local a, b = socket.socketpair()
        a:send("ready")
        local got, spawned
        setmetatable({}, {__gc = function()
            got = b:recv(10)
            a:send("sent")
            task.spawn(function() spawned = true end)
        end})
        collectgarbage()
        assert(got == "ready" and b:recv(10) == "sent")
        task.sleep(0)
        assert(spawned)
        "#,
    );
}

#[test]
fn an_error_in_a_finalizer_is_a_warning() {
    let run = |code: &str| {
        Running::start(Command::new(env!("CARGO_BIN_EXE_wirescript")).args(["-e", code])).finish(LIMIT)
    };
    let done = run(
        "warn('@on') for _, e in ipairs {'text', {}, setmetatable({}, {__tostring = function() error('x') end})} do
            setmetatable({}, {__gc = function() error(e) end}) end
         setmetatable({}, {__gc = function() local s = socket.socket() s:close() s:recv(1) end})
         collectgarbage() print('on') warn('said')",
    );
    assert_eq!((done.complaint(), done.stdout.as_str()), (None, "on\n"));
    assert!(done.stderr.contains("warning: error in __gc"), "{}", done.stderr);
    assert!(done.stderr.contains("text"), "{}", done.stderr);
    assert!(done.stderr.contains("said"), "{}", done.stderr);
}

#[test]
fn finalizers_at_the_end_find_a_machine_that_does_not_wait() {
    let code = "kept = setmetatable({}, {__gc = function() for _, f in ipairs {
            function() task.sleep(1) end, function() task.spawn(print):join() end,
            function() local a = socket.socketpair() a:recv(1) end } do print(pcall(f) == false) end end})
         left = socket.socketpair()";
    let done =
        Running::start(Command::new(env!("CARGO_BIN_EXE_wirescript")).args(["-e", code])).finish(LIMIT);
    assert_eq!(
        (done.complaint(), done.stdout.as_str()),
        (None, "true\ntrue\ntrue\n"),
        "{}",
        done.stderr
    );
}

#[test]
fn a_socket_survives_its_own_finalizer() {
    passes(
        r#"
        local a, b = socket.socketpair()
        local gc = assert(debug.getmetatable(a).__gc)
        assert(getmetatable(a) == false)
        gc(a) gc(a)
        local ok, e = pcall(a.recv, a, 1)
        assert(not ok)
        assert(b:recv(1) == "", "the finalizer closes")
        pcall(gc, io.stdout) pcall(gc, {}) pcall(gc)
        assert(type(tostring(a)) == "string")
        -- Brought back to life by its owner's finalizer.
        local alive
        do
            local s = socket.socket()
            setmetatable({s}, {__gc = function(o) alive = o[1] end})
        end
        collectgarbage() collectgarbage()
        assert(alive)
        pcall(alive.fileno, alive) pcall(alive.recv, alive, 1) tostring(alive) pcall(alive.close, alive)
        alive = nil
        collectgarbage()
        "#,
    );
}

#[test]
fn sockets_that_nobody_has_any_more_do_not_use_up_the_descriptors() {
    for code in [
        "for _ = 1, 3000 do local s = socket.socket() s:settimeout(1) end print('done')",
        "for _ = 1, 1000 do local a, b = socket.socketpair() a:send('x') b:recv(1) end print('done')",
        "for _ = 1, 3000 do io.open('/dev/null'):read('a') end print('done')",
        "for _ = 1, 3000 do open('/dev/null'):read() end print('done')",
        "for _ = 1, 300 do io.popen('true'):read('a') end print('done')",
        "for _ = 1, 3000 do select.epoll() end print('done')",
        "for _ = 1, 200 do tube.spawn({'true'}) end print('done')",
        "local s <close> = socket.create_server({'127.0.0.1', 0})
        for _ = 1, 300 do tube.connect('tcp://127.0.0.1:' .. s:getsockname().port) s:accept() end print('done')",
        "for _ = 1, 1000 do local a, b = socket.socketpair() a:makefile('rw') end print('done')",
        "for _ = 1, 300 do io.lines('/dev/null') end print('done')",
        // After as many as there may be.
        "local k = {}
        while true do local ok, s = pcall(socket.socket) if not ok then break end k[#k + 1] = s end
        for _, s in ipairs(k) do s:close() end
        k = nil
        for _ = 1, 500 do socket.socket() end print('done')",
        // Those that had grown old, too.
        "local o = {}
        for i = 1, 3000 do
            o[i % 10] = assert(io.open('/dev/null'))
            local t = {} for j = 1, 50 do t[j] = {} end
        end print('done')",
        "for _ = 1, 100 do
            local few = {}
            for i = 1, 20 do few[i] = socket.socket() end
            collectgarbage('step') collectgarbage('step')
        end print('done')",
    ] {
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -n 64 && exec \"$0\" -e \"$1\""]);
        let done = Running::start(shell.args([env!("CARGO_BIN_EXE_wirescript"), code])).finish(LIMIT);
        assert_eq!(
            (done.complaint(), done.stdout.as_str()),
            (None, "done\n"),
            "{code}: {}",
            done.stderr
        );
    }
}

#[test]
fn a_limit_of_sockets_counts_those_that_somebody_has() {
    let code = "for _ = 1, 500 do local s = socket.socket() end
        for _ = 1, 500 do local s = select.epoll() end
        local all = {} for i = 1, 8 do all[i] = socket.socket() end
        for _, s in ipairs(all) do s:close() end
        all = nil
        for _ = 1, 500 do local s = socket.socket() end
        local kept = {}
        print(pcall(function() for i = 1, 9 do kept[i] = socket.socket() end end), #kept)";
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    command.args(["--max-sockets", "8", "-e", code]);
    let done = Running::start(&mut command).finish(LIMIT);
    assert_eq!(done.complaint(), None, "{}", done.stderr);
    assert!(done.stdout.ends_with("\t8\n"), "{}", done.stdout);
}

#[test]
fn arrays_that_nobody_has_any_more_do_not_use_up_the_memory() {
    let code = "for i = 1, 2000 do local b = bytearray(1 << 20) b[1] = 1 end
        local old = {}
        for i = 1, 400 do old[i % 4] = bytearray(1 << 20) collectgarbage('step') end
        print('done')";
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    command.args(["--max-memory", "16000000", "-e", code]);
    let done = Running::start(&mut command).finish(LIMIT);
    assert_eq!(
        (done.complaint(), done.stdout.as_str()),
        (None, "done\n"),
        "{}",
        done.stderr
    );
}

#[test]
fn a_small_limit_of_memory_is_not_used_up_by_garbage() {
    for limit in ["80000", "150000", "5000000"] {
        let code = "for _ = 1, 30000 do local b = bytearray(10) end print('done')";
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
        let done = Running::start(command.args(["--max-memory", limit, "-e", code])).finish(LIMIT);
        assert_eq!(
            (done.complaint(), done.stdout.as_str()),
            (None, "done\n"),
            "{limit}: {}",
            done.stderr
        );
    }
}

#[test]
fn the_collectors_count_is_of_what_the_script_has() {
    passes(
        r#"
        collectgarbage()
        local before = collectgarbage("count")
        assert(math.type(before) == "float" and before < 500, before)
        local big = ("x"):rep(1 << 10)
        for _ = 1, 10 do big = big .. big end
        collectgarbage()
        local grown = collectgarbage("count") - before
        assert(grown > 1000 and grown < 2000, grown)
        assert(collectgarbage("incremental") == "generational")
        assert(collectgarbage("generational") == "incremental")
        assert(collectgarbage("isrunning") == true)
        local ok, e = pcall(collectgarbage, "counts")
        assert(not ok and e:find("bad argument #1 to 'collectgarbage' %(invalid option 'counts'%)"), e)
        -- In a finalizer it answers nothing, as Lua's own.
        local inside = 1
        setmetatable({}, {__gc = function() inside = collectgarbage("count") end})
        collectgarbage()
        assert(inside == nil or inside == false, inside)
        -- One that is stopped stays so.
        collectgarbage("stop")
        for _ = 1, 100 do socket.socket() end
        assert(not collectgarbage("isrunning"))
        collectgarbage("restart")
        "#,
    );
}

/// A table for a new timeout is made where finalizers may run, which may make some themselves.
#[test]
fn a_finalizer_that_sets_timeouts_while_one_is_set() {
    for before in [3, 12, 13, 14] {
        let code = format!(
            r#"
            collectgarbage("incremental", 100, 100, 5)
            local inside, done, seen = false, 0, 0
            local kept, spare, set = {{}}, {{}}, socket.socket()
            for i = 1, 5 do spare[i] = socket.socket() end
            for i = 1, {before} do kept[i] = socket.socket() kept[i]:settimeout(i) end
            local meta = {{__gc = function()
                seen = seen + 1
                if inside and done < 3 then done = done + 1 spare[done]:settimeout(1000 + done) end
            end}}
            for _ = 1, 20000 do setmetatable({{}}, meta) end
            local last = seen
            repeat setmetatable({{}}, meta) until seen > last
            inside = true set:settimeout(500) inside = false
            collectgarbage("stop")
            for _, timeout in ipairs {{500, 1001, 1002, 1003}} do
                local s <close> = socket.socket()
                s:settimeout(timeout)
                assert(s.timeout == timeout and s.family == socket.AF_INET, s.timeout)
            end
            for i = 1, 3 do assert(spare[i].timeout == spare[i]:gettimeout()) end
            assert(set.timeout == 500)
            for _, all in ipairs {{spare, kept, {{set}}}} do for _, s in ipairs(all) do s:close() end end
            "#
        );
        passes(&code);
    }
}
