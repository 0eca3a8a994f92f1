//! The prompt at a terminal: a person types, and the screen shows what it should. The terminal is a real one
//! (`support/terminal.rs`), and every step waits for what it expects to see.

#[path = "support/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod support;
#[path = "support/terminal.rs"]
mod terminal;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use support::{LIMIT, Running};
use terminal::{CTRL_C, CTRL_D, CTRL_R, ENTER, TAB, Terminal, UP};

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("repl-{name}"));
    // One of an earlier run may be there.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn lua(name: &str) -> Terminal {
    Terminal::start(&[], &folder(name))
}

/// The port in the last address on the screen.
fn port(terminal: &Terminal) -> u16 {
    let text = terminal.text();
    let (_, rest) = text
        .rsplit_once("('127.0.0.1', ")
        .expect("an address on the screen");
    rest.split(')')
        .next()
        .and_then(|digits| digits.parse().ok())
        .expect("a port")
}

#[test]
fn values_are_shown() {
    let mut person = lua("values");
    for (entry, shown) in [
        ("1 + 1", "2"),
        ("=_ * 21", "42"),
        ("'a\\0b'", r"b'a\x00b'"),
        ("nil", "nil"),
        ("socket.AF_INET", "2  AF_INET"),
        ("socket.MSG_PEEK | socket.MSG_OOB", "3  MSG_OOB|MSG_PEEK"),
        ("t = {1, {a = true}} t[3] = t", ""),
        ("t", "{1, {a = true}, <itself>}"),
        ("local s <close> = socket.socket()", ""),
        ("s", "AF_INET SOCK_STREAM CLOSED"),
        (
            "s:getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)",
            "1  SOCK_STREAM",
        ),
        (
            "socket.getaddrinfo('127.0.0.1', 80)[1]",
            "<AddressFamily.AF_INET: 2>",
        ),
        ("print", "<function (built in)>"),
        ("'h\u{e9}'", r"b'h\xc3\xa9'  hé"),
    ] {
        person.enter(entry);
        let text = person.text();
        let last = text
            .rsplit_once(&format!("> {entry}\n"))
            .map_or("", |(_, after)| after);
        assert!(last.contains(shown), "{entry}: {shown}\n{text}");
    }
    let before = person.raw.len();
    person.enter("('x'):rep(10 * 1024 * 1024)");
    person.until_text("and 10,485,504 more bytes, 10,485,760 in all");
    let written = person.raw.len() - before;
    assert!(written < 15_000, "{written} bytes were written");
    person.keys(CTRL_D);
    assert_eq!(person.end(), Some(0));
}

#[test]
fn an_entry_of_several_lines_is_read_to_its_end() {
    let mut person = lua("lines");
    person.prompt();
    person.keys("for i = 1, 2 do");
    person.keys(ENTER);
    person.keys("print('line', i)");
    person.keys(ENTER);
    person.keys("end");
    person.keys(ENTER);
    person.until_text("line\t2".replace('\t', "    ").as_str());
    person.enter("local f = function(x) return x * 2 end");
    person.enter("f(f(3))");
    person.until_text("12");
}

#[test]
fn completion_knows_what_fits() {
    let mut person = lua("completion");
    person.enter("local s = socket.socket()");
    person.enter("point = {first = 1, second = 2}");
    person.keys("s:setsockopt(socket.SOL_TCP, TCP_");
    person.keys(TAB);
    person.until_text("TCP_NODELAY");
    person.until_line("s:setsockopt(socket.SOL_TCP, socket.TCP_, value, optlen=nil)");
    let text = person.text();
    assert!(
        text.contains("TCP_KEEPIDLE") && !text.contains("SO_REUSEADDR"),
        "{text}"
    );
    person.keys("NOD");
    person.keys(TAB);
    person.until_line("socket.TCP_NODELAY, value, optlen=nil)");
    person.give_up();
    for (typed, offered, not) in [
        ("s:getsock", "getsockopt", "getpeername"),
        ("s:get", "getpeername", "gethostname"),
        ("point.", "second", "recv"),
        ("socket.get", "getaddrinfo", "getpeername"),
        (":sa", ":save-test", ":tasks"),
        ("socket.create_server({'', 0}, {", "dualstack_ipv6=", "bufsize="),
        ("socket.socket():re", "recv_into", "getaddrinfo"),
        ("help('socket.create_", "socket.create_server", "socket.recv"),
    ] {
        person.keys("\x0c");
        person.until("an empty screen", |person| person.text() == "lua>");
        person.keys(typed);
        person.keys(TAB);
        person.until_text(offered);
        person.until("the line again", |person| person.last_line().starts_with("lua> "));
        let text = person.text();
        assert!(!text.contains(not), "{typed}: {text}");
        person.give_up();
    }
    // A single candidate is written at once.
    person.keys("soc\t.create_c\t(");
    person.until_line("lua> socket.create_connection(address, timeout=default, source_address=nil, a…");
    person.give_up();
    person.keys("s:recv(");
    person.until_line("s:recv(bufsize, flags=0)");
    person.keys("10, ");
    person.until_line("s:recv(10, flags=0)");
}

#[test]
fn history_is_kept_searched_and_private() {
    let state = folder("history");
    let mut person = Terminal::start(&[], &state);
    person.enter("print('from the first session')");
    person.enter(" secret = 1");
    person.keys(CTRL_D);
    assert_eq!(person.end(), Some(0));
    let file = state.join("wirescript/history");
    let mode = std::fs::metadata(&file).expect("a history").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let kept = std::fs::read_to_string(&file).expect("a history");
    assert!(
        kept.contains("first session") && !kept.contains("secret"),
        "{kept}"
    );

    let mut person = Terminal::start(&[], &state);
    person.prompt();
    person.keys(UP);
    person.until_line("print('from the first session')");
    person.give_up();
    person.keys(CTRL_R);
    person.keys("first sess");
    person.until_text("print('from the first session')");
    person.keys(ENTER);
    person.until("the printed line", |person| {
        person.text().lines().any(|line| line == "from the first session")
    });
}

#[test]
fn a_signal_that_ends_it_leaves_the_terminal_as_it_was() {
    for signal in ["TERM", "HUP", "QUIT"] {
        let mut person = lua("signals");
        person.enter("1 + 1");
        person.until_text("2");
        let modes = person.end_by(signal);
        let words: Vec<&str> = modes.split([' ', ';', '\n']).collect();
        for mode in ["echo", "icanon", "isig"] {
            assert!(words.contains(&mode), "SIG{signal}: {mode} is off: {modes}");
        }
    }
}

#[test]
fn a_server_answers_while_a_line_is_typed() {
    let mut person = lua("server");
    person.enter("local s = socket.create_server({'127.0.0.1', 0})");
    person.enter("s:getsockname()");
    let port = port(&person);
    person.enter("task.spawn(function() while true do local c = s:accept() print('a client came') c:sendall('hi') c:close() end end)");
    person.keys("print('half");
    person.until_line("print('half");
    for _ in 0..3 {
        let mut client = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
        let mut answer = String::new();
        client.read_to_string(&mut answer).expect("an answer");
        assert_eq!(answer, "hi");
    }
    person.until("three lines above the one that is typed", |person| {
        let text = person.text();
        text.matches("\na client came").count() == 3 && text.ends_with("lua> print('half")
    });
    person.keys(" typed')");
    person.keys(ENTER);
    person.until("the line's own output", |person| {
        person.text().lines().any(|line| line == "half typed")
    });
    person.enter(":tasks");
    person.until_text("waits  at stdin:3");
    person.enter(":sockets");
    person.until_text("LISTEN  0 of 128 waiting");
    person.until_text("stdin:1: local s = socket.create_server");
}

#[test]
fn ctrl_c_ends_what_runs_and_not_the_prompt() {
    let mut person = lua("interrupt");
    person.enter("local s = socket.create_server({'127.0.0.1', 0})");
    person.enter("task.spawn(function() while true do task.sleep(0.01) n = (n or 0) + 1 end end)");
    for (round, code) in [
        "s:accept()",
        "while true do end",
        "while true do pcall(error) end",
        "task.timeout(100, function() while true do end end)",
    ]
    .iter()
    .enumerate()
    {
        person.prompt();
        person.keys(&format!("print('begun', {round}) {code}"));
        person.keys(ENTER);
        person.until("it to begin", |person| {
            person
                .text()
                .lines()
                .any(|line| line.split_whitespace().eq(["begun", &round.to_string()]))
        });
        person.keys(CTRL_C);
        person.until("it to end", |person| {
            person.text().matches("KeyboardInterrupt").count() == round + 1
        });
    }
    // A line that is half typed is given up.
    person.prompt();
    person.keys("print('never");
    person.until_line("print('never");
    person.give_up();
    person.enter("before = n task.sleep(0.1)");
    person.enter("n > before and s:fileno() > 0");
    person.until_text("true");
    person.keys(CTRL_D);
    assert_eq!(person.end(), Some(0));
}

#[test]
fn a_busy_port_is_told_with_who_holds_it() {
    let mut person = lua("busy");
    person.enter("local one = socket.create_server({'127.0.0.1', 0})");
    person.enter("local two = socket.create_server(one:getsockname())");
    person.until_text("code = EADDRINUSE, op = bind");
    person.until_text("is held by this program, fd");
    person.until_text("stdin:1: local one = socket");
    let other = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = other.local_addr().expect("an address").port();
    person.enter(&format!("socket.create_server({{'127.0.0.1', {port}}})"));
    person.until_text(&format!("port {port} is held by"));
    person.until_text(&format!("(process {})", std::process::id()));
}

#[test]
fn a_session_is_saved_as_a_script_and_as_a_test() {
    let state = folder("save");
    let mut person = Terminal::start(&[], &state);
    for entry in [
        "local a, b = socket.socketpair()",
        "a:sendall('hello')",
        "local data = b:recv(3)",
        "data",
        "b:recv(10)",
        "{1, 'two', false}",
        "a:fileno()",
        "socket.inet_aton('no address')",
        "_ + 1",
        "for",
    ] {
        if entry == "for" {
            person.keys("for");
            person.keys(ENTER);
            person.give_up();
            continue;
        }
        person.enter(entry);
    }
    person.enter(":save session.lua");
    person.until_text("written to session.lua");
    person.enter(":save-test session_test.lua");
    person.until_text("written to session_test.lua");
    let run = |file: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
        Running::start(command.arg(file).current_dir(&state)).finish(LIMIT)
    };
    let done = run("session.lua");
    let text = std::fs::read_to_string(state.join("session.lua")).unwrap_or_default();
    assert_eq!(done.complaint(), None, "{text}");
    assert!(done.stdout.starts_with("b'hel'\n"), "{}\n{text}", done.stdout);
    let text = std::fs::read_to_string(state.join("session_test.lua")).unwrap_or_default();
    assert!(text.contains("expect.equal(repr(_), \"b'lo'\")"), "{text}");
    saved_test_passes(&state, "session_test.lua");
    // A test that cannot fail is none.
    std::fs::write(state.join("session_test.lua"), text.replace("b'lo'", "b'la'")).expect("a file");
    let done = tested(&state, "session_test.lua");
    assert_eq!(done.status.and_then(|status| status.code()), Some(1));
    assert!(
        done.stdout
            .contains("expected: \"b'la'\"\n    received: \"b'lo'\""),
        "{}",
        done.stdout
    );
}

/// Runs a file of tests.
fn tested(folder: &std::path::Path, file: &str) -> support::Finished {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    Running::start(command.args(["test", file]).current_dir(folder)).finish(LIMIT)
}

/// A saved test passes, by the runner and as a script.
fn saved_test_passes(folder: &std::path::Path, file: &str) {
    let text = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
    let done = tested(folder, file);
    assert_eq!(done.complaint(), None, "{}\n{text}", done.stdout);
    assert!(done.stdout.contains("1 passed in"), "{}\n{text}", done.stdout);
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    let done = Running::start(command.arg(file).current_dir(folder)).finish(LIMIT);
    assert_eq!(done.complaint(), None, "{text}");
}

#[test]
fn rhai_is_spoken_too() {
    let state = folder("rhai");
    let mut person = Terminal::start(&["--rhai"], &state);
    for (entry, shown) in [
        ("let s = socket::socket();", ""),
        ("s.family", "2  AF_INET"),
        ("fn double(x) { x * 2 }", ""),
        ("double(4)", "8"),
        ("_ + 1", "9"),
        ("[1, #{a: bytes(\"\\xff\")}]", "[1, #{a: b'\\xff'}]"),
        ("\"text\"", "'text'"),
        (
            "socket::create_connection([\"127.0.0.1\", 1])",
            "code = ECONNREFUSED",
        ),
        (":lua", "this is Lua"),
        ("n = 7", ""),
        (":rhai", "this is Rhai"),
        ("s.type", "1  SOCK_STREAM"),
    ] {
        person.enter(entry);
        let text = person.text();
        let last = text
            .rsplit_once(&format!("> {entry}\n"))
            .map_or("", |(_, after)| after);
        assert!(last.contains(shown), "{entry}: {shown}\n{text}");
    }
    person.keys("s.getsock");
    person.keys(TAB);
    person.until_text("getsockname");
    person.until_line("rhai> s.getsock");
    person.give_up();
    person.keys("loop { print(\"begun\");");
    person.keys(ENTER);
    person.keys("loop {} }");
    person.keys(ENTER);
    person.until("it to begin", |person| {
        person
            .text()
            .lines()
            .any(|line| line.ends_with("begun") && !line.contains("print"))
    });
    person.keys(CTRL_C);
    person.until_text("KeyboardInterrupt");
    person.enter(":save session.rhai");
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    let done = Running::start(command.arg("session.rhai").current_dir(&state)).finish(LIMIT);
    let text = std::fs::read_to_string(state.join("session.rhai")).unwrap_or_default();
    assert_eq!(done.complaint(), None, "{text}");
    assert!(done.stdout.contains("8\n9\n"), "{}\n{text}", done.stdout);
    person.enter(":save-test session_test.rhai");
    person.until_text("written to session_test.rhai");
    let text = std::fs::read_to_string(state.join("session_test.rhai")).unwrap_or_default();
    for part in [
        "fn double(x) { x * 2 }\n\ntest(",
        "expect::equal(repr(_last), \"9\")",
        "expect::raises(\"ConnectionRefusedError\", || {",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    saved_test_passes(&state, "session_test.rhai");
}

#[test]
fn a_script_that_failed_leaves_its_sockets() {
    let state = folder("after");
    let script = "local a, b = socket.socketpair()\na:sendall('left over')\nerror('it broke')\n";
    std::fs::write(state.join("fails.lua"), script).expect("a file");
    let mut person = Terminal::start(&["-i", "fails.lua"], &state);
    person.until_text("fails.lua:3: it broke");
    person.enter("b:recv(20)");
    person.until_text("b'left over'");
    person.keys("sys.exit(3)");
    person.keys(ENTER);
    assert_eq!(person.end(), Some(3));
}

#[test]
fn a_dumb_terminal_and_one_without_colours_get_plain_text() {
    let state = folder("dumb");
    let mut person = Terminal::start_with(&[], &state, &[("TERM", "dumb")]);
    person.prompt();
    person.keys("1 + 1\r");
    person.until("the value", |person| {
        person.text().lines().any(|line| line == "2")
    });
    person.keys("task.spawn(print, 'beside')\r");
    person.until("what a task prints", |person| {
        person
            .text()
            .lines()
            .any(|line| line.ends_with("beside") && !line.contains("spawn"))
    });
    person.keys("print('begun') while true do end\r");
    person.until("it to begin", |person| {
        person
            .text()
            .lines()
            .any(|line| line.ends_with("begun") && !line.contains("print"))
    });
    person.keys(CTRL_C);
    person.until_text("KeyboardInterrupt");
    person.keys("sys.exit(0)\r");
    assert_eq!(person.end(), Some(0));
    assert!(
        !person.raw.contains(&0x1b),
        "{}",
        String::from_utf8_lossy(&person.raw)
    );

    let colours = [("TERM", "xterm"), ("NO_COLOR", "1")];
    let mut person = Terminal::start_with(&[], &state, &colours);
    person.enter("'text', 1, nil, socket.socket()");
    person.enter("error('no')");
    let raw = String::from_utf8_lossy(&person.raw).into_owned();
    // What sets colours ends in an m; what moves the cursor does not.
    let colours = raw.split("\x1b[").skip(1).filter(|code| {
        code.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == ';')
            .starts_with('m')
    });
    assert_eq!(colours.count(), 0, "{raw:?}");
}

/// What a pipe's text prints, and the status.
fn piped(arguments: &[&str], text: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    let done = Running::start_with(command.args(arguments), text).finish(LIMIT);
    (
        done.status.and_then(|status| status.code()),
        done.stdout,
        done.stderr,
    )
}

#[test]
fn a_pipe_is_read_like_a_script() {
    let (status, stdout, stderr) = piped(
        &[],
        "local x = 1 + 1\nx\nfor i = 1, 2 do\n  print(i)\nend\ntask.spawn(function() task.sleep(0.05) print('late') end)",
    );
    assert_eq!(status, Some(0), "{stderr}");
    assert!(
        stdout.starts_with("2\n1\n2\n<Task") && stdout.ends_with("late\n"),
        "{stdout}"
    );
    assert_eq!(stderr, "");
    let (status, stdout, stderr) = piped(&[], "print(1)\nerror('no')\nprint(2)\n");
    assert_eq!((status, stdout.as_str()), (Some(1), "1\n"));
    assert!(stderr.starts_with("wirescript: stdin:2: no\n"), "{stderr}");
    assert_eq!(piped(&[], "sys.exit(3)").0, Some(3));
    for failing in [":none", ":load /nowhere.lua", ":help nothing"] {
        let (status, stdout, stderr) = piped(&[], &format!("print(1)\n{failing}\nprint(2)\n"));
        assert_eq!((status, stdout.as_str()), (Some(1), "1\n"), "{failing} {stderr}");
    }
    assert_eq!(piped(&[], "print(").0, Some(1));
    assert_eq!(piped(&["--rhai"], "let a = 3;\na * 2\n").1, "6\n");
    assert_eq!(
        piped(&[], "#!/usr/bin/env wirescript\n'\\xff'\n:rhai\n")
            .1
            .lines()
            .next(),
        Some(r"b'\xff'")
    );
}

/// Bytes that are no UTF-8 are the script's own in Lua, as in a file; Rhai has no strings for them.
#[test]
fn a_pipe_keeps_bytes_that_are_no_text() {
    let run = |arguments: &[&str], entries: &[u8]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
        let mut child = command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut input = child.stdin.take().expect("a pipe");
        input.write_all(entries).expect("it is read");
        drop(input);
        let done = child.wait_with_output().expect("it ends");
        let complaint = String::from_utf8_lossy(&done.stderr).into_owned();
        (done.status.code(), done.stdout, complaint)
    };
    let entries =
        b"print('\xff')\nlocal a <const> = [[\n\xe9\xc3\x01]] -- \xfc\n#a\nprint(a)\n= '\xff' == '\\xff'\n";
    for options in [&[][..], &["-i"]] {
        let (status, stdout, stderr) = run(options, entries);
        assert_eq!((status, &*stderr), (Some(0), ""));
        assert_eq!(stdout, b"\xff\n3\n\xe9\xc3\x01\ntrue\n", "{stdout:?}");
    }
    let (status, stdout, stderr) = run(&[], b"print(1)\n\xff = 2\n");
    assert_eq!((status, &*stdout), (Some(1), &b"1\n"[..]));
    assert!(
        stderr.contains("stdin:2: unexpected symbol near '<\\255>'"),
        "{stderr}"
    );
    let (status, stdout, stderr) = run(&["--rhai"], b"print(1);\nprint(\"\xff\");\nprint(3);\n");
    assert_eq!((status, &*stdout), (Some(1), &b"1\n"[..]));
    assert!(
        stderr.contains("stdin:2: the entry is not valid UTF-8"),
        "{stderr}"
    );
    let (status, stdout, _) = run(&["--rhai", "-i"], b"print(\"\xff\");\nprint(3);\n");
    assert_eq!((status, &*stdout), (Some(0), &b"3\n"[..]));
}

/// A byte that is no UTF-8 costs the line it was typed in, and not the session.
#[test]
fn a_typed_byte_that_is_no_text_ends_no_session() {
    let mut person = lua("garbled");
    person.enter("kept = socket.socketpair()");
    person.prompt();
    person.keys("print('f");
    person.until_line("print('f");
    person.bytes(b"\xfc");
    person.until_text("SyntaxError: what was typed is not UTF-8");
    person.enter("kept");
    person.until_text("AF_UNIX");
    person.enter(":cancel");
    person.until_text("say which task: :cancel NUMBER (:tasks lists them)");
    person.keys(CTRL_D);
    assert_eq!(person.end(), Some(0));
}

/// With `-i` the prompt comes whatever the script did, as with `python3 -i`, and an entry that fails does not end it.
#[test]
fn a_pipe_gets_the_prompt_after_a_script() {
    let state = folder("piped_after");
    let path = |name: &str, source: &str| {
        std::fs::write(state.join(name), source).expect("a file");
        state.join(name).to_string_lossy().into_owned()
    };
    for (name, source, said) in [
        ("fails.lua", "kept = 5 error('it broke')", "it broke"),
        ("ends.lua", "kept = 5 sys.exit(3)", "SystemExit: 3"),
        ("fails.rhai", "let kept = 5; throw \"it broke\";", "it broke"),
        ("ends.rhai", "let kept = 5; sys::exit(3);", "SystemExit: 3"),
    ] {
        let script = path(name, source);
        let (status, stdout, stderr) = piped(&["-i", &script], "print(kept)\nprint(kept(\n");
        assert_eq!((status, stdout.as_str()), (Some(0), "5\n"), "{name}: {stderr}");
        assert!(stderr.contains(said), "{name}: {stderr}");
        assert_eq!(
            piped(&["-i", &script], "nothing_like_it()\nsys.exit(7)\nsys::exit(7)\n").0,
            Some(7),
            "{name}"
        );
    }
    // And without a script.
    for (options, entries) in [
        (&["-i"][..], "nothing_like_it()\nprint(5)\n"),
        (&["-i", "--rhai"], "nothing_like_it()\nprint(5)\n"),
    ] {
        let (status, stdout, _) = piped(options, entries);
        assert_eq!((status, stdout.as_str()), (Some(0), "5\n"), "{options:?}");
    }
    // This ends the program, and not the script alone.
    let script = path("over.lua", "os.exit(4)");
    assert_eq!(piped(&["-i", &script], "print(1)\n").0, Some(4));
}

/// A first session, as the README shows it. `scripts/recording.sh` has this test write the picture.
#[test]
fn a_first_session() {
    let mut person = lua("first");
    person.enter("local server = socket.create_server({'127.0.0.1', 8765})");
    let taken = person.text().contains("EADDRINUSE");
    if taken {
        person.keys("\x0c");
        person.until("an empty screen", |person| person.text() == "lua>");
        person.enter("local server = socket.create_server({'127.0.0.1', 0})");
    }
    person.enter("function serve() while true do local c = server:accept() print('a client!') c:sendall('You said: ' .. c:recv(99)) end end");
    person.enter("task.spawn(serve)");
    person.enter("local s = socket.create_connection(server:getsockname())");
    person.until("the server's word", |person| {
        person.text().lines().any(|line| line == "a client!")
    });
    person.enter("s:sendall('hello')");
    person.enter("s:recv(100)");
    person.until_text("b'You said: hello'");
    person.enter("s");
    person.until_text("ESTABLISHED ('127.0.0.1', ");
    person.enter("local other = socket.create_server(server:getsockname())");
    person.until_text("is held by this program");
    person.enter(":sockets");
    person.until_text("0 of 128 waiting");
    person.keys("s:setsockopt(socket.SOL_TCP, TCP_K\t");
    person.until_text("TCP_KEEPINTVL");
    person.until_line("socket.TCP_KEEP, value, optlen=nil)");
    if let Some(path) = std::env::var_os("WIRESCRIPT_RECORDING") {
        assert!(
            !taken,
            "port 8765 is in use: the picture is to be the same each time"
        );
        std::fs::write(path, person.picture()).expect("the picture is written");
    }
}
