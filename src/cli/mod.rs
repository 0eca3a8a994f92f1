//! The command. Alone prints, exits, and reads the arguments and the environment.
//!
//! `args` describes the command line, `sandbox` its part about policy and limits; `docs` prints the reference, `manual` what shells and `man` want of the command line; `recording` has a run
//! recorded, `trace` shows what was; `run` runs a
//! script and turns its end into an exit status, `test` runs tests, `repl` is the prompt; `status` has the exit statuses; `wall` has the kernel hold the process to the policy.

mod args;
mod docs;
mod manual;
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

use crate::sys::allocator;
#[cfg(glibc)]
use crate::sys::start;

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
    let arguments = match args::Args::read(std::env::args_os().collect()) {
        Ok(arguments) => arguments,
        Err(error) => {
            let usage = error.use_stderr();
            // A closed stderr leaves nobody to tell.
            let _ = error.print();
            return if usage { status::USAGE } else { status::SUCCESS };
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

/// Tells what went wrong, on stderr.
fn complain(text: &str) {
    use std::io::Write;
    // A closed stderr leaves nobody to tell.
    let _ = writeln!(std::io::stderr().lock(), "wirescript: {text}");
}
