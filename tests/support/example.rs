//! Examples, and what their comments say of them.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::support::{Finished, Running, entries, folder};

/// Folder (and ending), comment mark, and whether this build runs them.
const LANGUAGES: [(&str, &str, bool); 2] = [
    ("lua", "--", cfg!(feature = "lua")),
    ("rhai", "//", cfg!(feature = "rhai")),
];

/// An example and what its comments say of it.
pub(crate) struct Example {
    pub(crate) script: PathBuf,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) interrupted: bool,
    /// It needs what this machine may lack.
    pub(crate) needy: bool,
    pub(crate) args: Vec<String>,
    pub(crate) visited: bool,
    /// A server of `tests/peers` that it talks to.
    pub(crate) against: Option<String>,
    input: String,
    raises: Option<String>,
    /// What it may print.
    pub(crate) prints: Vec<String>,
}

/// A way to run a server together with a client.
pub(crate) struct Pair {
    pub(crate) client: String,
    pub(crate) bind: String,
    pub(crate) connect: String,
}

impl Example {
    /// Reads the comments of a script.
    fn read(script: PathBuf, mark: &str) -> Self {
        let text = fs::read_to_string(&script)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", script.display()));
        let mut example = Self {
            script,
            pairs: Vec::new(),
            interrupted: false,
            needy: false,
            args: Vec::new(),
            visited: false,
            against: None,
            input: String::new(),
            raises: raises(&text, mark),
            prints: Vec::new(),
        };
        for line in text.lines() {
            let Some(comment) = line.strip_prefix(mark) else {
                assert!(
                    example.prints.is_empty(),
                    "{}: what it prints comes last",
                    title(&example.script)
                );
                continue;
            };
            let comment = comment.strip_prefix(' ').unwrap_or(comment);
            if comment == "Prints:" || comment == "Or prints:" {
                example.prints.push(String::new());
            } else if let Some(prints) = example.prints.last_mut() {
                prints.push_str(comment);
                prints.push('\n');
            } else if let Some(line) = comment.strip_prefix("Input:") {
                example.input.push_str(line.trim());
                example.input.push('\n');
            } else if comment.starts_with("Visited: ") {
                example.visited = true;
            } else if let Some(name) = comment.strip_prefix("Against: ") {
                example.against = Some(name.trim().to_owned());
            } else if let Some(words) = comment.strip_prefix("Pair: ") {
                example.pairs.push(Pair::read(words));
            } else if let Some(words) = comment.strip_prefix("Args: ") {
                example.args = words.split_whitespace().map(str::to_owned).collect();
            } else if comment.starts_with("Needs: ") {
                example.needy = true;
            } else if comment == "Ends: interrupted" {
                example.interrupted = true;
            }
        }
        example
    }

    /// Starts a program that does what the example does, and types what there is to type.
    pub(crate) fn start(&self, command: &mut Command) -> Running {
        Running::start_with(command, &self.input)
    }

    /// Why a program that ran `script`, the example or its twin, did not end as it should.
    pub(crate) fn complaint(&self, script: &Path, done: &Finished) -> Option<String> {
        let Some(mut expected) = self.raises.clone() else {
            return done.complaint();
        };
        if script != self.script {
            let text = fs::read_to_string(script).unwrap_or_default();
            expected = raises(&text, "#").unwrap_or_else(|| "an error that its comment names".to_owned());
        }
        let raised = done.status.and_then(|status| status.code()) == Some(1)
            && done.stderr.lines().any(|line| line.contains(&expected));
        let ended = || done.complaint().unwrap_or_else(|| "ended well\n".to_owned());
        (!raised).then(|| format!("did not raise {expected}: {}", ended()))
    }

    /// Whether this is the client that `server` names in `pair`.
    pub(crate) fn is(&self, server: &Self, pair: &Pair) -> bool {
        self.script == server.script.with_file_name(&pair.client)
    }
}

impl Pair {
    /// Reads `CLIENT [HOST [HOST]]`, where `''` is no host.
    fn read(words: &str) -> Self {
        let mut words = words
            .split_whitespace()
            .map(|word| word.trim_matches('\'').to_owned());
        let client = words.next().unwrap_or_default();
        let bind = words.next().unwrap_or_else(|| "127.0.0.1".to_owned());
        let connect = words.next().unwrap_or_else(|| bind.clone());
        Self {
            client,
            bind,
            connect,
        }
    }
}

/// All examples this build can run.
pub(crate) fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    for (language, mark, runs) in LANGUAGES {
        let folder = folder("examples").join(language);
        if runs && folder.is_dir() {
            let scripts = entries(&folder)
                .into_iter()
                .filter(|path| path.extension() == Some(OsStr::new(language)));
            examples.extend(scripts.map(|script| Example::read(script, mark)));
        }
    }
    assert!(!examples.is_empty(), "there are no examples at all");
    examples
}

/// What a script says in a comment that it raises.
fn raises(text: &str, mark: &str) -> Option<String> {
    let comments = text.lines().filter_map(|line| line.strip_prefix(mark));
    comments
        .filter_map(|comment| comment.strip_prefix(" Raises: "))
        .map(str::to_owned)
        .next()
}

/// The Python an example comes from.
pub(crate) fn twin(script: &Path) -> PathBuf {
    folder("examples/python")
        .join(script.file_name().unwrap_or_default())
        .with_extension("py")
}

/// A path below `examples`, as it is spoken of.
pub(crate) fn title(path: &Path) -> String {
    path.strip_prefix(folder("examples"))
        .unwrap_or(path)
        .display()
        .to_string()
}
