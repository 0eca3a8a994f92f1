//! The limit: the same loop around read(2) and write(2), with nothing between.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener};

use crate::CHUNK;

/// The first argument of this program where it is the limit.
pub(crate) const WORD: &str = "limit";

/// Serves one connection as the first word says.
pub(crate) fn run(mut words: impl Iterator<Item = String>) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    println!("{}", listener.local_addr()?.port());
    io::stdout().flush()?;
    let (mut stream, _) = listener.accept()?;
    let mut buffer = vec![b'b'; CHUNK];
    if words.next().as_deref() == Some("send") {
        while stream.write_all(&buffer).is_ok() {}
    } else {
        while stream.read(&mut buffer)? > 0 {}
    }
    Ok(())
}
