//! Files and whatever else has a descriptor and is no socket: pipes, terminals. One libc call each.

#[cfg(linux)]
use std::ffi::CString;
use std::ffi::c_int;
use std::os::fd::RawFd;
#[cfg(linux)]
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use super::errno::{Errno, Result, check, check_count};

/// Whether a descriptor was opened for reading; one that is none is said to be, as the read tells that.
#[cfg(feature = "lua")]
pub(crate) fn is_readable(fd: RawFd) -> bool {
    // SAFETY: F_GETFL takes no argument and touches no memory.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFL) };
    flags < 0 || flags & libc::O_ACCMODE != libc::O_WRONLY
}

/// What a descriptor stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A file that lies somewhere, whose calls never wait.
    Regular,
    Directory,
    /// A pipe, a terminal, a device, a socket.
    Other,
}

/// What fstat tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Info {
    pub(crate) kind: Kind,
    /// Length in bytes of a regular file.
    pub(crate) size: u64,
}

/// The flags of open(2) for a file that is read, written, emptied, new, or written at its end.
pub(crate) fn flags(reading: bool, writing: bool, emptied: bool, new: bool, appending: bool) -> c_int {
    let access = match (reading, writing) {
        (true, true) => libc::O_RDWR,
        (false, true) => libc::O_WRONLY,
        _ => libc::O_RDONLY,
    };
    let when = |wanted: bool, flag: c_int| if wanted { flag } else { 0 };
    access
        | libc::O_CLOEXEC
        | when(emptied, libc::O_CREAT | libc::O_TRUNC)
        | when(new, libc::O_CREAT | libc::O_EXCL)
        | when(appending, libc::O_CREAT | libc::O_APPEND)
}

/// Counted from the beginning.
pub(crate) const SEEK_SET: c_int = libc::SEEK_SET;
/// Counted from where it stands.
pub(crate) const SEEK_CUR: c_int = libc::SEEK_CUR;
/// Counted from the end.
pub(crate) const SEEK_END: c_int = libc::SEEK_END;

/// Reads into `buffer`; none at the end.
pub(crate) fn read(fd: RawFd, buffer: &mut [u8]) -> Result<usize> {
    // SAFETY: the pointer and the length are those of `buffer`, which is borrowed for the call.
    check_count(unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) })
}

/// Writes what the kernel takes.
pub(crate) fn write(fd: RawFd, data: &[u8]) -> Result<usize> {
    // SAFETY: the pointer and the length are those of `data`, which is borrowed for the call.
    check_count(unsafe { libc::write(fd, data.as_ptr().cast(), data.len()) })
}

/// Writes what a pipe takes; one that nobody reads is EPIPE and never a signal.
pub(crate) fn write_to_pipe(fd: RawFd, data: &[u8]) -> Result<usize> {
    super::signal::without_broken_pipe(|| write(fd, data))
}

/// Moves the place of the next read or write; ESPIPE where there is none.
pub(crate) fn seek(fd: RawFd, offset: i64, whence: c_int) -> Result<u64> {
    // SAFETY: lseek takes numbers and touches no memory.
    let place = unsafe { libc::lseek(fd, offset, whence) };
    u64::try_from(place).map_err(|_| Errno::last())
}

/// Cuts the file, or fills it up with zeros, to this length.
pub(crate) fn truncate(fd: RawFd, length: i64) -> Result<()> {
    // SAFETY: ftruncate takes numbers and touches no memory.
    check(unsafe { libc::ftruncate(fd, length) }).map(drop)
}

/// What the descriptor stands for. A file that the kernel makes up as it is read has no length, and may make its readers wait.
pub(crate) fn info(fd: RawFd) -> Result<Info> {
    let status = status(fd)?;
    let kind = match status.st_mode & libc::S_IFMT {
        libc::S_IFREG if status.st_size == 0 && is_made_up(fd) => Kind::Other,
        libc::S_IFREG => Kind::Regular,
        libc::S_IFDIR => Kind::Directory,
        _ => Kind::Other,
    };
    Ok(Info {
        kind,
        size: u64::try_from(status.st_size).unwrap_or(0),
    })
}

/// The device a file lies on, and its number there: the same for two descriptors of one thing.
#[allow(
    clippy::unnecessary_cast,
    clippy::cast_sign_loss,
    trivial_numeric_casts,
    reason = "these numbers have other types elsewhere"
)]
pub(crate) fn identity(fd: RawFd) -> Result<(u64, u64)> {
    let status = status(fd)?;
    Ok((status.st_dev as u64, status.st_ino as u64))
}

fn status(fd: RawFd) -> Result<libc::stat> {
    let mut status = std::mem::MaybeUninit::<libc::stat>::uninit();
    // SAFETY: fstat writes one `struct stat`, and `status` has room for it.
    check(unsafe { libc::fstat(fd, status.as_mut_ptr()) })?;
    // SAFETY: the call succeeded, so the record is filled.
    Ok(unsafe { status.assume_init() })
}

/// Whether a person sits at the other end.
pub(crate) fn is_terminal(fd: RawFd) -> bool {
    // SAFETY: isatty takes a number and touches no memory.
    unsafe { libc::isatty(fd) == 1 }
}

/// Sends up to `count` bytes of the file from `offset` on, without their passing through this process; none at the end.
/// The file's own place does not move.
#[cfg(linux)]
pub(crate) fn send(socket: RawFd, file: RawFd, offset: i64, count: usize) -> Result<usize> {
    let mut offset: libc::off_t = offset;
    super::signal::without_broken_pipe(|| {
        // SAFETY: `offset` outlives the call; the rest are numbers.
        check_count(unsafe { libc::sendfile(socket, file, &raw mut offset, count) })
    })
}

/// The other systems' calls of this name differ: the caller sends by hand.
#[cfg(not(linux))]
pub(crate) fn send(_: RawFd, _: RawFd, _: i64, _: usize) -> Result<usize> {
    Err(Errno(libc::ENOSYS))
}

/// Whether a path is one of those by which the kernel shows processes and itself (procfs), wherever they are to be seen. For
/// what is not there, the folder that it would lie in tells.
#[cfg(linux)]
pub(crate) fn is_of_processes(path: &Path) -> bool {
    path.ancestors().find_map(system_at) == Some(PROCESSES)
}

/// Which system of files a path is in.
#[cfg(linux)]
fn system_at(path: &Path) -> Option<i64> {
    let name = CString::new(path.as_os_str().as_bytes()).ok()?;
    let mut about = std::mem::MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: the name ends with a NUL, and `about` has room for what statfs writes.
    check(unsafe { libc::statfs(name.as_ptr(), about.as_mut_ptr()) }).ok()?;
    // SAFETY: the call succeeded, so the record is filled.
    Some(system_of(unsafe { about.assume_init_ref() }))
}

/// The other systems show them by calls.
#[cfg(not(linux))]
pub(crate) fn is_of_processes(_: &Path) -> bool {
    false
}

/// Whether a character device of this number is the machine's memory, or its ports.
#[cfg(linux)]
pub(crate) fn is_memory(device: u64) -> bool {
    matches!((libc::major(device), libc::minor(device)), (1, 1 | 2 | 4))
}

/// Elsewhere their names tell.
#[cfg(not(linux))]
pub(crate) fn is_memory(_: u64) -> bool {
    false
}

/// Whether the kernel makes up what a file holds: of processes, of itself, of what it is told to watch.
#[cfg(linux)]
#[cfg(feature = "lua")]
pub(crate) fn is_made_up_at(path: &Path) -> bool {
    system_at(path).is_some_and(makes_up)
}

#[cfg(all(not(linux), feature = "lua"))]
pub(crate) fn is_made_up_at(_: &Path) -> bool {
    false
}

/// As [`is_made_up_at`], of an open file.
#[cfg(linux)]
fn is_made_up(fd: RawFd) -> bool {
    let mut about = std::mem::MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: `about` has room for what fstatfs writes.
    if check(unsafe { libc::fstatfs(fd, about.as_mut_ptr()) }).is_err() {
        return false;
    }
    // SAFETY: the call succeeded, so the record is filled.
    makes_up(system_of(unsafe { about.assume_init_ref() }))
}

#[cfg(not(linux))]
fn is_made_up(_: RawFd) -> bool {
    false
}

/// The number of a system of files.
#[cfg(linux)]
#[allow(
    clippy::unnecessary_cast,
    clippy::cast_possible_wrap,
    trivial_numeric_casts,
    reason = "it has another type elsewhere"
)]
const fn system_of(about: &libc::statfs) -> i64 {
    about.f_type as i64
}

/// The number of procfs.
#[cfg(linux)]
const PROCESSES: i64 = 0x9fa0;

#[cfg(linux)]
const fn makes_up(system: i64) -> bool {
    const SYSFS: i64 = 0x6265_6572;
    const DEBUGFS: i64 = 0x6462_6720;
    const TRACEFS: i64 = 0x7472_6163;
    const CONTROL_GROUPS: i64 = 0x6367_7270;
    matches!(system, PROCESSES | SYSFS | DEBUGFS | TRACEFS | CONTROL_GROUPS)
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd as _;

    use super::super::{fd, flag, socket, transfer};
    use super::*;

    /// A new file without a name.
    fn file() -> std::fs::File {
        let path = std::env::temp_dir().join(format!("wirescript-sys-file-{}", std::process::id()));
        let file = std::fs::File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)
            .expect("a temporary file");
        std::fs::remove_file(&path).expect("the name is ours");
        file
    }

    #[test]
    fn a_file_is_written_read_cut_and_sent() -> Result<()> {
        let file = file();
        let fd = file.as_raw_fd();
        assert_eq!(write(fd, b"hello world"), Ok(11));
        assert_eq!(seek(fd, 6, SEEK_SET), Ok(6));
        let mut buffer = [0; 16];
        assert_eq!(read(fd, &mut buffer), Ok(5));
        assert_eq!(&buffer[..5], b"world");
        assert_eq!(read(fd, &mut buffer), Ok(0));
        truncate(fd, 8)?;
        assert_eq!(
            info(fd),
            Ok(Info {
                kind: Kind::Regular,
                size: 8
            })
        );
        let (a, b) = socket::pair(flag::AF_UNIX, flag::SOCK_STREAM, 0)?;
        if cfg!(linux) {
            assert_eq!(send(a.as_raw_fd(), fd, 2, 4), Ok(4));
            assert_eq!(transfer::recv(b.as_raw_fd(), &mut buffer, 0), Ok(4));
            assert_eq!(&buffer[..4], b"llo ");
            assert_eq!(send(a.as_raw_fd(), fd, 8, 4), Ok(0));
        }
        assert_eq!(seek(fd, 0, SEEK_CUR), Ok(11), "sending moves nothing");
        Ok(())
    }

    #[test]
    fn a_broken_pipe_is_an_answer_and_no_signal() -> Result<()> {
        let (reader, writer) = fd::pipe()?;
        drop(reader);
        assert_eq!(write_to_pipe(writer.as_raw_fd(), b"x"), Err(Errno::PIPE));
        let (a, b) = socket::pair(flag::AF_UNIX, flag::SOCK_STREAM, 0)?;
        drop(b);
        let file = file();
        assert_eq!(write(file.as_raw_fd(), b"hello"), Ok(5));
        if cfg!(linux) {
            assert_eq!(send(a.as_raw_fd(), file.as_raw_fd(), 0, 5), Err(Errno::PIPE));
        }
        Ok(())
    }

    #[test]
    fn a_pipe_is_no_file() -> Result<()> {
        let (reader, writer) = fd::pipe()?;
        assert_eq!(info(reader.as_raw_fd())?.kind, Kind::Other);
        assert!(seek(reader.as_raw_fd(), 0, SEEK_CUR).is_err());
        assert!(!is_terminal(reader.as_raw_fd()));
        assert_eq!(write(writer.as_raw_fd(), b"x"), Ok(1));
        assert_eq!(read(-1, &mut [0; 1]), Err(Errno::BADF));
        Ok(())
    }
}
