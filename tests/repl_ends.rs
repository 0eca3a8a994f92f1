//! The prompt where something bounds it: the policy, limits, a person who types ahead; and what it writes down.
#![cfg(all(feature = "cli", feature = "lua", feature = "rhai", target_os = "linux"))]

#[allow(dead_code, reason = "other tests use the rest")]
mod support;
#[path = "support/terminal.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod terminal;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::{LIMIT, Running};
use terminal::{CTRL_D, Terminal};

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("repl-ends-{name}"));
    // One of an earlier run may be there.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// What entries from a pipe print, and the status.
fn piped(folder: &Path, arguments: &str, text: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    command.args(arguments.split_whitespace()).current_dir(folder);
    let done = Running::start_with(&mut command, text).finish(LIMIT);
    let status = done.status.and_then(|status| status.code());
    (status, done.stdout, done.stderr)
}

#[test]
fn commands_open_files_by_leave_of_the_policy() {
    let home = folder("policy");
    std::fs::write(home.join("kept"), "kept").expect("a file");
    std::fs::write(home.join("lib.lua"), "z = 6 * 7").expect("a file");
    std::fs::write(home.join("lib.rhai"), "let z = 6 * 7;").expect("a file");
    for (language, lib) in [("", "lib.lua"), ("--rhai", "lib.rhai")] {
        for command in [":save kept", ":save-test kept", &format!(":load {lib}")] {
            let (status, _, told) = piped(
                &home,
                &format!("--sandbox {language}"),
                &format!("1 + 1\n{command}\n"),
            );
            assert_eq!(status, Some(1), "{command}");
            assert!(
                told.contains("PermissionError: [Errno 13] the policy does not allow opening"),
                "{told}"
            );
        }
        assert_eq!(std::fs::read_to_string(home.join("kept")).expect("it"), "kept");
        let (status, printed, told) = piped(
            &home,
            &format!("--sandbox --allow-read=. --allow-write=. {language}"),
            &format!(":load {lib}\nz\n:save saved\n"),
        );
        assert_eq!((status, &*printed), (Some(0), "42\nwritten to saved\n"), "{told}");
    }
    // Who listens to what is opened hears of it.
    let hook = "sys.addaudithook(function(event, args) print(event, args[1]) end)\n:load lib.lua\n";
    let (_, printed, told) = piped(&home, "", hook);
    assert_eq!(printed, "open\tlib.lua\n", "{told}");
}

#[test]
fn the_end_by_a_limit_is_told() {
    let home = folder("limits");
    let instructions = "wirescript: LimitError: the limit of 100000 instructions is reached\n";
    let time = "wirescript: LimitError: the time limit of 0.4 seconds is over\n";
    for (arguments, entries, said) in [
        (
            "--max-instructions 100000",
            "1\nwhile true do end\n2\n",
            instructions,
        ),
        (
            "--max-instructions 100000 --rhai",
            "1\nloop {}\n2\n",
            instructions,
        ),
        ("--timeout 0.4", "1\ntask.sleep(60)\n2\n", time),
        ("--timeout 0.4 --rhai", "1\ntask::sleep(60)\n2\n", time),
    ] {
        let (status, printed, told) = piped(&home, arguments, entries);
        assert_eq!((status, &*printed, &*told), (Some(1), "1\n", said), "{arguments}");
        let (status, printed, told) = piped(&home, &format!("{arguments} -i"), entries);
        assert_eq!(
            (status, &*printed, &*told),
            (Some(1), "1\n", said),
            "{arguments} -i"
        );
    }
    // Of what goes on after the last entry as well.
    let (status, _, told) = piped(&home, "--timeout 0.4", "task.spawn(task.sleep, 60)\n");
    assert_eq!((status, &*told), (Some(1), time));
    for (arguments, keys) in [
        (["--timeout", "2"], "half a line"),
        (["--max-instructions", "100000"], "while true do end\r"),
    ] {
        let mut person = Terminal::start(&arguments, &home);
        person.prompt();
        person.keys(keys);
        person.until("the end", |person| {
            person
                .text()
                .lines()
                .any(|line| line.starts_with("LimitError: the "))
        });
        assert_eq!(person.end(), Some(1));
    }
}

#[test]
fn what_is_typed_ahead_is_entered() {
    let mut person = Terminal::start(&[], &folder("ahead"));
    person.prompt();
    person.keys("100 + 1\r100 + 2\r100 + 3\r");
    for value in ["101", "102", "103"] {
        person.until("the values", |person| {
            person.text().lines().any(|line| line == value)
        });
    }
    person.prompt();
    person.keys(CTRL_D);
    assert_eq!(person.end(), Some(0));
}

#[test]
fn a_mark_at_the_beginning_of_a_pipe_is_no_entry() {
    let home = folder("mark");
    assert_eq!(piped(&home, "", "\u{feff}1 + 1\n").1, "2\n");
    assert_eq!(piped(&home, "--rhai", "\u{feff}1 + 1\n").1, "2\n");
    assert_eq!(piped(&home, "", "1\n\u{feff}1 + 1\n").0, Some(1));
}

/// Saves a session as a script and as a test, and runs both. Returns what the script prints.
fn saved(home: &Path, arguments: &str, entries: &str, ending: &str) -> String {
    let commands = format!("{entries}\n:save s.{ending}\n:save-test s_test.{ending}\n");
    let (_, _, told) = piped(home, &format!("{arguments} -i"), &commands);
    let read = |file: &str| std::fs::read_to_string(home.join(file)).unwrap_or_default();
    let (script, test) = (format!("s.{ending}"), format!("s_test.{ending}"));
    let (status, printed, complaint) = piped(home, &script, "");
    assert_eq!(status, Some(0), "{told}\n{complaint}\n{}", read(&script));
    let (status, passed, complaint) = piped(home, &format!("test {test}"), "");
    assert_eq!(status, Some(0), "{told}\n{passed}{complaint}\n{}", read(&test));
    assert!(!read(&test).contains("left out"), "{}", read(&test));
    printed
}

#[test]
fn a_session_in_lua_that_is_saved_runs() {
    let home = folder("saved-lua");
    std::fs::write(
        home.join("lib.lua"),
        "#!/usr/bin/env wirescript\nlocal function twice(x) return 2 * x end\nlocal base = 20\n",
    )
    .expect("a file");
    let entries = "nosuch.x\n#nosuch\nreturn 1\nx = 1 return x + 1\nif x then return end\n\
        function late() return later end\nlocal later = 5\nlate()\n:load lib.lua\ntwice(base) + 2\n\
        socket.getservbyname('http')\nsocket\n1, 2";
    let printed = saved(&home, "", entries, "lua");
    assert_eq!(printed, "1\n2\n5\n42\n80\n<module 'socket'>\n1\n");
    // What the script of -i declares is needed as well.
    let printed = saved(&home, "-i lib.lua", "twice(4)", "lua");
    assert_eq!(printed, "8\n");
    let many: String = (0..250).map(|i| format!("local v{i} = {i}\n")).collect();
    assert_eq!(saved(&home, "", &format!("{many}v249"), "lua"), "249\n");
}

#[test]
fn tables_are_expected_in_a_saved_test() {
    let home = folder("saved-tables");
    for (arguments, ending, entries, repr) in [
        (
            "",
            "lua",
            "{[10] = true, [2] = 1.5, name = {1, {deep = 'x'}}}\n{}\n{1, 2, n = 3}\n{[' a'] = 1}",
            "{2: 1.5, 10: True, 'name': [1, {'deep': b'x'}]}",
        ),
        (
            "--rhai",
            "rhai",
            "#{b: [1, #{deep: \"x\"}], a: (), A: true}\n#{}\n#{\" a\": 1}",
            "{'A': True, 'a': None, 'b': [1, {'deep': 'x'}]}",
        ),
    ] {
        let printed = saved(&home, arguments, entries, ending);
        assert!(printed.starts_with(&format!("{repr}\n")), "{printed}");
        let test = std::fs::read_to_string(home.join(format!("s_test.{ending}"))).unwrap_or_default();
        assert!(test.contains(&format!("\"{repr}\")")), "{test}");
    }
}

#[test]
fn a_session_in_rhai_that_is_saved_runs() {
    let home = folder("saved-rhai");
    std::fs::write(
        home.join("lib.rhai"),
        "fn twice(x) { return 2 * x; }\nlet base = 20;\n",
    )
    .expect("a file");
    let entries = "return 7\nlet x = 1; return x + 1\nif x == 1 { return }\nnosuch.x\n\
        fn f() { 1 }\nfn f() { 2 }\nfn f(a) { a }\nf()\nf(3)\n:load lib.rhai\ntwice(base) + 2\n\
        x = 5; x + 1\nfor i in 0..2 { x += 1; } x\nsocket::getservbyname(\"http\")";
    let printed = saved(&home, "--rhai", entries, "rhai");
    assert_eq!(printed, "7\n2\n2\n3\n42\n6\n7\n80\n");
}

#[test]
fn modules_and_virtual_sockets_are_shown_as_what_they_are() {
    let home = folder("shown");
    assert_eq!(
        piped(&home, "", "socket\ntask, sys\n{sys}\n").1,
        "<module 'socket'>\n<module 'task'>\n<module 'sys'>\n{<module 'sys'>}\n"
    );
    let entries = "l = socket.create_server({'127.0.0.1', 80})\nl\n\
        s = socket.create_connection({'127.0.0.1', 80})\ns\n:sockets\n";
    let (status, printed, told) = piped(&home, "--virtual", entries);
    assert_eq!(status, Some(0), "{told}");
    for text in [
        "AF_INET SOCK_STREAM listening ('127.0.0.1', 80)>",
        "AF_INET SOCK_STREAM connected ('127.0.0.1', ",
        ") -> ('127.0.0.1', 80)>",
        "AF_INET SOCK_STREAM  listening",
    ] {
        assert!(printed.contains(text), "{text}: {printed}");
    }
}

#[test]
fn a_name_that_a_script_gives_itself_opens_no_file() {
    let home = folder("names");
    std::fs::write(home.join("secret"), "hidden words\n").expect("a file");
    let entries = "load('s = socket.socketpair()', '@secret')()\n:sockets\n";
    assert!(piped(&home, "", entries).1.contains("secret:1: hidden words"));
    let (_, printed, _) = piped(&home, "--sandbox --allow-family AF_UNIX", entries);
    assert!(!printed.contains("hidden words"), "{printed}");
}

#[test]
fn completion_writes_nothing_that_is_no_name() {
    let mut person = Terminal::start(&[], &folder("names-only"));
    person.enter("tbl = {['key one'] = 1, kept = 2, ['end'] = 3, call = function() end}");
    person.prompt();
    person.keys("tbl.k\t");
    person.until_line("tbl.kept");
    person.keys(" tbl:\t");
    person.until_line("tbl:call");
    person.keys("\x03");
    person.prompt();
    person.keys(CTRL_D);
    assert_eq!(person.end(), Some(0));
}

/// The words that leave Python's prompt leave this one, unless they are something in the session.
#[test]
fn exit_and_quit_leave() {
    let home = folder("leaving");
    for (arguments, entries, left) in [
        ("", "exit\n1", ""),
        ("", "quit()\n1", ""),
        ("", "quit = 3\nquit\n4", "3\n4\n"),
        ("--rhai", "quit\n1", ""),
        ("--rhai", "let quit = 3;\nquit\n4", "3\n4\n"),
    ] {
        let (status, printed, told) = piped(&home, arguments, entries);
        assert_eq!((status, &*printed, &*told), (Some(0), left, ""), "{entries}");
    }
    let (status, _, told) = piped(&home, "", "x += 1\n");
    assert_eq!(status, Some(1));
    assert!(
        told.ends_with("near '+'. x += 1 is written: x = x + 1\n"),
        "{told}"
    );
}
