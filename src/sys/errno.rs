//! [`Errno`]: the number of a failed system call, its name as Python's `errno` module has it, its text as
//! `os.strerror`.

use std::ffi::CStr;
use std::{fmt, io};

/// The number a system call failed with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Errno(pub(crate) i32);

/// What every function of this room returns.
pub(crate) type Result<T> = std::result::Result<T, Errno>;

impl Errno {
    pub(crate) const ACCES: Self = Self(libc::EACCES);
    pub(crate) const ADDRINUSE: Self = Self(libc::EADDRINUSE);
    pub(crate) const ADDRNOTAVAIL: Self = Self(libc::EADDRNOTAVAIL);
    pub(crate) const AFNOSUPPORT: Self = Self(libc::EAFNOSUPPORT);
    /// Also EWOULDBLOCK, which is the same number on every platform we build for.
    pub(crate) const AGAIN: Self = Self(libc::EAGAIN);
    pub(crate) const ALREADY: Self = Self(libc::EALREADY);
    pub(crate) const BADF: Self = Self(libc::EBADF);
    pub(crate) const CHILD: Self = Self(libc::ECHILD);
    pub(crate) const CONNABORTED: Self = Self(libc::ECONNABORTED);
    pub(crate) const CONNREFUSED: Self = Self(libc::ECONNREFUSED);
    pub(crate) const CONNRESET: Self = Self(libc::ECONNRESET);
    pub(crate) const DESTADDRREQ: Self = Self(libc::EDESTADDRREQ);
    pub(crate) const EXIST: Self = Self(libc::EEXIST);
    pub(crate) const HOSTUNREACH: Self = Self(libc::EHOSTUNREACH);
    pub(crate) const INPROGRESS: Self = Self(libc::EINPROGRESS);
    pub(crate) const INTR: Self = Self(libc::EINTR);
    pub(crate) const INVAL: Self = Self(libc::EINVAL);
    pub(crate) const ISDIR: Self = Self(libc::EISDIR);
    pub(crate) const IO: Self = Self(libc::EIO);
    pub(crate) const ISCONN: Self = Self(libc::EISCONN);
    pub(crate) const MFILE: Self = Self(libc::EMFILE);
    pub(crate) const MSGSIZE: Self = Self(libc::EMSGSIZE);
    pub(crate) const NAMETOOLONG: Self = Self(libc::ENAMETOOLONG);
    pub(crate) const NETUNREACH: Self = Self(libc::ENETUNREACH);
    pub(crate) const NETDOWN: Self = Self(libc::ENETDOWN);
    pub(crate) const NODEV: Self = Self(libc::ENODEV);
    pub(crate) const NXIO: Self = Self(libc::ENXIO);
    pub(crate) const FAULT: Self = Self(libc::EFAULT);
    pub(crate) const OPNOTSUPP: Self = Self(libc::EOPNOTSUPP);
    pub(crate) const NOENT: Self = Self(libc::ENOENT);
    pub(crate) const NOMEM: Self = Self(libc::ENOMEM);
    pub(crate) const NOPROTOOPT: Self = Self(libc::ENOPROTOOPT);
    pub(crate) const NOTCONN: Self = Self(libc::ENOTCONN);
    pub(crate) const DQUOT: Self = Self(libc::EDQUOT);
    pub(crate) const NOTDIR: Self = Self(libc::ENOTDIR);
    pub(crate) const PROTONOSUPPORT: Self = Self(libc::EPROTONOSUPPORT);
    pub(crate) const SOCKTNOSUPPORT: Self = Self(libc::ESOCKTNOSUPPORT);
    pub(crate) const PERM: Self = Self(libc::EPERM);
    pub(crate) const PIPE: Self = Self(libc::EPIPE);
    pub(crate) const SHUTDOWN: Self = Self(libc::ESHUTDOWN);
    pub(crate) const SRCH: Self = Self(libc::ESRCH);
    pub(crate) const TIMEDOUT: Self = Self(libc::ETIMEDOUT);

    /// The failure of the call this thread made last.
    pub(crate) fn last() -> Self {
        Self::from(io::Error::last_os_error())
    }

    /// Makes this the failure the thread sees: for signal handlers, which must leave it as it was.
    pub(crate) fn restore(self) {
        #[cfg(linux)]
        // SAFETY: the location is this thread's own and always valid.
        let location = unsafe { libc::__errno_location() };
        #[cfg(any(apple, target_os = "freebsd"))]
        // SAFETY: the location is this thread's own and always valid.
        let location = unsafe { libc::__error() };
        #[cfg(all(bsd, not(target_os = "freebsd")))]
        // SAFETY: the location is this thread's own and always valid.
        let location = unsafe { libc::__errno() };
        // SAFETY: as said, the location is valid and nobody else uses it.
        unsafe { *location = self.0 };
    }

    /// The name, `"ECONNREFUSED"`; where two share a number, the one Python's `errno.errorcode` has.
    pub(crate) fn name(self) -> Option<&'static str> {
        NAMES
            .iter()
            .rev()
            .find(|(_, number)| *number == self.0)
            .map(|(name, _)| *name)
    }

    /// The text, `"Connection refused"`, as Python's `os.strerror`.
    pub(crate) fn text(self) -> String {
        let mut buffer = [0_u8; 256];
        // SAFETY: the pointer and the length are those of `buffer`, which outlives the call.
        let _ = unsafe { libc::strerror_r(self.0, buffer.as_mut_ptr().cast(), buffer.len()) };
        match CStr::from_bytes_until_nul(&buffer) {
            Ok(text) if !text.is_empty() => text.to_string_lossy().into_owned(),
            _ => format!("Unknown error {}", self.0),
        }
    }
}

/// A call that answers -1 when it failed.
pub(super) fn check(answer: i32) -> Result<i32> {
    if answer == -1 {
        Err(Errno::last())
    } else {
        Ok(answer)
    }
}

/// A call that answers a count of bytes, or -1 when it failed.
#[inline]
pub(super) fn check_count(answer: isize) -> Result<usize> {
    usize::try_from(answer).map_err(|_| Errno::last())
}

impl From<io::Error> for Errno {
    /// An error that is not the system's own (socket2 refusing an argument) counts as EINVAL.
    fn from(error: io::Error) -> Self {
        error.raw_os_error().map_or(Self::INVAL, Self)
    }
}

impl From<Errno> for io::Error {
    fn from(errno: Errno) -> Self {
        Self::from_raw_os_error(errno.0)
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "Errno({})", self.0),
        }
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// Name and number from one token; the second group exists on Linux only.
macro_rules! names {
    ($($name:ident)*; linux $($linux:ident)*) => {
        &[
            $((stringify!($name), libc::$name),)*
            $(#[cfg(linux)] (stringify!($linux), libc::$linux),)*
        ]
    };
}

/// Every name of Python's `errno` module. Of two names with one number, the later is the one Python shows.
pub(crate) const NAMES: &[(&str, i32)] = names!(
    EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EWOULDBLOCK EAGAIN ENOMEM EACCES EFAULT
    ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE
    EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP ENOMSG EIDRM EPROTO
    EBADMSG EOVERFLOW EILSEQ EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT
    ESOCKTNOSUPPORT EOPNOTSUPP ENOTSUP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH
    ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED
    EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EREMOTE EDQUOT ECANCELED;
    linux
    EDEADLOCK ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC
    EBADSLT EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG ENOLINK EADV ESRMNT ECOMM EMULTIHOP EDOTDOT
    ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC ERESTART ESTRPIPE EUCLEAN ENOTNAM ENAVAIL
    EISNAM EREMOTEIO ENOMEDIUM EMEDIUMTYPE ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD
    ENOTRECOVERABLE ERFKILL
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_python() {
        assert_eq!(Errno::CONNREFUSED.name(), Some("ECONNREFUSED"));
        assert_eq!(Errno(0).name(), None);
        assert_eq!(
            format!("{:?} {:?}", Errno::AGAIN, Errno(9999)),
            "EAGAIN Errno(9999)"
        );
    }

    #[cfg(linux)]
    #[test]
    fn python_has_133_names_for_130_numbers_on_linux() {
        let mut numbers: Vec<i32> = NAMES.iter().map(|(_, number)| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!((NAMES.len(), numbers.len()), (133, 130));
        // What `errno.errorcode` says where two names share a number.
        let winners = [libc::EDEADLK, libc::EOPNOTSUPP, libc::EWOULDBLOCK].map(|number| Errno(number).name());
        assert_eq!(winners, [Some("EDEADLOCK"), Some("ENOTSUP"), Some("EAGAIN")]);
    }

    #[cfg(linux)]
    #[test]
    fn texts_are_those_of_strerror() {
        assert_eq!(Errno::CONNREFUSED.text(), "Connection refused");
        assert_eq!(Errno(0).text(), "Success");
        assert_eq!(Errno(9999).text(), "Unknown error 9999");
        assert_eq!(Errno(-1).text(), "Unknown error -1");
    }

    #[test]
    fn an_error_of_the_library_is_an_invalid_argument() {
        assert_eq!(
            Errno::from(io::Error::from_raw_os_error(libc::EPIPE)),
            Errno::PIPE
        );
        assert_eq!(Errno::from(io::Error::other("refused")), Errno::INVAL);
        assert_eq!(io::Error::from(Errno::PIPE).raw_os_error(), Some(libc::EPIPE));
    }

    #[test]
    fn minus_one_alone_is_a_failure() {
        assert_eq!(check(0), Ok(0));
        assert_eq!(check_count(7), Ok(7));
        assert!(check_count(-1).is_err());
    }
}
