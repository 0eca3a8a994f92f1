//! Tasks that fail with nobody to join them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use wirescript::{Policy, Result};

use crate::tongues::said;

/// What a failed task has thrown shows whether it is kept: a socket.
#[test]
fn failures_that_nobody_asks_about_do_not_pile_up() -> Result<()> {
    for (builder, text) in said(
        "task.spawn(function() error(socket.socket()) end) collectgarbage()",
        "task::spawn(|| throw socket::socket()); ()",
    ) {
        let told = Rc::new(Cell::new(0));
        let count = told.clone();
        let mut runtime = builder
            .policy(Policy::allow_all())
            .on_warning(|_| {})
            .on_failure(move |_| count.set(count.get() + 1))
            .build()?;
        for _ in 0..300 {
            runtime.eval::<()>(text)?;
            runtime.turn(Duration::from_millis(1))?;
        }
        assert_eq!(told.get(), 300, "each is told of at once");
        let sockets = runtime.stats().sockets;
        assert!(sockets < 100, "{text}: {sockets} are kept");
    }
    Ok(())
}

/// What a run returns is the first of them, also where many came after it.
#[test]
fn a_run_fails_with_the_first_of_many() -> Result<()> {
    for (builder, text) in said(
        "for i = 1, 100 do task.spawn(function() error(errors.OSError(i, 'lost')) end) task.sleep(0) end",
        "for i in 1..101 { task::spawn(|| throw errors::OSError(i, \"lost\")); task::sleep(0); }",
    ) {
        let mut runtime = builder.build()?;
        let error = runtime.run("many", text).expect_err("a hundred failed");
        assert_eq!(error.errno(), Some(1), "{error}");
        runtime.run("none", "")?;
    }
    Ok(())
}

#[test]
fn the_failure_of_a_job_nobody_waits_for_is_told() -> Result<()> {
    for (builder, text) in said("error('lost')", "throw \"lost\"") {
        let told = Rc::new(RefCell::new(Vec::new()));
        let teller = told.clone();
        let mut runtime = builder
            .on_failure(move |report| teller.borrow_mut().push(report.to_owned()))
            .build()?;
        let heard = || told.take();
        // Dropped before it fails, and after.
        drop(runtime.spawn("early", text)?);
        runtime.turn(Duration::from_millis(10))?;
        assert!(
            matches!(&heard()[..], [report] if report.contains("lost")),
            "{text}"
        );
        let job = runtime.spawn("late", text)?;
        let other = job.clone();
        runtime.turn(Duration::from_millis(10))?;
        drop(job);
        assert!(
            other.is_done() && heard().is_empty(),
            "somebody may yet wait for it"
        );
        drop(other);
        assert!(
            matches!(&heard()[..], [report] if report.contains("late:1")),
            "{text}"
        );
        // Who waits is told, who cancels has asked for it, and the end of the runtime is no failure.
        let job = runtime.spawn("awaited", text)?;
        assert!(runtime.wait::<()>(&job).is_err());
        drop(job);
        let sleeper = said_sleep(text);
        let job = runtime.spawn("cancelled", sleeper)?;
        runtime.turn(Duration::from_millis(1))?;
        job.cancel();
        drop(job);
        runtime.turn(Duration::from_millis(10))?;
        let ended = runtime.spawn("ended", sleeper)?;
        let failed = runtime.spawn("failed", text)?;
        drop(runtime);
        drop((ended, failed));
        assert_eq!(heard(), Vec::<String>::new(), "{text}");
    }
    Ok(())
}

fn said_sleep(text: &str) -> &'static str {
    if text.starts_with("throw") {
        "task::sleep(100)"
    } else {
        "task.sleep(100)"
    }
}
