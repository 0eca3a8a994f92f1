//! Making file objects: `open` and `makefile`. Each is a raw file, with a buffer over it unless that is declined, and text
//! over the buffer unless bytes are asked for.

use std::os::fd::RawFd;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::net::{Fact, Net, Socket};
use crate::policy::Request;
use crate::sys;
use crate::sys::errno::{self, Errno};
use crate::sys::file::{Kind as Sort, SEEK_END};

use super::buffered::Buffered;
use super::descriptor::Descriptor;
use super::format::Format;
use super::input::DEFAULT_SIZE;
use super::mode::{Mode, SocketMode};
use super::nature::Kind;
use super::object::{Body, File};
use super::raw::{Name, Raw};
use super::socket::SocketFile;
use super::text::Text;

/// What `open` opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Path(Vec<u8>),
    Descriptor(RawFd),
}

/// How a file is to be read and written: the parameters `open` and `makefile` share.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manner {
    pub(crate) mode: String,
    /// Bytes to hold; 0 none, negative as many as seems best.
    pub(crate) buffering: i64,
    pub(crate) encoding: Option<String>,
    pub(crate) errors: Option<String>,
    pub(crate) newline: Option<String>,
}

impl Manner {
    fn format(&self) -> Result<Format> {
        Format::new(
            self.encoding.as_deref(),
            self.errors.as_deref(),
            self.newline.as_deref(),
        )
    }

    /// The size of the buffer, where one is asked for; whether it can be had is found out now. Text is held back until there are
    /// some KiB of it, as Python's `TextIOWrapper` does before it hands it to its buffer.
    fn size(&self, net: &Net, mode_is_binary: bool) -> Result<Option<usize>> {
        match usize::try_from(self.buffering) {
            Ok(size) => {
                net.afford(size, "a buffer")?;
                let least = if mode_is_binary || size == 0 {
                    0
                } else {
                    DEFAULT_SIZE
                };
                Ok(Some(size.max(least)))
            }
            Err(_) => Ok(None),
        }
    }
}

/// `socket.makefile`: the socket stays open until the file is closed.
///
/// # Errors
/// `ValueError`, `LookupError`.
pub(crate) fn make_file(socket: &Rc<Socket>, manner: &Manner) -> Result<Rc<File>> {
    let net = socket.net();
    let mode = SocketMode::parse(&manner.mode)?;
    let size = manner.size(net, mode.binary)?;
    if size == Some(0) && !mode.binary {
        return Err(Error::value("unbuffered streams must be binary"));
    }
    let format = if mode.binary { None } else { Some(manner.format()?) };
    let raw: Rc<dyn Raw> = SocketFile::new(socket, mode.direction);
    let raw_file = File::new(net, Body::Raw(raw.clone()));
    if size == Some(0) {
        return Ok(raw_file);
    }
    let kind = match (mode.direction.reading, mode.direction.writing) {
        (true, true) => Kind::Pair,
        (true, false) => Kind::Reader,
        (false, _) => Kind::Writer,
    };
    let buffered = Buffered::new(net, kind, raw, raw_file, size);
    let buffer = File::new(net, Body::Buffered(Box::new(buffered)));
    Ok(match format {
        None => buffer,
        Some(format) => {
            let text = Text::new(buffer, format, manner.mode.clone());
            File::new(net, Body::Text(Box::new(text)))
        }
    })
}

/// `open`.
///
/// # Errors
/// `OSError` with the file's name; `ValueError`; `LookupError`; a refusal by the policy.
pub(crate) fn open(net: &Rc<Net>, what: What, manner: &Manner, closes: bool) -> Result<Rc<File>> {
    let mode = Mode::parse(&manner.mode)?;
    if mode.binary {
        for (given, name) in [
            (&manner.encoding, "an encoding"),
            (&manner.errors, "an errors"),
            (&manner.newline, "a newline"),
        ] {
            if given.is_some() {
                return Err(Error::value(format!("binary mode doesn't take {name} argument")));
            }
        }
    }
    if manner.buffering == 0 && !mode.binary {
        return Err(Error::value("can't have unbuffered text I/O"));
    }
    let mut format = if mode.binary { None } else { Some(manner.format()?) };
    // One line's worth in text; in bytes there are no lines.
    let by_line = manner.buffering == 1;
    let size = if by_line {
        None
    } else {
        manner.size(net, mode.binary)?
    };
    let raw = descriptor(net, what, mode, closes)?;
    let is_terminal = raw.is_terminal();
    let raw: Rc<dyn Raw> = Rc::new(raw);
    let raw_file = File::new(net, Body::Raw(raw.clone()));
    if size == Some(0) {
        return Ok(raw_file);
    }
    let kind = if mode.updating {
        Kind::Random
    } else if mode.reading {
        Kind::Reader
    } else {
        Kind::Writer
    };
    let buffered = Buffered::new(net, kind, raw, raw_file, size);
    let buffer = File::new(net, Body::Buffered(Box::new(buffered)));
    Ok(match &mut format {
        None => buffer,
        Some(format) => {
            format.line_buffering = by_line || (manner.buffering < 0 && is_terminal);
            let text = Text::new(buffer, format.clone(), manner.mode.clone());
            File::new(net, Body::Text(Box::new(text)))
        }
    })
}

fn descriptor(net: &Rc<Net>, what: What, mode: Mode, closes: bool) -> Result<Descriptor> {
    const OP: &str = "open";
    let path = match what {
        What::Descriptor(fd) => {
            if fd < 0 {
                return Err(Error::value("negative file descriptor"));
            }
            net.guard_unheard(&Request::Adopt { fd })
                .map_err(|error| error.during(OP))?;
            if net.sched().owns_fd(fd) {
                return Err(Error::from(Errno::BADF).during(OP));
            }
            return Descriptor::new(net, fd, Name::Number(fd), mode, closes)
                .map_err(|errno| Error::from(errno).during(OP));
        }
        What::Path(path) => path,
    };
    if !closes {
        return Err(Error::value("Cannot use closefd=False with file name"));
    }
    if path.contains(&0) {
        return Err(Error::value("embedded null byte"));
    }
    let shown = Path::new(std::ffi::OsStr::from_bytes(&path));
    let direction = mode.direction();
    let request = Request::Open {
        path: shown,
        write: direction.writing,
    };
    if direction.reading && direction.writing {
        let request = Request::Open {
            path: shown,
            write: false,
        };
        net.guard_unheard(&request).map_err(|error| error.during(OP))?;
    }
    // As CPython tells it: the path, the mode without its b or t, the flags of open(2).
    net.guard_as(&request, || {
        vec![
            Fact::Text(shown.to_string_lossy().into_owned()),
            Fact::Text(mode.letters()),
            Fact::Int(mode.flags().into()),
        ]
    })
    .map_err(|error| error.during(OP))?;
    let refuse = |errno: Errno| {
        Error::from(errno)
            .with_filename(&shown.to_string_lossy())
            .during(OP)
    };
    let fd = open_path(net, &path, mode)?.map_err(refuse)?;
    let fd = sys::fd::into_raw(fd);
    let made = Descriptor::new(net, fd, Name::Path(path.clone()), mode, true);
    let descriptor = made.map_err(|errno| {
        // What cannot be a file is not kept.
        let _ = sys::fd::close(fd);
        refuse(errno)
    })?;
    if mode.appending && descriptor.is_seekable() {
        descriptor.seek(0, SEEK_END)?;
    }
    Ok(descriptor)
}

/// Opens a path. Opening a pipe waits for its other end: that is done elsewhere, and only the calling task waits.
fn open_path(net: &Net, path: &[u8], mode: Mode) -> Result<errno::Result<std::os::fd::OwnedFd>> {
    let direction = mode.direction();
    let path = std::ffi::OsString::from_vec(path.to_vec());
    let is_pipe = std::fs::metadata(&path).is_ok_and(|about| about.file_type().is_fifo());
    let open = move || {
        std::fs::File::options()
            .read(direction.reading)
            .write(direction.writing && !mode.appending)
            .append(mode.appending)
            .truncate(mode.writing)
            .create(mode.writing || mode.appending)
            .create_new(mode.creating)
            .open(&path)
            .map(Into::into)
            .map_err(Errno::from)
    };
    if is_pipe {
        Ok(net.sched().off_thread(None, open)?.unwrap_or(Err(Errno::INTR)))
    } else {
        Ok(open())
    }
}

/// Whether sendfile(2) can send it.
pub(super) fn is_regular(fd: RawFd) -> Option<u64> {
    let info = sys::file::info(fd).ok()?;
    (info.kind == Sort::Regular).then_some(info.size)
}
