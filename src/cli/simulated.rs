//! What a script's sockets, or a test's, are made in and meet there: `--virtual`, the network inside the process; `--faults`, what
//! goes wrong on purpose.

use std::net::IpAddr;

use clap::Args;

use crate::net::{FaultPlan, VirtualNetwork};

/// What network is asked for.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Virtual network")]
pub(super) struct Simulated {
    /// Make all sockets in a network inside the process, with a clock of its own: nothing waits for real, and each run is the same
    #[arg(long = "virtual")]
    on: bool,

    /// Have NAME stand for ADDRESS in the virtual network; may be given several times
    #[arg(long, value_name = "NAME=ADDRESS", requires = "on", value_parser = host)]
    host: Vec<(String, IpAddr)>,
}

impl Simulated {
    /// The network, if there is to be one.
    pub(super) fn network(&self, seed: Option<u64>) -> Option<VirtualNetwork> {
        let network = VirtualNetwork::new().seed(seed.unwrap_or(0));
        let add = |network: VirtualNetwork, (name, address): &(String, IpAddr)| network.host(name, *address);
        self.on.then(|| self.host.iter().fold(network, add))
    }
}

/// What is to go wrong.
#[derive(Debug, Default, Args)]
pub(super) struct Faults {
    /// Have what the sockets do go wrong: latency=20ms,jitter=5ms,rate=100k,short-reads,short-writes,interrupts=10%,stalls=10%,
    /// reset=4096,half-close=100,drop=10%,duplicate=5%,reorder=5%,resolver=2s
    #[arg(long, value_name = "SPEC")]
    faults: Option<String>,
}

impl Faults {
    /// The plan, if something is.
    ///
    /// # Errors
    /// What is wrong with `--faults`.
    pub(super) fn plan(&self, seed: Option<u64>) -> Result<Option<FaultPlan>, String> {
        let Some(text) = &self.faults else { return Ok(None) };
        let mut plan = FaultPlan::parse(text).map_err(|error| format!("--faults: {}", error.message()))?;
        plan.seed = seed.unwrap_or(plan.seed);
        Ok(Some(plan))
    }
}

fn host(text: &str) -> Result<(String, IpAddr), String> {
    let (name, address) = text
        .split_once('=')
        .ok_or("it is written NAME=ADDRESS: db.test=127.0.0.7")?;
    let address = address
        .parse()
        .map_err(|_| format!("'{address}' is no address of IPv4 or IPv6"))?;
    Ok((name.to_owned(), address))
}
