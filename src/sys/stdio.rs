//! The C library's standard output, which Lua's `print` and `io.write` share with us.

use std::os::fd::AsFd;
use std::ptr;

use super::process;

unsafe extern "C" {
    #[cfg_attr(any(apple, target_os = "freebsd"), link_name = "__stdoutp")]
    static mut stdout: *mut libc::FILE;
}

/// Writes a line, through the buffer that all of the program shares.
pub(crate) fn print_line(text: &str) {
    // SAFETY: the C library sets `stdout` before `main` and nobody changes it.
    let stream = unsafe { stdout };
    // SAFETY: the stream is open and the bytes are readable; a short count (a closed pipe) is nobody's concern here.
    unsafe { libc::fwrite(text.as_ptr().cast(), 1, text.len(), stream) };
    // SAFETY: the stream is open.
    unsafe { libc::fputc(i32::from(b'\n'), stream) };
}

/// Writes out what is buffered, of every stream.
pub(crate) fn flush() {
    // SAFETY: a null stream means all of them.
    unsafe { libc::fflush(ptr::null_mut()) };
}

/// Stops buffering where a person watches.
pub(crate) fn unbuffer_terminal() {
    if process::is_terminal(std::io::stdout().as_fd()) {
        // SAFETY: the C library sets `stdout` before `main` and nobody changes it.
        let stream = unsafe { stdout };
        // SAFETY: the stream is open and nothing was written to it yet; no buffer is handed over.
        unsafe { libc::setvbuf(stream, ptr::null_mut(), libc::_IONBF, 0) };
    }
}
