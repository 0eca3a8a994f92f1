//! Lua's memory under stress: the scripts of `errno_faults/scripts` run while garbage is collected at every allocation, by
//! generations and in tiny steps, and must not notice; and they run with less and less memory, so that
//! another allocation fails each time. Each such run ends well or in an error that says so; nothing panics, and descriptors
//! and bytes are all given back.
//!
//! `scripts/memory_stress.sh` tries 5,000 limits a script; the test tries some of them.
#![cfg(all(feature = "lua", target_os = "linux"))]
#![allow(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use wirescript::{Error, Policy, Result, Runtime, Value};

/// Counts the bytes that are in use.
struct Counting;

static IN_USE: AtomicIsize = AtomicIsize::new(0);

fn count(size: usize, sign: isize) {
    IN_USE.fetch_add(isize::try_from(size).unwrap_or(0) * sign, Ordering::Relaxed);
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(at, layout) };
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One test at a time: descriptors and bytes of the whole process are counted.
static ALONE: Mutex<()> = Mutex::new(());
static PANICS: AtomicUsize = AtomicUsize::new(0);

macro_rules! scripts {
    ($($name:literal)*; tls $secured:literal) => {
        &[
            $(($name, include_str!(concat!("errno_faults/scripts/", $name, ".lua"))),)*
            #[cfg(feature = "tls")]
            ($secured, include_str!(concat!("errno_faults/scripts/", $secured, ".lua"))),
            ("language", include_str!("errno_faults/scripts/language.lua")),
        ]
    };
}

const SCRIPTS: &[(&str, &str)] = scripts!("tcp" "udp" "unix" "makefile" "sendfile" "names" "select" "tasks" "workers" "programs"; tls "tls");

/// Ways to collect garbage; each runs before a script, on its line.
const COLLECTORS: &[(&str, &str)] = &[
    ("generational", "collectgarbage('generational', 1, 1)"),
    ("tiny steps", "collectgarbage('incremental', 100, 25, 0)"),
    // A step at every allocation, and the next cycle as soon as one is over.
    ("always", "collectgarbage('incremental', 0, 1000, 0)"),
];

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

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

/// Runs a script with so much memory; returns what arrived.
fn run(script: &str, memory: Option<usize>) -> (Result<()>, Vec<u8>) {
    let arrived: Rc<RefCell<Vec<u8>>> = Rc::default();
    let result = run_into(script, memory, &arrived);
    (result, arrived.take())
}

fn run_into(script: &str, memory: Option<usize>, arrived: &Rc<RefCell<Vec<u8>>>) -> Result<()> {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("memory-stress.bin");
    let mut builder = Runtime::builder()
        .lua()
        .policy(Policy::allow_all())
        .timeout(Duration::from_secs(60))
        .on_warning(|_| {});
    if let Some(memory) = memory {
        builder = builder.memory_limit(memory);
    }
    let mut runtime = builder.build()?;
    runtime.set("DATA", Value::Bytes(data()))?;
    runtime.set("PATH", file.to_string_lossy())?;
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
    runtime.run("script", script)
}

/// Waits for helper threads, which may still hold something.
fn settle(is_settled: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !is_settled() && Instant::now() < deadline {
        std::thread::yield_now();
    }
}

fn count_panics() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        hook(panic);
    }));
}

#[test]
fn scripts_do_not_notice_the_collector() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    for (name, script) in SCRIPTS {
        for (how, collector) in COLLECTORS {
            let (result, arrived) = run(&format!("{collector} {script}"), None);
            if let Err(error) = result {
                panic!("{name}, {how}: {error}");
            }
            assert!(
                arrived == data(),
                "{name}, {how}: {} bytes arrived",
                arrived.len()
            );
        }
    }
}

#[test]
fn scripts_end_well_or_say_that_memory_is_short() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    count_panics();
    let limits = std::env::var("WIRESCRIPT_LIMITS").map_or(14, |text| text.parse().expect("a number"));
    let mut problems = Vec::new();
    let mut told = 0;
    for (name, script) in SCRIPTS {
        let enough = (14..)
            .map(|power| 1_usize << power)
            .find(|memory| run(script, Some(*memory)).0.is_ok())
            .expect("some memory is enough");
        let (fds, bytes) = (descriptors(), IN_USE.load(Ordering::SeqCst));
        for step in 0..limits {
            let memory = enough / 8 + (enough - enough / 8) * step / limits;
            let (result, arrived) = run(script, Some(memory));
            let is_fine = match &result {
                Ok(()) => arrived == data(),
                Err(error) => {
                    told += 1;
                    let text = error.to_string();
                    data().starts_with(&arrived) && text.contains("emory")
                }
            };
            settle(|| descriptors() <= fds);
            if !is_fine || PANICS.swap(0, Ordering::SeqCst) > 0 || descriptors() > fds {
                let left = descriptors().saturating_sub(fds);
                problems.push(format!(
                    "{name}, {memory} bytes: {result:?}, {} arrived, {left} descriptors left",
                    arrived.len()
                ));
            }
        }
        // A leak would be there as often as the script ran; what is made once and kept is less.
        let most = 20_000;
        let grown = || IN_USE.load(Ordering::SeqCst) - bytes;
        settle(|| grown() < most);
        if grown() >= most {
            problems.push(format!(
                "{name}: {} bytes were not given back in {limits} runs",
                grown()
            ));
        }
    }
    assert!(
        problems.is_empty(),
        "{} problems\n{}",
        problems.len(),
        problems[..problems.len().min(20)].join("\n")
    );
    assert!(told > SCRIPTS.len(), "memory was short {told} times only");
}

/// To tell of 250 descriptors takes some thousand bytes of Lua's: limits a little apart cut it off here and there.
#[test]
fn descriptors_that_a_script_cannot_be_told_of_are_closed() {
    const LISTED: &str = "for at = 1, 250 do close(list[at]) end";
    const PACKED: &str = "for at = 1, 1000, 4 do close((unpack('i4', list[1][3], at))) end";
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    for (receive, close) in [
        ("socket.recv_fds, b, 10, 250", LISTED),
        ("b.recvmsg, b, 10, socket.CMSG_SPACE(1000)", PACKED),
        ("b.recvmsg_into, b, {place}, socket.CMSG_SPACE(1000)", PACKED),
    ] {
        let script = format!(
            "local close, unpack, place, a, b = socket.close, string.unpack, bytearray(10), socket.socketpair()
            local control = {{{{socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack('i', a:fileno()):rep(250)}}}}
            a:sendmsg({{'x'}}, control)
            local ok, first, list = pcall({receive})
            if not ok then got('failed') error(first) end
            {close}"
        );
        // About the least with which it runs.
        let (mut short, mut enough) = (0, 1 << 20);
        while enough - short > 32 {
            let middle = usize::midpoint(short, enough);
            if run(&script, Some(middle)).0.is_ok() {
                enough = middle;
            } else {
                short = middle;
            }
        }
        let fds = descriptors();
        let mut failed = 0;
        for memory in (enough - 5000..enough + 200).step_by(50) {
            let (result, arrived) = run(&script, Some(memory));
            failed += usize::from(result.is_err() && arrived == b"failed");
            settle(|| descriptors() <= fds);
            let left = descriptors().saturating_sub(fds);
            assert!(left == 0, "{receive}, {memory} bytes: {left} left, {result:?}");
        }
        assert!(failed > 0, "{receive}: no limit cut it off");
    }
}
