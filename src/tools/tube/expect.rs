//! Holding what comes against what is expected: from the next byte on, and no byte further than needed. What differs is told at once,
//! as soon as nothing that may still come could make it right.

use std::rc::Rc;
use std::time::Duration;

use crate::error::{Class, Error, Result};
use crate::net::Net;
use crate::text::bytes_repr;
use crate::wire::{bytes, difference};

use super::Tube;
use super::automaton::{Known, Walk};
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

/// What is known of what has come from the front on, so that it is not looked at again when more has come.
#[derive(Debug, Default)]
struct Progress {
    /// Bytes that are as they should be.
    same: usize,
    walk: Walk,
}

impl Expected {
    fn state(&self, progress: &mut Progress, data: &[u8], ended: bool) -> Result<State> {
        let open = if ended { State::Never } else { State::Open };
        Ok(match self {
            Self::Bytes(bytes) => {
                let common = bytes.len().min(data.len());
                let from = progress.same.min(common);
                if bytes[from..common] != data[from..common] {
                    return Ok(State::Never);
                }
                progress.same = common;
                if common == bytes.len() {
                    State::Come(common)
                } else {
                    open
                }
            }
            Self::Pattern(pattern) => {
                let walk = &mut progress.walk;
                let known = pattern.with_effort(|effort| pattern.front().go_on(walk, data, false, effort));
                match known? {
                    Known { end: Some(count), .. } => State::Come(count),
                    Known { may_come: true, .. } => open,
                    Known { .. } => State::Never,
                }
            }
            Self::Masked(masked) => match masked.state(data)? {
                State::Open => open,
                state => state,
            },
        })
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
    ///
    /// # Errors
    /// What a long search ends by.
    pub(crate) fn come(&self, data: &[u8], ended: bool) -> Result<Option<Result<usize, String>>> {
        Ok(match self.state(&mut Progress::default(), data, ended)? {
            State::Come(count) => Some(Ok(count)),
            State::Open => None,
            State::Never => Some(Err(difference(std::slice::from_ref(self), data, false))),
        })
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
        let (mut known, mut front) = (Vec::new(), 0);
        self.read(&call, |inbox| {
            if std::mem::replace(&mut front, inbox.front) != inbox.front {
                known.clear();
            }
            known.resize_with(alternatives.len(), Progress::default);
            let states = alternatives
                .iter()
                .zip(&mut known)
                .map(|(one, known)| one.state(known, inbox.data(), inbox.ended));
            let mut hope = false;
            for (place, state) in states.enumerate() {
                match state? {
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

/// A line for bytes that came and are not shown.
fn left_out(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "\n... and 1 byte more".to_owned(),
        count => format!("\n... and {count} bytes more"),
    }
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
            text.push_str(&left_out(data.len() - received.len()));
        }
        _ => {
            text.push_str(&format!(
                "expected {}, received {} bytes\n{}",
                in_words(alternatives),
                data.len(),
                bytes::dump(&data[..data.len().min(SHOWN * 2)], 16).trim_end()
            ));
            text.push_str(&left_out(data.len().saturating_sub(SHOWN * 2)));
        }
    }
    text
}
