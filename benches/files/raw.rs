//! The peers, and the limit of sendfile: what a C program would do.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::time::Instant;

/// The first argument of this program where it is a peer or the limit.
pub(crate) const WORD: &str = "raw";
/// Lines a peer sends.
pub(crate) const LINES: u32 = 1_000_000;
/// Length of the file to send.
pub(crate) const BYTES: u64 = 1 << 30;

/// Does what the words say.
pub(crate) fn run(mut words: impl Iterator<Item = String>) -> io::Result<()> {
    let what = words.next().unwrap_or_default();
    match &*what {
        "lines" => {
            let text = lines(words.next().and_then(|word| word.parse().ok()).unwrap_or(40));
            serve(|mut stream| stream.write_all(&text))
        }
        "sink" => serve(swallow),
        "sendfile" => {
            let port = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
            let path = words.next().unwrap_or_default();
            println!("{}", send_file(port, &path)?);
            Ok(())
        }
        _ => Err(io::Error::other(format!("nothing is called {what:?}"))),
    }
}

/// Prints its port and serves one connection after the other.
fn serve(mut with: impl FnMut(TcpStream) -> io::Result<()>) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?.port());
    io::stdout().flush()?;
    loop {
        with(listener.accept()?.0)?;
    }
}

/// Different lines of so many bytes each, with their ends.
fn lines(length: usize) -> Vec<u8> {
    let rest = "the rest of a line ".repeat(length / 10);
    let line = |number| format!("{number:08} {}\n", &rest[..length.saturating_sub(10)]);
    (0..LINES).flat_map(|number| line(number).into_bytes()).collect()
}

/// Reads to the end and says that it has.
fn swallow(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; 256 * 1024];
    let mut left = BYTES;
    while left > 0 {
        match stream.read(&mut buffer)? as u64 {
            0 => return Ok(()),
            count => left = left.saturating_sub(count),
        }
    }
    stream.write_all(b"!")
}

/// The seconds until the reader has read all of the file.
fn send_file(port: u16, path: &str) -> io::Result<f64> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let file = File::open(path)?;
    let start = Instant::now();
    let mut sent = 0;
    while sent < BYTES {
        sent += part(&stream, &file, sent)?;
    }
    stream.read_exact(&mut [0])?;
    Ok(start.elapsed().as_secs_f64())
}

#[cfg(linux)]
#[allow(unsafe_code, reason = "the limit is the system call itself")]
fn part(stream: &TcpStream, file: &File, sent: u64) -> io::Result<u64> {
    let mut offset = i64::try_from(sent).map_err(io::Error::other)?;
    let count = usize::try_from(BYTES - sent).map_err(io::Error::other)?;
    // SAFETY: `offset` outlives the call; the rest are numbers.
    let count = unsafe { libc::sendfile(stream.as_raw_fd(), file.as_raw_fd(), &raw mut offset, count) };
    u64::try_from(count).map_err(|_| io::Error::last_os_error())
}

#[cfg(not(linux))]
fn part(_: &TcpStream, _: &File, _: u64) -> io::Result<u64> {
    Err(io::Error::other("this bench knows Linux's sendfile(2) only"))
}
