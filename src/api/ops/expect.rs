//! Module `expect`: what a test says must be so. What is not so raises AssertionError, with both sides shown.

use std::rc::Rc;

use crate::api::argument::{Any, Shown, Text};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, Op, Owner, Param, Python, need, with};
use crate::api::parcel::Portable;
use crate::api::testing::{compared, contains as has, inline, is_equal, is_near, truth};
use crate::api::{Cx, Value};
use crate::bytes::Bytes;
use crate::error::{Class, Error, Result};
use crate::tools::Pattern;
use crate::wire::difference;

const EXPECT: Owner = Owner::Module("expect");

const RECEIVED: Param = need("received", "what came: anything");
const EXPECTED: Param = need("expected", "what should have come: anything");
const MESSAGE: Param = with(
    "message",
    Default::None,
    "str: what is said first when it is not so",
);

pub(super) const OPS: &[Op] = &[
    Op {
        name: "equal",
        on: EXPECT,
        python: Python::Nothing,
        params: &[RECEIVED, EXPECTED, MESSAGE],
        doc: "Expect two values to be equal: numbers by value, text and bytes by their bytes, lists and maps by what they hold, \
              objects by identity. Raises AssertionError, which shows how they differ.",
        run: &typed(equal),
        ..FUNCTION
    },
    Op {
        name: "not_equal",
        on: EXPECT,
        python: Python::Nothing,
        params: &[
            RECEIVED,
            need("unexpected", "any value: what must not have come"),
            MESSAGE,
        ],
        doc: "Expect two values to differ. Raises AssertionError.",
        run: &typed(not_equal),
        ..FUNCTION
    },
    Op {
        name: "near",
        on: EXPECT,
        python: Python::Nothing,
        params: &[
            need("received", "a number: what came"),
            need("expected", "a number: what should have come"),
            with(
                "within",
                Default::None,
                "how far they may be apart, in the unit they have (seconds, say); 1e-9 where None",
            ),
            MESSAGE,
        ],
        doc: "Expect two numbers to be close to each other. Raises AssertionError, TypeError for what is no number.",
        run: &typed(near),
        ..FUNCTION
    },
    Op {
        name: "contains",
        on: EXPECT,
        python: Python::Nothing,
        params: &[
            need("received", "bytes, text, a list or a map"),
            need("part", "any value: bytes or text in it, an item, a key"),
            MESSAGE,
        ],
        doc: "Expect bytes to have a part, a list an item, a map a key. Raises AssertionError, TypeError for what has no parts.",
        run: &typed(contains),
        ..FUNCTION
    },
    Op {
        name: "matches",
        on: EXPECT,
        python: Python::Nothing,
        params: &[
            need("received", "bytes or text"),
            need("pattern", "a regular expression as str, or one of tube.pattern"),
            MESSAGE,
        ],
        doc: "Expect a regular expression to match somewhere in bytes or text; ^ and $ hold it to both ends. It is in the \
              syntax of tube.pattern in every language. Raises AssertionError, ValueError for what is no pattern.",
        run: &typed(matches),
        ..FUNCTION
    },
    Op {
        name: "bytes",
        on: EXPECT,
        python: Python::Nothing,
        params: &[
            need("received", "bytes: what came"),
            need("expected", "bytes: what should have come"),
            MESSAGE,
        ],
        doc: "Expect bytes to be those. Raises AssertionError, which shows both as hexadecimal dumps with what differs \
              marked; TypeError for what has no bytes.",
        run: &typed(bytes),
        ..FUNCTION
    },
    Op {
        name: "truthy",
        on: EXPECT,
        python: Python::Nothing,
        params: &[RECEIVED, MESSAGE],
        doc: "Expect anything but nothing and false. Raises AssertionError.",
        run: &typed(truthy),
        ..FUNCTION
    },
    Op {
        name: "falsy",
        on: EXPECT,
        python: Python::Nothing,
        params: &[RECEIVED, MESSAGE],
        doc: "Expect nothing or false. Raises AssertionError.",
        run: &typed(falsy),
        ..FUNCTION
    },
    Op {
        name: "raises",
        on: EXPECT,
        python: Python::Nothing,
        params: &[
            need(
                "expected",
                "any of: a class of errors, its name, a part of the error's text; or the function",
            ),
            with(
                "f",
                Default::None,
                "any of: the function to call; or what it should raise",
            ),
            MESSAGE,
        ],
        returns: "error",
        doc: "Call a function and expect it to raise, if said so an error of a class or with a text. Returns what it raised, \
              to look at. Raises AssertionError, TypeError without a function.",
        run: &typed(raises),
        ..FUNCTION
    },
    Op {
        name: "fail",
        on: EXPECT,
        python: Python::Nothing,
        params: &[with(
            "message",
            Default::Text("this should not be reached"),
            "what is said",
        )],
        returns: "never",
        doc: "Fail. Raises AssertionError.",
        run: &typed(fail),
        ..FUNCTION
    },
];

/// The error of an expectation that is not met.
fn unmet(message: &Shown, text: &str) -> Error {
    let text = match words(&message.0) {
        Some(message) => format!("{message}: {text}"),
        None => text.to_owned(),
    };
    Error::new(Class::AssertionError, text)
}

/// A value as text, if it is one.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_string()),
        Value::String(bytes) | Value::Bytes(bytes) => {
            Some(String::from_utf8_lossy(&bytes.to_vec()).into_owned())
        }
        _ => None,
    }
}

fn equal(cx: &Cx<'_>, received: Portable, expected: Portable, message: Shown) -> Result<()> {
    if is_equal(&received.0, &expected.0) {
        return Ok(());
    }
    let difference = compared(&expected.0, &received.0, cx.environment.first_place);
    Err(unmet(&message, &format!("not equal\n{difference}")))
}

fn not_equal(_: &Cx<'_>, received: Portable, unexpected: Portable, message: Shown) -> Result<()> {
    if is_equal(&received.0, &unexpected.0) {
        let text = format!("equal, and should not be: {}", inline(&received.0));
        return Err(unmet(&message, &text));
    }
    Ok(())
}

fn near(cx: &Cx<'_>, received: Any, expected: Any, within: Option<f64>, message: Shown) -> Result<()> {
    /// How far numbers may be apart by their last digits.
    const CLOSE: f64 = 1e-9;
    let within = within.unwrap_or(CLOSE);
    match is_near(&received.0, &expected.0, within) {
        Some(true) => Ok(()),
        Some(false) => {
            let text = format!(
                "not near\n{}\nthey may be {within} apart",
                compared(&expected.0, &received.0, cx.environment.first_place)
            );
            Err(unmet(&message, &text))
        }
        None => Err(Error::type_error(format!(
            "expect.near() takes numbers, not {} and {}",
            received.0.kind(),
            expected.0.kind()
        ))),
    }
}

fn contains(_: &Cx<'_>, received: Portable, part: Portable, message: Shown) -> Result<()> {
    match has(&received.0, &part.0) {
        Some(true) => Ok(()),
        Some(false) => {
            let text = format!("{} is not in {}", inline(&part.0), inline(&received.0));
            Err(unmet(&message, &text))
        }
        None => Err(Error::type_error(format!(
            "expect.contains(): {} cannot have {} in it",
            received.0.kind(),
            part.0.kind()
        ))),
    }
}

fn matches(cx: &Cx<'_>, received: Bytes, pattern: Any, message: Shown) -> Result<()> {
    let pattern = match pattern.0 {
        Value::Pattern(pattern) => pattern,
        value => {
            let text = words(&value).ok_or_else(|| {
                let kind = value.kind();
                Error::type_error(format!(
                    "expect.matches() argument 'pattern' must be str or pattern, not {kind}"
                ))
            })?;
            Rc::new(Pattern::new(cx.net, text.as_bytes())?)
        }
    };
    let received = received.into_vec();
    if pattern.is_in(&received)? {
        return Ok(());
    }
    let text = format!(
        "no match\npattern:  {}\nreceived: {}",
        String::from_utf8_lossy(pattern.text()),
        inline(&Value::bytes(received))
    );
    Err(unmet(&message, &text))
}

fn bytes(_: &Cx<'_>, received: Bytes, expected: Bytes, message: Shown) -> Result<()> {
    let (received, expected) = (received.into_vec(), expected.into_vec());
    if received == expected {
        return Ok(());
    }
    let difference = difference::octets(&expected, &received);
    Err(unmet(&message, &format!("not the bytes expected\n{difference}")))
}

fn truthy(_: &Cx<'_>, received: Any, message: Shown) -> Result<()> {
    if truth(&received.0) {
        return Ok(());
    }
    Err(unmet(
        &message,
        &format!("expected something true, received {}", inline(&received.0)),
    ))
}

fn falsy(_: &Cx<'_>, received: Any, message: Shown) -> Result<()> {
    if truth(&received.0) {
        let text = format!("expected nothing or false, received {}", inline(&received.0));
        return Err(unmet(&message, &text));
    }
    Ok(())
}

fn raises(cx: &Cx<'_>, expected: Any, function: Any, message: Shown) -> Result<Rc<Error>> {
    let ((Value::Function(function), expected) | (expected, Value::Function(function))) =
        (expected.0, function.0)
    else {
        return Err(Error::type_error("expect.raises() needs a function to call"));
    };
    let wanted = Wanted::read(&expected)?;
    let outcome = cx.host.keep(function)?.call(Vec::new());
    // What ends the test itself is not for a script to expect.
    if let Some(death) = cx.net.sched().current().and_then(|task| task.death()) {
        return Err(death);
    }
    match outcome {
        Ok(()) => Err(unmet(
            &message,
            &format!("nothing was raised, and {wanted} was expected"),
        )),
        Err(error) if wanted.is_met(&error) => Ok(Rc::new(error)),
        Err(error) => {
            let text = format!("{wanted} was expected, and this was raised\n{error}");
            Err(unmet(&message, &text))
        }
    }
}

/// What a function is expected to raise.
enum Wanted {
    Anything,
    Class(Class),
    Text(String),
}

impl Wanted {
    fn read(value: &Value) -> Result<Self> {
        Ok(match value {
            Value::None => Self::Anything,
            Value::Class(class) => Self::Class(*class),
            value => {
                let text = words(value).ok_or_else(|| {
                    Error::type_error(format!(
                        "expect.raises() expects a class of errors or a text, not {}",
                        value.kind()
                    ))
                })?;
                match Class::ALL.iter().find(|class| class.name() == text) {
                    Some(class) => Self::Class(*class),
                    None => Self::Text(text),
                }
            }
        })
    }

    fn is_met(&self, error: &Error) -> bool {
        match self {
            Self::Anything => true,
            Self::Class(class) => error.class().is_a(*class),
            Self::Text(text) => error.to_string().contains(&**text),
        }
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Anything => f.write_str("an error"),
            Self::Class(class) => f.write_str(class.name()),
            Self::Text(text) => write!(f, "an error that says {}", crate::text::str_repr(text)),
        }
    }
}

fn fail(_: &Cx<'_>, message: Text) -> Result<()> {
    let text = String::from_utf8_lossy(&message.0).into_owned();
    Err(Error::new(Class::AssertionError, text))
}
