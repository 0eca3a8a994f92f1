//! Names the platforms in one word each, so that an item carries `#[cfg(linux)]` and not a list.

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
}
