//! Renders the table for people: signatures in each language's dress (`signature`) and the text of one entry (`help`).

mod help;
mod signature;

pub(crate) use help::{entry, names};
