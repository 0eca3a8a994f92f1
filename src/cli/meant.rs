//! What somebody probably meant who wrote an option that there is not, or the name of a file that is none.

use std::ffi::{OsStr, OsString};

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};

use crate::error::{nearest, nearest_within};

use super::manual;

/// Words that are no commands here, and what is said instead.
const ELSEWHERE: [(&str, &str); 5] = [
    ("help", "wirescript --help"),
    ("version", "wirescript --version"),
    ("repl", "wirescript"),
    ("run", "wirescript FILE"),
    ("eval", "wirescript -e CODE"),
];

/// Options of other runners of tests, and what is said instead.
const OPTIONS_ELSEWHERE: [(&str, &str); 6] = [
    ("--junit", "--report junit=FILE"),
    ("--junitxml", "--report junit=FILE"),
    ("--tap", "--report tap=FILE"),
    ("-k", "--filter TEXT"),
    ("-x", "--fail-fast"),
    ("-n", "--jobs N"),
];

/// Has the complaint about an option that there is not say what it is called here, where another runner has it.
pub(super) fn suggest(error: &mut clap::Error) {
    let Some(ContextValue::String(written)) = error.get(ContextKind::InvalidArg) else {
        return;
    };
    if let Some((_, instead)) = OPTIONS_ELSEWHERE.iter().find(|(word, _)| word == written) {
        let hint = StyledStr::from(format!("here it is written {instead}"));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![hint]));
    }
}

/// A hint at the option that was meant.
pub(super) fn option(written: &str) -> Option<String> {
    let name = written.trim_start_matches('-').split('=').next()?;
    let command = manual::whole();
    let names: Vec<_> = command.get_arguments().filter_map(clap::Arg::get_long).collect();
    // `--memory` for `--max-memory`: a whole word of it.
    let part = || {
        names
            .iter()
            .find(|known| known.split('-').any(|word| word == name))
    };
    let meant = nearest_within(name, 2, names.iter().copied()).or_else(|| part().copied())?;
    Some(format!("did you mean --{meant}?"))
}

/// A hint at what was meant by the name of a file that is not there. `words` are the process's.
pub(super) fn file(name: &OsStr, words: &[OsString]) -> Option<String> {
    let name = name.to_str()?;
    let place = words.iter().position(|word| word == name)?;
    let before = place.checked_sub(1).and_then(|place| words[place].to_str());
    if let Some(option) = before.filter(|word| is_grant(word)) {
        return Some(format!("what an option grants follows a =: {option}={name}"));
    }
    if let Some((_, instead)) = ELSEWHERE.iter().find(|(word, _)| *word == name) {
        return Some(format!("did you mean '{instead}'?"));
    }
    let command = manual::whole();
    let commands = command.get_subcommands().map(clap::Command::get_name);
    let meant = nearest(name, commands).filter(|_| !name.contains(['.', '/']))?;
    Some(format!("did you mean 'wirescript {meant}'?"))
}

/// Whether the value of this option may be left out, and was.
fn is_grant(word: &str) -> bool {
    (word.starts_with("--allow-") || word.starts_with("--deny-")) && !word.contains('=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_told() {
        for (written, meant) in [
            ("--memory=3", Some("--max-memory")),
            ("--alow-net", Some("--allow-net")),
            ("--timout=3", Some("--timeout")),
            ("--colour-of-the-sky", None),
            ("-", None),
        ] {
            let told = option(written);
            assert_eq!(
                told,
                meant.map(|meant| format!("did you mean {meant}?")),
                "{written}"
            );
        }
        let file = |words: &str, name: &str| {
            let words: Vec<_> = words.split(' ').map(OsString::from).collect();
            file(OsStr::new(name), &words).unwrap_or_default()
        };
        let told = file("wirescript --allow-net 127.0.0.1:80 x.lua", "127.0.0.1:80");
        assert!(told.ends_with("--allow-net=127.0.0.1:80"), "{told}");
        assert_eq!(
            file("wirescript tests a", "tests"),
            "did you mean 'wirescript test'?"
        );
        assert_eq!(
            file("wirescript help", "help"),
            "did you mean 'wirescript --help'?"
        );
        assert_eq!(file("wirescript --allow-net=x test.lua", "test.lua"), "");
        assert_eq!(file("wirescript my_script.lua", "my_script.lua"), "");
    }
}
