//! File objects: Python's `io`, over sockets, files and the program's own streams. Names no language.
//!
//! A file is made in layers, as Python's are. The lowest is a [`raw::Raw`]: one system call at a time, on a socket
//! (`socket`) or any other descriptor (`descriptor`). Over it stands a `buffered` one with what is read ahead (`input`) and
//! what waits to be written (`output`), and over that `text`, with what it has decoded in `decoded`, line ends in `newlines` and what was asked for in `format`. [`File`] (`object`) is what a
//! script holds: any of the layers; `nature` is what it says of itself. `mode` reads modes, `opening` makes files, `standard`
//! has the program's streams and `input`, `outlet` those that the host takes, `sending` sends files over sockets, `whole`
//! reads files for those who need no object.

mod buffered;
mod decoded;
mod descriptor;
mod format;
mod input;
mod mode;
mod nature;
mod newlines;
mod object;
mod opening;
mod outlet;
mod output;
mod raw;
mod sending;
mod socket;
mod standard;
mod text;
mod whole;

pub(crate) use object::{Data, File};
pub(crate) use opening::{Manner, What, make_file, open};
pub(crate) use raw::Name;
#[cfg(feature = "lua")]
pub(crate) use raw::unreadable;
pub(crate) use sending::{Sendable, send_file};
pub(crate) use standard::{Streams, input};
pub(crate) use whole::{LARGEST_SCRIPT, whole};
