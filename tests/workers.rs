//! Workers: what crosses to them and back, that they end when they must, whatever they do, and that what binds a script
//! binds its workers.
#![cfg(all(feature = "cli", feature = "lua", feature = "rhai", target_os = "linux"))]

#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

#[path = "workers/bounds.rs"]
mod bounds;
#[path = "workers/crossing.rs"]
mod crossing;
#[path = "workers/ending.rs"]
mod ending;

use std::process::Command;

use support::{Finished, LIMIT, Running};
use wirescript::{Builder, Policy, Runtime};

/// Runs code by the command.
fn command(lang: &str, code: &str) -> Finished {
    Running::start(Command::new(env!("CARGO_BIN_EXE_wirescript")).args(["--lang", lang, "-e", code]))
        .finish(LIMIT)
}

/// Code that must end well, by the command.
fn command_passes(lang: &str, code: &str) {
    let done = command(lang, code);
    if let Some(complaint) = done.complaint() {
        panic!("{complaint}\n{code}");
    }
}

/// Runs code in a runtime inside this process, which has no signals.
fn host_runs(builder: Builder, code: &str) -> wirescript::Result<()> {
    let mut runtime: Runtime = builder.policy(Policy::allow_all()).build()?;
    runtime.run("script", code)
}
