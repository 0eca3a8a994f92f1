//! `--landlock`: the kernel as a second wall. What the policy says of files and of TCP ports is told to Landlock, which holds
//! the whole process to it, whatever our own door lets through by mistake.
//!
//! Landlock knows folders and ports, neither stars nor hosts: the wall is as narrow as it can be drawn without refusing what
//! the policy allows. Programs that scripts start stand behind it too.

use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, NetPort, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus,
};

use crate::policy::{Policy, Wall};
use crate::sys::child;

/// What the resolver and the language's own start read.
const NEEDED: &[&str] = &[
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/protocols",
    "/etc/networks",
    "/usr/lib",
    "/lib",
    "/lib64",
    "/usr/lib64",
    "/etc/ld.so.cache",
    "/usr/share/zoneinfo",
    "/etc/localtime",
    "/dev/null",
    "/dev/urandom",
    "/run/systemd/resolve",
    "/var/run/nscd",
];

/// Most ports told one by one; a wider range leaves ports to our own door.
const MOST_PORTS: usize = 4096;

/// Raises the wall around this process. Nothing takes it down again.
///
/// # Errors
/// A text for the user: the kernel has no Landlock, or not for TCP ports.
pub(super) fn raise(policy: &Policy) -> Result<(), String> {
    let wall = policy.wall();
    if wall.is_nothing() {
        return Err("--landlock: the policy leaves files and TCP ports open, so there is no wall to raise; give --sandbox or --policy".into());
    }
    match apply(&wall) {
        Ok(RulesetStatus::FullyEnforced) => Ok(()),
        Ok(RulesetStatus::PartiallyEnforced | RulesetStatus::NotEnforced) | Err(_) if !is_there() => Err(
            "--landlock: this kernel has no Landlock (Linux 5.13, and 6.7 for TCP ports; it may be off: /sys/kernel/security/lsm names what is on)"
                .into(),
        ),
        Ok(_) => Err("--landlock: this kernel's Landlock is too old for TCP ports (Linux 6.7); leave --landlock away, or update".into()),
        Err(error) => Err(format!("--landlock: {error}")),
    }
}

/// Whether the kernel has it at all.
fn is_there() -> bool {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_read(ABI::V1))
        .and_then(Ruleset::create)
        .is_ok()
}

fn apply(wall: &Wall) -> Result<RulesetStatus, RulesetError> {
    let every = AccessFs::from_all(ABI::V4);
    let read = AccessFs::from_read(ABI::V4);
    let mut rules = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    if wall.files {
        rules = rules.handle_access(every)?;
    }
    let connect = few(wall.connect.as_deref());
    let bind = few(wall.bind.as_deref());
    if connect.is_some() {
        rules = rules.handle_access(AccessNet::ConnectTcp)?;
    }
    if bind.is_some() {
        rules = rules.handle_access(AccessNet::BindTcp)?;
    }
    let mut rules = rules.create()?;
    if wall.files {
        let needed = NEEDED.iter().map(|path| (PathBuf::from(path), read));
        let programs = wall.programs.iter().flat_map(|name| places(name));
        let programs = programs.map(|path| (path, read));
        let granted = wall.read.iter().map(|path| (path.clone(), read));
        let changed = wall.write.iter().map(|path| (path.clone(), every));
        for (path, access) in needed.chain(programs).chain(granted).chain(changed) {
            // What is not there cannot be opened either; a folder to be made in is the next one above that is.
            let Some(there) = path.ancestors().find(|path| path.exists()) else {
                continue;
            };
            if access == read && there != path {
                continue;
            }
            if let Ok(opened) = PathFd::new(there) {
                let access = if there.is_dir() {
                    access
                } else {
                    access & AccessFs::from_file(ABI::V4)
                };
                rules = rules.add_rule(PathBeneath::new(opened, access))?;
            }
        }
    }
    for port in connect.iter().flatten() {
        rules = rules.add_rule(NetPort::new(*port, AccessNet::ConnectTcp))?;
    }
    for port in bind.iter().flatten() {
        rules = rules.add_rule(NetPort::new(*port, AccessNet::BindTcp))?;
    }
    Ok(rules.restrict_self()?.ruleset)
}

/// Where a program that may be started by this name can lie: in the folders of `PATH`.
fn places(name: &str) -> Vec<PathBuf> {
    let is_open = name.contains('*');
    child::folders()
        .into_iter()
        .map(|folder| if is_open { folder } else { folder.join(name) })
        .filter(|path| path.exists())
        .collect()
}

/// The ports one by one, if they are few.
fn few(ranges: Option<&[(u16, u16)]>) -> Option<Vec<u16>> {
    let ranges = ranges?;
    let count: usize = ranges
        .iter()
        .map(|(first, last)| usize::from(last - first) + 1)
        .sum();
    (count <= MOST_PORTS).then(|| ranges.iter().flat_map(|(first, last)| *first..=*last).collect())
}
