//! A person at a terminal: a line is edited on the editor's thread, and what that asks is answered here.

use std::io::IsTerminal;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use crate::error::{Error, Result};
use crate::script::tokens::Grammar;
use crate::sys::stdio;
use crate::sys::wake::Waker;

use super::completion;
use super::editor::{self, Asker, Order, Request};
use super::history;
use super::output::Output;
use super::session::{After, Door, Session};

/// The editor, and what is printed while it works.
pub(super) struct Terminal {
    door: Door,
    orders: Sender<Order>,
    output: Option<Output>,
}

impl Terminal {
    /// Starts the editor.
    ///
    /// # Errors
    /// The terminal, or a thread, cannot be had.
    pub(super) fn open(session: &Session) -> Result<Self> {
        let (requests, inbox) = channel();
        let bell = Arc::new(Waker::new()?);
        let asker = Asker::new(requests, bell.clone());
        let started = editor::start(asker, session.grammar(), session.is_colored(), history::file())
            .map_err(|error| Error::runtime(format!("the terminal cannot be used: {error}")))?;
        let output = match started.show.filter(|_| std::io::stdout().is_terminal()) {
            Some(show) => Some(Output::new(show)?),
            None => None,
        };
        Ok(Self {
            door: Door::new(inbox, bell),
            orders: started.orders,
            output,
        })
    }

    /// Runs what is entered until the end.
    pub(super) fn serve(&self, session: &Rc<Session>) -> After {
        session.say(&greeting(session.grammar()));
        loop {
            let Ok(request) = self.read(session) else {
                // What is said of it does not belong behind the prompt.
                session.say("");
                let status = session.net().sched().exit_status().unwrap_or(1);
                return After::Quit(u8::try_from(status & 0xff).unwrap_or(1));
            };
            match request {
                Request::Entry(text, width) => {
                    session.set_width(width);
                    if let After::Quit(status) = session.take(text.as_bytes()) {
                        return After::Quit(status);
                    }
                    self.begin_line(session, width);
                }
                Request::Garbled => session.complain(
                    "SyntaxError: what was typed is not UTF-8, which the terminal has to send; the line is given up",
                ),
                Request::Ended => return After::Quit(0),
                Request::Broken(text) => {
                    session.complain(&format!("the terminal failed: {text}"));
                    return After::Quit(1);
                }
                _ => {}
            }
        }
    }

    /// Has a line edited, and answers what the editor asks meanwhile.
    fn read(&self, session: &Rc<Session>) -> Result<Request> {
        if let Some(output) = &self.output {
            output.begin()?;
        }
        let request = self.ask(session);
        if let Some(output) = &self.output {
            output.end()?;
        }
        request
    }

    fn ask(&self, session: &Rc<Session>) -> Result<Request> {
        let grammar = session.grammar();
        let prompt = match grammar {
            Grammar::Lua => "lua> ",
            Grammar::Rhai => "rhai> ",
        };
        let order = Order {
            prompt: prompt.to_owned(),
            grammar,
        };
        if self.orders.send(order).is_err() {
            return Ok(Request::Broken("the editor has ended".into()));
        }
        loop {
            let request = self.door.next(session)?;
            let language = session.language();
            let language = language.conversation();
            // An editor that has not waited for the answer does not get it.
            match request {
                Request::Partial(text, reply) => drop(reply.send(language.is_partial(&text))),
                Request::Complete(text, reply) => drop(reply.send(completion::complete(&text, language))),
                Request::Hint(text, reply) => drop(reply.send(completion::hint(&text, language))),
                request => return Ok(request),
            }
        }
    }

    /// Makes the next prompt begin a line of its own where what was printed did not end one: a mark, and so many blanks
    /// that the terminal goes to the next line unless it was at the beginning of one.
    fn begin_line(&self, session: &Session, width: usize) {
        if self.output.is_some() && session.is_colored() {
            let blanks = " ".repeat(width.saturating_sub(1));
            // A terminal that is gone needs no lines.
            let _ = stdio::write(format!("\x1b[2m⏎\x1b[0m{blanks}\r\x1b[K").as_bytes());
            let _ = stdio::flush();
        }
    }
}

fn greeting(grammar: Grammar) -> String {
    let language = match grammar {
        Grammar::Lua if cfg!(feature = "lua55") => "Lua 5.5",
        Grammar::Lua => "Lua 5.4",
        Grammar::Rhai => "Rhai",
    };
    format!(
        "wirescript {}, {language}. :help tells more, Ctrl-D leaves.",
        env!("CARGO_PKG_VERSION")
    )
}
