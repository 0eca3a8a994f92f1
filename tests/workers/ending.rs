//! How workers end: by themselves, by `stop`, with the program, with the runtime.

use std::time::{Duration, Instant};

use super::support::{LIMIT, wait_until};
use super::{command, command_passes, host_runs};
use wirescript::{Policy, Runtime};

/// What a worker may be in the middle of. Each says that it has begun.
const BUSY: &[&str] = &[
    "ch:send(1) while true do end",
    "ch:send(1) while true do pcall(function() while true do end end) end",
    "ch:send(1) while true do pcall(error) end",
    "local s = socket.create_server {'127.0.0.1', 0} ch:send(1) s:accept()",
    "local a, b = socket.socketpair() ch:send(1) a:recv(1)",
    "local a, b = socket.socketpair() a:setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096) ch:send(1) while true do a:send(('x'):rep(10000)) end",
    "ch:send(1) time.sleep(100)",
    "ch:send(1) worker.channel():recv()",
    "local full = worker.channel(1) full:send(1) ch:send(1) full:send(2)",
    "local w = worker.spawn('while true do end') ch:send(1) w:join()",
    "for i = 1, 20 do task.spawn(function() while true do task.sleep(0) end end) end ch:send(1) time.sleep(100)",
    "local co = coroutine.wrap(function() while true do end end) ch:send(1) co()",
    "ch:send(1) table.sort({3, 2, 1}, function() while true do end end)",
    "ch:send(1) while true do pcall(socket.getaddrinfo, 'nowhere.invalid', 80) end",
];

/// A script that starts a worker, stops it in the middle of that, and prints how long it took.
fn stopping(body: &str) -> String {
    format!(
        "local ch = worker.channel()
         local w = worker.spawn([==[local ch = ... {body}]==], ch)
         assert(ch:recv(10) == 1)
         time.sleep(0.005)
         local start = time.monotonic()
         w:stop()
         local took = time.monotonic() - start
         assert(w:done())
         local ok, e = pcall(w.join, w)
         assert(not ok and e.name == 'CancelledError', e)
         print(took)"
    )
}

#[test]
fn stop_ends_it_whatever_it_does() {
    // 50 ms are promised; a machine with much else to do may be late now and then, but not three times in a row.
    for body in BUSY {
        let mut times = Vec::new();
        for _ in 0..3 {
            let done = command("lua", &stopping(body));
            assert_eq!(done.complaint(), None, "{body}");
            let took: f64 = done.stdout.trim().parse().expect("a number");
            times.push(took);
            if took < 0.05 {
                break;
            }
        }
        assert!(times.iter().any(|took| *took < 0.05), "{body}: {times:?}");
    }
    for body in [
        "ch.send(1); loop { }",
        "ch.send(1); loop { try { loop { } } catch { } }",
        "ch.send(1); time::sleep(100);",
    ] {
        command_passes(
            "rhai",
            &format!(
                "let ch = worker::channel(); let w = worker::spawn(`|ch| {{ {body} }}`, ch); ch.recv(10); w.stop();
                 if !w.done() {{ throw `{body}`; }}
                 try {{ w.join(); throw \"no error\"; }} catch (e) {{ if e.name != \"CancelledError\" {{ throw e; }} }}"
            ),
        );
    }
}

#[test]
fn a_hosts_runtime_ends_them_without_signals() {
    for body in BUSY {
        host_runs(Runtime::builder().lua(), &stopping(body))
            .unwrap_or_else(|error| panic!("{body}: {error}"));
    }
}

#[test]
fn dropping_a_runtime_stops_and_joins_its_workers() {
    let threads = || {
        let all = std::fs::read_dir("/proc/self/task").expect("Linux has it");
        let names = all.filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("comm")).ok());
        names.filter(|name| name.starts_with("worker-")).count()
    };
    let descriptors = || std::fs::read_dir("/proc/self/fd").expect("Linux has it").count();
    for _ in 0..3 {
        let mut runtime = Runtime::builder()
            .lua()
            .policy(Policy::allow_all())
            .build()
            .expect("a runtime");
        let script = "
            local ch = worker.channel()
            for _, body in ipairs {'while true do end', 'time.sleep(100)', 'while true do pcall(error) end'} do
                worker.spawn('local ch = ... ch:send(1) ' .. body, ch)
                ch:recv(10)
            end
            main_is_done = true
            time.sleep(100)";
        let handle = runtime.handle();
        let stopper = std::thread::spawn(move || {
            wait_until(Instant::now() + LIMIT, || (threads() >= 3).then_some(()));
            handle.stop();
        });
        let ended = runtime.run("script", script).expect_err("it was stopped");
        assert_eq!(ended.class(), wirescript::Class::CancelledError);
        stopper.join().expect("it stops");
        drop(runtime);
        assert_eq!(
            wait_until(Instant::now() + LIMIT, || (threads() == 0).then_some(())),
            Some(())
        );
    }
    // Other tests of this process open some of their own: only many would be a leak.
    assert!(descriptors() < 500);
}

#[test]
fn the_program_waits_for_them_and_tells_of_failures() {
    let waited = command(
        "lua",
        "worker.spawn('time.sleep(0.05) print(\"last\")') print('first')",
    );
    assert_eq!(waited.stdout, "first\nlast\n");
    assert_eq!(waited.complaint(), None);

    let failed = command(
        "lua",
        "worker.spawn(function() local x = nil; x.y = 1 end) print('main')",
    );
    assert_eq!(failed.status.and_then(|status| status.code()), Some(1));
    assert_eq!(
        failed.stderr.matches("index a nil value").count(),
        1,
        "{}",
        failed.stderr
    );
    assert!(
        failed.stderr.contains("worker-1: -e:1:") && failed.stderr.contains("stack traceback"),
        "{}",
        failed.stderr
    );

    // A later join clears the status, as with tasks.
    let late = command(
        "lua",
        "local w = worker.spawn('error(5)') while not w:done() do time.sleep(0) end pcall(w.join, w)",
    );
    assert_eq!(
        late.status.and_then(|status| status.code()),
        Some(0),
        "{}",
        late.stderr
    );

    // A task of a worker that nobody joins; a worker of a worker.
    let inner = command(
        "lua",
        "worker.spawn('task.spawn(function() error(\"inner\") end)')",
    );
    assert_eq!(inner.status.and_then(|status| status.code()), Some(1));
    assert_eq!(inner.stderr.matches("inner").count(), 1, "{}", inner.stderr);
    let nested = command("lua", "worker.spawn([[worker.spawn('error(\"deep\")')]])");
    assert_eq!(nested.status.and_then(|status| status.code()), Some(1));
    assert!(nested.stderr.contains("worker-1.1"), "{}", nested.stderr);

    let rhai = command("rhai", "worker::spawn(\"throw 5\"); print(\"main\");");
    assert_eq!(rhai.status.and_then(|status| status.code()), Some(1));
    assert!(rhai.stderr.contains("worker-1:1"), "{}", rhai.stderr);
    // A chunk and a function tell the same place, joined or not.
    for source in [
        "\\n  socket::socket().recv(1)",
        "|x| {\\n  socket::socket().recv(1) }",
    ] {
        for (join, place) in [
            ("", "worker-1:2:20: OSError"),
            (".join()", ": worker-1:2: OSError"),
        ] {
            let failed = command("rhai", &format!("worker::spawn(\"{source}\", 1){join};"));
            assert!(failed.stderr.contains(place), "{source}: {}", failed.stderr);
        }
    }
}

#[test]
fn exits_and_warnings() {
    for (code, status) in [
        ("worker.spawn('while true do end') sys.exit(3)", 3),
        ("worker.spawn('while true do end') os.exit(4)", 4),
        ("worker.spawn('sys.exit(3)')", 0),
        ("worker.spawn('os.exit(3)')", 0),
        ("worker.spawn('while true do end') error('main')", 1),
    ] {
        // A failed main chunk waits for its tasks and workers, as Python does for threads: end that one.
        let code = if status == 1 {
            "local w = worker.spawn('time.sleep(0.05)') error('main')"
        } else {
            code
        };
        let done = command("lua", code);
        assert_eq!(
            done.status.and_then(|done| done.code()),
            Some(status),
            "{code}: {}",
            done.stderr
        );
    }
    let warned = command(
        "lua",
        "worker.spawn('local s = socket.socket() s = nil collectgarbage()'):join()",
    );
    assert!(
        warned.stderr.contains("ResourceWarning: unclosed"),
        "{}",
        warned.stderr
    );
}

#[test]
fn groups_limits_and_cancelling_end_them_as_tasks() {
    command_passes(
        "lua",
        r#"
        local spin = "while true do end"
        local ok, e = pcall(task.timeout, 0.05, function() worker.spawn(spin):join() end)
        assert(not ok and e.name == "TimeoutError", e)
        local w
        local ok, e = pcall(task.group, function()
            w = worker.spawn(spin)
            task.spawn(function() task.sleep(0.02) error(errors.ValueError("first")) end)
        end)
        assert(not ok and e.message == "first" and w:done())
        local ok, e = pcall(task.group, function()
            w = worker.spawn(spin)
            worker.spawn("error(errors.KeyError('a worker is the first'))")
        end)
        assert(not ok and e.name == "KeyError" and w:done())
        "#,
    );
}

#[test]
fn ctrl_c_ends_workers_with_the_program() {
    let code = "local ch = worker.channel()
        for _, body in ipairs {'while true do pcall(error) end', 'socket.socketpair():recv(1)', 'while true do end'} do
            worker.spawn('local ch = ... ch:send(1) ' .. body, ch) ch:recv()
        end
        print('ready') time.sleep(100)";
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wirescript"));
    let mut child = command
        .args(["-e", code])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("it is piped");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).expect("a line");
    assert_eq!(line, "ready\n");
    let id = i32::try_from(child.id()).expect("a small number");
    std::process::Command::new("kill")
        .args(["-INT", &id.to_string()])
        .status()
        .expect("kill runs");
    let begun = Instant::now();
    let status = wait_until(begun + LIMIT, || child.try_wait().expect("it can be waited for"));
    assert_eq!(status.and_then(|status| status.code()), Some(130));
    assert!(begun.elapsed() < Duration::from_secs(5));
    drop(child);
}

#[test]
fn one_that_is_stopped_before_it_runs_was_stopped() {
    for (language, script) in [
        (
            "lua",
            "for _ = 1, 20 do
                local w = worker.spawn('while true do end')
                w:stop()
                local ok, e = pcall(w.join, w)
                assert(e.name == 'CancelledError', tostring(e))
            end",
        ),
        (
            "rhai",
            "for i in 0..20 {
                let w = worker::spawn(`loop { }`);
                w.stop();
                try { w.join(); throw \"no error\"; } catch (e) { if e.name != \"CancelledError\" { throw e; } }
            }",
        ),
    ] {
        command_passes(language, script);
    }
}
