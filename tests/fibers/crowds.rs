//! Many tasks of Rhai share a stack, which is another's while one waits: each finds its own on it when it goes on.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use wirescript::{AuditEvent, AuditSink, Function, Policy, Result, Runtime};

/// Sixty-four tasks that do nothing: those after them share a stack. They end by themselves, so that what fails ends too.
const CROWD: &str = r"
    let crowd = [];
    for i in 0..64 { crowd.push(task::spawn(|| task::sleep(20))); }
";

fn runtime() -> Runtime {
    let builder = Runtime::builder().rhai().policy(Policy::allow_all());
    builder
        .on_failure(|report| panic!("{report}"))
        .build()
        .expect("a runtime")
}

fn passes(code: &str) {
    let text = format!("{CROWD}{code}\nfor t in crowd {{ t.cancel(); }}");
    if let Err(error) = runtime().run("crowd", &text) {
        panic!("{error}\n{text}");
    }
}

#[test]
fn each_finds_its_own_however_deep_it_waits() {
    passes(
        r#"
        fn down(near, depth, mark) {
            let kept = [mark, mark + 1, `${mark}`];
            let got = if depth == 0 { near.recv(1)[0] + near.recv(1)[0] } else { down(near, depth - 1, mark) };
            if kept != [mark, mark + 1, `${mark}`] { throw `${mark} found ${kept}`; }
            got
        }
        let fars = [];
        let tasks = [];
        for mark in 0..100 {
            let pair = socket::socketpair();
            fars.push(pair[1]);
            tasks.push(task::spawn(|near, mark| down(near, mark % 12, mark), pair[0], mark));
        }
        task::sleep(0);
        // Now in this order, now in that.
        for mark in 0..100 { fars[99 - mark].sendall(blob(1, 99 - mark)); }
        task::sleep(0);
        for mark in 0..100 { fars[(mark * 7) % 100].sendall(blob(1, (mark * 7) % 100)); }
        for mark in 0..100 {
            let got = tasks[mark].join();
            if got != 2 * mark { throw `${got} and not ${2 * mark}`; }
        }
        "#,
    );
}

#[test]
fn waits_of_every_kind_end_as_they_should() {
    passes(
        r#"
        let told = task::channel(100);
        let near = socket::socketpair();
        let ends = |name, body| {
            let t = task::spawn(|| { try { body.call(); told.send("no error"); } catch (e) { told.send(e.name); } });
            for i in 0..3 { task::spawn(|| task::sleep(0.001)).join(); }
            if name == "CancelledError" { t.cancel(); }
            let got = told.recv();
            if got != name { throw `${got} and not ${name}`; }
        };
        ends.call("CancelledError", || near[0].recv(1));
        ends.call("CancelledError", || task::sleep(100));
        ends.call("CancelledError", || task::channel().recv());
        ends.call("TimeoutError", || { near[0].settimeout(0.01); near[0].recv(1) });
        ends.call("TimeoutError", || task::timeout(0.01, || task::sleep(100)));
        ends.call("OSError", || {
            let pair = socket::socketpair();
            let reader = pair[0];
            task::spawn(|| { task::sleep(0.002); reader.close(); });
            reader.recv(1)
        });
        ends.call("gaierror", || socket::getaddrinfo("no.such.host.invalid", 80));
        ends.call("OSError", || task::group(|| {
            task::spawn(|| task::sleep(100));
            task::spawn(|| { task::sleep(0.001); socket::inet_aton("x") });
        }));
        ends.call("no error", || {
            let accepted = socket::create_server(["127.0.0.1", 0]);
            let t = task::spawn(|| accepted.accept()[0].recv(10));
            let client = socket::create_connection(accepted.getsockname());
            client.sendall("hello");
            if t.join().as_string() != "hello" { throw "not what was sent"; }
            let got = select::select([client], [client], [], 1);
            if got[1].len() != 1 { throw "not writable"; }
            client.close();
            accepted.close();
        });
        "#,
    );
}

#[test]
fn a_calculation_is_left_and_gone_on_with() {
    passes(
        r"
        let count = |n| { let sum = 0; for i in 0..n { sum += i; } sum };
        let tasks = [];
        for i in 0..6 { tasks.push(task::spawn(count, 60000 + i)); }
        for i in 0..6 {
            let n = 60000 + i;
            let got = tasks[i].join();
            if got != n * (n - 1) / 2 { throw `${got}`; }
        }
        ",
    );
}

#[test]
fn an_error_is_thrown_to_who_joins() {
    passes(
        r#"
        let t = task::spawn(|| { task::sleep(0.001); throw "odd" });
        let told = "";
        try { t.join(); } catch (e) { told = e; }
        if told != "odd" { throw `${told}`; }
        "#,
    );
}

/// Calls a script's function from the host's code, which has lent a part of its own stack to another thread.
struct Lender(Rc<RefCell<Option<Function>>>);

impl AuditSink for Lender {
    fn event(&self, _: &AuditEvent) -> Result<()> {
        let Some(function) = self.0.borrow_mut().take() else {
            return Ok(());
        };
        let (lent, over) = ([7_u8; 256], AtomicBool::new(false));
        thread::scope(|scope| {
            let watch = scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    assert_eq!(std::hint::black_box(&lent), &[7; 256]);
                }
            });
            let outcome = function.call::<()>(());
            over.store(true, Ordering::Relaxed);
            watch.join().expect("nobody has written to what was lent");
            outcome
        })
    }
}

#[test]
fn the_hosts_frames_stay_where_they_are() -> Result<()> {
    let function = Rc::default();
    let lender = Lender(Rc::clone(&function));
    let builder = Runtime::builder().rhai().policy(Policy::allow_all());
    let mut runtime = builder.audit(lender).build()?;
    *function.borrow_mut() = Some(runtime.eval("|| task::sleep(0.02)")?);
    let beside = "for i in 0..20 { task::spawn(|| { for j in 0..20 { task::sleep(0.0005); } }); }";
    let asks = "task::spawn(|| socket::gethostbyname(\"127.0.0.1\")).join();";
    runtime.run(
        "crowd",
        format!("{CROWD}{beside}{asks} for t in crowd {{ t.cancel(); }}"),
    )?;
    assert!(function.borrow().is_none(), "nobody asked");
    Ok(())
}

#[test]
fn where_the_host_has_functions_every_task_has_its_own_stack() -> Result<()> {
    let mut runtime = runtime();
    runtime.register("by_host", |f: Function| -> Result<i64> { f.call(()) })?;
    // They wait at the same time, so none blocks the thread.
    let text = "let gate = task::channel(); let tasks = [];
        for i in 0..3 { tasks.push(task::spawn(|i| by_host(|| { gate.recv(); i }), i)); }
        task::sleep(0);
        for i in 0..3 { gate.send(0); }
        for i in 0..3 { if tasks[i].join() != i { throw \"another's\"; } }
        for t in crowd { t.cancel(); }";
    runtime.run("crowd", format!("{CROWD}{text}"))
}
