//! Two long texts of one line: the passage in which they begin to differ.

use crate::text::str_repr;

/// Characters that are shown before the difference, and from it on.
const AROUND: usize = 30;

/// Where two texts begin to differ, and what stands there in each; what was expected comes first.
pub(crate) fn passage(expected: &str, received: &str) -> String {
    let pairs = expected.chars().zip(received.chars());
    let alike = pairs.take_while(|(one, other)| one == other).count();
    let from = alike.saturating_sub(AROUND);
    let start = if from > 0 { "..." } else { "" };
    let show = |text: &str| {
        let mut rest = text.chars().skip(from);
        let part: String = rest.by_ref().take(alike - from + AROUND).collect();
        let end = if rest.next().is_some() { "..." } else { "" };
        format!("{start}{}{end}", str_repr(&part))
    };
    // The mark stands below the first character that differs, or behind the shorter text.
    let before: String = expected.chars().skip(from).take(alike - from).collect();
    let indent = "expected: ".len() + start.len() + str_repr(&before).chars().count() - 1;
    format!(
        "the texts differ from character {} on, of {} expected and {} received\nexpected: {}\nreceived: {}\n{}^",
        alike + 1,
        expected.chars().count(),
        received.chars().count(),
        show(expected),
        show(received),
        " ".repeat(indent)
    )
}

#[cfg(test)]
mod tests {
    use super::passage;

    #[test]
    fn the_difference_is_marked_and_nothing_is_long() {
        let long = "x".repeat(1_000_000);
        assert_eq!(
            passage(&format!("{long}a"), &format!("{long}b")),
            format!(
                "the texts differ from character 1000001 on, of 1000001 expected and 1000001 received\n\
                 expected: ...'{0}a'\nreceived: ...'{0}b'\n{1}^",
                "x".repeat(30),
                " ".repeat(44)
            )
        );
        let shown = passage(&long, "x");
        assert!(
            shown.contains("expected: 'xx") && shown.contains("xx'...\nreceived: 'x'\n            ^"),
            "{shown}"
        );
    }
}
