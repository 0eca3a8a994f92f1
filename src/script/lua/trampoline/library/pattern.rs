//! Lua's patterns, step for step as its own library matches them, but counted: every so many steps somebody may say stop.
//!
//! A pattern can take longer than the universe (`("a?"):rep(60)`), and no hook of Lua's sees inside its library. Classes of
//! characters are those of the C locale.

/// Most captures a pattern can have.
const MOST_CAPTURES: usize = 32;
/// How deep a match may recurse.
const DEEPEST: u32 = 200;
/// Steps between two looks.
const STRIDE: u32 = 20_000;
/// Bytes of a set that take as long as one step.
const BYTES: usize = 8;

const ESCAPE: u8 = b'%';

/// Why a match cannot be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// The pattern makes no sense.
    Text(&'static str),
    /// It names a capture there is not.
    Capture(i64),
    /// Somebody said stop.
    Stopped,
}

/// What a capture holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Length {
    Unfinished,
    Position,
    Of(usize),
}

/// One capture of a match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Capture<'a> {
    Text(&'a [u8]),
    /// A place, counted from 1.
    Position(usize),
}

/// A pattern at work on a text.
pub(super) struct Matcher<'a> {
    text: &'a [u8],
    pattern: &'a [u8],
    depth: u32,
    level: usize,
    captures: [(usize, Length); MOST_CAPTURES],
    left: u32,
    /// Says stop by true.
    look: &'a dyn Fn() -> bool,
}

type Match = Result<Option<usize>, Fault>;

impl<'a> Matcher<'a> {
    /// `pattern` is without its anchor.
    pub(super) fn new(text: &'a [u8], pattern: &'a [u8], look: &'a dyn Fn() -> bool) -> Self {
        Self {
            text,
            pattern,
            depth: DEEPEST,
            level: 0,
            captures: [(0, Length::Unfinished); MOST_CAPTURES],
            left: STRIDE,
            look,
        }
    }

    /// The end of a match that begins at `start`.
    pub(super) fn match_at(&mut self, start: usize) -> Match {
        self.depth = DEEPEST;
        self.level = 0;
        self.run(start, 0)
    }

    /// Number of captures of the last match; the whole match counts as one where there are none and it is asked for.
    pub(super) fn count(&self, whole: bool) -> usize {
        if self.level == 0 && whole { 1 } else { self.level }
    }

    /// The whole of a match from `start` to `end`.
    pub(super) fn whole(&self, start: usize, end: usize) -> Capture<'a> {
        Capture::Text(self.text.get(start..end).unwrap_or_default())
    }

    /// A capture of the last match, which went from `start` to `end`.
    pub(super) fn capture(&self, index: usize, start: usize, end: usize) -> Result<Capture<'a>, Fault> {
        if index >= self.level {
            return if index == 0 {
                Ok(self.whole(start, end))
            } else {
                Err(Fault::Capture(i64::try_from(index + 1).unwrap_or(0)))
            };
        }
        let (from, length) = self.captures[index];
        match length {
            Length::Unfinished => Err(Fault::Text("unfinished capture")),
            Length::Position => Ok(Capture::Position(from + 1)),
            Length::Of(length) => Ok(Capture::Text(
                self.text.get(from..from + length).unwrap_or_default(),
            )),
        }
    }

    /// Counts steps; every so many of them it is looked whether to go on.
    #[inline]
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Fault> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        if steps < self.left {
            self.left -= steps;
            return Ok(());
        }
        self.left = STRIDE;
        if (self.look)() {
            Err(Fault::Stopped)
        } else {
            Ok(())
        }
    }

    /// A byte of the pattern; behind its end there is a NUL, as in C.
    #[inline]
    fn at(&self, place: usize) -> u8 {
        self.pattern.get(place).copied().unwrap_or(0)
    }

    fn text_at(&self, place: usize) -> u8 {
        self.text.get(place).copied().unwrap_or(0)
    }

    fn run(&mut self, mut s: usize, mut p: usize) -> Match {
        if self.depth == 0 {
            return Err(Fault::Text("pattern too complex"));
        }
        self.depth -= 1;
        let found = loop {
            self.spend(1)?;
            if p == self.pattern.len() {
                break Some(s);
            }
            match (self.at(p), self.at(p + 1)) {
                (b'(', b')') => break self.start_capture(s, p + 2, Length::Position)?,
                (b'(', _) => break self.start_capture(s, p + 1, Length::Unfinished)?,
                (b')', _) => break self.end_capture(s, p + 1)?,
                (b'$', _) if p + 1 == self.pattern.len() => break (s == self.text.len()).then_some(s),
                (ESCAPE, b'b') => match self.balance(s, p + 2)? {
                    Some(end) => (s, p) = (end, p + 4),
                    None => break None,
                },
                (ESCAPE, b'f') => {
                    p += 2;
                    if self.at(p) != b'[' {
                        return Err(Fault::Text("missing '[' after '%f' in pattern"));
                    }
                    let end = self.class_end(p)?;
                    let before = if s == 0 { 0 } else { self.text_at(s - 1) };
                    if self.in_set(before, p, end - 1)? || !self.in_set(self.text_at(s), p, end - 1)? {
                        break None;
                    }
                    p = end;
                }
                (ESCAPE, digit @ b'0'..=b'9') => match self.back_reference(s, digit)? {
                    Some(end) => (s, p) = (end, p + 2),
                    None => break None,
                },
                _ => {
                    let end = self.class_end(p)?;
                    let suffix = self.at(end);
                    if !self.single(s, p, end)? {
                        if !matches!(suffix, b'*' | b'?' | b'-') {
                            break None;
                        }
                        p = end + 1;
                        continue;
                    }
                    match suffix {
                        b'?' => match self.run(s + 1, end + 1)? {
                            Some(found) => break Some(found),
                            None => p = end + 1,
                        },
                        b'+' => break self.most(s + 1, p, end)?,
                        b'*' => break self.most(s, p, end)?,
                        b'-' => break self.fewest(s, p, end)?,
                        _ => (s, p) = (s + 1, end),
                    }
                }
            }
        };
        self.depth += 1;
        Ok(found)
    }

    /// Where the item of a pattern that begins at `p` ends. A set may be as long as a text can be.
    fn class_end(&mut self, p: usize) -> Result<usize, Fault> {
        let end = self.find_class_end(p)?;
        self.spend((end - p) / BYTES)?;
        Ok(end)
    }

    fn find_class_end(&self, mut p: usize) -> Result<usize, Fault> {
        let first = self.at(p);
        p += 1;
        match first {
            ESCAPE => {
                if p == self.pattern.len() {
                    return Err(Fault::Text("malformed pattern (ends with '%')"));
                }
                Ok(p + 1)
            }
            b'[' => {
                if self.at(p) == b'^' {
                    p += 1;
                }
                loop {
                    if p >= self.pattern.len() {
                        return Err(Fault::Text("malformed pattern (missing ']')"));
                    }
                    let byte = self.at(p);
                    p += 1;
                    if byte == ESCAPE && p < self.pattern.len() {
                        p += 1;
                    }
                    if self.at(p) == b']' && p < self.pattern.len() {
                        return Ok(p + 1);
                    }
                }
            }
            _ => Ok(p),
        }
    }

    #[inline]
    fn single(&mut self, s: usize, p: usize, end: usize) -> Result<bool, Fault> {
        let Some(byte) = self.text.get(s).copied() else {
            return Ok(false);
        };
        Ok(match self.at(p) {
            b'.' => true,
            ESCAPE => is_of_class(byte, self.at(p + 1)),
            b'[' => self.in_set(byte, p, end - 1)?,
            other => other == byte,
        })
    }

    /// Whether a byte is in the set from the `[` at `p` to the `]` at `end`.
    #[inline]
    fn in_set(&mut self, byte: u8, p: usize, end: usize) -> Result<bool, Fault> {
        self.spend((end - p) / BYTES)?;
        Ok(self.is_in_set(byte, p, end))
    }

    fn is_in_set(&self, byte: u8, mut p: usize, end: usize) -> bool {
        let mut inside = true;
        if self.at(p + 1) == b'^' {
            inside = false;
            p += 1;
        }
        loop {
            p += 1;
            if p >= end {
                return !inside;
            }
            if self.at(p) == ESCAPE {
                p += 1;
                if is_of_class(byte, self.at(p)) {
                    return inside;
                }
            } else if self.at(p + 1) == b'-' && p + 2 < end {
                p += 2;
                if (self.at(p - 2)..=self.at(p)).contains(&byte) {
                    return inside;
                }
            } else if self.at(p) == byte {
                return inside;
            }
        }
    }

    fn balance(&mut self, mut s: usize, p: usize) -> Match {
        if p + 1 >= self.pattern.len() {
            return Err(Fault::Text("malformed pattern (missing arguments to '%b')"));
        }
        let (open, close) = (self.at(p), self.at(p + 1));
        if self.text_at(s) != open {
            return Ok(None);
        }
        let mut depth = 1_usize;
        loop {
            s += 1;
            let Some(byte) = self.text.get(s).copied() else {
                return Ok(None);
            };
            self.spend(1)?;
            if byte == close {
                depth -= 1;
                if depth == 0 {
                    return Ok(Some(s + 1));
                }
            } else if byte == open {
                depth += 1;
            }
        }
    }

    /// As many repetitions as there are, and fewer where the rest does not match.
    fn most(&mut self, s: usize, p: usize, end: usize) -> Match {
        let mut count = 0;
        while self.single(s + count, p, end)? {
            count += 1;
            self.spend(1)?;
        }
        loop {
            if let Some(found) = self.run(s + count, end + 1)? {
                return Ok(Some(found));
            }
            if count == 0 {
                return Ok(None);
            }
            count -= 1;
        }
    }

    /// As few repetitions as will do.
    fn fewest(&mut self, mut s: usize, p: usize, end: usize) -> Match {
        loop {
            if let Some(found) = self.run(s, end + 1)? {
                return Ok(Some(found));
            }
            if !self.single(s, p, end)? {
                return Ok(None);
            }
            s += 1;
        }
    }

    fn start_capture(&mut self, s: usize, p: usize, what: Length) -> Match {
        if self.level >= MOST_CAPTURES {
            return Err(Fault::Text("too many captures"));
        }
        self.captures[self.level] = (s, what);
        self.level += 1;
        let found = self.run(s, p)?;
        if found.is_none() {
            self.level -= 1;
        }
        Ok(found)
    }

    fn end_capture(&mut self, s: usize, p: usize) -> Match {
        let open = self.captures[..self.level]
            .iter()
            .rposition(|(_, length)| *length == Length::Unfinished)
            .ok_or(Fault::Text("invalid pattern capture"))?;
        self.captures[open].1 = Length::Of(s - self.captures[open].0);
        let found = self.run(s, p)?;
        if found.is_none() {
            self.captures[open].1 = Length::Unfinished;
        }
        Ok(found)
    }

    fn back_reference(&mut self, s: usize, digit: u8) -> Match {
        let index = usize::from(digit).checked_sub(usize::from(b'1'));
        let known = index
            .filter(|index| *index < self.level)
            .map(|index| self.captures[index]);
        let missing = Fault::Capture(i64::from(digit) - i64::from(b'0'));
        let (from, length) = match known {
            Some((_, Length::Unfinished)) | None => return Err(missing),
            Some((from, Length::Of(length))) => (from, length),
            // As in C, where its length is a huge number: nothing is that long.
            Some((_, Length::Position)) => return Ok(None),
        };
        self.spend(length / 16)?;
        let captured = self.text.get(from..from + length);
        Ok((captured.is_some() && self.text.get(s..s + length) == captured).then_some(s + length))
    }
}

/// Whether a byte belongs to the class of a letter, as `%a`; other bytes stand for themselves.
fn is_of_class(byte: u8, class: u8) -> bool {
    let belongs = match class.to_ascii_lowercase() {
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'g' => byte.is_ascii_graphic(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        b's' => byte.is_ascii_whitespace() || byte == 0x0b,
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        b'z' => byte == 0,
        _ => return class == byte,
    };
    belongs != class.is_ascii_uppercase()
}

/// Whether matching is done before anybody could miss a look: the text is short, and the pattern repeats little.
pub(super) fn is_quick(text: &[u8], pattern: &[u8]) -> bool {
    const STEPS: usize = 200_000;
    let repeats = pattern
        .iter()
        .filter(|byte| matches!(byte, b'*' | b'+' | b'-' | b'?'))
        .count()
        + pattern.windows(2).filter(|two| two == b"%b").count();
    // Each start, and each way to share the text out between the repeats.
    let ways = text.len().max(2);
    let steps = (0..=repeats.min(20)).try_fold(1_usize, |steps, _| {
        steps.checked_mul(ways).filter(|steps| *steps <= STEPS)
    });
    steps.is_some() && pattern.len() <= 1000
}
