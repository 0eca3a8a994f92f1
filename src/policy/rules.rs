//! What rules are made of: for each kind of request a list of patterns, or yes or no. A policy has two such sets, one that
//! allows and one that denies.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::constants;
use crate::error::{Error, Result};

use super::host::{HostPattern, NetPattern, bad};
use super::path::{PathPattern, matches};
use super::patterned;
use super::program::ProgramPattern;

/// One set of rules.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Rules {
    /// Connecting and sending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) net: Vec<NetPattern>,
    /// Binding, and so listening.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) listen: Vec<NetPattern>,
    /// Asking the resolver.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) resolve: Vec<HostPattern>,
    /// Unix sockets, at both ends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) unix: Vec<PathPattern>,
    /// Address families beside `AF_INET`, `AF_INET6` and `AF_UNIX`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) family: Vec<Family>,
    /// Types of sockets.
    #[serde(rename = "type", skip_serializing_if = "Vec::is_empty")]
    pub(super) kind: Vec<Kind>,
    /// Opening files to read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) read: Vec<PathPattern>,
    /// Opening files to change them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) write: Vec<PathPattern>,
    /// Starting programs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) run: Vec<ProgramPattern>,
    /// Variables of the environment that programs are given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) env: Vec<Word>,
    /// Raw and packet sockets, and options that change what packets say or where they go.
    #[serde(skip_serializing_if = "is_no")]
    pub(super) raw: bool,
    /// Descriptors the runtime did not make.
    #[serde(skip_serializing_if = "is_no")]
    pub(super) fd: bool,
    /// Forking the process.
    #[serde(skip_serializing_if = "is_no")]
    pub(super) fork: bool,
    /// Starting threads with a machine of their own, under the same policy.
    #[serde(skip_serializing_if = "is_no")]
    pub(super) worker: bool,
    /// Changing the machine's name.
    #[serde(skip_serializing_if = "is_no")]
    pub(super) sethostname: bool,
    /// The machine's name and its network interfaces.
    #[serde(skip_serializing_if = "is_no")]
    pub(super) info: bool,
    /// Standard input.
    #[serde(skip_serializing_if = "is_no")]
    pub(super) input: bool,
}

impl Rules {
    /// Whether it has no rule at all.
    #[inline]
    pub(super) const fn is_empty(&self) -> bool {
        let Self {
            net,
            listen,
            resolve,
            unix,
            family,
            kind,
            read,
            write,
            run,
            env,
            raw,
            fd,
            fork,
            worker,
            sethostname,
            info,
            input,
        } = self;
        let has_list = !(net.is_empty() && listen.is_empty() && resolve.is_empty() && unix.is_empty());
        let has_more = !(family.is_empty() && kind.is_empty() && read.is_empty() && write.is_empty());
        let has_words = !(run.is_empty() && env.is_empty());
        let has_flag = *raw || *fd || *fork || *worker || *sethostname || *info || *input;
        !(has_list || has_more || has_words || has_flag)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_no(flag: &bool) -> bool {
    !flag
}

/// The name of a program or of a variable; `*` is any number of characters.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Word {
    text: String,
}

/// An address family, by its name without `AF_`, or its number.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Family {
    text: String,
    number: i32,
}

/// A type of sockets, by its name without `SOCK_`, or its number.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Kind {
    text: String,
    number: i32,
}

patterned!(Word, Family, Kind);

impl FromStr for Word {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Err(bad(text, "names", "it is empty; '*' is every name"));
        }
        Ok(Self {
            text: text.to_owned(),
        })
    }
}

impl Word {
    /// Whether it covers every name.
    pub(super) fn is_every(&self) -> bool {
        self.text.bytes().all(|byte| byte == b'*')
    }

    pub(super) fn has(&self, name: &str) -> bool {
        matches(self.text.as_bytes(), name.as_bytes())
    }
}

/// The number of a constant by the name without its prefix, or a number.
fn number(text: &str, prefix: &str, what: &str) -> Result<i32> {
    if let Ok(number) = text.parse::<i32>() {
        return Ok(number);
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix(prefix).unwrap_or(&upper);
    constants::number(&format!("{prefix}{name}"))
        .and_then(|number| i32::try_from(number).ok())
        .ok_or_else(|| bad(text, what, &format!("there is no {prefix}{name} here")))
}

impl FromStr for Family {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let number = number(text, "AF_", "address families")?;
        Ok(Self {
            text: text.to_owned(),
            number,
        })
    }
}

impl Family {
    pub(super) const fn is(&self, family: i32) -> bool {
        self.number == family
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let number = number(text, "SOCK_", "types of sockets")?;
        Ok(Self {
            text: text.to_owned(),
            number,
        })
    }
}

impl Kind {
    pub(super) const fn is(&self, kind: i32) -> bool {
        self.number == kind
    }
}

impl fmt::Display for Rules {
    /// One rule a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lists = [
            ("net", texts(&self.net)),
            ("listen", texts(&self.listen)),
            ("resolve", texts(&self.resolve)),
            ("unix", texts(&self.unix)),
            ("family", texts(&self.family)),
            ("type", texts(&self.kind)),
            ("read", texts(&self.read)),
            ("write", texts(&self.write)),
            ("run", texts(&self.run)),
            ("env", texts(&self.env)),
        ];
        lists
            .iter_mut()
            .filter(|(_, list)| !list.is_empty())
            .try_for_each(|(name, list)| writeln!(f, "{name} {}", list.join(" ")))?;
        let flags = [
            ("raw", self.raw),
            ("fd", self.fd),
            ("fork", self.fork),
            ("worker", self.worker),
            ("sethostname", self.sethostname),
            ("info", self.info),
            ("input", self.input),
        ];
        flags
            .iter()
            .filter(|(_, on)| *on)
            .try_for_each(|(name, _)| writeln!(f, "{name}"))
    }
}

fn texts<T: fmt::Display>(list: &[T]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}
