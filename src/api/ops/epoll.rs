//! Epoll objects: sets of descriptors the kernel keeps.

use std::rc::Rc;

use crate::api::argument::{Any, FileLike, whole};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, METHOD, Op, Owner, PROPERTY, Python, need, with};
use crate::api::value::Type;
use crate::api::{Cx, Value};
use crate::error::{Class, Error, Result};
use crate::net::Epoll;
use crate::sys::epoll::{CLOEXEC, Change, IN, OUT, PRI};

use super::select::{FD_DOC, SELECT, fd_of, seconds, shown};

const EPOLL: Owner = Owner::Type(Type::Epoll);
/// Most descriptors an epoll object tells of at once, unless a script says otherwise: as CPython's.
const MOST_EVENTS: i64 = 1023;
const ANY_EPOLL: i64 = (IN | PRI | OUT) as i64;

pub(super) const OPS: &[Op] = &[
    Op {
        name: "epoll",
        on: SELECT,
        params: &[
            with(
                "sizehint",
                Default::Int(-1),
                "how many descriptors to expect; it is not needed",
            ),
            with(
                "flags",
                Default::Int(0),
                "0 or EPOLL_CLOEXEC; the object is never inherited",
            ),
        ],
        returns: "epoll",
        doc: "An epoll object: a set of descriptors the kernel keeps. Raises OSError, ValueError, NotImplementedError where \
              the system has none. See epoll(7).",
        platform: "Linux",
        run: &typed(epoll),
        ..FUNCTION
    },
    Op {
        name: "epoll_fromfd",
        on: SELECT,
        params: &[need(
            "fd",
            "the descriptor of an epoll object: it is this one's from now on",
        )],
        returns: "epoll",
        doc: "An epoll object on a descriptor that is there already. Raises OSError where the policy refuses.",
        python: Python::Named("select.epoll.fromfd"),
        platform: "Linux",
        run: &typed(epoll_fromfd),
        ..FUNCTION
    },
    Op {
        name: "register",
        on: EPOLL,
        params: &[
            need("fd", FD_DOC),
            with("eventmask", Default::Int(ANY_EPOLL), "EPOLL* bits"),
        ],
        doc: "Add a descriptor. Raises OSError (EEXIST, EBADF; EPERM for a file on disk), TypeError, ValueError.",
        platform: "Linux",
        run: &typed(epoll_register),
        ..METHOD
    },
    Op {
        name: "modify",
        on: EPOLL,
        params: &[need("fd", FD_DOC), need("eventmask", "EPOLL* bits")],
        doc: "Change what a descriptor is waited for. Raises OSError (ENOENT, EBADF).",
        platform: "Linux",
        run: &typed(epoll_modify),
        ..METHOD
    },
    Op {
        name: "unregister",
        on: EPOLL,
        params: &[need("fd", FD_DOC)],
        doc: "Take a descriptor out. Raises OSError (ENOENT, EBADF).",
        platform: "Linux",
        run: &typed(epoll_unregister),
        ..METHOD
    },
    Op {
        name: "poll",
        on: EPOLL,
        params: &[
            with(
                "timeout",
                Default::None,
                "float or None: seconds to wait at most; for ever when negative",
            ),
            with(
                "maxevents",
                Default::Int(-1),
                "most descriptors to tell of at once; -1 is 1023",
            ),
        ],
        returns: "list of (fd, event)",
        doc: "Wait until any descriptor is ready: which are, and what for. Nothing when the time is over. A descriptor that \
              is closed leaves the set without a word, as the kernel has it. Raises ValueError, OSError.",
        platform: "Linux",
        run: &typed(epoll_poll),
        ..METHOD
    },
    Op {
        name: "fromfd",
        on: EPOLL,
        params: &[need(
            "fd",
            "the descriptor of an epoll object: it is the new one's from now on",
        )],
        returns: "epoll",
        doc: "As select.epoll_fromfd. Raises OSError where the policy refuses.",
        platform: "Linux",
        run: &typed(fromfd),
        ..METHOD
    },
    Op {
        name: "fileno",
        on: EPOLL,
        returns: "int",
        doc: "The set's own descriptor. Raises ValueError when it is closed.",
        platform: "Linux",
        run: &typed(fileno),
        ..METHOD
    },
    Op {
        name: "close",
        on: EPOLL,
        doc: "Close the set; a closed one is left alone. A task that waits on it gets EBADF. Raises OSError.",
        platform: "Linux",
        run: &typed(close),
        ..METHOD
    },
    Op {
        name: "closed",
        on: EPOLL,
        returns: "bool",
        doc: "Whether the set was closed.",
        platform: "Linux",
        run: &typed(closed),
        ..PROPERTY
    },
];

fn epoll(cx: &Cx<'_>, sizehint: i32, flags: i32) -> Result<Rc<Epoll>> {
    if sizehint != -1 && sizehint <= 0 {
        return Err(Error::value("negative sizehint"));
    }
    if flags & !CLOEXEC != 0 {
        return Err(Error::new(Class::OSError, "invalid flags"));
    }
    Epoll::open(cx.net)
}

fn epoll_fromfd(cx: &Cx<'_>, fd: i32) -> Result<Rc<Epoll>> {
    Epoll::from_fd(cx.net, fd)
}

fn fromfd(cx: &Cx<'_>, _: Rc<Epoll>, fd: i32) -> Result<Rc<Epoll>> {
    Epoll::from_fd(cx.net, fd)
}

/// The bits an epoll object takes: a number without a sign, which may be written as a signed one.
fn epoll_mask(eventmask: i64) -> Result<u32> {
    u32::try_from(eventmask)
        .or_else(|_| i32::try_from(eventmask).map(i32::cast_unsigned))
        .map_err(|_| Error::overflow(format!("eventmask {eventmask} is out of range")))
}

fn epoll_register(cx: &Cx<'_>, set: Rc<Epoll>, fd: FileLike, eventmask: i64) -> Result<()> {
    set.fileno()?;
    set.change(Change::Add, fd_of(cx, &fd, "register")?, epoll_mask(eventmask)?)
}

fn epoll_modify(cx: &Cx<'_>, set: Rc<Epoll>, fd: FileLike, eventmask: i64) -> Result<()> {
    set.fileno()?;
    set.change(Change::Modify, fd_of(cx, &fd, "modify")?, epoll_mask(eventmask)?)
}

fn epoll_unregister(cx: &Cx<'_>, set: Rc<Epoll>, fd: FileLike) -> Result<()> {
    set.fileno()?;
    set.change(Change::Remove, fd_of(cx, &fd, "unregister")?, 0)
}

fn epoll_poll(_: &Cx<'_>, set: Rc<Epoll>, timeout: Any, maxevents: i64) -> Result<Value> {
    set.fileno()?;
    let timeout = match timeout.0 {
        Value::None => None,
        Value::Float(number) if number < 0.0 => None,
        value if whole(&value).is_some_and(|number| number < 0) => None,
        value => Some(seconds(value, "timeout must be an integer or None")?),
    };
    let most = match maxevents {
        -1 => MOST_EVENTS,
        1.. => maxevents,
        _ => {
            return Err(Error::value(format!(
                "maxevents must be greater than 0, got {maxevents}"
            )));
        }
    };
    let ready = set.poll(timeout, usize::try_from(most).unwrap_or(usize::MAX))?;
    Ok(Value::List(
        ready.into_iter().map(|(fd, events)| shown(fd, events)).collect(),
    ))
}

fn fileno(_: &Cx<'_>, set: Rc<Epoll>) -> Result<i32> {
    set.fileno()
}

fn close(_: &Cx<'_>, set: Rc<Epoll>) -> Result<()> {
    set.close()
}

fn closed(_: &Cx<'_>, set: Rc<Epoll>) -> Result<bool> {
    Ok(set.is_closed())
}
