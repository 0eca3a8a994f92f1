//! The sheet of one operation.

use crate::api::{Default, Form, Op, Owner, Param, topics};
use crate::error::Class;

use super::example;
use super::find;
use super::kind;
use super::sheet::{Block, Sheet};
use super::signature::{self, Dress};

/// Names of neighbours that are shown.
const NEIGHBOURS: usize = 7;

/// All that is known of an operation; the language at hand comes first.
pub(super) fn sheet(op: &'static Op, dress: Dress) -> Sheet {
    let mut sheet = Sheet::new(op.full_name(), what(op));
    sheet.0.push(Block::Calls(calls(op, dress)));
    let text = Text::of(op);
    sheet.text(text.does);
    let first = usize::from(op.takes_self());
    let kinds = op.run.kinds();
    let parameters = op.params.iter().enumerate().map(|(place, param)| {
        let kind = kinds.get(first + place).copied().unwrap_or("any");
        (param.name.to_owned(), parameter(op, param, kind, dress))
    });
    sheet.rows("Parameters", parameters.collect());
    sheet.rows("Errors", errors(text.raises));
    show_example(&mut sheet, op, dress);
    sheet.rows("Notes", notes(op, text.manual));
    sheet.names("See also", neighbours(op));
    sheet
}

/// What kind of thing it is.
fn what(op: &Op) -> String {
    match (op.on, op.form) {
        (Owner::Module(""), _) => "function every script has".to_owned(),
        (Owner::Module(module), Form::Property) => format!("value of module {module}"),
        (Owner::Module(module), _) => format!("function of module {module}"),
        (Owner::Type(owner), Form::Property) => format!("attribute of {} objects", owner.name()),
        (Owner::Type(owner), _) => format!("method of {} objects", owner.name()),
    }
}

fn calls(op: &Op, dress: Dress) -> Vec<(&'static str, String)> {
    let ours = match dress {
        Dress::Rhai => [Dress::Rhai, Dress::Lua],
        Dress::Lua | Dress::Python => [Dress::Lua, Dress::Rhai],
    };
    let mut calls: Vec<_> = ours
        .into_iter()
        .map(|dress| (dress.name(), signature::signature(op, dress)))
        .collect();
    calls.push((
        Dress::Python.name(),
        match op.python_name() {
            Some(_) => signature::signature(op, Dress::Python),
            None => "nothing like it".to_owned(),
        },
    ));
    calls
}

/// `int, 0 if not given: MSG_* bits`.
fn parameter(op: &Op, param: &Param, kind: &str, dress: Dress) -> String {
    let mut facts = Vec::new();
    // What takes any value says itself what it may be.
    if !matches!(kind, "any" | "value" | "anything" | "...") {
        facts.push(kind::kind(kind, dress));
    }
    match (param.default, signature::default(op, param, dress)) {
        (Default::Values, _) => facts.push("as many as there are".to_owned()),
        (Default::Rest, _) if param.name == "..." => facts.push("as many as there are".to_owned()),
        (Default::Text("default"), _) => {}
        (_, Some(default)) => facts.push(format!("default {default}")),
        (_, None) => {}
    }
    if facts.is_empty() {
        return param.doc.to_owned();
    }
    format!("{}: {}", facts.join(", "), param.doc)
}

/// A row's documentation, taken apart.
pub(super) struct Text {
    /// What it does.
    pub(super) does: String,
    /// What it raises, in the row's words.
    pub(super) raises: Option<&'static str>,
    /// Its page in the system's manual: `recv(2)`.
    pub(super) manual: Option<&'static str>,
}

impl Text {
    pub(super) fn of(op: &Op) -> Self {
        let doc = op.doc;
        let (doc, manual) = match doc.rfind(" See ").filter(|_| doc.ends_with(").")) {
            Some(place) => (
                &doc[..place],
                doc[place..].trim_end_matches('.').strip_prefix(" See "),
            ),
            None => (doc, None),
        };
        let never = " Never fails.";
        if let Some(does) = doc.strip_suffix(never) {
            return Self {
                does: does.to_owned(),
                raises: None,
                manual,
            };
        }
        let start = doc
            .match_indices("Raises ")
            .map(|(place, _)| place)
            .find(|place| *place == 0 || doc[..*place].ends_with(". "));
        let Some(start) = start else {
            return Self {
                does: doc.to_owned(),
                raises: None,
                manual,
            };
        };
        // What it raises is one sentence; what follows belongs to the rest.
        let sentence = &doc[start..];
        let end = sentence.find(". ").map_or(sentence.len(), |end| end + 1);
        let (raises, after) = sentence.split_at(end);
        Self {
            does: format!("{}{after}", doc[..start].trim_end()).trim().to_owned(),
            raises: Some(raises),
            manual,
        }
    }
}

/// What it raises, and what each class means.
fn errors(raises: Option<&'static str>) -> Vec<(String, String)> {
    let Some(raises) = raises else {
        return Vec::new();
    };
    let mut rows = vec![(String::new(), raises.to_owned())];
    for word in raises.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '.')
    {
        let name = word.trim_matches('.');
        // The word, not the class.
        if name == "error" {
            continue;
        }
        let Some(class) = Class::by_name(name) else {
            continue;
        };
        let row = (name.to_owned(), class.meaning().to_owned());
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}

fn show_example(sheet: &mut Sheet, op: &Op, dress: Dress) {
    let Some(example) = example::of(op) else { return };
    let (language, text) = match dress {
        Dress::Rhai => ("rhai", example.rhai),
        Dress::Lua | Dress::Python => ("lua", example.lua),
    };
    sheet.0.push(Block::Code {
        heading: "Example",
        language,
        text: text.to_owned(),
    });
    sheet.0.push(Block::Prints(example.prints.to_owned()));
}

fn notes(op: &Op, manual: Option<&'static str>) -> Vec<(String, String)> {
    let mut notes = vec![("Platforms".to_owned(), op.platform.to_owned())];
    if let Some(manual) = manual {
        notes.push(("Manual".to_owned(), manual.to_owned()));
    }
    if let Some(event) = op.event {
        notes.push(("Audit event".to_owned(), event.to_owned()));
    }
    notes
}

/// Operations of the same owner that are told of together with this one.
pub(super) fn neighbours(op: &'static Op) -> Vec<String> {
    let near = topics()
        .filter(|topic| topic.iter().any(|other| std::ptr::eq(other, op)))
        .flat_map(|topic| topic.iter())
        .filter(|other| other.on == op.on);
    let mut all: Vec<&'static Op> = near.collect();
    if all.len() < 3 {
        all = find::members(op.on).collect();
    }
    let Some(here) = all.iter().position(|other| std::ptr::eq(*other, op)) else {
        return Vec::new();
    };
    let start = here
        .saturating_sub(NEIGHBOURS / 2)
        .min(all.len().saturating_sub(NEIGHBOURS + 1));
    all.into_iter()
        .skip(start)
        .take(NEIGHBOURS + 1)
        .filter(|other| !std::ptr::eq(*other, op))
        .map(Op::full_name)
        .collect()
}
