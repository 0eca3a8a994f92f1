//! The adapter with a scheduler and a network, and nothing else around it.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::api::{Environment, Form, Owner};
use crate::error::{Class, Error};
use crate::net::Net;
use crate::policy::Policy;
use crate::sched::{Scheduler, Task};
use crate::script::{Chunk, Language};

use super::{RhaiScript, STACK};

/// A language and what is around it.
pub(super) struct Room {
    sched: Rc<Scheduler>,
    pub(super) rhai: RhaiScript,
}

impl Room {
    pub(super) fn new() -> Self {
        Self::with(Policy::allow_all())
    }

    fn with(policy: Policy) -> Self {
        let sched = Scheduler::new(STACK);
        let net = Net::new(sched.clone(), policy, 1 << 30);
        let rhai = RhaiScript::new(&net, Rc::new(Environment::default()));
        Self { sched, rhai }
    }

    fn start(&self, source: &str) -> Rc<Task> {
        let chunk = Chunk {
            name: "=test",
            source: source.as_bytes(),
            path: None,
        };
        self.rhai.start(&chunk).expect("it compiles")
    }

    pub(super) fn run(&self, source: &str) -> Rc<Task> {
        let main = self.start(source);
        self.sched.run_until(|| false).expect("it runs");
        main
    }
}

/// Runs a script that ends well, with `check(bool)` to say what must be.
pub(super) fn works(source: &str) {
    let room = Room::new();
    let main = room.run(&format!(
        "fn check(x) {{ if !x {{ throw \"check failed\" }} }}\n{source}"
    ));
    assert!(main.failure().is_none(), "{}", room.rhai.report(&main));
}

/// Runs a script that fails, and returns its error and what is told of it.
pub(super) fn fails(source: &str) -> (Error, String) {
    let room = Room::new();
    let main = room.run(source);
    let error = main.failure().expect("it fails");
    (error, room.rhai.report(&main))
}

#[test]
fn two_tasks_echo_over_a_socketpair() {
    works(
        r#"
        let pair = socket::socketpair();
        let near = pair[0];
        let far = pair[1];
        let echo = task::spawn(|| {
            loop {
                let data = far.recv(100);
                if data.is_empty() { return "the end"; }
                far.sendall(data);
            }
        });
        for word in ["one", "two"] {
            near.sendall(word);
            check(near.recv(100).as_string() == word);
        }
        check(near.send(bytes("\xff")) == 1);
        check(near.recv(10) == bytes("\xff"));
        near.close();
        check(echo.join() == "the end");
        "#,
    );
}

#[test]
fn an_error_has_its_fields_and_its_class() {
    works(
        r#"
        let caught = ();
        try {
            socket::socket().getpeername();
        } catch (e) {
            caught = e;
        }
        check(caught.name == "OSError" && caught.errno == errno::ENOTCONN && caught.code == "ENOTCONN");
        check(caught.op == "getpeername" && caught.address == () && !caught.denied);
        check(caught.is(socket::error) && caught.is("Exception") && !caught.is(socket::timeout));
        check(caught.args[0] == errno::ENOTCONN);
        check(caught.traceback.starts_with("test:"));
        try { throw caught; } catch (again) { check(again == caught); }
        // What Rhai itself or the script throws can be asked as well.
        try { [1][5] } catch (e) { check(e.name == "IndexError" && e.is("LookupError") && !e.is(socket::error)); }
        try { throw "text"; } catch (e) { check(!e.is(socket::error)); }
        "#,
    );
}

#[test]
fn a_map_gives_arguments_by_name() {
    works(
        r#"
        let s = socket::socket(#{type: socket::SOCK_DGRAM, family: socket::AF_INET6});
        check(s.family == socket::AF_INET6 && s.type == socket::SOCK_DGRAM);
        try { socket::socket(#{families: 1}); check(false); } catch (e) { check(e.is("TypeError")); }
        try { s.recv(); check(false); } catch (e) { check(e.message.contains("'bufsize'")); }
        try { s.recv(1, 2, 3); check(false); } catch (e) { check(e.message.contains("at most 2")); }
        try { s.recvform(1); check(false); } catch (e) { check(e.is("AttributeError")); }
        "#,
    );
}

#[test]
fn maps_stay_what_they_are_in_rhai() {
    works(
        r#"
        let m = #{a: 1};
        m["b"] = 2;
        m.c = 3;
        m.c += 1;
        check(m.len() == 3 && m.b == 2 && m.c == 4);
        check(m.missing == () && m.len() == 3);
        let common = #{};
        let put = |k| { common[k] = true; };
        put.call("k");
        check(common.k == true);
        try { [1][5] } catch (e) { check(e.name == "IndexError"); e = #{x: 1}; e.y = 2; check(e.len() == 2); }
        "#,
    );
}

#[test]
fn with_closes_on_every_way_out() {
    works(
        r#"
        let kept = ();
        with s = socket::socket() { kept = s; check(s.fileno() >= 0); }
        check(kept.fileno() == -1);
        let early = || { with s = socket::socket() { kept = s; return "early"; } };
        check(early.call() == "early" && kept.fileno() == -1);
        try { with s = socket::socket() { kept = s; throw "x"; } } catch { check(kept.fileno() == -1); }
        for i in 0..3 { with s = socket::socket() { kept = s; if i == 0 { continue; } break; } }
        check(kept.fileno() == -1);
        let text = `${with s = socket::socket() { kept = s; "in a { text with x =" }}`;
        check(text.len() == 20 && kept.fileno() == -1);
        try { with n = 5 { } check(false); } catch (e) { check(e.is("TypeError")); }
        "#,
    );
}

#[test]
fn a_captured_socket_serves_two_tasks_and_a_captured_array_says_why_not() {
    works(
        r#"
        let pair = socket::socketpair();
        let s = pair[1];
        let held = [s];
        let reader = task::spawn(|| s.recv(1));
        let setter = task::spawn(|| { s.settimeout(5); s.gettimeout() });
        check(setter.join() == 5.0);
        pair[0].send("x");
        check(reader.join() == bytes("x"));
        let holder = task::spawn(|| held[0].recv(1));
        task::sleep(0.01);
        try { held.push(1); check(false); } catch (e) { check(e.message.contains("'held'")); }
        pair[0].send("y");
        holder.join();
        // An assignment goes to the variable, a capture shares it.
        let late = ();
        let set = || { late = pair[0]; };
        let ask = || late;
        set.call();
        check(ask.call() == pair[0]);
        late = s;
        check(ask.call() == s);
        "#,
    );
}

#[test]
fn tasks_hand_on_values_and_errors() {
    works(
        r#"
        fn add(a, b) { a + b }
        check(task::spawn(add, 1, 2).join() == 3);
        let mine = errors::ValueError("mine");
        let bad = task::spawn(|| { throw mine; });
        try { bad.join(); check(false); } catch (e) { check(e == mine); }
        let plain = task::spawn(|| { throw #{a: 1}; });
        try { plain.join(); check(false); } catch (e) { check(e.a == 1); }
        let own = task::spawn(|| [1][9]);
        try { own.join(); check(false); } catch (e) { check(e.name == "IndexError"); }
        let slow = task::spawn(|| task::sleep(60));
        slow.cancel();
        try { slow.join(); check(false); } catch (e) { check(e.is("CancelledError")); }
        "#,
    );
}

#[test]
fn addresses_are_arrays_that_print_as_tuples() {
    works(
        r#"
        let s = socket::create_server(["127.0.0.1", 0]);
        let name = s.getsockname();
        check(type_of(name) == "array" && name == ["127.0.0.1", name[1]]);
        check(`${name}` == `('127.0.0.1', ${name[1]})` && repr([name]) == `[('127.0.0.1', ${name[1]})]`);
        check(type_of(socket::socketpair()[0].getsockname()) == "string");
        "#,
    );
}

#[test]
fn ten_thousand_tasks_wait_at_once() {
    works(
        r#"
        let pair = socket::socketpair();
        let near = pair[0];
        let far = pair[1];
        let tasks = [];
        for k in 0..10000 {
            tasks.push(task::spawn(|k| if k % 2 == 0 { task::sleep(0.1); 1 } else { far.recv(1).len() }, k));
        }
        task::sleep(0.01);
        for k in 0..5000 { near.send("x"); }
        let total = 0;
        for t in tasks { total += t.join(); }
        check(total == 10000);
        "#,
    );
}

#[test]
fn a_method_of_another_type_is_an_unknown_attribute() {
    for call in [
        "bytearray(1).dup()",
        "bytearray(1).dup(1)",
        "socket::socket().view(1, 2)",
        "task::current().recv(1)",
    ] {
        let (error, report) = fails(call);
        assert_eq!(error.class(), Class::AttributeError, "{report}");
    }
}

#[test]
fn deep_recursion_ends_in_an_error() {
    for source in [
        "fn f(n) { 1 + f(n + 1) }\nf(0)",
        "let f = |f| [1].map(|x| f.call(f));\nf.call(f)",
        "fn f(n) { let r = [[[[(1 + (2 * (3 - (4 + (5 * f(n + 1))))))]]]]; if true { for x in r { return `${x}`; } } }\nf(0)",
    ] {
        let (error, report) = fails(source);
        assert_eq!(error.class(), Class::RecursionError, "{report}");
        assert!(report.to_lowercase().contains("stack overflow"), "{report}");
    }
}

#[test]
fn busy_loops_are_killed_and_share_the_thread() {
    let room = Room::new();
    let main = room.start(
        "let turns = 0;
         task::spawn(|| loop { turns += 1; });
         task::spawn(|| loop { try { loop { } } catch { } });
         task::sleep(0.05);
         throw \"the end\";",
    );
    room.sched.run_until(|| main.is_done()).expect("it runs");
    assert_eq!(
        main.failure().map(|error| error.message().into_owned()),
        Some("the end".into())
    );
    let start = Instant::now();
    assert!(room.sched.shut_down().is_empty(), "every task has ended");
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn stopping_ends_a_busy_script_and_one_that_waits() {
    for source in [
        "loop { try { loop { } } catch { } }",
        "socket::socketpair()[0].recv(1)",
    ] {
        let room = Room::new();
        let main = room.start(source);
        let handle = room.sched.handle();
        let stopper = std::thread::spawn(move || {
            std::thread::park_timeout(Duration::from_millis(30));
            handle.stop();
        });
        room.sched.run_until(|| false).expect("it runs");
        stopper.join().expect("it stops");
        assert_eq!(
            main.failure().map(|error| error.class()),
            Some(Class::CancelledError)
        );
    }
}

#[test]
fn exit_carries_its_status() {
    let (error, _) = fails("let f = || sys::exit(3);\nf.call();");
    assert_eq!((error.class(), error.status()), (Class::SystemExit, Some(3)));
}

#[test]
fn a_task_that_ends_itself_is_no_failure_to_who_joins_it() {
    works(
        "let t = task::spawn(|| sys::exit(4)); check(t.join() == ()); check(t.join() == ());
        let ended = false;
        try { sys::exit(3); } catch (e) { ended = e.is(\"SystemExit\"); }
        check(ended);",
    );
}

#[test]
fn reports_tell_where() {
    let (_, report) =
        fails("#!/usr/bin/env wirescript\nfn f(s) {\n  s.getpeername();\n}\nf(socket::socket());");
    assert_eq!(
        report,
        "test:3:5: OSError: [Errno 107] Transport endpoint is not connected\n  in getpeername: the socket is not \
         connected\n  in function 'f', called at test:5:1"
    );
    let (error, report) = fails("let s = socket::socket();\n\ns.recvform(1);");
    assert!(report.starts_with("test:3:3: AttributeError: "), "{report}");
    assert!(report.contains("Did you mean: 'recvfrom'?"), "{report}");
    assert_eq!(error.class(), Class::AttributeError);
    let room = Room::new();
    let chunk = Chunk {
        name: "@a/b.rhai",
        source: b"let x = ;",
        path: None,
    };
    let error = room.rhai.start(&chunk).expect_err("no syntax");
    assert!(
        error.message().starts_with("a/b.rhai:1:9: "),
        "{}",
        error.message()
    );
}

/// Every operation with arguments of every kind: errors in plenty, and no panic.
#[test]
fn no_argument_makes_an_operation_panic() {
    const ODD: &str = r#"
        let odd = [(), true, -1, 999999, 1 << 40, -(1 << 62), 1.5, 0.0 / 0.0, "", "127.0.0.1", "\x00",
                   bytes("\xff"), [], ["127.0.0.1", -1], #{}, #{flags: 1}, 1..3, bytearray(2), bytearray(2).view(),
                   errors::OSError(1, "x"), errors::OSError, task::current(), |x| x, 'c', socket::SIO_RCVALL];
        let u = ();
        try { u = socket::socket(socket::AF_INET, socket::SOCK_DGRAM); u.settimeout(0); odd.push(u); } catch { }
        let objects = #{socket: u, Task: task::spawn(|| 1), bytearray: bytearray(3), memoryview: bytearray(9).view(2, 4),
                        error: errors::ValueError("x"), type: socket::timeout, constant: socket::SIO_RCVALL};
        objects.Task.join();
        objects.array = array("i", [1, 2]);
        objects.iterator = struct::iter_unpack("<H", "abcd");
        objects.channel = task::channel();
        objects.channel.close();
        let tried = 0;
    "#;
    /// A socket that is not connected: TLS has not begun on it, so that nothing waits for a peer.
    const TLS: &str = r#"
        objects.SSLContext = ssl::SSLContext(ssl::PROTOCOL_TLS_CLIENT);
        objects.SSLSocket = ssl::SSLContext(ssl::PROTOCOL_TLS).wrap_socket(socket::socket());
        objects.SSLSocket.settimeout(0);
        odd.push(objects.SSLContext);
    "#;
    // Nothing is allowed where operations of modules are tried, so that they reach nobody; the methods of an open socket
    // that does not wait can do no harm.
    for (policy, methods) in [(Policy::deny_all(), false), (Policy::allow_all(), true)] {
        let mut script = ODD.to_owned();
        if cfg!(feature = "tls") && methods {
            script.push_str(TLS);
        }
        for op in crate::api::ops() {
            let target = match op.on {
                Owner::Type(kind) if methods => format!("objects[\"{}\"].", kind.name()),
                Owner::Module(module) if !methods && !module.is_empty() => format!("{module}::"),
                Owner::Module("") if !methods => String::new(),
                _ => continue,
            };
            let sleeps = op.params.first().is_some_and(|param| param.name == "seconds");
            if op.form == Form::Property || sleeps {
                continue;
            }
            for (arguments, loops) in [
                ("", "{"),
                ("a", "for a in odd {"),
                ("a, b", "for a in odd { for b in odd {"),
                (
                    "a, b, c",
                    "for a in odd { let b = odd[tried % 23]; { let c = odd[tried % 19];",
                ),
            ] {
                let ends = "}".repeat(loops.matches('{').count());
                script.push_str(&format!(
                    "{loops} tried += 1; try {{ {target}{}({arguments}); }} catch (e) {{ `${{e}}` }} {ends}\n",
                    op.name
                ));
            }
        }
        script.push_str("if tried < 5000 { throw `only ${tried}`; }");
        let room = Room::with(policy);
        let main = room.run(&script);
        assert!(main.failure().is_none(), "{}", room.rhai.report(&main));
    }
}

#[test]
fn scripts_import_their_neighbours() {
    let folder = std::env::temp_dir().join(format!("wirescript-rhai-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let neighbour =
        "fn make() { with s = socket::socket() { return s.fileno() >= 0; } }\nexport const N = 5;";
    std::fs::write(folder.join("neighbour.rhai"), neighbour).expect("a file");
    let path = folder.join("main.rhai");
    let room = Room::new();
    let name = format!("@{}", path.display());
    let chunk = Chunk {
        name: &name,
        source: b"import \"neighbour\" as n; if !n::make() || n::N != 5 { throw \"no\"; } import \"missing\" as m;",
        path: Some(&path),
    };
    let main = room.rhai.start(&chunk).expect("it compiles");
    room.sched.run_until(|| false).expect("it runs");
    let report = room.rhai.report(&main);
    assert!(report.contains("FileNotFoundError"), "{report}");
    std::fs::remove_dir_all(&folder).expect("it was there");
}
