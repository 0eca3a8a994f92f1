//! Module `select`: waiting for any of many descriptors, by select and by poll; `epoll` has the third way.

use std::collections::HashMap;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::time::Duration;

use crate::api::argument::{Any, FileLike, FromArg, Given, Mismatch, Seconds};
use crate::api::descriptor::descriptor;
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, METHOD, Op, Owner, need, with};
use crate::api::record::EVENT;
use crate::api::value::{Record, Type};
use crate::api::{Cx, Held, Value};
use crate::error::{Error, Result};
use crate::net::Poll;
use crate::sys::errno::Errno;
use crate::sys::poll::{PollEntry, event};

pub(super) const SELECT: Owner = Owner::Module("select");
const POLL: Owner = Owner::Type(Type::Poll);
const ANY_POLL: i64 = (event::READABLE | event::URGENT | event::WRITABLE) as i64;
pub(super) const FD_DOC: &str = "int, socket, file, or an object with a method fileno()";

pub(super) const OPS: &[Op] = &[
    Op {
        name: "select",
        on: SELECT,
        params: &[
            need(
                "rlist",
                "list of those to wait for until they can be read: int, socket, file, or an object with a method fileno()",
            ),
            need("wlist", "list of those to wait for until they can be written"),
            need(
                "xlist",
                "list of those to wait for until there is something urgent",
            ),
            with(
                "timeout",
                Default::None,
                "float or None: seconds to wait at most; 0 only looks",
            ),
        ],
        returns: "three lists",
        doc: "Wait until any of many can be read, written, or has something urgent; the lists hold those of the arguments \
              that are ready, as they were given, and are empty when the time is over. Numbers may be as large as they \
              are. Raises OSError (EBADF for what is not open, or is closed meanwhile), TypeError, ValueError. See select(2).",
        run: &typed(select),
        ..FUNCTION
    },
    Op {
        name: "poll",
        on: SELECT,
        returns: "poll",
        doc: "A polling object: register descriptors with it, then poll. Never fails. See poll(2).",
        run: &typed(poll),
        ..FUNCTION
    },
    Op {
        name: "register",
        on: POLL,
        params: &[
            need("fd", FD_DOC),
            with("eventmask", Default::Int(ANY_POLL), "POLL* bits"),
        ],
        doc: "Add a descriptor, or change what it is waited for. Raises TypeError, ValueError, OverflowError.",
        run: &typed(register),
        ..METHOD
    },
    Op {
        name: "modify",
        on: POLL,
        params: &[need("fd", FD_DOC), need("eventmask", "POLL* bits")],
        doc: "Change what a descriptor is waited for. Raises OSError (ENOENT) for one that is not registered.",
        run: &typed(modify),
        ..METHOD
    },
    Op {
        name: "unregister",
        on: POLL,
        params: &[need("fd", FD_DOC)],
        doc: "Take a descriptor out. Raises KeyError for one that is not registered.",
        run: &typed(unregister),
        ..METHOD
    },
    Op {
        name: "poll",
        on: POLL,
        params: &[with(
            "timeout",
            Default::None,
            "int, float or None: milliseconds to wait at most; for ever when negative",
        )],
        returns: "list of (fd, event)",
        doc: "Wait until any descriptor is ready: which are, and what for. Nothing when the time is over; POLLNVAL for what is \
              not open, or is closed meanwhile. Raises RuntimeError while another task polls, OverflowError.",
        run: &typed(poll_now),
        ..METHOD
    },
];

/// A script's list, each item with its descriptor.
fn items(cx: &Cx<'_>, list: &Given) -> Result<Vec<(Rc<dyn Held>, RawFd)>> {
    let Some(items) = cx.host.hold_items(list.0)? else {
        return Err(Error::type_error("arguments 1-3 must be sequences"));
    };
    let with_fd = |item: Rc<dyn Held>| Ok((item.clone(), descriptor(cx.net, &*item, "select")?));
    items.into_iter().map(with_fd).collect()
}

/// What each of the three lists waits for, and what tells that it has come: an error or the end lets the next call return.
const LISTS: [(i16, i16); 3] = [
    (
        event::READABLE | event::READABLE_NORMAL | event::READABLE_BAND,
        event::HANGUP | event::ERROR,
    ),
    (
        event::WRITABLE | event::WRITABLE_NORMAL | event::WRITABLE_BAND,
        event::ERROR,
    ),
    (event::URGENT, 0),
];

fn select(cx: &Cx<'_>, rlist: Given, wlist: Given, xlist: Given, timeout: Any) -> Result<Value> {
    let lists = [items(cx, &rlist)?, items(cx, &wlist)?, items(cx, &xlist)?];
    let timeout = match timeout.0 {
        Value::None => None,
        Value::Int(..0) => return Err(Error::value("timeout must be non-negative")),
        Value::Float(number) if number < 0.0 => return Err(Error::value("timeout must be non-negative")),
        value => Some(seconds(value, "timeout must be a float or None")?),
    };
    let mut entries: Vec<PollEntry> = Vec::new();
    let mut places: HashMap<RawFd, usize> = HashMap::new();
    for (list, (wanted, _)) in lists.iter().zip(LISTS) {
        for (_, fd) in list {
            let place = *places.entry(*fd).or_insert_with(|| {
                entries.push(PollEntry {
                    fd: *fd,
                    ..PollEntry::default()
                });
                entries.len() - 1
            });
            entries[place].events |= wanted;
        }
    }
    let is_ready = |entry: &PollEntry| {
        LISTS
            .iter()
            .any(|(wanted, also)| entry.events & wanted != 0 && entry.revents & (wanted | also) != 0)
    };
    let done = |entries: &[PollEntry]| {
        let told = |entry| is_ready(entry) || entry.revents & event::INVALID != 0;
        entries.iter().any(told)
    };
    cx.net
        .poll_entries(&mut entries, timeout, done)
        .map_err(|error| error.during("select"))?;
    if entries.iter().any(|entry| entry.revents & event::INVALID != 0) {
        let cause = "one of the descriptors is not open, or was closed meanwhile".to_owned();
        return Err(Error::from(Errno::BADF).during("select").because(cause));
    }
    let ready = lists.into_iter().zip(LISTS).map(|(list, (wanted, also))| {
        let ready = list
            .into_iter()
            .filter(|(_, fd)| entries[places[fd]].revents & (wanted | also) != 0);
        Value::List(ready.map(|(item, _)| Value::Held(item)).collect())
    });
    Ok(Value::Several(ready.collect()))
}

/// A time a script gives; `wrong` for what is no number.
pub(super) fn seconds(value: Value, wrong: &'static str) -> Result<Duration> {
    match Seconds::from_arg(value) {
        Ok(Seconds(duration)) => Ok(duration),
        Err(Mismatch::Error(error)) => Err(error),
        Err(Mismatch::Kind | Mismatch::Range(_)) => Err(Error::type_error(wrong)),
    }
}

fn poll(_: &Cx<'_>) -> Result<Rc<Poll>> {
    Ok(Rc::default())
}

/// The bits a polling object takes.
fn mask(eventmask: i64) -> Result<u16> {
    if eventmask < 0 {
        return Err(Error::value("value must be positive"));
    }
    u16::try_from(eventmask).map_err(|_| Error::overflow("Python int too large for C unsigned short"))
}

/// The descriptor an argument stands for.
pub(super) fn fd_of(cx: &Cx<'_>, given: &FileLike, op: &'static str) -> Result<RawFd> {
    descriptor(cx.net, &*cx.host.hold(given.0)?, op)
}

fn register(cx: &Cx<'_>, poll: Rc<Poll>, fd: FileLike, eventmask: i64) -> Result<()> {
    poll.register(fd_of(cx, &fd, "register")?, mask(eventmask)?);
    Ok(())
}

fn modify(cx: &Cx<'_>, poll: Rc<Poll>, fd: FileLike, eventmask: i64) -> Result<()> {
    poll.modify(fd_of(cx, &fd, "modify")?, mask(eventmask)?)
}

fn unregister(cx: &Cx<'_>, poll: Rc<Poll>, fd: FileLike) -> Result<()> {
    poll.unregister(fd_of(cx, &fd, "unregister")?)
}

fn poll_now(cx: &Cx<'_>, poll: Rc<Poll>, timeout: Any) -> Result<Value> {
    /// Most milliseconds that C can say.
    const LONGEST: f64 = 2_147_483_647.0;
    let milliseconds = match timeout.0 {
        Value::None => None,
        value => {
            let number =
                f64::from_arg(value).map_err(|_| Error::type_error("timeout must be an integer or None"))?;
            if number.is_nan() {
                return Err(Error::value("Invalid value NaN (not a number)"));
            }
            if number.abs() > LONGEST {
                return Err(Error::overflow("timeout is too large"));
            }
            (number >= 0.0).then_some(number)
        }
    };
    // Whole milliseconds, as poll(2) has them.
    let timeout = milliseconds.map(|number| Duration::from_secs_f64(number.ceil() / 1000.0));
    let ready = poll.poll(cx.net, timeout)?;
    Ok(Value::List(
        ready
            .into_iter()
            .map(|(fd, events)| shown(fd, events.into()))
            .collect(),
    ))
}

pub(super) fn shown(fd: RawFd, events: u32) -> Value {
    Value::Record(Box::new(Record {
        kind: &EVENT,
        items: vec![Value::Int(fd.into()), Value::Int(events.into())],
    }))
}
