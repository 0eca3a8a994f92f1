//! A pattern as the automaton that it is: it reads byte by byte from a place on, and so knows, besides a match, whether one can still
//! come and where all of them end.

use std::cell::RefCell;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};

use super::pattern::LARGEST;

/// An automaton and what it has found out of itself so far: its states are made when they are first needed.
#[derive(Debug)]
pub(super) struct Automaton {
    dfa: DFA,
    cache: RefCell<Cache>,
}

/// The ends of the matches that begin at a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ends {
    /// From the first on.
    pub(super) ends: Vec<usize>,
    /// Whether more bytes may make another.
    pub(super) more: bool,
}

impl Automaton {
    /// Of the matches at a place the one that the pattern prefers, or `every` one.
    ///
    /// # Errors
    /// In the words of the crate, for what is no pattern or takes too much memory.
    pub(super) fn new(pattern: &str, every: bool) -> Result<Self, String> {
        let kind = if every {
            MatchKind::All
        } else {
            MatchKind::LeftmostFirst
        };
        let dfa = DFA::builder()
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .thompson(thompson::Config::new().utf8(false).nfa_size_limit(Some(LARGEST)))
            .configure(
                DFA::config()
                    .match_kind(kind)
                    .cache_capacity(LARGEST)
                    .skip_cache_capacity_check(true),
            )
            .build(pattern)
            .map_err(|error| {
                // The pattern's own fault is below the builder's.
                let mut below: &dyn std::error::Error = &error;
                while let Some(source) = below.source() {
                    below = source;
                }
                below.to_string()
            })?;
        let cache = RefCell::new(dfa.create_cache());
        Ok(Self { dfa, cache })
    }

    /// Where the match ends that begins here.
    pub(super) fn end(&self, data: &[u8], from: usize) -> Option<usize> {
        let cache = &mut *self.cache.borrow_mut();
        let found = self.dfa.try_search_fwd(cache, &input(data, from));
        found.ok().flatten().map(|found| found.offset())
    }

    /// Whether more bytes may make a match of these, where they are none.
    pub(super) fn may_come(&self, data: &[u8], from: usize) -> bool {
        self.walk(data, from, |_| {})
    }

    /// Where all matches end that begin here.
    pub(super) fn ends(&self, data: &[u8], from: usize) -> Ends {
        let mut ends = Vec::new();
        let more = self.walk(data, from, |end| ends.push(end));
        Ends { ends, more }
    }

    /// Reads all there is, and hands over where matches end; whether it could go on.
    fn walk(&self, data: &[u8], from: usize, mut note: impl FnMut(usize)) -> bool {
        let cache = &mut *self.cache.borrow_mut();
        // Neither starting nor going on fails: no byte makes it give up, and its states may be made anew for ever.
        let Ok(mut state) = self.dfa.start_state_forward(cache, &input(data, from)) else {
            return true;
        };
        // A match shows a byte later, as it may depend on what follows.
        for (place, byte) in data.iter().enumerate().skip(from) {
            let Ok(next) = self.dfa.next_state(cache, state, *byte) else {
                return true;
            };
            if next.is_match() {
                note(place);
            }
            if next.is_dead() {
                return false;
            }
            state = next;
        }
        if self
            .dfa
            .next_eoi_state(cache, state)
            .is_ok_and(|state| state.is_match())
        {
            note(data.len());
        }
        // Where a match has just shown, nothing else may be left.
        let goes_on = |byte| {
            let next = self.dfa.next_state(cache, state, byte);
            next.map_or(true, |next| !next.is_dead())
        };
        !state.is_match() || (0..=u8::MAX).any(goes_on)
    }
}

fn input(data: &[u8], from: usize) -> Input<'_> {
    Input::new(data).range(from..).anchored(Anchored::Yes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_that_cannot_come_is_known() {
        let first = |pattern| Automaton::new(pattern, false).expect("a pattern");
        let reply = first("220 .*\r\n");
        assert!(reply.may_come(b"", 0) && reply.may_come(b"22", 0) && reply.may_come(b"220 x\r", 0));
        assert!(!reply.may_come(b"5", 0) && !reply.may_come(b"220 x\n", 0) && !reply.may_come(b"x220 ", 0));
        assert!(reply.may_come(b"x220 ", 1));
        assert_eq!(reply.end(b"220 x\r\n220", 0), Some(7));
        assert_eq!(first(r"\ba").end(b"xa", 1), None);
        assert!(Automaton::new("(", false).is_err_and(|text| text.contains("unclosed group")));
    }

    #[test]
    fn all_ends_are_known() {
        let every = Automaton::new("[0-9]+?", true).expect("a pattern");
        let ends = every.ends(b"a123", 1);
        assert_eq!((ends.ends, ends.more), (vec![2, 3, 4], true));
        let ends = every.ends(b"12;", 0);
        assert_eq!((ends.ends, ends.more), (vec![1, 2], false));
    }
}
