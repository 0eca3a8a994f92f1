//! The limit: the loops of the scripts with nothing between them and the system, in a process of its own.

use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use crate::switch;

/// The first argument of this program where it is to be the limit.
pub(crate) const WORD: &str = "raw";

/// Does what the words say, and prints the seconds its loop took.
pub(crate) fn run(mut words: impl Iterator<Item = String>) -> io::Result<()> {
    let what = words.next().unwrap_or_default();
    let mut number = || {
        let word = words.next().unwrap_or_default();
        word.parse::<u32>()
            .map_err(|error| io::Error::other(format!("{what} {word:?}: {error}")))
    };
    let time = match &*what {
        "echo" => return echo(),
        "pingpong" => ping_pong(number()?, number()?)?,
        "socketpair" => socket_pair(number()?)?,
        "switch" => switch::run(number()?)?,
        _ => return Err(io::Error::other(format!("no limit is called {what:?}"))),
    };
    println!("{}", time.as_secs_f64());
    Ok(())
}

/// Prints its port and sends back what it gets, one connection after the other.
fn echo() -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?.port());
    io::stdout().flush()?;
    let mut buffer = [0; 64];
    loop {
        let (stream, _) = listener.accept()?;
        let fd = stream.as_raw_fd();
        loop {
            let count = recv(fd, &mut buffer)?;
            if count == 0 {
                break;
            }
            send(fd, &buffer[..count])?;
        }
    }
}

fn ping_pong(port: u32, count: u32) -> io::Result<Duration> {
    let port = u16::try_from(port).map_err(io::Error::other)?;
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    exchange(stream.as_raw_fd(), stream.as_raw_fd(), count)
}

fn socket_pair(count: u32) -> io::Result<Duration> {
    let (a, b) = UnixStream::pair()?;
    exchange(a.as_raw_fd(), b.as_raw_fd(), count)
}

/// A byte into `a` and a byte out of `b`, `count` times.
fn exchange(a: RawFd, b: RawFd, count: u32) -> io::Result<Duration> {
    let mut byte = [0];
    let start = Instant::now();
    for _ in 0..count {
        send(a, b"x")?;
        if recv(b, &mut byte)? != 1 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(start.elapsed())
}

#[allow(unsafe_code, reason = "the limit is the system call itself")]
fn send(fd: RawFd, data: &[u8]) -> io::Result<usize> {
    // SAFETY: the pointer and the length are those of `data`, which is borrowed for the call.
    let count = unsafe { libc::send(fd, data.as_ptr().cast(), data.len(), 0) };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

#[allow(unsafe_code, reason = "the limit is the system call itself")]
fn recv(fd: RawFd, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the pointer and the length are those of `buffer`, which is borrowed for the call.
    let count = unsafe { libc::recv(fd, buffer.as_mut_ptr().cast(), buffer.len(), 0) };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}
