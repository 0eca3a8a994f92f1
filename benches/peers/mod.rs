//! The peers that are installed: other languages and libraries, by the scripts of this folder.

use std::path::Path;
use std::process::{Command, Stdio};

/// Name, programs that may run it (the first that can does), file, arguments.
pub(crate) type Peer = (
    &'static str,
    &'static [&'static str],
    &'static str,
    &'static [&'static str],
);

// Debian's own build is the faster one where a pyenv stands beside it.
pub(crate) const PYTHON: &[&str] = &["/usr/bin/python3", "python3"];
pub(crate) const LUA: &[&str] = &["luajit", "lua5.4", "lua5.1", "lua"];
pub(crate) const NODE: &[&str] = &["node"];

/// Every peer that works here, with its name; tells of the others.
pub(crate) fn installed(
    peers: &[Peer],
    mut works: impl FnMut(&mut Command) -> bool,
) -> Vec<(String, Command)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers");
    let mut list = Vec::new();
    for (name, programs, file, arguments) in peers {
        let command = |program: &str| {
            let mut command = Command::new(program);
            command
                .arg(folder.join(file))
                .args(*arguments)
                .stderr(Stdio::null());
            command
        };
        let found = programs.iter().find(|program| works(&mut command(program)));
        match found {
            Some(program) => list.push((format!("({name}, {})", version(program)), command(program))),
            None => println!("{name} is missing: benches/peers/setup installs it."),
        }
    }
    list
}

/// A program's name without its folder, and its version.
fn version(program: &str) -> String {
    let name = program.rsplit('/').next().unwrap_or(program);
    let number = ["--version", "-v"].into_iter().find_map(|word| {
        let told = Command::new(program).arg(word).output().ok();
        let told = told.filter(|told| told.status.success())?;
        // Lua's interpreters tell of themselves on standard error where they are old.
        let text = String::from_utf8_lossy(&[told.stdout, told.stderr].concat()).into_owned();
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.')
            .map(|word| word.trim_start_matches('v'))
            .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            .map(str::to_owned)
    });
    match number {
        Some(number) => format!("{name} {number}"),
        None => name.to_owned(),
    }
}
