//! What begins with a colon: commands to the prompt itself.

use std::path::Path;
use std::rc::Rc;
use std::time::Instant;

use crate::bytes::Bytes;
use crate::doc;
use crate::error::Result;
use crate::file::{self, Data, File, Manner, What};
use crate::runtime::Speech;
use crate::script::tokens::Grammar;

use super::completion::{self, Candidate};
use super::record;
use super::session::{After, Session};
use super::sockets;

/// A command's words, and what it does.
const COMMANDS: &[(&str, &str, &str)] = &[
    (
        ":help",
        "[NAME]",
        "this list, or what is known of a name: `:help socket.recv`",
    ),
    (":tasks", "", "what runs beside the prompt, and where it is"),
    (":cancel", "NUMBER", "end a task of that list"),
    (
        ":sockets",
        "",
        "every open socket: state, queues, both ends, the line that made it",
    ),
    (
        ":trace",
        "on|off",
        "show what happens on the sockets, as it happens",
    ),
    (
        ":time",
        "[on|off|CODE]",
        "tell how long each entry takes, or this one",
    ),
    (
        ":load",
        "FILE",
        "run a script; what it declares is there afterwards",
    ),
    (":save", "FILE", "write this session as a script"),
    (
        ":save-test",
        "FILE",
        "write this session as a test that expects what was seen",
    ),
    (":lua", "", "go on in Lua"),
    (":rhai", "", "go on in Rhai"),
    (":quit", "", "leave; so do exit and Ctrl-D"),
];

/// Whether an entry is a command: one that begins with a colon, or a word that ends other prompts and means nothing in the session.
pub(super) fn is_command(session: &Session, text: &str) -> bool {
    if let "exit" | "quit" | "exit()" | "quit()" = text {
        let name = text.trim_end_matches("()");
        return session.language().conversation().find(&[name]).is_none();
    }
    text.starts_with(':') && !text.starts_with("::")
}

/// What a command that is being typed may become.
pub(super) fn complete(text: &str) -> Option<(usize, Vec<Candidate>)> {
    if !text.starts_with(':') || text.starts_with("::") {
        return None;
    }
    let plain = |name: &str, start: usize| {
        let written = name.to_owned();
        (
            start,
            Candidate {
                shown: written.clone(),
                written,
            },
        )
    };
    let Some((command, argument)) = text.split_once(' ') else {
        let known = COMMANDS
            .iter()
            .map(|(name, ..)| *name)
            .filter(|name| name.starts_with(text));
        return Some((0, known.map(|name| plain(name, 0).1).collect()));
    };
    let start = text.len() - argument.len();
    let found: Vec<String> = match command {
        ":trace" | ":time" => vec!["on".into(), "off".into()],
        ":help" => doc::names::all().collect(),
        ":load" | ":save" | ":save-test" => files(argument),
        _ => Vec::new(),
    };
    let fitting = found.into_iter().filter(|name| name.starts_with(argument));
    Some((start, fitting.map(|name| plain(&name, start).1).collect()))
}

/// Files and folders whose path begins so.
fn files(beginning: &str) -> Vec<String> {
    let (folder, _) = beginning.rsplit_once('/').map_or(("", beginning), |(folder, _)| {
        (&beginning[..=folder.len()], beginning)
    });
    let entries = std::fs::read_dir(if folder.is_empty() { "." } else { folder });
    let mut names: Vec<String> = entries
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let slash = if entry.file_type().ok()?.is_dir() { "/" } else { "" };
            (!name.starts_with('.')).then(|| format!("{folder}{name}{slash}"))
        })
        .collect();
    names.sort();
    names
}

/// Carries a command out; one that only complained has failed.
pub(super) fn run(session: &Rc<Session>, text: &str) -> After {
    session.complained.set(false);
    match carry_out(session, text) {
        After::Continue if session.complained.get() => After::Failed,
        after => after,
    }
}

fn carry_out(session: &Rc<Session>, text: &str) -> After {
    let text = text.trim();
    let (command, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let argument = argument.trim();
    match command {
        ":quit" | ":exit" | ":q" | "exit" | "quit" | "exit()" | "quit()" => return After::Quit(0),
        ":help" | ":h" | ":?" => help(session, argument),
        ":tasks" => tasks(session),
        ":cancel" => cancel(session, argument),
        ":sockets" => list_sockets(session),
        ":trace" => trace(session, argument),
        ":time" => return time(session, argument),
        ":load" => return load(session, argument),
        ":save" | ":save-test" => save(session, argument, command == ":save-test"),
        ":lua" | ":rhai" => switch(session, command),
        _ => unknown(session, command),
    }
    After::Continue
}

fn unknown(session: &Session, command: &str) {
    let names = COMMANDS.iter().map(|(name, ..)| *name);
    let hint =
        crate::error::nearest(command, names).map_or(String::new(), |near| format!("; did you mean {near}?"));
    session.complain(&format!("there is no command {command}{hint} (:help lists them)"));
}

fn help(session: &Session, name: &str) {
    if name.is_empty() {
        for (name, argument, text) in COMMANDS {
            session.say(&format!("{:24}{text}", format!("{name} {argument}")));
        }
        session.say(
            "Tab completes, Ctrl-R searches what was typed, Ctrl-C ends what runs, _ is the last value.",
        );
        return;
    }
    match doc::entry(name, completion::dress(session.grammar()), session.is_colored()) {
        Ok(text) => session.say(text.trim_end()),
        Err(text) => session.complain(&text),
    }
}

fn tasks(session: &Session) {
    let mut any = false;
    for task in session.tasks() {
        any = true;
        let state = if task.is_waiting() { "waits" } else { "runs" };
        let place = task.payload().place();
        let place = place.map_or(String::new(), |place| {
            format!(
                "  at {}",
                sockets::quoted(&place, session.net(), &session.typed())
            )
        });
        session.say(&format!("{:3}  {}  {state}{place}", task.number(), task.name()));
    }
    if !any {
        session.say("nothing runs beside the prompt");
    }
}

fn cancel(session: &Session, number: &str) {
    if number.is_empty() {
        session.complain("say which task: :cancel NUMBER (:tasks lists them)");
        return;
    }
    let task = session
        .tasks()
        .into_iter()
        .find(|task| task.number().to_string() == number);
    match task {
        Some(task) => session.end(&task),
        None => session.complain(&format!("there is no task {number} (:tasks lists them)")),
    }
}

fn list_sockets(session: &Session) {
    let open = session.net().open_sockets();
    if open.is_empty() {
        session.say("no socket is open");
    }
    for (socket, made) in open {
        let made = made.map(|place| sockets::quoted(&place, session.net(), &session.typed()));
        session.say(&sockets::entry(&socket, made.as_deref()));
    }
}

fn trace(session: &Session, argument: &str) {
    match argument {
        "on" | "off" => session.trace(argument == "on"),
        _ => session.complain("say :trace on or :trace off"),
    }
}

fn time(session: &Rc<Session>, argument: &str) -> After {
    match argument {
        "on" | "off" => session.set_timing(argument == "on"),
        "" => {
            session.set_timing(!session.is_timing());
            session.say(if session.is_timing() {
                "timing is on"
            } else {
                "timing is off"
            });
        }
        code => {
            let start = Instant::now();
            let after = session.evaluate(code, code.as_bytes());
            if !session.is_timing() {
                session.say_time(start.elapsed());
            }
            return after;
        }
    }
    After::Continue
}

fn load(session: &Rc<Session>, path: &str) -> After {
    if path.is_empty() {
        session.complain("say which file: :load FILE");
        return After::Continue;
    }
    match read_file(session, path) {
        Ok(source) => session.run_script(Path::new(path), &source),
        Err(error) => {
            session.complain(&format!("cannot load {path}: {}", error.headline()));
            After::Continue
        }
    }
}

fn save(session: &Session, path: &str, as_test: bool) {
    if path.is_empty() {
        session.complain("say to which file: :save FILE");
        return;
    }
    let text = session.with_entries(|entries| record::write(entries, session.grammar(), as_test));
    match write_file(session, path, text.into_bytes()) {
        Ok(()) => session.say(&format!("written to {path}")),
        Err(error) => session.complain(&format!("cannot write {path}: {}", error.headline())),
    }
}

/// Reads a file as a script's `open` does: the policy is asked.
fn read_file(session: &Session, path: &str) -> Result<Vec<u8>> {
    let file = open(session, path, "rb")?;
    let data = file.read(None);
    file.close()?;
    Ok(match data? {
        Some(Data::Bytes(data) | Data::Text(data)) => data,
        None => Vec::new(),
    })
}

/// Writes a file as a script's `open` does: the policy is asked.
fn write_file(session: &Session, path: &str, text: Vec<u8>) -> Result<()> {
    let file = open(session, path, "wb")?;
    let written = file.write(&Bytes::from(text));
    file.close()?;
    written.map(drop)
}

fn open(session: &Session, path: &str, mode: &str) -> Result<Rc<File>> {
    let manner = Manner {
        mode: mode.to_owned(),
        buffering: -1,
        ..Manner::default()
    };
    file::open(session.net(), What::Path(path.as_bytes().to_vec()), &manner, true)
}

fn switch(session: &Session, command: &str) {
    let speech = match command {
        #[cfg(feature = "lua")]
        ":lua" => Speech::Lua,
        #[cfg(feature = "rhai")]
        ":rhai" => Speech::Rhai,
        _ => {
            session.complain(&format!("this wirescript was built without {}", &command[1..]));
            return;
        }
    };
    if let Err(error) = session.switch(speech) {
        session.complain(&error.to_string());
    }
    let name = match session.grammar() {
        Grammar::Lua => "Lua",
        Grammar::Rhai => "Rhai",
    };
    session.say(&format!(
        "this is {name}; its variables are its own, sockets and tasks go on"
    ));
}
