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
    for (dress, language) in [(Dress::Python, "Python"), (Dress::Rhai, "Rhai")] {
        push(text, format_args!("  {language}: {}\n", signature(op, dress)));
    }
    push(text, format_args!("  {}\n", op.doc));
    let first = usize::from(op.takes_self());
    for (place, param) in op.params.iter().enumerate() {
        let kind = op.run.kinds().get(first + place).copied().unwrap_or("any");
        push(text, format_args!("    {} ({kind}): {}\n", param.name, param.doc));
    }
    if let Some(event) = op.event {
        push(text, format_args!("  Audit event: {event}\n"));
    }
}

fn push(text: &mut String, piece: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = text.write_fmt(piece);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Default, Form};

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
}
