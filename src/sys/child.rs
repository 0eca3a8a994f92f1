//! Programs as children: started with a pipe each way, in a group of processes of their own, so that what they start in turn
//! can be ended with them.

use std::ffi::OsString;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::errno::{Errno, Result, check};

/// Where what a program says on standard error goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Complaints {
    /// To this process's own.
    Inherited,
    /// Where its standard output goes.
    Joined,
    /// Nowhere.
    Dropped,
}

/// What is to be started.
#[derive(Debug)]
pub(crate) struct Program {
    /// Its name and its arguments; one at least.
    pub(crate) argv: Vec<Vec<u8>>,
    /// Its folder; this process's own where none is given.
    pub(crate) folder: Option<Vec<u8>>,
    /// Variables of the environment, added to this process's own.
    pub(crate) variables: Vec<(String, Vec<u8>)>,
    pub(crate) complaints: Complaints,
}

/// A program that runs, and this process's ends of its pipes, which do not block.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) process: i32,
    /// What is written here, it reads.
    pub(crate) input: OwnedFd,
    /// What it writes is read here.
    pub(crate) output: OwnedFd,
}

/// The folders of `PATH`, in which [`start`] looks for programs.
pub(crate) fn folders() -> Vec<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).collect()
}

/// Starts a program, looked for in the folders of `PATH` when its name has no slash. It ends with the thread that started it.
pub(crate) fn start(program: &Program) -> Result<Started> {
    let text = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    let (name, arguments) = program.argv.split_first().ok_or(Errno::INVAL)?;
    let (their_input, input) = std::io::pipe().map_err(Errno::from)?;
    let (output, their_output) = std::io::pipe().map_err(Errno::from)?;
    let mut command = Command::new(text(name));
    command
        .args(arguments.iter().map(|argument| text(argument)))
        .envs(
            program
                .variables
                .iter()
                .map(|(name, value)| (name.clone(), text(value))),
        )
        .process_group(0)
        .stderr(match program.complaints {
            Complaints::Inherited => Stdio::inherit(),
            Complaints::Joined => their_output.try_clone().map_err(Errno::from)?.into(),
            Complaints::Dropped => Stdio::null(),
        })
        .stdin(their_input)
        .stdout(their_output);
    if let Some(folder) = &program.folder {
        command.current_dir(PathBuf::from(text(folder)));
    }
    let parent = std::process::id();
    // SAFETY: between fork and exec it makes three system calls and touches no memory but its own stack.
    unsafe { command.pre_exec(move || prepare(parent)) };
    let child = command.spawn().map_err(Errno::from)?;
    for end in [input.as_fd(), output.as_fd()] {
        super::fd::set_nonblocking(end, true)?;
    }
    Ok(Started {
        process: i32::try_from(child.id()).unwrap_or(0),
        input: input.into(),
        output: output.into(),
    })
}

/// In the new process: no signal is blocked, as a worker's thread blocks them; and it is killed when the thread that started it
/// ends.
fn prepare(parent: u32) -> std::io::Result<()> {
    let mut none = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the set is writable.
    unsafe { libc::sigemptyset(none.as_mut_ptr()) };
    // SAFETY: the set was filled just now, and the old one is not asked for.
    unsafe { libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), std::ptr::null_mut()) };
    #[cfg(linux)]
    // SAFETY: the call takes two numbers and touches no memory.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL)
    };
    // It may have ended before it was to be told.
    if std::os::unix::process::parent_id() != parent {
        return Err(Errno::SRCH.into());
    }
    Ok(())
}

/// How a child has ended: its exit status, or the signal that ended it as a negative number; none while it runs. It is told as
/// often as it is asked, and the child's number stays its own until [`super::fork::has_ended`] has taken it away.
pub(crate) fn ended(process: i32) -> Result<Option<i32>> {
    let id = libc::id_t::try_from(process).map_err(|_| Errno::INVAL)?;
    let mut told = std::mem::MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: waitid writes one siginfo_t, and `told` has room for it.
    let asked = unsafe {
        libc::waitid(
            libc::P_PID,
            id,
            told.as_mut_ptr(),
            libc::WEXITED | libc::WNOHANG | libc::WNOWAIT,
        )
    };
    check(asked)?;
    // SAFETY: it was filled with zeros, which are a siginfo_t, and perhaps written since.
    let told = unsafe { told.assume_init() };
    // SAFETY: of the record's variants the one about children was written, or none.
    let who = unsafe { told.si_pid() };
    if who != process {
        return Ok(None);
    }
    // SAFETY: as above.
    let status = unsafe { told.si_status() };
    Ok(Some(if told.si_code == libc::CLD_EXITED {
        status
    } else {
        -status
    }))
}

/// Waits for a child's end, which blocks the thread, and takes its number away.
pub(crate) fn await_end(process: i32) {
    let mut status = 0;
    // SAFETY: the status is writable.
    while check(unsafe { libc::waitpid(process, &raw mut status, 0) }) == Err(Errno::INTR) {}
}

/// Sends a signal to a group of processes; ESRCH when nobody is left in it.
pub(crate) fn signal_group(leader: i32, signal: i32) -> Result<()> {
    if leader <= 1 {
        return Err(Errno(libc::ESRCH));
    }
    // SAFETY: kill takes two numbers and touches no memory.
    check(unsafe { libc::kill(-leader, signal) }).map(drop)
}

/// To ask a program to end.
pub(crate) const TERMINATE: i32 = libc::SIGTERM;
/// To end it.
pub(crate) const KILL: i32 = libc::SIGKILL;

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd as _;

    use super::super::{file, fork, poll};
    use super::*;

    fn program(argv: &[&str]) -> Program {
        Program {
            argv: argv.iter().map(|word| word.as_bytes().to_vec()).collect(),
            folder: Some(b"/".to_vec()),
            variables: vec![("WORD".into(), b"told".to_vec())],
            complaints: Complaints::Joined,
        }
    }

    /// All that comes out, to its end.
    fn read_all(fd: &OwnedFd) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        loop {
            poll::poll_one(fd.as_raw_fd(), true, false, None)?;
            let mut buffer = [0; 64];
            match file::read(fd.as_raw_fd(), &mut buffer) {
                Ok(0) => return Ok(all),
                Ok(count) => all.extend_from_slice(&buffer[..count]),
                Err(Errno::AGAIN) => {}
                Err(errno) => return Err(errno),
            }
        }
    }

    #[test]
    fn a_program_reads_writes_complains_and_ends() -> Result<()> {
        let started = start(&program(&[
            "sh",
            "-c",
            "read line; echo \"$line $WORD $PWD\"; echo alas >&2; exit 3",
        ]))?;
        assert_eq!(file::write(started.input.as_raw_fd(), b"hello\n"), Ok(6));
        assert_eq!(read_all(&started.output)?, b"hello told /\nalas\n");
        await_status(started.process, 3)?;
        assert_eq!(fork::has_ended(started.process), Ok(true));
        assert_eq!(ended(started.process), Err(fork::NO_CHILD));
        Ok(())
    }

    /// Waits until the child has ended so.
    fn await_status(process: i32, status: i32) -> Result<()> {
        loop {
            match ended(process)? {
                Some(told) => {
                    assert_eq!(told, status);
                    return Ok(());
                }
                None => std::thread::yield_now(),
            }
        }
    }

    #[test]
    fn a_group_ends_together() -> Result<()> {
        let started = start(&program(&["sh", "-c", "sleep 1000 & echo there; wait"]))?;
        poll::poll_one(started.output.as_raw_fd(), true, false, None)?;
        assert_eq!(ended(started.process), Ok(None));
        signal_group(started.process, KILL)?;
        assert_eq!(read_all(&started.output)?, b"there\n");
        await_status(started.process, -KILL)?;
        await_end(started.process);
        Ok(())
    }

    #[test]
    fn what_is_not_there_cannot_be_started() {
        let started = start(&program(&["/no/such/program"]));
        assert_eq!(started.err(), Some(Errno::NOENT));
    }
}
