//! What is printed while a line is being edited: it goes into a pipe in place of the terminal, and a thread shows it above
//! the line.

use std::io::Read;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::sys::errno::Errno;
use crate::sys::{fd, poll, process, signal, stdio};

/// How long the end of a line that has begun is waited for.
const REST_OF_LINE: Duration = Duration::from_millis(20);
/// How long what was printed before a line's end may take to be shown.
const LATEST: Duration = Duration::from_millis(100);
/// How often that is looked at.
const GLANCE: Duration = Duration::from_millis(2);

/// Shows a text above the line that is being edited.
pub(super) type Show = Box<dyn FnMut(String) + Send>;

/// Standard output and error, which are the terminal or the pipe.
pub(super) struct Output {
    terminal: OwnedFd,
    complaints: Option<OwnedFd>,
    pipe: OwnedFd,
    shared: Arc<Shared>,
}

/// What the thread shares with us.
struct Shared {
    reader: OwnedFd,
    /// Something has been read and is not shown yet.
    showing: Mutex<bool>,
    shown: Condvar,
}

impl Shared {
    fn showing(&self) -> MutexGuard<'_, bool> {
        self.showing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_readable(&self, wait: Option<Duration>) -> bool {
        poll::poll_one(self.reader.as_raw_fd(), true, false, wait).is_ok_and(|ready| !ready.timed_out)
    }
}

impl Output {
    /// Prepares the pipe and starts the thread.
    ///
    /// # Errors
    /// No descriptor is left, or no thread is to be had.
    pub(super) fn new(show: Show) -> Result<Self> {
        let (reader, pipe) = fd::pipe()?;
        let terminal = fd::dup(std::io::stdout().as_fd())?;
        let complaints = std::io::stderr();
        let complaints = if process::is_terminal(complaints.as_fd()) {
            Some(fd::dup(complaints.as_fd())?)
        } else {
            None
        };
        let shared = Arc::new(Shared {
            reader,
            showing: Mutex::new(false),
            shown: Condvar::new(),
        });
        let inner = shared.clone();
        std::thread::Builder::new()
            .name("wirescript-output".into())
            .spawn(move || pump(&inner, show))
            .map_err(Errno::from)?;
        Ok(Self {
            terminal,
            complaints,
            pipe,
            shared,
        })
    }

    /// A line is about to be edited.
    pub(super) fn begin(&self) -> Result<()> {
        stdio::flush_and_forget();
        stdio::redirect(1, self.pipe.as_fd())?;
        if self.complaints.is_some() {
            stdio::redirect(2, self.pipe.as_fd())?;
        }
        Ok(())
    }

    /// The line has been edited: returns when what was printed meanwhile is shown.
    pub(super) fn end(&self) -> Result<()> {
        stdio::flush_and_forget();
        stdio::redirect(1, self.terminal.as_fd())?;
        if let Some(complaints) = &self.complaints {
            stdio::redirect(2, complaints.as_fd())?;
        }
        let latest = Instant::now() + LATEST;
        let mut showing = self.shared.showing();
        while (*showing || self.shared.is_readable(Some(Duration::ZERO))) && Instant::now() < latest {
            let waited = self.shared.shown.wait_timeout(showing, GLANCE);
            showing = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }
}

fn pump(shared: &Shared, mut show: Show) {
    signal::block_all();
    let Ok(copy) = fd::dup(shared.reader.as_fd()) else {
        return;
    };
    let mut pipe = std::fs::File::from(copy);
    let mut buffer = vec![0; 64 * 1024];
    let mut text = Vec::new();
    loop {
        if !shared.is_readable(None) {
            continue;
        }
        *shared.showing() = true;
        loop {
            match pipe.read(&mut buffer) {
                Ok(0) | Err(_) => return,
                Ok(count) => text.extend_from_slice(&buffer[..count]),
            }
            // A line is shown in one piece if it comes quickly.
            if text.ends_with(b"\n") || text.len() > buffer.len() || !shared.is_readable(Some(REST_OF_LINE)) {
                break;
            }
        }
        show(String::from_utf8_lossy(&text).into_owned());
        text.clear();
        *shared.showing() = false;
        shared.shown.notify_all();
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output").finish_non_exhaustive()
    }
}
