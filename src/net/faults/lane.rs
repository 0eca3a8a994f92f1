//! One direction of a socket under faults. What goes wrong is drawn for places in the stream and not for calls, so that a
//! program that asks in other pieces, or a machine that is slower, meets the same faults at the same bytes. What a call or an
//! arrival meets at a place is a function of the seed and the place; pieces and datagrams follow each other, and draw in turn.

use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::sys::errno::{Errno, Result};

use super::plan::Plan;

/// Faults of one kind in a row, at most.
const MOST_IN_A_ROW: u32 = 4;
/// Most bytes of a short piece, and of any other.
const SHORT: u64 = 16;
const LONG: u64 = 65_536;
/// Parts of a second that a limited rate is handed out in.
const SLICES: u64 = 20;

/// What goes in one direction.
pub(super) struct Lane {
    seed: u64,
    /// For what comes in turn.
    rng: Rng,
    /// Bytes that passed; of datagrams, their number.
    pub(super) offset: u64,
    /// Where the piece ends that is under way.
    cut: u64,
    /// The place that interruptions and stalls were drawn for, and how many are left.
    drawn: Option<u64>,
    interrupts: u32,
    stalls: u32,
    /// Not before then.
    pub(super) due: Option<Instant>,
}

/// What is drawn for a place.
#[derive(Clone, Copy)]
enum Draw {
    Calls = 1,
    Jitter = 2,
}

impl Lane {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            rng: Rng::with_seed(seed),
            offset: 0,
            cut: 0,
            drawn: None,
            interrupts: 0,
            stalls: 0,
            due: None,
        }
    }

    /// Whether the next in turn meets what this share of all does.
    pub(super) fn chance(&mut self, share: f64) -> bool {
        chance(&mut self.rng, share)
    }

    /// The randomness of one place.
    fn at(&self, draw: Draw, place: u64) -> Rng {
        // Far apart, whatever the seed.
        let number = place.wrapping_mul(4).wrapping_add(draw as u64);
        Rng::with_seed(self.seed ^ number.wrapping_mul(0xd134_2543_de82_ef95))
    }

    /// What comes before a call that may succeed: interruptions, stalls, times to wait for.
    ///
    /// # Errors
    /// `EINTR`; `EAGAIN`, and then `due` says when to come again unless it depends on the peer.
    pub(super) fn enter(&mut self, plan: &Plan) -> Result<()> {
        if self.drawn != Some(self.offset) {
            self.drawn = Some(self.offset);
            let mut rng = self.at(Draw::Calls, self.offset);
            self.interrupts = row(&mut rng, plan.interrupts);
            self.stalls = row(&mut rng, plan.stalls);
        }
        if self.interrupts > 0 {
            self.interrupts -= 1;
            return Err(Errno::INTR);
        }
        if self.stalls > 0 {
            self.stalls -= 1;
            self.due = Some(crate::sched::now());
            return Err(Errno::AGAIN);
        }
        match self.due {
            Some(due) if crate::sched::now() < due => return Err(Errno::AGAIN),
            _ => self.due = None,
        }
        Ok(())
    }

    /// When what arrives now can be received, `ahead` places behind the next.
    pub(super) fn due_of_arrival(&self, plan: &Plan, ahead: u64) -> Option<Instant> {
        let place = self.offset.saturating_add(ahead);
        let jitter = plan.jitter.mul_f64(self.at(Draw::Jitter, place).f64());
        crate::sched::now().checked_add(plan.latency.saturating_add(jitter))
    }

    /// Most bytes of a stream that the next call may move, when it asks for `wanted`; `short` is the share of short pieces.
    pub(super) fn piece(&mut self, plan: &Plan, short: f64, wanted: usize) -> usize {
        if self.cut <= self.offset {
            let longest = if self.chance(short) { SHORT } else { LONG };
            let length = if longest == SHORT {
                self.rng.u64(1..=longest)
            } else {
                longest
            };
            self.cut = self.offset + length;
        }
        let mut most = self.cut - self.offset;
        for end in [plan.reset, plan.half_close].into_iter().flatten() {
            if end > self.offset {
                most = most.min(end - self.offset);
            }
        }
        if let Some(rate) = plan.rate {
            most = most.min((rate / SLICES).max(1));
        }
        wanted.min(usize::try_from(most).unwrap_or(usize::MAX))
    }

    /// `count` bytes have passed; they count as `places` (bytes of a stream, one for a datagram).
    pub(super) fn passed(&mut self, plan: &Plan, count: usize, places: u64) {
        self.offset += places;
        if let Some(rate) = plan.rate {
            #[allow(clippy::cast_precision_loss, reason = "a time, and bytes are few")]
            let length = Duration::from_secs_f64(count as f64 / rate as f64);
            self.due = crate::sched::now().checked_add(length);
        }
    }
}

fn chance(rng: &mut Rng, share: f64) -> bool {
    share > 0.0 && rng.f64() < share
}

/// How often in a row what this share of all meets.
fn row(rng: &mut Rng, share: f64) -> u32 {
    let mut count = 0;
    while count < MOST_IN_A_ROW && chance(rng, share) {
        count += 1;
    }
    count
}
