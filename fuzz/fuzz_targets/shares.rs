//! `wirescript::fuzzing::shares`, which says what must hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wirescript::fuzzing::shares(data));
