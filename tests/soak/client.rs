//! The clients: threads that hold connections and do random things to one after the other.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Most bytes that are under way on a connection.
pub(crate) const LARGEST: usize = 16384;
const THREADS: usize = 4;
/// Connections a thread leaves alone in a run.
const MOST_SILENT: usize = 50;

/// What was done.
#[derive(Default, Debug, Clone)]
pub(crate) struct Done {
    pub(crate) connections: u64,
    pub(crate) rounds: u64,
    /// Bytes that came back as they went.
    pub(crate) echoed: u64,
    pub(crate) wrong: u64,
    pub(crate) half_closed: u64,
    pub(crate) reset: u64,
    pub(crate) closed: u64,
    /// Connections the server gave up.
    pub(crate) timed_out: u64,
}

impl Done {
    pub(crate) fn add(&mut self, other: &Self) {
        self.connections += other.connections;
        self.rounds += other.rounds;
        self.echoed += other.echoed;
        self.wrong += other.wrong;
        self.half_closed += other.half_closed;
        self.reset += other.reset;
        self.closed += other.closed;
        self.timed_out += other.timed_out;
    }
}

/// Random numbers: xorshift.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % below
    }
}

/// Holds so many connections for so long.
pub(crate) fn run(server: SocketAddr, length: Duration, connections: usize, seed: u64) -> Done {
    let end = Instant::now() + length;
    let threads: Vec<_> = (1..=THREADS as u64)
        .map(|thread| {
            std::thread::spawn(move || hold(server, end, connections / THREADS, seed * 1_000_003 + thread))
        })
        .collect();
    let mut all = Done::default();
    for thread in threads {
        all.add(&thread.join().expect("a client does not panic"));
    }
    all
}

fn connect(server: SocketAddr, done: &mut Done) -> TcpStream {
    done.connections += 1;
    let stream = TcpStream::connect(server).expect("the server listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a socket has timeouts");
    stream
}

fn hold(server: SocketAddr, end: Instant, count: usize, seed: u64) -> Done {
    let (mut done, mut dice) = (Done::default(), Dice(seed));
    let mut held: Vec<TcpStream> = (0..count).map(|_| connect(server, &mut done)).collect();
    let bytes: Vec<u8> = (0..2 * LARGEST)
        .map(|_| u8::try_from(dice.roll(256)).unwrap_or(0))
        .collect();
    let mut silent = Vec::new();
    while Instant::now() < end {
        let place = dice.roll(held.len());
        done.rounds += 1;
        let start = dice.roll(LARGEST);
        let data = &bytes[start..=start + dice.roll(LARGEST)];
        let fate = dice.roll(100);
        let alive = match fate {
            0..85 => exchange(&mut held[place], data, &mut done),
            85..90 => {
                exchange(&mut held[place], data, &mut done) && half_close(&mut held[place], data, &mut done)
            }
            90..94 => reset(&mut held[place], data, &mut done),
            94..97 => {
                done.closed += 1;
                false
            }
            // Nothing is said on some any more: the server gives them up.
            97 if silent.len() < MOST_SILENT => {
                silent.push(std::mem::replace(&mut held[place], connect(server, &mut done)));
                true
            }
            _ => true,
        };
        if !alive {
            held[place] = connect(server, &mut done);
        }
    }
    for stream in &mut silent {
        await_the_end(stream, &mut done);
    }
    for stream in &mut held {
        farewell(stream, &mut done);
    }
    done
}

/// Sends and has it back; false when the connection has ended, which is the server's right after a silence.
fn exchange(stream: &mut TcpStream, data: &[u8], done: &mut Done) -> bool {
    if stream.write_all(data).is_err() {
        done.timed_out += 1;
        return false;
    }
    let mut back = vec![0; data.len()];
    let mut have = 0;
    while have < back.len() {
        match stream.read(&mut back[have..]) {
            Ok(0) | Err(_) if have == 0 => {
                done.timed_out += 1;
                return false;
            }
            Ok(0) | Err(_) => {
                done.wrong += (back.len() - have) as u64;
                return false;
            }
            Ok(count) => have += count,
        }
    }
    if back == data {
        done.echoed += data.len() as u64;
    } else {
        done.wrong += data.len() as u64;
    }
    true
}

/// Sends, ends its own direction, and reads what is still to come, to the end.
fn half_close(stream: &mut TcpStream, data: &[u8], done: &mut Done) -> bool {
    let mut back = Vec::new();
    let sent = stream
        .write_all(data)
        .and_then(|()| stream.shutdown(Shutdown::Write));
    match sent.and_then(|()| stream.read_to_end(&mut back)) {
        Ok(_) if back == data => {
            done.echoed += data.len() as u64;
            done.half_closed += 1;
        }
        _ if back.is_empty() => done.timed_out += 1,
        _ => done.wrong += data.len() as u64,
    }
    false
}

/// Sends and leaves with a reset.
fn reset(stream: &mut TcpStream, data: &[u8], done: &mut Done) -> bool {
    // A connection the server has given up is no error here.
    let _ = stream.write_all(data);
    linger_for_nothing(stream);
    done.reset += 1;
    false
}

/// SO_LINGER of no time: closing resets the connection.
fn linger_for_nothing(stream: &TcpStream) {
    let socket = socket2::SockRef::from(stream);
    let _ = socket.set_linger(Some(Duration::ZERO));
}

/// The server gives a silent connection up: its end comes, and nothing else.
fn await_the_end(stream: &mut TcpStream, done: &mut Done) {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(0) => done.timed_out += 1,
        _ => done.wrong += 1,
    }
}

/// Ends a connection in order: nothing more comes than its end.
fn farewell(stream: &mut TcpStream, done: &mut Done) {
    let mut rest = Vec::new();
    let ended = stream
        .shutdown(Shutdown::Write)
        .and_then(|()| stream.read_to_end(&mut rest));
    done.closed += 1;
    if ended.is_ok() {
        done.wrong += rest.len() as u64;
    }
}
