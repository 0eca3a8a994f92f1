//! One row of the table.
#![cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "without the command nobody reads the documentation")
)]

use crate::error::Result;

use super::Cx;
use super::argument::{DATA, FILE_LIKE, FUNCTION_KIND, GIVEN, PORTABLE, SHOWN};
use super::handler::{Handler, typed};
use super::value::Type;

/// An operation scripts can call.
pub(crate) struct Op {
    pub(crate) name: &'static str,
    pub(crate) on: Owner,
    pub(crate) form: Form,
    pub(crate) params: &'static [Param],
    /// How many of them may be given by their place; those behind are named, as behind Python's `*`.
    pub(crate) by_place: usize,
    /// What it returns, in a few words: the type first.
    pub(crate) returns: &'static str,
    /// What it does. First sentence: a verb and what it does; then what can go wrong.
    pub(crate) doc: &'static str,
    /// What Python's documentation calls it.
    pub(crate) python: Python,
    /// Where it can be had, and what differs between systems.
    pub(crate) platform: &'static str,
    /// Name of its audit event, where it has one.
    pub(crate) event: Option<&'static str>,
    pub(crate) run: &'static dyn Handler,
    /// A path of its own in the adapters; this row stays the truth about it.
    pub(crate) hot: Option<Hot>,
    /// After it the attributes of its object may say something else.
    pub(crate) alters: bool,
}

/// What a module's function leaves unsaid: rows are written `Op { name: …, ..FUNCTION }`.
pub(crate) const FUNCTION: Op = Op {
    name: "",
    on: Owner::Module("socket"),
    form: Form::Function,
    params: &[],
    by_place: usize::MAX,
    returns: "None",
    doc: "",
    python: Python::Same,
    platform: "Unix",
    event: None,
    run: &typed(nothing),
    hot: None,
    alters: false,
};

/// What a socket's method leaves unsaid.
pub(crate) const METHOD: Op = Op {
    on: Owner::Type(Type::Socket),
    form: Form::Method,
    ..FUNCTION
};

/// What a socket's attribute leaves unsaid.
pub(crate) const PROPERTY: Op = Op {
    form: Form::Property,
    ..METHOD
};

fn nothing(_: &Cx<'_>) -> Result<()> {
    Ok(())
}

/// What Python calls an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Python {
    /// The same, on the owner Python has: `socket.socket.recv` for a socket's `recv`.
    Same,
    /// Something else.
    Named(&'static str),
    /// Python has nothing like it.
    Nothing,
}

/// Who has the operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Owner {
    /// A module, by name; the empty name is every script's global scope.
    Module(&'static str),
    /// Values of a type.
    Type(Type),
}

/// How it is reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// `module.name(…)`.
    Function,
    /// `value.name(…)`.
    Method,
    /// `value.name`, `module.name`.
    Property,
}

/// Operations so frequent that adapters have a shorter way for their plain case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hot {
    Recv,
    RecvInto,
    Send,
    SendAll,
}

impl Hot {
    #[cfg_attr(
        not(feature = "lua"),
        allow(dead_code, reason = "Lua tells its functions apart")
    )]
    pub(crate) const ALL: [Self; 4] = [Self::Recv, Self::RecvInto, Self::Send, Self::SendAll];
}

/// One parameter. Its kind is that of the Rust type behind it.
#[derive(Debug)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) default: Default,
}

/// What stands for a parameter that is not given.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Default {
    /// It must be given.
    Required,
    /// `None`.
    None,
    Int(i64),
    Bool(bool),
    Text(&'static str),
    /// It may be left out though others follow, as `flags` in `sendto(data, [flags,] address)`.
    Skipped(i64),
    /// It takes all arguments that are left, where they are.
    Rest,
    /// It takes all arguments that are left, as values.
    Values,
}

/// A parameter that must be given.
pub(crate) const fn need(name: &'static str, doc: &'static str) -> Param {
    Param {
        name,
        doc,
        default: Default::Required,
    }
}

/// A parameter with a default.
pub(crate) const fn with(name: &'static str, default: Default, doc: &'static str) -> Param {
    Param { name, doc, default }
}

impl Op {
    /// The name with its owner: `socket.recv`.
    pub(crate) fn full_name(&self) -> String {
        match self.on {
            Owner::Module("") => self.name.to_owned(),
            Owner::Module(module) => format!("{module}.{}", self.name),
            Owner::Type(owner) => format!("{}.{}", owner.name(), self.name),
        }
    }

    /// What Python's documentation calls it.
    pub(crate) fn python_name(&self) -> Option<String> {
        match (self.python, self.on) {
            (Python::Named(name), _) => Some(name.to_owned()),
            (Python::Nothing, _) => None,
            (Python::Same, Owner::Type(Type::Socket)) => Some(format!("socket.socket.{}", self.name)),
            // These are ours; a row that stands for something of Python's names it.
            (
                Python::Same,
                Owner::Type(_) | Owner::Module("task" | "worker" | "test" | "expect" | "packet"),
            ) => None,
            (Python::Same, Owner::Module(_)) => Some(self.full_name()),
        }
    }

    /// Whether the first value handed to it is the object it is called on.
    pub(crate) const fn takes_self(&self) -> bool {
        matches!(self.on, Owner::Type(_))
    }

    /// The parameters that are given by name only.
    pub(crate) fn named(&self) -> &'static [Param] {
        self.params.get(self.by_place..).unwrap_or_default()
    }

    /// Whether the last parameter takes all values that are left.
    pub(crate) fn takes_values(&self) -> bool {
        self.params
            .last()
            .is_some_and(|last| last.default == Default::Values)
    }

    /// Whether the parameter at this place takes data of any kind.
    pub(crate) fn takes_data(&self, place: usize) -> bool {
        self.kind_at(place) == DATA
    }

    /// Whether the parameter at this place takes any value to print it.
    pub(crate) fn takes_shown(&self, place: usize) -> bool {
        self.kind_at(place) == SHOWN
    }

    /// Whether the parameter at this place takes a value of any kind to keep it.
    pub(crate) fn keeps(&self, place: usize) -> bool {
        matches!(self.kind_at(place), GIVEN | FILE_LIKE)
    }

    /// Whether the parameter of this name does.
    pub(crate) fn keeps_named(&self, name: &str) -> bool {
        let place = self.params.iter().position(|param| param.name == name);
        place.is_some_and(|place| self.keeps(place))
    }

    /// Whether the parameter at this place takes a function.
    pub(crate) fn takes_function(&self, place: usize) -> bool {
        self.kind_at(place) == FUNCTION_KIND
    }

    /// Whether the parameter at this place, or the one that takes what is left, takes what can go to another thread.
    pub(crate) fn takes_portable(&self, place: usize) -> bool {
        let last = self.params.len().saturating_sub(1);
        self.kind_at(place.min(last)) == PORTABLE
    }

    /// Whether a trailing table or map may hold keywords: not where the last parameter takes any value.
    pub(crate) fn takes_keywords(&self) -> bool {
        !self.takes_rest() && !matches!(self.last_kind(), DATA | GIVEN | PORTABLE | SHOWN)
    }

    /// Whether a trailing table or map behind so many arguments may hold keywords. Also where the last parameter takes any value, if
    /// the map could be nothing else: there the parameter is a number, or one behind it would be missing.
    pub(crate) fn may_be_keywords(&self, before: usize) -> bool {
        let behind = self.params.get(before + 1..).unwrap_or_default();
        let must_be =
            || self.kind_at(before) == "int" || behind.iter().any(|param| param.default == Default::Required);
        self.takes_keywords() || (!self.takes_rest() && must_be())
    }

    /// Whether a trailing table or map with these names, behind so many arguments, holds keywords. Where the last parameter, or the
    /// one in that place, takes values of several kinds, as an address, it does when all are names of parameters left: such a value
    /// is never a map like that.
    pub(crate) fn are_keywords<'a>(&self, before: usize, mut names: impl Iterator<Item = &'a str>) -> bool {
        let left = self.params.get(before..).unwrap_or_default();
        let is_left = |name| left.iter().any(|param| param.name == name);
        let takes_no_map =
            self.takes_keywords() && self.last_kind() != "any" && self.kind_at(before) != FILE_LIKE;
        self.may_be_keywords(before) && (takes_no_map || names.all(is_left))
    }

    /// Whether the last parameter takes what is left.
    fn takes_rest(&self) -> bool {
        self.params
            .last()
            .is_none_or(|last| matches!(last.default, Default::Rest | Default::Values))
    }

    /// Whether an empty table behind so many arguments holds keywords, and is not the empty list that a parameter needs.
    #[cfg_attr(
        not(feature = "lua"),
        allow(dead_code, reason = "elsewhere lists are no maps")
    )]
    pub(crate) fn takes_empty_keywords(&self, before: usize) -> bool {
        let here = self.params.get(before);
        self.takes_keywords() && here.is_none_or(|param| param.default != Default::Required)
    }

    /// What the parameter at this place takes; nothing where there is none.
    fn kind_at(&self, place: usize) -> &'static str {
        let first = usize::from(self.takes_self());
        self.run.kinds().get(first + place).copied().unwrap_or_default()
    }

    fn last_kind(&self) -> &'static str {
        self.run.kinds().last().copied().unwrap_or_default()
    }
}
