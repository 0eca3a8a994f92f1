//! The `wirescript` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    wirescript::cli::main()
}
