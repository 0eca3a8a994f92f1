//! Bytes of which some may differ: what was recorded, and the masks that matched in it. What lies between the masks is compared byte
//! by byte, however much it is; only the masks are patterns.

use std::rc::Rc;

use crate::error::Result;
use crate::net::Net;
use crate::sched::Scheduler;

use super::automaton::{Automaton, Effort, Ends};
use super::expect::State;
use super::pattern::Pattern;

/// Bytes more than twice what was recorded after which nothing masked is waited for.
const SLACK: usize = 4096;

/// What was recorded, and its parts.
#[derive(Clone, Debug)]
pub(crate) struct Masked {
    bytes: Vec<u8>,
    parts: Vec<Part>,
    sched: Rc<Scheduler>,
}

#[derive(Clone, Debug)]
enum Part {
    /// These of the recorded bytes.
    Fixed(usize, usize),
    Mask(Mask),
}

/// A mask: where its own match ends, and where all do.
#[derive(Clone, Debug)]
struct Mask(Rc<Pattern>, Rc<Automaton>);

impl Masked {
    /// Finds the masks in what was recorded; none where none of them matches.
    ///
    /// # Errors
    /// `ValueError` for a mask that takes too much memory.
    pub(super) fn new(net: &Net, bytes: &[u8], masks: &[Rc<Pattern>]) -> Result<Option<Self>> {
        let stop = || net.sched().check_end();
        let mut effort = Effort::new(&stop);
        let mut parts = Vec::new();
        let mut place = 0;
        // Where each matches next: looked for again when that has been passed.
        let next = masks.iter().map(|mask| mask.range_after(bytes, 0, &mut effort));
        let mut next = next.collect::<Result<Vec<_>>>()?;
        while place < bytes.len() {
            for (range, mask) in next.iter_mut().zip(masks) {
                if range.as_ref().is_some_and(|range| range.start < place) {
                    *range = mask.range_after(bytes, place, &mut effort)?;
                }
            }
            let first = next
                .iter()
                .zip(masks)
                .filter_map(|(range, mask)| Some((range.clone()?, mask)))
                .min_by_key(|(range, _)| range.start);
            let end = first.as_ref().map_or(bytes.len(), |(range, _)| range.start);
            if end > place {
                parts.push(Part::Fixed(place, end));
            }
            place = end;
            if let Some((range, mask)) = first {
                parts.push(Part::Mask(Mask(mask.clone(), mask.every(net)?)));
                place = range.end;
            }
        }
        let is_masked = parts.iter().any(|part| matches!(part, Part::Mask(_)));
        Ok(is_masked.then(|| Self {
            bytes: bytes.to_vec(),
            parts,
            sched: net.sched().clone(),
        }))
    }

    /// What was recorded.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How far it has come. A mask's own match goes before its others, as if all were one pattern.
    ///
    /// # Errors
    /// What a long search ends by.
    pub(super) fn state(&self, data: &[u8]) -> Result<State> {
        let stop = || self.sched.check_end();
        let mut effort = Effort::new(&stop);
        // Where what is left of it may begin, the best first, and whether any part may go on behind what has come.
        let (mut places, mut open) = (vec![0], false);
        for part in &self.parts {
            let mut behind = Vec::new();
            for place in places {
                effort.take(1)?;
                match part {
                    Part::Fixed(from, to) => {
                        let fixed = self.bytes.get(*from..*to).unwrap_or_default();
                        let come = data.get(place..).unwrap_or_default();
                        if come.starts_with(fixed) {
                            behind.push(place + fixed.len());
                        } else {
                            open |= fixed.starts_with(come);
                        }
                    }
                    Part::Mask(mask) => {
                        let Ends { ends, more } = mask.ends(data, place, &mut effort)?;
                        open |= more;
                        behind.extend(ends);
                    }
                }
            }
            places = first_of_each(behind, data.len());
            if places.is_empty() {
                break;
            }
        }
        Ok(match places.first() {
            Some(count) => State::Come(*count),
            None if open && data.len() <= 2 * self.bytes.len() + SLACK => State::Open,
            None => State::Never,
        })
    }
}

impl Mask {
    /// Where its matches end, its own first and then what is like it.
    fn ends(&self, data: &[u8], place: usize, effort: &mut Effort<'_>) -> Result<Ends> {
        let Self(pattern, every) = self;
        let mut all = every.ends(data, place, effort)?;
        let own = pattern.front().end(data, place, effort)?;
        if own.is_some() && own == all.ends.last().copied() {
            all.ends.reverse();
        } else if let Some(own) = own {
            all.ends.insert(0, own);
        }
        Ok(all)
    }
}

/// Each place once, in their order; none is greater than `last`.
fn first_of_each(mut places: Vec<usize>, last: usize) -> Vec<usize> {
    if places.len() > 1 {
        let mut seen = vec![false; last + 1];
        places.retain(|place| {
            seen.get_mut(*place)
                .is_some_and(|seen| !std::mem::replace(seen, true))
        });
    }
    places
}
