//! The command line of `wirescript test`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use crate::cli::recording::Flags;
use crate::cli::sandbox::Sandbox;
use crate::cli::simulated;

/// What stands below the options.
const AFTER: &str = "\
A PATH is a file, or a folder that is searched for *_test.lua, *_test.rhai, test_*.lua and
test_*.rhai; the current folder when none is given.

Exit status: 0 when every test passed, was skipped or failed as its xfail says; 1 when one failed, or
a file did; 2 for wrong usage, no test files, files without a test, or a filter that no test passes;
130 after Ctrl-C.
A part of the tests (--shard) may be empty.";

/// Run protocol tests.
#[derive(Debug, Parser)]
#[command(
    name = "wirescript test",
    after_help = AFTER,
    override_usage = "wirescript test [OPTIONS] [PATH]..."
)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Options {
    /// Files of tests, or folders with such files
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// Write a report: pretty, tap=FILE, junit=FILE or json=FILE; `-` is standard output. Folders are made. Several may be given
    #[arg(long, value_name = "KIND[=FILE]", value_delimiter = ',')]
    pub(super) report: Vec<String>,

    /// Run the tests whose name or file has TEXT in it; given twice, either
    #[arg(long, value_name = "TEXT")]
    pub(super) filter: Vec<String>,

    /// Run the tests with this tag, or with !TAG those without it
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub(super) tag: Vec<String>,

    /// Run as many files at once as N; as there are processors when not given
    #[arg(short, long, value_name = "N", value_parser = at_least_one)]
    pub(super) jobs: Option<NonZeroUsize>,

    /// Run the I-th of N parts of the tests: 2/8
    #[arg(long, value_name = "I/N")]
    pub(super) shard: Option<Shard>,

    /// Run each test N times
    #[arg(long, value_name = "N", default_value = "1", value_parser = at_least_one)]
    pub(super) repeat: NonZeroUsize,

    /// Stop at the first failure
    #[arg(long)]
    pub(super) fail_fast: bool,

    /// Try a test that failed N more times; one that passes then is told as flaky
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) retries: usize,

    /// Run files and tests in an order of chance
    #[arg(long)]
    pub(super) shuffle: bool,

    /// The number that order is made from, to have it again, and what --faults and --virtual begin with; implies --shuffle
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,

    /// Fail a test that takes longer than SECONDS
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub(super) test_timeout: Duration,

    /// Run again whenever a file changes, until Ctrl-C
    #[arg(long, conflicts_with = "repl_on_failure")]
    pub(super) watch: bool,

    /// Open the prompt at the first failure, with the test's sockets alive and its `t`; one file runs at a time
    #[arg(long)]
    pub(super) repl_on_failure: bool,

    /// Print each test, and not only each file
    #[arg(short, long)]
    pub(super) verbose: bool,

    /// Print what would be run, and run nothing
    #[arg(long)]
    pub(super) list: bool,

    #[command(flatten)]
    pub(super) faults: simulated::Faults,

    #[command(flatten)]
    pub(super) simulated: simulated::Simulated,

    #[command(flatten)]
    pub(super) sandbox: Sandbox,

    #[command(flatten)]
    pub(super) recording: Flags,
}

/// One of so many parts of the tests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Shard {
    /// From 1.
    pub(super) part: usize,
    pub(super) of: usize,
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (part, of) = text.split_once('/')?;
            let shard = Self {
                part: part.parse().ok()?,
                of: of.parse().ok()?,
            };
            (1..=shard.of).contains(&shard.part).then_some(shard)
        };
        read().ok_or_else(|| "it is written I/N, with I from 1 to N: 2/8".to_owned())
    }
}

fn at_least_one(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "it is a whole number from 1 on".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "it is a number of seconds".to_owned())?;
    if seconds <= 0.0 {
        return Err("it must be more than no time".to_owned());
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| "it is no number of seconds".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_and_seconds_are_read_or_refused() {
        assert_eq!("2/8".parse(), Ok(Shard { part: 2, of: 8 }));
        for wrong in ["0/2", "3/2", "1", "1/", "/2", "a/b", "-1/2"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
        assert!(at_least_one("2").is_ok());
        for wrong in ["0", "-1", "1.5", "x"] {
            assert_eq!(
                at_least_one(wrong),
                Err("it is a whole number from 1 on".to_owned())
            );
        }
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["0", "-1", "x", "nan", "1e30"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
