//! Host names that are not ASCII, as CPython's calls encode them: by its codec "idna".

use std::borrow::Cow;

use crate::codec::to_ascii;
use crate::error::{Class, Error, Result};

/// The name as the resolver takes it, for the calls that encode it: `getaddrinfo`, `gethostbyname` and their kin.
///
/// # Errors
/// `UnicodeError` for an empty label or one that is too long, also in a name that is ASCII.
pub(super) fn encode(host: &str) -> Result<Cow<'_, str>> {
    to_ascii(host).map_err(|reason| {
        Error::new(
            Class::UnicodeError,
            format!("encoding with 'idna' codec failed (UnicodeError: {reason})"),
        )
    })
}

/// The name as an address has it: one that is ASCII goes to the resolver as it is.
///
/// # Errors
/// `TypeError`, as CPython says it.
pub(super) fn encode_in_address(host: &str) -> Result<Cow<'_, str>> {
    if host.is_ascii() {
        return Ok(host.into());
    }
    to_ascii(host).map_err(|_| Error::type_error("encoding of hostname failed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cannot_be_are_refused_as_cpython_refuses_them() {
        let long = "a".repeat(64);
        for (name, reason) in [
            ("a..b", "label empty or too long"),
            (".", "label empty or too long"),
            (long.as_str(), "label too long"),
            ("ä..b", "label empty or too long"),
            ("\u{ad}", "label empty or too long"),
            ("xn--ä", "Label starts with ACE prefix"),
            ("a\u{2028}ä", "Invalid character '\\u2028'"),
            ("اب1", "Violation of BIDI requirement 3"),
            ("\u{626}a", "Violation of BIDI requirement 2"),
        ] {
            assert_eq!(to_ascii(name).err().as_deref(), Some(reason), "{name}");
            let error = encode(name).expect_err("it is refused");
            assert_eq!(error.class(), Class::UnicodeError);
        }
        assert!(encode_in_address("a..b").is_ok());
        let error = encode_in_address("ä..b").expect_err("it is refused");
        assert_eq!(error.headline(), "TypeError: encoding of hostname failed");
    }
}
