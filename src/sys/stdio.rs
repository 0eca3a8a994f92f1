//! The C library's standard output, which Lua's `print` and `io.write` share with us.

#[cfg(feature = "cli")]
use std::os::fd::AsFd;
use std::ptr;
#[cfg(feature = "cli")]
use std::sync::atomic::AtomicBool;
use std::sync::atomic::{AtomicI32, Ordering};

use super::errno::{Errno, Result};
#[cfg(feature = "cli")]
use super::process;

unsafe extern "C" {
    #[cfg_attr(any(apple, target_os = "freebsd"), link_name = "__stdoutp")]
    static mut stdout: *mut libc::FILE;
}

/// Why a line could not be written out, for who asks at the end.
static FAILURE: AtomicI32 = AtomicI32::new(0);

/// Whether the program was started without a standard output.
#[cfg(feature = "cli")]
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Notes that the program was started without a standard output: what stands in its place takes everything.
#[cfg(all(feature = "cli", glibc))]
pub(crate) fn note_closed() {
    CLOSED.store(true, Ordering::Relaxed);
}

/// Whether the program was started without a standard output, as far as that is known.
#[cfg(feature = "cli")]
pub(crate) fn was_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

/// Writes a line and what is buffered before it, as Lua's `print` does: who reads a pipe sees what a script that waits has said.
#[cfg(feature = "rhai")]
pub(crate) fn print_line(text: &str) {
    // SAFETY: the C library sets `stdout` before `main` and nobody changes it.
    let stream = unsafe { stdout };
    // SAFETY: the stream is open and the bytes are readable; a short count shows when the stream is written out.
    unsafe { libc::fwrite(text.as_ptr().cast(), 1, text.len(), stream) };
    // SAFETY: the stream is open.
    unsafe { libc::fputc(i32::from(b'\n'), stream) };
    // SAFETY: the stream is open.
    if unsafe { libc::fflush(stream) } != 0 {
        FAILURE.store(Errno::last().0, Ordering::Relaxed);
    }
}

/// Notes why standard output takes nothing any more, right after something of C's has written to it and said nothing, as Lua's
/// `print` does.
#[cfg(feature = "lua")]
pub(crate) fn note_failure() {
    let errno = Errno::last();
    // SAFETY: the C library sets `stdout` before `main` and nobody changes it.
    let stream = unsafe { stdout };
    // SAFETY: the stream is open for as long as the process runs.
    if unsafe { libc::ferror(stream) } != 0 {
        // The first reason is the one; what comes later may be no failure of it.
        let _ = FAILURE.compare_exchange(0, errno.0, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// Writes bytes, through the buffer that all of the program shares; fails unless all were taken.
pub(crate) fn write(data: &[u8]) -> Result<usize> {
    // SAFETY: the C library sets `stdout` before `main` and nobody changes it.
    let stream = unsafe { stdout };
    // SAFETY: the stream is open, and pointer and length are those of `data`.
    let count = unsafe { libc::fwrite(data.as_ptr().cast(), 1, data.len(), stream) };
    if count == data.len() {
        Ok(count)
    } else {
        Err(Errno::last())
    }
}

/// Writes out what is buffered, of every stream; fails when that cannot be done or could not be done before.
pub(crate) fn flush() -> Result<()> {
    // SAFETY: a null stream means all of them.
    let flushed = unsafe { libc::fflush(ptr::null_mut()) };
    if flushed != 0 {
        return Err(Errno::last());
    }
    // SAFETY: the C library sets `stdout` before `main` and nobody changes it.
    let stream = unsafe { stdout };
    // SAFETY: the stream is open for as long as the process runs.
    let failed = unsafe { libc::ferror(stream) };
    if failed == 0 {
        return Ok(());
    }
    if let known @ 1.. = FAILURE.load(Ordering::Relaxed) {
        return Err(Errno(known));
    }
    Err(Errno::IO)
}

/// Writes out what is buffered, and forgets what could not be written before: Ctrl-C interrupts a write as it does any call.
#[cfg(feature = "cli")]
pub(crate) fn flush_and_forget() {
    // SAFETY: a null stream means all of them; what cannot be written is given up.
    unsafe { libc::fflush(ptr::null_mut()) };
    // SAFETY: the C library sets `stdout` before `main` and nobody changes it.
    let stream = unsafe { stdout };
    // SAFETY: the stream is open for as long as the process runs.
    unsafe { libc::clearerr(stream) };
    FAILURE.store(0, Ordering::Relaxed);
}

/// Lets writing to a pipe nobody reads end the process, as it ends any command; Rust's start-up had it ignored.
#[cfg(feature = "cli")]
pub(crate) fn heed_broken_pipes() {
    // SAFETY: the default action is always valid; our sockets ask for EPIPE instead of the signal at each call.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}

/// Makes standard output or error (`number`) another name for `target`.
#[cfg(feature = "cli")]
pub(crate) fn redirect(number: i32, target: std::os::fd::BorrowedFd<'_>) -> Result<()> {
    use std::os::fd::AsRawFd;
    // SAFETY: dup2 takes two numbers and touches no memory.
    let done = unsafe { libc::dup2(target.as_raw_fd(), number) };
    if done < 0 { Err(Errno::last()) } else { Ok(()) }
}

/// Stops buffering where a person watches.
#[cfg(feature = "cli")]
pub(crate) fn unbuffer_terminal() {
    if process::is_terminal(std::io::stdout().as_fd()) {
        // SAFETY: the C library sets `stdout` before `main` and nobody changes it.
        let stream = unsafe { stdout };
        // SAFETY: the stream is open and nothing was written to it yet; no buffer is handed over.
        unsafe { libc::setvbuf(stream, ptr::null_mut(), libc::_IONBF, 0) };
    }
}
