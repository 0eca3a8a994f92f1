//! What `socketserver`, which is written in the scripts' languages, needs of us: the module `_socketserver`.

use std::rc::Rc;

use crate::api::argument::{Any, Function, Seconds, Truth, whole};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, Op, Owner, Python, need, with};
use crate::api::{Callback, Cx, Value};
use crate::error::{Error, Result};
use crate::net::{Net, Socket};
use crate::policy::Request;
use crate::sched::{Task, deadline_after};
use crate::sys::{fork as process, stdio};

const HERE: Op = Op {
    on: Owner::Module("_socketserver"),
    python: Python::Nothing,
    ..FUNCTION
};

pub(super) const OPS: &[Op] = &[
    Op {
        name: "wait_readable",
        params: &[
            need("sock", "a socket"),
            need("timeout", "seconds to wait at most; None is for ever"),
        ],
        returns: "bool",
        doc: "Wait until there is something to accept or to receive: False when the time has passed first. The socket's own \
              timeout does not count. Raises OSError, ValueError for a negative number.",
        run: &typed(wait_readable),
        ..HERE
    },
    Op {
        name: "set_daemon",
        params: &[need("thread", "a task")],
        doc: "Let the program end without waiting for a task, as Python's daemon threads: it is ended then. Never fails.",
        run: &typed(set_daemon),
        ..HERE
    },
    Op {
        name: "fork",
        params: &[need("f", "function to run in the child, without arguments")],
        returns: "int",
        doc: "Fork, and run a function in the child, which ends with it: with status 0, or 1 when it raises. In the child no \
              other task exists, and everything else is a copy; what is printed there is printed. The parent gets the \
              child's process id. Raises RuntimeError where other threads run in this process, OSError. See fork(2).",
        event: Some("os.fork"),
        run: &typed(fork),
        ..HERE
    },
    Op {
        name: "reap",
        params: &[
            need("pids", "list of the children's process ids"),
            with(
                "wait",
                Default::Bool(false),
                "whether to wait until one has ended",
            ),
        ],
        returns: "list of int",
        doc: "Which of these children have ended: each is told once. What was not forked here counts as ended. Raises \
              OSError, TypeError for what is no list of numbers. See waitpid(2).",
        run: &typed(reap),
        ..HERE
    },
];

fn wait_readable(_: &Cx<'_>, socket: Rc<Socket>, timeout: Option<Seconds>) -> Result<bool> {
    match timeout {
        None => socket.await_input(None),
        Some(Seconds(duration)) => socket.await_input(deadline_after(duration)),
    }
}

fn set_daemon(cx: &Cx<'_>, thread: Rc<Task>) -> Result<()> {
    cx.net.sched().make_daemon(&thread);
    Ok(())
}

fn fork(cx: &Cx<'_>, function: Function) -> Result<i32> {
    let body = cx.host.keep(function.0)?;
    cx.net
        .guard(&Request::Fork)
        .map_err(|error| error.during("fork"))?;
    match cx.net.fork()? {
        Some(child) => Ok(child),
        None => run_child(
            &*body,
            End {
                status: 1,
                net: cx.net.clone(),
            },
        ),
    }
}

/// Ends the child, however its function ends: the code that called fork must not go on twice.
struct End {
    status: u8,
    net: Rc<Net>,
}

impl Drop for End {
    fn drop(&mut self) {
        let _ = stdio::flush();
        self.net.before_exit();
        process::exit_now(self.status);
    }
}

fn run_child(body: &dyn Callback, mut end: End) -> ! {
    if body.call(Vec::new()).is_ok() {
        end.status = 0;
    }
    drop(end);
    process::exit_now(1)
}

fn reap(cx: &Cx<'_>, pids: Any, wait: Truth) -> Result<Vec<i64>> {
    let Value::List(items) = &pids.0 else {
        return Err(Error::type_error("reap() needs a list of process ids"));
    };
    let numbers: Option<Vec<i32>> = items
        .iter()
        .map(|item| whole(item).and_then(|number| i32::try_from(number).ok()))
        .collect();
    // 0 and less stand for whole groups of processes.
    let children = numbers
        .filter(|numbers| numbers.iter().all(|number| *number > 0))
        .ok_or_else(|| Error::type_error("reap() needs a list of process ids"))?;
    let ended = cx.net.sched().reap(&children, wait.0)?;
    Ok(ended.into_iter().map(i64::from).collect())
}
