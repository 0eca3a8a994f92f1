//! What an error holds: what nearly every one has, and apart from it what few have. Scripts that try until something works make errors by
//! the thousand, and a small one is made, moved and dropped sooner.

use std::borrow::Cow;

use crate::address::Address;

use super::{Argument, Asked, Class, Made, TlsDetail, Trace};

/// What nearly every error has.
#[derive(Clone)]
pub(super) struct Detail {
    pub(super) class: Class,
    pub(super) denied: bool,
    pub(super) errno: Option<i32>,
    /// None is the system's text for the number.
    pub(super) text: Option<Cow<'static, str>>,
    pub(super) op: Option<&'static str>,
    pub(super) address: Option<Box<Address>>,
    /// Whom the socket is connected with, or where it is bound: known, and no news that the text must tell.
    pub(super) party: Option<Box<Address>>,
    pub(super) asked: Option<Box<Asked>>,
    pub(super) trace: Trace,
    pub(super) rare: Option<Box<Rare>>,
}

/// What few have.
#[derive(Clone, Default)]
pub(super) struct Rare {
    pub(super) partial: Option<Vec<u8>>,
    pub(super) sent: Option<u64>,
    pub(super) status: Option<i32>,
    pub(super) hint: Option<String>,
    pub(super) filename: Option<String>,
    pub(super) made: Option<Made>,
    /// Python's `e.args`, where they are neither the number and its text nor the text alone.
    pub(super) arguments: Option<Vec<Argument>>,
    pub(super) cause: Option<String>,
    pub(super) tls: Option<TlsDetail>,
    /// The engine's own words for the calls.
    pub(super) calls: Option<String>,
}

impl Detail {
    pub(super) const fn new(class: Class, errno: Option<i32>, text: Option<Cow<'static, str>>) -> Self {
        Self {
            class,
            denied: false,
            errno,
            text,
            op: None,
            address: None,
            party: None,
            asked: None,
            trace: Trace::NONE,
            rare: None,
        }
    }

    /// What few have, to be read.
    pub(super) fn rare(&self) -> &Rare {
        static NOTHING: Rare = Rare {
            partial: None,
            sent: None,
            status: None,
            hint: None,
            filename: None,
            made: None,
            arguments: None,
            cause: None,
            tls: None,
            calls: None,
        };
        self.rare.as_deref().unwrap_or(&NOTHING)
    }

    /// The same, to be changed.
    pub(super) fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }
}
