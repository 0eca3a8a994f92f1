//! Host names that are not ASCII, as Python's codec "idna" encodes them (RFC 3490): each label is prepared and put into
//! Punycode. Where today's rules differ (`straße.de` is `strasse.de` here) CPython decides.

use std::borrow::Cow;

use crate::error::{Class, Error, Result};

/// Longest label.
const LONGEST: usize = 63;
/// What is wrong with most labels.
const UNFIT: &str = "label empty or too long";
/// Why a name cannot be encoded, as CPython says it.
type Reason = Cow<'static, str>;
/// How an encoded label begins.
const PREFIX: &str = "xn--";

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

fn to_ascii(host: &str) -> Result<Cow<'_, str>, Reason> {
    if host.is_ascii() {
        let (last, others) = host
            .rsplit_once('.')
            .map_or((host, None), |(others, last)| (last, Some(others)));
        let is_fit = |label: &str| (1..=LONGEST).contains(&label.len());
        if !others.is_none_or(|others| others.split('.').all(is_fit)) {
            return Err(UNFIT.into());
        }
        if last.len() > LONGEST {
            return Err("label too long".into());
        }
        return Ok(host.into());
    }
    // Four characters count as the dot.
    let labels: Vec<&str> = host.split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}']).collect();
    let (labels, end) = match labels.split_last() {
        Some((&"", others)) => (others, "."),
        _ => (&labels[..], ""),
    };
    let encoded = labels.iter().map(|label| encode_label(label));
    let encoded = encoded.collect::<Result<Vec<_>, _>>()?;
    Ok(format!("{}{end}", encoded.join(".")).into())
}

/// One label: `ToASCII` of RFC 3490.
fn encode_label(label: &str) -> Result<String, Reason> {
    let is_fit = |label: &str| (1..=LONGEST).contains(&label.len());
    if label.is_ascii() {
        return if is_fit(label) {
            Ok(label.to_owned())
        } else {
            Err(UNFIT.into())
        };
    }
    let prepared = stringprep::nameprep(label).map_err(|_| unfit_letter(label))?;
    if prepared.is_ascii() {
        return if is_fit(&prepared) {
            Ok(prepared.into_owned())
        } else {
            Err(UNFIT.into())
        };
    }
    if prepared.starts_with(PREFIX) {
        return Err("Label starts with ACE prefix".into());
    }
    let encoded = idna::punycode::encode_str(&prepared).ok_or(UNFIT)?;
    let encoded = format!("{PREFIX}{encoded}");
    if is_fit(&encoded) {
        Ok(encoded)
    } else {
        Err(UNFIT.into())
    }
}

/// What keeps a label from being prepared: a letter no name may have, or directions of writing that mix.
fn unfit_letter(label: &str) -> Reason {
    use stringprep::tables::bidi_l;
    let is_unfit = |letter: &char| stringprep::nameprep(letter.encode_utf8(&mut [0; 4])).is_err();
    match label.chars().find(is_unfit) {
        Some(letter) => format!(
            "Invalid character {}",
            crate::text::str_repr(letter.encode_utf8(&mut [0; 4]))
        )
        .into(),
        None if label.chars().any(bidi_l) => "Violation of BIDI requirement 2".into(),
        None => "Violation of BIDI requirement 3".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs made with CPython 3.11: `name.encode("idna")`.
    #[test]
    fn names_are_encoded_as_cpython_encodes_them() {
        for (name, encoded) in [
            ("example.org", "example.org"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.example.", "xn--bcher-kva.example."),
            ("straße.de", "strasse.de"),
            ("例え\u{3002}テスト", "xn--r8jz45g.xn--zckzah"),
            ("faß", "fass"),
            ("a.", "a."),
            ("", ""),
        ] {
            assert_eq!(to_ascii(name).ok().as_deref(), Some(encoded), "{name}");
        }
    }

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
