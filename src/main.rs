//! The `wirescript` command.

#![cfg_attr(glibc, no_main)]

#[global_allocator]
static ALLOCATOR: wirescript::cli::Allocator = wirescript::cli::Allocator;

#[cfg(glibc)]
wirescript::begin_with!(wirescript::cli::begin);

#[cfg(not(glibc))]
fn main() -> std::process::ExitCode {
    wirescript::cli::main().into()
}
