//! Names the platforms in one word each, so that an item carries `#[cfg(linux)]` and not a list; and links the command of a
//! release at a fixed address.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let os = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    let word = match os.as_str() {
        "linux" | "android" => "linux",
        "macos" | "ios" => "apple",
        "freebsd" | "netbsd" | "openbsd" | "dragonfly" => "bsd",
        _ => return,
    };
    println!("cargo::rustc-cfg={word}");
    println!("cargo::rerun-if-env-changed=WIRESCRIPT_PIE");
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let is_gnu = env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|env| env == "gnu")
        && !env::var("CARGO_CFG_TARGET_FEATURE").is_ok_and(|features| features.contains("crt-static"));
    // The tables of names and functions hold 27,000 addresses: to move them is a quarter of a start. Libraries, heap and
    // stack lie at random places all the same. Who packages it may want the command movable as well: WIRESCRIPT_PIE=1.
    if word == "linux" && is_gnu && is_release && env::var_os("WIRESCRIPT_PIE").is_none() {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
