//! One socket of the network: what it has received and not yet given, and how it stands with its peer.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::os::fd::RawFd;

use crate::sys::errno::Errno;
use crate::sys::flag::{AF_UNIX, SOCK_STREAM};
use crate::sys::poll::event;

use super::Id;
use super::option::Options;

/// One socket.
pub(super) struct End {
    pub(super) family: i32,
    pub(super) kind: i32,
    pub(super) protocol: i32,
    /// Its descriptors, and the threads that have them.
    pub(super) holders: Vec<(RawFd, usize)>,
    pub(super) local: Option<SocketAddr>,
    /// A script chose the local address.
    pub(super) bound: bool,
    pub(super) remote: Option<SocketAddr>,
    pub(super) role: Role,
    /// Bytes of a stream that have come.
    pub(super) bytes: VecDeque<u8>,
    pub(super) letters: VecDeque<Letter>,
    /// The urgent byte, and how many others come before it.
    pub(super) urgent: Option<(u8, usize)>,
    /// Whether the urgent byte's place is still ahead, though the byte was taken.
    pub(super) mark: Option<usize>,
    /// The peer sends no more.
    pub(super) ended: bool,
    /// The connection is gone.
    pub(super) reset: bool,
    pub(super) shut_read: bool,
    pub(super) shut_write: bool,
    /// What the next call is told of.
    pub(super) error: Option<Errno>,
    pub(super) options: Options,
    /// How often something has happened to it.
    pub(super) occurrences: u64,
}

/// How a socket stands.
pub(super) enum Role {
    Idle,
    Listening {
        /// Connections nobody has accepted yet.
        queue: VecDeque<Id>,
        /// Those that connect and find no room in it.
        waiting: VecDeque<Id>,
        backlog: usize,
    },
    /// It waits for an answer, at a full listener or where nobody ever answers.
    Connecting,
    /// `told` is whether a second connect would be told that it is connected. A datagram socket has no peer but an address.
    Connected {
        peer: Option<Id>,
        told: bool,
    },
}

/// A datagram.
#[derive(Clone)]
pub(super) struct Letter {
    pub(super) data: Vec<u8>,
    pub(super) from: Option<SocketAddr>,
}

/// What the kernel counts for a datagram besides its bytes.
const LETTER: usize = 512;
/// Datagrams that wait at a Unix socket.
const MOST_UNIX_LETTERS: usize = 11;

impl End {
    pub(super) fn new(family: i32, kind: i32, protocol: i32) -> Self {
        Self {
            family,
            kind,
            protocol,
            holders: Vec::new(),
            local: None,
            bound: false,
            remote: None,
            role: Role::Idle,
            bytes: VecDeque::new(),
            letters: VecDeque::new(),
            urgent: None,
            mark: None,
            ended: false,
            reset: false,
            shut_read: false,
            shut_write: false,
            error: None,
            options: Options::default(),
            occurrences: 0,
        }
    }

    pub(super) fn is_stream(&self) -> bool {
        self.kind == SOCK_STREAM
    }

    pub(super) fn is_unix(&self) -> bool {
        self.family == AF_UNIX
    }

    pub(super) fn peer(&self) -> Option<Id> {
        match self.role {
            Role::Connected { peer, .. } => peer,
            _ => None,
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        matches!(self.role, Role::Connected { .. })
    }

    pub(super) fn is_listening(&self) -> bool {
        matches!(self.role, Role::Listening { .. })
    }

    /// Nothing more can be received but what is there.
    pub(super) fn reads_end(&self) -> bool {
        self.ended || self.shut_read || self.reset
    }

    /// Nothing can be sent any more.
    pub(super) fn writes_end(&self) -> bool {
        self.shut_write || self.reset
    }

    /// Bytes that wait in datagrams, as the kernel counts them.
    pub(super) fn held(&self) -> usize {
        self.letters.iter().map(|letter| letter.data.len() + LETTER).sum()
    }

    /// Whether one datagram more of this length has a place.
    pub(super) fn has_place(&self, length: usize) -> bool {
        if self.is_unix() {
            return self.letters.len() < MOST_UNIX_LETTERS;
        }
        self.letters.is_empty() || self.held() + length + LETTER <= self.options.receive_buffer()
    }

    /// Takes the error, which is told once.
    ///
    /// # Errors
    /// The error.
    pub(super) fn check(&mut self) -> crate::sys::errno::Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }

    /// What poll(2) tells; `has_room` is whether something could be sent.
    pub(super) fn events(&self, has_room: bool) -> i16 {
        let mut events = 0;
        let readable = event::READABLE | event::READABLE_NORMAL;
        let writable = event::WRITABLE | event::WRITABLE_NORMAL;
        if let Role::Listening { queue, .. } = &self.role {
            return if queue.is_empty() { 0 } else { readable };
        }
        let (reads_end, writes_end) = (self.reads_end(), self.writes_end());
        let over = reads_end && writes_end || self.is_stream() && matches!(self.role, Role::Idle);
        if over {
            events |= event::HANGUP;
        }
        if reads_end {
            events |= readable | event::READ_ENDED;
        }
        if self.error.is_some() {
            events |= event::ERROR;
        }
        if !self.bytes.is_empty() || !self.letters.is_empty() {
            events |= readable;
        }
        if self.urgent.is_some() {
            events |= event::URGENT;
        }
        if !matches!(self.role, Role::Connecting) && (has_room || writes_end) {
            events |= writable;
            if !self.is_stream() || self.is_unix() {
                events |= event::WRITABLE_BAND;
            }
        }
        events
    }
}
