//! The modules in an mlua::Lua of your own: no tasks, calls block.
//!
//! Prints:
//! ```text
//! received: pong
//! from require: true
//! repr stays the host's: mine
//! task.spawn: this needs a wirescript::Runtime
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use wirescript::{Net, Policy};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let server = thread::spawn(move || -> std::io::Result<()> {
        let (mut stream, _) = listener.accept()?;
        let mut ping = [0; 4];
        stream.read_exact(&mut ping)?;
        stream.write_all(b"pong")
    });

    let lua = mlua::Lua::new();
    lua.globals().set("repr", "mine")?;
    let net = Net::standalone(Policy::deny_all().allow_net(&format!("127.0.0.1:{port}"))?);
    wirescript::lua::register(&lua, &net)?;

    let received: String = lua
        .load("local s = socket.create_connection({'127.0.0.1', ...}) s:sendall('ping') return s:recv(10)")
        .call(port)?;
    println!("received: {received}");
    server.join().expect("the server ends")?;

    let same: bool = lua.load("return require 'socket' == socket").eval()?;
    println!("from require: {same}");
    println!("repr stays the host's: {}", lua.globals().get::<String>("repr")?);

    let refused: String = lua
        .load("local ok, e = pcall(task.spawn, print) return e.message")
        .eval()?;
    println!(
        "task.spawn: {}",
        refused.split(':').take(3).collect::<Vec<_>>().join(":")
    );
    Ok(())
}
