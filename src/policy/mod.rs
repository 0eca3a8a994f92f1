//! What a script may ask of the network and the system, and whether it may have it.
//!
//! [`request`] lists everything that can be asked; [`Policy`] judges. The one caller is the door in `net`, so a request
//! that is not listed cannot be made. `rules` is what a policy is made of, `host`, `path` and `program` are its patterns, `reach` where addresses lead, `option` knows
//! the harmless socket options, `special` the files that are none, `judge` finds the rule a request meets, `form` reads and writes policies, `limits` says how
//! much may be used, `purse` how much has been, `wall` what a kernel can be told of it. `docs/policy.md` is the user's view of all this.

mod form;
mod host;
mod judge;
mod limits;
mod option;
mod path;
mod program;
mod purse;
mod reach;
pub mod request;
mod rules;
mod special;
#[cfg(test)]
mod tests;
#[cfg(all(feature = "cli", target_os = "linux"))]
mod wall;

use std::fmt;

pub use limits::Limits;
pub(crate) use limits::number_of_bytes;
pub use request::Request;

use crate::error::Result;
pub(crate) use host::name_of;
pub(crate) use judge::Verdict;
pub(crate) use purse::{Purse, Spent};
pub(crate) use reach::{destination, faces};
use rules::Rules;
#[cfg(all(feature = "cli", target_os = "linux"))]
pub(crate) use wall::Wall;

/// Gives a pattern its text form, and the same to serde.
macro_rules! patterned {
    ($($name:ident),*) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.text)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
                to.serialize_str(&self.text)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
                struct Texts;
                impl serde::de::Visitor<'_> for Texts {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a pattern as a text")
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<$name, E> {
                        text.parse().map_err(|error: crate::error::Error| E::custom(error.message()))
                    }
                }
                from.deserialize_str(Texts)
            }
        }
    )*};
}
use patterned;

/// A policy's answer.
///
/// ```
/// use wirescript::policy::{Decision, Request};
/// use wirescript::Policy;
///
/// assert_eq!(Policy::allow_all().judge(&Request::Fork), Decision::Allow);
/// assert_eq!(
///     Policy::deny_all().judge(&Request::Fork),
///     Decision::Deny("the policy does not allow forking".into())
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allow,
    /// Refused, and why.
    Deny(String),
}

/// The rules a runtime lives under, and the limits.
///
/// Rules that deny win over rules that allow. A rule for a name does not cover other names of its address, and the address
/// itself only where the resolver gave it to the script for that name; one for an address does not cover its names.
///
/// ```
/// use wirescript::Policy;
///
/// let policy = Policy::deny_all()
///     .allow_net("example.com:443")?
///     .allow_net("10.0.0.0/8:8000-8999")?
///     .deny_net("10.0.0.1")?;
///
/// // The same in TOML; what is misspelt is told with its line.
/// let same = Policy::from_toml(
///     "allow = {net = ['example.com:443', '10.0.0.0/8:8000-8999']}\ndeny = {net = ['10.0.0.1']}",
/// )?;
/// assert_eq!(policy, same);
/// let wrong = Policy::from_toml("[allow]\nnets = []").unwrap_err();
/// assert!(wrong.message().contains("line 2"), "{wrong}");
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Whether what no rule is about is allowed.
    open: bool,
    allow: Rules,
    deny: Rules,
    limits: Limits,
}

macro_rules! patterns {
    ($($allow:ident, $deny:ident => $list:ident, $what:literal;)*) => {
        impl Policy {
            $(
                #[doc = concat!("Allows ", $what, ".\n\n# Errors\n`ValueError` when the pattern is none.")]
                pub fn $allow(mut self, pattern: &str) -> Result<Self> {
                    self.allow.$list.push(pattern.parse()?);
                    Ok(self)
                }

                #[doc = concat!("Denies ", $what, ", whatever else is allowed.\n\n# Errors\n`ValueError` when the pattern is none.")]
                pub fn $deny(mut self, pattern: &str) -> Result<Self> {
                    self.deny.$list.push(pattern.parse()?);
                    Ok(self)
                }
            )*
        }
    };
}

patterns! {
    allow_net, deny_net => net, "connecting and sending to hosts and ports: `example.com:443`, `*.example.com:*`, `10.0.0.0/8:80,8000-8999`, `[::1]:53`";
    allow_listen, deny_listen => listen, "binding, and so listening, at addresses and ports, written as for `allow_net`";
    allow_resolve, deny_resolve => resolve, "asking the resolver for names: `example.com`, `*.example.com`, `*`";
    allow_unix, deny_unix => unix, "Unix sockets, at both ends: a path with stars, a folder, or `@` and an abstract name";
    allow_family, deny_family => family, "sockets of an address family: `netlink`, `AF_VSOCK`, a number";
    allow_type, deny_type => kind, "sockets of a type: `dgram`, `SOCK_STREAM`, a number (`allow` has no use for it)";
    allow_read, deny_read => read, "reading files: a path with stars, a file, or a folder and all below";
    allow_write, deny_write => write, "making and changing files, written as for `allow_read`";
    allow_run, deny_run => run, "starting programs: a name as it is looked for in `PATH`, with stars, or a path, written as for `allow_read`";
    allow_env, deny_env => env, "giving programs variables of the environment, by their names: some decide what code a program runs (`PATH`, `LD_PRELOAD`)";
}

macro_rules! switches {
    ($($allow:ident, $deny:ident => $flag:ident, $what:literal;)*) => {
        impl Policy {
            $(
                #[doc = concat!("Allows ", $what, ".")]
                #[must_use]
                pub fn $allow(mut self) -> Self {
                    self.allow.$flag = true;
                    self
                }

                #[doc = concat!("Denies ", $what, ", whatever else is allowed.")]
                #[must_use]
                pub fn $deny(mut self) -> Self {
                    self.deny.$flag = true;
                    self
                }
            )*
        }
    };
}

switches! {
    allow_raw, deny_raw => raw, "raw and packet sockets, and options that lead packets elsewhere";
    allow_fd, deny_fd => fd, "descriptors the runtime did not make: `fileno=`, `fromfd`, `close(fd)`, received and shared ones";
    allow_fork, deny_fork => fork, "forking the process";
    allow_worker, deny_worker => worker, "workers: threads with a machine of their own, under this same policy";
    allow_sethostname, deny_sethostname => sethostname, "changing the machine's name";
    allow_info, deny_info => info, "knowing the machine's name and its network interfaces";
    allow_input, deny_input => input, "reading standard input";
}

impl Policy {
    /// Allows everything: what the command starts with.
    pub fn allow_all() -> Self {
        Self {
            open: true,
            ..Self::deny_all()
        }
    }

    /// Refuses everything: what a library runtime starts with.
    pub fn deny_all() -> Self {
        Self {
            open: false,
            allow: Rules::default(),
            deny: Rules::default(),
            limits: Limits::default(),
        }
    }

    /// Sets limits; a runtime's builder may set others.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The limits that came with it.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether nothing is refused: then scripts have their language's own libraries for files and processes as well.
    pub(crate) fn allows_everything(&self) -> bool {
        self.open && self.deny.is_empty()
    }

    /// Whether what no rule names is allowed.
    #[cfg(feature = "cli")]
    pub(crate) const fn is_open(&self) -> bool {
        self.open
    }

    /// Judges one request.
    pub fn judge(&self, request: &Request<'_>) -> Decision {
        self.judge_reached(request, None)
    }

    /// Judges a request for an address that a name stands for: a rule for the name covers it.
    pub fn judge_reached(&self, request: &Request<'_>, name: Option<&str>) -> Decision {
        let verdict = self.verdict(request, name);
        if verdict.is_allowed() {
            Decision::Allow
        } else {
            Decision::Deny(refusal(request, &verdict))
        }
    }

    /// Which rule allows or refuses a request: `allow net 127.0.0.1:*`, `no rule allows it`.
    pub fn explain(&self, request: &Request<'_>, name: Option<&str>) -> String {
        self.verdict(request, name).to_string()
    }
}

/// What a script is told of a refusal.
pub(crate) fn refusal(request: &Request<'_>, verdict: &Verdict<'_>) -> String {
    match verdict {
        Verdict::Denied(rule) => format!("the policy denies {request} ({rule})"),
        _ => format!("the policy does not allow {request}"),
    }
}

impl fmt::Display for Policy {
    /// The rules, one a line, as `allow net 127.0.0.1:*`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (word, rules) in [("deny", &self.deny), ("allow", &self.allow)] {
            for line in rules.to_string().lines() {
                writeln!(f, "{word} {line}")?;
            }
        }
        writeln!(f, "{} everything else", if self.open { "allow" } else { "deny" })
    }
}
