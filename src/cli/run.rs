//! Running a script, and turning its end into an exit status.

use std::cell::Cell;
use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::error::{Class, Error, Result};
use crate::policy::Policy;
use crate::runtime::{Runtime, Speech};
use crate::script::Chunk;
use crate::sys::{signal, stdio};

use super::args::{Args, Lang};
use super::recording::Recording;
use super::status::{FAILURE, INTERRUPTED, USAGE};
use super::{complain, meant, why};

/// A script that has been read.
struct Script {
    /// Its name as Lua wants it: `@` before a file's, `=` before any other.
    name: String,
    source: Vec<u8>,
    path: Option<PathBuf>,
}

/// Runs what the arguments ask for.
pub(super) fn run(arguments: &Args) -> u8 {
    let (script, argv) = match locate(arguments) {
        Ok(found) => found,
        Err(text) => {
            complain(&text);
            return USAGE;
        }
    };
    let recording = match arguments
        .recording
        .begin(arguments.simulated.network(None).is_some())
    {
        Ok(recording) => recording,
        Err(text) => {
            complain(&text);
            return USAGE;
        }
    };
    if let Err(text) = arguments.faults.plan(arguments.seed) {
        complain(&text);
        return USAGE;
    }
    let policy = match arguments
        .sandbox
        .policy()
        .and_then(|policy| wall(arguments, policy))
    {
        Ok(policy) => policy,
        Err(text) => {
            complain(&text);
            return USAGE;
        }
    };
    stdio::unbuffer_terminal();
    stdio::heed_broken_pipes();
    if arguments.interactive || script.is_none() {
        return converse(arguments, policy, script.as_ref(), argv, &recording);
    }
    let told = Rc::new(Cell::new(false));
    let outcome = runtime(arguments, policy, script.as_ref(), argv, told.clone(), &recording).and_then(
        |(mut runtime, _)| match &script {
            Some(script) => runtime.run_chunk(&script.chunk()),
            None => Ok(()),
        },
    );
    recording.finish();
    // What the script printed comes before what is said of it.
    let flushed = stdio::flush();
    let status = status_of(outcome, told.get());
    match flushed {
        Err(errno) if status == 0 => {
            complain(&format!("cannot write standard output: {}", errno.text()));
            FAILURE
        }
        _ => status,
    }
}

impl Script {
    fn chunk(&self) -> Chunk<'_> {
        Chunk {
            name: &self.name,
            source: &self.source,
            path: self.path.as_deref(),
        }
    }
}

/// Opens the prompt, after the script if there is one.
fn converse(
    arguments: &Args,
    policy: Policy,
    script: Option<&Script>,
    argv: Vec<OsString>,
    recording: &Recording,
) -> u8 {
    let chunk = script.map(Script::chunk);
    let status =
        runtime(arguments, policy, script, argv, Rc::default(), recording).and_then(|(runtime, speech)| {
            let asked = arguments.interactive;
            super::repl::run(runtime, speech, chunk.as_ref(), asked, recording.clone())
        });
    recording.finish();
    match status {
        Ok(status) => status,
        Err(error) => {
            complain(&error.to_string());
            FAILURE
        }
    }
}

/// The script, if one is to be run, and the arguments it sees.
fn locate(arguments: &Args) -> Result<(Option<Script>, Vec<OsString>), String> {
    let rest = &arguments.script;
    if let Some(code) = &arguments.eval {
        let argv = std::iter::once("-e".into()).chain(rest.iter().cloned()).collect();
        let source = code.as_encoded_bytes().to_vec();
        let script = Script {
            name: "=-e".into(),
            source,
            path: None,
        };
        return Ok((Some(script), argv));
    }
    let Some(file) = rest.first() else {
        // As in Python, whose `sys.argv` then holds an empty name.
        return Ok((None, vec!["".into()]));
    };
    if file == "-" {
        let mut source = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut source)
            .map_err(|error| format!("cannot read standard input: {}", why(&error)))?;
        let script = Script {
            name: "=stdin".into(),
            source,
            path: None,
        };
        return Ok((Some(script), rest.clone()));
    }
    let path = Path::new(file);
    let refuse = |reason: &str| Err(format!("cannot run {}: {reason}", path.display()));
    match std::fs::read(path) {
        Ok(source) => {
            let script = Script {
                name: format!("@{}", path.display()),
                source,
                path: Some(path.to_owned()),
            };
            Ok((Some(script), rest.clone()))
        }
        Err(error) if error.kind() == ErrorKind::IsADirectory => refuse("it is a directory"),
        Err(error) if error.kind() == ErrorKind::NotFound && file.as_encoded_bytes().starts_with(b"-") => {
            let written = path.display().to_string();
            let hint = meant::option(&written).unwrap_or_else(|| "try 'wirescript --help'".to_owned());
            Err(format!("there is no option {written}; {hint}"))
        }
        Err(error) => {
            let reason = why(&error);
            let words: Vec<_> = std::env::args_os().collect();
            match meant::file(file, &words).filter(|_| error.kind() == ErrorKind::NotFound) {
                Some(hint) => refuse(&format!("{reason}; {hint}")),
                None => refuse(&reason),
            }
        }
    }
}

/// Has the kernel hold the process to the policy, if that is asked for. The script has been read.
fn wall(arguments: &Args, policy: Policy) -> Result<Policy, String> {
    if !arguments.sandbox.landlock {
        return Ok(policy);
    }
    #[cfg(target_os = "linux")]
    super::wall::raise(&policy)?;
    #[cfg(not(target_os = "linux"))]
    return Err("--landlock: only Linux has it".into());
    #[cfg(target_os = "linux")]
    Ok(policy)
}

/// A runtime for the script; `told` becomes true when a failure has been reported.
fn runtime(
    arguments: &Args,
    policy: Policy,
    script: Option<&Script>,
    argv: Vec<OsString>,
    told: Rc<Cell<bool>>,
    recording: &Recording,
) -> Result<(Runtime, Speech)> {
    let mut builder = Runtime::builder()
        .policy(policy)
        .argv(argv)
        .on_failure(move |report| {
            told.set(true);
            // What the script printed comes before what is said of it. A failed flush is told at the end.
            let _ = stdio::flush();
            complain(report);
        })
        .on_warning(|line| {
            // As above.
            let _ = stdio::flush();
            let _ = writeln!(std::io::stderr().lock(), "{line}");
        });
    if arguments.sandbox.explain_policy {
        builder = builder.on_judgement(|line| {
            // As above.
            let _ = stdio::flush();
            complain(line);
        });
    }
    if let Ok(Some(plan)) = arguments.faults.plan(arguments.seed) {
        builder = builder.faults(plan);
    }
    if let Some(network) = arguments.simulated.network(arguments.seed) {
        builder = builder.virtual_network(network);
    }
    builder = recording.watch(builder);
    let is_prompt = script.is_none() || arguments.interactive;
    if is_prompt {
        builder = builder.for_any_language();
    }
    let speech = language(arguments, script)?;
    let runtime = builder.speech(speech).build()?;
    runtime.heed_interrupts()?;
    // The prompt has the terminal to put back at once.
    if !is_prompt {
        signal::on_termination()?;
    }
    if !is_prompt && recording.has_files() {
        signal::on_broken_pipe()?;
    }
    Ok((runtime, speech))
}

fn language(arguments: &Args, script: Option<&Script>) -> Result<Speech> {
    let ending = script.and_then(|script| script.path.as_ref()?.extension());
    let lang = match arguments.lang {
        Some(lang) => lang,
        None if arguments.rhai || ending.is_some_and(|ending| ending == "rhai") => Lang::Rhai,
        None => Lang::Lua,
    };
    let name = match lang {
        Lang::Lua => "lua",
        Lang::Rhai => "rhai",
    };
    Speech::named(name).ok_or_else(|| Error::runtime(format!("this wirescript was built without {lang:?}")))
}

fn status_of(outcome: Result<()>, told: bool) -> u8 {
    let Err(error) = outcome else { return 0 };
    let place = || error.place().map_or(String::new(), |place| format!("{place}: "));
    match error.class() {
        Class::SystemExit => {
            if let Some(words) = error.last_words() {
                // A closed stderr leaves nobody to tell.
                let _ = writeln!(std::io::stderr().lock(), "{words}");
            }
            u8::try_from(error.status().unwrap_or(0) & 0xff).unwrap_or(FAILURE)
        }
        Class::KeyboardInterrupt if signal::is_terminated() => FAILURE,
        // One that the script raised itself has been told, as any other error.
        Class::KeyboardInterrupt if told => INTERRUPTED,
        Class::KeyboardInterrupt => {
            complain(&format!("{}{}", place(), error.headline()));
            INTERRUPTED
        }
        _ if told => FAILURE,
        Class::SyntaxError => {
            complain(&error.advice());
            FAILURE
        }
        _ => {
            complain(&format!("{}{error}", place()));
            FAILURE
        }
    }
}
