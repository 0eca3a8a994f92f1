//! The text of one entry.

use std::fmt::Write;

use crate::api::{MODULES, Op, ops};
use crate::constants;

use super::signature::{Dress, signature};

/// Every name that has an entry, in documentation order.
pub(crate) fn names() -> impl Iterator<Item = String> {
    let modules = MODULES.iter().map(|module| module.name.to_owned());
    modules.chain(ops().map(Op::full_name))
}

/// The entries of a name: `socket.recv`, `recv`, a module, a constant. None when nothing has it.
pub(crate) fn entry(name: &str) -> Option<String> {
    let mut text = String::new();
    for module in MODULES.iter().filter(|module| module.name == name) {
        push(&mut text, format_args!("{}\n  {}\n", module.name, module.doc));
        for op in module.ops() {
            push(&mut text, format_args!("    {}\n", signature(op, Dress::Lua)));
        }
    }
    let is_module = !text.is_empty();
    for op in ops().filter(|op| op.full_name() == name || (op.name == name && !is_module)) {
        describe(&mut text, op);
    }
    let constant = constants::by_name(name.strip_prefix("socket.").unwrap_or(name));
    if let Some(constant) = constant {
        push(
            &mut text,
            format_args!("socket.{} ({})\n", constant.name, constant.platform),
        );
        match constant.value {
            constants::Value::Int(number) => push(&mut text, format_args!("  {number} ({number:#x})\n")),
            constants::Value::Bool(flag) => push(&mut text, format_args!("  {flag}\n")),
            constants::Value::Str(value) => push(&mut text, format_args!("  '{value}'\n")),
            constants::Value::Absent => text.push_str("  not available on this platform\n"),
        }
    }
    (!text.is_empty()).then_some(text)
}

fn describe(text: &mut String, op: &Op) {
    push(
        text,
        format_args!("{} -> {}\n", signature(op, Dress::Lua), op.returns),
    );
    if op.python_name().is_some() {
        push(text, format_args!("  Python: {}\n", signature(op, Dress::Python)));
    }
    push(text, format_args!("  Rhai: {}\n", signature(op, Dress::Rhai)));
    push(text, format_args!("  {}\n", op.doc));
    let first = usize::from(op.takes_self());
    for (place, param) in op.params.iter().enumerate() {
        let kind = op.run.kinds().get(first + place).copied().unwrap_or("any");
        // What takes any value says itself what it may be.
        let kind = if kind == "any" {
            String::new()
        } else {
            format!(" ({kind})")
        };
        push(text, format_args!("    {}{kind}: {}\n", param.name, param.doc));
    }
    if let Some(event) = op.event {
        push(text, format_args!("  Audit event: {event}\n"));
    }
    match op.python_name() {
        Some(name) => push(text, format_args!("  In Python's documentation: {name}\n")),
        None => text.push_str("  Python has nothing like it\n"),
    }
    push(text, format_args!("  Platforms: {}\n", op.platform));
}

fn push(text: &mut String, piece: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = text.write_fmt(piece);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Default, Form};
    use crate::error::Class;

    #[test]
    fn every_row_is_documented() {
        let mut seen = std::collections::HashSet::new();
        for op in ops() {
            let name = op.full_name();
            assert!(
                seen.insert((format!("{:?}", op.on), op.name)),
                "{name} stands twice"
            );
            assert!(
                op.doc.len() > 10 && op.doc.ends_with('.'),
                "{name} has no documentation"
            );
            assert!(!op.returns.is_empty(), "{name} says nothing of its result");
            let kinds = op.run.kinds().len() - usize::from(op.takes_self());
            assert_eq!(kinds, op.params.len(), "{name}: parameters and arguments differ");
            assert!(
                op.form != Form::Property || op.params.is_empty(),
                "{name} is a property with parameters"
            );
            for param in op.params {
                assert!(
                    !param.doc.is_empty(),
                    "{name}: {} has no documentation",
                    param.name
                );
            }
            let defaults: Vec<_> = op
                .params
                .iter()
                .map(|param| param.default == Default::Required)
                .collect();
            let skipped = op
                .params
                .iter()
                .any(|param| matches!(param.default, Default::Skipped(_)));
            assert!(
                skipped || defaults.is_sorted_by(|one, next| one >= next),
                "{name}: a required one follows"
            );
            assert!(entry(&name).is_some());
        }
    }

    #[test]
    fn an_entry_has_signature_types_and_errors() {
        let text = entry("socket.recv").unwrap_or_default();
        assert!(
            text.starts_with("socket:recv(bufsize, flags=0) -> bytes"),
            "{text}"
        );
        assert!(
            text.contains("bufsize (int)") && text.contains("timeout"),
            "{text}"
        );
        assert!(entry("AF_INET").is_some_and(|text| text.contains("2 (0x2)")));
        assert!(entry("no such thing").is_none());
    }

    /// Classes of errors a row's text names after "Raises".
    fn raised(op: &Op) -> Vec<&'static str> {
        let Some((_, text)) = op.doc.split_once("Raises ") else {
            return Vec::new();
        };
        text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
            .filter(|word| Class::by_name(word).is_some())
            .collect()
    }

    /// What can fail says with what, or whose errors it has: `Raises as recv.`
    #[test]
    fn every_entry_lists_its_errors() {
        let mut problems = Vec::new();
        for op in ops().filter(|op| op.form != Form::Property) {
            let as_another = op.doc.split_once("Raises as ").is_some_and(|(_, rest)| {
                let name = rest
                    .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                    .next();
                name.is_some_and(|name| ops().any(|other| other.name == name))
            });
            let passed_on = op.doc.contains("Raises what ");
            if raised(op).is_empty() && !as_another && !passed_on && !op.doc.contains("Never fails.") {
                problems.push(format!("{}: {}", op.full_name(), op.doc));
            }
        }
        assert!(
            problems.is_empty(),
            "no errors are listed (\"Raises OSError\", \"Raises as recv\", \"Never fails.\"):\n{}",
            problems.join("\n")
        );
    }

    /// Words one of which says what a parameter of any type may be.
    const TYPES: &[&str] = &[
        "int",
        "float",
        "str",
        "bytes",
        "bytearray",
        "bytearrays",
        "list",
        "function",
        "socket",
        "None",
        "number",
        "numbers",
        "text",
        "anything",
        "class",
        "host",
        "form",
        "address",
        "seconds",
        "count",
    ];

    #[test]
    fn every_parameter_has_a_type_and_a_unit() {
        let mut problems = Vec::new();
        for op in ops() {
            let first = usize::from(op.takes_self());
            for (place, param) in op.params.iter().enumerate() {
                let kind = op.run.kinds().get(first + place).copied().unwrap_or("any");
                let words = |text: &'static str| {
                    text.split(|letter: char| !letter.is_ascii_alphanumeric())
                        .filter(|word| !word.is_empty())
                };
                let says = |wanted: &[&str]| words(param.doc).any(|word| wanted.contains(&word));
                let name = param.name;
                if kind == "any" && !says(TYPES) {
                    problems.push(format!("{}: {name} says no type", op.full_name()));
                }
                if kind.starts_with("float")
                    && !says(&["second", "seconds", "long", "milliseconds"])
                    && !param.doc.contains("settimeout")
                {
                    problems.push(format!("{}: {name} says no unit", op.full_name()));
                }
                let counts = name.ends_with("size")
                    || name.ends_with("bytes")
                    || name.ends_with("len")
                    || name == "length";
                if counts && kind == "int" && !says(&["byte", "bytes", "length"]) {
                    problems.push(format!("{}: {name} says no unit", op.full_name()));
                }
            }
            if op.platform.is_empty() {
                problems.push(format!("{} says no platform", op.full_name()));
            }
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    /// CPython, where it is at hand, has every name that is said to be its own.
    #[test]
    fn pythons_names_are_pythons() {
        let names: Vec<String> = ops()
            .filter(|op| !op.platform.contains("Windows"))
            .filter_map(Op::python_name)
            .collect();
        let script = "import sys, socket, builtins, warnings, fcntl, time, struct, json, array, io\nfor name in sys.argv[1:]:\n    \
                      first, *rest = name.split('.')\n    \
                      value = globals().get(first) or getattr(builtins, first, None)\n    \
                      for part in rest: value = getattr(value, part, None)\n    \
                      if value is None: print(name)";
        let asked = std::process::Command::new("python3")
            .args(["-c", script])
            .args(&names)
            .output();
        let Ok(asked) = asked else { return };
        assert!(
            asked.status.success(),
            "{}",
            String::from_utf8_lossy(&asked.stderr)
        );
        assert_eq!(String::from_utf8_lossy(&asked.stdout), "");
    }
}
