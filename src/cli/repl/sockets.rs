//! Sockets as a person reads them: family and type by name, state, both ends, queues, and the line that made them.

use std::path::Path;
use std::rc::Rc;

use crate::constants::{self, Group};
use crate::error::Place;
use crate::net::{Net, OptionValue, Socket, Timeout};
use crate::policy::Request;
use crate::sys::flag::{SOCK_DGRAM, SOL_SOCKET};
use crate::sys::{fd, insight};

/// `<socket fd=5 AF_INET SOCK_STREAM ESTABLISHED ('127.0.0.1', 40000) -> ('127.0.0.1', 80)>`.
pub(super) fn line(socket: &Socket) -> String {
    let kind = kind(socket);
    let Some(state) = state(socket) else {
        return format!("<socket closed {kind}>");
    };
    let ends = ends(socket).map_or(String::new(), |ends| format!(" {ends}"));
    format!("<socket fd={} {kind} {state}{ends}>", socket.fd())
}

/// Family and type by their names.
fn kind(socket: &Socket) -> String {
    let name = |group, number: i32| {
        constants::name_of(group, number.into()).map_or_else(|| number.to_string(), str::to_owned)
    };
    format!(
        "{} {}",
        name(Group::AddressFamily, socket.family()),
        name(Group::SocketKind, socket.kind())
    )
}

/// What the socket is about; none once it is closed.
fn state(socket: &Socket) -> Option<&'static str> {
    let fd = fd::borrow(socket.fd())?;
    if let Some((state, ..)) = insight::tcp(fd) {
        return Some(state);
    }
    // Asked of the socket and not of the kernel, which knows nothing of a virtual one.
    let listens = socket.option(SOL_SOCKET, insight::SO_ACCEPTCONN, 0);
    Some(if matches!(listens, Ok(OptionValue::Int(flag)) if flag != 0) {
        "listening"
    } else if socket.peer_address().is_ok() {
        "connected"
    } else {
        "unconnected"
    })
}

/// Both ends, as far as there are any.
fn ends(socket: &Socket) -> Option<String> {
    let text = |address: crate::address::Address| Some(address.to_string()).filter(|text| text != "''");
    let local = socket.local_address().ok().and_then(text);
    let peer = socket.peer_address().ok().and_then(text);
    match (local, peer) {
        (Some(local), Some(peer)) => Some(format!("{local} -> {peer}")),
        (Some(local), None) => Some(local),
        (None, Some(peer)) => Some(format!("-> {peer}")),
        (None, None) => None,
    }
}

/// A socket over a few lines: what `:sockets` lists.
pub(super) fn entry(socket: &Rc<Socket>, made: Option<&str>) -> String {
    let number = socket.fd();
    let mut first = format!(
        "fd {number}  {}  {}",
        kind(socket),
        state(socket).unwrap_or("closed")
    );
    if let Some(fd) = fd::borrow(number) {
        match insight::tcp(fd) {
            Some(("LISTEN", waiting, most)) => first.push_str(&format!("  {waiting} of {most} waiting")),
            _ => {
                for (name, queue) in [("in", insight::unread(fd)), ("out", insight::unsent(fd))] {
                    if let Ok(bytes) = queue {
                        first.push_str(&format!("  {name} {bytes}"));
                    }
                }
            }
        }
    }
    match socket.timeout() {
        Timeout::Blocking => {}
        Timeout::NonBlocking => first.push_str("  non-blocking"),
        Timeout::After(time) => first.push_str(&format!("  timeout {} s", time.as_secs_f64())),
    }
    for line in ends(socket).iter().map(String::as_str).chain(made) {
        first.push_str(&format!("\n      {line}"));
    }
    first
}

/// A place in a script with the line that stands there; `typed` has the lines of this session. A script may call itself what it
/// likes: its name is only looked into where the policy lets scripts read such a file.
pub(super) fn quoted(place: &Place, net: &Net, typed: &[String]) -> String {
    let number = usize::try_from(place.line()).unwrap_or(0).saturating_sub(1);
    let source = place.source();
    let line = if source == "stdin" {
        typed.get(number).cloned()
    } else {
        let path = Path::new(&*source);
        let may = net.guard_unheard(&Request::Open { path, write: false });
        let text = may.ok().and_then(|()| std::fs::read_to_string(path).ok());
        text.and_then(|text| text.lines().nth(number).map(str::to_owned))
    };
    match line.map(|line| line.trim().chars().take(60).collect::<String>()) {
        Some(line) if !line.is_empty() => format!("{place}: {line}"),
        _ => place.to_string(),
    }
}

/// Who holds the port that could not be bound: sockets of this program first, then other processes.
pub(super) fn holders(
    port: u16,
    datagrams: bool,
    open: &[(Rc<Socket>, Option<Place>)],
    net: &Net,
    typed: &[String],
) -> Vec<String> {
    let mut found = Vec::new();
    for (socket, made) in open {
        // One that was accepted shares the port and does not hold it.
        let holds = socket.peer_address().is_err();
        let address = socket.local_address().ok().filter(|_| holds);
        let same = address.and_then(|address| address.port()) == Some(port)
            && (socket.kind() == SOCK_DGRAM) == datagrams;
        if same {
            let made = made.as_ref().map_or(String::new(), |place| {
                format!(", made at {}", quoted(place, net, typed))
            });
            found.push(format!("this program, fd {}{made}", socket.fd()));
        }
    }
    let own = std::process::id();
    let others = insight::holders(datagrams, port);
    found.extend(
        others
            .iter()
            .filter(|holder| holder.process != own)
            .map(|holder| format!("{} (process {})", holder.name, holder.process)),
    );
    found
}
