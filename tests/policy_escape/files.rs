//! Paths that lead elsewhere than they look.

use super::*;

#[cfg(feature = "lua54")]
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
    ] {
        refused(Speech::Lua, granted(&room), &setup, &attempt);
    }
    assert!(!room.join("other/new").exists());
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
