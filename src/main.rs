//! The `wirescript` command.
fn main() {}
