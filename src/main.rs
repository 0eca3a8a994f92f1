//! The `wirescript` command.

#![cfg_attr(all(target_os = "linux", target_env = "gnu"), no_main)]

#[global_allocator]
static ALLOCATOR: wirescript::cli::Allocator = wirescript::cli::Allocator;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
wirescript::begin_with!(wirescript::cli::begin);

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn main() -> std::process::ExitCode {
    wirescript::cli::main().into()
}
