//! Tasks.

use std::rc::Rc;

use crate::api::argument::{Function, Given, Rest, Seconds};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, METHOD, Op, Owner, need, with};
use crate::api::value::Type;
use crate::api::{Channel, Cx, Form, Held, Value};
use crate::error::{Error, Result};
use crate::sched::{Task, deadline_after};

const TASK: Owner = Owner::Module("task");
const VALUE: Owner = Owner::Type(Type::Task);
const CHANNEL: Owner = Owner::Type(Type::Channel);

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
        name: "channel",
        on: TASK,
        params: &[with(
            "capacity",
            Default::Int(0),
            "most values it holds; 0 is without bound",
        )],
        returns: "channel",
        doc: "A channel: values of any kind, from tasks that send to tasks that receive. Raises ValueError for a negative \
              number.",
        run: &typed(channel),
        ..FUNCTION
    },
    Op {
        name: "send",
        on: CHANNEL,
        params: &[need("value", "what to send: it arrives as it is")],
        doc: "Send a value; wait for room where the channel is full. Raises task.ShutDown on a closed channel, also one \
              that is closed meanwhile: the value is not sent then.",
        run: &typed(send),
        ..METHOD
    },
    Op {
        name: "recv",
        on: CHANNEL,
        params: &[with("timeout", Default::None, "seconds to wait at most")],
        returns: "the value",
        doc: "Take the oldest value; wait until there is one. Who waits longest is served first; who gives up takes \
              nothing. A loop over the channel receives until it is closed. Raises task.ShutDown on a channel that is closed and empty, timeout.",
        run: &typed(recv),
        ..METHOD
    },
    Op {
        name: "close",
        on: CHANNEL,
        doc: "Close the channel: nothing more can be sent, what it holds can still be received. Who waits to send, or \
              to receive what will not come, gets task.ShutDown. Never fails.",
        run: &typed(close),
        ..METHOD
    },
    Op {
        name: "closed",
        on: CHANNEL,
        form: Form::Property,
        returns: "bool",
        doc: "Whether the channel was closed.",
        run: &typed(closed),
        ..METHOD
    },
    Op {
        name: "qsize",
        on: CHANNEL,
        returns: "int",
        doc: "How many values were sent and not yet received. Never fails.",
        run: &typed(qsize),
        ..METHOD
    },
    Op {
        name: "join",
        on: VALUE,
        params: &[with("timeout", Default::None, "seconds to wait at most")],
        returns: "what the function returned",
        doc: "Wait for the task's end; return its results or raise its error. Raises timeout.",
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
    let task = cx.host.start(function.0, arguments.0, "timeout".to_owned())?;
    cx.net.sched().run_limited(&task, length.0)?;
    Ok(Value::Outcome(task))
}

fn group(cx: &Cx<'_>, function: Function, arguments: Rest) -> Result<Value> {
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
    let deadline = timeout.and_then(|Seconds(duration)| deadline_after(duration));
    if cx.net.sched().join(&task, deadline)? {
        Ok(Value::Outcome(task))
    } else {
        Err(Error::timed_out().during("join"))
    }
}

fn channel(_: &Cx<'_>, capacity: i64) -> Result<Rc<Channel>> {
    let capacity = usize::try_from(capacity)
        .map_err(|_| Error::value("task.channel() capacity must be 0, which is without bound, or more"))?;
    Ok(Rc::new(Channel::new((capacity > 0).then_some(capacity))))
}

fn send(cx: &Cx<'_>, channel: Rc<Channel>, value: Given) -> Result<()> {
    cx.net.sched().send(&channel, cx.host.hold(value.0)?)
}

fn recv(cx: &Cx<'_>, channel: Rc<Channel>, timeout: Option<Seconds>) -> Result<Rc<dyn Held>> {
    let deadline = timeout.and_then(|Seconds(duration)| deadline_after(duration));
    let received = cx.net.sched().receive(&channel, deadline)?;
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
