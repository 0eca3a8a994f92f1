//! Ways to end: the main chunk's end waits for the tasks, `sys.exit` ends them or one of them, `os.exit` everything.

use std::process::Command;

use crate::script::{passes, run, run_all};
use crate::support::{Finished, LIMIT, Running};

fn command(code: &str) -> Finished {
    Running::start(Command::new(env!("CARGO_BIN_EXE_wirescript")).args(["-e", code])).finish(LIMIT)
}

/// Runs code and checks status and standard output.
fn ends(code: &str, status: i32, stdout: &str) {
    let done = command(code);
    assert_eq!(
        (done.status.and_then(|status| status.code()), done.stdout.as_str()),
        (Some(status), stdout),
        "{code}\n{}",
        done.stderr
    );
}

#[test]
fn the_end_of_the_main_chunk_waits_for_the_tasks() {
    ends(
        "task.spawn(function() task.sleep(0.02) print('late') task.spawn(function() task.sleep(0.01) print('later') end) end) print('main')",
        0,
        "main\nlate\nlater\n",
    );
    ends(
        "task.spawn(function() task.sleep(0.02) print('late') end) error('main')",
        1,
        "late\n",
    );
}

#[test]
fn an_exit_ends_busy_tasks() {
    for busy in [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
    ] {
        ends(
            &format!("task.spawn(function() {busy} end) task.sleep(0.01) sys.exit(4)"),
            4,
            "",
        );
    }
}

#[test]
fn sys_exit_in_the_main_chunk_ends_the_tasks() {
    ends("task.spawn(function() task.sleep(100) end) local a = socket.socketpair() task.spawn(function() a:recv(1) end)
          task.sleep(0) io.write('kept') sys.exit(3)", 3, "kept");
    ends(
        "task.spawn(function() while true do pcall(task.sleep, 100) end end) task.sleep(0) sys.exit()",
        0,
        "",
    );
    ends(
        "task.spawn(function() print('never begun') end) sys.exit(4)",
        4,
        "",
    );
    ends(
        "coroutine.wrap(function() table.sort({2, 1}, function() sys.exit(5) end) end)()",
        5,
        "",
    );
    let done = command("task.spawn(task.sleep, 100) task.sleep(0) sys.exit('last words')");
    assert_eq!(done.status.and_then(|status| status.code()), Some(1));
    assert_eq!(done.stderr, "last words\n");
}

#[test]
fn sys_exit_is_an_error_that_can_be_caught() {
    passes(
        "local ok, e = pcall(sys.exit, 3)
         assert(not ok and e:is('SystemExit') and not e:is('Exception'), tostring(e))
         task.sleep(0.001)
         local ran task.spawn(function() ran = true end):join() assert(ran)",
    );
}

#[test]
fn sys_exit_in_a_task_ends_that_task_only() {
    let outcome = run(r#"
        local closed, after
        local t = task.spawn(function()
            local x <close> = setmetatable({}, {__close = function() task.sleep(0) closed = true end})
            sys.exit(3)
            after = true
        end)
        local other = task.spawn(function() task.sleep(0.01) return "went on" end)
        while not t:done() do task.sleep(0.001) end
        assert(closed and not after)
        assert(other:join() == "went on")
        "#);
    assert_eq!(
        (outcome.error, outcome.status, outcome.reports.len()),
        (None, None, 0)
    );
}

#[test]
fn os_exit_ends_everything_from_anywhere() {
    for place in [
        "os.exit(7)",
        "pcall(os.exit, 7)",
        "while true do pcall(os.exit, 7) end",
        "xpcall(error, function() os.exit(7) end)",
        "coroutine.wrap(function() pcall(os.exit, 7) coroutine.yield() end)() print('went on')",
        "task.spawn(function() os.exit(7) end) while true do pcall(task.sleep, 100) end",
        "task.spawn(function() task.sleep(0.001) os.exit(7) end):join()",
        "task.spawn(function() os.exit(7) end) while true do pcall(socket.socketpair().recv, socket.socketpair(), 1) end",
        "table.sort({3, 2, 1}, function() os.exit(7) end) print('went on')",
        "print((('x'):gsub('x', function() os.exit(7) end)))",
        "do local x <close> = setmetatable({}, {__close = function() os.exit(7) end}) end print('went on')",
        "local x <close> = setmetatable({}, {__close = function() print('closing') end}) os.exit(7)",
        "setmetatable({}, {__gc = function() os.exit(7) end}) collectgarbage() while true do end",
        "error(setmetatable({}, {__tostring = function() os.exit(7) end}))",
        "os.exit(7, true)",
        "os.exit(256 + 7)",
    ] {
        ends(place, 7, "");
    }
    ends("os.exit(true)", 0, "");
    ends("os.exit(false)", 1, "");
    ends("io.write('half a line') os.exit()", 0, "half a line");
}

#[test]
fn in_a_library_exits_are_errors_and_the_runtime_goes_on() {
    let outcomes = run_all(&[
        "task.spawn(task.sleep, 100) task.sleep(0) os.exit(5)",
        "local ran task.spawn(function() ran = true end):join() assert(ran)",
        "sys.exit(6)",
        "kept = 1",
        "assert(kept == 1) error('plain')",
        "assert(kept == 1)",
    ]);
    let got: Vec<_> = outcomes
        .iter()
        .map(|outcome| (outcome.status, outcome.error.is_none()))
        .collect();
    assert_eq!(
        got,
        [
            (Some(5), false),
            (None, true),
            (Some(6), false),
            (None, true),
            (None, false),
            (None, true)
        ],
        "{outcomes:?}"
    );
}

#[test]
fn joining_a_task_that_exited_is_no_exit_of_ones_own() {
    // As a thread's sys.exit in Python: join() returns.
    ends(
        "local t = task.spawn(sys.exit, 3) t:join() print('went on')",
        0,
        "went on\n",
    );
}

#[test]
fn what_the_end_finds_open_is_closed_in_order() {
    ends(
        "local m = {__close = function(o) task.sleep(0.001) print(o.n) end}
         task.spawn(function() local a <close> = setmetatable({n = 'a'}, m) local b <close> = setmetatable({n = 'b'}, m) error('e') end)
         task.sleep(0.05) print('main') sys.exit(2)",
        2,
        "b\na\nmain\n",
    );
}

/// What a limit or a group is put around is called, not started beside its caller: its exit is the caller's.
#[test]
fn an_exit_passes_through_a_limit_and_a_group() {
    ends(
        "task.timeout(9, function() sys.exit(7) end) print('never')",
        7,
        "",
    );
    ends("task.group(function() sys.exit(7) end) print('never')", 7, "");
    ends(
        "task.group(function() task.spawn(function() task.sleep(100) end) task.timeout(9, sys.exit, 7) end) print('never')",
        7,
        "",
    );
    ends(
        "local ok, e = pcall(task.timeout, 9, sys.exit, 7) print(ok, e.name)
         print(task.group(function() task.spawn(sys.exit, 5) task.sleep(0) return 'a child' end))
         print(task.spawn(function() task.timeout(9, sys.exit, 7) print('never') end):join())",
        0,
        "false\tSystemExit\na child\n\n",
    );
    if cfg!(feature = "rhai") {
        let code = "try { task::group(|| { task::spawn(|| task::sleep(100)); sys::exit(7) }); } catch (e) { print(e.name); }
                    print(task::group(|| { task::spawn(|| sys::exit(5)); task::sleep(0); \"a child\" }));
                    task::timeout(9, || sys::exit(7)); print(\"never\");";
        let done =
            Running::start(Command::new(env!("CARGO_BIN_EXE_wirescript")).args(["--lang=rhai", "-e", code]))
                .finish(LIMIT);
        assert_eq!(
            done.status.and_then(|status| status.code()),
            Some(7),
            "{}",
            done.stderr
        );
        assert_eq!(done.stdout, "SystemExit\na child\n");
    }
}
