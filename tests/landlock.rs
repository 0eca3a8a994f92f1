//! `--landlock`, the second wall: what the policy's own door would have let through is refused by the kernel.
//!
//! Programs that a script starts go through no door of ours: once they run, they open and connect as they like. They show
//! what the kernel refuses. Each attempt is made without the wall first, where it must succeed.
#![cfg(target_os = "linux")]
#![cfg(all(feature = "cli", feature = "lua"))]

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Output};

/// Runs a script in a sandbox with these further options.
fn run(options: &[&str], code: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wirescript"))
        .args(["--sandbox", "--timeout=60"])
        .args(options)
        .args(["-e", code])
        .output()
        .expect("the command runs")
}

fn text(output: &Output) -> String {
    format!(
        "{:?} {}{}",
        output.status.code(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Whether the kernel has what the wall is made of. Where it has not, the command must say so and run nothing.
fn is_there() -> bool {
    let output = run(&["--landlock"], "print('it ran')");
    let told = text(&output);
    if output.status.success() {
        assert!(told.contains("it ran"), "{told}");
        return true;
    }
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.contains("Landlock") && !told.contains("it ran"),
        "without the wall nothing may run: {told}"
    );
    let mut stderr = std::io::stderr().lock();
    let _ = writeln!(
        stderr,
        "\n*** NOT TESTED: this kernel has no Landlock, or an old one. ***\n*** {told} ***\n"
    );
    false
}

/// What a program that the script starts says, on either of its outputs.
fn started(argv: &[&str]) -> String {
    let words: Vec<String> = argv.iter().map(|word| format!("[==[{word}]==]")).collect();
    format!(
        "local t = tube.spawn({{{}}}, {{stderr = 'stdout'}}) io.write((t:recv_all())) t:close()",
        words.join(", ")
    )
}

#[test]
fn a_program_reads_no_file_that_is_not_granted() {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("landlock-files");
    let _ = std::fs::remove_dir_all(&room);
    for part in ["mine", "other"] {
        std::fs::create_dir_all(room.join(part)).expect("a folder");
    }
    std::fs::write(room.join("other/secret"), "the secret").expect("a file");
    std::fs::write(room.join("mine/file"), "what is granted").expect("a file");
    let [secret, granted, new] =
        ["other/secret", "mine/file", "other/new"].map(|path| room.join(path).to_string_lossy().into_owned());
    let read = format!("--allow-read={}", room.join("mine").display());
    let options = ["--allow-run=cat,touch", &read];
    let walled = ["--allow-run=cat,touch", &read, "--landlock"];

    // The door sees that `cat` is started, which is granted, and nothing of what it does.
    assert!(text(&run(&options, &started(&["cat", &secret]))).contains("the secret"));
    assert!(text(&run(&options, &started(&["touch", &new]))).starts_with("Some(0)"));
    std::fs::remove_file(&new).expect("it was made");
    if !is_there() {
        return;
    }
    let told = text(&run(&walled, &started(&["cat", &secret])));
    assert!(
        told.contains("Permission denied") && !told.contains("the secret"),
        "{told}"
    );
    let told = text(&run(&walled, &started(&["touch", &new])));
    assert!(told.contains("Permission denied"), "{told}");
    assert!(!Path::new(&new).exists());
    // What is granted can be had, by the program and by the script.
    let told = text(&run(&walled, &started(&["cat", &granted])));
    assert!(told.contains("what is granted"), "{told}");
    let told = text(&run(
        &walled,
        &format!("print(open([==[{granted}]==]):read()) print(pcall(open, [==[{secret}]==]))"),
    ));
    assert!(
        told.contains("what is granted") && told.contains("PermissionError"),
        "{told}"
    );
}

#[test]
fn a_program_reaches_no_port_that_is_not_granted() {
    let [granted, other] = [0, 0].map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a port"));
    let [granted_port, other_port] =
        [&granted, &other].map(|listener| listener.local_addr().expect("an address").port());
    let connect = |port: u16| {
        started(&[
            "bash",
            "-c",
            &format!("exec 3<>/dev/tcp/127.0.0.1/{port} && echo reached"),
        ])
    };
    let net = format!("--allow-net=127.0.0.1:{granted_port}");
    let options = ["--allow-run=bash", &net];
    let walled = ["--allow-run=bash", &net, "--landlock"];

    assert!(text(&run(&options, &connect(other_port))).contains("reached"));
    if !is_there() {
        return;
    }
    let told = text(&run(&walled, &connect(other_port)));
    assert!(
        told.contains("Permission denied") && !told.contains("reached"),
        "{told}"
    );
    let told = text(&run(&walled, &connect(granted_port)));
    assert!(told.contains("reached"), "{told}");
    let script =
        format!("socket.create_connection({{'127.0.0.1', {granted_port}}}):close() print('reached')");
    let told = text(&run(&walled, &script));
    assert!(told.contains("reached"), "{told}");
}

#[test]
fn a_wall_around_everything_is_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_wirescript"))
        .args(["--landlock", "-e", "print('it ran')"])
        .output()
        .expect("the command runs");
    let told = text(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.contains("there is no wall to raise") && !told.contains("it ran"),
        "{told}"
    );
}
