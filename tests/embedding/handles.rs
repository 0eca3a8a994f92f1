//! What a handle, living or dropped, changes for the scripts.

use std::time::Duration;

use wirescript::{Class, Result};

use crate::tongues::said;

#[test]
fn a_deadlock_is_told_with_a_handle_and_after_it() -> Result<()> {
    let (lua, rhai) = ("task.channel():recv()", "task::channel().recv()");
    for (builder, text) in said(lua, rhai) {
        let mut runtime = builder.build()?;
        let handle = runtime.handle();
        for handle in [Some(handle), None] {
            let error = runtime.eval::<()>(text).expect_err("nobody can go on");
            assert_eq!(error.class(), Class::RuntimeError, "{error}");
            assert!(error.message().contains("deadlock"), "{error}");
            drop(handle);
        }
    }
    Ok(())
}

/// A stop is carried out by whom it finds running, also when its handle is gone by then.
#[test]
fn a_stop_outlives_its_handle() -> Result<()> {
    for (builder, text) in said("while true do end", "loop {}") {
        let mut runtime = builder.build()?;
        runtime.handle().stop();
        let error = runtime.eval::<()>(text).expect_err("it was stopped");
        assert_eq!(error.class(), Class::CancelledError, "{error}");
        assert_eq!(runtime.eval::<i64>("1 + 1")?, 2);
    }
    Ok(())
}

/// The time of a run goes on while anything of it lives.
#[test]
fn a_deadline_is_shared_while_a_job_lives() -> Result<()> {
    for (builder, sleep) in said("task.sleep", "task::sleep") {
        let mut runtime = builder.timeout(Duration::from_secs(1)).build()?;
        let job = runtime.spawn("sleeper", format!("{sleep}(100)"))?;
        runtime.eval::<()>(format!("{sleep}(0.2)"))?;
        let beside = runtime.eval::<()>(format!("{sleep}(0.9)"));
        for error in [beside.err(), runtime.wait::<()>(&job).err()] {
            let error = error.expect("the job's time is over");
            assert_eq!(error.class(), Class::LimitError, "{error}");
        }
        assert_eq!(runtime.eval::<i64>("1 + 1")?, 2, "nothing lives: another run");
    }
    Ok(())
}
