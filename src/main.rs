//! The `wirescript` command.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: wirescript::cli::Allocator = wirescript::cli::Allocator;

fn main() -> ExitCode {
    wirescript::cli::main()
}
