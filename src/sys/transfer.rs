//! Bytes in and out: the hot path. One libc call each and no allocation.
//!
//! Descriptors are bare numbers here: a closed one is EBADF, and a socket keeps its number for as long as a
//! call stands.

use std::os::fd::RawFd;

use super::errno::{Errno, Result, check_count};
use super::sockaddr;
use crate::address::Address;

/// Receives into `buffer`. With MSG_TRUNC the count can be larger than the buffer.
#[inline]
pub(crate) fn recv(fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<usize> {
    // SAFETY: the pointer and the length are those of `buffer`, which is borrowed for the call.
    check_count(unsafe { libc::recv(fd, buffer.as_mut_ptr().cast(), buffer.len(), flags) })
}

/// Receives at most `size` bytes into memory of their own.
#[cfg(feature = "rhai")]
pub(crate) fn recv_new(fd: RawFd, size: usize, flags: i32) -> Result<Vec<u8>> {
    let mut bytes = Vec::<u8>::new();
    bytes.try_reserve_exact(size).map_err(|_| Errno::NOMEM)?;
    // SAFETY: the vector has room for `size` bytes, and nobody else knows it.
    let count = check_count(unsafe { libc::recv(fd, bytes.as_mut_ptr().cast(), size, flags) })?;
    // SAFETY: the kernel has written so many, from the first on; with MSG_TRUNC it may tell more than there are.
    unsafe { bytes.set_len(count.min(size)) };
    Ok(bytes)
}

/// Receives, and tells from whom; [`Address::None`] when the kernel gave no name.
pub(crate) fn recv_from(fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<(usize, Address)> {
    let mut name = [0_u8; sockaddr::CAPACITY];
    let mut length = socklen(name.len());
    let (data, size) = (buffer.as_mut_ptr().cast(), buffer.len());
    // SAFETY: `data` and `size` are those of `buffer`, `name` and `length` those of `name`, and all outlive
    // the call.
    let count = unsafe { libc::recvfrom(fd, data, size, flags, name.as_mut_ptr().cast(), &raw mut length) };
    let count = check_count(count)?;
    let known = usize::try_from(length).map_or(name.len(), |length| length.min(name.len()));
    Ok((count, sockaddr::decode_bytes(&name[..known])))
}

/// Sends what the kernel takes; a closed stream is EPIPE and never a signal.
#[inline]
pub(crate) fn send(fd: RawFd, data: &[u8], flags: i32) -> Result<usize> {
    without_signal(|silence| {
        let (bytes, size) = (data.as_ptr().cast(), data.len());
        // SAFETY: the pointer and the length are those of `data`, which is borrowed for the call.
        check_count(unsafe { libc::send(fd, bytes, size, flags | silence) })
    })
}

/// Sends to an address; a closed stream is EPIPE and never a signal.
pub(crate) fn send_to(fd: RawFd, data: &[u8], flags: i32, address: &Address) -> Result<usize> {
    let name = sockaddr::encode(address)?;
    without_signal(|silence| {
        let (bytes, size, flags) = (data.as_ptr().cast(), data.len(), flags | silence);
        // SAFETY: `bytes` and `size` are those of `data`, the name's pointer and length those of `name`; both
        // outlive the call.
        check_count(unsafe { libc::sendto(fd, bytes, size, flags, name.as_ptr().cast(), name.len()) })
    })
}

/// Makes a sending call with the flag that keeps a closed stream from being a signal. A few families of datagrams,
/// which know no such signal, refuse the flag before they do anything (`AF_RDS`, `AF_QIPCRTR`): those get the call
/// without it.
#[inline]
pub(super) fn without_signal(send: impl Fn(i32) -> Result<usize>) -> Result<usize> {
    match send(libc::MSG_NOSIGNAL) {
        Err(Errno::INVAL | Errno::OPNOTSUPP) => send(0),
        outcome => outcome,
    }
}

/// The length of a small buffer as C counts it.
fn socklen(length: usize) -> libc::socklen_t {
    libc::socklen_t::try_from(length).unwrap_or(libc::socklen_t::MAX)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};

    use super::super::{flag, socket};
    use super::*;

    fn streams() -> Result<(OwnedFd, OwnedFd)> {
        socket::pair(flag::AF_UNIX, flag::SOCK_STREAM, 0)
    }

    /// A datagram socket on loopback, and its address.
    fn datagram() -> Result<(OwnedFd, Address)> {
        let socket = socket::open(flag::AF_INET, flag::SOCK_DGRAM, 0)?;
        socket::bind(
            socket.as_fd(),
            &Address::Inet {
                ip: Ipv4Addr::LOCALHOST,
                port: 0,
            },
        )?;
        let address = socket::local_address(socket.as_fd())?;
        Ok((socket, address))
    }

    #[test]
    fn bytes_arrive_and_a_look_leaves_them() -> Result<()> {
        let (a, b) = streams()?;
        assert_eq!(send(a.as_raw_fd(), b"hello!", 0), Ok(6));
        let mut bytes = [0; 4];
        assert_eq!(recv(b.as_raw_fd(), &mut bytes, flag::MSG_PEEK), Ok(4));
        assert_eq!(recv(b.as_raw_fd(), &mut bytes, 0), Ok(4));
        assert_eq!(&bytes, b"hell");
        assert_eq!(recv(b.as_raw_fd(), &mut bytes, 0), Ok(2));
        assert_eq!(
            recv(b.as_raw_fd(), &mut bytes, flag::MSG_DONTWAIT),
            Err(Errno::AGAIN)
        );
        Ok(())
    }

    #[test]
    fn a_closed_stream_ends_and_then_breaks_without_a_signal() -> Result<()> {
        let (a, b) = streams()?;
        drop(b);
        assert_eq!(recv(a.as_raw_fd(), &mut [0; 4], 0), Ok(0));
        assert_eq!(send(a.as_raw_fd(), b"x", 0), Err(Errno::PIPE));
        Ok(())
    }

    #[test]
    fn an_empty_buffer_is_a_buffer() -> Result<()> {
        let (a, b) = streams()?;
        assert_eq!(send(a.as_raw_fd(), b"", 0), Ok(0));
        send(a.as_raw_fd(), b"x", 0)?;
        assert_eq!(recv(b.as_raw_fd(), &mut [], 0), Ok(0));
        assert_eq!(recv(b.as_raw_fd(), &mut [0; 4], 0), Ok(1));
        Ok(())
    }

    #[test]
    fn a_datagram_tells_its_sender_and_its_true_length() -> Result<()> {
        let (a, from) = datagram()?;
        let (b, to) = datagram()?;
        assert_eq!(send_to(a.as_raw_fd(), b"datagram", 0, &to), Ok(8));
        let mut buffer = [0_u8; 4];
        let flags = if cfg!(linux) { flag::MSG_TRUNC } else { 0 };
        let expected = if cfg!(linux) { 8 } else { 4 };
        assert_eq!(recv_from(b.as_raw_fd(), &mut buffer, flags), Ok((expected, from)));
        Ok(())
    }

    #[test]
    fn a_sender_without_a_name_is_none() -> Result<()> {
        let mut buffer = [0_u8; 4];
        for kind in [flag::SOCK_STREAM, flag::SOCK_DGRAM] {
            let (a, b) = socket::pair(flag::AF_UNIX, kind, 0)?;
            send(a.as_raw_fd(), b"abc", 0)?;
            assert_eq!(recv_from(b.as_raw_fd(), &mut buffer, 0), Ok((3, Address::None)));
        }
        Ok(())
    }

    #[test]
    fn a_closed_descriptor_and_a_missing_address_are_errors() -> Result<()> {
        assert_eq!(recv(-1, &mut [0; 4], 0), Err(Errno::BADF));
        assert_eq!(send(-1, b"x", 0), Err(Errno::BADF));
        let (a, _) = datagram()?;
        assert_eq!(send(a.as_raw_fd(), b"x", 0), Err(Errno::DESTADDRREQ));
        assert_eq!(
            send_to(a.as_raw_fd(), b"x", 0, &Address::None),
            Err(Errno::AFNOSUPPORT)
        );
        Ok(())
    }
}
