//! The life of a socket before and after its bytes: made, bound, connected, accepted, named, shut down.
//!
//! On socket2, which knows each platform's way to make a descriptor that no other program inherits.

use std::os::fd::{AsRawFd as _, BorrowedFd, OwnedFd};

use socket2::{Domain, Protocol, SockRef, Socket, Type};

use super::errno::{Errno, Result, check};
use super::sockaddr;
use crate::address::Address;

/// Opens a socket, not inherited. Linux takes SOCK_NONBLOCK as part of the kind.
pub(crate) fn open(family: i32, kind: i32, protocol: i32) -> Result<OwnedFd> {
    let socket = Socket::new(
        Domain::from(family),
        Type::from(kind),
        Some(Protocol::from(protocol)),
    )?;
    Ok(socket.into())
}

/// Opens two sockets connected to each other, not inherited.
pub(crate) fn pair(family: i32, kind: i32, protocol: i32) -> Result<(OwnedFd, OwnedFd)> {
    let (a, b) = Socket::pair(
        Domain::from(family),
        Type::from(kind),
        Some(Protocol::from(protocol)),
    )?;
    Ok((a.into(), b.into()))
}

/// Gives the socket a name of its own.
pub(crate) fn bind(fd: BorrowedFd<'_>, address: &Address) -> Result<()> {
    Ok(SockRef::from(&fd).bind(&sockaddr::encode(address)?)?)
}

/// Lets the socket take connections; the kernel clamps the backlog.
pub(crate) fn listen(fd: BorrowedFd<'_>, backlog: i32) -> Result<()> {
    Ok(SockRef::from(&fd).listen(backlog)?)
}

/// Takes the next connection: a blocking socket, not inherited, and its peer.
pub(crate) fn accept(fd: BorrowedFd<'_>) -> Result<(OwnedFd, Address)> {
    let (socket, peer) = SockRef::from(&fd).accept()?;
    // BSD hands the listener's O_NONBLOCK on.
    #[cfg(not(linux))]
    socket.set_nonblocking(false)?;
    Ok((socket.into(), sockaddr::decode(&peer)))
}

/// As [`accept`], without asking for the peer, whom `AF_ALG` has not: asked for, it ends the call.
pub(crate) fn accept_unnamed(fd: BorrowedFd<'_>) -> Result<(OwnedFd, Address)> {
    let (name, length) = (std::ptr::null_mut(), std::ptr::null_mut());
    #[cfg(not(apple))]
    // SAFETY: without a place for the name nothing is written.
    let number = check(unsafe { libc::accept4(fd.as_raw_fd(), name, length, libc::SOCK_CLOEXEC) })?;
    #[cfg(apple)]
    // SAFETY: without a place for the name nothing is written.
    let number = check(unsafe { libc::accept(fd.as_raw_fd(), name, length) })?;
    Ok((super::fd::adopt(number)?, Address::None))
}

/// Connects; on a non-blocking socket EINPROGRESS means that [`take_error`] will tell once it is writable.
pub(crate) fn connect(fd: BorrowedFd<'_>, address: &Address) -> Result<()> {
    Ok(SockRef::from(&fd).connect(&sockaddr::encode(address)?)?)
}

/// Ends one direction or both, `flag::SHUT_*`.
pub(crate) fn shutdown(fd: BorrowedFd<'_>, how: i32) -> Result<()> {
    // SAFETY: shutdown takes two numbers and touches no memory.
    check(unsafe { libc::shutdown(fd.as_raw_fd(), how) }).map(drop)
}

/// The socket's own address.
pub(crate) fn local_address(fd: BorrowedFd<'_>) -> Result<Address> {
    Ok(sockaddr::decode(&SockRef::from(&fd).local_addr()?))
}

/// The address of the other side.
pub(crate) fn peer_address(fd: BorrowedFd<'_>) -> Result<Address> {
    Ok(sockaddr::decode(&SockRef::from(&fd).peer_addr()?))
}

/// Takes the error that waits on the socket, if any (SO_ERROR).
pub(crate) fn take_error(fd: BorrowedFd<'_>) -> Result<Option<Errno>> {
    Ok(SockRef::from(&fd).take_error()?.map(Errno::from))
}

/// The family the socket was made with.
pub(crate) fn domain(fd: BorrowedFd<'_>) -> Result<i32> {
    #[cfg(linux)]
    return super::option::option_int(fd, libc::SOL_SOCKET, libc::SO_DOMAIN);
    #[cfg(not(linux))]
    Ok(sockaddr::family_of(&local_address(fd)?).unwrap_or(libc::AF_UNSPEC))
}

/// The kind the socket was made with, without flag bits.
pub(crate) fn kind(fd: BorrowedFd<'_>) -> Result<i32> {
    super::option::option_int(fd, libc::SOL_SOCKET, libc::SO_TYPE)
}

/// The protocol the socket was made with; 0 where the platform does not tell.
pub(crate) fn protocol(fd: BorrowedFd<'_>) -> Result<i32> {
    #[cfg(linux)]
    return super::option::option_int(fd, libc::SOL_SOCKET, libc::SO_PROTOCOL);
    #[cfg(not(linux))]
    kind(fd).map(|_| 0)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::os::fd::AsFd as _;

    use super::super::{fd, flag, poll};
    use super::*;

    const ANY: Address = Address::Inet {
        ip: Ipv4Addr::LOCALHOST,
        port: 0,
    };

    fn listener() -> Result<(OwnedFd, Address)> {
        let socket = open(flag::AF_INET, flag::SOCK_STREAM, 0)?;
        bind(socket.as_fd(), &ANY)?;
        listen(socket.as_fd(), 4)?;
        let address = local_address(socket.as_fd())?;
        Ok((socket, address))
    }

    #[test]
    fn a_connection_has_both_names() -> Result<()> {
        let (server, address) = listener()?;
        let client = open(flag::AF_INET, flag::SOCK_STREAM, 0)?;
        connect(client.as_fd(), &address)?;
        let (accepted, peer) = accept(server.as_fd())?;
        assert_eq!(peer, local_address(client.as_fd())?);
        assert_eq!(peer_address(client.as_fd())?, address);
        assert!(!fd::is_inheritable(accepted.as_fd())?);
        assert!(!fd::is_nonblocking(accepted.as_fd())?);
        assert_eq!(connect(client.as_fd(), &address), Err(Errno::ISCONN));
        assert_eq!(take_error(client.as_fd()), Ok(None));
        Ok(())
    }

    #[test]
    fn accept_gives_a_blocking_socket_whatever_the_listener_is() -> Result<()> {
        let (server, address) = listener()?;
        fd::set_nonblocking(server.as_fd(), true)?;
        assert_eq!(accept(server.as_fd()).err(), Some(Errno::AGAIN));
        let client = open(flag::AF_INET, flag::SOCK_STREAM, 0)?;
        connect(client.as_fd(), &address)?;
        poll::poll_one(server.as_raw_fd(), true, false, None)?;
        assert!(!fd::is_nonblocking(accept(server.as_fd())?.0.as_fd())?);
        Ok(())
    }

    #[test]
    fn a_refused_connection_leaves_its_error_once() -> Result<()> {
        let (closed, address) = listener()?;
        drop(closed);
        let client = open(flag::AF_INET, flag::SOCK_STREAM, 0)?;
        fd::set_nonblocking(client.as_fd(), true)?;
        // Loopback may refuse at once.
        if connect(client.as_fd(), &address) == Err(Errno::INPROGRESS) {
            poll::poll_one(client.as_raw_fd(), false, true, None)?;
            assert_eq!(take_error(client.as_fd())?, Some(Errno::CONNREFUSED));
        }
        assert_eq!(take_error(client.as_fd())?, None);
        assert_eq!(peer_address(client.as_fd()), Err(Errno::NOTCONN));
        Ok(())
    }

    #[test]
    fn a_socket_tells_what_it_was_made_with() -> Result<()> {
        let socket = open(flag::AF_INET, flag::SOCK_DGRAM, 0)?;
        assert_eq!(domain(socket.as_fd())?, flag::AF_INET);
        assert_eq!(kind(socket.as_fd())?, flag::SOCK_DGRAM);
        #[cfg(linux)]
        assert_eq!(protocol(socket.as_fd())?, libc::IPPROTO_UDP);
        assert!(!fd::is_inheritable(socket.as_fd())?);
        Ok(())
    }

    #[cfg(linux)]
    #[test]
    fn the_kind_takes_flag_bits() -> Result<()> {
        let socket = open(flag::AF_UNIX, flag::SOCK_STREAM | flag::SOCK_NONBLOCK, 0)?;
        assert!(fd::is_nonblocking(socket.as_fd())?);
        let (a, _b) = pair(
            flag::AF_UNIX,
            flag::SOCK_DGRAM | flag::SOCK_NONBLOCK | flag::SOCK_CLOEXEC,
            0,
        )?;
        assert!(fd::is_nonblocking(a.as_fd())?);
        assert!(!fd::is_inheritable(a.as_fd())?);
        assert_eq!(kind(a.as_fd())?, flag::SOCK_DGRAM);
        Ok(())
    }

    #[cfg(linux)]
    #[test]
    fn abstract_names_are_bound_and_an_unnamed_peer_is_seen() -> Result<()> {
        use crate::address::UnixName;

        let server = open(flag::AF_UNIX, flag::SOCK_STREAM, 0)?;
        bind(server.as_fd(), &Address::Unix(UnixName::Unnamed))?;
        listen(server.as_fd(), 1)?;
        let address = local_address(server.as_fd())?;
        assert!(matches!(&address, Address::Unix(UnixName::Abstract(name)) if name.len() == 5));
        let client = open(flag::AF_UNIX, flag::SOCK_STREAM, 0)?;
        connect(client.as_fd(), &address)?;
        assert_eq!(accept(server.as_fd())?.1, Address::Unix(UnixName::Unnamed));
        Ok(())
    }

    #[test]
    fn a_direction_that_was_shut_is_readable() -> Result<()> {
        let (a, b) = pair(flag::AF_UNIX, flag::SOCK_STREAM, 0)?;
        shutdown(a.as_fd(), flag::SHUT_WR)?;
        assert!(poll::poll_one(b.as_raw_fd(), true, false, None)?.readable);
        assert_eq!(shutdown(a.as_fd(), 77), Err(Errno::INVAL));
        Ok(())
    }

    #[test]
    fn nonsense_is_refused_with_the_kernels_word() {
        assert_eq!(open(9999, flag::SOCK_STREAM, 0).err(), Some(Errno::AFNOSUPPORT));
        assert_eq!(
            open(flag::AF_INET, flag::SOCK_STREAM, 9999).err(),
            Some(Errno::INVAL)
        );
        assert_eq!(
            pair(flag::AF_INET, flag::SOCK_STREAM, 0).err(),
            Some(Errno::OPNOTSUPP)
        );
    }
}
