//! The code that stands in Markdown: sections, and in them fenced blocks by language.

use std::fs;
use std::path::Path;

/// A part of a page below a heading.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) heading: String,
    #[allow(dead_code, reason = "not every test needs it")]
    pub(crate) text: String,
    pub(crate) blocks: Vec<Block>,
}

/// A fenced block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// The word behind the fence; empty where there is none.
    pub(crate) language: String,
    pub(crate) text: String,
}

impl Section {
    /// The first block in a language; empty when there is none.
    #[allow(dead_code, reason = "not every test needs it")]
    pub(crate) fn block(&self, language: &str) -> &str {
        let found = self.blocks.iter().find(|block| block.language == language);
        found.map_or("", |block| &block.text)
    }
}

/// The sections of a page whose headings begin with this mark.
pub(crate) fn sections(page: &Path, mark: &str) -> Vec<Section> {
    let text =
        fs::read_to_string(page).unwrap_or_else(|error| panic!("cannot read {}: {error}", page.display()));
    let mut sections: Vec<Section> = Vec::new();
    let mut open: Option<Block> = None;
    for line in text.lines() {
        if let (None, Some(heading)) = (&open, line.strip_prefix(mark)) {
            sections.push(Section {
                heading: heading.trim().to_owned(),
                text: String::new(),
                blocks: Vec::new(),
            });
            continue;
        }
        let Some(section) = sections.last_mut() else {
            continue;
        };
        match (line.strip_prefix("```"), open.take()) {
            (Some(language), None) => {
                open = Some(Block {
                    language: language.to_owned(),
                    text: String::new(),
                });
            }
            (Some(_), Some(block)) => section.blocks.push(block),
            (None, Some(mut block)) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => {
                section.text.push_str(line);
                section.text.push('\n');
            }
        }
    }
    assert!(open.is_none(), "{}: a block that does not end", page.display());
    sections
}
