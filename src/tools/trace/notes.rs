//! What a recorder knows of sockets and tasks, by which it makes records of events: numbers that are not used again, and
//! what has to be told before an event so that a reader understands it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use crate::constants::{Group, name_of};
use crate::net::{Event, Scene, Setting};
use crate::sys::flag::{AF_UNIX, SHUT_RD, SHUT_RDWR, SHUT_WR};
use crate::text::bytes_repr;
use crate::wire::trace::{Kind, Name, Record};

use super::entry::{Moved, What};

/// Sockets a forked child may number before its numbers meet another's.
const OF_A_CHILD: u64 = 1_000_000;

#[derive(Default)]
pub(super) struct Notes {
    /// By descriptor.
    sockets: Vec<Option<Seen>>,
    made: u64,
    tasks: HashSet<(Option<Arc<str>>, u64)>,
    /// The task that was seen last, of those of the program's own runtime.
    last: u64,
    workers: Vec<Arc<str>>,
}

/// What is known of an open socket.
#[derive(Clone, Copy)]
struct Seen {
    socket: u64,
    /// Its addresses have been told.
    ends: bool,
}

impl Notes {
    /// The name of a worker, kept once.
    pub(super) fn worker(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.workers.iter().find(|known| &***known == name) {
            return known.clone();
        }
        let kept: Arc<str> = name.into();
        self.workers.push(kept.clone());
        kept
    }

    /// In a forked child: the sockets it has are its own copies.
    pub(super) fn begin_anew(&mut self, process: u32) {
        self.sockets.clear();
        self.tasks.clear();
        self.last = 0;
        self.made = u64::from(process) * OF_A_CHILD;
    }

    fn seen(&self, fd: i32) -> Option<Seen> {
        *self.sockets.get(usize::try_from(fd).ok()?)?
    }

    fn set(&mut self, fd: i32, seen: Option<Seen>) {
        let Ok(place) = usize::try_from(fd) else { return };
        if self.sockets.len() <= place {
            self.sockets.resize(place + 1, None);
        }
        self.sockets[place] = seen;
    }

    fn open(&mut self, fd: i32, family: i32, kind: i32, protocol: i32) -> Record<'static> {
        self.made += 1;
        let seen = Seen {
            socket: self.made,
            ends: false,
        };
        self.set(fd, Some(seen));
        let mut record = self.record(Kind::Open, fd);
        record.family = Some(named(Group::AddressFamily, family));
        record.type_ = Some(named(Group::SocketKind, kind));
        record.protocol = Some(protocol);
        record
    }

    /// A record of a socket; the entry it becomes a part of has the rest.
    fn record(&self, kind: Kind, fd: i32) -> Record<'static> {
        let mut record = Record::new(0, kind);
        record.socket = self.seen(fd).map(|seen| seen.socket);
        record.fd = (fd >= 0).then_some(fd);
        record
    }

    /// What is to be told before an event, one after the other: a task, a socket, its addresses that nobody has heard of.
    #[inline]
    pub(super) fn first(
        &mut self,
        event: &Event<'_>,
        scene: &Scene<'_>,
        worker: Option<&Arc<str>>,
        task: u64,
    ) -> Option<Record<'static>> {
        if task != 0 && (worker.is_some() || task != self.last) {
            if worker.is_none() {
                self.last = task;
            }
            if self.tasks.insert((worker.cloned(), task)) {
                let mut record = Record::new(0, Kind::Task);
                record.name = scene.task_name().map(Cow::Owned);
                return Some(record);
            }
        }
        let moves = matches!(event, Event::Sent { .. } | Event::Received { .. });
        match *event {
            Event::Sent { fd, .. }
            | Event::Received { fd, .. }
            | Event::Named { fd, .. }
            | Event::Paired { fd, .. }
            | Event::Configured { fd, .. }
            | Event::Shut { fd, .. }
            | Event::Done { fd, .. }
            | Event::Failed { fd, .. } => match self.seen(fd) {
                Some(seen) if seen.ends || !moves => None,
                Some(seen) => self.ends(fd, seen, scene),
                None => {
                    let socket = scene.socket().filter(|_| fd >= 0)?;
                    Some(self.open(fd, socket.family(), socket.kind(), socket.protocol()))
                }
            },
            _ => None,
        }
    }

    #[cold]
    fn ends(&mut self, fd: i32, seen: Seen, scene: &Scene<'_>) -> Option<Record<'static>> {
        self.set(fd, Some(Seen { ends: true, ..seen }));
        let mut record = self.record(Kind::Ends, fd);
        record.local = scene.local_address().as_ref().and_then(Name::of);
        record.peer = scene.peer_address().as_ref().and_then(Name::of);
        (record.local.is_some() || record.peer.is_some()).then_some(record)
    }

    /// What an event becomes, and the bytes that belong to it.
    #[inline]
    pub(super) fn of<'a>(&mut self, event: &Event<'a>, scene: &Scene<'_>) -> Option<(What, &'a [u8])> {
        let (fd, data, far, peeked, sent) = match *event {
            Event::Sent { fd, data, to } => (fd, data, to, false, true),
            Event::Received {
                fd,
                data,
                from,
                peeked,
            } => (fd, data, from, peeked, false),
            _ => {
                let record = self.told(event, scene)?;
                return Some((What::Told(Box::new(record)), &[]));
            }
        };
        let moved = Moved {
            sent,
            peeked,
            plaintext: scene.is_plaintext(),
            socket: self.seen(fd)?.socket,
            fd,
            far: far.and_then(Name::of).map(Box::new),
        };
        Some((What::Moved(moved), data))
    }

    #[cold]
    fn told(&mut self, event: &Event<'_>, scene: &Scene<'_>) -> Option<Record<'static>> {
        Some(match *event {
            Event::Opened {
                fd,
                family,
                kind,
                protocol,
            } => self.open(fd, family, kind, protocol),
            Event::Paired { fd, other } => {
                let mut record = self.record(Kind::Pair, fd);
                record.other = self.seen(other).map(|seen| seen.socket);
                for fd in [fd, other] {
                    self.set_ends(fd);
                }
                record
            }
            Event::Named { fd, op, address } => {
                let kind = match op {
                    "bind" => Kind::Bind,
                    "accept" => Kind::Accept,
                    _ => Kind::Connect,
                };
                let mut record = self.record(kind, fd);
                // The port that was asked for may be 0, for any.
                record.local = scene.local_address().as_ref().and_then(Name::of);
                if kind == Kind::Bind {
                    record.local = record.local.or_else(|| Name::of(address));
                } else {
                    record.peer = Name::of(address);
                    record.peer_process = scene
                        .socket()
                        .filter(|socket| socket.family() == AF_UNIX)
                        .and_then(|_| scene.peer_process());
                    self.set_ends(fd);
                }
                record
            }
            Event::Configured {
                fd,
                level,
                name,
                value,
            } => {
                let mut record = self.record(Kind::Option, fd);
                record.level = Some(level);
                record.option = Some(name);
                record.value = Some(Cow::Owned(match value {
                    Setting::Number(number) => number.to_string(),
                    Setting::Bytes(bytes) => bytes_repr(bytes),
                    Setting::Null => "None".to_owned(),
                }));
                record
            }
            Event::Shut { fd, how } => {
                let mut record = self.record(Kind::Shutdown, fd);
                record.how = Some(match how {
                    SHUT_RD => "SHUT_RD".into(),
                    SHUT_WR => "SHUT_WR".into(),
                    SHUT_RDWR => "SHUT_RDWR".into(),
                    other => other.to_string().into(),
                });
                record
            }
            Event::Done { fd, op: "listen" } => self.record(Kind::Listen, fd),
            Event::Done { fd, op } => {
                let mut record = self.record(Kind::Done, fd);
                record.op = Some(op.into());
                record
            }
            Event::Failed { fd, error } => {
                let mut record = self.record(Kind::Error, fd);
                record.op = error.op().map(Into::into);
                record.class = Some(error.class().name().into());
                record.errno = error.errno();
                record.message = Some(error.headline().to_string().into());
                record.peer = error.address().and_then(Name::of);
                record
            }
            Event::Closed { fd } => {
                let record = self.record(Kind::Close, fd);
                self.set(fd, None);
                record.socket?;
                record
            }
            Event::Asked { request, .. } => {
                let mut record = Record::new(0, Kind::Refused);
                record.message = Some(request.to_string().into());
                record
            }
            _ => return None,
        })
    }

    fn set_ends(&mut self, fd: i32) {
        if let Some(seen) = self.seen(fd) {
            self.set(fd, Some(Seen { ends: true, ..seen }));
        }
    }
}

/// The name of a number in a group; the number where it has none.
fn named(group: Group, number: i32) -> Cow<'static, str> {
    name_of(group, number.into()).map_or_else(|| number.to_string().into(), Into::into)
}
