//! `wirescript doc`: the reference in the terminal.

use std::io::Write;
use std::process::ExitCode;

use crate::doc;

use super::complain;

/// Prints the entry of a name, or every name there is.
pub(super) fn print(name: Option<&str>) -> ExitCode {
    let text = match name {
        None => doc::names().map(|name| format!("{name}\n")).collect(),
        Some(name) => match doc::entry(name) {
            Some(text) => text,
            None => {
                let known: Vec<_> = doc::names().collect();
                let near = crate::error::nearest(name, known.iter().map(String::as_str));
                let hint = near.map_or(String::new(), |near| format!("; did you mean '{near}'?"));
                complain(&format!("nothing is known of '{name}'{hint}"));
                return ExitCode::FAILURE;
            }
        },
    };
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
