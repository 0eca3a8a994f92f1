//! The prompt: entries in Lua or Rhai, run one after the other while servers and other tasks go on.
//!
//! `session` keeps what lasts between entries and runs them; `terminal` serves a person at a terminal, with the line editor
//! (`editor`) on a thread of its own and what tasks print shown above the line (`output`); `piped` reads entries from a
//! pipe. `site` finds where the cursor stands and `completion` what can stand there, `color` colours. `show` prints
//! values, `annotation` says what a number means, `sockets` and `report` tell of sockets and errors. `commands` are what
//! begins with a colon, `record` writes a session down
//! (`pieces` takes entries apart for it), `trace` shows what happens, `history` is where entries are kept.

mod annotation;
mod color;
mod commands;
mod completion;
mod editor;
mod history;
mod output;
mod pieces;
mod piped;
mod record;
mod report;
mod session;
mod show;
mod site;
mod sockets;
mod terminal;
mod trace;

use std::io::IsTerminal;
use std::rc::Rc;

use crate::cli::recording::Recording;
use crate::error::Result;
use crate::runtime::{Runtime, Speech};
use crate::script::Chunk;
use crate::sys::stdio;
use crate::sys::terminal::TerminalModes;

use session::{After, Prompt, Session};

/// Runs a script first, if there is one, and then what is entered, where a prompt was `asked` for also beyond what fails. Returns
/// the exit status.
///
/// # Errors
/// The engine or the terminal cannot be had.
pub(super) fn run(
    runtime: Runtime,
    speech: Speech,
    script: Option<&Chunk<'_>>,
    asked: bool,
    recording: Recording,
) -> Result<u8> {
    let interactive = std::io::stdin().is_terminal();
    let colored = interactive && std::io::stdout().is_terminal() && wants_colors();
    let session = Session::new(runtime, speech, colored, interactive, recording)?;
    let modes = TerminalModes::now();
    let outcome = Rc::new(std::cell::Cell::new(After::Quit(1)));
    let door = if interactive {
        if let Some(modes) = &modes {
            modes.restore_at_signals();
        }
        session.net().sched().converse(None);
        Some(terminal::Terminal::open(&session)?)
    } else {
        None
    };
    let body = {
        let (session, outcome) = (session.clone(), outcome.clone());
        let script = script.map(Kept::of);
        move || {
            if let Some(script) = &script
                && let After::Quit(status) = session.run_chunk(&script.chunk())
            {
                // As with python3 -i the prompt comes all the same, unless everything is being ended.
                if session.net().sched().is_dying() {
                    return outcome.set(After::Quit(status));
                }
                session.complain(&format!("SystemExit: {status}"));
            }
            outcome.set(match door {
                Some(terminal) => terminal.serve(&session),
                None => piped::serve(&session, asked),
            });
        }
    };
    let sched = session.net().sched().clone();
    let prompt = Box::new(Prompt(Rc::downgrade(&session)));
    let task = sched.spawn(
        "prompt".into(),
        prompt,
        Box::new(move |_| {
            body();
            Ok(())
        }),
    )?;
    sched.run_until(|| task.is_done())?;
    let status = match outcome.get() {
        After::Quit(status) => status,
        After::Failed => 1,
        // A pipe's end is a script's end: tasks run to theirs.
        After::Continue => {
            sched.run_until(|| false)?;
            u8::from(session.runtime().outcome().is_err())
        }
    };
    let flushed = stdio::flush();
    if let Some(modes) = modes {
        modes.restore();
    }
    flushed?;
    if let Some(error) = sched.limit_error() {
        session.complain(&error.to_string());
        return Ok(1);
    }
    Ok(status)
}

/// Whether a terminal is to have colours.
fn wants_colors() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_none_or(|name| name == "dumb");
    !refused && !dumb
}

/// A script that outlives its reader.
struct Kept {
    name: String,
    source: Vec<u8>,
    path: Option<std::path::PathBuf>,
}

impl Kept {
    fn of(chunk: &Chunk<'_>) -> Self {
        Self {
            name: chunk.name.to_owned(),
            source: chunk.source.to_owned(),
            path: chunk.path.map(Into::into),
        }
    }

    fn chunk(&self) -> Chunk<'_> {
        Chunk {
            name: &self.name,
            source: &self.source,
            path: self.path.as_deref(),
        }
    }
}
