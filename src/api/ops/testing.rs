//! Declaring tests, and what a test's `t` can do.

use std::rc::Rc;

use crate::api::argument::{Function, Given, Text, Values};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, METHOD, Op, Owner, Param, Python, need, with};
use crate::api::testing::{Hook, Options, Trial, inline};
use crate::api::value::Type;
use crate::api::{Callback, Cx, Form, Held, Value, repr};
use crate::error::{Class, Error, Result};
use crate::net::free_port;
use crate::policy::Request;

const GLOBAL: Owner = Owner::Module("");
const MODULE: Owner = Owner::Module("test");
const TRIAL: Owner = Owner::Type(Type::Trial);

const NAME: Param = need("name", "what it is called in reports");
const OPTIONS: Param = with(
    "options",
    Default::Skipped(0),
    "a map: tags (a list), skip (true or the reason), xfail (that it is known to fail: true or the reason), only, timeout (seconds), retries (how often it is tried again), \
     leaks (whether it may leave sockets, tasks and processes behind), policy (a map, or TOML)",
);
const BODY: Param = need("f", "what it does: a function of t");
const SKIPPED: &[Param] = &[
    with(
        "name",
        Default::Text(""),
        "a test that is not run; inside a test, the reason",
    ),
    OPTIONS,
    with("f", Default::None, "what it would do"),
];
const HOOK: Param = need("f", "function to call");

pub(super) const OPS: &[Op] = &[
    Op {
        name: "test",
        on: GLOBAL,
        python: Python::Nothing,
        params: &[NAME, OPTIONS, BODY],
        doc: "Declare a test: a function that is handed `t` and fails by raising. `wirescript test` runs it when the whole \
              file is declared, on a task of its own; any other script runs it where it stands. Raises RuntimeError \
              inside a test, TypeError for an option nobody knows.",
        run: &typed(test),
        ..FUNCTION
    },
    Op {
        name: "describe",
        on: GLOBAL,
        python: Python::Nothing,
        params: &[NAME, OPTIONS, need("f", "declares the group's tests and hooks")],
        doc: "Declare a group of tests, whose options and hooks hold for all that is in it. Raises RuntimeError inside a \
              test; what the function raises.",
        run: &typed(describe),
        ..FUNCTION
    },
    Op {
        name: "before_each",
        on: GLOBAL,
        python: Python::Nothing,
        params: &[HOOK],
        doc: "Have a function called with `t` before each test of the group or script, the outermost group's first. Raises \
              RuntimeError inside a test.",
        run: &typed(before_each),
        ..FUNCTION
    },
    Op {
        name: "after_each",
        on: GLOBAL,
        python: Python::Nothing,
        params: &[HOOK],
        doc: "Have a function called with `t` after each test of the group or script, also one that failed; the innermost \
              group's first. Raises RuntimeError inside a test.",
        run: &typed(after_each),
        ..FUNCTION
    },
    Op {
        name: "before_all",
        on: GLOBAL,
        python: Python::Nothing,
        params: &[HOOK],
        doc: "Have a function called once before the first test of the group or script that is run, with a `t` of the group's: its \
              fields are those of each test's `t` as well, `t.skip(reason)` skips all tests of the group. Raises RuntimeError \
              inside a test.",
        run: &typed(before_all),
        ..FUNCTION
    },
    Op {
        name: "after_all",
        on: GLOBAL,
        python: Python::Nothing,
        params: &[HOOK],
        doc: "Have a function called once after the last test of the group or script that was run, with the group's `t`. In a \
              script that runs its own tests, outside of groups, that is when its main chunk has ended. Raises RuntimeError \
              inside a test, and at a prompt outside of groups.",
        run: &typed(after_all),
        ..FUNCTION
    },
    Op {
        name: "skip",
        on: GLOBAL,
        python: Python::Nothing,
        params: SKIPPED,
        doc: "Declare a test that is not run; inside a test, end it as one that could not be run. Raises AssertionError \
              there, which is how it ends; TypeError for an option nobody knows.",
        run: &typed(skip),
        ..FUNCTION
    },
    Op {
        name: "only",
        on: GLOBAL,
        python: Python::Nothing,
        params: &[NAME, OPTIONS, BODY],
        doc: "Declare a test that is run while the script's others are not: for working at one. Raises as test.",
        run: &typed(only),
        ..FUNCTION
    },
    Op {
        name: "skip",
        on: MODULE,
        python: Python::Nothing,
        params: SKIPPED,
        doc: "The same as the global skip. Raises as skip.",
        run: &typed(skip),
        ..FUNCTION
    },
    Op {
        name: "only",
        on: MODULE,
        python: Python::Nothing,
        params: &[NAME, OPTIONS, BODY],
        doc: "The same as the global only. Raises as test.",
        run: &typed(only),
        ..FUNCTION
    },
    Op {
        name: "each",
        on: MODULE,
        python: Python::Nothing,
        params: &[
            need("rows", "a list: what each test is about, of any kind"),
            NAME,
            OPTIONS,
            need("f", "what each does: a function of t and the row"),
        ],
        doc: "Declare a test for each row of a table. Raises TypeError unless the rows are a list; as test.",
        run: &typed(each),
        ..FUNCTION
    },
    Op {
        name: "name",
        on: TRIAL,
        form: Form::Property,
        returns: "str",
        doc: "The test's name after those of its groups.",
        run: &typed(name),
        ..METHOD
    },
    Op {
        name: "port",
        on: TRIAL,
        python: Python::Nothing,
        returns: "int",
        doc: "A port of this machine that nothing uses, for TCP and for UDP, and that is handed out once only. It is outside of \
              what the system gives to outgoing connections. Raises OSError when there is none.",
        run: &typed(port),
        ..METHOD
    },
    Op {
        name: "folder",
        on: TRIAL,
        python: Python::Nothing,
        returns: "str",
        doc: "The path of an empty folder, the same at each call, which is removed with all in it when the test is over. \
              Raises OSError, and PermissionError where the policy allows no writing there.",
        run: &typed(folder),
        ..METHOD
    },
    Op {
        name: "cleanup",
        on: TRIAL,
        python: Python::Nothing,
        params: &[HOOK],
        doc: "Have a function called when the test is over, however it ends; the last one first: what the test handed over \
              before the hooks after each test, what the hooks before it did after those. Never fails.",
        run: &typed(cleanup),
        ..METHOD
    },
    Op {
        name: "skip",
        on: TRIAL,
        python: Python::Nothing,
        params: &[with("reason", Default::Text(""), "why it cannot be run")],
        returns: "never",
        doc: "End the test as one that could not be run; in `before_all`, have no test of the group run. Raises AssertionError, which is how it ends.",
        run: &typed(skip_trial),
        ..METHOD
    },
    Op {
        name: "log",
        on: TRIAL,
        python: Python::Nothing,
        params: &[with(
            "...",
            Default::Values,
            "what is noted side by side: anything, text as it is",
        )],
        doc: "Note a line that reports show when the test fails. Never fails.",
        run: &typed(log),
        ..METHOD
    },
];

fn test(cx: &Cx<'_>, name: Text, options: Options, body: Function) -> Result<()> {
    declare(
        cx,
        name.utf8("a test's name")?.as_str(),
        options,
        cx.host.keep(body.0)?,
        None,
    )
}

fn only(cx: &Cx<'_>, name: Text, mut options: Options, body: Function) -> Result<()> {
    options.only = true;
    test(cx, name, options, body)
}

fn skip(cx: &Cx<'_>, name: Text, mut options: Options, body: Option<Function>) -> Result<()> {
    let name = name.utf8("a test's name")?;
    if let Some(trial) = cx.environment.suite().running() {
        return Err(skipped(&trial, name));
    }
    let body = body.ok_or_else(|| {
        Error::type_error("skip() takes a name and a function; inside a test, the reason alone")
    })?;
    options.skip.get_or_insert_default();
    declare(cx, &name, options, cx.host.keep(body.0)?, None)
}

fn each(cx: &Cx<'_>, rows: Given, name: Text, options: Options, body: Function) -> Result<()> {
    let name = name.utf8("a test's name")?;
    let rows = cx
        .host
        .hold_items(rows.0)?
        .ok_or_else(|| Error::type_error("test.each() argument 'rows' must be list"))?;
    let body = cx.host.keep(body.0)?;
    for (place, row) in rows.into_iter().enumerate() {
        let shown = match row.value() {
            Value::Opaque(_) => String::new(),
            value => format!(": {}", inline(&value)),
        };
        let name = format!("{name} [{}{shown}]", place + 1);
        declare(cx, &name, options.clone(), body.clone(), Some(row))?;
    }
    Ok(())
}

fn declare(
    cx: &Cx<'_>,
    name: &str,
    options: Options,
    body: Rc<dyn Callback>,
    row: Option<Rc<dyn Held>>,
) -> Result<()> {
    let task = cx.net.sched().current();
    let place = task.and_then(|task| task.payload().place());
    cx.environment.suite().declare(name, options, place, body, row)
}

fn describe(cx: &Cx<'_>, name: Text, options: Options, body: Function) -> Result<()> {
    let name = name.utf8("a group's name")?;
    let body = cx.host.keep(body.0)?;
    cx.environment.suite().describe(&name, options, &body)
}

fn before_each(cx: &Cx<'_>, function: Function) -> Result<()> {
    hook(cx, Hook::BeforeEach, "before_each", &function)
}

fn after_each(cx: &Cx<'_>, function: Function) -> Result<()> {
    hook(cx, Hook::AfterEach, "after_each", &function)
}

fn before_all(cx: &Cx<'_>, function: Function) -> Result<()> {
    hook(cx, Hook::BeforeAll, "before_all", &function)
}

fn after_all(cx: &Cx<'_>, function: Function) -> Result<()> {
    hook(cx, Hook::AfterAll, "after_all", &function)
}

fn hook(cx: &Cx<'_>, hook: Hook, name: &str, function: &Function) -> Result<()> {
    cx.environment.suite().hook(hook, name, cx.host.keep(function.0)?)
}

fn name(_: &Cx<'_>, trial: Rc<Trial>) -> Result<String> {
    Ok(trial.name().to_owned())
}

fn port(cx: &Cx<'_>, _: Rc<Trial>) -> Result<u16> {
    free_port(cx.net)
}

fn folder(cx: &Cx<'_>, trial: Rc<Trial>) -> Result<String> {
    cx.net.guard(&Request::Open {
        path: &std::env::temp_dir(),
        write: true,
    })?;
    Ok(trial.folder()?.to_string_lossy().into_owned())
}

fn cleanup(cx: &Cx<'_>, trial: Rc<Trial>, function: Function) -> Result<()> {
    trial.add_cleanup(cx.host.keep(function.0)?);
    Ok(())
}

fn skip_trial(_: &Cx<'_>, trial: Rc<Trial>, reason: Text) -> Result<()> {
    Err(skipped(&trial, reason.utf8("the reason of a skip")?))
}

/// Ends a test as one that could not be run.
fn skipped(trial: &Trial, reason: String) -> Error {
    let text = if reason.is_empty() {
        "the test was skipped".to_owned()
    } else {
        format!("the test was skipped: {reason}")
    };
    trial.skip(reason);
    Error::new(Class::AssertionError, text)
}

fn log(_: &Cx<'_>, trial: Rc<Trial>, values: Values) -> Result<()> {
    let words: Vec<String> = values
        .0
        .iter()
        .map(|value| match value {
            Value::Text(text) => text.to_string(),
            Value::String(bytes) => match String::from_utf8(bytes.to_vec()) {
                Ok(text) if text.chars().all(|c| !c.is_control()) => text,
                _ => repr(value),
            },
            value => repr(value),
        })
        .collect();
    trial.note(words.join(" "));
    Ok(())
}
