//! How the command ends: its exit statuses.

pub(super) const SUCCESS: u8 = 0;
/// An error nobody caught, a test that failed, output that could not be written.
pub(super) const FAILURE: u8 = 1;
/// Wrong usage, or no such file.
pub(super) const USAGE: u8 = 2;
/// Ctrl-C, as shells have it: 128 and the signal's number.
pub(super) const INTERRUPTED: u8 = 130;
/// A panic, as Rust has it.
#[cfg(glibc)]
pub(super) const PANICKED: u8 = 101;
