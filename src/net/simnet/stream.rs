//! Streams: bytes from one end to the other, as many as there is room for, and how a connection ends.

use crate::sched::Interest;
use crate::sys::errno::{Errno, Result};
use crate::sys::flag::{MSG_OOB, MSG_PEEK, SHUT_RD, SHUT_RDWR, SHUT_WR};

use super::end::{End, Role};
use super::{Id, Inner};

impl Inner {
    /// How much more fits between an end and its peer.
    fn room(&self, end: &End) -> usize {
        let Some(peer) = end.peer().and_then(|peer| self.ends.get(&peer)) else {
            return usize::MAX;
        };
        peer.options
            .capacity(&end.options, end.is_unix())
            .saturating_sub(peer.bytes.len())
    }

    /// Whether poll(2) would call the end ready to send: a third of the room has to be free.
    pub(super) fn room_of(&self, end: &End) -> bool {
        let Some(peer) = end.peer().and_then(|peer| self.ends.get(&peer)) else {
            return true;
        };
        if !end.is_stream() {
            return peer.has_place(0);
        }
        let capacity = peer.options.capacity(&end.options, end.is_unix());
        capacity.saturating_sub(peer.bytes.len()) * 3 >= capacity
    }

    pub(super) fn send_bytes(&mut self, id: Id, data: &[u8], flags: i32) -> Result<usize> {
        let end = self.end(id);
        if end.writes_end() {
            return Err(end.error.take().unwrap_or(Errno::PIPE));
        }
        end.check()?;
        match end.role {
            Role::Connected { .. } => {}
            Role::Connecting => return Err(Errno::AGAIN),
            // As Linux: a stream that was never connected is broken.
            Role::Idle | Role::Listening { .. } => return Err(Errno::PIPE),
        }
        let is_unix = end.is_unix();
        let Some(peer) = end.peer() else {
            return self.send_to_nobody(id, data.len(), is_unix);
        };
        if data.is_empty() {
            return Ok(0);
        }
        let room = self.ends.get(&id).map_or(0, |end| self.room(end));
        let count = data.len().min(room);
        if count == 0 {
            return Err(Errno::AGAIN);
        }
        let other = self.end(peer);
        if other.shut_read && other.is_unix() {
            return Err(Errno::PIPE);
        }
        let urgent = flags & MSG_OOB != 0 && count == data.len();
        let plain = if urgent { count - 1 } else { count };
        other.bytes.extend(&data[..plain]);
        if urgent {
            if other.options.has_urgent_inline() {
                other.mark = Some(other.bytes.len());
                other.bytes.push_back(data[plain]);
            } else {
                other.urgent = Some((data[plain], other.bytes.len()));
                other.mark = Some(other.bytes.len());
            }
        }
        // The first who waits may not be the one who watches for an urgent byte.
        self.tell(peer, (!urgent).then_some(Interest::Read));
        Ok(count)
    }

    /// The other side has closed: what is sent first is answered by a reset.
    fn send_to_nobody(&mut self, id: Id, length: usize, is_unix: bool) -> Result<usize> {
        if is_unix {
            return Err(Errno::PIPE);
        }
        let end = self.end(id);
        end.reset = true;
        // Who has seen the end of the stream is told of a broken pipe, not of a reset.
        end.error = Some(if end.ended { Errno::PIPE } else { Errno::CONNRESET });
        self.tell(id, None);
        Ok(length)
    }

    /// Takes bytes; `whole` waits until the buffer can be filled.
    pub(super) fn receive_bytes(
        &mut self,
        id: Id,
        buffer: &mut [u8],
        flags: i32,
        whole: bool,
    ) -> Result<usize> {
        let end = self.end(id);
        match end.role {
            Role::Connected { .. } => {}
            Role::Connecting => return Err(Errno::AGAIN),
            Role::Idle if end.reset || end.error.is_some() => {}
            Role::Idle | Role::Listening { .. } => return Err(Errno::NOTCONN),
        }
        if flags & MSG_OOB != 0 {
            return end.take_urgent(buffer, flags);
        }
        if end.bytes.is_empty() || buffer.is_empty() {
            if buffer.is_empty() && (!end.bytes.is_empty() || end.reads_end()) {
                return Ok(0);
            }
            if end.ended && !end.is_unix() {
                return Ok(0);
            }
            end.check()?;
            if end.reads_end() {
                return Ok(0);
            }
            return Err(Errno::AGAIN);
        }
        // A read stops at the urgent byte's place, and begins there.
        if end.mark == Some(0) {
            end.mark = None;
        }
        let most = end
            .mark
            .unwrap_or(usize::MAX)
            .min(end.bytes.len())
            .min(buffer.len());
        if whole && most < buffer.len() && end.mark.is_none() && !end.reads_end() && end.error.is_none() {
            let has_room = end.bytes.len() * 2 < end.options.capacity(&end.options, end.is_unix());
            if has_room {
                return Err(Errno::AGAIN);
            }
        }
        let (first, second) = end.bytes.as_slices();
        let split = most.min(first.len());
        buffer[..split].copy_from_slice(&first[..split]);
        buffer[split..most].copy_from_slice(&second[..most - split]);
        if flags & MSG_PEEK != 0 {
            return Ok(most);
        }
        let peer = end.peer();
        let before = peer
            .and_then(|peer| self.ends.get(&peer))
            .is_some_and(|peer| self.room_of(peer));
        let end = self.end(id);
        end.bytes.drain(..most);
        end.mark = end.mark.map(|mark| mark - most);
        end.urgent = end.urgent.map(|(byte, ahead)| (byte, ahead.saturating_sub(most)));
        if let Some(peer) = peer {
            let after = self.ends.get(&peer).is_some_and(|peer| self.room_of(peer));
            if after && !before {
                self.tell(peer, Some(Interest::Write));
            }
        }
        Ok(most)
    }

    pub(super) fn shutdown(&mut self, id: Id, how: i32) -> Result<()> {
        let (reading, writing) = match how {
            SHUT_RD => (true, false),
            SHUT_WR => (false, true),
            SHUT_RDWR => (true, true),
            _ => return Err(Errno::INVAL),
        };
        let end = self.end(id);
        if end.is_stream() {
            match &mut end.role {
                Role::Connected { .. } if !end.reset => {}
                // A listener that reads no more stops listening.
                Role::Listening { queue, waiting, .. } if reading => {
                    let (queue, waiting) = (std::mem::take(queue), std::mem::take(waiting));
                    end.role = Role::Idle;
                    self.dismiss(queue, waiting);
                    self.tell(id, None);
                    return Ok(());
                }
                Role::Listening { .. } => return Ok(()),
                _ => return Err(Errno::NOTCONN),
            }
        }
        end.shut_read |= reading;
        end.shut_write |= writing;
        let (peer, is_unix, connected) = (end.peer(), end.is_unix(), end.is_connected());
        self.tell(id, None);
        if let Some(peer) = peer {
            let other = self.end(peer);
            other.ended |= writing;
            // A pair knows at once that nobody reads; over TCP it shows only when the peer closes.
            other.shut_write |= reading && is_unix;
            self.tell(peer, None);
        }
        if connected { Ok(()) } else { Err(Errno::NOTCONN) }
    }

    /// The last descriptor of an end was closed.
    pub(super) fn finish(&mut self, id: Id) {
        let end = self.end(id);
        if let Role::Listening { queue, waiting, .. } = &mut end.role {
            let (queue, waiting) = (std::mem::take(queue), std::mem::take(waiting));
            self.dismiss(queue, waiting);
        } else if end.is_stream() && (!end.bytes.is_empty() || end.options.aborts()) {
            self.abort(id);
        } else if let Some(peer) = end.peer() {
            let is_unix = end.is_unix();
            let is_stream = end.is_stream();
            let other = self.end(peer);
            if let Role::Connected { peer, .. } = &mut other.role {
                *peer = None;
            }
            if is_unix {
                other.ended = true;
                // The kernel's datagrams have no end: the next one is refused.
                other.shut_write |= is_stream;
            } else {
                other.ended = true;
            }
            self.tell(peer, None);
        }
        if matches!(self.end(id).role, Role::Connecting) {
            // Nobody is to be connected to what is gone.
            for other in self.ends.values_mut() {
                if let Role::Listening { waiting, .. } = &mut other.role {
                    waiting.retain(|waiting| *waiting != id);
                }
            }
        }
        self.leave_port(id);
        self.ends.remove(&id);
    }

    /// Ends a connection by a reset.
    pub(super) fn abort(&mut self, id: Id) {
        let Some(peer) = self.end(id).peer() else { return };
        let other = self.end(peer);
        if let Role::Connected { peer, .. } = &mut other.role {
            *peer = None;
        }
        other.error = Some(if other.ended && !other.is_unix() {
            Errno::PIPE
        } else {
            Errno::CONNRESET
        });
        other.reset = true;
        self.tell(peer, None);
    }
}

impl End {
    fn take_urgent(&mut self, buffer: &mut [u8], flags: i32) -> Result<usize> {
        let Some((byte, _)) = self.urgent else {
            return Err(Errno::INVAL);
        };
        if flags & MSG_PEEK == 0 {
            self.urgent = None;
        }
        match buffer.first_mut() {
            Some(place) => {
                *place = byte;
                Ok(1)
            }
            None => Ok(0),
        }
    }
}
