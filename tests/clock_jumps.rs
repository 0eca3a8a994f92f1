//! The wall's clock jumps, an hour forth or back whenever it is read: timeouts, sleeps, deadlines and limits do not notice, as
//! they go by the clock that only runs on. `time.time` does, as that is the clock it tells.
//!
//! This program's own `clock_gettime` comes before the C library's, so all Rust code here reads the jumping clock.
#![cfg(all(feature = "lua", feature = "rhai", target_os = "linux"))]
#![allow(
    unsafe_code,
    reason = "a definition of a C function, and the call of the real one"
)]

use std::ffi::{c_int, c_long};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use wirescript::{Policy, Runtime};

static OFFSET: AtomicI64 = AtomicI64::new(0);

/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut libc::timespec) -> c_int {
    let number: c_long = libc::SYS_clock_gettime;
    // SAFETY: the caller's pointer is to a timespec.
    let done = unsafe { libc::syscall(number, clock, time) };
    if done == 0 && clock == libc::CLOCK_REALTIME {
        let jump = match OFFSET.fetch_add(1, Ordering::SeqCst) % 3 {
            0 => 3600,
            1 => -3600,
            _ => 0,
        };
        // SAFETY: the kernel has just written there.
        unsafe { (*time).tv_sec += jump };
    }
    -c_int::from(done != 0)
}

const LUA: &str = r#"
local a, b = socket.socketpair()
local server = socket.create_server({"127.0.0.1", 0})
local function timed_out(f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok and e:is(errors.TimeoutError), tostring(e))
end
local function all()
  a:settimeout(0.05) timed_out(a.recv, a, 1)
  server:settimeout(0.05) timed_out(server.accept, server)
  a:setblocking(true) task.sleep(0.05)
  assert(#(select.select({a}, {}, {}, 0.05)) == 0)
  local p = select.poll() p:register(a, select.POLLIN) assert(#p:poll(50) == 0)
  timed_out(task.timeout, 0.05, a.recv, a, 1)
  timed_out(function() tube.wrap(a, {timeout = 0.05}):recv(1) end)
end
local before = time.monotonic()
all()
local other = task.spawn(function() task.sleep(1e6) end)
all()
other:cancel()
pcall(other.join, other)
assert(time.monotonic() - before >= 14 * 0.05)
local one, two = time.time(), time.time()
assert(math.abs(one - two) > 1000, "the clock does not jump")
"#;

const RHAI: &str = r#"
let ends = socket::socketpair();
let a = ends[0];
let server = socket::create_server(["127.0.0.1", 0]);
fn timed_out(f) {
    try { f.call(); } catch (e) { if !e.is(errors::TimeoutError) { throw e; } return; }
    throw "it does not wait";
}
let all = || {
    a.settimeout(0.05); timed_out(|| a.recv(1));
    server.settimeout(0.05); timed_out(|| server.accept());
    a.setblocking(true); task::sleep(0.05);
    if !select::select([a], [], [], 0.05)[0].is_empty() { throw "select"; }
    let p = select::poll(); p.register(a, select::POLLIN); if !p.poll(50).is_empty() { throw "poll"; }
    timed_out(|| task::timeout(0.05, || a.recv(1)));
    timed_out(|| tube::wrap(a, #{timeout: 0.05}).recv(1));
};
let before = time::monotonic();
all.call();
let other = task::spawn(|| task::sleep(1000000.0));
all.call();
other.cancel();
try { other.join(); } catch (e) { }
if time::monotonic() - before < 14.0 * 0.05 { throw "too early"; }
let one = time::time(); let two = time::time();
if (one - two).abs() < 1000.0 { throw "the clock does not jump"; }
"#;

/// Runs under a limit of time, which must not strike.
fn run(is_lua: bool, script: &str) {
    let start = Instant::now();
    let builder = Runtime::builder()
        .policy(Policy::allow_all())
        .timeout(Duration::from_secs(60));
    let builder = if is_lua { builder.lua() } else { builder.rhai() };
    let mut runtime = builder.build().expect("a runtime");
    runtime
        .run("script", script)
        .unwrap_or_else(|error| panic!("{error}"));
    // Fourteen waits of 50 ms, none of an hour.
    let took = start.elapsed();
    assert!(
        Duration::from_millis(700) <= took && took < Duration::from_secs(40),
        "{took:?}"
    );
}

#[test]
fn waits_of_lua_do_not_notice() {
    run(true, LUA);
}

#[test]
fn waits_of_rhai_do_not_notice() {
    run(false, RHAI);
}
