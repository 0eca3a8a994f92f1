//! What the module `ssl` has besides its functions: constants by Python's names and values, error classes; and how a
//! certificate's description looks to a script.

use crate::bytes::Bytes;
use crate::error::{Class, Result};
use crate::tls::{AlternativeName, Description, Names};

use super::argument::{FromArg, Mismatch};
use super::record::{PAIR, RecordKind, TUPLE};
use super::value::{Record, Value};

const CLASSES: &[(&str, Class)] = &[
    ("SSLError", Class::SSLError),
    ("SSLZeroReturnError", Class::SSLZeroReturnError),
    ("SSLWantReadError", Class::SSLWantReadError),
    ("SSLWantWriteError", Class::SSLWantWriteError),
    ("SSLSyscallError", Class::SSLSyscallError),
    ("SSLEOFError", Class::SSLEOFError),
    ("SSLCertVerificationError", Class::SSLCertVerificationError),
    ("CertificateError", Class::SSLCertVerificationError),
];

/// Purposes, as `create_default_context` takes them: the numbers certificates have for them.
pub(super) const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
pub(super) const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";

const NUMBERS: &[(&str, i64)] = &[
    ("CERT_NONE", 0),
    ("CERT_OPTIONAL", 1),
    ("CERT_REQUIRED", 2),
    ("PROTOCOL_SSLv23", 2),
    ("PROTOCOL_TLS", 2),
    ("PROTOCOL_TLS_CLIENT", 16),
    ("PROTOCOL_TLS_SERVER", 17),
    ("PROTOCOL_TLSv1", 3),
    ("PROTOCOL_TLSv1_1", 4),
    ("PROTOCOL_TLSv1_2", 5),
    ("OP_ALL", 0x8000_0050),
    ("OP_NO_SSLv2", 0),
    ("OP_NO_SSLv3", 0x0200_0000),
    ("OP_NO_TLSv1", 0x0400_0000),
    ("OP_NO_TLSv1_1", 0x1000_0000),
    ("OP_NO_TLSv1_2", 0x0800_0000),
    ("OP_NO_TLSv1_3", 0x2000_0000),
    ("OP_NO_COMPRESSION", 0x0002_0000),
    ("OP_NO_RENEGOTIATION", 0x4000_0000),
    ("OP_NO_TICKET", 0x4000),
    ("OP_CIPHER_SERVER_PREFERENCE", 0x0040_0000),
    ("OP_ENABLE_MIDDLEBOX_COMPAT", 0x0010_0000),
    ("OP_IGNORE_UNEXPECTED_EOF", 0x80),
    ("OP_SINGLE_DH_USE", 0),
    ("OP_SINGLE_ECDH_USE", 0),
    ("VERIFY_DEFAULT", 0),
    ("VERIFY_CRL_CHECK_LEAF", 4),
    ("VERIFY_CRL_CHECK_CHAIN", 12),
    ("VERIFY_X509_STRICT", 0x20),
    ("VERIFY_ALLOW_PROXY_CERTS", 0x40),
    ("VERIFY_X509_TRUSTED_FIRST", 0x8000),
    ("VERIFY_X509_PARTIAL_CHAIN", 0x8_0000),
    ("SSL_ERROR_SSL", 1),
    ("SSL_ERROR_WANT_READ", 2),
    ("SSL_ERROR_WANT_WRITE", 3),
    ("SSL_ERROR_WANT_X509_LOOKUP", 4),
    ("SSL_ERROR_SYSCALL", 5),
    ("SSL_ERROR_ZERO_RETURN", 6),
    ("SSL_ERROR_WANT_CONNECT", 7),
    ("SSL_ERROR_EOF", 8),
    ("SSL_ERROR_INVALID_ERROR_CODE", 10),
    ("ALERT_DESCRIPTION_CLOSE_NOTIFY", 0),
    ("ALERT_DESCRIPTION_UNEXPECTED_MESSAGE", 10),
    ("ALERT_DESCRIPTION_BAD_RECORD_MAC", 20),
    ("ALERT_DESCRIPTION_RECORD_OVERFLOW", 22),
    ("ALERT_DESCRIPTION_DECOMPRESSION_FAILURE", 30),
    ("ALERT_DESCRIPTION_HANDSHAKE_FAILURE", 40),
    ("ALERT_DESCRIPTION_BAD_CERTIFICATE", 42),
    ("ALERT_DESCRIPTION_UNSUPPORTED_CERTIFICATE", 43),
    ("ALERT_DESCRIPTION_CERTIFICATE_REVOKED", 44),
    ("ALERT_DESCRIPTION_CERTIFICATE_EXPIRED", 45),
    ("ALERT_DESCRIPTION_CERTIFICATE_UNKNOWN", 46),
    ("ALERT_DESCRIPTION_ILLEGAL_PARAMETER", 47),
    ("ALERT_DESCRIPTION_UNKNOWN_CA", 48),
    ("ALERT_DESCRIPTION_ACCESS_DENIED", 49),
    ("ALERT_DESCRIPTION_DECODE_ERROR", 50),
    ("ALERT_DESCRIPTION_DECRYPT_ERROR", 51),
    ("ALERT_DESCRIPTION_PROTOCOL_VERSION", 70),
    ("ALERT_DESCRIPTION_INSUFFICIENT_SECURITY", 71),
    ("ALERT_DESCRIPTION_INTERNAL_ERROR", 80),
    ("ALERT_DESCRIPTION_USER_CANCELLED", 90),
    ("ALERT_DESCRIPTION_NO_RENEGOTIATION", 100),
    ("ALERT_DESCRIPTION_UNSUPPORTED_EXTENSION", 110),
    ("ALERT_DESCRIPTION_CERTIFICATE_UNOBTAINABLE", 111),
    ("ALERT_DESCRIPTION_UNRECOGNIZED_NAME", 112),
    ("ALERT_DESCRIPTION_BAD_CERTIFICATE_STATUS_RESPONSE", 113),
    ("ALERT_DESCRIPTION_BAD_CERTIFICATE_HASH_VALUE", 114),
    ("ALERT_DESCRIPTION_UNKNOWN_PSK_IDENTITY", 115),
];

const FLAGS: &[(&str, bool)] = &[
    ("HAS_SNI", true),
    ("HAS_ALPN", true),
    ("HAS_ECDH", true),
    ("HAS_NEVER_CHECK_COMMON_NAME", false),
    ("HAS_NPN", false),
    ("HAS_SSLv2", false),
    ("HAS_SSLv3", false),
    ("HAS_TLSv1", false),
    ("HAS_TLSv1_1", false),
    ("HAS_TLSv1_2", true),
    ("HAS_TLSv1_3", true),
];

const VERSIONS: &[(&str, i64)] = &[
    ("MINIMUM_SUPPORTED", -2),
    ("SSLv3", 0x300),
    ("TLSv1", 0x301),
    ("TLSv1_1", 0x302),
    ("TLSv1_2", 0x303),
    ("TLSv1_3", 0x304),
    ("MAXIMUM_SUPPORTED", -1),
];

const OTHERS: &[&str] = &[
    "TLSVersion",
    "Purpose",
    "VerifyMode",
    "VerifyFlags",
    "Options",
    "SSLErrorNumber",
    "AlertDescription",
    "PEM_HEADER",
    "PEM_FOOTER",
    "OPENSSL_VERSION",
];

/// The members of one of Python's enumerations: the names that begin alike.
fn beginning(prefix: &str) -> Vec<(&'static str, i64)> {
    NUMBERS
        .iter()
        .copied()
        .filter(|(name, _)| name.starts_with(prefix))
        .collect()
}

/// A value of the module.
pub(super) fn value(name: &str) -> Option<Value> {
    fn find<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
        table
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    }
    let map = |table: &[(&str, i64)]| {
        Value::Map(
            table
                .iter()
                .map(|(name, number)| ((*name).to_owned(), Value::Int(*number)))
                .collect(),
        )
    };
    find(CLASSES, name)
        .map(Value::Class)
        .or_else(|| find(NUMBERS, name).map(Value::Int))
        .or_else(|| find(FLAGS, name).map(Value::Bool))
        .or_else(|| match name {
            "TLSVersion" => Some(map(VERSIONS)),
            "VerifyMode" => Some(map(&beginning("CERT_"))),
            "VerifyFlags" => Some(map(&beginning("VERIFY_"))),
            "Options" => Some(map(&beginning("OP_"))),
            "SSLErrorNumber" => Some(map(&beginning("SSL_ERROR_"))),
            "AlertDescription" => Some(map(&beginning("ALERT_DESCRIPTION_"))),
            "PEM_HEADER" => Some(Value::text("-----BEGIN CERTIFICATE-----")),
            "PEM_FOOTER" => Some(Value::text("-----END CERTIFICATE-----")),
            "Purpose" => Some(Value::Map(vec![
                ("SERVER_AUTH".to_owned(), Value::text(SERVER_AUTH)),
                ("CLIENT_AUTH".to_owned(), Value::text(CLIENT_AUTH)),
            ])),
            "OPENSSL_VERSION" => Some(Value::text("rustls 0.23 with ring (no OpenSSL)")),
            _ => None,
        })
}

/// The names of the module's values.
pub(super) fn value_names() -> Vec<&'static str> {
    let classes = CLASSES.iter().map(|(name, _)| *name);
    let numbers = NUMBERS.iter().map(|(name, _)| *name);
    let flags = FLAGS.iter().map(|(name, _)| *name);
    classes
        .chain(numbers)
        .chain(flags)
        .chain(OTHERS.iter().copied())
        .collect()
}

/// Certificates as they are given: PEM as text, DER as bytes. A language that does not tell one from the other is helped by
/// how DER begins.
pub(super) enum Certificates {
    Pem(Vec<u8>),
    Der(Vec<u8>),
}

impl Certificates {
    pub(super) fn is_empty(&self) -> bool {
        let (Self::Pem(bytes) | Self::Der(bytes)) = self;
        bytes.is_empty()
    }
}

impl FromArg for Certificates {
    const KIND: &'static str = "str or bytes-like object";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        /// The first byte of every certificate in DER.
        const SEQUENCE: u8 = 0x30;
        Ok(match value {
            Value::Text(text) => Self::Pem(text.into_owned().into_bytes()),
            Value::String(bytes) => match bytes.into_vec() {
                bytes if matches!(bytes.first(), None | Some(&SEQUENCE)) => Self::Der(bytes),
                bytes => Self::Pem(bytes),
            },
            other => Self::Der(Bytes::from_arg(other)?.into_vec()),
        })
    }
}

/// A list of names of application protocols.
pub(super) struct ProtocolNames(pub(super) Vec<Vec<u8>>);

impl FromArg for ProtocolNames {
    const KIND: &'static str = "list of names";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        let (Value::List(items) | Value::Several(items)) = value else {
            return Err(Mismatch::Kind);
        };
        let names = items
            .into_iter()
            .map(|item| Bytes::from_arg(item).map(Bytes::into_vec));
        Ok(Self(names.collect::<Result<_, _>>()?))
    }
}

fn record(kind: &'static RecordKind, items: Vec<Value>) -> Value {
    Value::Record(Box::new(Record { kind, items }))
}

fn pair(name: String, value: Value) -> Value {
    record(&PAIR, vec![Value::text(name), value])
}

/// A distinguished name: a tuple of tuples of pairs.
fn names(names: Names) -> Value {
    let part = |part: Vec<(String, String)>| {
        let attributes = part
            .into_iter()
            .map(|(name, value)| pair(name, Value::text(value)));
        record(&TUPLE, attributes.collect())
    };
    record(&TUPLE, names.into_iter().map(part).collect())
}

/// Python's dict of a certificate.
pub(super) fn certificate(description: Description) -> Value {
    let mut entries = vec![
        ("subject", names(description.subject)),
        ("issuer", names(description.issuer)),
        ("version", Value::Int(description.version)),
        ("serialNumber", Value::text(description.serial_number)),
        ("notBefore", Value::text(description.not_before)),
        ("notAfter", Value::text(description.not_after)),
    ];
    if !description.alternative_names.is_empty() {
        let all = description.alternative_names.into_iter().map(|(kind, name)| {
            let name = match name {
                AlternativeName::Text(text) => Value::text(text),
                AlternativeName::Directory(directory) => names(directory),
            };
            pair(kind, name)
        });
        entries.push(("subjectAltName", record(&TUPLE, all.collect())));
    }
    for (key, uris) in [
        ("OCSP", description.ocsp),
        ("caIssuers", description.ca_issuers),
        ("crlDistributionPoints", description.crl_distribution_points),
    ] {
        if !uris.is_empty() {
            entries.push((key, record(&TUPLE, uris.into_iter().map(Value::text).collect())));
        }
    }
    Value::Map(
        entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}
