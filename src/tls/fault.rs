//! What can go wrong, in OpenSSL's words where it has any: the reason (`CERTIFICATE_VERIFY_FAILED`), the text, the class.

use rustls::{AlertDescription, CertificateError, InvalidMessage, PeerIncompatible};

use crate::error::{Class, Error, TlsDetail};
use crate::sys::errno::Errno;

/// OpenSSL's number of a failure of TLS itself.
const SSL_ERROR_SSL: i32 = 1;
const WANT_READ: i32 = 2;
const WANT_WRITE: i32 = 3;
const EOF: i32 = 8;

/// An `SSLError` with a reason of OpenSSL's: `[SSL: WRONG_VERSION_NUMBER] wrong version number`.
pub(super) fn reason(reason: &'static str, text: &str) -> Error {
    with_reason(Class::SSLError, "SSL", SSL_ERROR_SSL, reason, text)
}

fn with_reason(class: Class, library: &'static str, number: i32, reason: &'static str, text: &str) -> Error {
    Error::numbered(class, number, format!("[{library}: {reason}] {text}")).with_tls(TlsDetail {
        library: Some(library),
        reason: Some(reason),
        ..TlsDetail::default()
    })
}

/// A failure OpenSSL has no word for.
pub(super) fn other(text: &str) -> Error {
    Error::numbered(Class::SSLError, SSL_ERROR_SSL, format!("[SSL] {text}")).with_tls(TlsDetail {
        library: Some("SSL"),
        ..TlsDetail::default()
    })
}

/// An `SSLError` about settings, which has no number.
pub(super) fn setting(text: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(Class::SSLError, text)
}

/// A PEM text that cannot be used.
pub(super) fn pem(cause: &str) -> Error {
    const PEM_LIB: i32 = 524_297;
    Error::numbered(Class::SSLError, PEM_LIB, "[SSL] PEM lib")
        .with_tls(TlsDetail {
            library: Some("SSL"),
            ..TlsDetail::default()
        })
        .because(cause.to_owned())
}

/// A failure of the room that OpenSSL calls X509.
pub(super) fn x509(number: i32, reason: &'static str, text: &str) -> Error {
    with_reason(Class::SSLError, "X509", number, reason, text)
}

/// The stream ended without the peer's saying so.
pub(super) fn ended() -> Error {
    with_reason(
        Class::SSLEOFError,
        "SSL",
        EOF,
        "UNEXPECTED_EOF_WHILE_READING",
        "EOF occurred in violation of protocol",
    )
}

/// The connection is lost: to Python an end as well, whose number says nothing of how.
pub(super) fn cut(errno: Errno) -> Error {
    Error::numbered(Class::SSLEOFError, EOF, "EOF occurred in violation of protocol").because(format!(
        "the connection is lost: [Errno {}] {}",
        errno.0,
        errno.text()
    ))
}

/// A call on a non-blocking socket would have to wait for bytes of the peer.
pub(crate) fn want_read() -> Error {
    Error::numbered(
        Class::SSLWantReadError,
        WANT_READ,
        "The operation did not complete (read)",
    )
}

/// A call on a non-blocking socket would have to wait for room.
pub(crate) fn want_write() -> Error {
    Error::numbered(
        Class::SSLWantWriteError,
        WANT_WRITE,
        "The operation did not complete (write)",
    )
}

/// A certificate that was not believed: OpenSSL's code and words.
pub(super) fn unverified(code: i64, message: String, cause: Option<String>) -> Error {
    let text = format!("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {message}");
    let error = Error::numbered(Class::SSLCertVerificationError, SSL_ERROR_SSL, text).with_tls(TlsDetail {
        library: Some("SSL"),
        reason: Some("CERTIFICATE_VERIFY_FAILED"),
        verify_code: Some(code),
        verify_message: Some(message),
    });
    match cause {
        Some(cause) => error.because(cause),
        None => error,
    }
}

/// An error of rustls'. `hello` tells that nothing of the peer had been understood yet, `head` is how its stream begins.
pub(super) fn of(error: &rustls::Error, hello: bool, head: &[u8], server: bool) -> Error {
    use rustls::Error as E;
    match error {
        E::AlertReceived(alert) => alerted(*alert),
        E::InvalidMessage(message) if hello => match message {
            InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion
                if server && is_http(head) =>
            {
                reason("HTTP_REQUEST", "http request")
                    .because("the peer speaks plain HTTP, without TLS".to_owned())
            }
            _ => reason("WRONG_VERSION_NUMBER", "wrong version number")
                .because("what the peer sent is no TLS: does it speak TLS on this port?".to_owned()),
        },
        E::InvalidMessage(InvalidMessage::MessageTooLarge) => {
            reason("ENCRYPTED_LENGTH_TOO_LONG", "encrypted length too long")
        }
        E::InvalidMessage(InvalidMessage::UnknownProtocolVersion | InvalidMessage::InvalidContentType) => {
            reason("WRONG_VERSION_NUMBER", "wrong version number")
        }
        E::InvalidMessage(_) => reason("BAD_RECORD_TYPE", "bad record type").because(error.to_string()),
        E::InappropriateMessage { .. } | E::InappropriateHandshakeMessage { .. } => {
            reason("UNEXPECTED_MESSAGE", "unexpected message").because(error.to_string())
        }
        E::DecryptError => reason(
            "DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
            "decryption failed or bad record mac",
        ),
        E::PeerSentOversizedRecord => reason("DATA_LENGTH_TOO_LONG", "data length too long"),
        E::NoCertificatesPresented => reason(
            "PEER_DID_NOT_RETURN_A_CERTIFICATE",
            "peer did not return a certificate",
        ),
        E::NoApplicationProtocol => reason("NO_APPLICATION_PROTOCOL", "no application protocol"),
        E::PeerIncompatible(
            PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::Tls13RequiredForQuic
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => reason("UNSUPPORTED_PROTOCOL", "unsupported protocol")
            .because("the two sides share no version of TLS; 1.2 and 1.3 are spoken here".to_owned()),
        E::PeerIncompatible(
            PeerIncompatible::NoCipherSuitesInCommon
            | PeerIncompatible::NoSignatureSchemesInCommon
            | PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon
            | PeerIncompatible::NoKxGroupsInCommon,
        ) => reason("NO_SHARED_CIPHER", "no shared cipher").because(error.to_string()),
        E::InvalidCertificate(CertificateError::BadEncoding) => unverified(
            1,
            "unspecified certificate verification error".to_owned(),
            Some(error.to_string()),
        ),
        E::InvalidCertificate(_) => unverified(1, error.to_string(), None),
        other_error => other(&other_error.to_string()),
    }
}

/// Whether bytes look like the start of an HTTP request.
fn is_http(head: &[u8]) -> bool {
    [&b"GET "[..], b"POST", b"HEAD", b"PUT ", b"CONN", b"OPTI", b"DELE"]
        .iter()
        .any(|method| head.starts_with(method))
}

/// The peer gave up and said why.
fn alerted(alert: AlertDescription) -> Error {
    use AlertDescription as A;
    let (name, text) = match alert {
        A::UnexpectedMessage => ("SSLV3_ALERT_UNEXPECTED_MESSAGE", "sslv3 alert unexpected message"),
        A::BadRecordMac => ("SSLV3_ALERT_BAD_RECORD_MAC", "sslv3 alert bad record mac"),
        A::RecordOverflow => ("TLSV1_ALERT_RECORD_OVERFLOW", "tlsv1 alert record overflow"),
        A::HandshakeFailure => ("SSLV3_ALERT_HANDSHAKE_FAILURE", "sslv3 alert handshake failure"),
        A::BadCertificate => ("SSLV3_ALERT_BAD_CERTIFICATE", "sslv3 alert bad certificate"),
        A::UnsupportedCertificate => (
            "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
            "sslv3 alert unsupported certificate",
        ),
        A::CertificateRevoked => (
            "SSLV3_ALERT_CERTIFICATE_REVOKED",
            "sslv3 alert certificate revoked",
        ),
        A::CertificateExpired => (
            "SSLV3_ALERT_CERTIFICATE_EXPIRED",
            "sslv3 alert certificate expired",
        ),
        A::CertificateUnknown => (
            "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
            "sslv3 alert certificate unknown",
        ),
        A::IllegalParameter => ("SSLV3_ALERT_ILLEGAL_PARAMETER", "sslv3 alert illegal parameter"),
        A::UnknownCA => ("TLSV1_ALERT_UNKNOWN_CA", "tlsv1 alert unknown ca"),
        A::AccessDenied => ("TLSV1_ALERT_ACCESS_DENIED", "tlsv1 alert access denied"),
        A::DecodeError => ("TLSV1_ALERT_DECODE_ERROR", "tlsv1 alert decode error"),
        A::DecryptError => ("TLSV1_ALERT_DECRYPT_ERROR", "tlsv1 alert decrypt error"),
        A::ProtocolVersion => ("TLSV1_ALERT_PROTOCOL_VERSION", "tlsv1 alert protocol version"),
        A::InsufficientSecurity => (
            "TLSV1_ALERT_INSUFFICIENT_SECURITY",
            "tlsv1 alert insufficient security",
        ),
        A::InternalError => ("TLSV1_ALERT_INTERNAL_ERROR", "tlsv1 alert internal error"),
        A::InappropriateFallback => (
            "TLSV1_ALERT_INAPPROPRIATE_FALLBACK",
            "tlsv1 alert inappropriate fallback",
        ),
        A::UserCanceled => ("TLSV1_ALERT_USER_CANCELLED", "tlsv1 alert user cancelled"),
        A::NoRenegotiation => ("TLSV1_ALERT_NO_RENEGOTIATION", "tlsv1 alert no renegotiation"),
        A::MissingExtension => ("TLSV13_ALERT_MISSING_EXTENSION", "tlsv13 alert missing extension"),
        A::UnsupportedExtension => ("TLSV1_UNSUPPORTED_EXTENSION", "tlsv1 unsupported extension"),
        A::UnrecognisedName => ("TLSV1_UNRECOGNIZED_NAME", "tlsv1 unrecognized name"),
        A::CertificateRequired => (
            "TLSV13_ALERT_CERTIFICATE_REQUIRED",
            "tlsv13 alert certificate required",
        ),
        A::NoApplicationProtocol => (
            "TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
            "tlsv1 alert no application protocol",
        ),
        alert => return other(&format!("the peer gave up: alert {alert:?}")),
    };
    reason(name, text)
}
