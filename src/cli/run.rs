//! Running a script, and turning its end into an exit status.

use std::cell::Cell;
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;

use crate::error::{Class, Error, Result};
use crate::policy::Policy;
use crate::runtime::{Builder, Runtime};
use crate::sys::stdio;

use super::args::{Args, Lang};
use super::complain;

/// Wrong usage, or no such file.
const USAGE: u8 = 2;
/// An error nobody caught.
const UNCAUGHT: u8 = 1;
/// Ctrl-C.
const INTERRUPTED: u8 = 130;

/// Where the script is.
enum Script<'a> {
    File(&'a Path),
    Text { name: &'static str, source: Vec<u8> },
}

/// Runs what the arguments ask for.
pub(super) fn run(arguments: &Args) -> ExitCode {
    let (script, argv) = match locate(arguments) {
        Ok(found) => found,
        Err(text) => {
            complain(&text);
            return ExitCode::from(USAGE);
        }
    };
    stdio::unbuffer_terminal();
    let told = Rc::new(Cell::new(false));
    let status = match runtime(arguments, &script, argv, told.clone()) {
        Ok(mut runtime) => {
            let outcome = match &script {
                Script::File(path) => runtime.run_file(path),
                Script::Text { name, source } => runtime.run(name, source),
            };
            status_of(outcome, told.get())
        }
        Err(error) => {
            complain(&error.to_string());
            UNCAUGHT
        }
    };
    stdio::flush();
    ExitCode::from(status)
}

/// The script and the arguments it sees.
fn locate(arguments: &Args) -> Result<(Script<'_>, Vec<OsString>), String> {
    let rest = &arguments.script;
    if let Some(code) = &arguments.eval {
        let argv = std::iter::once("-e".into()).chain(rest.iter().cloned()).collect();
        return Ok((
            Script::Text {
                name: "-e",
                source: code.as_encoded_bytes().to_vec(),
            },
            argv,
        ));
    }
    let Some(file) = rest.first() else {
        return Err("no script given; try 'wirescript --help'".into());
    };
    if file == "-" {
        let mut source = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut source)
            .map_err(|error| format!("cannot read standard input: {error}"))?;
        return Ok((
            Script::Text {
                name: "stdin",
                source,
            },
            rest.clone(),
        ));
    }
    let path = Path::new(file);
    match std::fs::metadata(path) {
        Ok(what) if what.is_dir() => Err(format!("cannot run {}: it is a directory", path.display())),
        Ok(_) => Ok((Script::File(path), rest.clone())),
        Err(error) => {
            let error = Error::file(path, &error);
            Err(format!(
                "cannot run {}: {}",
                path.display(),
                error.strerror().unwrap_or_default()
            ))
        }
    }
}

/// A runtime for the script; `told` becomes true when a failure has been reported.
fn runtime(
    arguments: &Args,
    script: &Script<'_>,
    argv: Vec<OsString>,
    told: Rc<Cell<bool>>,
) -> Result<Runtime> {
    let mut builder = Runtime::builder()
        .policy(Policy::allow_all())
        .argv(argv)
        .on_failure(move |report| {
            told.set(true);
            // What the script printed comes before what is said of it.
            stdio::flush();
            complain(report);
        });
    if let Some(bytes) = arguments.max_memory {
        builder = builder.memory_limit(bytes);
    }
    let runtime = speaking(builder, language(arguments, script))?.build()?;
    runtime.heed_interrupts()?;
    Ok(runtime)
}

fn language(arguments: &Args, script: &Script<'_>) -> Lang {
    let by_ending = match script {
        Script::File(path) if path.extension() == Some(OsStr::new("rhai")) => Lang::Rhai,
        Script::File(_) | Script::Text { .. } => Lang::Lua,
    };
    arguments.lang.unwrap_or(by_ending)
}

fn speaking(builder: Builder, lang: Lang) -> Result<Builder> {
    match lang {
        #[cfg(feature = "lua54")]
        Lang::Lua => Ok(builder.lua()),
        #[cfg(feature = "rhai")]
        Lang::Rhai => Ok(builder.rhai()),
        #[allow(
            unreachable_patterns,
            reason = "with every language compiled in, none is missing"
        )]
        lang => Err(Error::runtime(format!(
            "this wirescript was built without {lang:?}"
        ))),
    }
}

fn status_of(outcome: Result<()>, told: bool) -> u8 {
    let Err(error) = outcome else { return 0 };
    match error.class() {
        Class::SystemExit => {
            let message = error.message();
            if error.status() == Some(1) && message != "1" && !message.is_empty() {
                complain(&message);
            }
            u8::try_from(error.status().unwrap_or(0) & 0xff).unwrap_or(UNCAUGHT)
        }
        Class::KeyboardInterrupt => {
            let place = error.place().map_or(String::new(), |place| format!("{place}: "));
            complain(&format!("{place}{}", error.headline()));
            INTERRUPTED
        }
        _ if told => UNCAUGHT,
        Class::SyntaxError => {
            complain(&error.message());
            UNCAUGHT
        }
        _ => {
            complain(&error.to_string());
            UNCAUGHT
        }
    }
}
