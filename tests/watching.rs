//! What watches a program: warnings as CPython words them, audit hooks that use the network themselves, and a host's
//! observer beside them.
#![cfg(all(feature = "cli", feature = "lua", feature = "rhai", target_os = "linux"))]

#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::fs;
use std::process::Command;
use std::sync::{Arc, Mutex};

use support::{LIMIT, Running};
use wirescript::{Builder, Event, Observer, Policy, Runtime, Scene};

/// Runs a script by the command; what it said on stderr.
fn stderr_of(name: &str, source: &str) -> String {
    let room = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("watching");
    fs::create_dir_all(&room).expect("a folder");
    fs::write(room.join(name), source).expect("a script");
    let done = Running::start(
        Command::new(env!("CARGO_BIN_EXE_wirescript"))
            .arg(name)
            .current_dir(&room),
    )
    .finish(LIMIT);
    assert!(
        done.status.is_some_and(|status| status.success()),
        "{:?}",
        done.stderr
    );
    done.stderr
}

#[test]
fn a_socket_nobody_closed_is_told_of_once_a_place() {
    let lua = "local function leak()\n  socket.socket()\n  collectgarbage()\nend\nleak()\nleak()\nlocal kept = socket.socket()\n";
    let rhai = "fn leak() {\n  let s = socket::socket();\n  s = ();\n}\nleak();\nleak();\nlet kept = socket::socket();\n";
    let expected = "ResourceWarning: unclosed <socket.socket fd=";
    for (name, source, line) in [("leak.lua", lua, 3), ("leak.rhai", rhai, 2)] {
        let said = stderr_of(name, source);
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(lines.len(), 1, "{said}");
        assert!(
            lines[0].starts_with(&format!("{name}:{line}: {expected}")),
            "{said}"
        );
        assert!(
            lines[0].ends_with(", family=2, type=1, proto=0, laddr=('0.0.0.0', 0)>"),
            "{said}"
        );
    }
}

#[test]
fn the_script_chooses_what_is_done_with_warnings() {
    let leak = "local function leak() socket.socket() collectgarbage() end\n";
    let said = stderr_of("ignore.lua", &format!("{leak} sys.warnings('ignore') leak()"));
    assert_eq!(said, "");
    let said = stderr_of(
        "error.lua",
        &format!("{leak} sys.warnings('error') leak() print('on')"),
    );
    assert!(
        said.starts_with("Exception ignored in: <socket.socket fd=")
            && said.contains("\nResourceWarning: unclosed <"),
        "{said}"
    );
    let said = stderr_of(
        "closed.lua",
        "do local a <close> = socket.socket() end socket.socket():close() socket.socket():detach() collectgarbage()",
    );
    assert_eq!(said, "");
    let wrong = "local ok, e = pcall(sys.warnings, 'loud') assert(e.name == 'ValueError')";
    assert_eq!(stderr_of("wrong.lua", wrong), "");
}

/// Runs a script that fails; what was said.
fn failure_of(name: &str, source: &str) -> String {
    let room = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("watching");
    fs::create_dir_all(&room).expect("a folder");
    fs::write(room.join(name), source).expect("a script");
    let done = Running::start(
        Command::new(env!("CARGO_BIN_EXE_wirescript"))
            .arg(name)
            .current_dir(&room),
    )
    .finish(LIMIT);
    assert!(done.status.is_some_and(|status| !status.success()), "{source}");
    done.stderr
}

#[test]
fn misspelt_names_are_answered_with_what_was_meant() {
    let failures = [
        ("a.lua", "socket.socket():recvform(1)", "recvfrom"),
        ("b.lua", "socket.socket():getsocketname()", "getsockname"),
        ("c.lua", "socket.socket():setsockeopt(1, 2, 3)", "setsockopt"),
        ("d.lua", "socket.getfddn('x')", "socket.getfqdn"),
        ("j.lua", "socket.socket():getfddn()", "socket.getfqdn"),
        (
            "k.lua",
            "socket.socket():gethostbyname('x')",
            "socket.gethostbyname",
        ),
        ("e.lua", "socket.setdefaulttimout(1)", "socket.setdefaulttimeout"),
        ("f.lua", "local x = 1 + socket.IPPROEO_TCP", "socket.IPPROTO_TCP"),
        ("g.lua", "require 'sokcet'", "socket"),
        ("h.lua", "socket.create_server({'', 0}, {famly = 2})", "family"),
        ("i.lua", "scoket.socket()", "socket"),
        ("a.rhai", "let s = socket::socket(); s.recvform(1);", "recvfrom"),
        (
            "b.rhai",
            "let s = socket::socket(); s.getsocketname();",
            "getsockname",
        ),
        ("c.rhai", "socket::getfddn(\"x\");", "socket::getfqdn"),
        (
            "f.rhai",
            "let s = socket::socket(); s.getfddn();",
            "socket::getfqdn",
        ),
        ("g.rhai", "let s = socket::socket(); s.getfddn", "socket::getfqdn"),
        (
            "d.rhai",
            "let x = 1 + socket::IPPROEO_TCP;",
            "socket::IPPROTO_TCP",
        ),
        (
            "e.rhai",
            "socket::create_server([\"\", 0], #{famly: 2});",
            "family",
        ),
    ];
    let mut problems = Vec::new();
    // Any short name is a few slips from some other.
    for (name, source) in [
        ("a.lua", "socket.socket():foo()"),
        ("b.lua", "socket.socket():write('x')"),
        ("c.lua", "local x = socket.socket().read"),
        ("a.rhai", "let s = socket::socket(); s.foo();"),
    ] {
        let said = failure_of(name, source);
        if said.to_lowercase().contains("did you mean") || !said.contains("has no attribute") {
            problems.push(format!("{source}: {said}"));
        }
    }
    for (name, source, meant) in failures {
        let said = failure_of(name, source);
        let hint = said.to_lowercase();
        if !hint.contains("did you mean") || !said.contains(&format!("'{meant}'?")) {
            problems.push(format!("{source}: {said}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn passes(builder: Builder, script: &str) {
    let mut runtime = builder.policy(Policy::allow_all()).build().expect("a runtime");
    if let Err(error) = runtime.run("watched", script) {
        panic!("{error}\n{script}");
    }
}

#[test]
fn a_hook_may_use_the_network_and_wait_while_others_go_on() {
    passes(
        Runtime::builder().lua(),
        r#"
        local log, sink = socket.socketpair()
        local heard = 0
        sys.addaudithook(function(event, args)
            heard = heard + 1
            -- Neither calls this hook again.
            socket.socket():close()
            log:send(event .. "\n")
            task.sleep(0.001)
        end)
        local tasks = {}
        for n = 1, 5 do
            tasks[n] = task.spawn(function() socket.socket():close() end)
        end
        for _, t in ipairs(tasks) do t:join() end
        assert(heard == 5, heard)
        assert(sink:recv(1000) == ("socket.__new__\n"):rep(5))
        log:close() sink:close()
        "#,
    );
    passes(
        Runtime::builder().rhai(),
        r#"
        let heard = [];
        sys::addaudithook(|event, args| {
            heard.push(event);
            socket::socket().close();
            task::sleep(0.001);
        });
        let tasks = [];
        for n in 0..5 {
            tasks.push(task::spawn(|| socket::socket().close()));
        }
        for t in tasks { t.join(); }
        if heard.len() != 5 { throw `${heard}`; }
        "#,
    );
}

#[test]
fn a_hook_that_fails_in_its_own_way_stops_the_operation_too() {
    passes(
        Runtime::builder().lua(),
        r#"
        local fail = nil
        sys.addaudithook(function(event) if fail then fail() end end)
        local function outcome(f)
            fail = f
            local ok, e = pcall(socket.socket)
            fail = nil
            assert(not ok)
            return tostring(e)
        end
        assert(outcome(function() error("a text") end):find("a text"))
        assert(outcome(function() local x = nil; x.y = 1 end):find("index a nil value"))
        assert(outcome(function() coroutine.yield() end):find("yield"))
        local function deep() return 1 + deep() end
        assert(outcome(deep):find("overflow"))
        assert(not pcall(sys.addaudithook) and not pcall(sys.addaudithook, 5))
        socket.socket():close()
        "#,
    );
}

/// Notes what is asked for.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Observer for Notes {
    fn observe(&self, event: &Event<'_>, _: &Scene<'_>) {
        if let Event::Asked { request, allowed } = event {
            let mut notes = self.0.lock().expect("nobody panics with it");
            notes.push(format!("{} {allowed}", request.event()));
        }
    }
}

#[test]
fn a_hosts_observer_is_told_of_what_is_asked_and_of_what_is_refused() {
    let notes: Arc<Notes> = Arc::default();
    for policy in [Policy::allow_all(), Policy::deny_all()] {
        let mut runtime = Runtime::builder()
            .lua()
            .policy(policy)
            .build()
            .expect("a runtime");
        runtime.net().set_observer(Some(notes.clone()));
        let script =
            "pcall(function() local s = socket.socket() s:bind {'127.0.0.1', 0} s:listen() s:close() end)";
        runtime.run("watched", script).expect("it ends well");
    }
    assert_eq!(
        *notes.0.lock().expect("nobody panics with it"),
        [
            "socket.__new__ true",
            "socket.bind true",
            "socket.listen true",
            "socket.__new__ false"
        ]
    );
}

#[test]
fn the_gaps_of_cpythons_events_are_filled() {
    passes(
        Runtime::builder().lua(),
        r#"
        local events = {}
        sys.addaudithook(function(event, args)
            local words = {}
            for place = 2, #args do words[#words + 1] = type(args[place]) == "number" and args[place] or "-" end
            events[#events + 1] = event .. " " .. table.concat(words, ",")
        end)
        local s = socket.create_server {"127.0.0.1", 0}
        local c = socket.create_connection(s:getsockname())
        local p = s:accept()
        p:setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        socket.fromfd(p:fileno(), socket.AF_INET, socket.SOCK_STREAM):close()
        fcntl.fcntl(p, fcntl.F_GETFD)
        socket.if_nameindex()
        local text = table.concat(events, "; ")
        for _, expected in ipairs {
            "socket.listen 128", "socket.accept -", "fcntl.fcntl 1,0", "socket.if_nameindex ",
            "socket.setsockopt " .. socket.SOL_SOCKET .. "," .. socket.SO_KEEPALIVE .. ",1", "socket.fromfd 2,1,0",
        } do
            assert(text:find(expected, 1, true), expected .. " not in " .. text)
        end
        for _, sock in ipairs {s, c, p} do sock:close() end
        "#,
    );
}

#[test]
fn windows_codes_without_a_counterpart_say_so() {
    passes(
        Runtime::builder().lua(),
        r#"
        local s <close> = socket.socket()
        local function refused(...) return select(2, pcall(s.ioctl, s, ...)) end
        assert(refused(socket.SIO_RCVALL, socket.RCVALL_ON).errno == errno.EOPNOTSUPP)
        assert(refused(socket.SIO_LOOPBACK_FAST_PATH, true).errno == errno.EOPNOTSUPP)
        assert(refused(7, 1).message == "invalid ioctl command 7")
        assert(refused(socket.SIO_KEEPALIVE_VALS, 1).name == "TypeError")
        assert(refused(socket.SIO_KEEPALIVE_VALS, {1, 2}).name == "TypeError")
        assert(refused(socket.SIO_KEEPALIVE_VALS, {1, -2, 3}).name == "OverflowError")
        local known, e = pcall(fcntl.ioctl, s, 0x8912, ("\0"):rep(40))
        assert(not known and e.name == "ValueError" and e.message:find("0x8912"))
        "#,
    );
}
