//! Plain bytes that were encrypted, and so cannot be taken back, before their call could say that they were sent. The call is made again
//! with the same bytes, which are known again here and count as sent.

use std::collections::VecDeque;

/// Sends that can be under way at once, one a task.
const MOST_UNDER_WAY: usize = 4096;
/// Sends that gave up and are remembered: who goes on elsewhere does so soon, or never.
const MOST_GIVEN_UP: usize = 16;

/// What is known of such bytes.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// Of calls that wait and will be made again: length and fingerprint.
    under_way: VecDeque<(usize, u64)>,
    /// Of calls that have failed. Their script may go on from there with pieces of any size, so the bytes are kept.
    given_up: VecDeque<Vec<u8>>,
}

impl Claims {
    /// Notes a part that was taken and has not left.
    pub(super) fn note(&mut self, part: &[u8]) {
        self.under_way.truncate(MOST_UNDER_WAY - 1);
        self.under_way.push_back((part.len(), fingerprint(part)));
    }

    /// Whether these bytes begin with some that were taken before, or are the beginning of such: how many count as sent now.
    pub(super) fn reclaim(&mut self, data: &[u8]) -> Option<usize> {
        self.take_under_way(data).or_else(|| self.take_given_up(data))
    }

    /// The call that was to send these bytes has failed: whoever sends them later may do so bit by bit.
    pub(super) fn give_up(&mut self, data: &[u8]) {
        if let Some(count) = self.take_under_way(data) {
            self.given_up.truncate(MOST_GIVEN_UP - 1);
            self.given_up.push_front(data[..count].to_vec());
        }
    }

    fn take_under_way(&mut self, data: &[u8]) -> Option<usize> {
        let place = self
            .under_way
            .iter()
            .position(|(count, print)| *count <= data.len() && fingerprint(&data[..*count]) == *print)?;
        self.under_way.remove(place).map(|(count, _)| count)
    }

    fn take_given_up(&mut self, data: &[u8]) -> Option<usize> {
        let is_same = |part: &Vec<u8>| {
            let count = part.len().min(data.len());
            count > 0 && part[..count] == data[..count]
        };
        let place = self.given_up.iter().position(is_same)?;
        let part = &mut self.given_up[place];
        let count = part.len().min(data.len());
        part.drain(..count);
        if part.is_empty() {
            self.given_up.remove(place);
        }
        Some(count)
    }
}

/// A number by which bytes are known again, four words at a time.
fn fingerprint(data: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |state: u64, word: u64| (state ^ word).wrapping_mul(FACTOR).rotate_left(29);
    let word = |bytes: &[u8]| {
        let mut eight = [0; 8];
        eight[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(eight)
    };
    let mut lanes = [1_u64, 2, 3, 4];
    let blocks = data.chunks_exact(32);
    let rest = blocks.remainder();
    for block in blocks {
        for (lane, bytes) in lanes.iter_mut().zip(block.chunks_exact(8)) {
            *lane = mix(*lane, word(bytes));
        }
    }
    let tail = rest
        .chunks(8)
        .fold(data.len() as u64, |state, bytes| mix(state, word(bytes)));
    lanes.into_iter().fold(tail, mix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_is_made_again_is_known_by_all_its_bytes() {
        let mut claims = Claims::default();
        claims.note(b"abcdef");
        assert_eq!(claims.reclaim(b"abc"), None);
        assert_eq!(claims.reclaim(b"abcdefgh"), Some(6));
        assert_eq!(claims.reclaim(b"abcdefgh"), None);
    }

    #[test]
    fn a_call_that_failed_is_gone_on_with_in_pieces() {
        let mut claims = Claims::default();
        claims.note(b"abcdef");
        claims.give_up(b"abcdefgh");
        assert_eq!(claims.reclaim(b"xy"), None);
        assert_eq!(claims.reclaim(b""), None);
        assert_eq!(claims.reclaim(b"ab"), Some(2));
        assert_eq!(claims.reclaim(b"cde"), Some(3));
        assert_eq!(claims.reclaim(b"fgh"), Some(1));
        assert_eq!(claims.reclaim(b"gh"), None);
    }

    #[test]
    fn no_more_is_kept_than_is_of_use() {
        let mut claims = Claims::default();
        for number in 0..100_u8 {
            claims.note(&[number; 4]);
            claims.give_up(&[number; 4]);
        }
        assert_eq!(claims.given_up.len(), MOST_GIVEN_UP);
        assert_eq!(claims.reclaim(&[99; 2]), Some(2));
        assert_eq!(claims.reclaim(&[3; 2]), None);
    }
}
