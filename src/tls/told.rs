//! What a session tells of itself: version, cipher, protocol, the peer's certificate.

use rustls::{HandshakeKind, ProtocolVersion};

use super::session::Session;
use super::suites::{self, Cipher};

impl Session {
    /// Python's `version()`.
    pub(crate) fn version(&self) -> Option<&'static str> {
        match self.machine.protocol_version()? {
            ProtocolVersion::TLSv1_3 => Some("TLSv1.3"),
            ProtocolVersion::TLSv1_2 => Some("TLSv1.2"),
            _ => None,
        }
        .filter(|_| !self.is_handshaking())
    }

    /// Python's `cipher()`.
    pub(crate) fn cipher(&self) -> Option<Cipher> {
        self.machine.negotiated_cipher_suite().map(suites::cipher)
    }

    /// The application protocol that was agreed on.
    pub(crate) fn alpn(&self) -> Option<Vec<u8>> {
        self.machine.alpn_protocol().map(<[u8]>::to_vec)
    }

    /// The peer's certificate, and whether it was looked at.
    pub(crate) fn peer_certificate(&self) -> Option<(Vec<u8>, bool)> {
        let first = self.machine.peer_certificates()?.first()?;
        Some((first.to_vec(), self.verifies))
    }

    /// Whether an earlier session was taken up again.
    pub(crate) fn is_resumed(&self) -> bool {
        self.machine.handshake_kind() == Some(HandshakeKind::Resumed)
    }
}
