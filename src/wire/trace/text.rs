//! A record in a line, for people: at the prompt, in a test's report, in a terminal.

use std::fmt::Write as _;

use crate::constants;
use crate::sys::flag::{IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, SOL_SOCKET};
use crate::text::bytes_repr;

use super::{Kind, Record};

/// Bytes of a message that are shown.
const FEW: usize = 48;

/// Time, task and place, then what happened: `   0.001204  task 1  echo.lua:12  fd 5 > b'hello'`.
pub(crate) fn line(record: &Record<'_>) -> String {
    let seconds = record.ns / 1_000_000_000;
    let micros = record.ns / 1_000 % 1_000_000;
    let mut out = format!("{seconds:4}.{micros:06}  ");
    if let Some(process) = record.process {
        let _ = write!(out, "process {process}  ");
    }
    if let Some(worker) = &record.worker {
        let _ = write!(out, "{worker}  ");
    }
    if let Some(task) = record.task {
        let _ = write!(out, "task {task}  ");
    }
    if let Some(at) = &record.at {
        let _ = write!(out, "{at}  ");
    }
    out.push_str(&describe(record));
    out
}

/// What happened.
pub(crate) fn describe(record: &Record<'_>) -> String {
    let mut out = match record.fd {
        Some(fd) => format!("fd {fd} "),
        None => String::new(),
    };
    let text = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().unwrap_or("?").to_owned();
    // Writing to a String does not fail.
    let _ = match record.event {
        Kind::Task => write!(out, "named {}", text(&record.name)),
        Kind::Open => write!(out, "opened: {} {}", text(&record.family), text(&record.type_)),
        Kind::Pair => write!(out, "is paired with socket {}", record.other.unwrap_or(0)),
        Kind::Bind => write!(out, "bind {}", shown(record.local.as_ref())),
        Kind::Listen => write!(out, "listen"),
        Kind::Connect => write!(out, "connect {}", shown(record.peer.as_ref())),
        Kind::Accept => write!(out, "accept {}", shown(record.peer.as_ref())),
        Kind::Ends => match &record.peer {
            Some(peer) => write!(out, "is {} to {peer}", shown(record.local.as_ref())),
            None => write!(out, "is {}", shown(record.local.as_ref())),
        },
        Kind::Sent => write!(out, "> {}", amount(record)),
        Kind::Received => write!(out, "< {}", amount(record)),
        Kind::Option => {
            let (level, option) = names(record.level.unwrap_or(0), record.option.unwrap_or(0));
            write!(out, "setsockopt({level}, {option}, {})", text(&record.value))
        }
        Kind::Shutdown => write!(out, "shutdown {}", text(&record.how)),
        Kind::Close => write!(out, "closed"),
        Kind::Done => write!(out, "{}", text(&record.op)),
        Kind::Error => {
            let op = record.op.as_ref().map_or(String::new(), |op| format!(" in {op}"));
            write!(out, "failed{op}: {}", text(&record.message))
        }
        Kind::Refused => write!(out, "refused: {}", text(&record.message)),
    };
    if let Some(to) = &record.to {
        let _ = write!(out, " to {to}");
    }
    if let Some(from) = &record.from {
        let _ = write!(out, " from {from}");
    }
    if record.peeked {
        out.push_str(" (peeked)");
    }
    if record.plaintext {
        out.push_str(" (inside TLS)");
    }
    out
}

fn shown(name: Option<&super::Name>) -> String {
    name.map_or_else(|| "None".to_owned(), ToString::to_string)
}

fn amount(record: &Record<'_>) -> String {
    let Ok(data) = record.data() else {
        return "?".to_owned();
    };
    let shown = bytes_repr(&data[..data.len().min(FEW)]);
    if data.len() > FEW {
        format!("{shown}… ({} bytes)", grouped(data.len()))
    } else {
        shown
    }
}

/// A number with its thousands apart.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Levels whose options have names that begin alike.
const LEVELS: &[(i32, &str, &str)] = &[
    (SOL_SOCKET, "SOL_SOCKET", "SO_"),
    (IPPROTO_IP, "IPPROTO_IP", "IP_"),
    (IPPROTO_IPV6, "IPPROTO_IPV6", "IPV6_"),
    (IPPROTO_TCP, "IPPROTO_TCP", "TCP_"),
];

/// An option's level and name as scripts write them; numbers where they have no name.
fn names(level: i32, option: i32) -> (String, String) {
    let Some((_, level_name, prefix)) = LEVELS.iter().find(|(number, ..)| *number == level) else {
        return (level.to_string(), option.to_string());
    };
    let name = constants::all().find(|constant| {
        constant.name.starts_with(prefix) && constant.value == constants::Value::Int(option.into())
    });
    let name = name.map_or_else(|| option.to_string(), |constant| constant.name.to_owned());
    ((*level_name).to_owned(), name)
}
