//! What stands for the settings of TLS where the crate is built without the feature `tls`: a type with no values.

use std::convert::Infallible;

/// Settings nobody can have.
#[derive(Debug)]
pub(crate) struct Context(#[allow(dead_code, reason = "what keeps it from being made")] Infallible);
