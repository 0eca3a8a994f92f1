//! Bad input, to the command and to the operations: each a clear error and a status, never a panic, a crash or a huge
//! allocation. Scripts run where they may have two gigabytes of addresses and no more.
#![cfg(all(feature = "cli", feature = "lua", target_os = "linux"))]

#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/runner.rs"]
mod runner;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use runner::{Told, capped, command, room, run, tell, write};
use support::diff;

/// Kilobytes of addresses a script may have here.
const ENOUGH: u32 = 2_000_000;

/// Runs code with little memory.
fn eval(code: &str) -> Told {
    tell(&mut capped(ENOUGH, ["-e", code]))
}

/// It failed with one line that starts so.
fn refused(told: &Told, status: i32, start: &str) {
    assert_eq!((told.status, &*told.stdout), (status, ""), "{told:?}");
    assert!(told.stderr.starts_with(start), "{start:?}: {told:?}");
    assert_eq!(told.stderr.lines().count(), 1, "one line: {told:?}");
}

#[test]
fn scripts_that_are_not_there() {
    let room = room("missing");
    write(&room, "file", "");
    fs::create_dir(room.join("folder.lua")).expect("a new folder");
    let run = |name: &str| tell(command([name]).current_dir(&room));
    refused(
        &run("nowhere.lua"),
        2,
        "wirescript: cannot run nowhere.lua: No such file",
    );
    refused(
        &run("nowhere/x.lua"),
        2,
        "wirescript: cannot run nowhere/x.lua: No such file",
    );
    refused(
        &run("file/x.lua"),
        2,
        "wirescript: cannot run file/x.lua: Not a directory",
    );
    refused(
        &run("folder.lua"),
        2,
        "wirescript: cannot run folder.lua: it is a directory",
    );
    refused(&run("."), 2, "wirescript: cannot run .: it is a directory");
    refused(&run(""), 2, "wirescript: cannot run ");
    let long = "x".repeat(300);
    refused(
        &run(&long),
        2,
        &format!("wirescript: cannot run {long}: File name too long"),
    );
}

#[test]
fn a_script_that_cannot_be_read_is_no_such_file_either() {
    let path = write(&room("unreadable"), "script.lua", "print(1)");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("the file is ours");
    // The superuser reads everything; this file nobody can.
    let path = if fs::read(&path).is_err() {
        &*path
    } else {
        Path::new("/proc/self/mem")
    };
    refused(
        &run([path]),
        2,
        &format!("wirescript: cannot run {}: ", path.display()),
    );
}

#[test]
fn scripts_without_sense() {
    let room = room("senseless");
    let run = |content: &[u8]| {
        write(&room, "script.lua", content);
        tell(capped(ENOUGH, ["script.lua"]).current_dir(&room))
    };
    let told = run(b"");
    assert_eq!(
        (told.status, &*told.stdout, &*told.stderr),
        (0, "", ""),
        "an empty script is one"
    );
    for (content, start) in [
        (&b"x = = 1"[..], "script.lua:1: unexpected symbol near '='"),
        (b"print(1)\n\nlocal = 2", "script.lua:3: <name> expected near '='"),
        (b"if true then", "script.lua:1: 'end' expected near <eof>"),
        (b"x = 'no end", "script.lua:1: unfinished string near <eof>"),
        (b"goto nowhere", "script.lua:1: no visible label 'nowhere'"),
        (b"break", "script.lua:1: break outside loop"),
        (
            b"local x <const> = 1; x = 2",
            "script.lua:1: attempt to assign to const variable 'x'",
        ),
        (b"\x7fELF\x02\x01\x01\0\0\0", "script.lua:1: "),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "script.lua:1: "),
        (b"\xff\xfep\0r\0i\0n\0t\0", "script.lua:1: "),
        (b"\0\0\0\0", "script.lua:1: "),
        (b"\x1bLua", "script.lua: bad binary format"),
        (
            b"\x1bLua garbage that is none of Lua's",
            "script.lua: bad binary format",
        ),
    ] {
        refused(&run(content), 1, &format!("wirescript: {start}"));
    }
    let deep = [b"return ".to_vec(), vec![b'('; 100_000]].concat();
    // As Lua's own command says it: without a position.
    refused(&run(&deep), 1, "wirescript: C stack overflow");
    let noise: Vec<u8> = (0..20_000_u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let told = run(&noise);
    assert_eq!(
        (told.status, &*told.stdout, told.stderr.lines().count()),
        (1, "", 1),
        "{told:?}"
    );
}

/// What Lua makes of nil as an error.
const NIL_RAISED: &str = if cfg!(feature = "lua55") {
    "<no error object>"
} else {
    "nil"
};

#[test]
fn values_raised_that_are_no_errors() {
    for (value, start) in [
        ("nil", NIL_RAISED),
        ("{}", "[]"),
        ("{code = 2}", "{'code': 2}"),
        ("42", "42"),
        ("1.5", "1.5"),
        ("true", "true"),
        ("print", "function: "),
        ("coroutine.create(print)", "thread: 0x"),
        ("io.stdout", "file (0x"),
        ("socket", "socket: 0x"),
        ("'text'", "-e:1: text"),
        ("'text', 0", "text"),
        (r"'\0\xff'", "-e:1: \0\u{fffd}"),
        (
            "setmetatable({}, {__tostring = function() return 'shown' end})",
            "shown",
        ),
        (
            "setmetatable({}, {__tostring = error})",
            "(an error value without a text)",
        ),
        (
            "setmetatable({}, {__tostring = function() error() end})",
            "(an error value without a text)",
        ),
        (
            "setmetatable({}, {__tostring = function() return {} end})",
            "(an error value without a text)",
        ),
        ("setmetatable({}, {__name = 'Mine'})", "Mine: 0x"),
        ("errors.ValueError('made')", "-e:1: ValueError: made"),
        ("errors.ValueError()", "-e:1: ValueError"),
    ] {
        let told = eval(&format!("error({value})"));
        assert_eq!((told.status, &*told.stdout), (1, ""), "{value}: {told:?}");
        let start = format!("wirescript: {start}");
        assert!(told.stderr.starts_with(&start), "{value}: {told:?}");
        let same = eval(&format!(
            "local ok, e = pcall(error, {value}) print(ok, type(e)) error(e, 0)"
        ));
        assert_eq!(
            (told.status, same.stdout.starts_with("false\t")),
            (1, true),
            "{value}: {same:?}"
        );
    }
}

#[test]
fn a_text_function_that_never_ends_can_be_interrupted_only_by_depth() {
    let told = eval("error(setmetatable({}, {__tostring = function(self) return tostring(self) end}))");
    assert_eq!(told.status, 1, "{told:?}");
    let told = eval("local function f() return f() + 1 end f()");
    assert_eq!(told.status, 1, "{told:?}");
    assert!(told.complaint().contains("stack overflow"), "{told:?}");
}

/// Runs `tests/support/bad_values.lua`, which says beside each call what it must give.
#[test]
fn values_no_operation_can_use() {
    let script = support::folder("tests/support").join("bad_values.lua");
    let room = room("values");
    let told = tell(capped(ENOUGH, [script.as_os_str()]).current_dir(&room));
    assert_eq!(told.status, 0, "{told:?}");
    let (mut expected, mut got) = (String::new(), String::new());
    for line in told.stdout.lines() {
        let (call, answers) = line.split_once(" => ").expect("call => expected ~ got");
        let (wanted, given) = answers.split_once(" ~ ").expect("expected ~ got");
        expected.push_str(&format!("{call} => {wanted}\n"));
        got.push_str(&format!("{call} => {given}\n"));
    }
    assert!(
        expected.lines().count() >= 70,
        "the script told of all its calls: {}",
        told.stdout
    );
    assert!(got == expected, "- expected, + given\n{}", diff(&expected, &got));
}

#[test]
fn a_bytearray_that_grows_without_end_gets_a_memory_error() {
    let code = "local b, piece = bytearray(), ('x'):rep(1 << 24)\n\
                local ok, e = pcall(function() while true do b:extend(piece) end end)\n\
                print(ok, e.name)";
    let told = tell(&mut capped(ENOUGH / 2, ["-e", code]));
    assert_eq!(
        (&*told.stdout, told.status),
        ("false\tMemoryError\n", 0),
        "{}",
        told.complaint()
    );
}

#[test]
fn what_grows_without_end_in_rhai_gets_a_memory_error() {
    for code in [
        "let s = \"0123456789abcdef\"; loop { s += s; }",
        "let a = [1]; loop { a += a; }",
        "let a = []; loop { a.push(blob(1000000)); }",
        "let a = []; a.pad(1 << 50, 0);",
        "let b = blob(3); b.pad(1 << 50, 0);",
        "blob(1 << 50)",
    ] {
        let told = tell(&mut capped(ENOUGH, ["--rhai", "-e", code]));
        assert_eq!(told.status, 1, "{code}: {told:?}");
        assert!(
            told.complaint().contains("MemoryError: cannot allocate"),
            "{code}: {told:?}"
        );
    }
    let code =
        "let b = blob(2, 7); b.pad(4, 0x109); let a = [1]; a.pad(3, \"x\"); a.pad(2, 0); print(b); print(a);";
    let told = run(["--rhai", "-e", code]);
    assert_eq!(told.stdout, "[07070909]\n[1, \"x\", \"x\"]\n", "{told:?}");
}

#[test]
fn a_map_filled_by_its_index_in_rhai_ends_near_the_memory_limit() {
    let code = "let t = #{}; for i in 0..100000 { t[`k${i}`] = blob(10000, 1); }";
    let told = run(["--max-memory", "16777216", "--rhai", "-e", code]);
    assert_eq!(told.status, 1, "{told:?}");
    assert!(
        told.complaint().contains("MemoryError: cannot allocate"),
        "{told:?}"
    );
}

/// Rhai walks through an array at each call on it, where values are bounded: this would take minutes.
#[test]
fn a_long_array_in_rhai_is_filled_and_emptied_under_a_memory_limit() {
    let code = "let a = []; for i in 0..200000 { a.push(i); } let n = 0; while a.len() > 0 { a.pop(); n += 1; } print(n);";
    let told = run(["--max-memory=256M", "--timeout=30", "--rhai", "-e", code]);
    assert_eq!((told.status, told.stdout.as_str()), (0, "200000\n"), "{told:?}");
}

/// What may be marked in a text is looked for in time that grows with it.
#[test]
fn calls_within_calls_in_rhai_are_read_at_once() {
    let room = room("calls_within_calls");
    let deep = 60_000;
    let code = format!("{{ {}1{}; }}", "a.push( ".repeat(deep), ")".repeat(deep));
    write(&room, "deep.rhai", &code);
    let told = tell(command(["--timeout=10", "deep.rhai"]).current_dir(&room));
    assert!(told.complaint().contains("maximum complexity"), "{told:?}");
}

#[test]
fn bytearrays_count_towards_the_memory_limit() {
    let code = "local ok, e = pcall(function() return #bytearray(1 << 29) end) print(ok, e)";
    let told = run(["--max-memory", "50000000", "-e", code]);
    assert_eq!(
        (told.status, told.stdout.starts_with("false\t")),
        (0, true),
        "{told:?}"
    );
}

#[test]
fn a_table_that_holds_itself_twice_is_refused_at_once() {
    for call in [
        "socket.getaddrinfo(t)",
        "socket.socket():connect({t, 1})",
        "errors.ValueError(t)",
        "repr(t)",
        "socket.socket():send('x', {flags = t})",
    ] {
        let told = eval(&format!(
            "local t = {{}} t[1] = t t[2] = t print((pcall(function() {call} end)))"
        ));
        assert_eq!(told.status, 0, "{call}: {told:?}");
    }
}
