//! What a host may rely on, in every language that is compiled in.

use std::collections::BTreeMap;
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use wirescript::{
    AuditLog, Builder, Class, Descriptor, Error, Function, Policy, Result, Runtime, Turn, Value,
};

/// A language and how it says the same things.
struct Tongue {
    name: &'static str,
    builder: fn() -> Builder,
    /// What raises an error of the host's function `fail` and catches it: its class.
    caught: &'static str,
    /// Calls `fail` and lets the error through.
    fail: &'static str,
    /// Waits for `conn` in a task and for time in the main chunk.
    blocked: &'static str,
    busy: &'static str,
    echo: &'static str,
}

fn tongues() -> Vec<Tongue> {
    vec![
        #[cfg(feature = "lua")]
        Tongue {
            name: "Lua",
            builder: || Runtime::builder().lua(),
            caught: "local ok, e = pcall(fail) return {e.name, e.errno, e:is(socket.error)}",
            fail: "\n\nfail()",
            blocked: "for i = 1, 5 do task.spawn(function() conn:recv(1) end) end task.spawn(task.sleep, 100)
                      task.spawn(function() table.sort({2, 1}, function() task.sleep(100) end) end)
                      task.spawn(function() while true do pcall(task.sleep, 100) end end) task.sleep(100)",
            busy: "while true do end",
            echo: "function echo(x) return x end",
        },
        #[cfg(feature = "rhai")]
        Tongue {
            name: "Rhai",
            builder: || Runtime::builder().rhai(),
            caught: "let a = []; try { fail(); } catch (e) { a = [e.name, e.errno, e.is(socket::error)]; } a",
            fail: "\n\nfail()",
            blocked: "for i in 0..5 { task::spawn(|| conn.recv(1)); } task::spawn(|| task::sleep(100));
                      task::spawn(|| { loop { try { task::sleep(100); } catch {} } }); task::sleep(100);",
            busy: "loop {}",
            echo: "fn echo(x) { x }",
        },
    ]
}

#[test]
fn values_are_the_same_after_both_ways() {
    for tongue in tongues() {
        let mut runtime = (tongue.builder)().build().expect("a runtime");
        runtime.run("setup", tongue.echo).expect("it runs");
        let map: BTreeMap<String, Vec<i64>> =
            BTreeMap::from([("a".into(), vec![1, 2]), ("b".into(), vec![3])]);
        assert_eq!(
            runtime
                .call::<BTreeMap<String, Vec<i64>>>("echo", (&map,))
                .expect("a map"),
            map
        );
        let bytes = vec![0_u8, 255, 10];
        assert_eq!(runtime.call::<Vec<u8>>("echo", (&bytes,)).expect("bytes"), bytes);
        assert_eq!(
            runtime.call::<Value>("echo", (&bytes,)).expect("bytes"),
            Value::Bytes(bytes)
        );
        assert_eq!(
            runtime
                .call::<Option<i64>>("echo", (None::<i64>,))
                .expect("nothing"),
            None
        );
        assert_eq!(
            runtime
                .call::<(f64, String)>("echo", ((1.5, "é"),))
                .expect("a tuple"),
            (1.5, "é".into())
        );
        let wrong = runtime.call::<i64>("echo", ("text",)).expect_err("no number");
        assert_eq!(wrong.class(), Class::TypeError, "{}", tongue.name);
        let missing = runtime.call::<()>("nobody", ()).expect_err("no such function");
        assert_eq!(missing.class(), Class::NameError);
    }
}

#[test]
fn an_error_of_the_host_is_an_object_and_has_a_place() {
    for tongue in tongues() {
        let mut runtime = (tongue.builder)().build().expect("a runtime");
        let fail = || -> Result<()> { Err(Error::os_with_text(104, "the peer is gone")) };
        runtime.register("fail", fail).expect("a function");
        let (name, errno, is_os): (String, i32, bool) = runtime.eval(tongue.caught).expect("it is caught");
        assert_eq!(
            (name.as_str(), errno, is_os),
            ("ConnectionResetError", 104, true),
            "{}",
            tongue.name
        );
        let error = runtime.run("script", tongue.fail).expect_err("it comes through");
        assert_eq!(
            (error.class(), error.errno()),
            (Class::ConnectionResetError, Some(104))
        );
        let place = error.place().expect("a place");
        assert_eq!((&*place.source(), place.line()), ("script", 3), "{}", tongue.name);
        assert!(error.traceback().is_some());
        runtime
            .register("panics", || -> Result<()> { panic!("on purpose") })
            .expect("a function");
        let error = runtime.eval::<()>("panics()").expect_err("a panic is an error");
        assert_eq!(
            error.message(),
            "the host's function 'panics' panicked: on purpose",
            "{}",
            tongue.name
        );
        assert!(error.place().is_some(), "{}", tongue.name);
        let long = "a script with a long name, ".repeat(5);
        let error = runtime.run(&long, tongue.fail).expect_err("it comes through");
        let source = error.place().expect("a place").source().into_owned();
        // Lua keeps 59 bytes of a name itself.
        let whole = if tongue.name == "Lua" { &long[..59] } else { &long };
        assert_eq!(source, whole, "{}", tongue.name);
        let error = runtime.eval::<()>("fail(1)").expect_err("too many");
        assert_eq!(error.class(), Class::TypeError);
    }
}

#[cfg(feature = "lua")]
#[test]
fn functions_cross_and_wait_on_fibers() {
    let mut runtime = Runtime::builder().build().expect("a runtime");
    runtime
        .register("through", |f: Function, x: i64| -> Result<i64> { f.call((x,)) })
        .expect("a function");
    // Two tasks are inside the host's function at once, each waiting in the script's below it.
    let order: Vec<i64> = runtime
        .eval(
            "local order = {}
             local function slow(x) task.sleep(x / 100) order[#order + 1] = x return x end
             local a, b = task.spawn(through, slow, 3), task.spawn(through, slow, 1)
             a:join() b:join()
             return order",
        )
        .expect("it runs");
    assert_eq!(order, [1, 3]);
    let caught: bool = runtime
        .eval("local e = errors.OSError(5, 'x') local ok, c = pcall(through, function() error(e) end, 1) return c.errno == 5 and c:is('OSError')")
        .expect("it runs");
    assert!(caught);
    let kept: Function = runtime
        .eval("return function(x) return x + 1 end")
        .expect("a function");
    assert_eq!(runtime.call_function::<i64>(&kept, (1,)).expect("it runs"), 2);
    drop(runtime);
    let gone = kept.call::<i64>((1,)).expect_err("its runtime is gone");
    assert_eq!(gone.class(), Class::RuntimeError);
}

/// An engine is put together from what the first script names: what later ones name is there as well, wherever they name it.
#[cfg(feature = "rhai")]
#[test]
fn later_rhai_scripts_find_modules_inside_their_functions() -> Result<()> {
    let mut runtime = Runtime::builder().rhai().build()?;
    assert_eq!(runtime.eval::<i64>("1")?, 1);
    let first: Function = runtime.eval("let f = || json::encode([1]); f")?;
    assert_eq!(runtime.eval::<i64>("let f = || errno::EPERM; f.call()")?, 1);
    runtime.run("setup", "fn later(x) { let f = |y| bytes::hex(y); f.call(x) }")?;
    assert_eq!(runtime.call::<String>("later", (vec![255_u8],))?, "ff");
    assert_eq!(runtime.call_function::<String>(&first, ())?, "[1]");
    let job = runtime.spawn("job", "let f = || time::monotonic() > 0.0; task::spawn(f).join()")?;
    assert!(runtime.wait::<bool>(&job)?);
    Ok(())
}

#[test]
fn a_turn_is_bounded_and_an_edge_is_never_lost() {
    for tongue in tongues() {
        let mut runtime = (tongue.builder)().build().expect("a runtime");
        let busy = runtime.spawn("busy", tongue.busy).expect("it starts");
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(
                runtime.turn(Duration::from_millis(2)).expect("a turn"),
                Turn::Busy
            );
        }
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "{} keeps the thread",
            tongue.name
        );
        assert!(!busy.is_done());
        let handle = runtime.handle();
        assert_eq!(handle.snapshot().tasks, 1);
        std::thread::spawn(move || handle.stop())
            .join()
            .expect("it stops");
        let deadline = Instant::now() + Duration::from_secs(10);
        while runtime.turn(Duration::from_millis(2)).expect("a turn") != Turn::Idle {
            assert!(Instant::now() < deadline, "{} does not end", tongue.name);
        }
        let error = runtime.wait::<()>(&busy).expect_err("it was stopped");
        assert_eq!(error.class(), Class::CancelledError);
        assert_eq!(runtime.eval::<i64>("1 + 1").expect("it goes on"), 2);
    }
}

#[test]
fn what_is_dropped_with_tasks_blocked_leaves_nothing() {
    for tongue in tongues() {
        let (mut ours, theirs) = UnixStream::pair().expect("a pair");
        let mut runtime = (tongue.builder)().build().expect("a runtime");
        runtime.set("conn", Descriptor::new(theirs)).expect("a socket");
        runtime.spawn("blocked", tongue.blocked).expect("it starts");
        for _ in 0..3 {
            runtime.turn(Duration::from_millis(5)).expect("a turn");
        }
        assert!(
            runtime.stats().waits > 5,
            "{}: {:?}",
            tongue.name,
            runtime.stats()
        );
        let handle = runtime.handle();
        drop(runtime);
        assert_eq!(
            (handle.snapshot().tasks, handle.snapshot().sockets),
            (0, 0),
            "{}",
            tongue.name
        );
        handle.stop();
        // The socket is closed: its peer is told.
        ours.set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a timeout");
        assert_eq!(ours.read(&mut [0]).expect("the end"), 0);
    }
}

#[test]
fn two_runtimes_do_not_see_each_other() {
    for tongue in tongues() {
        let builder = tongue.builder;
        let (to_first, told) = mpsc::channel();
        let (done, heard) = mpsc::channel();
        let other = std::thread::spawn(move || {
            let log = AuditLog::new();
            let mut runtime = builder()
                .policy(Policy::allow_all())
                .audit(log.clone())
                .build()
                .expect("a runtime");
            runtime.set("x", 1).expect("a value");
            to_first.send(runtime.handle()).expect("the other listens");
            heard.recv().expect("the other is done");
            let x: i64 = runtime.eval("x").expect("it was not stopped");
            (x, log.events().len(), runtime.stats().tasks_started)
        });
        let theirs = told.recv().expect("the other runs");
        let mut runtime = builder().build().expect("a runtime");
        runtime.set("x", 2).expect("a value");
        runtime.handle().stop();
        let stopped = runtime
            .run("busy", tongue.busy)
            .expect_err("a stop waits for what can be stopped");
        assert_eq!(stopped.class(), Class::CancelledError);
        assert_eq!(runtime.eval::<i64>("x").expect("stopped once"), 2);
        assert!(runtime.eval::<()>("socket_is_nobody()").is_err());
        assert_eq!(theirs.snapshot().tasks_started, 0);
        done.send(()).expect("the other waits");
        assert_eq!(other.join().expect("it ends"), (1, 0, 1), "{}", tongue.name);
    }
}

/// An engine of the host's own has no tasks: nothing that needs them pretends otherwise.
#[cfg(feature = "lua")]
#[test]
fn what_needs_tasks_raises_without_a_runtime() {
    let lua = mlua::Lua::new();
    wirescript::lua::register(&lua, &wirescript::Net::standalone(Policy::allow_all()))
        .expect("a fresh machine");
    lua.load(
        "for _, f in ipairs {function() task.spawn(print) end, task.channel, worker.channel,
                             function() worker.spawn('return 1') end} do
           local ok, e = pcall(f)
           assert(not ok and e:is('RuntimeError'), tostring(e))
         end
         local a, b = socket.socketpair()
         a:send('x')
         assert(b:recv(1) == 'x')
         assert(repr(socket) == \"<module 'socket'>\" and repr(a.sendall) == '<built-in function sendall>')
         assert(repr(print) == '<function>' and repr({}) == '[]')",
    )
    .exec()
    .unwrap_or_else(|error| panic!("{error}"));
}
