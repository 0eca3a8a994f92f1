//! Reading a file as a whole, for those who want what is in it and no file object: certificates, recordings, scripts.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use crate::error::{Error, Result};
use crate::net::Net;
use crate::sys::errno::Errno;

/// The largest script that is read.
pub(crate) const LARGEST_SCRIPT: usize = 64 << 20;

const PAGE: u64 = 4096;

/// A file's bytes; the policy has been asked. What may make its readers wait, or has no end (a pipe, a device, a file that the
/// kernel makes up), is read elsewhere, and only the calling task waits.
///
/// # Errors
/// The system's, with the file's name; `ValueError` for more than `most` bytes, `MemoryError` where the limit has less.
pub(crate) fn whole(net: &Net, path: &Path, most: usize) -> Result<Vec<u8>> {
    let refuse = |error: io::Error| Error::file(path, &error);
    let about = std::fs::metadata(path).map_err(refuse)?;
    if about.is_dir() {
        return Err(refuse(Errno::ISDIR.into()));
    }
    let room = net.budget().left().min(most);
    let owned = path.to_owned();
    let read = move || {
        let mut bytes = Vec::new();
        // More than there is room for: then it is too large. By pages, as some of the kernel's files are read in whole numbers.
        let limit = (room as u64 / PAGE + 1).saturating_mul(PAGE);
        File::open(owned)?.take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    // Only what lies somewhere has a length.
    let lies_there = about.is_file() && about.len() > 0;
    let bytes = if lies_there {
        read()
    } else {
        net.sched()
            .off_thread(None, read)?
            .unwrap_or_else(|| Err(Errno::INTR.into()))
    };
    let bytes = bytes.map_err(refuse)?;
    if bytes.len() <= room {
        return Ok(bytes);
    }
    Err(if room < most {
        Error::memory(format!("a file of more than {room} bytes"))
    } else {
        Error::value(format!(
            "{} is too large: no more than {most} bytes of such a file are read",
            path.display()
        ))
    })
}
