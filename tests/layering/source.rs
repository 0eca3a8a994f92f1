//! A source file as the walls see it: words, marks and strings, the paths it imports, the comments above its `unsafe`.

use std::fmt::Display;
use std::fs;
use std::path::Path;

/// One file under `src`.
pub(crate) struct Source {
    /// Its path below `src`.
    pub(crate) path: String,
    /// The module it is; empty for the root.
    pub(crate) module: Vec<String>,
    pub(crate) lines: Vec<String>,
    pub(crate) tokens: Vec<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Word,
    Mark,
    /// A string, without its quotes; escapes are left as they are.
    Literal,
}

#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) line: usize,
    /// It stands under `#[cfg(test)]`.
    pub(crate) test: bool,
    /// It stands in the body of a `macro_rules!`.
    pub(crate) in_macro: bool,
}

/// Every source file, in order of path.
pub(crate) fn sources() -> Vec<Source> {
    fn walk(folder: &Path, prefix: &str, found: &mut Vec<Source>) {
        let read = folder
            .read_dir()
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
        let mut paths: Vec<_> = read
            .map(|entry| entry.expect("a folder's entry").path())
            .collect();
        paths.sort();
        for path in paths {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                walk(&path, &format!("{prefix}{name}/"), found);
            } else if name.ends_with(".rs") {
                let text =
                    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                found.push(Source::new(&format!("{prefix}{name}"), &text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut found);
    found
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let stem = path.strip_suffix(".rs").unwrap_or(path);
        let stem = stem.strip_suffix("/mod").unwrap_or(stem);
        let module = stem
            .split('/')
            .filter(|part| *part != "lib")
            .map(str::to_owned)
            .collect();
        let mut tokens = tokens(text);
        mark(&mut tokens);
        Self {
            path: path.to_owned(),
            module,
            lines: text.lines().map(str::to_owned).collect(),
            tokens,
        }
    }

    /// A complaint about a line.
    pub(crate) fn at(&self, line: usize, complaint: impl Display) -> String {
        format!("src/{}:{line}: {complaint}", self.path)
    }

    pub(crate) fn is_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path.starts_with(place))
    }

    pub(crate) fn follows(&self, at: usize, text: &str) -> bool {
        self.tokens
            .get(at + 1)
            .is_some_and(|next| next.text == text && next.kind != Kind::Literal)
    }

    pub(crate) fn follows_after(&self, at: usize, text: &str) -> bool {
        at > 0 && self.tokens[at - 1].text == text && self.tokens[at - 1].kind != Kind::Literal
    }

    /// Every path outside tests that begins with `crate`, `super` or `self`, from the root on, and its line.
    pub(crate) fn imports(&self) -> Vec<(usize, Vec<String>)> {
        let mut found = Vec::new();
        // The modules opened with a brace in this file, with the number of braces around each.
        let (mut inline, mut braces): (Vec<(String, usize)>, usize) = (Vec::new(), 0);
        for (at, token) in self
            .tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| token.kind != Kind::Literal)
        {
            match token.text.as_str() {
                "{" => {
                    if at >= 2 && self.tokens[at - 2].text == "mod" {
                        inline.push((self.tokens[at - 1].text.clone(), braces));
                    }
                    braces += 1;
                }
                "}" => {
                    braces = braces.saturating_sub(1);
                    inline.pop_if(|(_, outside)| *outside == braces);
                }
                start @ ("crate" | "super" | "self")
                    if !token.test && self.follows(at, "::") && !self.follows_after(at, "::") =>
                {
                    let mut base: Vec<String> = match start {
                        "crate" => Vec::new(),
                        _ => self
                            .module
                            .iter()
                            .chain(inline.iter().map(|(name, _)| name))
                            .cloned()
                            .collect(),
                    };
                    if start == "super" {
                        base.pop();
                    }
                    self.follow(at + 1, base, &mut found);
                }
                _ => {}
            }
        }
        found
    }

    /// Follows a path from the `::` at `at`, through the braces of a `use` where there are some; returns where it ends.
    fn follow(&self, mut at: usize, mut path: Vec<String>, found: &mut Vec<(usize, Vec<String>)>) -> usize {
        let line = self.tokens[at].line;
        while self.tokens.get(at).is_some_and(|token| token.text == "::") {
            at += 1;
            let Some(next) = self.tokens.get(at) else { break };
            match (next.kind, next.text.as_str()) {
                (Kind::Word, "super") => drop(path.pop()),
                (Kind::Word, name) => path.push(name.to_owned()),
                (_, "{") => return self.follow_group(at + 1, &path, found),
                _ => break,
            }
            at += 1;
        }
        found.push((line, path));
        at
    }

    /// Follows each path of a group from behind its brace.
    fn follow_group(&self, mut at: usize, base: &[String], found: &mut Vec<(usize, Vec<String>)>) -> usize {
        while let Some(token) = self.tokens.get(at) {
            match (token.kind, token.text.as_str()) {
                (_, "}") => return at + 1,
                (Kind::Word, "as") => at += 2,
                (Kind::Word, name) => {
                    let mut path = base.to_vec();
                    if name != "self" {
                        path.push(name.to_owned());
                    }
                    at = if self.follows(at, "::") {
                        self.follow(at + 1, path, found)
                    } else {
                        found.push((token.line, path));
                        at + 1
                    };
                }
                (_, "*") => {
                    found.push((token.line, base.to_vec()));
                    at += 1;
                }
                _ => at += 1,
            }
        }
        at
    }

    /// Whether a comment with `SAFETY:` ends directly above the `unsafe` at `at`, or above the statement it is in.
    pub(crate) fn is_explained(&self, at: usize) -> bool {
        let start = self.tokens[..at]
            .iter()
            .rposition(|token| matches!(token.text.as_str(), ";" | "{" | "}"));
        [at, start.map_or(0, |start| start + 1)].into_iter().any(|at| {
            let above = &self.lines[..self.tokens[at].line - 1];
            let said = above.iter().rev().map(|line| line.trim_start());
            said.take_while(|line| line.starts_with("//") || line.starts_with("#["))
                .any(|line| line.starts_with("// SAFETY:"))
        })
    }
}

/// Cuts a source into words, marks and strings; comments, numbers and characters fall away.
fn tokens(text: &str) -> Vec<Token> {
    let (mut found, mut rest, mut line) = (Vec::new(), text, 1);
    while let Some(first) = rest.chars().next() {
        let mut token = None;
        let raw = rest
            .trim_start_matches(['b', 'c'])
            .strip_prefix('r')
            .filter(|raw| raw.trim_start_matches('#').starts_with('"'));
        let plain = rest.strip_prefix(['b', 'c']).unwrap_or(rest);
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment(rest)
        } else if let Some(raw) = raw {
            let hashes = raw.len() - raw.trim_start_matches('#').len();
            let body = &raw[hashes + 1..];
            let length = body
                .find(&format!("\"{}", "#".repeat(hashes)))
                .unwrap_or(body.len());
            token = Some((Kind::Literal, &body[..length]));
            (rest.len() - body.len() + length + 1 + hashes).min(rest.len())
        } else if plain.starts_with('"') {
            let length = quoted(plain, '"');
            token = Some((Kind::Literal, plain[1..length].trim_end_matches('"')));
            rest.len() - plain.len() + length
        } else if plain.starts_with('\'')
            && (plain[1..].starts_with('\\') || plain[1..].chars().nth(1) == Some('\''))
        {
            rest.len() - plain.len() + quoted(plain, '\'')
        } else if first.is_alphanumeric() || first == '_' {
            let length = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            token = (!first.is_ascii_digit()).then(|| (Kind::Word, &rest[..length]));
            length
        } else {
            let length = if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            token = (!first.is_whitespace()).then(|| (Kind::Mark, &rest[..length]));
            length
        };
        if let Some((kind, text)) = token {
            found.push(Token {
                kind,
                text: text.to_owned(),
                line,
                test: false,
                in_macro: false,
            });
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// Length of a string or character literal that `rest` begins with.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Length of a block comment, and those in it, that `rest` begins with.
fn comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let (step, change) = match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (2, 1),
            [b'*', b'/', ..] => (2, -1),
            _ => (1, 0),
        };
        at += step;
        depth += change;
        if depth == 0 {
            break;
        }
    }
    at
}

/// Marks what stands under `#[cfg(test)]` and in the bodies of macros.
fn mark(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let text = |offset: usize| tokens.get(at + offset).map_or("", |token| token.text.as_str());
        let test = text(0) == "#" && text(2) == "cfg" && text(4) == "test"
            || text(0) == "#" && text(2) == "cfg" && text(4) == "all" && text(6) == "test";
        let is_macro = text(0) == "macro_rules" && text(1) == "!";
        if !test && !is_macro {
            continue;
        }
        let (mut depth, mut end) = (0, at);
        // To the end of the item: the brace that closes its body, or a semicolon outside all brackets.
        for (offset, token) in tokens[at..]
            .iter()
            .enumerate()
            .filter(|(_, token)| token.kind == Kind::Mark)
        {
            end = at + offset;
            match token.text.as_str() {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth -= 1,
                _ => {}
            }
            if depth == 0 && matches!(token.text.as_str(), "}" | ";") {
                break;
            }
        }
        for token in &mut tokens[at..=end] {
            token.test |= test;
            token.in_macro |= is_macro;
        }
    }
}
