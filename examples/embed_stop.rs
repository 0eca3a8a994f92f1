//! Ending a script that does not want to end: from another thread, and by limits.
//!
//! Prints:
//! ```text
//! stopped in time: true, CancelledError
//! tasks left: 0
//! still good for: 4
//! over in time: true, LimitError
//! ```

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example, and a thread of its own that waits"
)]

use std::thread;
use std::time::{Duration, Instant};

use wirescript::{Policy, Result, Runtime};

/// It catches every error, and starts again.
const STUBBORN: &str = "while true do pcall(function() while true do end end) end";

fn main() -> Result<()> {
    let mut runtime = Runtime::builder().lua().policy(Policy::allow_all()).build()?;
    let handle = runtime.handle();
    let stopper = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        let asked = Instant::now();
        handle.stop();
        asked
    });
    let error = runtime.run("stubborn", STUBBORN).expect_err("it is stopped");
    let asked = stopper.join().expect("the other thread ends");
    // It takes a fraction of this; a busy machine may take its time.
    let in_time = asked.elapsed() < Duration::from_secs(1);
    println!("stopped in time: {in_time}, {}", error.class().name());
    println!("tasks left: {}", runtime.stats().tasks);
    println!("still good for: {}", runtime.eval::<i64>("2 + 2")?);

    let mut bounded = Runtime::builder()
        .lua()
        .timeout(Duration::from_millis(100))
        .build()?;
    let start = Instant::now();
    let error = bounded.run("stubborn", STUBBORN).expect_err("its time is over");
    let in_time = start.elapsed() < Duration::from_secs(2);
    println!("over in time: {in_time}, {}", error.class().name());
    Ok(())
}
