//! Two texts, line by line.

use similar::{ChangeTag, TextDiff};

/// Lines alike that are shown around those that differ.
const CONTEXT: usize = 3;
/// Lines that are shown at most; what comes after them is counted.
const MOST: usize = 60;

/// The lines of two texts that differ, `-` before those that were expected and `+` before those that came, with some that
/// are alike around them. Without a line end after the last.
pub(crate) fn lines(expected: &str, received: &str) -> String {
    let diff = TextDiff::from_lines(expected, received);
    let mut shown: Vec<String> = Vec::new();
    for (at, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
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
    let rest = shown.len().saturating_sub(MOST);
    shown.truncate(MOST);
    if rest > 0 {
        shown.push(format!("  ... and {rest} lines more"));
    }
    shown.join("\n")
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
}
