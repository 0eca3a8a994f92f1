//! The family cases under `tests/vm/cases` on the kernel at hand: those it can run pass, the others are skipped and said
//! to be. `tests/vm/run` runs them all, in a kernel that has every family. What their addresses look like in bytes is
//! tested at the foot of `src/sys/sockaddr`, everywhere.
#![cfg(all(feature = "cli", feature = "lua", feature = "rhai", target_os = "linux"))]

#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use support::{Running, entries, folder, note};

/// How long all cases may take together.
const LIMIT: Duration = Duration::from_secs(120);

#[test]
fn what_this_kernel_has_works() {
    // A network of its own, in which it may do anything: nothing outside is heard or touched.
    let alone = Command::new("unshare").args(["-rn", "true"]).status();
    let mut command = if alone.is_ok_and(|status| status.success()) {
        let mut command = Command::new("unshare");
        command.args(["-rn", "bash"]);
        command
    } else {
        Command::new("bash")
    };
    command.arg(folder("tests/vm/inside")).args([
        "--lenient",
        env!("CARGO_BIN_EXE_wirescript"),
        env!("CARGO_TARGET_TMPDIR"),
    ]);
    let done = Running::start(&mut command).finish(LIMIT);
    let skipped: Vec<&str> = done
        .stdout
        .lines()
        .filter_map(|line| line.split_once(": skipped: ").map(|(case, _)| case))
        .collect();
    if !skipped.is_empty() {
        note(&format!(
            "this kernel, or what this user may do with it, cannot run these families, which were NOT tested: {} \
             (tests/vm/run tests them all)",
            skipped.join(", ")
        ));
    }
    assert!(
        done.complaint().is_none(),
        "{}\n{}",
        done.complaint().unwrap_or_default(),
        done.stdout
    );
    // Unix sockets are everywhere.
    assert!(done.stdout.contains("\nunix: "), "{}", done.stdout);
    assert!(!skipped.contains(&"unix"), "{}", done.stdout);
}

#[test]
fn every_family_case_is_complete() {
    for case in entries(&folder("tests/vm/cases")) {
        for name in ["case.py", "case.lua", "case.rhai", "expected.txt"] {
            assert!(
                case.join(name).is_file(),
                "{}",
                Path::new(&case).join(name).display()
            );
        }
    }
}
