//! Tasks.

use std::rc::Rc;

use crate::api::argument::{Function, Given, Rest, Seconds};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, METHOD, Op, Owner, need, with};
use crate::api::value::Type;
use crate::api::{Channel, Cx, Form, Held, Value};
use crate::error::{Error, Result};
use crate::sched::{Task, deadline_after};

use super::channel::{CHANNEL, CLOSE, CLOSED, QSIZE, RECV, SEND, TIMEOUT, bound, end_of};

const TASK: Owner = Owner::Module("task");
const VALUE: Owner = Owner::Type(Type::Task);
const VALUES: Owner = Owner::Type(Type::Channel);

pub(super) const OPS: &[Op] = &[
    Op {
        name: "spawn",
        on: TASK,
        params: &[
            need("f", "function to run"),
            with("...", Default::Rest, "its arguments"),
        ],
        returns: "Task",
        doc: "Start a function as a task: it runs when the caller waits, and its waits let others run. A failure nobody \
              joins is reported on stderr. Raises MemoryError, TypeError for what is no function.",
        run: &typed(spawn),
        ..FUNCTION
    },
    Op {
        name: "sleep",
        on: TASK,
        params: &[need("seconds", "how long")],
        doc: "Let the other tasks run for this long. Raises ValueError for a negative number.",
        run: &typed(sleep),
        ..FUNCTION
    },
    Op {
        name: "current",
        on: TASK,
        returns: "Task or None",
        doc: "The task that runs. Never fails.",
        run: &typed(current),
        ..FUNCTION
    },
    Op {
        name: "timeout",
        on: TASK,
        params: &[
            need("seconds", "how long it may take"),
            need("f", "function to run"),
            with("...", Default::Rest, "its arguments"),
        ],
        returns: "what the function returned",
        doc: "Run a function that must return in time. When the time has passed, each wait in it fails, also those of tasks it \
              started and of the resolver; a calculation is ended a moment later. Raises TimeoutError; what the function \
              raises.",
        run: &typed(timeout),
        ..FUNCTION
    },
    Op {
        name: "group",
        on: TASK,
        params: &[
            need("f", "function to run"),
            with("...", Default::Rest, "its arguments"),
        ],
        returns: "what the function returned",
        doc: "Run a function and return when it and every task started in it have ended. The first of them that fails \
              cancels the others. Raises what the first raised.",
        run: &typed(group),
        ..FUNCTION
    },
    Op {
        on: TASK,
        returns: "channel",
        doc: "A channel: values of any kind, from tasks that send to tasks that receive. Raises ValueError for a negative \
              number; RuntimeError where there are no tasks.",
        run: &typed(channel),
        ..CHANNEL
    },
    Op {
        on: VALUES,
        params: &[need("value", "what to send: it arrives as it is")],
        doc: "Send a value; wait for room where the channel is full. Raises task.ShutDown on a closed channel, also one \
              that is closed meanwhile: the value is not sent then.",
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
    Op {
        name: "join",
        on: VALUE,
        params: &[TIMEOUT],
        returns: "what the function returned",
        doc: "Wait for the task's end; return its results or raise its error. One that ended itself by `sys.exit` returns nothing. \
              Raises timeout.",
        run: &typed(join),
        ..METHOD
    },
    Op {
        name: "cancel",
        on: VALUE,
        doc: "Make the task's current or next wait fail once, with CancelledError. A task that has ended is left alone. Never fails.",
        run: &typed(cancel),
        ..METHOD
    },
    Op {
        name: "done",
        on: VALUE,
        returns: "bool",
        doc: "Whether the task has ended. Never fails.",
        run: &typed(done),
        ..METHOD
    },
    Op {
        name: "name",
        on: VALUE,
        form: Form::Property,
        returns: "str",
        doc: "The task's name.",
        run: &typed(name),
        ..METHOD
    },
];

fn spawn(cx: &Cx<'_>, function: Function, arguments: Rest) -> Result<Rc<Task>> {
    cx.host.start(function.0, arguments.0, String::new())
}

fn timeout(cx: &Cx<'_>, length: Seconds, function: Function, arguments: Rest) -> Result<Value> {
    cx.net.sched().check_nesting()?;
    let task = cx.host.start(function.0, arguments.0, "timeout".to_owned())?;
    cx.net.sched().run_limited(&task, length.0)?;
    Ok(Value::Outcome(task))
}

fn group(cx: &Cx<'_>, function: Function, arguments: Rest) -> Result<Value> {
    cx.net.sched().check_nesting()?;
    let task = cx.host.start(function.0, arguments.0, "group".to_owned())?;
    let last = cx.net.sched().run_group(&task)?;
    Ok(Value::Outcome(last))
}

fn sleep(cx: &Cx<'_>, duration: Seconds) -> Result<()> {
    cx.net.sched().sleep_until(deadline_after(duration.0))
}

fn current(cx: &Cx<'_>) -> Result<Option<Rc<Task>>> {
    Ok(cx.net.sched().current())
}

fn join(cx: &Cx<'_>, task: Rc<Task>, timeout: Option<Seconds>) -> Result<Value> {
    if cx.net.sched().join(&task, end_of(timeout))? {
        Ok(Value::Outcome(task))
    } else {
        Err(Error::timed_out().during("join"))
    }
}

fn channel(cx: &Cx<'_>, capacity: i64) -> Result<Rc<Channel>> {
    // Nobody could be at its other end.
    cx.net.sched().check_home()?;
    Ok(Rc::new(Channel::new(bound(capacity, "task.channel")?)))
}

fn send(cx: &Cx<'_>, channel: Rc<Channel>, value: Given) -> Result<()> {
    cx.net.sched().send(&channel, cx.host.hold(value.0)?)
}

fn recv(cx: &Cx<'_>, channel: Rc<Channel>, timeout: Option<Seconds>) -> Result<Rc<dyn Held>> {
    let received = cx.net.sched().receive(&channel, end_of(timeout))?;
    received.ok_or_else(|| Error::timed_out().during("recv"))
}

fn close(cx: &Cx<'_>, channel: Rc<Channel>) -> Result<()> {
    cx.net.sched().close(&channel);
    Ok(())
}

fn closed(_: &Cx<'_>, channel: Rc<Channel>) -> Result<bool> {
    Ok(channel.is_closed())
}

fn qsize(_: &Cx<'_>, channel: Rc<Channel>) -> Result<usize> {
    Ok(channel.len())
}

fn cancel(cx: &Cx<'_>, task: Rc<Task>) -> Result<()> {
    cx.net.sched().cancel(&task);
    Ok(())
}

fn done(_: &Cx<'_>, task: Rc<Task>) -> Result<bool> {
    Ok(task.is_done())
}

fn name(_: &Cx<'_>, task: Rc<Task>) -> Result<String> {
    Ok(task.name())
}
