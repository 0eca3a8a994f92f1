//! Patterns for programs: a name as it is looked for in the folders of `PATH`, or a path, which is judged as those of files
//! are, by where it leads.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::sys::child;

use super::path::{PathPattern, where_it_leads};
use super::patterned;
use super::rules::Word;

/// A pattern for programs.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct ProgramPattern {
    text: String,
    shape: Shape,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// Without a slash: the name as it is given.
    Name(Word),
    Path(PathPattern),
}

patterned!(ProgramPattern);

impl FromStr for ProgramPattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let shape = if text.contains('/') {
            Shape::Path(PathPattern::of_path(text)?)
        } else {
            Shape::Name(text.parse()?)
        };
        Ok(Self {
            text: text.to_owned(),
            shape,
        })
    }
}

impl ProgramPattern {
    /// Whether it allows to start a program by this name. A rule for one file holds for the name it is written with only:
    /// some programs are many, and go by the name they are started by.
    pub(super) fn allows(&self, program: &str) -> bool {
        let is_path = program.contains('/');
        match &self.shape {
            Shape::Name(name) => name.is_every() || (!is_path && name.has(program)),
            Shape::Path(pattern) => {
                is_path
                    && where_it_leads(Path::new(program)).is_some_and(|end| {
                        pattern.has_path(&end)
                            && (!pattern.is_of(&end) || last_name(program) == last_name(&self.text))
                    })
            }
        }
    }

    /// Whether it denies to start a program by this name, or by another that leads to the same.
    pub(super) fn denies(&self, program: &str) -> bool {
        match (&self.shape, program.contains('/')) {
            (Shape::Name(name), false) => name.has(program),
            (Shape::Name(name), true) => {
                let end = where_it_leads(Path::new(program));
                let end = end.as_ref().and_then(|end| end.file_name()?.to_str());
                [last_name(program), end]
                    .iter()
                    .flatten()
                    .any(|known| name.has(known))
            }
            (Shape::Path(pattern), false) => on_the_way(program).any(|path| leads_into(pattern, &path)),
            (Shape::Path(pattern), true) => leads_into(pattern, Path::new(program)),
        }
    }

    /// The name, where it is not a path.
    #[cfg(all(feature = "cli", target_os = "linux"))]
    pub(super) fn name(&self) -> Option<&str> {
        matches!(self.shape, Shape::Name(_)).then_some(self.text.as_str())
    }

    /// The path, where it is one.
    #[cfg(all(feature = "cli", target_os = "linux"))]
    pub(super) const fn path(&self) -> Option<&PathPattern> {
        match &self.shape {
            Shape::Name(_) => None,
            Shape::Path(pattern) => Some(pattern),
        }
    }
}

fn last_name(path: &str) -> Option<&str> {
    Path::new(path).file_name()?.to_str()
}

/// A path of which nobody knows where it leads may lead to what is denied.
fn leads_into(pattern: &PathPattern, path: &Path) -> bool {
    where_it_leads(path).is_none_or(|end| pattern.has_path(&end))
}

/// The files that a name may stand for.
fn on_the_way(program: &str) -> impl Iterator<Item = PathBuf> {
    let folders = child::folders().into_iter();
    folders
        .map(move |folder| folder.join(program))
        .filter(|path| path.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> ProgramPattern {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn a_program_is_judged_by_where_its_path_leads() {
        let folder = std::env::temp_dir().join(format!("wirescript-program-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("granted")).expect("a folder");
        let folder = std::fs::canonicalize(&folder).expect("it is there");
        for name in ["granted/tool", "evil"] {
            std::fs::write(folder.join(name), "").expect("a file");
        }
        std::os::unix::fs::symlink(folder.join("granted/tool"), folder.join("granted/other"))
            .expect("a link");
        let at = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let below = pattern(&at("granted/*"));
        assert!(below.allows(&at("granted/tool")) && below.allows(&at("granted/../granted/./tool")));
        for evil in ["granted/../evil", "granted/sub/../../evil", "granted/x/y"] {
            assert!(!below.allows(&at(evil)), "{evil}");
        }
        assert!(!below.allows("tool"), "a name is not looked for here");
        let one = pattern(&at("granted/tool"));
        assert!(one.allows(&at("granted/tool")) && !one.allows(&at("granted/other")));
        for same in ["granted/tool", "granted/../granted/tool", "granted/other"] {
            assert!(
                one.denies(&at(same)) && pattern("tool").denies(&at(same)),
                "{same}"
            );
        }
        assert!(!one.denies(&at("evil")) && !pattern("tool").denies(&at("evil")));
        assert!(
            pattern("t*").allows("tool") && !pattern("t*").allows("./tool") && pattern("*").allows("./tool")
        );
        std::fs::remove_dir_all(&folder).expect("it can go");
    }

    #[test]
    fn a_name_is_denied_where_its_file_is() {
        let shell = std::fs::canonicalize("/bin/sh").expect("a shell");
        let shell = pattern(shell.to_str().expect("a text"));
        assert!(shell.denies("sh") && shell.denies("/bin/sh") && !shell.denies("nothing-of-this-name"));
    }
}
