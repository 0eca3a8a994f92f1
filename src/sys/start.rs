//! How the command begins where GNU's C library calls it: without Rust's own beginning, which reads `/proc/self/maps` to know
//! the end of the main thread's stack, so that it can say that it overflowed. That is a twentieth of the time that an empty
//! script takes, and no script runs on that stack. All else that Rust prepares is done here.

use super::errno::{Errno, Result};
use super::stdio;

/// What is prepared before the command's `main`.
pub(crate) fn prepare() {
    // Without descriptors there is nobody to tell.
    let _ = open_standard_streams();
    // SAFETY: ignoring a signal runs no code of ours.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
}

/// Opens those of the descriptors 0 to 2 that are closed, so that no socket comes to stand for one of them.
fn open_standard_streams() -> Result<()> {
    for fd in 0..=2 {
        // SAFETY: only asks for the descriptor's flags.
        if unsafe { libc::fcntl(fd, libc::F_GETFD) } == -1 && Errno::last() == Errno::BADF {
            // SAFETY: the path ends with a NUL, and the lowest free number is `fd`.
            if unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR) } == -1 {
                return Err(Errno::last());
            }
            if fd == 1 {
                stdio::note_closed();
            }
        }
    }
    Ok(())
}

/// Makes the function the C library calls; it runs the one that is named, which ends the process.
#[doc(hidden)]
#[macro_export]
macro_rules! begin_with {
    ($begin:path) => {
        // SAFETY: no other function of the program has this name, and the C library calls this one as it is declared.
        #[unsafe(no_mangle)]
        extern "C" fn main(_: ::std::ffi::c_int, _: *const *const ::std::ffi::c_char) -> ::std::ffi::c_int {
            $begin()
        }
    };
}
