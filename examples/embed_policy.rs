//! Scripts that may do one thing and no other, and a log of all they tried.
//!
//! Prints:
//! ```text
//! one port: sent 5 bytes
//! another port: PermissionError, denied: true
//! a name: PermissionError, denied: true
//! socket.__new__ allowed: Some(true)
//! socket.connect allowed: Some(true)
//! socket.__new__ allowed: Some(true)
//! socket.connect allowed: Some(false)
//! socket.getaddrinfo allowed: Some(false)
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::net::TcpListener;

use wirescript::{AuditLog, Policy, Result, Runtime};

fn main() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let log = AuditLog::new();
    let mut runtime = Runtime::builder()
        .lua()
        .policy(Policy::deny_all().allow_net(&format!("127.0.0.1:{port}"))?)
        .audit(log.clone())
        .build()?;
    runtime.set("port", port)?;

    let sent: usize = runtime
        .eval("local s <close> = socket.socket() s:connect({'127.0.0.1', port}) return s:send('hello')")?;
    println!("one port: sent {sent} bytes");

    for (what, script) in [
        (
            "another port",
            "local s <close> = socket.socket() s:connect({'127.0.0.1', 9})",
        ),
        ("a name", "socket.getaddrinfo('example.org', 80)"),
    ] {
        let error = runtime.run(what, script).expect_err("the policy refuses");
        println!("{what}: {}, denied: {}", error.class().name(), error.denied());
    }

    for event in log.events().iter().filter(|event| event.allowed.is_some()) {
        println!("{} allowed: {:?}", event.event, event.allowed);
    }
    Ok(())
}
