//! The modules scripts see: operations joined with constants.

use crate::constants::{self, Constant};
use crate::error::{Class, Error, nearest, nearest_within};
use crate::sys::{control, epoll, errno, poll};
use crate::wire::packet::{READY, Ready};

use super::op::{Form, Op, Owner};
use super::selector;
use super::value::{Type, Value};

/// A module: operations of the table, and names that are values.
pub(crate) struct Module {
    pub(crate) name: &'static str,
    #[cfg_attr(
        not(feature = "cli"),
        allow(dead_code, reason = "without the command nobody reads it")
    )]
    pub(crate) doc: &'static str,
    values: Values,
}

/// Where a module's values come from.
enum Values {
    None,
    Socket,
    Errors,
    Errno,
    Fcntl,
    Sys,
    Select,
    Selectors,
    Task,
    Struct,
    Json,
    Packet,
    #[cfg(feature = "tls")]
    Ssl,
}

/// Every module, in documentation order.
pub(crate) static MODULES: &[Module] = &[
    Module {
        name: "socket",
        doc: "The BSD socket API, as Python's `socket` module has it.",
        values: Values::Socket,
    },
    Module {
        name: "task",
        doc: "Tasks: code that runs beside other code on one thread.",
        values: Values::Task,
    },
    Module {
        name: "worker",
        doc: "Workers: threads with a machine of their own, and channels between them.",
        values: Values::None,
    },
    Module {
        name: "test",
        doc: "Declaring tests; called, it is the global function `test`.",
        values: Values::None,
    },
    Module {
        name: "expect",
        doc: "What a test says must be so.",
        values: Values::None,
    },
    Module {
        name: "select",
        doc: "Waiting for any of many descriptors: select, poll, epoll.",
        values: Values::Select,
    },
    Module {
        name: "selectors",
        doc: "A layer over select that keeps a script's data with each file object.",
        values: Values::Selectors,
    },
    Module {
        name: "_socketserver",
        doc: "What `socketserver` is made of; for its use alone.",
        values: Values::None,
    },
    Module {
        name: "errors",
        doc: "Python's exception classes, to compare with and to raise.",
        values: Values::Errors,
    },
    Module {
        name: "errno",
        doc: "The system's error numbers by name.",
        values: Values::Errno,
    },
    Module {
        name: "fcntl",
        doc: "Control of descriptors, and the commands and requests it knows.",
        values: Values::Fcntl,
    },
    Module {
        name: "sys",
        doc: "The running program: its arguments, its end.",
        values: Values::Sys,
    },
    Module {
        name: "time",
        doc: "Clocks and sleeping.",
        values: Values::None,
    },
    Module {
        name: "struct",
        doc: "Values as packed bytes and back, in Python's format language.",
        values: Values::Struct,
    },
    Module {
        name: "bytes",
        doc: "What Python's bytes objects can do: digits, dumps, searching, padding, text encodings. In Rhai `bytes(\"…\")` is a \
              byte literal: one byte a character (Latin-1), ValueError above U+00FF; what takes bytes writes a text as UTF-8.",
        values: Values::None,
    },
    Module {
        name: "json",
        doc: "JSON text and back.",
        values: Values::Json,
    },
    Module {
        name: "packet",
        doc: "Packets by declaration: one list of fields packs, dissects, shows, and makes cases to test with.",
        values: Values::Packet,
    },
    Module {
        name: "tube",
        doc: "Conversations with a peer, as tests lead them: every wait ends, nothing that came is lost.",
        values: Values::None,
    },
    #[cfg(feature = "tls")]
    Module {
        name: "ssl",
        doc: "TLS: sockets whose bytes nobody else reads or changes, and peers that prove who they are.",
        values: Values::Ssl,
    },
];

/// Names of `socket` for error classes.
const SOCKET_CLASSES: [(&str, Class); 4] = [
    ("error", Class::OSError),
    ("timeout", Class::TimeoutError),
    ("gaierror", Class::gaierror),
    ("herror", Class::herror),
];

impl Module {
    /// The module's operation of this name.
    pub(crate) fn op(&self, name: &str) -> Option<&'static Op> {
        super::ops().find(|op| op.on == Owner::Module(self.name) && op.name == name)
    }

    /// The module's operations.
    pub(crate) fn ops(&self) -> impl Iterator<Item = &'static Op> {
        super::ops().filter(|op| op.on == Owner::Module(self.name))
    }

    /// The value of this name.
    pub(crate) fn value(&self, name: &str) -> Option<Value> {
        match self.values {
            Values::None => None,
            Values::Socket => SOCKET_CLASSES
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, class)| Value::Class(*class))
                .or_else(|| constants::by_name(name).map(constant)),
            Values::Errors => Class::ALL
                .iter()
                .copied()
                .find(|class| class.name() == name)
                .or_else(|| matches!(name, "IOError" | "EnvironmentError").then_some(Class::OSError))
                .map(Value::Class),
            Values::Errno => match name {
                "errorcode" => Some(error_codes()),
                _ => errno::NAMES
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, number)| Value::Int((*number).into())),
            },
            Values::Fcntl => fcntl_values()
                .find(|(known, _)| *known == name)
                .map(|(_, number)| Value::Int(number)),
            Values::Sys => match name {
                "platform" => Some(Value::text(std::env::consts::OS)),
                "version" => Some(Value::text(env!("CARGO_PKG_VERSION"))),
                _ => None,
            },
            Values::Select if name == "error" => Some(Value::Class(Class::OSError)),
            Values::Select => select_values()
                .find(|(known, _)| *known == name)
                .map(|(_, number)| Value::Int(number)),
            Values::Selectors => SELECTOR_EVENTS
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, number)| Value::Int(*number)),
            Values::Task => (name == "ShutDown").then_some(Value::Class(Class::ShutDown)),
            Values::Struct => (name == "error").then_some(Value::Class(Class::StructError)),
            #[cfg(feature = "tls")]
            Values::Ssl => super::tls::value(name),
            Values::Json => match name {
                "null" => Some(Value::Null),
                "JSONDecodeError" => Some(Value::Class(Class::JSONDecodeError)),
                _ => None,
            },
            Values::Packet if name == "Error" => Some(Value::Class(Class::PacketError)),
            Values::Packet => Ready::by_name(name).map(Value::Schema),
        }
    }

    /// The names of the module's values.
    pub(crate) fn value_names(&self) -> Vec<&'static str> {
        match self.values {
            Values::None => Vec::new(),
            Values::Socket => SOCKET_CLASSES
                .iter()
                .map(|(name, _)| *name)
                .chain(constants::all().map(|constant| constant.name))
                .collect(),
            Values::Errors => Class::ALL
                .iter()
                .map(|class| class.name())
                .chain(["IOError", "EnvironmentError"])
                .collect(),
            Values::Errno => errno::NAMES
                .iter()
                .map(|(name, _)| *name)
                .chain(["errorcode"])
                .collect(),
            Values::Fcntl => fcntl_values().map(|(name, _)| name).collect(),
            Values::Sys => vec!["platform", "version"],
            Values::Select => select_values().map(|(name, _)| name).chain(["error"]).collect(),
            Values::Selectors => SELECTOR_EVENTS.iter().map(|(name, _)| *name).collect(),
            Values::Task => vec!["ShutDown"],
            Values::Struct => vec!["error"],
            #[cfg(feature = "tls")]
            Values::Ssl => super::tls::value_names(),
            Values::Json => vec!["null", "JSONDecodeError"],
            Values::Packet => READY.iter().map(|ready| ready.name).chain(["Error"]).collect(),
        }
    }
}

/// What to tell a script that calls a name nothing has. `between` is what the language writes between a module and a name.
pub(crate) fn hint(name: &str, between: &str) -> Option<String> {
    let owner = super::ops().find_map(|op| match op.on {
        Owner::Type(owner) if op.form == Form::Method && op.name == name => Some(owner),
        _ => None,
    });
    let of_module = || {
        MODULES
            .iter()
            .any(|module| module.ops().any(|op| op.name == name))
    };
    match owner {
        Some(owner) if !of_module() => Some(format!("'{name}' is a method of {} objects", owner.name())),
        _ => meant(name).map(|path| format!("Did you mean: '{}'?", path.replace('.', between))),
    }
}

/// Whether there is a module of this name.
pub(crate) fn is_module(name: &str) -> bool {
    MODULES.iter().any(|module| module.name == name)
}

/// What to tell of a method that bytes do not have.
#[cfg(feature = "rhai")]
pub(crate) fn hint_of_bytes(name: &str) -> String {
    const BYTES: &str = "bytes";
    let mut modules = MODULES.iter().filter(|module| module.name == BYTES);
    if modules.any(|module| module.op(name).is_some()) {
        return format!("Write {BYTES}::{name}(data, …)");
    }
    format!(
        "Bytes are no text: {BYTES}::decode(data) makes one of them; what is done with bytes is in module {BYTES}"
    )
}

/// `AttributeError` for an object of this type: with the attribute that was probably meant, or the function of a socket's
/// module. `between` is what the language writes between a module and a name.
pub(crate) fn no_attribute(kind: &str, name: &str, owner: Option<Type>, between: &str) -> Error {
    const SOCKET: &str = "socket";
    let error = Error::no_attribute(kind, name);
    let Some(owner) = owner else { return error };
    let own = super::ops().filter(|op| owner.has(op.on)).map(|op| op.name);
    if let Some(own) = nearest(name, own) {
        return error.suggesting(Some(own));
    }
    // What is close to a socket is the module of sockets.
    let functions = super::ops().filter(|op| op.on == Owner::Module(SOCKET) && op.form == Form::Function);
    let functions = functions.filter(|_| owner.has(Owner::Type(Type::Socket)));
    let slips = (name.len() / 4).min(2);
    let meant = nearest_within(name, slips, functions.map(|op| op.name));
    error.suggesting(meant.map(|found| format!("{SOCKET}{between}{found}")).as_deref())
}

/// What to tell a script that asks a module for something as it asks an object: how the name is written, where a module has it.
#[cfg(feature = "rhai")]
pub(crate) fn hint_of_module(name: &str) -> String {
    let has = |module: &&Module| module.op(name).is_some() || module.value(name).is_some();
    match MODULES.iter().find(has) {
        Some(module) => format!("Write {}::{name}, with two colons and not a dot", module.name),
        None => "What a module has is written with two colons, as in socket::socket(), and not with a dot"
            .to_owned(),
    }
}

/// The name of a module, or of something in one, that a script probably meant by a name nothing has.
fn meant(name: &str) -> Option<String> {
    /// Names no longer than this are close to too many others.
    const SHORT: usize = 3;
    if name.len() <= SHORT || MODULES.iter().any(|module| module.name == name) {
        return None;
    }
    let mut names: Vec<String> = MODULES.iter().map(|module| module.name.to_owned()).collect();
    for module in MODULES {
        let known = module.ops().map(|op| op.name).chain(module.value_names());
        names.extend(known.map(|known| format!("{}.{known}", module.name)));
    }
    let last = |path: &'_ String| path.rsplit('.').next().unwrap_or_default().to_owned();
    let lasts: Vec<String> = names.iter().map(last).collect();
    // Any short name is three slips from some other.
    let slips = (name.len() / 3).min(3);
    let near = nearest_within(name, slips, lasts.iter().map(String::as_str))?;
    let place = lasts.iter().position(|known| known == near)?;
    (near != name).then(|| names[place].clone())
}

/// What a selector waits for.
const SELECTOR_EVENTS: [(&str, i64); 2] = [("EVENT_READ", selector::READ), ("EVENT_WRITE", selector::WRITE)];

/// The names of `select`.
fn select_values() -> impl Iterator<Item = (&'static str, i64)> {
    let poll = poll::event::NAMES.iter();
    let poll = poll.map(|(name, bits)| (*name, i64::from(*bits)));
    poll.chain([("PIPE_BUF", poll::PIPE_BUF)])
        .chain(epoll::EVENTS.iter().copied().filter(|_| cfg!(linux)))
        .chain(cfg!(linux).then_some(("EPOLL_CLOEXEC", i64::from(epoll::CLOEXEC))))
}

/// The names of `fcntl`: commands, their bits, requests.
fn fcntl_values() -> impl Iterator<Item = (&'static str, i64)> {
    let rows = control::COMMANDS.iter().chain(control::REQUESTS);
    rows.map(|(name, number, _)| (*name, i64::from(*number)))
        .chain(control::BITS.iter().copied())
}

fn constant(constant: &'static Constant) -> Value {
    match constant.value {
        constants::Value::Int(number) => Value::Int(number),
        constants::Value::Bool(flag) => Value::Bool(flag),
        constants::Value::Str(text) => Value::text(text),
        constants::Value::Absent => Value::Absent(constant),
    }
}

/// `errno.errorcode`: names by number, 1 upwards; numbers without a name hold `None`.
fn error_codes() -> Value {
    let most = errno::NAMES.iter().map(|(_, number)| *number).max().unwrap_or(0);
    Value::List(
        (1..=most)
            .map(|number| errno::Errno(number).name().map_or(Value::None, Value::text))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::hint;
    use crate::api::{Type, closer};

    #[test]
    fn what_ends_an_object_is_its_close() {
        for kind in Type::ALL {
            let closer = closer(kind);
            assert!(
                closer.is_none_or(|op| op.name == "close" && kind.has(op.on)),
                "{kind:?}"
            );
        }
        let ends = |kind| closer(kind).is_some();
        assert!(ends(Type::Socket) && ends(Type::TlsSocket) && ends(Type::File) && !ends(Type::Error));
    }

    #[test]
    fn unknown_names_get_a_hint() {
        let told = |name, between| hint(name, between).unwrap_or_default();
        assert_eq!(told("recv", "."), "'recv' is a method of socket objects");
        assert_eq!(told("gethostnam", "::"), "Did you mean: 'socket::gethostname'?");
        // A name that modules have, also where a method is called the same, and one that is close to none.
        assert_eq!(told("close", "."), "");
        assert_eq!(told("gethostname", "."), "");
        assert_eq!(told("entirely_something_else", "."), "");
        // Nothing of ours is meant by a name of the language's own.
        assert_eq!(told("print", "::"), "");
    }
}
