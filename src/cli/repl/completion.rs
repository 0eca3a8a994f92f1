//! What can stand where the cursor is, from the table and from what is there: members of modules and of values,
//! keywords and constants of the call around, names, commands; and the parameters a call still takes.

use crate::api::{Form, Op};
use crate::doc::{Dress, names};
use crate::script::tokens::{Grammar, Kind};
use crate::script::{Conversation, Found};

use super::commands;
use super::site::{self, Base, Call, Site};

/// What to list, and what to write in the place of the word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Candidate {
    pub(super) shown: String,
    pub(super) written: String,
}

impl Candidate {
    fn plain(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            shown: name.clone(),
            written: name,
        }
    }
}

/// Where the word begins that ends at the end of `text`, and what it may become.
pub(super) fn complete(text: &str, language: &dyn Conversation) -> (usize, Vec<Candidate>) {
    if let Some(found) = commands::complete(text) {
        return found;
    }
    let grammar = language.grammar();
    let Some(site) = site::look(text, grammar) else {
        return in_text(text, grammar);
    };
    let mut found: Vec<Candidate> = match &site.base {
        Base::Nothing => at_the_top(&site, language),
        base => members(base, &site, language)
            .into_iter()
            .map(Candidate::plain)
            .collect(),
    };
    found.retain(|candidate| candidate.shown.starts_with(site.word));
    if let Some(wanted) = wanted(&site, language)
        && site.base != Base::Nothing
    {
        // Where constants are wanted, a module offers those; where none of them fits, everything.
        let fitting = |candidate: &Candidate| wanted.contains(&candidate.shown.as_str());
        if found.iter().any(fitting) {
            found.retain(fitting);
        }
    }
    if site.word.is_empty() {
        found.retain(|candidate| !candidate.shown.starts_with("__"));
    }
    found.sort_by(|one, other| one.shown.cmp(&other.shown));
    found.dedup();
    (site.start, found)
}

/// What stands inside a text: names of the documentation in `help("…`.
fn in_text(text: &str, grammar: Grammar) -> (usize, Vec<Candidate>) {
    let nothing = (text.len(), Vec::new());
    let Some(quote) = text.rfind(['"', '\'']) else {
        return nothing;
    };
    let word = &text[quote + 1..];
    match site::call(&text[..quote], grammar) {
        Some(call) if call.path == ["help"] => {
            let known = names::all().filter(|name| name.starts_with(word));
            (quote + 1, known.map(Candidate::plain).collect())
        }
        _ => nothing,
    }
}

fn at_the_top(site: &Site<'_>, language: &dyn Conversation) -> Vec<Candidate> {
    let mut found = Vec::new();
    let grammar = language.grammar();
    if let Some(call) = &site.call {
        if let Some(op) = operation(&call.path, language)
            && !site.is_value
        {
            let (equals, dress) = match grammar {
                Grammar::Lua => (" = ", "="),
                Grammar::Rhai => (": ", ":"),
            };
            if call.in_table {
                found.extend(names::keywords(op).into_iter().map(|name| Candidate {
                    shown: format!("{name}{dress}"),
                    written: format!("{name}{equals}"),
                }));
            }
        }
        if let Some(wanted) = wanted(site, language) {
            let joint = if grammar == Grammar::Rhai { "::" } else { "." };
            let fitting: Vec<_> = wanted
                .iter()
                .filter(|name| name.starts_with(site.word))
                .map(|name| Candidate {
                    shown: (*name).to_owned(),
                    written: format!("socket{joint}{name}"),
                })
                .collect();
            if !fitting.is_empty() && !site.word.is_empty() {
                // Who has begun a constant that fits wants no other name.
                return fitting;
            }
            found.extend(fitting);
        }
    }
    found.extend(language.names().into_iter().map(Candidate::plain));
    found.extend(names::at_the_top().into_iter().map(Candidate::plain));
    found.extend(grammar.keywords().iter().copied().map(Candidate::plain));
    found
}

/// The names of the constants that fit where the cursor is.
fn wanted(site: &Site<'_>, language: &dyn Conversation) -> Option<Vec<&'static str>> {
    let call = site.call.as_ref()?;
    let op = operation(&call.path, language)?;
    let param = parameter(op, call, site)?;
    let constants = names::constants_for(op, param, &call.before)?;
    Some(constants.into_iter().map(|constant| constant.name).collect())
}

/// The parameter the cursor is in.
fn parameter(op: &'static Op, call: &Call<'_>, site: &Site<'_>) -> Option<&'static str> {
    if call.in_table {
        return None;
    }
    let _ = site;
    op.params
        .iter()
        .take(op.by_place)
        .nth(call.place)
        .map(|param| param.name)
}

/// The names that what stands before the word has.
fn members(base: &Base<'_>, site: &Site<'_>, language: &dyn Conversation) -> Vec<String> {
    let owned = |names: Vec<&'static str>| names.into_iter().map(str::to_owned).collect();
    let grammar = language.grammar();
    let of = |found: Found| match found {
        Found::Object(kind) => owned(names::of_type(kind, |form| reachable(form, site.joint, grammar))),
        // A key that is no name cannot stand behind a joint.
        Found::Fields(fields) => fields
            .into_iter()
            .filter(|(name, is_function)| {
                grammar.is_name(name) && (*is_function || (grammar, site.joint) != (Grammar::Lua, ":"))
            })
            .map(|(name, _)| name)
            .collect(),
        Found::Text | Found::Other => Vec::new(),
    };
    match base {
        Base::Path(path) => {
            let found = language.find(path);
            match (&path[..], found) {
                ([module], None | Some(Found::Fields(_))) if names::of_module(module).is_some() => {
                    owned(names::of_module(module).unwrap_or_default())
                }
                (_, Some(found)) => of(found),
                (_, None) => Vec::new(),
            }
        }
        Base::Call(path) => operation(path, language)
            .and_then(names::returned)
            .map_or_else(Vec::new, |kind| of(Found::Object(kind))),
        Base::Text => language.find(&["string"]).map_or_else(Vec::new, of),
        Base::Nothing | Base::Unknown => Vec::new(),
    }
}

/// Whether a member can be named behind this joint.
fn reachable(form: Form, joint: &str, grammar: Grammar) -> bool {
    match (grammar, joint) {
        (Grammar::Lua, ":") => form == Form::Method,
        (Grammar::Lua, _) => form == Form::Property,
        (Grammar::Rhai, _) => true,
    }
}

/// The operation a path names: a module's, or that of the value the path's beginning names.
fn operation(path: &[&str], language: &dyn Conversation) -> Option<&'static Op> {
    let (last, owner) = path.split_last()?;
    if !owner.is_empty()
        && let Some(Found::Object(kind)) = language.find(owner)
    {
        return names::member(kind, last);
    }
    names::function(path)
}

/// How the language writes signatures.
pub(super) const fn dress(grammar: Grammar) -> Dress {
    match grammar {
        Grammar::Lua => Dress::Lua,
        Grammar::Rhai => Dress::Rhai,
    }
}

/// The parameters that the call at the end of `text` still takes, as they would go on.
pub(super) fn hint(text: &str, language: &dyn Conversation) -> Option<String> {
    let call = site::call(text, language.grammar())?;
    let last = language.grammar().tokens(text).pop()?;
    if call.in_table || last.kind == Kind::OpenText {
        return None;
    }
    let op = operation(&call.path, language)?;
    let rest = names::parameters_from(
        op,
        call.place + usize::from(call.begun),
        dress(language.grammar()),
    );
    if rest.is_empty() {
        return None;
    }
    let before = if call.begun {
        ", "
    } else if text.ends_with(',') {
        " "
    } else {
        ""
    };
    Some(format!("{before}{})", rest.join(", ")))
}
