//! `--watch`: the tests again whenever a file changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::cli::complain;

use super::options::Options;
use super::{INTERRUPTED, crew, run_once};

/// How often files are looked at.
const PAUSE: Duration = Duration::from_millis(200);

/// Runs the tests now and after each change, until Ctrl-C.
///
/// # Errors
/// As [`run_once`], the first time.
pub(super) fn run(options: &Options) -> Result<u8, String> {
    let mut seen = scripts(&options.paths);
    if run_once(options)? == INTERRUPTED {
        return Ok(INTERRUPTED);
    }
    loop {
        complain("waiting for a change; Ctrl-C ends");
        loop {
            if crew::is_interrupted() {
                return Ok(INTERRUPTED);
            }
            let now = scripts(&options.paths);
            if now != seen {
                seen = now;
                break;
            }
            pause();
        }
        match run_once(options) {
            Ok(INTERRUPTED) => return Ok(INTERRUPTED),
            Ok(_) => {}
            // A file may be gone for the moment.
            Err(text) => complain(&text),
        }
    }
}

/// Lets some time pass.
fn pause() {
    let (lock, bell) = (Mutex::new(()), Condvar::new());
    let guard = lock.lock().unwrap_or_else(PoisonError::into_inner);
    // Nobody rings: it is the time that ends the wait.
    drop(bell.wait_timeout(guard, PAUSE));
}

/// Every script in the folders concerned, tests or what they load, and when it was changed.
fn scripts(paths: &[PathBuf]) -> BTreeMap<PathBuf, (SystemTime, u64)> {
    let mut found = BTreeMap::new();
    let here = [PathBuf::from(".")];
    for path in if paths.is_empty() { &here } else { paths } {
        let folder = if path.is_dir() {
            path
        } else {
            path.parent()
                .filter(|folder| !folder.as_os_str().is_empty())
                .unwrap_or(Path::new("."))
        };
        look(folder, &mut found, 0);
    }
    found
}

/// Folders within folders that are looked into.
const DEEPEST: usize = 16;

fn look(folder: &Path, found: &mut BTreeMap<PathBuf, (SystemTime, u64)>, depth: usize) {
    // A folder that is gone has no scripts.
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let Ok(about) = entry.metadata() else { continue };
        if about.is_dir() && !hidden && depth < DEEPEST {
            look(&path, found, depth + 1);
        } else if path
            .extension()
            .is_some_and(|ending| ending == "lua" || ending == "rhai")
        {
            let changed = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            found.insert(path, (changed, about.len()));
        }
    }
}
