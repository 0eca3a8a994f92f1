//! The flags by which the command line sets a policy and limits: `--sandbox`, `--allow-…`, `--deny-…`, `--policy FILE`,
//! `--timeout` and their kin. They build the same value that a host builds in Rust.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use clap::Args;

use crate::policy::{Limits, Policy, number_of_bytes};

/// What scripts may do and how much.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Policy and limits")]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Sandbox {
    /// Allow nothing but what the --allow options grant
    #[arg(long)]
    sandbox: bool,

    /// Read the policy from a file, TOML or (ending in .json) JSON; options are added to it
    #[arg(long, value_name = "FILE")]
    policy: Option<OsString>,

    /// Allow connecting and sending: example.com:443, *.example.com:*, 10.0.0.0/8:80,8000-8999, [::1]:53
    #[arg(long, value_name = "HOST:PORT,...", num_args = 0..=1, default_missing_value = "*", require_equals = true)]
    allow_net: Vec<String>,

    /// Allow binding and listening at addresses, written as for --allow-net
    #[arg(long, value_name = "HOST:PORT,...", num_args = 0..=1, default_missing_value = "*", require_equals = true)]
    allow_listen: Vec<String>,

    /// Allow asking the resolver for names: example.com, *.example.com
    #[arg(long, value_name = "NAME,...", num_args = 0..=1, default_missing_value = "*", require_equals = true)]
    allow_resolve: Vec<String>,

    /// Allow Unix sockets: paths with stars, folders, @ and an abstract name
    #[arg(long, value_name = "PATH,...", num_args = 0..=1, default_missing_value = "/,@*", require_equals = true)]
    allow_unix: Vec<String>,

    /// Allow sockets of further address families: netlink, vsock
    #[arg(long, value_name = "FAMILY,...", require_equals = true)]
    allow_family: Vec<String>,

    /// Allow raw and packet sockets, and options that lead packets elsewhere
    #[arg(long)]
    allow_raw: bool,

    /// Allow using and closing descriptors that the runtime did not make
    #[arg(long)]
    allow_fd: bool,

    /// Allow reading files: paths with stars, files, folders and all below
    #[arg(long, value_name = "PATH,...", num_args = 0..=1, default_missing_value = "/", require_equals = true)]
    allow_read: Vec<String>,

    /// Allow making and changing files
    #[arg(long, value_name = "PATH,...", num_args = 0..=1, default_missing_value = "/", require_equals = true)]
    allow_write: Vec<String>,

    /// Allow starting programs (tube.spawn): by a name that is looked for in PATH, or by a path. Lua's os.execute and io.popen stay
    /// refused, as a shell starts whatever it is told
    #[arg(long, value_name = "PROGRAM,...", num_args = 0..=1, default_missing_value = "*", require_equals = true)]
    allow_run: Vec<String>,

    /// Allow giving programs variables of the environment; some decide what code a program runs (PATH, LD_PRELOAD)
    #[arg(long, value_name = "NAME,...", num_args = 0..=1, default_missing_value = "*", require_equals = true)]
    allow_env: Vec<String>,

    /// Allow forking
    #[arg(long)]
    allow_fork: bool,

    /// Allow workers, each under this same policy
    #[arg(long)]
    allow_worker: bool,

    /// Allow changing the machine's name
    #[arg(long)]
    allow_sethostname: bool,

    /// Allow knowing the machine's name and network interfaces
    #[arg(long)]
    allow_info: bool,

    /// Allow reading standard input
    #[arg(long)]
    allow_input: bool,

    /// Deny connecting and sending, whatever else is allowed
    #[arg(long, value_name = "HOST:PORT,...", num_args = 0..=1, default_missing_value = "*", require_equals = true)]
    deny_net: Vec<String>,

    /// Deny binding and listening
    #[arg(long, value_name = "HOST:PORT,...", num_args = 0..=1, default_missing_value = "*", require_equals = true)]
    deny_listen: Vec<String>,

    /// Deny asking the resolver for names
    #[arg(long, value_name = "NAME,...", num_args = 0..=1, default_missing_value = "*", require_equals = true)]
    deny_resolve: Vec<String>,

    /// Deny Unix sockets
    #[arg(long, value_name = "PATH,...", num_args = 0..=1, default_missing_value = "/,@*", require_equals = true)]
    deny_unix: Vec<String>,

    /// Deny sockets of address families
    #[arg(long, value_name = "FAMILY,...", require_equals = true)]
    deny_family: Vec<String>,

    /// Deny sockets of types: dgram, raw
    #[arg(long, value_name = "TYPE,...", require_equals = true)]
    deny_type: Vec<String>,

    /// Deny reading files
    #[arg(long, value_name = "PATH,...", num_args = 0..=1, default_missing_value = "/", require_equals = true)]
    deny_read: Vec<String>,

    /// Deny making and changing files
    #[arg(long, value_name = "PATH,...", num_args = 0..=1, default_missing_value = "/", require_equals = true)]
    deny_write: Vec<String>,

    /// Deny starting programs
    #[arg(long, value_name = "PROGRAM,...", num_args = 0..=1, default_missing_value = "*", require_equals = true)]
    deny_run: Vec<String>,

    /// Deny giving programs variables of the environment
    #[arg(long, value_name = "NAME,...", num_args = 0..=1, default_missing_value = "*", require_equals = true)]
    deny_env: Vec<String>,

    /// Deny raw and packet sockets, and options that lead packets elsewhere
    #[arg(long)]
    deny_raw: bool,

    /// Deny descriptors that the runtime did not make
    #[arg(long)]
    deny_fd: bool,

    /// Deny forking
    #[arg(long)]
    deny_fork: bool,

    /// Tell on stderr of each request why it was allowed or refused
    #[arg(long)]
    pub(super) explain_policy: bool,

    /// Have the kernel enforce files and TCP ports as well (Landlock)
    #[arg(long)]
    pub(super) landlock: bool,

    /// End the script after SECONDS, whatever it does
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<f64>,

    /// Most bytes the script may use: 64M, 1G
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    max_memory: Option<u64>,

    /// Most instructions the script may execute
    #[arg(long, value_name = "N")]
    max_instructions: Option<u64>,

    /// Most sockets open at once
    #[arg(long, value_name = "N")]
    max_sockets: Option<usize>,

    /// Most tasks alive at once
    #[arg(long, value_name = "N")]
    max_tasks: Option<usize>,

    /// Most bytes sent by all sockets together
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    max_sent: Option<u64>,

    /// Most bytes received by all sockets together
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    max_received: Option<u64>,

    /// Most bytes of a single buffer
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    max_buffer: Option<u64>,
}

/// Changes a policy.
type Switch = fn(Policy) -> Policy;
/// Adds a pattern to a policy.
type Add = fn(Policy, &str) -> crate::error::Result<Policy>;

impl Sandbox {
    /// The policy the options ask for.
    ///
    /// # Errors
    /// A text for the user: a pattern that is none, a file that cannot be read or understood, grants without a sandbox.
    pub(super) fn policy(&self) -> Result<Policy, String> {
        let mut policy = match &self.policy {
            Some(file) => read(Path::new(file))?,
            None if self.sandbox => Policy::deny_all(),
            None => Policy::allow_all(),
        };
        let allowed: [(&str, &[String], Add); 9] = [
            ("net", &self.allow_net, Policy::allow_net),
            ("listen", &self.allow_listen, Policy::allow_listen),
            ("resolve", &self.allow_resolve, Policy::allow_resolve),
            ("unix", &self.allow_unix, Policy::allow_unix),
            ("family", &self.allow_family, Policy::allow_family),
            ("read", &self.allow_read, Policy::allow_read),
            ("write", &self.allow_write, Policy::allow_write),
            ("run", &self.allow_run, Policy::allow_run),
            ("env", &self.allow_env, Policy::allow_env),
        ];
        let switched: [(&str, bool, Switch); 7] = [
            ("raw", self.allow_raw, Policy::allow_raw),
            ("fd", self.allow_fd, Policy::allow_fd),
            ("fork", self.allow_fork, Policy::allow_fork),
            ("worker", self.allow_worker, Policy::allow_worker),
            ("sethostname", self.allow_sethostname, Policy::allow_sethostname),
            ("info", self.allow_info, Policy::allow_info),
            ("input", self.allow_input, Policy::allow_input),
        ];
        let is_open = policy.is_open();
        if let Some(file) = self.policy.as_ref().filter(|_| self.sandbox && is_open) {
            return Err(format!(
                "--sandbox allows nothing but what is granted, and {} everything but what is denied: leave one out, or write \
                 default = \"deny\" there",
                Path::new(file).display()
            ));
        }
        let granted = allowed
            .iter()
            .find(|(_, list, _)| !list.is_empty())
            .map(|(name, ..)| name);
        let granted = granted.or_else(|| switched.iter().find(|(_, on, _)| *on).map(|(name, ..)| name));
        if let Some(name) = granted
            && !self.sandbox
            && is_open
        {
            return Err(match &self.policy {
                None => format!("--allow-{name} grants what --sandbox takes away: give that too"),
                Some(file) => format!(
                    "--allow-{name} means nothing where {} allows everything but what it denies",
                    Path::new(file).display()
                ),
            });
        }
        for (name, list, add) in allowed {
            policy = add_all(policy, &format!("--allow-{name}"), list, add)?;
        }
        for (_, _, switch) in switched.iter().filter(|(_, on, _)| *on) {
            policy = switch(policy);
        }
        let denied: [(&str, &[String], Add); 10] = [
            ("net", &self.deny_net, Policy::deny_net),
            ("listen", &self.deny_listen, Policy::deny_listen),
            ("resolve", &self.deny_resolve, Policy::deny_resolve),
            ("unix", &self.deny_unix, Policy::deny_unix),
            ("family", &self.deny_family, Policy::deny_family),
            ("type", &self.deny_type, Policy::deny_type),
            ("read", &self.deny_read, Policy::deny_read),
            ("write", &self.deny_write, Policy::deny_write),
            ("run", &self.deny_run, Policy::deny_run),
            ("env", &self.deny_env, Policy::deny_env),
        ];
        for (name, list, add) in denied {
            policy = add_all(policy, &format!("--deny-{name}"), list, add)?;
        }
        let barred: [(bool, Switch); 3] = [
            (self.deny_raw, Policy::deny_raw),
            (self.deny_fd, Policy::deny_fd),
            (self.deny_fork, Policy::deny_fork),
        ];
        for (_, switch) in barred.iter().filter(|(on, _)| *on) {
            policy = switch(policy);
        }
        let limits = self.limits()?.or(policy.limits());
        Ok(policy.with_limits(limits))
    }

    /// The policy without its limit of time, and that limit: where it is not one script's.
    ///
    /// # Errors
    /// As [`Self::policy`].
    pub(super) fn policy_and_timeout(&self) -> Result<(Policy, Option<Duration>), String> {
        let policy = self.policy()?;
        let mut limits = *policy.limits();
        let timeout = limits.timeout.take();
        Ok((policy.with_limits(limits), timeout))
    }

    fn limits(&self) -> Result<Limits, String> {
        let mut limits = Limits::default();
        if let Some(seconds) = self.timeout {
            limits.timeout = Some(
                Duration::try_from_secs_f64(seconds)
                    .map_err(|_| format!("--timeout: {seconds} is no number of seconds"))?,
            );
        }
        limits.memory = self.max_memory.map(size);
        limits.instructions = self.max_instructions;
        limits.sockets = self.max_sockets;
        limits.tasks = self.max_tasks;
        limits.sent = self.max_sent;
        limits.received = self.max_received;
        limits.buffer = self.max_buffer.map(size);
        Ok(limits)
    }
}

fn bytes(text: &str) -> Result<u64, String> {
    number_of_bytes(text)
        .ok_or_else(|| "a number of bytes is wanted, such as 4096, 64k, 10M or 1G".to_owned())
}

/// What does not fit is no limit.
fn size(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

fn read(path: &Path) -> Result<Policy, String> {
    let refuse = |problem: &str| format!("cannot read the policy {}: {problem}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| refuse(&super::why(&error)))?;
    let is_json = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let policy = if is_json {
        Policy::from_json(&text)
    } else {
        Policy::from_toml(&text)
    };
    policy.map_err(|error| refuse(&error.message()))
}

/// Adds patterns that stand in one argument with commas between them. What follows a comma and is only a port belongs to the
/// pattern before it.
fn add_all(mut policy: Policy, flag: &str, arguments: &[String], add: Add) -> Result<Policy, String> {
    for argument in arguments {
        let mut patterns: Vec<String> = Vec::new();
        for piece in argument.split(',') {
            let is_port =
                !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
            match patterns.last_mut() {
                Some(before) if is_port && before.contains(':') => {
                    before.push(',');
                    before.push_str(piece);
                }
                _ => patterns.push(piece.to_owned()),
            }
        }
        for pattern in patterns {
            policy = add(policy, &pattern).map_err(|error| format!("{flag}: {}", error.message()))?;
        }
    }
    Ok(policy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        sandbox: Sandbox,
    }

    fn policy(line: &str) -> Result<Policy, String> {
        let words = std::iter::once("wirescript").chain(line.split_whitespace());
        let line = Line::try_parse_from(words).map_err(|error| error.to_string())?;
        line.sandbox.policy()
    }

    #[test]
    fn flags_build_what_rust_and_toml_build() -> crate::error::Result<()> {
        let flags = policy(
            "--sandbox --allow-net=127.0.0.1:80,443,8000-8999,example.com --allow-listen --allow-read=/tmp --allow-raw \
             --deny-net=10.0.0.0/8 --deny-fork --timeout 1.5 --max-sockets 3 --max-memory 64M",
        )
        .expect("it reads");
        let built = Policy::deny_all()
            .allow_net("127.0.0.1:80,443,8000-8999")?
            .allow_net("example.com")?
            .allow_listen("*")?
            .allow_read("/tmp")?
            .allow_raw()
            .deny_net("10.0.0.0/8")?
            .deny_fork()
            .with_limits(
                Limits::default()
                    .timeout(Duration::from_millis(1500))
                    .sockets(3)
                    .memory(64_000_000),
            );
        let file = Policy::from_toml(
            "allow = {net = ['127.0.0.1:80,443,8000-8999', 'example.com'], listen = ['*'], read = ['/tmp'], raw = true}
             deny = {net = ['10.0.0.0/8'], fork = true}
             limits = {timeout = 1.5, sockets = 3, memory = 64000000}",
        )?;
        assert_eq!(flags, built);
        assert_eq!(file, built);
        assert_eq!(policy("").expect("it reads"), Policy::allow_all());
        Ok(())
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        for (line, problem) in [
            ("--allow-net=a:1", "give that too"),
            ("--allow-raw", "--allow-raw grants what --sandbox takes away"),
            (
                "--sandbox --allow-net=10.0.0.1/8",
                "--allow-net: '10.0.0.1/8' is no pattern",
            ),
            ("--deny-net=", "--deny-net: '' is no pattern"),
            ("--policy /nowhere.toml", "cannot read the policy /nowhere.toml"),
            ("--max-memory 10X", "a number of bytes is wanted"),
            ("--timeout -1", "unexpected argument"),
            ("--timeout=-1", "-1 is no number of seconds"),
        ] {
            let told = policy(line).expect_err(line);
            assert!(told.contains(problem), "{line}: {told}");
        }
    }
}
