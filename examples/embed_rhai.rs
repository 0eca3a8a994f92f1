//! The modules in a rhai::Engine of your own: no tasks, calls block.
//!
//! Prints:
//! ```text
//! received: pong
//! caught: ConnectionRefusedError or a relative of it: true
//! task::spawn: this needs a wirescript::Runtime
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use wirescript::{Net, Policy};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = i64::from(listener.local_addr()?.port());
    let server = thread::spawn(move || -> std::io::Result<()> {
        let (mut stream, _) = listener.accept()?;
        let mut ping = [0; 4];
        stream.read_exact(&mut ping)?;
        stream.write_all(b"pong")
    });

    let mut engine = rhai::Engine::new();
    wirescript::rhai::register(&mut engine, &Net::standalone(Policy::allow_all()))?;

    let mut scope = rhai::Scope::new();
    scope.push("port", port);
    let received: rhai::Blob = engine.eval_with_scope(
        &mut scope,
        "let s = socket::create_connection([\"127.0.0.1\", port]); s.sendall(\"ping\"); s.recv(10)",
    )?;
    println!("received: {}", String::from_utf8_lossy(&received));
    server.join().expect("the server ends")?;

    let caught: bool = engine.eval(
        "let told = false;
         try { socket::create_connection([\"127.0.0.1\", 1]); } catch (e) { told = e.is(socket::error); }
         told",
    )?;
    println!("caught: ConnectionRefusedError or a relative of it: {caught}");

    let refused: String =
        engine.eval("let told = \"\"; try { task::spawn(|| 1); } catch (e) { told = e.message; } told")?;
    println!(
        "task::spawn: {}",
        refused.split(':').take(3).collect::<Vec<_>>().join(":")
    );
    Ok(())
}
