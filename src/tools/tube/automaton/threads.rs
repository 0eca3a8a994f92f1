//! A pattern as a crowd of threads, one for each way to match, which go through the bytes side by side: tells where a match and its
//! groups lie. The crate `regex` has such a machine too, and faster ones. This one can be stopped: it is for what takes long.

use std::ops::Range;

use regex_automata::nfa::thompson::{Compiler, Config, NFA, State, WhichCaptures};
use regex_automata::util::primitives::StateID;
use regex_automata::util::syntax;

use super::super::pattern::LARGEST;
use super::{Effort, words};

/// Where each group begins and ends.
type Slots = Vec<Option<usize>>;

/// The machine.
#[derive(Debug)]
pub(in super::super) struct Threads(NFA);

/// The threads at a place, those whose match is preferred first.
struct Crowd {
    order: Vec<StateID>,
    /// The round each state was last added in.
    added: Vec<usize>,
    round: usize,
    /// What each thread has seen of the groups, side by side.
    slots: Slots,
}

/// What is left to be done for a thread that goes on without a byte.
enum Todo {
    Go(StateID),
    Restore(usize, Option<usize>),
}

/// A search under way.
struct Search<'a> {
    nfa: &'a NFA,
    data: &'a [u8],
    width: usize,
    effort: Effort<'a>,
    todo: Vec<Todo>,
    /// What the thread that is added has seen of the groups.
    seen: Slots,
}

impl Threads {
    /// # Errors
    /// As those of an automaton.
    pub(in super::super) fn new(pattern: &str) -> Result<Self, String> {
        let config = Config::new()
            .utf8(false)
            .nfa_size_limit(Some(LARGEST))
            .which_captures(WhichCaptures::All);
        Compiler::new()
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .configure(config)
            .build(pattern)
            .map(Self)
            .map_err(|error| words(&error))
    }

    /// The first match and its groups. None where there is none, or when `effort` is to end.
    pub(in super::super) fn find(
        &self,
        data: &[u8],
        effort: Effort<'_>,
    ) -> Option<Vec<Option<Range<usize>>>> {
        let nfa = &self.0;
        let width = nfa.group_info().slot_len();
        let mut search = Search {
            nfa,
            data,
            width,
            effort,
            todo: Vec::new(),
            seen: vec![None; width],
        };
        let (mut now, mut next) = (Crowd::of(nfa, width), Crowd::of(nfa, width));
        let mut found: Option<Slots> = None;
        for place in 0..=data.len() {
            if found.is_none() {
                // What begins here counts less than what has begun.
                search.seen.fill(None);
                search.add(&mut now, nfa.start_anchored(), place)?;
            } else if now.order.is_empty() {
                break;
            }
            next.clear();
            for at in 0..now.order.len() {
                let id = now.order[at];
                let seen = || &now.slots[id.as_usize() * width..][..width];
                let onward = match nfa.state(id) {
                    State::ByteRange { trans } => trans.matches(data, place).then_some(trans.next),
                    State::Sparse(sparse) => sparse.matches(data, place),
                    State::Dense(dense) => dense.matches(data, place),
                    State::Match { .. } => {
                        found = Some(seen().to_vec());
                        // The others match what is preferred less.
                        break;
                    }
                    _ => None,
                };
                if let Some(onward) = onward {
                    search.seen.copy_from_slice(seen());
                    search.add(&mut next, onward, place + 1)?;
                } else {
                    search.effort.take(1)?;
                }
            }
            std::mem::swap(&mut now, &mut next);
        }
        let pairs = found?;
        let (pairs, _) = pairs.as_chunks::<2>();
        let ranges = pairs.iter().map(|[begin, end]| Some((*begin)?..(*end)?));
        Some(ranges.collect())
    }
}

impl Search<'_> {
    /// Adds a thread, and those it becomes without a byte. None when the effort is to end.
    fn add(&mut self, crowd: &mut Crowd, id: StateID, place: usize) -> Option<()> {
        self.todo.clear();
        self.todo.push(Todo::Go(id));
        while let Some(todo) = self.todo.pop() {
            let mut id = match todo {
                Todo::Go(id) => id,
                Todo::Restore(slot, old) => {
                    self.seen[slot] = old;
                    continue;
                }
            };
            loop {
                self.effort.take(1 + self.width / 8)?;
                if std::mem::replace(&mut crowd.added[id.as_usize()], crowd.round) == crowd.round {
                    break;
                }
                id = match self.nfa.state(id) {
                    State::Look { look, next } => {
                        if !self.nfa.look_matcher().matches(*look, self.data, place) {
                            break;
                        }
                        *next
                    }
                    State::Union { alternates } => {
                        let Some((first, others)) = alternates.split_first() else {
                            break;
                        };
                        self.todo.extend(others.iter().rev().map(|id| Todo::Go(*id)));
                        *first
                    }
                    State::BinaryUnion { alt1, alt2 } => {
                        self.todo.push(Todo::Go(*alt2));
                        *alt1
                    }
                    State::Capture { next, slot, .. } => {
                        let slot = slot.as_usize();
                        self.todo.push(Todo::Restore(slot, self.seen[slot]));
                        self.seen[slot] = Some(place);
                        *next
                    }
                    State::Fail => break,
                    _ => {
                        crowd.slots[id.as_usize() * self.width..][..self.width].copy_from_slice(&self.seen);
                        crowd.order.push(id);
                        break;
                    }
                };
            }
        }
        Some(())
    }
}

impl Crowd {
    fn of(nfa: &NFA, width: usize) -> Self {
        let states = nfa.states().len();
        Self {
            order: Vec::new(),
            added: vec![0; states],
            round: 1,
            slots: vec![None; states * width],
        }
    }

    fn clear(&mut self) {
        self.order.clear();
        self.round += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_is_what_the_crate_finds() {
        let texts: [&[u8]; 6] = [
            b"220 one\r\n220-two\r\n",
            b"aaaabaaac abcd",
            b"x12;34; key=value",
            b"\xff\x00end of it\n",
            b"ab",
            b"",
        ];
        for pattern in [
            "220[ -](.*)\r\n",
            "(a*)b|a*(c)",
            "a|ab",
            "(?:a|ab)(c|bcd)?(d*)",
            "(a+?)(a*)",
            "([0-9]+);(?:([0-9]+);)?",
            r"\bof\b (?P<rest>.*)",
            "^x|34;$",
            "(?s)(.*)(it)",
            r"\xff(.{3})",
            "(a|b|(c))*",
            "(|a)+",
            "((a)|(b))+c",
            "(?i)END",
            "$",
            "",
            "z",
        ] {
            let threads = Threads::new(pattern).expect("a pattern");
            let plain = regex::bytes::RegexBuilder::new(pattern)
                .unicode(false)
                .build()
                .expect("a pattern");
            for text in texts {
                let expected = plain.captures(text).map(|found| {
                    let groups = found.iter();
                    groups.map(|group| Some(group?.range())).collect::<Vec<_>>()
                });
                let found = threads.find(text, Effort::new(&|| false, 1));
                assert_eq!(found, expected, "{pattern} {text:?}");
            }
        }
        let endless = Threads::new("(a?)*b").expect("a pattern");
        assert_eq!(
            endless.find(b"aaaab", Effort::new(&|| true, super::super::STRIDE)),
            None
        );
    }
}
