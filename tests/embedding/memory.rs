//! A limit of memory that Rhai scripts cannot get round, in a host whose allocator counts.

use std::time::Duration;

use wirescript::{Class, Policy, Runtime};

const LIMIT: usize = 2 << 20;

/// Scripts that take memory where Rhai does not look.
const WAYS: [&str; 5] = [
    "let m = #{}; let i = 0; loop { m[`key ${i}`] = i; i += 1; }",
    "let a = []; a.pad(4000, ()); let i = 0; loop { let b = []; b.pad(1000, i); a[i % 4000] = b; i += 1; }",
    "let all = []; let i = 0; let one = || { let m = #{}; for i in 0..1000 { m[`k${i}`] = i; } m }; loop { all.push(one.call()); }",
    "fn deep(n) { let m = #{}; for i in 0..1000 { m[`k${i}`] = i; } if n > 0 { deep(n - 1) + m.len() } else { 0 } } deep(300)",
    "loop { try { let m = #{}; let i = 0; loop { m[`key ${i}`] = i; i += 1; } } catch {} }",
];

#[test]
fn a_rhai_script_holds_no_more_than_it_may() {
    for way in WAYS {
        let mut runtime = Runtime::builder()
            .rhai()
            .policy(Policy::allow_all())
            .memory_limit(LIMIT)
            .timeout(Duration::from_secs(120))
            .build()
            .expect("a runtime");
        let error = runtime.run("fill", way).expect_err("there is no end to it");
        assert_eq!(error.class(), Class::MemoryError, "{way}: {error}");
        // What it held is given back, and the next may have as much.
        assert_eq!(
            runtime
                .eval::<i64>("let m = #{}; for i in 0..5000 { m[`k${i}`] = i; } m.len()")
                .expect("that much it may"),
            5000
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_same_script_again_needs_no_more_memory() {
    let mut runtime = Runtime::builder().rhai().build().expect("a runtime");
    let mut run = |times: i64| {
        for _ in 0..times {
            let script = "fn twice(x) { x * 2 } let m = #{a: [1, 2]}; twice(m.a[1])";
            assert_eq!(runtime.eval::<i64>(script).expect("it runs"), 4);
        }
        runtime.run("first", "fn which() { 1 }").expect("it runs");
        runtime.run("second", "fn which() { 2 }").expect("it runs");
        runtime.run("first", "fn which() { 1 }").expect("it runs");
        assert_eq!(runtime.call::<i64>("which", ()).expect("the last one's"), 1);
    };
    run(100);
    let before = resident();
    run(10_000);
    let grown = resident().saturating_sub(before);
    assert!(grown < 4096, "{grown} KiB more");
}

/// KiB of memory that this process has.
#[cfg(target_os = "linux")]
fn resident() -> usize {
    let told = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = told
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .expect("it has");
    let number = line.split_whitespace().nth(1).expect("a number");
    number.parse().expect("digits")
}
