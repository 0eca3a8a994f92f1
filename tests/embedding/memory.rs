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
