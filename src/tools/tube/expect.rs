//! Holding what comes against what is expected: from the next byte on, and no byte further than needed. What differs is told at once,
//! as soon as nothing that may still come could make it right.

use std::rc::Rc;
use std::time::Duration;

use crate::error::{Class, Error, Result};
use crate::net::Net;
use crate::text::bytes_repr;
use crate::wire::{bytes, difference};

use super::Tube;
use super::masked::Masked;
use super::pattern::Pattern;
use super::reading::Call;

/// Bytes of what came that are shown where no number of bytes was expected, and after what was.
const SHOWN: usize = 64;

/// Something that may come.
#[derive(Clone, Debug)]
pub(crate) enum Expected {
    Bytes(Vec<u8>),
    Pattern(Rc<Pattern>),
    /// Bytes of which some may differ.
    Masked(Masked),
}

/// How far something that may come has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// It is there, so many bytes of it.
    Come(usize),
    /// It may come yet.
    Open,
    /// It cannot come any more.
    Never,
}

impl Expected {
    fn state(&self, data: &[u8], ended: bool) -> State {
        let open = if ended { State::Never } else { State::Open };
        match self {
            Self::Bytes(bytes) if data.starts_with(bytes) => State::Come(bytes.len()),
            Self::Bytes(bytes) if bytes.starts_with(data) => open,
            Self::Bytes(_) => State::Never,
            Self::Pattern(pattern) => match pattern.front().end(data, 0) {
                Some(count) => State::Come(count),
                None if pattern.front().may_come(data, 0) => open,
                None => State::Never,
            },
            Self::Masked(masked) => match masked.state(data) {
                State::Open => open,
                state => state,
            },
        }
    }

    /// Bytes of which those that a mask matches may be anything else that it matches.
    ///
    /// # Errors
    /// `ValueError` for a mask that takes too much memory.
    pub(crate) fn masked(net: &Net, bytes: Vec<u8>, masks: &[Rc<Pattern>]) -> Result<Self> {
        Ok(match Masked::new(net, &bytes, masks)? {
            Some(masked) => Self::Masked(masked),
            None => Self::Bytes(bytes),
        })
    }

    /// How many bytes of it have come, when it is there whole, or why it cannot come any more; none while it may.
    pub(crate) fn come(&self, data: &[u8], ended: bool) -> Option<Result<usize, String>> {
        match self.state(data, ended) {
            State::Come(count) => Some(Ok(count)),
            State::Open => None,
            State::Never => Some(Err(difference(std::slice::from_ref(self), data, false))),
        }
    }

    fn in_words(&self) -> String {
        match self {
            Self::Bytes(bytes) => bytes_repr(bytes),
            Self::Masked(masked) => bytes_repr(masked.bytes()),
            Self::Pattern(pattern) => format!("a match of {}", bytes_repr(pattern.text())),
        }
    }

    /// How many bytes of it have come as they should.
    fn likeness(&self, data: &[u8]) -> usize {
        let same = self.bytes().iter().zip(data);
        same.take_while(|(a, b)| a == b).count()
    }

    /// The bytes that are expected, as far as they are known.
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Masked(masked) => masked.bytes(),
            Self::Pattern(_) => b"",
        }
    }
}

impl Tube {
    /// Waits for one of several things that may come next, and takes it: its bytes, and which it was. The first in the list that
    /// is there whole counts.
    ///
    /// # Errors
    /// `AssertionError` as soon as none of them can come any more, with what was expected beside what came; `TimeoutError`.
    /// Nothing is taken then.
    pub(crate) fn expect(
        &self,
        alternatives: &[Expected],
        timeout: Option<Duration>,
    ) -> Result<(Vec<u8>, usize)> {
        const OP: &str = "expect";
        if alternatives.is_empty() {
            return Err(Error::value("nothing is expected: the list is empty").during(OP));
        }
        let call = Call {
            op: OP,
            timeout,
            awaited: &|| in_words(alternatives),
        };
        self.read(&call, |inbox| {
            let states = alternatives
                .iter()
                .map(|one| one.state(inbox.data(), inbox.ended));
            let mut hope = false;
            for (place, state) in states.enumerate() {
                match state {
                    State::Come(count) => return Ok(Some((inbox.take(count), place))),
                    State::Open => hope = true,
                    State::Never => {}
                }
            }
            if hope {
                return Ok(None);
            }
            let text = difference(alternatives, inbox.data(), inbox.ended);
            Err(Error::new(Class::AssertionError, text)
                .during(OP)
                .with_partial(inbox.data().to_vec()))
        })
    }
}

fn in_words(alternatives: &[Expected]) -> String {
    let words: Vec<_> = alternatives.iter().map(Expected::in_words).collect();
    words.join(" or ")
}

/// What was expected beside what came.
fn difference(alternatives: &[Expected], data: &[u8], ended: bool) -> String {
    let mut text = String::new();
    if ended {
        text.push_str("the peer has ended: ");
    }
    let closest = alternatives
        .iter()
        .enumerate()
        .max_by_key(|(place, one)| (one.likeness(data), alternatives.len() - place));
    match closest {
        Some((place, closest @ (Expected::Bytes(_) | Expected::Masked(_)))) => {
            let expected = closest.bytes();
            if alternatives.len() > 1 {
                text.push_str(&format!(
                    "none of {} alternatives came; against the closest, number {}: ",
                    alternatives.len(),
                    place + 1
                ));
            }
            let received = &data[..data.len().min(expected.len() + SHOWN)];
            text.push_str(&difference::octets(expected, received));
        }
        _ => {
            text.push_str(&format!(
                "expected {}, received {} bytes\n{}",
                in_words(alternatives),
                data.len(),
                bytes::dump(&data[..data.len().min(SHOWN * 2)], 16).trim_end()
            ));
        }
    }
    text
}
