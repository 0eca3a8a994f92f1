//! Pinning to one core.

use std::io;

/// Pins this process, and what it will start, to the last core it may use; returns its number.
#[cfg(linux)]
#[allow(unsafe_code, reason = "std cannot pin")]
pub(crate) fn pin() -> io::Result<Option<usize>> {
    use std::mem;

    // SAFETY: a set of cores is a bit array: all zeroes is the empty set.
    let mut allowed: libc::cpu_set_t = unsafe { mem::zeroed() };
    // SAFETY: as above.
    let mut chosen: libc::cpu_set_t = unsafe { mem::zeroed() };
    let size = size_of::<libc::cpu_set_t>();
    // SAFETY: the pointer and the size are those of `allowed`, which outlives the call.
    if unsafe { libc::sched_getaffinity(0, size, &raw mut allowed) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let cores = 0..size * 8;
    // SAFETY: the number is below the number of bits in the set.
    let last = cores
        .rev()
        .find(|&core| unsafe { libc::CPU_ISSET(core, &allowed) });
    let Some(core) = last else { return Ok(None) };
    // SAFETY: as above.
    unsafe { libc::CPU_SET(core, &mut chosen) };
    // SAFETY: the pointer and the size are those of `chosen`, which outlives the call.
    if unsafe { libc::sched_setaffinity(0, size, &raw const chosen) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(Some(core))
}

/// Does nothing: this system cannot pin a process.
#[cfg(not(linux))]
pub(crate) fn pin() -> io::Result<Option<usize>> {
    Ok(None)
}
