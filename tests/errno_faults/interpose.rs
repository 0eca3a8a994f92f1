//! Functions of the C library with a fault in between. A program's own definition of `recv` comes before the library's, so
//! every call that Rust code in this test makes (ours, mio's, socket2's, the standard library's) arrives here, is counted
//! while a [`Plan`] is armed, and the one the plan names fails with one of the numbers that call can fail with. All others
//! go on to the library. Ordinary builds have none of this.
#![allow(
    unsafe_code,
    reason = "definitions of C functions, and calls of the real ones"
)]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_lossless,
    reason = "arguments of every type are looked at as the registers have them"
)]

use std::ffi::{CStr, c_char, c_int, c_uint, c_ulong, c_void};
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicUsize, Ordering};

use libc::{addrinfo, iovec, msghdr, pollfd, size_t, sockaddr, socklen_t, ssize_t};

const NEVER: usize = usize::MAX;

static COUNT: AtomicUsize = AtomicUsize::new(0);
static TARGET: AtomicUsize = AtomicUsize::new(NEVER);
static CHOICE: AtomicUsize = AtomicUsize::new(0);
/// The process whose calls count: a child between fork and exec makes its own, and the main thread is the test harness.
static OWNER: AtomicI32 = AtomicI32::new(0);
/// The row of [`CALLS`] that failed, and the number it failed with.
static FAILED: AtomicUsize = AtomicUsize::new(NEVER);
static NUMBER: AtomicI32 = AtomicI32::new(0);

/// The fault that happened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) call: &'static str,
    pub(crate) errno: i32,
    /// How many numbers this call can fail with.
    pub(crate) choices: usize,
}

/// Faults are on until this is dropped.
pub(crate) struct Plan;

impl Plan {
    /// Has the call with this number, from 0, fail with the `choice`-th of its errors, counted round.
    pub(crate) fn arm(call: usize, choice: usize) -> Self {
        COUNT.store(0, Ordering::SeqCst);
        CHOICE.store(choice, Ordering::SeqCst);
        FAILED.store(NEVER, Ordering::SeqCst);
        OWNER.store(std::process::id().cast_signed(), Ordering::SeqCst);
        TARGET.store(call, Ordering::SeqCst);
        Self
    }

    /// Ends it, and tells what happened.
    pub(crate) fn disarm(self) -> Option<Fault> {
        drop(self);
        let row = CALLS.get(FAILED.load(Ordering::SeqCst))?;
        Some(Fault {
            call: row.0,
            errno: NUMBER.load(Ordering::SeqCst),
            choices: row.1.len(),
        })
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        TARGET.store(NEVER, Ordering::SeqCst);
    }
}

/// Whether the call in this row fails now, and with which number. Nothing here allocates or locks: signal handlers write.
fn fault(row: usize) -> Option<c_int> {
    let target = TARGET.load(Ordering::Relaxed);
    if target == NEVER {
        return None;
    }
    // SAFETY: it has no conditions.
    let process = unsafe { libc::getpid() };
    // SAFETY: as above.
    let is_harness = process == unsafe { libc::gettid() };
    if is_harness || process != OWNER.load(Ordering::Relaxed) {
        return None;
    }
    if COUNT.fetch_add(1, Ordering::SeqCst) != target {
        return None;
    }
    let numbers = CALLS[row].1;
    let number = numbers[CHOICE.load(Ordering::Relaxed) % numbers.len()];
    NUMBER.store(number, Ordering::SeqCst);
    FAILED.store(row, Ordering::SeqCst);
    Some(number)
}

/// Whether this call of a function that can fail cannot.
fn cannot_fail(name: &str, arguments: &[usize]) -> bool {
    match name {
        // The small stack for signals that the standard library gives each thread, and its guard: it ends the process where it
        // cannot have those, whoever starts the thread.
        // And a stack's reserve, which is done without where it cannot be had: the unit tests of fibers see to that.
        "mmap" | "mprotect" => arguments[1] < 64 << 10 || arguments[1] > 256 << 20,
        // The counter of an eventfd, by which tasks are woken.
        "read" | "write" => arguments[2] <= 64,
        // By which the standard library hears whether a program has started: it panics where it does not hear.
        "recv" => arguments[2] <= 8,
        // Flags are looked up in memory.
        "fcntl" => arguments[1] != libc::F_DUPFD_CLOEXEC as usize,
        _ => false,
    }
}

fn set_errno(number: c_int) {
    // SAFETY: the location is this thread's own.
    let location = unsafe { libc::__errno_location() };
    // SAFETY: as said.
    unsafe { *location = number };
}

/// The library's function, looked up once.
fn real(name: &CStr, kept: &AtomicPtr<c_void>) -> *mut c_void {
    let known = kept.load(Ordering::Acquire);
    if !known.is_null() {
        return known;
    }
    // SAFETY: the name is a C string.
    let found = unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr()) };
    assert!(!found.is_null(), "the C library lacks {name:?}");
    kept.store(found, Ordering::Release);
    found
}

/// What becomes of a failing call.
enum Way {
    /// It is not made; -1 and errno.
    Refused,
    /// It is made, and then -1 and errno: `close`, and `connect` when it is interrupted.
    Done,
    /// It is not made and answers the number itself.
    Answered,
}

macro_rules! calls {
    ($($way:ident $name:ident($($arg:ident: $type:ty),*) -> $answer:ty: $($errno:ident)*;)*) => {
        /// Every function there is a fault for, with the numbers it can fail with.
        pub(crate) const CALLS: &[(&str, &[c_int])] = &[$((stringify!($name), &[$(libc::$errno),*])),*];

        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "named as the functions are")]
        enum Row { $($name),* }

        $(
            #[unsafe(no_mangle)]
            extern "C" fn $name($($arg: $type),*) -> $answer {
                static REAL: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());
                const NAME: &CStr = match CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                    Ok(name) => name,
                    Err(_) => panic!("a name"),
                };
                let call = || {
                    // SAFETY: the library's function of this name has this signature.
                    let real: extern "C" fn($($type),*) -> $answer = unsafe { std::mem::transmute(real(NAME, &REAL)) };
                    real($($arg),*)
                };
                if cannot_fail(stringify!($name), &[$($arg as usize),*]) {
                    return call();
                }
                let Some(number) = fault(Row::$name as usize) else { return call() };
                match Way::$way {
                    Way::Answered => return number as $answer,
                    Way::Done => { call(); }
                    Way::Refused if stringify!($name) == "connect" && number == libc::EINTR => { call(); }
                    Way::Refused => {}
                }
                set_errno(number);
                -1_i8 as $answer
            }
        )*
    };
}

// What is variadic in C (fcntl, ioctl, open) takes one word more here, as the registers have it.
calls! {
    Refused socket(family: c_int, kind: c_int, protocol: c_int) -> c_int: EMFILE ENFILE ENOBUFS ENOMEM EACCES;
    Refused socketpair(family: c_int, kind: c_int, protocol: c_int, ends: *mut c_int) -> c_int: EMFILE ENFILE ENOMEM;
    Refused bind(fd: c_int, name: *const sockaddr, size: socklen_t) -> c_int: EADDRINUSE EACCES EADDRNOTAVAIL ENOMEM;
    Refused listen(fd: c_int, backlog: c_int) -> c_int: EADDRINUSE EOPNOTSUPP;
    Refused connect(fd: c_int, name: *const sockaddr, size: socklen_t) -> c_int:
        ECONNREFUSED ETIMEDOUT EHOSTUNREACH ENETUNREACH EADDRNOTAVAIL EINTR EPERM ENOMEM;
    Refused accept4(fd: c_int, name: *mut sockaddr, size: *mut socklen_t, flags: c_int) -> c_int:
        EMFILE ENFILE ENOBUFS ENOMEM ECONNABORTED EINTR EPERM EPROTO;
    Refused recv(fd: c_int, data: *mut c_void, size: size_t, flags: c_int) -> ssize_t:
        ECONNRESET ETIMEDOUT EINTR ENOMEM EHOSTUNREACH;
    Refused recvfrom(fd: c_int, data: *mut c_void, size: size_t, flags: c_int, name: *mut sockaddr, length: *mut socklen_t) -> ssize_t:
        ECONNREFUSED EINTR ENOMEM ENETDOWN;
    Refused recvmsg(fd: c_int, message: *mut msghdr, flags: c_int) -> ssize_t: ECONNRESET EINTR ENOMEM EMFILE;
    Refused send(fd: c_int, data: *const c_void, size: size_t, flags: c_int) -> ssize_t:
        ECONNRESET EPIPE ENOBUFS EINTR ENOMEM EHOSTUNREACH EPERM;
    Refused sendto(fd: c_int, data: *const c_void, size: size_t, flags: c_int, name: *const sockaddr, length: socklen_t) -> ssize_t:
        ENOBUFS EINTR ENETUNREACH EPERM EMSGSIZE ENOMEM;
    Refused sendmsg(fd: c_int, message: *const msghdr, flags: c_int) -> ssize_t: EPIPE ENOBUFS EINTR ENOMEM ETOOMANYREFS ECONNRESET;
    Refused read(fd: c_int, data: *mut c_void, size: size_t) -> ssize_t: EIO EINTR ENOMEM;
    Refused write(fd: c_int, data: *const c_void, size: size_t) -> ssize_t: EIO ENOSPC EPIPE EINTR EDQUOT;
    Refused readv(fd: c_int, parts: *const iovec, count: c_int) -> ssize_t: EIO EINTR;
    Refused writev(fd: c_int, parts: *const iovec, count: c_int) -> ssize_t: EIO ENOSPC EINTR;
    Refused shutdown(fd: c_int, how: c_int) -> c_int: ENOTCONN ENOBUFS;
    Refused getsockname(fd: c_int, name: *mut sockaddr, size: *mut socklen_t) -> c_int: ENOBUFS;
    Refused getpeername(fd: c_int, name: *mut sockaddr, size: *mut socklen_t) -> c_int: ENOBUFS;
    Refused getsockopt(fd: c_int, level: c_int, option: c_int, value: *mut c_void, size: *mut socklen_t) -> c_int: ENOPROTOOPT ENOMEM;
    Refused setsockopt(fd: c_int, level: c_int, option: c_int, value: *const c_void, size: socklen_t) -> c_int:
        ENOPROTOOPT ENOMEM ENOBUFS;
    Refused fcntl(fd: c_int, command: c_int, argument: usize) -> c_int: EMFILE ENOMEM;
    Refused ioctl(fd: c_int, request: c_ulong, argument: usize) -> c_int: ENOMEM;
    Refused poll(list: *mut pollfd, count: c_ulong, limit: c_int) -> c_int: EINTR ENOMEM;
    Refused ppoll(list: *mut pollfd, count: c_ulong, limit: *const c_void, mask: *const c_void) -> c_int: EINTR ENOMEM;
    Refused epoll_create1(flags: c_int) -> c_int: EMFILE ENFILE ENOMEM;
    Refused epoll_ctl(set: c_int, what: c_int, fd: c_int, event: *mut c_void) -> c_int: ENOMEM ENOSPC;
    Refused epoll_wait(set: c_int, events: *mut c_void, most: c_int, limit: c_int) -> c_int: EINTR;
    Refused eventfd(count: c_uint, flags: c_int) -> c_int: EMFILE ENFILE ENOMEM;
    Refused pipe2(ends: *mut c_int, flags: c_int) -> c_int: EMFILE ENFILE;
    Refused dup(fd: c_int) -> c_int: EMFILE;
    Refused splice(from: c_int, from_at: *mut i64, to: c_int, to_at: *mut i64, size: size_t, flags: c_uint) -> ssize_t: ENOMEM EIO;
    Refused sendfile(to: c_int, from: c_int, at: *mut i64, size: size_t) -> ssize_t: EIO ENOMEM ECONNRESET EPIPE EINTR;
    Done close(fd: c_int) -> c_int: EINTR EIO ENOSPC;
    Refused open64(path: *const c_char, flags: c_int, mode: c_uint) -> c_int: ENOENT EMFILE ENFILE EACCES EINTR ENOSPC EROFS;
    Refused fstat(fd: c_int, status: *mut c_void) -> c_int: EIO ENOMEM;
    Refused lseek(fd: c_int, offset: i64, whence: c_int) -> i64: EIO;
    Refused ftruncate(fd: c_int, size: i64) -> c_int: EIO ENOSPC EINTR;
    Refused mmap(at: *mut c_void, size: size_t, protection: c_int, flags: c_int, fd: c_int, offset: i64) -> *mut c_void: ENOMEM EAGAIN;
    Refused mprotect(at: *mut c_void, size: size_t, protection: c_int) -> c_int: ENOMEM;
    Refused madvise(at: *mut c_void, size: size_t, advice: c_int) -> c_int: ENOMEM EINVAL EAGAIN;
    Refused timer_create(clock: c_int, event: *mut c_void, timer: *mut c_void) -> c_int: EAGAIN ENOMEM;
    Refused fork() -> c_int: EAGAIN ENOMEM;
    Refused kill(process: c_int, signal: c_int) -> c_int: ESRCH EPERM;
    Refused waitid(kind: c_uint, id: c_uint, about: *mut c_void, options: c_int) -> c_int: EINTR;
    Refused waitpid(process: c_int, status: *mut c_int, options: c_int) -> c_int: EINTR;
    Refused gethostname(name: *mut c_char, size: size_t) -> c_int: ENAMETOOLONG;
    Answered getaddrinfo(host: *const c_char, service: *const c_char, hints: *const addrinfo, list: *mut *mut addrinfo) -> c_int:
        EAI_MEMORY EAI_AGAIN EAI_FAIL EAI_NONAME;
    Answered getnameinfo(name: *const sockaddr, size: socklen_t, host: *mut c_char, host_size: socklen_t, service: *mut c_char,
        service_size: socklen_t, flags: c_int) -> c_int: EAI_MEMORY EAI_AGAIN EAI_OVERFLOW;
    Answered pthread_create(thread: *mut c_void, attributes: *const c_void, start: *const c_void, argument: *mut c_void) -> c_int:
        EAGAIN;
    Answered posix_spawnp(process: *mut c_int, path: *const c_char, actions: *const c_void, attributes: *const c_void,
        argv: *const c_void, environment: *const c_void) -> c_int: EAGAIN ENOMEM;
}
