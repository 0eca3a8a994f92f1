//! Files that are no files: the memory of processes, their variables, their descriptors; and files without an end.

use super::*;

/// What the policy is could be changed there.
#[test]
fn the_memory_of_processes_is_no_file() {
    let room = folder("loopholes_memory");
    std::os::unix::fs::symlink("/proc/self/mem", room.join("link")).expect("a link");
    let paths = [
        "/proc/self/mem",
        "/proc/thread-self/mem",
        "/proc/1/mem",
        "/proc/self/root/proc/self/mem",
        // Nobody is there, and somebody may come.
        "/proc/4194300/mem",
        "/proc/kcore",
        "link",
    ];
    let list = format!("\"{}\"", paths.join("\", \""));
    let lua = format!(
        "for _, path in ipairs {{{list}}} do try(function() open(path, 'r+b') end) try(function() io.open(path, 'rb') end) end"
    );
    let rhai = format!(
        "for path in [{list}] {{ try_it.call(|| open(path, \"r+b\")); try_it.call(|| open(path, \"rb\")); }}"
    );
    let expected = "PermissionError\n".repeat(2 * paths.len());
    for options in [
        &["--deny-net=127.0.0.9"][..],
        &["--sandbox", "--allow-read=/", "--allow-write=/"],
        &["--sandbox", "--allow-read=/proc/*/*", "--allow-write=/proc/**"],
    ] {
        all_say(&attempts(&room, options, &lua, &rhai), &expected);
    }
    let lua = "try(function() open('/proc/self/mem', 'rb'):close() end)";
    let rhai = "try_it.call(|| open(\"/proc/self/mem\", \"rb\").close());";
    let options = ["--sandbox", "--allow-read=/proc/self/mem"];
    all_say(&attempts(&room, &options, lua, rhai), "allowed\n");
}

#[test]
fn the_variables_of_the_process_are_what_env_grants() {
    let room = folder("loopholes_variables");
    let lua = "try(function() open('/proc/self/environ'):close() end) try(function() open('/proc/self/cmdline'):close() end)";
    let rhai = "for path in [\"/proc/self/environ\", \"/proc/self/cmdline\"] { try_it.call(|| open(path).close()); }";
    for (options, may) in [
        (&["--deny-env=SECRET"][..], false),
        (&["--sandbox", "--allow-read=/"], false),
        (&["--sandbox", "--allow-read=/", "--allow-env=PATH"], false),
        (&["--sandbox", "--allow-read=/", "--allow-env"], true),
        (&["--deny-net=10.0.0.1"], true),
    ] {
        let first = if may { "allowed" } else { "PermissionError" };
        all_say(
            &attempts(&room, options, lua, rhai),
            &format!("{first}\nallowed\n"),
        );
    }
}

#[test]
fn standard_input_has_no_other_name() {
    let room = folder("loopholes_names_of_input");
    fs::write(room.join("in.txt"), "typed secret").expect("a file");
    fs::write(
        room.join("no_input.toml"),
        "default = \"allow\"\n[deny]\ninput = true\n",
    )
    .expect("a policy");
    let made = Command::new("mkfifo").arg(room.join("pipe")).status();
    assert!(made.expect("mkfifo is there").success());
    for (is_there, flag, code) in [
        (
            cfg!(feature = "lua"),
            "--lang=lua",
            "for _, path in ipairs {'/dev/stdin', '/dev/fd/0', '/proc/self/fd/0', '/proc/thread-self/fd/0', 'link', 0} do
                print(select(2, pcall(function() return open(path):read() end)).name)
             end
             open('/dev/null'):close() open('/dev/stdout', 'a'):close()",
        ),
        (
            cfg!(feature = "rhai"),
            "--lang=rhai",
            "for path in [\"/dev/stdin\", \"/dev/fd/0\", \"/proc/self/fd/0\", \"/proc/thread-self/fd/0\", \"link\", 0] {
                try { print(open(path).read()); } catch (e) { print(e.name); }
             }
             open(\"/dev/null\").close(); open(\"/dev/stdout\", \"a\").close();",
        ),
    ] {
        if !is_there {
            continue;
        }
        let _ = fs::remove_file(room.join("link"));
        std::os::unix::fs::symlink("/dev/fd/0", room.join("link")).expect("a link");
        for piped in [false, true] {
            let mut command = command(&room, &["--policy", "no_input.toml", flag, "-e", code]);
            let pipe;
            if piped {
                let (reader, writer) = std::io::pipe().expect("a pipe");
                pipe = Some(writer);
                command.stdin(reader);
            } else {
                pipe = None;
                command.stdin(File::open(room.join("in.txt")).expect("the file"));
            }
            let output = command.output().expect("the command");
            drop(pipe);
            assert_eq!(
                String::from_utf8_lossy(&output.stdout),
                "PermissionError\n".repeat(6),
                "{flag} {piped} {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        // The pipe at standard input by the name it has in a folder.
        let code = code.replace("'link'", "'pipe'").replace("\"link\"", "\"pipe\"");
        let mut command = command(&room, &["--policy", "no_input.toml", flag, "-e", &code]);
        let both = File::options()
            .read(true)
            .write(true)
            .open(room.join("pipe"))
            .expect("a pipe");
        let output = command.stdin(both).output().expect("the command");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "PermissionError\n".repeat(6)
        );
    }
    // Where descriptors are granted and input is not, a path to one is as its number.
    let lua = "try(function() open('/dev/fd/0'):close() end)";
    let rhai = "try_it.call(|| open(\"/dev/fd/0\").close());";
    for (grant, told) in [
        ("--allow-info", "PermissionError\n"),
        ("--allow-fd", "allowed\n"),
        ("--allow-input", "allowed\n"),
    ] {
        let options = ["--sandbox", "--allow-read=/", grant];
        all_say(&attempts(&room, &options, lua, rhai), told);
    }
}

/// What waits for ever is ended with everything else, whoever opens it.
#[test]
fn a_pipe_that_nobody_writes_holds_nothing_up() {
    let room = folder("loopholes_pipes");
    for name in ["pipe", "pipe.lua", "pipe.rhai"] {
        let made = Command::new("mkfifo").arg(room.join(name)).status();
        assert!(made.expect("mkfifo is there").success());
    }
    let lua = [
        "tube.replay('pipe')",
        "worker.spawn('pipe.lua')",
        "ssl.create_default_context {cafile = 'pipe'}",
        // It may not be ours to read.
        "local f = open('/proc/kmsg') while true do f:read(1) end",
        "local f = io.open('/proc/kmsg') while true do f:read(1) end",
    ];
    let rhai = [
        "tube::replay(\"pipe\")",
        "import \"pipe.rhai\" as x;",
        "worker::spawn(\"pipe.rhai\")",
        "ssl::create_default_context(#{cafile: \"pipe\"})",
    ];
    for (is_there, flag, codes) in [
        (cfg!(feature = "lua"), "--lang=lua", &lua[..]),
        (cfg!(feature = "rhai"), "--lang=rhai", &rhai),
    ] {
        for code in codes.iter().filter(|_| is_there) {
            if cfg!(not(feature = "tls")) && code.starts_with("ssl") {
                continue;
            }
            let options = [
                "--sandbox",
                "--allow-read=/",
                "--allow-worker",
                "--timeout=0.5",
                flag,
            ];
            let began = Instant::now();
            let done = run(&room, &[&options[..], &["-e", code]].concat());
            assert_eq!(done.code, Some(1), "{code}");
            assert!(began.elapsed() < LIMIT / 2, "{code}");
            assert!(
                code.contains("kmsg") || done.stderr.contains("time limit"),
                "{code}: {}",
                done.stderr
            );
        }
    }
}

/// The kernel's files have no length before they are read, and some no end.
#[test]
fn a_file_without_an_end_is_not_read_for_ever() {
    let room = folder("loopholes_endless");
    for name in ["zero.lua", "zero.rhai"] {
        std::os::unix::fs::symlink("/dev/zero", room.join(name)).expect("a link");
    }
    let lua = "try(function() tube.replay('/dev/zero') end) try(function() worker.spawn('zero.lua') end)";
    let rhai = "try_it.call(|| tube::replay(\"/dev/zero\")); try_it.call(|| worker::spawn(\"zero.rhai\"));";
    let options = ["--max-memory=32M"];
    all_say(
        &attempts(&room, &options, lua, rhai),
        "MemoryError\nMemoryError\n",
    );
    if cfg!(feature = "tls") {
        let lua = "for _, path in ipairs {'/dev/zero', '/proc/self/pagemap'} do
                       try(function() ssl.create_default_context():load_verify_locations(path) end)
                   end";
        let rhai = "for path in [\"/dev/zero\", \"/proc/self/pagemap\"] {
                        try_it.call(|| ssl::create_default_context().load_verify_locations(path));
                    }";
        all_say(
            &attempts(&room, &options, lua, rhai),
            "MemoryError\nMemoryError\n",
        );
    }
}
