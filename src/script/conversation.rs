//! What a person at a prompt asks of a language: to say whether a text is whole, to run it so that what it declares stays,
//! to show what came of it, and to say what is there to be named.

use std::borrow::Cow;
use std::rc::Rc;

use crate::api::{Type, Value};
use crate::error::Result;
use crate::sched::Task;

use super::tokens::Grammar;

/// Items of one table or array that are looked at.
pub(crate) const MOST_ITEMS: usize = 100;
/// Tables within tables that are looked at.
pub(crate) const DEEPEST: usize = 8;
/// Items that are looked at in all.
pub(crate) const MOST_IN_ALL: usize = 1000;
/// Bytes of one string that are copied.
pub(crate) const MOST_BYTES: usize = 1024;

/// One value as it is shown: bounded, whatever there is of it.
#[derive(Debug)]
pub(crate) enum Picture {
    /// A number, nothing, a handle, a tuple.
    Value(Value),
    /// Bytes, or text of a language that does not tell: their beginning, and how many there are.
    Bytes(Vec<u8>, usize),
    /// Text: its beginning, and its length in bytes.
    #[cfg_attr(
        not(feature = "rhai"),
        allow(dead_code, reason = "Lua does not tell it from bytes")
    )]
    Text(String, usize),
    /// A list, and how many items it has.
    List(Vec<Self>, usize),
    /// Pairs, and how many more there are.
    Map(Vec<(Self, Self)>, usize),
    /// What has no value to show: a function, a coroutine.
    Named(String),
    /// A table it stands in.
    Cycle,
    /// There was too much already.
    More,
}

/// What stands behind a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Found {
    /// A value with methods.
    Object(Type),
    /// A table or map with these names in it, each with whether it is a function's.
    Fields(Vec<(String, bool)>),
    /// A string.
    Text,
    /// Anything else.
    Other,
}

/// What came of an entry.
#[derive(Debug)]
pub(crate) struct Results {
    pub(crate) pictures: Vec<Picture>,
    /// The entry is a call that returned nothing worth showing, or no expression.
    pub(crate) silent: bool,
}

/// An entry that was compiled and runs.
#[derive(Debug)]
pub(crate) struct Entered {
    pub(crate) task: Rc<Task>,
    /// It was an expression that is no call: its value is shown even if it is nothing.
    pub(crate) is_expression: bool,
}

/// A language at a prompt.
pub(crate) trait Conversation {
    /// The language's name and how its text is taken apart.
    fn grammar(&self) -> Grammar;

    /// Whether more has to come before the text can be compiled.
    fn is_partial(&self, text: &str) -> bool;

    /// Compiles an entry and starts it as a task; its first line is number `line` of the session. What it declares at its
    /// top stays for the next.
    ///
    /// # Errors
    /// `SyntaxError`, with the position; also for bytes that are no text, where the language has none.
    fn enter(&self, source: &[u8], line: usize) -> Result<Entered>;

    /// The text of an entry, or of a script, changed so that what it declares at its top stays for what follows it in one script.
    fn lasting<'a>(&self, text: &'a str) -> Cow<'a, str> {
        text.into()
    }

    /// What an entry that has ended returned; the first becomes `_`.
    fn results(&self, entered: &Entered) -> Results;

    /// The error value an ended entry failed with, where that is no error of ours and not text.
    fn thrown(&self, task: &Task) -> Option<Picture>;

    /// The names that can be used without anything before them.
    fn names(&self) -> Vec<String>;

    /// What stands behind a path of names. Runs no code of the script.
    fn find(&self, path: &[&str]) -> Option<Found>;

    /// Whether the language is in the middle of a finalizer: then whoever asks it something cannot wait.
    fn is_finalizing(&self) -> bool;

    /// Keeps what is declared at the top of the scripts it starts from here on, also of one that fails.
    fn keep_declarations(&self);
}
