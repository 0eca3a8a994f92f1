//! What the messages of a trace say, where one of the schemas that come along fits: by port, by protocol, by family. A person may
//! say what is spoken on a port.

use std::collections::HashMap;

use crate::wire::packet::{SHOWN, Schema, Socket, of_message};

use super::{Kind, Name, Record};

/// Bytes beyond which a message is no packet.
const LARGEST: usize = 64 * 1024;

/// A port, and what is spoken there.
pub(crate) type Spoken = (u16, Schema);

/// Reads the messages of a trace, which it is told of in their order.
#[derive(Default)]
pub(crate) struct Decoder {
    /// What is known of each socket.
    sockets: HashMap<u64, Known>,
    /// What is spoken on a port, whatever is usual there.
    spoken: Vec<Spoken>,
}

#[derive(Default)]
struct Known {
    family: String,
    kind: String,
    protocol: i32,
    local: Option<u16>,
    peer: Option<u16>,
}

impl Decoder {
    /// One that reads what goes from or to these ports by these schemas.
    pub(crate) fn speaking(spoken: Vec<Spoken>) -> Self {
        Self {
            spoken,
            ..Self::default()
        }
    }

    /// The tree of a message, without an end of line; none where nothing fits.
    pub(crate) fn tree(&mut self, record: &Record<'_>) -> Option<String> {
        let known = self.sockets.entry(record.socket?).or_default();
        known.learn(record);
        if !record.is_message() || record.plaintext {
            return None;
        }
        let data = record.data().ok()?;
        let far = record.to.as_ref().or(record.from.as_ref());
        let socket = Socket {
            family: &known.family,
            kind: &known.kind,
            protocol: known.protocol,
            ports: [known.local, known.peer, far.and_then(port)],
        };
        if data.is_empty() || data.len() > LARGEST {
            return None;
        }
        let is_spoken = |(port, _): &&Spoken| socket.ports.contains(&Some(*port));
        let schema = match self.spoken.iter().find(is_spoken) {
            Some((_, schema)) => schema.clone(),
            None => of_message(socket, record.event == Kind::Sent, &data)?,
        };
        Some(schema.show(&data, SHOWN))
    }
}

impl Known {
    fn learn(&mut self, record: &Record<'_>) {
        let own = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().unwrap_or_default().to_owned();
        match record.event {
            Kind::Open => {
                *self = Self {
                    family: own(&record.family),
                    kind: own(&record.type_),
                    protocol: record.protocol.unwrap_or(0),
                    ..Self::default()
                };
            }
            Kind::Bind | Kind::Connect | Kind::Accept | Kind::Ends => {
                self.local = record.local.as_ref().and_then(port).or(self.local);
                self.peer = record.peer.as_ref().and_then(port).or(self.peer);
            }
            _ => {}
        }
    }
}

fn port(name: &Name) -> Option<u16> {
    match name {
        Name::Inet(_, port) | Name::Inet6(_, port, ..) => Some(*port),
        Name::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_by_what_is_known_of_their_socket() {
        let mut decoder = Decoder::default();
        let mut open = Record::new(0, Kind::Open);
        (open.socket, open.protocol) = (Some(1), Some(0));
        (open.family, open.type_) = (Some("AF_INET".into()), Some("SOCK_DGRAM".into()));
        assert_eq!(decoder.tree(&open), None);
        let mut sent = Record::new(1, Kind::Sent).with_data(&[0x23; 48]);
        sent.socket = Some(1);
        assert_eq!(decoder.tree(&sent), None);
        sent.to = Some(Name::Inet("127.0.0.1".into(), 123));
        let tree = decoder.tree(&sent).expect("a tree");
        assert!(
            tree.starts_with("ntp, 48 bytes\n0000.0   leap: 0 (none)\n"),
            "{tree}"
        );
        // Where it is damaged, the tree says so.
        let mut short = Record::new(2, Kind::Received).with_data(b"\x24");
        (short.socket, short.from) = (Some(1), sent.to.clone());
        let tree = decoder.tree(&short).expect("a tree");
        assert!(
            tree.ends_with("! ntp.stratum: 1 byte is needed at offset 1, 0 are left"),
            "{tree}"
        );
    }
}
