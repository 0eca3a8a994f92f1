//! What audit sinks are told: each thing once, in order, with its arguments, also what workers do, who wait for the answer.

use std::cell::RefCell;
use std::rc::Rc;

use wirescript::{AuditEvent, AuditLog, AuditSink, Builder, Error, Policy, Result, Runtime, Value};

/// A language and the same scripts in it.
struct Tongue {
    builder: fn() -> Builder,
    resolve: &'static str,
    names: &'static str,
    make: &'static str,
    workers: &'static str,
    busy: &'static str,
}

const TONGUES: &[Tongue] = &[
    #[cfg(feature = "lua")]
    Tongue {
        builder: || Runtime::builder().lua(),
        resolve: "socket.getaddrinfo('127.0.0.1', 80, socket.AF_INET, socket.SOCK_STREAM, 6)",
        names: "socket.gethostbyname('localhost') socket.gethostbyname_ex('localhost') socket.gethostbyname('127.0.0.1')",
        make: "local s = socket.socket() pcall(s.connect, s, {'127.0.0.1', 1}) s:close()",
        workers: "local w = worker.spawn([[
                local s = socket.socket() pcall(s.connect, s, {'127.0.0.1', 1}) s:close()
                worker.spawn('socket.gethostbyname([=[127.0.0.2]=])'):join()
                local ok, e = pcall(socket.gethostbyname, '127.0.0.9')
                return ok, e.name, tostring(e):match('not that one')
            ]])
            socket.gethostbyname('127.0.0.3')
            local ok, name, said = w:join()
            assert(not ok and name == 'PermissionError' and said, tostring(name))",
        busy: "worker.spawn('while true do socket.gethostbyname([=[127.0.0.1]=]) end') task.sleep(0.05)",
    },
    #[cfg(feature = "rhai")]
    Tongue {
        builder: || Runtime::builder().rhai(),
        resolve: "socket::getaddrinfo(\"127.0.0.1\", 80, socket::AF_INET, socket::SOCK_STREAM, 6)",
        names: "socket::gethostbyname(\"localhost\"); socket::gethostbyname_ex(\"localhost\"); \
                socket::gethostbyname(\"127.0.0.1\");",
        make: "let s = socket::socket(); try { s.connect([\"127.0.0.1\", 1]); } catch {} s.close();",
        workers: "let w = worker::spawn(`
                let s = socket::socket(); try { s.connect([\"127.0.0.1\", 1]); } catch {} s.close();
                worker::spawn(\"socket::gethostbyname(\\\"127.0.0.2\\\")\").join();
                try { socket::gethostbyname(\"127.0.0.9\"); } catch (e) { return [e.name, e.to_string().contains(\"not that one\")]; }
            `);
            socket::gethostbyname(\"127.0.0.3\");
            let r = w.join();
            if r[0] != \"PermissionError\" || !r[1] { throw r; }",
        busy: "worker::spawn(`loop { socket::gethostbyname(\"127.0.0.1\"); }`); task::sleep(0.05);",
    },
];

fn logged(tongue: &Tongue, code: &str) -> Vec<AuditEvent> {
    let log = AuditLog::new();
    let builder = (tongue.builder)().policy(Policy::allow_all()).audit(log.clone());
    let mut runtime = builder.build().expect("a runtime");
    runtime
        .run("audited", code)
        .unwrap_or_else(|error| panic!("{error}"));
    log.take()
}

#[test]
fn each_thing_is_told_once_with_its_arguments() {
    for tongue in TONGUES {
        let events = logged(tongue, tongue.resolve);
        let [event] = events.as_slice() else {
            panic!("{events:?}")
        };
        assert_eq!((event.event, event.allowed), ("socket.getaddrinfo", Some(true)));
        let wanted = [
            Value::from("127.0.0.1"),
            Value::from(80),
            Value::from(2),
            Value::from(1),
            Value::from(6),
        ];
        assert_eq!(event.arguments, wanted);
        let events = logged(tongue, tongue.names);
        let names: Vec<_> = events.iter().map(|event| event.event).collect();
        assert_eq!(names, ["socket.gethostbyname"; 3], "{events:?}");
        let events = logged(tongue, tongue.make);
        let names: Vec<_> = events.iter().map(|event| event.event).collect();
        assert_eq!(names, ["socket.__new__", "socket.connect"], "{events:?}");
        assert_eq!(
            events[1].arguments[1],
            Value::List(vec!["127.0.0.1".into(), 1.into()])
        );
    }
}

/// Who may not be asked for 127.0.0.9.
#[derive(Clone, Default)]
struct Picky(Rc<RefCell<Vec<String>>>);

impl AuditSink for Picky {
    fn event(&self, event: &AuditEvent) -> Result<()> {
        let who = event.worker.as_deref().unwrap_or("main");
        let what = event.arguments.last().map(|value| format!("{value:?}"));
        let line = format!("{who} {} {}", event.event, what.unwrap_or_default());
        let refused = line.contains("127.0.0.9");
        self.0.borrow_mut().push(line);
        if refused {
            return Err(Error::refused("not that one"));
        }
        Ok(())
    }
}

#[test]
fn workers_are_heard_in_order_and_wait_for_the_answer() {
    for tongue in TONGUES {
        let sink = Picky::default();
        let builder = (tongue.builder)().policy(Policy::allow_all()).audit(sink.clone());
        let mut runtime = builder.build().expect("a runtime");
        runtime
            .run("audited", tongue.workers)
            .unwrap_or_else(|error| panic!("{error}"));
        let lines = sink.0.take();
        let of = |who: &str| -> Vec<&str> {
            let prefix = format!("{who} ");
            let own = lines.iter().filter_map(|line| line.strip_prefix(&prefix));
            own.filter_map(|line| line.split(' ').next()).collect()
        };
        assert_eq!(of("main").last(), Some(&"socket.gethostbyname"), "{lines:?}");
        let first = of("worker-1");
        let wanted = [
            "socket.__new__",
            "socket.connect",
            "worker.spawn",
            "socket.gethostbyname",
        ];
        assert_eq!(first, wanted, "{lines:?}");
        assert_eq!(of("worker-1.1"), ["socket.gethostbyname"], "{lines:?}");
        let place = |text: &str| lines.iter().position(|line| line.contains(text));
        assert!(
            place("worker-1 worker.spawn") < place("worker-1.1 ")
                && place("worker-1.1 ") < place("127.0.0.9"),
            "{lines:?}"
        );
    }
}

/// A worker that waits for an answer is ended with its runtime, and the runtime does not wait for it.
#[test]
fn a_worker_that_is_heard_can_be_stopped() {
    for tongue in TONGUES {
        let builder = (tongue.builder)()
            .policy(Policy::allow_all())
            .audit(AuditLog::new());
        let mut runtime = builder.build().expect("a runtime");
        let job = runtime
            .spawn("audited", tongue.busy)
            .unwrap_or_else(|error| panic!("{error}"));
        runtime.wait::<()>(&job).unwrap_or_else(|error| panic!("{error}"));
        drop(runtime);
    }
}

/// A sink that panics refuses, and the error says whose fault that is.
#[test]
fn a_panic_of_the_hosts_sinks_is_told_as_theirs() -> Result<()> {
    for kind in ["audit sink", "on_judgement"] {
        for (builder, text) in crate::tongues::said("socket.socket()", "socket::socket()") {
            let builder = builder.policy(Policy::allow_all());
            let mut runtime = match kind {
                "on_judgement" => builder.on_judgement(|_| panic!("on purpose")),
                _ => builder.audit(|_: &AuditEvent| panic!("on purpose")),
            }
            .build()?;
            let error = runtime.eval::<()>(text).expect_err("it is refused");
            assert_eq!(error.message(), format!("the host's {kind} panicked: on purpose"));
            assert_eq!(runtime.stats().sockets, 0);
        }
    }
    Ok(())
}
