//! Packets by declaration: one list of fields packs values into bytes, dissects bytes into values, shows them as a tree, and
//! makes cases that a peer may stumble over.
//!
//! `declare` reads a declaration, plain data of scripts or JSON (`datum`), with `options` and `types`, into `field`s. `pack` and
//! `dissect` walk those; `place` is where they are in a packet, `bits` the numbers of bit fields, `name` DNS's compressed
//! names, `octets` addresses, `checksum` the sums. `show` prints a dissected packet, `fuzz` changes one, `ready` has the
//! declarations that come along, in the folder of that name, and finds the one that fits a message.

mod bits;
mod checksum;
mod datum;
mod declare;
mod dissect;
mod field;
mod fuzz;
mod name;
mod octets;
mod options;
mod pack;
mod place;
mod ready;
mod show;
#[cfg(test)]
mod tests;
mod told;
mod types;

use std::fmt;
use std::sync::Arc;

use crate::error::Result;

pub(crate) use datum::Datum;
pub(crate) use fuzz::Cases;
#[cfg(feature = "rhai")]
pub(crate) use options::TERMS;
pub(crate) use ready::{READY, Ready, Socket, of_message};

use field::Body;

/// What the bytes behind a packet are called among its values: no field of it can have that name.
const LEFT_OVER: &str = "rest";

/// A schema: a handle on what was declared.
#[derive(Clone)]
pub(crate) struct Schema(Source);

#[derive(Clone)]
enum Source {
    Own(Arc<Declared>),
    /// One that comes along, read when it is first used.
    Ready(&'static Ready),
}

/// A declaration that was read.
struct Declared {
    name: String,
    body: Arc<Body>,
    /// Whether pointers of names count from where it begins, wherever that is.
    origin: bool,
    /// Bodies within one another.
    depth: usize,
    /// Fields, those of other schemas with them.
    count: usize,
}

/// How to read a packet.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    /// Whether a wrong checksum is an error.
    pub(crate) verify: bool,
    /// Whether numbers that have names are given as those.
    pub(crate) names: bool,
    /// Bytes of memory it may take.
    pub(crate) memory: usize,
    /// The number of a list's first place.
    pub(crate) first: usize,
}

impl Schema {
    fn own(declared: Arc<Declared>) -> Self {
        Self(Source::Own(declared))
    }

    fn declared(&self) -> &Declared {
        match &self.0 {
            Source::Own(declared) => declared,
            Source::Ready(ready) => ready.read(),
        }
    }

    /// The name it was declared with.
    pub(crate) fn name(&self) -> &str {
        &self.declared().name
    }

    /// The names of its fields, in order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.declared()
            .body
            .fields
            .iter()
            .map(|field| field.name.as_str())
    }

    /// Whether it is the same object.
    pub(crate) fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self.declared(), other.declared())
    }

    /// Packs values, the fields' by name. Lengths, counts and checksums that are not given are computed.
    ///
    /// # Errors
    /// `packet.Error` with the field; `MemoryError` for more than `memory` bytes.
    pub(crate) fn pack(&self, values: &Datum, memory: usize, first: usize) -> Result<Vec<u8>> {
        let manner = pack::Manner {
            memory,
            first,
            lenient: false,
        };
        pack::pack(self.declared(), values, manner)
    }

    /// The values of a packet, and what is left of it as `rest`.
    ///
    /// # Errors
    /// `packet.Error` with the field and the offset; `MemoryError`.
    pub(crate) fn dissect(&self, data: &[u8], reading: Reading) -> Result<Datum> {
        let dissection = self.dissection(data, reading);
        if let Some(error) = dissection.trouble {
            return Err(error);
        }
        let mut values = dissect::map(&dissection.nodes, reading.names);
        if let Datum::Map(entries) = &mut values {
            entries.push((
                LEFT_OVER.to_owned(),
                Datum::Bytes(data[dissection.end..].to_vec()),
            ));
        }
        Ok(values)
    }

    /// A packet as a tree, also one that is damaged.
    pub(crate) fn show(&self, data: &[u8], reading: Reading) -> String {
        let reading = Reading {
            verify: false,
            ..reading
        };
        show::tree(self.name(), data, &self.dissection(data, reading), reading.first)
    }

    fn dissection<'a>(&'a self, data: &'a [u8], reading: Reading) -> dissect::Dissection<'a> {
        let manner = dissect::Manner {
            verify: reading.verify,
            memory: reading.memory,
            first: reading.first,
        };
        dissect::dissect(self.declared(), data, manner)
    }
}

/// How a packet is read that is only looked at.
pub(crate) const SHOWN: Reading = Reading {
    verify: false,
    names: false,
    memory: 64 << 20,
    first: 0,
};

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.is(other)
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<packet.Schema {}>", crate::text::str_repr(self.name()))
    }
}

impl PartialEq for Declared {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl fmt::Debug for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
