//! The walls of the house. One crate has no walls between its modules; this test is the wall: which room may import
//! which, where `unsafe`, `libc` and every other crate may be named, who may print and exit, how long a file may be.
//!
//! The sources are read as text: comments and strings are taken out, paths that begin with `crate`, `super` or `self`
//! are followed to the room they name, and what stands under `#[cfg(test)]` is left alone where a wall is about imports.

#[path = "layering/source.rs"]
mod source;

use std::collections::BTreeSet;

use source::{Kind, Source, sources};

/// The floors, the top one first. A room may import itself and rooms on floors below, never one above or beside it.
/// A room is a folder or file directly under `src`; `lib.rs`, the hallway, may name them all.
const FLOORS: &[&[&str]] = &[
    &["main"],
    &["cli", "fuzzing"],
    &["runtime"],
    &["script", "doc"],
    &["api"],
    &["tools", "worker"],
    &["file"],
    &["net"],
    &["sched"],
    &["policy", "wire", "tls"],
    &["codec"],
    &["error"],
    // Above `sys`, which holds the one kind of bytes that needs a pointer: those a script owns.
    &["bytes"],
    &["sys"],
    &["address", "constants"],
    // `repr` of bytes and strings: an address prints itself with it.
    &["text"],
];

/// Parts of one room that never import each other.
const STRANGERS: &[(&str, &str)] = &[("script/lua", "script/rhai")];

/// Where each crate may be named: one place, so that it can be replaced there.
const CRATES: &[(&str, &[&str])] = &[
    ("libc", &["sys/", "script/lua/trampoline", "constants/mod.rs"]),
    ("socket2", &["sys/"]),
    ("corosensei", &["sys/fiber/"]),
    (
        "fastrand",
        &[
            "net/faults/lane.rs",
            "net/simnet/mod.rs",
            "script/rhai/container.rs",
            "wire/packet/fuzz/",
        ],
    ),
    ("crc", &["wire/packet/checksum.rs"]),
    ("stringprep", &["codec/idna.rs"]),
    ("mio", &["sched/reactor.rs"]),
    ("mlua", &["script/lua/"]),
    ("regex", &["tools/tube/pattern.rs"]),
    ("regex_automata", &["tools/tube/automaton/"]),
    ("rhai", &["script/rhai/"]),
    ("similar", &["wire/difference/"]),
    ("strsim", &["error/"]),
    (
        "serde",
        &[
            "api/json.rs",
            "policy/",
            "runtime/",
            "wire/trace/",
            "wire/packet/datum.rs",
            "wire/packet/ready.rs",
            "cli/test/report/json.rs",
        ],
    ),
    (
        "serde_json",
        &[
            "api/json.rs",
            "policy/form.rs",
            "runtime/audit.rs",
            "runtime/data/mod.rs",
            "wire/trace/",
            "wire/packet/ready.rs",
            "wire/packet/tests.rs",
            "cli/test/report/json.rs",
            "cli/test/report/tap.rs",
        ],
    ),
    ("toml", &["policy/form.rs"]),
    ("landlock", &["cli/"]),
    (
        "memchr",
        &[
            "file/",
            "tools/tube/",
            "wire/bytes.rs",
            "script/lua/trampoline/library/strings.rs",
        ],
    ),
    ("base64", &["wire/trace/"]),
    ("etherparse", &["wire/capture/packet.rs"]),
    ("pcap_file", &["wire/capture/mod.rs"]),
    ("rustls", &["tls/"]),
    ("rustls_native_certs", &["tls/roots.rs"]),
    ("webpki_roots", &["tls/roots.rs"]),
    ("x509_parser", &["tls/certificate.rs"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/manual.rs"]),
    ("clap_mangen", &["cli/manual.rs"]),
    ("quick_junit", &["cli/test/report/junit.rs"]),
    ("rustyline", &["cli/repl/editor.rs"]),
];

/// Where `unsafe` may stand.
const UNSAFE: &[&str] = &["sys/", "script/lua/trampoline"];

/// What only some rooms may do, and what to do instead elsewhere. A pattern is words and marks as the compiler sees them.
const RESERVED: &[(&[&str], &[&str], &str)] = &[
    (
        &["print !", "println !", "eprint !", "eprintln !", "dbg !"],
        COMMAND,
        "return it, or hand it to a reporter",
    ),
    (
        &["process :: exit"],
        COMMAND,
        "return an error or a status: a library never ends its host",
    ),
    (
        &[
            "env :: args",
            "env :: args_os",
            "env :: var",
            "env :: var_os",
            "env :: vars",
        ],
        ENVIRONMENT,
        "take it as an argument",
    ),
    (
        &["thread :: sleep"],
        &[],
        "wait on the scheduler, which lets the other tasks run",
    ),
    (
        &[
            "TcpStream :: connect",
            "TcpListener :: bind",
            "UdpSocket :: bind",
            "to_socket_addrs",
        ],
        &[],
        "go through net, where policy and deadline are",
    ),
];
const COMMAND: &[&str] = &["cli/", "main.rs"];
/// To start a program is to look for it in `PATH`, and whoever judges that looks there too.
const ENVIRONMENT: &[&str] = &["cli/", "main.rs", "sys/child.rs"];

/// Lines a file may have.
const LONGEST: usize = 450;

/// Longer files, each with its reason.
const LONG: &[(&str, &str)] = &[];

/// What stands for Lua's own libraries under a policy.
const CONFINED: &str = "script/lua/trampoline/library/confined.rs";

/// String literals under `src/script` that happen to be the name of an operation: file, word, and what it means there.
const SAME_WORD: &[(&str, &str, &str)] = &[
    ("script/foreign.rs", "exit", "Python's exit()"),
    ("script/lua/trampoline/library/outlets.rs", "write", "io.write"),
    ("script/lua/trampoline/library/strings.rs", "find", "string.find"),
    (
        "script/lua/trampoline/library/tables.rs",
        "insert",
        "table.insert",
    ),
    (
        "script/lua/trampoline/library/tables.rs",
        "remove",
        "table.remove",
    ),
    (
        "script/lua/trampoline/library/tables.rs",
        "unpack",
        "table.unpack",
    ),
    ("script/rhai/container.rs", "pop", "of arrays"),
    ("script/rhai/library.rs", "contains", "what Rhai's `in` calls"),
    (
        "script/rhai/bounded.rs",
        "sleep",
        "Rhai's own sleep, made to wait on the scheduler",
    ),
    (
        "script/lua/trampoline/collecting.rs",
        "count",
        "collectgarbage(\"count\")",
    ),
    ("script/lua/trampoline/library/heard.rs", "open", "io.open"),
    ("script/lua/trampoline/library/heard.rs", "lines", "io.lines"),
    ("script/lua/trampoline/library/heard.rs", "input", "io.input"),
    ("script/lua/trampoline/library/heard.rs", "remove", "os.remove"),
    ("script/lua/trampoline/coroutine.rs", "close", "coroutine.close"),
    ("script/lua/trampoline/coroutine.rs", "wrap", "coroutine.wrap"),
    ("script/lua/trampoline/module.rs", "exit", "os.exit"),
    ("script/lua/trampoline/module.rs", "select", "Lua's own select"),
    (CONFINED, "flush", "io.flush"),
    (CONFINED, "type", "io.type"),
    (CONFINED, "open", "io.open"),
    (CONFINED, "lines", "io.lines"),
    (CONFINED, "close", "io.close"),
    (CONFINED, "write", "io.write"),
    (CONFINED, "input", "io.input"),
    (CONFINED, "read", "io.read"),
    (CONFINED, "stdin", "io.stdin"),
    (CONFINED, "stdout", "io.stdout"),
    (CONFINED, "stderr", "io.stderr"),
    (CONFINED, "exit", "os.exit"),
    (CONFINED, "time", "os.time"),
    (CONFINED, "remove", "os.remove"),
    (CONFINED, "traceback", "debug.traceback"),
    (
        "script/rhai/buffer.rs",
        "bytes",
        "Rhai's way to write bytes literally: bytes(\"…\")",
    ),
    (
        "script/rhai/conversation.rs",
        "stdin",
        "what messages call the text that is typed",
    ),
    (
        "script/rhai/task.rs",
        "args",
        "the variable a worker's script finds its arguments in",
    ),
    (
        "script/rhai/caught.rs",
        "name",
        "a field of Rhai's own errors, as scripts catch them",
    ),
    (
        "script/rhai/caught.rs",
        "message",
        "a key of the map Rhai makes of its own errors",
    ),
    (
        "script/rhai/caught.rs",
        "traceback",
        "a field of Rhai's own errors, as scripts catch them",
    ),
    (
        "script/rhai/own.rs",
        "name",
        "the field of Rhai's own errors that tells them from others",
    ),
    (
        "script/rhai/own.rs",
        "is",
        "the test of a class on Rhai's own errors",
    ),
    (
        "script/rhai/error.rs",
        "message",
        "a key of the map Rhai makes of its own errors",
    ),
    (
        "script/rhai/with.rs",
        "close",
        "a map's function of that name, which the end of a `with` calls",
    ),
];

#[test]
fn a_room_imports_only_rooms_below_it() {
    let mut problems = Vec::new();
    for file in sources().iter().filter(|file| file.path != "lib.rs") {
        let room = file.module[0].as_str();
        let Some(floor) = floor_of(room) else {
            problems.push(format!(
                "src/{}: `{room}` is on no floor: give it one in FLOORS",
                file.path
            ));
            continue;
        };
        for (line, path) in file.imports() {
            let Some(other) = path.first() else {
                problems.push(file.at(line, "everything is imported from the root: name what is meant"));
                continue;
            };
            match floor_of(other) {
                None => problems.push(file.at(
                    line,
                    format!("`crate::{other}` is not a room: name the room it lives in, not its re-export"),
                )),
                Some(below) if other == room || below > floor => {}
                Some(_) => problems.push(file.at(
                    line,
                    format!(
                        "{room} imports {}, but {other} is not below {room}: move what both need down, or have it handed \
                         in from above as a trait or closure",
                        path.join("::")
                    ),
                )),
            }
        }
    }
    report(&problems);
}

#[test]
fn languages_do_not_import_each_other() {
    let mut problems = Vec::new();
    for file in sources() {
        for (line, path) in file.imports() {
            let (from, to) = (file.module.join("/"), path.join("/"));
            for (one, other) in STRANGERS.iter().flat_map(|(a, b)| [(a, b), (b, a)]) {
                if within(&from, one) && within(&to, other) {
                    problems.push(file.at(
                        line,
                        format!("{one} imports {other}: what both need belongs above both"),
                    ));
                }
            }
        }
    }
    report(&problems);
}

#[test]
fn languages_know_no_operation_by_name() {
    let sources = sources();
    let names: BTreeSet<&str> = sources
        .iter()
        .filter(|file| file.path.starts_with("api/ops/"))
        .flat_map(|file| file.tokens.windows(3))
        .filter(|three| three[0].text == "name" && three[1].text == ":" && three[2].kind == Kind::Literal)
        .map(|three| three[2].text.as_str())
        .collect();
    assert!(
        names.contains("recv"),
        "the names of operations were not found under src/api/ops"
    );
    let mut problems = Vec::new();
    let mut excused: Vec<_> = SAME_WORD.to_vec();
    for file in sources.iter().filter(|file| file.path.starts_with("script/")) {
        let literals = file
            .tokens
            .iter()
            .filter(|token| token.kind == Kind::Literal && !token.test);
        for token in literals.filter(|token| names.contains(token.text.as_str())) {
            let same_word = |(path, word, _): &(&str, &str, &str)| *path == file.path && *word == token.text;
            excused.retain(|entry| !same_word(entry));
            if !SAME_WORD.iter().any(same_word) {
                problems.push(file.at(
                    token.line,
                    format!(
                        "\"{}\" is an operation: adapters learn names from the table (if it means something else \
                         here, say so in SAME_WORD)",
                        token.text
                    ),
                ));
            }
        }
    }
    // A language may be missing from the tree, its words with it.
    excused.retain(|(path, ..)| sources.iter().any(|file| file.path == *path));
    for (path, word, _) in excused {
        problems.push(format!(
            "src/{path}: \"{word}\" is not there any more: take it out of SAME_WORD"
        ));
    }
    report(&problems);
}

#[test]
fn crates_and_unsafe_stay_in_their_rooms() {
    let mut problems = Vec::new();
    for file in sources() {
        for (at, token) in file
            .tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| token.kind == Kind::Word)
        {
            if token.text == "unsafe" && !file.is_in(UNSAFE) {
                problems.push(file.at(token.line, format!("`unsafe` outside {UNSAFE:?}")));
            }
            let names_it = file.follows(at, "::") || file.follows_after(at, "use");
            let is_crate = names_it && !file.follows_after(at, "::");
            if let Some((name, homes)) = CRATES.iter().find(|(name, _)| *name == token.text)
                && is_crate
                && !token.test
            {
                if !file.is_in(homes) {
                    problems.push(file.at(
                        token.line,
                        format!("`{name}` outside {homes:?}: ask the room that wraps it"),
                    ));
                } else if file.path.starts_with("constants/") && !token.in_macro {
                    problems.push(file.at(
                        token.line,
                        format!("`{name}` outside the macro that makes constants"),
                    ));
                }
            }
        }
    }
    report(&problems);
}

#[test]
fn every_unsafe_says_why_it_is_sound() {
    let mut problems = Vec::new();
    for file in sources() {
        for (at, token) in file.tokens.iter().enumerate() {
            let opens = file.follows(at, "{") || file.follows(at, "impl");
            if token.text == "unsafe" && token.kind == Kind::Word && opens && !file.is_explained(at) {
                problems.push(file.at(
                    token.line,
                    "no `// SAFETY:` line directly above says why this is sound",
                ));
            }
        }
    }
    report(&problems);
}

#[test]
fn some_things_are_for_some_rooms_only() {
    let mut problems = Vec::new();
    for file in sources() {
        for (patterns, _, instead) in RESERVED.iter().filter(|(_, homes, _)| !file.is_in(homes)) {
            for pattern in *patterns {
                let words: Vec<&str> = pattern.split(' ').collect();
                for run in file.tokens.windows(words.len()) {
                    let same = run
                        .iter()
                        .zip(&words)
                        .all(|(token, word)| token.text == *word && token.kind != Kind::Literal);
                    if same && !run[0].test {
                        let what = pattern.replace(' ', "");
                        problems
                            .push(file.at(run[0].line, format!("`{what}` is not for this room: {instead}")));
                    }
                }
            }
        }
    }
    report(&problems);
}

#[test]
fn every_file_says_what_it_is_and_is_short() {
    let mut problems = Vec::new();
    for file in sources() {
        if !file.lines.first().is_some_and(|line| line.starts_with("//!")) {
            problems.push(file.at(1, "does not open with a `//!` line that says what is in it"));
        }
        let (length, listed) = (file.lines.len(), LONG.iter().any(|(path, _)| *path == file.path));
        if length > LONGEST && !listed {
            problems.push(file.at(
                length,
                format!("{length} lines, more than {LONGEST}: split it by topic"),
            ));
        }
        if length <= LONGEST && listed {
            problems.push(file.at(length, "is short now: take it out of LONG"));
        }
    }
    report(&problems);
}

/// A wall that cannot fall is no wall: what this file would see in a source made to break it.
#[test]
fn the_walls_see() {
    let text = r##"//! "crate::cli" in a comment /* and */ in a doc.
use crate::{api::{self, Value}, sys::errno::Errno};
use super::super::sched::Task;
mod inner { use super::io::Patience; use super::super::policy::Request; }
/* crate::cli /* nested */ crate::cli */
fn f<'a>(quote: char) -> &'a str { let _ = ('"', '\'', b'"', r#"crate::cli " "#); $crate::error::Error; "crate::cli" }
#[cfg(test)]
mod tests { use crate::runtime::Runtime; fn t() { unsafe { f() } } }
#[cfg(not(test))]
use crate::bytes::Bytes;
// SAFETY: said.
let x =
    unsafe { y };
unsafe { z };
"##;
    let file = Source::new("net/io.rs", text);
    let imports: Vec<(usize, String)> = file
        .imports()
        .into_iter()
        .map(|(line, path)| (line, path.join("::")))
        .collect();
    let expected = [
        (2, "api"),
        (2, "api::Value"),
        (2, "sys::errno::Errno"),
        (3, "sched::Task"),
        (4, "net::io::io::Patience"),
        (4, "net::policy::Request"),
        (6, "error::Error"),
        (10, "bytes::Bytes"),
    ];
    let imports: Vec<(usize, &str)> = imports
        .iter()
        .map(|(line, path)| (*line, path.as_str()))
        .collect();
    assert_eq!(imports, expected);
    let silent: Vec<usize> = (0..file.tokens.len())
        .filter(|&at| file.tokens[at].text == "unsafe" && !file.is_explained(at))
        .map(|at| file.tokens[at].line)
        .collect();
    assert_eq!(silent, [8, 14]);
    assert!(floor_of("cli") < floor_of("net") && floor_of("address") < floor_of("text"));
}

/// Number of the room's floor, counted from the top.
fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&room))
}

/// Whether a module path, written with slashes, is `place` or lies in it.
fn within(path: &str, place: &str) -> bool {
    path.strip_prefix(place)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn report(problems: &[String]) {
    assert!(
        problems.is_empty(),
        "{} breaches\n\n{}\n",
        problems.len(),
        problems.join("\n")
    );
}
