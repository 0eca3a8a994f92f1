//! What a second thread brings: a server whose every answer takes a calculation, with one worker and with two.

use std::io;
use std::process::Command;
use std::time::Duration;

use crate::affinity;
use crate::contest::Spread;
use crate::load;
use crate::server::Server;

/// Times each is measured.
const ROUNDS: usize = 5;
/// Connections, each with a request on its way all the time: enough for every worker to have some.
const CONNECTIONS: usize = 16;
/// How long a run counts.
const LENGTH: Duration = Duration::from_millis(1500);
/// The smallest ratio that will do.
const TARGET: f64 = 1.8;

/// Measures the command of each language: it gets the number of workers as its argument.
pub(crate) fn bench(commands: &[(&str, Command)]) -> io::Result<()> {
    println!("\nWorkers that share a port, a calculation for each answer: requests a second");
    if affinity::cores()?.len() < 2 {
        println!("  left out: there is one core only");
        return Ok(());
    }
    for (name, command) in commands {
        let mut rates = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            for (count, rates) in ["1", "2"].iter().zip(&mut rates) {
                affinity::unpin()?;
                let mut copy = Command::new(command.get_program());
                let server = Server::start_anywhere(copy.args(command.get_args()).arg(count))?;
                rates.push(load::echo(server, CONNECTIONS, LENGTH)?.rate);
            }
        }
        let ratio = Spread::of(rates[0].iter().zip(&rates[1]).map(|(one, two)| two / one));
        let [one, two] = rates.map(|rates| Spread::of(rates).median);
        println!(
            "  {name:<30} one {one:>7.0} ({:.2} ms each)   two {two:>7.0}   ratio {:.2} {}   target >= {TARGET}",
            1e3 / one,
            ratio.median,
            ratio.ends(2),
        );
    }
    Ok(())
}
