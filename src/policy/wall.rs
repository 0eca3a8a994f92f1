//! The part of a policy that a kernel can hold a process to: folders and TCP ports.

use std::path::PathBuf;

use super::Policy;
use super::host::NetPattern;
use super::path::PathPattern;

/// What a kernel is told: nothing but this is to be had.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wall {
    /// Whether files are walled off at all.
    pub(crate) files: bool,
    /// Files and folders that may be read.
    pub(crate) read: Vec<PathBuf>,
    /// Files and folders that may be changed.
    pub(crate) write: Vec<PathBuf>,
    /// Programs that may be started by a name without a path; `*` is any number of characters.
    pub(crate) programs: Vec<String>,
    /// Ports that may be connected to; none are walled off when there is no list.
    pub(crate) connect: Option<Vec<(u16, u16)>>,
    /// Ports that may be bound.
    pub(crate) bind: Option<Vec<(u16, u16)>>,
}

impl Wall {
    /// Whether it walls nothing off.
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Policy {
    /// The wall around what it allows. A policy that allows by default has none: a kernel can only be told what may be had.
    pub(crate) fn wall(&self) -> Wall {
        if self.open {
            return Wall::default();
        }
        let bases = |list: &[PathPattern]| {
            list.iter()
                .filter_map(|path| path.base().map(Into::into))
                .collect()
        };
        // Descriptors that come from elsewhere may be used as they are.
        let ports = |list: &[NetPattern]| Some(list.iter().flat_map(NetPattern::ports).copied().collect());
        let mut write: Vec<PathBuf> = bases(&self.allow.write);
        // Binding a Unix socket makes a file.
        write.extend::<Vec<PathBuf>>(bases(&self.allow.unix));
        // To start a program is to read its file.
        let run = &self.allow.run;
        let mut read: Vec<PathBuf> = bases(&self.allow.read);
        read.extend(
            run.iter()
                .filter_map(|program| program.path()?.base().map(Into::into)),
        );
        Wall {
            files: true,
            read,
            write,
            programs: run
                .iter()
                .filter_map(|program| program.name().map(ToOwned::to_owned))
                .collect(),
            connect: ports(&self.allow.net),
            bind: ports(&self.allow.listen),
        }
    }
}
