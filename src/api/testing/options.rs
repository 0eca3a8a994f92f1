//! What may be said of a test or a group beside its name: tags, a limit, whether it runs.

use std::time::Duration;

use crate::api::argument::{FromArg, Mismatch, Seconds, Text, Truth};
use crate::api::json;
use crate::api::value::Value;
use crate::error::{Error, Result, nearest};
use crate::policy::Policy;

/// The options of a test, and of a group for all that is in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) tags: Vec<String>,
    /// Why it is not run.
    pub(crate) skip: Option<String>,
    /// Why it is known to fail: that it does is no failure, and that it does not is one.
    pub(crate) xfail: Option<String>,
    /// Of the file's tests only those that say so are run.
    pub(crate) only: bool,
    /// How long a test may take.
    pub(crate) timeout: Option<Duration>,
    /// How often a test that failed is tried again.
    pub(crate) retries: Option<usize>,
    /// Whether it may leave sockets, tasks and processes behind.
    pub(crate) leaks: Option<bool>,
    /// What it may do: it runs in a machine of its own then.
    pub(crate) policy: Option<Policy>,
}

/// Every option's name.
const NAMES: [&str; 8] = [
    "tags", "skip", "xfail", "only", "timeout", "retries", "leaks", "policy",
];

/// What is said of a test that is known to fail, and does not.
pub(crate) const UNFORESEEN: &str = "it passed, and its xfail says that it fails: take that away";

impl Options {
    /// What holds for something inside a group with these options.
    pub(crate) fn for_inner(&self, inner: Self) -> Self {
        let mut tags = self.tags.clone();
        tags.extend(inner.tags);
        Self {
            tags,
            skip: inner.skip.or_else(|| self.skip.clone()),
            xfail: inner.xfail.or_else(|| self.xfail.clone()),
            only: inner.only || self.only,
            timeout: inner.timeout.or(self.timeout),
            retries: inner.retries.or(self.retries),
            leaks: inner.leaks.or(self.leaks),
            policy: inner.policy.or_else(|| self.policy.clone()),
        }
    }

    fn set(&mut self, name: &str, value: Value) -> Result<()> {
        let kind = value.kind();
        match name {
            "tags" => {
                self.tags = match value {
                    Value::List(items) => items
                        .into_iter()
                        .map(|item| read::<Text>("tags", item)?.utf8("a tag"))
                        .collect::<Result<_>>()?,
                    one => vec![read::<Text>("tags", one)?.utf8("a tag")?],
                };
            }
            "skip" => self.skip = reason("skip", value)?,
            "xfail" => self.xfail = reason("xfail", value)?,
            "only" => self.only = read::<Truth>("only", value)?.0,
            "timeout" => self.timeout = Some(read::<Seconds>("timeout", value)?.0),
            "retries" => self.retries = Some(read::<usize>("retries", value)?),
            "leaks" => self.leaks = Some(read::<Truth>("leaks", value)?.0),
            "policy" => {
                self.policy = Some(match value {
                    Value::Map(_) => {
                        let text = json::encode(&value)?;
                        Policy::from_json(&String::from_utf8_lossy(&text))?
                    }
                    // An empty table of Lua's is either.
                    Value::List(items) if items.is_empty() => Policy::from_json("{}")?,
                    Value::Text(_) | Value::String(_) => {
                        Policy::from_toml(&read::<Text>("policy", value)?.utf8("a policy")?)?
                    }
                    _ => {
                        return Err(Error::type_error(format!(
                            "option 'policy' must be a map or TOML, not {kind}"
                        )));
                    }
                });
            }
            _ => {
                let hint = match nearest(name, NAMES.into_iter()) {
                    Some(near) => format!("Did you mean: '{near}'?"),
                    None => format!("There are {}", NAMES.join(", ")),
                };
                let text = format!("'{name}' is no option of a test");
                return Err(Error::type_error(text).hinting(Some(hint)));
            }
        }
        Ok(())
    }
}

/// Whether something is so, and why: true, or the reason.
fn reason(name: &str, value: Value) -> Result<Option<String>> {
    Ok(match value {
        Value::Bool(false) | Value::None => None,
        Value::Bool(true) => Some(String::new()),
        reason => Some(read::<Text>(name, reason)?.utf8("a reason")?),
    })
}

/// An option's value as what it has to be.
fn read<T: FromArg>(name: &str, value: Value) -> Result<T> {
    let kind = value.kind();
    T::from_arg(value).map_err(|mismatch| match mismatch {
        Mismatch::Error(error) => error,
        Mismatch::Kind => Error::type_error(format!("option '{name}' must be {}, not {kind}", T::KIND)),
        Mismatch::Range(number) => Error::overflow(format!("option '{name}': {number} is out of range")),
    })
}

impl FromArg for Options {
    const KIND: &'static str = "map";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        let entries = match value {
            // What stands for options that are not given; a map of none.
            Value::None | Value::Int(0) => Vec::new(),
            Value::List(items) if items.is_empty() => Vec::new(),
            Value::Map(entries) => entries,
            _ => return Err(Mismatch::Kind),
        };
        let mut options = Self::default();
        for (name, value) in entries {
            options.set(&name, value).map_err(Mismatch::Error)?;
        }
        Ok(options)
    }
}
