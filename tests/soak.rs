//! A soak test: many connections do random things to an echo server in Lua, then in Rhai. Every byte that comes back is
//! compared with what went; when all connections are gone, so are the server's tasks and descriptors, and a second half of
//! the run has made it no larger than the first.
//!
//! The suite runs a short form. `scripts/soak.sh SECONDS CONNECTIONS` runs it for as long as one likes, and with faults on in
//! the server, of the kinds after which nothing may be lost.
#![cfg(all(feature = "cli", feature = "lua", feature = "rhai", target_os = "linux"))]

#[path = "soak/client.rs"]
mod client;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use client::Done;
use support::{LIMIT, note, wait_until};

/// Seconds without a word after which the server closes a connection.
const IDLE: f64 = 0.4;

/// A server, ended when it is dropped.
struct Server {
    child: Child,
    echo: SocketAddr,
    control: SocketAddr,
}

/// What the server has counted.
#[derive(Debug)]
struct Counts {
    open: u64,
    received: u64,
    sent: u64,
    resets: u64,
    timeouts: u64,
    ends: u64,
}

impl Server {
    fn start(script: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
        if let Ok(faults) = std::env::var("SOAK_FAULTS") {
            command.args(["--faults", &faults]);
        }
        let mut child = command
            .args([script, &IDLE.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let mut ports = line
            .split_whitespace()
            .map(|port| SocketAddr::from(([127, 0, 0, 1], port.parse().expect("a port"))));
        Self {
            child,
            echo: ports.next().expect("a port"),
            control: ports.next().expect("another"),
        }
    }

    fn counts(&self) -> Counts {
        let mut text = String::new();
        let mut asker = TcpStream::connect(self.control).expect("it listens");
        asker.read_to_string(&mut text).expect("it answers");
        let numbers: Vec<u64> = text
            .split_whitespace()
            .map(|number| number.parse().expect("a number"))
            .collect();
        Counts {
            open: numbers[0],
            received: numbers[1],
            sent: numbers[2],
            resets: numbers[3],
            timeouts: numbers[4],
            ends: numbers[5],
        }
    }

    fn descriptors(&self) -> usize {
        let folder = format!("/proc/{}/fd", self.child.id());
        std::fs::read_dir(folder).expect("it lives").count()
    }

    /// KiB of memory in use.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it lives");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        number.and_then(|number| number.parse().ok()).expect("a number")
    }

    /// Waits until it has no connection left.
    fn settle(&self) -> Counts {
        wait_until(Instant::now() + LIMIT, || {
            let counts = self.counts();
            (counts.open == 0).then_some(counts)
        })
        .unwrap_or_else(|| panic!("connections are left: {:?}", self.counts()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has then complained of.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn soak(script: &str, length: Duration, connections: usize) {
    let server = Server::start(script);
    // The first rounds make what is kept for later: stacks, pools, the heap.
    let warm = client::run(server.echo, length / 10, connections, 1);
    server.settle();
    let (descriptors, early) = (server.descriptors(), server.memory());
    let first = client::run(server.echo, length * 9 / 20, connections, 2);
    let half = server.settle();
    let middle = server.memory();
    let second = client::run(server.echo, length * 9 / 20, connections, 3);
    let counts = server.settle();
    let (end, late) = (server.descriptors(), server.memory());

    let mut all = Done::default();
    for done in [&warm, &first, &second] {
        all.add(done);
    }
    note(&format!(
        "{script}: {length:?}, {connections} connections at once; clients {all:?}; server {counts:?}; descriptors \
         {descriptors} -> {end}; memory {early} -> {middle} -> {late} KiB"
    ));

    assert_eq!(all.wrong, 0, "bytes that were not those sent");
    assert_eq!(end, descriptors, "descriptors are left");
    // What a connection that was reset had under way is known to nobody; all else came back.
    assert!(counts.received >= all.echoed && counts.sent >= all.echoed && counts.sent <= counts.received);
    let underway = all.reset * client::LARGEST as u64;
    assert!(counts.received - all.echoed <= underway, "{counts:?} {all:?}");
    assert_eq!(
        counts.resets + counts.timeouts + counts.ends,
        all.connections,
        "each connection has ended once"
    );
    assert!(
        half.received < counts.received
            && all.echoed > 0
            && all.reset > 0
            && all.half_closed > 0
            && all.timed_out > 0
    );
    // A page here and there is the allocator's; what is kept a connection or a round would be much more.
    assert!(
        late <= middle + middle / 20 + 1024,
        "memory grows: {early} -> {middle} -> {late} KiB"
    );
}

/// What a number in the environment says, or what the suite wants.
fn asked(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(otherwise, |text| text.parse().expect("a number"))
}

fn soak_as_asked(script: &str) {
    let length = Duration::from_secs(asked("SOAK_SECONDS", 4));
    let connections = usize::try_from(asked("SOAK_CONNECTIONS", 100)).expect("a number");
    soak(
        &format!("{}/tests/soak/{script}", env!("CARGO_MANIFEST_DIR")),
        length,
        connections,
    );
}

#[test]
fn a_lua_server_outlives_its_clients() {
    soak_as_asked("server.lua");
}

#[test]
fn a_rhai_server_outlives_its_clients() {
    soak_as_asked("server.rhai");
}
