//! The command line.

use std::ffi::OsString;

use clap::{Parser, ValueEnum};

use super::recording::Flags;
use super::sandbox::Sandbox;
use super::simulated;

/// What stands below the options.
const AFTER: &str = "\
Without a script: the prompt, which `help()` explains.

Tests:
  wirescript test [PATH]...        Run files of tests; `wirescript test --help` tells how

Reference:
  wirescript doc                   Everything scripts can call
  wirescript doc NAME              One of it: socket.recv, recv, task, SO_REUSEADDR, OSError
  wirescript doc --luals           Types for Lua's language servers
  wirescript doc --rhai-defs       Definitions for Rhai's language server
  wirescript doc --markdown DIR    The reference as pages

A proxy that records, for `tube.replay`:
  wirescript record --listen URL --to URL -o FILE

What was recorded with --trace FILE:
  wirescript trace view FILE       As a page for a browser, FILE.html
  wirescript trace pcap FILE       As packets for Wireshark, FILE.pcapng
  wirescript trace text FILE       As text

For your system:
  wirescript completions SHELL     What bash, zsh, fish, elvish or powershell completes
  wirescript man [COMMAND]         The manual page

Exit status: 0; the script's own, as after sys.exit(3); 1 for an error that nobody caught; 2 for
wrong usage or no such file; 130 after Ctrl-C.";

/// The BSD socket API for Lua and Rhai scripts, as Python's socket module has it.
#[derive(Debug, Default, Parser)]
#[command(
    name = "wirescript",
    version,
    after_help = AFTER,
    override_usage = "wirescript [OPTIONS]\n       wirescript [OPTIONS] FILE [ARG]...\n       wirescript [OPTIONS] -e CODE [ARG]...\n       wirescript test [OPTIONS] [PATH]...\n       wirescript doc [NAME]\n       wirescript trace view|pcap|text FILE"
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
    pub(super) recording: Flags,

    #[command(flatten)]
    pub(super) faults: simulated::Faults,

    /// What the randomness of --faults and of --virtual begins with
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,

    #[command(flatten)]
    pub(super) simulated: simulated::Simulated,

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
    #[cfg_attr(not(feature = "lua55"), doc = "Lua 5.4")]
    #[cfg_attr(feature = "lua55", doc = "Lua 5.5")]
    Lua,
    /// Rhai
    Rhai,
}

impl Args {
    /// Reads the command line, whose first word is the command itself. A script and its arguments, the most frequent, need
    /// no parser: to build clap's takes a tenth of a start.
    ///
    /// # Errors
    /// Wrong usage; help and the version, which were asked for.
    pub(super) fn read(mut words: Vec<OsString>) -> Result<Self, clap::Error> {
        let is_plain = words
            .get(1)
            .is_some_and(|first| !first.is_empty() && !first.as_encoded_bytes().starts_with(b"-"));
        if is_plain {
            return Ok(Self {
                script: words.split_off(1),
                ..Self::default()
            });
        }
        Self::try_parse_from(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_reads_what_clap_reads() {
        for line in [
            "wirescript script.lua",
            "wirescript script.lua -e x --lang rhai --sandbox",
            "wirescript doc --markdown folder",
            "wirescript script.rhai -- - -i",
            "wirescript script.lua --help",
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let clap = Args::try_parse_from(&words).expect("it is right");
            let short = Args::read(words).expect("it is right");
            assert_eq!(format!("{short:?}"), format!("{clap:?}"), "{line}");
        }
    }
}
