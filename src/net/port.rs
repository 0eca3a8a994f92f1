//! Ports that nothing uses, for servers that tests start.
//!
//! Between the moment a port is found and the moment a server binds it, the system must not give it to somebody's outgoing
//! connection. So ports are taken from below those that the system gives away by itself, each only once in this process.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::ops::Range;
use std::os::fd::AsFd as _;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::address::Address;
use crate::error::{Error, Result};
use crate::sys::errno::Errno;
use crate::sys::{flag, socket};

use super::context::Net;

/// First port that is looked at: those below belong to known services.
const FIRST: u16 = 10_000;
/// Ports the range must have, or the system's own choice is taken.
const ENOUGH: u16 = 1_000;

/// What was handed out, and where the search goes on.
struct Ports {
    next: u16,
    given: HashSet<u16>,
}

static PORTS: Mutex<Option<Ports>> = Mutex::new(None);

/// A port of the loopback device that nothing uses, neither TCP nor UDP, and that was not handed out before.
///
/// # Errors
/// `OSError` when there is none.
pub(crate) fn free_port(net: &Net) -> Result<u16> {
    match net.world() {
        Some(world) => Ok(world.free_port()?),
        None => free_port_of_system(),
    }
}

fn free_port_of_system() -> Result<u16> {
    let range = range();
    let mut ports = PORTS.lock().unwrap_or_else(PoisonError::into_inner);
    let ports = ports.get_or_insert_with(|| Ports {
        next: range.start + beginning() % (range.end - range.start).max(1),
        given: HashSet::new(),
    });
    for _ in range.clone() {
        let port = ports.next;
        ports.next = if port + 1 < range.end {
            port + 1
        } else {
            range.start
        };
        if !ports.given.contains(&port) && is_free(port)?.is_some() {
            ports.given.insert(port);
            return Ok(port);
        }
    }
    // The system chooses where no range of ports is left alone.
    for _ in 0..ENOUGH {
        if let Some(port) = is_free(0)?
            && ports.given.insert(port)
        {
            return Ok(port);
        }
    }
    Err(Error::from(Errno::ADDRINUSE).in_context("no port is free: "))
}

/// The ports below those that the system gives away; none where these leave too few.
fn range() -> Range<u16> {
    let told = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let first = told
        .split_whitespace()
        .next()
        .and_then(|word| word.parse::<u16>().ok());
    match first {
        Some(first) if first >= FIRST + ENOUGH => FIRST..first,
        _ => 0..0,
    }
}

/// Where this process begins, so that several do not try the same ports in the same order.
fn beginning() -> u16 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mixed = now.subsec_nanos() ^ std::process::id().wrapping_mul(2_654_435_761);
    u16::try_from(mixed >> 16).unwrap_or(0)
}

/// The port, if it can be bound for TCP and for UDP alike: 0 is any.
fn is_free(port: u16) -> Result<Option<u16>> {
    let at = |port| Address::Inet {
        ip: Ipv4Addr::LOCALHOST,
        port,
    };
    let tcp = socket::open(flag::AF_INET, flag::SOCK_STREAM, 0)?;
    let udp = socket::open(flag::AF_INET, flag::SOCK_DGRAM, 0)?;
    let bound = socket::bind(tcp.as_fd(), &at(port)).and_then(|()| socket::local_address(tcp.as_fd()));
    let Ok(Address::Inet { port, .. }) = bound else {
        return Ok(None);
    };
    Ok(socket::bind(udp.as_fd(), &at(port)).is_ok().then_some(port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_handed_out_once_and_can_be_bound() -> Result<()> {
        let mut seen = HashSet::new();
        for _ in 0..50 {
            let port = free_port_of_system()?;
            assert!(seen.insert(port), "{port} came twice");
            assert_eq!(is_free(port)?, Some(port));
        }
        Ok(())
    }
}
