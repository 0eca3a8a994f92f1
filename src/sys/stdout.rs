//! Standard output as scripts print to it: through the C library's buffer, which Lua's `print` fills as well.

unsafe extern "C" {
    #[cfg_attr(any(apple, target_os = "freebsd"), link_name = "__stdoutp")]
    static mut stdout: *mut libc::FILE;
}

/// Writes a line. What cannot be written is told by the flush at the end.
pub(crate) fn print_line(text: &str) {
    // SAFETY: the C library sets `stdout` before `main` and nobody changes it.
    let stream = unsafe { stdout };
    // SAFETY: the stream is open for as long as the process runs, and the bytes are readable.
    unsafe { libc::fwrite(text.as_ptr().cast(), 1, text.len(), stream) };
    // SAFETY: the stream is open for as long as the process runs.
    unsafe { libc::fputc(i32::from(b'\n'), stream) };
}
