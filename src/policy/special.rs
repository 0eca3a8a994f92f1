//! Files that are no files: the kernel shows the memory of processes, their variables and their descriptors as paths. A rule
//! for a folder does not mean them, and a policy that scripts could change in the process's own memory would be none.

use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use crate::sys;

use super::Policy;
use super::judge::{Rule, Verdict};
use super::path::{PathPattern, where_it_leads};
use super::rules::Word;

/// Links that are followed, as many as the kernel follows.
const MOST_LINKS: usize = 40;
/// The memory of the machine.
const MEMORY: [&str; 3] = ["/dev/mem", "/dev/kmem", "/dev/port"];

/// What a path is, beside a file.
#[derive(Debug, PartialEq, Eq)]
enum Special {
    /// The memory of a process or of the machine.
    Memory,
    /// The variables of a process.
    Variables,
    /// What a process has open at a number; what standard input reads, by a name of its own.
    Descriptor { number: i32, own: bool },
}

impl Policy {
    /// What a policy says to opening a file that is none, where it does not leave that to the rules for paths.
    pub(super) fn refuses_special(&self, path: &Path, write: bool) -> Option<Verdict<'_>> {
        let end = end_of(path)?;
        match special(&end, write)? {
            Special::Descriptor { number, own } => {
                let is_input = number == 0;
                if is_input && self.deny.input {
                    return Some(Verdict::Denied(Rule::of("input")));
                }
                if self.deny.fd {
                    return Some(Verdict::Denied(Rule::of("fd")));
                }
                let allowed = self.open || self.allow.fd || (is_input && own && self.allow.input);
                (!allowed).then_some(Verdict::Default(false))
            }
            _ if self.names(&end, write) => None,
            Special::Memory => Some(Verdict::Denied(Rule::of("memory"))),
            Special::Variables => {
                if self.deny.env.is_empty() {
                    let allowed = self.open || self.allow.env.iter().any(Word::is_every);
                    (!allowed).then_some(Verdict::Default(false))
                } else {
                    Some(Verdict::Denied(Rule::of("env")))
                }
            }
        }
    }

    /// Whether a rule that allows names this very file, and not a folder above it.
    fn names(&self, path: &Path, write: bool) -> bool {
        let rules = if write {
            &self.allow.write
        } else {
            &self.allow.read
        };
        rules.iter().any(|known: &PathPattern| known.is_of(path))
    }
}

/// Where the last part of a path leads, link by link, up to a descriptor: what lies behind one may have no name.
fn end_of(path: &Path) -> Option<PathBuf> {
    let mut path = std::path::absolute(path).ok()?;
    for _ in 0..MOST_LINKS {
        let Some(name) = path.file_name() else {
            return where_it_leads(&path);
        };
        let folder = where_it_leads(path.parent()?)?;
        let here = folder.join(name);
        if descriptor(&here).is_some() {
            return Some(here);
        }
        match std::fs::read_link(&here) {
            Ok(target) => path = folder.join(target),
            Err(_) => return Some(here),
        }
    }
    None
}

fn special(path: &Path, write: bool) -> Option<Special> {
    if let Some(special) = descriptor(path) {
        return Some(special);
    }
    if sys::file::is_of_processes(path) {
        // Also where nobody is there yet: a process can come before the file is opened.
        return match path.file_name()?.to_str()? {
            "mem" | "kcore" | "vmcore" => Some(Special::Memory),
            "environ" => Some(Special::Variables),
            _ => None,
        };
    }
    let about = std::fs::metadata(path).ok()?;
    let is_device = about.file_type().is_char_device();
    if is_device
        && (sys::file::is_memory(about.rdev()) || MEMORY.iter().any(|known| path == Path::new(known)))
    {
        return Some(Special::Memory);
    }
    // The pipe or the terminal that standard input reads; the terminal has a second name.
    let is_shared = about.file_type().is_fifo() || (is_device && sys::file::is_terminal(0));
    let is_input = path == Path::new("/dev/tty")
        || (is_shared && sys::file::identity(0) == Ok((about.dev(), about.ino())));
    (is_input && !write).then_some(Special::Descriptor { number: 0, own: true })
}

/// `/proc/N/fd/N`, of a process or of a thread; elsewhere `/dev/fd/N`.
fn descriptor(path: &Path) -> Option<Special> {
    let number = path.file_name()?.to_str()?.parse().ok()?;
    let folder = path.parent()?;
    if folder == Path::new("/dev/fd") {
        return Some(Special::Descriptor { number, own: true });
    }
    if folder.file_name()? != "fd" || !sys::file::is_of_processes(folder) {
        return None;
    }
    let process = folder.parent()?.file_name()?.to_str()?;
    let own = process.parse() == Ok(std::process::id());
    Some(Special::Descriptor { number, own })
}
