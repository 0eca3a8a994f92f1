//! Datagrams: each whole or not at all, to whoever has the address; to nobody where nobody has it.

use std::net::SocketAddr;

use crate::address::Address;
use crate::sched::Interest;
use crate::sys::errno::{Errno, Result};
use crate::sys::flag::{MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC, SOCK_DGRAM};

use super::end::{Letter, Role};
use super::place::{is_broadcast, is_own, is_shared, known, meant, shown, source_for};
use super::{Id, Inner};

/// Most bytes of a datagram.
const LONGEST: usize = 65_507;

/// What a receive of a datagram has brought.
pub(super) struct Taken {
    /// Bytes that fitted.
    pub(super) count: usize,
    /// Bytes there were.
    pub(super) length: usize,
    pub(super) from: Address,
}

impl Inner {
    /// Sends to an address, or to the one it is connected to.
    pub(super) fn send_letter(&mut self, id: Id, data: &[u8], to: Option<&Address>) -> Result<usize> {
        let end = self.end(id);
        if end.is_unix() {
            return self.send_in_pair(id, data);
        }
        if end.shut_write {
            return Err(Errno::PIPE);
        }
        end.check()?;
        let to = match (to, end.remote) {
            (Some(to), _) => meant(known(to)?),
            (None, Some(remote)) => remote,
            (None, None) => return Err(Errno::DESTADDRREQ),
        };
        if data.len() > LONGEST {
            return Err(Errno::MSGSIZE);
        }
        if to.port() == 0 {
            return Err(Errno::INVAL);
        }
        if is_broadcast(to.ip()) && !end.options.may_broadcast() {
            return Err(Errno::ACCES);
        }
        let is_connected = end.is_connected();
        self.bind_somewhere(id, None)?;
        let local = self.end(id).local;
        let from = local.map(|local| {
            let ip = if local.ip().is_unspecified() {
                source_for(to.ip())
            } else {
                local.ip()
            };
            SocketAddr::new(ip, local.port())
        });
        let mut heard = self.listeners_at(false, to);
        heard.retain(|other| {
            let remote = self.ends.get(other).and_then(|other| other.remote);
            remote.is_none_or(|remote| Some(remote) == from)
        });
        if is_shared(to.ip()) {
            heard.retain(|other| {
                !to.ip().is_multicast()
                    || self
                        .ends
                        .get(other)
                        .is_some_and(|other| other.options.is_member(to.ip()))
            });
        } else if let Some(best) = self.choose(&heard) {
            heard = vec![best];
        } else if is_own(to.ip()) && is_connected {
            // Nobody has the port, and the host says so.
            self.end(id).error = Some(Errno::CONNREFUSED);
            self.tell(id, None);
        }
        for other in heard {
            let end = self.end(other);
            if end.has_place(data.len()) && !end.shut_read {
                end.letters.push_back(Letter {
                    data: data.to_vec(),
                    from,
                });
                self.tell(other, Some(Interest::Read));
            }
        }
        Ok(data.len())
    }

    /// Who of several with one address gets it: one that is connected to the sender, or else any.
    fn choose(&mut self, heard: &[Id]) -> Option<Id> {
        let connected = heard
            .iter()
            .find(|id| self.ends.get(id).is_some_and(|end| end.remote.is_some()));
        match connected {
            Some(id) => Some(*id),
            None if heard.is_empty() => None,
            None if heard.len() == 1 => heard.first().copied(),
            None => Some(heard[self.rng.usize(0..heard.len())]),
        }
    }

    fn send_in_pair(&mut self, id: Id, data: &[u8]) -> Result<usize> {
        let end = self.end(id);
        if end.shut_write {
            return Err(Errno::PIPE);
        }
        end.check()?;
        let kind = end.kind;
        let Some(peer) = end.peer() else {
            return Err(if kind == SOCK_DGRAM {
                Errno::CONNREFUSED
            } else {
                Errno::PIPE
            });
        };
        let other = self.end(peer);
        if other.shut_read {
            return Err(Errno::PIPE);
        }
        if !other.has_place(data.len()) {
            return Err(Errno::AGAIN);
        }
        other.letters.push_back(Letter {
            data: data.to_vec(),
            from: None,
        });
        self.tell(peer, Some(Interest::Read));
        Ok(data.len())
    }

    pub(super) fn receive_letter(&mut self, id: Id, buffer: &mut [u8], flags: i32) -> Result<Taken> {
        let end = self.end(id);
        end.check()?;
        let (family, is_unix, kind) = (end.family, end.is_unix(), end.kind);
        let Some(letter) = end.letters.front() else {
            // A datagram socket that was shut down is over for a call that would wait.
            let is_over = end.shut_read && flags & MSG_DONTWAIT == 0
                || end.reads_end() && is_unix && kind != SOCK_DGRAM;
            return if is_over {
                Ok(Taken {
                    count: 0,
                    length: 0,
                    from: Address::None,
                })
            } else {
                Err(Errno::AGAIN)
            };
        };
        let count = letter.data.len().min(buffer.len());
        buffer[..count].copy_from_slice(&letter.data[..count]);
        let taken = Taken {
            count,
            length: letter.data.len(),
            from: if is_unix {
                Address::None
            } else {
                shown(family, letter.from)
            },
        };
        if flags & MSG_PEEK == 0 {
            end.letters.pop_front();
            let more = !end.letters.is_empty();
            if let Some(peer) = end.peer() {
                self.tell(peer, Some(Interest::Write));
            }
            if more {
                self.tell(id, Some(Interest::Read));
            }
        }
        Ok(taken)
    }

    /// Fixes whom a datagram socket talks with, or frees it again.
    pub(super) fn connect_letters(&mut self, id: Id, address: &Address) -> Result<()> {
        if matches!(address, Address::None) {
            let end = self.end(id);
            end.role = Role::Idle;
            end.remote = None;
            return Ok(());
        }
        let to = meant(known(address)?);
        if to.port() == 0 && is_own(to.ip()) && self.end(id).is_unix() {
            return Err(Errno::INVAL);
        }
        self.bind_somewhere(id, Some(source_for(to.ip())))?;
        let end = self.end(id);
        end.remote = Some(to);
        end.role = Role::Connected {
            peer: None,
            told: true,
        };
        Ok(())
    }
}

impl Taken {
    /// What the call returns: with `MSG_TRUNC`, how long the datagram was.
    pub(super) fn answer(&self, flags: i32) -> usize {
        if flags & MSG_TRUNC != 0 {
            self.length
        } else {
            self.count
        }
    }
}
