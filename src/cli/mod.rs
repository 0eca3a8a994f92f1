//! The command. Alone prints, exits, and reads the arguments and the environment.
//!
//! `args` describes the command line, `sandbox` its part about policy and limits; `docs` prints the reference, `manual` what shells and `man` want of the command line, `meant` guesses what was meant by a word that is wrong; `recording` has a run
//! recorded, `trace` shows what was; `run` runs a
//! script and turns its end into an exit status, `test` runs tests, `repl` is the prompt; `status` has the exit statuses; `wall` has the kernel hold the process to the policy.

mod args;
mod docs;
mod manual;
mod meant;
mod record;
mod recording;
mod repl;
mod run;
mod sandbox;
mod simulated;
mod status;
mod test;
mod trace;
#[cfg(target_os = "linux")]
mod wall;

use crate::sys::errno::Errno;
#[cfg(glibc)]
use crate::sys::start;
use crate::sys::{allocator, process, signal, stdio};

/// The command's allocator.
#[doc(hidden)]
pub use allocator::Noting as Allocator;

/// Runs the command where the C library calls it, without Rust's own beginning and end.
#[cfg(glibc)]
#[doc(hidden)]
pub fn begin() -> ! {
    start::prepare();
    let status = std::panic::catch_unwind(main).unwrap_or(status::PANICKED);
    // What Rust's streams hold is written out.
    std::process::exit(status.into())
}

/// Runs the command with the process's arguments, and tells its exit status. The program's allocator is [`Allocator`].
pub fn main() -> u8 {
    allocator::announce();
    let status = process::with_room(obey);
    if signal::is_terminated() {
        // Nothing is written out behind it.
        stdio::flush_and_forget();
        signal::die_as_asked();
    }
    status
}

/// Does what the arguments say.
fn obey() -> u8 {
    let arguments = match args::Args::read(std::env::args_os().collect()) {
        Ok(arguments) => arguments,
        Err(error) => {
            return refused(&error);
        }
    };
    if let [word, rest @ ..] = &*arguments.script
        && arguments.eval.is_none()
    {
        match word.to_str() {
            Some("test") => {
                // Options may stand before the word as well as after it.
                let words: Vec<_> = std::env::args_os().skip(1).collect();
                let before = words.len() - arguments.script.len();
                return test::run(words[..before].iter().chain(rest).cloned());
            }
            Some("doc") => {
                let lang = arguments.rhai.then_some(args::Lang::Rhai);
                return docs::run(rest, lang.or(arguments.lang));
            }
            Some("trace") => return trace::run(rest),
            Some("record") => return record::run(rest),
            Some("completions") => return manual::complete(rest),
            Some("man") => return manual::page(rest),
            _ => {}
        }
    }
    run::run(&arguments)
}

/// Prints what the command line's reader has in place of options: what is wrong with them, or what was asked of the program itself.
fn refused(error: &clap::Error) -> u8 {
    if error.use_stderr() {
        // A closed stderr leaves nobody to tell.
        let _ = error.print();
        return status::USAGE;
    }
    printed(error.print())
}

/// What the system has against it, in its own words.
fn why(error: &std::io::Error) -> String {
    let known = error.raw_os_error().map(crate::error::Error::os);
    let words = known.as_ref().and_then(crate::error::Error::strerror);
    words.map_or_else(|| error.to_string(), std::borrow::Cow::into_owned)
}

/// Prints a text that was asked for.
fn print(text: &[u8]) -> u8 {
    use std::io::Write;
    printed(std::io::stdout().lock().write_all(text))
}

/// The status after something that was asked for has been printed: what did not arrive is told.
fn printed(outcome: std::io::Result<()>) -> u8 {
    use std::io::{Error, ErrorKind, Write};
    let outcome = if stdio::was_closed() {
        Err(Error::from_raw_os_error(Errno::BADF.0))
    } else {
        outcome.and_then(|()| std::io::stdout().flush())
    };
    match outcome {
        Ok(()) => status::SUCCESS,
        // Whoever looked has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => status::SUCCESS,
        Err(error) => {
            complain(&format!("cannot write to standard output: {}", why(&error)));
            status::FAILURE
        }
    }
}

/// Tells what went wrong, on stderr.
fn complain(text: &str) {
    use std::io::Write;
    // A closed stderr leaves nobody to tell.
    let _ = writeln!(std::io::stderr().lock(), "wirescript: {text}");
}
