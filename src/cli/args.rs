//! The command line.

use std::ffi::OsString;

use clap::{Parser, ValueEnum};

use super::sandbox::Sandbox;

/// The BSD socket API for Lua and Rhai scripts, as Python's socket module has it.
#[derive(Debug, Parser)]
#[command(
    name = "wirescript",
    version,
    about,
    override_usage = "wirescript [OPTIONS]\n       wirescript [OPTIONS] FILE [ARG]...\n       wirescript [OPTIONS] -e CODE [ARG]...\n       wirescript doc [NAME]"
)]
pub(super) struct Args {
    /// Run CODE instead of a file
    #[arg(short = 'e', long = "eval", value_name = "CODE")]
    pub(super) eval: Option<OsString>,

    /// Open the prompt after the script, or where it failed, with what it declared and its sockets
    #[arg(short = 'i', long = "interactive")]
    pub(super) interactive: bool,

    /// Speak Rhai: the same as --lang rhai
    #[arg(long, conflicts_with = "lang")]
    pub(super) rhai: bool,

    /// The script's language, or the prompt's; by the file's ending when not given
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub(super) lang: Option<Lang>,

    #[command(flatten)]
    pub(super) sandbox: Sandbox,

    /// The script, `-` for standard input, and its arguments
    #[arg(
        value_name = "FILE [ARG]...",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub(super) script: Vec<OsString>,
}

/// A language scripts can be in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Lang {
    /// Lua 5.4
    Lua,
    /// Rhai
    Rhai,
}
