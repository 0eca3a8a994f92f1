//! A packet as a tree for people: a line a field, with the place of its first byte, its name, its value, and what the value is
//! called.

use std::fmt::Write as _;

use crate::text::bytes_repr;

use super::Datum;
use super::dissect::{Content, Dissection, Node};
use super::field::{Field, What};

/// Bytes of a value that are shown.
const FEW: usize = 32;
/// Elements of a list of numbers that stand in one line.
const LINE: usize = 16;

/// The tree. What could not be read is told in the last.
pub(super) fn tree(name: &str, data: &[u8], dissection: &Dissection<'_>, first: usize) -> String {
    let mut out = format!("{name}, {}\n", bytes(data.len()));
    for node in &dissection.nodes {
        line(&mut out, node, &node.field.name, 1, first);
    }
    match &dissection.trouble {
        // Writing to a String does not fail.
        Some(error) => {
            let _ = writeln!(out, "{}  ! {}", place(dissection.end, None), error.message());
        }
        None if dissection.end < data.len() => {
            let rest = Datum::Bytes(data[dissection.end..].to_vec());
            let _ = writeln!(out, "{}  rest: {}", place(dissection.end, None), shown(&rest));
        }
        None => {}
    }
    out.truncate(out.trim_end().len());
    out
}

fn bytes(count: usize) -> String {
    format!("{count} byte{}", if count == 1 { "" } else { "s" })
}

/// `000c`, and the bit where one has a place within: `0002.4`.
fn place(start: usize, bit: Option<usize>) -> String {
    let place = bit.map_or_else(|| format!("{start:04x}"), |bit| format!("{start:04x}.{bit}"));
    format!("{place:<7}")
}

fn line(out: &mut String, node: &Node<'_>, name: &str, depth: usize, first: usize) {
    let part = node.field.int().filter(|int| !(int.first && int.last));
    let bit = part.map(|int| {
        let below = int.shift + int.bits;
        let bit = int.run * 8 - below as usize;
        (bit / 8, bit % 8)
    });
    let start = node.start + bit.map_or(0, |(byte, _)| byte);
    let _ = write!(
        out,
        "{}{}{name}:",
        place(start, bit.map(|(_, bit)| bit)),
        "  ".repeat(depth)
    );
    match &node.content {
        Content::Value(value, by) => {
            let _ = writeln!(out, " {}{}", value_of(by, value), note(node, value));
        }
        Content::Map(nodes) => {
            let _ = writeln!(out, " {}", bytes(node.end - node.start));
            for inner in nodes {
                line(out, inner, &inner.field.name, depth + 1, first);
            }
        }
        Content::List(items) => {
            let short = items.len() <= LINE
                && items
                    .iter()
                    .all(|item| matches!(item.content, Content::Value(..)));
            if short {
                let items: Vec<_> = items
                    .iter()
                    .map(|item| match &item.content {
                        Content::Value(value, by) => value_of(by, value),
                        _ => String::new(),
                    })
                    .collect();
                let _ = writeln!(out, " [{}]", items.join(", "));
                return;
            }
            let _ = writeln!(out, " {} of them", items.len());
            for (index, item) in items.iter().enumerate() {
                line(out, item, &format!("[{}]", index + first), depth + 1, first);
            }
        }
    }
}

fn value_of(by: &Field, value: &Datum) -> String {
    match (&by.checksum, value) {
        (Some(checksum), Datum::Int(number)) => {
            format!("0x{number:0width$x}", width = checksum.sum.bits() as usize / 4)
        }
        _ => match (by.name_of(value), &by.what) {
            (Some(name), _) => format!("{} ({name})", shown(value)),
            (None, What::Ip4 | What::Ip6 | What::Mac | What::Name { .. }) => {
                value.text().unwrap_or_default().to_owned()
            }
            _ => shown(value),
        },
    }
}

fn note(node: &Node<'_>, value: &Datum) -> String {
    match (&node.field.checksum, node.due) {
        (None, _) => String::new(),
        (Some(_), Some(due)) if value.whole() == Some(due) => " [correct]".to_owned(),
        (Some(checksum), Some(due)) => {
            format!(
                " [wrong, should be 0x{due:0width$x}]",
                width = checksum.sum.bits() as usize / 4
            )
        }
        (Some(_), None) => " [unverified]".to_owned(),
    }
}

fn shown(value: &Datum) -> String {
    match value {
        Datum::Bytes(all) if all.len() > FEW => {
            format!("{}… ({})", bytes_repr(&all[..FEW]), bytes(all.len()))
        }
        Datum::Bool(flag) => u8::from(*flag).to_string(),
        other => other.to_string(),
    }
}
