//! Channels: identity, order, nothing lost by cancelling or timeouts, closing, memory; and what a deadlock's report says.

use crate::script::{passes, run};

#[test]
fn what_comes_out_is_what_went_in() {
    passes(
        r#"
        local ch = task.channel()
        local a, b = socket.socketpair()
        local made = errors.ValueError("v")
        local values = {{}, print, "text", 1, 1.5, true, a, made, coroutine.create(print), ch}
        for _, value in ipairs(values) do ch:send(value) end
        for _, value in ipairs(values) do assert(rawequal(ch:recv(), value), tostring(value)) end
        ch:send(nil)
        assert(table.pack(ch:recv()).n == 1)
        ch:send{x = 1}
        assert(ch:recv().x == 1)
        "#,
    );
}

#[test]
fn who_gives_up_takes_nothing() {
    passes(
        r#"
        local ch = task.channel()
        local got, tasks = {}, {}
        for i = 1, 40 do
            tasks[i] = task.spawn(function()
                local ok, v
                if i % 4 == 0 then ok, v = pcall(ch.recv, ch, 0.003)
                elseif i % 4 == 1 then ok, v = pcall(task.timeout, 0.003, ch.recv, ch)
                else ok, v = pcall(ch.recv, ch) end
                if ok then got[#got + 1] = v end
            end)
        end
        task.sleep(0.002)
        local sent = 0
        for i = 2, 40, 4 do tasks[i]:cancel() sent = sent + 1 ch:send(sent) end
        task.sleep(0.002)
        for _ = 1, 30 do sent = sent + 1 ch:send(sent) end
        for i = 3, 40, 4 do tasks[i]:join(10) end
        while ch:qsize() > 0 do got[#got + 1] = ch:recv() end
        for _, t in ipairs(tasks) do pcall(t.join, t, 10) end
        table.sort(got)
        assert(#got == sent, #got .. " of " .. sent)
        for i, v in ipairs(got) do assert(v == i) end
        "#,
    );
}

#[test]
fn a_sender_that_gives_up_has_not_sent() {
    passes(
        r#"
        local ch = task.channel(1)
        ch:send("first")
        local cancelled = task.spawn(function() ch:send("cancelled") end)
        local late = task.spawn(function() return pcall(task.timeout, 0.005, ch.send, ch, "late") end)
        local patient = task.spawn(function() ch:send("patient") end)
        task.sleep(0.001)
        cancelled:cancel()
        assert(not pcall(cancelled.join, cancelled) and not late:join())
        assert(ch:qsize() == 1 and ch:recv() == "first")
        assert(ch:recv(10) == "patient")
        patient:join()
        assert(not pcall(ch.recv, ch, 0))
        "#,
    );
}

#[test]
fn nobody_overtakes_those_who_wait() {
    passes(
        r#"
        local ch = task.channel(2)
        local order = {}
        for i = 1, 6 do task.spawn(function() ch:send(i) end) end
        task.sleep(0)
        for i = 1, 6 do order[i] = ch:recv() end
        assert(table.concat(order) == "123456", table.concat(order))
        -- Those that were there first come before a newcomer, though they have yet to run.
        local got = {}
        local first = task.spawn(function() got.first = ch:recv() end)
        local second = task.spawn(function() got.second = ch:recv() end)
        task.sleep(0)
        ch:send("a") ch:send("b")
        got.third = pcall(ch.recv, ch, 0)
        first:join() second:join()
        assert(got.first == "a" and got.second == "b" and got.third == false)
        "#,
    );
}

#[test]
fn closing_wakes_all_and_keeps_what_is_there() {
    passes(
        r#"
        local ch = task.channel(1)
        local waiting = {}
        for i = 1, 3 do waiting[i] = task.spawn(function() return pcall(ch.recv, ch) end) end
        task.sleep(0)
        ch:close()
        ch:close()
        for i = 1, 3 do
            local ok, e = waiting[i]:join()
            assert(not ok and e:is(task.ShutDown) and e:is("Exception") and tostring(e):find("recv"), tostring(e))
        end
        local full = task.channel(1)
        full:send("kept")
        local sender = task.spawn(function() return pcall(full.send, full, "lost") end)
        task.sleep(0)
        full:close()
        local ok, e = sender:join()
        assert(not ok and e:is("queue.ShutDown") and tostring(e):find("send"), tostring(e))
        assert(full:recv() == "kept")
        assert(not pcall(full.recv, full))
        do local scoped <close> = task.channel() waiting = scoped end
        assert(waiting.closed)
        "#,
    );
}

#[test]
fn a_value_may_refer_to_its_channel_and_both_are_collected() {
    passes(
        r#"
        local gone = 0
        for _ = 1, 10 do
            local ch = task.channel()
            ch:send({ch, setmetatable({}, {__gc = function() gone = gone + 1 end})})
        end
        local ch = task.channel()
        for _ = 1, 10 do ch:send(setmetatable({}, {__gc = function() gone = gone + 1 end})) ch:recv() end
        for _ = 1, 4 do collectgarbage() end
        assert(gone == 20, gone)
        "#,
    );
}

#[test]
fn a_busy_channel_lets_others_run() {
    passes(
        r#"
        local ch, ran, n = task.channel(), false, 0
        task.spawn(function() task.sleep(0.001) ran = true end)
        while not ran do ch:send(1) ch:recv() n = n + 1 assert(n < 5e6) end
        "#,
    );
}

#[test]
fn a_deadlock_is_told_with_every_task_and_its_place() {
    let outcome = run("local ch = task.channel()
        local t = task.spawn(function()
            ch:recv()
        end)
        coroutine.wrap(function()
            t:join()
        end)()");
    let told = outcome.error.unwrap_or_default();
    assert!(
        told.contains("'main' at script:6") && told.contains("'task-2' at script:3"),
        "{told}"
    );
    // A full channel nobody empties, and one nobody fills.
    for script in [
        "local c = task.channel(1) c:send(1) c:send(2)",
        "task.channel():recv()",
    ] {
        let told = format!("{:?}", run(script));
        assert!(
            told.contains("deadlock") && told.contains("'main' at script:1"),
            "{told}"
        );
    }
}

#[test]
fn each_failure_in_a_group_is_raised_or_reported() {
    let outcome = run(r#"
        local ok, e = pcall(task.group, function()
            for i = 1, 3 do
                task.spawn(function()
                    pcall(task.sleep, i == 1 and 0.001 or 100)
                    error("failure " .. i)
                end)
            end
            task.spawn(task.sleep, 100)
        end)
        assert(not ok and tostring(e):find("failure 1"), tostring(e))
        -- Who waits for the group is cancelled: what a member makes of that is told all the same.
        local waiter = task.spawn(function()
            task.group(function() pcall(task.sleep, 100) error("failure 4") end)
        end)
        task.sleep(0.001)
        waiter:cancel()
        ok, e = pcall(waiter.join, waiter)
        assert(not ok and e:is("CancelledError"), tostring(e))
        "#);
    let failures: Vec<_> = (1..=4)
        .filter(|n| {
            outcome
                .reports
                .iter()
                .any(|report| report.contains(&format!("failure {n}")))
        })
        .collect();
    assert_eq!(failures, [2, 3, 4], "{outcome:?}");
    assert_eq!(outcome.reports.len(), 3, "{outcome:?}");
}

#[test]
fn closing_wakes_all_who_wait_to_send() {
    passes(
        r#"
        local ch, ended = task.channel(1), {}
        ch:send(0)
        for i = 1, 5 do
            task.spawn(function() ended[i] = select(2, pcall(ch.send, ch, i)).name end)
        end
        task.sleep(0)
        ch:close()
        task.sleep(0.001)
        for i = 1, 5 do assert(ended[i] == "ShutDown", tostring(ended[i])) end
        assert(ch:recv() == 0)
        "#,
    );
}
