//! Running a script, and turning its end into an exit status.

use std::cell::Cell;
use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use crate::error::{Class, Error, Result};
use crate::policy::Policy;
use crate::runtime::{Builder, Runtime};
use crate::script::Chunk;
use crate::sys::stdio;

use super::args::{Args, Lang};
use super::complain;

/// Wrong usage, or no such file.
const USAGE: u8 = 2;
/// An error nobody caught.
const UNCAUGHT: u8 = 1;
/// Ctrl-C.
const INTERRUPTED: u8 = 130;

/// A script that has been read.
struct Script {
    /// Its name as Lua wants it: `@` before a file's, `=` before any other.
    name: String,
    source: Vec<u8>,
    path: Option<PathBuf>,
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
    let policy = match arguments
        .sandbox
        .policy()
        .and_then(|policy| wall(arguments, policy))
    {
        Ok(policy) => policy,
        Err(text) => {
            complain(&text);
            return ExitCode::from(USAGE);
        }
    };
    stdio::unbuffer_terminal();
    stdio::heed_broken_pipes();
    let told = Rc::new(Cell::new(false));
    let outcome = runtime(arguments, policy, &script, argv, told.clone()).and_then(|mut runtime| {
        runtime.run_chunk(&Chunk {
            name: &script.name,
            source: &script.source,
            path: script.path.as_deref(),
        })
    });
    // What the script printed comes before what is said of it.
    let flushed = stdio::flush();
    let status = status_of(outcome, told.get());
    match flushed {
        Err(errno) if status == 0 => {
            complain(&format!("cannot write standard output: {}", errno.text()));
            ExitCode::from(UNCAUGHT)
        }
        _ => ExitCode::from(status),
    }
}

/// The script and the arguments it sees.
fn locate(arguments: &Args) -> Result<(Script, Vec<OsString>), String> {
    let rest = &arguments.script;
    if let Some(code) = &arguments.eval {
        let argv = std::iter::once("-e".into()).chain(rest.iter().cloned()).collect();
        let source = code.as_encoded_bytes().to_vec();
        return Ok((
            Script {
                name: "=-e".into(),
                source,
                path: None,
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
            Script {
                name: "=stdin".into(),
                source,
                path: None,
            },
            rest.clone(),
        ));
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
            Ok((script, rest.clone()))
        }
        Err(error) if error.kind() == ErrorKind::IsADirectory => refuse("it is a directory"),
        Err(error) if error.kind() == ErrorKind::NotFound && file.as_encoded_bytes().starts_with(b"-") => {
            Err(format!(
                "there is no option {}; try 'wirescript --help'",
                path.display()
            ))
        }
        Err(error) => {
            let errno = error.raw_os_error().map(Error::os);
            refuse(
                &errno
                    .as_ref()
                    .and_then(Error::strerror)
                    .unwrap_or_else(|| error.to_string().into()),
            )
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
    script: &Script,
    argv: Vec<OsString>,
    told: Rc<Cell<bool>>,
) -> Result<Runtime> {
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
    let runtime = speaking(builder, language(arguments, script))?.build()?;
    runtime.heed_interrupts()?;
    Ok(runtime)
}

fn language(arguments: &Args, script: &Script) -> Lang {
    let by_ending = match script.path.as_ref().and_then(|path| path.extension()) {
        Some(ending) if ending == "rhai" => Lang::Rhai,
        _ => Lang::Lua,
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
            if let Some(words) = error.last_words() {
                // A closed stderr leaves nobody to tell.
                let _ = writeln!(std::io::stderr().lock(), "{words}");
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
