//! Every system call fails once. Scripts that talk over TCP, UDP, Unix sockets, files, TLS, tasks, workers and programs run
//! again and again, and each time the next call into the system fails with a number such a call can fail with
//! (`errno_faults/interpose.rs`). Each run ends as it would have, or in an error that carries this very number; nothing
//! panics, hangs, keeps a descriptor, or loses a byte: what arrived is a beginning of what was sent, and all of it where
//! no error was told.
//!
//! `WIRESCRIPT_FAULTS=all` tries every number a call can fail with, and not one by turns.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

#[path = "errno_faults/interpose.rs"]
mod interpose;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use interpose::{Fault, Plan};
use wirescript::{Builder, Error, Policy, Result, Runtime, Value};

/// One walk at a time: calls and descriptors of the whole process are counted.
static ALONE: Mutex<()> = Mutex::new(());
static PANICS: AtomicUsize = AtomicUsize::new(0);
/// A run that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// A script, by its name, and its text.
type Script = (&'static str, &'static str);

macro_rules! scripts {
    ($ending:literal) => {
        scripts!($ending, "tcp" "udp" "unix" "makefile" "sendfile" "names" "select" "tasks" "workers" "programs"; tls "tls")
    };
    ($ending:literal, $($name:literal)*; tls $secured:literal) => {
        &[
            $(($name, include_str!(concat!("errno_faults/scripts/", $name, ".", $ending))),)*
            #[cfg(feature = "tls")]
            ($secured, include_str!(concat!("errno_faults/scripts/", $secured, ".", $ending))),
        ]
    };
}

/// Whether a run may end as if nothing had been: the call is made again, or there is another way.
fn may_be_passed_over(script: &str, fault: Fault) -> bool {
    fault.errno == libc::EINTR
        || match fault.call {
            // A stack's guard is made in another way, or its memory kept.
            "madvise" => true,
            // The scheduler's own descriptors go with it. What a script closes tells, as `EVER_TOLD` says.
            "close" | "epoll_ctl" => true,
            // A worker that cannot be woken looks up by itself, and the resolver is asked without a thread.
            "epoll_create1" | "eventfd" | "pthread_create" => true,
            // A file that the kernel does not send is read and sent; one without a place has none.
            "fstat" | "lseek" | "ioctl" | "sendfile" | "splice" => true,
            // Asked for a policy, and there is none; a look whether a connect is over, which SO_ERROR has told; a socket's
            // timeouts; the reuse of an address, as in CPython.
            "getsockname" | "getpeername" | "getsockopt" | "setsockopt" => true,
            // A record of TLS's own (a ticket, a goodbye) that did not leave while reading leaves with the next one.
            "send" | "sendmsg" => script == "tls",
            // The program is gone.
            "kill" => true,
            _ => false,
        }
}

/// Calls whose failure some run has to tell of, when every number is tried.
const EVER_TOLD: &[&str] = &[
    "socket",
    "socketpair",
    "bind",
    "listen",
    "accept4",
    "recv",
    "recvfrom",
    "recvmsg",
    "send",
    "sendto",
    "sendmsg",
    "write",
    "shutdown",
    "getpeername",
    "close",
    "open64",
    "epoll_create1",
    "epoll_ctl",
    "mmap",
    "getaddrinfo",
    "pthread_create",
    "ioctl",
];

/// What became of one run.
struct Outcome {
    fault: Option<Fault>,
    /// Number and text of the error.
    result: std::result::Result<(), (Option<i32>, String)>,
    arrived: Vec<u8>,
    /// Descriptors that stayed open.
    left: usize,
    panicked: bool,
    took: Duration,
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

fn data() -> Vec<u8> {
    (0..3000_u32)
        .map(|at| {
            if at % 61 == 60 {
                b'\n'
            } else {
                b'a' + u8::try_from(at * 7 % 26).unwrap_or(0)
            }
        })
        .collect()
}

fn prepared(builder: Builder, arrived: &Rc<RefCell<Vec<u8>>>) -> Result<Runtime> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let mut runtime = builder
        .policy(Policy::allow_all())
        .timeout(PATIENCE)
        .on_warning(|_| {})
        .build()?;
    runtime.set("DATA", Value::Bytes(data()))?;
    runtime.set("PATH", folder.join("errno-faults.bin").to_string_lossy())?;
    runtime.set(
        "CERTIFICATES",
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/"),
    )?;
    let arrived = arrived.clone();
    runtime.register("got", move |data: Value| -> Result<()> {
        match data {
            Value::Bytes(bytes) => arrived.borrow_mut().extend(bytes),
            Value::Text(text) => arrived.borrow_mut().extend(text.into_bytes()),
            other => return Err(Error::type_error(format!("{} is no data", other.kind()))),
        }
        Ok(())
    })?;
    Ok(runtime)
}

fn run(builder: fn() -> Builder, script: &str, call: usize, choice: usize) -> Outcome {
    let before = descriptors();
    let panics = PANICS.load(Ordering::SeqCst);
    let arrived = Rc::default();
    let start = Instant::now();
    let plan = Plan::arm(call, choice);
    let result = prepared(builder(), &arrived)
        .and_then(|mut runtime| runtime.run("script", script))
        .map_err(|error| (error.errno(), error.to_string()));
    let fault = plan.disarm();
    let took = start.elapsed();
    // Threads that close what lingers may still be at it.
    let deadline = Instant::now() + Duration::from_secs(2);
    while descriptors() > before && Instant::now() < deadline {
        std::thread::yield_now();
    }
    Outcome {
        fault,
        result,
        arrived: arrived.take(),
        left: descriptors().saturating_sub(before),
        panicked: PANICS.load(Ordering::SeqCst) > panics,
        took,
    }
}

/// What is wrong with a run.
fn complaint(script: &str, outcome: &Outcome) -> Option<String> {
    let whole = data();
    if outcome.panicked {
        return Some("a panic".to_owned());
    }
    if outcome.left > 0 {
        return Some(format!("{} descriptors stay open", outcome.left));
    }
    if outcome.took >= PATIENCE {
        return Some("it hangs".to_owned());
    }
    if !whole.starts_with(&outcome.arrived) {
        return Some("what arrived is not what was sent".to_owned());
    }
    match (&outcome.result, outcome.fault) {
        (Ok(()), _) if outcome.arrived != whole => Some(format!(
            "only {} bytes arrived, and no error",
            outcome.arrived.len()
        )),
        (Ok(()), Some(fault)) if !may_be_passed_over(script, fault) => Some("nobody was told".to_owned()),
        (Ok(()), _) => None,
        (Err((errno, text)), Some(fault)) if is_told(script, *errno, text, fault) => None,
        (Err((_, error)), _) => Some(format!("another error: {error}")),
    }
}

/// Whether an error tells of this fault.
fn is_told(script: &str, errno: Option<i32>, text: &str, fault: Fault) -> bool {
    let told = std::io::Error::from_raw_os_error(fault.errno).to_string();
    let told = told.split(" (os").next().unwrap_or_default();
    // A file of which the kernel does not say the place cannot be sent from one.
    let other = if fault.call == "lseek" {
        "not seekable"
    } else {
        told
    };
    errno == Some(fault.errno) || text.contains(told) || text.contains(other)
        // What a session makes of a failed receive that it had not to make: of what it finds in the end.
        || script == "tls" && fault.call == "recv" && text.contains("SSL")
}

/// Walks on a thread of its own, whoever calls: the main thread gets no faults.
fn walk(ending: &'static str, builder: fn() -> Builder, scripts: &'static [Script]) {
    let walker = std::thread::spawn(move || walk_here(ending, builder, scripts));
    if let Err(panic) = walker.join() {
        std::panic::resume_unwind(panic);
    }
}

fn walk_here(ending: &str, builder: fn() -> Builder, scripts: &[Script]) {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        hook(panic);
    }));
    let all = std::env::var_os("WIRESCRIPT_FAULTS").is_some_and(|value| value == "all");
    let mut complaints: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut told = BTreeSet::new();
    let mut runs = 0;
    for (name, script) in scripts {
        for call in 0.. {
            let mut choice = if all { 0 } else { call };
            let choices = loop {
                let outcome = run(builder, script, call, choice);
                runs += 1;
                if let (Some(fault), Err(_)) = (outcome.fault, &outcome.result) {
                    told.insert(fault.call);
                }
                if let Some(wrong) = complaint(name, &outcome) {
                    let what = outcome.fault.map_or_else(
                        || "no fault".to_owned(),
                        |fault| {
                            format!(
                                "{}: {}",
                                fault.call,
                                std::io::Error::from_raw_os_error(fault.errno)
                            )
                        },
                    );
                    complaints
                        .entry(format!("{what}: {wrong}"))
                        .or_default()
                        .push(format!("{name}.{ending}, call {call}"));
                }
                choice += 1;
                match outcome.fault {
                    Some(fault) if all && choice < fault.choices => {}
                    other => break other.is_some(),
                }
            };
            if !choices {
                break;
            }
        }
    }
    let text: String = complaints
        .iter()
        .map(|(what, places)| {
            format!(
                "{what} ({} times: {})\n",
                places.len(),
                places[..places.len().min(4)].join("; ")
            )
        })
        .collect();
    assert!(complaints.is_empty(), "{runs} runs\n{text}");
    let untold: Vec<_> = EVER_TOLD
        .iter()
        .filter(|call| all && !told.contains(*call))
        .collect();
    assert!(untold.is_empty(), "nobody ever was told of {untold:?}");
    assert!(
        runs > 30 * scripts.len(),
        "{runs} runs are too few: are the functions still called by these names?"
    );
}

#[cfg(feature = "lua")]
#[test]
fn every_call_fails_once_under_lua() {
    walk("lua", || Runtime::builder().lua(), scripts!("lua"));
}

#[cfg(feature = "rhai")]
#[test]
fn every_call_fails_once_under_rhai() {
    walk("rhai", || Runtime::builder().rhai(), scripts!("rhai"));
}
