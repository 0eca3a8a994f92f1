//! From a name, or a thing a script holds, to what there is to tell of it; and what was meant by a name that nothing has.

use crate::api::{MODULES, Module, Named, Op, Owner, Type, Value, ops};
use crate::constants::{self, Constant};
use crate::error::{Class, nearest};

use super::written::{self, Part};

/// Something there is an entry of.
#[derive(Clone, Copy)]
pub(super) enum Topic {
    Overview,
    Module(&'static Module),
    /// What every script has at hand.
    Globals,
    Type(Type),
    Op(&'static Op),
    Constant(&'static Constant),
    Class(Class),
    /// A module that is written in the scripts' languages, or a part of one.
    Written(Part),
    /// Any other value of a module.
    Value(&'static Module, &'static str),
}

/// What a script asks help for; what to tell it when nothing is known of that.
pub(super) fn subject(subject: &Named) -> Result<Vec<Topic>, String> {
    Ok(match subject {
        Named::Nothing => vec![Topic::Overview],
        Named::Module(module) => vec![Topic::Module(module)],
        Named::Op(op) => vec![Topic::Op(op)],
        Named::Written { name, .. } => by_name(name)?,
        Named::Value(Value::Class(class)) => vec![Topic::Class(*class)],
        Named::Value(Value::Absent(constant)) => vec![Topic::Constant(constant)],
        Named::Value(Value::Text(name)) => by_name(name)?,
        Named::Value(Value::String(name)) => {
            by_name(&name.with(|name| String::from_utf8_lossy(name).into_owned()))?
        }
        Named::Value(Value::Error(error)) => vec![Topic::Class(error.class()), Topic::Type(Type::Error)],
        Named::Value(value) => match value.object_type() {
            Some(kind) => vec![Topic::Type(kind)],
            None => {
                return Err(format!(
                    "help() tells of modules, functions, sockets and other objects, and of names as strings: \
                     help(\"socket.recv\"), help(\"AF_INET\"). This is a value of the language's own: {}.",
                    value.kind()
                ));
            }
        },
    })
}

fn by_name(name: &str) -> Result<Vec<Topic>, String> {
    let found = topics(name);
    if found.is_empty() {
        return Err(unknown(name));
    }
    Ok(found)
}

/// The name as the table has it: without what languages write around and between names.
fn plain(name: &str) -> String {
    let name = name.trim();
    let name = name.split('(').next().unwrap_or(name);
    let name = name.replace("::", ".").replace(':', ".");
    // As Python has it: `socket.socket.recv`, `ssl.SSLContext.wrap_socket`.
    let parts: Vec<&str> = name.splitn(3, '.').collect();
    match parts[..] {
        [module, kind, member]
            if MODULES.iter().any(|known| known.name == module)
                && Type::ALL.iter().any(|known| known.name() == kind) =>
        {
            format!("{kind}.{member}")
        }
        _ => name,
    }
}

/// All there is of a name: `socket.recv`, `recv`, `s:recv`, a module, a type, a constant, an error class.
pub(super) fn topics(name: &str) -> Vec<Topic> {
    let name = &*plain(name);
    let mut found = Vec::new();
    if let Some(module) = MODULES.iter().find(|module| module.name == name) {
        return vec![Topic::Module(module)];
    }
    if matches!(name, "globals" | "builtins") {
        return vec![Topic::Globals];
    }
    let same_type = |kind: &Type| kind.name() == name;
    let exact = |op: &&Op| op.full_name() == name || op.python_name().as_deref() == Some(name);
    found.extend(ops().filter(exact).map(Topic::Op));
    found.extend(Type::ALL.into_iter().filter(same_type).map(Topic::Type));
    found.extend(constant(name).map(Topic::Constant));
    found.extend(class(name).map(Topic::Class));
    found.extend(written::parts(name).into_iter().map(Topic::Written));
    if found.is_empty() {
        // `s.recv`: whatever is before the point is a variable of the script's.
        let last = name.rsplit('.').next().unwrap_or(name);
        let known = name
            .split('.')
            .next()
            .is_some_and(|owner| owner != name && is_owner(owner));
        if !known {
            found.extend(ops().filter(|op| op.name == last).map(Topic::Op));
            found.extend(written::members_called(last).into_iter().map(Topic::Written));
        }
    }
    if found.is_empty() {
        found.extend(value(name));
    }
    found
}

/// Whether something has this name and members.
fn is_owner(name: &str) -> bool {
    MODULES.iter().any(|module| module.name == name) || Type::ALL.iter().any(|kind| kind.name() == name)
}

fn constant(name: &str) -> Option<&'static Constant> {
    constants::by_name(name.strip_prefix("socket.").unwrap_or(name))
}

fn class(name: &str) -> Option<Class> {
    Class::by_name(name)
}

/// A value of a module that is neither a constant of `socket` nor a class.
fn value(name: &str) -> Option<Topic> {
    let (owner, last) = name.rsplit_once('.').unwrap_or(("", name));
    let modules = MODULES
        .iter()
        .filter(|module| owner.is_empty() || module.name == owner);
    modules
        .filter_map(|module| {
            let names = module.value_names();
            let known = names.into_iter().find(|known| *known == last)?;
            Some(Topic::Value(module, known))
        })
        .next()
}

/// What the languages have themselves, as far as somebody may look for it here.
const LANGUAGES_OWN: &str = "print debug require import export error assert pcall xpcall try catch throw type type_of tostring \
    tonumber to_string pairs ipairs next select rawget rawset rawequal rawlen setmetatable getmetatable load loadfile dofile eval \
    collectgarbage coroutine string table math io os utf8 function fn local let const if then else elseif end for while until \
    loop do repeat return break continue goto switch and or not nil true false this private global";

/// What to tell of a name nothing has.
pub(super) fn unknown(name: &str) -> String {
    if plain(name) == "with" {
        return "'with' is syntax: `with s = socket::socket() { … }` closes `s` behind the block in Rhai, as \
                `local s <close> = socket.socket()` does in Lua"
            .to_owned();
    }
    if LANGUAGES_OWN
        .split_ascii_whitespace()
        .any(|word| word == plain(name))
    {
        return format!("'{name}' is the language's own: its manual tells of it");
    }
    let hint = match meant(name) {
        Some(known) => format!("; did you mean '{known}'?"),
        None => String::new(),
    };
    format!("nothing is known of '{name}'{hint}")
}

/// The name that was probably meant.
pub(super) fn meant(name: &str) -> Option<String> {
    let name = &*plain(name);
    let paths = paths();
    // A path is compared with paths. A name alone is compared with what comes last in each.
    if name.contains('.')
        && let Some(near) = nearest(name, paths.iter().map(String::as_str))
    {
        return Some(near.to_owned());
    }
    let last = |path: &'_ str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let lasts: Vec<_> = paths.iter().map(|path| last(path)).collect();
    let near = nearest(&last(name), lasts.iter().map(String::as_str))?;
    let place = lasts.iter().position(|known| known == near)?;
    Some(paths[place].clone())
}

/// The path of everything that has a name.
pub(super) fn paths() -> Vec<String> {
    let modules = MODULES.iter().map(|module| module.name.to_owned());
    let types = Type::ALL.into_iter().map(|kind| kind.name().to_owned());
    let values = MODULES.iter().flat_map(|module| {
        module
            .value_names()
            .into_iter()
            .map(|name| format!("{}.{name}", module.name))
    });
    let mut paths: Vec<_> = modules
        .chain(types)
        .chain(ops().map(Op::full_name))
        .chain(values)
        .chain(written::paths())
        .collect();
    let mut seen = std::collections::HashSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    paths
}

/// The operations of an owner.
pub(super) fn members(owner: Owner) -> impl Iterator<Item = &'static Op> {
    ops().filter(move |op| op.on == owner)
}
