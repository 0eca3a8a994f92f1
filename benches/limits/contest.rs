//! Running commands in turn and gathering the times they print.

use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};

#[path = "../peers/mod.rs"]
pub(crate) mod peers;

/// A command that is held against the limit.
pub(crate) struct Contestant {
    name: String,
    command: Command,
    target: Option<f64>,
}

impl Contestant {
    pub(crate) fn new(name: impl Into<String>, command: Command) -> Self {
        Self {
            name: name.into(),
            command,
            target: None,
        }
    }

    /// The smallest ratio that will do.
    pub(crate) fn with_target(mut self, ratio: f64) -> Self {
        self.target = Some(ratio);
        self
    }
}

impl From<Contestant> for Command {
    fn from(contestant: Contestant) -> Self {
        contestant.command
    }
}

/// What is installed of the peers, as contestants: each does its work with these words.
pub(crate) fn peers_of(list: &[peers::Peer], words: &[&str]) -> Vec<Contestant> {
    let works = |command: &mut Command| {
        let tried = command.args(words).stdin(Stdio::null()).output();
        tried.is_ok_and(|done| done.status.success())
    };
    peers::installed(list, works)
        .into_iter()
        .map(|(name, mut command)| {
            command.args(words);
            Contestant::new(name, command)
        })
        .collect()
}

/// How a contestant did, in seconds a sample and as ratios to the limit.
pub(crate) struct Result {
    pub(crate) name: String,
    pub(crate) limit: Spread,
    pub(crate) script: Spread,
    pub(crate) ratio: Spread,
    pub(crate) target: Option<f64>,
}

/// Runs the limit and every contestant once a round, every other round backwards: nobody always runs first.
pub(crate) fn compete(
    mut limit: Command,
    mut contestants: Vec<Contestant>,
    rounds: usize,
) -> io::Result<Vec<Result>> {
    let mut limits = Vec::with_capacity(rounds);
    let mut times = vec![Vec::with_capacity(rounds); contestants.len()];
    for round in 0..rounds {
        let forwards = round % 2 == 0;
        if forwards {
            limits.push(sample(&mut limit)?);
        }
        let mut field: Vec<_> = contestants.iter_mut().zip(&mut times).collect();
        if !forwards {
            field.reverse();
        }
        for (contestant, times) in field {
            times.push(sample(&mut contestant.command)?);
        }
        if !forwards {
            limits.push(sample(&mut limit)?);
        }
    }
    let results = contestants
        .into_iter()
        .zip(times)
        .map(|(contestant, times)| Result {
            name: contestant.name,
            ratio: Spread::of(limits.iter().zip(&times).map(|(limit, time)| limit / time)),
            limit: Spread::of(limits.iter().copied()),
            script: Spread::of(times),
            target: contestant.target,
        });
    Ok(results.collect())
}

/// Runs one command a number of times.
pub(crate) fn times(mut command: Command, rounds: usize) -> io::Result<Spread> {
    let times: io::Result<Vec<f64>> = (0..rounds).map(|_| sample(&mut command)).collect();
    Ok(Spread::of(times?))
}

/// The seconds a command says its loop took.
fn sample(command: &mut Command) -> io::Result<f64> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    match text.trim().parse() {
        Ok(seconds) if output.status.success() => Ok(seconds),
        _ => Err(io::Error::other(format!(
            "{command:?} printed {text:?} and ended with {}",
            output.status
        ))),
    }
}

/// Median, smallest and largest of some numbers.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) smallest: f64,
    pub(crate) largest: f64,
}

impl Spread {
    pub(crate) fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = numbers.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
        let last = sorted.len().saturating_sub(1);
        Self {
            median: f64::midpoint(at(last / 2), at(sorted.len() / 2)),
            smallest: at(0),
            largest: at(last),
        }
    }

    /// What a loop's seconds are for one of its turns, in nanoseconds.
    pub(crate) fn nanoseconds_each(self, turns: u32) -> Self {
        let each = |seconds: f64| seconds * 1e9 / f64::from(turns);
        Self {
            median: each(self.median),
            smallest: each(self.smallest),
            largest: each(self.largest),
        }
    }

    /// Its two ends, as a table shows them.
    pub(crate) fn ends(self, digits: usize) -> String {
        format!("[{:.digits$}..{:.digits$}]", self.smallest, self.largest)
    }
}

/// A process that answers on a port until it is dropped.
pub(crate) struct Answering {
    child: Child,
    port: String,
}

impl Answering {
    /// Starts a command that prints the port it listens on.
    pub(crate) fn start(mut command: Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take();
        let mut answering = Self {
            child,
            port: String::new(),
        };
        if let Some(output) = output {
            BufReader::new(output).read_line(&mut answering.port)?;
        }
        answering.port.truncate(answering.port.trim_end().len());
        if answering.port.parse::<u16>().is_err() {
            return Err(io::Error::other(format!(
                "{command:?} printed no port: {:?}",
                answering.port
            )));
        }
        Ok(answering)
    }

    pub(crate) fn port(&self) -> &str {
        &self.port
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        // Ended by itself already: then there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
