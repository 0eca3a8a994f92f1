//! The suites of `examples/tests` against real servers, in both languages, by the command's own runner; and a server that is
//! wrong by a byte, which is caught.
#![cfg(all(feature = "cli", feature = "lua", feature = "rhai", target_os = "linux"))]

use std::path::Path;
use std::process::{Command, Output};

/// What the suites talk to, and Debian's package of it.
const SERVERS: [(&str, &str, &str); 5] = [
    ("redis_test", "/usr/bin/redis-server", "redis-server"),
    ("nginx_test", "/usr/sbin/nginx", "nginx-light"),
    ("smtp_test", "/usr/bin/aiosmtpd", "python3-aiosmtpd"),
    ("dnsmasq_test", "/usr/sbin/dnsmasq", "dnsmasq-base"),
    ("openssh_test", "/usr/sbin/sshd", "openssh-server"),
];

fn test(files: &[String]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wirescript"))
        .arg("test")
        .args(files)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("it runs")
}

#[test]
fn real_servers_answer_in_both_languages() {
    let mut files = Vec::new();
    for (suite, program, package) in SERVERS {
        if Path::new(program).exists() {
            files.extend(["lua", "rhai"].map(|ending| format!("examples/tests/{suite}.{ending}")));
        } else {
            eprintln!("SKIPPED: {suite}: {program} is not installed (Debian's {package})");
        }
    }
    if files.is_empty() {
        return;
    }
    let done = test(&files);
    let text = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{text}");
    for file in &files {
        assert!(text.contains(file.as_str()), "{file} was not run:\n{text}");
    }
}

#[test]
fn a_wrong_server_is_caught_and_shown() {
    for ending in ["lua", "rhai"] {
        let done = test(&[format!("examples/tests/wrong_server.{ending}")]);
        let text = String::from_utf8_lossy(&done.stdout);
        assert_eq!(done.status.code(), Some(1), "{text}");
        assert!(
            text.contains("|+PONG..") && text.contains("they differ from byte 5 (0x5) on"),
            "{text}"
        );
    }
}
