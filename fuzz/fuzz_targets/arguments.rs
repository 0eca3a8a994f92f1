//! Calls of every function of every module, and of every method of the objects these give, with any arguments, through Lua's
//! trampoline: each gives results or raises an error object. The first byte picks what is called, the others its arguments.
#![no_main]

use std::cell::RefCell;
use std::time::Duration;

use wirescript::{Policy, Runtime, Value};

const CALLER: &str = include_str!("arguments.lua");

thread_local! {
    static RUNTIME: RefCell<Runtime> = RefCell::new({
        let mut runtime = Runtime::builder().lua().policy(Policy::deny_all().allow_family("unix").expect("a family")).memory_limit(256 << 20)
            // Some calls wait, as they should.
            .timeout(Duration::from_millis(500))
            .on_warning(|_| {}).build().expect("a runtime");
        runtime.run("arguments", CALLER).expect("it is read");
        runtime
    });
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    RUNTIME.with_borrow_mut(|runtime| {
        if let Err(error) = runtime.call::<Value>("attack", (Value::Bytes(data.to_vec()),)) {
            assert!(!error.to_string().contains("bug in wirescript"), "{error}");
        }
    });
});
