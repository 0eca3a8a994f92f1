//! `socket.sendfile`: by the kernel alone where it can, by reading and sending where it cannot.

use std::os::fd::RawFd;

use crate::bytes::Bytes;
use crate::error::{Error, Result};
use crate::net::{Socket, Timeout};
use crate::sys::flag::SOCK_STREAM;

use super::object::{Data, File};
use super::opening::is_regular;

/// Bytes read and sent at once where the kernel cannot do it alone.
const PORTION: usize = 8192;
/// Most the kernel is asked to send at once, as in Python.
const LARGEST: u64 = 1 << 30;

/// A file as `sendfile` needs it: one of ours, or the language's own.
pub(crate) trait Sendable: std::fmt::Debug {
    /// Whether it was opened for text.
    fn is_text(&self) -> bool;
    /// Its descriptor, if it has one.
    fn descriptor(&self) -> Option<RawFd>;
    /// Its descriptor once it is known that it may be read; none where a read itself has to say what is wrong.
    ///
    /// # Errors
    /// The policy's refusal.
    fn begin_reading(&self) -> Result<Option<RawFd>>;
    /// Up to `size` bytes; none at the end.
    fn read(&self, size: usize) -> Result<Vec<u8>>;
    /// Moves its place.
    fn seek(&self, place: i64) -> Result<()>;
}

impl Sendable for File {
    fn is_text(&self) -> bool {
        self.mode().is_ok_and(|mode| !mode.contains('b'))
    }

    fn descriptor(&self) -> Option<RawFd> {
        self.fileno().ok()
    }

    fn begin_reading(&self) -> Result<Option<RawFd>> {
        self.begin_reading()
    }

    fn read(&self, size: usize) -> Result<Vec<u8>> {
        match self.read(Some(size))? {
            Some(Data::Bytes(bytes) | Data::Text(bytes)) => Ok(bytes),
            None => Ok(Vec::new()),
        }
    }

    fn seek(&self, place: i64) -> Result<()> {
        self.seek(place, crate::sys::file::SEEK_SET).map(drop)
    }
}

/// Sends a file from `offset` on, `count` bytes or all; returns how many left. The file's place is behind them then, also
/// after an error, which says in `sent` how many left.
///
/// # Errors
/// `ValueError` for what cannot be sent so; the system's refusal; a timeout.
pub(crate) fn send_file(
    socket: &Socket,
    file: &dyn Sendable,
    offset: i64,
    count: Option<i64>,
) -> Result<u64> {
    if file.is_text() {
        return Err(Error::value("file should be opened in binary mode"));
    }
    if socket.kind() & SOCK_STREAM == 0 {
        return Err(Error::value("only SOCK_STREAM type sockets are supported"));
    }
    let count = match count {
        None => None,
        Some(count) => match u64::try_from(count) {
            Ok(count) if count > 0 => Some(count),
            _ => {
                return Err(Error::value(format!(
                    "count must be a positive integer (got {count})"
                )));
            }
        },
    };
    socket.announce_file(file.descriptor(), offset, count)?;
    let regular = file
        .begin_reading()?
        .and_then(|fd| is_regular(fd).map(|size| (fd, size)));
    if matches!(regular, Some((_, 0))) {
        return Ok(0);
    }
    if socket.timeout() == Timeout::NonBlocking {
        return Err(Error::value("non-blocking sockets are not supported"));
    }
    // Who watches wants to see the bytes.
    if let Some((fd, size)) = regular
        && !socket.net().is_observed()
        && socket.takes_files()
    {
        let mut sent = 0;
        let outcome = by_kernel(
            socket,
            fd,
            offset,
            count.unwrap_or(size).min(LARGEST),
            count,
            &mut sent,
        );
        match outcome {
            Err(error) if sent == 0 && error.errno().is_some() => {}
            outcome => return finish(file, offset, sent, outcome),
        }
    }
    let mut sent = 0;
    let outcome = by_hand(socket, file, offset, count, &mut sent);
    if regular.is_none() {
        // A pipe has no place to move.
        return tell(sent, outcome);
    }
    finish(file, offset, sent, outcome)
}

fn by_kernel(
    socket: &Socket,
    fd: RawFd,
    offset: i64,
    portion: u64,
    count: Option<u64>,
    sent: &mut u64,
) -> Result<()> {
    loop {
        let portion = count.map_or(portion, |count| (count - *sent).min(portion));
        if portion == 0 {
            return Ok(());
        }
        let place = offset.saturating_add(i64::try_from(*sent).unwrap_or(i64::MAX));
        match socket.send_part(fd, place, usize::try_from(portion).unwrap_or(usize::MAX))? {
            0 => return Ok(()),
            more => *sent += more as u64,
        }
    }
}

fn by_hand(
    socket: &Socket,
    file: &dyn Sendable,
    offset: i64,
    count: Option<u64>,
    sent: &mut u64,
) -> Result<()> {
    if offset != 0 {
        file.seek(offset)?;
    }
    loop {
        let portion = count.map_or(PORTION, |count| {
            usize::try_from(count - *sent).unwrap_or(PORTION).min(PORTION)
        });
        if portion == 0 {
            return Ok(());
        }
        let data = Bytes::Owned(file.read(portion)?);
        if data.is_empty() {
            return Ok(());
        }
        match socket.send_all(&data, 0) {
            Ok(()) => *sent += data.len() as u64,
            Err(error) => {
                *sent += error.sent().unwrap_or(0);
                return Err(error);
            }
        }
    }
}

/// Moves the file behind what was sent.
fn finish(file: &dyn Sendable, offset: i64, sent: u64, outcome: Result<()>) -> Result<u64> {
    let moved = if sent > 0 {
        file.seek(offset.saturating_add(i64::try_from(sent).unwrap_or(i64::MAX)))
    } else {
        Ok(())
    };
    tell(sent, outcome.and(moved))
}

fn tell(sent: u64, outcome: Result<()>) -> Result<u64> {
    outcome
        .map(|()| sent)
        .map_err(|error| error.called("sendfile").during("sendfile").with_sent(sent))
}
