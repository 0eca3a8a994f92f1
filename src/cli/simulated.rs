//! `--virtual`: the network inside the process that a script's sockets, or a test's, are made in.

use std::net::IpAddr;

use clap::Args;

use crate::net::VirtualNetwork;

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

fn host(text: &str) -> Result<(String, IpAddr), String> {
    let (name, address) = text
        .split_once('=')
        .ok_or("it is written NAME=ADDRESS: db.test=127.0.0.7")?;
    let address = address
        .parse()
        .map_err(|_| format!("'{address}' is no address of IPv4 or IPv6"))?;
    Ok((name.to_owned(), address))
}
