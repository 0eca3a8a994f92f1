//! What the command writes: to which stream, in which order, all of it however the script ends, and what happens when
//! nobody reads it.
#![cfg(all(feature = "cli", feature = "lua", target_os = "linux"))]

#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/runner.rs"]
mod runner;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use runner::{WIRESCRIPT, command, eval, room, run, tell};
use support::{LIMIT, Running, wait_until};

/// Scripts that print `a` to stdout, `b` to stderr and `c` to stdout, and end; what is said after that.
const ENDS: &[(&str, i32, &str)] = &[
    ("", 0, ""),
    ("sys.exit(3)", 3, ""),
    ("sys.exit('words')", 1, "words"),
    ("os.exit(4)", 4, ""),
    ("error('words')", 1, "words"),
    ("error(errors.ValueError('words'))", 1, "words"),
    ("task.spawn(function() error('words') end)", 1, "words"),
];

#[test]
fn output_is_whole_and_in_order_however_a_script_ends() {
    let room = room("order");
    for (place, (end, status, words)) in ENDS.iter().enumerate() {
        let path = room.join(format!("both{place}"));
        let both = File::create(&path).expect("a file in the test's own folder");
        let code = format!("print('a') io.write('b\\n') {end}");
        let ended = command(["-e", &code])
            .stdin(Stdio::null())
            .stdout(both.try_clone().expect("a second handle"))
            .stderr(both)
            .status()
            .expect("the built command starts");
        let text = fs::read_to_string(&path).expect("what it wrote");
        assert_eq!(ended.code(), Some(*status), "{end}: {text}");
        assert!(text.starts_with("a\nb\n"), "{end}: stdout comes first: {text:?}");
        assert!(text[4..].contains(words), "{end}: {text:?}");
        assert_eq!(text[4..].is_empty(), words.is_empty(), "{end}: {text:?}");
    }
}

#[test]
fn much_output_reaches_a_pipe_whole() {
    for (end, status) in [("", 0), ("sys.exit(3)", 3), ("os.exit(4)", 4), ("error('x')", 1)] {
        let told = eval(&format!("for i = 1, 50000 do print('line ' .. i) end {end}"));
        assert_eq!(told.status, status, "{end}");
        assert_eq!(told.stdout.lines().count(), 50_000, "{end}");
        assert!(told.stdout.ends_with("line 50000\n"), "{end}");
    }
}

#[test]
fn stdout_carries_output_and_stderr_what_went_wrong() {
    let told = eval("print('out') io.write('more\\n') io.stderr:write('err\\n') error('bad')");
    assert_eq!((&*told.stdout, told.status), ("out\nmore\n", 1));
    assert!(
        told.stderr.starts_with("err\nwirescript: -e:1: bad\n"),
        "{}",
        told.stderr
    );
}

/// Scripts that do not end by themselves, after they have made the file `ready`.
const ENDLESS: &[&str] = &[
    "time.sleep(600)",
    "local a, b = socket.socketpair() a:recv(1)",
    "local a, b = socket.socketpair() while true do a:send(('x'):rep(65536)) end",
    "local s = socket.create_server({'127.0.0.1', 0}) s:accept()",
    "local u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) u:bind({'127.0.0.1', 0}) u:recvfrom(1)",
    "task.spawn(function() time.sleep(600) end):join()",
    "task.spawn(function() time.sleep(600) end)",
    "while true do end",
    "while true do pcall(time.sleep, 600) end",
    "while true do pcall(error) end",
    "coroutine.wrap(function() while true do end end)()",
];

#[test]
fn ctrl_c_ends_the_script_and_what_it_printed_is_there() {
    if ignores_interrupts() {
        support::note("SIGINT is ignored here, so Ctrl-C was NOT tested");
        return;
    }
    for (place, code) in ENDLESS.iter().enumerate() {
        let room = room(&format!("interrupt{place}"));
        let code = format!("print('before') io.write('no newline') io.open('ready', 'w'):close() {code}");
        let running = Running::start(command(["-e", &code]).current_dir(&room));
        let ready = wait_until(Instant::now() + Duration::from_secs(10), || {
            room.join("ready").exists().then_some(())
        });
        assert!(ready.is_some(), "{code} never got going");
        let process = running.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &process]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill works");
        let told = runner::ended(running.finish(LIMIT), &code);
        assert_eq!(told.status, 130, "{code}: {told:?}");
        assert_eq!(told.stdout, "before\nno newline", "{code}");
    }
}

#[test]
fn a_printing_script_ends_when_nobody_reads() {
    let mut child = command(["-e", "while true do print('again') end"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the built command starts");
    let mut first = [0; 6];
    let mut pipe = child.stdout.take().expect("a pipe");
    pipe.read_exact(&mut first).expect("a line");
    assert_eq!(&first, b"again\n");
    drop(pipe);
    let deadline = Instant::now() + Duration::from_secs(10);
    let status = wait_until(deadline, || child.try_wait().expect("a child can be waited for"));
    // It may have ended by itself; then both fail.
    let _ = child.kill();
    let _ = child.wait();
    let status = status.expect("a script that prints into a closed pipe ends: CPython's has BrokenPipeError");
    assert!(!status.success(), "its output was lost, so it did not succeed");
}

#[test]
fn the_last_output_into_a_closed_pipe_does_no_harm() {
    for arguments in [&["-e", "io.read() print('late')"][..], &["--help"], &["doc"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut child = command(arguments)
            .stdin(Stdio::piped())
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the built command starts");
        drop(child.stdin.take());
        let done = child.wait_with_output().expect("its end");
        let stderr = String::from_utf8_lossy(&done.stderr);
        // Ended by SIGPIPE, as any command whose output nobody reads, or by itself.
        let ended = done.status.code().is_some() || done.status.signal() == Some(libc::SIGPIPE);
        assert!(ended, "{arguments:?}: {}", done.status);
        assert!(!stderr.contains("panicked"), "{arguments:?}: {stderr}");
    }
}

#[test]
fn output_that_cannot_be_written_is_no_success() {
    for code in [
        "print('lost')",
        "for i = 1, 100 do print(i) end",
        "io.write('lost')",
        "sys.stdout:write('lost')",
    ] {
        let full = File::options().write(true).open("/dev/full").expect("/dev/full");
        let ended = command(["-e", code]).stdout(full).output();
        let ended = ended.expect("the built command starts");
        // CPython ends with 120.
        assert_eq!(ended.status.code(), Some(1), "{code}");
        // Lua's `print` says nothing of it, and the reason is lost to who asks at the end.
        let stderr = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(
            stderr, "wirescript: cannot write standard output: No space left on device\n",
            "{code}"
        );
    }
}

/// What was asked of the command itself: it is told where it did not arrive, except to who has seen enough.
#[test]
fn what_was_asked_for_and_cannot_be_written_is_told() {
    for arguments in [
        "--help",
        "--version",
        "test --help",
        "record --help",
        "completions --help",
        "completions bash",
        "man",
        "doc",
        "doc socket.recv",
        "trace --help",
    ] {
        for (to, reason) in [
            ("> /dev/full", "No space left on device"),
            (">&-", "Bad file descriptor"),
        ] {
            let words = format!("\"$0\" {arguments} {to}");
            let told = tell(Command::new("sh").args(["-c", &words, WIRESCRIPT]));
            assert_eq!(told.status, 1, "{words}: {told:?}");
            let expected = format!("wirescript: cannot write to standard output: {reason}");
            assert!(told.stderr.starts_with(&expected), "{words}: {told:?}");
        }
        let words = format!("{{ sleep 0.05; \"$0\" {arguments}; echo $? >&2; }} | true");
        let told = tell(Command::new("sh").args(["-c", &words, WIRESCRIPT]));
        assert_eq!(told.stderr, "0\n", "{words}");
    }
}

/// Whether this process, and so every child of it, was started with SIGINT ignored.
fn ignores_interrupts() -> bool {
    let status = fs::read_to_string(Path::new("/proc/self/status")).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 2 != 0)
}

#[test]
fn shells_and_man_are_told_of_the_command_line() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let told = run(["completions", shell]);
        assert_eq!((told.status, &*told.stderr), (0, ""), "{shell}");
        for word in ["trace-plaintext", "completions", "fail-fast", "pcap"] {
            assert!(told.stdout.contains(word), "{shell}: {word}");
        }
    }
    // bash reads it, and completes what was begun.
    let completed = r#"eval "$("$0" completions bash)"; COMP_WORDS=(wirescript test --fail) COMP_CWORD=2
        _wirescript wirescript --fail test; echo "${COMPREPLY[*]}""#;
    let told = tell(Command::new("bash").args(["-c", completed, WIRESCRIPT]));
    assert_eq!(
        (&*told.stdout, &*told.stderr, told.status),
        ("--fail-fast\n", "", 0)
    );
    let told = run(["man"]);
    assert!(told.stdout.contains(".TH wirescript 1") && told.stdout.contains("trace\\-plaintext"));
    let told = run(["man", "test"]);
    assert!(told.stdout.contains(".TH wirescript-test 1") && told.stdout.contains("fail\\-fast"));
    for wrong in [&["completions"][..], &["completions", "cmd"], &["man", "recv"]] {
        assert_eq!(run(wrong).status, 2, "{wrong:?}");
    }
}
