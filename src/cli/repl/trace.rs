//! `:trace on`: what happens on the sockets, as it happens.

use std::sync::Arc;

use crate::net::{Event, Observer};
use crate::sys::stdio;
use crate::text::bytes_repr;

use super::color::{Tint, painted};

/// Bytes of a message that are shown.
const FEW: usize = 48;

/// Prints each event on a line.
pub(super) struct Printer {
    colored: bool,
}

impl Printer {
    pub(super) fn new(colored: bool) -> Arc<Self> {
        Arc::new(Self { colored })
    }
}

impl Observer for Printer {
    fn observe(&self, event: &Event<'_>) {
        if let Some(text) = describe(event) {
            let line = painted(self.colored, Tint::Faint, &format!("· {text}"));
            // A terminal that is gone shows nothing.
            let _ = stdio::write(format!("{line}\n").as_bytes());
            let _ = stdio::flush();
        }
    }
}

/// An event in a line. A request is told only where it is refused: what came of it follows otherwise.
fn describe(event: &Event<'_>) -> Option<String> {
    Some(match event {
        Event::Asked { allowed: true, .. } => return None,
        Event::Asked { request, .. } => format!("refused: {request}"),
        Event::Opened { fd, family, kind, .. } => {
            use crate::constants::{Group, name_of};
            let name = |group, number: i32| {
                name_of(group, number.into()).map_or_else(|| number.to_string(), str::to_owned)
            };
            format!(
                "fd {fd} opened: {} {}",
                name(Group::AddressFamily, *family),
                name(Group::SocketKind, *kind)
            )
        }
        Event::Named { fd, op, address } => format!("fd {fd} {op} {address}"),
        Event::Received { fd, data, from } => {
            let from = from.map_or(String::new(), |from| format!(" from {from}"));
            format!("fd {fd} < {}{from}", amount(data))
        }
        Event::Sent { fd, data, to } => {
            let to = to.map_or(String::new(), |to| format!(" to {to}"));
            format!("fd {fd} > {}{to}", amount(data))
        }
        Event::Done { fd, op } => format!("fd {fd} {op}"),
        Event::Failed { fd, error } => {
            let op = error.op().map_or(String::new(), |op| format!(" in {op}"));
            format!("fd {fd} failed{op}: {}", error.headline())
        }
        Event::Closed { fd } => format!("fd {fd} closed"),
    })
}

fn amount(data: &[u8]) -> String {
    let shown = bytes_repr(&data[..data.len().min(FEW)]);
    if data.len() > FEW {
        format!("{shown}… ({} bytes)", super::show::grouped(data.len()))
    } else {
        shown
    }
}
