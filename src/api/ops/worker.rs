//! Workers: threads with a machine of their own, and the channels between them.

use std::rc::Rc;

use crate::api::argument::Seconds;
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, METHOD, Op, Owner, PROPERTY, Python, need, with};
use crate::api::parcel::{self, Portable, Portables, Source};
use crate::api::value::Type;
use crate::api::{Cx, Order, Value};
use crate::error::{Class, Error, Result};
use crate::worker::{Link, Worker};

use super::channel::{CHANNEL, CLOSE, CLOSED, QSIZE, RECV, SEND, TIMEOUT, bound, end_of};

const WORKER: Owner = Owner::Module("worker");
const VALUE: Owner = Owner::Type(Type::Worker);
const VALUES: Owner = Owner::Type(Type::Link);

pub(super) const OPS: &[Op] = &[
    Op {
        name: "spawn",
        on: WORKER,
        params: &[
            need(
                "script",
                "a function (Lua), a path ending in .lua or .rhai, or source text",
            ),
            with("...", Default::Values, "its arguments, of what a channel carries"),
        ],
        returns: "Worker",
        doc: "Start a thread with a machine of its own that runs the script; it gets the arguments (`...` in Lua, `args` in \
              Rhai), and when it returns a function, that is called with them. Sockets among the arguments move. A function \
              must use no local of its surroundings but modules. A failure nobody joins is reported on stderr. Raises TypeError for what \
              cannot go to another thread, PermissionError, FileNotFoundError, RuntimeError when there is no thread.",
        python: Python::Named("threading.Thread"),
        run: &typed(spawn),
        ..FUNCTION
    },
    Op {
        on: WORKER,
        returns: "WorkerChannel",
        doc: "A channel between threads. It carries nil, booleans, numbers, strings, blobs, tables and arrays of these, \
              sockets, which move, and such channels. Raises ValueError for a negative number.",
        python: Python::Named("multiprocessing.Queue"),
        run: &typed(channel),
        ..CHANNEL
    },
    Op {
        name: "join",
        on: VALUE,
        params: &[TIMEOUT],
        returns: "what the worker returned",
        doc: "Wait for the worker's end; return its results or raise its error. Raises timeout, CancelledError after a stop.",
        python: Python::Nothing,
        run: &typed(join),
        ..METHOD
    },
    Op {
        name: "stop",
        on: VALUE,
        doc: "End the worker, whatever it does, and wait until it has ended. Raises CancelledError when the caller is cancelled.",
        run: &typed(stop),
        ..METHOD
    },
    Op {
        name: "done",
        on: VALUE,
        returns: "bool",
        doc: "Whether the worker has ended. Never fails.",
        run: &typed(done),
        ..METHOD
    },
    Op {
        name: "name",
        on: VALUE,
        returns: "str",
        doc: "The worker's name.",
        run: &typed(name),
        ..PROPERTY
    },
    Op {
        on: VALUES,
        params: &[need("value", "what is to be sent; sockets in it move")],
        doc: "Send a value; wait for room where the channel is full. Raises TypeError for what cannot go to another thread, \
              task.ShutDown on a closed channel, ValueError, MemoryError.",
        run: &typed(send),
        ..SEND
    },
    Op {
        on: VALUES,
        run: &typed(recv),
        ..RECV
    },
    Op {
        on: VALUES,
        run: &typed(close),
        ..CLOSE
    },
    Op {
        on: VALUES,
        run: &typed(closed),
        ..CLOSED
    },
    Op {
        on: VALUES,
        run: &typed(qsize),
        ..QSIZE
    },
];

fn spawn(cx: &Cx<'_>, source: Source, arguments: Portables) -> Result<Rc<Worker>> {
    let workers = cx
        .environment
        .workers
        .as_ref()
        .ok_or_else(|| Error::runtime("worker.spawn: there is no runtime here that could start one"))?;
    let order = match source {
        Source::Function(place) => Order::Code(cx.host.portable(place)?),
        Source::Text(text) => match path_in(&text) {
            Some(path) => Order::File(path.into()),
            None => Order::Text(text),
        },
    };
    let draft = parcel::pack(&arguments.0, cx.environment.first_place, |place| {
        format!("argument {place} of the worker")
    })?;
    workers
        .start(cx.net, order, draft)
        .map_err(|error| error.during("spawn"))
}

/// The path a text is: one line that ends as the name of a script.
fn path_in(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    let is_path = (text.ends_with(".lua") || text.ends_with(".rhai")) && !text.contains('\n');
    is_path.then(|| text.to_owned())
}

fn channel(cx: &Cx<'_>, capacity: i64) -> Result<Link> {
    cx.net.sched().check_home()?;
    Ok(Link::new(bound(capacity, "worker.channel")?))
}

fn join(_: &Cx<'_>, worker: Rc<Worker>, timeout: Option<Seconds>) -> Result<Value> {
    if !worker.join(end_of(timeout))? {
        return Err(Error::timed_out().during("join"));
    }
    let mut results = worker.results().map(parcel::unpack).unwrap_or_default();
    Ok(match results.len() {
        0 => Value::None,
        1 => results.remove(0),
        _ => Value::Several(results),
    })
}

fn stop(_: &Cx<'_>, worker: Rc<Worker>) -> Result<()> {
    worker.stop()
}

fn done(_: &Cx<'_>, worker: Rc<Worker>) -> Result<bool> {
    Ok(worker.is_done())
}

fn name(_: &Cx<'_>, worker: Rc<Worker>) -> Result<String> {
    Ok(worker.name().to_owned())
}

fn send(cx: &Cx<'_>, channel: Link, value: Portable) -> Result<()> {
    let draft = parcel::pack(&[value.0], cx.environment.first_place, |_| "the value".to_owned())?;
    channel.send(cx.net, draft)
}

fn recv(cx: &Cx<'_>, channel: Link, timeout: Option<Seconds>) -> Result<Value> {
    let received = parcel::receive(cx.net, &channel, end_of(timeout));
    received.map_err(|error| {
        if error.class() == Class::ShutDown {
            error
        } else {
            error.during("recv")
        }
    })
}

fn close(_: &Cx<'_>, channel: Link) -> Result<()> {
    channel.close();
    Ok(())
}

fn closed(_: &Cx<'_>, channel: Link) -> Result<bool> {
    Ok(channel.is_closed())
}

fn qsize(_: &Cx<'_>, channel: Link) -> Result<usize> {
    Ok(channel.len())
}
