//! Scripts that end by themselves, with a status.

use std::time::Duration;

use wirescript::{Class, Error, Result, Turn};

use crate::tongues::said;

const MOMENT: Duration = Duration::from_millis(10);

fn status(error: &Error) -> Option<i32> {
    assert_eq!(error.class(), Class::SystemExit, "{error}");
    error.status()
}

#[test]
fn a_spawned_script_s_exit_reaches_the_host() -> Result<()> {
    for (builder, text) in said("sys.exit(5)", "sys::exit(5)") {
        let mut runtime = builder.build()?;
        let sleeper = if text.starts_with("sys.") {
            "task.sleep(0.02) return 1"
        } else {
            "task::sleep(0.02); 1"
        };
        // In the host's loop, whether or not the job is held.
        for keep in [true, false] {
            let other = runtime.spawn("other", sleeper)?;
            let job = runtime.spawn("leaves", text)?;
            let job = keep.then_some(job);
            assert_eq!(
                runtime.turn(MOMENT).err().as_ref().and_then(status),
                Some(5),
                "{text}"
            );
            assert_eq!(runtime.wait::<i64>(&other)?, 1, "the others go on");
            if let Some(job) = job {
                assert_eq!(runtime.wait::<()>(&job).err().as_ref().and_then(status), Some(5));
            }
            assert_eq!(runtime.turn(MOMENT)?, Turn::Idle, "it is told once");
        }
        // Who waits for it knows.
        let job = runtime.spawn("leaves", text)?;
        assert_eq!(runtime.wait::<()>(&job).err().as_ref().and_then(status), Some(5));
        assert_eq!(runtime.turn(MOMENT)?, Turn::Idle);
    }
    Ok(())
}

#[cfg(feature = "lua")]
#[test]
fn the_status_that_ended_all_is_everybody_s() -> Result<()> {
    let mut runtime = wirescript::Runtime::builder().lua().build()?;
    let ended = runtime.spawn("ended", "return 42")?;
    assert_eq!(runtime.turn(MOMENT)?, Turn::Idle);
    let sleeping = runtime.spawn("sleeping", "task.sleep(100)")?;
    let ending = runtime.spawn("ending", "os.exit(4)")?;
    assert_eq!(runtime.turn(MOMENT).err().as_ref().and_then(status), Some(4));
    for job in [&sleeping, &ending] {
        assert_eq!(runtime.wait::<()>(job).err().as_ref().and_then(status), Some(4));
    }
    let sleeping = runtime.spawn("sleeping", "task.sleep(100)")?;
    assert_eq!(
        runtime.eval::<()>("os.exit(3)").err().as_ref().and_then(status),
        Some(3)
    );
    assert_eq!(runtime.wait::<i64>(&ended)?, 42, "it had ended before");
    assert_eq!(
        runtime.wait::<()>(&sleeping).err().as_ref().and_then(status),
        Some(3)
    );
    Ok(())
}
