//! A pattern as the automaton that it is: it reads byte by byte from a place on, and so knows, besides a match, whether one can still
//! come and where all of them end. `threads` knows its groups, too. Where either takes long it looks whether it is to end.

mod threads;

use std::cell::RefCell;

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};

use crate::error::Result;

use super::pattern::LARGEST;

pub(super) use threads::Threads;

/// Steps between two looks.
const STRIDE: usize = 1 << 18;

/// What is asked now and then whether to end: a pattern can take longer than anybody waits.
pub(super) type Stop<'a> = &'a dyn Fn() -> Result<()>;

/// Work that looks now and then whether it is to end.
pub(super) struct Effort<'a> {
    stop: Stop<'a>,
    left: usize,
}

impl<'a> Effort<'a> {
    pub(super) const fn new(stop: Stop<'a>) -> Self {
        Self { stop, left: STRIDE }
    }

    /// Does so many steps of it; fails when it is to end.
    #[inline]
    pub(super) fn take(&mut self, steps: usize) -> Result<()> {
        if steps < self.left {
            self.left -= steps;
            return Ok(());
        }
        self.left = STRIDE;
        (self.stop)()
    }
}

/// An error in the words of the crate: the pattern's own fault is below the builder's.
fn words(error: &dyn std::error::Error) -> String {
    let mut below = error;
    while let Some(source) = below.source() {
        below = source;
    }
    below.to_string()
}

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

/// How reading has come to its end.
enum Halted {
    /// All was read.
    At(LazyStateID),
    /// It cannot go on.
    Dead,
}

/// How far an automaton has read what grows, so that it goes on there when more has come.
#[derive(Debug, Default)]
pub(super) struct Walk(Option<Halt>);

/// Where it has stopped.
#[derive(Clone, Copy, Debug)]
struct Halt {
    state: LazyStateID,
    place: usize,
    /// Where the match ends that it prefers so far.
    end: Option<usize>,
    /// Its states are known by their numbers until they are made anew.
    clears: usize,
}

/// What an automaton knows of what has come so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// Where the match ends that it prefers.
    pub(super) end: Option<usize>,
    /// Whether more bytes may make one.
    pub(super) may_come: bool,
}

impl Walk {
    /// Whether nothing has been read.
    pub(super) const fn is_fresh(&self) -> bool {
        self.0.is_none()
    }
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
            .map_err(|error| words(&error))?;
        let cache = RefCell::new(dfa.create_cache());
        Ok(Self { dfa, cache })
    }

    /// Its size: for a byte that it has not met before it may go through all of them.
    pub(super) fn states(&self) -> usize {
        self.dfa.get_nfa().states().len()
    }

    /// Reads what has come since the last time: a match from the front on, or `anywhere`, of which the end is not told.
    ///
    /// # Errors
    /// What the effort ends by, here and below.
    pub(super) fn go_on(
        &self,
        walk: &mut Walk,
        data: &[u8],
        anywhere: bool,
        effort: &mut Effort<'_>,
    ) -> Result<Known> {
        let cache = &mut *self.cache.borrow_mut();
        let anchored = if anywhere { Anchored::No } else { Anchored::Yes };
        let halt = walk.0.filter(|halt| halt.clears == cache.clear_count());
        let begun = halt.map_or_else(
            || {
                let start = self
                    .dfa
                    .start_state_forward(cache, &Input::new(data).anchored(anchored));
                start.map(|state| (state, 0, None))
            },
            |halt| Ok((halt.state, halt.place, halt.end)),
        );
        let Ok((state, place, mut end)) = begun else {
            return Ok(Known {
                end: None,
                may_come: true,
            });
        };
        let state = match self.read(cache, state, data, place, effort, |place| end = Some(place))? {
            Halted::At(state) => state,
            // Whatever comes: it stays as it is.
            Halted::Dead => return Ok(Known { end, may_come: false }),
        };
        let halt = Halt {
            state,
            place: data.len(),
            end,
            clears: cache.clear_count(),
        };
        let may_come = self.finish(cache, state, data.len(), |place| end = Some(place));
        walk.0 = Some(halt);
        Ok(Known { end, may_come })
    }

    /// Where the match ends that begins here.
    pub(super) fn end(&self, data: &[u8], from: usize, effort: &mut Effort<'_>) -> Result<Option<usize>> {
        let mut end = None;
        self.walk(data, from, effort, |place| end = Some(place))?;
        Ok(end)
    }

    /// Where all matches end that begin here.
    pub(super) fn ends(&self, data: &[u8], from: usize, effort: &mut Effort<'_>) -> Result<Ends> {
        let mut ends = Vec::new();
        let more = self.walk(data, from, effort, |end| ends.push(end))?;
        Ok(Ends { ends, more })
    }

    /// Reads all there is, and hands over where matches end; whether it could go on.
    fn walk(
        &self,
        data: &[u8],
        from: usize,
        effort: &mut Effort<'_>,
        mut note: impl FnMut(usize),
    ) -> Result<bool> {
        let cache = &mut *self.cache.borrow_mut();
        // Neither starting nor going on fails: no byte makes it give up, and its states may be made anew for ever.
        let Ok(state) = self.dfa.start_state_forward(cache, &input(data, from)) else {
            return Ok(true);
        };
        Ok(match self.read(cache, state, data, from, effort, &mut note)? {
            Halted::At(state) => self.finish(cache, state, data.len(), note),
            Halted::Dead => false,
        })
    }

    /// Reads from a place on, and hands over where matches end.
    fn read(
        &self,
        cache: &mut Cache,
        mut state: LazyStateID,
        data: &[u8],
        from: usize,
        effort: &mut Effort<'_>,
        mut note: impl FnMut(usize),
    ) -> Result<Halted> {
        let weight = self.states();
        // A match shows a byte later, as it may depend on what follows.
        for (place, byte) in data.iter().enumerate().skip(from) {
            // It does not fail, as above.
            let Ok(next) = self.dfa.next_state(cache, state, *byte) else {
                return Ok(Halted::Dead);
            };
            if next.is_match() {
                note(place);
            }
            if next.is_dead() {
                return Ok(Halted::Dead);
            }
            effort.take(weight)?;
            state = next;
        }
        Ok(Halted::At(state))
    }

    /// All has been read: hands over the match that ends there, and returns whether it could go on.
    fn finish(&self, cache: &mut Cache, state: LazyStateID, end: usize, mut note: impl FnMut(usize)) -> bool {
        if self
            .dfa
            .next_eoi_state(cache, state)
            .is_ok_and(|state| state.is_match())
        {
            note(end);
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

    /// Of what an automaton tells when nobody ends it.
    fn told<T>(ask: impl FnOnce(&mut Effort<'_>) -> Result<T>) -> T {
        ask(&mut Effort::new(&|| Ok(()))).expect("nobody ends it")
    }

    #[test]
    fn a_match_that_cannot_come_is_known() {
        let first = |pattern| Automaton::new(pattern, false).expect("a pattern");
        let reply = first("220 .*\r\n");
        let may_come = |data: &[u8]| told(|effort| reply.walk(data, 0, effort, |_| {}));
        assert!(may_come(b"") && may_come(b"22") && may_come(b"220 x\r"));
        assert!(!may_come(b"5") && !may_come(b"220 x\n") && !may_come(b"x220 "));
        assert!(told(|effort| reply.walk(b"x220 ", 1, effort, |_| {})));
        assert_eq!(told(|effort| reply.end(b"220 x\r\n220", 0, effort)), Some(7));
        assert_eq!(told(|effort| first(r"\ba").end(b"xa", 1, effort)), None);
        assert!(Automaton::new("(", false).is_err_and(|text| text.contains("unclosed group")));
    }

    #[test]
    fn what_comes_in_pieces_is_read_as_if_at_once() {
        let texts: [&[u8]; 6] = [
            b"220 one\r\n220-two\r\n",
            b"aaaabaaac",
            b"x12;34;",
            b"\xff\x00end of it\n",
            b"ab",
            b"",
        ];
        for pattern in [
            "220[ -].*\\r\\n",
            "a*b|a*c",
            "a|ab",
            "(?:a|ab)(?:c|bcd)?",
            "a+?",
            "[0-9]+;",
            r"\bof\b",
            r"^x|34;$",
            "(?s).*it",
            r"\xff.{3}",
            "$",
            "",
        ] {
            let automaton = Automaton::new(pattern, false).expect("a pattern");
            let plain = regex::bytes::RegexBuilder::new(pattern)
                .unicode(false)
                .build()
                .expect("a pattern");
            for text in texts {
                for size in 1..4 {
                    let (mut front, mut anywhere) = (Walk::default(), Walk::default());
                    for end in (0..=text.len()).step_by(size).chain([text.len()]) {
                        let come = &text[..end];
                        let known = told(|effort| automaton.go_on(&mut front, come, false, effort));
                        assert_eq!(
                            known.end,
                            told(|effort| automaton.end(come, 0, effort)),
                            "{pattern} {come:?}"
                        );
                        assert_eq!(
                            known.may_come,
                            told(|effort| automaton.walk(come, 0, effort, |_| {})),
                            "{pattern} {come:?}"
                        );
                        // Others use the same states meanwhile.
                        told(|effort| automaton.ends(b"something else", 3, effort));
                        let known = told(|effort| automaton.go_on(&mut anywhere, come, true, effort));
                        assert_eq!(known.end.is_some(), plain.is_match(come), "{pattern} {come:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn all_ends_are_known() {
        let every = Automaton::new("[0-9]+?", true).expect("a pattern");
        let ends = told(|effort| every.ends(b"a123", 1, effort));
        assert_eq!((ends.ends, ends.more), (vec![2, 3, 4], true));
        let ends = told(|effort| every.ends(b"12;", 0, effort));
        assert_eq!((ends.ends, ends.more), (vec![1, 2], false));
    }
}
