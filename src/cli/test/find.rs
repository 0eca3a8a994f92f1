//! Finding the files of tests.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A file of tests.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// As it was found, which is how reports name it.
    pub(super) path: PathBuf,
    /// Its place among all that were found, whatever is run of them.
    pub(super) number: usize,
}

impl File {
    /// Its name in reports.
    pub(super) fn shown(&self) -> String {
        self.path.display().to_string()
    }
}

/// The files that the paths name, and those below folders whose name says that they are tests, sorted.
///
/// # Errors
/// A text for the user: a path that is not there, a file in no language, a folder that cannot be read; no file at all.
pub(super) fn files(paths: &[PathBuf]) -> Result<Vec<File>, String> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here } else { paths };
    let mut found = Vec::new();
    for path in paths {
        let refuse = |reason: &str| format!("cannot test {}: {reason}", path.display());
        if path.is_dir() {
            search(path, &mut found, 0).map_err(|error| refuse(&error.to_string()))?;
        } else if !path.exists() {
            return Err(refuse("there is no such file or folder"));
        } else if is_script(path) {
            found.push(path.clone());
        } else {
            return Err(refuse("its name must end in .lua or .rhai"));
        }
    }
    if found.is_empty() {
        let places: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(format!(
            "there are no tests in {}: they are called *_test.lua, *_test.rhai, test_*.lua or test_*.rhai",
            places.join(", ")
        ));
    }
    found.sort();
    found.dedup();
    let files = found.into_iter().enumerate();
    Ok(files.map(|(number, path)| File { path, number }).collect())
}

/// Folders within folders that are searched.
const DEEPEST: usize = 64;

fn search(folder: &Path, found: &mut Vec<PathBuf>, depth: usize) -> std::io::Result<()> {
    if depth > DEEPEST {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let shown = name.to_string_lossy();
        // `./a_test.lua` is `a_test.lua`.
        let path = if folder == Path::new(".") {
            PathBuf::from(&name)
        } else {
            entry.path()
        };
        // What is hidden is somebody else's, and a link may lead back.
        if shown.starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            search(&path, found, depth + 1)?;
        } else if is_test(&path) && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

fn is_script(path: &Path) -> bool {
    let ending = path.extension().and_then(OsStr::to_str);
    matches!(ending, Some("lua" | "rhai"))
}

/// Whether the name says that it is a file of tests.
fn is_test(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    is_script(path) && (stem.starts_with("test_") || stem.ends_with("_test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_a_test() {
        for name in ["a_test.lua", "test_a.lua", "x/y_test.rhai", "test_.rhai"] {
            assert!(is_test(Path::new(name)), "{name}");
        }
        for name in [
            "atest.lua",
            "test.lua",
            "a_test.py",
            "a_test",
            "tests.rhai",
            "test_a.lua.bak",
        ] {
            assert!(!is_test(Path::new(name)), "{name}");
        }
    }
}
