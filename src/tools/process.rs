//! A program at the other end: its standard input and output as one peer. The program leads a group of processes of its own; it
//! ends, and what it has started with it, when the conversation is closed or nobody holds it any more.

use std::cell::{Cell, OnceCell};
use std::ffi::OsStr;
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::bytes::{Bytes, Scratch};
use crate::error::{Error, Result};
use crate::net::{Fact, Net, Patience, Watched};
use crate::policy::Request;
use crate::sched::{Interest, Source, deadline_after};
use crate::sys::errno::{self, Errno};
use crate::sys::{child, fd, file, fork, peer};

pub(crate) use crate::sys::child::{Complaints, Program};

/// How long a program that is asked to end may take before it is killed.
pub(super) const GRACE: Duration = Duration::from_secs(2);

/// This process's end of a pipe.
struct End {
    fd: Cell<RawFd>,
    source: OnceCell<Rc<Source>>,
}

/// A program that was started.
pub(super) struct Process {
    net: Rc<Net>,
    /// Its number, and its group's.
    number: i32,
    /// The process that started it, and alone may end it: a fork of it may not.
    starter: i32,
    input: End,
    output: End,
    status: Cell<Option<i32>>,
}

impl Process {
    /// Starts a program.
    ///
    /// # Errors
    /// The policy's refusal, a hook's; `FileNotFoundError` and the like.
    pub(super) fn start(net: &Rc<Net>, program: &Program) -> Result<Self> {
        const OP: &str = "spawn";
        let words: Vec<_> = program
            .argv
            .iter()
            .map(|word| String::from_utf8_lossy(word).into_owned())
            .collect();
        let Some(name) = words.first().filter(|name| !name.is_empty()) else {
            return Err(Error::value("spawn() needs the program's name").during(OP));
        };
        if program.argv.iter().flatten().any(|byte| *byte == 0) {
            return Err(Error::value("embedded null byte").during(OP));
        }
        // A path that does not begin at the root is followed from the program's own folder.
        let below = program
            .folder
            .as_ref()
            .filter(|_| name.contains('/') && !name.starts_with('/'));
        let sought = below.map_or_else(
            || name.clone(),
            |folder| format!("{}/{name}", String::from_utf8_lossy(folder)),
        );
        net.guard_as(&Request::Spawn { program: &sought }, || {
            let text = |text: &String| Fact::Text(text.clone());
            let folder = program.folder.as_ref();
            vec![
                text(name),
                Fact::List(words.iter().map(text).collect()),
                folder.map_or(Fact::None, |folder| {
                    Fact::Text(String::from_utf8_lossy(folder).into_owned())
                }),
                Fact::None,
            ]
        })
        .map_err(|error| error.during(OP))?;
        for (name, value) in &program.variables {
            let fact = |bytes: &[u8]| Fact::Text(String::from_utf8_lossy(bytes).into_owned());
            net.guard_as(&Request::Variable { name }, || {
                vec![fact(name.as_bytes()), fact(value)]
            })
            .map_err(|error| error.during(OP))?;
        }
        let started = child::start(program).map_err(|errno| {
            // The system does not say which of the two it is.
            let folder = program.folder.as_deref().map(OsStr::from_bytes);
            let missing = folder.filter(|folder| !Path::new(folder).is_dir());
            let missing = missing.map(OsStr::to_string_lossy);
            let at_fault = missing.as_deref().unwrap_or(name);
            let error = Error::from(errno).with_filename(at_fault).during(OP);
            if missing.is_none() && errno == Errno::NOENT && words.len() == 1 && name.contains(' ') {
                return error.because(
                    "no shell takes it apart: the program and each argument are items of a list".to_owned(),
                );
            }
            error
        })?;
        let end = |fd| End {
            fd: Cell::new(fd::into_raw(fd)),
            source: OnceCell::new(),
        };
        Ok(Self {
            net: net.clone(),
            number: started.process,
            starter: peer::own_process(),
            input: end(started.input),
            output: end(started.output),
            status: Cell::new(None),
        })
    }

    /// Its number.
    pub(super) const fn number(&self) -> i32 {
        self.number
    }

    fn run<T>(
        &self,
        op: &'static str,
        interest: Interest,
        patience: Patience,
        mut step: impl FnMut(RawFd) -> errno::Result<T>,
    ) -> Result<T> {
        let end = match interest {
            Interest::Read => &self.output,
            Interest::Write => &self.input,
        };
        let watched = Watched {
            sched: self.net.sched(),
            fd: &end.fd,
            source: &end.source,
            socket: None,
            reads_plainly: false,
            goes_first: false,
        };
        watched
            .run(interest, patience, |fd, _| step(fd))
            .map_err(|error| error.during(op))
    }

    /// Reads once, as `Socket::receive_within`.
    pub(super) fn receive(
        &self,
        op: &'static str,
        size: usize,
        patience: Patience,
        mut is_due: impl FnMut() -> bool,
    ) -> Result<Option<Bytes>> {
        let scratch = self.net.scratch();
        let received = self.run(op, Interest::Read, patience, |fd| {
            if !is_due() {
                return Ok(None);
            }
            scratch
                .fill(size.min(Scratch::SIZE), |buffer| file::read(fd, buffer))
                .map(Some)
        })?;
        Ok(received.map(|count| Bytes::Scratch(scratch.clone(), count)))
    }

    /// Writes everything.
    pub(super) fn send(&self, op: &'static str, data: &Bytes, patience: Patience) -> Result<()> {
        let mut sent = 0;
        while sent < data.len() {
            let step = self.run(op, Interest::Write, patience, |fd| {
                data.with(|data| file::write_to_pipe(fd, data.get(sent..).unwrap_or_default()))
            });
            sent += step.map_err(|error| error.with_sent(sent as u64))?;
        }
        Ok(())
    }

    /// Ends what goes to it: it reads the end of its input.
    pub(super) fn end_input(&self) -> Result<()> {
        self.leave(&self.input)
    }

    /// Ends what comes from it.
    pub(super) fn end_output(&self) -> Result<()> {
        self.leave(&self.output)
    }

    fn leave(&self, end: &End) -> Result<()> {
        let fd = end.fd.replace(-1);
        if fd < 0 {
            return Ok(());
        }
        self.net.sched().forget_fd(fd);
        fd::close(fd).map_err(|errno| Error::from(errno).during("close"))
    }

    /// Waits for its end: the exit status, or the signal that ended it as a negative number; none when the deadline passes
    /// first. What it leaves running in its group ends too.
    pub(super) fn wait(&self, deadline: Option<Instant>) -> Result<Option<i32>> {
        if let Some(status) = self.status.get() {
            return Ok(Some(status));
        }
        let ended = match self.net.sched().await_child(self.number, deadline) {
            // Another task has waited for it meanwhile.
            Err(error) if self.status.get().is_none() => return Err(error),
            Err(_) => self.status.get(),
            Ok(ended) => ended,
        };
        if let Some(status) = ended
            && self.status.replace(Some(status)).is_none()
        {
            // Its number is its own until it is reaped, and so is its group's.
            self.signal(child::KILL);
            // It has ended, so this does not wait.
            let _ = fork::has_ended(self.number);
        }
        Ok(ended)
    }

    /// Ends it: it is asked to, and killed when it has not ended at the deadline.
    ///
    /// # Errors
    /// What ends the task while it waits: then it has been killed.
    pub(super) fn end(&self, deadline: Option<Instant>) -> Result<()> {
        let _ = self.leave(&self.input);
        let _ = self.leave(&self.output);
        if self.status.get().is_some() || self.is_anothers() {
            return Ok(());
        }
        self.signal(child::TERMINATE);
        match self.wait(deadline) {
            Ok(Some(_)) => Ok(()),
            Ok(None) => {
                self.signal(child::KILL);
                self.wait(deadline_after(GRACE)).map(drop)
            }
            Err(error) => {
                self.kill();
                Err(error)
            }
        }
    }

    /// Kills it where nothing may wait and nobody can be told.
    fn kill(&self) {
        if self.status.get().is_some() || self.is_anothers() {
            return;
        }
        self.signal(child::KILL);
        self.status.set(Some(-child::KILL));
        if fork::has_ended(self.number) == Ok(false) {
            let number = self.number;
            let reaper = std::thread::Builder::new().spawn(move || {
                crate::sys::signal::block_all();
                child::await_end(number);
            });
            if reaper.is_err() {
                child::await_end(number);
            }
        }
    }

    fn signal(&self, signal: i32) {
        match child::signal_group(self.number, signal) {
            // Nobody is left: all have ended.
            Ok(()) | Err(Errno(_)) => {}
        }
    }

    /// Whether it belongs to the process this one is a fork of.
    fn is_anothers(&self) -> bool {
        self.starter != peer::own_process()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // What is collected has nobody to tell.
        let _ = self.leave(&self.input);
        let _ = self.leave(&self.output);
        self.kill();
    }
}
