//! Pinning to one core.

use std::io;

/// Pins this process, and what it will start, to the last core it may use; returns its number.
pub(crate) fn pin() -> io::Result<Option<usize>> {
    let last = cores()?.pop();
    if let Some(core) = last {
        pin_to(core)?;
    }
    Ok(last)
}

/// The cores this process may use, as it may at its start: a process that pins itself has to ask before.
#[cfg(linux)]
#[allow(unsafe_code, reason = "std cannot pin")]
pub(crate) fn cores() -> io::Result<Vec<usize>> {
    use std::mem;
    use std::sync::OnceLock;

    static CORES: OnceLock<Vec<usize>> = OnceLock::new();
    if let Some(cores) = CORES.get() {
        return Ok(cores.clone());
    }
    // SAFETY: a set of cores is a bit array: all zeroes is the empty set.
    let mut allowed: libc::cpu_set_t = unsafe { mem::zeroed() };
    let size = size_of::<libc::cpu_set_t>();
    // SAFETY: the pointer and the size are those of `allowed`, which outlives the call.
    if unsafe { libc::sched_getaffinity(0, size, &raw mut allowed) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the number is below the number of bits in the set.
    let is_allowed = |core: &usize| unsafe { libc::CPU_ISSET(*core, &allowed) };
    let cores: Vec<usize> = (0..size * 8).filter(is_allowed).collect();
    Ok(CORES.get_or_init(|| cores).clone())
}

/// Pins this process, and what it will start, to one core.
#[cfg(linux)]
#[allow(unsafe_code, reason = "std cannot pin")]
pub(crate) fn pin_to(core: usize) -> io::Result<()> {
    use std::mem;

    // SAFETY: a set of cores is a bit array: all zeroes is the empty set.
    let mut chosen: libc::cpu_set_t = unsafe { mem::zeroed() };
    let size = size_of::<libc::cpu_set_t>();
    // SAFETY: the number is below the number of bits in the set: `cores` gave it.
    unsafe { libc::CPU_SET(core, &mut chosen) };
    // SAFETY: the pointer and the size are those of `chosen`, which outlives the call.
    if unsafe { libc::sched_setaffinity(0, size, &raw const chosen) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Lets this process, and what it will start, use all cores that it could at its start.
#[cfg(linux)]
#[allow(unsafe_code, reason = "std cannot pin")]
#[allow(dead_code, reason = "one bench measures several threads")]
pub(crate) fn unpin() -> io::Result<()> {
    use std::mem;

    // SAFETY: a set of cores is a bit array: all zeroes is the empty set.
    let mut all: libc::cpu_set_t = unsafe { mem::zeroed() };
    for core in cores()? {
        // SAFETY: the number is below the number of bits in the set: `cores` gave it.
        unsafe { libc::CPU_SET(core, &mut all) };
    }
    // SAFETY: the pointer and the size are those of `all`, which outlives the call.
    if unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const all) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// None: this system cannot pin a process.
#[cfg(not(linux))]
pub(crate) fn cores() -> io::Result<Vec<usize>> {
    Ok(Vec::new())
}

/// Does nothing: this system cannot pin a process.
#[cfg(not(linux))]
pub(crate) fn pin_to(_: usize) -> io::Result<()> {
    Ok(())
}

/// Does nothing: this system cannot pin a process.
#[cfg(not(linux))]
#[allow(dead_code, reason = "one bench measures several threads")]
pub(crate) fn unpin() -> io::Result<()> {
    Ok(())
}
