//! The command as its help describes it: how a script is found, what it sees of its arguments, and with which status
//! it ends. `cli_output.rs` looks at what is written where.
#![cfg(all(feature = "cli", feature = "lua", target_os = "linux"))]

#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/runner.rs"]
mod runner;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use runner::{Told, WIRESCRIPT, command, eval, room, run, tell, write};
use support::{LIMIT, Running};

/// Prints what a script sees of its arguments.
const SHOW_ARGUMENTS: &str =
    "print(table.concat(sys.argv, '|'), arg[0], #arg, arg[#arg], select('#', ...), ...)";

#[test]
fn a_file_sees_its_name_and_its_arguments() {
    let room = room("arguments");
    write(&room, "show.lua", SHOW_ARGUMENTS);
    let told = tell(command(["show.lua", "a b", "", "--help", "-e"]).current_dir(&room));
    let expected = "show.lua|a b||--help|-e\tshow.lua\t4\t-e\t4\ta b\t\t--help\t-e\n";
    assert_eq!((&*told.stdout, &*told.stderr, told.status), (expected, "", 0));
}

#[test]
fn code_sees_its_arguments() {
    let told = run(["-e", SHOW_ARGUMENTS, "one", "--lang"]);
    let expected = "-e|one|--lang\t-e\t2\t--lang\t2\tone\t--lang\n";
    assert_eq!((&*told.stdout, told.status), (expected, 0));
    assert_eq!(eval("").status, 0, "no code at all is a script that does nothing");
}

/// A file that cannot be written is wrong usage, whichever option names it.
#[test]
fn a_recording_that_cannot_be_made_is_wrong_usage() {
    let of_record: &[&str] = &[
        "record",
        "--listen",
        "tcp://127.0.0.1:0",
        "--to",
        "tcp://127.0.0.1:1",
        "-o",
        "/nosuch/x",
    ];
    for words in [of_record, &["--trace", "/nosuch/x", "-e", "print(1)"]] {
        let told = run(words);
        assert_eq!(
            (&*told.stdout, told.status),
            ("", 2),
            "{words:?}: {}",
            told.stderr
        );
        assert_eq!(
            told.complaint(),
            "wirescript: cannot record: [Errno 2] No such file or directory: '/nosuch/x'"
        );
    }
}

/// Standard output has what the script says.
#[test]
fn a_recording_is_not_printed() {
    let of_record: &[&str] = &[
        "record",
        "--listen",
        "tcp://127.0.0.1:0",
        "--to",
        "tcp://127.0.0.1:1",
        "-o",
        "-",
    ];
    for (option, words) in [
        ("-o", of_record),
        ("--trace", &["--trace", "-", "-e", "print(1)"]),
        ("--pcap", &["--pcap", "-", "-e", "print(1)"]),
    ] {
        let told = run(words);
        assert_eq!((&*told.stdout, told.status), ("", 2), "{words:?}");
        assert_eq!(
            told.complaint(),
            format!(
                "wirescript: {option} records to a file, never to standard output; a file of that name is './-'"
            )
        );
    }
}

#[test]
fn a_script_from_standard_input() {
    let told = fed(&["-", "one", "two"], SHOW_ARGUMENTS.as_bytes());
    let expected = "-|one|two\t-\t2\ttwo\t2\tone\ttwo\n";
    assert_eq!((&*told.stdout, told.status), (expected, 0));
    assert_eq!(fed(&["-"], b"").status, 0);
    let told = fed(&["-"], b"print(1)\nerror('here')");
    assert_eq!((&*told.stdout, told.status), ("1\n", 1));
    assert_eq!(told.complaint(), "wirescript: stdin:2: here");
}

#[test]
fn an_executable_script_runs_by_its_first_line() {
    let room = room("executable");
    // The shell writes the file: no child of another test can hold it open for writing when it is started.
    let told = tell(
        Command::new("sh")
            .args([
                "-c",
                r#"printf '#!%s\n%s' "$1" "$2" > run && chmod +x run && exec ./run one two"#,
                "sh",
                WIRESCRIPT,
                SHOW_ARGUMENTS,
            ])
            .current_dir(&room),
    );
    let expected = "./run|one|two\t./run\t2\ttwo\t2\tone\ttwo\n";
    assert_eq!((&*told.stdout, &*told.stderr, told.status), (expected, "", 0));
}

#[test]
fn what_stands_before_the_first_line_of_code() {
    let room = room("first_line");
    for (name, head) in [
        ("mark", "\u{feff}\n"),
        ("comment", "#!/usr/bin/env wirescript\n"),
        ("both", "\u{feff}#!/usr/bin/env wirescript\n"),
        ("plain_comment", "# not Lua at all\n"),
        ("line_ends", "#!/usr/bin/env wirescript\r\n"),
    ] {
        let path = write(
            &room,
            name,
            format!("{head}print('second line')\nerror('third')\n"),
        );
        let told = run([&path]);
        assert_eq!((&*told.stdout, told.status), ("second line\n", 1), "{name}");
        assert!(
            told.complaint().ends_with(":3: third"),
            "{name}: {}",
            told.complaint()
        );
    }
    let only = write(&room, "only", "#!/usr/bin/env wirescript");
    assert_eq!(
        run([&only]).status,
        0,
        "a first line without an end, and nothing after it"
    );
}

#[test]
fn names_need_not_be_utf8() {
    let room = room("names");
    let name = OsStr::from_bytes(b"caf\xe9 \xff.lua");
    write(
        &room,
        name,
        "print(sys.argv[1] == 'caf\\xe9 \\xff.lua', repr(sys.argv[2]), ... == 'x\\xff')",
    );
    let told = tell(command([name, OsStr::from_bytes(b"x\xff")]).current_dir(&room));
    assert_eq!(
        (&*told.stdout, &*told.stderr, told.status),
        ("true\tb'x\\xff'\ttrue\n", "", 0)
    );
    let missing = OsStr::from_bytes(b"missing\xff.lua");
    let told = tell(command([missing]).current_dir(&room));
    assert_eq!(
        (&*told.stdout, told.status, told.stderr.lines().count()),
        ("", 2, 1),
        "{told:?}"
    );
    let code = OsStr::from_bytes(b"print(#'\xff\xfe')");
    let told = run([OsStr::new("-e"), code]);
    assert_eq!((&*told.stdout, told.status), ("2\n", 0), "code that is not UTF-8");
}

#[test]
fn modules_lie_beside_the_script() {
    let room = room("modules");
    write(&room, "neighbour.lua", "return {name = 'neighbour'}");
    let script = write(&room, "script.lua", "print(require('neighbour').name)");
    let told = tell(command([&script]).current_dir("/"));
    assert_eq!(
        (&*told.stdout, told.status),
        ("neighbour\n", 0),
        "{}",
        told.stderr
    );
}

/// What a script says at its end, and the status that has; CPython's, where it has the same words.
const STATUSES: &[(&str, &str, i32)] = &[
    ("", "", 0),
    ("sys.exit()", "sys.exit()", 0),
    ("sys.exit(nil)", "sys.exit(None)", 0),
    ("sys.exit(0)", "sys.exit(0)", 0),
    ("sys.exit(3)", "sys.exit(3)", 3),
    ("sys.exit(true)", "sys.exit(True)", 1),
    ("sys.exit(false)", "sys.exit(False)", 0),
    ("sys.exit(255)", "sys.exit(255)", 255),
    ("sys.exit(256)", "sys.exit(256)", 0),
    ("sys.exit(-1)", "sys.exit(-1)", 255),
    ("sys.exit((1 << 40) + 7)", "sys.exit((1 << 40) + 7)", 7),
    ("sys.exit(math.maxinteger)", "sys.exit(2**63 - 1)", 255),
    ("sys.exit(math.mininteger)", "sys.exit(-2**63)", 0),
    ("sys.exit('text')", "sys.exit('text')", 1),
    ("sys.exit('0')", "sys.exit('0')", 1),
    ("sys.exit('')", "sys.exit('')", 1),
    ("sys.exit(1.5)", "sys.exit(1.5)", 1),
    ("sys.exit({})", "sys.exit([])", 1),
    ("error(errors.OSError(2, 'text'))", "raise OSError(2, 'text')", 1),
    (
        "error(errors.KeyboardInterrupt())",
        "raise KeyboardInterrupt",
        130,
    ),
    ("error('text')", "raise Exception('text')", 1),
    ("x =", "x =", 1),
    ("pcall(sys.exit, 3)", "", 0),
    ("task.spawn(function() error('lost') end)", "", 1),
    ("task.spawn(function() sys.exit(3) end)", "", 0),
    ("task.spawn(function() task.sleep(60) end) sys.exit(4)", "", 4),
    ("os.exit()", "", 0),
    ("os.exit(nil)", "", 0),
    ("os.exit(true)", "", 0),
    ("os.exit(false)", "", 1),
    ("os.exit(5)", "", 5),
    ("os.exit(5, true)", "", 5),
    ("os.exit(-1)", "", 255),
    ("os.exit(1 << 40)", "", 0),
    ("pcall(os.exit, 6)", "", 6),
    ("task.spawn(function() os.exit(7) end)", "", 7),
];

#[test]
fn no_socket_stands_for_a_standard_stream_that_is_closed() {
    let script = r#""$1" -e 'io.stderr:write(socket.socket():fileno() > 2 and "above" or "below")' <&- >&-"#;
    let told = tell(Command::new("sh").args(["-c", script, "sh", WIRESCRIPT]));
    assert_eq!((&*told.stderr, told.status), ("above", 0));
}

#[test]
fn exit_statuses() {
    for (lua, _, status) in STATUSES {
        let told = eval(lua);
        assert_eq!(told.status, *status, "{lua}: {told:?}");
        assert_eq!(told.stdout, "", "{lua}");
    }
}

#[test]
fn exit_statuses_are_cpythons() {
    let Some(python) = support::python() else { return };
    for (_, code, status) in STATUSES.iter().filter(|(_, code, _)| !code.is_empty()) {
        let mut command = Command::new(&python);
        let told = Running::start(command.args(["-c", &format!("import sys\n{code}")])).finish(LIMIT);
        // CPython ends itself with SIGINT where a shell would see 130.
        let got = told.status.map(|status| status.code().unwrap_or(130));
        assert_eq!(got, Some(*status), "{code}: {}", told.stderr);
    }
}

#[test]
fn lua_s_own_exit_takes_what_lua_takes() {
    for code in ["os.exit(7.0)", "os.exit('7')"] {
        assert_eq!(eval(code).status, 7, "{code}");
    }
    for code in ["os.exit({})", "os.exit(1.5)"] {
        let told = eval(code);
        assert_eq!(told.status, 1, "{code}");
        assert!(
            told.stderr.contains("bad argument #1 to 'exit'"),
            "{code}: {}",
            told.stderr
        );
    }
}

#[test]
fn a_made_system_exit_ends_the_script_as_sys_exit_does() {
    for (lua, status, stderr) in [
        ("error(errors.SystemExit())", 0, ""),
        ("error(errors.SystemExit(3))", 3, ""),
        ("error(errors.SystemExit('bye'))", 1, "bye\n"),
    ] {
        let told = eval(lua);
        assert_eq!((told.status, &*told.stderr), (status, stderr), "{lua}");
    }
}

#[test]
fn the_text_given_to_sys_exit_goes_to_stderr_as_it_is() {
    for text in ["bye", "1", "0", "", "two\nlines"] {
        let told = eval(&format!("sys.exit({text:?})"));
        assert_eq!((&*told.stdout, told.status), ("", 1), "{text:?}");
        assert_eq!(
            told.stderr,
            format!("{text}\n"),
            "{text:?}: CPython prints it bare"
        );
    }
}

#[test]
fn an_uncaught_error_shows_position_message_and_traceback() {
    let room = room("uncaught");
    write(
        &room,
        "fails.lua",
        "local function inner()\n  socket.socket():recv(-1)\nend\ninner()\n",
    );
    let told = tell(command(["fails.lua"]).current_dir(&room));
    assert_eq!((told.status, &*told.stdout), (1, ""));
    assert_eq!(
        told.complaint(),
        "wirescript: fails.lua:2: ValueError: negative buffersize in recv"
    );
    assert!(
        told.stderr.contains("fails.lua:4: in main chunk"),
        "{}",
        told.stderr
    );
}

#[test]
fn help_tells_of_what_a_script_holds() {
    for (language, code, start) in [
        ("lua", "help(socket)", "socket  module\n"),
        ("lua", "help(socketserver)", "socketserver  module\n"),
        (
            "lua",
            "help(socketserver.UDPServer)",
            "socketserver.UDPServer  class",
        ),
        (
            "lua",
            "help(socketserver.class(socketserver.UDPServer))",
            "socketserver.UDPServer  class",
        ),
        (
            "lua",
            "help(socket.socket)",
            "socket.socket  function of module socket\n",
        ),
        (
            "rhai",
            "help(socketserver::UDPServer)",
            "socketserver::UDPServer  class",
        ),
    ] {
        if language == "rhai" && cfg!(not(feature = "rhai")) {
            continue;
        }
        let told = run(["--lang", language, "-e", code]);
        assert_eq!((told.status, &*told.stderr), (0, ""), "{code}: {told:?}");
        assert!(told.stdout.starts_with(start), "{code}: {told:?}");
    }
}

#[test]
fn help_and_version() {
    for flag in ["--help", "-h"] {
        let told = run([flag]);
        assert_eq!((told.status, &*told.stderr), (0, ""), "{flag}");
        for word in ["Usage: wirescript", "-e", "--lang", "--max-memory", "--version"] {
            assert!(
                told.stdout.contains(word),
                "{flag} tells of {word}: {}",
                told.stdout
            );
        }
    }
    for flag in ["--version", "-V"] {
        let told = run([flag]);
        let expected = format!("wirescript {}\n", env!("CARGO_PKG_VERSION"));
        assert_eq!(
            (&*told.stdout, &*told.stderr, told.status),
            (&*expected, "", 0),
            "{flag}"
        );
    }
}

#[test]
fn wrong_usage_is_status_2_and_says_what_is_wrong() {
    for (arguments, word) in [
        (&["--no-such-flag"][..], "--no-such-flag"),
        (&["-z"], "-z"),
        (&["--lang", "perl", "-e", "print(1)"], "perl"),
        (&["--lang"], "--lang"),
        (&["-e"], "-e"),
        (&["-e", "print(1)", "-e", "print(2)"], "--eval"),
        (&["--max-memory", "-1", "-e", ""], "--max-memory"),
        (&["--max-memory", "lots", "-e", ""], "lots"),
        (
            &["--max-memory", "99999999999999999999999", "-e", ""],
            "--max-memory",
        ),
    ] {
        let told = run(arguments);
        assert_eq!((told.status, &*told.stdout), (2, ""), "{arguments:?}: {told:?}");
        assert!(told.stderr.contains(word), "{arguments:?}: {}", told.stderr);
    }
}

#[test]
fn an_unknown_flag_is_called_that_and_not_a_missing_file() {
    for arguments in [&["--no-such-flag"][..], &["--max-memroy", "5", "x.lua"]] {
        let told = run(arguments);
        assert!(
            !told.stderr.contains("No such file"),
            "{arguments:?}: {}",
            told.stderr
        );
    }
}

#[test]
fn the_language_can_be_named() {
    let script = write(&room("language"), "script.rhai", "print('lua')");
    let told = run([OsStr::new("--lang"), OsStr::new("lua"), script.as_os_str()]);
    assert_eq!((&*told.stdout, told.status), ("lua\n", 0));
    if !cfg!(feature = "rhai") {
        let told = run([&script]);
        assert_eq!((told.stderr.lines().count(), told.status), (1, 1), "{told:?}");
    }
}

#[test]
fn memory_that_runs_out_is_an_error_like_others() {
    let limit = ["--max-memory", "50000000", "-e"];
    let run = |code: &str| run(limit.into_iter().chain([code]));
    let greedy = "local t = {} for i = 1, math.huge do t[i] = ('x'):rep(1000) .. i end";
    let told = run(greedy);
    assert_eq!((told.status, &*told.stdout), (1, ""));
    assert!(told.complaint().contains("not enough memory"), "{}", told.stderr);
    let told = run(&format!(
        "print(pcall(function() {greedy} end)) local t = {{}} for i = 1, 1e5 do t[i] = {{}} end print(#t)"
    ));
    assert_eq!(
        (&*told.stdout, told.status),
        ("false\tnot enough memory\n100000\n", 0)
    );
    let told = run("print(pcall(string.rep, 'x', 1 << 40))");
    assert_eq!(
        (told.stdout.starts_with("false\t"), told.status),
        (true, 0),
        "{told:?}"
    );
    let told = tell(&mut command(["--max-memory", "100", "-e", "print(1)"]));
    assert_eq!(
        (told.status, &*told.stdout, told.stderr.lines().count()),
        (1, "", 1),
        "{told:?}"
    );
}

/// Runs the command with this on its standard input.
fn fed(arguments: &[&str], input: &[u8]) -> Told {
    let room = room("fed");
    write(&room, "input", input);
    let words = ["-c", r#"exec "$0" "$@" <input"#, WIRESCRIPT];
    tell(
        Command::new("sh")
            .args(words.iter().chain(arguments))
            .current_dir(room),
    )
}

#[test]
fn a_task_that_ends_as_it_was_asked_to_is_no_failure() {
    for (language, code) in [
        (
            "lua",
            "local t = task.spawn(task.sleep, 100) task.sleep(0) t:cancel() task.sleep(0)
             local ok, e = pcall(t.join, t) assert(not ok and e:is('CancelledError'))
             local alone = task.spawn(task.sleep, 100) task.sleep(0) alone:cancel()",
        ),
        (
            "rhai",
            "let t = task::spawn(|| task::sleep(100)); task::sleep(0); t.cancel(); task::sleep(0);
             try { t.join(); throw 1; } catch (e) { if !e.is(\"CancelledError\") { throw e } }
             let alone = task::spawn(|| task::sleep(100)); task::sleep(0); alone.cancel();",
        ),
    ] {
        let told = run(["--lang", language, "-e", code]);
        assert_eq!((told.status, &*told.stderr), (0, ""), "{language}");
    }
    // What it makes of its cancelling is one, and so is another's cancelling.
    for code in [
        "local t = task.spawn(function() pcall(task.sleep, 100) error('own') end) task.sleep(0) t:cancel()",
        "local t = task.spawn(task.sleep, 100) local u = task.spawn(t.join, t) task.sleep(0) t:cancel()",
    ] {
        let told = run(["-e", code]);
        assert_eq!((told.status, told.stderr.is_empty()), (1, false), "{code}");
    }
}

#[test]
fn the_reference_in_the_terminal_tells_how_it_is_asked() {
    for word in ["--help", "-h"] {
        let told = run(["doc", word]);
        assert_eq!((told.status, &*told.stderr), (0, ""));
        assert!(told.stdout.contains("wirescript doc NAME"), "{}", told.stdout);
    }
    let datagram = run(["doc", "packet.UDP"]);
    assert!(
        datagram.stdout.contains("over (source ip4,"),
        "{}",
        datagram.stdout
    );
    assert!(
        datagram.stdout.contains("zero u8; default 0, protocol u8"),
        "{}",
        datagram.stdout
    );
    let rhai = run(["doc", "socket.recv", "--rhai"]);
    assert!(rhai.stdout.contains("let a = pair[0]"), "{}", rhai.stdout);
    for (words, usage) in [
        (&["trace", "--help"][..], "wirescript trace <COMMAND>"),
        (&["trace", "text", "-h"], "wirescript trace text [OPTIONS] <FILE>"),
    ] {
        let told = run(words);
        assert_eq!((told.status, &*told.stderr), (0, ""));
        assert!(told.stdout.contains(usage), "{}", told.stdout);
    }
    assert_eq!(run(["doc", "--wrong"]).status, 2);
    assert_eq!(run(["doc", "no_such_name"]).status, 1);
}
