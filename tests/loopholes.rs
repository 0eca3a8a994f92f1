//! Ways past a policy or a limit of the command that were there once: each is closed.
#![cfg(all(target_os = "linux", feature = "cli"))]

#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

#[path = "loopholes/steps.rs"]
mod steps;

use std::fs::{self, File};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use support::{Finished, LIMIT, Running, wait_until};

#[path = "loopholes/files.rs"]
mod files;
#[path = "loopholes/places.rs"]
mod places;
#[path = "loopholes/time.rs"]
mod time;

/// An empty folder.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    // It may not be there yet.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// The command in a folder of the test's own.
fn command(room: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    command.current_dir(room).args(words);
    command
}

fn run(room: &Path, words: &[&str]) -> Told {
    let Finished {
        status,
        stdout,
        stderr,
    } = Running::start(&mut command(room, words)).finish(LIMIT);
    Told {
        code: status.and_then(|status| status.code()),
        stdout,
        stderr,
    }
}

/// What became of a run.
struct Told {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// What a script says of attempts, `denied` or `allowed`, in each language of this build.
fn attempts(room: &Path, options: &[&str], lua: &str, rhai: &str) -> Vec<String> {
    let lua = format!(
        "local function try(f) local ok, e = pcall(f) print(ok and 'allowed' or type(e) == 'userdata' and e.name or e) end {lua}"
    );
    let rhai = format!(
        "let try_it = |f| {{ try {{ f.call(); print(\"allowed\"); }} catch (e) {{ print(e.name); }} }}; {rhai}"
    );
    let mut said = Vec::new();
    for (is_there, flag, code) in [
        (cfg!(feature = "lua"), "--lang=lua", lua),
        (cfg!(feature = "rhai"), "--lang=rhai", rhai),
    ] {
        if is_there {
            let words = [options, &[flag, "-e", &code]].concat();
            let done = run(room, &words);
            assert_eq!(done.code, Some(0), "{}", done.stderr);
            said.push(done.stdout);
        }
    }
    said
}

fn all_say(said: &[String], expected: &str) {
    for said in said {
        assert_eq!(said, expected);
    }
}

#[cfg(feature = "lua")]
#[test]
fn a_script_that_is_compiled_already_runs_where_everything_is_allowed_and_nowhere_else() {
    let room = folder("loopholes_compiled");
    let make = "local f = io.open('compiled.lua', 'wb') f:write(string.dump(function() print('it ran') end)) f:close()";
    assert_eq!(run(&room, &["-e", make]).code, Some(0));
    fs::copy(room.join("compiled.lua"), room.join("compiled_test.lua")).expect("a copy");
    assert_eq!(run(&room, &["compiled.lua"]).stdout, "it ran\n");
    for options in [&["--sandbox"][..], &["--deny-net=10.0.0.1"]] {
        for words in [&["compiled.lua"][..], &["test", "compiled_test.lua"]] {
            let done = match words {
                [file] => run(&room, &[options, &[*file]].concat()),
                words => run(&room, &[&words[..1], options, &words[1..]].concat()),
            };
            assert_ne!(done.code, Some(0), "{options:?} {words:?}");
            assert!(!done.stdout.contains("it ran"), "{options:?} {words:?}");
            let said = format!("{}{}", done.stdout, done.stderr);
            assert!(said.contains("code that is compiled already"), "{said}");
        }
    }
}

#[test]
fn a_policy_that_allows_everything_does_not_pass_for_a_sandbox() {
    let room = folder("loopholes_open");
    fs::write(
        room.join("open.toml"),
        "default = \"allow\"\n[limits]\nsockets = 3\n",
    )
    .expect("a policy");
    fs::write(room.join("closed.toml"), "default = \"deny\"\n").expect("a policy");
    let refused = run(&room, &["--sandbox", "--policy", "open.toml", "-e", ""]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("leave one out"), "{}", refused.stderr);
    let refused = run(
        &room,
        &["--allow-net=127.0.0.1", "--policy", "open.toml", "-e", ""],
    );
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("means nothing"), "{}", refused.stderr);
    for options in [
        &["--policy", "open.toml"][..],
        &["--sandbox", "--policy", "closed.toml", "--allow-net=127.0.0.1"],
    ] {
        assert_eq!(
            run(&room, &[options, &["-e", ""]].concat()).code,
            Some(0),
            "{options:?}"
        );
    }
}

#[test]
fn standard_input_is_not_sent_where_it_may_not_be_read() {
    let room = folder("loopholes_input");
    fs::write(room.join("in.txt"), "typed secret").expect("a file");
    for (flag, code) in [
        (
            "--lang=lua",
            "local a, b = socket.socketpair() print(pcall(a.sendfile, a, sys.stdin.buffer)) a:close() print(b:recv(100))",
        ),
        (
            "--lang=rhai",
            "let p = socket::socketpair(); try { p[0].sendfile(sys::stdin.buffer); } catch (e) { print(e.name); } p[0].close(); print(p[1].recv(100).as_string());",
        ),
    ] {
        if cfg!(not(feature = "lua")) && flag.contains("lua")
            || cfg!(not(feature = "rhai")) && flag.contains("rhai")
        {
            continue;
        }
        for (options, is_sent) in [
            (&["--sandbox", "--allow-unix=@x"][..], false),
            (&["--sandbox", "--allow-unix=@x", "--allow-input"], true),
        ] {
            let mut command = command(&room, &[options, &[flag, "-e", code]].concat());
            command.stdin(File::open(room.join("in.txt")).expect("the file"));
            let output = command.output().expect("the command");
            let said = String::from_utf8_lossy(&output.stdout);
            assert_eq!(said.contains("typed secret"), is_sent, "{said}");
            assert_eq!(said.contains("PermissionError"), !is_sent, "{said}");
        }
    }
}

#[test]
fn a_file_that_may_be_written_is_not_read() {
    let room = folder("loopholes_written");
    fs::create_dir_all(room.join("room")).expect("a folder");
    fs::write(room.join("room/secret.txt"), "secret").expect("a file");
    let lua = "for _, mode in ipairs {'r+', 'rb+', 'a+', 'w+', 'x+'} do try(function() open('room/secret.txt', mode) end) end
               try(function() open('room/secret.txt', 'a'):close() end)";
    let rhai = "for mode in [\"r+\", \"rb+\", \"a+\", \"w+\", \"x+\"] { try_it.call(|| open(\"room/secret.txt\", mode)); }
                try_it.call(|| open(\"room/secret.txt\", \"a\").close());";
    let options = ["--sandbox", "--allow-write=room"];
    all_say(
        &attempts(&room, &options, lua, rhai),
        &format!("{}allowed\n", "PermissionError\n".repeat(5)),
    );
    assert_eq!(
        fs::read_to_string(room.join("room/secret.txt")).expect("it is there"),
        "secret"
    );
}

#[test]
fn what_stands_on_standard_error_stays() {
    let room = folder("loopholes_stderr");
    for (is_there, flag, code) in [
        (
            cfg!(feature = "lua"),
            "--lang=lua",
            "local raw = sys.stderr.buffer.raw pcall(raw.truncate, raw, 0) pcall(raw.seek, raw, 0) pcall(sys.stderr.seek, sys.stderr, 0) sys.stderr:write('today\\n')",
        ),
        (
            cfg!(feature = "rhai"),
            "--lang=rhai",
            "let raw = sys::stderr.buffer.raw; try { raw.truncate(0); } catch {} try { raw.seek(0); } catch {} try { sys::stderr.seek(0); } catch {} sys::stderr.write(\"today\\n\");",
        ),
    ] {
        if !is_there {
            continue;
        }
        let log = room.join(flag);
        fs::write(&log, "yesterday\n").expect("a file");
        let mut command = command(&room, &["--sandbox", flag, "-e", code]);
        command.stderr(File::options().append(true).open(&log).expect("the file"));
        assert!(command.status().expect("the command").success());
        assert_eq!(
            fs::read_to_string(&log).expect("it is there"),
            "yesterday\ntoday\n"
        );
    }
}

#[cfg(feature = "lua")]
#[test]
fn channels_within_channels_end_without_a_stack() {
    let room = folder("loopholes_channels");
    let code = "local c = worker.channel(1)
                for _ = 1, 100000 do local d = worker.channel(1) d:send(c) c = d end
                c = nil collectgarbage() print('gone')";
    let done = run(&room, &["--sandbox", "-e", code]);
    assert_eq!((done.code, &*done.stdout), (Some(0), "gone\n"), "{}", done.stderr);
}

#[test]
fn what_waits_in_channels_counts() {
    let room = folder("loopholes_waiting");
    let lua = "local kept, text = {}, ('x'):rep(1 << 20)
               try(function() for i = 1, 100 do kept[i] = worker.channel(10) kept[i]:send(text) end end)
               for _, c in ipairs(kept) do pcall(c.recv, c, 0.01) end
               try(function() local c = worker.channel(1) c:send(text) c:recv() end)";
    let rhai = "let kept = []; let text = \"\"; text.pad(1 << 20, \"x\");
                try_it.call(|| { for i in 0..100 { let c = worker::channel(10); c.send(text); kept.push(c); } });
                for c in kept { try { c.recv(0.01); } catch {} }
                try_it.call(|| { let c = worker::channel(1); c.send(text); c.recv() });";
    let options = ["--sandbox", "--max-memory=32M"];
    all_say(&attempts(&room, &options, lua, rhai), "MemoryError\nallowed\n");
}

#[cfg(feature = "lua")]
#[test]
fn who_waits_side_by_side_passes_no_limit() {
    let room = folder("loopholes_side_by_side");
    let accept = "
        local server = socket.create_server('at', {family = socket.AF_UNIX, backlog = 50})
        local kept, refused = {}, 0
        local function accept()
            local ok, conn = pcall(server.accept, server)
            if ok then kept[#kept + 1] = conn elseif conn.name == 'LimitError' then refused = refused + 1 end
        end
        for _ = 1, 20 do task.spawn(accept) end
        repeat task.sleep(0.01) until #kept + refused == 20
        print(#kept, refused)
        os.exit(0)";
    let running = Running::start(&mut command(&room, &["--max-sockets=5", "-e", accept]));
    let clients: Option<Vec<_>> = wait_until(Instant::now() + LIMIT, || {
        (0..20)
            .map(|_| UnixStream::connect(room.join("at")).ok())
            .collect()
    });
    let done = running.finish(LIMIT);
    assert_eq!(
        done.stdout,
        "4\t16\n",
        "{} {:?}",
        done.stderr,
        clients.map(|all| all.len())
    );
    let send = "
        local a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        local text = ('x'):rep(9000)
        a:setblocking(false)
        local sent = 0
        while pcall(function() sent = sent + a:sendmsg {text} end) do end
        a:setblocking(true)
        local function one() pcall(function() sent = sent + a:sendmsg {text} end) end
        local all = {}
        for i = 1, 40 do all[i] = task.spawn(one) end
        task.sleep(0)
        for _ = 1, 60 do if not pcall(function() task.timeout(0.05, b.recv, b, 9000) end) then break end end
        print(sent <= 200000)
        os.exit(0)";
    let done = run(&room, &["--max-sent=200000", "-e", send]);
    assert_eq!((done.code, &*done.stdout), (Some(0), "true\n"), "{}", done.stderr);
    let receive = "
        local a, b = socket.socketpair()
        local got = 0
        local function one() pcall(function() got = got + #b:recvmsg(1000)[1] end) end
        for _ = 1, 30 do task.spawn(one) end
        task.sleep(0)
        for _ = 1, 30 do a:sendall(('x'):rep(1000)) task.sleep(0) end
        task.sleep(0.05)
        print(got, got <= 6000)
        os.exit(0)";
    let done = run(&room, &["--max-received=5000", "-e", receive]);
    assert!(done.stdout.ends_with("true\n"), "{}{}", done.stdout, done.stderr);
}

#[cfg(feature = "lua")]
#[test]
fn a_test_that_has_a_policy_of_its_own_has_the_commands_limits() {
    let room = folder("loopholes_own_policy");
    fs::write(
        room.join("own_test.lua"),
        "test('own', {policy = {default = 'allow'}}, function() local kept = {} for i = 1, 10 do kept[i] = socket.socket() end for _, s in ipairs(kept) do s:close() end end)",
    )
    .expect("a test");
    let done = run(&room, &["test", "--max-sockets=3", "own_test.lua"]);
    assert_eq!(done.code, Some(1), "{}", done.stdout);
    assert!(done.stdout.contains("LimitError"), "{}", done.stdout);
    assert_eq!(run(&room, &["test", "own_test.lua"]).code, Some(0));
}

/// Names are compared with what was meant by them, which takes long where they are long.
#[cfg(feature = "lua")]
#[test]
fn a_name_that_nobody_meant_is_refused_at_once() {
    let room = folder("loopholes_names");
    let code = "local a <close> = socket.socketpair()
                print(select(2, pcall(function() return a[('x'):rep(3000000)] end)).name)";
    assert_eq!(
        run(&room, &["--timeout=5", "-e", code]).stdout,
        "AttributeError\n"
    );
}

/// What lies on our side of Lua's values is not Lua's to count: the command looks at the process.
#[cfg(feature = "lua")]
#[test]
fn a_lua_script_has_the_program_hold_no_more_than_a_rhai_script() {
    let room = folder("loopholes_outside");
    for code in [
        "local kept = {} for i = 1, 400 do kept[i] = errors.ValueError(('x'):rep(2000000) .. i) end print('all')",
        "local kept = {} for i = 1, 4000 do kept[i] = ssl.create_default_context() end print('all')",
    ] {
        let done = run(&room, &["--sandbox", "--max-memory=32M", "-e", code]);
        assert_eq!((done.code, &*done.stdout), (Some(1), ""), "{code}");
        assert!(done.stderr.contains("MemoryError"), "{}", done.stderr);
    }
    // What is garbage is none of it.
    let code = "for i = 1, 200 do local e = errors.ValueError(('x'):rep(2000000) .. i) end print('all')";
    let done = run(&room, &["--sandbox", "--max-memory=32M", "-e", code]);
    assert_eq!((done.code, &*done.stdout), (Some(0), "all\n"), "{}", done.stderr);
}

/// One string may stand in a table any number of times, and is copied each time that the table is read.
#[cfg(feature = "lua")]
#[test]
fn a_table_with_the_same_string_many_times_is_no_bomb() {
    let room = folder("loopholes_bomb");
    let code = "local t, s = {}, ('x'):rep(1000000) for i = 1, 100000 do t[i] = s end
                for _, f in ipairs {repr, json.encode, errors.ValueError} do pcall(f, t) end
                print('done')";
    let done = run(&room, &["--sandbox", "--max-memory=32M", "-e", code]);
    assert_eq!((done.code, &*done.stdout), (Some(0), "done\n"), "{}", done.stderr);
}

/// Each of many tasks that are ended without memory for an error had the collector look for some.
#[cfg(feature = "lua")]
#[test]
fn many_tasks_end_soon_where_there_is_no_memory() {
    let room = folder("loopholes_tasks");
    let code = "for i = 1, 1e7 do task.spawn(function() time.sleep(100) end) end";
    let done = run(
        &room,
        &["--sandbox", "--max-memory=16M", "--timeout=2", "-e", code],
    );
    assert_eq!(done.code, Some(1));
}

/// Lua's memory ends before the machine's, where the whole process would end.
#[cfg(feature = "lua")]
#[test]
fn memory_that_the_system_refuses_is_an_error_like_others() {
    let room = folder("loopholes_addresses");
    let code = "print(pcall(function() local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end end)) collectgarbage() print(#('y'):rep(1000000))";
    for options in ["", "--max-memory=1G"] {
        let line = format!(
            "ulimit -v 200000 && exec {} {options} -e \"$0\"",
            env!("CARGO_BIN_EXE_wirescript")
        );
        let mut shell = Command::new("sh");
        shell.current_dir(&room).args(["-c", &line, code]);
        let Finished { stdout, stderr, .. } = Running::start(&mut shell).finish(LIMIT);
        assert_eq!(stdout, "false\tnot enough memory\n1000000\n", "{stderr}");
    }
}

/// A duplicate of standard input reads what it does.
#[test]
fn standard_input_is_not_duplicated_where_it_may_not_be_read() {
    let room = folder("loopholes_duplicate");
    fs::write(
        room.join("policy.toml"),
        "default = \"allow\"\n[deny]\ninput = true\n",
    )
    .expect("a policy");
    let said = attempts(
        &room,
        &["--policy=policy.toml"],
        "try(function() fcntl.fcntl(0, fcntl.F_DUPFD, 10) end) try(function() fcntl.ioctl(0, fcntl.FIONREAD, '    ') end)",
        "try_it.call(|| fcntl::fcntl(0, fcntl::F_DUPFD, 10)); try_it.call(|| fcntl::ioctl(0, fcntl::FIONREAD, \"    \"));",
    );
    all_say(&said, "PermissionError\nPermissionError\n");
}
