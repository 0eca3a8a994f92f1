//! Where rustls takes its random numbers from: those of a handshake that both sides, and who listens, get to see (names of sessions, nonces).
//! Keys and signatures have theirs from ring, which asks the kernel each time.

use rustls::crypto::{GetRandomFailed, SecureRandom, ring};

use crate::error::{Class, Error};
use crate::sys::random;

/// Fills a piece with random bytes that nobody can know, as the kernel gives them.
///
/// # Errors
/// Where the system has none.
pub(crate) fn fill(piece: &mut [u8]) -> Result<(), Error> {
    let source = ring::default_provider().secure_random;
    source
        .fill(piece)
        .map_err(|_| Error::numbered(Class::SSLError, 1, "the system gives no random numbers"))
}

/// The kernel's, some at a time.
#[derive(Debug)]
pub(super) struct Handed;

impl SecureRandom for Handed {
    fn fill(&self, piece: &mut [u8]) -> Result<(), GetRandomFailed> {
        if random::hand_out(piece) {
            return Ok(());
        }
        ring::default_provider().secure_random.fill(piece)
    }
}
