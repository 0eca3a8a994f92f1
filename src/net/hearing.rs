//! Who is heard: a datagram socket without a connection takes what anybody sends, also where the kernel gave it its address
//! at the first `sendto`, or a Unix socket its name because it passes credentials. Under a policy that did not grant that address, what comes from whom it may not talk to is
//! dropped, as if the network had lost it.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use std::os::fd::RawFd;

use crate::address::{Address, UnixName};
use crate::policy::Request;
use crate::sys::errno::{self, Errno};
use crate::sys::flag::{AF_INET, AF_INET6, AF_UNIX, MSG_DONTWAIT, MSG_PEEK, SOCK_DGRAM};

use super::context::Net;
use super::socket::Socket;

impl Net {
    /// Whether a socket of this kind has to look at who sends: not where it may stand at any address.
    pub(super) fn must_sift(&self, family: i32, kind: i32) -> bool {
        let anywhere: Address = match (family, kind) {
            _ if self.policy().allows_everything() => return false,
            (AF_INET, SOCK_DGRAM) => SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0).into(),
            (AF_INET6, SOCK_DGRAM) => SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, 0, 0, 0).into(),
            (AF_UNIX, SOCK_DGRAM) => Address::Unix(UnixName::Unnamed),
            _ => return false,
        };
        !self.may_stand(&anywhere)
    }

    /// Whether a socket may stand at an address; where the kernel has named it, whether it may let the kernel do that.
    pub(super) fn may_stand(&self, local: &Address) -> bool {
        let may = |address| self.verdict(&Request::Bind(address), None).0.is_allowed();
        may(local) || (local.is_named_by_kernel() && may(&Address::Unix(UnixName::Unnamed)))
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
        let may_answer = || self.net().verdict(&Request::SendTo(sender), None).0.is_allowed();
        let local = || self.lower().local_address(self.fd());
        if self.family() == AF_UNIX {
            // Where it was bound it may be found; without a name nobody finds it but its pair.
            let has_name = matches!(sender, Address::Unix(UnixName::Path(_) | UnixName::Abstract(_)));
            return local().is_ok_and(|local| !local.is_named_by_kernel() || self.net().may_stand(&local))
                || (has_name && may_answer());
        }
        sender.ip().is_none() || may_answer() || local().is_ok_and(|local| self.net().may_stand(&local))
    }
}
