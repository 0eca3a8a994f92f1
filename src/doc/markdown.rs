//! A sheet as a part of a page in Markdown.

use super::sheet::{Block, Sheet};

/// The sheet's blocks; headings begin at `level`. Names are made links by `link`.
pub(super) fn write(sheet: &Sheet, level: usize, link: &dyn Fn(&str) -> String) -> String {
    let mut text = String::new();
    for block in &sheet.0 {
        match block {
            Block::Title { name, what } => {
                text.push_str(&format!("{} {name}\n\n*{what}*\n\n", "#".repeat(level)));
            }
            Block::Calls(calls) => {
                text.push_str("```text\n");
                for (language, call) in calls {
                    text.push_str(&format!("{language:6}  {call}\n"));
                }
                text.push_str("```\n\n");
            }
            Block::Text(prose) => text.push_str(&format!("{}\n\n", escaped(prose))),
            Block::Rows { heading, rows } => {
                let (headed, rest): (Vec<_>, Vec<_>) = rows.iter().partition(|(word, _)| word.is_empty());
                if !heading.is_empty() {
                    text.push_str(&format!("**{heading}**"));
                    text.push_str(if headed.is_empty() { "\n\n" } else { ": " });
                }
                for (_, prose) in headed {
                    text.push_str(&format!("{}\n\n", escaped(prose)));
                }
                for (word, said) in &rest {
                    text.push_str(&format!("* `{word}`: {}\n", escaped(said)));
                }
                if !rest.is_empty() {
                    text.push('\n');
                }
            }
            Block::Names { heading, names } => {
                let links: Vec<_> = names.iter().map(|name| link(name)).collect();
                text.push_str(&format!("**{heading}**: {}\n\n", links.join(", ")));
            }
            Block::Code {
                heading,
                language,
                text: code,
            } => text.push_str(&format!(
                "**{heading}**\n\n```{language}\n{}\n```\n\n",
                code.trim_end()
            )),
            Block::Prints(printed) if !printed.is_empty() => {
                text.push_str(&format!("```text\n{}\n```\n\n", printed.trim_end()));
            }
            Block::Prints(_) => {}
        }
    }
    text
}

/// The text with what Markdown would take for its own marked as plain.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut in_code = false;
    for letter in text.chars() {
        match letter {
            '`' => in_code = !in_code,
            '*' | '_' | '<' | '[' | '|' if !in_code => out.push('\\'),
            _ => {}
        }
        out.push(letter);
    }
    out
}
