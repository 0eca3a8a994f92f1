//! Two texts, line by line.

use similar::{ChangeTag, DiffOp, TextDiff, group_diff_ops};

/// Lines alike that are shown around those that differ.
const CONTEXT: usize = 3;
/// Lines that are shown at most; what comes after them is counted.
const MOST: usize = 60;
/// Lines of each text up to which all of them are compared: that calls itself the deeper and takes the longer the more there are.
const MOST_COMPARED: usize = 2000;

/// The lines of two texts that differ, `-` before those that were expected and `+` before those that came, with some that
/// are alike around them. Without a line end after the last.
pub(crate) fn lines(expected: &str, received: &str) -> String {
    let is_long = [expected, received].iter().any(|text| !is_short(text));
    let (expected, received) = if is_long {
        without_ends(expected, received)
    } else {
        (expected, received)
    };
    let (expected, left) = head(expected);
    let (received, also_left) = head(received);
    let mut left = left + also_left;
    let diff = TextDiff::from_lines(expected, received);
    let mut ops = diff.ops().to_vec();
    if left > 0
        && let [before @ .., last] = &*ops
        && is_change(last)
        && before.iter().any(is_change)
    {
        // What is like these last lines may stand among those that are left.
        left += last.old_range().len() + last.new_range().len();
        ops.pop();
    }
    let mut shown: Vec<String> = Vec::new();
    for (at, group) in group_diff_ops(ops, CONTEXT).iter().enumerate() {
        if at > 0 {
            shown.push("  ...".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            let line = change.value();
            let end = if change.missing_newline() {
                " (no line end)"
            } else {
                ""
            };
            shown.push(format!("{sign} {}{end}", line.trim_end_matches('\n')));
        }
    }
    let rest = shown.len().saturating_sub(MOST) + left;
    shown.truncate(MOST);
    if rest > 0 {
        shown.push(format!("  ... and {rest} lines more"));
    }
    shown.join("\n")
}

const fn is_change(op: &DiffOp) -> bool {
    !matches!(op, DiffOp::Equal { .. })
}

fn is_short(text: &str) -> bool {
    text.split_inclusive('\n').nth(MOST_COMPARED).is_none()
}

/// Two texts without the lines that are alike at their beginning and at their end, but for some around what differs.
fn without_ends<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    let pairs = one.split_inclusive('\n').zip(other.split_inclusive('\n'));
    let alike = length_of(pairs.take_while(|(a, b)| a == b).map(|(line, _)| line));
    let near = length_of(one[..alike].split_inclusive('\n').rev().take(CONTEXT));
    let begin = alike - near;
    let [tail, other_tail] = [one, other].map(|text| text[alike..].split_inclusive('\n').rev());
    let same = tail.zip(other_tail).take_while(|(a, b)| a == b);
    // The nearest of these lines stay, which are the last that are met.
    let same: Vec<usize> = same.map(|(line, _)| line.len()).collect();
    let end: usize = same[..same.len().saturating_sub(CONTEXT)].iter().sum();
    (&one[begin..one.len() - end], &other[begin..other.len() - end])
}

fn length_of<'a>(lines: impl Iterator<Item = &'a str>) -> usize {
    lines.map(str::len).sum()
}

/// The lines of a text that are compared, and how many there are after them.
fn head(text: &str) -> (&str, usize) {
    let length = length_of(text.split_inclusive('\n').take(MOST_COMPARED));
    let (head, rest) = text.split_at(length);
    (head, rest.split_inclusive('\n').count())
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn lines_that_differ_stand_below_each_other() {
        assert_eq!(
            lines("a\nb\nc\n", "a\nB\nc"),
            "  a\n- b\n- c\n+ B\n+ c (no line end)"
        );
        assert_eq!(lines("same\n", "same\n"), "");
        let (long, other) = ("x\n".repeat(100), "y\n".repeat(100));
        assert!(lines(&long, &other).ends_with("\n  ... and 140 lines more"));
    }

    #[test]
    fn of_long_texts_what_differs_first_is_compared() {
        let numbers = |from: usize, to: usize| (from..to).map(|n| format!("{n}\n")).collect::<String>();
        let long = numbers(0, 10_000);
        let without = format!("{}{}", numbers(0, 5000), numbers(5001, 10_000));
        assert_eq!(
            lines(&long, &without),
            "  4997\n  4998\n  4999\n- 5000\n  5001\n  5002\n  5003"
        );
        assert_eq!(
            lines(&without, &format!("{without}x")),
            "  9997\n  9998\n  9999\n+ x (no line end)"
        );
        let twice = format!("{}x\n", numbers(1, 10_000));
        let shown = lines(&long, &twice);
        assert_eq!(shown, "- 0\n  1\n  2\n  3\n  ... and 16001 lines more");
        // Where nothing but the end differs, that is shown.
        let shown = lines(
            &format!("[\n{}", numbers(0, 3000)),
            &format!("[\n{}", numbers(5000, 8000)),
        );
        assert!(shown.starts_with("  [\n- 0\n- 1\n"), "{shown}");
        // Of nothing alike each line is one that differs.
        let mut state = 1_u32;
        let mut noise = || {
            let digits = (0..300_000).map(|_| {
                state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                state >> 29
            });
            digits.map(|digit| format!("{digit}\n")).collect::<String>()
        };
        let shown = lines(&noise(), &noise());
        assert_eq!(shown.lines().count(), super::MOST + 1);
    }
}
