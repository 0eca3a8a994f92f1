//! Children of the host's own: how they end is for the host to ask, whatever scripts start, await and fork meanwhile.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use wirescript::{Policy, Runtime, Turn};

/// A child of the host's that ends with a status of its own.
fn child(status: i32) -> Child {
    Command::new("sh")
        .args(["-c", &format!("exit {status}")])
        .stdin(Stdio::null())
        .spawn()
        .expect("a shell")
}

/// Waits until the child has ended, and leaves it to be waited for.
fn await_end(child: &Child) {
    let stat = format!("/proc/{}/stat", child.id());
    loop {
        let told = std::fs::read_to_string(&stat).expect("it is not taken away");
        let state = told.rsplit(')').next().unwrap_or_default().trim_start();
        if state.starts_with('Z') {
            return;
        }
        std::thread::yield_now();
    }
}

/// In each language: starts programs and awaits them, loses one, and asks for the host's child by its number.
fn scripts() -> Vec<(Runtime, &'static str)> {
    vec![
        #[cfg(feature = "lua")]
        (
            Runtime::builder()
                .lua()
                .policy(Policy::allow_all())
                .build()
                .expect("a runtime"),
            "local t = tube.spawn({'sh', '-c', 'exit 3'})
             assert(t:wait() == 3)
             local left = tube.spawn({'cat'})
             tube.spawn({'true'}):close()
             local ended = _socketserver.reap({child})
             assert(#ended == 1 and ended[1] == child)
             assert(#_socketserver.reap({child, 1}, true) == 2)",
        ),
        #[cfg(feature = "rhai")]
        (
            Runtime::builder()
                .rhai()
                .policy(Policy::allow_all())
                .build()
                .expect("a runtime"),
            "let t = tube::spawn([\"sh\", \"-c\", \"exit 3\"]);
             if t.wait() != 3 { throw \"status\"; }
             let left = tube::spawn([\"cat\"]);
             tube::spawn([\"true\"]).close();
             let ended = _socketserver::reap([child]);
             if ended != [child] { throw ended; }
             if _socketserver::reap([child, 1], true).len() != 2 { throw \"reap\"; }",
        ),
    ]
}

#[test]
fn the_host_s_own_children_are_left_to_the_host() {
    for (mut runtime, script) in scripts() {
        let (mut before, mut during, mut after) = (child(7), child(8), child(9));
        await_end(&before);
        runtime.set("child", before.id()).expect("a number");
        runtime.run("programs", script).expect("it runs");
        await_end(&during);
        while runtime.turn(Duration::from_millis(5)).expect("a turn") == Turn::Busy {}
        assert_eq!(during.wait().expect("it is the host's").code(), Some(8));
        drop(runtime);
        await_end(&after);
        // Nobody else has asked for them: their statuses are still to be had.
        assert_eq!(before.wait().expect("it is the host's").code(), Some(7));
        assert_eq!(after.wait().expect("it is the host's").code(), Some(9));
    }
}
