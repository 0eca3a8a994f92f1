//! The peers and the limits: rustls with nothing above it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Instant;

use rustls::{ClientConnection, ServerConfig, ServerConnection, StreamOwned};

use crate::epoll::{Epoll, Ready};
use crate::identity;

/// The first argument of this program where it is a peer or a limit.
pub(crate) const WORD: &str = "raw";
/// What is sent or taken.
pub(crate) const MEBIBYTES: u32 = 512;
/// Bytes a call sends or takes.
const PIECE: usize = 64 * 1024;
const LISTENER: usize = usize::MAX;

/// Does what the words say.
pub(crate) fn run(words: &[String]) -> io::Result<()> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["sink", identity] => serve(identity, |stream| {
            let mut piece = vec![0; PIECE];
            let mut left = u64::from(MEBIBYTES) << 20;
            while left > 0 {
                match stream.read(&mut piece)? as u64 {
                    0 => return Ok(()),
                    count => left = left.saturating_sub(count),
                }
            }
            stream.write_all(b"!")
        }),
        ["source", identity] => serve(identity, |stream| {
            let piece = vec![b's'; PIECE];
            for _ in 0..pieces(MEBIBYTES) {
                stream.write_all(&piece)?;
            }
            Ok(())
        }),
        ["server", identity] => server(identity),
        [way @ ("send" | "take"), _, port, count] => {
            let seconds = client(
                way,
                port.parse().map_err(io::Error::other)?,
                count.parse().map_err(io::Error::other)?,
            )?;
            println!("{seconds}");
            Ok(())
        }
        _ => Err(io::Error::other(format!("nothing is called {words:?}"))),
    }
}

const fn pieces(mebibytes: u32) -> usize {
    ((mebibytes as usize) << 20) / PIECE
}

/// A listener whose port is on standard output.
fn listen() -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?.port());
    io::stdout().flush()?;
    Ok(listener)
}

type Secured = StreamOwned<ServerConnection, TcpStream>;

/// Serves one connection after the other.
fn serve(identity: &str, mut with: impl FnMut(&mut Secured) -> io::Result<()>) -> io::Result<()> {
    let config = identity::server(identity)?;
    let listener = listen()?;
    loop {
        let (stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        let connection = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
        // Who leaves early is none of our business.
        let _ = with(&mut StreamOwned::new(connection, stream));
    }
}

/// The seconds it took to send or take so much.
fn client(way: &str, port: u16, mebibytes: u32) -> io::Result<f64> {
    let connection =
        ClientConnection::new(identity::client()?, identity::name()?).map_err(io::Error::other)?;
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    let mut stream = StreamOwned::new(connection, stream);
    stream.conn.complete_io(&mut stream.sock)?;
    let mut piece = vec![b's'; PIECE];
    let start = Instant::now();
    if way == "send" {
        for _ in 0..pieces(mebibytes) {
            stream.write_all(&piece)?;
        }
        stream.read_exact(&mut piece[..1])?;
    } else {
        let mut left = (mebibytes as usize) << 20;
        while left > 0 {
            match stream.read(&mut piece)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                count => left = left.saturating_sub(count),
            }
        }
    }
    Ok(start.elapsed().as_secs_f64())
}

/// One connection of the server of handshakes.
struct Guest {
    stream: TcpStream,
    connection: ServerConnection,
}

impl Guest {
    fn welcome(stream: TcpStream, config: &Arc<ServerConfig>) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        let connection = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
        Ok(Self { stream, connection })
    }

    /// Goes on with the handshake, then answers the first byte; true when that is done.
    fn go_on(&mut self) -> io::Result<bool> {
        loop {
            match self.connection.read_tls(&mut self.stream) {
                Ok(0) => return Ok(true),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
            self.connection.process_new_packets().map_err(io::Error::other)?;
            let mut byte = [0; 64];
            let answered = match self.connection.reader().read(&mut byte) {
                Ok(count) => {
                    self.connection.writer().write_all(&byte[..count])?;
                    true
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => false,
                Err(error) => return Err(error),
            };
            // What a server of this bench sends always finds room.
            while self.connection.wants_write() {
                self.connection.write_tls(&mut self.stream)?;
            }
            if answered {
                return Ok(true);
            }
        }
    }
}

/// Shakes hands with whoever comes, until it is killed.
fn server(identity: &str) -> io::Result<()> {
    let config = identity::server(identity)?;
    let listener = listen()?;
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new()?;
    epoll.add(&listener, LISTENER)?;
    let mut guests: Vec<Option<Guest>> = Vec::new();
    let mut free = Vec::new();
    let mut ready = Ready::with_room(1024);
    loop {
        for number in epoll.wait(&mut ready, None)? {
            if number == LISTENER {
                while let Ok((stream, _)) = listener.accept() {
                    let number = free.pop().unwrap_or(guests.len());
                    epoll.add(&stream, number)?;
                    let guest = Some(Guest::welcome(stream, &config)?);
                    if number == guests.len() {
                        guests.push(guest);
                    } else {
                        guests[number] = guest;
                    }
                }
            } else if let Some(guest) = &mut guests[number]
                && guest.go_on().unwrap_or(true)
            {
                guests[number] = None;
                free.push(number);
            }
        }
    }
}
