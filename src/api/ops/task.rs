//! Tasks.

use std::rc::Rc;

use crate::api::argument::{Function, Rest, Seconds};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, METHOD, Op, Owner, need, with};
use crate::api::value::Type;
use crate::api::{Cx, Form, Value};
use crate::error::{Error, Result};
use crate::sched::{Task, deadline_after};

const TASK: Owner = Owner::Module("task");
const VALUE: Owner = Owner::Type(Type::Task);

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
