//! One operation's signature in Python, Lua and Rhai dress.

use crate::api::{Default, Form, Op, Owner, Param};

use super::kind;

/// A language a signature is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Dress {
    #[cfg_attr(
        not(feature = "cli"),
        allow(dead_code, reason = "each language alone knows one")
    )]
    Python,
    #[cfg_attr(
        not(feature = "lua"),
        allow(dead_code, reason = "each language alone knows one")
    )]
    Lua,
    #[cfg_attr(
        not(feature = "rhai"),
        allow(dead_code, reason = "each language alone knows one")
    )]
    Rhai,
}

impl Dress {
    /// The language's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::Lua => "Lua",
            Self::Rhai => "Rhai",
        }
    }
}

/// `socket:recv(bufsize, flags=0) -> string` and the like.
pub(crate) fn signature(op: &Op, dress: Dress) -> String {
    let called = call(op, dress);
    match op.returns {
        "None" | "never" => called,
        returns => format!("{called} -> {}", kind::results(returns, dress)),
    }
}

/// How an operation is written, without its result: `socket:recv(bufsize, flags=0)`.
pub(crate) fn call(op: &Op, dress: Dress) -> String {
    let path = match dress {
        Dress::Python => op.python_name().unwrap_or_else(|| op.full_name()),
        Dress::Lua | Dress::Rhai => path(op, dress),
    };
    if op.form == Form::Property {
        return path;
    }
    format!("{path}({})", parameters(op, dress))
}

/// An operation's name with its owner, as it is written: `socket:recv`, `socket::gethostname`.
pub(crate) fn path(op: &Op, dress: Dress) -> String {
    let access = match (op.on, dress) {
        (Owner::Module(""), _) => String::new(),
        (Owner::Module(module), Dress::Rhai) => format!("{module}::"),
        (Owner::Module(module), _) => format!("{module}."),
        (Owner::Type(owner), Dress::Lua) if op.form == Form::Method => format!("{}:", owner.name()),
        (Owner::Type(owner), _) => format!("{}.", owner.name()),
    };
    format!("{access}{}", op.name)
}

/// The parameters with their defaults; behind a `*`, as Python writes it, those that are given by name only.
pub(crate) fn parameters(op: &Op, dress: Dress) -> String {
    let mut texts: Vec<_> = op
        .params
        .iter()
        .map(|param| parameter(op, param, dress))
        .collect();
    if !op.named().is_empty() {
        texts.insert(op.by_place, "*".to_owned());
    }
    texts.join(", ")
}

pub(super) fn parameter(op: &Op, param: &Param, dress: Dress) -> String {
    let name = param.name;
    match default(op, param, dress) {
        Some(default) => format!("{name}={default}"),
        None if param.default == Default::Rest && name != "..." => format!("[{name}]"),
        None => name.to_owned(),
    }
}

/// A parameter's default, as it is written; none where there is none.
pub(crate) fn default(op: &Op, param: &Param, dress: Dress) -> Option<String> {
    let truth = |flag: bool| match (flag, dress) {
        (true, Dress::Python) => "True",
        (true, _) => "true",
        (false, Dress::Python) => "False",
        (false, _) => "false",
    };
    Some(match param.default {
        Default::Required | Default::Rest | Default::Values => return None,
        Default::None => kind::nothing(dress).to_owned(),
        // Only what stands for a number is one.
        Default::Skipped(0) if param.name == "options" => kind::nothing(dress).to_owned(),
        Default::Int(i64::MAX) => "the end".to_owned(),
        Default::Int(number) | Default::Skipped(number) => kind::named(op, param, number),
        Default::Bool(flag) => truth(flag).to_owned(),
        // A word that says so, and no text.
        Default::Text("default") => "default".to_owned(),
        Default::Text(text) => match dress {
            Dress::Python => format!("'{text}'"),
            Dress::Lua | Dress::Rhai => format!("\"{text}\""),
        },
    })
}
