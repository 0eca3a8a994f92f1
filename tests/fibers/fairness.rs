//! A task that calculates for ever does not keep the thread: a neighbour's timer fires after its slice. What counts is the
//! processor's time that passes meanwhile, as the machine may have other things to do.

use std::process::Command;

use crate::script::passes;
use crate::support::{LIMIT, Running};

/// Seconds of the processor that may pass beyond a timer of one millisecond, as the documents promise.
const PROMISED: f64 = 0.012;
/// What no timer may exceed: the kernel tells processor time by its own ticks.
const NEVER: f64 = 0.05;
const TIMERS: usize = 25;

/// Prints the processor time of the thread before each timer and after it, in nanoseconds.
const IN_LUA: &str = r#"
    local function used()
        local f <close> = io.open("/proc/thread-self/schedstat")
        return f:read("n")
    end
    task.spawn(function() while true do end end)
    for _ = 1, 25 do
        local before = used()
        task.sleep(0.001)
        print(used() - before)
    end
    sys.exit()
"#;

const IN_RHAI: &str = r#"
    let used = || {
        let text = "";
        with f = open("/proc/thread-self/schedstat") { text = f.read(); }
        parse_int(text.split(" ")[0])
    };
    task::spawn(|| loop { });
    for turn in 0..25 {
        let before = used.call();
        task::sleep(0.001);
        print(used.call() - before);
    }
    sys::exit();
"#;

#[test]
fn a_calculation_delays_a_timer_by_its_slice_in_lua() {
    check("lua", IN_LUA);
}

#[test]
#[cfg(feature = "rhai")]
fn a_calculation_delays_a_timer_by_its_slice_in_rhai() {
    check("rhai", IN_RHAI);
}

fn check(language: &str, source: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    let done = Running::start(command.args(["--lang", language, "-e", source])).finish(LIMIT);
    assert!(done.complaint().is_none(), "{:?}", done.complaint());
    let mut used: Vec<f64> = done
        .stdout
        .lines()
        .map(|line| line.parse::<f64>().expect("nanoseconds") / 1e9)
        .collect();
    assert_eq!(used.len(), TIMERS);
    used.sort_by(f64::total_cmp);
    let (median, latest) = (used[TIMERS / 2], used[TIMERS - 1]);
    assert!(median <= PROMISED && latest <= NEVER, "{used:?}");
}

/// A library gets no signal: the engine counts.
#[test]
fn a_calculation_does_not_keep_a_hosts_thread() {
    passes(
        r#"
        local hog = task.spawn(function()
            local n = 0
            while not _G.enough do n = n + 1 end
            return n
        end)
        for _ = 1, 5 do task.sleep(0.001) end
        _G.enough = true
        assert(hog:join() > 0)
        "#,
    );
}
