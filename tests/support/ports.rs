//! Ports of this machine, looked up in the kernel's tables: asking the port itself would use up the one
//! connection that a documented server serves.

use std::fs;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::support::wait_until;

/// Below the range from which the kernel hands out ports, so that no other test is given one of these.
const FIRST: u32 = 20_000;
const COUNT: u32 = 12_000;

/// A port nobody uses: not bound, not connected, not in TIME_WAIT, neither for TCP nor for UDP.
pub(crate) fn free_port() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let start = process::id().wrapping_mul(61);
    (0..COUNT)
        .map(|_| FIRST + start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT)
        .find(|&port| !sockets().any(|socket| socket.port == port))
        .expect("some port of twelve thousand is free")
}

/// Waits until somebody listens on `port` (TCP; or a Unix socket of which the name ends with it) or has bound it (UDP, or a
/// Unix socket for datagrams), or until `gone` says that nobody will.
pub(crate) fn wait_for_server(port: u32, mut gone: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    let ready = |socket: &Socket| socket.port == port && (socket.udp || socket.state == LISTEN);
    wait_until(deadline, || {
        let there = sockets().any(|socket| ready(&socket)) || unix_listener(port);
        (there || gone()).then_some(there)
    })
    .unwrap_or(false)
}

/// Whether this machine speaks IPv6.
pub(crate) fn has_inet6() -> bool {
    fs::read_to_string("/proc/net/if_inet6").is_ok_and(|table| !table.is_empty())
}

const LISTEN: &str = "0A";

/// One line of a kernel table.
struct Socket {
    udp: bool,
    port: u32,
    state: String,
}

/// Every TCP and UDP socket of this machine, whatever its state.
fn sockets() -> impl Iterator<Item = Socket> {
    ["tcp", "tcp6", "udp", "udp6"].into_iter().flat_map(|name| {
        // A kernel without IPv6 has no such table.
        let table = fs::read_to_string(format!("/proc/net/{name}")).unwrap_or_default();
        let udp = name.starts_with("udp");
        table
            .lines()
            .skip(1)
            .filter_map(|line| parse(line, udp))
            .collect::<Vec<_>>()
    })
}

/// Whether a Unix socket listens, or takes datagrams, of which the name ends with this number.
fn unix_listener(port: u32) -> bool {
    const LISTENS: &str = "00010000";
    const DATAGRAMS: &str = "0002";
    let ending = format!("-{port}");
    let table = fs::read_to_string("/proc/net/unix").unwrap_or_default();
    table.lines().any(|line| {
        let mut words = line.split_whitespace().skip(3);
        let listens = words.next() == Some(LISTENS) || words.next() == Some(DATAGRAMS);
        listens && line.ends_with(&ending)
    })
}

/// Reads `sl local_address remote_address state …`, the port being the hexadecimal number after the last colon.
fn parse(line: &str, udp: bool) -> Option<Socket> {
    let mut words = line.split_whitespace().skip(1);
    let (_, port) = words.next()?.rsplit_once(':')?;
    let state = words.nth(1)?.to_owned();
    Some(Socket {
        udp,
        port: u32::from_str_radix(port, 16).ok()?,
        state,
    })
}
