//! Patterns for paths and for the names of Unix sockets: `/var/lib/app`, `/tmp/*.sock`, `/srv/**/log`, `@abstract-*`.
//!
//! A path without stars covers itself and, of a folder, everything below. `*` and `?` match inside one part of a path, `**`
//! any number of parts. What a script asks for is judged by where it leads: symbolic links and `..` are followed first, on
//! both sides. A pattern that begins with `@` is of the abstract names of Linux.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

use crate::error::{Error, Result};

use super::host::bad;
use super::patterned;

/// A pattern for paths, or for abstract names.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct PathPattern {
    text: String,
    shape: Shape,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// Below this folder, or the file itself.
    Below(PathBuf),
    /// The folder without a star, and the parts after it.
    Parts(PathBuf, Vec<Vec<u8>>),
    Abstract(Vec<u8>),
}

patterned!(PathPattern);

impl FromStr for PathPattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.strip_prefix('@') {
            Some(name) if !text.contains('\0') => Ok(Self {
                text: text.to_owned(),
                shape: Shape::Abstract(name.into()),
            }),
            _ => Self::of_path(text),
        }
    }
}

impl PathPattern {
    /// A pattern for paths, whatever it begins with.
    pub(super) fn of_path(text: &str) -> Result<Self> {
        let refuse = |problem: &str| bad(text, "paths", problem);
        if text.is_empty() {
            return Err(refuse("it is empty; '/' is everything"));
        }
        if text.contains('\0') {
            return Err(refuse("no path holds a NUL"));
        }
        let path = std::path::absolute(text).map_err(|_| refuse("the current folder is gone"))?;
        Ok(Self {
            text: text.to_owned(),
            shape: Self::shape(&path).map_err(|problem| refuse(&problem))?,
        })
    }

    fn shape(path: &Path) -> Result<Shape, String> {
        let has_star = |part: &OsStr| part.as_bytes().iter().any(|byte| matches!(byte, b'*' | b'?'));
        let mut base = PathBuf::new();
        let mut rest = Vec::new();
        for component in path.components() {
            match component {
                Component::Normal(part) if !rest.is_empty() || has_star(part) => {
                    rest.push(part.as_bytes().to_vec());
                }
                Component::ParentDir if !rest.is_empty() => {
                    return Err("'..' after a star leads nowhere in particular".into());
                }
                other => base.push(other),
            }
        }
        // What is not there yet keeps the name it is written with.
        let base = where_it_leads(&base).ok_or("'..' leads through what is not there")?;
        Ok(if rest.is_empty() {
            Shape::Below(base)
        } else {
            Shape::Parts(base, rest)
        })
    }

    /// Whether it covers a path, which [`where_it_leads`] has followed.
    pub(super) fn has_path(&self, path: &Path) -> bool {
        match &self.shape {
            Shape::Below(base) => path.starts_with(base),
            Shape::Parts(base, parts) => path.strip_prefix(base).is_ok_and(|rest| {
                let names: Vec<&[u8]> = rest.iter().map(OsStr::as_bytes).collect();
                matches_parts(parts, &names)
            }),
            Shape::Abstract(_) => false,
        }
    }

    /// Whether it is the very name of a file, which [`where_it_leads`] has followed.
    pub(super) fn is_of(&self, path: &Path) -> bool {
        matches!(&self.shape, Shape::Below(base) if base == path)
    }

    pub(super) fn has_abstract(&self, name: &[u8]) -> bool {
        matches!(&self.shape, Shape::Abstract(pattern) if matches(pattern, name))
    }

    /// The folder or file it begins with: what the kernel's own wall can be told.
    #[cfg(all(feature = "cli", target_os = "linux"))]
    pub(super) fn base(&self) -> Option<&Path> {
        match &self.shape {
            Shape::Below(base) | Shape::Parts(base, _) => Some(base),
            Shape::Abstract(_) => None,
        }
    }
}

/// What no kernel takes as a path (`PATH_MAX`); each of its parts would be looked for.
const LONGEST: usize = 4096;

/// The path without symbolic links and `..`; what is not there yet keeps its name. None when nobody can say where it leads.
pub(super) fn where_it_leads(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    if path.as_os_str().len() > LONGEST {
        return None;
    }
    let mut missing = Vec::new();
    let mut known = path.as_path();
    loop {
        match std::fs::canonicalize(known) {
            Ok(mut found) => {
                found.extend(missing.iter().rev());
                return Some(found);
            }
            // A link that leads nowhere: what is made through it would lie somewhere else.
            Err(_) if std::fs::symlink_metadata(known).is_ok() => return None,
            Err(_) => {
                // A name, and no `..`, which only means something where its folder is known.
                missing.push(known.file_name()?.to_owned());
                known = known.parent()?;
            }
        }
    }
}

/// The path of a Unix socket or a file, from its bytes.
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    std::ffi::OsString::from_vec(bytes.to_vec()).into()
}

fn matches_parts(parts: &[Vec<u8>], names: &[&[u8]]) -> bool {
    match parts.split_first() {
        None => names.is_empty(),
        Some((part, rest)) if part == b"**" => {
            (0..=names.len()).any(|skipped| matches_parts(rest, &names[skipped..]))
        }
        Some((part, rest)) => names
            .split_first()
            .is_some_and(|(name, others)| matches(part, name) && matches_parts(rest, others)),
    }
}

/// `*` is any number of bytes, `?` one; without trying anything twice.
pub(super) fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut star = None;
    while place < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[place] => {
                at += 1;
                place += 1;
            }
            _ => match star {
                Some((of_star, from)) => {
                    at = of_star + 1;
                    place = from + 1;
                    star = Some((of_star, place));
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn pattern(text: &str) -> PathPattern {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn stars_stay_inside_a_part() {
        for (pattern, text, fits) in [
            ("*.sock", "a.sock", true),
            ("*.sock", ".sock", true),
            ("a*b*c", "axxbxbxc", true),
            ("a*b*c", "axxbxbx", false),
            ("?", "", false),
            ("*", "", true),
        ] {
            assert_eq!(
                matches(pattern.as_bytes(), text.as_bytes()),
                fits,
                "{pattern} {text}"
            );
        }
        let deep = pattern("/nowhere/**/log");
        for (path, fits) in [
            ("/nowhere/log", true),
            ("/nowhere/a/b/log", true),
            ("/nowhere/a/logs", false),
        ] {
            assert_eq!(deep.has_path(Path::new(path)), fits, "{path}");
        }
        let one = pattern("/nowhere/*.txt");
        assert!(one.has_path(Path::new("/nowhere/a.txt")) && !one.has_path(Path::new("/nowhere/a/b.txt")));
        assert!(pattern("/nowhere").has_path(Path::new("/nowhere/a/b")));
        assert!(!pattern("/nowhere").has_path(Path::new("/nowhere-else")));
        assert!(pattern("@app-*").has_abstract(b"app-1") && !pattern("/app").has_abstract(b"app"));
    }

    #[test]
    fn links_are_followed_on_both_sides() {
        let folder = std::env::temp_dir().join(format!("wirescript-path-{}", std::process::id()));
        fs::create_dir_all(folder.join("real")).expect("a folder");
        let folder = fs::canonicalize(folder).expect("it is there");
        let link = folder.join("link");
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(folder.join("real"), &link).expect("a link");
        let nowhere = folder.join("real/nowhere");
        let _ = fs::remove_file(&nowhere);
        std::os::unix::fs::symlink(folder.join("gone"), &nowhere).expect("a link");
        assert_eq!(where_it_leads(&link.join("new")), Some(folder.join("real/new")));
        assert_eq!(where_it_leads(&link.join("../x")), Some(folder.join("x")));
        assert_eq!(where_it_leads(&nowhere), None);
        assert_eq!(where_it_leads(&folder.join("gone/../x")), None);
        let through = pattern(link.to_str().expect("a text"));
        assert!(through.has_path(&folder.join("real/new")));
        fs::remove_dir_all(&folder).expect("it can go");
    }
}
