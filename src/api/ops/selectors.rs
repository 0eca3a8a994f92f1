//! Module `selectors`: Python's layer over `select`, which keeps a script's data with each file object.

use std::rc::Rc;
use std::time::Duration;

use crate::api::argument::{Any, FileLike, FromArg, Given, Mismatch, Seconds, whole};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, METHOD, Op, Owner, Param, Python, need, with};
use crate::api::record::{READY, SELECTOR_KEY};
use crate::api::selector::{Selector, Way};
use crate::api::value::{Record, Type};
use crate::api::{Cx, Value};
use crate::error::{Error, Result};
use crate::net::Epoll;

use super::select::FD_DOC;

const SELECTORS: Owner = Owner::Module("selectors");
const SELECTOR: Owner = Owner::Type(Type::Selector);
const FILEOBJ: Param = need("fileobj", FD_DOC);
const EVENTS: Param = need("events", "EVENT_READ, EVENT_WRITE or both");
const DATA: Param = with("data", Default::None, "anything: the key has it");

pub(super) const OPS: &[Op] = &[
    Op {
        name: "DefaultSelector",
        on: SELECTORS,
        returns: "selector",
        doc: "The best selector of this system: EpollSelector on Linux, PollSelector elsewhere. Raises OSError (EMFILE).",
        run: &typed(default_selector),
        ..FUNCTION
    },
    Op {
        name: "SelectSelector",
        on: SELECTORS,
        returns: "selector",
        doc: "A selector that waits as select.select does. Never fails.",
        run: &typed(select_selector),
        ..FUNCTION
    },
    Op {
        name: "PollSelector",
        on: SELECTORS,
        returns: "selector",
        doc: "A selector that waits as select.poll does. Never fails.",
        run: &typed(poll_selector),
        ..FUNCTION
    },
    Op {
        name: "EpollSelector",
        on: SELECTORS,
        returns: "selector",
        doc: "A selector that waits as select.epoll does. Raises OSError (EMFILE).",
        platform: "Linux",
        run: &typed(epoll_selector),
        ..FUNCTION
    },
    Op {
        name: "SelectorKey",
        on: SELECTORS,
        params: &[
            need("fileobj", "the file object, as it was registered"),
            need("fd", "int: its descriptor"),
            need("events", "int: EVENT_READ, EVENT_WRITE or both"),
            need("data", "what the script keeps with it"),
        ],
        returns: "key",
        doc: "A key as selectors give it: a tuple whose places have names. Never fails.",
        run: &typed(selector_key),
        ..FUNCTION
    },
    Op {
        name: "register",
        on: SELECTOR,
        params: &[FILEOBJ, EVENTS, DATA],
        returns: "key",
        doc: "Add a file object. Raises ValueError for other events and for what is no open file, KeyError for one that is \
              registered already, OSError.",
        python: Python::Named("selectors.BaseSelector.register"),
        run: &typed(register),
        ..METHOD
    },
    Op {
        name: "unregister",
        on: SELECTOR,
        params: &[FILEOBJ],
        returns: "key",
        doc: "Take a file object out, also one that is closed by now. Raises KeyError for one that is not registered, ValueError.",
        python: Python::Named("selectors.BaseSelector.unregister"),
        run: &typed(unregister),
        ..METHOD
    },
    Op {
        name: "modify",
        on: SELECTOR,
        params: &[FILEOBJ, EVENTS, DATA],
        returns: "key",
        doc: "Change what a file object is waited for, and what is kept with it. Raises KeyError for one that is not \
              registered, ValueError, OSError.",
        python: Python::Named("selectors.BaseSelector.modify"),
        run: &typed(modify),
        ..METHOD
    },
    Op {
        name: "select",
        on: SELECTOR,
        params: &[with(
            "timeout",
            Default::None,
            "float or None: seconds to wait at most; 0 or less only looks",
        )],
        returns: "list of (key, events)",
        doc: "Wait until any file object is ready: which are, and what for. Nothing when the time is over. Raises OSError.",
        python: Python::Named("selectors.BaseSelector.select"),
        run: &typed(select),
        ..METHOD
    },
    Op {
        name: "get_key",
        on: SELECTOR,
        params: &[FILEOBJ],
        returns: "key",
        doc: "The key of a file object. Raises KeyError for one that is not registered, RuntimeError once the selector is closed.",
        python: Python::Named("selectors.BaseSelector.get_key"),
        run: &typed(get_key),
        ..METHOD
    },
    Op {
        name: "get_map",
        on: SELECTOR,
        returns: "list of keys or None",
        doc: "Every key, by descriptor; None once the selector is closed. Python has a mapping here; its values are this list. \
              Never fails.",
        python: Python::Named("selectors.BaseSelector.get_map"),
        run: &typed(get_map),
        ..METHOD
    },
    Op {
        name: "fileno",
        on: SELECTOR,
        returns: "int",
        doc: "The descriptor an EpollSelector waits on. Raises AttributeError for the others, ValueError once it is closed.",
        python: Python::Named("selectors.EpollSelector.fileno"),
        platform: "Linux",
        run: &typed(fileno),
        ..METHOD
    },
    Op {
        name: "close",
        on: SELECTOR,
        doc: "Let go of all file objects, which stay open; a closed selector is left alone. Raises OSError.",
        python: Python::Named("selectors.BaseSelector.close"),
        run: &typed(close),
        ..METHOD
    },
];

fn default_selector(cx: &Cx<'_>) -> Result<Rc<Selector>> {
    if cfg!(linux) {
        epoll_selector(cx)
    } else {
        poll_selector(cx)
    }
}

fn select_selector(_: &Cx<'_>) -> Result<Rc<Selector>> {
    Ok(Selector::new(Way::Select))
}

fn poll_selector(_: &Cx<'_>) -> Result<Rc<Selector>> {
    Ok(Selector::new(Way::Poll))
}

fn epoll_selector(cx: &Cx<'_>) -> Result<Rc<Selector>> {
    Ok(Selector::new(Way::Epoll(Epoll::open(cx.net)?)))
}

fn selector_key(cx: &Cx<'_>, fileobj: Given, fd: i64, events: i64, data: Given) -> Result<Value> {
    let held = |given: &Given| cx.host.hold(given.0).map(Value::Held);
    Ok(Value::Record(Box::new(Record {
        kind: &SELECTOR_KEY,
        items: vec![held(&fileobj)?, Value::Int(fd), Value::Int(events), held(&data)?],
    })))
}

fn register(
    cx: &Cx<'_>,
    selector: Rc<Selector>,
    fileobj: FileLike,
    events: i64,
    data: Option<Given>,
) -> Result<Value> {
    let data = data.map(|data| cx.host.hold(data.0)).transpose()?;
    selector.register(cx.net, cx.host.hold(fileobj.0)?, events, data)
}

fn unregister(cx: &Cx<'_>, selector: Rc<Selector>, fileobj: FileLike) -> Result<Value> {
    selector.unregister(cx.net, &*cx.host.hold(fileobj.0)?)
}

fn modify(
    cx: &Cx<'_>,
    selector: Rc<Selector>,
    fileobj: FileLike,
    events: i64,
    data: Option<Given>,
) -> Result<Value> {
    let data = data.map(|data| cx.host.hold(data.0)).transpose()?;
    selector.modify(cx.net, &*cx.host.hold(fileobj.0)?, events, data)
}

fn select(cx: &Cx<'_>, selector: Rc<Selector>, timeout: Any) -> Result<Value> {
    let timeout = match timeout.0 {
        Value::None => None,
        Value::Float(number) if number <= 0.0 => Some(Duration::ZERO),
        value if whole(&value).is_some_and(|number| number <= 0) => Some(Duration::ZERO),
        value => {
            let given = value.kind();
            let Seconds(duration) = Seconds::from_arg(value).map_err(|mismatch| match mismatch {
                Mismatch::Error(error) => error,
                Mismatch::Kind | Mismatch::Range(_) => Error::type_error(format!(
                    "selector.select() argument 'timeout' must be None or float, not {given}"
                )),
            })?;
            Some(duration)
        }
    };
    let ready = selector.select(cx.net, timeout)?;
    let pair = |(key, events): (Value, i64)| {
        Value::Record(Box::new(Record {
            kind: &READY,
            items: vec![key, Value::Int(events)],
        }))
    };
    Ok(Value::List(ready.into_iter().map(pair).collect()))
}

fn get_key(cx: &Cx<'_>, selector: Rc<Selector>, fileobj: FileLike) -> Result<Value> {
    selector.key(cx.net, &*cx.host.hold(fileobj.0)?)
}

fn get_map(_: &Cx<'_>, selector: Rc<Selector>) -> Result<Option<Vec<Value>>> {
    Ok(selector.all())
}

fn fileno(_: &Cx<'_>, selector: Rc<Selector>) -> Result<i32> {
    selector.fileno()
}

fn close(_: &Cx<'_>, selector: Rc<Selector>) -> Result<()> {
    selector.close()
}
