//! What is told of an entry that failed: the error with its fields, and what is known of the cause.

use crate::address::Address;
use crate::error::Error;
use crate::net::Net;
use crate::sys::errno::Errno;
use crate::sys::flag::SOCK_DGRAM;
use crate::text::bytes_repr;

use super::color::{Tint, painted};
use super::sockets;

/// Frames of these in a traceback are the entry itself and what runs it.
const OWN: &[&str] = &["[C]:", "stdin:", "(...tail calls...)", "stack traceback:"];

/// The text for an error; `report` is the language's own, with position and traceback.
pub(super) fn failure(error: &Error, report: &str, net: &Net, typed: &[String], colored: bool) -> String {
    let (told, traceback) = report.split_once("\nstack traceback:").unwrap_or((report, ""));
    let (headline, rest) = told.split_once('\n').unwrap_or((told, ""));
    let mut lines = vec![painted(colored, Tint::Trouble, headline)];
    lines.extend(rest.lines().map(str::to_owned));
    lines.extend(fields(error).map(|line| painted(colored, Tint::Faint, &line)));
    lines.extend(cause(error, net, typed));
    let outside =
        |line: &&str| !line.trim().is_empty() && !OWN.iter().any(|own| line.trim_start().starts_with(own));
    lines.extend(
        traceback
            .lines()
            .filter(outside)
            .map(|line| painted(colored, Tint::Faint, line)),
    );
    lines.join("\n")
}

/// The fields scripts can ask for.
fn fields(error: &Error) -> Option<String> {
    let mut fields = Vec::new();
    if let Some(errno) = error.errno() {
        fields.push(format!("errno = {errno}"));
    }
    if let Some(code) = error.code() {
        fields.push(format!("code = {code}"));
    }
    if let Some(op) = error.op() {
        fields.push(format!("op = {op}"));
    }
    if let Some(address) = error.address() {
        fields.push(format!("address = {address}"));
    }
    if let Some(partial) = error.partial() {
        let start = bytes_repr(&partial[..partial.len().min(40)]);
        fields.push(format!("partial = {start} ({} bytes)", partial.len()));
    }
    if let Some(sent) = error.sent() {
        fields.push(format!("sent = {sent}"));
    }
    if error.denied() {
        fields.push("denied = true".into());
    }
    (!fields.is_empty()).then(|| format!("  {}", fields.join(", ")))
}

/// Who holds the port that is in use.
fn cause(error: &Error, net: &Net, typed: &[String]) -> Vec<String> {
    if error.errno() != Some(Errno::ADDRINUSE.0) {
        return Vec::new();
    }
    let Some(port) = error.address().and_then(Address::port) else {
        return Vec::new();
    };
    let open = net.open_sockets();
    let kinds = if open.iter().any(|(socket, _)| socket.kind() == SOCK_DGRAM) {
        vec![false, true]
    } else {
        vec![false]
    };
    let mut held: Vec<String> = Vec::new();
    for datagrams in kinds {
        held.extend(sockets::holders(port, datagrams, &open, net, typed));
    }
    if held.is_empty() {
        held.extend(sockets::holders(port, true, &[], net, typed));
    }
    held.into_iter()
        .map(|holder| format!("  port {port} is held by {holder}"))
        .collect()
}
