//! A pattern as a crowd of threads, one for each way to match, which go through the bytes side by side: tells where a match and its
//! groups lie. The crate `regex` has such a machine too, and faster ones. This one can be stopped: it is for what takes long.

use std::ops::Range;

use regex_automata::nfa::thompson::{Compiler, Config, NFA, State, WhichCaptures};
use regex_automata::util::primitives::StateID;
use regex_automata::util::syntax;

use crate::error::Result;

use super::super::pattern::LARGEST;
use super::{Effort, words};

/// Where each group begins and ends.
type Slots = Vec<Option<usize>>;

/// The machine.
#[derive(Debug)]
pub(in super::super) struct Threads {
    nfa: NFA,
    /// The states in which a thread waits for a byte, or has matched, are numbered: so many there are, and the number of each.
    stops: usize,
    numbers: Vec<usize>,
}

/// The threads at a place, those whose match is preferred first.
struct Crowd {
    order: Vec<StateID>,
    /// The round each state was last added in.
    added: Vec<usize>,
    round: usize,
    /// What each thread has seen of the groups, side by side in the order of their states' numbers.
    slots: Slots,
}

/// What is left to be done for a thread that goes on without a byte.
enum Todo {
    Go(StateID),
    Restore(usize, Option<usize>),
}

/// A search under way.
struct Search<'a, 'b> {
    threads: &'a Threads,
    data: &'a [u8],
    width: usize,
    effort: &'a mut Effort<'b>,
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
            .map(Self::of)
            .map_err(|error| words(&error))
    }

    fn of(nfa: NFA) -> Self {
        let mut stops = 0;
        let number = |state: &State| {
            let number = stops;
            stops += usize::from(is_stop(state));
            number
        };
        let numbers = nfa.states().iter().map(number).collect();
        Self { nfa, stops, numbers }
    }

    /// The first match that begins at a place or after it, and its groups.
    ///
    /// # Errors
    /// What the effort ends by.
    pub(in super::super) fn find(
        &self,
        data: &[u8],
        from: usize,
        effort: &mut Effort<'_>,
    ) -> Result<Option<Vec<Option<Range<usize>>>>> {
        let nfa = &self.nfa;
        let width = nfa.group_info().slot_len();
        effort.take(self.stops * width)?;
        let mut search = Search {
            threads: self,
            data,
            width,
            effort,
            todo: Vec::new(),
            seen: vec![None; width],
        };
        let (mut now, mut next) = (self.crowd(width), self.crowd(width));
        let mut found: Option<Slots> = None;
        for place in from..=data.len() {
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
                let seen = || &now.slots[self.numbers[id.as_usize()] * width..][..width];
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
        Ok(found.map(|slots| {
            let (pairs, _) = slots.as_chunks::<2>();
            let ranges = pairs.iter().map(|[begin, end]| Some((*begin)?..(*end)?));
            ranges.collect()
        }))
    }

    fn crowd(&self, width: usize) -> Crowd {
        Crowd {
            order: Vec::new(),
            added: vec![0; self.numbers.len()],
            round: 1,
            slots: vec![None; self.stops * width],
        }
    }
}

/// Whether a thread stays in this state until the next byte.
const fn is_stop(state: &State) -> bool {
    matches!(
        state,
        State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) | State::Match { .. }
    )
}

impl Search<'_, '_> {
    /// Adds a thread, and those it becomes without a byte.
    fn add(&mut self, crowd: &mut Crowd, id: StateID, place: usize) -> Result<()> {
        let nfa = &self.threads.nfa;
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
                id = match nfa.state(id) {
                    State::Look { look, next } => {
                        if !nfa.look_matcher().matches(*look, self.data, place) {
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
                    State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) | State::Match { .. } => {
                        let number = self.threads.numbers[id.as_usize()];
                        crowd.slots[number * self.width..][..self.width].copy_from_slice(&self.seen);
                        crowd.order.push(id);
                        break;
                    }
                };
            }
        }
        Ok(())
    }
}

impl Crowd {
    fn clear(&mut self) {
        self.order.clear();
        self.round += 1;
    }
}

#[cfg(test)]
mod tests {
    use crate::error::Error;

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
                let found = threads.find(text, 0, &mut Effort::new(&|| Ok(())));
                assert_eq!(found.expect("nobody ends it"), expected, "{pattern} {text:?}");
                let found = threads.find(text, text.len().min(2), &mut Effort::new(&|| Ok(())));
                let range = plain.find_at(text, text.len().min(2)).map(|found| found.range());
                let found = found
                    .expect("nobody ends it")
                    .and_then(|groups| groups[0].clone());
                assert_eq!(found, range, "{pattern} {text:?}");
            }
        }
        let endless = Threads::new("(a?)*b").expect("a pattern");
        let ending = || Err(Error::runtime("the end"));
        let mut effort = Effort {
            stop: &ending,
            left: 10,
        };
        assert!(endless.find(b"aaaab", 0, &mut effort).is_err());
    }
}
