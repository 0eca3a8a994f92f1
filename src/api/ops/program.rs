//! The running program: `sys`, `time`, and what every script has at hand.

use std::sync::OnceLock;
use std::time::Instant;

use crate::api::argument::{Rest, Shown, Sleep};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, Op, Owner, need, with};
use crate::api::{Cx, Form, Named, Value, construct, repr};
use crate::error::{Class, Error, Result};
use crate::net::Stream;
use crate::sched::{deadline_after, simulated, since_epoch};
use crate::sys::stdio;

const SYS: Owner = Owner::Module("sys");
const TIME: Owner = Owner::Module("time");
const GLOBAL: Owner = Owner::Module("");

pub(super) const OPS: &[Op] = &[
    Op {
        name: "repr",
        on: GLOBAL,
        params: &[need("value", "anything")],
        returns: "str",
        doc: "The value as Python's repr prints it: bytes as b'…', None, True, tuples. A table that is no list prints as a dict, its \
              keys in order, and what is within itself as [...] or {...}. Raises MemoryError.",
        run: &typed(repr_of),
        ..FUNCTION
    },
    Op {
        name: "help",
        on: GLOBAL,
        params: &[with(
            "subject",
            Default::Rest,
            "a module, a function, any object, or a name as str: 'socket.recv', 'AF_INET'; nothing for an overview",
        )],
        doc: "Print what is known of something: how it is called, what it takes and returns, what it raises, an \
              example. Raises TypeError for more than one subject, OSError when standard output cannot be written.",
        run: &typed(help),
        ..FUNCTION
    },
    Op {
        name: "argv",
        on: SYS,
        form: Form::Property,
        returns: "list",
        doc: "The script's name, then its arguments.",
        run: &typed(argv),
        ..FUNCTION
    },
    Op {
        name: "exit",
        on: SYS,
        params: &[with(
            "status",
            Default::None,
            "a number; None is 0; a text is printed on stderr, and the status is 1",
        )],
        returns: "never",
        doc: "End the program: the status is the program's, other tasks end with it. In a task it \
              ends that task only, unless that is the function of a `task.timeout` or `task.group`, whose caller it ends. Raises SystemExit, which is how it ends.",
        run: &typed(exit),
        ..FUNCTION
    },
    Op {
        name: "time",
        on: TIME,
        returns: "float",
        doc: "Seconds since 1970-01-01 UTC. Never fails.",
        run: &typed(time),
        ..FUNCTION
    },
    Op {
        name: "monotonic",
        on: TIME,
        returns: "float",
        doc: "Seconds on a clock that is never set back. Never fails.",
        run: &typed(monotonic),
        ..FUNCTION
    },
    Op {
        name: "sleep",
        on: TIME,
        params: &[need("seconds", "how long")],
        doc: "As task.sleep: the other tasks run meanwhile. Raises ValueError for a negative number.",
        run: &typed(sleep),
        ..FUNCTION
    },
];

fn repr_of(cx: &Cx<'_>, value: Shown) -> Result<String> {
    // A module is a table or an object to the language, and a function of ours any function.
    let is_plain = match &value.0 {
        Value::Function(_) | Value::Opaque(_) | Value::Map(_) => false,
        Value::List(items) => !items.is_empty(),
        _ => true,
    };
    let named = if is_plain {
        None
    } else {
        cx.host.name(cx.environment.first_place).shown()
    };
    Ok(named.unwrap_or_else(|| repr(&value.0)))
}

fn help(cx: &Cx<'_>, subject: Rest) -> Result<()> {
    let named = match subject.0.count {
        0 => Named::Nothing,
        1 => cx.host.name(subject.0.first),
        given => {
            return Err(Error::type_error(format!(
                "help() takes at most 1 argument ({given} given)"
            )));
        }
    };
    let Some(help) = cx.environment.help else {
        return Ok(());
    };
    let text = help(&named);
    if let Some(outlet) = cx.net.outlet(Stream::Output) {
        outlet(text.as_bytes());
        return Ok(());
    }
    stdio::write(text.as_bytes()).map_err(|errno| Error::os(errno.0))?;
    Ok(())
}

fn argv(cx: &Cx<'_>) -> Result<Value> {
    Ok(Value::List(
        cx.environment
            .argv
            .iter()
            .map(|argument| match std::str::from_utf8(argument) {
                Ok(text) => Value::text(text.to_owned()),
                Err(_) => Value::bytes(argument.clone()),
            })
            .collect(),
    ))
}

fn exit(_: &Cx<'_>, status: Shown) -> Result<()> {
    Err(match status.0 {
        Value::None => construct(Class::SystemExit, &[])?,
        status => construct(Class::SystemExit, &[status])?,
    })
}

fn time(cx: &Cx<'_>) -> Result<f64> {
    look_at_clock(cx);
    Ok(since_epoch().as_secs_f64())
}

fn monotonic(cx: &Cx<'_>) -> Result<f64> {
    // One beginning for all threads: workers compare what they saw.
    static START: OnceLock<Instant> = OnceLock::new();
    look_at_clock(cx);
    let elapsed = simulated().unwrap_or_else(|| START.get_or_init(Instant::now).elapsed());
    // An hour in hand, so that differences with small numbers stay positive.
    Ok(elapsed.as_secs_f64() + 3600.0)
}

/// In a simulation a look takes its time, as any operation does: a script may wait by looking.
fn look_at_clock(cx: &Cx<'_>) {
    if let Some(world) = cx.net.world() {
        world.simulation().step();
    }
}

fn sleep(cx: &Cx<'_>, duration: Sleep) -> Result<()> {
    cx.net.sched().sleep_until(deadline_after(duration.0))
}
