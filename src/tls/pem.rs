//! Certificates and keys as text: PEM, the base64 between `-----BEGIN …-----` and `-----END …-----`.

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::{Error, Result};

use super::fault;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
/// Letters a line.
const WIDTH: usize = 64;

/// The certificates in a PEM text; what else it holds is passed over.
pub(super) fn certificates(text: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_slice_iter(text)
        .collect::<Result<_, _>>()
        .map_err(|error| fault::pem(&format!("a certificate in it cannot be read: {error}")))
}

/// The private key in a PEM text.
pub(super) fn private_key(text: &[u8]) -> Result<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_slice(text).map_err(|error| {
        let shown = String::from_utf8_lossy(text);
        fault::pem(&if shown.contains("ENCRYPTED") {
            "the private key is encrypted; decrypt it first: openssl pkey -in FILE -out PLAIN".to_owned()
        } else if shown.contains("PRIVATE KEY") {
            format!("the private key in it cannot be read: {error}")
        } else {
            "there is no private key in it".to_owned()
        })
    })
}

/// The letters of base64.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Python's `DER_cert_to_PEM_cert`.
pub(crate) fn der_to_pem(der: &[u8]) -> String {
    let mut text = format!("{BEGIN}\n");
    let mut column = 0;
    for three in der.chunks(3) {
        let bits = three
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for place in 0..4 {
            if column == WIDTH {
                text.push('\n');
                column = 0;
            }
            text.push(if place > three.len() {
                '='
            } else {
                char::from(LETTERS[(bits >> (18 - 6 * place)) as usize & 63])
            });
            column += 1;
        }
    }
    if column > 0 {
        text.push('\n');
    }
    text + END + "\n"
}

/// Python's `PEM_cert_to_DER_cert`.
///
/// # Errors
/// `ValueError` where the text does not begin and end as PEM does, or holds no base64; as in Python, what is no letter of it is
/// passed over.
pub(crate) fn pem_to_der(text: &str) -> Result<Vec<u8>> {
    if !text.starts_with(BEGIN) {
        return Err(Error::value(format!(
            "Invalid PEM encoding; must start with {BEGIN}"
        )));
    }
    let Some(data) = text.trim().strip_suffix(END) else {
        return Err(Error::value(format!("Invalid PEM encoding; must end with {END}")));
    };
    from_base64(data.strip_prefix(BEGIN).unwrap_or_default().as_bytes())
}

/// Python's `binascii.a2b_base64`.
fn from_base64(text: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    // The letters of a group of four so far, their bits, and the padding behind them.
    let (mut letters, mut bits, mut padding) = (0, 0_u32, 0);
    for letter in text {
        if *letter == b'=' {
            padding += 1;
            if letters >= 2 && letters + padding >= 4 {
                return Ok(bytes);
            }
            continue;
        }
        let Some(value) = LETTERS.iter().position(|known| known == letter) else {
            continue;
        };
        padding = 0;
        bits = bits << 6 | u32::try_from(value).unwrap_or(0);
        letters = (letters + 1) % 4;
        // Each letter but the first of a group ends a byte.
        if letters != 1 {
            let rest = [0, 0, 4, 2][letters];
            bytes.push((bits >> rest & 0xff) as u8);
        }
    }
    match letters {
        0 => Ok(bytes),
        1 => Err(Error::value(format!(
            "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
            bytes.len() / 3 * 4 + 1
        ))),
        _ => Err(Error::value("Incorrect padding")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_go_both_ways() {
        for length in [1, 2, 3, 47, 48, 49, 200] {
            let der: Vec<u8> = (0..length).collect();
            let text = der_to_pem(&der);
            assert!(text.lines().all(|line| line.len() <= WIDTH));
            assert_eq!(pem_to_der(&text).expect("PEM"), der);
        }
        assert!(pem_to_der("x").is_err());
        // As CPython 3.11 has it.
        for (data, told) in [
            ("!!!!", Ok(&b""[..])),
            ("QU\nJD*", Ok(b"ABC")),
            ("QQ==QUJD", Ok(b"A")),
            ("QQ=", Err("Incorrect padding")),
            ("QQ", Err("Incorrect padding")),
            (
                "QUJDQ",
                Err(
                    "Invalid base64-encoded string: number of data characters (5) cannot be 1 more than a multiple of 4",
                ),
            ),
        ] {
            let found = pem_to_der(&format!("{BEGIN}\n{data}\n{END}\n"));
            match told {
                Ok(bytes) => assert_eq!(found.expect(data), bytes),
                Err(text) => assert_eq!(found.expect_err(data).message(), text),
            }
        }
    }
}
