//! What a person asks of an open socket: its state in the kernel, what waits in its queues, and who holds a port.

use std::ffi::{c_int, c_ulong};
use std::os::fd::{AsRawFd, BorrowedFd};

use super::errno::{Result, check};

/// Whether a socket listens.
pub(crate) const SO_ACCEPTCONN: c_int = libc::SO_ACCEPTCONN;

/// A process that has a socket on a port.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Holder {
    pub(crate) process: u32,
    /// The program's name, as the system shortens it.
    pub(crate) name: String,
}

/// Bytes that have arrived and were not read.
pub(crate) fn unread(fd: BorrowedFd<'_>) -> Result<c_int> {
    count(fd, libc::FIONREAD as c_ulong)
}

/// Bytes that were sent and have not been taken by the other side.
pub(crate) fn unsent(fd: BorrowedFd<'_>) -> Result<c_int> {
    count(fd, libc::TIOCOUTQ as c_ulong)
}

fn count(fd: BorrowedFd<'_>, request: c_ulong) -> Result<c_int> {
    let mut number: c_int = 0;
    // SAFETY: both requests write one int, for which there is room.
    check(unsafe { libc::ioctl(fd.as_raw_fd(), request as _, &raw mut number) })?;
    Ok(number)
}

#[cfg(linux)]
pub(crate) use linux::{holders, tcp};

#[cfg(linux)]
mod linux {
    use std::os::fd::BorrowedFd;
    use std::path::PathBuf;

    use super::super::option;
    use super::Holder;

    /// State of a TCP socket, connections that wait to be accepted, and how many may.
    pub(crate) fn tcp(fd: BorrowedFd<'_>) -> Option<(&'static str, u32, u32)> {
        /// Enough of `struct tcp_info`: the state is its first byte; `tcpi_unacked` and `tcpi_sacked` are the numbers of
        /// a listening socket's queue.
        const LENGTH: usize = 104;
        let info = option::option_bytes(fd, libc::IPPROTO_TCP, libc::TCP_INFO, LENGTH).ok()?;
        let number = |at: usize| Some(u32::from_ne_bytes(info.get(at..at + 4)?.try_into().ok()?));
        Some((state(*info.first()?), number(24)?, number(28)?))
    }

    /// As netstat and ss write them; by the kernel's numbers (include/net/tcp_states.h).
    fn state(number: u8) -> &'static str {
        match number {
            1 => "ESTABLISHED",
            2 => "SYN-SENT",
            3 => "SYN-RECV",
            4 => "FIN-WAIT-1",
            5 => "FIN-WAIT-2",
            6 => "TIME-WAIT",
            7 => "CLOSED",
            8 => "CLOSE-WAIT",
            9 => "LAST-ACK",
            10 => "LISTEN",
            11 => "CLOSING",
            12 => "NEW-SYN-RECV",
            _ => "?",
        }
    }

    /// The processes that hold a local port, as far as this one may see: every other user's are hidden from it.
    pub(crate) fn holders(datagrams: bool, port: u16) -> Vec<Holder> {
        let tables = if datagrams {
            ["/proc/net/udp", "/proc/net/udp6"]
        } else {
            ["/proc/net/tcp", "/proc/net/tcp6"]
        };
        let rows: String = tables
            .iter()
            .filter_map(|table| std::fs::read_to_string(table).ok())
            .collect();
        let links: Vec<PathBuf> = rows
            .lines()
            .filter_map(|row| inode_of(row, port))
            .map(|inode| format!("socket:[{inode}]").into())
            .collect();
        if links.is_empty() {
            return Vec::new();
        }
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        processes
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|process: &u32| holds(*process, &links))
            .map(|process| Holder {
                process,
                name: std::fs::read_to_string(format!("/proc/{process}/comm"))
                    .map(|name| name.trim_end().to_owned())
                    .unwrap_or_default(),
            })
            .collect()
    }

    /// The socket's number, if the row of a table in /proc/net is one of this port.
    fn inode_of(row: &str, port: u16) -> Option<&str> {
        let mut columns = row.split_ascii_whitespace();
        let local = columns.nth(1)?;
        let (_, digits) = local.rsplit_once(':')?;
        let inode = columns.nth(7)?;
        (u16::from_str_radix(digits, 16) == Ok(port) && inode != "0").then_some(inode)
    }

    fn holds(process: u32, links: &[PathBuf]) -> bool {
        let open = std::fs::read_dir(format!("/proc/{process}/fd"));
        open.into_iter()
            .flatten()
            .flatten()
            .any(|entry| std::fs::read_link(entry.path()).is_ok_and(|target| links.contains(&target)))
    }
}

#[cfg(not(linux))]
pub(crate) fn tcp(_: BorrowedFd<'_>) -> Option<(&'static str, u32, u32)> {
    None
}

#[cfg(not(linux))]
pub(crate) fn holders(_: bool, _: u16) -> Vec<Holder> {
    Vec::new()
}

#[cfg(all(test, linux))]
mod tests {
    use std::io::Write as _;
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsFd as _;

    use super::*;

    #[test]
    fn a_socket_tells_its_state_and_its_queues() -> std::io::Result<()> {
        let server = TcpListener::bind("127.0.0.1:0")?;
        let mut client = TcpStream::connect(server.local_addr()?)?;
        client.write_all(b"hello")?;
        let state = tcp(server.as_fd()).map(|(state, waiting, _)| (state, waiting));
        assert_eq!(state, Some(("LISTEN", 1)));
        let (accepted, _) = server.accept()?;
        assert_eq!(tcp(accepted.as_fd()).map(|told| told.0), Some("ESTABLISHED"));
        assert_eq!(unread(accepted.as_fd()), Ok(5));
        Ok(())
    }

    #[test]
    fn the_holder_of_a_port_is_found() -> std::io::Result<()> {
        let server = TcpListener::bind("127.0.0.1:0")?;
        let port = server.local_addr()?.port();
        let found = holders(false, port);
        assert!(
            found.iter().any(|holder| holder.process == std::process::id()),
            "{found:?}"
        );
        drop(server);
        Ok(())
    }
}
