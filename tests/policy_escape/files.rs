//! Paths that lead elsewhere than they look.

use super::*;

#[cfg(feature = "lua")]
#[test]
fn paths_that_lead_elsewhere_in_lua() {
    let room = room("lua");
    let here = room.display().to_string();
    let unix = "local s = socket.socket(socket.AF_UNIX)";
    for (setup, attempt) in [
        (String::new(), format!("open('{here}/other/secret')")),
        (
            format!("open('{here}/mine/file'):close()"),
            format!("open('{here}/mine/../other/secret')"),
        ),
        (String::new(), format!("open('{here}/mine/link/secret')")),
        (String::new(), format!("open('{here}/mine/link/new', 'w')")),
        (String::new(), format!("open('{here}/mine/dangling', 'w')")),
        (String::new(), "open('/proc/self/environ')".to_owned()),
        (String::new(), "open('/proc/self/fd/0')".to_owned()),
        (String::new(), "open('/dev/stdin')".to_owned()),
        (unix.to_owned(), format!("s:connect('{here}/mine/link/x.sock')")),
        (
            unix.to_owned(),
            format!("s:connect('{here}/mine/../other/x.sock')"),
        ),
        (unix.to_owned(), format!("s:bind('{here}/mine/link/x.sock')")),
        (unix.to_owned(), format!("s:bind('{here}/mine/x')")),
        (unix.to_owned(), "s:connect('\\0other')".to_owned()),
        (unix.to_owned(), "s:bind('\\0other')".to_owned()),
        (unix.to_owned(), "s:connect('@mine-x')".to_owned()),
        (String::new(), format!("io.open('{here}/other/secret')")),
        (String::new(), format!("io.open('{here}/other/secret', 'r')")),
        (String::new(), format!("io.open('{here}/other/new', 'w')")),
        (String::new(), format!("io.open('{here}/other/new', 'a')")),
        (String::new(), format!("io.open('{here}/other/secret', 'r+b')")),
        (
            format!("io.open('{here}/mine/file'):close()"),
            format!("io.open('{here}/mine/../other/secret')"),
        ),
        (String::new(), format!("io.open('{here}/mine/link/new', 'w')")),
        (String::new(), format!("io.open('{here}/mine/dangling', 'w')")),
        (String::new(), "io.open('/proc/self/environ')".to_owned()),
        (String::new(), "io.open('/dev/stdin')".to_owned()),
        (String::new(), "io.open(5, 'w')".to_owned()),
        (
            format!("for line in io.lines('{here}/mine/file') do assert(line == 'f') end"),
            format!("for line in io.lines('{here}/other/secret') do end"),
        ),
    ] {
        refused(Speech::Lua, granted(&room), &setup, &attempt);
    }
    assert!(!room.join("other/new").exists());
    let _ = std::fs::remove_dir_all(&room);
}

/// Where files are granted `io.open` opens them, as Lua has it, and nothing that could wait for ever.
#[cfg(feature = "lua")]
#[test]
fn granted_files_are_lua_s_own() {
    let room = room("io");
    let here = room.display().to_string();
    let made = std::process::Command::new("mkfifo")
        .arg(room.join("mine/fifo"))
        .status()
        .expect("mkfifo is there");
    assert!(made.success());
    let mut runtime = Runtime::builder()
        .lua()
        .policy(granted(&room))
        .build()
        .expect("a runtime");
    let code = format!(
        r#"
        local f <close> = assert(io.open("{here}/mine/new", "w+"))
        assert(io.type(f) == "file" and f:write("one\n", 2, "\n") and f:seek("set", 0) == 0)
        assert(f:read("l") == "one" and f:read("n") == 2)
        f:flush()
        local lines = {{}}
        for line in io.lines("{here}/mine/new") do lines[#lines + 1] = line end
        assert(table.concat(lines, "|") == "one|2")
        local none, why, number = io.open("{here}/mine/nothing")
        assert(none == nil and why:find("No such file") and number == 2)
        assert(not pcall(io.open, "{here}/mine/new", "sideways") and not pcall(io.open))
        assert(getmetatable(f) == false)
        local ok, e = pcall(io.open, "{here}/mine/fifo")
        assert(not ok and e.name == "ValueError" and tostring(e):find("no regular file"), tostring(e))
        ok, e = pcall(io.open, "{here}/mine/new\0/../../other/secret")
        assert(not ok and e.name == "ValueError", tostring(e))
        assert(io.close(f) and io.type(f) == "closed file")
        "#
    );
    if let Err(error) = runtime.run("attempt", code) {
        panic!("{error}");
    }
    assert_eq!(
        std::fs::read(room.join("mine/new")).expect("it was written"),
        b"one\n2\n"
    );
    let _ = std::fs::remove_dir_all(&room);
}

#[cfg(feature = "rhai")]
#[test]
fn paths_that_lead_elsewhere_in_rhai() {
    let room = room("rhai");
    let here = room.display().to_string();
    let unix = "let s = socket::socket(socket::AF_UNIX);";
    for (setup, attempt) in [
        (String::new(), format!("open(\"{here}/other/secret\")")),
        (
            format!("open(\"{here}/mine/file\").close();"),
            format!("open(\"{here}/mine/../other/secret\")"),
        ),
        (String::new(), format!("open(\"{here}/mine/link/secret\")")),
        (String::new(), format!("open(\"{here}/mine/dangling\", \"w\")")),
        (unix.to_owned(), format!("s.connect(\"{here}/mine/link/x.sock\")")),
        (unix.to_owned(), format!("s.bind(\"{here}/mine/x\")")),
        (unix.to_owned(), "s.connect(bytes(\"\\x00other\"))".to_owned()),
    ] {
        refused(Speech::Rhai, granted(&room), &setup, &attempt);
    }
    let seen = {
        let code = format!("import \"{here}/other/secret\" as x");
        let mut runtime = Runtime::builder()
            .rhai()
            .policy(granted(&room))
            .build()
            .expect("a runtime");
        let error = runtime.run("attempt", code).expect_err("it is refused");
        error.to_string()
    };
    assert!(seen.contains("the policy does not allow opening"), "{seen}");
    let _ = std::fs::remove_dir_all(&room);
}
