//! Two runs of bytes as one dump with aligned columns.

use std::fmt::Write as _;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::wire::bytes::push_hex;

/// Bytes of a row.
const WIDTH: usize = 16;
/// Rows that differ and are shown; what comes after them is counted.
const MOST_ROWS: usize = 24;
/// Rows alike that are shown before and after one that differs.
const CONTEXT: usize = 1;
/// Bytes of both sides up to which the best alignment is looked for, which takes time by the square of them at worst.
const MOST_ALIGNED: usize = 8192;
/// Bytes that are alike between two changes by chance, and align nothing, when they are fewer.
const LEAST_ALIKE: usize = 3;

/// A place of the alignment: a byte of each side, or a gap.
type Column = (Option<u8>, Option<u8>);

/// What was expected and what came, in words and as an aligned dump; nothing but the words when they are the same. Several
/// lines of at most 80 columns, without a line end after the last.
///
/// ```text
/// expected 7 bytes (-), received 6 (+); they differ from byte 5 (0x5) on
/// - 00000000  2b 50 4f 4e 47 0d 0a                              |+PONG..|
/// + 00000000  2b 50 4f 4e 47 -- 0a                              |+PONG .|
///                            ^^                                       ^
/// ```
pub(crate) fn octets(expected: &[u8], received: &[u8]) -> String {
    let same = expected.iter().zip(received).take_while(|(a, b)| a == b).count();
    if same == expected.len() && same == received.len() {
        return format!("{} that are the same", count(same));
    }
    let mut text = format!(
        "expected {} (-), received {} (+); ",
        count(expected.len()),
        match received.len() {
            0 => "none".to_owned(),
            received => received.to_string(),
        }
    );
    let written = match () {
        () if same == received.len() => {
            write!(
                text,
                "what came ends {} early",
                count(expected.len() - received.len())
            )
        }
        () if same == expected.len() => {
            write!(text, "{} too many came", count(received.len() - expected.len()))
        }
        () => write!(text, "they differ from byte {same} (0x{same:x}) on"),
    };
    debug_assert!(written.is_ok(), "a String takes every write");
    let columns = align(expected, received);
    let rows: Vec<&[Column]> = columns.chunks(WIDTH).collect();
    let differs: Vec<bool> = rows.iter().map(|row| row.iter().any(|(a, b)| a != b)).collect();
    let (mut shown, mut offsets, mut skipped) = (0, (0, 0), 0);
    for (at, row) in rows.iter().enumerate() {
        let near = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(rows.len());
        if shown == MOST_ROWS {
            let rest = (expected.len() - offsets.0, received.len() - offsets.1);
            tell(
                &mut text,
                skipped,
                &format!(
                    "... and after that {} expected and {} received",
                    count(rest.0),
                    count(rest.1)
                ),
            );
            return text;
        }
        if differs[at] {
            tell(&mut text, std::mem::take(&mut skipped), "");
            shown += 1;
            line(&mut text, '-', offsets.0, row.iter().map(|(a, _)| *a));
            line(&mut text, '+', offsets.1, row.iter().map(|(_, b)| *b));
            marks(&mut text, row);
        } else if differs[near].contains(&true) {
            tell(&mut text, std::mem::take(&mut skipped), "");
            line(&mut text, ' ', offsets.0, row.iter().map(|(a, _)| *a));
        } else {
            skipped += row.len();
        }
        offsets.0 += row.iter().filter(|(a, _)| a.is_some()).count();
        offsets.1 += row.iter().filter(|(_, b)| b.is_some()).count();
    }
    tell(&mut text, skipped, "");
    text
}

/// A number of bytes in words.
fn count(bytes: usize) -> String {
    match bytes {
        0 => "no bytes".to_owned(),
        1 => "1 byte".to_owned(),
        bytes => format!("{bytes} bytes"),
    }
}

/// Says that bytes were left out, and why nothing follows.
fn tell(text: &mut String, skipped: usize, end: &str) {
    if skipped > 0 {
        text.push_str("\n  ... ");
        text.push_str(&count(skipped));
        text.push_str(" alike");
    }
    if !end.is_empty() {
        text.push_str("\n  ");
        text.push_str(end);
    }
}

/// One side of a row: sign, offset, bytes, characters.
fn line(text: &mut String, sign: char, offset: usize, row: impl Iterator<Item = Option<u8>> + Clone) {
    let written = write!(text, "\n{sign} {offset:08x} ");
    debug_assert!(written.is_ok(), "a String takes every write");
    let mut bytes = row.clone();
    for place in 0..WIDTH {
        if place % 8 == 0 {
            text.push(' ');
        }
        match bytes.next() {
            Some(Some(byte)) => push_hex(text, byte),
            Some(None) => text.push_str("--"),
            None => text.push_str("  "),
        }
        text.push(' ');
    }
    text.push_str(" |");
    text.extend(row.map(|byte| match byte {
        Some(byte @ b' '..=b'~') => char::from(byte),
        Some(_) => '.',
        None => ' ',
    }));
    text.push('|');
}

/// Points at what differs in the row above.
fn marks(text: &mut String, row: &[Column]) {
    let mut under = String::from("\n           ");
    for place in 0..WIDTH {
        if place % 8 == 0 {
            under.push(' ');
        }
        let differs = row.get(place).is_some_and(|(a, b)| a != b);
        under.push_str(if differs { "^^ " } else { "   " });
    }
    under.push_str("  ");
    under.extend(row.iter().map(|(a, b)| if a == b { ' ' } else { '^' }));
    text.push_str(under.trim_end_matches(' '));
}

/// Puts the bytes of both sides into columns.
fn align(expected: &[u8], received: &[u8]) -> Vec<Column> {
    let by_place = pair(expected, received);
    if expected.len() + received.len() > MOST_ALIGNED {
        return by_place;
    }
    let by_likeness = alike(expected, received);
    let wrong = |columns: &[Column]| columns.iter().filter(|(a, b)| a != b).count();
    // What stands where it should is worth more than what can be found somewhere else.
    if wrong(&by_likeness) < wrong(&by_place) {
        by_likeness
    } else {
        by_place
    }
}

/// Byte for byte by place; the longer side has what is left.
fn pair(expected: &[u8], received: &[u8]) -> Vec<Column> {
    (0..expected.len().max(received.len()))
        .map(|at| (expected.get(at).copied(), received.get(at).copied()))
        .collect()
}

/// Columns with gaps where one side has more, so that as much as possible stands beside its like.
fn alike(expected: &[u8], received: &[u8]) -> Vec<Column> {
    let mut columns = Vec::with_capacity(expected.len().max(received.len()));
    let mut changed: (Range<usize>, Range<usize>) = (0..0, 0..0);
    let ops = capture_diff_slices(Algorithm::Myers, expected, received);
    let last = ops.len().saturating_sub(1);
    for (at, op) in ops.iter().enumerate() {
        let (old, new) = (op.old_range(), op.new_range());
        let is_inside = at > 0 && at < last;
        match op {
            DiffOp::Equal { len, .. } if !is_inside || *len >= LEAST_ALIKE => {
                columns.extend(pair(&expected[changed.0], &received[changed.1]));
                columns.extend(pair(&expected[old.clone()], &received[new.clone()]));
                changed = (old.end..old.end, new.end..new.end);
            }
            _ => changed = (changed.0.start..old.end, changed.1.start..new.end),
        }
    }
    columns.extend(pair(&expected[changed.0], &received[changed.1]));
    columns
}

#[cfg(test)]
mod tests {
    use super::octets;

    #[test]
    fn a_byte_that_is_missing_leaves_a_gap() {
        assert_eq!(
            octets(b"+PONG\r\nnext", b"+PONG\nnext"),
            "expected 11 bytes (-), received 10 (+); they differ from byte 5 (0x5) on\n\
             - 00000000  2b 50 4f 4e 47 0d 0a 6e  65 78 74                 |+PONG..next|\n\
             + 00000000  2b 50 4f 4e 47 -- 0a 6e  65 78 74                 |+PONG .next|\n\
             \x20                          ^^                                       ^"
        );
    }

    #[test]
    fn one_that_is_wrong_is_pointed_at_and_what_is_alike_is_counted() {
        let mut received: Vec<u8> = (0..128).collect();
        let expected = received.clone();
        received[70] = 0xff;
        assert_eq!(
            octets(&expected, &received),
            "expected 128 bytes (-), received 128 (+); they differ from byte 70 (0x46) on\n\
             \x20 ... 48 bytes alike\n\
             \x20 00000030  30 31 32 33 34 35 36 37  38 39 3a 3b 3c 3d 3e 3f  |0123456789:;<=>?|\n\
             - 00000040  40 41 42 43 44 45 46 47  48 49 4a 4b 4c 4d 4e 4f  |@ABCDEFGHIJKLMNO|\n\
             + 00000040  40 41 42 43 44 45 ff 47  48 49 4a 4b 4c 4d 4e 4f  |@ABCDE.GHIJKLMNO|\n\
             \x20                             ^^                                     ^\n\
             \x20 00000050  50 51 52 53 54 55 56 57  58 59 5a 5b 5c 5d 5e 5f  |PQRSTUVWXYZ[\\]^_|\n\
             \x20 ... 32 bytes alike"
        );
    }

    #[test]
    fn lengths_are_told_in_words() {
        for (expected, received, words) in [
            ("abc", "abc", "3 bytes that are the same"),
            ("", "", "no bytes that are the same"),
            (
                "abc",
                "",
                "expected 3 bytes (-), received none (+); what came ends 3 bytes early",
            ),
            (
                "abc",
                "ab",
                "expected 3 bytes (-), received 2 (+); what came ends 1 byte early",
            ),
            (
                "",
                "abc",
                "expected no bytes (-), received 3 (+); 3 bytes too many came",
            ),
        ] {
            let text = octets(expected.as_bytes(), received.as_bytes());
            assert_eq!(text.lines().next(), Some(words));
        }
    }

    #[test]
    fn texts_that_share_little_are_not_torn_apart() {
        let text = octets(b"+PONG\r\n", b"-ERR unknown command\r\n");
        assert!(text.contains("|+PONG           |"), "{text}");
        assert!(text.contains("|-ERR unknown com|"), "{text}");
    }

    #[test]
    fn many_rows_that_differ_are_cut() {
        let text = octets(&[0; 100_000], &[1; 90_000]);
        assert_eq!(text.lines().count(), 1 + 24 * 3 + 1);
        assert!(
            text.ends_with("\n  ... and after that 99616 bytes expected and 89616 bytes received"),
            "{text}"
        );
        assert!(text.lines().skip(1).all(|line| line.len() <= 80), "{text}");
    }
}
