//! Host names that are not ASCII, as Python's codec "idna" has them (RFC 3490): each label is prepared and put into Punycode. Where
//! today's rules differ (`straße.de` is `strasse.de` here) CPython decides.

use std::borrow::Cow;

use crate::error::{Class, Error, Result};
use crate::text::bytes_repr;

use super::Encoding;
use super::handler::{Handler, failed};
use super::punycode;

/// Longest label.
const LONGEST: usize = 63;
/// What is wrong with most labels.
const UNFIT: &str = "label empty or too long";
/// Why a name cannot be encoded, as CPython says it.
pub(crate) type Reason = Cow<'static, str>;
/// How an encoded label begins.
const PREFIX: &str = "xn--";

/// The bytes of a text.
pub(super) fn encode(text: &[u8], handler: &Handler) -> Result<Vec<u8>> {
    let fail = |reason: &str| failed("encoding", "idna", reason);
    if *handler != Handler::Strict {
        return Err(fail(&format!("unsupported error handling {}", handler.name())));
    }
    let name = std::str::from_utf8(text).map_err(|_| fail("Invalid character: a lone surrogate"))?;
    let name = to_ascii(name).map_err(|reason| fail(&reason))?;
    Ok(name.into_owned().into_bytes())
}

/// The text of these bytes.
pub(super) fn decode(input: &[u8], handler: &Handler) -> Result<Vec<u8>> {
    if *handler != Handler::Strict {
        let text = format!("Unsupported error handling {}", handler.name());
        return Err(failed("decoding", "idna", &text));
    }
    let is_encoded = input.windows(PREFIX.len()).any(|part| part == PREFIX.as_bytes());
    if !is_encoded && input.is_ascii() {
        return Ok(input.to_vec());
    }
    let (labels, end) = match input.strip_suffix(b".") {
        Some(labels) => (labels, "."),
        None => (input, ""),
    };
    let labels = labels.split(|byte| *byte == b'.').map(decode_label);
    let mut text = labels.collect::<Result<Vec<_>>>()?.join(&b'.');
    text.extend_from_slice(end.as_bytes());
    Ok(text)
}

/// One label: `ToUnicode` of RFC 3490.
fn decode_label(label: &[u8]) -> Result<Vec<u8>> {
    let fail = |reason: &str| failed("decoding", "idna", reason);
    let Some(encoded) = label.strip_prefix(PREFIX.as_bytes()) else {
        return Encoding::Ascii.decode(label, &Handler::Strict);
    };
    // As CPython's, which would take its time with it, too.
    if label.len() > 1024 {
        return Err(fail("label way too long"));
    }
    let text = punycode::decode(encoded, &Handler::Strict).map_err(|error| match error.class() {
        Class::UnicodeError => fail(&error.message()),
        _ => error,
    })?;
    let name = std::str::from_utf8(&text).map_err(|_| fail("Invalid character: a lone surrogate"))?;
    let again = encode_label(name).map_err(|reason| fail(&reason))?;
    if label.eq_ignore_ascii_case(again.as_bytes()) && again.bytes().all(|byte| !byte.is_ascii_uppercase()) {
        return Ok(text);
    }
    Err(Error::new(
        Class::UnicodeError,
        format!(
            "('IDNA does not round-trip', {}, {})",
            bytes_repr(label),
            bytes_repr(again.as_bytes())
        ),
    ))
}

/// A host's name in ASCII.
///
/// # Errors
/// Why it cannot be.
pub(crate) fn to_ascii(host: &str) -> Result<Cow<'_, str>, Reason> {
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
    let encoded =
        String::from_utf8(punycode::encode(prepared.as_bytes()).ok_or(UNFIT)?).map_err(|_| UNFIT)?;
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
}
