//! A conversation with one peer, as a test leads it: everything that is said stays until it is asked for, every wait has an end,
//! and what fails says what was there.
//!
//! [`Tube`] is the conversation: its peer is a socket, a program or a recording. `inbox` holds what came, `reading` hands it
//! out by lengths, delimiters, lines and patterns (`pattern`; `automaton` is one byte by byte), `expect` holds it against what is
//! expected (`masked`, where some of it may differ), `interact` lets a person take over.

mod automaton;
mod expect;
mod inbox;
mod interact;
mod masked;
mod pattern;
mod reading;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use crate::bytes::Bytes;
use crate::error::{Class, Error, Result};
use crate::net::{Net, Patience, Socket, Timeout};
use crate::sched::{Gate, deadline_after};
use crate::sys::errno::Errno;
use crate::sys::flag::{SHUT_RD, SHUT_RDWR, SHUT_WR, SOCK_DGRAM, SOCK_STREAM};

use super::process::{GRACE, Process, Program};
use super::replay::{Player, Recording, Turn, diverged, too_much};

pub(crate) use expect::Expected;
pub(crate) use pattern::{Groups, Pattern};

use inbox::Inbox;

/// How a conversation is led.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How long a call may wait that does not say itself.
    pub(crate) timeout: Duration,
    /// Most bytes that lie unread.
    pub(crate) limit: usize,
    /// What ends a line that is sent, and one that is received.
    pub(crate) newline: Vec<u8>,
}

impl Settings {
    /// Seconds a call may wait where nobody says.
    pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);
    /// Most bytes that lie unread where nobody says.
    pub(crate) const LIMIT: usize = 64 << 20;
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeout: Self::TIMEOUT,
            limit: Self::LIMIT,
            newline: b"\n".to_vec(),
        }
    }
}

/// Who is at the other end.
enum Peer {
    Socket(Rc<Socket>),
    Process(Process),
    Player(RefCell<Player>),
}

/// A conversation.
pub(crate) struct Tube {
    net: Rc<Net>,
    peer: Peer,
    settings: Settings,
    inbox: RefCell<Inbox>,
    /// What one task sends stays in one piece.
    gate: Gate,
    /// Whom it is with, as it prints.
    told: String,
    closed: Cell<bool>,
}

impl Tube {
    /// A conversation over a socket that is connected.
    pub(crate) fn wrap(socket: Rc<Socket>, settings: Settings, told: String) -> Rc<Self> {
        let net = socket.net().clone();
        Self::new(net, Peer::Socket(socket), settings, told)
    }

    /// A conversation with a program that is started for it.
    ///
    /// # Errors
    /// The policy's refusal; `FileNotFoundError` and the like.
    pub(crate) fn spawn(net: &Rc<Net>, program: &Program, settings: Settings) -> Result<Rc<Self>> {
        let process = Process::start(net, program)?;
        let name = program.argv.first().map(|name| String::from_utf8_lossy(name));
        let told = format!("process {} {}", process.number(), name.unwrap_or_default());
        Ok(Self::new(net.clone(), Peer::Process(process), settings, told))
    }

    /// A conversation with the server of a recorded one: nothing leaves the script.
    pub(crate) fn replay(net: &Rc<Net>, recording: &Recording, settings: Settings) -> Rc<Self> {
        let player = Peer::Player(RefCell::new(Player::new(recording)));
        Self::new(net.clone(), player, settings, "recording".to_owned())
    }

    /// Plays the server of a recorded conversation to the peer.
    ///
    /// # Errors
    /// `AssertionError` where the peer says something else than was recorded; as sending and receiving.
    pub(crate) fn play(&self, recording: &Recording, timeout: Option<Duration>) -> Result<()> {
        for (place, turn) in recording.turns().iter().enumerate() {
            match turn {
                Turn::Server(data) => self.send("replay", &data.clone().into(), timeout)?,
                Turn::Client(expected) => {
                    let heard = self.expect(std::slice::from_ref(expected), timeout);
                    heard.map_err(|error| match error.class() {
                        Class::AssertionError => diverged(place, &error.message())
                            .with_partial(error.partial().unwrap_or_default().to_vec()),
                        _ => error,
                    })?;
                }
            }
        }
        // A peer that has ended already needs not be told.
        let _ = self.shutdown(SHUT_WR);
        let more = self.recv(None, timeout)?;
        if more.is_empty() {
            Ok(())
        } else {
            Err(too_much(&more))
        }
    }

    fn new(net: Rc<Net>, peer: Peer, settings: Settings, told: String) -> Rc<Self> {
        Rc::new(Self {
            net,
            peer,
            settings,
            inbox: RefCell::default(),
            gate: Gate::default(),
            told,
            closed: Cell::new(false),
        })
    }

    /// What a socket already has of its own: its timeout, unless something else is asked for.
    pub(crate) fn timeout_of(socket: &Socket) -> Duration {
        match socket.timeout() {
            Timeout::After(duration) => duration,
            Timeout::Blocking | Timeout::NonBlocking => Settings::TIMEOUT,
        }
    }

    /// The socket it is over, where it is over one.
    pub(crate) fn socket(&self) -> Option<&Rc<Socket>> {
        match &self.peer {
            Peer::Socket(socket) => Some(socket),
            Peer::Process(_) | Peer::Player(_) => None,
        }
    }

    /// The number of the program it is with, where it is with one.
    pub(crate) fn process(&self) -> Option<i32> {
        match &self.peer {
            Peer::Process(process) => Some(process.number()),
            Peer::Socket(_) | Peer::Player(_) => None,
        }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Bytes that came and were not read.
    pub(crate) fn unread(&self) -> usize {
        self.inbox.borrow().len()
    }

    /// Whether what comes has ends of its own.
    fn has_datagrams(&self) -> bool {
        self.socket().is_some_and(|socket| socket.kind() != SOCK_STREAM)
    }

    /// Whether a receive of nothing is no end: over UDP somebody sent an empty datagram.
    fn is_endless(&self) -> bool {
        self.socket().is_some_and(|socket| socket.kind() == SOCK_DGRAM)
    }

    /// Takes in what had come before the conversation began.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(super) fn preload(&self, datagrams: &[Vec<u8>]) -> Result<()> {
        let mut inbox = self.inbox.borrow_mut();
        datagrams
            .iter()
            .try_for_each(|datagram| inbox.append(&self.net, datagram, true))
    }

    fn check_open(&self, op: &'static str) -> Result<()> {
        if self.closed.get() {
            return Err(Error::value("the tube is closed").during(op));
        }
        Ok(())
    }

    /// How long a call may wait from now on.
    fn patience(&self, timeout: Option<Duration>) -> Patience {
        Patience::Until(deadline_after(timeout.unwrap_or(self.settings.timeout)))
    }

    /// Sends everything; what other tasks send comes before it or after it.
    ///
    /// # Errors
    /// `TimeoutError`, a refusal of the system's: `sent` says how much left.
    pub(crate) fn send(&self, op: &'static str, data: &Bytes, timeout: Option<Duration>) -> Result<()> {
        self.check_open(op)?;
        let patience = self.patience(timeout);
        let Patience::Until(deadline) = patience else {
            return Ok(());
        };
        let pass = self.net.sched().pass(&self.gate, deadline)?;
        let _pass = pass.ok_or_else(|| Error::timed_out().during(op).with_sent(0))?;
        match &self.peer {
            Peer::Socket(socket) => socket
                .send_rest_within(data, 0, 0, patience)
                .map_err(|error| error.called(op)),
            Peer::Process(process) => process.send(op, data, patience),
            Peer::Player(player) => data.with(|data| player.borrow_mut().hear(data)),
        }
    }

    /// Sends a line: the data and a line's end.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub(crate) fn send_line(&self, data: &Bytes, timeout: Option<Duration>) -> Result<()> {
        let line = data.with(|data| [data, &self.settings.newline].concat());
        self.send("send_line", &Bytes::Owned(line), timeout)
    }

    /// Ends one direction of the conversation or both, by the numbers of shutdown(2).
    ///
    /// # Errors
    /// The system's refusal.
    pub(crate) fn shutdown(&self, how: i32) -> Result<()> {
        const OP: &str = "shutdown";
        self.check_open(OP)?;
        match &self.peer {
            Peer::Socket(socket) => socket.shutdown(how),
            Peer::Player(_) => Ok(()),
            Peer::Process(process) => {
                if ![SHUT_RD, SHUT_WR, SHUT_RDWR].contains(&how) {
                    return Err(Error::from(Errno::INVAL).during(OP));
                }
                if how != SHUT_RD {
                    process.end_input()?;
                }
                if how != SHUT_WR {
                    process.end_output()?;
                }
                Ok(())
            }
        }
    }

    /// Ends the conversation; one that has ended is left alone. A program is asked to end, and killed when it has not within the
    /// time, with what it started. What came and was not read is gone.
    ///
    /// # Errors
    /// What closing the socket reports; what ends the task while it waits for the program.
    pub(crate) fn close(&self, timeout: Option<Duration>) -> Result<()> {
        if self.closed.replace(true) {
            return Ok(());
        }
        *self.inbox.borrow_mut() = Inbox::default();
        match &self.peer {
            Peer::Socket(socket) => socket.close(),
            Peer::Player(_) => Ok(()),
            Peer::Process(process) => process.end(deadline_after(timeout.unwrap_or(GRACE))),
        }
    }

    /// Waits for the end of the program: its exit status, or the signal that ended it as a negative number.
    ///
    /// # Errors
    /// `TimeoutError`; `ValueError` where there is no program.
    pub(crate) fn wait(&self, timeout: Option<Duration>) -> Result<i32> {
        const OP: &str = "wait";
        let Peer::Process(process) = &self.peer else {
            return Err(Error::value("only a tube of tube.spawn() has a program to wait for").during(OP));
        };
        let timeout = timeout.unwrap_or(self.settings.timeout);
        process
            .wait(deadline_after(timeout))?
            .ok_or_else(|| self.timed_out(OP, timeout, "the program's end"))
    }

    /// The error of a call that has waited in vain: for what, and what has come instead.
    fn timed_out(&self, op: &'static str, timeout: Duration, awaited: &str) -> Error {
        let inbox = self.inbox.borrow();
        let data = inbox.data();
        let cause = format!(
            "{} s went by without {awaited}; {}",
            timeout.as_secs_f64(),
            unread(data)
        );
        Error::timed_out()
            .during(op)
            .with_partial(data.to_vec())
            .because(cause)
    }
}

/// The bytes that lie unread, for a message: their number, and the last of them.
fn unread(data: &[u8]) -> String {
    /// Bytes a message shows.
    const SHOWN: usize = 64;
    match data.len() {
        0 => "nothing is unread".to_owned(),
        count if count <= SHOWN => {
            let plural = if count == 1 { "" } else { "s" };
            format!("unread: {count} byte{plural} {}", crate::text::bytes_repr(data))
        }
        count => {
            let tail = crate::text::bytes_repr(&data[count - SHOWN..]);
            format!("unread: {count} bytes, the last {SHOWN} of them {tail}")
        }
    }
}

impl fmt::Display for Tube {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let closed = if self.closed.get() { "[closed] " } else { "" };
        write!(f, "<tube {closed}{}>", self.told)
    }
}

impl fmt::Debug for Tube {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
