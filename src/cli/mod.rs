//! The command. Alone prints, exits, and reads the arguments and the environment.
//!
//! `args` describes the command line, `sandbox` its part about policy and limits; `docs` prints the reference; `recording` has a run
//! recorded, `trace` shows what was; `run` runs a
//! script and turns its end into an exit status, `test` runs tests, `repl` is the prompt; `wall` has the kernel hold the process to the policy.

mod args;
mod docs;
mod record;
mod recording;
mod repl;
mod run;
mod sandbox;
mod simulated;
mod test;
mod trace;
#[cfg(target_os = "linux")]
mod wall;

use std::process::ExitCode;

use crate::sys::allocator;

/// The command's allocator.
#[doc(hidden)]
pub use allocator::Noting as Allocator;

/// Runs the command with the process's arguments. The program's allocator is [`Allocator`].
pub fn main() -> ExitCode {
    allocator::announce();
    let arguments = match args::Args::read(std::env::args_os().collect()) {
        Ok(arguments) => arguments,
        Err(error) => {
            let usage = error.use_stderr();
            // A closed stderr leaves nobody to tell.
            let _ = error.print();
            return ExitCode::from(if usage { 2 } else { 0 });
        }
    };
    if let [word, rest @ ..] = &*arguments.script
        && word == "test"
        && arguments.eval.is_none()
    {
        // Options may stand before the word as well as after it.
        let words: Vec<_> = std::env::args_os().skip(1).collect();
        let before = words.len() - arguments.script.len();
        return test::run(words[..before].iter().chain(rest).cloned());
    }
    if let [word, rest @ ..] = &*arguments.script
        && word == "doc"
        && arguments.eval.is_none()
    {
        let lang = arguments.rhai.then_some(args::Lang::Rhai);
        return docs::run(rest, lang.or(arguments.lang));
    }
    if let [word, rest @ ..] = &*arguments.script
        && word == "trace"
        && arguments.eval.is_none()
    {
        return trace::run(rest);
    }
    if let [word, rest @ ..] = &*arguments.script
        && word == "record"
        && arguments.eval.is_none()
    {
        return record::run(rest);
    }
    run::run(&arguments)
}

/// Tells what went wrong, on stderr.
fn complain(text: &str) {
    use std::io::Write;
    // A closed stderr leaves nobody to tell.
    let _ = writeln!(std::io::stderr().lock(), "wirescript: {text}");
}
