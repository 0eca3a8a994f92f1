//! Single steps of ours or of a language's own that took far longer, or far more memory, than a limit allows.

use std::fs;
use std::time::{Duration, Instant};

use super::{Told, folder, run};

/// How long a run may take whose time is over after a second: these builds are slow, and so may the machine be.
const SOON: Duration = Duration::from_secs(10);

/// The languages of this build, by the flag that chooses one.
const LANGUAGES: &[&str] = &[
    #[cfg(feature = "lua")]
    "lua",
    #[cfg(feature = "rhai")]
    "rhai",
];

/// Runs code in a language and says how it ended, and whether that was soon.
fn end(room: &str, options: &[&str], language: &str, code: &str) -> (Told, bool) {
    let room = folder(room);
    let file = format!("script.{language}");
    fs::write(room.join(&file), code).expect("a script");
    let begun = Instant::now();
    let told = run(&room, &[options, &[&file]].concat());
    (told, begun.elapsed() < SOON)
}

fn is_over_in_time(room: &str, language: &str, code: &str) {
    let (told, soon) = end(room, &["--timeout=1"], language, code);
    let shown = &code[..code.len().min(200)];
    assert!(soon, "{shown}");
    assert!(told.stderr.contains("time limit"), "{shown}\n{}", told.stderr);
}

/// Each byte of a set is a step of its own.
#[cfg(feature = "lua")]
#[test]
fn a_pattern_with_a_long_set_ends_with_the_time() {
    for code in [
        "('b'):rep(2000):find('[' .. ('a'):rep(5000000) .. ']')",
        "('b'):rep(20000000):find('[^' .. ('x'):rep(3000) .. ']*z')",
    ] {
        is_over_in_time("steps_pattern", "lua", code);
    }
}

/// At each `elseif` Lua's compiler walks through all the jumps there are.
#[cfg(feature = "lua")]
#[test]
fn lua_is_compiled_within_the_time() {
    let code = format!("local a\nif a then\n{}end", "elseif a then\n".repeat(150_000));
    is_over_in_time("steps_lua", "lua", &code);
    // A worker's script, too.
    let code = format!(
        "local w = worker.spawn([[{code}]])
         print(w:join())"
    );
    is_over_in_time("steps_lua_worker", "lua", &code);
}

#[cfg(feature = "lua")]
#[test]
fn bytes_are_found_in_bytes_however_alike_they_are() {
    let code = "local all, part = ('a'):rep(4000000), ('a'):rep(2000000) .. 'b'
                print(bytes.find(all, part), #bytes.split(all, part), #bytes.split(all, 'a'))
                print(pcall(expect.contains, all, part) == false)";
    let (told, soon) = end("steps_find", &[], "lua", code);
    assert!(soon);
    assert_eq!(told.stdout, "-1\t1\t4000001\ntrue\n", "{}", told.stderr);
}
