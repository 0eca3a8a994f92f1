//! The limit: one thread, epoll, nothing between the loop and the system calls.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use crate::epoll::{Epoll, Ready};

/// The first argument of this program where it is the limit.
pub(crate) const WORD: &str = "limit";
const LISTENER: usize = usize::MAX;

/// Serves what the first word says until it is killed.
pub(crate) fn run(mut words: impl Iterator<Item = String>) -> io::Result<()> {
    match words.next().as_deref() {
        Some("echo") => echo(),
        Some("accept") => accept(),
        what => Err(io::Error::other(format!("nothing is called {what:?}"))),
    }
}

/// A listener whose port is on standard output. Rust's own has room for 4096 in its queue.
fn listen() -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    println!("{}", listener.local_addr()?.port());
    io::stdout().flush()?;
    Ok(listener)
}

fn echo() -> io::Result<()> {
    let listener = listen()?;
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new()?;
    epoll.add(&listener, LISTENER)?;
    let mut connections: Vec<Option<TcpStream>> = Vec::new();
    let mut free = Vec::new();
    let mut ready = Ready::with_room(1024);
    let mut buffer = [0; 4096];
    loop {
        for number in epoll.wait(&mut ready, None)? {
            if number == LISTENER {
                loop {
                    match listener.accept() {
                        Ok((stream, _)) => {
                            stream.set_nonblocking(true)?;
                            let number = free.pop().unwrap_or(connections.len());
                            epoll.add(&stream, number)?;
                            if number == connections.len() {
                                connections.push(Some(stream));
                            } else {
                                connections[number] = Some(stream);
                            }
                        }
                        Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                        Err(error) => return Err(error),
                    }
                }
                continue;
            }
            let Some(stream) = &mut connections[number] else {
                continue;
            };
            let done = match stream.read(&mut buffer) {
                Ok(0) => true,
                Ok(length) => stream.write_all(&buffer[..length]).is_err(),
                Err(error) => error.kind() != ErrorKind::WouldBlock,
            };
            if done {
                connections[number] = None;
                free.push(number);
            }
        }
    }
}

fn accept() -> io::Result<()> {
    let listener = listen()?;
    loop {
        drop(listener.accept()?);
    }
}
