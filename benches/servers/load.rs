//! The clients: many connections from one thread, each asking again as soon as it has its answer.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddrV4, TcpStream};
use std::time::{Duration, Instant};

use crate::epoll::{Epoll, Ready};
use crate::server::Server;

/// Bytes of a request.
const MESSAGE: [u8; 64] = [b'm'; 64];
/// Connections to one address before the next is taken: each has about 28,000 ports.
const AN_ADDRESS: usize = 5_000;
/// How long the requests run before they count.
const WARM_UP: Duration = Duration::from_millis(200);

/// What a server did in the time that counts.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// Requests a second.
    pub(crate) rate: f64,
    /// Seconds that 99 of 100 requests took at most.
    pub(crate) p99: f64,
    /// Seconds of the server's processor for a request.
    pub(crate) processor: f64,
}

/// Opens connections, spread over loopback addresses.
pub(crate) fn connect(port: u16, count: usize) -> io::Result<Vec<TcpStream>> {
    (0..count)
        .map(|number| {
            let last = u8::try_from(1 + number / AN_ADDRESS).unwrap_or(u8::MAX);
            let stream = TcpStream::connect(SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, last), port))?;
            stream.set_nodelay(true)?;
            Ok(stream)
        })
        .collect()
}

/// Keeps `count` connections busy for `length`.
pub(crate) fn echo(server: Server, count: usize, length: Duration) -> io::Result<Sample> {
    let epoll = Epoll::new()?;
    let mut streams = connect(server.port(), count)?;
    for (number, stream) in streams.iter_mut().enumerate() {
        stream.set_nonblocking(true)?;
        epoll.add(stream, number)?;
    }
    let mut asked = vec![Instant::now(); count];
    let mut got = vec![0; count];
    for stream in &mut streams {
        stream.write_all(&MESSAGE)?;
    }
    let mut ready = Ready::with_room(1024);
    let mut buffer = [0; MESSAGE.len()];
    let mut latencies: Vec<u32> = Vec::with_capacity(1 << 20);
    let begin = Instant::now();
    // The moment from which requests count, and the server's processor time then.
    let mut counting: Option<(Instant, f64)> = None;
    let (end, used) = loop {
        for number in epoll.wait(&mut ready, Some(Duration::from_millis(100)))? {
            match streams[number].read(&mut buffer[got[number]..]) {
                Ok(0) => return Err(io::Error::other("the server closed a connection")),
                Ok(length) => got[number] += length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            }
            if got[number] < MESSAGE.len() {
                continue;
            }
            got[number] = 0;
            let now = Instant::now();
            if counting.is_some() {
                let nanoseconds = now.duration_since(asked[number]).as_nanos();
                latencies.push(u32::try_from(nanoseconds).unwrap_or(u32::MAX));
            }
            asked[number] = now;
            streams[number].write_all(&MESSAGE)?;
        }
        let now = Instant::now();
        match counting {
            None if now.duration_since(begin) >= WARM_UP => counting = Some((now, server.processor_time()?)),
            Some((since, used)) if now.duration_since(since) >= length => {
                break (now.duration_since(since), server.processor_time()? - used);
            }
            _ => {}
        }
    };
    // Before its connections: each answer under way would be an error that it tells of.
    drop(server);
    if buffer != MESSAGE {
        return Err(io::Error::other("the server answered something else"));
    }
    let requests = latencies.len();
    if requests == 0 {
        return Err(io::Error::other("the server answered nothing"));
    }
    let place = requests * 99 / 100;
    let (_, p99, _) = latencies.select_nth_unstable(place);
    let requests = f64::from(u32::try_from(requests).unwrap_or(u32::MAX));
    Ok(Sample {
        rate: requests / end.as_secs_f64(),
        p99: f64::from(*p99) / 1e9,
        processor: used / requests,
    })
}

/// Connects and waits for the other side to close, `count` times; returns the server's seconds for one.
pub(crate) fn accept(server: &Server, count: u32) -> io::Result<f64> {
    let cycle = || -> io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port()))?;
        stream.shutdown(Shutdown::Write)?;
        stream.read(&mut [0; 1]).map(|_| ())
    };
    for _ in 0..count / 10 {
        cycle()?;
    }
    let used = server.processor_time()?;
    for _ in 0..count {
        cycle()?;
    }
    Ok((server.processor_time()? - used) / f64::from(count))
}

/// Bytes of the server's memory for each of `count` connections that have asked once and then stay.
pub(crate) fn idle(server: &Server, count: usize) -> io::Result<(f64, Vec<TcpStream>)> {
    let ask = |streams: &mut [TcpStream]| -> io::Result<()> {
        for stream in streams.iter_mut() {
            stream.write_all(&MESSAGE)?;
        }
        for stream in streams.iter_mut() {
            stream.read_exact(&mut [0; MESSAGE.len()])?;
        }
        Ok(())
    };
    // What the first ones cost is not the connections'.
    let mut first = connect(server.port(), 10)?;
    ask(&mut first)?;
    let before = server.resident()?;
    let mut streams = connect(server.port(), count)?;
    ask(&mut streams)?;
    let each = (server.resident()? - before) / f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    streams.append(&mut first);
    Ok((each, streams))
}
