//! Functions of scripts in the host's hands.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use wirescript::policy::Limits;
use wirescript::{Class, Function, Result};

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
            std::thread::sleep(Duration::from_millis(50));
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
        assert_eq!(error.place().map(|place| place.line()), Some(2), "{error}");
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
