//! Where the history of a person's entries is kept: a file only they can read.

use std::ffi::OsString;
use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The history's file, made if it is missing; none where there is no place for it.
pub(super) fn file() -> Option<PathBuf> {
    let path = path(std::env::var_os("XDG_STATE_HOME"), std::env::var_os("HOME"))?;
    let folder = path.parent()?;
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .ok()?;
    open(&path).ok()?;
    Some(path)
}

/// By the XDG base directory specification: state is what is worth keeping and not worth carrying along.
fn path(state: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: &PathBuf| path.is_absolute();
    let state = state.map(PathBuf::from).filter(absolute);
    let folder = state.or_else(|| Some(PathBuf::from(home?).join(".local/state")).filter(absolute))?;
    Some(folder.join("wirescript").join("history"))
}

fn open(path: &Path) -> std::io::Result<()> {
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)?;
    // One that was there may have been open to others.
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn the_state_folder_is_the_users() {
        let text = |state: Option<&str>, home: Option<&str>| {
            path(state.map(Into::into), home.map(Into::into)).map(|path| path.display().to_string())
        };
        assert_eq!(
            text(Some("/s"), Some("/h")).as_deref(),
            Some("/s/wirescript/history")
        );
        assert_eq!(
            text(None, Some("/h")).as_deref(),
            Some("/h/.local/state/wirescript/history")
        );
        assert_eq!(
            text(Some("relative"), Some("/h")).as_deref(),
            Some("/h/.local/state/wirescript/history")
        );
        assert_eq!(text(None, None), None);
    }
}
