//! Policies in TOML and JSON and the patterns of `--allow-net` and `--deny-net`: read or refused, whatever they are.
#![no_main]

use wirescript::Policy;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = Policy::from_toml(text);
    let _ = Policy::from_json(text);
    let _ = Policy::deny_all().allow_net(text);
});
