//! Programs of other people that tests talk to: each is started, says on which port it listens, and is ended when the test is done.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::support::{folder, note};

/// A server, or whatever else prints a port first. Dropping it ends it.
pub(crate) struct Peer {
    pub(crate) child: Child,
    pub(crate) port: String,
    pub(crate) output: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts a program, and waits until it has said on which port it listens: the number at the end of the first line that
    /// begins with `mark`. Its standard input stays open.
    pub(crate) fn start(command: &mut Command, mark: &str) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        loop {
            line.clear();
            let count = output.read_line(&mut line).expect("a line");
            assert!(count > 0, "{command:?} ended before it listened");
            if line.starts_with(mark) {
                break;
            }
        }
        let port = line.trim().rsplit([' ', ':']).next().unwrap_or_default();
        let port = port.to_owned();
        Self { child, port, output }
    }

    /// The next line it prints.
    #[allow(dead_code, reason = "not every test reads on")]
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        line.truncate(line.trim_end().len());
        line
    }

    /// Ends it; the rest of what it printed.
    #[allow(dead_code, reason = "not every test reads on")]
    pub(crate) fn end(mut self) -> String {
        let _ = self.child.kill();
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("text");
        rest
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Both fail only where it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says that a program is not here, so that something was not tried. Where CI runs all are to be there.
pub(crate) fn is_missing(program: &str, untried: &str) {
    note(&format!(
        "{program} is not installed here: {untried} was NOT tried"
    ));
    assert!(
        std::env::var_os("CI").is_none(),
        "CI is to have {program}: .ci/run installs it"
    );
}

/// A Python server of `tests/peers`, which needs this module; none, with a word about it, where no Python has it.
#[allow(dead_code, reason = "not every test has such a peer")]
pub(crate) fn python_peer(name: &str, module: &str) -> Option<Command> {
    // Debian's own has Debian's modules.
    let has = |program: &&str| {
        let asked = Command::new(program)
            .args(["-c", &format!("import {module}")])
            .stderr(Stdio::null())
            .status();
        asked.is_ok_and(|status| status.success())
    };
    let Some(python) = ["python3", "/usr/bin/python3"].into_iter().find(has) else {
        is_missing(&format!("Python's {module}"), name);
        return None;
    };
    let script: PathBuf = folder("tests/peers").join(name).with_extension("py");
    let mut command = Command::new(python);
    command.arg(script);
    Some(command)
}
