//! Policies as text: TOML and JSON, through serde. What is wrong is told with its line: a key nobody knows, a pattern that
//! is none.
//!
//! ```toml
//! default = "deny"
//!
//! [allow]
//! net = ["example.com:443", "10.0.0.0/8:80,8000-8999"]
//! read = ["./data"]
//! raw = true
//!
//! [deny]
//! net = ["10.0.0.1"]
//!
//! [limits]
//! timeout = 10
//! ```

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize, Serializer};

use crate::error::{Error, Result};

use super::rules::Rules;
use super::{Limits, Policy};

/// A policy as it is written.
#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Form {
    default: Otherwise,
    allow: Rules,
    deny: Rules,
    #[serde(skip_serializing_if = "is_unlimited")]
    limits: Limits,
}

/// What happens to what no rule is about.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Otherwise {
    Deny,
    Allow,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            default: Otherwise::Deny,
            allow: Rules::default(),
            deny: Rules::default(),
            limits: Limits::default(),
        }
    }
}

fn is_unlimited(limits: &Limits) -> bool {
    !limits.any()
}

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let form = Form {
            default: if self.open {
                Otherwise::Allow
            } else {
                Otherwise::Deny
            },
            allow: self.allow.clone(),
            deny: self.deny.clone(),
            limits: self.limits,
        };
        form.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let form = Form::deserialize(from)?;
        let open = matches!(form.default, Otherwise::Allow);
        if open && form.allow != Rules::default() {
            return Err(de::Error::custom(
                "rules under 'allow' mean nothing where the default is allow: use default = \"deny\", or rules under 'deny'",
            ));
        }
        Ok(Self {
            open,
            allow: form.allow,
            deny: form.deny,
            limits: form.limits,
        })
    }
}

impl Policy {
    /// Reads a policy written as TOML.
    ///
    /// # Errors
    /// `ValueError` that names the line: no TOML, an unknown key, a pattern that is none.
    pub fn from_toml(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            at_line(before.map(|before| before.matches('\n').count() + 1), &message)
        })
    }

    /// Reads a policy written as JSON.
    ///
    /// # Errors
    /// `ValueError` that names the line: no JSON, an unknown key, a pattern that is none.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            let text = error.to_string();
            let message = text.split(" at line ").next().unwrap_or_default();
            at_line(Some(error.line()).filter(|line| *line > 0), message)
        })
    }
}

fn at_line(line: Option<usize>, message: &str) -> Error {
    match line {
        Some(line) => Error::value(format!("line {line}: {message}")),
        None => Error::value(message.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
        [allow]
        net = ["example.com:443", "10.0.0.0/8:80,8000-8999"]
        listen = ["127.0.0.1:*"]
        resolve = ["*.example.com"]
        unix = ["/run/app/*.sock", "@app"]
        family = ["netlink", "AF_VSOCK"]
        read = ["./data"]
        run = ["git"]
        raw = true
        fork = true

        [deny]
        net = ["10.0.0.1"]
        type = ["dgram"]

        [limits]
        timeout = 1.5
        sockets = 10
    "#;

    #[test]
    fn both_forms_say_the_same_and_survive_being_written() {
        let policy = Policy::from_toml(WHOLE).expect("it reads");
        let json = serde_json::to_string(&policy).expect("it writes");
        assert_eq!(Policy::from_json(&json).expect("it reads"), policy);
        assert_eq!(
            policy.limits.timeout,
            Some(std::time::Duration::from_millis(1500))
        );
        assert_eq!(Policy::from_toml("").expect("it reads"), Policy::deny_all());
        assert_eq!(
            Policy::from_json(r#"{"default": "allow"}"#).expect("it reads"),
            Policy::allow_all()
        );
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, problem) in [
            (
                "[allow]\nnet = [\"a:80\"]\nnett = []",
                "line 3: unknown field `nett`",
            ),
            (
                "[allow]\nnet = [\n\"a:80\",\n\"10.0.0.1/8\"]",
                "line 4: '10.0.0.1/8' is no pattern for HOST:PORT",
            ),
            ("[alow]\n", "line 1: unknown field `alow`"),
            ("default = \"perhaps\"", "line 1: unknown variant `perhaps`"),
            (
                "[allow]\nfamily = [\"inet9\"]",
                "line 2: 'inet9' is no pattern for address families",
            ),
            ("\n\n[allow\n", "line 3: "),
            ("[limits]\ntimeout = -1", "line 2: -1 is no number of seconds"),
            ("[limits]\ntimeuot = 1", "line 2: unknown field `timeuot`"),
            ("default = \"allow\"\n[allow]\nraw = true", "mean nothing"),
        ] {
            let error = Policy::from_toml(text).expect_err(text).message().into_owned();
            assert!(error.contains(problem), "{text:?}: {error}");
        }
        for (text, problem) in [
            ("{\n\"allow\": {\n\"nett\": []}}", "line 3: unknown field `nett`"),
            (
                "{\"allow\": {\n\"net\": [\"a:80\",\n\"a:b\"]}}",
                "line 3: 'a:b' is no pattern",
            ),
            ("{", "line 1: EOF"),
        ] {
            let error = Policy::from_json(text).expect_err(text).message().into_owned();
            assert!(error.contains(problem), "{text:?}: {error}");
        }
    }
}
