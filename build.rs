//! Names the platforms in one word each, so that an item carries `#[cfg(linux)]` and not a list; and has the command linked so
//! that it starts soon (`docs/building.md` says what that is and how to have it otherwise).

use std::ffi::OsString;
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
    let is_glibc = os == "linux" && is("CARGO_CFG_TARGET_ENV", "gnu");
    if is_glibc {
        println!("cargo::rustc-cfg=glibc");
    }
    if env::var_os("CARGO_CFG_SANITIZE").is_some() {
        println!("cargo::rustc-cfg=sanitized");
    }
    let is_native = env::var("HOST").ok() == env::var("TARGET").ok();
    if env::var_os("CARGO_FEATURE_CLI").is_some() && is_glibc && is_native {
        link_for_a_quick_start();
    }
}

fn is(name: &str, value: &str) -> bool {
    env::var(name).is_ok_and(|found| found == value)
}

/// What takes longest before `main` is the loader's work, so there is less of it.
fn link_for_a_quick_start() {
    put_functions_in_order();
    // Where the C library is in the program, nothing is loaded.
    if env::var("CARGO_CFG_TARGET_FEATURE").is_ok_and(|all| all.contains("crt-static")) {
        return;
    }
    carry_unwinder();
    // Who says how addresses are to be made gets that.
    let said = env::var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("relocation-model"));
    if !said {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}

/// Has what runs at the start, and what runs for every message, side by side (`scripts/order.sh`), by linkers that can.
fn put_functions_in_order() {
    let Ok(folder) = env::current_dir() else { return };
    let order = folder.join("scripts/order.ld");
    println!("cargo::rerun-if-changed={}", order.display());
    let argument = format!("-Wl,-T,{}", order.display());
    if is_linked_with(&argument) {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
}

/// Whether an empty program is linked with an argument: which linker it will be only the compiler knows.
fn is_linked_with(argument: &str) -> bool {
    let (Some(compiler), Some(folder)) = (env::var_os("RUSTC"), env::var_os("OUT_DIR")) else {
        return false;
    };
    let source = Path::new(&folder).join("empty.rs");
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let mut command = Command::new(compiler);
    command.args(flags.split('\x1f').filter(|flag| !flag.is_empty()));
    if let Some(linker) = env::var_os("RUSTC_LINKER") {
        let mut choice = OsString::from("linker=");
        choice.push(linker);
        command.arg("-C").arg(choice);
    }
    command
        .arg("-C")
        .arg(format!("link-arg={argument}"))
        .arg("--out-dir")
        .arg(&folder)
        .arg(&source);
    fs::write(&source, "fn main() {}").is_ok() && command.output().is_ok_and(|output| output.status.success())
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
