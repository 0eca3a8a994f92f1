//! rustls' state machine, for either side: records in, what is to be done about them out. It holds no bytes of its own but
//! those of a message under way, so that a record is decrypted where it lies.

use std::ops::Deref;
use std::sync::Arc;

use rustls::client::UnbufferedClientConnection;
use rustls::pki_types::ServerName;
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{ConnectionState, EncodeError, EncryptError, UnbufferedStatus};
use rustls::{ClientConfig, CommonState, Error, ServerConfig};

/// One side of a connection.
pub(super) enum Machine {
    Client(UnbufferedClientConnection),
    Server(UnbufferedServerConnection),
}

/// What one turn of the machine came to.
pub(super) struct Turn {
    /// Bytes of the records that are done with.
    pub(super) used: usize,
    /// What is wrong with the records, for good: an alert to the peer is then due, which the turns after this one give.
    pub(super) next: Result<Next, Error>,
}

/// What comes after a turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Next {
    /// Another turn.
    More,
    /// Another turn; the peer has said goodbye.
    Closed,
    /// Nothing, until there are more records or something is to be sent.
    Rest,
}

/// Where a machine puts what it makes.
pub(super) trait Outcome {
    /// Plain bytes of the peer.
    fn plain(&mut self, data: &[u8]);
    /// Room for so many bytes of records, at least.
    fn room(&mut self, length: usize) -> &mut [u8];
    /// So many bytes of the room were used.
    fn filled(&mut self, length: usize);
}

impl Machine {
    pub(super) fn client(config: Arc<ClientConfig>, name: ServerName<'static>) -> Result<Self, Error> {
        UnbufferedClientConnection::new(config, name).map(Self::Client)
    }

    pub(super) fn server(config: Arc<ServerConfig>) -> Result<Self, Error> {
        UnbufferedServerConnection::new(config).map(Self::Server)
    }

    pub(super) fn is_server(&self) -> bool {
        matches!(self, Self::Server(_))
    }

    /// Does the next thing there is to do: about the records, or about what is due to the peer.
    pub(super) fn turn(&mut self, records: &mut [u8], outcome: &mut impl Outcome) -> Turn {
        match self {
            Self::Client(connection) => take(connection.process_tls_records(records), outcome),
            Self::Server(connection) => take(connection.process_tls_records(records), outcome),
        }
    }

    /// Encrypts plain bytes, `records` being those that are half there.
    ///
    /// # Errors
    /// The connection is not, or no more, one that takes any.
    pub(super) fn encrypt(
        &mut self,
        records: &mut [u8],
        data: &[u8],
        outcome: &mut impl Outcome,
    ) -> Result<(), Error> {
        match self {
            Self::Client(connection) => seal(connection.process_tls_records(records), Some(data), outcome),
            Self::Server(connection) => seal(connection.process_tls_records(records), Some(data), outcome),
        }
    }

    /// Says goodbye.
    ///
    /// # Errors
    /// As [`Self::encrypt`].
    pub(super) fn leave(&mut self, records: &mut [u8], outcome: &mut impl Outcome) -> Result<(), Error> {
        match self {
            Self::Client(connection) => seal(connection.process_tls_records(records), None, outcome),
            Self::Server(connection) => seal(connection.process_tls_records(records), None, outcome),
        }
    }
}

impl Deref for Machine {
    type Target = CommonState;

    fn deref(&self) -> &CommonState {
        match self {
            Self::Client(connection) => connection,
            Self::Server(connection) => connection,
        }
    }
}

/// Does what a state asks for.
fn take<Data>(status: UnbufferedStatus<'_, '_, Data>, outcome: &mut impl Outcome) -> Turn {
    let mut used = status.discard;
    let next = status.state.and_then(|state| {
        match state {
            ConnectionState::ReadTraffic(mut traffic) => {
                while let Some(record) = traffic.next_record() {
                    let record = record?;
                    outcome.plain(record.payload);
                    used += record.discard;
                }
            }
            ConnectionState::EncodeTlsData(mut data) => {
                let mut wanted = 0;
                while let Err(EncodeError::InsufficientSize(short)) = data
                    .encode(outcome.room(wanted))
                    .map(|length| outcome.filled(length))
                {
                    wanted = short.required_size;
                }
            }
            // It is in the room, from which it is sent in order.
            ConnectionState::TransmitTlsData(data) => data.done(),
            ConnectionState::PeerClosed => return Ok(Next::Closed),
            _ => return Ok(Next::Rest),
        }
        Ok(Next::More)
    });
    Turn { used, next }
}

/// Encrypts bytes, or a goodbye, where the state is one that may.
fn seal<Data>(
    status: UnbufferedStatus<'_, '_, Data>,
    data: Option<&[u8]>,
    outcome: &mut impl Outcome,
) -> Result<(), Error> {
    let ConnectionState::WriteTraffic(mut traffic) = status.state? else {
        return Err(Error::General("nothing can be sent in this state".to_owned()));
    };
    let mut wanted = data.map_or(0, <[u8]>::len);
    loop {
        let room = outcome.room(wanted);
        let sealed = match data {
            Some(data) => traffic.encrypt(data, room),
            None => traffic.queue_close_notify(room),
        };
        match sealed {
            Ok(length) => {
                outcome.filled(length);
                return Ok(());
            }
            Err(EncryptError::InsufficientSize(short)) => wanted = short.required_size,
            Err(EncryptError::EncryptExhausted) => return Err(Error::EncryptError),
        }
    }
}
