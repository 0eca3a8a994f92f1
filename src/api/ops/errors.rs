//! Errors as scripts see them: their fields, and the test for a class.

use std::rc::Rc;

use crate::api::address::{show, show_asked};
use crate::api::argument::Any;
use crate::api::construct::give;
use crate::api::handler::typed;
use crate::api::op::{METHOD, Op, Owner, PROPERTY, Python, need};
use crate::api::value::Type;
use crate::api::{Cx, IntoValue as _, Record, Value, record};
use crate::error::{Class, Error, Result};

const ERROR: Owner = Owner::Type(Type::Error);

const CLASS: Owner = Owner::Type(Type::Class);

/// An error's field.
const FIELD: Op = Op {
    on: ERROR,
    ..PROPERTY
};

pub(super) const OPS: &[Op] = &[
    Op {
        name: "is",
        on: ERROR,
        python: Python::Named("isinstance"),
        params: &[need(
            "class",
            "a class, as `socket.timeout` or `errors.ValueError`, or its name",
        )],
        returns: "bool",
        doc: "Whether the error is of a class or a child of it, as `except` tests it. Raises TypeError for what is no class.",
        run: &typed(is),
        ..METHOD
    },
    Op {
        name: "name",
        returns: "str",
        doc: "The class's name: `ConnectionRefusedError`.",
        run: &typed(name),
        ..FIELD
    },
    Op {
        name: "errno",
        python: Python::Named("OSError.errno"),
        returns: "int or None",
        doc: "The error's number.",
        run: &typed(errno),
        ..FIELD
    },
    Op {
        name: "code",
        returns: "str or None",
        doc: "The number's symbol: `ECONNREFUSED`. Of a SystemExit what it was made with: the status, a text, None.",
        run: &typed(code),
        ..FIELD
    },
    Op {
        name: "strerror",
        python: Python::Named("OSError.strerror"),
        returns: "str or None",
        doc: "The system's text for the number.",
        run: &typed(strerror),
        ..FIELD
    },
    Op {
        name: "message",
        returns: "str",
        doc: "Python's str(e).",
        run: &typed(message),
        ..FIELD
    },
    Op {
        name: "args",
        python: Python::Named("BaseException.args"),
        returns: "list",
        doc: "Python's e.args: prints as a tuple.",
        run: &typed(args),
        ..FIELD
    },
    Op {
        name: "filename",
        returns: "str or None",
        doc: "The file concerned, as it was given.",
        run: &typed(filename),
        ..FIELD
    },
    Op {
        name: "filename2",
        python: Python::Named("OSError.filename2"),
        returns: "str or None",
        doc: "The second file, where two are concerned: that to which one was to be renamed.",
        run: &typed(|_: &Cx<'_>, error: Rc<Error>| Ok(error.filename2().map(str::to_owned))),
        ..FIELD
    },
    Op {
        name: "op",
        returns: "str or None",
        doc: "The operation that failed: `connect`.",
        run: &typed(op),
        ..FIELD
    },
    Op {
        name: "address",
        returns: "address or None",
        doc: "The peer or local address concerned; as it was given, where its host could not be resolved.",
        run: &typed(address),
        ..FIELD
    },
    Op {
        name: "partial",
        returns: "bytes or None",
        doc: "Bytes that had been read before the failure.",
        run: &typed(partial),
        ..FIELD
    },
    Op {
        name: "sent",
        returns: "int or None",
        doc: "Number of bytes that had left before the failure.",
        run: &typed(sent),
        ..FIELD
    },
    Op {
        name: "library",
        python: Python::Named("ssl.SSLError.library"),
        returns: "str or None",
        doc: "The part of TLS that failed: `SSL`, `X509`.",
        run: &typed(|_: &Cx<'_>, error: Rc<Error>| Ok(error.library())),
        ..FIELD
    },
    Op {
        name: "reason",
        python: Python::Named("ssl.SSLError.reason"),
        returns: "str or None",
        doc: "OpenSSL's name for what failed in TLS: `CERTIFICATE_VERIFY_FAILED`.",
        run: &typed(|_: &Cx<'_>, error: Rc<Error>| Ok(error.reason())),
        ..FIELD
    },
    Op {
        name: "verify_code",
        python: Python::Named("ssl.SSLCertVerificationError.verify_code"),
        returns: "int or None",
        doc: "OpenSSL's number for what is wrong with a certificate.",
        run: &typed(|_: &Cx<'_>, error: Rc<Error>| Ok(error.verify_code())),
        ..FIELD
    },
    Op {
        name: "verify_message",
        python: Python::Named("ssl.SSLCertVerificationError.verify_message"),
        returns: "str or None",
        doc: "What is wrong with a certificate, in OpenSSL's words.",
        run: &typed(|_: &Cx<'_>, error: Rc<Error>| Ok(error.verify_message().map(str::to_owned))),
        ..FIELD
    },
    Op {
        name: "denied",
        returns: "bool",
        doc: "Whether the policy refused.",
        run: &typed(denied),
        ..FIELD
    },
    Op {
        name: "traceback",
        returns: "str",
        doc: "The script's calls when the error was raised, innermost first.",
        run: &typed(traceback),
        ..FIELD
    },
    Op {
        name: "name",
        on: CLASS,
        python: Python::Named("type.__name__"),
        returns: "str",
        doc: "The class's name: `ConnectionRefusedError`.",
        run: &typed(class_name),
        ..PROPERTY
    },
    Op {
        name: "parent",
        on: CLASS,
        python: Python::Named("type.__base__"),
        returns: "type or None",
        doc: "The class this one is a child of: Python's first base. None for BaseException.",
        run: &typed(parent),
        ..PROPERTY
    },
    Op {
        name: "is",
        on: CLASS,
        python: Python::Named("issubclass"),
        params: &[need(
            "class",
            "a class, as `socket.timeout` or `errors.ValueError`, or its name",
        )],
        returns: "bool",
        doc: "Whether this class is another one or a child of it: Python's issubclass. Raises TypeError for what is no class.",
        run: &typed(class_is),
        ..METHOD
    },
];

/// A class, or the name of one.
fn ancestor(owner: &str, class: Any) -> Result<Option<Class>> {
    Ok(match class.0 {
        Value::Class(class) => Some(class),
        Value::Text(text) => Class::by_name(&text),
        Value::String(bytes) => bytes.with(|bytes| std::str::from_utf8(bytes).ok().and_then(Class::by_name)),
        other => {
            return Err(Error::type_error(format!(
                "{owner}.is() argument 'class' must be an error class or its name, not {}",
                other.kind()
            )));
        }
    })
}

fn is(_: &Cx<'_>, error: Rc<Error>, class: Any) -> Result<bool> {
    // Its own name, which it may share with an alias of another class: `struct.error`.
    let own = error.class().python_name();
    let is_own = match &class.0 {
        Value::Text(name) => name == own,
        Value::String(name) => name.with(|name| name == own.as_bytes()),
        _ => false,
    };
    if is_own {
        return Ok(true);
    }
    Ok(ancestor("error", class)?.is_some_and(|ancestor| error.class().is_a(ancestor)))
}

fn class_is(_: &Cx<'_>, class: Class, other: Any) -> Result<bool> {
    Ok(ancestor("type", other)?.is_some_and(|ancestor| class.is_a(ancestor)))
}

fn class_name(_: &Cx<'_>, class: Class) -> Result<&'static str> {
    Ok(class.python_name())
}

fn parent(_: &Cx<'_>, class: Class) -> Result<Option<Class>> {
    Ok(class.parent())
}

fn name(_: &Cx<'_>, error: Rc<Error>) -> Result<&'static str> {
    Ok(error.class().python_name())
}

fn errno(_: &Cx<'_>, error: Rc<Error>) -> Result<Value> {
    if let Some(number) = error.errno() {
        return Ok(Value::Int(number.into()));
    }
    Ok(part_of_made(&error, 0))
}

/// A part of an OSError that a script made of anything: number, text.
fn part_of_made(error: &Error, place: usize) -> Value {
    let mut arguments = error.arguments();
    if error.class().is_a(Class::OSError) && (2..=5).contains(&arguments.len()) {
        give(arguments.swap_remove(place))
    } else {
        Value::None
    }
}

fn code(cx: &Cx<'_>, error: Rc<Error>) -> Result<Value> {
    if error.class() != Class::SystemExit {
        return Ok(error.code().map_or(Value::None, Value::text));
    }
    let mut given = error.arguments();
    Ok(match given.len() {
        0 => Value::None,
        1 => give(given.swap_remove(0)),
        _ => args(cx, error)?.into_value(),
    })
}

fn strerror(_: &Cx<'_>, error: Rc<Error>) -> Result<Value> {
    Ok(match error.strerror() {
        Some(text) => Value::text(text.into_owned()),
        None => part_of_made(&error, 1),
    })
}

fn message(_: &Cx<'_>, error: Rc<Error>) -> Result<String> {
    Ok(error.message().into_owned())
}

fn args(_: &Cx<'_>, error: Rc<Error>) -> Result<Record> {
    Ok(Record {
        kind: &record::ARGUMENTS,
        items: error.arguments().into_iter().map(give).collect(),
    })
}

fn filename(_: &Cx<'_>, error: Rc<Error>) -> Result<Option<String>> {
    Ok(error.filename().map(str::to_owned))
}

fn op(_: &Cx<'_>, error: Rc<Error>) -> Result<Option<&'static str>> {
    Ok(error.op())
}

fn address(_: &Cx<'_>, error: Rc<Error>) -> Result<Value> {
    Ok(match (error.address(), error.asked()) {
        (Some(address), _) => show(address),
        (None, Some(asked)) => show_asked(asked),
        (None, None) => Value::None,
    })
}

fn partial(_: &Cx<'_>, error: Rc<Error>) -> Result<Option<Vec<u8>>> {
    Ok(error.partial().map(<[u8]>::to_vec))
}

fn sent(_: &Cx<'_>, error: Rc<Error>) -> Result<Option<i64>> {
    Ok(error.sent().and_then(|sent| i64::try_from(sent).ok()))
}

fn denied(_: &Cx<'_>, error: Rc<Error>) -> Result<bool> {
    Ok(error.denied())
}

fn traceback(_: &Cx<'_>, error: Rc<Error>) -> Result<String> {
    Ok(error.traceback().unwrap_or_default().to_owned())
}
