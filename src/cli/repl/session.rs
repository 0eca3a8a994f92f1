//! A session: the languages, what was entered, and how an entry is run. The prompt is a task of its own that waits for
//! entries while servers and other tasks go on.

use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::path::Path;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use crate::error::{Class, Error, Result};
use crate::net::Net;
use crate::runtime::{Runtime, Speech};
use crate::sched::{Interest, Payload, Source, Standing, Task};
use crate::script::tokens::Grammar;
use crate::script::{Chunk, Entered, Language, Picture, Results};
use crate::sys::stdio;
use crate::sys::wake::Waker;

use super::color::{Tint, painted};
use super::editor::Request;
use super::record::{self, End, Entry};
use super::show::{self, Style};
use super::trace::Trace;
use super::{annotation, commands, report};
use crate::cli::complain;
use crate::cli::recording::Recording;

/// What follows an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum After {
    Continue,
    /// The entry failed; a script would end here.
    Failed,
    /// The end, with this status.
    Quit(u8),
}

/// What is kept between entries.
pub(super) struct Session {
    runtime: Runtime,
    language: RefCell<(Speech, Rc<dyn Language>)>,
    entries: RefCell<Vec<Entry>>,
    /// Every line that was entered: messages name them by their number.
    typed: RefCell<Vec<String>>,
    /// Whether the last value is the same whenever the session is run again.
    last_is_stable: Cell<bool>,
    timing: Cell<bool>,
    width: Cell<usize>,
    colored: bool,
    /// Somebody sits at the other end: what fails is told and the session goes on.
    interactive: bool,
    /// A command has complained.
    pub(super) complained: Cell<bool>,
    trace: Trace,
}

impl Session {
    /// A session in this language.
    pub(super) fn new(
        runtime: Runtime,
        speech: Speech,
        colored: bool,
        interactive: bool,
        recording: Recording,
    ) -> Result<Rc<Self>> {
        let language = runtime.speak(speech)?;
        language.conversation().keep_declarations();
        runtime.net().keep_roster();
        Ok(Rc::new(Self {
            runtime,
            language: RefCell::new((speech, language)),
            entries: RefCell::default(),
            typed: RefCell::default(),
            last_is_stable: Cell::new(true),
            timing: Cell::new(false),
            width: Cell::new(80),
            colored,
            interactive,
            complained: Cell::new(false),
            trace: Trace::new(recording),
        }))
    }

    pub(super) fn language(&self) -> Rc<dyn Language> {
        self.language.borrow().1.clone()
    }

    pub(super) fn grammar(&self) -> Grammar {
        self.language().conversation().grammar()
    }

    /// Goes on in another language.
    pub(super) fn switch(&self, speech: Speech) -> Result<()> {
        let language = self.runtime.speak(speech)?;
        language.conversation().keep_declarations();
        *self.language.borrow_mut() = (speech, language);
        Ok(())
    }

    pub(super) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    pub(super) fn net(&self) -> &Rc<Net> {
        self.runtime.net()
    }

    /// Shows what happens on the sockets from here on, or no more.
    pub(super) fn trace(&self, on: bool) {
        if on {
            self.trace.begin(self.net(), self.colored);
        } else {
            self.trace.end(self.net());
        }
    }

    pub(super) fn is_colored(&self) -> bool {
        self.colored
    }

    pub(super) fn set_width(&self, columns: usize) {
        self.width.set(columns.max(20));
    }

    pub(super) fn is_timing(&self) -> bool {
        self.timing.get()
    }

    pub(super) fn set_timing(&self, on: bool) {
        self.timing.set(on);
    }

    pub(super) fn typed(&self) -> Vec<String> {
        self.typed.borrow().clone()
    }

    pub(super) fn with_entries<T>(&self, read: impl FnOnce(&[Entry]) -> T) -> T {
        read(&self.entries.borrow())
    }

    /// The tasks beside the prompt.
    pub(super) fn tasks(&self) -> Vec<Rc<Task>> {
        let tasks = self.net().sched().tasks();
        tasks.into_iter().filter(|task| !is_prompt(task)).collect()
    }

    /// Ends a task, however busy it is.
    pub(super) fn end(&self, task: &Rc<Task>) {
        task.observe();
        self.net().sched().kill(task, Class::CancelledError);
    }

    /// Prints lines.
    pub(super) fn say(&self, text: &str) {
        // An output that is gone shows nothing.
        let _ = stdio::write(text.as_bytes());
        let _ = stdio::write(b"\n");
        let _ = stdio::flush();
    }

    /// Says what is wrong.
    pub(super) fn complain(&self, text: &str) {
        self.complained.set(true);
        if self.interactive {
            self.say(&painted(self.colored, Tint::Trouble, text));
        } else {
            let _ = stdio::flush();
            complain(text);
        }
    }

    pub(super) fn say_time(&self, time: Duration) {
        let text = match time.as_secs_f64() {
            seconds if seconds < 0.001 => format!("{:.0} µs", seconds * 1e6),
            seconds if seconds < 1.0 => format!("{:.2} ms", seconds * 1e3),
            seconds => format!("{seconds:.2} s"),
        };
        self.say(&painted(self.colored, Tint::Faint, &format!("took {text}")));
    }

    /// Runs an entry or carries out a command.
    pub(super) fn take(self: &Rc<Self>, source: &[u8]) -> After {
        let text = &*String::from_utf8_lossy(source);
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return After::Continue;
        }
        if commands::is_command(self, trimmed) {
            // Its line has a number too.
            self.typed.borrow_mut().push(text.to_owned());
            return commands::run(self, trimmed);
        }
        self.evaluate(text, source)
    }

    /// Runs an entry to its end and shows what came of it. `text` is `source` as it can be shown.
    pub(super) fn evaluate(&self, text: &str, source: &[u8]) -> After {
        let language = self.language();
        let line = self.typed.borrow().len() + 1;
        self.typed
            .borrow_mut()
            .extend(text.split('\n').map(str::to_owned));
        let start = Instant::now();
        let entered = match language.conversation().enter(source, line) {
            Ok(entered) => entered,
            Err(error) => return self.fail(None, &error.advice(), &error),
        };
        let after = self.finish(&language, &entered.task, |session| {
            session.succeed(&language, text, &entered);
        });
        if after == After::Failed {
            self.note_failure(&language, text, &entered.task, entered.is_expression);
        }
        if self.timing.get() {
            self.say_time(start.elapsed());
        }
        after
    }

    /// Runs a script so that what it declares stays.
    pub(super) fn run_script(&self, path: &Path, source: &[u8]) -> After {
        let name = format!("@{}", path.display());
        self.run_chunk(&Chunk {
            name: &name,
            source,
            path: Some(path),
        })
    }

    /// As [`Self::run_script`].
    pub(super) fn run_chunk(&self, chunk: &Chunk<'_>) -> After {
        let language = match chunk.path.and_then(|path| path.extension()) {
            Some(ending) if ending == "rhai" => self.in_language("rhai"),
            Some(ending) if ending == "lua" => self.in_language("lua"),
            _ => Ok(self.language()),
        };
        match language.and_then(|language| Ok((language.start(chunk)?, language))) {
            Ok((task, language)) => {
                // What it declares is there for the entries to come, also where the session is written down.
                let text = String::from_utf8_lossy(chunk.source);
                let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
                let text = match text.split_once('\n') {
                    Some((first, rest)) if first.starts_with("#!") => rest,
                    _ => text,
                };
                let after = self.finish(&language, &task, |session| {
                    session.note(&language, text, End::Done);
                });
                if after == After::Failed {
                    self.note_failure(&language, text, &task, false);
                }
                after
            }
            Err(error) => self.fail(None, &error.message(), &error),
        }
    }

    fn in_language(&self, name: &str) -> Result<Rc<dyn Language>> {
        let speech = Speech::named(name)
            .ok_or_else(|| Error::runtime(format!("this wirescript was built without {name}")))?;
        let language = self.runtime.speak(speech)?;
        language.conversation().keep_declarations();
        Ok(language)
    }

    /// Waits for the end of what was entered; Ctrl-C ends it.
    fn finish(&self, language: &Rc<dyn Language>, task: &Rc<Task>, succeed: impl FnOnce(&Self)) -> After {
        let sched = self.net().sched();
        if self.interactive {
            sched.converse(Some(task));
        }
        let joined = sched.join(task, None);
        if self.interactive {
            sched.converse(None);
        }
        if let Some(status) = sched.exit_status() {
            return After::Quit(u8::try_from(status & 0xff).unwrap_or(1));
        }
        if let Err(error) = joined {
            // The prompt itself is to end.
            let interrupted = error.class() == Class::KeyboardInterrupt;
            if interrupted {
                self.complain("KeyboardInterrupt");
            }
            return After::Quit(if interrupted { 130 } else { 1 });
        }
        match task.failure() {
            None => {
                succeed(self);
                After::Continue
            }
            Some(error) if error.class() == Class::SystemExit => {
                if let Some(words) = error.last_words() {
                    self.complain(&words);
                }
                After::Quit(u8::try_from(error.status().unwrap_or(0) & 0xff).unwrap_or(1))
            }
            Some(error) => self.fail(Some((language, task)), &language.report(task), &error),
        }
    }

    fn succeed(&self, language: &Rc<dyn Language>, text: &str, entered: &Entered) {
        let conversation = language.conversation();
        let Results { pictures, silent } = conversation.results(entered);
        let mut shown = Vec::new();
        if !silent {
            let style = self.style();
            for picture in &pictures {
                let mut line = show::block(picture, style);
                if let Picture::Value(crate::api::Value::Int(number)) = picture
                    && let Some(meaning) = annotation::meaning(text, style.grammar, *number)
                {
                    line.push_str(&painted(self.colored, Tint::Faint, &format!("  {meaning}")));
                }
                self.say(&line);
                let plain = Style {
                    colored: false,
                    ..style
                };
                shown.push(show::block(picture, plain));
            }
        }
        let grammar = conversation.grammar();
        let end = match pictures.first() {
            Some(first) if !silent => {
                let rests_on_last = record::uses_last(text, grammar) && !self.last_is_stable.get();
                let stable = record::stable(text, grammar, first).filter(|_| !rests_on_last);
                self.last_is_stable.set(stable.is_some());
                End::Value {
                    stable,
                    shown: shown.join("\n"),
                }
            }
            _ => End::Done,
        };
        self.note(language, text, end);
    }

    fn style(&self) -> Style {
        Style {
            colored: self.colored,
            width: self.width.get(),
            grammar: self.grammar(),
        }
    }

    fn note(&self, language: &Rc<dyn Language>, text: &str, end: End) {
        let conversation = language.conversation();
        self.entries.borrow_mut().push(Entry {
            text: conversation.lasting(text).into_owned(),
            grammar: conversation.grammar(),
            end,
        });
    }

    fn note_failure(&self, language: &Rc<dyn Language>, text: &str, task: &Task, is_expression: bool) {
        let end = match task.failure() {
            Some(error) if error.class() != Class::KeyboardInterrupt => End::Failed { error, is_expression },
            _ => End::Broken,
        };
        self.note(language, text, end);
    }

    /// Tells of a failure.
    fn fail(&self, of: Option<(&Rc<dyn Language>, &Rc<Task>)>, report: &str, error: &Error) -> After {
        if error.class() == Class::KeyboardInterrupt {
            self.complain("KeyboardInterrupt");
            return After::Failed;
        }
        if !self.interactive {
            self.complain(report);
            return After::Failed;
        }
        let thrown = of.and_then(|(language, task)| language.conversation().thrown(task));
        match thrown {
            Some(picture) => {
                self.complain("an error value was raised:");
                self.say(&show::block(&picture, self.style()));
            }
            None => self.say(&report::failure(
                error,
                report,
                self.net(),
                &self.typed(),
                self.colored,
            )),
        }
        After::Failed
    }
}

/// The bell that the editor's thread rings, and what it asks.
pub(super) struct Door {
    requests: Receiver<Request>,
    bell: Arc<Waker>,
    source: OnceCell<Rc<Source>>,
}

impl Door {
    pub(super) fn new(requests: Receiver<Request>, bell: Arc<Waker>) -> Self {
        Self {
            requests,
            bell,
            source: OnceCell::new(),
        }
    }

    /// Waits for the next request while other tasks run.
    ///
    /// # Errors
    /// Everything is to end.
    pub(super) fn next(&self, session: &Session) -> Result<Request> {
        loop {
            // In this order: who rings has put the request there before.
            self.bell.drain();
            if let Ok(request) = self.requests.try_recv() {
                return Ok(request);
            }
            let sched = session.net().sched();
            sched.wait_fd(&self.source, self.bell.fd(), Interest::Read, None, false)?;
        }
    }
}

/// The scheduler's side of the prompt: a task of no language.
pub(super) struct Prompt(pub(super) Weak<Session>);

impl Payload for Prompt {
    fn standing(&self) -> Result<Standing> {
        let session = self.0.upgrade();
        if session.is_some_and(|session| session.language().conversation().is_finalizing()) {
            return Err(Error::runtime(
                "a finalizer cannot wait: every task would wait with it",
            ));
        }
        Ok(Standing::Suspend)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn is_prompt(task: &Task) -> bool {
    task.payload().as_any().is::<Prompt>()
}
