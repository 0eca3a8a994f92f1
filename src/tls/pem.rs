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

/// Python's `DER_cert_to_PEM_cert`.
pub(crate) fn der_to_pem(der: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
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
/// `ValueError` where the text does not begin and end as PEM does, or holds no base64.
pub(crate) fn pem_to_der(text: &str) -> Result<Vec<u8>> {
    if !text.starts_with(BEGIN) {
        return Err(Error::value(format!(
            "Invalid PEM encoding; must start with {BEGIN}"
        )));
    }
    if !text.trim_end().ends_with(END) {
        return Err(Error::value(format!("Invalid PEM encoding; must end with {END}")));
    }
    CertificateDer::from_pem_slice(text.as_bytes())
        .map(|der| der.to_vec())
        .map_err(|error| Error::value(format!("Invalid PEM encoding: {error}")))
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
    }
}
