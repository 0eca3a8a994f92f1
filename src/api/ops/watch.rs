//! Watching a program from inside: warnings and audit hooks.

use std::rc::Rc;

use crate::api::argument::{Function, Text};
use crate::api::handler::typed;
use crate::api::op::{FUNCTION, Op, Owner, Python, need};
use crate::api::{Callback, Cx, Value, address};
use crate::error::{Error, Result};
use crate::net::{Fact, Hook, WarningAction};

const SYS: Owner = Owner::Module("sys");

pub(super) const OPS: &[Op] = &[
    Op {
        name: "addaudithook",
        on: SYS,
        params: &[need(
            "hook",
            "a function f(event, args): the event's name, as 'socket.connect', and the list of its arguments",
        )],
        doc: "Be told of everything that is about to be done: the function may refuse it by raising, and the caller of the \
              operation gets that error. Hooks stay, and are asked in the order in which they were added. What a hook \
              does itself raises no events. Lua's own libraries are told of as well: `open`, `import`, `os.system`, `os.remove`, \
              `os.rename`, `subprocess.Popen`, `tempfile.mkstemp`, `ctypes.dlopen`. Raises what an older hook raises.",
        event: Some("sys.addaudithook"),
        run: &typed(addaudithook),
        ..FUNCTION
    },
    Op {
        name: "warnings",
        on: SYS,
        params: &[need(
            "action",
            "'default': tell once a place, on stderr; 'ignore'; 'error': raise",
        )],
        doc: "Choose what is done with warnings: ResourceWarning for a socket nobody can reach and nobody closed, \
              RuntimeWarning for control data that was cut. The \
              place is where the script was when it was noticed. An error where nobody called is told and not raised. \
              Raises ValueError for another action.",
        python: Python::Named("warnings.simplefilter"),
        run: &typed(warnings),
        ..FUNCTION
    },
];

/// A script's function that is told of events.
struct Listener(Rc<dyn Callback>);

impl Hook for Listener {
    fn heard(&self, event: &'static str, facts: &[Fact]) -> Result<()> {
        let facts = facts.iter().map(show_fact).collect();
        self.0.call(vec![Value::text(event), Value::Several(facts)])
    }
}

/// An argument of an audit event, as scripts see it.
pub(crate) fn show_fact(fact: &Fact) -> Value {
    match fact {
        Fact::None => Value::None,
        Fact::Int(number) => Value::Int(*number),
        Fact::Text(text) => Value::text(text.clone()),
        Fact::Bytes(bytes) => Value::bytes(bytes.clone()),
        Fact::Socket(socket) => Value::Socket(socket.clone()),
        Fact::Address(address) => address::show(address),
        Fact::Endpoint(endpoint) => address::show_endpoint(endpoint),
        Fact::List(facts) => Value::List(facts.iter().map(show_fact).collect()),
    }
}

fn addaudithook(cx: &Cx<'_>, hook: Function) -> Result<()> {
    cx.net.add_hook(Rc::new(Listener(cx.host.keep(hook.0)?)))
}

fn warnings(cx: &Cx<'_>, action: Text) -> Result<()> {
    cx.net.set_warnings(match &*action.0 {
        b"default" => WarningAction::Default,
        b"ignore" => WarningAction::Ignore,
        b"error" => WarningAction::Error,
        other => {
            return Err(Error::value(format!(
                "sys.warnings() takes 'default', 'ignore' or 'error', not {}",
                crate::text::str_repr(&String::from_utf8_lossy(other))
            )));
        }
    });
    Ok(())
}
