//! Playing the server of a recorded conversation: it says what it said then, as long as the client says what it said then. What is
//! compared is the content, however it is cut into pieces; where the client says something else it is told so, byte by byte.
//!
//! A recording is any trace. A conversation is what went through a socket that was accepted, be it in a worker that it was given to, and
//! whose peer is the client; where none was accepted, through one that was connected, whose peer is the server.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::file;
use crate::net::Net;
use crate::policy::Request;
use crate::wire::trace::{Kind, Lines, Name, Record};

use super::tube::{Expected, Pattern};

/// Most bytes of a conversation that are kept.
const LARGEST: usize = 256 << 20;
/// Most bytes of a trace that are read: it has more to tell than what was said, and tells that in more letters.
const LARGEST_TRACE: usize = 1 << 30;

/// One side's turn to speak.
#[derive(Clone, Debug)]
pub(crate) enum Turn {
    Client(Expected),
    Server(Vec<u8>),
}

/// A recorded conversation.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    turns: Vec<Turn>,
}

/// What went through one socket.
struct Socket {
    accepted: bool,
    /// Whether each piece was received, and what it was; neighbours of one kind are joined.
    pieces: Vec<(bool, Vec<u8>)>,
}

impl Recording {
    /// Reads one conversation of a trace file; the first is number 1. What a mask matches of what the client said may be anything
    /// that the mask matches.
    ///
    /// # Errors
    /// The policy's refusal, `FileNotFoundError` and the like; `ValueError` for what is no trace, or has no such conversation.
    pub(crate) fn read(net: &Net, path: &Path, number: usize, masks: &[Rc<Pattern>]) -> Result<Self> {
        const OP: &str = "replay";
        net.guard(&Request::Open { path, write: false })
            .map_err(|error| error.during(OP))?;
        let text = file::whole(net, path, LARGEST_TRACE).map_err(|error| error.during(OP))?;
        let refuse =
            |why: &dyn std::fmt::Display| Error::value(format!("{}: {why}", path.display())).during(OP);
        let mut lines = Lines::open(&*text).map_err(|trouble| refuse(&trouble))?;
        let mut seen = Seen::default();
        let mut size = 0;
        while let Some(record) = lines.next_record().map_err(|trouble| refuse(&trouble))? {
            size += seen.note(&record).map_err(|why| refuse(&why))?;
            if size > LARGEST {
                return Err(refuse(&"the recording is too large"));
            }
        }
        let mut spoken = seen.sockets;
        spoken.retain(|socket| !socket.pieces.is_empty());
        let any_accepted = spoken.iter().any(|socket| socket.accepted);
        let mut spoken = spoken
            .into_iter()
            .filter(|socket| socket.accepted == any_accepted);
        let found = number
            .checked_sub(1)
            .and_then(|place| spoken.nth(place))
            .ok_or_else(|| refuse(&format!("it has no conversation number {number}")))?;
        let of_client = found.accepted;
        let turns = found
            .pieces
            .into_iter()
            .map(|(received, data)| {
                if received == of_client {
                    Expected::masked(net, data, masks).map(Turn::Client)
                } else {
                    Ok(Turn::Server(data))
                }
            })
            .collect::<Result<_>>()?;
        Ok(Self { turns })
    }

    pub(crate) fn turns(&self) -> &[Turn] {
        &self.turns
    }
}

/// The sockets of a trace, so far.
#[derive(Default)]
struct Seen {
    sockets: Vec<Socket>,
    places: BTreeMap<u64, usize>,
    /// The addresses of those that were accepted: one may go on in a worker, as a socket of its own.
    accepted: HashSet<(Option<Name>, Option<Name>)>,
}

impl Seen {
    /// Takes a record in; returns how many bytes it has.
    fn note(&mut self, record: &Record<'_>) -> Result<usize, String> {
        let Some(number) = record.socket else { return Ok(0) };
        let ends = || (record.local.clone(), record.peer.clone());
        match record.event {
            Kind::Accept => {
                self.accepted.insert(ends());
                self.add(number, true);
            }
            Kind::Connect => self.add(number, false),
            Kind::Ends if !self.places.contains_key(&number) => {
                self.add(number, self.accepted.contains(&ends()));
            }
            Kind::Sent | Kind::Received if !record.peeked => {
                let received = record.event == Kind::Received;
                let data = record.data()?;
                let place = self.places.get(&number);
                if let Some(socket) = place.and_then(|place| self.sockets.get_mut(*place))
                    && !data.is_empty()
                {
                    match socket.pieces.last_mut() {
                        Some((same, bytes)) if *same == received => bytes.extend_from_slice(&data),
                        _ => socket.pieces.push((received, data.to_vec())),
                    }
                    return Ok(data.len());
                }
            }
            _ => {}
        }
        Ok(0)
    }

    fn add(&mut self, number: u64, accepted: bool) {
        self.places.insert(number, self.sockets.len());
        self.sockets.push(Socket {
            accepted,
            pieces: Vec::new(),
        });
    }
}

/// A recording that is played to a client in the same script: the other end of a tube.
pub(super) struct Player {
    turns: Vec<Turn>,
    place: usize,
    /// What the client has said of its turn.
    heard: Vec<u8>,
    /// What is to be heard of the server next.
    said: Vec<u8>,
}

impl Player {
    pub(super) fn new(recording: &Recording) -> Self {
        let mut player = Self {
            turns: recording.turns.clone(),
            place: 0,
            heard: Vec::new(),
            said: Vec::new(),
        };
        player.speak();
        player
    }

    /// The server's turns, up to the client's next.
    fn speak(&mut self) {
        while let Some(Turn::Server(data)) = self.turns.get(self.place) {
            self.said.extend_from_slice(data);
            self.place += 1;
        }
    }

    /// The client says something.
    ///
    /// # Errors
    /// `AssertionError` where it differs from the recording.
    pub(super) fn hear(&mut self, data: &[u8]) -> Result<()> {
        self.heard.extend_from_slice(data);
        while !self.heard.is_empty() {
            let Some(Turn::Client(expected)) = self.turns.get(self.place) else {
                return Err(too_much(&self.heard));
            };
            match expected.come(&self.heard, false)? {
                None => return Ok(()),
                Some(Ok(count)) => {
                    self.heard.drain(..count);
                    self.place += 1;
                    self.speak();
                }
                Some(Err(text)) => return Err(diverged(self.place, &text)),
            }
        }
        Ok(())
    }

    /// The server's next words; none at the end of the recording.
    ///
    /// # Errors
    /// `AssertionError` where it is the client's turn to say something.
    pub(super) fn say(&mut self) -> Result<Vec<u8>> {
        if self.said.is_empty()
            && let Some(Turn::Client(expected)) = self.turns.get(self.place)
        {
            let text = match expected.come(&self.heard, true)? {
                Some(Err(text)) => text,
                _ => "the client has not said all yet".to_owned(),
            };
            return Err(diverged(self.place, &text));
        }
        Ok(std::mem::take(&mut self.said))
    }
}

/// The error of a client that says something else than it said when it was recorded.
pub(super) fn diverged(turn: usize, text: &str) -> Error {
    let text = format!("the recording differs in turn {}: {text}", turn + 1);
    Error::new(crate::error::Class::AssertionError, text).during("replay")
}

/// The error of a client that goes on after the end of the recording.
pub(super) fn too_much(data: &[u8]) -> Error {
    let text = format!(
        "the recording has ended, and the client goes on: {}",
        crate::wire::difference::octets(b"", data)
    );
    Error::new(crate::error::Class::AssertionError, text).during("replay")
}
