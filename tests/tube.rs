//! Conversations, in both languages: `tests/tube/NAME.lua` and `NAME.rhai` print the same, which is what `NAME.txt` says. And what
//! no script can see: which processes are left, what a policy refuses.
#![cfg(all(feature = "cli", target_os = "linux"))]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

fn wirescript() -> Command {
    Command::new(env!("CARGO_BIN_EXE_wirescript"))
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tube")
}

/// What a script prints, which must end well and complain of nothing.
fn run(script: &str) -> String {
    let done = wirescript()
        .arg(scripts().join(script))
        .output()
        .expect("it runs");
    let complaints = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success() && complaints.is_empty(),
        "{script}: {complaints}"
    );
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// Runs a script in each language this build has.
fn both(name: &str) {
    let expected = std::fs::read_to_string(scripts().join(format!("{name}.txt"))).expect("what is expected");
    for (ending, is_there) in [("lua", cfg!(feature = "lua")), ("rhai", cfg!(feature = "rhai"))] {
        if is_there {
            assert_eq!(run(&format!("{name}.{ending}")), expected, "{name}.{ending}");
        }
    }
}

#[test]
fn every_way_of_receiving_loses_nothing() {
    both("reading");
}

#[test]
fn peers_of_every_kind_are_talked_to() {
    both("peers");
}

#[test]
fn programs_are_talked_to_and_end() {
    both("programs");
}

#[test]
fn what_is_expected_is_held_against_what_comes() {
    both("expecting");
}

#[cfg(feature = "lua")]
mod processes {
    use super::*;

    /// Whether a process is there, and no zombie.
    fn lives(pid: &str) -> bool {
        std::fs::read_to_string(format!("/proc/{pid}/stat"))
            .is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().starts_with(" Z"))
    }

    /// Waits until a process is gone.
    fn await_end(pid: &str) {
        let begun = Instant::now();
        while lives(pid) {
            assert!(begun.elapsed() < Duration::from_secs(30), "process {pid} is left");
            std::thread::yield_now();
        }
    }

    /// Starts a program that starts another, and tells the numbers of both.
    const STARTS: &str = r#"
        local t = tube.spawn({"sh", "-c", "sleep 1000 & echo $!; wait"})
        print(t.pid, t:recv_line())
        io.stdout:flush()
    "#;

    fn numbers(line: &str) -> (String, String) {
        let (one, other) = line.trim().split_once('\t').expect("two numbers");
        (one.to_owned(), other.to_owned())
    }

    #[test]
    fn none_is_left_however_the_script_ends() {
        for end in [
            "",
            "error('no')",
            "sys.exit(3)",
            "os.exit(0)",
            "t = nil collectgarbage()",
            "t:close()",
        ] {
            let done = wirescript()
                .args(["-e", &format!("{STARTS} {end}")])
                .output()
                .expect("it runs");
            let (leader, other) = numbers(&String::from_utf8_lossy(&done.stdout));
            await_end(&leader);
            await_end(&other);
        }
    }

    /// A script that waits beside what it has started, and the numbers of both of those.
    fn waiting() -> (Child, String, String) {
        let mut script = wirescript()
            .args(["-e", &format!("{STARTS} task.sleep(1000)")])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        BufReader::new(script.stdout.take().expect("its output"))
            .read_line(&mut line)
            .expect("a line");
        let (leader, other) = numbers(&line);
        (script, leader, other)
    }

    /// As `timeout` ends a run, or whoever closes the terminal.
    #[test]
    fn a_script_that_is_terminated_leaves_nothing_behind() {
        // What is ignored around the tests (`nohup`) is ignored by what they start.
        let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = u64::from_str_radix(ignored.expect("it tells").trim(), 16).expect("a mask");
        for (signal, number) in [("TERM", 15), ("HUP", 1)] {
            if ignored >> (number - 1) & 1 == 1 {
                println!("SIG{signal} is ignored here: not tried");
                continue;
            }
            let (script, leader, other) = waiting();
            let id = script.id().to_string();
            let told = Command::new("kill").args([&format!("-{signal}"), &*id]).status();
            assert!(told.is_ok_and(|status| status.success()));
            let done = script.wait_with_output().expect("it ends");
            assert_eq!(
                std::os::unix::process::ExitStatusExt::signal(&done.status),
                Some(number)
            );
            assert_eq!(String::from_utf8_lossy(&done.stderr), "");
            await_end(&leader);
            await_end(&other);
        }
    }

    #[test]
    fn a_script_that_is_killed_takes_its_program_along() {
        let (mut script, leader, other) = waiting();
        assert!(lives(&leader));
        script.kill().expect("it is killed");
        script.wait().expect("it ends");
        await_end(&leader);
        // The kernel ends the program, and nobody what that has started.
        let killed = Command::new("kill").arg(&other).status();
        assert!(killed.is_ok());
    }

    fn sandboxed(grants: &[&str], code: &str) -> Output {
        wirescript()
            .arg("--sandbox")
            .args(grants)
            .args(["-e", code])
            .output()
            .expect("it runs")
    }

    #[test]
    fn a_policy_is_asked_and_hooks_are_told() {
        let code = r#"
            local function try(...)
                local ok, e = pcall(tube.spawn, ...)
                print(ok, not ok and e.denied)
                if ok then e:close() end
            end
            sys.addaudithook(function(event, args)
                if event:find("Popen") then print(event, repr(args)) end
            end)
            try({"cat", "-u"}, {cwd="/"})
            try("sleep")
        "#;
        let told = "subprocess.Popen\t[b'cat', [b'cat', b'-u'], b'/']\n";
        let none = sandboxed(&[], code);
        assert_eq!(
            String::from_utf8_lossy(&none.stdout),
            "false\ttrue\nfalse\ttrue\n"
        );
        let one = sandboxed(&["--allow-run=cat"], code);
        let text = String::from_utf8_lossy(&one.stdout);
        assert_eq!(text, format!("{told}true\tfalse\nfalse\ttrue\n"));
        let refused = sandboxed(&[], "print(pcall(tube.connect, 'tcp://127.0.0.1:9'))");
        let text = String::from_utf8_lossy(&refused.stdout);
        assert!(text.starts_with("false\tPermissionError"), "{text}");
    }

    /// Records a server of one kind and plays it again, in a folder of its own.
    fn record_and_replay(kind: &str) {
        let folder = std::env::temp_dir().join(format!("wirescript-tube-{kind}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let done = wirescript()
            .current_dir(&folder)
            .arg(scripts().join("recording.lua"))
            .args([env!("CARGO_BIN_EXE_wirescript"), kind])
            .output()
            .expect("it runs");
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        let complaints = String::from_utf8_lossy(&done.stderr).into_owned();
        std::fs::remove_dir_all(&folder).expect("the folder is ours");
        let turn = if kind == "http" { 1 } else { 6 };
        let expected = format!(
            "0\ttrue\ntrue\ntrue\ntrue\nfalse\tAssertionError\tin turn {turn}: expected\ttrue\n\
             true\ttrue\tnil\nfalse\tfalse\tAssertionError\n"
        );
        assert_eq!(text, expected, "{complaints}");
    }

    /// What was recorded is no pattern, however long it is; the masks are, and say the same as in one pattern.
    #[test]
    fn much_is_replayed_under_masks() {
        let folder = std::env::temp_dir().join(format!("wirescript-tube-masks-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let run = |arguments: &[&str]| {
            let done = wirescript()
                .current_dir(&folder)
                .args(arguments)
                .output()
                .expect("it runs");
            let complaints = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(done.status.success(), "{complaints}");
            String::from_utf8_lossy(&done.stdout).into_owned()
        };
        let say = r#"
            function said(agent, number, body)
                local ids = {}
                for i = 1, 1000 do ids[i] = "id=" .. number + i .. ";" end
                return "POST / HTTP/1.0\r\nUser-Agent: " .. agent .. "\r\n\r\n" .. table.concat(ids) .. body
            end
        "#;
        let record = r#"
            local l = tube.listen("tcp://127.0.0.1:0")
            local c = tube.connect(l.url)
            local s = l:accept()
            local text = said("one", 1, ("x"):rep(100000))
            task.spawn(function() c:send(text) end)
            s:recv_exactly(#text)
            s:send("200 fine\r\n")
            print(c:recv_line())
        "#;
        let replay = r#"
            local masks = {"User-Agent: [^\\r\\n]*", "id=\\d+;"}
            for _, text in ipairs {said("another", 1000, ("x"):rep(100000)), said("one", 1, ("x"):rep(99999) .. "y"),
                    (said("one", 1, ("x"):rep(100000)):gsub("id=77;", "id=7x7;"))} do
                local t = tube.replay("said.jsonl", {masks=masks})
                local ok, e = pcall(function()
                    for place = 1, #text, 5000 do t:send(text:sub(place, place + 4999)) end
                end)
                print(ok, ok and t:recv_line() or e.message:match("differs in turn 1"))
            end
            print(pcall(tube.replay, "said.jsonl", {masks={"x{900}{900}"}}))
        "#;
        let recorded = run(&["--trace", "said.jsonl", "-e", &format!("{say}{record}")]);
        assert_eq!(recorded, "200 fine\n");
        let replayed = run(&["-e", &format!("{say}{replay}")]);
        std::fs::remove_dir_all(&folder).expect("the folder is ours");
        assert!(
            replayed.starts_with(
                "true\t200 fine\nfalse\tdiffers in turn 1\nfalse\tdiffers in turn 1\nfalse\tValueError: not a pattern: "
            ),
            "{replayed}"
        );
    }

    #[test]
    fn pythons_http_server_is_recorded_and_replayed() {
        record_and_replay("http");
    }

    #[test]
    fn an_smtp_server_is_recorded_and_replayed() {
        if Command::new("aiosmtpd").arg("--version").output().is_err() {
            eprintln!("SKIPPED: aiosmtpd (Debian's python3-aiosmtpd) is not installed");
            return;
        }
        record_and_replay("smtp");
    }

    #[test]
    fn a_conversation_is_found_wherever_it_went_on() {
        let place = std::env::temp_dir().join(format!("wirescript-tube-found-{}", std::process::id()));
        // An accepted socket that a worker was given, and one that was connected without waiting.
        let given = "local ch = worker.channel()
            local w = worker.spawn([[ local s = (...):recv() s:sendall('hi ') s:sendall('you said ' .. s:recv(10)) s:close() ]], ch)
            local l <close> = socket.create_server {'127.0.0.1', 0}
            task.spawn(function() local s = l:accept() ch:send(s) end)
            local c <close> = socket.create_connection(l:getsockname())
            c:recv(10) c:sendall('A') repeat until c:recv(30) == '' w:join()";
        let hasty = "local l <close> = socket.create_server {'127.0.0.1', 0}
            local server = tube.spawn({'sh', '-c', 'cat'})
            local c <close> = socket.socket() c:setblocking(false) pcall(c.connect, c, l:getsockname())
            select.select({}, {c}, {}) c:setblocking(true)
            c:sendall('A') server:close()";
        for (script, expected) in [(given, "hi you said A"), (hasty, "")] {
            let traced = wirescript()
                .args(["--timeout", "20", "--trace"])
                .arg(&place)
                .args(["-e", script])
                .output()
                .expect("it runs");
            assert!(traced.status.success(), "{traced:?}");
            let code = "local t = tube.replay(arg[1]) t:send('A') io.write(t:recv_all())";
            let told = wirescript()
                .args(["--timeout", "20", "-e", code])
                .arg(&place)
                .output()
                .expect("it runs");
            assert_eq!(String::from_utf8_lossy(&told.stdout), expected, "{told:?}");
        }
        std::fs::remove_file(place).expect("it is ours");
    }

    #[test]
    fn a_person_takes_over() {
        let mut script = wirescript()
            .args([
                "-e",
                "local t = tube.spawn{'sed', '-u', 's/^/> /'} t:send_line('before') t:interact() print('after', t:wait())",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut input = script.stdin.take().expect("its input");
        let mut output = BufReader::new(script.stdout.take().expect("its output"));
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        input.write_all(b"one\n").expect("it listens");
        output.read_line(&mut line).expect("a line");
        input.write_all(b"two\n").expect("it listens");
        drop(input);
        output.read_to_string(&mut line).expect("the rest");
        assert_eq!(line, "> before\n> one\n> two\nafter\t0\n");
        assert!(script.wait().expect("it ends").success());
    }
}
