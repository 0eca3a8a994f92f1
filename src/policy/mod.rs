//! What a script may ask of the network and whether it may have it.
//!
//! [`request`] lists everything that can be asked; [`Policy`] judges. The one caller is the door in `net`, so a request
//! that is not listed cannot be made.

pub mod request;

pub use request::Request;

/// A policy's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allow,
    /// Refused, and why.
    Deny(String),
}

/// The rules a runtime lives under.
#[derive(Clone, Debug)]
pub struct Policy {
    deny: bool,
}

impl Policy {
    /// Allows everything: what the command starts with.
    pub const fn allow_all() -> Self {
        Self { deny: false }
    }

    /// Refuses everything: what a library runtime starts with.
    pub const fn deny_all() -> Self {
        Self { deny: true }
    }

    /// Whether nothing is refused: then scripts have their language's own libraries for files and processes as well.
    #[cfg(feature = "lua54")]
    pub(crate) const fn allows_everything(&self) -> bool {
        !self.deny
    }

    /// Judges one request.
    pub fn judge(&self, request: &Request<'_>) -> Decision {
        if self.deny {
            Decision::Deny(format!("the policy does not allow {request}"))
        } else {
            Decision::Allow
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_was_asked() {
        let request = Request::Resolve {
            host: Some("example.org"),
            service: "80",
        };
        assert_eq!(Policy::allow_all().judge(&request), Decision::Allow);
        assert_eq!(
            Policy::deny_all().judge(&request),
            Decision::Deny("the policy does not allow resolving 'example.org'".into())
        );
    }
}
