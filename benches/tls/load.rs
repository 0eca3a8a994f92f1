//! The clients of a server of handshakes: as many at a time as are said, from one thread.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::{ClientConfig, ClientConnection};

use crate::epoll::{Epoll, Ready};
use crate::identity;
use crate::server::Server;

/// Connections at a time.
const AT_ONCE: usize = 32;
/// How long handshakes run before they count, and how long they count.
const WARM_UP: Duration = Duration::from_millis(200);
const LENGTH: Duration = Duration::from_millis(1500);

/// What a server did in the time that counts.
pub(crate) struct Sample {
    /// Handshakes a second.
    pub(crate) rate: f64,
    /// Seconds of the server's processor for one, with connecting, a byte and back, closing.
    pub(crate) processor: f64,
}

struct Client {
    stream: TcpStream,
    connection: ClientConnection,
    asked: bool,
}

impl Client {
    fn connect(port: u16, config: &Arc<ClientConfig>) -> io::Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nonblocking(true)?;
        let connection =
            ClientConnection::new(config.clone(), identity::name()?).map_err(io::Error::other)?;
        let mut client = Self {
            stream,
            connection,
            asked: false,
        };
        client.write()?;
        Ok(client)
    }

    /// What a client of this bench sends always finds room.
    fn write(&mut self) -> io::Result<()> {
        while self.connection.wants_write() {
            self.connection.write_tls(&mut self.stream)?;
        }
        Ok(())
    }

    /// Goes on; true when the answer is there.
    fn go_on(&mut self) -> io::Result<bool> {
        match self.connection.read_tls(&mut self.stream) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error),
        }
        self.connection.process_new_packets().map_err(io::Error::other)?;
        if !self.asked && !self.connection.is_handshaking() {
            self.asked = true;
            self.connection.writer().write_all(b"x")?;
        }
        self.write()?;
        let mut answer = [0; 2];
        match self.connection.reader().read(&mut answer) {
            Ok(1) if answer[0] == b'x' => Ok(true),
            Ok(_) => Err(io::Error::other("the server answered something else")),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Keeps the server busy and counts.
pub(crate) fn handshakes(server: &Server) -> io::Result<Sample> {
    let config = identity::client()?;
    let epoll = Epoll::new()?;
    let mut clients = Vec::new();
    for number in 0..AT_ONCE {
        let client = Client::connect(server.port(), &config)?;
        epoll.add(&client.stream, number)?;
        clients.push(client);
    }
    let mut ready = Ready::with_room(AT_ONCE);
    let begin = Instant::now();
    // The moment from which handshakes count, and the server's processor time then.
    let mut counting: Option<(Instant, f64)> = None;
    let mut count = 0_u32;
    loop {
        for number in epoll.wait(&mut ready, Some(Duration::from_millis(100)))? {
            if clients[number].go_on()? {
                count += 1;
                clients[number] = Client::connect(server.port(), &config)?;
                epoll.add(&clients[number].stream, number)?;
            }
        }
        let now = Instant::now();
        match counting {
            None if now.duration_since(begin) >= WARM_UP => {
                counting = Some((now, server.processor_time()?));
                count = 0;
            }
            Some((since, used)) if now.duration_since(since) >= LENGTH && count > 0 => {
                return Ok(Sample {
                    rate: f64::from(count) / now.duration_since(since).as_secs_f64(),
                    processor: (server.processor_time()? - used) / f64::from(count),
                });
            }
            _ => {}
        }
    }
}
