//! Every `examples/embed_*.rs` prints what its first comment says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each example with whether this build has what it needs.
const EXAMPLES: [(&str, bool); 6] = [
    ("embed_hello", cfg!(any(feature = "lua", feature = "rhai"))),
    ("embed_policy", cfg!(feature = "lua")),
    ("embed_stop", cfg!(feature = "lua")),
    ("embed_tokio", cfg!(feature = "lua")),
    ("embed_mlua", cfg!(feature = "lua")),
    ("embed_rhai", cfg!(feature = "rhai")),
];

#[test]
fn every_example_prints_what_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut problems = Vec::new();
    for (name, is_built) in EXAMPLES {
        let source = fs::read_to_string(folder.join(name).with_extension("rs")).expect("an example");
        let expected = promise(&source);
        assert!(!expected.is_empty(), "{name} does not say what it prints");
        if !is_built {
            continue;
        }
        let run = Command::new(program(name)).output().expect("it starts");
        let printed = String::from_utf8_lossy(&run.stdout);
        if !run.status.success() || printed != expected {
            let errors = String::from_utf8_lossy(&run.stderr);
            problems.push(format!(
                "{name}: {}\n{printed}instead of\n{expected}{errors}",
                run.status
            ));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn no_example_is_left_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut found: Vec<_> = fs::read_dir(folder)
        .expect("examples")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| name.starts_with("embed_"))
        .collect();
    found.sort();
    let mut known: Vec<_> = EXAMPLES.iter().map(|(name, _)| (*name).to_owned()).collect();
    known.sort();
    assert_eq!(found, known);
}

/// The block under `Prints:` in the first comment.
fn promise(source: &str) -> String {
    source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .skip_while(|line| line.trim() != "```text")
        .skip(1)
        .take_while(|line| line.trim() != "```")
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect()
}

/// The example's program, built where the test's own build has not done so.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this program's path");
    let folder = test.parent().and_then(Path::parent).expect("a target folder");
    let program = folder.join("examples").join(name);
    if !program.is_file() {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--example", name])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        assert!(built.is_ok_and(|status| status.success()), "cannot build {name}");
    }
    program
}
