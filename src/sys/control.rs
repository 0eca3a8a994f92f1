//! fcntl(2) and ioctl(2), as far as they can be made safe: commands and requests whose argument is known to be a number,
//! or plain data that holds no pointer. What is not listed is refused before the kernel sees it.

use std::ffi::c_int;
use std::os::fd::RawFd;
use std::ptr;

use super::errno::{Errno, Result, check};

/// The longest data either takes, as in CPython.
pub(crate) const LONGEST: usize = 1024;

/// What the argument of a command or request is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// A number, or nothing.
    Number,
    /// Plain data that is read, written or both.
    Data,
}

macro_rules! table {
    ($($name:ident = $value:expr, $shape:ident;)*) => {
        &[$((stringify!($name), $value as u32, Some(Shape::$shape)),)*]
    };
}

/// A name, its number, and for what can be called the shape of its argument.
type Row = (&'static str, u32, Option<Shape>);

/// Commands of fcntl(2).
#[cfg(linux)]
pub(crate) const COMMANDS: &[Row] = table! {
    F_DUPFD = libc::F_DUPFD, Number;
    F_DUPFD_CLOEXEC = libc::F_DUPFD_CLOEXEC, Number;
    F_GETFD = libc::F_GETFD, Number;
    F_SETFD = libc::F_SETFD, Number;
    F_GETFL = libc::F_GETFL, Number;
    F_SETFL = libc::F_SETFL, Number;
    F_GETOWN = libc::F_GETOWN, Number;
    F_SETOWN = libc::F_SETOWN, Number;
    F_GETSIG = 11, Number;
    F_SETSIG = 10, Number;
    F_GETLEASE = libc::F_GETLEASE, Number;
    F_SETLEASE = libc::F_SETLEASE, Number;
    F_NOTIFY = libc::F_NOTIFY, Number;
    F_GETPIPE_SZ = libc::F_GETPIPE_SZ, Number;
    F_SETPIPE_SZ = libc::F_SETPIPE_SZ, Number;
    F_ADD_SEALS = libc::F_ADD_SEALS, Number;
    F_GET_SEALS = libc::F_GET_SEALS, Number;
    F_GETLK = libc::F_GETLK, Data;
    F_SETLK = libc::F_SETLK, Data;
    F_SETLKW = libc::F_SETLKW, Data;
    F_OFD_GETLK = libc::F_OFD_GETLK, Data;
    F_OFD_SETLK = libc::F_OFD_SETLK, Data;
    F_OFD_SETLKW = libc::F_OFD_SETLKW, Data;
    F_GETOWN_EX = 16, Data;
    F_SETOWN_EX = 15, Data;
};

/// Commands of fcntl(2).
#[cfg(not(linux))]
pub(crate) const COMMANDS: &[Row] = table! {
    F_DUPFD = libc::F_DUPFD, Number;
    F_DUPFD_CLOEXEC = libc::F_DUPFD_CLOEXEC, Number;
    F_GETFD = libc::F_GETFD, Number;
    F_SETFD = libc::F_SETFD, Number;
    F_GETFL = libc::F_GETFL, Number;
    F_SETFL = libc::F_SETFL, Number;
    F_GETOWN = libc::F_GETOWN, Number;
    F_SETOWN = libc::F_SETOWN, Number;
    F_GETLK = libc::F_GETLK, Data;
    F_SETLK = libc::F_SETLK, Data;
    F_SETLKW = libc::F_SETLKW, Data;
};

/// Those that answer with a descriptor more.
pub(crate) const DUPLICATING: [i32; 2] = [libc::F_DUPFD, libc::F_DUPFD_CLOEXEC];

/// What commands take and return.
pub(crate) const BITS: &[(&str, i64)] = &[
    ("FD_CLOEXEC", libc::FD_CLOEXEC as i64),
    ("F_RDLCK", libc::F_RDLCK as i64),
    ("F_WRLCK", libc::F_WRLCK as i64),
    ("F_UNLCK", libc::F_UNLCK as i64),
    ("FASYNC", libc::O_ASYNC as i64),
    ("O_NONBLOCK", libc::O_NONBLOCK as i64),
];

/// Requests of ioctl(2): on any descriptor, on a stream, on an interface (data begins with its name).
#[cfg(linux)]
#[allow(
    clippy::cast_possible_truncation,
    reason = "C's type is wider than its requests"
)]
pub(crate) const REQUESTS: &[Row] = table! {
    FIOCLEX = libc::FIOCLEX, Number;
    FIONCLEX = libc::FIONCLEX, Number;
    FIONBIO = libc::FIONBIO, Data;
    FIOASYNC = 0x5452, Data;
    FIONREAD = libc::FIONREAD, Data;
    TIOCOUTQ = libc::TIOCOUTQ, Data;
    TIOCGWINSZ = libc::TIOCGWINSZ, Data;
    TIOCSWINSZ = libc::TIOCSWINSZ, Data;
    TIOCGPGRP = libc::TIOCGPGRP, Data;
    SIOCATMARK = 0x8905, Data;
    SIOCGPGRP = 0x8904, Data;
    SIOCSPGRP = 0x8902, Data;
    SIOCGSTAMP = 0x8906, Data;
    SIOCGSTAMPNS = 0x8907, Data;
    SIOCGIFNAME = 0x8910, Data;
    SIOCGIFFLAGS = 0x8913, Data;
    SIOCSIFFLAGS = 0x8914, Data;
    SIOCGIFADDR = 0x8915, Data;
    SIOCSIFADDR = 0x8916, Data;
    SIOCGIFDSTADDR = 0x8917, Data;
    SIOCSIFDSTADDR = 0x8918, Data;
    SIOCGIFBRDADDR = 0x8919, Data;
    SIOCSIFBRDADDR = 0x891a, Data;
    SIOCGIFNETMASK = 0x891b, Data;
    SIOCSIFNETMASK = 0x891c, Data;
    SIOCGIFMETRIC = 0x891d, Data;
    SIOCGIFMTU = 0x8921, Data;
    SIOCSIFMTU = 0x8922, Data;
    SIOCSIFNAME = 0x8923, Data;
    SIOCGIFHWADDR = 0x8927, Data;
    SIOCSIFHWADDR = 0x8924, Data;
    SIOCGIFINDEX = 0x8933, Data;
    SIOCGIFTXQLEN = 0x8942, Data;
    SIOCSIFTXQLEN = 0x8943, Data;
    SIOCGIFMAP = 0x8970, Data;
    TUNSETIFF = 0x4004_54ca_u32, Data;
    TUNGETIFF = 0x8004_54d2_u32, Data;
    TUNSETPERSIST = 0x4004_54cb_u32, Number;
    IOCTL_VM_SOCKETS_GET_LOCAL_CID = 0x7b9, Data;
};

/// Requests of ioctl(2).
#[cfg(not(linux))]
#[allow(
    clippy::cast_possible_truncation,
    reason = "C's type is wider than its requests"
)]
pub(crate) const REQUESTS: &[Row] = table! {
    FIOCLEX = libc::FIOCLEX, Number;
    FIONCLEX = libc::FIONCLEX, Number;
    FIONBIO = libc::FIONBIO, Data;
    FIONREAD = libc::FIONREAD, Data;
};

/// The shape of a known command's or request's argument.
pub(crate) fn shape_of(table: &[Row], number: u32) -> Option<Shape> {
    table
        .iter()
        .find(|(_, known, _)| *known == number)
        .and_then(|(_, _, shape)| *shape)
}

/// Whether a command reaches beyond the descriptor: has signals sent, to other processes too, watches a file, or opens
/// another descriptor, which would be nobody's.
pub(crate) fn command_reaches_out(command: i32, number: Option<i32>) -> bool {
    const REACHING: &[&str] = &[
        "F_SETOWN",
        "F_SETOWN_EX",
        "F_SETSIG",
        "F_SETLEASE",
        "F_NOTIFY",
        "F_DUPFD",
        "F_DUPFD_CLOEXEC",
    ];
    let asks_for_signals = number.is_some_and(|number| number & libc::O_ASYNC != 0);
    (command == libc::F_SETFL && asks_for_signals) || is_among(REACHING, COMMANDS, command.cast_unsigned())
}

/// Whether a request reaches beyond the descriptor: changes an interface or a terminal, or has signals sent.
pub(crate) fn request_reaches_out(request: u32) -> bool {
    let name = REQUESTS.iter().find(|(_, known, _)| *known == request);
    name.is_some_and(|(name, ..)| {
        ["SIOCS", "TUNSET", "TIOCS", "FIOASYNC"]
            .iter()
            .any(|beginning| name.starts_with(beginning))
    })
}

/// Whether a request tells of the machine's network interfaces.
pub(crate) fn tells_of_interfaces(request: u32) -> bool {
    let name = REQUESTS.iter().find(|(_, known, _)| *known == request);
    name.is_some_and(|(name, ..)| name.starts_with("SIOCGIF"))
}

fn is_among(names: &[&str], table: &[Row], number: u32) -> bool {
    table
        .iter()
        .any(|(name, known, _)| *known == number && names.contains(name))
}

/// Runs a command that takes a number; EINVAL for one that is not listed.
pub(crate) fn command(fd: RawFd, command: i32, argument: i32) -> Result<i32> {
    if shape_of(COMMANDS, command.cast_unsigned()) != Some(Shape::Number) {
        return Err(Errno::INVAL);
    }
    // SAFETY: the listed commands take an int and touch no memory.
    check(unsafe { libc::fcntl(fd, command, argument) })
}

/// Runs a command on data, which it may change; EINVAL for one that is not listed.
pub(crate) fn command_on(fd: RawFd, command: i32, data: &mut [u8; LONGEST]) -> Result<i32> {
    if shape_of(COMMANDS, command.cast_unsigned()) != Some(Shape::Data) {
        return Err(Errno::INVAL);
    }
    // SAFETY: the listed commands read and write one small struct without pointers, for which `data` has room.
    check(unsafe { libc::fcntl(fd, command, data.as_mut_ptr()) })
}

/// Makes a request that takes a number or nothing; EINVAL for one that is not listed.
pub(crate) fn request(fd: RawFd, request: u32, argument: i32) -> Result<i32> {
    if shape_of(REQUESTS, request) != Some(Shape::Number) {
        return Err(Errno::INVAL);
    }
    // SAFETY: the listed requests take an int, or nothing, and touch no memory.
    check(unsafe { libc::ioctl(fd, request as _, argument) })
}

/// Makes a request on data, which it may change; EFAULT without data, EINVAL for one that is not listed.
pub(crate) fn request_on(fd: RawFd, request: u32, data: Option<&mut [u8; LONGEST]>) -> Result<i32> {
    if shape_of(REQUESTS, request) != Some(Shape::Data) {
        return Err(Errno::INVAL);
    }
    let data = data.map_or(ptr::null_mut(), |data| data.as_mut_ptr());
    // SAFETY: the listed requests read and write one small struct without pointers, for which `data` has room; the kernel
    // answers EFAULT to NULL.
    check(unsafe { libc::ioctl(fd, request as _, data) })
}

/// Switches promiscuous mode of the interface a packet socket is bound to; ENXIO when it is bound to none.
#[cfg(linux)]
pub(crate) fn set_promiscuous(fd: RawFd, on: bool) -> Result<()> {
    // SAFETY: all-zero bytes are a valid sockaddr_ll.
    let mut name: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
    let mut length = libc::socklen_t::try_from(size_of::<libc::sockaddr_ll>()).unwrap_or(0);
    // SAFETY: the pointer and the length are those of `name`, which outlives the call.
    check(unsafe { libc::getsockname(fd, (&raw mut name).cast(), &raw mut length) })?;
    if c_int::from(name.sll_family) != libc::AF_PACKET {
        return Err(Errno::OPNOTSUPP);
    }
    if name.sll_ifindex == 0 {
        return Err(Errno::NXIO);
    }
    // struct packet_mreq: an int, two unsigned shorts, eight bytes of address.
    let mut membership = [0_u8; 16];
    membership[..4].copy_from_slice(&name.sll_ifindex.to_ne_bytes());
    let kind = u16::try_from(libc::PACKET_MR_PROMISC).unwrap_or(0);
    membership[4..6].copy_from_slice(&kind.to_ne_bytes());
    let option = if on {
        libc::PACKET_ADD_MEMBERSHIP
    } else {
        libc::PACKET_DROP_MEMBERSHIP
    };
    let fd = super::fd::borrow(fd).ok_or(Errno::BADF)?;
    super::option::set_option_bytes(fd, libc::SOL_PACKET, option, &membership)
}

/// Switches promiscuous mode of the interface a packet socket is bound to: there are none here.
#[cfg(not(linux))]
pub(crate) fn set_promiscuous(_: RawFd, _: bool) -> Result<()> {
    Err(Errno::OPNOTSUPP)
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd as _;

    use super::super::{flag, socket, transfer};
    use super::*;

    #[test]
    fn flags_are_read_and_set() -> Result<()> {
        let (one, _other) = socket::pair(flag::AF_UNIX, flag::SOCK_STREAM, 0)?;
        let fd = one.as_raw_fd();
        assert_eq!(command(fd, libc::F_GETFD, 0)?, libc::FD_CLOEXEC);
        command(fd, libc::F_SETFL, libc::O_NONBLOCK)?;
        assert_ne!(command(fd, libc::F_GETFL, 0)? & libc::O_NONBLOCK, 0);
        Ok(())
    }

    #[test]
    fn data_is_filled_and_what_is_unknown_is_refused() -> Result<()> {
        let (one, other) = socket::pair(flag::AF_UNIX, flag::SOCK_STREAM, 0)?;
        transfer::send(other.as_raw_fd(), b"12345", 0)?;
        let mut data = [0; LONGEST];
        let (_, readable, _) = REQUESTS
            .iter()
            .find(|(name, ..)| *name == "FIONREAD")
            .copied()
            .unwrap_or_default();
        request_on(one.as_raw_fd(), readable, Some(&mut data))?;
        assert_eq!(data[..4], 5_i32.to_ne_bytes());
        assert_eq!(request_on(one.as_raw_fd(), readable, None), Err(Errno::FAULT));
        assert_eq!(
            request_on(one.as_raw_fd(), 0x8912, Some(&mut data)),
            Err(Errno::INVAL)
        );
        assert_eq!(command_on(one.as_raw_fd(), 9999, &mut data), Err(Errno::INVAL));
        Ok(())
    }

    #[test]
    #[cfg(linux)]
    fn a_packet_sockets_interface_hears_everything() -> Result<()> {
        let packets = match socket::open(libc::AF_PACKET, libc::SOCK_RAW, 0) {
            // Without the privilege there is nothing to switch.
            Err(Errno::PERM) => return Ok(()),
            packets => packets?,
        };
        let fd = packets.as_raw_fd();
        assert_eq!(
            set_promiscuous(fd, true),
            Err(Errno::NXIO),
            "bound to no interface"
        );
        // struct sockaddr_ll from its protocol on: the interface follows it.
        let lo = super::super::interface::index_of(c"lo")?;
        let data = [&0_u16.to_ne_bytes()[..], &lo.to_ne_bytes(), &[0; 12]].concat();
        let address = crate::address::Address::Other {
            family: libc::AF_PACKET,
            data: data.into(),
        };
        socket::bind(super::super::fd::borrow(fd).ok_or(Errno::BADF)?, &address)?;
        set_promiscuous(fd, true)?;
        let flags = std::fs::read_to_string("/sys/class/net/lo/flags").map_err(Errno::from)?;
        let flags = u32::from_str_radix(flags.trim().trim_start_matches("0x"), 16).unwrap_or(0);
        assert_ne!(flags & libc::IFF_PROMISC.cast_unsigned(), 0);
        set_promiscuous(fd, false)
    }
}
