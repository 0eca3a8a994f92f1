//! A script that is recorded, and the same one that is not: the library runs both, in a process of its own each.

use std::io;
use std::path::Path;

use wirescript::{Policy, Recorder, Runtime};

use crate::affinity;

/// The first argument of this program where it is to run a script.
pub(crate) const WORD: &str = "traced";

/// Runs a script; the words are its path, the core it is to run on, the core that the recorder's thread is to run on, where
/// the trace goes (`-` for none), and the script's own arguments.
pub(crate) fn run(mut words: impl Iterator<Item = String>) -> io::Result<()> {
    let mut word = || words.next().unwrap_or_default();
    let script = word();
    let mut core = || word().parse::<usize>().map_err(io::Error::other);
    let (own, other) = (core()?, core()?);
    let path = word();
    let recorder = Recorder::new();
    // A thread begins where the one is that starts it.
    affinity::pin_to(other)?;
    if path != "-" {
        recorder.lines_to(&path).map_err(io::Error::other)?;
    }
    affinity::pin_to(own)?;
    let mut builder = Runtime::builder().lua().policy(Policy::allow_all()).args(words);
    if path != "-" {
        builder = builder.trace(&recorder);
    }
    let mut runtime = builder.build().map_err(io::Error::other)?;
    runtime.run_file(Path::new(&script)).map_err(io::Error::other)?;
    drop(runtime);
    recorder.finish().map_err(io::Error::other)
}
