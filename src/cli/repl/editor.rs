//! The line editor, on a thread of its own: what it has to know of the language it asks the thread that runs scripts, by
//! requests; it never waits long for an answer.

use std::borrow::Cow;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use rustyline::completion::{Completer, Pair};
use rustyline::config::Configurer as _;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Behavior, ColorMode, CompletionType, Config, Context, Editor, ExternalPrinter as _, Helper};

use crate::script::tokens::Grammar;
use crate::sys::signal;
use crate::sys::wake::Waker;

use super::color::{self, Tint};
use super::completion::Candidate;
use super::output::Show;

/// Longest time an answer is waited for: scripts may be in the middle of something that cannot be interrupted.
const PATIENCE: Duration = Duration::from_millis(500);

/// Columns a prompt takes, at most.
const PROMPT: usize = 6;
/// Characters of a hint that are too few to help.
const FEW: usize = 8;

/// What the editor asks or tells.
pub(super) enum Request {
    /// An entry, and the terminal's width.
    Entry(String, usize),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D, or the end of the input.
    Ended,
    /// What was typed was no UTF-8: the line is given up.
    Garbled,
    /// The terminal failed.
    Broken(String),
    /// Whether more has to come.
    Partial(String, Sender<bool>),
    Complete(String, Sender<(usize, Vec<Candidate>)>),
    Hint(String, Sender<Option<String>>),
}

/// Reads a line.
pub(super) struct Order {
    pub(super) prompt: String,
    pub(super) grammar: Grammar,
}

/// The way to the thread that runs scripts.
#[derive(Clone)]
pub(super) struct Asker {
    requests: Sender<Request>,
    bell: Arc<Waker>,
}

impl Asker {
    pub(super) fn new(requests: Sender<Request>, bell: Arc<Waker>) -> Self {
        Self { requests, bell }
    }

    pub(super) fn tell(&self, request: Request) {
        // The other side is gone when the program ends.
        if self.requests.send(request).is_ok() {
            self.bell.wake();
        }
    }

    fn ask<T>(&self, request: impl FnOnce(Sender<T>) -> Request) -> Option<T> {
        let (reply, answer) = channel();
        self.tell(request(reply));
        answer.recv_timeout(PATIENCE).ok()
    }
}

/// What the editor knows of the language.
struct Help {
    asker: Asker,
    grammar: Grammar,
    /// Columns of the terminal.
    width: Cell<usize>,
    /// The line is complete: no bracket is marked any more.
    over: Cell<bool>,
}

/// A hint that is shown and never taken over.
struct Shown(String);

impl Hint for Shown {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Helper for Help {}

impl Completer for Help {
    type Candidate = Pair;

    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let text = line[..cursor].to_owned();
        let (start, found) = self
            .asker
            .ask(|reply| Request::Complete(text, reply))
            .unwrap_or((cursor, Vec::new()));
        let pairs = found.into_iter().map(|candidate| Pair {
            display: candidate.shown,
            replacement: candidate.written,
        });
        Ok((start, pairs.collect()))
    }
}

impl Hinter for Help {
    type Hint = Shown;

    fn hint(&self, line: &str, cursor: usize, _: &Context<'_>) -> Option<Shown> {
        if cursor < line.len() || !line.contains('(') || line.starts_with(':') {
            return None;
        }
        super::site::call(line, self.grammar)?;
        // What does not fit beside the line is left out.
        let row = line.rsplit('\n').next().unwrap_or_default();
        let margin = if row.len() == line.len() { PROMPT } else { 0 };
        let room = self.width.get().checked_sub(margin + row.chars().count() + 1)?;
        let text = line.to_owned();
        let hint = self.asker.ask(|reply| Request::Hint(text, reply)).flatten()?;
        if hint.chars().count() <= room {
            return Some(Shown(hint));
        }
        let kept = room.checked_sub(1).filter(|room| *room > FEW)?;
        let shortened: String = hint.chars().take(kept).collect();
        Some(Shown(shortened + "…"))
    }
}

impl Highlighter for Help {
    fn highlight<'l>(&self, line: &'l str, cursor: usize) -> Cow<'l, str> {
        let cursor = (!self.over.get()).then_some(cursor);
        color::line(line, cursor, self.grammar).into()
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        color::painted(true, Tint::Prompt, prompt).into()
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        color::painted(true, Tint::Faint, hint).into()
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.over.set(kind == CmdKind::ForcedRefresh);
        true
    }
}

impl Validator for Help {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input().to_owned();
        if text.starts_with(':') || text.trim().is_empty() {
            return Ok(ValidationResult::Valid(None));
        }
        Ok(match self.asker.ask(|reply| Request::Partial(text, reply)) {
            Some(true) => ValidationResult::Incomplete,
            _ => ValidationResult::Valid(None),
        })
    }
}

/// An editor that has been started.
pub(super) struct Started {
    pub(super) orders: Sender<Order>,
    /// Prints above the line; none where the terminal cannot do that.
    pub(super) show: Option<Show>,
}

/// Starts the editor's thread. It reads a line for each order.
///
/// # Errors
/// The terminal cannot be had.
pub(super) fn start(
    asker: Asker,
    grammar: Grammar,
    colored: bool,
    history: Option<PathBuf>,
) -> rustyline::Result<Started> {
    let config = Config::builder()
        .behavior(Behavior::PreferTerm)
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .history_ignore_space(true)
        .color_mode(if colored {
            ColorMode::Enabled
        } else {
            ColorMode::Disabled
        })
        .build();
    let mut editor: Editor<Help, FileHistory> =
        Editor::with_history(config.clone(), FileHistory::with_config(&config))?;
    editor.set_max_history_size(10_000)?;
    editor.set_helper(Some(Help {
        asker: asker.clone(),
        grammar,
        width: Cell::new(80),
        over: Cell::new(false),
    }));
    let show = editor.create_external_printer().ok().map(|mut printer| {
        let show: Show = Box::new(move |text| {
            // A terminal that is gone shows nothing.
            let _ = printer.print(text);
        });
        show
    });
    let (orders, inbox) = channel();
    std::thread::Builder::new()
        .name("wirescript-editor".into())
        .spawn(move || {
            signal::block_all();
            edit(editor, &asker, &inbox, history.as_deref());
        })?;
    Ok(Started { orders, show })
}

fn edit(
    mut editor: Editor<Help, FileHistory>,
    asker: &Asker,
    orders: &Receiver<Order>,
    history: Option<&Path>,
) {
    if let Some(path) = history {
        // A history that cannot be read is an empty one.
        let _ = editor.load_history(path);
    }
    while let Ok(order) = orders.recv() {
        let width = editor
            .dimensions()
            .map_or(80, |(columns, _)| usize::from(columns));
        if let Some(help) = editor.helper_mut() {
            help.width.set(width);
            help.grammar = order.grammar;
            help.over.set(false);
        }
        let outcome = editor.readline(&order.prompt);
        let width = editor
            .dimensions()
            .map_or(80, |(columns, _)| usize::from(columns));
        asker.tell(match outcome {
            Ok(text) => {
                if editor.add_history_entry(text.as_str()).unwrap_or(false)
                    && let Some(path) = history
                {
                    // Written at once, so that a session that is killed leaves its history; one that cannot be is lost.
                    let _ = editor.append_history(path);
                }
                Request::Entry(text, width)
            }
            Err(ReadlineError::Interrupted) => Request::Interrupted,
            Err(ReadlineError::Eof) => Request::Ended,
            Err(ReadlineError::Io(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
                Request::Garbled
            }
            Err(error) => Request::Broken(error.to_string()),
        });
    }
}
