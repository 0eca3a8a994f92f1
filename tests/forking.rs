//! fork: the parent goes on as if nothing had happened, whatever the child does with its copies of what the parent waits
//! for; the child is alone, and waits by means of its own.
#![cfg(all(feature = "cli", unix))]

#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/runner.rs"]
mod runner;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use wirescript::{Policy, Runtime};

/// What every fork must leave alone: twenty connections whose tasks wait, a task that waits for a time, buffered output.
const IN_LUA: &str = r#"
    local native = require "_socketserver"
    local idle = {}
    for i = 1, 20 do
        local a, b = socket.socketpair()
        local function serve()
            while true do
                local data = a:recv(100)
                if data == "" then return end
                a:sendall("<" .. data .. ">")
            end
        end
        idle[i] = {a = a, b = b, task = task.spawn(serve)}
    end
    local function ask_all(word)
        for _, one in ipairs(idle) do
            one.b:sendall(word)
            assert(one.b:recv(100) == "<" .. word .. ">")
        end
    end
    ask_all("before")
    -- One that was waited for before the fork, and not by anybody now.
    local p, q = socket.socketpair()
    local first = task.spawn(function() return p:recv(1) end)
    task.sleep(0)
    q:sendall("1")
    assert(first:join() == "1")

    local ticks = 0
    local r, w = socket.socketpair()
    local ticker = task.spawn(function() task.sleep(0.03) ticks = ticks + 1 w:sendall("tick") end)
    -- One in the middle of a line that the child can read on.
    local near, far = socket.socketpair()
    local file = far:makefile("rb")
    local reader = task.spawn(function() return file:readline() end)
    near:sendall("half ")
    task.sleep(0.01)
    io.write("parent\n")
    local child = native.fork(function()
        assert(file:read1(5) == "half ")
        -- Which of these are taken out of the set must be of no concern to the parent.
        for i = 1, 20, 2 do idle[i].a:close() idle[i].b:close() end
        -- Neither the ticker nor a server is here, but new tasks are, and what waited before waits again.
        local other = task.spawn(function() return p:recv(1) end)
        task.sleep(0.06)
        q:sendall("2")
        assert(other:join() == "2" and ticks == 0)
        -- The resolver's threads are its own too.
        assert(#socket.getaddrinfo("localhost", 80) > 0)
        w:sendall("done")
        io.write("child\n")
        error("must end with it")
    end)
    assert(child > 0)
    near:sendall("a line\n")
    assert(reader:join() == "half a line\n")
    -- All are served while the child lives, and after.
    ask_all("meanwhile")
    assert(native.reap({child}, false)[1] == nil)
    local before = ticks
    assert(native.reap({child}, true)[1] == child)
    assert(ticks == 1 and before == 0, "waiting for a child holds up nobody")
    assert(native.reap({child})[1] == child, "it is no child any more")
    ask_all("after")
    local told = ""
    while #told < 8 do told = told .. r:recv(100) end
    assert(told == "tickdone", told)
    -- The child got the status of one that failed, and its tasks' ends are nobody's here.
    for _, one in ipairs(idle) do one.b:close() one.task:join() one.a:close() end
    for _, s in ipairs {p, q, r, w} do s:close() end
    print("end")
"#;

const IN_RHAI: &str = r#"
    let idle = [];
    for i in 0..20 {
        let pair = socket::socketpair();
        let a = pair[0];
        let serve = || {
            loop {
                let data = a.recv(100);
                if data.len() == 0 { break }
                a.sendall("<"); a.sendall(data); a.sendall(">");
            }
        };
        idle.push([pair[0], pair[1], task::spawn(serve)]);
    }
    fn ask_all(idle, word) {
        for one in idle {
            let b = one[1];
            b.sendall(word);
            let told = "";
            while !told.ends_with(">") { told += b.recv(100).as_string(); }
            if told != `<${word}>` { throw told }
        }
    }
    ask_all(idle, "before");
    let pair = socket::socketpair();
    let p = pair[0];
    let q = pair[1];
    let first = task::spawn(|| p.recv(1));
    task::sleep(0);
    q.sendall("1");
    first.join();

    let pair = socket::socketpair();
    let r = pair[0];
    let w = pair[1];
    let ticker = task::spawn(|| { task::sleep(0.03); w.sendall("tick"); });
    print("parent");
    let child = _socketserver::fork(|| {
        for i in 0..10 {
            let a = idle[2 * i][0];
            a.close();
            let b = idle[2 * i][1];
            b.close();
        }
        let other = task::spawn(|| p.recv(1));
        task::sleep(0.06);
        q.sendall("2");
        if other.join() != bytes("2") { throw "not served in the child" }
        if socket::getaddrinfo("localhost", 80).len() == 0 { throw "no address" }
        w.sendall("done");
        print("child");
        throw "must end with it";
    });
    ask_all(idle, "meanwhile");
    if _socketserver::reap([child]).len() != 0 { throw "too early" }
    if _socketserver::reap([child], true) != [child] { throw "not told" }
    ask_all(idle, "after");
    let told = "";
    while told.len() < 8 { told += r.recv(100).as_string(); }
    if told != "tickdone" { throw told }
    for one in idle { let a = one[0]; let b = one[1]; let t = one[2]; b.close(); t.join(); a.close(); }
    for s in [p, q, r, w] { s.close() }
    print("end");
"#;

#[test]
#[cfg(feature = "lua")]
fn the_parents_waits_outlive_a_forked_child() {
    check(&runner::eval(IN_LUA));
}

#[test]
#[cfg(feature = "rhai")]
fn the_parents_waits_outlive_a_child_forked_in_rhai() {
    check(&runner::run(["--lang", "rhai", "-e", IN_RHAI]));
}

fn check(told: &runner::Told) {
    assert_eq!(
        (told.status, told.stdout.as_str(), told.stderr.as_str()),
        (0, "parent\nchild\nend\n", "")
    );
}

/// Nothing of the script runs twice, whatever becomes of the child's function.
#[test]
#[cfg(feature = "lua")]
fn a_child_ends_where_its_function_ends() {
    let told = runner::eval(
        r#"
        local native = require "_socketserver"
        local guard <close> = setmetatable({}, {__close = function() print("closed by the parent alone") end})
        for i, body in ipairs {function() end, function() sys.exit(0) end, function() error("failed") end, function() pcall(error) end} do
            local child = native.fork(function() print("child " .. i) body() end)
            assert(native.reap({child}, true)[1] == child)
        end
        local ok, e = pcall(native.fork, 1)
        print(tostring(e):match("^[^\n]*"))
        "#,
    );
    let expected = "child 1\nchild 2\nchild 3\nchild 4\nTypeError: _socketserver.fork() argument 'f' must be function, not int\n\
                    closed by the parent alone\n";
    assert_eq!(
        (told.status, told.stdout.as_str(), told.stderr.as_str()),
        (0, expected, "")
    );
}

/// The child of a process that may open nothing more waits by means of its own all the same, and its parent's stay the parent's.
#[test]
#[cfg(feature = "lua")]
fn a_fork_where_no_descriptor_is_left_changes_nothing_for_the_parent() {
    let code = r#"
        local native = require "_socketserver"
        local a, b = socket.socketpair()
        a:settimeout(10)
        local waits = task.spawn(function() return a:recv(1) end)
        task.sleep(0.01)
        local kept = {}
        while true do
            local ok, s = pcall(socket.socket)
            if not ok then break end
            kept[#kept + 1] = s
        end
        local child = native.fork(function() a:close() task.sleep(0.01) end)
        assert(native.reap({child}, true)[1] == child)
        b:send("x")
        print(waits:join())
    "#;
    let mut command = std::process::Command::new("sh");
    command.args([
        "-c",
        r#"ulimit -n 40 && exec "$0" -e "$1""#,
        runner::WIRESCRIPT,
        code,
    ]);
    let told = runner::tell(&mut command);
    assert_eq!((told.status, told.stdout.as_str()), (0, "x\n"), "{}", told.stderr);
}

/// Tasks of the parent's that stand in a line are not in the child.
#[test]
#[cfg(feature = "lua")]
fn nobody_of_the_parents_stands_before_the_childs_tasks() {
    let told = runner::eval(
        r#"
        local native = require "_socketserver"
        local ch = task.channel()
        local lone = task.spawn(function() return ch:recv() end)
        task.sleep(0.01)
        local child = native.fork(function()
            task.spawn(function() ch:send("in the child") end)
            print(ch:recv(5))
        end)
        native.reap({child}, true)
        ch:send("in the parent")
        print(lone:join())
        "#,
    );
    assert_eq!(
        (told.status, told.stdout.as_str(), told.stderr.as_str()),
        (0, "in the child\nin the parent\n", "")
    );
}

#[test]
#[cfg(feature = "lua")]
fn while_a_worker_lives_a_fork_is_refused() {
    let told = runner::eval(
        r#"
        local native = require "_socketserver"
        local ready = worker.channel()
        local w = worker.spawn(function(ready) ready:send(true) task.sleep(1000) end, ready)
        ready:recv()
        local ok, e = pcall(native.fork, function() end)
        print(ok, e.name, e.message:find("workers live", 1, true) ~= nil)
        w:stop()
        local child = native.fork(function() print("child") end)
        print(native.reap({child}, true)[1] == child)
        "#,
    );
    assert_eq!(
        (told.status, told.stdout.as_str(), told.stderr.as_str()),
        (0, "false\tRuntimeError\ttrue\nchild\ntrue\n", "")
    );
}

/// Where other threads run, their locks would stay locked in the child; this process has the tests' own.
#[test]
fn beside_other_threads_a_fork_is_refused() {
    let mut runtime = Runtime::builder()
        .policy(Policy::allow_all())
        .build()
        .expect("a runtime");
    let error = runtime.run("fork", FORK).expect_err("refused").to_string();
    if cfg!(target_os = "linux") {
        assert!(error.contains("other threads run in this process"), "{error}");
    }
}

#[test]
fn a_policy_that_allows_no_fork_refuses_it() {
    let mut runtime = Runtime::builder().build().expect("a runtime");
    let error = runtime.run("fork", FORK).expect_err("refused");
    assert!(
        error.to_string().contains("the policy does not allow forking"),
        "{error}"
    );
}

#[cfg(feature = "lua")]
const FORK: &str = "_socketserver.fork(function() end)";
#[cfg(not(feature = "lua"))]
const FORK: &str = "_socketserver::fork(|| ())";
