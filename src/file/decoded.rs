//! Text that has been decoded and waits to be handed out, and what is needed to find its place in the file again.

use crate::codec::Decoder;
use crate::error::Result;

use super::newlines::{Ends, Newline};

/// What has been decoded, and what is needed to find its place in the file again.
pub(super) struct State {
    pub(super) decoder: Decoder,
    pub(super) ends: Ends,
    /// Decoded text; what stands before `used` is handed out.
    pub(super) text: Vec<u8>,
    pub(super) used: usize,
    /// Bytes from `used` on that hold no line's end.
    pub(super) searched: usize,
    /// Bytes from `used` on that have been counted, and how many characters they are.
    counted: (usize, usize),
    /// Where the text of the last portion begins, and what the portion was.
    pub(super) portion_start: usize,
    pub(super) snapshot: Option<Snapshot>,
}

#[derive(Clone)]
pub(super) struct Snapshot {
    pub(super) decoder: Decoder,
    pub(super) ends: Ends,
    pub(super) bytes: Vec<u8>,
}

impl State {
    pub(super) fn new(decoder: Decoder) -> Self {
        Self {
            decoder,
            ends: Ends::default(),
            text: Vec::new(),
            used: 0,
            searched: 0,
            counted: (0, 0),
            portion_start: 0,
            snapshot: None,
        }
    }

    pub(super) fn waiting(&self) -> &[u8] {
        &self.text[self.used..]
    }

    pub(super) fn take(&mut self, length: usize) -> Vec<u8> {
        let taken = self.text[self.used..self.used + length].to_vec();
        self.used += length;
        self.searched = 0;
        self.counted = (0, 0);
        taken
    }

    pub(super) fn forget(&mut self) {
        self.text.clear();
        self.used = 0;
        self.searched = 0;
        self.counted = (0, 0);
        self.portion_start = 0;
        self.snapshot = None;
    }

    /// The length in bytes of the first `characters` that wait, if there are as many. Each byte is counted once, however many
    /// portions come before there are.
    pub(super) fn cut(&mut self, characters: usize) -> Option<usize> {
        let (begun, seen) = self.counted;
        let Some(missing) = characters.checked_sub(seen) else {
            return length_of(self.waiting(), characters);
        };
        let fresh = &self.text[self.used + begun..];
        if let Some(length) = length_of(fresh, missing) {
            return Some(begun + length);
        }
        self.counted = (begun + fresh.len(), seen + count(fresh));
        None
    }

    /// Decodes a portion and adds its text; an empty one is the last.
    pub(super) fn add(&mut self, newline: Newline, bytes: &[u8], last: bool, keep: bool) -> Result<()> {
        self.snapshot = keep.then(|| Snapshot {
            decoder: self.decoder.clone(),
            ends: self.ends,
            bytes: bytes.to_vec(),
        });
        self.text.drain(..self.used);
        self.used = 0;
        let start = self.text.len();
        self.portion_start = start;
        self.decoder.decode(bytes, last, &mut self.text)?;
        self.ends.treat(newline, &mut self.text, start, last);
        Ok(())
    }
}

/// Characters in a text.
pub(super) fn count(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// The length in bytes of the first `characters` of a text, if it has as many.
fn length_of(text: &[u8], characters: usize) -> Option<usize> {
    if characters == 0 {
        return Some(0);
    }
    let mut starts = (0..text.len()).filter(|place| text[*place] & 0xc0 != 0x80);
    starts.nth(characters - 1)?;
    Some(starts.next().unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Encoding;

    #[test]
    fn characters_are_counted_across_portions() {
        let text = "añ€😀z".repeat(7);
        let ends: Vec<_> = text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect();
        let handler = crate::codec::Handler::by_name("strict");
        for portion in 1..9 {
            for wanted in 0..ends.len() {
                let mut state = State::new(Encoding::Utf8.decoder(handler.clone()));
                let mut portions = text.as_bytes().chunks(portion);
                let cut = loop {
                    if let Some(cut) = state.cut(wanted) {
                        break cut;
                    }
                    let bytes = portions.next().expect("there are as many");
                    state
                        .add(Newline::Exactly("\n"), bytes, false, false)
                        .expect("text");
                };
                assert_eq!(cut, ends[wanted], "{portion} {wanted}");
                // Another number than was asked for before.
                assert_eq!(state.cut(wanted / 2), Some(ends[wanted / 2]));
                assert_eq!(state.take(cut), text.as_bytes()[..cut]);
            }
        }
    }
}
