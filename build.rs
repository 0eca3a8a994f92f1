//! Names the platforms in one word each, so that an item carries `#[cfg(linux)]` and not a list; and has the command linked so
//! that it starts soon (`docs/building.md` says what that is and how to have it otherwise).

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

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
    if env::var_os("CARGO_FEATURE_CLI").is_some() {
        link_for_a_quick_start();
    }
}

/// What takes longest before `main` is the loader's work, so there is less of it, where the C library is GNU's and shared.
fn link_for_a_quick_start() {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let is_native = env::var("HOST").ok() == env::var("TARGET").ok();
    let is_shared = env::var("CARGO_CFG_TARGET_FEATURE").is_ok_and(|all| !all.contains("crt-static"));
    if !(is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") && is_native && is_shared) {
        return;
    }
    carry_unwinder();
    // Who says how addresses are to be made gets that.
    let said = env::var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("relocation-model"));
    if !said {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}

/// Puts gcc's archive where the linker looks for `libgcc_s`; where there is none, that stays a library.
fn carry_unwinder() {
    let (Some(archive), Ok(folder)) = (unwinder(), env::var("OUT_DIR")) else {
        return;
    };
    let script = Path::new(&folder).join("libgcc_s.so");
    if fs::write(script, format!("INPUT({})\n", archive.display())).is_ok() {
        println!("cargo::rustc-link-arg-bins=-L{folder}");
    }
}

/// Where the C compiler that links has its unwinder.
fn unwinder() -> Option<PathBuf> {
    let linker = env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    let output = Command::new(linker)
        .arg("-print-file-name=libgcc_eh.a")
        .output()
        .ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    // Its bare name comes back where it has none.
    (path.is_absolute() && path.is_file()).then_some(path)
}
