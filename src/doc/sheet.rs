//! What is known of one topic, as blocks that have no form yet.

/// The blocks of a topic.
#[derive(Debug, Default)]
pub(super) struct Sheet(pub(super) Vec<Block>);

/// A piece of a sheet.
#[derive(Debug)]
pub(super) enum Block {
    /// A name, and what kind of thing it is.
    Title { name: String, what: String },
    /// Signatures: the language, and how it is written there.
    Calls(Vec<(&'static str, String)>),
    /// Prose.
    Text(String),
    /// Names or short words with what is to be said of each.
    Rows {
        heading: &'static str,
        rows: Vec<(String, String)>,
    },
    /// Names, side by side.
    Names { heading: String, names: Vec<String> },
    /// Source text.
    Code {
        heading: &'static str,
        #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only pages need it"))]
        language: &'static str,
        text: String,
    },
    /// What the code before prints.
    Prints(String),
}

impl Sheet {
    /// A sheet with its title.
    pub(super) fn new(name: impl Into<String>, what: impl Into<String>) -> Self {
        Self(vec![Block::Title {
            name: name.into(),
            what: what.into(),
        }])
    }

    /// Adds prose, if there is any.
    pub(super) fn text(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.0.push(Block::Text(text));
        }
    }

    /// Adds rows, if there are any.
    pub(super) fn rows(&mut self, heading: &'static str, rows: Vec<(String, String)>) {
        if !rows.is_empty() {
            self.0.push(Block::Rows { heading, rows });
        }
    }

    /// Adds names, if there are any.
    pub(super) fn names(&mut self, heading: impl Into<String>, names: Vec<String>) {
        if !names.is_empty() {
            self.0.push(Block::Names {
                heading: heading.into(),
                names,
            });
        }
    }
}
