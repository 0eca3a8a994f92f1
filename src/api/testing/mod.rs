//! Tests that scripts declare: what `test`, `describe` and the hooks note down (`suite`, with `options`), the `t` that a
//! test's function is handed (`trial`), and what `expect` compares (`compare`) and shows of two values (`show`).
//!
//! The command's test runner collects the declarations of a file first and runs them then. Everywhere else a test runs
//! where it stands, so that a file of tests is also a script that runs, and that a prompt can load.

#![cfg_attr(
    not(feature = "cli"),
    allow(dead_code, unused_imports, reason = "what only the command's runner asks for")
)]

mod compare;
mod options;
mod show;
mod suite;
mod trial;

pub(crate) use compare::{contains, is_equal, is_near, truth};
pub(crate) use options::{Options, UNFORESEEN};
pub(crate) use show::{compared, inline};
pub(crate) use suite::{Case, Hook, Member, Suite};
pub(crate) use trial::Trial;
