//! A server under measurement: a process on a core of its own.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::affinity;

/// A process that answers on a port until it is dropped.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts a command that prints the port it listens on, away from the core of the clients.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        let cores = affinity::cores()?;
        if let Some(first) = cores.first() {
            affinity::pin_to(*first)?;
        }
        let started = spawn(command);
        if let Some(last) = cores.last() {
            affinity::pin_to(*last)?;
        }
        Self::greet(started?, command)
    }

    /// Starts a command that prints the port it listens on, on the cores that this process may use.
    pub(crate) fn start_anywhere(command: &mut Command) -> io::Result<Self> {
        Self::greet(spawn(command)?, command)
    }

    /// Reads the port.
    fn greet(mut child: Child, command: &Command) -> io::Result<Self> {
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let mut server = Self { child, port: 0 };
        server.port = line
            .trim()
            .parse()
            .map_err(|_| io::Error::other(format!("{command:?} printed no port: {line:?}")))?;
        Ok(server)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Seconds that its threads have been on a processor.
    pub(crate) fn processor_time(&self) -> io::Result<f64> {
        let mut nanoseconds = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = fs::read_to_string(thread?.path().join("schedstat"))?;
            let first = text
                .split_whitespace()
                .next()
                .and_then(|word| word.parse::<u64>().ok());
            nanoseconds += first.ok_or_else(|| io::Error::other("no time in schedstat"))?;
        }
        Ok(std::time::Duration::from_nanos(nanoseconds).as_secs_f64())
    }

    /// Bytes of memory it has, its own and not shared with others.
    pub(crate) fn resident(&self) -> io::Result<f64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u32>().ok());
        let kilobytes = kilobytes.ok_or_else(|| io::Error::other("no RssAnon in status"))?;
        Ok(f64::from(kilobytes) * 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended by itself already: then there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(command: &mut Command) -> io::Result<Child> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()
}
