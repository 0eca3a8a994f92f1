//! What is run of the tests that are there, how often, and in which order.

use std::rc::Rc;
use std::time::Duration;

use crate::api::testing::Case;
use crate::error::Place;
use crate::net::{FaultPlan, VirtualNetwork};

use super::find::File;
use super::options::{Options, Shard};

/// What was asked for on the command line, for every file.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    filters: Vec<String>,
    wanted: Vec<String>,
    unwanted: Vec<String>,
    shard: Option<Shard>,
    pub(super) repeat: usize,
    pub(super) retries: usize,
    /// What the order of chance is made from.
    pub(super) seed: Option<u64>,
    /// How long a test may take that does not say.
    pub(super) timeout: Duration,
    pub(super) fail_fast: bool,
    /// The first failure is left as it is, for a prompt.
    pub(super) keeps_failure: bool,
    /// Nothing is run.
    pub(super) lists: bool,
    /// The network inside the process that each file has one of, if so.
    pub(super) network: Option<VirtualNetwork>,
    /// What goes wrong on purpose in each file.
    pub(super) faults: Option<FaultPlan>,
}

impl Plan {
    /// # Errors
    /// What is wrong with `--faults`.
    pub(super) fn new(options: &Options) -> Result<Self, String> {
        let (unwanted, wanted): (Vec<_>, Vec<_>) =
            options.tag.iter().cloned().partition(|tag| tag.starts_with('!'));
        let by_chance = || {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            u64::from(now.unwrap_or_default().subsec_nanos())
        };
        Ok(Self {
            filters: options.filter.clone(),
            wanted,
            unwanted: unwanted.into_iter().map(|tag| tag[1..].to_owned()).collect(),
            shard: options.shard,
            repeat: options.repeat.get(),
            retries: options.retries,
            seed: options.seed.or_else(|| options.shuffle.then(by_chance)),
            timeout: options.test_timeout,
            fail_fast: options.fail_fast,
            keeps_failure: options.repl_on_failure,
            lists: options.list,
            network: options.simulated.network(options.seed),
            faults: options.faults.plan(options.seed)?,
        })
    }

    /// Whether tests are chosen by what they are: then it is a mistake when none is.
    pub(super) fn chooses(&self) -> bool {
        !self.filters.is_empty() || !self.wanted.is_empty()
    }

    /// Which of a file's tests are chosen, each with whether it belongs to this part of the run.
    pub(super) fn choose(&self, file: &File, cases: &[Rc<Case>]) -> Vec<(Rc<Case>, bool)> {
        let only = cases.iter().any(|case| case.options.only);
        let shown = file.shown();
        let chosen = |case: &Case| {
            let has = |tag: &String| case.options.tags.contains(tag);
            let line = case.place.as_ref().map_or(0, Place::line);
            // As a report names it, with the line and without.
            let titles = [
                format!("{shown} > {}", case.name),
                format!("{shown}:{line} > {}", case.name),
            ];
            let named = |text: &String| titles.iter().any(|title| title.contains(&**text));
            (!only || case.options.only)
                && (self.filters.is_empty() || self.filters.iter().any(named))
                && (self.wanted.is_empty() || self.wanted.iter().any(has))
                && !self.unwanted.iter().any(has)
        };
        cases
            .iter()
            .filter(|case| chosen(case))
            // The parts take turns among what is chosen: whatever is asked for, they are of one size.
            .enumerate()
            .map(|(place, case)| (case.clone(), self.is_here(file.number + place)))
            .collect()
    }

    /// Whether what has this number belongs to this part of the run: the parts take turns.
    fn is_here(&self, number: usize) -> bool {
        self.shard.is_none_or(|shard| number % shard.of == shard.part - 1)
    }

    /// Puts files, or what stands in one, into an order of chance, where that is asked for.
    pub(super) fn shuffle<T>(&self, items: &mut [T], salt: &str) {
        let Some(seed) = self.seed else { return };
        let mut chance = Chance::new(seed, salt);
        for end in (1..items.len()).rev() {
            items.swap(end, chance.below(end + 1));
        }
    }
}

/// Numbers that look like chance, the same for the same seed on every machine (splitmix64).
struct Chance(u64);

impl Chance {
    fn new(seed: u64, salt: &str) -> Self {
        // FNV-1a: names must not share an order.
        let mixed = salt.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(seed ^ mixed)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(bound).unwrap_or(u64::MAX)).unwrap_or(0)
    }
}
