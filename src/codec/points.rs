//! Text as code points, lone surrogates among them.

/// The surrogate that stands for a byte that is part of no character.
pub(super) const fn escaped(byte: u8) -> u32 {
    0xdc00 + byte as u32
}

/// The byte a surrogate stands for.
pub(super) fn unescaped(point: u32) -> Option<u8> {
    match point {
        0xdc80..=0xdcff => u8::try_from(point - 0xdc00).ok(),
        _ => None,
    }
}

/// Whether it is half of a pair.
pub(super) const fn is_surrogate(point: u32) -> bool {
    matches!(point, 0xd800..=0xdfff)
}

/// Appends a code point to a text.
#[allow(clippy::cast_possible_truncation, reason = "six bits at a time")]
pub(super) fn push(text: &mut Vec<u8>, point: u32) {
    match char::from_u32(point) {
        Some(c) if c.is_ascii() => text.push(c as u8),
        Some(c) => text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => text.extend_from_slice(&[
            0xe0 | (point >> 12 & 0x0f) as u8,
            0x80 | (point >> 6 & 0x3f) as u8,
            0x80 | (point & 0x3f) as u8,
        ]),
    }
}

/// The code points of a text.
#[derive(Clone)]
pub(super) struct Points<'a>(pub(super) &'a [u8]);

impl Iterator for Points<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (&first, rest) = self.0.split_first()?;
        if first.is_ascii() {
            self.0 = rest;
            return Some(u32::from(first));
        }
        let length = match first {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 1,
        };
        let (point, length) = match self.0.get(..length) {
            Some([0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf]) => (
                0xd000 | u32::from(second & 0x3f) << 6 | u32::from(third & 0x3f),
                3,
            ),
            Some(bytes) => match std::str::from_utf8(bytes) {
                Ok(character) => (character.chars().next().map_or(0, u32::from), length),
                Err(_) => (escaped(first), 1),
            },
            None => (escaped(first), 1),
        };
        self.0 = &self.0[length..];
        Some(point)
    }
}
