//! One operation's signature in Python, Lua and Rhai dress.

use crate::api::{Default, Form, Op, Owner, Param};

/// A language a signature is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dress {
    Python,
    Lua,
    Rhai,
}

/// `s:recv(bufsize[, flags=0])` and the like.
pub(super) fn signature(op: &Op, dress: Dress) -> String {
    let access = match (op.on, dress) {
        (Owner::Module(""), _) => String::new(),
        (Owner::Module(module), Dress::Rhai) => format!("{module}::"),
        (Owner::Module(module), _) => format!("{module}."),
        (Owner::Type(owner), Dress::Lua) if op.form == Form::Method => format!("{}:", owner.name()),
        (Owner::Type(owner), _) => format!("{}.", owner.name()),
    };
    let call = if op.form == Form::Property {
        String::new()
    } else {
        format!("({})", parameters(op))
    };
    format!("{access}{}{call}", op.name)
}

fn parameters(op: &Op) -> String {
    let mut text = String::new();
    for (place, param) in op.params.iter().enumerate() {
        if place > 0 {
            text.push_str(", ");
        }
        text.push_str(&parameter(param));
    }
    text
}

fn parameter(param: &Param) -> String {
    let name = param.name;
    match param.default {
        Default::Required | Default::Rest | Default::Values => name.to_owned(),
        Default::None => format!("{name}=None"),
        Default::Int(number) | Default::Skipped(number) => format!("{name}={number}"),
        Default::Bool(flag) => format!("{name}={}", if flag { "True" } else { "False" }),
        Default::Text(text) => format!("{name}='{text}'"),
    }
}
