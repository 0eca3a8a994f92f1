//! Types for language servers of the modules that are written in the scripts' own languages.

use super::kind;
use super::luals::{comment, line, union};
use super::rhai_defs::result;
use super::signature::Dress;
use super::written::{self, Written};

/// A module that is written in Lua: its classes with what they have.
pub(super) fn in_lua(text: &mut String, module: &Written) {
    let name = module.name;
    let listed = |params: &[written::Param], separator: &str| {
        let typed = params.iter().map(|param| {
            let (optional, kind) = (
                if param.default.is_empty() { "" } else { "?" },
                written_kind(param.name),
            );
            format!("{}{optional}{separator}{kind}", param.name)
        });
        typed.collect::<Vec<_>>()
    };
    let function = |text: &mut String, path: &str, member: &written::Member| {
        comment(text, member.doc);
        for (param, typed) in member.params.iter().zip(listed(member.params, " ")) {
            text.push_str(&format!("---@param {typed} {}\n", line(param.doc)));
        }
        for kind in kind::split(member.kind)
            .into_iter()
            .filter(|kind| *kind != "None")
        {
            text.push_str(&format!("---@return {}\n", union(kind)));
        }
        let names: Vec<_> = member.params.iter().map(|param| param.name).collect();
        text.push_str(&format!("function {path}({}) end\n\n", names.join(", ")));
    };
    comment(text, module.doc);
    text.push_str(&format!("---@class {name}lib\n{name} = {{}}\n\n"));
    for member in module.functions {
        function(text, &format!("{name}.{}", member.name), member);
    }
    for class in module.classes {
        let path = format!("{name}.{}", class.name);
        comment(text, class.doc);
        let bases: Vec<_> = class.bases.iter().map(|base| format!("{name}.{base}")).collect();
        let bases = if bases.is_empty() {
            String::new()
        } else {
            format!(": {}", bases.join(", "))
        };
        text.push_str(&format!("---@class {path}{bases}\n"));
        let params = listed(written::params(module, class), ": ");
        if !params.is_empty() {
            text.push_str(&format!("---@overload fun({}): {path}\n", params.join(", ")));
        }
        for member in class.members.iter().filter(|member| member.is_attribute) {
            let value = match member.value {
                "" => String::new(),
                value => format!(" `{}` unless it is set.", written::worded(value, Dress::Lua)),
            };
            let kind = union(member.kind);
            text.push_str(&format!(
                "---@field {} {kind} {}{value}\n",
                member.name,
                line(member.doc)
            ));
        }
        text.push_str(&format!("{path} = {{}}\n\n"));
        for member in class.members.iter().filter(|member| !member.is_attribute) {
            function(text, &format!("{path}:{}", member.name), member);
        }
    }
}

/// The type of a parameter of what is written in Lua.
fn written_kind(name: &str) -> &'static str {
    match name {
        "server_address" | "client_address" => "AddressLike",
        "bind_and_activate" => "boolean",
        "poll_interval" => "number",
        _ => "any",
    }
}

/// A module that is written in Rhai: its classes, which are called to make an object, and what objects have.
pub(super) fn in_rhai(text: &mut String, module: &Written) {
    let params = |params: &[written::Param]| {
        let typed = params.iter().map(|param| match (param.name, param.default) {
            ("...", _) => "...args: ?".to_owned(),
            (name, "True" | "False") => format!("{name}: bool"),
            (name, _) => format!("{name}: ?"),
        });
        typed.collect::<Vec<_>>()
    };
    for class in module.classes {
        for member in class.members {
            let own = std::iter::once(format!("object: {}", class.name));
            let all: Vec<_> = own.chain(params(member.params)).collect();
            let get = if member.is_attribute { "get " } else { "" };
            text.push_str(&format!(
                "/// {}\nfn {get}{}({}) -> {};\n\n",
                member.doc,
                member.name,
                all.join(", "),
                result(member.kind)
            ));
        }
    }
    text.push_str(&format!("/// {}\nmodule {} {{\n", module.doc, module.name));
    let mut function = |name: &str, doc: &str, given: Vec<String>, result: &str| {
        text.push_str(&format!(
            "    /// {doc}\n    fn {name}({}) -> {result};\n\n",
            given.join(", ")
        ));
    };
    for member in module.functions {
        function(member.name, member.doc, params(member.params), "?");
    }
    for class in module.classes {
        let given = written::params(module, class);
        if !given.is_empty() {
            function(class.name, class.doc, params(given), class.name);
        }
    }
    for class in module.classes {
        text.push_str(&format!("    /// {}\n    const {}: ?;\n", class.doc, class.name));
    }
    text.push_str("}\n\n");
}
