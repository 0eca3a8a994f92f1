//! Values between threads: plain data that belongs to nobody, and the sockets in it.
//!
//! Packing has two steps. A [`Draft`] is a copy of the data that still names the sender's sockets; nothing has happened to
//! them. [`Draft::seal`] takes them out of the sender's hands, at the moment the parcel really goes.

use std::rc::Rc;

use crate::error::{Error, Result};
use crate::net::{Net, Passed, Socket};

use super::link::Link;

/// Plain data. A socket is its place among the parcel's.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    None,
    /// JSON's, where a language tells it from nothing at all.
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    /// Of a language that does not tell text from bytes.
    String(Vec<u8>),
    List(Vec<Self>),
    /// A tuple; its kind by a number that the sender and the receiver understand.
    Tuple(usize, Vec<Self>),
    Map(Vec<(String, Self)>),
    /// A table whose keys are not all texts.
    Table(Vec<(Self, Self)>),
    Socket(usize),
    Link(Link),
}

impl Content {
    /// Bytes it takes, about.
    fn size(&self) -> usize {
        let inner = match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) | Self::String(bytes) => bytes.len(),
            Self::List(items) | Self::Tuple(_, items) => items.iter().map(Self::size).sum(),
            Self::Map(entries) => entries.iter().map(|(key, value)| key.len() + value.size()).sum(),
            Self::Table(entries) => entries.iter().map(|(key, value)| key.size() + value.size()).sum(),
            _ => 0,
        };
        size_of::<Self>() + inner
    }
}

/// Values about to be sent.
#[derive(Debug)]
pub(crate) struct Draft {
    contents: Vec<Content>,
    sockets: Vec<Rc<Socket>>,
    size: usize,
}

impl Draft {
    /// Of these contents, whose sockets are known by their places here.
    pub(crate) fn new(contents: Vec<Content>, sockets: Vec<Rc<Socket>>) -> Self {
        let size = contents.iter().map(Content::size).sum();
        Self {
            contents,
            sockets,
            size,
        }
    }

    /// Bytes it takes, about.
    pub(crate) const fn size(&self) -> usize {
        self.size
    }

    /// Takes the sockets out of the sender's hands.
    ///
    /// # Errors
    /// `ValueError` for a socket that cannot go, as when it was closed meanwhile; then none has gone.
    pub(crate) fn seal(self) -> Result<Parcel> {
        for socket in &self.sockets {
            if let Some(reason) = socket.stays_because() {
                return Err(Error::value(format!(
                    "{socket} cannot be sent to another thread: {reason}"
                )));
            }
        }
        let sockets = self.sockets.iter().map(|socket| socket.pass());
        Ok(Parcel {
            sockets: sockets.collect::<Result<_>>()?,
            contents: self.contents,
            size: self.size,
        })
    }
}

/// Values that belong to no thread.
#[derive(Debug)]
pub(crate) struct Parcel {
    contents: Vec<Content>,
    sockets: Vec<Passed>,
    size: usize,
}

impl Parcel {
    /// Bytes it takes, about.
    pub(super) const fn size(&self) -> usize {
        self.size
    }

    /// Gives the sockets to the thread of this network.
    pub(crate) fn open(self, net: &Rc<Net>) -> Delivery {
        Delivery {
            sockets: Socket::take_all(net, self.sockets),
            contents: self.contents,
        }
    }
}

impl Parcel {
    /// As [`Self::open`], where there is no network to give sockets to: they close.
    ///
    /// # Errors
    /// `TypeError` for what holds sockets.
    pub(super) fn open_plain(self) -> Result<Delivery> {
        if !self.sockets.is_empty() {
            return Err(Error::type_error(
                "the value holds a socket, which only a script can receive: it was closed",
            ));
        }
        Ok(Delivery {
            sockets: Vec::new(),
            contents: self.contents,
        })
    }
}

/// Values that have arrived; they can be looked at any number of times.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) contents: Vec<Content>,
    pub(crate) sockets: Vec<Rc<Socket>>,
}
