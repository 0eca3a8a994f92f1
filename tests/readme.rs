//! What a newcomer reads is true: every command and every piece of code in the README does what it says, and every example of
//! `docs/from_python.md` prints the same in Python, Lua and Rhai.
#![cfg(all(feature = "cli", feature = "lua", feature = "rhai", target_os = "linux"))]

#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/ports.rs"]
mod ports;
#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/runner.rs"]
mod runner;
#[path = "support/snippets.rs"]
mod snippets;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::fs;
use std::process::Command;

use runner::{command, room, tell, write};
use snippets::{Block, sections};
use support::{LIMIT, Running, diff, folder, python};

/// The README's blocks, in their order.
fn readme() -> Vec<Block> {
    let blocks: Vec<_> = sections(&folder("README.md"), "# ")
        .into_iter()
        .flat_map(|section| section.blocks)
        .collect();
    assert!(blocks.len() > 6, "only {} blocks", blocks.len());
    blocks
}

#[test]
fn code_in_the_readme_prints_what_stands_below_it() {
    let home = room("code");
    let blocks = readme();
    let mut runs = 0;
    for (place, block) in blocks.iter().enumerate() {
        if !matches!(&*block.language, "lua" | "rhai") {
            continue;
        }
        let prints = blocks
            .get(place + 1)
            .filter(|next| matches!(&*next.language, "" | "text"));
        let prints = prints.unwrap_or_else(|| panic!("nothing says what this prints:\n{}", block.text));
        write(&home, "snippet", &block.text);
        let told = tell(command(["--lang", &block.language, "snippet"]).current_dir(&home));
        assert!(
            told.stdout == prints.text && told.status == 0,
            "{}{}{}",
            block.text,
            diff(&prints.text, &told.stdout),
            told.stderr
        );
        runs += 1;
    }
    assert!(runs >= 2, "only {runs} pieces of code");
}

/// Lines of the README that are commands, without what is said of them.
fn commands() -> Vec<String> {
    readme()
        .iter()
        .filter(|block| matches!(&*block.language, "" | "sh" | "text"))
        .flat_map(|block| block.text.lines())
        .filter(|line| line.starts_with("cargo ") || line.starts_with("wirescript"))
        .map(|line| line.split("  ").next().unwrap_or(line).trim().to_owned())
        .collect()
}

#[test]
fn commands_in_the_readme_work() {
    let home = room("commands");
    let script = write(&home, "script.lua", "print('ran', ...)");
    write(&home, "ran_test.lua", "test('runs', function() end)");
    let mut servers = Vec::new();
    let mut clients = Vec::new();
    for line in commands() {
        if let Some(words) = line.strip_prefix("cargo run --release -- ") {
            let list = if words.contains("server") {
                &mut servers
            } else {
                &mut clients
            };
            list.push(words.to_owned());
            continue;
        }
        let Some(words) = line.strip_prefix("wirescript") else {
            assert_eq!(line, "cargo test", "a command that nobody tries");
            continue;
        };
        let words = words
            .replace("--trace FILE …", "--trace run.jsonl FILE")
            .replace("trace view FILE", "trace view run.jsonl")
            .replace("FILE", &script.display().to_string())
            .replace("CODE", "print('ran')")
            .replace("[ARG…]", "one")
            .replace("[NAME]", "recv");
        let told = tell(command(words.split_whitespace()).current_dir(&home));
        assert_eq!(told.status, 0, "{line}: {}", told.stderr);
    }
    // The documented pair, on a port that is free here.
    let port = ports::free_port();
    let place = |words: &str| {
        let mut words = words.split_whitespace().map(str::to_owned);
        let path = words.next().expect("a script");
        let text = fs::read_to_string(folder(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(text.contains("50007"), "{path} has no port of its own");
        let name = path.replace('/', "_");
        write(&home, &name, text.replace("50007", &port.to_string()));
        std::iter::once(name).chain(words).collect::<Vec<_>>()
    };
    assert_eq!((servers.len(), clients.len()), (1, 1), "{servers:?} {clients:?}");
    let server = Running::start(command(place(&servers[0])).current_dir(&home));
    assert!(
        ports::wait_for_server(port, || false),
        "the server does not listen"
    );
    let client = tell(command(place(&clients[0])).current_dir(&home));
    // Lua's print puts a tab where Python's puts a space.
    let printed = client.stdout.replace('\t', " ");
    assert_eq!(
        (&*printed, client.status),
        ("Received b'Hello, world'\n", 0),
        "{}",
        client.stderr
    );
    assert!(
        server.finish(LIMIT).complaint().is_none(),
        "the server ends with its client"
    );
}

/// The Rust of the README, word for word.
#[test]
fn rust_in_the_readme_runs() {
    fn run() -> wirescript::Result<()> {
        use wirescript::{Policy, Result, Runtime};

        let mut runtime = Runtime::builder()
            .lua()
            .policy(Policy::deny_all().allow_net("127.0.0.1:*")?)
            .build()?;
        runtime.set("greeting", "hello")?;
        runtime.register("length", |name: String| -> Result<usize> { Ok(name.len()) })?;
        let n: i64 = runtime.eval("length(greeting)")?;
        assert_eq!(n, 5);
        runtime.run_file("server.lua")?;
        Ok(())
    }
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let own = plain(include_str!("readme.rs"));
    let blocks = readme();
    let rust: Vec<_> = blocks.iter().filter(|block| block.language == "rust").collect();
    assert!(!rust.is_empty());
    for block in rust {
        assert!(
            own.contains(&plain(&block.text)),
            "this test does not run\n{}",
            block.text
        );
    }
    // There is no such script here, which is what it says.
    assert!(run().is_err_and(|error| error.to_string().contains("server.lua")));
}

#[test]
fn translations_print_the_same() {
    const PRELUDE: &str = "import asyncio, select, socket, struct, sys, threading\n";
    let home = room("translations");
    let python = python();
    let examples = sections(&folder("docs/from_python.md"), "## ");
    let mut problems = String::new();
    let mut runs = 0;
    for example in examples.iter().filter(|example| !example.blocks.is_empty()) {
        for language in ["python", "lua", "rhai"] {
            let code = example.block(language);
            assert!(!code.is_empty(), "{} has no {language}", example.heading);
            let told = if language == "python" {
                let Some(python) = &python else { continue };
                write(&home, "example", format!("{PRELUDE}{code}"));
                tell(
                    Command::new(python)
                        .args(["-W", "ignore", "example"])
                        .current_dir(&home),
                )
            } else {
                write(&home, "example", code);
                tell(command(["--lang", language, "example"]).current_dir(&home))
            };
            runs += 1;
            if told.stdout != example.block("") || told.status != 0 {
                let shown = diff(example.block(""), &told.stdout);
                problems.push_str(&format!(
                    "{} in {language}\n{shown}{}",
                    example.heading, told.stderr
                ));
            }
        }
    }
    assert!(problems.is_empty(), "{problems}");
    assert!(runs >= 26, "only {runs} runs");
}
