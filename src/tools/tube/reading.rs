//! Handing out what has come: by lengths, delimiters, lines, patterns, to the end. Each call looks at what is there and waits for
//! more until it has all it wants, and takes nothing before; so other tasks may read the same tube, and a call that fails has
//! lost nothing.

use std::time::Duration;

use memchr::memmem::Finder;

use crate::bytes::Scratch;
use crate::error::{Class, Error, Result};
use crate::net::Patience;
use crate::sched::now;
use crate::text::bytes_repr;

use super::automaton::Walk;
use super::inbox::Inbox;
use super::pattern::{Groups, Pattern};
use super::{Peer, Tube, unread};

/// What a call needs before it can return.
pub(super) struct Call<'a> {
    pub(super) op: &'static str,
    pub(super) timeout: Option<Duration>,
    /// What it waits for, in words.
    pub(super) awaited: &'a dyn Fn() -> String,
}

/// How far the bytes have been searched for something, while nothing is taken from their front.
#[derive(Default)]
struct Progress {
    front: u64,
    searched: usize,
}

impl Progress {
    /// The place to go on at; `overlap` bytes before the last end may begin what is searched for.
    fn resume(&mut self, inbox: &Inbox, overlap: usize) -> usize {
        if self.front != inbox.front {
            *self = Self {
                front: inbox.front,
                searched: 0,
            };
        }
        let from = self.searched.saturating_sub(overlap);
        self.searched = inbox.len();
        from
    }
}

impl Tube {
    /// Waits until `take` takes what it wants.
    ///
    /// # Errors
    /// `TimeoutError`; `EOFError` where the peer has ended; `LimitError` when more lies unread than may; the system's refusal.
    /// `partial` is what lies unread then.
    pub(super) fn read<T>(
        &self,
        call: &Call<'_>,
        mut take: impl FnMut(&mut Inbox) -> Result<Option<T>>,
    ) -> Result<T> {
        self.check_open(call.op)?;
        let patience = self.patience(call.timeout);
        let mut has_waited = false;
        loop {
            if let Some(taken) = take(&mut self.inbox.borrow_mut())? {
                return Ok(taken);
            }
            if has_waited {
                self.check_time(call, patience)?;
            }
            self.fill(call, patience)?;
            has_waited = true;
        }
    }

    /// Whether the time is over though something comes again and again. A call without any takes what is there.
    fn check_time(&self, call: &Call<'_>, patience: Patience) -> Result<()> {
        let timeout = call.timeout.unwrap_or(self.settings.timeout);
        match patience {
            Patience::Until(Some(deadline)) if !timeout.is_zero() && now() >= deadline => {
                Err(self.timed_out(call.op, timeout, &(call.awaited)()))
            }
            _ => Ok(()),
        }
    }

    /// Waits for more.
    fn fill(&self, call: &Call<'_>, patience: Patience) -> Result<()> {
        let op = call.op;
        let (version, held) = {
            let inbox = self.inbox.borrow();
            if inbox.ended {
                return Err(ended(&inbox, call));
            }
            (inbox.version, inbox.len())
        };
        let limit = self.settings.limit;
        let is_datagram = self.has_datagrams();
        if held >= limit {
            let text = format!(
                "{held} bytes lie unread and {} is not among them: a tube holds no more (limit={limit})",
                (call.awaited)()
            );
            let partial = self.inbox.borrow().data().to_vec();
            return Err(Error::new(Class::LimitError, text)
                .during(op)
                .with_partial(partial));
        }
        let size = if is_datagram {
            Scratch::SIZE
        } else {
            (limit - held).min(Scratch::SIZE)
        };
        // While this call waits, another task may have brought what it waits for.
        let is_due = || self.inbox.borrow().version == version;
        let received = match &self.peer {
            Peer::Socket(socket) => socket.receive_within(op, size, patience, is_due),
            Peer::Process(process) => process.receive(op, size, patience, is_due),
            Peer::Player(player) => player.borrow_mut().say().map(|data| Some(data.into())),
        };
        match received {
            Ok(Some(bytes)) => {
                let mut inbox = self.inbox.borrow_mut();
                if bytes.is_empty() && !self.is_endless() {
                    inbox.ended = true;
                    inbox.version += 1;
                    return Ok(());
                }
                bytes.with(|data| inbox.append(&self.net, data, is_datagram))
            }
            Ok(None) => Ok(()),
            Err(error) => Err(self.failed(call, error)),
        }
    }

    /// A receive failed: the error tells of what lies unread.
    fn failed(&self, call: &Call<'_>, error: Error) -> Error {
        // A limit of the task's own has a text of its own.
        let is_plain_timeout = error.class() == Class::TimeoutError
            && error.errno().is_none()
            && error.message() == Error::timed_out().message();
        if is_plain_timeout {
            let timeout = call.timeout.unwrap_or(self.settings.timeout);
            return self.timed_out(call.op, timeout, &(call.awaited)());
        }
        let partial = self.inbox.borrow().data().to_vec();
        error.with_partial(partial)
    }

    /// What comes next, at least one byte and at most `size`; a datagram as it was sent. Nothing is the peer's end.
    ///
    /// # Errors
    /// As [`Self::read`], but the end is none.
    pub(crate) fn recv(&self, size: Option<usize>, timeout: Option<Duration>) -> Result<Vec<u8>> {
        let is_datagram = self.has_datagrams();
        let call = Call {
            op: "recv",
            timeout,
            awaited: &|| "a byte".to_owned(),
        };
        self.read(&call, |inbox| {
            if size == Some(0) {
                return Ok(Some(Vec::new()));
            }
            if is_datagram && size.is_none() {
                return Ok(inbox.take_datagram());
            }
            let is_there = inbox.len() > 0 || inbox.ended;
            Ok(is_there.then(|| inbox.take(size.unwrap_or(usize::MAX))))
        })
    }

    /// So many bytes, no fewer and no more.
    ///
    /// # Errors
    /// As [`Self::read`]; `ValueError` for more than the tube may hold.
    pub(crate) fn recv_exactly(&self, size: usize, timeout: Option<Duration>) -> Result<Vec<u8>> {
        const OP: &str = "recv_exactly";
        Inbox::check_fits(size, self.settings.limit).map_err(|error| error.during(OP))?;
        let call = Call {
            op: OP,
            timeout,
            awaited: &|| format!("{size} bytes"),
        };
        self.read(&call, |inbox| Ok((inbox.len() >= size).then(|| inbox.take(size))))
    }

    /// Everything up to a delimiter, with it or without.
    ///
    /// # Errors
    /// As [`Self::read`]; `ValueError` for no delimiter at all.
    pub(crate) fn recv_until(
        &self,
        op: &'static str,
        delimiter: &[u8],
        drop_it: bool,
        timeout: Option<Duration>,
    ) -> Result<Vec<u8>> {
        if delimiter.is_empty() {
            return Err(Error::value("the delimiter is empty").during(op));
        }
        let call = Call {
            op,
            timeout,
            awaited: &|| bytes_repr(delimiter),
        };
        let finder = Finder::new(delimiter);
        let mut progress = Progress::default();
        self.read(&call, |inbox| {
            let from = progress.resume(inbox, delimiter.len() - 1);
            let found = finder.find(inbox.data().get(from..).unwrap_or_default());
            Ok(found.map(|place| {
                let mut taken = inbox.take(from + place + delimiter.len());
                if drop_it {
                    taken.truncate(from + place);
                }
                taken
            }))
        })
    }

    /// A line, without its end unless that is to be kept.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn recv_line(&self, drop_it: bool, timeout: Option<Duration>) -> Result<Vec<u8>> {
        let mut lines = self.lines("recv_line", 1, drop_it, timeout)?;
        Ok(lines.pop().unwrap_or_default())
    }

    /// So many lines, or none.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn recv_lines(
        &self,
        count: usize,
        drop_it: bool,
        timeout: Option<Duration>,
    ) -> Result<Vec<Vec<u8>>> {
        self.lines("recv_lines", count, drop_it, timeout)
    }

    fn lines(
        &self,
        op: &'static str,
        count: usize,
        drop_it: bool,
        timeout: Option<Duration>,
    ) -> Result<Vec<Vec<u8>>> {
        let end = &*self.settings.newline;
        Inbox::check_fits(count.saturating_mul(end.len()), self.settings.limit)
            .map_err(|error| error.during(op))?;
        let call = Call {
            op,
            timeout,
            awaited: &|| match count {
                1 => format!("the end of a line, {}", bytes_repr(end)),
                _ => format!("{count} lines' ends, {}", bytes_repr(end)),
            },
        };
        let finder = Finder::new(end);
        let (mut progress, mut front) = (Progress::default(), 0);
        // Behind which bytes each line found so far ends.
        let mut ends: Vec<usize> = Vec::new();
        self.read(&call, |inbox| {
            if front != inbox.front {
                front = inbox.front;
                ends.clear();
            }
            let mut from = progress.resume(inbox, end.len() - 1);
            from = from.max(ends.last().copied().unwrap_or(0));
            while ends.len() < count {
                let Some(place) = finder.find(&inbox.data()[from..]) else {
                    return Ok(None);
                };
                from += place + end.len();
                ends.push(from);
            }
            let taken = inbox.take(ends.last().copied().unwrap_or(0));
            let mut begin = 0;
            let lines = ends.iter().map(|&stop| {
                let line = &taken[begin..stop];
                begin = stop;
                if drop_it { without_end(line, end) } else { line }.to_vec()
            });
            Ok(Some(lines.collect()))
        })
    }

    /// Everything up to the end of the first match; and where in it the match lies, and its groups. Nothing is taken where
    /// `afford` refuses them.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn recv_regex(
        &self,
        pattern: &Pattern,
        timeout: Option<Duration>,
        afford: impl Fn(&Groups) -> Result<()>,
    ) -> Result<(Vec<u8>, Groups)> {
        let call = Call {
            op: "recv_regex",
            timeout,
            awaited: &|| format!("a match of {}", bytes_repr(pattern.text())),
        };
        let (mut walk, mut front) = (Walk::default(), 0);
        self.read(&call, |inbox| {
            if std::mem::replace(&mut front, inbox.front) != inbox.front {
                walk = Walk::default();
            }
            let Some((end, groups)) = pattern.find_on(&mut walk, inbox.data())? else {
                return Ok(None);
            };
            afford(&groups)?;
            Ok(Some((inbox.take(end), groups)))
        })
    }

    /// Everything up to the peer's end.
    ///
    /// # Errors
    /// As [`Self::read`], but the end is none.
    pub(crate) fn recv_all(&self, timeout: Option<Duration>) -> Result<Vec<u8>> {
        let call = Call {
            op: "recv_all",
            timeout,
            awaited: &|| "the peer's end".to_owned(),
        };
        self.read(&call, |inbox| Ok(inbox.ended.then(|| inbox.take(usize::MAX))))
    }

    /// Puts bytes back: they are read next.
    ///
    /// # Errors
    /// `LimitError` when more would lie unread than may; `MemoryError`.
    pub(crate) fn unrecv(&self, data: &[u8]) -> Result<()> {
        const OP: &str = "unrecv";
        self.check_open(OP)?;
        let mut inbox = self.inbox.borrow_mut();
        let (held, limit) = (inbox.len(), self.settings.limit);
        if held.saturating_add(data.len()) > limit {
            let text = format!("{} more bytes than may lie unread (limit={limit})", data.len());
            return Err(Error::new(Class::LimitError, text).during(OP));
        }
        inbox
            .give_back(&self.net, data, self.has_datagrams())
            .map_err(|error| error.during(OP))
    }
}

/// A line without its end. Where a line feed ends lines, a carriage return before it belongs to the end.
fn without_end<'a>(line: &'a [u8], end: &[u8]) -> &'a [u8] {
    let line = line.strip_suffix(end).unwrap_or(line);
    if end == b"\n" {
        line.strip_suffix(b"\r").unwrap_or(line)
    } else {
        line
    }
}

/// The error of a call that wants more than the peer has said before it ended.
fn ended(inbox: &Inbox, call: &Call<'_>) -> Error {
    let text = format!("the peer has ended before {}", (call.awaited)());
    Error::new(Class::EOFError, text)
        .during(call.op)
        .with_partial(inbox.data().to_vec())
        .because(unread(inbox.data()))
}
