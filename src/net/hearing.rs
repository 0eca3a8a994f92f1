//! Who is heard: a datagram socket without a connection takes what anybody sends, also where the kernel gave it its address
//! at the first `sendto`. Under a policy that did not grant that address, what comes from whom it may not talk to is
//! dropped, as if the network had lost it.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use std::os::fd::RawFd;

use crate::address::Address;
use crate::policy::Request;
use crate::sys::errno::{self, Errno};
use crate::sys::flag::{AF_INET, AF_INET6, MSG_DONTWAIT, MSG_PEEK, SOCK_DGRAM};

use super::context::Net;
use super::socket::Socket;

impl Net {
    /// Whether a socket of this kind has to look at who sends: not where it may stand at any address.
    pub(super) fn must_sift(&self, family: i32, kind: i32) -> bool {
        let anywhere: Address = match (family, kind) {
            _ if self.policy().allows_everything() => return false,
            (AF_INET, SOCK_DGRAM) => SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0).into(),
            (AF_INET6, SOCK_DGRAM) => SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, 0, 0, 0).into(),
            _ => return false,
        };
        !self.verdict(&Request::Bind(&anywhere), None).0.is_allowed()
    }
}

impl Socket {
    /// Receives by `step`, which gives the sender too. What may not be heard is dropped, and the call goes on as after an
    /// interruption: a flood of it must not keep the script from being stopped.
    pub(super) fn sift<T>(
        &self,
        fd: RawFd,
        flags: i32,
        step: impl FnOnce() -> errno::Result<T>,
        sender: impl Fn(&T) -> &Address,
    ) -> errno::Result<T> {
        let received = step()?;
        if !self.sifts() || self.hears(sender(&received)) {
            return Ok(received);
        }
        if flags & MSG_PEEK != 0 {
            // Looked at only: it would be there again.
            self.transport().recv(fd, &mut [0], MSG_DONTWAIT)?;
        }
        Err(Errno::INTR)
    }

    /// Whether the policy lets it talk to a sender, or stand where it stands, for anyone to send to.
    fn hears(&self, sender: &Address) -> bool {
        let may = |request: &Request<'_>| self.net().verdict(request, None).0.is_allowed();
        sender.ip().is_none()
            || may(&Request::SendTo(sender))
            || self
                .lower()
                .local_address(self.fd())
                .is_ok_and(|local| may(&Request::Bind(&local)))
    }
}
