//! The protocol scripts in `scripts/*.lua`, each against a real server of its protocol: nginx, CPython's http.server, dnsmasq,
//! chrony, aiosmtpd, Redis, `websockets`, `openssl s_server`, zeroconf. Where one is not installed the test says so.
#![cfg(all(feature = "cli", feature = "lua", feature = "tls", target_os = "linux"))]

#[path = "scripts/names_and_time.rs"]
mod names_and_time;
#[path = "support/peer.rs"]
mod peer;
#[path = "support/ports.rs"]
mod ports;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;
#[path = "scripts/talks.rs"]
mod talks;
#[path = "scripts/ways.rs"]
mod ways;
#[path = "scripts/web.rs"]
mod web;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use peer::is_missing;
use ports::{free_port, wait_for_server};
use support::{Finished, LIMIT, Running, entries, folder};

/// Runs one of the scripts, the one in Lua where its name says nothing else, with a text to read.
fn run_with(input: &str, name: &str, arguments: &[&str]) -> Finished {
    let mut script = folder("scripts").join(name);
    if script.extension().is_none() {
        script.set_extension("lua");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    command.arg(script).args(arguments);
    Running::start_with(&mut command, input).finish(LIMIT)
}

fn run(name: &str, arguments: &[&str]) -> Finished {
    run_with("", name, arguments)
}

impl Finished {
    /// What it printed, where it ended with this status.
    fn ended(self, status: i32) -> String {
        let got = self.status.and_then(|status| status.code());
        assert_eq!(
            got,
            Some(status),
            "it printed {:?}, and {:?}",
            self.stdout,
            self.stderr
        );
        self.stdout
    }
}

/// A server that is told its port; ended when this is dropped.
struct Server {
    child: Child,
    port: String,
}

impl Server {
    /// Starts a server on a free port, which its command line is made of, and waits until it listens; none, with a word about it,
    /// where the program is not here.
    fn start(program: &str, prepare: impl FnOnce(&mut Command, u32)) -> Option<Self> {
        let port = free_port();
        let mut command = Command::new(program);
        // Where Debian keeps servers.
        let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
        command.env("PATH", &path);
        prepare(&mut command, port);
        let started = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut child) = started else {
            is_missing(program, "a script that talks to it");
            return None;
        };
        let listens = wait_for_server(port, || child.try_wait().is_ok_and(|status| status.is_some()));
        let port = port.to_string();
        let server = Self { child, port };
        assert!(listens, "{command:?} does not listen");
        Some(server)
    }

    fn place(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked kindly, so that its own children end too.
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// A new folder for a server's files.
fn room(name: &str) -> PathBuf {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scripts").join(name);
    // That of an earlier run; usually there is none.
    let _ = fs::remove_dir_all(&room);
    fs::create_dir_all(&room).expect("a folder");
    room
}

/// A file of `tests/certificates`.
fn certificate(name: &str) -> String {
    let path = folder("tests/certificates").join(name).with_extension("pem");
    path.to_string_lossy().into_owned()
}

#[test]
fn every_script_says_how_it_is_used() {
    let scripts = entries(&folder("scripts"));
    let listed = fs::read_to_string(folder("scripts/README.md")).expect("a list of the scripts");
    let mut count = 0;
    for script in scripts
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "lua"))
    {
        let name = script.file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(
            listed.contains(&format!("`{name}.lua`")),
            "README.md does not list {name}.lua"
        );
        let help = run(&name, &["--help"]).ended(0);
        assert!(help.starts_with(&format!("usage: {name}.lua ")), "{name}: {help}");
        assert!(help.contains("Exit status:"), "{name}: {help}");
        let wrong = run(&name, &["--no-such-option"]);
        assert!(wrong.stderr.contains("usage: "), "{name}: {}", wrong.stderr);
        wrong.ended(2);
        count += 1;
    }
    assert!(count >= 10, "only {count} scripts");
}
