//! Functions of scripts in the host's hands.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use wirescript::policy::Limits;
use wirescript::{Class, Function, Place, Result, Runtime, Value};

use crate::tongues::said;

const BUSY: (&str, &str) = ("function() while true do end end", "|| { loop {} }");

/// Long enough for a limit to be noticed, too short for a call that escapes it.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn a_call_from_the_hosts_own_code_is_under_every_limit() -> Result<()> {
    let stubborn = (
        "function() while true do pcall(task.sleep, 100) end end",
        "|| { loop { try { task::sleep(100) } catch {} } }",
    );
    for (lua, rhai) in [BUSY, stubborn] {
        for (builder, text) in said(lua, rhai) {
            let mut runtime = builder.timeout(Duration::from_millis(100)).build()?;
            let function: Function = runtime.eval(text)?;
            let start = Instant::now();
            let error = function.call::<()>(()).expect_err("its time is over");
            assert_eq!(error.class(), Class::LimitError, "{text}: {error}");
            assert!(start.elapsed() < SOON, "{text}");
            assert_eq!(runtime.eval::<i64>("1 + 1")?, 2, "the next run begins anew");
        }
    }
    for (builder, text) in said(BUSY.0, BUSY.1) {
        let limits = Limits::default().instructions(100_000);
        let mut runtime = builder.limits(limits).build()?;
        let function: Function = runtime.eval(text)?;
        let error = function.call::<()>(()).expect_err("it has done too much");
        assert_eq!(error.class(), Class::LimitError, "{text}: {error}");
        assert_eq!(runtime.eval::<i64>("1 + 1")?, 2);
    }
    for (builder, text) in said(stubborn.0, stubborn.1) {
        let mut runtime = builder.build()?;
        let function: Function = runtime.eval(text)?;
        let handle = runtime.handle();
        let stopping = std::thread::spawn(move || {
            while handle.snapshot().waits == 0 {
                std::thread::yield_now();
            }
            handle.stop();
        });
        let error = function.call::<()>(()).expect_err("it was stopped");
        assert_eq!(error.class(), Class::CancelledError, "{text}: {error}");
        stopping.join().expect("it stops");
    }
    Ok(())
}

#[test]
fn a_call_from_the_hosts_own_code_lets_the_others_run_and_says_where_it_failed() -> Result<()> {
    for (builder, text) in said(
        "local c = task.channel() task.spawn(function() task.sleep(0.01) c:send(7) end)
         return function() return c:recv() end",
        "let c = task::channel(); task::spawn(|| { task::sleep(0.01); c.send(7) }); || c.recv()",
    ) {
        let mut runtime = builder.build()?;
        let function: Function = runtime.eval(text)?;
        assert_eq!(function.call::<i64>(())?, 7);
    }
    for (builder, text) in said("\nreturn function() error('bad') end", "\n|| { throw \"bad\" }") {
        let mut runtime = builder.build()?;
        let function: Function = runtime.eval(text)?;
        let error = function.call::<()>(()).expect_err("it raises");
        assert_eq!(error.place().map(Place::line), Some(2), "{error}");
        assert!(error.traceback().is_some());
    }
    Ok(())
}

/// Whom the runtime tells of a failure stands between two tasks: it may call the script as well.
#[test]
fn who_is_told_of_a_failure_may_call_the_script() -> Result<()> {
    for (builder, text) in said(
        "task.spawn(function() error('lost') end) local heard = 0
         return function() task.sleep(0.001) heard = heard + 1 return heard end",
        "task::spawn(|| throw \"lost\"); let heard = 0; || { task::sleep(0.001); heard += 1; heard }",
    ) {
        let told: Rc<RefCell<Option<Function>>> = Rc::default();
        let count = Rc::new(RefCell::new(None));
        let (teller, counted) = (told.clone(), count.clone());
        let mut runtime = builder
            .on_failure(move |_| {
                let function = teller.borrow().clone();
                *counted.borrow_mut() = function.map(|function| function.call::<i64>(()));
            })
            .build()?;
        let function: Function = runtime.eval(text)?;
        *told.borrow_mut() = Some(function);
        // The task fails in a turn of the host's.
        runtime.turn(Duration::from_millis(10))?;
        let count = count.borrow_mut().take().expect("it was told");
        assert_eq!(count?, 1, "{text}");
    }
    Ok(())
}

#[test]
fn functions_inside_data_are_functions() -> Result<()> {
    for (builder, text) in said(
        "{add = function(x) return x + 1 end, n = 1, all = {function() return 2 end}}",
        "#{add: |x| x + 1, n: 1, all: [|| 2]}",
    ) {
        let mut runtime = builder.build()?;
        let value: Value = runtime.eval(text)?;
        let Value::Function(add) = &value["add"] else {
            panic!("{value:?}");
        };
        assert_eq!(add.call::<i64>((1,))?, 2);
        let all: Vec<Function> = value["all"].clone().to()?;
        assert_eq!(all[0].call::<i64>(())?, 2);
        // A host's own function is given them as well, and gives them back.
        runtime.register("again", |of: BTreeMap<String, Value>| -> Result<_> {
            let Value::Function(add) = &of["add"] else {
                panic!("{of:?}");
            };
            Ok((add.call::<i64>((2,))?, of))
        })?;
        let (sum, of): (i64, BTreeMap<String, Value>) = runtime.eval(format!("again({text})"))?;
        assert_eq!(sum, 3);
        assert!(matches!(&of["add"], Value::Function(add) if add.call::<i64>((3,))? == 4));
        runtime.set("handlers", BTreeMap::from([("add", add)]))?;
        let kept: BTreeMap<String, Function> = runtime.eval("handlers")?;
        assert_eq!(kept["add"].call::<i64>((4,))?, 5);
    }
    Ok(())
}

#[test]
fn a_function_of_another_runtime_is_refused() -> Result<()> {
    let echo = ("function echo(x) return x end", "fn echo(x) { x }");
    for (giver, text) in said("function() return 1 end", "|| 1") {
        let mut first = giver.build()?;
        let function: Function = first.eval(text)?;
        for (taker, echo) in said(echo.0, echo.1) {
            let mut second: Runtime = taker.build()?;
            second.run("setup", echo)?;
            let given = function.clone();
            second.register("give", move || -> Result<Function> { Ok(given.clone()) })?;
            let refusals = [
                second.set("f", &function).err(),
                second.call::<()>("echo", (&function,)).err(),
                second.call::<()>("echo", ([&function],)).err(),
                second.call_function::<()>(&function, ()).err(),
                second.eval::<()>("give()").err(),
            ];
            for error in refusals {
                let error = error.expect("it is another's");
                assert_eq!(error.class(), Class::ValueError, "{error}");
            }
        }
        let mut second = Runtime::builder().build()?;
        drop(first);
        let error = second.set("f", &function).expect_err("its runtime is gone");
        assert_eq!(error.class(), Class::RuntimeError, "{error}");
    }
    Ok(())
}
