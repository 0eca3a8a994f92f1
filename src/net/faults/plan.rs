//! What goes wrong, and how often.

use std::time::Duration;

use crate::error::{Error, Result, nearest};
use crate::policy::number_of_bytes;

/// Faults to make: see [`Plan::parse`] for how they are written. The same seed gives the same faults at the same bytes.
///
/// ```
/// # #[cfg(feature = "lua")] {
/// use wirescript::{FaultPlan, Policy, Runtime};
///
/// let plan = FaultPlan::parse("short-reads,short-writes,seed=7")?;
/// let mut runtime = Runtime::builder().policy(Policy::allow_all()).faults(plan).build()?;
/// let count: usize = runtime.eval("local a, b = socket.socketpair() return a:send(('x'):rep(1000))")?;
/// assert!(count < 1000, "a send that does not take all there is");
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone, PartialEq, Debug, Default)]
#[non_exhaustive]
pub struct Plan {
    /// How long what arrives is held back.
    pub latency: Duration,
    /// Up to so much more, at random.
    pub jitter: Duration,
    /// Bytes a second, in each direction of each socket.
    pub rate: Option<u64>,
    /// Share of the pieces of a stream that arrive as a few bytes: 0 to 1.
    pub short_reads: f64,
    /// The same for what is sent.
    pub short_writes: f64,
    /// How likely a call is interrupted (`EINTR`) before it does anything.
    pub interrupts: f64,
    /// How likely a call finds nothing (`EAGAIN`) although there is something.
    pub stalls: f64,
    /// A stream is reset after so many bytes in one direction.
    pub reset: Option<u64>,
    /// A stream can send so many bytes and no more.
    pub half_close: Option<u64>,
    /// Share of the datagrams that are lost, on either way.
    pub drop: f64,
    /// Share of the datagrams that go twice, on either way.
    pub duplicate: f64,
    /// Share of the datagrams that arrive after the next one.
    pub reorder: f64,
    /// How long a name takes to be looked up.
    pub resolver: Duration,
    /// What the randomness begins with.
    pub seed: u64,
}

/// The names of all settings.
const NAMES: [&str; 14] = [
    "latency",
    "jitter",
    "rate",
    "short_reads",
    "short_writes",
    "interrupts",
    "stalls",
    "reset",
    "half_close",
    "drop",
    "duplicate",
    "reorder",
    "resolver",
    "seed",
];

impl Plan {
    /// Reads settings as the command line has them: `latency=20ms,jitter=5ms,rate=100k,short-reads,drop=10%,seed=7`. Times
    /// are seconds, or have a unit (`ms`, `us`, `s`); sizes are bytes, or have one (`k`, `M`); shares are numbers from 0 to 1
    /// or per cent, and 1 where none is given.
    ///
    /// # Errors
    /// `ValueError` for an unknown name or a value that is none, with what was probably meant.
    pub fn parse(text: &str) -> Result<Self> {
        let mut plan = Self::default();
        for setting in text
            .split(',')
            .map(str::trim)
            .filter(|setting| !setting.is_empty())
        {
            let (name, value) = setting.split_once('=').unwrap_or((setting, "1"));
            plan.set(name.trim(), value.trim())?;
        }
        Ok(plan)
    }

    /// Whether what arrives is held back.
    pub(super) const fn delays(&self) -> bool {
        !self.latency.is_zero() || !self.jitter.is_zero()
    }

    /// Whether a call may have to wait for what the kernel calls ready.
    pub(super) const fn holds_back(&self) -> bool {
        self.delays() || self.stalls > 0.0 || self.rate.is_some()
    }

    /// Changes one setting.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
        let name = name.replace('-', "_");
        match name.as_str() {
            "latency" => self.latency = time(&name, value)?,
            "jitter" => self.jitter = time(&name, value)?,
            "rate" => self.rate = Some(size(&name, value)?.max(1)),
            "short_reads" => self.short_reads = share(&name, value)?,
            "short_writes" => self.short_writes = share(&name, value)?,
            "interrupts" => self.interrupts = share(&name, value)?,
            "stalls" => self.stalls = share(&name, value)?,
            "reset" => self.reset = Some(size(&name, value)?),
            "half_close" => self.half_close = Some(size(&name, value)?),
            "drop" => self.drop = share(&name, value)?,
            "duplicate" => self.duplicate = share(&name, value)?,
            "reorder" => self.reorder = share(&name, value)?,
            "resolver" => self.resolver = time(&name, value)?,
            "seed" => self.seed = value.parse().map_err(|_| bad(&name, value, "a whole number"))?,
            _ => return Err(unknown(&name)),
        }
        Ok(())
    }
}

fn bad(name: &str, value: &str, wanted: &str) -> Error {
    Error::value(format!("fault '{name}' must be {wanted}, not '{value}'"))
}

fn unknown(name: &str) -> Error {
    Error::value(match nearest(name, NAMES.into_iter()) {
        Some(meant) => format!("unknown fault '{name}'. Did you mean: '{meant}'?"),
        None => format!("unknown fault '{name}': there are {}", NAMES.join(", ")),
    })
}

/// Seconds, or with a unit.
fn time(name: &str, value: &str) -> Result<Duration> {
    let wanted = "a time such as 0.02, 20ms or 1s";
    let (number, unit) = if let Some(number) = value.strip_suffix("us") {
        (number, 1e-6)
    } else if let Some(number) = value.strip_suffix("ms") {
        (number, 1e-3)
    } else {
        (value.strip_suffix('s').unwrap_or(value), 1.0)
    };
    let number: f64 = number.parse().map_err(|_| bad(name, value, wanted))?;
    Duration::try_from_secs_f64(number * unit).map_err(|_| bad(name, value, wanted))
}

fn size(name: &str, value: &str) -> Result<u64> {
    number_of_bytes(value).ok_or_else(|| bad(name, value, "a number of bytes such as 4096, 100k or 1M"))
}

/// From 0 to 1, or per cent.
fn share(name: &str, value: &str) -> Result<f64> {
    let (number, unit) = match value.strip_suffix('%') {
        Some(number) => (number, 0.01),
        None => (value, 1.0),
    };
    number
        .parse::<f64>()
        .ok()
        .map(|number| number * unit)
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| bad(name, value, "a share from 0 to 1, or per cent"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_with_their_units() {
        let plan = Plan::parse("latency=20ms, jitter=0.5,rate=100k,short-reads,drop=10%,reset=4096,seed=7,")
            .expect("right");
        assert_eq!(plan.latency, Duration::from_millis(20));
        assert_eq!(plan.jitter, Duration::from_millis(500));
        assert_eq!(plan.rate, Some(100_000));
        assert!((plan.short_reads - 1.0).abs() < 1e-9 && (plan.drop - 0.1).abs() < 1e-9);
        assert_eq!((plan.reset, plan.seed), (Some(4096), 7));
        assert_eq!(Plan::parse("").expect("none"), Plan::default());
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, told) in [
            ("latancy=1", "unknown fault 'latancy'. Did you mean: 'latency'?"),
            (
                "latency=soon",
                "fault 'latency' must be a time such as 0.02, 20ms or 1s, not 'soon'",
            ),
            (
                "latency=-1",
                "fault 'latency' must be a time such as 0.02, 20ms or 1s, not '-1'",
            ),
            (
                "drop=2",
                "fault 'drop' must be a share from 0 to 1, or per cent, not '2'",
            ),
            (
                "reset=x",
                "fault 'reset' must be a number of bytes such as 4096, 100k or 1M, not 'x'",
            ),
            ("seed=1.5", "fault 'seed' must be a whole number, not '1.5'"),
        ] {
            let error = Plan::parse(text).expect_err(text);
            assert_eq!(error.message(), told);
        }
    }
}
