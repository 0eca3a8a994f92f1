//! What binds a script binds its workers: policy, limits, and who watches.

use std::sync::{Arc, Mutex};

use super::command;
use wirescript::{Event, Observer, Policy, Runtime, Scene};

#[test]
fn a_worker_is_asked_for_at_the_door_and_has_its_parents_policy() {
    let script = r#"
        local ok, e = pcall(worker.spawn, "return 1")
        return_is(ok, e)
    "#;
    let run = |policy: Policy, script: &str| {
        let mut runtime = Runtime::builder()
            .lua()
            .policy(policy)
            .build()
            .expect("a runtime");
        runtime.run("script", script).map_err(|error| error.to_string())
    };
    let refused = script.replace(
        "return_is(ok, e)",
        "assert(not ok and e.name == 'PermissionError' and e.denied and tostring(e):find('worker'), tostring(e))",
    );
    assert_eq!(run(Policy::deny_all(), &refused), Ok(()));
    assert_eq!(run(Policy::allow_all().deny_worker(), &refused), Ok(()));
    // A file has to be readable besides, and what the worker then does is judged as here.
    let inner = r#"
        local ok, e = pcall(worker.spawn, "somewhere.lua")
        assert(not ok and e.denied and tostring(e):find("opening"), tostring(e))
        local refused = worker.spawn(function()
            assert(not pcall(io.open, '/etc/hostname') and load("\27Lua") == nil and not pcall(worker.spawn, "somewhere.lua"))
            local ok, e = pcall(socket.create_connection, {"127.0.0.1", 1})
            return e.denied, worker.spawn("return (pcall(socket.gethostname))"):join()
        end)
        local denied, ok = refused:join()
        assert(denied == true and ok == false)
    "#;
    assert_eq!(run(Policy::deny_all().allow_worker(), inner), Ok(()));
}

#[test]
fn a_worker_has_its_parents_memory_limit() {
    let code = "local ok, e = pcall(function() return worker.spawn(function() \
                local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end end):join() end) print(ok, tostring(e))";
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_wirescript"));
    let program = program.args(["--max-memory", "20000000", "-e", code]);
    let done = super::Running::start(program).finish(super::LIMIT);
    assert!(
        done.stdout.starts_with("false") && done.stdout.contains("memory"),
        "{}{}",
        done.stdout,
        done.stderr
    );
}

#[test]
fn a_channel_nobody_reads_ends_at_the_memory_limit() {
    let code = "local ch = worker.channel() local big = ('x'):rep(1000000)
        local n = 0 local ok, e repeat ok, e = pcall(ch.send, ch, big) n = n + 1 until not ok or n == 1000
        print(n < 100, e.name)";
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_wirescript"));
    let done =
        super::Running::start(program.args(["--max-memory", "20000000", "-e", code])).finish(super::LIMIT);
    assert_eq!(done.stdout, "true\tMemoryError\n", "{}", done.stderr);
}

/// Notes who does what.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Observer for Notes {
    fn observe(&self, event: &Event<'_>, _: &Scene<'_>) {
        if let Event::Asked { request, .. } = event {
            let thread = std::thread::current().name().unwrap_or_default().to_owned();
            let who = if thread.starts_with("worker-") {
                &thread
            } else {
                "main"
            };
            let note = format!("{who} {}", request.event());
            self.0.lock().expect("nobody panics with it").push(note);
        }
    }
}

#[test]
fn a_hosts_observer_is_told_of_workers_too() {
    let notes: Arc<Notes> = Arc::default();
    let mut runtime = Runtime::builder()
        .lua()
        .policy(Policy::allow_all())
        .build()
        .expect("a runtime");
    runtime.net().set_observer(Some(notes.clone()));
    let script =
        "worker.spawn('socket.socket():close() worker.spawn(\"socket.gethostname()\"):join()'):join()";
    runtime.run("script", script).expect("it ends well");
    assert_eq!(
        *notes.0.lock().expect("nobody panics with it"),
        [
            "main worker.spawn",
            "worker-1 socket.__new__",
            "worker-1 worker.spawn",
            "worker-1.1 socket.gethostname"
        ]
    );
}

#[test]
fn a_scripts_audit_hook_hears_of_the_start_and_may_refuse_it() {
    for (lang, code) in [
        (
            "lua",
            "sys.addaudithook(function(event, args) if event == 'worker.spawn' then error(errors.PermissionError(args[1])) end end)
             print(pcall(worker.spawn, 'return 1'))",
        ),
        (
            "rhai",
            "sys::addaudithook(|event, args| { if event == \"worker.spawn\" { throw errors::PermissionError(args[0]); } });
             try { worker::spawn(\"1\"); } catch (e) { print(`false ${e}`); }",
        ),
    ] {
        let done = command(lang, code);
        assert!(done.stdout.contains("false") && done.stdout.contains("PermissionError: a text"), "{}{}", done.stdout, done.stderr);
    }
}

/// What is limited is limited for a runtime and its workers together.
#[test]
fn workers_spend_from_their_starters_limits() {
    use std::time::{Duration, Instant};
    use wirescript::policy::Limits;

    let run = |limits: Limits, rhai: bool, script: &str| {
        let builder = if rhai {
            Runtime::builder().rhai()
        } else {
            Runtime::builder().lua()
        };
        let mut runtime = builder
            .policy(Policy::allow_all())
            .limits(limits)
            .build()
            .expect("a runtime");
        runtime
            .run("script", script)
            .map_or_else(|error| error.to_string(), |()| "well".to_owned())
    };
    let sockets = Limits::default().sockets(4);
    // Two here and two there; those in a channel count as well.
    let lua = "kept = {socket.socketpair()}
        local w = worker.spawn([[kept = {socket.socketpair()} local ok, e = pcall(socket.socket) return ok, e.name]])
        local ok, name = w:join() assert(not ok and name == 'LimitError', name)
        local c = worker.channel() local a, b = socket.socketpair() c:send({a, b})
        local ok, e = pcall(socket.socket) assert(not ok and e.name == 'LimitError', tostring(e))
        local got = c:recv() got[1]:close() socket.socket():close()";
    let rhai = "let p = socket::socketpair();
        let w = worker::spawn(`let p = socket::socketpair(); try { socket::socket(); } catch (e) { return e.name; }`);
        if w.join() != \"LimitError\" { throw \"it had more\"; }";
    assert_eq!(run(sockets, false, lua), "well");
    assert_eq!(run(sockets, true, rhai), "well");
    let bytes = Limits::default().sent(10);
    let lua = "local code = [[local a, b = socket.socketpair() a:send('123456')]]
        worker.spawn(code):join() local w = worker.spawn(code .. ' a:send(b:recv(9))')
        local ok, e = pcall(w.join, w) assert(not ok and e.name == 'LimitError', tostring(e))";
    assert_eq!(run(bytes, false, lua), "well");
    let tasks = Limits::default().tasks(4);
    let lua = "local w = worker.spawn([[for i = 1, 9 do task.spawn(task.sleep, 0) end]])
        local ok, e = pcall(w.join, w) assert(not ok and e.name == 'LimitError', tostring(e))";
    assert_eq!(run(tasks, false, lua), "well");
    let instructions = Limits::default().instructions(5_000_000);
    for (rhai, script) in [
        (
            false,
            "for i = 1, 9 do worker.spawn([[for i = 1, 1e6 do end]]):join() end",
        ),
        (
            true,
            "for i in 0..99 { worker::spawn(`let x = 0; for i in 0..100000 { x += i; }`).join(); }",
        ),
    ] {
        let told = run(instructions, rhai, script);
        assert!(
            told.contains("the limit of 5000000 instructions is reached"),
            "{told}"
        );
    }
    // A worker has what is left of the time, and no more because it began later.
    let timed = Limits::default().timeout(Duration::from_millis(300));
    let start = Instant::now();
    let told = run(
        timed,
        false,
        "task.sleep(0.2) worker.spawn('while true do end'):join()",
    );
    assert!(told.contains("the time limit of 0.3 seconds is over"), "{told}");
    assert!(start.elapsed() < super::LIMIT);
    // Memory goes to and fro: together they never have more than one may.
    let memory = Limits::default().memory(40_000_000);
    let lua = "for round = 1, 3 do
            local all = {}
            repeat
                local ok, w = pcall(worker.spawn, 'task.sleep(100)')
                all[#all + 1] = ok and w or nil
                assert(ok or w.name == 'MemoryError', tostring(w))
            until not ok or #all > 99
            assert(#all > 3 and #all < 30, #all)
            assert(not pcall(string.rep, 'x', 15000000))
            for _, w in ipairs(all) do w:stop() end
        end
        assert(#('x'):rep(15000000) == 15000000)";
    assert_eq!(run(memory, false, lua), "well");
}
