//! The table on standard output.

use crate::contest::{Result, Spread};

/// Prints rows under one head.
pub(crate) struct Table;

impl Table {
    pub(crate) fn begin() -> Self {
        line("", "limit ns", "ns", "ratio", "spread", "target", "met");
        Self
    }

    /// What the rows below are about.
    pub(crate) fn heading(&mut self, text: &str) {
        println!("{text}");
    }

    /// A row for each contestant.
    pub(crate) fn race(&mut self, turns: u32, results: &[Result]) {
        for result in results {
            let (limit, script) = (
                result.limit.nanoseconds_each(turns).median,
                result.script.nanoseconds_each(turns).median,
            );
            let ratio = result.ratio;
            line(
                &result.name,
                &format!("{limit:.0}"),
                &format!("{script:.0}"),
                &format!("{:.3}", ratio.median),
                &ratio.ends(3),
                &target(result.target.map(|target| format!(">= {target:.2}"))),
                met(result.target.map(|target| ratio.median >= target)),
            );
        }
    }

    /// A row for a time without a limit; its spread is in nanoseconds.
    pub(crate) fn cost(&mut self, name: &str, turns: u32, times: &Spread, most: Option<f64>) {
        let times = times.nanoseconds_each(turns);
        let digits = if times.median < 100.0 { 1 } else { 0 };
        line(
            name,
            "-",
            &format!("{:.digits$}", times.median),
            "-",
            &times.ends(digits),
            &target(most.map(|most| format!("<= {most:.0} ns"))),
            met(most.map(|most| times.median <= most)),
        );
    }
}

fn line(name: &str, limit: &str, script: &str, ratio: &str, spread: &str, target: &str, met: &str) {
    println!("  {name:<33} {limit:>8} {script:>8} {ratio:>7}  {spread:<16} {target:>10}  {met}");
}

fn target(target: Option<String>) -> String {
    target.unwrap_or_else(|| "-".into())
}

fn met(met: Option<bool>) -> &'static str {
    match met {
        None => "-",
        Some(true) => "yes",
        Some(false) => "NO",
    }
}
